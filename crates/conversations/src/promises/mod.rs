//! Promises: what we said we would do, by when, and who of us keeps it. Kept, broken or moved with a reason; and counted, because
//! a promise that nobody counts is a phrase.

mod spotting;
mod sql;

use model::{MomentId, NewMoment, PersonId, PromiseId, StaffId, Time, World};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Notice, Read, Row, Write, params};

pub use spotting::{Spotted, spot};

use crate::{ConversationError, Result, acts};

/// A promise longer than this is a contract.
const LONGEST: usize = 500;

/// What became of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is still to be kept.
    Open,
    /// It was kept.
    Kept,
    /// It was not.
    Broken,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Kept => "kept",
            Self::Broken => "broken",
        }
    }
}

impl std::str::FromStr for State {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        serde_json::from_value(json!(text)).map_err(|_| format!("“{text}” is no state of a promise"))
    }
}

/// A promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Promise {
    /// To whom.
    pub person: PersonId,
    /// Its id.
    pub id: PromiseId,
    /// The moment in which it was given, where it was given in one.
    pub moment: Option<MomentId>,
    /// What we said we would do.
    pub what: String,
    /// By when.
    pub due_at: Time,
    /// Who of us keeps it.
    pub keeper: StaffId,
    /// When it was given.
    pub made_at: Time,
    /// Who gave it.
    pub made_by: StaffId,
    /// How often it was moved.
    pub moved: i64,
    /// What became of it.
    pub state: State,
    /// When that was decided.
    pub settled_at: Option<Time>,
    /// By whom.
    pub settled_by: Option<StaffId>,
    /// Why it was not kept.
    pub reason: String,
}

/// How well we kept our word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Still to be kept, and not yet due.
    pub open: i64,
    /// Due, and neither kept nor given up.
    pub overdue: i64,
    /// Kept in time.
    pub kept: i64,
    /// Kept, but late.
    pub kept_late: i64,
    /// Not kept.
    pub broken: i64,
    /// Moved at least once, among those kept or broken.
    pub moved: i64,
}

fn read(row: &Row<'_>) -> store::Result<Promise> {
    Ok(Promise {
        person: row.get(0)?,
        id: row.get(1)?,
        moment: row.get(2)?,
        what: row.get(3)?,
        due_at: row.get(4)?,
        keeper: row.get(5)?,
        made_at: row.get(6)?,
        made_by: row.get(7)?,
        moved: row.get(8)?,
        state: row.parse(9)?,
        settled_at: row.get(10)?,
        settled_by: row.get(11)?,
        reason: row.get(12)?,
    })
}

/// A promise to somebody.
pub fn one(db: &mut Read<'_>, person: PersonId, id: PromiseId) -> Result<Option<Promise>> {
    let person = memory::current(db, person)?;
    Ok(db.first(&sql::one(), params![person, id], read)?)
}

/// What we promised somebody: what is open first, then the latest.
pub fn of_person(db: &mut Read<'_>, person: PersonId, most: i64) -> Result<Vec<Promise>> {
    let person = memory::current(db, person)?;
    Ok(db.rows(&sql::of_person(), params![person, most], read)?)
}

/// What is open and due before a time, the soonest first; everybody's, or one keeper's.
pub fn open(db: &mut Read<'_>, before: Time, keeper: Option<StaffId>, most: i64) -> Result<Vec<Promise>> {
    let text = sql::open(keeper.is_some());
    Ok(match keeper {
        Some(keeper) => db.rows(&text, params![before, most, keeper], read)?,
        None => db.rows(&text, params![before, most], read)?,
    })
}

/// What was kept or broken since a time, the latest first.
pub fn settled(db: &mut Read<'_>, since: Time, most: i64) -> Result<Vec<Promise>> {
    Ok(db.rows(&sql::settled(), params![since, most], read)?)
}

/// How well we kept our word since a time.
pub fn counts(db: &mut Read<'_>, since: Time, now: Time) -> Result<Counts> {
    let mut counts = Counts::default();
    let open = db.first(sql::OPEN, params![now], |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)))?;
    let (all, overdue) = open.unwrap_or_default();
    (counts.open, counts.overdue) = (all - overdue, overdue);
    let settled = db.rows(sql::COUNTS, params![since], |row| {
        Ok((row.parse::<State>(0)?, row.get::<i64>(1)?, row.get::<i64>(2)?, row.get::<i64>(3)?))
    })?;
    for (state, number, late, moved) in settled {
        counts.moved += moved;
        match state {
            State::Kept => (counts.kept, counts.kept_late) = (number - late, late),
            State::Broken => counts.broken = number,
            State::Open => {}
        }
    }
    Ok(counts)
}

/// A promise as somebody gives it.
#[derive(Debug, Clone)]
pub struct NewPromise {
    /// To whom.
    pub person: PersonId,
    /// Its id: the same form sent twice promises once.
    pub id: PromiseId,
    /// The moment in which it is given.
    pub moment: Option<MomentId>,
    /// What.
    pub what: String,
    /// By when.
    pub due_at: Time,
    /// Who keeps it.
    pub keeper: StaffId,
    /// Who gives it.
    pub by: StaffId,
}

/// Writes a promise into the ledger, and into the conversation.
pub fn make(tx: &mut Write<'_>, world: &World, new: &NewPromise) -> Result<()> {
    let what = new.what.split_whitespace().collect::<Vec<_>>().join(" ");
    let unfit = |field, why: &str| Err(ConversationError::Unfit { field, why: why.to_owned() });
    match what.chars().count() {
        0 => return unfit("promise", "says nothing"),
        1..=LONGEST => {}
        _ => return unfit("promise", "is longer than a promise should be"),
    }
    let now = world.now();
    if new.due_at <= now {
        return unfit("promise_due", "is over already");
    }
    let person = memory::current(tx, new.person)?;
    if one(tx, person, new.id)?.is_some() {
        return Ok(());
    }
    let said = act(new.id, "made", now, new.by, format!("Promised: {what}"), "", new.due_at);
    let noted = memory::note(tx, world, person, &said, None)?;
    let (id, moment, due, keeper, by) = (new.id, new.moment, new.due_at, new.keeper, new.by);
    tx.run(sql::ADD, params![person, id, moment, what, due, keeper, now, by, noted])?;
    announce(tx, person)
}

/// It was kept.
pub fn keep(tx: &mut Write<'_>, world: &World, person: PersonId, id: PromiseId, by: StaffId) -> Result<()> {
    settle(tx, world, person, id, by, State::Kept, "")
}

/// It was not kept; the reason is part of the ledger.
pub fn give_up(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    id: PromiseId,
    by: StaffId,
    reason: &str,
) -> Result<()> {
    settle(tx, world, person, id, by, State::Broken, need(reason)?)
}

/// It is kept later, or by somebody else; the reason is part of the conversation.
#[allow(clippy::too_many_arguments, reason = "each is said on the form")]
pub fn put_off(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    id: PromiseId,
    due_at: Time,
    keeper: StaffId,
    by: StaffId,
    reason: &str,
) -> Result<()> {
    let (promise, now) = (is_open(tx, person, id)?, world.now());
    if due_at <= now {
        return Err(ConversationError::Unfit { field: "due", why: "is over already".into() });
    }
    tx.run(sql::MOVE, params![promise.person, id, due_at, keeper])?;
    let said = act(id, "moved", now, by, format!("Moved: {}", promise.what), need(reason)?, due_at);
    memory::note(tx, world, promise.person, &said, None)?;
    announce(tx, promise.person)
}

fn settle(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    id: PromiseId,
    by: StaffId,
    state: State,
    reason: &str,
) -> Result<()> {
    let (promise, now) = (is_open(tx, person, id)?, world.now());
    tx.run(sql::SETTLE, params![promise.person, id, state.as_str(), now, by, reason])?;
    let title = match state {
        State::Kept if now > promise.due_at => format!("Kept, late: {}", promise.what),
        State::Kept => format!("Kept: {}", promise.what),
        _ => format!("Not kept: {}", promise.what),
    };
    let said = act(id, state.as_str(), now, by, title, reason, promise.due_at);
    memory::note(tx, world, promise.person, &said, None)?;
    announce(tx, promise.person)
}

fn is_open(tx: &mut Write<'_>, person: PersonId, id: PromiseId) -> Result<Promise> {
    let open = one(tx, person, id)?.filter(|it| it.state == State::Open);
    let why = || "was kept, given up or never made".to_owned();
    open.ok_or_else(|| ConversationError::Unfit { field: "promise", why: why() })
}

fn need(reason: &str) -> Result<&str> {
    match reason.trim() {
        "" => Err(ConversationError::Unfit { field: "reason", why: "is missing".into() }),
        reason => Ok(reason),
    }
}

fn announce(tx: &mut Write<'_>, person: PersonId) -> Result<()> {
    tx.announce(Notice::about("promises", person))?;
    Ok(tx.announce(Notice::about("person", person))?)
}

/// What was done with a promise, as a moment of the conversation.
fn act(
    id: PromiseId,
    what: &str,
    at: Time,
    by: StaffId,
    title: String,
    reason: &str,
    due_at: Time,
) -> NewMoment {
    acts::act(
        format!("{id} {what} {}", at.micros()),
        at,
        by,
        title,
        reason,
        json!({"promise": id, "act": what, "due_at": due_at}),
    )
}
