//! Stretches of days that analyses look at.

use serde::{Deserialize, Serialize};

use crate::lives::{Day, Month, first_of, month_of};

/// Days in a year.
pub const YEAR: Day = 365;

/// Days from one until another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The first.
    pub from: Day,
    /// The first that is no longer within.
    pub to: Day,
}

impl Period {
    /// So many days that end with today.
    pub fn until(today: Day, days: Day) -> Self {
        Self { from: today + 1 - days, to: today + 1 }
    }
    /// So many whole months, of which the last is over.
    pub fn of_months(last: Month, months: i32) -> Self {
        Self { from: first_of(last + 1 - months), to: first_of(last + 1) }
    }
    /// Whether a day is within.
    pub fn holds(&self, day: Day) -> bool {
        self.from <= day && day < self.to
    }
    /// How many days are within.
    pub fn days(&self) -> Day {
        (self.to - self.from).max(0)
    }
    /// What is in both.
    pub fn within(&self, other: Self) -> Self {
        Self { from: self.from.max(other.from), to: self.to.min(other.to) }
    }
    /// Which share of a month's days until today is within: what was noted for a month is spread evenly over them.
    pub fn share_of(&self, month: Month, today: Day) -> f64 {
        let first = first_of(month);
        let known = Self { from: first, to: first_of(month + 1).min(today + 1).max(first + 1) };
        f64::from(self.within(known).days()) / f64::from(known.days())
    }
}

/// The last month that is over.
pub fn last_whole_month(today: Day) -> Month {
    month_of(today + 1) - 1
}

/// How many whole months passed from one day to another; none if the other is earlier.
pub fn months_between(from: Day, to: Day) -> Month {
    let (a, b) = (crate::lives::date_of(from), crate::lives::date_of(to));
    let early = Month::from(b.day() < a.day());
    (month_of(to) - month_of(from) - early).max(0)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::lives::day_of;

    #[test]
    fn a_month_counts_by_the_share_of_its_days_and_one_that_runs_by_those_it_has_had() {
        let june = month_of(day_of(date(2026, 6, 1)));
        let half = Period { from: day_of(date(2026, 6, 16)), to: day_of(date(2026, 8, 1)) };
        assert_eq!(half.share_of(june, day_of(date(2026, 9, 1))), 0.5);
        assert_eq!(half.share_of(june, day_of(date(2026, 6, 20))), 0.25, "5 of the 20 days so far");
        assert_eq!(half.share_of(june - 1, day_of(date(2026, 9, 1))), 0.0);
    }

    #[test]
    fn a_month_is_over_on_its_last_day() {
        assert_eq!(last_whole_month(day_of(date(2026, 6, 30))), month_of(day_of(date(2026, 6, 1))));
        assert_eq!(last_whole_month(day_of(date(2026, 6, 29))), month_of(day_of(date(2026, 5, 1))));
        assert_eq!(months_between(day_of(date(2026, 1, 15)), day_of(date(2026, 3, 14))), 1);
        assert_eq!(months_between(day_of(date(2026, 1, 15)), day_of(date(2026, 3, 15))), 2);
    }
}
