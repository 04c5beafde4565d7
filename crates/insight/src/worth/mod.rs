//! What people are worth to us from here on: learnt from all who bought, said of each with its parts.

mod buyers;
mod choosing;
mod equity;

use figures::{
    discount::Discount,
    fit::Report,
    gammagamma::GammaGamma,
    model::{AnyFit, Kind, Model},
    purchases::PurchaseModel,
    scores::{Ask, score},
    summary::History,
    time::Span,
};
use serde::{Deserialize, Serialize};

pub use buyers::{Buyer, Buyers, Trade, UNIT};
pub use choosing::{Backtest, FEWEST_REPEATS, TRIED, Tried, backtest};
pub use equity::{Equity, LOST_BELOW, Moved, equity};

use crate::lives::Day;

/// What was learnt of who buys again, and of what they spend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Learnt {
    /// In which currency amounts are.
    pub currency: String,
    /// Until which day.
    pub until: Day,
    /// Who buys again: the fit.
    pub buying: Report,
    /// What they spend on an occasion: the fit, where enough is known. Amounts are in minor units.
    pub spending: Option<Report>,
    /// Why there is none.
    pub no_spending: Option<String>,
    /// People who bought, and those of them who bought again.
    pub people: usize,
    /// Those who bought again.
    pub returned: usize,
}

/// Learns from all who bought: with the model that did best on days it had not seen, or the first that can be fitted.
pub fn learn(trade: &Trade, chosen: Option<&str>, today: Day) -> Option<Learnt> {
    let (people, customers) = trade.until(today);
    let returned = customers.rows().iter().filter(|it| it.x() > 0).count();
    if returned < FEWEST_REPEATS {
        return None;
    }
    let wanted = chosen.and_then(Kind::named);
    let fit: AnyFit = wanted.into_iter().chain(TRIED).find_map(|kind| kind.fit(&customers).ok())?;
    let spending: Vec<_> = people.iter().map(|it| it.spend(today)).collect();
    let (spending, no_spending) = match GammaGamma::fit(&spending) {
        Ok(it) => (Some(it.fit.report()), None),
        Err(why) => (None, Some(why.to_string())),
    };
    Some(Learnt {
        currency: trade.currency.clone(),
        until: today,
        buying: fit.report,
        spending,
        no_spending,
        people: people.len(),
        returned,
    })
}

/// How later money counts, and how much of a price is left after the goods.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Terms {
    /// By how much money is worth less a year later: 0.1 is ten percent.
    pub discount: f64,
    /// What is left of the price after the goods: 0.5 is half.
    pub margin: f64,
}

/// What is expected of one person. Amounts are in minor units, as they will be paid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expected {
    /// The probability that they have not left us for good.
    pub there: f64,
    /// Purchases within the next year.
    pub purchases: f64,
    /// So many within the year in eight of ten cases like this.
    pub range: (u32, u32),
    /// What they spend on an occasion; none where that cannot be said.
    pub spend: Option<f64>,
    /// What they will spend within the year.
    pub within_a_year: Option<f64>,
    /// The margin on all they will ever spend, later money worth less.
    pub value: Option<f64>,
}

/// Says it of one history.
pub struct Teller {
    model: Model,
    spending: Option<GammaGamma>,
    discount: Discount,
    terms: Terms,
}

impl Learnt {
    /// Whoever says what is expected, by what was learnt; none if what was kept is no model.
    pub fn teller(&self, terms: Terms) -> Option<Teller> {
        let parameter = |it: &Report, name: &str| it.params.get(name);
        let spending = self.spending.as_ref().and_then(|it| {
            GammaGamma::new(parameter(it, "p")?, parameter(it, "q")?, parameter(it, "v")?).ok()
        });
        let model = Model::try_from(&self.buying).ok()?;
        Some(Teller { model, spending, discount: Discount::yearly(terms.discount).ok()?, terms })
    }
}

impl Teller {
    /// Of one buyer, on the evening of a day; nothing before their first purchase.
    pub fn expected(&self, buyer: &Buyer, today: Day) -> Option<Expected> {
        let history = buyer.history(today)?;
        let year = Span::years(1);
        let (there, purchases) = (self.model.alive(&history), self.model.expected(&history, year));
        let spend = self.spending.and_then(|it| it.expected(buyer.spend(today)).ok());
        let residual = self.model.residual(&history, self.discount);
        Some(Expected {
            there,
            purchases,
            range: range(there, purchases, &history),
            spend,
            within_a_year: spend.map(|it| it * purchases),
            value: spend.map(|it| it * residual * self.terms.margin),
        })
    }

    /// The value of each of many on the evening of a day, in their order; nothing is worth nothing where spending is not known.
    pub fn values(&self, trade: &Trade, day: Day) -> Vec<(f64, f64)> {
        let (buyers, customers) = trade.until(day);
        let ask = Ask { residual: Some(self.discount), ..Ask::default() };
        let scores = score(&self.model, &customers, &ask);
        let residual = scores.residual.unwrap_or_default();
        let spend = |it: &Buyer| self.spending.and_then(|model| model.expected(it.spend(day)).ok());
        let worth = buyers.iter().zip(residual).map(|(it, residual)| spend(it).unwrap_or(0.0) * residual);
        worth.map(|it| it * self.terms.margin).zip(scores.alive).collect()
    }

    /// The value of somebody who has just bought for the first time.
    pub fn newcomer(&self) -> Option<f64> {
        let spend = self.spending?.population_mean().ok()?;
        Some(spend * self.model.residual(&History::NEW, self.discount) * self.terms.margin)
    }
}

/// Purchases within a year in eight of ten cases: with the probability of having left nobody buys, and whoever is there buys like a
/// Poisson whose rate is as unsure as the gamma of a history of x + 1 occasions (a negative binomial with that mean).
fn range(there: f64, purchases: f64, history: &History) -> (u32, u32) {
    let mean = if there > 0.0 { purchases / there } else { 0.0 };
    let shape = f64::from(history.x()) + 1.0;
    let part = shape / (shape + mean);
    // The mass of the negative binomial, one after the other.
    let mut mass = part.powf(shape);
    let (mut below, mut low) = ((1.0 - there) + there * mass, None);
    for n in 0..MOST_PURCHASES {
        if low.is_none() && below >= 0.1 {
            low = Some(n);
        }
        if below >= 0.9 {
            return (low.unwrap_or(n), n);
        }
        mass *= (f64::from(n) + shape) / f64::from(n + 1) * (1.0 - part);
        below += there * mass;
    }
    (low.unwrap_or(0), MOST_PURCHASES)
}

/// More purchases a year than this are not told apart.
const MOST_PURCHASES: u32 = 5000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_surely_left_buys_nothing() {
        let history = History::new(3.0, 4.0, 50.0).unwrap();
        assert_eq!(range(0.0, 0.0, &history), (0, 0));
        assert_eq!(range(0.05, 0.1, &history), (0, 0), "nine of ten such people buy nothing");
    }

    #[test]
    fn the_range_holds_the_expectation_of_a_regular() {
        let history = History::new(50.0, 51.0, 52.0).unwrap();
        let (low, high) = range(1.0, 50.0, &history);
        assert!((35..50).contains(&low) && (51..66).contains(&high), "{low} to {high}");
    }
}
