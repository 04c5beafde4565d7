//! Fills a memory of imported people with millions of moments, quicker than the memory would: every table in the order
//! of its key, indexes last. What it writes is what the memory writes; `check` reads a sample with the memory's readers.

use std::{collections::BTreeMap, thread};

use anyhow::{Result, ensure};
use memory::{finding, timeline};
use model::{Direction, MomentId, NewMoment, PersonId, ProfileId, Stopwatch, Time};
use store::{Store, params};
use uuid::Uuid;

use crate::{
    dice::Dice,
    folk::Folk,
    rows::{self, Turns},
    sink::{Cell, Sink},
    sql,
};

/// Which moments: another salt gives others.
const SALT: u64 = 7;
/// Rows handed to the engine at once.
const TOGETHER: usize = 20_000;
/// People whose moments are read back and compared.
const SAMPLE: usize = 200;

/// The people of a memory, in the order of their ids.
pub type People = Vec<(PersonId, ProfileId)>;

/// Reads who is there.
pub async fn people(store: &Store) -> Result<People> {
    Ok(store.read(|db| db.rows(sql::PEOPLE, params![], |row| Ok((row.get(0)?, row.get(1)?)))).await?)
}

/// How many moments each person has: half have one to three, a few have a hundred.
pub fn shares(people: usize, moments: usize) -> Vec<usize> {
    let weight = |n: usize| {
        let mut dice = Dice::new(5, n as u64);
        match dice.below(20) {
            0..=9 => dice.between(1, 3),
            10..=15 => dice.between(4, 12),
            16..=18 => dice.between(13, 40),
            _ => dice.between(41, 110),
        }
    };
    let all: usize = (0..people).map(weight).sum();
    let (mut sum, mut given) = (0, 0);
    (0..people)
        .map(|n| {
            sum += weight(n);
            let until = (sum as u128 * moments as u128 / all as u128) as usize;
            let share = until - given;
            given = until;
            share
        })
        .collect()
}

/// Where a moment lies, kept until its directory and words are written.
struct Kept {
    id: Uuid,
    doc: i64,
    at: i64,
    person: u32,
    number: u32,
}

/// Writes so many moments.
pub async fn fill(mut sink: Sink, folk: &Folk, source: &str, people: &People, moments: usize) -> Result<()> {
    let watch = Stopwatch::start();
    let said = |what: &str| eprintln!("{:6.0} s  {what}", watch.elapsed().as_secs_f64());
    let indexes = sink
        .take_indexes_away(&["moments", "moment_directory", "moment_words", "person_channels", "people"])
        .await?;
    sink.begin(sql::LOAD_MOMENTS).await?;
    let (mut kept, mut met) = (Vec::with_capacity(moments), Vec::with_capacity(people.len()));
    let mut number = 0;
    for (n, share) in shares(people.len(), moments).into_iter().enumerate() {
        let told: Vec<(usize, NewMoment)> =
            (number..number + share).map(|number| (number, folk.moment(SALT, number))).collect();
        number += share;
        if !told.is_empty() {
            met.push((n as u32, Met::of(&told)));
            moments_of(&mut sink, source, people[n], n as u32, told, &mut kept).await?;
        }
    }
    sink.end().await?;
    said("moments");
    counts(&mut sink, people, &met).await?;
    drop(met);
    said("counts");
    kept.sort_unstable_by_key(|it| it.id);
    sink.begin(sql::LOAD_DIRECTORY).await?;
    for it in &kept {
        let person = people[it.person as usize].0.uuid();
        sink.put(&[Cell::Id(it.id), Cell::Id(person), Cell::Int(it.at), Cell::Int(it.doc)]).await?;
    }
    sink.end().await?;
    said("directory");
    kept.sort_unstable_by_key(|it| it.doc);
    ensure!(kept.windows(2).all(|pair| pair[0].doc < pair[1].doc), "two moments have one place");
    words(&mut sink, folk, &kept).await?;
    drop(kept);
    said("words");
    sink.put_indexes_back(&indexes).await?;
    said("indexes");
    Ok(())
}

async fn moments_of(
    sink: &mut Sink,
    source: &str,
    (person, profile): (PersonId, ProfileId),
    n: u32,
    told: Vec<(usize, NewMoment)>,
    kept: &mut Vec<Kept>,
) -> Result<()> {
    let id = |m: &NewMoment| MomentId::derived(&[source.as_bytes(), m.key.as_bytes()]);
    let mut told: Vec<_> = told.into_iter().map(|(number, m)| (m.at, id(&m), number, m)).collect();
    told.sort_unstable_by_key(|(at, id, ..)| (*at, *id));
    for (at, id, number, m) in told {
        let data = m.data.to_string();
        sink.put(&[
            Cell::Id(person.uuid()),
            Cell::Int(at.micros()),
            Cell::Id(id.uuid()),
            Cell::Id(profile.uuid()),
            Cell::Int(at.micros()),
            Cell::Text(m.kind.as_str()),
            Cell::Text(m.channel.as_str()),
            Cell::Text(m.direction.as_str()),
            Cell::Null,
            Cell::Null,
            m.thread.as_deref().map_or(Cell::Null, Cell::Text),
            Cell::Text(&m.title),
            Cell::Text(&m.body),
            Cell::Text(&data),
            Cell::Text("[]"),
        ])
        .await?;
        let doc = rows::place(at, id);
        kept.push(Kept { id: id.uuid(), doc, at: at.micros(), person: n, number: number as u32 });
    }
    Ok(())
}

/// What a person's moments add up to.
struct Met {
    moments: i64,
    heard: i64,
    first: Time,
    last: Time,
    turns: [Option<i64>; 3],
    channels: BTreeMap<String, (Time, i64)>,
}

impl Met {
    fn of(told: &[(usize, NewMoment)]) -> Self {
        let first = told[0].1.at;
        let mut met =
            Self { moments: 0, heard: 0, first, last: first, turns: [None; 3], channels: BTreeMap::new() };
        let mut turns = Turns::default();
        for (_, m) in told {
            met.moments += 1;
            met.turns = turns.after(m);
            met.heard += i64::from(matches!(m.direction, Direction::Heard | Direction::Together));
            met.first = met.first.min(m.at);
            met.last = met.last.max(m.at);
            let channel = met.channels.entry(m.channel.as_str().to_owned()).or_default();
            *channel = (channel.0.max(m.at), channel.1 + 1);
        }
        met
    }
}

async fn counts(sink: &mut Sink, people: &People, met: &[(u32, Met)]) -> Result<()> {
    sink.run(sql::MAKE_MET).await?;
    sink.begin(sql::LOAD_MET).await?;
    for (n, met) in met {
        let person = people[*n as usize].0.uuid();
        let (first, last) = (met.first.micros(), met.last.micros());
        let [heard, said, waits] = met.turns.map(|at| at.map_or(Cell::Null, Cell::Int));
        sink.put(&[
            Cell::Id(person),
            Cell::Int(met.moments),
            Cell::Int(met.heard),
            Cell::Int(first),
            Cell::Int(last),
            heard,
            said,
            waits,
        ])
        .await?;
    }
    sink.end().await?;
    sink.run(sql::TAKE_OVER_MET).await?;
    sink.begin(sql::LOAD_CHANNELS).await?;
    for (n, met) in met {
        let person = people[*n as usize].0.uuid();
        for (channel, (last, moments)) in &met.channels {
            let row = [Cell::Id(person), Cell::Text(channel), Cell::Int(last.micros()), Cell::Int(*moments)];
            sink.put(&row).await?;
        }
    }
    sink.end().await
}

/// The words are cut anew from the texts, on every core: keeping those of millions would not fit in memory.
async fn words(sink: &mut Sink, folk: &Folk, kept: &[Kept]) -> Result<()> {
    let cores = thread::available_parallelism()?.get();
    sink.begin(if sink.is_sqlite() { sql::LOAD_WORDS_SQLITE } else { sql::LOAD_WORDS_POSTGRES }).await?;
    for chunk in kept.chunks(TOGETHER) {
        let cut = |part: &[Kept]| -> Vec<String> {
            part.iter().map(|it| rows::words(&folk.moment(SALT, it.number as usize))).collect()
        };
        let texts: Vec<String> = thread::scope(|scope| {
            let parts = chunk.chunks(chunk.len().div_ceil(cores)).map(|part| scope.spawn(move || cut(part)));
            let running: Vec<_> = parts.collect();
            running.into_iter().flat_map(|part| part.join().unwrap_or_default()).collect()
        });
        ensure!(texts.len() == chunk.len(), "the words of some moments were lost");
        for (it, text) in chunk.iter().zip(&texts) {
            sink.put(&[Cell::Int(it.doc), Cell::Text(text)]).await?;
        }
    }
    sink.end().await
}

/// Reads a sample as the program does, and compares it with what should be there.
pub async fn check(store: &Store, folk: &Folk, source: &str, people: &People, moments: usize) -> Result<()> {
    let shares = shares(people.len(), moments);
    let starts: Vec<usize> = shares
        .iter()
        .scan(0, |sum, share| {
            *sum += share;
            Some(*sum - share)
        })
        .collect();
    for n in (0..people.len()).step_by((people.len() / SAMPLE).max(1)) {
        let person = people[n].0;
        let mut wanted: Vec<_> =
            (starts[n]..starts[n] + shares[n]).map(|number| folk.moment(SALT, number)).collect();
        wanted.sort_by_key(|m| (m.at, MomentId::derived(&[source.as_bytes(), m.key.as_bytes()])));
        let page =
            store.read(move |db| timeline::of_person(db, person, timeline::From::End, &[], 1000)).await?;
        ensure!(page.moments.len() == wanted.len(), "{person} has {} moments", page.moments.len());
        for (found, wanted) in page.moments.iter().zip(&wanted) {
            let same = found.body == wanted.body && found.data == wanted.data && found.at == wanted.at;
            ensure!(same, "{} is not what was loaded", found.id);
            let by_id = found.id;
            let again = store.read(move |db| timeline::moment_by_id(db, by_id)).await?;
            ensure!(again.is_some_and(|it| it.title == wanted.title), "{by_id} is not found by its id");
        }
        let told = store.read(move |db| memory::people::person(db, person)).await?;
        ensure!(told.moments == wanted.len() as i64, "{person} is said to have {} moments", told.moments);
        if let Some(wanted) = wanted.last() {
            let title = wanted.title.clone() + " ";
            let hits = store.read(move |db| finding::moments(db, &title, Some(person), None, 50)).await?;
            ensure!(hits.iter().any(|hit| hit.moment.title == wanted.title), "{person}: words are not found");
        }
    }
    Ok(())
}
