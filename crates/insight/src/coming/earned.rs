//! Earned and bought growth: the last twelve whole months against the twelve before.

use figures::growth::{Growth, Year};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

use super::Seen;
use crate::{
    lives::Day,
    purse::sum,
    words::{people, percent},
};

/// Growth by where it comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Earned {
    /// How it was counted.
    pub rule: Cow<'static, str>,
    /// What everybody spent in the twelve months before the last twelve.
    pub last_year: i64,
    /// What the same people spent in the last twelve.
    pub from_before: i64,
    /// What new customers spent who came by a friend.
    pub from_earned: i64,
    /// What all others spent.
    pub from_bought: i64,
    /// Of those: customers who had paused for a year or more.
    pub of_which_back: i64,
    /// New customers of whom nobody knows why they came: they count as bought.
    pub unknown: usize,
    /// Net retention of revenue, as a share of last year.
    pub net_retention: Option<f64>,
    /// What earned new customers brought.
    pub earned_new: Option<f64>,
    /// What is not earned.
    pub bought: Option<f64>,
    /// Earned growth: net retention and earned new customers, less the whole of last year.
    pub earned: Option<f64>,
    /// Growth in all.
    pub total: Option<f64>,
    /// What it says.
    pub words: String,
}

const RULE: &str = "The last twelve whole months against the twelve before. Earned growth is what last year's customers spent, and what new customers \
    spent who came by a friend, less what was spent last year. All other growth is bought; so is that of new customers of whom nobody knows why they \
    came, until somebody asks them.";

/// `from` is the first day of the last twelve months.
pub(super) fn of(seen: &[Seen], from: Day) -> Earned {
    let total =
        |which: &dyn Fn(&Seen) -> bool| sum(seen.iter().filter(|it| which(it)).map(|it| it.this_year));
    let before = |it: &Seen| it.last_year > 0;
    let is_new = |it: &Seen| !before(it) && it.first.is_some_and(|first| first >= from);
    let earned = |it: &Seen| is_new(it) && it.by == Some(0);
    let bought = |it: &Seen| !(before(it) || earned(it));
    let mut told = Earned {
        rule: RULE.into(),
        last_year: sum(seen.iter().filter(|it| before(it)).map(|it| it.last_year)),
        from_before: total(&before),
        from_earned: total(&earned),
        from_bought: total(&bought),
        of_which_back: total(&|it| bought(it) && !is_new(it)),
        unknown: seen.iter().filter(|it| is_new(it) && it.by.is_none() && it.this_year > 0).count(),
        net_retention: None,
        earned_new: None,
        bought: None,
        earned: None,
        total: None,
        words: String::new(),
    };
    told.grow();
    told
}

impl Earned {
    fn grow(&mut self) {
        let growth = Growth::of(&Year {
            last_year: self.last_year as f64,
            from_before: self.from_before as f64,
            from_earned: self.from_earned as f64,
            from_bought: self.from_bought as f64,
        });
        self.net_retention = growth.map(|it| it.net_retention);
        self.earned_new = growth.map(|it| it.earned_new);
        self.bought = growth.map(|it| it.bought_new);
        self.earned = growth.map(|it| it.earned());
        self.total = growth.map(|it| it.total());
        self.words = self.said(growth);
    }
    fn said(&self, growth: Option<Growth>) -> String {
        let Some(growth) = growth else {
            return "There were no sales the year before to compare with.".into();
        };
        let asked = match self.unknown {
            0 => String::new(),
            count => format!(" Of {} who are new nobody knows why they came: ask them.", people(count)),
        };
        format!(
            "We grew by {}, of which {} is earned.{asked}",
            percent(growth.total()),
            percent(growth.earned())
        )
    }
}
