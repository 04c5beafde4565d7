//! A person a day: each morning everyone of us meets one of those we work for, whoever has reason to be unhappy first.

mod sql;

use std::collections::BTreeSet;

use jiff::civil::Date;
use memory::{
    care::{self, Wanted},
    people::{self, Filter},
    timeline,
};
use model::{Moment, MomentId, PersonId, StaffId, Time};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Read, Write, params};

use crate::{
    Result,
    brief::flat,
    promises::{self, State},
};

/// Nobody meets the same person twice within so many days.
const AGAIN_DAYS: i64 = 90;
/// An answer to a survey tells how somebody feels for so long.
const FELT_DAYS: i64 = 30;
/// Of the most, at which somebody is unhappy: what a net promoter score calls a detractor.
const UNHAPPY: f64 = 0.6;
/// Whoever waits longer than this has waited too long.
const WAITED_DAYS: i64 = 2;
/// Waiting for longer than this is history.
const OLD_DAYS: i64 = 30;
/// A broken promise is felt for so long.
const LET_DOWN_DAYS: i64 = 14;
/// A regular of whom nothing was heard for so long is missed.
const QUIET_DAYS: i64 = 45;
/// Whoever wrote for the first time within this time is new.
const NEW_DAYS: i64 = 7;
/// People looked at for each reason.
const LOOK: i64 = 100;
/// Characters of what somebody said.
const WORDS: usize = 200;

/// Why we meet somebody today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Why {
    /// They told us that they are not content.
    Unhappy {
        /// In which moment.
        moment: MomentId,
        /// When.
        at: Time,
        /// What they gave us.
        score: i64,
        /// Of how much.
        of: i64,
        /// What they said with it.
        words: String,
    },
    /// They wait for a word.
    Waiting {
        /// Since when.
        since: Time,
    },
    /// We did not keep our word.
    LetDown {
        /// What we had promised.
        what: String,
    },
    /// They used to come often, and have not for a while.
    Quiet {
        /// When we met last.
        since: Option<Time>,
    },
    /// They wrote for the first time.
    New,
}

/// The team as a whole, which meets somebody in its own chat.
pub fn team() -> StaffId {
    StaffId::derived(&[b"everybody here"])
}

/// Whom one of us meets on a day; decided when it is first asked, and then it stays.
pub fn meeting(tx: &mut Write<'_>, staff: StaffId, day: Date, now: Time) -> Result<Option<(PersonId, Why)>> {
    let today = day.to_string();
    let known = tx.first(sql::OF_DAY, params![staff, today], |row| {
        Ok((row.get::<PersonId>(0)?, row.json::<Why>(1)?))
    })?;
    if known.is_some() {
        return Ok(known);
    }
    let since = day.checked_sub(jiff::Span::new().days(AGAIN_DAYS)).unwrap_or(day).to_string();
    let met: BTreeSet<PersonId> =
        tx.rows(sql::MET, params![staff, since], |row| row.get(0))?.into_iter().collect();
    let taken: BTreeSet<PersonId> =
        tx.rows(sql::MET_BY_OTHERS, params![today], |row| row.get(0))?.into_iter().collect();
    let mut all = candidates(tx, now)?;
    all.retain(|(person, _)| !met.contains(person));
    // Whom a colleague meets already comes last, so that many are met and not one by all.
    let at = all.iter().position(|(person, _)| !taken.contains(person)).unwrap_or(0);
    if at >= all.len() {
        return Ok(None);
    }
    let (person, why) = all.swap_remove(at);
    tx.run(sql::MEET, params![person, staff, today, json!(why).to_string()])?;
    Ok(Some((person, why)))
}

/// Whom we should meet, whoever has most reason to be unhappy first; each for the first of the reasons.
fn candidates(db: &mut Read<'_>, now: Time) -> Result<Vec<(PersonId, Why)>> {
    let mut all = unhappy(db, now)?;
    let waits = Wanted {
        since: Some(now.plus_days(-OLD_DAYS)),
        before: Some(now.plus_days(-WAITED_DAYS)),
        set_aside: Some((now, false)),
        ..Wanted::default()
    };
    let waiting = care::waiting(db, &waits, LOOK)?;
    all.extend(waiting.into_iter().map(|it| (it.line.id, Why::Waiting { since: it.since })));
    let overdue = promises::open(db, now, None, LOOK)?;
    let settled = promises::settled(db, now.plus_days(-LET_DOWN_DAYS), LOOK)?;
    let broken = settled.into_iter().filter(|it| it.state == State::Broken);
    all.extend(overdue.into_iter().chain(broken).map(|it| (it.person, Why::LetDown { what: it.what })));
    let kind = |kind: &str| Some(kind.to_owned());
    let quiet =
        Filter { kind: kind("regular"), until: Some(now.plus_days(-QUIET_DAYS)), ..Filter::default() };
    let quiet = people::list(db, &quiet, LOOK)?;
    all.extend(quiet.into_iter().map(|it| (it.id, Why::Quiet { since: it.last_at })));
    let new = Filter { kind: kind("wave"), since: Some(now.plus_days(-NEW_DAYS)), ..Filter::default() };
    all.extend(people::list(db, &new, LOOK)?.into_iter().map(|it| (it.id, Why::New)));
    let mut seen = BTreeSet::new();
    all.retain(|(person, _)| seen.insert(*person));
    Ok(all)
}

fn unhappy(db: &mut Read<'_>, now: Time) -> Result<Vec<(PersonId, Why)>> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    // The newest answer counts: who has come round is content.
    for moment in timeline::surveys(db, now.plus_days(-FELT_DAYS), LOOK)? {
        if seen.insert(moment.person) {
            found.extend(felt(&moment));
        }
    }
    let share = |why: &Why| match why {
        Why::Unhappy { score, of, .. } => *score as f64 / (*of).max(1) as f64,
        _ => 1.0,
    };
    found.retain(|(_, why)| share(why) <= UNHAPPY);
    found.sort_by(|(_, one), (_, other)| share(one).total_cmp(&share(other)));
    Ok(found)
}

fn felt(moment: &Moment) -> Option<(PersonId, Why)> {
    let number = |name: &str| moment.data.get(name).and_then(serde_json::Value::as_i64);
    let comment = moment.data.get("comment").and_then(serde_json::Value::as_str).unwrap_or(moment.parted().0);
    let words = flat(comment).chars().take(WORDS).collect();
    let (score, of) = (number("score")?, number("of").unwrap_or(10));
    Some((moment.person, Why::Unhappy { moment: moment.id, at: moment.at, score, of, words }))
}
