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

/// `Tuesday, 12 May, 09:00`, with the year if it is another one.
pub(crate) fn moment(at: Time, now: Time, zone: &TimeZone) -> Markup {
    let said = format!("{}, {}", day_words(day(at, zone), day(now, zone)), zoned(at, zone).strftime("%H:%M"));
    html! { time datetime=(at) { (said) } }
}

/// A time as a field for one wants it.
pub(crate) fn for_field(at: Time, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%Y-%m-%dT%H:%M").to_string()
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

/// How long something has lasted: in the largest unit that says enough.
pub(crate) fn lasting(since: Time, now: Time) -> String {
    let minutes = (now.micros() - since.micros()).max(0) / 60_000_000;
    let of =
        |count: i64, unit: &str| if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") };
    match minutes {
        0 => "a moment".to_owned(),
        1..60 => of(minutes, "minute"),
        60..1440 => of(minutes / 60, "hour"),
        1440..86_400 => of(minutes / 1440, "day"),
        _ => of(minutes / 43_200, "month"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_something_lasts_is_said_in_the_unit_that_says_enough() {
        let now = Time::from_seconds(1_800_000_000);
        let said = |minutes: i64| lasting(now.plus_seconds(-minutes * 60), now);
        assert_eq!(
            [0, 1, 59, 60, 1439].map(said),
            ["a moment", "1 minute", "59 minutes", "1 hour", "23 hours"]
        );
        assert_eq!([1440, 59 * 1440, 60 * 1440, -5].map(said), ["1 day", "59 days", "2 months", "a moment"]);
    }

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
