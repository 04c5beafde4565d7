//! The people who bought from CDNOW, an online music shop, for the first time in the first quarter of 1997, and everything they bought
//! there in eighteen months: the best-known public record of who comes back. Its last day is moved to now.
//!
//! Source: Fader and Hardie; <https://www.brucehardie.com/datasets/>, as in `data/value`.

use std::io::Read as _;

use flate2::read::GzDecoder;
use model::{Channel, Direction, Fields, Fragment, Kind, Money, NewMoment, Purchase, Time};

use crate::Company;

const PACKED: &[u8] = include_bytes!("../data/cdnow_transactions.txt.gz");
/// The last day of the record.
const LAST: &str = "1998-06-30";

/// One line of the record.
struct Line<'a> {
    customer: &'a str,
    at: Time,
    discs: i64,
    cents: i64,
}

/// Everybody who bought there, moved so that the record ends today.
///
/// # Panics
/// Only if the record that is part of the program is damaged, which a test of this crate finds.
#[allow(clippy::expect_used, reason = "the record is part of the program, and a test reads it")]
pub fn cdnow(now: Time) -> Company {
    let mut text = String::new();
    GzDecoder::new(PACKED).read_to_string(&mut text).expect("a whole record");
    let last = Time::parse(&format!("{LAST}T12:00:00Z")).expect("a written day");
    let days = (now.seconds_since(last)).div_euclid(86_400);
    let mut fragments: Vec<Fragment> = Vec::new();
    for (n, line) in text.lines().enumerate().skip(1) {
        let line = read(line).expect("four words in a line");
        if fragments.last().is_none_or(|it| it.key != line.customer) {
            fragments.push(somebody(&line, days));
        }
        if let Some(somebody) = fragments.last_mut() {
            somebody.moments.push(bought(n, &line, days));
        }
    }
    Company {
        name: "CDNOW".into(),
        own_domains: vec!["cdnow.example".into()],
        country: "US".into(),
        currency: "USD".into(),
        staff: crate::staff::staff(),
        accounts: Vec::new(),
        fragments,
    }
}

fn read(line: &str) -> Option<Line<'_>> {
    let mut words = line.split_whitespace();
    let (customer, day, discs, dollars) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let date = format!("{}-{}-{}T12:00:00Z", day.get(..4)?, day.get(4..6)?, day.get(6..8)?);
    let cents = (dollars.parse::<f64>().ok()? * 100.0).round() as i64;
    Some(Line { customer, at: Time::parse(&date).ok()?, discs: discs.parse().ok()?, cents })
}

fn somebody(line: &Line<'_>, days: i64) -> Fragment {
    Fragment {
        source: "cdnow".into(),
        key: line.customer.to_owned(),
        seen_at: line.at.plus_days(days),
        fields: Fields::from([("name".to_owned(), format!("Customer {}", line.customer))]),
        handles: Vec::new(),
        roles: Vec::new(),
        moments: Vec::new(),
    }
}

fn bought(n: usize, line: &Line<'_>, days: i64) -> NewMoment {
    let discs = if line.discs == 1 { "1 CD".to_owned() } else { format!("{} CDs", line.discs) };
    let total = Money { minor: line.cents, currency: "USD".into() };
    let order = Some(n.to_string());
    let purchase = Purchase { total, order: order.clone(), items: Vec::new() };
    NewMoment {
        key: n.to_string(),
        at: line.at.plus_days(days),
        kind: Kind::Purchase,
        channel: Channel::Shop,
        direction: Direction::Heard,
        account: None,
        by: None,
        thread: order,
        title: discs,
        body: String::new(),
        data: serde_json::json!(purchase),
        originals: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_is_the_published_one_and_ends_today() {
        let mut text = String::new();
        GzDecoder::new(PACKED).read_to_string(&mut text).unwrap();
        assert_eq!(text, include_str!("../../../data/value/cdnow_transactions.txt"));
        let now = Time::parse("2026-03-18T14:30:00Z").unwrap();
        let company = cdnow(now);
        let moments: usize = company.fragments.iter().map(|it| it.moments.len()).sum();
        assert_eq!((company.fragments.len(), moments), (23_570, 69_659));
        let last = company.fragments.iter().flat_map(|it| &it.moments).map(|it| it.at).max().unwrap();
        assert_eq!(last.date(), now.date());
    }
}
