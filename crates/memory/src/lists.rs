//! Queries over a list of values, which no engine takes at any length.

use store::{Question, Read, Result, Row, Value};

/// Values in one statement; both engines allow more, but neither gets faster.
const CHUNK: usize = 1024;

/// Asks for a list of values; see [`in_list`].
pub fn each_in<T>(
    db: &mut Read<'_>,
    sql: impl Fn(&str) -> String,
    fixed: &[Value<'_>],
    list: &[Value<'_>],
    mut each: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut found = Vec::new();
    let question = in_list(sql, fixed, list, |row| {
        found.push(each(row)?);
        Ok(())
    });
    db.ask(vec![question])?;
    Ok(found)
}

/// The question for a list of values, in chunks. Each chunk is padded to a power of two by repeating its last value, so
/// that few different statements are prepared. `sql` is given the marks for the list; `fixed` parameters come first.
pub(crate) fn in_list<'q>(
    sql: impl Fn(&str) -> String,
    fixed: &[Value<'q>],
    list: &[Value<'q>],
    each: impl FnMut(&Row<'_>) -> Result<()> + 'q,
) -> Question<'q> {
    let parts = list.chunks(CHUNK).map(|chunk| {
        let padded = chunk.len().next_power_of_two();
        let mut params = fixed.to_vec();
        params.extend_from_slice(chunk);
        params.resize(fixed.len() + padded, chunk[chunk.len() - 1].clone());
        (sql(&marks(fixed.len() + 1, padded)), params)
    });
    Question::of(parts.collect(), each)
}

/// `$3,$4,$5` for three values from the third on.
pub(crate) fn marks(first: usize, count: usize) -> String {
    (first..first + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(",")
}
