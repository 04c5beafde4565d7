//! Who looks after whom, and who waits for a word from us: the team's inbox is a list of people.

mod sql;

use model::{AuditId, Moment, PersonId, StaffId, Time, Turn, World};
use serde::{Deserialize, Serialize};
use store::{Notice, Read, ToValue, Value, Write, params};

use crate::{
    MemoryError, Result, desk,
    people::{self, Line},
    timeline, whereabouts,
};

/// Whose people are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Whose {
    /// Everybody's.
    #[default]
    Everybodys,
    /// One colleague's.
    Of(StaffId),
    /// Those whom nobody looks after yet.
    Nobodys,
}

/// Which of those who wait.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Whose people.
    pub whose: Whose,
    /// Waiting since this time or later.
    pub since: Option<Time>,
    /// Waiting since before this time.
    pub before: Option<Time>,
    /// Set aside beyond this time, or not.
    pub set_aside: Option<(Time, bool)>,
    /// After this place.
    pub after: Option<Place>,
}

/// A place in the list of those who wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Since when the one before waits.
    pub since: Time,
    /// Who that is.
    pub id: PersonId,
}

/// Somebody who waits for a word from us.
#[derive(Debug, Clone, Serialize)]
pub struct Waiting {
    /// Who.
    pub line: Line,
    /// Since when.
    pub since: Time,
    /// Who of us looks after them.
    pub keeper: Option<StaffId>,
    /// Until when they are set aside.
    pub set_aside_until: Option<Time>,
    /// What they said last.
    pub words: Option<Moment>,
}

impl Wanted {
    /// Whether only those are wanted whom somebody set aside.
    fn is_few(&self) -> bool {
        matches!(self.set_aside, Some((_, true)))
    }

    fn conditions(&self) -> (Vec<String>, Vec<Value<'static>>) {
        let (mut all, mut params): (Vec<String>, Vec<Value<'static>>) = Default::default();
        let time = |at: Time| Value::Int(at.micros());
        match self.whose {
            Whose::Everybodys => {}
            Whose::Nobodys => all.push(sql::KEPT_BY_NOBODY.to_owned()),
            Whose::Of(staff) => {
                params.push(Value::Uuid(staff.uuid()));
                all.push(sql::kept_by(params.len()));
            }
        }
        if let Some(since) = self.since {
            params.push(time(since));
            all.push(sql::since(params.len()));
        }
        if let Some(before) = self.before {
            params.push(time(before));
            all.push(sql::before(params.len()));
        }
        if let Some((now, wanted)) = self.set_aside {
            params.push(time(now));
            all.push(sql::set_aside(params.len(), wanted));
        }
        if let Some(place) = self.after {
            params.push(time(place.since));
            all.push(sql::after(params.len()));
            params.push(Value::Uuid(place.id.uuid()));
        }
        (all, params)
    }
}

/// A page of those who wait, who waits longest first.
pub fn waiting(db: &mut Read<'_>, wanted: &Wanted, most: i64) -> Result<Vec<Waiting>> {
    let (conditions, mut params) = wanted.conditions();
    params.push(Value::Int(most));
    let found = db.rows(&sql::waiting(&conditions, params.len(), wanted.is_few()), &params, |row| {
        Ok((row.get::<PersonId>(0)?, row.get::<Time>(1)?, row.get(2)?, row.get(3)?))
    })?;
    let ids: Vec<PersonId> = found.iter().map(|it| it.0).collect();
    let lines = people::some(db, &ids)?;
    let mut all = Vec::with_capacity(found.len());
    for (id, since, keeper, set_aside_until) in found {
        let Some(line) = lines.iter().find(|line| line.id == id).cloned() else { continue };
        let words = db.rows(sql::ASKED, params![id, since], timeline::moment)?;
        let words = words.into_iter().find(|it| Turn::after(&it.kind, it.direction, &it.data) == Turn::Ours);
        all.push(Waiting { line, since, keeper, set_aside_until, words });
    }
    Ok(all)
}

/// How many wait, counted up to `most`.
pub fn how_many(db: &mut Read<'_>, wanted: &Wanted, most: i64) -> Result<i64> {
    let (conditions, mut params) = wanted.conditions();
    params.push(Value::Int(most));
    Ok(db.number(&sql::count(&conditions, params.len(), wanted.is_few()), &params)?)
}

/// One act of care.
#[derive(Debug, Clone, Serialize)]
pub struct Act {
    /// Who looks after them from then on.
    pub keeper: Option<StaffId>,
    /// Until when they are set aside.
    pub set_aside_until: Option<Time>,
    /// What was said about it.
    pub note: String,
    /// When.
    pub at: Time,
    /// By whom.
    pub by: Option<StaffId>,
}

/// Who looks after somebody, the newest first.
pub fn history(db: &mut Read<'_>, id: PersonId) -> Result<Vec<Act>> {
    let id = whereabouts::current(db, id)?;
    Ok(db.rows(sql::HISTORY, params![id], |row| {
        Ok(Act {
            keeper: row.get(0)?,
            set_aside_until: row.get(1)?,
            note: row.get(2)?,
            at: row.get(3)?,
            by: row.get(4)?,
        })
    })?)
}

/// Gives somebody into a colleague's hands, or into nobody's, with a word about it.
pub fn hand_over(
    tx: &mut Write<'_>,
    world: &World,
    id: PersonId,
    keeper: Option<StaffId>,
    note: &str,
    by: Option<StaffId>,
) -> Result<()> {
    let id = whereabouts::current(tx, id)?;
    let (_, aside) = now(tx, id)?;
    add(tx, world, id, Act { keeper, set_aside_until: aside, note: note.to_owned(), at: world.now(), by })
}

/// Sets somebody aside until a time, or takes them back; they go on waiting.
pub fn set_aside(
    tx: &mut Write<'_>,
    world: &World,
    id: PersonId,
    until: Option<Time>,
    by: Option<StaffId>,
) -> Result<()> {
    let id = whereabouts::current(tx, id)?;
    let (keeper, _) = now(tx, id)?;
    if until.is_some_and(|until| until <= world.now()) {
        return Err(MemoryError::unfit("until", "is not in the future"));
    }
    add(tx, world, id, Act { keeper, set_aside_until: until, note: String::new(), at: world.now(), by })
}

fn now(db: &mut Read<'_>, id: PersonId) -> Result<(Option<StaffId>, Option<Time>)> {
    let found = db.first(sql::NOW, params![id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    found.ok_or(MemoryError::NobodyHere(id))
}

fn add(tx: &mut Write<'_>, world: &World, id: PersonId, act: Act) -> Result<()> {
    let profile = desk::profile(tx, world, id)?;
    let care: AuditId = world.id();
    let (keeper, until, by) = (act.keeper.value(), act.set_aside_until.value(), act.by.value());
    let row =
        [id.value(), care.value(), profile.value(), keeper, until, act.note.value(), act.at.value(), by];
    tx.run(sql::ADD, &row)?;
    settle(tx, id)?;
    Ok(tx.announce(Notice::about("person", id))?)
}

/// Brings what a person's row says of care in line with the acts.
pub(crate) fn settle(tx: &mut Write<'_>, id: PersonId) -> Result<()> {
    tx.run(sql::SETTLE, params![id])?;
    Ok(())
}
