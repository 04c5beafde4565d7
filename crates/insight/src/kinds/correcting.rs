//! One of us says what a relationship is, with a reason; it holds until taken back, and is told on the timeline like everything that we do.

use std::collections::HashMap;

use model::{Channel, Direction, Kind, MomentId, NewMoment, PersonId, StaffId, Time, World};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Notice, Read, Row, Write, params};

use super::{Relation, sql};
use crate::{InsightError, Result};

/// Characters of a reason.
const LONGEST: usize = 300;
/// Corrections read at once.
const PAGE: i64 = 1000;

/// What one of us said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// What it is.
    pub relation: Relation,
    /// Why.
    pub why: String,
    /// Who said it.
    pub by: StaffId,
    /// When.
    pub at: Time,
}

type Said = (PersonId, Option<Correction>);

fn read(row: &Row<'_>) -> store::Result<Said> {
    // A kind that this version does not know is as if nobody had said it.
    let relation: Option<Relation> = row.get::<Option<String>>(1)?.and_then(|it| it.parse().ok());
    let (why, by, at) = (row.get(2)?, row.get(3)?, row.get(4)?);
    Ok((row.get(0)?, relation.map(|relation| Correction { relation, why, by, at })))
}

/// What one of us said of somebody, if it holds.
pub fn of_person(db: &mut Read<'_>, person: PersonId) -> Result<Option<Correction>> {
    let person = memory::current(db, person)?;
    Ok(db.first(sql::NEWEST, params![person], read)?.and_then(|(_, it)| it))
}

/// All that hold.
pub fn all(db: &mut Read<'_>) -> Result<HashMap<PersonId, Correction>> {
    let (mut all, mut after) = (HashMap::new(), PersonId::from_uuid(Default::default()));
    loop {
        let page: Vec<Said> = db.rows(sql::ALL, params![after, PAGE], read)?;
        let Some((last, _)) = page.last() else { return Ok(all) };
        after = *last;
        all.extend(page.into_iter().filter_map(|(person, it)| Some((person, it?))));
    }
}

/// Says what a relationship is.
///
/// # Errors
/// [`InsightError::Unfit`] if there is no reason.
pub fn correct(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    relation: Relation,
    why: &str,
    by: StaffId,
) -> Result<()> {
    say(tx, world, person, Some(relation), why, by)
}

/// Lets go what was said in a note that is older than the house keeps notes: what behaviour says holds again.
pub fn let_go(tx: &mut Write<'_>, person: PersonId, moment: MomentId) -> store::Result<()> {
    tx.run(sql::LET_GO, params![person, moment]).map(drop)
}

/// Takes back what was said: what behaviour says holds again.
///
/// # Errors
/// [`InsightError::Unfit`] if there is no reason, or nothing to take back.
pub fn take_back(tx: &mut Write<'_>, world: &World, person: PersonId, why: &str, by: StaffId) -> Result<()> {
    if of_person(tx, person)?.is_none() {
        return Err(InsightError::Unfit { field: "kind", why: "nobody has said otherwise".into() });
    }
    say(tx, world, person, None, why, by)
}

fn say(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    relation: Option<Relation>,
    why: &str,
    by: StaffId,
) -> Result<()> {
    let (why, person, now) = (line(why)?, memory::current(tx, person)?, world.now());
    let moment = memory::note(tx, world, person, &act(world, relation, &why, by, now), None)?;
    tx.run(sql::ADD, params![person, now, relation.map(|it| it.name().to_owned()), why, by, moment])?;
    Ok(tx.announce(Notice::about("person", person))?)
}

/// Each saying is one of its own, also two within a moment.
fn key(world: &World) -> MomentId {
    world.id()
}

fn act(world: &World, relation: Option<Relation>, why: &str, by: StaffId, at: Time) -> NewMoment {
    let title = match relation {
        Some(it) => format!("For us, {}", it.words()),
        None => "What they are to us is again as it looks".into(),
    };
    NewMoment {
        key: format!("kind {}", key(world)),
        at,
        kind: Kind::Note,
        channel: Channel::Desk,
        direction: Direction::Noted,
        account: None,
        by: Some(by),
        thread: None,
        title,
        body: why.to_owned(),
        data: json!({"relation": relation.map(Relation::name), "reason": why}),
        originals: Vec::new(),
    }
}

/// A line without line breaks, or why it is none.
fn line(text: &str) -> Result<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let unfit = |why: &str| Err(InsightError::Unfit { field: "why", why: why.to_owned() });
    match text.chars().count() {
        0 => unfit("is missing"),
        1..=LONGEST => Ok(text),
        _ => unfit("is longer than a line"),
    }
}
