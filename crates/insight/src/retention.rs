//! Who stays: cohorts of customers, subscriptions, revenue of the same people, and what to aim at for each tenure.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use figures::{
    fit::Outcome,
    retention::{Goal, Revenue, goals},
    sbg::{Cohort as Subscribers, Sbg},
    survival::{Curve, Life as Watched, Sure},
};
use model::PersonId;
use serde::{Deserialize, Serialize};

use crate::{
    lives::{Day, Fold, Life, Month, Term, month_of},
    middle::share,
    period::{Period, last_whole_month, months_between},
    purse::{LeftOut, Purse},
};

/// Cohorts that are shown, and months after the first purchase: three years.
pub const MONTHS: usize = 36;
/// Months for which net and gross retention of revenue are shown.
pub const TREND: i32 = 12;
/// Months in each of the two stretches that are compared.
pub const STRETCH: i32 = 12;
/// Renewals that are looked at one by one: twenty years of months.
const MOST_RENEWALS: i32 = 240;
/// Months of tenure with one goal each: from, until.
pub const BANDS: [(u32, u32); 5] = [(1, 3), (4, 6), (7, 12), (13, 24), (25, MOST_RENEWALS as u32)];

/// Gathers who stays.
#[derive(Debug, Clone)]
pub struct Staying {
    today: Day,
    purse: Purse,
    cohorts: BTreeMap<Month, Cohort>,
    tenure: Vec<Tenure>,
    watched: Vec<Watched>,
    subscribers: Subscribers,
    there: Vec<u64>,
    stayed: Vec<u64>,
    /// Twelve months and the twelve before, with what became of what was spent.
    revenue: Vec<(Period, Period, Revenue)>,
}

/// Those who first bought in one month.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cohort {
    /// The month: year × 12 + month - 1.
    pub month: Month,
    /// How many they are.
    pub size: usize,
    /// How many bought in the month itself, in the first after it, ... as far as months are over.
    pub bought: Vec<usize>,
    /// The same as shares.
    pub shares: Vec<f64>,
}

/// All customers in one month of their tenure.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Tenure {
    /// Months after the first purchase.
    pub month: usize,
    /// Customers for whom this month is over.
    pub there: usize,
    /// How many of them bought in it.
    pub bought: usize,
    /// The same as a share.
    pub share: Option<f64>,
}

impl Staying {
    /// Nobody yet.
    pub fn new(today: Day, currency: &str) -> Self {
        let last = last_whole_month(today);
        let stretch = |back| Period::of_months(last - back, STRETCH);
        let nothing = Revenue { start: 0.0, expansion: 0.0, contraction: 0.0, churn: 0.0 };
        Self {
            today,
            purse: Purse::new(currency),
            cohorts: BTreeMap::new(),
            tenure: (0..=MONTHS).map(|month| Tenure { month, ..Tenure::default() }).collect(),
            watched: Vec::new(),
            subscribers: Subscribers::default(),
            there: Vec::new(),
            stayed: Vec::new(),
            revenue: (0..TREND).rev().map(|back| (stretch(back), stretch(back + STRETCH), nothing)).collect(),
        }
    }
    fn bought(&mut self, life: &Life) {
        let Some(first) = life.bought.first().map(|it| month_of(it.day)) else { return };
        let over = last_whole_month(self.today) - first;
        if over < 0 {
            return;
        }
        let within = 0..=over.min(MONTHS as i32);
        let months: BTreeSet<i32> =
            life.bought.iter().map(|it| month_of(it.day) - first).filter(|it| within.contains(it)).collect();
        let bought = |month: usize| usize::from(months.contains(&(month as i32)));
        for (month, tenure) in self.tenure.iter_mut().enumerate().take(*within.end() as usize + 1) {
            tenure.there += 1;
            tenure.bought += bought(month);
        }
        if over < MONTHS as i32 {
            let new =
                || Cohort { month: first, size: 0, bought: vec![0; over as usize + 1], shares: Vec::new() };
            let cohort = self.cohorts.entry(first).or_insert_with(new);
            cohort.size += 1;
            cohort.bought.iter_mut().enumerate().for_each(|(month, count)| *count += bought(month));
        }
    }
    fn subscribed(&mut self, term: &Term) {
        let until = term.to.unwrap_or(self.today).min(self.today);
        let ended = term.to.is_some_and(|it| it <= self.today);
        if term.from > self.today {
            return;
        }
        let days = (until - term.from).max(0);
        self.watched.push(Watched { time: days.into(), ended });
        let renewals = months_between(term.from, until).min(MOST_RENEWALS);
        let cancels = ended && renewals < MOST_RENEWALS;
        // Who leaves between two renewals has cancelled instead of the next.
        let met = (renewals + i32::from(cancels)) as usize;
        let _ = self.subscribers.add(met as u32, cancels, 1);
        for list in [&mut self.there, &mut self.stayed] {
            list.resize(list.len().max(met), 0);
        }
        self.there[..met].iter_mut().for_each(|it| *it += 1);
        self.stayed[..renewals as usize].iter_mut().for_each(|it| *it += 1);
    }
    fn spent(&mut self, life: &Life) {
        for (now, then, revenue) in &mut self.revenue {
            let before = self.purse.spent(life, *then).max(0) as f64;
            if before == 0.0 {
                continue;
            }
            let after = self.purse.spent(life, *now).max(0) as f64;
            revenue.start += before;
            revenue.expansion += (after - before).max(0.0);
            let less = if after > 0.0 { &mut revenue.contraction } else { &mut revenue.churn };
            *less += (before - after).max(0.0);
        }
    }
    /// What came of it.
    pub fn report(self) -> Report {
        let fit = Sbg::fit(&self.subscribers);
        let model = fit.as_ref().ok().map(|it| it.model);
        let with_shares = |mut it: Cohort| {
            it.shares = it.bought.iter().map(|bought| *bought as f64 / it.size.max(1) as f64).collect();
            it
        };
        let tenure = self.tenure.into_iter().filter(|it| it.there > 0);
        Report {
            rule: RULE.into(),
            left_out: self.purse.left_out(),
            cohorts: self.cohorts.into_values().map(with_shares).collect(),
            tenure: tenure.map(|it| Tenure { share: share(it.bought, it.there), ..it }).collect(),
            subscriptions: subscriptions(&self.watched),
            model: Model::of(&fit),
            goals: model
                .map(|it| in_bands(&goals(&it, &self.there, &self.stayed), &self.there))
                .unwrap_or_default(),
            revenue: self.revenue.iter().map(|(now, _, it)| Kept::of(month_of(now.to - 1), it)).collect(),
        }
    }
}

impl Fold for Staying {
    fn eat(&mut self, _: PersonId, life: &Life) {
        life.terms.iter().for_each(|it| self.subscribed(it));
        self.bought(life);
        if self.purse.takes(life) {
            self.spent(life);
        }
    }
}

const RULE: &str = "A cohort is all who first bought in one month; a share tells how many of them bought in a later month that is over. Subscriptions are \
    followed from their beginning to their end or to today (Kaplan and Meier). Gross retention is what people spent in twelve months of what the \
    same people spent in the twelve before, counting nobody for more than before; net retention counts also what they spent more. Goals are set for \
    each tenure, since those who stay long leave less often: one goal for all would move by mix alone.";

/// Subscriptions as a curve of who is still there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Subscriptions {
    /// How many were watched.
    pub count: usize,
    /// How many of them ended.
    pub ended: usize,
    /// Days after which half have ended; nothing if more last.
    pub median_days: Option<f64>,
    /// After each month: still there, with the interval that holds it nineteen times in twenty.
    pub after_months: Vec<Still>,
}

/// Who is still there after some months.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Still {
    /// Months since the beginning.
    pub month: usize,
    /// The share still there.
    pub share: f64,
    /// Between which it lies.
    pub between: (f64, f64),
}

fn subscriptions(watched: &[Watched]) -> Subscriptions {
    let curve = Curve::of(watched).unwrap_or(Curve { steps: Vec::new() });
    let longest = watched.iter().map(|it| it.time).fold(0.0, f64::max);
    let still = |month: usize| {
        let day = month as f64 * 365.25 / 12.0;
        let between = curve.at(day).map_or((1.0, 1.0), |it| it.interval(Sure::NinetyFive));
        (day <= longest).then(|| Still { month, share: curve.survival(day), between })
    };
    Subscriptions {
        count: watched.len(),
        ended: watched.iter().filter(|it| it.ended).count(),
        median_days: curve.median(),
        after_months: (0..=MONTHS).map_while(still).filter(|_| !watched.is_empty()).collect(),
    }
}

/// What was learnt of how likely subscribers are to cancel at a month's end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// α and β of sBG, where there is a fit.
    pub parameters: Option<(f64, f64)>,
    /// Why there is none, or why it is none to rely on.
    pub words: Option<String>,
}

impl Model {
    fn of(fit: &Result<figures::fit::Fit<Sbg>, figures::fit::Unfit>) -> Self {
        let fit = match fit {
            Ok(fit) => fit,
            Err(why) => return Self { parameters: None, words: Some(why.to_string()) },
        };
        let words = match &fit.outcome {
            Outcome::Boundary(it) => Some(it.words.clone()),
            _ => None,
        };
        Self { parameters: Some((fit.model.alpha(), fit.model.beta())), words }
    }
}

/// A goal for subscribers of one tenure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Aim {
    /// From which month of tenure.
    pub from: u32,
    /// Until which.
    pub until: u32,
    /// Renewals that were due.
    pub due: u64,
    /// The share that renews in a month, as their tenure lets expect.
    pub expected: f64,
    /// The share that did.
    pub seen: f64,
}

fn in_bands(goals: &[Goal], there: &[u64]) -> Vec<Aim> {
    let aim = |(from, until): &(u32, u32)| {
        let band = || goals.iter().zip(there).filter(|(it, _)| (*from..=*until).contains(&it.period));
        let due: u64 = band().map(|(_, there)| there).sum();
        let weighed =
            |of: fn(&Goal) -> f64| band().map(|(it, n)| of(it) * *n as f64).sum::<f64>() / due as f64;
        (due > 0).then(|| Aim {
            from: *from,
            until: *until,
            due,
            expected: weighed(|it| it.expected),
            seen: weighed(|it| it.seen.unwrap_or_default()),
        })
    };
    BANDS.iter().filter_map(aim).collect()
}

/// Revenue of the same people, in twelve months and the twelve before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The last month of the twelve.
    pub month: Month,
    /// What they spent in the twelve months before.
    pub before: f64,
    /// Gross retention.
    pub gross: Option<f64>,
    /// Net retention.
    pub net: Option<f64>,
}

impl Kept {
    fn of(month: Month, it: &Revenue) -> Self {
        Self { month, before: it.start, gross: it.gross_retention().ok(), net: it.net_retention().ok() }
    }
}

/// Who stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// How it was counted.
    pub rule: Cow<'static, str>,
    /// Who was left out of what is counted in money.
    pub left_out: LeftOut,
    /// By month of the first purchase, the last three years.
    pub cohorts: Vec<Cohort>,
    /// By month of tenure.
    pub tenure: Vec<Tenure>,
    /// Subscriptions.
    pub subscriptions: Subscriptions,
    /// What was learnt of cancelling.
    pub model: Model,
    /// Goals by tenure.
    pub goals: Vec<Aim>,
    /// Retention of revenue, by month.
    pub revenue: Vec<Kept>,
}
