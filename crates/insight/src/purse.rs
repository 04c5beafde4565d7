//! The one currency that an analysis counts in. Amounts in others are never turned into it: they are left out, and that is said.

use serde::{Deserialize, Serialize};

use crate::{
    lives::{Amount, Bought, Life},
    period::Period,
    words::people,
};

/// Counts in one currency, and remembers whom it had to leave out.
#[derive(Debug, Clone)]
pub struct Purse {
    currency: String,
    wholly: usize,
    partly: usize,
}

/// Who was left out because they pay in another currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The currency that was counted in.
    pub currency: String,
    /// People whose every amount is in another currency: they are in no number here.
    pub wholly: usize,
    /// People of whom only a part was counted.
    pub partly: usize,
    /// The same as a sentence; nothing if nobody was left out.
    pub words: Option<String>,
}

impl Purse {
    /// For amounts in this currency.
    pub fn new(currency: &str) -> Self {
        Self { currency: currency.to_owned(), wholly: 0, partly: 0 }
    }
    /// The currency.
    pub fn currency(&self) -> &str {
        &self.currency
    }
    /// Whether somebody counts here; who does not is remembered.
    pub fn takes(&mut self, life: &Life) -> bool {
        let amounts = life.refunded.iter().chain(&life.goodwill).map(|it| it.currency.as_str());
        let mut all = life.bought.iter().map(|it| it.currency.as_str()).chain(amounts);
        let here = all.clone().any(|it| it == self.currency);
        let elsewhere = all.any(|it| it != self.currency);
        self.wholly += usize::from(elsewhere && !here);
        self.partly += usize::from(elsewhere && here);
        here || !elsewhere
    }
    /// What somebody bought in this currency.
    pub fn bought<'l>(&self, life: &'l Life) -> impl Iterator<Item = &'l Bought> + Clone {
        life.bought.iter().filter(move |it| it.currency == self.currency)
    }
    /// Those amounts that are in this currency.
    pub fn amounts<'l>(&self, all: &'l [Amount]) -> impl Iterator<Item = &'l Amount> + Clone {
        all.iter().filter(move |it| it.currency == self.currency)
    }
    /// What somebody spent in a period: what they paid less what went back to them.
    pub fn spent(&self, life: &Life, period: Period) -> i64 {
        let paid = sum(self.bought(life).filter(|it| period.holds(it.day)).map(|it| it.minor));
        let back = self.amounts(&life.refunded).filter(|it| period.holds(it.day)).map(|it| it.minor);
        paid.saturating_sub(sum(back))
    }
    /// What they spent from the first day to the last that is told.
    pub fn spent_ever(&self, life: &Life) -> i64 {
        let paid = sum(self.bought(life).map(|it| it.minor));
        paid.saturating_sub(sum(self.amounts(&life.refunded).map(|it| it.minor)))
    }
    /// Who was left out.
    pub fn left_out(&self) -> LeftOut {
        let (currency, wholly, partly) = (self.currency.clone(), self.wholly, self.partly);
        LeftOut { words: told(&currency, wholly, partly), currency, wholly, partly }
    }
}

fn told(currency: &str, wholly: usize, partly: usize) -> Option<String> {
    let (all, some) = (people(wholly), people(partly));
    match (wholly, partly) {
        (0, 0) => None,
        (_, 0) => Some(format!("Counted in {currency}. Left out: {all} who pay in another currency.")),
        (0, _) => {
            Some(format!("Counted in {currency}. Of {some}, what they paid in another currency is left out."))
        }
        _ => Some(format!(
            "Counted in {currency}. Left out: {all} who pay in another currency, and a part of what {some} paid."
        )),
    }
}

/// All together; at the end of what numbers hold it stays there.
pub fn sum(all: impl IntoIterator<Item = i64>) -> i64 {
    all.into_iter().fold(0, i64::saturating_add)
}
