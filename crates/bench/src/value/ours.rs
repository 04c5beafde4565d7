//! Our side of the models, in a process of its own: fits and scores, each with its seconds of CPU.

use std::path::Path;

use anyhow::{Context as _, Result};
use figures::{
    bgnbd::BgNbd,
    fit::{Fit, Outcome, Parameters, Unfit},
    gammagamma::{GammaGamma, Spend},
    paretonbd::ParetoNbd,
    purchases::PurchaseModel,
    scores::{Ask, score},
    summary::Customers,
    time::{Span, Unit},
    value::Steps,
};
use rustix::time::{ClockId, clock_gettime};

use super::{
    peers::{Done, Told},
    shop::{BGNBD, Columns, PARETO, SPENDING},
};

/// Times that each is done; the quickest counts.
const TIMES: usize = 5;

/// Does everything, and tells it on standard output.
pub fn child(columns: &Path) -> Result<()> {
    let columns = Columns::read(columns)?;
    let rows = customers(&columns)?;
    let counted = counted(&rows);
    let mut told = Told::new();
    let mut tell = |what: &str, done: Result<Done>| done.map(|it| told.insert(what.to_owned(), it));
    tell("bgnbd", timed(TIMES, || fitted(BgNbd::fit(&customers(&columns)?))))?;
    tell("bgnbd, counted", timed(TIMES, || fitted(BgNbd::fit(&counted))))?;
    tell("paretonbd", timed(TIMES, || fitted(ParetoNbd::fit(&customers(&columns)?))))?;
    tell("paretonbd, counted", timed(TIMES, || fitted(ParetoNbd::fit(&counted))))?;
    tell("gammagamma", timed(1, || spending(&columns)))?;
    let [r, alpha, a, b] = BGNBD;
    let model = BgNbd::new(Unit::Weeks, r, alpha, a, b)?;
    tell("score bgnbd", timed(TIMES, || scored(&model, &columns)))?;
    let [r, alpha, s, beta] = PARETO;
    let model = ParetoNbd::new(Unit::Weeks, r, alpha, s, beta)?;
    tell("score paretonbd", timed(TIMES, || scored(&model, &columns)))?;
    println!("{}", serde_json::to_string(&told)?);
    Ok(())
}

/// The table of the models, each row looked at.
pub fn customers(columns: &Columns) -> Result<Customers> {
    Ok(Customers::from_numbers(Unit::Weeks, columns.rows())?)
}

/// Equal rows once, with how many customers each stands for.
fn counted(rows: &Customers) -> Customers {
    let mut sorted = rows.rows().to_vec();
    sorted.sort_unstable_by_key(|it| (it.x(), it.t_end().to_bits(), it.t_x().to_bits()));
    let alike = sorted.chunk_by(|a, b| a == b).map(|it| (it[0], it.len() as u32));
    Customers::counted(rows.unit(), alike)
}

fn fitted<M: Parameters>(fit: Result<Fit<M>, Unfit>) -> Result<Done> {
    let fit = fit?;
    let failed = (fit.outcome != Outcome::Converged).then(|| fit.outcome.to_string());
    Ok(Done { parameters: fit.model.parameters(), failed, ..Done::default() })
}

fn spends(columns: &Columns) -> impl Iterator<Item = Spend> {
    columns.x.iter().zip(&columns.spend).map(|(x, mean)| Spend { x: *x as u32, mean: *mean })
}

fn spending(columns: &Columns) -> Result<Done> {
    let spends: Vec<Spend> = spends(columns).collect();
    fitted(Ok(GammaGamma::fit(&spends)?.fit))
}

/// P(alive), purchases within 39 weeks, and what is spent within twelve months, of everybody.
fn scored(model: &impl PurchaseModel, columns: &Columns) -> Result<Done> {
    let [p, q, v] = SPENDING;
    let spending = GammaGamma::new(p, q, v)?;
    let steps = Steps::months_of_lifetimes(12, 0.01, Unit::Weeks)?;
    let ask = Ask { horizons: vec![Span::weeks(39)], steps: Some(steps), ..Ask::default() };
    let scores = score(model, &customers(columns)?, &ask);
    let discounted = scores.discounted.context("the value was not asked for")?;
    let value = spends(columns).zip(discounted).map(|(it, purchases)| Ok(spending.expected(it)? * purchases));
    let value = value.collect::<Result<Vec<f64>>>()?;
    let sums = [&scores.alive, &scores.expected[0], &value].map(|it| it.iter().sum()).into();
    Ok(Done { sums, ..Done::default() })
}

/// Does it so many times; what came of it, with the seconds of CPU of the quickest.
fn timed(times: usize, work: impl Fn() -> Result<Done>) -> Result<Done> {
    let mut best = f64::INFINITY;
    let mut done = Done::default();
    for _ in 0..times {
        let begun = cpu_seconds();
        done = work()?;
        best = best.min(cpu_seconds() - begun);
    }
    Ok(Done { seconds: best, ..done })
}

/// How long this process has been on a core. What the kernel writes into files of `/proc` moves on by whole ticks, which
/// flatters whatever is quick.
fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
