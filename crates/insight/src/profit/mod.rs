//! What each customer brought in a period, less what it took to win and to serve them. It looks back; lifetime value looks forward, and the two
//! are never mixed.

mod curve;
mod leaders;

use model::PersonId;
use serde::{Deserialize, Serialize};

pub use curve::{Curve, Point};
pub use leaders::{Leader, Leaders, PAID_BACK_WITHIN};

use crate::{
    lives::{Day, Fold, Life},
    middle::share,
    period::{Period, YEAR},
    prices::Prices,
    purse::{LeftOut, Purse, sum},
    words::percent,
};

/// The best and the costliest that are named.
pub const NAMED: usize = 10;

/// What somebody brought and what they cost, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Profit {
    /// What they bought, at prices before any discount.
    pub revenue: i64,
    /// What was taken off the price.
    pub discounts: i64,
    /// What went back to them.
    pub returned: i64,
    /// What the goods cost us.
    pub goods: i64,
    /// What our time for them cost.
    pub serving: i64,
    /// What we gave without being asked.
    pub goodwill: i64,
    /// What we spend to keep them.
    pub keeping: i64,
    /// What it cost to win them, if they were won in this period.
    pub winning: i64,
}

impl Profit {
    /// What is left.
    pub fn left(&self) -> i64 {
        let costs = [self.discounts, self.returned, self.goods, self.serving, self.goodwill, self.keeping];
        costs.into_iter().chain([self.winning]).fold(self.revenue, i64::saturating_sub)
    }
    fn add(&mut self, it: &Self) {
        let add = |to: &mut i64, more: i64| *to = to.saturating_add(more);
        add(&mut self.revenue, it.revenue);
        add(&mut self.discounts, it.discounts);
        add(&mut self.returned, it.returned);
        add(&mut self.goods, it.goods);
        add(&mut self.serving, it.serving);
        add(&mut self.goodwill, it.goodwill);
        add(&mut self.keeping, it.keeping);
        add(&mut self.winning, it.winning);
    }
}

/// How profit is counted: in which period and currency, on what assumptions.
#[derive(Debug, Clone)]
pub struct Counting {
    /// The period.
    pub period: Period,
    /// Today; nothing that is noted for a month lies after it.
    pub today: Day,
    /// The currency.
    pub currency: String,
    /// What is assumed.
    pub prices: Prices,
}

impl Counting {
    /// For the last twelve months.
    pub fn year(today: Day, currency: &str, prices: Prices) -> Self {
        Self { period: Period::until(today, YEAR), today, currency: currency.to_owned(), prices }
    }
    /// What one person brought in the period.
    pub fn of(&self, life: &Life) -> Profit {
        let purse = Purse::new(&self.currency);
        let bought = purse.bought(life).filter(|it| self.period.holds(it.day));
        let within = |all| sum(purse.amounts(all).filter(|it| self.period.holds(it.day)).map(|it| it.minor));
        let first = life.bought.first().map(|it| it.day);
        Profit {
            revenue: sum(bought.clone().map(|it| it.minor.saturating_add(it.discount))),
            discounts: sum(bought.clone().map(|it| it.discount)),
            returned: within(&life.refunded),
            goods: sum(bought.map(|it| self.goods(it))),
            serving: self.serving(life),
            goodwill: within(&life.goodwill),
            keeping: first.map_or(0, |it| self.keeping(it)),
            winning: first.filter(|it| self.period.holds(*it)).map_or(0, |_| self.prices.winning),
        }
    }
    fn goods(&self, it: &crate::lives::Bought) -> i64 {
        it.cost.unwrap_or_else(|| {
            (it.minor.saturating_add(it.discount) as f64 * self.prices.goods).round() as i64
        })
    }
    /// Minutes times what a minute costs: those that were noted, and what is assumed for the rest.
    fn serving(&self, life: &Life) -> i64 {
        let minutes = life.deeds().map(|it| {
            let untimed = f64::from(it.times.saturating_sub(it.timed));
            let whole = f64::from(it.minutes) + untimed * self.prices.minutes_of(it.deed);
            whole * self.period.share_of(it.month, self.today)
        });
        (minutes.sum::<f64>() * self.prices.minute).round() as i64
    }
    /// A year's cost of keeping somebody, for the days of the period since they became a customer.
    fn keeping(&self, first: Day) -> i64 {
        let there = self.period.within(Period { from: first, to: self.today + 1 });
        (self.prices.keeping as f64 * f64::from(there.days()) / 365.25).round() as i64
    }
    /// The rule, for those who read the result.
    pub fn rule(&self) -> String {
        format!(
            "What they bought at full price, less discounts, refunds, the cost of goods (as the purchase says, else {} of the full price), our \
             time (as it was noted, else the minutes that are assumed; what is noted for a month is spread over its days), goodwill, what keeping \
             a customer costs, and what winning them cost if they first bought in this period. Goods that come back count as used.",
            percent(self.prices.goods)
        )
    }
}

/// Somebody with what they brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Somebody {
    /// Who.
    pub person: PersonId,
    /// What is left.
    pub left: i64,
}

/// Counts profit over all lives.
#[derive(Debug, Clone)]
pub struct Profits {
    counting: Counting,
    purse: Purse,
    all: Vec<Somebody>,
    whole: Profit,
    leaders: leaders::Gathered,
}

impl Profits {
    /// Nobody yet.
    pub fn new(counting: Counting) -> Self {
        let purse = Purse::new(&counting.currency);
        Self { counting, purse, all: Vec::new(), whole: Profit::default(), leaders: Default::default() }
    }
    /// What came of it.
    pub fn report(mut self) -> Report {
        self.all.sort_unstable_by(|a, b| b.left.cmp(&a.left).then(a.person.cmp(&b.person)));
        let costing = self.all.iter().filter(|it| it.left < 0).count();
        Report {
            rule: self.counting.rule(),
            period: self.counting.period,
            left_out: self.purse.left_out(),
            people: self.all.len(),
            whole: self.whole,
            left: self.whole.left(),
            costing_more: costing,
            costing_share: share(costing, self.all.len()),
            curve: Curve::of(&self.all),
            best: self.all.iter().filter(|it| it.left > 0).take(NAMED).copied().collect(),
            costliest: self.all.iter().rev().filter(|it| it.left < 0).take(NAMED).copied().collect(),
            leaders: self.leaders.report(),
        }
    }
}

impl Fold for Profits {
    fn eat(&mut self, person: PersonId, life: &Life) {
        if !self.purse.takes(life) {
            return;
        }
        let profit = self.counting.of(life);
        if profit != Profit::default() {
            self.whole.add(&profit);
            self.all.push(Somebody { person, left: profit.left() });
        }
        self.leaders.look(&self.counting, &self.purse, person, life);
    }
}

/// What customers brought in a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// How it was counted.
    pub rule: String,
    /// For which days.
    pub period: Period,
    /// Who was left out.
    pub left_out: LeftOut,
    /// People who brought or cost anything.
    pub people: usize,
    /// All of it together.
    pub whole: Profit,
    /// What is left in all.
    pub left: i64,
    /// People who cost more than they bring.
    pub costing_more: usize,
    /// The same as a share.
    pub costing_share: Option<f64>,
    /// Profit added up from the best customer to the costliest.
    pub curve: Curve,
    /// Who brings most, the best first.
    pub best: Vec<Somebody>,
    /// Who costs most, the costliest first.
    pub costliest: Vec<Somebody>,
    /// Those in whom something was invested with the first purchase.
    pub leaders: Leaders,
}
