//! Who of us looked at somebody, when, at what and by what right: a fact about the person, which they can be shown. It lives in the
//! memory, not beside the log of who did what: it is theirs, goes with them when they are forgotten, and is carried when people are
//! joined. There is one row for each who looks, day and what was looked at, so that it stays small.

mod sql;

use std::collections::BTreeMap;

use model::{PersonId, ProfileId, StaffId, Time, TokenId, World};
use serde::Serialize;
use store::{Read, Row, ToValue, Value, Write, params};

use crate::{MemoryError, Result, desk, whereabouts};

/// For how long it can be asked who looked: as long as most claims about it can be made (three years).
pub const KEPT_DAYS: i64 = 3 * 365;
/// Rows shown at once, the newest days first; whoever takes theirs along gets all.
pub const MOST: i64 = 1000;
/// Days swept away in one transaction, so that none is long.
const SWEPT: i64 = 5000;
/// Who looks where it is none of us: the program, told to by whoever runs it.
const PROGRAM: &str = "program";

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Their page, or one of those below it.
    Page,
    /// A mail as it came, a picture, an attachment.
    File,
    /// All of it was taken out.
    Export,
    /// A program read it, with a key of one of us.
    Api,
}

impl What {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::File => "file",
            Self::Export => "export",
            Self::Api => "api",
        }
    }
}

/// Who looks, and by what right.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Looker {
    /// Which of us; nobody where the program was told to by whoever runs it.
    pub staff: Option<StaffId>,
    /// With which key, where a program looks for them.
    pub key: Option<TokenId>,
    /// Their role here.
    pub role: String,
}

impl Looker {
    /// The program, told to by whoever runs it.
    pub fn program() -> Self {
        Self { staff: None, key: None, role: PROGRAM.into() }
    }

    fn name(&self) -> String {
        match (self.key, self.staff) {
            (Some(key), _) => key.to_string(),
            (None, Some(staff)) => staff.to_string(),
            (None, None) => PROGRAM.to_owned(),
        }
    }
}

/// That somebody looked, on one day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Look {
    /// The calendar day, UTC.
    pub day: String,
    /// Which of us; nobody where the program was told to by whoever runs it.
    pub staff: Option<StaffId>,
    /// The id of the key, where a program looked.
    pub key: Option<String>,
    /// What was looked at: `page`, `file`, `export`, `api`, or what a later version says.
    pub what: String,
    /// By what right: their role at that time.
    pub role: String,
    /// The first time on that day.
    pub first_at: Time,
    /// The last.
    pub last_at: Time,
    /// How often, at least: looks that follow each other within a minute may count as one.
    pub times: i64,
}

/// Writes down that somebody looked at a person, so many times up to now.
pub fn note(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    looker: &Looker,
    what: What,
    times: i64,
) -> Result<()> {
    let now = world.now();
    let (day, name) = (now.date().to_string(), looker.name());
    let person = whereabouts::current(tx, person)?;
    for home in whereabouts::homes(tx, person)? {
        let Some(profile) = of_home(tx, world, person, home)? else { continue };
        tx.run(
            sql::NOTE,
            params![person, profile, day, name, what.as_str(), looker.staff, looker.role, now, times],
        )?;
    }
    Ok(())
}

/// The same for many people at once. Who was joined or forgotten in the meantime is left out.
pub fn note_all(
    tx: &mut Write<'_>,
    world: &World,
    people: &[PersonId],
    looker: &Looker,
    what: What,
) -> Result<()> {
    for person in people {
        match note(tx, world, *person, looker, what, 1) {
            Err(MemoryError::NobodyHere(_)) => {}
            other => other?,
        }
    }
    Ok(())
}

/// A profile of one side: any will do, since a look is at the whole of it. A side whose sources were all taken apart has none.
fn of_home(tx: &mut Write<'_>, world: &World, person: PersonId, home: PersonId) -> Result<Option<ProfileId>> {
    match tx.first(sql::OF_HOME, params![person, home], |row| row.get(0))? {
        None if home == person => desk::profile(tx, world, person).map(Some),
        found => Ok(found),
    }
}

/// Who looked at somebody lately, the newest day first.
pub fn of_person(db: &mut Read<'_>, person: PersonId) -> Result<Vec<Look>> {
    let person = whereabouts::current(db, person)?;
    Ok(seen_once(db.rows(sql::OF_PERSON, params![person, MOST], read)?))
}

/// Everybody who looked at somebody, day by day, the newest first.
pub fn each_of_person<E: From<MemoryError>>(
    db: &mut Read<'_>,
    person: PersonId,
    mut each: impl FnMut(Look) -> Result<(), E>,
) -> Result<(), E> {
    let person = whereabouts::current(db, person)?;
    let days = db.rows(sql::DAYS, params![person], |row| row.get::<String>(0)).map_err(MemoryError::from)?;
    for day in days {
        let rows = db.rows(sql::OF_DAY, params![person, day], read).map_err(MemoryError::from)?;
        seen_once(rows).into_iter().try_for_each(&mut each)?;
    }
    Ok(())
}

/// Each side of a joining has its own rows; what both saw was one look.
fn seen_once(rows: Vec<(String, Look)>) -> Vec<Look> {
    let mut all: BTreeMap<_, Look> = BTreeMap::new();
    for (looker, look) in rows {
        let key = (std::cmp::Reverse(look.day.clone()), looker, look.what.clone());
        all.entry(key)
            .and_modify(|it| {
                it.first_at = it.first_at.min(look.first_at);
                it.last_at = it.last_at.max(look.last_at);
                it.times = it.times.max(look.times);
            })
            .or_insert(look);
    }
    all.into_values().collect()
}

fn read(row: &Row<'_>) -> store::Result<(String, Look)> {
    let looker: String = row.get(1)?;
    let look = Look {
        day: row.get(0)?,
        staff: row.get(3)?,
        key: looker.parse::<TokenId>().ok().map(|it| it.to_string()),
        what: row.get(2)?,
        role: row.get(4)?,
        first_at: row.get(5)?,
        last_at: row.get(6)?,
        times: row.get(7)?,
    };
    Ok((looker, look))
}

/// Drops what is older than it is kept, a part at a time; gives how many rows went. Zero says that nothing is left to drop.
pub fn drop_old(tx: &mut Write<'_>, now: Time) -> Result<u64> {
    let before = now.plus_days(-KEPT_DAYS).date().to_string();
    let old = tx.rows(sql::OLD, params![before, SWEPT], |row| {
        Ok((
            row.get::<PersonId>(0)?,
            row.get::<ProfileId>(1)?,
            row.get::<String>(2)?,
            row.get::<String>(3)?,
            row.get::<String>(4)?,
        ))
    })?;
    let sets: Vec<Vec<Value<'_>>> = old
        .iter()
        .map(|(person, profile, day, looker, what)| {
            vec![person.value(), profile.value(), day.value(), looker.value(), what.value()]
        })
        .collect();
    tx.each(sql::DROP, &sets)?;
    Ok(old.len() as u64)
}
