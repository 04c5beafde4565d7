//! The whale curve: profit added up from the best customer to the worst. It rises above the whole and comes
//! down again, because some customers cost more than they bring.
//!
//! Source: Kaplan and Narayanan (2001), Measuring and managing customer profitability; Kaplan and Anderson
//! (2007).

/// The curve over customers, best first.
#[derive(Debug, Clone, PartialEq)]
pub struct Whale {
    /// Profit of the best, of the best two, ...
    pub cumulative: Vec<f64>,
    /// How many customers bring profit at all: where the curve is highest.
    pub profitable: usize,
}

impl Whale {
    /// Of each customer's profit in a period, in any order. Whatever is no number counts as nothing.
    ///
    /// ```
    /// # use figures::whale::Whale;
    /// let whale = Whale::of(&[-50.0, 120.0, 30.0, 0.0]);
    /// assert_eq!(whale.cumulative, [120.0, 150.0, 150.0, 100.0]);
    /// assert_eq!(whale.peak_share(), Some(1.5));
    /// ```
    pub fn of(profits: &[f64]) -> Self {
        let mut sorted: Vec<f64> = profits.iter().map(|it| if it.is_finite() { *it } else { 0.0 }).collect();
        sorted.sort_unstable_by(|a, b| b.total_cmp(a));
        let profitable = sorted.iter().filter(|it| **it > 0.0).count();
        let add = |sum: &mut f64, it: f64| {
            *sum += it;
            Some(*sum)
        };
        Self { cumulative: sorted.into_iter().scan(0.0, add).collect(), profitable }
    }
    /// Profit in all.
    pub fn total(&self) -> f64 {
        self.cumulative.last().copied().unwrap_or(0.0)
    }
    /// Profit of those who bring any.
    pub fn peak(&self) -> f64 {
        self.profitable.checked_sub(1).map_or(0.0, |at| self.cumulative[at])
    }
    /// The height of the curve beside its end: 1.5 means that half of all profit is lost again. `None` where
    /// there is no profit in all.
    pub fn peak_share(&self) -> Option<f64> {
        (self.total() > 0.0).then(|| self.peak() / self.total())
    }
    /// Which share of all profit the best share of customers bring; `None` where there is no profit in all.
    pub fn share_of_best(&self, share: f64) -> Option<f64> {
        let count = (share.clamp(0.0, 1.0) * self.cumulative.len() as f64).round() as usize;
        let best = count.checked_sub(1).map_or(0.0, |at| self.cumulative[at]);
        (self.total() > 0.0).then(|| best / self.total())
    }
}
