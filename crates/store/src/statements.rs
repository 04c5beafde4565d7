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
    let mut statement = db.prepare_cached(sql)?;
    bind(&mut statement, params)?;
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(each(&Row::Sqlite(row))?);
    }
    Ok(found)
}

pub(crate) fn run(db: &Db, sql: &str, params: &[Value<'_>]) -> Result<u64> {
    let mut statement = db.prepare_cached(sql)?;
    bind(&mut statement, params)?;
    Ok(statement.raw_execute()? as u64)
}

/// `$3` is a name to SQLite, numbered by first appearance; it must mean the third parameter.
fn bind(statement: &mut rusqlite::CachedStatement<'_>, params: &[Value<'_>]) -> Result<()> {
    let mut name = String::with_capacity(4);
    for (n, value) in params.iter().enumerate() {
        name.clear();
        name.push('$');
        name.push_str(&(n + 1).to_string());
        let index = statement.parameter_index(&name)?;
        let index =
            index.ok_or_else(|| StoreError::Engine(format!("the statement has no parameter {name}")))?;
        statement.raw_bind_parameter(index, value)?;
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
