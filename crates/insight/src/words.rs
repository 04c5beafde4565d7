//! Numbers in sentences.

use crate::lives::{Day, date_of};

/// `1 person`, `7 people`.
pub fn people(count: usize) -> String {
    counted(count, "person", "people")
}

/// A number with its noun.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// `once`, `twice`, `7 times`.
pub fn times(count: usize) -> String {
    match count {
        1 => "once".into(),
        2 => "twice".into(),
        _ => format!("{count} times"),
    }
}

/// A share in whole percent.
pub fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// A day as people write it.
pub fn date(day: Day) -> String {
    date_of(day).to_string()
}

/// So many minutes, as one would say it.
pub fn minutes(count: f64) -> String {
    let rounded = |it: f64| it.round().max(0.0) as usize;
    match count {
        1440.0 => "a day".into(),
        // Two hours are two hours, but 130 minutes are not.
        it if it < 60.0 || (it < 180.0 && it % 60.0 != 0.0) => counted(rounded(it), "minute", "minutes"),
        it if it < 36.0 * 60.0 => counted(rounded(it / 60.0), "hour", "hours"),
        it => counted(rounded(it / 1440.0), "day", "days"),
    }
}

/// So many days, as one would say it.
pub fn days(count: Day) -> String {
    let count = count.max(0);
    let of = |each: Day, one, many| counted(((count + each / 2) / each) as usize, one, many);
    match count {
        0..=59 => of(1, "day", "days"),
        60..=729 => of(30, "month", "months"),
        _ => counted((count / 365) as usize, "year", "years"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_as_people_say_them() {
        assert_eq!((people(1), people(7)), ("1 person".into(), "7 people".into()));
        assert_eq!(minutes(89.0), "89 minutes");
        assert_eq!((minutes(130.0), minutes(120.0)), ("130 minutes".into(), "2 hours".into()));
        assert_eq!((minutes(200.0), minutes(1440.0)), ("3 hours".into(), "a day".into()));
        assert_eq!(minutes(3000.0), "2 days");
        assert_eq!((days(1), days(90), days(800)), ("1 day".into(), "3 months".into(), "2 years".into()));
        assert_eq!((times(1), times(3), percent(0.251)), ("once".into(), "3 times".into(), "25 %".into()));
    }
}
