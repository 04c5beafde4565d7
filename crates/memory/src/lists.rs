//! Queries over a list of values, which no engine takes at any length.

use store::{Read, Result, Row, Value};

/// Values in one statement; both engines allow more, but neither gets faster.
const CHUNK: usize = 1024;

/// Asks for a list of values in chunks. Each chunk is padded to a power of two by repeating its last value, so that
/// few different statements are prepared. `sql` is given the marks for the list; `fixed` parameters come first.
pub(crate) fn each_in<T>(
    db: &mut Read<'_>,
    sql: impl Fn(&str) -> String,
    fixed: &[Value<'_>],
    list: &[Value<'_>],
    mut each: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut found = Vec::new();
    for chunk in list.chunks(CHUNK) {
        let padded = chunk.len().next_power_of_two();
        let text = sql(&marks(fixed.len() + 1, padded));
        let mut params = fixed.to_vec();
        params.extend_from_slice(chunk);
        params.resize(fixed.len() + padded, chunk[chunk.len() - 1].clone());
        found.extend(db.rows(&text, &params, &mut each)?);
    }
    Ok(found)
}

/// `$3,$4,$5` for three values from the third on.
pub(crate) fn marks(first: usize, count: usize) -> String {
    (first..first + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(",")
}
