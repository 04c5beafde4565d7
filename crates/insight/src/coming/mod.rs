//! Where people come from: by whose word or by what, what they spent since, how much of growth is earned, and who brought whom.

mod ambassadors;
mod earned;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use model::PersonId;
use serde::{Deserialize, Serialize};

pub use ambassadors::{Ambassador, Ambassadors};
pub use earned::Earned;

use crate::{
    lives::{Day, Fold, Life, Month, month_of},
    period::{Period, YEAR, last_whole_month},
    prices::Prices,
    purse::{LeftOut, Purse, sum},
};

/// What somebody came by when a friend recommended us.
pub const FRIEND: &str = "friend";
/// What they came by when nobody knows.
pub const UNKNOWN: &str = "unknown";
/// Months that are shown one by one.
pub const MONTHS: i32 = 24;
/// Sources that are told apart; the rest are together.
const MOST_SOURCES: usize = 30;

/// What is kept of everybody until all were told, since who brought them may be told later.
#[derive(Debug, Clone)]
struct Seen {
    person: PersonId,
    since: Day,
    by: Option<u16>,
    anyway: bool,
    first: Option<Day>,
    first_year: i64,
    ever: i64,
    margin: i64,
    last_year: i64,
    this_year: i64,
}

/// Gathers where people come from.
#[derive(Debug, Clone)]
pub struct Coming {
    today: Day,
    prices: Prices,
    purse: Purse,
    sources: Vec<String>,
    seen: Vec<Seen>,
    /// Who came, and who brought them.
    pairs: BTreeSet<(PersonId, PersonId)>,
    unnamed: usize,
}

impl Coming {
    /// Nobody yet.
    pub fn new(today: Day, currency: &str, prices: Prices) -> Self {
        let purse = Purse::new(currency);
        Self {
            today,
            prices,
            purse,
            sources: vec![FRIEND.into()],
            seen: Vec::new(),
            pairs: BTreeSet::new(),
            unnamed: 0,
        }
    }
    /// The number of a source; those beyond what is told apart are together as `other`.
    fn source(&mut self, by: &str) -> u16 {
        let by = if self.sources.len() < MOST_SOURCES { by } else { "other" };
        let known = self.sources.iter().position(|it| it == by);
        known.unwrap_or_else(|| {
            self.sources.push(by.to_owned());
            self.sources.len() - 1
        }) as u16
    }
    fn pairs(&mut self, person: PersonId, life: &Life) {
        let brought = life.brought.iter().filter_map(|it| it.person).map(|it| (it, person));
        let came = life.came.iter().filter_map(|it| it.friend).map(|it| (person, it));
        self.pairs.extend(brought.chain(came).filter(|(came, friend)| came != friend));
        self.unnamed += life.brought.iter().filter(|it| it.person.is_none()).count();
    }
    /// What came of it.
    pub fn report(mut self) -> Report {
        self.seen.sort_unstable_by_key(|it| it.person);
        let came: BTreeSet<PersonId> = self.pairs.iter().map(|(came, _)| *came).collect();
        // Whom somebody says to have brought came by a friend, also where nobody asked them.
        for it in self.seen.iter_mut().filter(|it| it.by.is_none() && came.contains(&it.person)) {
            it.by = Some(0);
        }
        Report {
            rule: RULE.into(),
            left_out: self.purse.left_out(),
            sources: self.sources(),
            months: self.months(),
            earned: earned::of(&self.seen, Period::of_months(last_whole_month(self.today), 12).from),
            ambassadors: ambassadors::of(&self.seen, &self.pairs, self.unnamed, &self.prices),
        }
    }
    fn sources(&self) -> Vec<Source> {
        let mut by: BTreeMap<Option<u16>, Vec<&Seen>> = BTreeMap::new();
        self.seen.iter().for_each(|it| by.entry(it.by).or_default().push(it));
        let name =
            |by: Option<u16>| by.map_or(UNKNOWN.to_owned(), |it| self.sources[usize::from(it)].clone());
        let mut all: Vec<Source> =
            by.into_iter().map(|(by, people)| Source::of(name(by), &people, self.today)).collect();
        all.sort_by_key(|it| {
            (it.by == UNKNOWN, it.by != FRIEND, std::cmp::Reverse(it.people), it.by.clone())
        });
        all
    }
    fn months(&self) -> Vec<InMonth> {
        let last = month_of(self.today);
        let mut months: BTreeMap<Month, InMonth> = (0..MONTHS)
            .map(|back| (last - back, InMonth { month: last - back, ..InMonth::default() }))
            .collect();
        for it in &self.seen {
            let Some(month) = months.get_mut(&month_of(it.since)) else { continue };
            month.people += 1;
            month.by_friends += usize::from(it.by == Some(0));
            month.unknown += usize::from(it.by.is_none());
            month.customers += usize::from(it.first.is_some());
            month.first_year = month.first_year.saturating_add(it.first_year);
        }
        months.into_values().collect()
    }
}

impl Fold for Coming {
    fn eat(&mut self, person: PersonId, life: &Life) {
        self.pairs(person, life);
        let by = life.came.as_ref().filter(|it| it.by != UNKNOWN).map(|it| it.by.clone());
        let by = by.map(|it| self.source(&it));
        let counts = self.purse.takes(life);
        let first = life.bought.first().map(|it| it.day).filter(|_| counts);
        let last = last_whole_month(self.today);
        let first_year = first.map_or(0, |it| self.purse.spent(life, Period { from: it, to: it + YEAR }));
        self.seen.push(Seen {
            person,
            since: life.since,
            by,
            anyway: life.came.as_ref().is_some_and(|it| it.anyway),
            first,
            first_year,
            ever: self.purse.spent_ever(life),
            margin: margin(&self.purse, &self.prices, life),
            last_year: self.purse.spent(life, Period::of_months(last - 12, 12)),
            this_year: self.purse.spent(life, Period::of_months(last, 12)),
        });
    }
}

/// What somebody paid so far, less refunds and the cost of goods.
fn margin(purse: &Purse, prices: &Prices, life: &Life) -> i64 {
    let goods = purse.bought(life).map(|it| {
        let full = it.minor.saturating_add(it.discount) as f64;
        it.cost.unwrap_or((full * prices.goods).round() as i64)
    });
    purse.spent_ever(life).saturating_sub(sum(goods))
}

const RULE: &str = "Where people come from is what they or we noted when they came; whom somebody says to have brought came by a friend. What they spent \
    is counted for the first twelve months after the first purchase, less refunds. A month is the one in which we first met.";

/// Where some came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// By what, as it was noted; `friend` comes first, `unknown` last.
    pub by: String,
    /// How many came.
    pub people: usize,
    /// How many of them became customers.
    pub customers: usize,
    /// What they spent in their first twelve months, in minor units.
    pub first_year: i64,
    /// Customers whose first twelve months are over.
    pub whole_years: usize,
    /// What one of those spent in them, on average.
    pub average: Option<i64>,
}

impl Source {
    fn of(by: String, people: &[&Seen], today: Day) -> Self {
        let over = |it: &&&Seen| it.first.is_some_and(|first| first + YEAR <= today + 1);
        let whole: Vec<i64> = people.iter().filter(over).map(|it| it.first_year).collect();
        Self {
            by,
            people: people.len(),
            customers: people.iter().filter(|it| it.first.is_some()).count(),
            first_year: sum(people.iter().map(|it| it.first_year)),
            whole_years: whole.len(),
            average: sum(whole.iter().copied()).checked_div(whole.len() as i64),
        }
    }
    /// In words.
    pub fn words(&self) -> &str {
        match self.by.as_str() {
            FRIEND => "a friend's recommendation",
            "search" => "a search",
            "press" => "the press",
            "social" => "social networks",
            "event" => "an event",
            "passing" => "passing by",
            "advertising" => "advertising",
            "partner" => "a partner",
            "other" => "something else",
            UNKNOWN => "nobody knows",
            other => other,
        }
    }
}

/// Who came in a month.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct InMonth {
    /// The month: year × 12 + month - 1.
    pub month: Month,
    /// How many we met.
    pub people: usize,
    /// How many of them by a friend.
    pub by_friends: usize,
    /// Of how many nobody knows.
    pub unknown: usize,
    /// How many became customers.
    pub customers: usize,
    /// What they spent in their first twelve months so far.
    pub first_year: i64,
}

/// Where people come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// How it was counted.
    pub rule: Cow<'static, str>,
    /// Who was left out of what is counted in money.
    pub left_out: LeftOut,
    /// By what they came: friends first, then by number, unknown last.
    pub sources: Vec<Source>,
    /// The last two years by month.
    pub months: Vec<InMonth>,
    /// How much of growth is earned.
    pub earned: Earned,
    /// Who brought whom.
    pub ambassadors: Ambassadors,
}
