//! Who stays: rates of retention, what they are worth, and what to aim at for customers of each tenure.
//!
//! | answer | formula |
//! | --- | --- |
//! | customer retention | (at the end - newly come) / at the start |
//! | gross revenue retention, GRR | (start - contraction - churn) / start, at most 100 % |
//! | net revenue retention, NRR | (start + expansion - contraction - churn) / start |
//! | retention needed for a margin multiple M at rate i | M (1+i) / (1+M) |
//! | worth of one more point of retention | m (1+i) / (1+i-r)² |
//!
//! Where nobody cancels but people just stop buying, retention is a sum of probabilities of being alive,
//! never "bought in the last 90 days": [`expected_active`]. Goals are set by tenure, from [`crate::sbg`]: one
//! goal for all moves by mix alone.
//!
//! Source: Gupta, Lehmann and Stuart (2004), Journal of Marketing Research 41(1); Fader and Hardie (2010),
//! Marketing Science 29(1).

use crate::{
    sbg::Sbg,
    value::{Endless, First, with_constant_retention},
};

/// Recurring revenue of those who were there at the start, and what became of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Revenue {
    /// At the start.
    pub start: f64,
    /// More from those who were there at the start.
    pub expansion: f64,
    /// Less from those who stayed.
    pub contraction: f64,
    /// Lost with those who left.
    pub churn: f64,
}

/// Amounts that no retention can be taken of.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum NoRetention {
    /// There was nothing at the start.
    #[error("nothing was there at the start to be retained")]
    NothingAtTheStart,
    /// An amount is negative or no number.
    #[error("{name} is {value}; it must be a finite number and not below zero")]
    NotAnAmount {
        /// Which.
        name: &'static str,
        /// What it is.
        value: f64,
    },
    /// More was lost than was there.
    #[error("more was lost ({lost}) than was there at the start ({start})")]
    MoreThanThere {
        /// What was lost.
        lost: f64,
        /// What was there.
        start: f64,
    },
}

impl Revenue {
    fn checked(&self) -> Result<(), NoRetention> {
        let all = [
            ("start", self.start),
            ("expansion", self.expansion),
            ("contraction", self.contraction),
            ("churn", self.churn),
        ];
        if let Some((name, value)) = all.into_iter().find(|it| !(it.1 >= 0.0 && it.1.is_finite())) {
            return Err(NoRetention::NotAnAmount { name, value });
        }
        if self.start == 0.0 {
            return Err(NoRetention::NothingAtTheStart);
        }
        let (lost, start) = (self.contraction + self.churn, self.start);
        if lost > start { Err(NoRetention::MoreThanThere { lost, start }) } else { Ok(()) }
    }
    /// GRR: what is left of the start, without what was won. Never above 1.
    ///
    /// ```
    /// # use figures::retention::Revenue;
    /// let year = Revenue { start: 10.0, expansion: 1.8, contraction: 0.6, churn: 0.9 };
    /// assert_eq!(year.gross_retention(), Ok(0.85));
    /// assert_eq!(year.net_retention(), Ok(1.03));
    /// ```
    pub fn gross_retention(&self) -> Result<f64, NoRetention> {
        self.checked()?;
        Ok((self.start - self.contraction - self.churn) / self.start)
    }
    /// NRR: the same with what more they bought.
    pub fn net_retention(&self) -> Result<f64, NoRetention> {
        self.checked()?;
        Ok((self.start + self.expansion - self.contraction - self.churn) / self.start)
    }
}

/// The share of those there at the start who are there at the end; whoever came in between does not count.
pub fn of_customers(start: u64, newly_come: u64, end: u64) -> Result<f64, NoRetention> {
    let stayed = end.checked_sub(newly_come).filter(|it| *it <= start);
    let more = || NoRetention::MoreThanThere { lost: newly_come as f64 - end as f64, start: start as f64 };
    match (start, stayed) {
        (0, _) => Err(NoRetention::NothingAtTheStart),
        (_, Some(stayed)) => Ok(stayed as f64 / start as f64),
        (_, None) => Err(more()),
    }
}

/// How many of some customers are expected to be active: the sum of their probabilities of being alive.
pub fn expected_active(alive: &[f64]) -> f64 {
    alive.iter().sum()
}

/// The retention at which a customer is worth M margins, the first after a period: M (1+i) / (1+M).
pub fn needed_for(multiple: f64, rate: f64) -> f64 {
    multiple * (1.0 + rate) / (1.0 + multiple)
}

/// What a customer's value grows by for each unit of retention: m (1+i)/(1+i-r)². A hundredth of it is a
/// point's worth.
pub fn worth_of_retention(margin: f64, retention: f64, rate: f64) -> Result<f64, Endless> {
    let value = with_constant_retention(margin, retention, rate, First::Now)?;
    Ok(value / (1.0 + rate - retention))
}

/// Whether it pays to spend `cost` on a customer to raise retention by `gain`.
pub fn pays(cost: f64, gain: f64, margin: f64, retention: f64, rate: f64) -> Result<bool, Endless> {
    Ok(gain * worth_of_retention(margin, retention, rate)? > cost)
}

/// A goal for customers in one period of their tenure, beside what happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Goal {
    /// Which period, from 1.
    pub period: u32,
    /// The retention that customers of this tenure have by themselves.
    pub expected: f64,
    /// What was seen, if anybody was there.
    pub seen: Option<f64>,
}

/// Goals by tenure from a cohort's model. `there` and `stayed` count, for each period from 1, who was there
/// and who stayed.
pub fn goals(model: &Sbg, there: &[u64], stayed: &[u64]) -> Vec<Goal> {
    let goal = |(period, (there, stayed)): (u32, (&u64, &u64))| Goal {
        period,
        expected: model.retention(period),
        seen: (*there > 0).then(|| *stayed as f64 / *there as f64),
    };
    (1..).zip(there.iter().zip(stayed)).map(goal).collect()
}

/// The retention to be expected of all together, given who is in which period of tenure: what one average
/// goal would have to be.
pub fn expected_of_mix(model: &Sbg, there: &[u64]) -> Option<f64> {
    let all: u64 = there.iter().sum();
    let stay = |(period, there): (u32, &u64)| *there as f64 * model.retention(period);
    (all > 0).then(|| (1..).zip(there).map(stay).sum::<f64>() / all as f64)
}
