//! Who bought when, as the models read it: one currency, one occasion a day, everything after a day left out.

use figures::{
    gammagamma::Spend,
    summary::{Customers, History},
    time::Unit,
};
use model::PersonId;

use crate::lives::{Day, Fold, Life};

/// In what the models count time. A week is what people think in, and what the literature's parameters are in.
pub const UNIT: Unit = Unit::Weeks;

/// Somebody who bought: their days and what they paid on each, in minor units.
#[derive(Debug, Clone, PartialEq)]
pub struct Buyer {
    /// Who.
    pub person: PersonId,
    /// In order.
    pub days: Vec<(Day, i64)>,
}

/// Eats lives; gives who bought, in the currency that most of it was paid in.
#[derive(Debug, Default)]
pub struct Buyers {
    /// A house has few, so they are found by looking.
    currencies: Vec<InCurrency>,
}

#[derive(Debug, Default)]
struct InCurrency {
    currency: String,
    orders: i64,
    buyers: Vec<Buyer>,
}

/// Everybody who bought in one currency.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trade {
    /// Which; empty where nobody bought anything.
    pub currency: String,
    /// In the order of their ids.
    pub buyers: Vec<Buyer>,
    /// People who bought in other currencies, which are not counted here.
    pub elsewhere: usize,
}

impl Fold for Buyers {
    fn eat(&mut self, person: PersonId, life: &Life) {
        for it in &life.bought {
            let at = self.at(&it.currency);
            let InCurrency { orders, buyers, .. } = &mut self.currencies[at];
            *orders += i64::from(it.orders);
            if buyers.last().is_none_or(|it| it.person != person) {
                buyers.push(Buyer { person, days: Vec::with_capacity(life.bought.len()) });
            }
            if let Some(buyer) = buyers.last_mut() {
                buyer.days.push((it.day, it.minor));
            }
        }
    }
}

impl Buyers {
    fn at(&mut self, currency: &str) -> usize {
        self.currencies.iter().position(|it| it.currency == currency).unwrap_or_else(|| {
            self.currencies.push(InCurrency { currency: currency.to_owned(), ..InCurrency::default() });
            self.currencies.len() - 1
        })
    }
    /// Those of the currency with the most orders.
    pub fn done(mut self) -> Trade {
        self.currencies.sort_by(|a, b| (a.orders, &a.currency).cmp(&(b.orders, &b.currency)));
        let Some(most) = self.currencies.pop() else { return Trade::default() };
        let elsewhere = self.currencies.iter().map(|it| it.buyers.len()).sum();
        Trade { currency: most.currency, buyers: most.buyers, elsewhere }
    }
}

impl Buyer {
    /// Their history on the evening of a day; none before their first purchase.
    pub fn history(&self, until: Day) -> Option<History> {
        let (first, _) = *self.days.first().filter(|(day, _)| *day <= until)?;
        let again = self.days[1..].iter().take_while(|(day, _)| *day <= until);
        let (x, last) = again.fold((0u32, first), |(x, _), (day, _)| (x + 1, *day));
        let weeks = |days: Day| UNIT.from_days(days.into());
        History::new(x.into(), weeks(last - first), weeks(until - first)).ok()
    }

    /// What they spent on a repeat occasion until a day, in major units.
    pub fn spend(&self, until: Day) -> Spend {
        let again: Vec<i64> =
            self.days.iter().skip(1).filter(|(day, _)| *day <= until).map(|(_, minor)| *minor).collect();
        let sum = again.iter().map(|it| *it as f64).sum::<f64>();
        let x = again.len() as u32;
        Spend { x, mean: if x == 0 { 0.0 } else { sum / f64::from(x) } }
    }

    /// Occasions after one day and until another.
    pub fn between(&self, after: Day, until: Day) -> u32 {
        self.days.iter().filter(|(day, _)| *day > after && *day <= until).count() as u32
    }
}

impl Trade {
    /// The first day on which anybody bought, and the last.
    pub fn span(&self) -> Option<(Day, Day)> {
        let days = || self.buyers.iter().flat_map(|it| [it.days.first(), it.days.last()]).flatten();
        Some((days().map(|it| it.0).min()?, days().map(|it| it.0).max()?))
    }

    /// Everybody who had bought by a day, and their histories.
    pub fn until(&self, day: Day) -> (Vec<&Buyer>, Customers) {
        let there: Vec<(&Buyer, History)> =
            self.buyers.iter().filter_map(|it| Some((it, it.history(day)?))).collect();
        let (buyers, rows) = there.into_iter().unzip();
        (buyers, Customers::new(UNIT, rows))
    }
}
