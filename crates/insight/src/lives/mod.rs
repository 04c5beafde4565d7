//! Lives: read from timelines where something happened, kept, and told to folds.

mod condense;
mod life;
mod sql;

use std::collections::{HashMap, HashSet};

use jiff::tz::TimeZone;
use model::{Channel, Direction, Kind, PersonId, ProfileId, Time};
use permission::policies;
use store::{Read, Store, StoreError, ToValue, Value, Write, params};

pub use condense::{Condensing, Happened};
pub use life::{
    Amount, Bought, Brought, Came, Day, Deed, Feedback, Felt, Life, Month, Promise, Term, Turns, Wait, Work,
    date_of, day_of, first_of, month_of,
};

use crate::Result;

/// People whose lives are made anew in one transaction.
const STEP: i64 = 1000;
/// Lives read at once.
const PAGE: i64 = 5000;

/// An analysis: it eats one life after the other. Each person comes once, in the order of their ids.
pub trait Fold: Send {
    /// The life of somebody.
    fn eat(&mut self, person: PersonId, life: &Life);
}

/// The zone in which days begin.
pub fn zone(db: &mut Read<'_>) -> Result<TimeZone> {
    let policy = policies::current(db)?.policy;
    Ok(TimeZone::get(&policy.default_tz).unwrap_or(TimeZone::UTC))
}

/// Makes those lives anew in which something happened; says meanwhile how many it has made. Gives their number.
pub async fn refresh(store: &Store, mut made: impl FnMut(usize)) -> Result<usize> {
    let (mut after, mut count) = (nobody(), 0);
    loop {
        // It is looked for outside of any writing: with many people that takes seconds, in which others write.
        let changed = store.read(move |db| changed(db, after)).await?;
        let Some(last) = changed.last().copied() else { return Ok(count) };
        (after, count) = (last, count + changed.len());
        store.write(move |tx| make(tx, &changed)).await?;
        made(count);
    }
}

/// Tells every kept life to each of the folds. Gives their number.
pub async fn tell(store: &Store, folds: &mut [&mut dyn Fold]) -> Result<usize> {
    tell_but(store, &HashSet::new(), folds).await
}

/// The same, but for the lives of some. The next are read while the last are told.
pub async fn tell_but(store: &Store, but: &HashSet<PersonId>, folds: &mut [&mut dyn Fold]) -> Result<usize> {
    let read = |after| {
        let store = store.clone();
        tokio::spawn(async move { store.read(move |db| page(db, after)).await })
    };
    let (mut reading, mut count) = (read(nobody()), 0);
    loop {
        let page = reading.await.map_err(|it| StoreError::Panicked(it.to_string()))??;
        let Some((last, _)) = page.last() else { return Ok(count) };
        reading = read(*last);
        for (person, life) in page.iter().filter(|it| !but.contains(&it.0)) {
            count += 1;
            folds.iter_mut().for_each(|fold| fold.eat(*person, life));
        }
    }
}

/// The life of one person as it is now, whether it is kept or not.
pub fn of_person(db: &mut Read<'_>, person: PersonId) -> Result<Life> {
    let person = memory::current(db, person)?;
    let zone = zone(db)?;
    let lives = condense(db, &[person], &zone)?;
    Ok(lives.into_iter().next().map(|(_, _, life)| life).unwrap_or_default())
}

fn nobody() -> PersonId {
    PersonId::from_uuid(Default::default())
}

fn page(db: &mut Read<'_>, after: PersonId) -> Result<Vec<(PersonId, Life)>> {
    let rows = db.rows(sql::ALL, params![after, PAGE], |row| Ok((row.get::<PersonId>(0)?, row.json(1)?)))?;
    let mut lives: Vec<(PersonId, Life)> = Vec::with_capacity(rows.len());
    let full = rows.len() as i64 == PAGE;
    // Between a joining and the next look a person has several rows; theirs are told once, and never over the edge of a page.
    for (person, life) in rows {
        if lives.last().is_none_or(|(last, _)| *last != person) {
            lives.push((person, life));
        }
    }
    if full && lives.len() > 1 {
        lives.pop();
    }
    Ok(lives)
}

fn changed(db: &mut Read<'_>, after: PersonId) -> Result<Vec<PersonId>> {
    Ok(db.rows(sql::CHANGED, params![after, STEP], |row| row.get(0))?)
}

/// Makes the lives of some anew, by what is there now.
fn make(tx: &mut Write<'_>, people: &[PersonId]) -> Result<()> {
    let asked: Vec<Value<'_>> = people.iter().map(ToValue::value).collect();
    let now = memory::each_in(tx, sql::people, &[], &asked, |row| {
        Ok((row.get::<PersonId>(0)?, row.get::<i64>(1)?, row.get::<Time>(2)?))
    })?;
    let zone = zone(tx)?;
    let lives = condense(tx, people, &zone)?;
    let of: HashMap<PersonId, (ProfileId, Life)> =
        lives.into_iter().map(|(person, profile, life)| (person, (profile, life))).collect();
    let dropped: Vec<Vec<Value<'_>>> = people.iter().map(|it| vec![it.value()]).collect();
    tx.each(sql::DROP, &dropped)?;
    let kept: Vec<_> = now
        .iter()
        .filter_map(|(person, moments, last_at)| {
            let (profile, life) = of.get(person)?;
            Some((person, profile, moments, last_at, serde_json::to_string(life).unwrap_or_default()))
        })
        .collect();
    let rows: Vec<Vec<Value<'_>>> = kept
        .iter()
        .map(|(person, profile, moments, last_at, life)| {
            vec![person.value(), profile.value(), moments.value(), last_at.value(), life.value()]
        })
        .collect();
    Ok(tx.load(sql::LIVES.0, sql::LIVES.1, &rows)?)
}

/// The lives of some, read from everything that happened.
fn condense(
    db: &mut Read<'_>,
    people: &[PersonId],
    zone: &TimeZone,
) -> Result<Vec<(PersonId, ProfileId, Life)>> {
    let asked: Vec<Value<'_>> = people.iter().map(ToValue::value).collect();
    let mut lives: Vec<(PersonId, ProfileId, Condensing<'_>)> = Vec::with_capacity(people.len());
    memory::each_in(db, sql::happened, &[], &asked, |row| {
        let person: PersonId = row.get(0)?;
        if lives.last().is_none_or(|(last, ..)| *last != person) {
            lives.push((person, row.get(1)?, Condensing::new(zone)));
        }
        let it = Happened {
            at: row.get(2)?,
            kind: Kind::from(row.get::<String>(3)?),
            channel: Channel::from(row.get::<String>(4)?),
            direction: row.get::<String>(5)?.parse().unwrap_or(Direction::Noted),
            data: row.get(6)?,
        };
        if let Some((.., life)) = lives.last_mut() {
            life.hear(&it);
        }
        Ok(())
    })?;
    let day = |at: Time| day_of(at.timestamp().to_zoned(zone.clone()).date());
    let mut goodwill: HashMap<PersonId, Vec<Amount>> = HashMap::new();
    for (person, amount) in memory::each_in(db, sql::goodwill, &[], &asked, |row| {
        let amount = Amount { day: day(row.get(1)?), minor: row.get(2)?, currency: row.get(3)? };
        Ok((row.get::<PersonId>(0)?, amount))
    })? {
        goodwill.entry(person).or_default().push(amount);
    }
    let mut promises: HashMap<PersonId, Vec<Promise>> = HashMap::new();
    for (person, promise) in memory::each_in(db, sql::promises, &[], &asked, |row| {
        let (due, settled): (Time, Option<Time>) = (row.get(1)?, row.get(3)?);
        let late = settled.is_some_and(|at| at > due);
        Ok((row.get::<PersonId>(0)?, Promise { due: day(due), state: row.get(2)?, late }))
    })? {
        promises.entry(person).or_default().push(promise);
    }
    let whole = lives.into_iter().map(|(person, profile, life)| {
        let mut life = life.done();
        life.goodwill = goodwill.remove(&person).unwrap_or_default();
        life.promises = promises.remove(&person).unwrap_or_default();
        by_current_ids(db, &mut life)?;
        Ok((person, profile, life))
    });
    whole.collect()
}

/// Whoever is named may have been joined with somebody since.
fn by_current_ids(db: &mut Read<'_>, life: &mut Life) -> Result<()> {
    let brought = life.brought.iter_mut().filter_map(|it| it.person.as_mut());
    for id in brought.chain(life.came.iter_mut().filter_map(|it| it.friend.as_mut())) {
        *id = memory::redirected(db, *id)?.unwrap_or(*id);
    }
    Ok(())
}
