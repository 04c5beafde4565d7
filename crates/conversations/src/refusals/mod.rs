//! Saying no well: what was declined, or a relationship that was ended, with its reason and its own words, so that it can be looked
//! at and learned from.

mod sql;

use model::{MomentId, NewMoment, PersonId, RefusalId, StaffId, Time, World};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Notice, Read, Row, Write, params};

use crate::{ConversationError, Result, acts, lines::line};

/// Characters of what was said about it.
const WORDS: usize = 10_000;
/// The act of taking a no back.
const BACK: &str = "taken back";

/// How far the no goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Something they asked for.
    Declined,
    /// The relationship itself.
    Ended,
}

impl How {
    fn as_str(self) -> &'static str {
        match self {
            Self::Declined => "declined",
            Self::Ended => "ended",
        }
    }
}

impl std::str::FromStr for How {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        serde_json::from_value(json!(text)).map_err(|_| format!("“{text}” is no way of saying no"))
    }
}

/// Something we said no to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// To whom.
    pub person: PersonId,
    /// Its id.
    pub id: RefusalId,
    /// The moment in which it was said.
    pub moment: MomentId,
    /// How far it goes.
    pub how: How,
    /// What they asked for.
    pub what: String,
    /// Why not.
    pub reason: String,
    /// Who said it.
    pub by: StaffId,
    /// When.
    pub at: Time,
    /// When it was taken back.
    pub taken_back_at: Option<Time>,
}

fn read(row: &Row<'_>) -> store::Result<Refusal> {
    Ok(Refusal {
        person: row.get(0)?,
        id: row.get(1)?,
        moment: row.get(2)?,
        how: row.parse(3)?,
        what: row.get(4)?,
        reason: row.get(5)?,
        by: row.get(6)?,
        at: row.get(7)?,
        taken_back_at: row.get(8)?,
    })
}

/// What we said no to somebody, the latest first.
pub fn of_person(db: &mut Read<'_>, person: PersonId, most: i64) -> Result<Vec<Refusal>> {
    let person = memory::current(db, person)?;
    Ok(db.rows(&sql::of_person(), params![person, most], read)?)
}

/// What we said no to since a time, the latest first.
pub fn since(db: &mut Read<'_>, since: Time, most: i64) -> Result<Vec<Refusal>> {
    Ok(db.rows(&sql::since(), params![since, most], read)?)
}

/// A no as somebody says it.
#[derive(Debug, Clone)]
pub struct NewRefusal {
    /// To whom.
    pub person: PersonId,
    /// Its id: the same form sent twice says it once.
    pub id: RefusalId,
    /// How far it goes.
    pub how: How,
    /// The answer in which it is said; nothing if it was said by voice, and its words are here.
    pub said_in: Option<MomentId>,
    /// What they asked for.
    pub what: String,
    /// Why not.
    pub reason: String,
    /// What was said about it.
    pub words: String,
    /// Who says it.
    pub by: StaffId,
}

/// Keeps a no, and what was said with it.
pub fn refuse(tx: &mut Write<'_>, world: &World, new: &NewRefusal) -> Result<()> {
    let reason = line("refused_why", &new.reason)?;
    let what = match new.how {
        How::Declined => line("refused", &new.what)?,
        How::Ended => "This relationship".to_owned(),
    };
    let words: String = new.words.trim().chars().take(WORDS).collect();
    let person = memory::current(tx, new.person)?;
    if tx.first(&sql::one(), params![person, new.id], read)?.is_some() {
        return Ok(());
    }
    let (now, id, how, by) = (world.now(), new.id, new.how, new.by);
    let moment = match new.said_in {
        Some(moment) => moment,
        None => {
            let title = match how {
                How::Declined => format!("Said no: {what}"),
                How::Ended => "Ended this relationship".to_owned(),
            };
            let body = if words.is_empty() { reason.clone() } else { words };
            memory::note(tx, world, person, &act(id, how.as_str(), now, by, title, body, &reason), None)?
        }
    };
    tx.run(sql::ADD, params![person, id, how.as_str(), what, reason, by, now, moment])?;
    announce(tx, person)
}

/// It is a yes after all, or they are welcome again.
pub fn take_back(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    id: RefusalId,
    by: StaffId,
    reason: &str,
) -> Result<()> {
    let reason = line("reason", reason)?;
    let (person, now) = (memory::current(tx, person)?, world.now());
    let said = tx.first(&sql::one(), params![person, id], read)?.filter(|it| it.taken_back_at.is_none());
    let Some(said) = said else {
        return Err(ConversationError::Unfit {
            field: "refusal",
            why: "was taken back or never said".into(),
        });
    };
    tx.run(sql::TAKE_BACK, params![person, id, now])?;
    let title = match said.how {
        How::Declined => format!("Yes after all: {}", said.what),
        How::Ended => "Welcome again".to_owned(),
    };
    memory::note(tx, world, person, &act(id, BACK, now, by, title, reason.clone(), &reason), None)?;
    announce(tx, person)
}

fn announce(tx: &mut Write<'_>, person: PersonId) -> Result<()> {
    Ok(tx.announce(Notice::about("person", person))?)
}

fn act(
    id: RefusalId,
    what: &str,
    at: Time,
    by: StaffId,
    title: String,
    body: String,
    reason: &str,
) -> NewMoment {
    let mut data = json!({"refusal": id, "act": what, "reason": reason});
    if what != BACK {
        // Whoever got a no need not wait for an answer to what they asked.
        data["settled"] = json!(reason);
    }
    acts::act(format!("{id} {what}"), at, by, title, &body, data)
}
