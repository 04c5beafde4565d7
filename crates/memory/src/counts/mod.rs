//! Counts: how often somebody was met, by which channel, how lately; kept with each moment and counted anew when rows move.

mod sql;

use model::{Direction, NewMoment, PersonId, Time, Turn};
use std::collections::{BTreeMap, HashMap};
use store::{Change, Engine, ToValue, Value, Write, params};

use crate::{Result, care};

/// What a batch adds to somebody's counts.
#[derive(Default)]
struct Met<'a> {
    moments: i64,
    heard: i64,
    first: Option<Time>,
    last: Time,
    channels: HashMap<&'a str, (Time, i64)>,
    /// When they spoke to us, and when we last spoke to them.
    asked: Vec<Time>,
    said: Option<Time>,
}

impl Met<'_> {
    /// The first time they spoke that we did not answer in this batch.
    fn unanswered(&self) -> Option<Time> {
        self.asked.iter().copied().filter(|at| self.said.is_none_or(|said| *at > said)).min()
    }
}

/// Adds moments to the counts of their people.
pub(crate) fn met<'a>(
    engine: Engine,
    told: impl Iterator<Item = (PersonId, &'a NewMoment)>,
) -> [Change<'a>; 2] {
    let mut all: BTreeMap<PersonId, Met<'_>> = BTreeMap::new();
    for (person, moment) in told {
        let met = all.entry(person).or_default();
        met.moments += 1;
        met.heard += i64::from(matches!(moment.direction, Direction::Heard | Direction::Together));
        met.first = Some(met.first.map_or(moment.at, |first| first.min(moment.at)));
        met.last = met.last.max(moment.at);
        let channel = met.channels.entry(moment.channel.as_str()).or_default();
        *channel = (channel.0.max(moment.at), channel.1 + 1);
        match Turn::after(&moment.kind, moment.direction, &moment.data) {
            Turn::Ours => met.asked.push(moment.at),
            Turn::Theirs => met.said = met.said.max(Some(moment.at)),
            Turn::Same => {}
        }
    }
    let own = |value: Value<'_>| value.into_owned();
    let people = all.iter().map(|(person, met)| {
        let counts = [met.moments.value(), met.heard.value(), met.first.value(), met.last.value()];
        let turns = [met.asked.iter().copied().max(), met.said, met.unanswered()];
        let turns = turns.iter().map(ToValue::value);
        [person.value()].into_iter().chain(counts).chain(turns).map(own).collect()
    });
    let channels = all.iter().flat_map(|(person, met)| {
        met.channels.iter().map(|(&channel, (last, moments))| {
            vec![own(person.value()), channel.value(), own(last.value()), own(moments.value())]
        })
    });
    [
        Change::Many { many: &sql::turns(engine).met, sets: people.collect() },
        Change::Many { many: &sql::MET_BY_CHANNEL, sets: channels.collect() },
    ]
}

/// Counts somebody's moments anew, after rows moved.
pub(crate) fn recount(tx: &mut Write<'_>, person: PersonId) -> Result<()> {
    let counts = tx.rows(sql::COUNT, params![person], |row| {
        Ok((
            row.get::<String>(0)?,
            row.get::<i64>(1)?,
            row.get::<i64>(2)?,
            row.get::<Time>(3)?,
            row.get::<Time>(4)?,
        ))
    })?;
    tx.run(sql::DROP_CHANNELS, params![person])?;
    for (channel, moments, _, _, last) in &counts {
        tx.run(sql::MET_BY_CHANNEL.each, params![person, channel, last, moments])?;
    }
    let moments: i64 = counts.iter().map(|c| c.1).sum();
    let heard: i64 = counts.iter().map(|c| c.2).sum();
    let first = counts.iter().map(|c| c.3).min();
    let last = counts.iter().map(|c| c.4).max().unwrap_or_default();
    tx.run(sql::RECOUNT, params![person, moments, heard, first, last, kind_of(heard)])?;
    let turns = sql::turns(tx.engine());
    tx.run(turns.last_words, params![person])?;
    tx.run(turns.waits, params![person])?;
    care::settle(tx, person)
}

/// The kind of a relationship, in its first form: how often they came to us. Below the first step there is only an
/// address, which is data and not a relationship.
pub(crate) fn kind_of(heard: i64) -> &'static str {
    match heard {
        i64::MIN..=0 => "address",
        1..3 => "wave",
        3..10 => "acquaintance",
        _ => "regular",
    }
}
