//! Customer equity over time, and what moved it: the value of everybody on the last evening of each month, by what is known today of how
//! people buy.

use serde::{Deserialize, Serialize};

use super::{Teller, Trade};
use crate::lives::{Day, Month, first_of, month_of};

/// Whoever is less likely still there than this counts as lost.
pub const LOST_BELOW: f64 = 0.2;
/// Months that are told at most.
const MOST_MONTHS: i32 = 36;

/// Equity on the last evening of a month, and what moved it since the month before. Minor units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// The month.
    pub month: Month,
    /// The day it is told of: the last of the month, or the last there is.
    pub day: Day,
    /// The value of all who are there.
    pub value: f64,
    /// Of those who bought for the first time in this month.
    pub new: f64,
    /// Lost with those who became unlikely to return; not above zero.
    pub lost: f64,
    /// Won with those whose value grew.
    pub better: f64,
    /// Lost with those whose value shrank; not above zero.
    pub worse: f64,
    /// People who are expected to be there: the sum of their probabilities.
    pub there: f64,
    /// People who came in this month.
    pub came: usize,
}

/// Equity now, and how it came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Equity {
    /// Month by month.
    pub months: Vec<Moved>,
    /// What is expected of those who come within the next twelve months, if as many come as within the last twelve: its value today.
    pub to_come: Option<f64>,
    /// How many that would be.
    pub expected_new: f64,
}

impl Equity {
    /// The value of all who are there now.
    pub fn now(&self) -> f64 {
        self.months.last().map_or(0.0, |it| it.value)
    }
}

/// Equity on the evening of each month.
pub fn equity(trade: &Trade, teller: &Teller, today: Day) -> Equity {
    let Some((first, _)) = trade.span() else {
        return Equity { months: Vec::new(), to_come: None, expected_new: 0.0 };
    };
    let begins = month_of(first).max(month_of(today) - MOST_MONTHS + 1);
    let mut before = values_of_all(trade, teller, first_of(begins) - 1);
    let mut months = Vec::new();
    for month in begins..=month_of(today) {
        let day = (first_of(month + 1) - 1).min(today);
        let now = values_of_all(trade, teller, day);
        months.push(moved(month, day, &before, &now));
        before = now;
    }
    let came: usize = months.iter().rev().take(12).map(|it| it.came).sum();
    let expected_new = came as f64 * 12.0 / months.len().clamp(1, 12) as f64;
    let discounted = |value: f64| {
        let yearly = 1.0 + teller.terms.discount;
        (1..=12).map(|month| expected_new / 12.0 * value / yearly.powf(f64::from(month) / 12.0)).sum()
    };
    Equity { months, to_come: teller.newcomer().map(discounted), expected_new }
}

/// Value and probability of being there, for every buyer; none for whoever had not bought yet.
fn values_of_all(trade: &Trade, teller: &Teller, day: Day) -> Vec<Option<(f64, f64)>> {
    let mut values = teller.values(trade, day).into_iter();
    trade.buyers.iter().map(|it| it.history(day).and_then(|_| values.next())).collect()
}

fn moved(month: Month, day: Day, before: &[Option<(f64, f64)>], now: &[Option<(f64, f64)>]) -> Moved {
    let mut all =
        Moved { month, day, value: 0.0, new: 0.0, lost: 0.0, better: 0.0, worse: 0.0, there: 0.0, came: 0 };
    for (before, now) in before.iter().zip(now) {
        let Some((value, there)) = now else { continue };
        all.value += value;
        all.there += there;
        match before {
            None => {
                all.new += value;
                all.came += 1;
            }
            Some((earlier, _)) if value >= earlier => all.better += value - earlier,
            Some((earlier, was)) if *there < LOST_BELOW && *was >= LOST_BELOW => all.lost += value - earlier,
            Some((earlier, _)) => all.worse += value - earlier,
        }
    }
    all
}
