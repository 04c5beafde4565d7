//! What it costs to serve a customer, by the time it takes.
//!
//! ```text
//! rate = cost of the capacity supplied / practical capacity in minutes
//! cost to serve = Σ over events of (minutes of its sort + minutes of what made it harder) × rate
//! ```
//!
//! Practical capacity is what people can really work, about four fifths of their paid time. Calls, visits and
//! returns are on the timeline anyway, so this is a price list times a count. Source: Kaplan and Anderson,
//! Time-Driven Activity-Based Costing (2007).

use std::collections::BTreeMap;

/// The price list: what a minute costs and how many minutes things take.
#[derive(Debug, Clone, PartialEq)]
pub struct PriceList {
    rate: f64,
    minutes: BTreeMap<String, f64>,
}

/// What is no price.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NoPrice {
    /// Capacity without cost or without time.
    #[error("a capacity of {minutes} minutes that costs {cost} has no rate")]
    NoRate {
        /// What it costs.
        cost: f64,
        /// How many minutes.
        minutes: f64,
    },
    /// A time that is none.
    #[error("{sort} cannot take {minutes} minutes")]
    NotMinutes {
        /// What takes it.
        sort: String,
        /// How many.
        minutes: f64,
    },
    /// Something that is not on the list.
    #[error("{0} is not on the price list")]
    NotListed(String),
}

/// Something that was done for a customer, or made it harder, so many times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Of which sort.
    pub sort: String,
    /// How often.
    pub times: u32,
}

impl PriceList {
    /// From what capacity costs and how many minutes of work it gives.
    pub fn new(cost: f64, practical_minutes: f64) -> Result<Self, NoPrice> {
        let rate = cost / practical_minutes;
        let possible = cost >= 0.0 && practical_minutes > 0.0 && rate.is_finite();
        let none = NoPrice::NoRate { cost, minutes: practical_minutes };
        if possible { Ok(Self { rate, minutes: BTreeMap::new() }) } else { Err(none) }
    }
    /// Says how many minutes a sort of event takes, or what makes one harder.
    pub fn takes(mut self, sort: &str, minutes: f64) -> Result<Self, NoPrice> {
        if !(minutes >= 0.0 && minutes.is_finite()) {
            return Err(NoPrice::NotMinutes { sort: sort.to_owned(), minutes });
        }
        self.minutes.insert(sort.to_owned(), minutes);
        Ok(self)
    }
    /// What a minute costs.
    pub fn rate(&self) -> f64 {
        self.rate
    }
    /// What it cost to do all this.
    ///
    /// ```
    /// # use figures::serving::{Done, PriceList};
    /// let list = PriceList::new(56_000.0, 70_000.0)?.takes("call", 8.0)?.takes("in another language", 4.0)?;
    /// let done = |sort: &str, times| Done { sort: sort.into(), times };
    /// let cost = list.cost(&[done("call", 10), done("in another language", 5)])?;
    /// assert!((cost - 80.0).abs() < 1e-9);
    /// # Ok::<(), figures::serving::NoPrice>(())
    /// ```
    pub fn cost(&self, done: &[Done]) -> Result<f64, NoPrice> {
        let minutes = |it: &Done| {
            let each = self.minutes.get(&it.sort).ok_or_else(|| NoPrice::NotListed(it.sort.clone()))?;
            Ok(each * f64::from(it.times))
        };
        Ok(done.iter().map(minutes).sum::<Result<f64, _>>()? * self.rate)
    }
}

/// What a customer brought in a period, looking back: never to be mixed with lifetime value, which looks
/// forward.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Profit {
    /// Revenue.
    pub revenue: f64,
    /// Discounts given.
    pub discounts: f64,
    /// What came back.
    pub returns: f64,
    /// Cost of what was sold.
    pub goods: f64,
    /// Cost to serve.
    pub serving: f64,
    /// Cost of keeping, and of marketing to, the customer.
    pub keeping: f64,
    /// The period's share of what winning the customer cost.
    pub winning: f64,
}

impl Profit {
    /// What is left.
    pub fn left(&self) -> f64 {
        self.revenue - self.discounts - self.returns - self.goods - self.serving - self.keeping - self.winning
    }
}
