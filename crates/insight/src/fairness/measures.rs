//! What is compared between a group and all others, and what a comparison says.

use model::Money;
use serde::{Deserialize, Serialize};

use super::{LEAST, Seen, chance};
use crate::{
    middle::{mean, median, share},
    words::{minutes, people},
};

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The median of waits, in minutes.
    MedianWait,
    /// The mean of waits, in minutes.
    MeanWait,
    /// The share of those who asked us something that got no answer at least once.
    NeverAnswered,
    /// Goodwill for each person, in minor units.
    Goodwill,
    /// What was taken off the full price, as a share, for each who bought.
    Discount,
}

/// How an interval was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// People drawn again and again.
    Bootstrap,
    /// Welch's t.
    Welch,
    /// Wilson's intervals of two shares, put together by Newcombe.
    Wilson,
}

/// What a comparison says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Too few people to say anything.
    TooFew,
    /// The difference could be chance.
    MayBeChance,
    /// Chance is a poor explanation.
    HardlyChance,
}

/// A group against all others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// What is compared.
    pub measure: Measure,
    /// People of the group who have it, and of the others.
    pub people: (usize, usize),
    /// What the group gets.
    pub ours: Option<f64>,
    /// What all others get.
    pub others: Option<f64>,
    /// Between which the difference lies, ninety-nine times in a hundred; nothing where nothing is judged.
    pub between: Option<(f64, f64)>,
    /// How that was found.
    pub method: Method,
    /// What it says.
    pub verdict: Verdict,
    /// The same as a sentence.
    pub words: String,
}

pub(super) fn all(ours: &[&Seen], others: &[&Seen], currency: &str, seed: u64) -> Vec<Compared> {
    let goodwill = |all: &[&Seen]| all.iter().map(|it| it.goodwill).collect();
    let discount = |all: &[&Seen]| all.iter().filter_map(|it| it.discount).collect();
    let middle = |all: &[&[f64]]| median(all.iter().flat_map(|it| it.iter().copied()));
    let average = |all: &[(f64, f64)]| {
        let (sum, count) = all.iter().fold((0.0, 0.0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
        (count > 0.0).then(|| sum / count)
    };
    let in_all = |all: &[&Seen]| waited(all).iter().map(|it| (it.iter().sum(), it.len() as f64)).collect();
    let mut all = vec![
        by_drawing(Measure::MedianWait, waited(ours), waited(others), middle, seed),
        by_drawing(Measure::MeanWait, in_all(ours), in_all(others), average, seed),
        by_wilson(Measure::NeverAnswered, unanswered(ours), unanswered(others)),
        by_welch(Measure::Goodwill, goodwill(ours), goodwill(others)),
        by_welch(Measure::Discount, discount(ours), discount(others)),
    ];
    all.iter_mut().for_each(|it| it.words = it.said(currency));
    all
}

fn waited<'a>(all: &[&'a Seen]) -> Vec<&'a [f64]> {
    all.iter().filter(|it| !it.waits.is_empty()).map(|it| it.waits.as_slice()).collect()
}

/// How many were once never answered, of how many.
fn unanswered(all: &[&Seen]) -> (usize, usize) {
    let asked = all.iter().filter(|it| it.asked > 0);
    (asked.clone().filter(|it| it.unanswered > 0).count(), asked.count())
}

fn by_drawing<T: Copy>(
    measure: Measure,
    ours: Vec<T>,
    others: Vec<T>,
    number: impl Fn(&[T]) -> Option<f64>,
    seed: u64,
) -> Compared {
    let enough = ours.len() >= LEAST && others.len() >= LEAST;
    let between = if enough { chance::drawn(&ours, &others, &number, seed) } else { None };
    let count = (ours.len(), others.len());
    Compared::new(measure, count, (number(&ours), number(&others)), between, Method::Bootstrap)
}

fn by_wilson(measure: Measure, ours: (usize, usize), others: (usize, usize)) -> Compared {
    let enough = ours.1 >= LEAST && others.1 >= LEAST;
    let between = if enough { chance::newcombe(ours, others) } else { None };
    let of = |(part, of)| share(part, of);
    Compared::new(measure, (ours.1, others.1), (of(ours), of(others)), between, Method::Wilson)
}

fn by_welch(measure: Measure, ours: Vec<f64>, others: Vec<f64>) -> Compared {
    let enough = ours.len() >= LEAST && others.len() >= LEAST;
    let between = if enough { chance::welch(&ours, &others) } else { None };
    let count = (ours.len(), others.len());
    Compared::new(measure, count, (mean(ours), mean(others)), between, Method::Welch)
}

impl Compared {
    fn new(
        measure: Measure,
        people: (usize, usize),
        (ours, others): (Option<f64>, Option<f64>),
        between: Option<(f64, f64)>,
        method: Method,
    ) -> Self {
        let verdict = match between {
            None => Verdict::TooFew,
            Some((low, high)) if low > 0.0 || high < 0.0 => Verdict::HardlyChance,
            Some(_) => Verdict::MayBeChance,
        };
        Self { measure, people, ours, others, between, method, verdict, words: String::new() }
    }
    fn said(&self, currency: &str) -> String {
        let (Some(ours), Some(others)) = (self.ours, self.others) else {
            return "There is nothing to compare.".into();
        };
        if ours == others {
            return format!(
                "{}: {}, as for all others.",
                self.measure.words(),
                self.measure.said(ours, currency)
            );
        }
        let (ours, others) = (self.measure.said(ours, currency), self.measure.said(others, currency));
        let what = self.measure.words();
        match self.verdict {
            Verdict::TooFew => {
                let few = people(self.people.0.min(self.people.1));
                format!("{what}: {ours}, others {others}. {few} are too few to judge.")
            }
            Verdict::MayBeChance => format!("{what}: {ours}, others {others}. This could be chance."),
            Verdict::HardlyChance => {
                format!("{what}: {ours}, others {others}. Chance is a poor explanation: look into it.")
            }
        }
    }
}

impl Measure {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::MedianWait => "Half of all answers came within",
            Self::MeanWait => "Time until an answer on average",
            Self::NeverAnswered => "Once never answered",
            Self::Goodwill => "Goodwill for each person",
            Self::Discount => "Taken off the full price",
        }
    }
    fn said(self, value: f64, currency: &str) -> String {
        match self {
            Self::MedianWait | Self::MeanWait => minutes(value),
            Self::NeverAnswered | Self::Discount => format!("{:.1} %", value * 100.0),
            Self::Goodwill => {
                Money { minor: value.round() as i64, currency: currency.to_owned() }.to_string()
            }
        }
    }
}
