//! The tables whose rows belong to profiles, in whatever room: the schema itself says which. Whoever has a `person_id` and a
//! `profile_id` is carried when people are joined and goes when they are forgotten.

mod sql;

use store::{Engine, Read};

use crate::Result;

/// A table of people.
pub(crate) struct Table {
    pub(crate) name: String,
    /// Its columns, but for the person's.
    pub(crate) columns: String,
}

/// All of them, the profiles last: they say whose the other rows are.
pub(crate) fn of_profiles(db: &mut Read<'_>) -> Result<Vec<Table>> {
    let text = match db.engine() {
        Engine::Sqlite => sql::SQLITE,
        Engine::Postgres => sql::POSTGRES,
    };
    let mut all = db.rows(text, &[], |row| Ok(Table { name: row.get(0)?, columns: row.get(1)? }))?;
    all.sort_by_key(|table| table.name == "profiles");
    Ok(all)
}
