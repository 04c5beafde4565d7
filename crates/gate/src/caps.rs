//! How much is enough: what was said within a time is counted, and what would be too much waits or is dropped.

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use model::Time;

use crate::{
    Reason,
    standing::{ANY, Cap, Handed},
};

/// Over which time a cap counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Span {
    /// The last so many seconds.
    Rolling(i64),
    /// The day, week (from Monday) or month there.
    Day,
    /// See above.
    Week,
    /// See above.
    Month,
}

impl Span {
    /// What a cap means, or what of it cannot be read.
    pub(crate) fn of(cap: &Cap) -> Result<Self, String> {
        let wrong = || format!("“{}” is no time like rolling:7d, rolling:12h or calendar:week", cap.window);
        match cap.window.split_once(':').ok_or_else(wrong)? {
            ("calendar", "day") => Ok(Self::Day),
            ("calendar", "week") => Ok(Self::Week),
            ("calendar", "month") => Ok(Self::Month),
            ("rolling", long) => {
                let unit = long.chars().last().ok_or_else(wrong)?;
                let count: i64 = long[..long.len() - unit.len_utf8()].parse().map_err(|_| wrong())?;
                let seconds = match unit {
                    'd' => 86_400,
                    'h' => 3600,
                    'm' => 60,
                    _ => return Err(wrong()),
                };
                (1..=3650).contains(&count).then_some(Self::Rolling(count * seconds)).ok_or_else(wrong)
            }
            _ => Err(wrong()),
        }
    }

    /// From when until when it counts at a time there; the second is when it begins anew.
    fn around(self, at: Time, zone: &TimeZone) -> Option<(Time, Time)> {
        let today = at.timestamp().to_zoned(zone.clone()).date();
        let (from, to) = match self {
            Self::Rolling(seconds) => return Some((at.plus_seconds(-seconds), at)),
            Self::Day => (today, today.tomorrow().ok()?),
            Self::Week => {
                let monday =
                    today.checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days()).ok()?;
                (monday, monday.checked_add(7.days()).ok()?)
            }
            Self::Month => (today.first_of_month(), today.first_of_month().checked_add(1.month()).ok()?),
        };
        let begins = |it: Date| it.to_zoned(zone.clone()).ok().map(|it| Time::from(it.timestamp()));
        Some((begins(from)?, begins(to)?))
    }
}

/// What a cap says of one message more.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// There is room.
    Now,
    /// There is room then.
    At(Time),
    /// It is dropped.
    Never(Reason),
}

/// Whether there is room for one more of this class by this channel.
pub(crate) fn room(
    cap: &Cap,
    history: &[Handed],
    class: &str,
    channel: &str,
    at: Time,
    zone: &TimeZone,
) -> Room {
    let covers = |classes: &[String], it: &str| classes.iter().any(|class| class == it || class == ANY);
    if !covers(&cap.classes, class) || (cap.channel != ANY && cap.channel != channel) {
        return Room::Now;
    }
    // A cap that cannot be read holds everything rather than nothing.
    let Ok(span) = Span::of(cap) else { return Room::Never(Reason::FrequencyCapped) };
    let Some((from, anew)) = span.around(at, zone) else { return Room::Never(Reason::FrequencyCapped) };
    let is_within = |it: &Time| match span {
        Span::Rolling(_) => *it > from && *it <= at,
        _ => *it >= from && *it < anew,
    };
    let counted = history.iter().filter(|it| {
        it.counts() && covers(&cap.classes, &it.class) && (cap.channel == ANY || cap.channel == it.channel)
    });
    let mut times: Vec<Time> = counted.map(|it| it.at).filter(is_within).collect();
    if times.len() < cap.max {
        return Room::Now;
    }
    if cap.on_exceed == "drop" || cap.max == 0 {
        return Room::Never(Reason::FrequencyCapped);
    }
    times.sort_unstable();
    match span {
        Span::Rolling(seconds) => Room::At(times[times.len() - cap.max].plus_seconds(seconds)),
        _ => Room::At(anew),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cap(window: &str, max: usize, on_exceed: &str) -> Cap {
        let classes = vec!["marketing".to_owned()];
        Cap {
            id: "c".into(),
            classes,
            channel: "*".into(),
            max,
            window: window.into(),
            on_exceed: on_exceed.into(),
        }
    }

    fn asked(cap: &Cap, said: &[&str], at: &str) -> Room {
        let handed = |it: &&str| Handed {
            at: Time::parse(it).unwrap(),
            class: "marketing".into(),
            channel: "email".into(),
            status: "accepted".into(),
            dedupe_key: String::new(),
        };
        let history: Vec<Handed> = said.iter().map(handed).collect();
        let zone = crate::hours::zone("Europe/Berlin").unwrap();
        room(cap, &history, "marketing", "email", Time::parse(at).unwrap(), &zone)
    }

    #[test]
    fn there_is_room_when_enough_has_passed() {
        let two = cap("rolling:7d", 2, "defer");
        let said = ["2026-03-05T10:00:00Z", "2026-03-07T10:00:00Z", "2026-03-09T10:00:00Z"];
        let at = |it: &str| Room::At(Time::parse(it).unwrap());
        assert_eq!(
            asked(&two, &said, "2026-03-10T10:00:00Z"),
            at("2026-03-14T10:00:00Z"),
            "the third has to go as well"
        );
        assert_eq!(asked(&two, &said, "2026-03-14T10:00:00Z"), Room::Now);
        let week = cap("calendar:week", 1, "defer");
        assert_eq!(asked(&week, &said[2..], "2026-03-10T10:00:00Z"), at("2026-03-15T23:00:00Z"));
        assert_eq!(asked(&week, &said[..2], "2026-03-10T10:00:00Z"), Room::Now, "that was last week");
        let month = cap("calendar:month", 1, "defer");
        assert_eq!(asked(&month, &said, "2026-03-10T10:00:00Z"), at("2026-03-31T22:00:00Z"));
        assert_eq!(
            asked(&cap("rolling:7d", 1, "drop"), &said, "2026-03-10T10:00:00Z"),
            Room::Never(Reason::FrequencyCapped)
        );
        assert_eq!(
            asked(&cap("sometimes", 1, "defer"), &[], "2026-03-10T10:00:00Z"),
            Room::Never(Reason::FrequencyCapped)
        );
    }
}
