//! Loyalty that is earned, told apart from coming back for a coupon, from habit, or because leaving is made hard.

use std::borrow::Cow;
use std::collections::BTreeMap;

use model::PersonId;
use serde::{Deserialize, Serialize};

use crate::{
    lives::{Day, Fold, Life, Term, first_of},
    middle::{mean, share},
    period::{Period, YEAR},
    purse::{LeftOut, Purse},
    words::{counted, date, days, percent, times},
};

/// Returns with an incentive are most of them above this share.
pub const MOSTLY: f64 = 0.5;
/// Purchases from which a rhythm can be read: four gaps.
pub const RHYTHM_PURCHASES: usize = 5;
/// Gaps are regular if they stray from their mean by less than this share of it.
pub const REGULAR: f64 = 0.35;
/// Days in which somebody who is more than a habit would have said a word.
pub const SILENT: Day = YEAR;
/// Days after which a subscription that still lasts counts as coming back.
pub const RENEWED: Day = 31;

/// Why somebody comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loyalty {
    /// They return of themselves.
    Earned,
    /// They return mostly when something is taken off.
    Bought,
    /// They return in a regular rhythm, and nothing else passes between us.
    Habitual,
    /// They cannot leave, or tried to.
    Captive,
}

impl Loyalty {
    /// All, as they are shown.
    pub const ALL: [Self; 4] = [Self::Earned, Self::Bought, Self::Habitual, Self::Captive];
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Earned => "come back of themselves",
            Self::Bought => "come back when something is taken off",
            Self::Habitual => "come back out of habit",
            Self::Captive => "are bound, or could not leave",
        }
    }
}

/// Why one person comes back, and how that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Why.
    pub loyalty: Loyalty,
    /// How it is known.
    pub reasons: Vec<String>,
}

/// Why somebody comes back; nothing if they have not come back yet.
pub fn of_person(life: &Life, today: Day) -> Option<Reading> {
    let lasting = life.terms.iter().rfind(|it| it.to.is_none());
    let renewed = life.terms.iter().any(|it| it.to.unwrap_or(today) - it.from > RENEWED);
    let bought = purchases(life);
    if bought.len() < 2 && !renewed {
        return None;
    }
    let (loyalty, reasons) = lasting
        .and_then(|it| captive(it, today))
        .or_else(|| for_incentives(&bought))
        .or_else(|| out_of_habit(life, &bought, today))
        .unwrap_or_else(|| earned(&bought, renewed));
    Some(Reading { loyalty, reasons })
}

/// Days with purchases in whatever currency, and whether an incentive stood behind them.
fn purchases(life: &Life) -> Vec<(Day, bool)> {
    let mut days: BTreeMap<Day, bool> = BTreeMap::new();
    life.bought.iter().for_each(|it| *days.entry(it.day).or_default() |= it.incentive);
    days.into_iter().collect()
}

type Read = (Loyalty, Vec<String>);

fn captive(term: &Term, today: Day) -> Option<Read> {
    let bound = term.bound_to.filter(|it| *it > today);
    let bound = bound.map(|it| format!("A contract binds them until {}.", date(it)));
    let failed = term.failed.last();
    let failed =
        failed.map(|it| format!("They tried to end it {}, last on {}.", times(term.failed.len()), date(*it)));
    let reasons: Vec<String> = bound.into_iter().chain(failed).collect();
    (!reasons.is_empty()).then_some((Loyalty::Captive, reasons))
}

fn for_incentives(bought: &[(Day, bool)]) -> Option<Read> {
    let returns = bought.get(1..)?;
    let with = returns.iter().filter(|it| it.1).count();
    let reason =
        format!("They came back {}, {with} of them with a coupon or discount.", times(returns.len()));
    share(with, returns.len()).filter(|it| *it > MOSTLY).map(|_| (Loyalty::Bought, vec![reason]))
}

fn out_of_habit(life: &Life, bought: &[(Day, bool)], today: Day) -> Option<Read> {
    let recent = Period::until(today, SILENT);
    let spoke = life.turns.iter().any(|it| it.heard > 0 && first_of(it.month + 1) > recent.from);
    let reacted = life.felt.iter().any(|it| recent.holds(it.day))
        || life.feedback.iter().any(|it| recent.holds(it.day))
        || !life.brought.is_empty();
    let (gap, stray) = rhythm(bought)?;
    let habit = stray < REGULAR && !spoke && !reacted;
    let regular =
        format!("They bought {}, regularly every {}.", times(bought.len()), days(gap.round() as Day));
    let silent = "No word, answer or recommendation came from them in a year.".to_owned();
    habit.then(|| (Loyalty::Habitual, vec![regular, silent]))
}

/// The mean gap between purchases, and how far gaps stray from it as a share of it.
fn rhythm(bought: &[(Day, bool)]) -> Option<(f64, f64)> {
    let gaps = || bought.windows(2).map(|it| f64::from(it[1].0 - it[0].0));
    let middle = mean(gaps()).filter(|it| *it > 0.0 && bought.len() >= RHYTHM_PURCHASES)?;
    let spread = mean(gaps().map(|it| (it - middle).powi(2)))?.sqrt();
    Some((middle, spread / middle))
}

fn earned(bought: &[(Day, bool)], renewed: bool) -> Read {
    let returns = bought.len().saturating_sub(1);
    let without = bought.iter().skip(1).filter(|it| !it.1).count();
    let returned = format!("They came back {}, {without} of them with nothing taken off.", times(returns));
    let stays = "Their subscription goes on, and nothing holds them in it.".to_owned();
    let ended = "They had a subscription and could end it.".to_owned();
    let reason = match (returns, renewed) {
        (0, true) => vec![stays],
        (_, true) => vec![returned, ended],
        _ => vec![returned],
    };
    (Loyalty::Earned, reason)
}

/// The rule, for those who read the result.
pub fn rule() -> String {
    format!(
        "Whoever bought on two days or more, or kept a subscription for more than {RENEWED} days, came back. Bound: a contract holds them beyond today, \
         or they tried to end it and could not. For incentives: more than {} of their returns had a coupon or discount. Out of habit: {RHYTHM_PURCHASES} \
         purchases or more whose gaps stray by less than {} of their mean, and no word, answer, feedback or recommendation in {SILENT} days. All others \
         come back of themselves. The first of these that fits counts.",
        percent(MOSTLY),
        percent(REGULAR)
    )
}

/// Counts why people come back.
#[derive(Debug, Clone)]
pub struct Loyalties {
    today: Day,
    purse: Purse,
    groups: BTreeMap<Loyalty, (usize, i64)>,
    once: usize,
}

impl Loyalties {
    /// Nobody yet.
    pub fn new(today: Day, currency: &str) -> Self {
        Self { today, purse: Purse::new(currency), groups: BTreeMap::new(), once: 0 }
    }
    /// What came of it.
    pub fn report(self) -> Report {
        let back: usize = self.groups.values().map(|it| it.0).sum();
        let group = |loyalty| {
            let (people, spent) = self.groups.get(&loyalty).copied().unwrap_or_default();
            Group { loyalty, words: loyalty.words().into(), people, share: share(people, back), spent }
        };
        let groups: Vec<Group> = Loyalty::ALL.map(group).into();
        let words = match groups[0].share {
            None => "Nobody has come back yet.".into(),
            Some(it) => format!(
                "{} came back, {} of them of themselves.",
                counted(back, "person", "people"),
                percent(it)
            ),
        };
        Report { rule: rule(), left_out: self.purse.left_out(), back, once: self.once, groups, words }
    }
}

impl Fold for Loyalties {
    fn eat(&mut self, _: PersonId, life: &Life) {
        let counts = self.purse.takes(life);
        let spent = Period::until(self.today, YEAR);
        let spent = if counts { self.purse.spent(life, spent) } else { 0 };
        match of_person(life, self.today) {
            Some(it) => {
                let group = self.groups.entry(it.loyalty).or_default();
                *group = (group.0 + 1, group.1.saturating_add(spent));
            }
            None => self.once += usize::from(!life.bought.is_empty()),
        }
    }
}

/// People who come back for the same reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Why.
    pub loyalty: Loyalty,
    /// The same in words: they …
    pub words: Cow<'static, str>,
    /// How many.
    pub people: usize,
    /// Their share of all who came back.
    pub share: Option<f64>,
    /// What they spent in the last twelve months, in minor units.
    pub spent: i64,
}

/// Why people come back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// How it was counted.
    pub rule: String,
    /// Who was left out of what is counted in money.
    pub left_out: LeftOut,
    /// Who came back.
    pub back: usize,
    /// Who bought once so far.
    pub once: usize,
    /// By why.
    pub groups: Vec<Group>,
    /// What it says.
    pub words: String,
}
