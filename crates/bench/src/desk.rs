//! The desk of a company with a hundred thousand open conversations: its inbox and its searches, as a browser asks for them.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, ensure};
use memory::{Intake, care};
use model::{Direction, PersonId, StaffId, Stopwatch};
use store::{Engine, Store};
use tokio::{sync::Semaphore, time::sleep};

use crate::{
    big,
    dice::Dice,
    folk::Folk,
    program,
    report::{Line, Report, percentile},
    search, sql, wire,
};

/// People, moments of earlier times, and those who wait for a word.
const SIZE: (usize, usize, usize) = (200_000, 3_900_000, 100_000);
/// Whoever waits has waited for less than these days.
const DAYS: i64 = 29;
/// Of those who wait: how many one colleague looks after, and how many are set aside.
const MINE: i64 = 2000;
const ASIDE: i64 = 500;
/// People at the desk, the pages each opens of every sort, and the pause between two.
const AT_THE_DESK: usize = 8;
const PAGES: usize = 50;
const PAUSE: Duration = Duration::from_millis(300);
/// Callers of the memory at once while those who wait come in.
const CALLERS: usize = 256;
/// The goal, in milliseconds.
const LATE: f64 = 200.0;

/// Measures the program on this engine.
pub async fn measure(
    engine: Engine,
    below: &Path,
    folk: &Arc<Folk>,
    quick: bool,
    report: &mut Report,
) -> Result<()> {
    let (people, moments, open) = if quick { (2000, 20_000, 1000) } else { SIZE };
    let big = big::open(engine, below, folk, people, moments, false).await?;
    let (cookie, ines) = program::sign_in(&big.store).await?;
    all_write(&big.store, folk, open).await?;
    let after = settle(&big.store, ines).await?;
    let (location, _place) = big.close();
    let (_running, port, _) = program::start(&program::beside_us()?, &location, &[]).await?;
    let kinds = ["everybody", "mine", "nobodys", "aside", "unanswered"].map(|list| format!("?list={list}"));
    let inbox: Arc<Vec<String>> = Arc::new(
        kinds
            .into_iter()
            .chain([format!("?after={after}")])
            .map(|it| format!("/conversations{it}"))
            .collect(),
    );
    let inboxes = (0..PAGES).map(|n| inbox[n % inbox.len()].clone()).collect();
    let typed = (0..PAGES).map(|n| search::beginning(folk, people, n)).collect();
    let said = (0..PAGES).map(|n| search::words(folk, n)).collect();
    let asked = |queries: Vec<String>| queries.iter().map(|q| format!("/people?q={}", encoded(q))).collect();
    for (what, paths) in [
        ("a page of the inbox", inboxes),
        ("a search by name", asked(typed)),
        ("a search by what was said", asked(said)),
    ] {
        let times = all_look(port, &cookie, paths).await?;
        let late = percentile(&times, 0.95);
        report.add(Line {
            what: format!(
                "the desk with {open} open conversations, {people} people, {} messages: {what}",
                moments + open
            ),
            engine: Some(engine),
            ours: format!("p50 {:.1} ms, p95 {late:.1} ms", percentile(&times, 0.5)),
            bare: String::new(),
            ratio: None,
            goal: format!("p95 below {LATE:.0} ms"),
            met: Some(late < LATE),
        });
    }
    Ok(())
}

/// Everybody who waits has written within the last weeks.
async fn all_write(store: &Store, folk: &Arc<Folk>, open: usize) -> Result<()> {
    let (intake, room) = (Intake::open(store.clone()), Arc::new(Semaphore::new(CALLERS)));
    let now = store.world().now();
    let mut writing = tokio::task::JoinSet::new();
    for n in 0..open {
        let mut mail = folk.mail(900, n);
        mail.direction = Direction::Heard;
        mail.at = now.plus_seconds(-(n as i64 * DAYS * 86_400 / open as i64));
        let (intake, told, place) =
            (intake.clone(), folk.fragment(n, vec![mail]), room.clone().acquire_owned().await?);
        writing.spawn(async move {
            let taken = intake.take(vec![told]).await;
            drop(place);
            taken
        });
    }
    while let Some(taken) = writing.join_next().await {
        taken??;
    }
    Ok(())
}

/// Some of them are looked after, some set aside; gives a place in the middle of the list.
async fn settle(store: &Store, ines: StaffId) -> Result<String> {
    let (world, now) = (store.world().clone(), store.world().now());
    let ids: Vec<PersonId> = store.read(|db| db.rows(sql::WHO_WAITS, &[], |row| row.get(0))).await?;
    let wanted = care::Wanted { since: Some(now.plus_days(-DAYS / 2)), ..Default::default() };
    let middle = store.read(move |db| care::waiting(db, &wanted, 1)).await?.pop().context("nobody waits")?;
    store
        .write(move |tx| {
            for (n, id) in (0i64..).zip(&ids).take_while(|(n, _)| *n < MINE + ASIDE) {
                match n < MINE {
                    true => care::hand_over(tx, &world, *id, Some(ines), "", None)?,
                    false => care::set_aside(tx, &world, *id, Some(now.plus_days(2)), None)?,
                }
            }
            Ok::<_, memory::MemoryError>(())
        })
        .await?;
    Ok(format!("{}.{}", middle.since.micros(), middle.line.id))
}

/// Milliseconds of each page that several people at the desk look at.
async fn all_look(port: u16, cookie: &str, paths: Vec<String>) -> Result<Vec<f64>> {
    let paths = Arc::new(paths);
    let looking = (0..AT_THE_DESK).map(|who| tokio::spawn(look(port, cookie.to_owned(), paths.clone(), who)));
    let mut times = Vec::new();
    for looked in looking.collect::<Vec<_>>() {
        times.extend(looked.await??);
    }
    Ok(times)
}

async fn look(port: u16, cookie: String, paths: Arc<Vec<String>>, who: usize) -> Result<Vec<f64>> {
    let (mut dice, mut times) = (Dice::new(31, who as u64), Vec::new());
    for n in 0..paths.len() {
        sleep(PAUSE.mul_f64(dice.between(50, 150) as f64 / 100.0)).await;
        let path = &paths[(n + who * 7) % paths.len()];
        let watch = Stopwatch::start();
        let page = wire::get(port, path, &format!("Cookie: {cookie}\r\n")).await?;
        times.push(watch.elapsed().as_secs_f64() * 1000.0);
        ensure!(page.starts_with("HTTP/1.1 200") && page.ends_with("</html>"), "{path}: {page}");
    }
    Ok(times)
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(|it| if it.is_ascii_alphanumeric() { (it as char).to_string() } else { format!("%{it:02X}") })
        .collect()
}
