//! What later is worth less: a rate of discount that knows its time.

use crate::time::{Span, Unit};

/// A rate at which the future is discounted, kept as the continuous rate δ per year: a purchase in t years
/// counts e^(-δ t).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Discount {
    yearly: f64,
}

/// A rate that discounts nothing, or is no number.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("a discount of {0} leaves value without end: it must be a finite number above zero")]
pub struct NotADiscount(pub f64);

impl Discount {
    /// So much per year, compounded: 0.15 for 15 %. δ = ln(1 + rate) per year of 365.25 days.
    pub fn yearly(rate: f64) -> Result<Self, NotADiscount> {
        Self::checked(rate.ln_1p(), rate)
    }
    /// A continuous rate δ per unit of time.
    pub fn continuous(delta: f64, per: Unit) -> Result<Self, NotADiscount> {
        Self::checked(delta * (Unit::Years.days() / per.days()), delta)
    }
    fn checked(yearly: f64, given: f64) -> Result<Self, NotADiscount> {
        if yearly.is_finite() && yearly > 0.0 { Ok(Self { yearly }) } else { Err(NotADiscount(given)) }
    }
    /// The continuous rate δ for a unit of time.
    pub fn per(self, unit: Unit) -> f64 {
        self.yearly * (unit.days() / Unit::Years.days())
    }
    /// The compounded rate for a step of time: e^(δ t) - 1.
    pub fn compounded(self, step: Span) -> f64 {
        (self.yearly * step.in_unit(Unit::Years)).exp_m1()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifteen_percent_a_year_are_a_little_more_than_one_a_month() {
        let discount = Discount::yearly(0.15).unwrap();
        assert!((discount.compounded(Span::months(12)) - 0.15).abs() < 1e-14);
        assert!((discount.compounded(Span::months(1)) - 0.011_714_9).abs() < 1e-7);
        assert!(Discount::yearly(0.0).is_err());
    }
}
