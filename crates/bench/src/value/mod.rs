//! What customers are worth: the models beside the libraries that are used for it, on the same customers, in the same
//! run, on one core; and their summaries out of a memory, beside a bare scan of it.

mod fill;
pub mod ours;
mod peers;
mod reading;
mod shop;

use std::path::Path;

use anyhow::Result;
use figures::{bgnbd::BgNbd, paretonbd::ParetoNbd, purchases::PurchaseModel, summary::Customers, time::Unit};

use self::peers::{Done, Peer, Told};
use crate::report::{Line, Report};

pub use self::reading::measure as measure_reading;

/// What is fitted and scored, by its name on both sides; how it is told, and how many times quicker it is to be.
const DONE: &[(&str, &str, Option<f64>)] = &[
    ("bgnbd", "BG/NBD fitted to raw rows", Some(30.0)),
    ("bgnbd, counted", "BG/NBD fitted to rows counted beforehand", Some(5.0)),
    ("paretonbd", "Pareto/NBD fitted to raw rows", Some(100.0)),
    ("paretonbd, counted", "Pareto/NBD fitted to rows counted beforehand", None),
    ("gammagamma", "Gamma-Gamma fitted to the spending", None),
    ("score bgnbd", "P(alive), 39 weeks and 12 months' value of everybody, BG/NBD", Some(15.0)),
    ("score paretonbd", "P(alive), 39 weeks and 12 months' value of everybody, Pareto/NBD", Some(15.0)),
];
/// The same of the other peer, without a goal.
const DONE_BY_PYMC: &[(&str, &str, Option<f64>)] = &[
    ("bgnbd", "BG/NBD fitted to raw rows; beside pymc-marketing (MAP)", None),
    ("paretonbd", "Pareto/NBD fitted to raw rows; beside pymc-marketing (MAP)", None),
];

/// Fits and scores so many customers, ourselves and by the peers.
pub async fn measure(folder: &Path, customers: usize, report: &mut Report) -> Result<()> {
    let folder = tempfile::Builder::new().prefix("value-").tempdir_in(folder)?;
    let path = folder.path().join("columns.bin");
    let columns = shop::customers(customers);
    columns.write(&path)?;
    let table = ours::customers(&columns)?;
    let ours = peers::ours(&path).await?;
    let lifetimes = peer(Peer::Lifetimes, "lifetimes", &path).await;
    tell(DONE, &ours, &lifetimes, &table, report);
    let pymc = peer(Peer::Pymc, "pymc-marketing", &path).await;
    if !pymc.is_empty() {
        tell(DONE_BY_PYMC, &ours, &pymc, &table, report);
    }
    Ok(())
}

/// What a peer did; nothing, and a sentence, where it is not to be had.
async fn peer(peer: Peer, name: &str, columns: &Path) -> Told {
    peers::of(peer, columns).await.unwrap_or_else(|why| {
        eprintln!("{name} is left out: {why:#}");
        Told::new()
    })
}

fn tell(
    what: &[(&str, &str, Option<f64>)],
    ours: &Told,
    peers: &Told,
    table: &Customers,
    report: &mut Report,
) {
    for (name, said, goal) in what {
        let (Some(ours), peer) = (ours.get(*name), peers.get(*name)) else { continue };
        let ratio = peer.map(|it| it.seconds / ours.seconds);
        report.add(Line {
            what: format!("{said}, {} customers, seconds of one core", table.total()),
            engine: None,
            ours: words(name, ours, table),
            bare: peer.map(|it| words(name, it, table)).unwrap_or_default(),
            ratio,
            goal: goal.map(|it| format!("at least {it:.0} times as fast")).unwrap_or_default(),
            met: ratio.zip(*goal).map(|(ratio, goal)| ratio >= goal),
        });
    }
}

/// The seconds, and by what one sees that both sides did the same.
fn words(name: &str, done: &Done, table: &Customers) -> String {
    let mut said = format!("{:.3} s", done.seconds);
    if let Some(why) = &done.failed {
        said += &format!(", failed: {why}");
    }
    if let Some(ll) = log_likelihood(name, &done.parameters, table) {
        said += &format!(", LL {ll:.1}");
    } else if !done.parameters.is_empty() {
        let numbers: Vec<String> = done.parameters.iter().map(|it| format!("{it:.3}")).collect();
        said += &format!(", parameters {}", numbers.join(" "));
    }
    if let [alive, purchases, value] = done.sums[..] {
        said += &format!(", sums {alive:.1}, {purchases:.1}, {value:.0}");
    }
    said
}

/// Of either side's parameters, by one and the same function.
fn log_likelihood(name: &str, parameters: &[f64], table: &Customers) -> Option<f64> {
    let model = name.split(',').next().unwrap_or_default();
    match model {
        "bgnbd" => Some(BgNbd::from_parameters(Unit::Weeks, parameters).ok()?.log_likelihood_of(table)),
        "paretonbd" => {
            Some(ParetoNbd::from_parameters(Unit::Weeks, parameters).ok()?.log_likelihood_of(table))
        }
        _ => None,
    }
}
