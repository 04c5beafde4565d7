//! Statements on one SQLite connection.

use rusqlite::{Connection as Db, params_from_iter};

use crate::{Result, Row, StoreError, Value};

pub(crate) fn execute(db: &Db, sql: &str) -> Result<()> {
    db.prepare_cached(sql)?.raw_execute()?;
    Ok(())
}

pub(crate) fn rows<T>(
    db: &Db,
    sql: &str,
    params: &[Value<'_>],
    mut each: impl FnMut(&Row<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut statement = db.prepare_cached(&numbered(sql))?;
    bind(&mut statement, params)?;
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(each(&Row::Sqlite(row))?);
    }
    Ok(found)
}

pub(crate) fn run(db: &Db, sql: &str, params: &[Value<'_>]) -> Result<u64> {
    let mut statement = db.prepare_cached(&numbered(sql))?;
    bind(&mut statement, params)?;
    Ok(statement.raw_execute()? as u64)
}

pub(crate) fn each(db: &Db, sql: &str, sets: &[Vec<Value<'_>>]) -> Result<Vec<u64>> {
    if sets.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = db.prepare_cached(&numbered(sql))?;
    let mut touched = Vec::with_capacity(sets.len());
    for params in sets {
        bind(&mut statement, params)?;
        touched.push(statement.raw_execute()? as u64);
    }
    Ok(touched)
}

/// `$3` is a name to SQLite, numbered by first appearance and looked for from the first on, which takes long in a list
/// of a thousand; `?3` is the third parameter.
fn numbered(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    let mut parts = sql.split('$');
    text.extend(parts.next());
    for part in parts {
        text.push(if part.starts_with(|c: char| c.is_ascii_digit()) { '?' } else { '$' });
        text.push_str(part);
    }
    text
}

fn bind(statement: &mut rusqlite::CachedStatement<'_>, params: &[Value<'_>]) -> Result<()> {
    let wanted = statement.parameter_count();
    if params.len() > wanted {
        return Err(StoreError::Engine(format!(
            "the statement has {wanted} parameters, not {}",
            params.len()
        )));
    }
    for (n, value) in params.iter().enumerate() {
        statement.raw_bind_parameter(n + 1, value)?;
    }
    Ok(())
}

pub(crate) fn load(db: &Db, table: &str, columns: &[&str], rows: &[Vec<Value<'_>>]) -> Result<()> {
    let marks = vec!["?"; columns.len()].join(",");
    let sql = format!("insert into {table} ({}) values ({marks})", columns.join(","));
    let mut statement = db.prepare_cached(&sql)?;
    for row in rows {
        statement.execute(params_from_iter(row))?;
    }
    Ok(())
}
