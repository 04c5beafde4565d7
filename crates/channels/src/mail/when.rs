//! When a message was written, by the best witness there is.

use jiff::tz::TimeZone;
use mail_parser::{DateTime, Message};
use model::Time;

use super::{Envelope, headers};
use crate::{Context, DateStyle, Dates};

/// Years in which mail was written; others are a broken clock.
const YEARS: std::ops::RangeInclusive<u16> = 1970..=2200;

/// Nothing bears witness but that it was read.
pub(super) const READING: &str = "reading";

/// A time, and who bears witness where the message's own date does not.
pub(super) struct When {
    pub at: Time,
    pub by: Option<&'static str>,
}

/// The Date header; else when it was received; else what the archive says; else the message before it.
pub(super) fn of(message: &Message<'_>, envelope: &Envelope, context: &Context) -> When {
    let by = |by| move |at| When { at, by };
    written(message)
        .map(by(None))
        .or_else(|| received(message).map(by(Some("received"))))
        .or_else(|| envelope.at.map(by(Some("envelope"))))
        .or_else(|| envelope.before.map(by(Some("order"))))
        .unwrap_or(When { at: context.seen_at, by: Some(READING) })
}

/// When the last server on its way received it.
pub(super) fn received(message: &Message<'_>) -> Option<Time> {
    message.received_all().find_map(|hop| hop.date().as_ref().and_then(time))
}

/// The Date header alone.
pub(super) fn written(message: &Message<'_>) -> Option<Time> {
    message.date().and_then(time).or_else(|| {
        let text = headers::get(message, "Date")?;
        let words: Vec<&str> = text.split_whitespace().collect();
        let read = Dates { style: DateStyle::Clear, zone: TimeZone::UTC }.read(&text).ok();
        read.filter(|time| time.micros() > 0).or_else(|| asctime(&words))
    })
}

fn time(date: &DateTime) -> Option<Time> {
    let fits = date.is_valid() && YEARS.contains(&date.year) && date.tz_hour < 15 && date.tz_minute < 60;
    fits.then(|| Time::from_seconds(date.to_timestamp()))
}

/// The sender and time of a `From ` line, in the forms that programs write; nothing if it is none.
pub(super) fn from_line(line: &[u8]) -> Option<(String, Option<Time>)> {
    let rest = std::str::from_utf8(line.strip_prefix(b"From ")?).ok()?;
    let words: Vec<&str> = rest.split_whitespace().collect();
    let day = words.iter().position(|word| DAYS.contains(&word.trim_end_matches(',')))?;
    let date = &words[day + 1..];
    let has_year = date
        .iter()
        .any(|word| word.len() == 4 && word.parse::<u16>().is_ok_and(|year| YEARS.contains(&year)));
    let has_clock = date.iter().any(|word| word.contains(':'));
    let has_month = date.iter().any(|word| MONTHS.iter().any(|month| word.starts_with(month)));
    if !(has_year && has_clock && has_month) || day > 6 {
        return None;
    }
    Some((words[..day].join(" "), asctime(date)))
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `Jan 5 09:14:16 2008`, with a zone before or after the year, or the day before the month.
fn asctime(words: &[&str]) -> Option<Time> {
    let find = |fits: &dyn Fn(&str) -> bool| words.iter().copied().find(|word| fits(word));
    let month = find(&|word| MONTHS.iter().any(|month| word.starts_with(month)))?;
    let day = find(&|word| word.len() <= 2 && word.parse::<u8>().is_ok())?;
    let year = find(&|word| word.len() == 4 && word.parse::<u16>().is_ok_and(|year| YEARS.contains(&year)))?;
    let clock = find(&|word| word.contains(':'))?;
    let zone = find(&|word| word.len() == 5 && word.starts_with(['+', '-'])).unwrap_or("+0000");
    let clock = if clock.matches(':').count() == 1 { format!("{clock}:00") } else { clock.to_owned() };
    let text = format!("{day} {} {year} {clock} {zone}", month.get(..3)?);
    jiff::fmt::strtime::parse("%d %b %Y %H:%M:%S %z", text).ok()?.to_timestamp().ok().map(Time::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn from_lines_of_many_programs_are_known() {
        for (line, sender, at) in [
            ("From ann@x.example Sat Jan  5 09:14:16 2008", "ann@x.example", Some("2008-01-05T09:14:16Z")),
            ("From - Tue Apr 27 19:42:22 2021", "-", Some("2021-04-27T19:42:22Z")),
            ("From 1671538@xxx Mon Apr 27 10:10:10 +0200 2020", "1671538@xxx", Some("2020-04-27T08:10:10Z")),
            (
                "From ann at x.example  Tue Apr 27 19:42:22 2021",
                "ann at x.example",
                Some("2021-04-27T19:42:22Z"),
            ),
            (
                "From MAILER-DAEMON Fri Jul  8 12:08:34 PDT 2011",
                "MAILER-DAEMON",
                Some("2011-07-08T12:08:34Z"),
            ),
        ] {
            let (found, time) = from_line(line.as_bytes()).unwrap();
            assert_eq!((found.as_str(), time.map(|t| t.to_string()).as_deref()), (sender, at));
        }
        for text in [
            "From now on we meet on Mon at 10:30",
            "From here",
            "From: ann@x.example",
            ">From a Sat Jan 5 09:14:16 2008",
        ] {
            assert!(from_line(text.as_bytes()).is_none(), "{text}");
        }
    }
}
