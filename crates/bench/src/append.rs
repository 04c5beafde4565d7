//! Appending: 64 callers at once, each answered when its moment is on disk.

use std::{collections::HashMap, path::Path, sync::Arc};

use anyhow::{Result, ensure};
use memory::Intake;
use model::{Fragment, NewMoment, PersonId, ProfileId, Stopwatch};
use store::{Engine, Store};

use crate::{
    bare::Bare,
    folk::Folk,
    place::Place,
    report::{Line, Report, median, percentile},
    rows::{Row, Turns},
    sql,
};

/// Who asks at once, and how many rows the bare loop commits together.
const CALLERS: usize = 64;
/// Rounds of each; the median counts.
const ROUNDS: usize = 5;
/// The part of the rows that the loop with one commit each is given: it needs many times as long.
const ALONE: usize = 10;

/// How much is appended.
pub struct Size {
    /// People who are known.
    pub people: usize,
    /// Moments in each round.
    pub moments: usize,
}

/// Compares appending through the memory with bare loops.
pub async fn measure(
    engine: Engine,
    below: &Path,
    folk: &Folk,
    size: &Size,
    report: &mut Report,
) -> Result<()> {
    let ours = Place::fresh(engine, below).await?;
    let store = ours.open().await?;
    let mut peers = Vec::new();
    for together in [CALLERS, 1] {
        let place = Place::fresh(engine, below).await?;
        let store = place.open().await?;
        let known = meet(&store, folk, size.people).await?;
        drop(store);
        let bare = Bare::open(engine, &place.location).await?;
        peers.push((together, bare, known, place, Vec::new(), HashMap::new()));
    }
    meet(&store, folk, size.people).await?;
    let (mut rates, mut waits) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let mails = |n: usize| {
            let salt = 100 + round as u64;
            (0..n).map(move |n| (n * 7919 % size.people, folk.mail(salt, n))).collect::<Vec<_>>()
        };
        rates.push(callers(&store, folk, mails(size.moments), &mut waits).await?);
        for (together, bare, known, _, rates, turns) in &mut peers {
            let count = if *together == 1 { size.moments / ALONE } else { size.moments };
            rates.push(loop_alone(bare, known, turns, mails(count), *together, &store).await?);
        }
    }
    let ours_bare = Bare::open(engine, &ours.location).await?;
    let same = ours_bare.tallies().await? == peers[0].1.tallies().await?;
    ensure!(same, "the bare loop did not write what the memory wrote");
    tell(
        engine,
        size,
        median(&rates),
        &waits,
        &peers.iter().map(|p| median(&p.4)).collect::<Vec<_>>(),
        report,
    );
    Ok(())
}

fn tell(engine: Engine, size: &Size, ours: f64, waits: &[f64], bare: &[f64], report: &mut Report) {
    let what = format!("append, {CALLERS} callers, {} people, {} moments a round", size.people, size.moments);
    let told = |it: f64| format!("{it:.0}/s");
    report.add(Line {
        what: format!("{what}; beside a bare loop, {CALLERS} a commit"),
        engine: Some(engine),
        ours: told(ours),
        bare: told(bare[0]),
        ratio: Some(ours / bare[0]),
        goal: "at least 0.7".into(),
        met: Some(ours / bare[0] >= 0.7),
    });
    report.add(Line {
        what: format!("{what}; beside a bare loop, 1 a commit"),
        engine: Some(engine),
        ours: told(ours),
        bare: told(bare[1]),
        ratio: Some(ours / bare[1]),
        goal: "how many times".into(),
        met: None,
    });
    report.add(Line {
        what: format!("{what}; how long one caller waits"),
        engine: Some(engine),
        ours: format!("p50 {:.1} ms, p99 {:.1} ms", percentile(waits, 0.5), percentile(waits, 0.99)),
        bare: String::new(),
        ratio: None,
        goal: String::new(),
        met: None,
    });
}

/// Whom each mailbox belongs to.
type Known = HashMap<usize, (PersonId, ProfileId)>;

/// Takes in people, so that they are known.
pub async fn meet(store: &Store, folk: &Folk, people: usize) -> Result<Known> {
    const BATCH: usize = 1000;
    let mut numbers = HashMap::new();
    for from in (0..people).step_by(BATCH) {
        let fragments: Vec<Fragment> =
            (from..people.min(from + BATCH)).map(|n| folk.fragment(n, Vec::new())).collect();
        numbers.extend(fragments.iter().enumerate().map(|(n, f)| (f.key.clone(), from + n)));
        let batch: Vec<_> = fragments.into_iter().map(memory::prepare).collect();
        let world = store.world().clone();
        store.write(move |tx| memory::take(tx, &world, &batch)).await?;
    }
    let rows = store
        .read(|db| {
            db.rows(sql::KNOWN, store::params!["mail"], |row| {
                Ok((row.get::<String>(0)?, row.get::<PersonId>(1)?, row.get::<ProfileId>(2)?))
            })
        })
        .await?;
    Ok(rows.into_iter().map(|(key, person, profile)| (numbers[&key], (person, profile))).collect())
}

/// Moments told to the intake by many callers at once; gives moments a second.
async fn callers(
    store: &Store,
    folk: &Folk,
    mails: Vec<(usize, NewMoment)>,
    waits: &mut Vec<f64>,
) -> Result<f64> {
    let count = mails.len();
    let mut shares: Vec<Vec<Fragment>> = (0..CALLERS).map(|_| Vec::new()).collect();
    for (n, (who, mail)) in mails.into_iter().enumerate() {
        shares[n % CALLERS].push(folk.fragment(who, vec![mail]));
    }
    let intake = Arc::new(Intake::open(store.clone()));
    let watch = Stopwatch::start();
    let asked: Vec<_> = shares.into_iter().map(|share| tokio::spawn(caller(intake.clone(), share))).collect();
    for caller in asked {
        waits.extend(caller.await??);
    }
    Ok(count as f64 / watch.elapsed().as_secs_f64())
}

async fn caller(intake: Arc<Intake>, share: Vec<Fragment>) -> Result<Vec<f64>> {
    let mut waits = Vec::with_capacity(share.len());
    for fragment in share {
        let watch = Stopwatch::start();
        let taken = intake.take(vec![fragment]).await?;
        ensure!(taken[0].moments == 1, "a moment was not new");
        waits.push(watch.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(waits)
}

async fn loop_alone(
    bare: &mut Bare,
    known: &Known,
    turns: &mut HashMap<usize, Turns>,
    mails: Vec<(usize, NewMoment)>,
    together: usize,
    store: &Store,
) -> Result<f64> {
    let now = store.world().now();
    let rows: Vec<Row> = mails
        .into_iter()
        .map(|(who, mail)| {
            let after = turns.entry(who).or_default().after(&mail);
            Row { turns: after, ..Row::of("mail", mail, known[&who].0, known[&who].1, now) }
        })
        .collect();
    let watch = Stopwatch::start();
    bare.write(&rows, together).await?;
    Ok(rows.len() as f64 / watch.elapsed().as_secs_f64())
}
