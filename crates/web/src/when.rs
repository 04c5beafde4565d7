//! Times as people say them, in the organisation's time zone.

use jiff::{Zoned, civil::Date, tz::TimeZone};
use maud::{Markup, html};
use model::Time;

fn zoned(at: Time, zone: &TimeZone) -> Zoned {
    at.timestamp().to_zoned(zone.clone())
}

/// The calendar day on which something happened here.
pub(crate) fn day(at: Time, zone: &TimeZone) -> Date {
    zoned(at, zone).date()
}

/// `Tuesday, 12 May`, with the year if it is another one.
pub(crate) fn day_words(day: Date, today: Date) -> String {
    match (today - day).get_days() {
        0 if day == today => "Today".to_owned(),
        1 if day.tomorrow().ok() == Some(today) => "Yesterday".to_owned(),
        _ if day.year() == today.year() => day.strftime("%A, %-d %B").to_string(),
        _ => day.strftime("%A, %-d %B %Y").to_string(),
    }
}

/// `14:05`.
pub(crate) fn clock(at: Time, zone: &TimeZone) -> Markup {
    let here = zoned(at, zone);
    html! {
        time datetime=(at) title=(here.strftime("%A, %-d %B %Y, %H:%M")) { (here.strftime("%H:%M")) }
    }
}

/// How long ago, as one would say it: `just now`, `3 hours ago`, `Tuesday`, `12 May`, `May 2024`.
pub(crate) fn ago_words(at: Time, now: Time, zone: &TimeZone) -> String {
    let (then, today) = (zoned(at, zone), zoned(now, zone));
    let seconds = now.seconds_since(at);
    let days = (today.date() - then.date()).get_days();
    match seconds {
        ..0 => then.strftime("%-d %B %Y").to_string(),
        0..90 => "just now".to_owned(),
        90..3600 => format!("{} minutes ago", seconds / 60),
        3600..7200 => "an hour ago".to_owned(),
        _ if days == 0 => format!("{} hours ago", seconds / 3600),
        _ if days == 1 => "yesterday".to_owned(),
        _ if days < 7 => format!("on {}", then.strftime("%A")),
        _ if then.year() == today.year() => format!("on {}", then.strftime("%-d %B")),
        _ => format!("in {}", then.strftime("%B %Y")),
    }
}

/// The same, with the exact time behind it.
pub(crate) fn ago(at: Time, now: Time, zone: &TimeZone) -> Markup {
    let exact = zoned(at, zone).strftime("%A, %-d %B %Y, %H:%M").to_string();
    html! { time datetime=(at) title=(exact) { (ago_words(at, now, zone)) } }
}

/// `12 May 2026`.
pub(crate) fn date(at: Time, zone: &TimeZone) -> Markup {
    html! { time datetime=(at) { (zoned(at, zone).strftime("%-d %B %Y")) } }
}

/// The time that somebody entered in such a field.
pub(crate) fn entered(text: &str, zone: &TimeZone) -> Option<Time> {
    let local: jiff::civil::DateTime = text.trim().parse().ok()?;
    Some(local.to_zoned(zone.clone()).ok()?.timestamp().into())
}

/// The beginning of a day that somebody entered.
pub(crate) fn day_begins(text: &str, zone: &TimeZone) -> Option<Time> {
    let day: Date = text.trim().parse().ok()?;
    Some(day.to_zoned(zone.clone()).ok()?.timestamp().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_the_way_people_say_them() {
        let zone = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
        let now = Time::parse("2026-05-12T12:00:00Z").unwrap();
        let said = |text: &str| ago_words(Time::parse(text).unwrap(), now, &zone);
        assert_eq!(said("2026-05-12T11:59:30Z"), "just now");
        assert_eq!(said("2026-05-12T09:00:00Z"), "3 hours ago");
        assert_eq!(said("2026-05-11T23:00:00Z"), "13 hours ago", "one in the morning here is today");
        assert_eq!(said("2026-05-11T12:00:00Z"), "yesterday");
        assert_eq!(said("2026-05-08T12:00:00Z"), "on Friday");
        assert_eq!(said("2026-03-01T12:00:00Z"), "on 1 March");
        assert_eq!(said("2024-03-01T12:00:00Z"), "in March 2024");
        let entered = entered("2026-05-12T14:00", &zone).unwrap();
        assert_eq!(entered, now);
    }
}
