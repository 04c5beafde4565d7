//! How numbers are written in charts: at length in tables, short on axes, bare for other programs.

use jiff::civil::Date;
use model::Money;

use super::scale::is_known;

/// What stands where there is no number.
const UNKNOWN: &str = "\u{2013}";
/// A unit stays on the line of its number.
const TIED: char = '\u{a0}';
const MINUS: char = '\u{2212}';
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// What a number counts, and so how it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Format {
    /// Whole things: people, orders, weeks.
    Count,
    /// With so many digits after the point.
    Decimal(usize),
    /// A share, where 1 is all of it.
    Percent,
    /// Minor units of this currency.
    Money(String),
    /// A month, or a time within one, as [`month`] and [`day`] count them.
    Month,
}

/// The month of a day, as charts count months.
pub(crate) fn month(day: Date) -> f64 {
    f64::from(day.year()) * 12.0 + f64::from(day.month()) - 1.0
}

/// A day between its months.
pub(crate) fn day(day: Date) -> f64 {
    month(day) + f64::from(day.day() - 1) / f64::from(day.days_in_month())
}

impl Format {
    /// At length: `1,234.50 EUR`, `12.5 %`, `May 2026`.
    pub(crate) fn full(&self, value: f64) -> String {
        if !is_known(value) {
            return UNKNOWN.to_owned();
        }
        match self {
            Self::Count => shown(&format!("{value:.0}")),
            Self::Decimal(digits) => shown(&format!("{value:.digits$}")),
            Self::Percent => format!("{}{TIED}%", shown(short_digits(&format!("{:.1}", value * 100.0)))),
            Self::Money(currency) => format!("{}{TIED}{currency}", shown(&major(value, currency))),
            Self::Month => month_words(value),
        }
    }
    /// As one says it: cents of thousands say nothing.
    pub(crate) fn said(&self, value: f64) -> String {
        match self {
            Self::Money(currency) if is_known(value) && (value / unit(currency)).abs() >= 1000.0 => {
                format!("{}{TIED}{currency}", shown(&format!("{:.0}", value / unit(currency))))
            }
            _ => self.full(value),
        }
    }
    /// The same with its direction said aloud: `+12`, `−3`.
    pub(crate) fn moved(&self, value: f64) -> String {
        let sign = if value > 0.0 && is_known(value) { "+" } else { "" };
        format!("{sign}{}", self.said(value))
    }
    /// As short as an axis wants it, where the largest number is `beside`; money without its currency.
    pub(super) fn short(&self, value: f64, beside: f64) -> String {
        match self {
            Self::Count | Self::Decimal(_) => abbreviated(value, beside),
            Self::Percent => self.full(value),
            Self::Money(currency) => abbreviated(value / unit(currency), beside / unit(currency)),
            Self::Month => {
                let words = month_words(value);
                match words.split_once(TIED) {
                    Some(("Jan", year)) => year.to_owned(),
                    Some((month, _)) => month.to_owned(),
                    None => words,
                }
            }
        }
    }
    /// For other programs: no grouping, no unit; money in whole units, shares as part of 1.
    pub(super) fn bare(&self, value: f64) -> String {
        match self {
            _ if !is_known(value) => String::new(),
            Self::Money(currency) => major(value, currency),
            Self::Month => format!("{:04}-{:02}", year_of(value), month_of(value) + 1),
            _ => format!("{}", (value * 1e6).round() / 1e6 + 0.0),
        }
    }
    /// What the axis says of its unit.
    pub(super) fn unit_words(&self) -> &str {
        match self {
            Self::Money(currency) => currency,
            _ => "",
        }
    }
    /// The least step between two ticks: there is no half person.
    pub(super) fn least_step(&self) -> f64 {
        match self {
            Self::Count | Self::Month | Self::Money(_) => 1.0,
            Self::Decimal(digits) => 10f64.powi(-i32::try_from(*digits).unwrap_or(6)),
            Self::Percent => 0.001,
        }
    }
}

fn year_of(value: f64) -> i64 {
    (value / 12.0).floor() as i64
}

fn month_of(value: f64) -> usize {
    value.floor().rem_euclid(12.0) as usize
}

fn month_words(value: f64) -> String {
    format!("{}{TIED}{}", MONTHS[month_of(value).min(11)], year_of(value))
}

/// Minor units as a number of whole ones, as money itself writes it.
fn major(value: f64, currency: &str) -> String {
    let money = Money { minor: value.round() as i64, currency: currency.to_owned() }.to_string();
    money.split(' ').next().unwrap_or_default().to_owned()
}

/// How many minor units make a whole one.
fn unit(currency: &str) -> f64 {
    let digits = major(0.0, currency).split_once('.').map_or(0, |(_, rest)| rest.len());
    10f64.powi(i32::try_from(digits).unwrap_or(2))
}

fn abbreviated(value: f64, beside: f64) -> String {
    let (by, letter) = match beside.abs() {
        1e9.. => (1e9, "bn"),
        1e6.. => (1e6, "m"),
        1e4.. => (1e3, "k"),
        _ => (1.0, ""),
    };
    let letter = if value == 0.0 { "" } else { letter };
    format!("{}{letter}", shown(short_digits(&format!("{:.2}", value / by))))
}

/// Without zeros that say nothing.
fn short_digits(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

/// With its thousands apart and a true minus sign; nothing is not negative.
fn shown(number: &str) -> String {
    let (is_negative, bare) = number.strip_prefix('-').map_or((false, number), |rest| (true, rest));
    let (whole, rest) = bare.find('.').map_or((bare, ""), |at| bare.split_at(at));
    let mut out = String::new();
    if is_negative && bare.bytes().any(|it| matches!(it, b'1'..=b'9')) {
        out.push(MINUS);
    }
    for (n, digit) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        let euro = Format::Money("EUR".into());
        assert_eq!(Format::Count.full(1_234_567.0), "1,234,567");
        assert_eq!(Format::Count.full(-0.2), "0");
        assert_eq!(Format::Decimal(2).full(-1.5), "\u{2212}1.50");
        assert_eq!(Format::Percent.full(0.125), "12.5\u{a0}%");
        assert_eq!(Format::Percent.full(1.6), "160\u{a0}%");
        assert_eq!(euro.full(123_450.0), "1,234.50\u{a0}EUR");
        assert_eq!(Format::Money("JPY".into()).full(5000.0), "5,000\u{a0}JPY");
        assert_eq!(Format::Count.full(f64::NAN), "\u{2013}");
        assert_eq!(Format::Count.moved(3.0), "+3");
        assert_eq!(euro.said(123_450.0), "1,234\u{a0}EUR");
        assert_eq!(euro.said(99_950.0), "999.50\u{a0}EUR");
    }

    #[test]
    fn an_axis_writes_all_its_numbers_alike() {
        let short = |value| Format::Count.short(value, 20_000.0);
        assert_eq!([short(0.0), short(5_000.0), short(20_000.0)], ["0", "5k", "20k"]);
        assert_eq!(Format::Money("EUR".into()).short(250_000_000.0, 500_000_000.0), "2.5m");
        assert_eq!(Format::Count.short(2_500.0, 5_000.0), "2,500");
    }

    #[test]
    fn months_have_their_names_and_january_the_year() {
        let may = month(date(2026, 5, 1));
        assert_eq!(Format::Month.full(may), "May\u{a0}2026");
        assert_eq!(Format::Month.full(day(date(2026, 5, 31))), "May\u{a0}2026");
        assert_eq!(Format::Month.short(may, may), "May");
        assert_eq!(Format::Month.short(may - 4.0, may), "2026");
        assert_eq!(Format::Month.bare(may), "2026-05");
    }

    #[test]
    fn other_programs_get_bare_numbers() {
        assert_eq!(Format::Money("EUR".into()).bare(-123_450.0), "-1234.50");
        assert_eq!(Format::Percent.bare(0.125), "0.125");
        assert_eq!(Format::Count.bare(-0.0), "0");
        assert_eq!(Format::Count.bare(f64::INFINITY), "");
    }
}
