//! Lifetime value: what is expected of a customer from now on, in money, with later money worth less.
//!
//! | answer | formula |
//! | --- | --- |
//! | discrete, over H steps | Σ for k from 1 to H of E\[m\] (E(k f) - E((k-1) f)) / (1+d)^k |
//! | continuous, without end | E\[m\] DERT(δ) |
//! | constant retention r, margin m, rate i | m r/(1+i-r), the first margin a period away; m (1+i)/(1+i-r), the first at once |
//!
//! E(t) is the number of purchases expected in (T, T+t] given the history, f the length of a step, d the rate
//! of discount for a step; cash comes at the end of each step. E\[m\] is the expected spend on an occasion,
//! times the margin if value and not revenue is asked for. With d = 0 the discrete value is exactly E\[m\]
//! E(H f).
//!
//! A month is 365.25/12 days, whatever unit the model was fitted in, so that twelve months are a year. The
//! habit of some libraries of taking 30 days or 4.345 weeks is there by name: [`Steps::months_of_lifetimes`].
//!
//! Source: Fader, Hardie and Lee (2005), Journal of Marketing Research 42(4); Gupta and Lehmann (2003),
//! Journal of Interactive Marketing 17(1).

use crate::{
    discount::Discount,
    purchases::PurchaseModel,
    summary::History,
    time::{NotASpan, Span, Unit},
};

/// Equal steps of time, and the rate at which each makes money worth less.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Steps {
    count: u32,
    step: Span,
    rate: f64,
}

/// A rate of discount that is none.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum NotSteps {
    /// The rate is negative or no number.
    #[error("a discount of {0} a step is none: it must be a finite number and not below zero")]
    Rate(f64),
    /// More steps than are added one by one.
    #[error("{0} steps are more than are added one by one (at most {MOST_STEPS})")]
    TooMany(u32),
    /// The step is no length of time.
    #[error(transparent)]
    Length(#[from] NotASpan),
}

/// Steps are added one by one, so there must be an end to them: this is a century of days and more.
pub const MOST_STEPS: u32 = 50_000;

impl Steps {
    /// So many steps of a length, each with a compound rate of discount; 0 discounts nothing.
    pub fn new(count: u32, step: Span, rate: f64) -> Result<Self, NotSteps> {
        if count > MOST_STEPS {
            return Err(NotSteps::TooMany(count));
        }
        if rate.is_finite() && rate >= 0.0 {
            Ok(Self { count, step, rate })
        } else {
            Err(NotSteps::Rate(rate))
        }
    }
    /// So many months of 365.25/12 days, with a rate of discount per month.
    pub fn months(count: u32, rate: f64) -> Result<Self, NotSteps> {
        Self::new(count, Span::months(1), rate)
    }
    /// Months as `lifetimes` and `pymc-marketing` count them, for comparing: 30 days, 4.345 weeks, or one
    /// month; a year is 12 of them.
    pub fn months_of_lifetimes(count: u32, rate: f64, unit: Unit) -> Result<Self, NotSteps> {
        let length = match unit {
            Unit::Days => 30.0,
            Unit::Weeks => 4.345,
            Unit::Months => 1.0,
            Unit::Years => 1.0 / 12.0,
        };
        Self::new(count, Span::new(length, unit)?, rate)
    }
    /// How long they are together.
    pub fn horizon(&self) -> Span {
        let (unit, length) = (Unit::Days, self.step.in_unit(Unit::Days));
        Span::new(length * f64::from(self.count), unit).unwrap_or(self.step)
    }
}

/// Purchases expected within the steps of somebody with x purchases by T who is alive, each discounted. Times
/// P(alive) and the expected spend it is a lifetime value.
pub fn discounted_if_alive(model: &(impl PurchaseModel + ?Sized), x: u32, t_end: f64, steps: &Steps) -> f64 {
    let step = steps.step.in_unit(model.unit());
    let (mut before, mut sum, mut worth) = (0.0, 0.0, 1.0);
    // Without a discount the steps add up to what is expected by their end.
    if steps.rate == 0.0 {
        return model.expected_if_alive(x, t_end, step * f64::from(steps.count));
    }
    for k in 1..=steps.count {
        let until = model.expected_if_alive(x, t_end, step * f64::from(k));
        worth /= 1.0 + steps.rate;
        sum += (until - before) * worth;
        before = until;
    }
    sum
}

/// Lifetime value over some steps: discounted purchases times what is spent on one.
pub fn lifetime(model: &(impl PurchaseModel + ?Sized), history: &History, spend: f64, steps: &Steps) -> f64 {
    spend * model.alive(history) * discounted_if_alive(model, history.x(), history.t_end(), steps)
}

/// Lifetime value for all time to come: DERT times what is spent on an occasion.
pub fn residual(
    model: &(impl PurchaseModel + ?Sized),
    history: &History,
    spend: f64,
    discount: Discount,
) -> f64 {
    spend * model.residual(history, discount)
}

/// A retention at which value has no end.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error(
    "with retention {retention} and a discount of {rate} value has no end: retention must be within 0 and 1, the discount not below 0, and 1 + discount above retention"
)]
pub struct Endless {
    /// The rate of retention.
    pub retention: f64,
    /// The rate of discount.
    pub rate: f64,
}

/// When the first margin comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum First {
    /// Now, for certain.
    Now,
    /// After one period, if the customer stays.
    AfterAPeriod,
}

/// Value of a customer who stays each period with the same probability, for all time to come: `margin` times
/// r/(1+i-r), or (1+i)/(1+i-r).
///
/// Where customers differ, those who stay are the faithful ones and retention rises with tenure; then this
/// understates what remains, and [`crate::sbg`] does not.
pub fn with_constant_retention(margin: f64, retention: f64, rate: f64, first: First) -> Result<f64, Endless> {
    let below = 1.0 + rate - retention;
    let possible = (0.0..=1.0).contains(&retention) && rate >= 0.0 && rate.is_finite() && below > 0.0;
    if !possible {
        return Err(Endless { retention, rate });
    }
    Ok(margin * if first == First::Now { 1.0 + rate } else { retention } / below)
}
