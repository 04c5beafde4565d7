//! A memory of nothing but people and what they bought, filled quicker than it would be: the rows are the memory's own,
//! in the order of their keys, without words and directories, which nothing here reads.

use anyhow::Result;
use model::{MomentId, NewMoment, Stopwatch};
use uuid::Uuid;

use crate::{
    dice::Dice,
    folk::Folk,
    load,
    sink::{Cell, Sink},
    sql,
};

/// The dice of the people's ids, and of what they bought.
const IDS: u64 = 12;
const SALT: u64 = 13;

/// What must be found again.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Filled {
    /// People who bought something.
    pub buyers: usize,
    /// All that was bought, in minor units.
    pub minor: i64,
}

/// Writes so many purchases, to so many people, shared out as moments are everywhere in this measurement.
pub async fn fill(mut sink: Sink, folk: &Folk, people: usize, purchases: usize) -> Result<Filled> {
    let watch = Stopwatch::start();
    let said = |what: &str| eprintln!("{:6.0} s  {what}", watch.elapsed().as_secs_f64());
    let indexes = sink.take_indexes_away(&["moments", "people"]).await?;
    let (mut filled, mut number, mut known) = (Filled::default(), 0, Vec::with_capacity(people));
    sink.begin(sql::LOAD_MOMENTS).await?;
    for (n, share) in load::shares(people, purchases).into_iter().enumerate() {
        let bought = bought(folk, number..number + share);
        number += share;
        filled.buyers += usize::from(share > 0);
        filled.minor += bought.iter().filter_map(|it| it.2.data["total"]["minor"].as_i64()).sum::<i64>();
        known.push((share as i64, bought.first().map_or(0, |it| it.0), bought.last().map_or(0, |it| it.0)));
        moments(&mut sink, person(n), &bought).await?;
    }
    sink.end().await?;
    said("purchases");
    sink.begin(sql::LOAD_PEOPLE).await?;
    for (n, (moments, first, last)) in known.into_iter().enumerate() {
        somebody(&mut sink, person(n), moments, first, last).await?;
    }
    sink.end().await?;
    sink.put_indexes_back(&indexes).await?;
    said("people");
    Ok(filled)
}

/// The n-th person's id: rising, as ids do.
fn person(n: usize) -> Uuid {
    Uuid::from_u128(((n as u128 + 1) << 80) | u128::from(Dice::new(IDS, n as u64).next()))
}

type Bought = (i64, MomentId, NewMoment);

fn bought(folk: &Folk, numbers: std::ops::Range<usize>) -> Vec<Bought> {
    let of = |number| {
        let it = folk.purchase(SALT, number);
        (it.at.micros(), MomentId::derived(&[it.key.as_bytes()]), it)
    };
    let mut bought: Vec<Bought> = numbers.map(of).collect();
    bought.sort_unstable_by_key(|(at, id, _)| (*at, *id));
    bought
}

async fn moments(sink: &mut Sink, person: Uuid, bought: &[Bought]) -> Result<()> {
    for (at, id, it) in bought {
        let data = it.data.to_string();
        sink.put(&[
            Cell::Id(person),
            Cell::Int(*at),
            Cell::Id(id.uuid()),
            Cell::Id(person),
            Cell::Int(*at),
            Cell::Text(it.kind.as_str()),
            Cell::Text(it.channel.as_str()),
            Cell::Text(it.direction.as_str()),
            Cell::Null,
            Cell::Null,
            Cell::Null,
            Cell::Text(&it.title),
            Cell::Text(&it.body),
            Cell::Text(&data),
            Cell::Text("[]"),
        ])
        .await?;
    }
    Ok(())
}

async fn somebody(sink: &mut Sink, person: Uuid, moments: i64, first: i64, last: i64) -> Result<()> {
    sink.put(&[
        Cell::Id(person),
        Cell::Int(first),
        Cell::Text("Somebody"),
        Cell::Text("somebody"),
        Cell::Int(1),
        Cell::Text("regular"),
        Cell::Int(first),
        Cell::Int(last),
        Cell::Int(moments),
        Cell::Int(moments),
    ])
    .await
}
