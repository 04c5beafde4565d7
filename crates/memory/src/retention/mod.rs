//! How long moments are kept, by kind. Nothing goes unless the house says so; what shows what people allow never does. What goes is gone as
//! if it had been forgotten: from the timeline, the index, the directory, the counts and the files.

mod sql;

use std::collections::{BTreeMap, BTreeSet};

use model::{AccountId, Kind, MomentId, PersonId, Time, World};
use serde::Serialize;
use store::{Notice, Read, Write, params};

use crate::{MemoryError, Result, counts, forgetting};

/// Of what is younger, budgets, caps and promises are still counted.
pub const LEAST_DAYS: i64 = 31;
/// A hundred years: whoever wants longer wants it kept.
pub const MOST_DAYS: i64 = 36_525;
const PREFIX: &str = "moments:";

/// What many houses choose; commerce and tax ask for six to ten years of letters and vouchers in most places.
const SUGGESTED: &[(Kind, i64)] = &[
    (Kind::Email, 6 * 365),
    (Kind::Chat, 3 * 365),
    (Kind::Message, 3 * 365),
    (Kind::Purchase, 10 * 365),
    (Kind::Refund, 10 * 365),
    (Kind::Use, 400),
    (Kind::Survey, 3 * 365),
    (Kind::Outreach, 3 * 365),
];

/// How long moments of a kind are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Period {
    /// Which kind.
    pub kind: Kind,
    /// For so many days; for ever, if nothing is said.
    pub days: Option<i64>,
    /// What many choose.
    pub suggested: Option<i64>,
}

/// A moment that is older than its kind is kept, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Old {
    /// Whose.
    pub person: PersonId,
    /// From when.
    pub at: Time,
    /// Which.
    pub moment: MomentId,
    /// Of which kind.
    pub kind: Kind,
}

/// What went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gone {
    /// How many of each kind.
    pub counts: BTreeMap<String, i64>,
    /// Files that nobody has any more: they are removed after the commit ([`forgetting::remove`]), or by a job if that is not reached.
    pub files: Vec<String>,
}

/// How long each kind is kept; but for what shows what people allow, which is kept for ever.
pub fn periods(db: &mut Read<'_>) -> Result<Vec<Period>> {
    let mut said: BTreeMap<String, i64> =
        db.rows(sql::PERIODS, &[], |row| Ok((row.get::<String>(0)?, row.get(1)?)))?.into_iter().collect();
    let mut period = |kind: &Kind| Period {
        kind: kind.clone(),
        days: said.remove(&name(kind)),
        suggested: SUGGESTED.iter().find(|(it, _)| it == kind).map(|(_, days)| *days),
    };
    let mut all: Vec<Period> =
        Kind::KNOWN.iter().filter(|it| **it != Kind::Permission).map(&mut period).collect();
    // A newer version may have known more.
    let rest: Vec<Kind> =
        said.keys().filter_map(|it| it.strip_prefix(PREFIX)).map(|it| Kind::from(it.to_owned())).collect();
    let mut of_rest =
        |kind: &Kind| Period { kind: kind.clone(), days: said.remove(&name(kind)), suggested: None };
    all.extend(rest.iter().map(&mut of_rest));
    Ok(all)
}

fn name(kind: &Kind) -> String {
    format!("{PREFIX}{}", kind.as_str())
}

/// Keeps moments of a kind for so many days from now on; for ever, if nothing is said.
///
/// # Errors
/// [`MemoryError::Unfit`] names the kind.
pub fn keep_for(tx: &mut Write<'_>, kind: &Kind, days: Option<i64>) -> Result<()> {
    if *kind == Kind::Permission {
        return Err(MemoryError::unfit("permission", "shows what people allow, and is always kept"));
    }
    match days {
        None => tx.run(sql::KEEP, params![name(kind)])?,
        Some(days) if (LEAST_DAYS..=MOST_DAYS).contains(&days) => {
            tx.run(sql::KEEP_FOR, params![name(kind), days])?
        }
        Some(_) => {
            let why = format!("is kept for {LEAST_DAYS} to {MOST_DAYS} days, or for ever");
            return Err(MemoryError::unfit(kind.as_str(), why));
        }
    };
    Ok(())
}

/// What is too old, from behind a moment on; at most so many.
pub fn old(db: &mut Read<'_>, after: Option<&Old>, now: Time, most: i64) -> Result<Vec<Old>> {
    let [nobody, nothing] = [Default::default(); 2];
    let first = (PersonId::from_uuid(nobody), Time::from_micros(i64::MIN), MomentId::from_uuid(nothing));
    let (person, at, moment) = after.map_or(first, |it| (it.person, it.at, it.moment));
    Ok(db.rows(sql::OLD, params![person, at, moment, now, most], |row| {
        Ok(Old {
            person: row.get(0)?,
            at: row.get(1)?,
            moment: row.get(2)?,
            kind: Kind::from(row.get::<String>(3)?),
        })
    })?)
}

/// Takes moments out, with all that belongs to them here. Whoever they belong to stays.
pub fn take_out(tx: &mut Write<'_>, world: &World, moments: &[MomentId]) -> Result<Gone> {
    let (mut gone, mut docs, mut digests) = (Gone::default(), Vec::new(), BTreeSet::new());
    let (mut people, mut accounts) = (BTreeSet::new(), BTreeSet::new());
    for id in moments {
        let place = tx.first(sql::PLACE, params![id], |row| {
            Ok((
                row.get::<PersonId>(0)?,
                row.get::<Time>(1)?,
                row.get::<i64>(2)?,
                row.get::<Option<AccountId>>(3)?,
                row.get::<String>(4)?,
            ))
        })?;
        // Whoever it was of may have been forgotten since it was found.
        let Some((person, at, doc, account, kind)) = place else { continue };
        digests.extend(tx.rows(sql::DIGESTS, params![person, id], |row| row.get::<String>(0))?);
        tx.run(sql::DROP_FILES, params![person, id])?;
        tx.run(sql::DROP, params![person, at, id])?;
        docs.push((*id, doc));
        people.insert(person);
        accounts.extend(account);
        *gone.counts.entry(kind).or_default() += 1;
    }
    if docs.is_empty() {
        return Ok(gone);
    }
    forgetting::leave_index(tx, &docs)?;
    for person in people {
        counts::recount(tx, person)?;
        tx.announce(Notice::about("person", person))?;
    }
    forgetting::leave_accounts(tx, accounts)?;
    gone.files = forgetting::follow(tx, world, digests.into_iter().collect(), moments.first())?;
    Ok(gone)
}
