//! The year before now: weeks counted backwards from this Monday, so that a written Tuesday is a Tuesday.

use model::Time;

/// Weeks that fit into the year whatever day it is today.
pub const WEEKS: i64 = 51;

/// The year that ends now.
#[derive(Clone, Copy)]
pub struct Year {
    now: Time,
    monday: Time,
}

impl Year {
    /// The year that ends at this moment.
    pub fn ending(now: Time) -> Self {
        let today = now.date();
        let since_monday = i64::from(today.weekday().to_monday_zero_offset());
        let midnight = Time::from_date(today).unwrap_or(now);
        Self { now, monday: midnight.plus_days(-since_monday) }
    }

    /// Now.
    pub fn now(self) -> Time {
        self.now
    }

    /// The first moment a tale can tell of.
    pub fn start(self) -> Time {
        self.week(WEEKS, 0, 0)
    }

    /// Minutes after midnight on a weekday (0 is Monday), so many weeks before this week.
    pub fn week(self, weeks_back: i64, weekday: i64, minute: i64) -> Time {
        self.monday.plus_days(weekday - 7 * weeks_back).plus_seconds(minute * 60)
    }

    /// Whether something at this time has already happened, and not too long ago.
    pub fn holds(self, at: Time) -> bool {
        at >= self.start() && at < self.now
    }

    /// The same day at another time of day.
    pub fn at_minute(self, day: Time, minute: i64) -> Time {
        Time::from_date(day.date()).unwrap_or(day).plus_seconds(minute * 60)
    }
}

/// How busy a coffee shop is in each month: presents before the holidays, cold brew does not make up for July.
pub fn season(at: Time) -> f64 {
    const BUSY: [f64; 12] = [0.95, 0.95, 1.0, 0.95, 0.9, 0.8, 0.7, 0.75, 1.0, 1.1, 1.35, 1.75];
    BUSY[(at.date().month() - 1).clamp(0, 11) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_tuesday_is_a_tuesday_whatever_day_it_is_today() {
        for day in 0..14 {
            let now = Time::from_seconds(1_772_000_000).plus_days(day);
            let year = Year::ending(now);
            let told = year.week(3, 1, 9 * 60);
            assert_eq!(told.date().weekday(), jiff::civil::Weekday::Tuesday);
            assert!(year.holds(told) && year.start() > now.plus_days(-365));
        }
    }
}
