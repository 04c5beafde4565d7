//! Loss leaders: people who were won with a gift or at a loss. That is an investment, and it is told when it was paid back.

use figures::survival::{Curve, Life as Watched, Sure};
use model::PersonId;
use serde::{Deserialize, Serialize};

use super::{Counting, NAMED};
use crate::{
    lives::{Bought, Day, Deed, Life},
    purse::{Purse, sum},
    words::{days, people, percent},
};

/// Days within which it is told how many have paid back.
pub const PAID_BACK_WITHIN: Day = 365;

/// Somebody in whom something was invested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leader {
    /// Who.
    pub person: PersonId,
    /// The day of their first purchase.
    pub first: Day,
    /// What was put in, in minor units.
    pub put_in: i64,
    /// After how many days it was paid back; nothing if it is not yet.
    pub paid_back: Option<Day>,
}

/// What was invested in first purchases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Leaders {
    /// How it was counted.
    pub rule: String,
    /// How many people.
    pub people: usize,
    /// People who came with a coupon of which nobody knows what it was worth.
    pub unknown: usize,
    /// What was put in, in minor units.
    pub put_in: i64,
    /// How many have paid it back.
    pub paid_back: usize,
    /// Days after which half have, reckoned with those who still may; nothing if fewer have.
    pub median_days: Option<f64>,
    /// The share that pays back within a year, reckoned with those who still may.
    pub within_a_year: Option<f64>,
    /// Between which that share lies, nineteen times in twenty.
    pub within_a_year_between: Option<(f64, f64)>,
    /// The largest investments that are not paid back.
    pub open: Vec<Leader>,
    /// What it says.
    pub words: String,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Gathered {
    all: Vec<(Leader, Day)>,
    unknown: usize,
}

impl Gathered {
    pub(super) fn look(&mut self, counting: &Counting, purse: &Purse, person: PersonId, life: &Life) {
        let Some(first) = life.bought.first().filter(|it| counting.period.holds(it.day)) else { return };
        if first.currency != purse.currency() {
            return;
        }
        let brought = margin(counting, first).saturating_sub(counting.prices.winning);
        let put_in = first.discount.max(brought.saturating_neg()).max(0);
        if put_in == 0 {
            self.unknown += usize::from(first.incentive);
            return;
        }
        let paid_back = paid_back(counting, purse, life, first, put_in);
        let watched = (counting.today - first.day).max(0);
        self.all.push((Leader { person, first: first.day, put_in, paid_back }, watched));
    }
    pub(super) fn report(&self) -> Leaders {
        let watched = |(it, watched): &(Leader, Day)| Watched {
            time: it.paid_back.unwrap_or(*watched).into(),
            ended: it.paid_back.is_some(),
        };
        let lives: Vec<Watched> = self.all.iter().map(watched).collect();
        let curve = Curve::of(&lives).ok().filter(|_| !lives.is_empty());
        let year = f64::from(PAID_BACK_WITHIN);
        let between = |it: &figures::survival::Step| {
            let (low, high) = it.interval(Sure::NinetyFive);
            (1.0 - high, 1.0 - low)
        };
        let mut told = Leaders {
            rule: rule(),
            people: self.all.len(),
            unknown: self.unknown,
            put_in: sum(self.all.iter().map(|(it, _)| it.put_in)),
            paid_back: self.all.iter().filter(|(it, _)| it.paid_back.is_some()).count(),
            median_days: curve.as_ref().and_then(Curve::median),
            within_a_year: curve.as_ref().map(|it| 1.0 - it.survival(year)),
            within_a_year_between: curve.as_ref().and_then(|it| it.at(year)).map(between),
            open: self.open(),
            words: String::new(),
        };
        told.words = words(&told);
        told
    }
    fn open(&self) -> Vec<Leader> {
        let mut open: Vec<Leader> =
            self.all.iter().map(|(it, _)| *it).filter(|it| it.paid_back.is_none()).collect();
        open.sort_unstable_by(|a, b| b.put_in.cmp(&a.put_in).then(a.person.cmp(&b.person)));
        open.truncate(NAMED);
        open
    }
}

/// What is left of a day's purchases after goods and making them ready.
fn margin(counting: &Counting, it: &Bought) -> i64 {
    let ready = f64::from(it.orders) * counting.prices.minutes_of(Deed::Order) * counting.prices.minute;
    it.minor.saturating_sub(counting.goods(it)).saturating_sub(ready.round() as i64)
}

/// After how many days what came later had made up for what was put in.
fn paid_back(counting: &Counting, purse: &Purse, life: &Life, first: &Bought, put_in: i64) -> Option<Day> {
    let later = purse.bought(life).filter(|it| it.day > first.day).map(|it| (it.day, margin(counting, it)));
    let given = purse.amounts(&life.refunded).chain(purse.amounts(&life.goodwill));
    let given = given.filter(|it| it.day >= first.day).map(|it| (it.day, it.minor.saturating_neg()));
    let mut all: Vec<(Day, i64)> = later.chain(given).collect();
    all.sort_unstable();
    let mut left = put_in;
    let day = all.iter().find(|(_, it)| {
        left = left.saturating_sub(*it);
        left <= 0
    });
    day.map(|(day, _)| day - first.day)
}

fn rule() -> String {
    "People whose first purchase in this period had a discount, or left less than it cost. What was put in is the discount or the loss, whichever is \
     more. It is paid back when later purchases, less goods, making them ready, refunds and goodwill, have made up for it. Who has not paid back yet \
     counts as long as they were watched (Kaplan and Meier), until today."
        .into()
}

fn words(it: &Leaders) -> String {
    let share = it.within_a_year.map_or_else(String::new, |share| {
        format!(" Within a year {} are expected to have paid it back.", percent(share))
    });
    let half = it.median_days.map_or_else(
        || " Fewer than half have so far.".to_owned(),
        |it| format!(" Half have after {}.", days(it as Day)),
    );
    match it.people {
        0 => "Nobody was won with a gift or at a loss.".into(),
        count => format!("An investment in {}.{share}{half}", people(count)),
    }
}
