//! Who bought when, out of a memory of millions of purchases, until it is ready for the models; beside a bare scan of
//! those purchases that throws everything away.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use futures_util::TryStreamExt as _;
use insight::{
    lives,
    worth::{Buyers, Trade},
};
use model::Stopwatch;
use store::{Engine, Location, Store};

use super::fill::{self, Filled};
use crate::{
    folk::Folk,
    place::{self, Place},
    report::{Line, Report},
    sink::Sink,
    sql,
};

/// Times that each is read once lives are kept, taking turns; the quickest counts.
const TURNS: usize = 3;
/// At most so many times a bare scan.
const GOAL: f64 = 2.0;

/// Reads everybody who bought something: first when nothing is kept of anybody, then again.
pub async fn measure(
    engine: Engine,
    below: &Path,
    folk: &Folk,
    people: usize,
    purchases: usize,
    report: &mut Report,
) -> Result<()> {
    let place = Place::fresh(engine, below).await?;
    drop(place.open().await?);
    // The store closes its connections behind our back, and the loader wants to be alone.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let filled = fill::fill(Sink::open(engine, &place.location).await?, folk, people, purchases).await?;
    let store = place.open().await?;
    let mut bare = f64::INFINITY;
    for _ in 0..2 {
        bare = bare.min(scan(engine, &place.location, purchases).await?);
    }
    let told = format!("{purchases} purchases of {people} people read until they are ready for the models");
    let line = |what: &str, ours: f64, bare: f64, goal: bool| Line {
        what: format!("{told}, {what}; beside a bare scan of the purchases"),
        engine: Some(engine),
        ours: format!("{ours:.1} s"),
        bare: format!("{bare:.1} s"),
        ratio: Some(ours / bare),
        goal: if goal { format!("at most {GOAL} times") } else { "how many times".into() },
        met: goal.then_some(ours / bare <= GOAL),
    };
    let first = summaries(&store, &filled).await?;
    report.add(line("first time, lives are made and kept", first, bare, false));
    let mut again = f64::INFINITY;
    for _ in 0..TURNS {
        again = again.min(summaries(&store, &filled).await?);
        bare = bare.min(scan(engine, &place.location, purchases).await?);
    }
    report.add(line("again", again, bare, true));
    Ok(())
}

/// From the memory to what the models are given; in seconds.
async fn summaries(store: &Store, filled: &Filled) -> Result<f64> {
    let watch = Stopwatch::start();
    lives::refresh(store, |_| {}).await?;
    let made = watch.elapsed().as_secs_f64();
    let mut buyers = Buyers::default();
    lives::tell(store, &mut [&mut buyers]).await?;
    let trade = buyers.done();
    let seconds = ready(&trade, &watch)?;
    eprintln!("lives were made after {made:.1} s, everything was ready after {seconds:.1} s");
    let all = trade.buyers.iter().flat_map(|it| &it.days).map(|(_, minor)| minor);
    let found = Filled { buyers: trade.buyers.len(), minor: all.sum() };
    ensure!(found == *filled, "{found:?} was read, {filled:?} is there");
    Ok(seconds)
}

/// The rows of the models and of spending; gives when they were there.
fn ready(trade: &Trade, watch: &Stopwatch) -> Result<f64> {
    let (_, last) = trade.span().context("nobody bought anything")?;
    let (people, customers) = trade.until(last);
    let spends: Vec<_> = people.iter().map(|it| it.spend(last)).collect();
    let seconds = watch.elapsed().as_secs_f64();
    ensure!(spends.len() == customers.rows().len(), "some spending was lost");
    Ok(seconds)
}

/// Every purchase in order, on one bare connection, thrown away; in seconds.
async fn scan(engine: Engine, location: &Location, purchases: usize) -> Result<f64> {
    let watch = Stopwatch::start();
    let rows = match engine {
        Engine::Sqlite => scan_sqlite(location)?,
        Engine::Postgres => scan_postgres(location).await?,
    };
    let seconds = watch.elapsed().as_secs_f64();
    ensure!(rows == purchases, "the bare scan read {rows} rows");
    eprintln!("a bare scan took {seconds:.1} s");
    Ok(seconds)
}

fn scan_sqlite(location: &Location) -> Result<usize> {
    let db = place::sqlite(location)?;
    let mut statement = db.prepare(sql::PURCHASES)?;
    let mut rows = statement.query([])?;
    let (mut count, mut read) = (0, 0);
    while let Some(row) = rows.next()? {
        let person = row.get_ref(0)?.as_blob()?;
        let (at, data) = (row.get::<_, i64>(1)?, row.get_ref(2)?.as_str()?);
        read += person.len() + data.len() + usize::from(at > 0);
        count += 1;
    }
    ensure!(read > 0, "nothing was read");
    Ok(count)
}

async fn scan_postgres(location: &Location) -> Result<usize> {
    let client = place::postgres(location).await?;
    let statement = client.prepare(sql::PURCHASES).await?;
    let rows = client.query_raw(&statement, std::iter::empty::<i64>()).await?;
    let mut rows = std::pin::pin!(rows);
    let (mut count, mut read) = (0, 0);
    while let Some(row) = rows.try_next().await? {
        let (person, at, data): (uuid::Uuid, i64, &str) = (row.get(0), row.get(1), row.get(2));
        read += usize::from(!person.is_nil()) + usize::from(at > 0) + data.len();
        count += 1;
    }
    ensure!(read > 0, "nothing was read");
    Ok(count)
}
