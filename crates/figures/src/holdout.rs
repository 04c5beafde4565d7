//! How well a prediction did: learnt from one time, held against the next, beside what anybody could have
//! guessed without a model.
//!
//! Models of buying are sobering on single customers: their mean absolute error is often little below that of
//! predicting that nobody returns. So no error is shown alone here: [`Comparison`] carries the guesses and
//! says in words when the model loses.

use std::{cmp::Ordering, collections::BTreeMap, fmt};

use jiff::civil::Date;

use crate::{
    purchases::PurchaseModel,
    summary::Customers,
    time::{Span, Unit},
    transactions::Purchase,
};

/// How far predictions lay from what happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Errors {
    /// Mean absolute error per customer.
    pub mae: f64,
    /// Root of the mean squared error per customer.
    pub rmse: f64,
    /// What happened, over all.
    pub actual_total: f64,
    /// What was predicted, over all.
    pub predicted_total: f64,
    /// Spearman's rank correlation; `None` where all predictions, or all that happened, are equal.
    pub rank_correlation: Option<f64>,
    /// Which share of what happened is due to the tenth of customers predicted to be best. Among equals,
    /// those who come first.
    pub top_tenth: f64,
}

impl Errors {
    /// Of predictions beside what happened, customer by customer; `None` where there are none, or not as many
    /// of the one as of the other.
    pub fn of(predicted: &[f64], actual: &[f64]) -> Option<Self> {
        if predicted.is_empty() || predicted.len() != actual.len() {
            return None;
        }
        let n = predicted.len() as f64;
        let off = || predicted.iter().zip(actual).map(|(p, a)| p - a);
        Some(Self {
            mae: off().map(f64::abs).sum::<f64>() / n,
            rmse: (off().map(|it| it * it).sum::<f64>() / n).sqrt(),
            actual_total: actual.iter().sum(),
            predicted_total: predicted.iter().sum(),
            rank_correlation: correlation(&ranks(predicted), &ranks(actual)),
            top_tenth: top_tenth(predicted, actual),
        })
    }
    /// By how many percent the predicted total lies above (or below, with a minus) the actual one.
    pub fn total_error_percent(&self) -> f64 {
        100.0 * (self.predicted_total / self.actual_total - 1.0)
    }
}

/// Ranks from 1; equals share the mean of theirs.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    for equals in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let mean = from as f64 + (equals.len() + 1) as f64 / 2.0;
        equals.iter().for_each(|&at| ranks[at] = mean);
        from += equals.len();
    }
    ranks
}

fn correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let mean = |it: &[f64]| it.iter().sum::<f64>() / it.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let product = |f: &dyn Fn(f64, f64) -> f64| a.iter().zip(b).map(|(a, b)| f(a - mean_a, b - mean_b)).sum();
    let (both, of_a, of_b): (f64, f64, f64) =
        (product(&|a, b| a * b), product(&|a, _| a * a), product(&|_, b| b * b));
    (of_a > 0.0 && of_b > 0.0).then(|| both / (of_a * of_b).sqrt())
}

fn top_tenth(predicted: &[f64], actual: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..predicted.len()).collect();
    order.sort_by(|&a, &b| predicted[b].partial_cmp(&predicted[a]).unwrap_or(Ordering::Equal));
    let tenth = predicted.len() / 10;
    let best: f64 = order[..tenth].iter().map(|&at| actual[at]).sum();
    best / actual.iter().sum::<f64>()
}

/// A model's errors beside those of guesses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Comparison {
    /// The model's.
    pub model: Errors,
    /// Of expecting that everybody buys as often as before: x again.
    pub same_as_before: Errors,
    /// Of expecting that everybody goes on at the same rate: x/T times the time held back.
    pub same_rate: Errors,
    /// Of expecting that everybody is average: the mean of x.
    pub everyone_average: Errors,
    /// Of expecting that nobody returns.
    pub nobody_returns: Errors,
}

impl Comparison {
    /// Of a model's predictions for a time after T of the given length, beside what happened in it.
    pub fn of(predicted: &[f64], actual: &[f64], customers: &Customers, held: Span) -> Option<Self> {
        let of = |guess: Vec<f64>| Errors::of(&guess, actual);
        let x = || customers.rows().iter().map(|it| f64::from(it.x()));
        let mean = x().sum::<f64>() / customers.rows().len() as f64;
        Some(Self {
            model: Errors::of(predicted, actual)?,
            same_as_before: of(x().collect())?,
            same_rate: of(same_rate(customers, held))?,
            everyone_average: of(vec![mean; actual.len()])?,
            nobody_returns: of(vec![0.0; actual.len()])?,
        })
    }
    /// The guesses with their names.
    pub fn guesses(&self) -> [(&'static str, Errors); 4] {
        [
            ("same as before", self.same_as_before),
            ("same rate as before", self.same_rate),
            ("everybody is average", self.everyone_average),
            ("nobody returns", self.nobody_returns),
        ]
    }
    /// The guesses that do better than the model on single customers, by mean absolute error or by root of
    /// the mean square.
    pub fn lost_to(&self) -> Vec<&'static str> {
        let better = |it: &Errors| it.mae < self.model.mae || it.rmse < self.model.rmse;
        self.guesses().into_iter().filter(|it| better(&it.1)).map(|it| it.0).collect()
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = |it: &Errors| {
            format!(
                "off by {:.3} (root of squares {:.3}) a customer, {:+.1} % in all",
                it.mae,
                it.rmse,
                it.total_error_percent()
            )
        };
        writeln!(f, "model: {}", said(&self.model))?;
        self.guesses().iter().try_for_each(|(name, it)| writeln!(f, "{name}: {}", said(it)))?;
        match self.lost_to().as_slice() {
            [] => f.write_str("the model does better than each of these guesses"),
            lost => write!(f, "the model does worse than guessing: {}", lost.join(", ")),
        }
    }
}

/// x/T times a length of time, for each row; 0 for whoever was observed for no time.
pub fn same_rate(customers: &Customers, held: Span) -> Vec<f64> {
    let t = held.in_unit(customers.unit());
    let rate = |x: u32, t_end: f64| if t_end > 0.0 { f64::from(x) / t_end * t } else { 0.0 };
    customers.rows().iter().map(|it| rate(it.x(), it.t_end())).collect()
}

/// Predicted and actual means of the customers with the same number of repeats.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// The number of repeats, or the least of them in the last bin.
    pub x: u32,
    /// How many customers.
    pub customers: usize,
    /// What happened, on average.
    pub actual: f64,
    /// What was predicted, on average.
    pub predicted: f64,
}

/// Customers by number of repeats, all with `most` or more together.
pub fn by_repeats(customers: &Customers, predicted: &[f64], actual: &[f64], most: u32) -> Vec<Bin> {
    let mut bins: BTreeMap<u32, (usize, f64, f64)> = BTreeMap::new();
    for ((row, predicted), actual) in customers.rows().iter().zip(predicted).zip(actual) {
        let bin = bins.entry(row.x().min(most)).or_default();
        *bin = (bin.0 + 1, bin.1 + actual, bin.2 + predicted);
    }
    let told = |(x, (customers, actual, predicted)): (u32, (usize, f64, f64))| Bin {
        x,
        customers,
        actual: actual / customers as f64,
        predicted: predicted / customers as f64,
    };
    bins.into_iter().map(told).collect()
}

/// How many repeat occasions there were in all by the end of each step of time, from the first purchase of
/// all.
pub fn repeats_by(purchases: &[Purchase], steps: usize, step: Unit) -> Vec<u32> {
    let mut days: BTreeMap<&str, Vec<Date>> = BTreeMap::new();
    purchases.iter().for_each(|it| days.entry(&it.customer).or_default().push(it.day));
    let Some(&first) = days.values().flatten().min() else { return vec![0; steps] };
    let mut within = vec![0; steps];
    for days in days.values_mut() {
        days.sort_unstable();
        days.dedup();
        for &day in &days[1..] {
            let since = first.until(day).map_or(0, |it| it.get_days());
            if let Some(step) = within.get_mut((f64::from(since) / step.days()) as usize) {
                *step += 1;
            }
        }
    }
    let sums = within.iter().scan(0, |sum, it| {
        *sum += it;
        Some(*sum)
    });
    sums.collect()
}

/// How many repeat purchases a model expects in all by the end of each unit of time since the first customer
/// came. Customers count from when they came, which T tells, since all are observed until the same day.
pub fn expected_by(model: &(impl PurchaseModel + ?Sized), customers: &Customers, steps: u32) -> Vec<f64> {
    let unit = customers.unit();
    let mut came: BTreeMap<u64, f64> = BTreeMap::new();
    let longest = customers.rows().iter().map(|it| it.t_end()).fold(0.0, f64::max);
    for (row, count) in customers.with_counts() {
        *came.entry((longest - row.t_end()).to_bits()).or_default() += f64::from(count);
    }
    let expected = |at: f64| {
        let since =
            came.iter().map(|(late, count)| (at - f64::from_bits(*late), count)).filter(|it| it.0 > 0.0);
        since.map(|(t, count)| count * Span::new(t, unit).map_or(0.0, |t| model.expected_new(t))).sum()
    };
    (1..=steps).map(|step| expected(f64::from(step))).collect()
}
