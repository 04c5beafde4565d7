//! Statements about keys.

pub(crate) const SECRET: &str = "select value from secrets where name = $1";
pub(crate) const ADD_SECRET: &str = "insert into secrets (name, value) values ($1, $2)";
