//! From purchases with their days to what models learn from: x, t_x, T and spend, and what happened
//! afterwards.
//!
//! All that a customer buys on one day is one occasion, whatever the number of lines. The first occasion
//! makes a customer; x counts those after it. Time is counted in days and divided, never rounded to whole
//! weeks: 41 days are 41/7 weeks. Spend is the mean over repeat occasions, of the sum of each day, and is
//! measured in the same way before and after.
//!
//! A day is read only where there is no doubt: `2014-03-09`, `20140309`, or a moment with its offset
//! ([`day`]). `08/03/2014` is refused, because it is two days.

use std::collections::BTreeMap;

use jiff::{
    civil::Date,
    fmt::temporal::Pieces,
    tz::{Offset, TimeZone},
};

use crate::{
    summary::{History, Impossible},
    time::Unit,
};

/// One line of a bill.
#[derive(Debug, Clone, PartialEq)]
pub struct Purchase {
    /// Whose it is.
    pub customer: String,
    /// On which day.
    pub day: Date,
    /// How much was paid; below zero where something was given back.
    pub amount: f64,
}

/// A word that is no day, or more than one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is not one day for certain: write it as 2014-03-08, or with its time and offset as 2014-03-08T23:30:00-08:00"
)]
pub struct NotADay(pub String);

/// The day of a purchase.
///
/// A moment with an offset that the house's zone has at some time of the year was written by a clock of the
/// house, even one that nobody put forward in spring: its day is the one written. A moment with any other
/// offset counts on the day it has in the house's zone.
///
/// ```
/// # use figures::transactions::day;
/// # use jiff::{civil::date, tz::{TimeZone, offset}};
/// let west = TimeZone::fixed(offset(-8));
/// assert_eq!(day("2014-03-09T23:30:00-08:00", &west), Ok(date(2014, 3, 9)));
/// assert_eq!(day("2014-03-10T07:30:00Z", &west), Ok(date(2014, 3, 9)));
/// assert!(day("08/03/2014", &west).is_err());
/// ```
pub fn day(word: &str, zone: &TimeZone) -> Result<Date, NotADay> {
    let unclear = || NotADay(word.to_owned());
    let pieces = Pieces::parse(word.trim()).map_err(|_| unclear())?;
    let Some(offset) = pieces.to_numeric_offset() else { return Ok(pieces.date()) };
    if is_of(zone, offset, pieces.date()) {
        return Ok(pieces.date());
    }
    let local = pieces.date().to_datetime(pieces.time().unwrap_or_default());
    let moment = offset.to_timestamp(local).map_err(|_| unclear())?;
    Ok(moment.to_zoned(zone.clone()).date())
}

/// Whether a zone has this offset in the winter or the summer of a year.
fn is_of(zone: &TimeZone, offset: Offset, day: Date) -> bool {
    let half_years = [1, 7].into_iter().filter_map(|month| Date::new(day.year(), month, 1).ok());
    half_years.filter_map(|it| it.to_zoned(zone.clone()).ok()).any(|it| it.offset() == offset)
}

/// Which days are learnt from, and which are held back to see how well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The last day that is learnt from.
    pub learn_until: Date,
    /// The last day of those held back.
    pub hold_until: Option<Date>,
}

impl Period {
    /// How many days are held back.
    pub fn held_days(&self) -> i32 {
        self.hold_until.map_or(0, |until| days_between(self.learn_until, until))
    }
}

/// One customer summed up.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// Whose it is.
    pub customer: String,
    /// x, t_x and T.
    pub history: History,
    /// m_x: mean spend on a repeat occasion; 0 where there was none.
    pub spend: f64,
    /// The day of the first purchase.
    pub first: Date,
    /// What happened in the time held back.
    pub held: Option<Held>,
}

/// What a customer did in the time that was held back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Held {
    /// x*: the number of occasions.
    pub x: u32,
    /// m*: mean spend on an occasion; 0 where there was none.
    pub spend: f64,
}

/// All customers who had bought by the end of learning.
#[derive(Debug, Clone, PartialEq)]
pub struct Summaries {
    /// In the order of their names.
    pub customers: Vec<Summary>,
    /// Lines after the last day of all, which were not counted.
    pub too_late: usize,
    /// Days on which something was only given back, which are no occasions and count in no spend.
    pub only_returns: usize,
}

/// What cannot be summed up.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NotSummable {
    /// An amount that is no number.
    #[error("row {row}: the amount is {value}, which is no finite number")]
    Amount {
        /// Which row, from 1.
        row: usize,
        /// What stands there.
        value: f64,
    },
    /// The time held back ends before it begins.
    #[error("the time held back ends on {until}, before learning does on {learn_until}")]
    Backwards {
        /// The end of the time held back.
        until: Date,
        /// The end of learning.
        learn_until: Date,
    },
    /// A customer with more occasions than are counted.
    #[error("customer {customer}: {why}")]
    Row {
        /// Whose it is.
        customer: String,
        /// Why not.
        why: Impossible,
    },
}

/// A day with what was bought and whether anything was.
#[derive(Debug, Clone, Copy, Default)]
struct Occasion {
    spent: f64,
    bought: bool,
}

/// Sums up purchases for each customer. Lines may come in any order.
pub fn summarise(purchases: &[Purchase], period: &Period, unit: Unit) -> Result<Summaries, NotSummable> {
    let last = period.hold_until.unwrap_or(period.learn_until);
    if last < period.learn_until {
        return Err(NotSummable::Backwards { until: last, learn_until: period.learn_until });
    }
    let mut all: BTreeMap<&str, BTreeMap<Date, Occasion>> = BTreeMap::new();
    let mut summaries = Summaries { customers: Vec::new(), too_late: 0, only_returns: 0 };
    for (row, it) in (1..).zip(purchases) {
        if !it.amount.is_finite() {
            return Err(NotSummable::Amount { row, value: it.amount });
        }
        if it.day > last {
            summaries.too_late += 1;
            continue;
        }
        let occasion = all.entry(&it.customer).or_default().entry(it.day).or_default();
        occasion.spent += it.amount;
        occasion.bought |= it.amount >= 0.0;
    }
    for (customer, mut days) in all {
        let before = days.len();
        days.retain(|_, it| it.bought);
        summaries.only_returns += before - days.len();
        let one = one(customer, &days, period, unit);
        summaries
            .customers
            .extend(one.map_err(|why| NotSummable::Row { customer: customer.to_owned(), why })?);
    }
    Ok(summaries)
}

fn one(
    customer: &str,
    days: &BTreeMap<Date, Occasion>,
    period: &Period,
    unit: Unit,
) -> Result<Option<Summary>, Impossible> {
    let (learnt, held): (Vec<_>, Vec<_>) = days.iter().partition(|it| *it.0 <= period.learn_until);
    let (Some(first), Some(last)) = (learnt.first(), learnt.last()) else { return Ok(None) };
    let first = *first.0;
    let since = |until: Date| unit.from_days(f64::from(days_between(first, until)));
    let repeats = &learnt[1..];
    let history = History::new(repeats.len() as f64, since(*last.0), since(period.learn_until))?;
    let after = period.hold_until.map(|_| Held { x: held.len() as u32, spend: mean(&held) });
    Ok(Some(Summary { customer: customer.to_owned(), history, spend: mean(repeats), first, held: after }))
}

fn mean(occasions: &[(&Date, &Occasion)]) -> f64 {
    let sum: f64 = occasions.iter().map(|it| it.1.spent).sum();
    if occasions.is_empty() { 0.0 } else { sum / occasions.len() as f64 }
}

/// Whole days of the calendar, however long a day with a change of clocks is.
fn days_between(from: Date, until: Date) -> i32 {
    from.until(until).map_or(0, |it| it.get_days())
}
