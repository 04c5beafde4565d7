//! Time as the store keeps it, and the one place that looks at the wall clock.

use std::{
    fmt,
    sync::atomic::{AtomicI64, Ordering},
};

use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A point in time: microseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(i64);

/// Why a text is not a point in time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\u{201c}{0}\u{201d} is not a date and time like 2026-03-01T09:30:00Z")]
pub struct TimeError(pub String);

impl Time {
    /// From microseconds since 1970, as stored.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }
    /// Microseconds since 1970, as stored.
    pub const fn micros(self) -> i64 {
        self.0
    }
    /// From seconds since 1970.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds * 1_000_000)
    }
    /// Reads RFC 3339 (`2026-03-01T09:30:00Z`, any offset).
    pub fn parse(text: &str) -> Result<Self, TimeError> {
        text.trim()
            .parse::<Timestamp>()
            .map(Self::from)
            .map_err(|_| TimeError(text.chars().take(60).collect()))
    }
    /// Midnight at the start of a civil day in UTC.
    pub fn from_date(date: jiff::civil::Date) -> Option<Self> {
        date.to_zoned(TimeZone::UTC).ok().map(|z| z.timestamp().into())
    }
    /// As jiff's timestamp; stored values outside its range are clamped.
    pub fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        })
    }
    /// The calendar day in UTC.
    pub fn date(self) -> jiff::civil::Date {
        self.timestamp().to_zoned(TimeZone::UTC).date()
    }
    /// Later by so many seconds (earlier if negative).
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }
    /// Later by so many days of 24 hours.
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_seconds(days * 86_400)
    }
    /// Whole seconds from `earlier` to here.
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0) / 1_000_000
    }
}

impl From<Timestamp> for Time {
    fn from(at: Timestamp) -> Self {
        Self(at.as_microsecond())
    }
}
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.timestamp(), f)
    }
}
impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl Serialize for Time {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(from)?).map_err(de::Error::custom)
    }
}

/// Where "now" comes from.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Time;
}

/// The wall clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "this is the door")]
    fn now(&self) -> Time {
        Timestamp::now().into()
    }
}

/// Measures how long something takes; says nothing of what time it is.
#[derive(Clone, Copy)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts now.
    #[allow(clippy::disallowed_methods, reason = "this is the door")]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }
    /// How long since the start.
    pub fn elapsed(&self) -> std::time::Duration {
        self.0.elapsed()
    }
}

/// A clock that stands still until it is moved: for tests and for the demo company.
pub struct StillClock(AtomicI64);

impl StillClock {
    /// Stands at this time.
    pub fn at(time: Time) -> Self {
        Self(AtomicI64::new(time.micros()))
    }
    /// Moves on by so many seconds.
    pub fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for StillClock {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_back_what_they_wrote() {
        let noon = Time::parse("2026-03-01T13:00:00.25+01:00").unwrap();
        assert_eq!(noon.to_string(), "2026-03-01T12:00:00.25Z");
        assert_eq!(Time::parse(&noon.to_string()).unwrap(), noon);
        assert!(Time::parse("yesterday").is_err());
    }
}
