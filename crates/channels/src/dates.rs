//! Dates as people write them in columns, and never a guess between March and April.

use std::fmt;

use jiff::{
    civil::{Date, DateTime},
    fmt::strtime,
    tz::TimeZone,
};
use model::Time;

/// Ways of writing that name the month or begin with the year, and so mean one thing only.
const CLEAR: &[&str] =
    &["%Y/%m/%d", "%Y.%m.%d", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%d-%b-%Y"];

/// How a column writes its dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DateStyle {
    /// So that each value says what it means: RFC 3339, year first, or the month by name.
    Clear,
    /// 25/12/2026.
    DayFirst,
    /// 12/25/2026.
    MonthFirst,
    /// With figures that could be either; such values are refused until somebody says which.
    Ambiguous,
    /// As this `strptime` format says.
    Given(String),
}

impl DateStyle {
    /// Looks at a column's values: one day beyond the twelfth tells for all of them.
    pub fn of<'a>(values: impl Iterator<Item = &'a str>) -> Self {
        let (mut day_first, mut month_first, mut any) = (false, false, false);
        for (one, two) in values.filter_map(figures) {
            any = true;
            day_first |= one > 12;
            month_first |= two > 12;
        }
        match (any, day_first, month_first) {
            (false, ..) => Self::Clear,
            (true, true, false) => Self::DayFirst,
            (true, false, true) => Self::MonthFirst,
            _ => Self::Ambiguous,
        }
    }
}

impl fmt::Display for DateStyle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clear => f.write_str("each date says what it means"),
            Self::DayFirst => f.write_str("the day comes first, as in 25/12/2026"),
            Self::MonthFirst => f.write_str("the month comes first, as in 12/25/2026"),
            Self::Ambiguous => f.write_str("day or month could come first: please say which"),
            Self::Given(format) => write!(f, "as in {format}"),
        }
    }
}

/// Reads dates of one style; those without a zone are in this one.
#[derive(Debug, Clone)]
pub struct Dates {
    /// How they are written.
    pub style: DateStyle,
    /// Where the clock stood that was looked at.
    pub zone: TimeZone,
}

impl Dates {
    /// The point in time, or why it cannot be told.
    pub fn read(&self, text: &str) -> Result<Time, String> {
        let text = text.trim();
        if let DateStyle::Given(format) = &self.style {
            return self.by_format(format, text).ok_or_else(|| wrong(text, &format!("a date like {format}")));
        }
        match figures(text) {
            Some(_) => self.by_figures(text),
            None => self.clear(text).ok_or_else(|| wrong(text, "a date like 2026-03-31")),
        }
    }

    fn clear(&self, text: &str) -> Option<Time> {
        if let Ok(time) = Time::parse(text) {
            return Some(time);
        }
        if let Ok(moment) = text.parse::<DateTime>() {
            // A bare run of eight figures is a format that somebody has to name, as it may be an order number.
            return if text.contains('-') { self.civil(moment) } else { None };
        }
        CLEAR.iter().find_map(|format| self.by_format(format, text))
    }

    fn by_figures(&self, text: &str) -> Result<Time, String> {
        let day = text.split([' ', 'T']).next().unwrap_or_default();
        if day.rsplit(['/', '-', '.']).next().is_none_or(|year| year.len() != 4) {
            return Err(wrong(text, "a date with a year of four figures"));
        }
        let mark = text.chars().find(|c| matches!(c, '/' | '-' | '.')).unwrap_or('/');
        let day_first = match (&self.style, figures(text)) {
            (DateStyle::DayFirst, _) => true,
            (DateStyle::MonthFirst, _) => false,
            (_, Some((one, _))) if one > 12 => true,
            (_, Some((_, two))) if two > 12 => false,
            (_, Some((one, two))) if one == two => true,
            _ if mark == '.' => true,
            _ => return Err(wrong(text, "clear: day or month could come first, so a date format is needed")),
        };
        let format = if day_first { "%d/%m/%Y" } else { "%m/%d/%Y" }.replace('/', &mark.to_string());
        ["", " %H:%M", " %H:%M:%S", " %I:%M %p"]
            .iter()
            .find_map(|clock| self.by_format(&format!("{format}{clock}"), text))
            .ok_or_else(|| wrong(text, "a date with a year of four figures"))
    }

    fn by_format(&self, format: &str, text: &str) -> Option<Time> {
        let parts = strtime::parse(format, text).ok()?;
        if let Ok(stamp) = parts.to_timestamp() {
            return Some(stamp.into());
        }
        let moment = parts.to_datetime().or_else(|_| parts.to_date().map(Date::into)).ok()?;
        self.civil(moment)
    }

    fn civil(&self, moment: DateTime) -> Option<Time> {
        moment.to_zoned(self.zone.clone()).ok().map(|zoned| zoned.timestamp().into())
    }
}

/// The first two figures of a date that ends in a year: `3/4/2026`, `03.04.26 9:30`.
fn figures(text: &str) -> Option<(u8, u8)> {
    let day = text.split([' ', 'T']).next()?;
    let mut parts = day.split(['/', '-', '.']);
    let (one, two, year) = (parts.next()?, parts.next()?, parts.next()?);
    let short = |part: &str| (1..=2).contains(&part.len());
    let is_date = parts.next().is_none() && short(one) && short(two) && matches!(year.len(), 2 | 4);
    year.parse::<u16>().ok()?;
    if is_date { Some((one.parse().ok()?, two.parse().ok()?)) } else { None }
}

fn wrong(text: &str, wanted: &str) -> String {
    format!("\u{201c}{}\u{201d} is not {wanted}", text.chars().take(40).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(style: DateStyle, text: &str) -> Result<String, String> {
        Dates { style, zone: TimeZone::UTC }.read(text).map(|time| time.to_string())
    }

    #[test]
    fn a_date_that_says_what_it_means_is_read_as_it_stands() {
        for (text, wanted) in [
            ("2026-03-01T09:30:00+01:00", "2026-03-01T08:30:00Z"),
            ("2026-03-01", "2026-03-01T00:00:00Z"),
            ("2026-03-01 09:30:00", "2026-03-01T09:30:00Z"),
            ("2026/03/01", "2026-03-01T00:00:00Z"),
            ("1 Mar 2026", "2026-03-01T00:00:00Z"),
            ("March 1, 2026", "2026-03-01T00:00:00Z"),
            ("31.12.2026", "2026-12-31T00:00:00Z"),
            ("3.4.2026", "2026-04-03T00:00:00Z"),
            ("5/5/2026", "2026-05-05T00:00:00Z"),
        ] {
            assert_eq!(read(DateStyle::Clear, text).as_deref(), Ok(wanted), "{text}");
        }
    }

    #[test]
    fn the_third_of_april_is_never_guessed() {
        let error = read(DateStyle::Ambiguous, "03/04/2026").unwrap_err();
        assert!(error.contains("day or month could come first"), "{error}");
        assert_eq!(read(DateStyle::DayFirst, "03/04/2026").unwrap(), "2026-04-03T00:00:00Z");
        assert_eq!(read(DateStyle::MonthFirst, "03/04/2026 9:05").unwrap(), "2026-03-04T09:05:00Z");
        assert!(read(DateStyle::Clear, "19970101").is_err());
        assert!(read(DateStyle::DayFirst, "03/04/26").is_err());
        assert_eq!(read(DateStyle::Given("%Y%m%d".into()), "19970101").unwrap(), "1997-01-01T00:00:00Z");
        assert!(read(DateStyle::Given("%Y%m%d".into()), "1997-01-01").unwrap_err().contains("%Y%m%d"));
    }

    #[test]
    fn one_day_beyond_the_twelfth_tells_for_the_whole_column() {
        let style = |values: &[&str]| DateStyle::of(values.iter().copied());
        assert_eq!(style(&["03/04/2026", "25/04/2026"]), DateStyle::DayFirst);
        assert_eq!(style(&["03/04/2026", "04/25/2026"]), DateStyle::MonthFirst);
        assert_eq!(style(&["03/04/2026", "04/05/2026"]), DateStyle::Ambiguous);
        assert_eq!(style(&["25/04/2026", "04/25/2026"]), DateStyle::Ambiguous);
        assert_eq!(style(&["2026-04-03", ""]), DateStyle::Clear);
    }

    #[test]
    fn a_clock_without_a_zone_is_read_where_it_stood() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let dates = Dates { style: DateStyle::Clear, zone };
        assert_eq!(dates.read("2026-07-01 12:00").unwrap().to_string(), "2026-07-01T10:00:00Z");
    }
}
