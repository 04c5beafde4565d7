//! Search while somebody types, and search for what was said, while 2,000 moments a second are written.

use std::sync::Arc;

use anyhow::Result;
use memory::finding;
use model::Stopwatch;
use store::Store;

use crate::{
    dice::Dice,
    folk::Folk,
    pages::Load,
    report::{Line, Report, percentile},
};

/// Searches of each sort.
const TIMES: usize = 400;
/// What is shown of what is found.
const SHOWN: usize = 20;

/// Measures both.
pub async fn measure(store: &Store, folk: &Arc<Folk>, people: usize, report: &mut Report) -> Result<()> {
    let load = Load::start(store, folk.clone()).await?;
    let (mut typed, mut sought) = (Vec::new(), Vec::new());
    let mut found = (0, 0);
    for n in 0..TIMES {
        let query = beginning(folk, people, n);
        let watch = Stopwatch::start();
        let lines = store.read(move |db| finding::find(db, &query, SHOWN)).await?;
        typed.push(watch.elapsed().as_secs_f64() * 1000.0);
        found.0 += usize::from(!lines.is_empty());
        let query = words(folk, n);
        let watch = Stopwatch::start();
        let hits = store.read(move |db| finding::moments(db, &query, None, None, SHOWN as i64)).await?;
        sought.push(watch.elapsed().as_secs_f64() * 1000.0);
        found.1 += usize::from(!hits.is_empty());
    }
    let pace = load.stop().await?;
    let mut tell = |what: &str, times: &[f64], found: usize, goal: f64| {
        let p95 = percentile(times, 0.95);
        report.add(Line {
            what: format!(
                "{what}, {pace:.0} moments/s written meanwhile; {found} of {TIMES} found something"
            ),
            engine: Some(store.engine()),
            ours: format!(
                "p50 {:.1} ms, p95 {p95:.1} ms, most {:.1} ms",
                percentile(times, 0.5),
                percentile(times, 1.0)
            ),
            bare: String::new(),
            ratio: None,
            goal: format!("p95 at most {goal:.0} ms"),
            met: Some(p95 <= goal),
        });
    };
    tell("search as you type", &typed, found.0, 50.0);
    tell("search for what was said", &sought, found.1, 150.0);
    Ok(())
}

/// One to six letters of somebody's name, both names, or the beginning of a mail address.
pub fn beginning(folk: &Folk, people: usize, n: usize) -> String {
    let mut dice = Dice::new(21, n as u64);
    let somebody = folk.neighbour(dice.below(people));
    let cut = |text: &str, letters: usize| text.chars().take(letters).collect::<String>();
    let letters = dice.between(1, 6);
    let (given, family) = somebody.name.split_once(' ').unwrap_or((&somebody.name, ""));
    match n % 4 {
        0 => cut(given, letters),
        1 => cut(family, letters),
        2 => format!("{given} {}", cut(family, letters)),
        _ => cut(&somebody.email, letters + 2),
    }
}

/// One word or two, of all frequencies; half of them are not finished, and half of these only begun.
pub fn words(folk: &Folk, n: usize) -> String {
    let mut dice = Dice::new(22, n as u64);
    let count = 1 + n % 2;
    let text = folk.text(&mut dice, count);
    let text = text.trim_end();
    match n % 8 {
        0..2 => text.to_owned(),
        2..4 => {
            let (before, last) = text.rsplit_once(' ').map_or(("", text), |(before, last)| (before, last));
            let letters = dice.between(2, 5);
            format!("{before} {}", last.chars().take(letters).collect::<String>())
        }
        _ => format!("{text} "),
    }
}
