//! Which model: each learns from the earlier time, and is held against the later one beside what anybody could have guessed.

use figures::{
    holdout::{Comparison, Errors},
    model::{AnyFit, Kind},
    time::Span,
};
use serde::{Deserialize, Serialize};

use super::buyers::{Trade, UNIT};
use crate::lives::Day;

/// The models that are tried, the plainest last.
pub const TRIED: [Kind; 4] = [Kind::ParetoNbd, Kind::BgNbd, Kind::MbgNbd, Kind::Nbd];
/// Fewer people who bought again, and nothing is learnt from them.
pub const FEWEST_REPEATS: usize = 10;
/// Shorter times are not parted into an earlier and a later one.
pub const SHORTEST: Day = 28;

/// How one guess did on the days held back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    /// The model's name, or what was guessed.
    pub name: String,
    /// Whether it is a model.
    pub is_model: bool,
    /// Mean absolute error per person, in purchases.
    pub mae: f64,
    /// Root of the mean squared error per person, in purchases.
    pub rmse: f64,
    /// Purchases it foretold.
    pub foretold: f64,
    /// By how many percent the sum was off.
    pub off: f64,
    /// The logarithm of the likelihood of the earlier time.
    pub ll: Option<f64>,
}

/// The days, and how everything that was tried did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Backtest {
    /// The last day that was learnt from.
    pub learnt_until: Day,
    /// The last day held back.
    pub held_until: Day,
    /// People who had bought by then.
    pub people: usize,
    /// Purchases that came in the days held back.
    pub happened: f64,
    /// Models first, then guesses.
    pub tried: Vec<Tried>,
    /// The model that is used: the least off on single people, by the root of the mean square.
    pub chosen: String,
    /// Guesses that did better than it.
    pub lost_to: Vec<String>,
    /// What people bought in the days held back, by how often they had bought again before: the number, people, what happened and what
    /// the chosen model foretold, each as a mean.
    pub by_repeats: Vec<(u32, usize, f64, f64)>,
    /// Purchases until each week since the first: what happened and what the chosen model expects; the later part it has not seen.
    pub by_week: Vec<(u32, f64, f64)>,
}

/// Holds every model against the later half, or against the days after one that is named.
pub fn backtest(trade: &Trade, learn_until: Option<Day>, today: Day) -> Option<Backtest> {
    let (first, last) = trade.span()?;
    let last = last.min(today);
    let learnt_until = learn_until.unwrap_or(first + (last - first) / 2);
    if last - learnt_until < SHORTEST / 2 || learnt_until - first < SHORTEST / 2 {
        return None;
    }
    let (buyers, customers) = trade.until(learnt_until);
    if customers.rows().iter().filter(|it| it.x() > 0).count() < FEWEST_REPEATS {
        return None;
    }
    let held = Span::days(u32::try_from(last - learnt_until).ok()?);
    let actual: Vec<f64> = buyers.iter().map(|it| it.between(learnt_until, last).into()).collect();
    let ask = figures::scores::Ask { horizons: vec![held], ..Default::default() };
    let mut tried = Vec::new();
    let mut best: Option<(f64, AnyFit, Vec<f64>, Comparison)> = None;
    for kind in TRIED {
        let Ok(fit) = kind.fit(&customers) else { continue };
        let mut scores = figures::scores::score(&fit.model, &customers, &ask);
        let foretold = scores.expected.swap_remove(0);
        let Some(compared) = Comparison::of(&foretold, &actual, &customers, held) else { continue };
        tried.push(Tried { ll: Some(fit.report.ll), is_model: true, ..of(kind.name(), &compared.model) });
        if best.as_ref().is_none_or(|it| compared.model.rmse < it.0) {
            best = Some((compared.model.rmse, fit, foretold, compared));
        }
    }
    let (_, fit, foretold, compared) = best?;
    tried.extend(compared.guesses().iter().map(|(name, errors)| of(name, errors)));
    Some(Backtest {
        learnt_until,
        held_until: last,
        people: buyers.len(),
        happened: actual.iter().sum(),
        chosen: fit.report.model.clone(),
        lost_to: compared.lost_to().into_iter().map(str::to_owned).collect(),
        by_repeats: by_repeats(&customers, &actual, &foretold),
        by_week: by_week(trade, &fit, first, last),
        tried,
    })
}

fn of(name: &str, errors: &Errors) -> Tried {
    Tried {
        name: name.to_owned(),
        is_model: false,
        mae: errors.mae,
        rmse: errors.rmse,
        foretold: errors.predicted_total,
        off: errors.total_error_percent(),
        ll: None,
    }
}

/// Those with more repeats than this stand in one row.
const MANY: u32 = 7;

fn by_repeats(
    customers: &figures::summary::Customers,
    actual: &[f64],
    foretold: &[f64],
) -> Vec<(u32, usize, f64, f64)> {
    let mut rows = vec![(0usize, 0.0, 0.0); MANY as usize + 1];
    for ((row, actual), foretold) in customers.rows().iter().zip(actual).zip(foretold) {
        let row = &mut rows[row.x().min(MANY) as usize];
        *row = (row.0 + 1, row.1 + actual, row.2 + foretold);
    }
    let there = (0..).zip(rows).filter(|(_, it)| it.0 > 0);
    there.map(|(x, (n, actual, foretold))| (x, n, actual / n as f64, foretold / n as f64)).collect()
}

fn by_week(trade: &Trade, fit: &AnyFit, first: Day, last: Day) -> Vec<(u32, f64, f64)> {
    let weeks = ((last - first) / 7 + 1).max(0) as u32;
    let (_, customers) = trade.until(last);
    let mut happened = vec![0.0; weeks as usize + 1];
    for (day, _) in trade.buyers.iter().flat_map(|it| it.days.iter().skip(1)) {
        if let Some(week) = happened.get_mut(((day - first) / 7) as usize) {
            *week += 1.0;
        }
    }
    let mut sum = 0.0;
    let expected = figures::holdout::expected_by(&fit.model, &customers, weeks);
    debug_assert_eq!(customers.unit(), UNIT);
    (1..)
        .zip(happened.into_iter().zip(expected))
        .map(|(week, (happened, expected))| {
            sum += happened;
            (week, sum, expected)
        })
        .collect()
}
