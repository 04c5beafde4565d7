//! Who gets a digest: everybody who ever said anything about it is looked at, in steps that go on where they stopped; and when it would be
//! their hour.

use std::collections::BTreeMap;

use jiff::{ToSpan, tz::TimeZone};
use model::{DigestId, PersonId, Time, World};
use permission::{Known, Point, Stance, choosing, known_many, policies, suppressed};
use store::{Engine, Notice, Read, Write, params};

use super::{Digest, State, contact, one, sql};
use crate::{Result, pieces};

/// People planned in one transaction.
pub const STEP: i64 = 1000;

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// People looked at.
    pub people: usize,
    /// Whether nobody is left.
    pub is_done: bool,
}

/// Somebody who may get it.
pub(super) struct Candidate {
    pub(super) person: PersonId,
    pub(super) point: Point,
    due: Time,
}

/// Plans a step; nothing if there is nothing to plan.
pub fn plan(tx: &mut Write<'_>, world: &World, id: DigestId) -> Result<Option<Planned>> {
    let Some(digest) = one(tx, id)?.filter(|it| it.state == State::Planning) else { return Ok(None) };
    let after = tx.first(sql::PLANNED_TO, params![id], |row| row.get::<Option<PersonId>>(0))?.flatten();
    let people = after_whom(tx, after, STEP)?;
    let now = world.now();
    let candidates = candidates(tx, &digest, &people, now)?;
    for it in &candidates {
        let contact = contact(&it.point);
        tx.run(sql::ADD_POST, params![it.person, id, contact, it.due])?;
    }
    let is_done = (people.len() as i64) < STEP;
    let last = people.last().copied().or(after);
    let state = if is_done { State::Going } else { State::Planning };
    tx.run(sql::PLANNED, params![id, last, state.as_str(), is_done])?;
    if is_done && tx.engine() == Engine::Postgres {
        tx.run(sql::KNOW_THE_POSTS, &[])?;
    }
    tx.announce(Notice::about("digests", id))?;
    Ok(Some(Planned { people: people.len(), is_done }))
}

/// People who said something about what they want, in the order of their ids.
pub(super) fn after_whom(db: &mut Read<'_>, after: Option<PersonId>, most: i64) -> Result<Vec<PersonId>> {
    let after = after.unwrap_or_else(|| PersonId::from_uuid(Default::default()));
    Ok(db.rows(sql::WHO, params![after, most], |row| row.get(0))?)
}

/// Those among them who said yes to something in it, each at the address for which they said so.
pub(super) fn candidates(
    db: &mut Read<'_>,
    digest: &Digest,
    people: &[PersonId],
    now: Time,
) -> Result<Vec<Candidate>> {
    let all = known_many(db, people)?;
    let choices = choosing::choices(db)?;
    let topical =
        choices.into_iter().filter(|it| it.topic.as_ref().is_some_and(|topic| digest.is_about(topic)));
    let topical: Vec<_> = topical.collect();
    let policy = policies::current(db)?.policy;
    let default = TimeZone::get(&policy.default_tz).unwrap_or(TimeZone::UTC);
    let points: Vec<Option<Point>> = all.iter().map(granted_at).collect();
    let known: Vec<&Point> = points.iter().flatten().collect();
    let suppressed = suppressed::of_points(db, &known)?;
    let mut found = Vec::new();
    for (known, point) in all.iter().zip(points) {
        let Some(point) = point else { continue };
        let id = point.id();
        let here: Vec<_> = suppressed.iter().filter(|it| it.contact_point == id).cloned().collect();
        let wants = |choice| {
            matches!(
                choosing::stance(known, &point, &here, &policy, choice, now),
                Stance::Yes { .. } | Stance::MayCome
            )
        };
        if topical.iter().any(wants) {
            let due = their_hour(known, &default, digest.starts_at.max(now));
            found.push(Candidate { person: known.person, point, due });
        }
    }
    Ok(found)
}

/// The address for which they last said yes to anything.
pub(super) fn granted_at(known: &Known) -> Option<Point> {
    let grants = known.events().filter(|it| it.kind == permission::EventKind::Grant);
    let named = grants.filter_map(|it| it.contact_point.as_deref()?.strip_prefix("email:"));
    named.last().map(Point::mail)
}

/// When it is next their hour, if they named one.
fn their_hour(known: &Known, default: &TimeZone, from: Time) -> Time {
    let wishes = &known.in_force.wishes;
    let Some(hour) = wishes.hour else { return from };
    let zone =
        wishes.zone.as_deref().and_then(|it| TimeZone::get(it).ok()).unwrap_or_else(|| default.clone());
    let here = from.timestamp().to_zoned(zone);
    let Ok(today) = here.with().hour(hour as i8).minute(0).second(0).subsec_nanosecond(0).build() else {
        return from;
    };
    let next = if today < here { today.checked_add(1.day()).unwrap_or(today) } else { today };
    Time::from(next.timestamp())
}

impl Digest {
    /// Whether it is about a topic.
    pub fn is_about(&self, topic: &str) -> bool {
        self.topics.is_empty() || self.topics.iter().any(|it| it == topic)
    }
}

/// Who would get it and who not, with reasons, were it planned now: counted over so many people, for whoever is about to begin it.
pub fn foreseen(db: &mut Read<'_>, digest: &Digest, now: Time, most: i64) -> Result<BTreeMap<String, i64>> {
    let mut counts = BTreeMap::new();
    let ready = pieces::ready(db)?;
    let mut after = None;
    let mut looked = 0;
    while looked < most {
        let people = after_whom(db, after, STEP.min(most - looked))?;
        let Some(last) = people.last() else { break };
        after = Some(*last);
        looked += people.len() as i64;
        let all = candidates(db, digest, &people, now)?;
        let posts: Vec<super::taking::Post> =
            all.into_iter().map(|it| super::taking::Post { person: it.person, point: it.point }).collect();
        *counts.entry("they have not asked for any of it".to_owned()).or_insert(0) +=
            (people.len() - posts.len()) as i64;
        for looked in super::taking::look(db, digest, &ready, &posts, now)? {
            *counts.entry(looked.in_words()).or_insert(0) += 1;
        }
    }
    counts.retain(|_, count| *count > 0);
    Ok(counts)
}
