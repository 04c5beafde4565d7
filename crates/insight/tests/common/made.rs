//! Lives made by hand.

use insight::{
    Fold,
    lives::{
        Amount, Bought, Came, Day, Deed, Felt, Life, Promise, Term, Turns, Wait, Work, day_of, month_of,
    },
    prices::Prices,
    profit::Counting,
};
use jiff::civil::date;
use model::PersonId;

/// A day of a year.
pub fn on(year: i16, month: i8, day: i8) -> Day {
    day_of(date(year, month, day))
}

/// 2026-03-02.
pub fn today() -> Day {
    on(2026, 3, 2)
}

/// The n-th of some people.
pub fn person(n: u128) -> PersonId {
    PersonId::from_uuid(uuid::Uuid::from_u128(n))
}

/// A purchase in euros.
pub fn paid(day: Day, minor: i64) -> Bought {
    Bought { day, minor, currency: "EUR".into(), orders: 1, discount: 0, cost: None, incentive: false }
}

/// The same with something taken off.
pub fn off(day: Day, minor: i64, discount: i64) -> Bought {
    Bought { discount, incentive: true, ..paid(day, minor) }
}

/// Euros on a day.
pub fn euros(day: Day, minor: i64) -> Amount {
    Amount { day, minor, currency: "EUR".into() }
}

/// Somebody who bought this.
pub fn buyer(bought: Vec<Bought>) -> Life {
    Life { since: bought.first().map_or(0, |it| it.day), bought, ..Life::default() }
}

/// Work in the month of a day.
pub fn work(day: Day, deed: Deed, times: u32, minutes: u32, timed: u32) -> Work {
    Work { month: month_of(day), deed, times, minutes, timed }
}

/// Who spoke in the month of a day.
pub fn turns(day: Day, heard: u32, said: u32, unasked: u32) -> Turns {
    Turns { month: month_of(day), heard, said, unasked, used: 0 }
}

/// They waited so many minutes.
pub fn waited(day: Day, minutes: i64) -> Wait {
    Wait { day, minutes: Some(minutes), asked: 1 }
}

/// What became of a promise.
pub fn promise(due: Day, state: &str, late: bool) -> Promise {
    Promise { due, state: state.into(), late }
}

/// How they felt, of five.
pub fn felt(day: Day, score: f64) -> Felt {
    Felt { day, survey: "csat".into(), score }
}

/// Why they came.
pub fn came(by: &str, friend: Option<PersonId>) -> Option<Came> {
    Some(Came { day: 0, by: by.into(), friend, anyway: false })
}

/// A subscription.
pub fn term(from: Day, to: Option<Day>) -> Term {
    Term { from, to, paused: false, bound_to: None, failed: Vec::new() }
}

/// The year until today, with nothing costing anything but goods.
pub fn counting() -> Counting {
    let prices = Prices { minute: 0.0, ..Prices::default() };
    Counting::year(today(), "EUR", prices)
}

/// Tells lives to a fold, the first as the first person.
pub fn told<F: Fold>(mut fold: F, lives: &[Life]) -> F {
    (1..).zip(lives).for_each(|(n, life)| fold.eat(person(n), life));
    fold
}
