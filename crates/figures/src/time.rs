//! Time with its unit: a length of time never travels without saying whether it counts days or weeks.
//!
//! Source of the trouble avoided here: a model fitted in weeks whose horizon was taken for days gave seven
//! years of value for one. A [`Unit`] therefore belongs to every table of customers and to every fitted
//! model, and whoever asks for a horizon hands in a [`Span`].

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What times are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Days: whole days of the calendar where purchases are dated.
    Days,
    /// Seven days.
    Weeks,
    /// A twelfth of a year: 30.4375 days.
    Months,
    /// 365.25 days.
    Years,
}

impl Unit {
    /// How many days it is long.
    pub const fn days(self) -> f64 {
        match self {
            Self::Days => 1.0,
            Self::Weeks => 7.0,
            Self::Months => 365.25 / 12.0,
            Self::Years => 365.25,
        }
    }
    /// Its name, as it is written in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::Weeks => "weeks",
            Self::Months => "months",
            Self::Years => "years",
        }
    }
    /// So many days, counted in this unit.
    pub fn from_days(self, days: f64) -> f64 {
        days / self.days()
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that is no unit of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no unit of time: days, weeks, months or years")]
pub struct NotAUnit(String);

impl FromStr for Unit {
    type Err = NotAUnit;
    fn from_str(word: &str) -> Result<Self, NotAUnit> {
        let all = [Self::Days, Self::Weeks, Self::Months, Self::Years];
        all.into_iter().find(|it| it.name() == word).ok_or_else(|| NotAUnit(word.to_owned()))
    }
}

/// A length of time with its unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Span {
    length: f64,
    unit: Unit,
}

/// A length that no time has.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{0} is no length of time: it must be a finite number and not below zero")]
pub struct NotASpan(pub f64);

impl Span {
    /// A length, which must be finite and not negative.
    pub fn new(length: f64, unit: Unit) -> Result<Self, NotASpan> {
        if length.is_finite() && length >= 0.0 { Ok(Self { length, unit }) } else { Err(NotASpan(length)) }
    }
    /// So many days.
    pub fn days(count: u32) -> Self {
        Self { length: count.into(), unit: Unit::Days }
    }
    /// So many weeks.
    pub fn weeks(count: u32) -> Self {
        Self { length: count.into(), unit: Unit::Weeks }
    }
    /// So many months of 30.4375 days.
    pub fn months(count: u32) -> Self {
        Self { length: count.into(), unit: Unit::Months }
    }
    /// So many years of 365.25 days.
    pub fn years(count: u32) -> Self {
        Self { length: count.into(), unit: Unit::Years }
    }
    /// How long it is in a unit. Twelve months are 52.18 weeks and 365.25 days.
    pub fn in_unit(self, unit: Unit) -> f64 {
        if self.unit == unit { self.length } else { unit.from_days(self.length * self.unit.days()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_months_are_a_year_in_every_unit() {
        assert_eq!(Span::months(12).in_unit(Unit::Days), 365.25);
        assert!((Span::months(12).in_unit(Unit::Weeks) - 365.25 / 7.0).abs() < 1e-12);
        assert!((Span::years(1).in_unit(Unit::Months) - 12.0).abs() < 1e-12);
    }

    #[test]
    fn no_time_is_negative_or_unknown() {
        assert!(Span::new(-1.0, Unit::Days).is_err());
        assert!(Span::new(f64::NAN, Unit::Days).is_err());
        assert!("fortnights".parse::<Unit>().is_err());
        assert_eq!("weeks".parse(), Ok(Unit::Weeks));
    }
}
