//! Digests: what somebody asked for and has not seen, from one of us by name, at their hour, as often as they said. Nothing to say means
//! nothing sent. Each is planned for everybody who asked, and put together and asked about when it would leave.

mod planning;
mod reading;
mod sql;
mod taking;

use model::{DigestId, MailboxId, StaffId, Time, World};
use permission::{Point, topics};
use serde::Serialize;
use store::{Notice, Read, Row, Write, params};

pub(crate) use self::reading::our_words;
pub use self::{
    planning::{Planned, foreseen, plan},
    reading::{Chosen, Copy, chosen, copy, readers, sample},
    taking::{Envelope, MadeOf, Round, made_of, take},
};
use crate::{ConversationError, Result, lines::line};

/// Characters of what stands before the pieces, and of the question after them.
const LONGEST: usize = 2000;
/// Pieces in one digest: more are not read.
pub const PIECES: usize = 7;
/// The way by which digests leave.
pub const LANE: &str = "digest";

/// A digest, as it is written once for all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Digest {
    /// Its id.
    pub id: DigestId,
    /// What stands in the list of mails.
    pub subject: String,
    /// What the sender says first.
    pub intro: String,
    /// One question, if any.
    pub question: String,
    /// About which topics; nothing for all.
    pub topics: Vec<String>,
    /// From which mailbox.
    pub mailbox: MailboxId,
    /// Who sends it, and reads the answers.
    pub by: StaffId,
    /// How far it is.
    pub state: State,
    /// Not before.
    pub starts_at: Time,
    /// What has not left by then is of no use any more.
    pub expires_at: Time,
    /// At most so many a minute.
    pub per_minute: i64,
}

/// How far a digest is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is being written.
    Draft,
    /// It is worked out who gets it.
    Planning,
    /// It goes.
    Going,
    /// It waits for one of us.
    Paused,
    /// Everybody has it who gets it.
    Done,
    /// One of us ended it.
    Stopped,
}

impl State {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Planning => "planning",
            Self::Going => "going",
            Self::Paused => "paused",
            Self::Done => "done",
            Self::Stopped => "stopped",
        }
    }

    /// What may come after it when one of us wants it to.
    fn may_become(self, next: Self) -> bool {
        use State::{Draft, Going, Paused, Planning, Stopped};
        matches!(
            (self, next),
            (Draft, Planning)
                | (Going | Planning, Paused)
                | (Paused, Going)
                | (Draft | Planning | Going | Paused, Stopped)
        )
    }
}

impl std::str::FromStr for State {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Draft, Self::Planning, Self::Going, Self::Paused, Self::Done, Self::Stopped]
            .into_iter()
            .find(|it| it.as_str() == text)
            .ok_or_else(|| format!("\u{201c}{text}\u{201d} is no state of a digest"))
    }
}

fn read(row: &Row<'_>) -> store::Result<Digest> {
    Ok(Digest {
        id: row.get(0)?,
        subject: row.get(1)?,
        intro: row.get(2)?,
        question: row.get(3)?,
        topics: row.json(4)?,
        mailbox: row.get(5)?,
        by: row.get(6)?,
        state: row.parse(7)?,
        starts_at: row.get(8)?,
        expires_at: row.get(9)?,
        per_minute: row.get(10)?,
    })
}

/// All of them, the newest first.
pub fn all(db: &mut Read<'_>, most: i64) -> Result<Vec<Digest>> {
    Ok(db.rows(&sql::all(), params![most], read)?)
}

/// One of them.
pub fn one(db: &mut Read<'_>, id: DigestId) -> Result<Option<Digest>> {
    Ok(db.first(&sql::one(), params![id], read)?)
}

/// Those in a state.
pub fn in_state(db: &mut Read<'_>, state: State) -> Result<Vec<Digest>> {
    Ok(db.rows(&sql::in_state(), params![state.as_str()], read)?)
}

/// Keeps a digest that is still being written.
///
/// # Errors
/// [`ConversationError::Unfit`] names the field; also where it is not being written any more.
pub fn keep(tx: &mut Write<'_>, world: &World, digest: &Digest) -> Result<()> {
    let unfit = |field, why: &str| Err(ConversationError::Unfit { field, why: why.into() });
    let subject = line("subject", &digest.subject)?;
    for (field, text) in [("intro", &digest.intro), ("question", &digest.question)] {
        if text.chars().count() > LONGEST {
            return unfit(field, "is longer than 2,000 characters");
        }
    }
    if digest.expires_at <= digest.starts_at {
        return unfit("expires_at", "is not after it starts");
    }
    if !(1..=1_000_000).contains(&digest.per_minute) {
        return unfit("per_minute", "is not between 1 and 1,000,000");
    }
    let known = topics::all(tx)?;
    if digest.topics.iter().any(|topic| !known.iter().any(|it| it.key == *topic)) {
        return unfit("topics", "name one that is not there");
    }
    if one(tx, digest.id)?.is_some_and(|it| it.state != State::Draft) {
        return unfit("digest", "has begun; what is under way is not changed any more");
    }
    let topics = serde_json::json!(digest.topics).to_string();
    let Digest { id, mailbox, by, starts_at, expires_at, per_minute, .. } = digest;
    let (intro, question) = (digest.intro.trim(), digest.question.trim());
    tx.run(
        sql::KEEP,
        params![
            id,
            subject,
            intro,
            question,
            topics,
            mailbox,
            by,
            starts_at,
            expires_at,
            per_minute,
            world.now(),
            false
        ],
    )?;
    Ok(())
}

/// Makes a digest begin, pause, go on or end.
///
/// # Errors
/// [`ConversationError::Unfit`] if that does not follow on what it is now.
pub fn becomes(tx: &mut Write<'_>, id: DigestId, next: State) -> Result<()> {
    let unfit = |why: String| ConversationError::Unfit { field: "digest", why };
    let now = one(tx, id)?.ok_or_else(|| unfit("is not here".into()))?.state;
    // A pause while it was being planned ends in planning it further.
    let next = match (now, next) {
        (State::Paused, State::Going) if !is_planned(tx, id)? => State::Planning,
        _ => next,
    };
    if now != next && !now.may_become(next) && !(now == State::Paused && next == State::Planning) {
        return Err(unfit(format!("is {} and cannot become {}", now.as_str(), next.as_str())));
    }
    tx.run(sql::BECOMES, params![id, next.as_str()])?;
    Ok(tx.announce(Notice::about("digests", id))?)
}

fn is_planned(db: &mut Read<'_>, id: DigestId) -> Result<bool> {
    Ok(db.number(sql::IS_PLANNED, params![id])? > 0)
}

/// How many are how far, with the reason where there is one.
pub fn counts(db: &mut Read<'_>, id: DigestId) -> Result<Vec<(String, String, i64)>> {
    Ok(db.rows(sql::COUNTS, params![id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?)
}

/// How many of those that were taken came how far.
pub fn fates(db: &mut Read<'_>, id: DigestId) -> Result<Vec<(String, i64)>> {
    Ok(db.rows(sql::FATES, params![id], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// Of whom nobody knows whether they have it: each by name.
pub fn unknown(db: &mut Read<'_>, id: DigestId, most: i64) -> Result<Vec<(model::PersonId, String)>> {
    Ok(db.rows(sql::UNKNOWN, params![id, most], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

fn contact(point: &Point) -> String {
    point.address.clone()
}
