//! Quiet hours: wall clocks of the place where somebody is, also on the two nights when clocks are changed.

use jiff::{
    Timestamp,
    civil::{Date, Time as Clock, Weekday},
    tz::{AmbiguousOffset, TimeZone},
};
use model::Time;

use crate::standing::Quiet;

/// A time zone by its name.
pub(crate) fn zone(name: &str) -> Option<TimeZone> {
    TimeZone::get(name).ok()
}

/// Whether there is a time zone of this name.
pub fn is_zone(name: &str) -> bool {
    zone(name).is_some()
}

/// What of quiet hours cannot be read.
///
/// # Errors
/// In words.
pub fn check_quiet(row: &Quiet) -> Result<(), String> {
    Window::of(row).map(drop)
}

/// Quiet hours, read.
pub(crate) struct Window {
    start: Clock,
    end: Clock,
    days: Vec<Weekday>,
}

impl Window {
    /// What a row means, or what of it cannot be read.
    pub(crate) fn of(row: &Quiet) -> Result<Self, String> {
        Ok(Self {
            start: clock(&row.start)?,
            end: clock(&row.end)?,
            days: row.days.iter().map(|it| day(it)).collect::<Result<_, _>>()?,
        })
    }

    /// When it ends, if it is on at that time there.
    pub(crate) fn ends(&self, at: Time, zone: &TimeZone) -> Option<Time> {
        let (now, here) = (at.timestamp(), at.timestamp().to_zoned(zone.clone()));
        let (date, clock) = (here.date(), here.time());
        let begins_today = clock >= self.start && (clock < self.end || self.goes_over_night());
        let began_yesterday = self.goes_over_night() && clock < self.end;
        let last = match (begins_today, began_yesterday) {
            (true, _) if self.is_on(date) => {
                if self.goes_over_night() {
                    date.tomorrow().ok()?
                } else {
                    date
                }
            }
            (_, true) if self.is_on(date.yesterday().ok()?) => date,
            _ => return None,
        };
        // Where clocks jump out of it, it is over then.
        let jump = zone.following(now).next().map(|it| it.timestamp());
        let end = self.end_on(last, now, zone)?;
        let end = jump.filter(|it| *it < end && !self.has(*it, zone)).unwrap_or(end);
        Some(Time::from(end))
    }

    fn goes_over_night(&self) -> bool {
        self.end <= self.start
    }

    fn is_on(&self, date: Date) -> bool {
        self.days.is_empty() || self.days.contains(&date.weekday())
    }

    fn has(&self, at: Timestamp, zone: &TimeZone) -> bool {
        let clock = at.to_zoned(zone.clone()).time();
        match self.goes_over_night() {
            true => clock >= self.start || clock < self.end,
            false => clock >= self.start && clock < self.end,
        }
    }

    /// The first time after now at which clocks there show its end.
    fn end_on(&self, date: Date, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let shown = zone.to_ambiguous_zoned(date.to_datetime(self.end));
        let is_twice = matches!(shown.offset(), AmbiguousOffset::Fold { .. });
        let first = shown.clone().earlier().ok()?.timestamp();
        match is_twice {
            true if first <= now => Some(shown.later().ok()?.timestamp()),
            true => Some(first),
            false => Some(shown.compatible().ok()?.timestamp()),
        }
    }
}

fn clock(text: &str) -> Result<Clock, String> {
    let wrong = || format!("“{text}” is no time of day like 21:00");
    let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
    let hour = hour.parse().map_err(|_| wrong())?;
    Clock::new(hour, minute.parse().map_err(|_| wrong())?, 0, 0).map_err(|_| wrong())
}

fn day(text: &str) -> Result<Weekday, String> {
    Ok(match text {
        "mon" => Weekday::Monday,
        "tue" => Weekday::Tuesday,
        "wed" => Weekday::Wednesday,
        "thu" => Weekday::Thursday,
        "fri" => Weekday::Friday,
        "sat" => Weekday::Saturday,
        "sun" => Weekday::Sunday,
        _ => return Err(format!("“{text}” is no day; days are mon, tue, wed, thu, fri, sat, sun")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(start: &str, end: &str, days: &[&str], at: &str) -> Option<String> {
        let days = days.iter().map(|it| (*it).to_owned()).collect();
        let (start, end) = (start.to_owned(), end.to_owned());
        let row = Quiet { channels: Vec::new(), jurisdiction: "*".into(), days, start, end };
        let zone = zone("Europe/Berlin").unwrap();
        Window::of(&row).unwrap().ends(Time::parse(at).unwrap(), &zone).map(|it| it.to_string())
    }

    #[test]
    fn the_night_ends_when_clocks_there_say_so() {
        assert_eq!(ends("21:00", "08:00", &[], "2026-03-10T20:30:00Z").unwrap(), "2026-03-11T07:00:00Z");
        assert_eq!(ends("21:00", "08:00", &[], "2026-03-11T07:00:00Z"), None, "at its end it is over");
        assert_eq!(ends("21:00", "08:00", &[], "2026-03-10T20:00:00Z").unwrap(), "2026-03-11T07:00:00Z");
        assert_eq!(ends("13:00", "15:00", &[], "2026-03-10T12:30:00Z").unwrap(), "2026-03-10T14:00:00Z");
    }

    #[test]
    fn clocks_that_jump_end_it_and_clocks_that_repeat_end_it_the_first_time() {
        // 02:30 is not there on the night of the 29th of March; at 01:00 UTC clocks show 03:00.
        assert_eq!(ends("22:00", "02:30", &[], "2026-03-29T00:10:00Z").unwrap(), "2026-03-29T01:00:00Z");
        assert_eq!(ends("22:00", "08:00", &[], "2026-03-29T00:10:00Z").unwrap(), "2026-03-29T06:00:00Z");
        // On the 25th of October 02:30 is there twice.
        assert_eq!(ends("22:00", "02:30", &[], "2026-10-25T00:10:00Z").unwrap(), "2026-10-25T00:30:00Z");
        assert_eq!(ends("22:00", "02:30", &[], "2026-10-25T01:10:00Z").unwrap(), "2026-10-25T01:30:00Z");
        assert_eq!(ends("22:00", "08:00", &[], "2026-10-25T00:10:00Z").unwrap(), "2026-10-25T07:00:00Z");
    }

    #[test]
    fn a_night_belongs_to_the_day_on_which_it_begins() {
        let sunday = ["sun"];
        assert_eq!(ends("21:00", "12:00", &sunday, "2026-03-08T21:00:00Z").unwrap(), "2026-03-09T11:00:00Z");
        assert_eq!(ends("21:00", "12:00", &sunday, "2026-03-09T06:00:00Z").unwrap(), "2026-03-09T11:00:00Z");
        assert_eq!(ends("21:00", "12:00", &sunday, "2026-03-09T21:00:00Z"), None);
    }
}
