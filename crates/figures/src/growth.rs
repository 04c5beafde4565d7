//! Earned growth: how much of growth comes from customers who return and from those they bring, and how much
//! was bought.
//!
//! ```text
//! EGR = NRR + ENC - 100 %
//! NRR = this year's revenue from last year's customers / last year's revenue
//! ENC = this year's revenue from new customers who came by recommendation / last year's revenue
//! ```
//!
//! It needs one question to every new customer: why did you come? Source: Reichheld, Darnell and Burns,
//! Harvard Business Review, November 2021.

/// A year's revenue by where it comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Year {
    /// Revenue of the year before.
    pub last_year: f64,
    /// This year's from customers of the year before.
    pub from_before: f64,
    /// This year's from new customers who came by recommendation.
    pub from_earned: f64,
    /// This year's from other new customers.
    pub from_bought: f64,
}

/// The parts of growth, each as a share of last year's revenue.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Growth {
    /// NRR: what last year's customers brought this year.
    pub net_retention: f64,
    /// ENC: what earned new customers brought.
    pub earned_new: f64,
    /// What bought new customers brought.
    pub bought_new: f64,
}

impl Growth {
    /// Of a year; `None` where there was no revenue the year before.
    ///
    /// ```
    /// # use figures::growth::{Growth, Year};
    /// let year = Year { last_year: 100.0, from_before: 85.0, from_earned: 15.0, from_bought: 30.0 };
    /// let growth = Growth::of(&year).unwrap();
    /// assert!((growth.total() - 0.30).abs() < 1e-12);
    /// assert!(growth.earned().abs() < 1e-12);
    /// ```
    pub fn of(year: &Year) -> Option<Self> {
        let share = |it: f64| it / year.last_year;
        (year.last_year > 0.0).then(|| Self {
            net_retention: share(year.from_before),
            earned_new: share(year.from_earned),
            bought_new: share(year.from_bought),
        })
    }
    /// EGR, the earned growth rate.
    pub fn earned(&self) -> f64 {
        self.net_retention + self.earned_new - 1.0
    }
    /// Growth in all.
    pub fn total(&self) -> f64 {
        self.earned() + self.bought_new
    }
}
