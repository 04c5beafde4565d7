//! Accounts: organisations and households, and what people are to them over time.

pub(crate) mod sql;

use model::{AccountId, Fields, PersonId, ProfileId, RoleId, StaffId, Time, World, fold};
use serde::Serialize;
use store::{Notice, Read, Row, Write, params};

use crate::{MemoryError, Result, desk, whereabouts};

/// The roles that forms offer; any other word may be used too.
pub const ROLES: &[&str] = &[
    "uses",
    "buys",
    "decides",
    "champions",
    "influences",
    "pays",
    "supplies",
    "regulates",
    "works_at",
    "lives_in",
];

/// An organisation or household.
#[derive(Debug, Clone, Serialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// `organisation` or `household`.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Who they are, in a few sentences.
    pub about: String,
    /// What else is known.
    pub fields: Fields,
    /// When we came to know of it.
    pub created_at: Time,
}

/// One role of one person on one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Role {
    /// Its id.
    pub id: RoleId,
    /// Who.
    pub person: PersonId,
    /// On what.
    pub account: AccountId,
    /// The account's name.
    pub account_name: String,
    /// The account's kind.
    pub account_kind: String,
    /// The person's name.
    pub person_name: String,
    /// What they are.
    pub role: String,
    /// Since when.
    pub since: Option<Time>,
    /// Until when, if it ended.
    pub until: Option<Time>,
}

fn role(row: &Row<'_>) -> store::Result<Role> {
    Ok(Role {
        id: row.get(0)?,
        person: row.get(1)?,
        account: row.get(2)?,
        account_name: row.get(3)?,
        account_kind: row.get(4)?,
        person_name: row.get(5)?,
        role: row.get(6)?,
        since: row.get(7)?,
        until: row.get(8)?,
    })
}

fn account(row: &Row<'_>) -> store::Result<Account> {
    Ok(Account {
        id: row.get(0)?,
        kind: row.get(1)?,
        name: row.get(2)?,
        about: row.get(3)?,
        fields: row.json(4)?,
        created_at: row.get(5)?,
    })
}

/// What a person is to whom, what goes on first.
pub fn roles_of(db: &mut Read<'_>, person: PersonId) -> Result<Vec<Role>> {
    Ok(db.rows(sql::ROLES_OF, params![person], role)?)
}

/// Roles with the fragment that told of each.
pub(crate) fn roles_by_profile(db: &mut Read<'_>, person: PersonId) -> Result<Vec<(ProfileId, Role)>> {
    Ok(db.rows(sql::ROLES_OF, params![person], |row| Ok((row.get(9)?, role(row)?)))?)
}

/// The people of an account, what goes on first.
pub fn people_of(db: &mut Read<'_>, id: AccountId) -> Result<Vec<Role>> {
    Ok(db.rows(sql::PEOPLE_OF, params![id], role)?)
}

/// One account.
pub fn get(db: &mut Read<'_>, id: AccountId) -> Result<Account> {
    db.first(sql::ACCOUNT, params![id], account)?.ok_or(MemoryError::NoAccount(id))
}

/// Accounts by name, from `after` on.
pub fn list(db: &mut Read<'_>, after: Option<&str>, most: i64) -> Result<Vec<Account>> {
    Ok(db.rows(sql::LIST, params![after.unwrap_or(""), most], account)?)
}

/// Accounts of whose name a word begins so; first those whose name does.
pub fn find(db: &mut Read<'_>, query: &str, most: i64) -> Result<Vec<Account>> {
    let word = fold(query.trim()).replace('!', "!!").replace('%', "!%").replace('_', "!_");
    if word.is_empty() {
        return Ok(Vec::new());
    }
    let (begins, within) = (format!("{word}%"), format!("% {word}%"));
    Ok(db.rows(sql::FIND, params![begins, within, most], account)?)
}

/// Makes an account, or gives the one of this name.
pub fn make(
    tx: &mut Write<'_>,
    world: &World,
    name: &str,
    kind: &str,
    about: &str,
    fields: &Fields,
) -> Result<AccountId> {
    let name = name.trim();
    if name.is_empty() {
        return Err(MemoryError::unfit("name", "is empty"));
    }
    if !matches!(kind, "organisation" | "household") {
        return Err(MemoryError::unfit("kind", "is neither organisation nor household"));
    }
    if let Some(id) = tx.first(sql::NAMED, params![fold(name)], |row| row.get(0))? {
        tx.run(sql::DESCRIBE, params![id, about, fields_json(fields)])?;
        return Ok(id);
    }
    let id: AccountId = world.id();
    tx.run(sql::MAKE, params![id, kind, name, fold(name), about, fields_json(fields), world.now()])?;
    Ok(id)
}

fn fields_json(fields: &Fields) -> String {
    serde_json::to_string(fields).unwrap_or_else(|_| "{}".into())
}

/// Says what a person is to an account.
pub fn give_role(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    on: AccountId,
    word: &str,
    since: Option<Time>,
    by: Option<StaffId>,
) -> Result<RoleId> {
    let word = fold(word.trim()).replace(' ', "_");
    if word.is_empty() || word.len() > 60 {
        return Err(MemoryError::unfit("role", "say in a word or two what they are to them"));
    }
    let person = whereabouts::current(tx, person)?;
    get(tx, on)?;
    let profile = desk::profile(tx, world, person)?;
    let id: RoleId = world.id();
    tx.run(sql::ADD_ROLE, params![person, id, profile, on, word, since, None::<Time>, world.now(), by])?;
    tx.announce(Notice::about("person", person))?;
    Ok(id)
}

/// Says that a role has ended.
pub fn end_role(tx: &mut Write<'_>, person: PersonId, id: RoleId, until: Time) -> Result<bool> {
    let person = whereabouts::current(tx, person)?;
    tx.announce(Notice::about("person", person))?;
    Ok(tx.run(sql::END_ROLE, params![person, id, until])? > 0)
}
