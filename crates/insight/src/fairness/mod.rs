//! Whether some are served worse for who they are: how long groups of people wait, what they are given, and what they pay, each against all others.

mod chance;
mod measures;

use std::collections::{BTreeMap, HashMap};

use model::PersonId;
use serde::{Deserialize, Serialize};

pub use measures::{Compared, Measure, Method, Verdict};

use crate::{
    lives::{Day, Fold, Life},
    period::{Period, YEAR},
    purse::{LeftOut, Purse, sum},
};

/// People below which a group is shown and never judged.
pub const LEAST: usize = 20;
/// Days after which a word that got no answer counts as never answered.
pub const NEVER: Day = 7;
/// Groups that are compared; the largest.
pub const MOST_GROUPS: usize = 20;

/// What was seen of one person.
#[derive(Debug, Clone, Default)]
struct Seen {
    /// Minutes of each wait that had an answer.
    waits: Vec<f64>,
    /// Words that an answer can be told of, and those without.
    asked: usize,
    unanswered: usize,
    goodwill: f64,
    /// What was taken off the full price, as a share; nothing if they bought nothing.
    discount: Option<f64>,
}

/// Gathers what groups of people get.
#[derive(Debug, Clone)]
pub struct Fairness {
    today: Day,
    year: Period,
    seed: u64,
    purse: Purse,
    group_of: HashMap<PersonId, String>,
    groups: BTreeMap<String, Vec<Seen>>,
}

impl Fairness {
    /// Nobody yet. `group_of` says to which group each person belongs; who is in none is not looked at. From the same seed chance draws the same.
    pub fn new(today: Day, currency: &str, group_of: HashMap<PersonId, String>, seed: u64) -> Self {
        let year = Period::until(today, YEAR);
        Self { today, year, seed, purse: Purse::new(currency), group_of, groups: BTreeMap::new() }
    }
    fn seen(&self, life: &Life, counts: bool) -> Seen {
        let waits = || life.waits.iter().filter(|it| self.year.holds(it.day));
        // Whoever asked this week may still be answered.
        let over = || waits().filter(|it| it.minutes.is_some() || it.day < self.today - NEVER);
        let bought = self.purse.bought(life).filter(|it| self.year.holds(it.day));
        let discount = sum(bought.clone().map(|it| it.discount)) as f64;
        let full = sum(bought.map(|it| it.minor.saturating_add(it.discount))) as f64;
        let goodwill = self.purse.amounts(&life.goodwill).filter(|it| self.year.holds(it.day));
        Seen {
            waits: waits().filter_map(|it| it.minutes).map(|it| it as f64).collect(),
            asked: over().count(),
            unanswered: over().filter(|it| it.minutes.is_none()).count(),
            goodwill: sum(goodwill.map(|it| it.minor)) as f64,
            discount: (counts && full > 0.0).then(|| discount / full),
        }
    }
    /// What came of it.
    pub fn report(self) -> Report {
        let mut named: Vec<(String, Vec<Seen>)> = self.groups.into_iter().collect();
        named.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then(a.0.cmp(&b.0)));
        let groups = named.len().min(MOST_GROUPS);
        let of = |at: usize| {
            let (name, people) = &named[at];
            let others: Vec<&Seen> =
                named.iter().enumerate().filter(|(it, _)| *it != at).flat_map(|(_, it)| &it.1).collect();
            let seed = self.seed.wrapping_add(at as u64);
            let measures =
                measures::all(&people.iter().collect::<Vec<_>>(), &others, self.purse.currency(), seed);
            Group { name: name.clone(), people: people.len(), measures }
        };
        let groups: Vec<Group> = (0..groups).map(of).collect();
        let judged = groups.iter().flat_map(|it| &it.measures).filter(|it| it.between.is_some()).count();
        Report { rule: rule(), left_out: self.purse.left_out(), judged, words: words(judged), groups }
    }
}

impl Fold for Fairness {
    fn eat(&mut self, person: PersonId, life: &Life) {
        let Some(group) = self.group_of.get(&person).cloned() else { return };
        let counts = self.purse.takes(life);
        let seen = self.seen(life, counts);
        self.groups.entry(group).or_default().push(seen);
    }
}

fn rule() -> String {
    format!(
        "Over the last twelve months, each group against all others. Waits and what was never answered (after {NEVER} days) are counted by person, since \
         one who asks often is still one. Differences come with an interval that holds the truth ninety-nine times in a hundred: for waits by drawing people \
         again and again (bootstrap), for never answered by Wilson, for goodwill and discounts by Welch. If nothing lies within it but differences of one \
         kind, chance is a poor explanation. Groups of fewer than {LEAST} people are shown and never judged. Whether a difference is unfair is for people to say."
    )
}

fn words(judged: usize) -> String {
    match judged {
        0 => "No group is large enough to be compared.".into(),
        _ => format!(
            "{judged} comparisons were made. Even if all are treated alike, one in a hundred such comparisons looks otherwise."
        ),
    }
}

/// A group of people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Its name, as it was given.
    pub name: String,
    /// How many they are.
    pub people: usize,
    /// What they get, against all others.
    pub measures: Vec<Compared>,
}

/// What groups of people get.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// How it was counted.
    pub rule: String,
    /// Who was left out of what is counted in money.
    pub left_out: LeftOut,
    /// The groups, the largest first.
    pub groups: Vec<Group>,
    /// How many comparisons were judged.
    pub judged: usize,
    /// What to keep in mind.
    pub words: String,
}
