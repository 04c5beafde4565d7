//! What a relationship looks like from what was done and said.

use serde::{Deserialize, Serialize};

use super::Relation;
use crate::{
    lives::{Day, Life, month_of},
    period::{Period, YEAR},
    profit::Counting,
    words::{counted, days, people, times},
};

/// Days in which somebody who brought another is still an ambassador.
pub const BROUGHT_WITHIN: Day = 2 * YEAR;
/// Days from which somebody can be a friend.
pub const FRIEND_AFTER: Day = YEAR;
/// Months of the last twelve in which a friend has spoken with us.
pub const FRIEND_MONTHS: usize = 4;
/// How well somebody felt who may be a friend, from 0 to 1.
pub const FEELS_WELL: f64 = 0.75;
/// Days with purchases in the last twelve months that make a regular.
pub const REGULAR_DAYS: usize = 3;
/// Months of the last twelve in which a regular has used the product.
pub const REGULAR_MONTHS: usize = 6;
/// Times that an acquaintance has spoken with us, if they never bought.
pub const ACQUAINTED: u32 = 3;
/// Minutes of our time in twelve months from which somebody takes much.
pub const TAKES_MUCH: f64 = 120.0;
/// Days before which nobody is given up.
pub const PATIENCE: Day = 180;

/// What a relationship looks like, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// What it looks like.
    pub relation: Relation,
    /// Why: at least one reason.
    pub reasons: Vec<String>,
}

/// Reads one person's life. `counting` is of the year until today ([`Counting::year`]); `left_alone` says that they asked to be.
pub fn of_person(life: &Life, counting: &Counting, left_alone: bool) -> Reading {
    let seen = Seen { life, counting, year: Period::until(counting.today, YEAR) };
    let (relation, reasons) = seen
        .only_address(left_alone)
        .or_else(|| seen.to_let_go(left_alone))
        .or_else(|| seen.ambassador())
        .or_else(|| seen.friend())
        .or_else(|| seen.regular())
        .or_else(|| seen.acquaintance())
        .unwrap_or_else(|| (Relation::Wave, vec!["Little has passed between us so far.".into()]));
    Reading { relation, reasons }
}

type Read = Option<(Relation, Vec<String>)>;

struct Seen<'a> {
    life: &'a Life,
    counting: &'a Counting,
    year: Period,
}

impl Seen<'_> {
    fn known_for(&self) -> Day {
        self.counting.today - self.life.since
    }
    fn months(&self, counts: impl Fn(&crate::lives::Turns) -> bool) -> usize {
        let now = month_of(self.counting.today);
        self.life.turns.iter().filter(|it| (now - 11..=now).contains(&it.month) && counts(it)).count()
    }
    fn bought_days(&self, within: Period) -> usize {
        let mut days: Vec<Day> =
            self.life.bought.iter().map(|it| it.day).filter(|it| within.holds(*it)).collect();
        days.dedup();
        days.len()
    }
    fn only_address(&self, left_alone: bool) -> Read {
        let it = self.life;
        let spoke = it.turns.iter().any(|it| it.heard > 0 || it.used > 0);
        let gave = !(it.bought.is_empty() && it.terms.is_empty() && it.brought.is_empty());
        let told = !(it.felt.is_empty() && it.feedback.is_empty() && it.came.is_none());
        let nothing = !(spoke || gave || told || left_alone);
        let reason = "They never spoke to us, bought or used anything: there is an address and nothing else.";
        nothing.then(|| (Relation::OnlyAddress, vec![reason.into()]))
    }
    fn to_let_go(&self, left_alone: bool) -> Read {
        if left_alone {
            return Some((Relation::LetGo, vec!["They asked to be left alone.".into()]));
        }
        let minutes = self.minutes();
        let left = self.counting.of(self.life).left();
        let gives = !(self.life.brought.is_empty() && self.life.feedback.is_empty());
        let much = left < 0 && minutes >= TAKES_MUCH && !gives;
        let reasons = vec![
            "In the last twelve months they cost more than they brought.".into(),
            format!("They took {} of our time.", crate::words::minutes(minutes)),
            "They brought nobody and told us nothing that made us better.".into(),
        ];
        (much && self.known_for() >= PATIENCE && !self.we_owe()).then_some((Relation::LetGo, reasons))
    }
    /// Nobody is given up to whom we owe something.
    fn we_owe(&self) -> bool {
        let today = self.counting.today;
        let waits = self.life.waits.iter().any(|it| it.minutes.is_none());
        waits || self.life.promises.iter().any(|it| self.year.holds(it.due) && it.failed(today))
    }
    fn minutes(&self) -> f64 {
        let of = |it: crate::lives::Work| {
            let untimed = f64::from(it.times.saturating_sub(it.timed));
            let whole = f64::from(it.minutes) + untimed * self.counting.prices.minutes_of(it.deed);
            whole * self.year.share_of(it.month, self.counting.today)
        };
        self.life.deeds().map(of).sum()
    }
    fn ambassador(&self) -> Read {
        let lately = Period::until(self.counting.today, BROUGHT_WITHIN);
        let brought = self.life.brought.iter().filter(|it| lately.holds(it.day)).count();
        let reason = format!("They brought {} in the last two years.", people(brought));
        (brought > 0).then(|| (Relation::Ambassador, vec![reason]))
    }
    fn friend(&self) -> Read {
        let spoke = self.months(|it| it.heard > 0);
        let feels = self.life.felt.last().and_then(|it| it.part()).is_some_and(|it| it >= FEELS_WELL);
        let told = self.life.feedback.iter().filter(|it| self.year.holds(it.day)).count();
        let close = self.known_for() >= FRIEND_AFTER && spoke >= FRIEND_MONTHS && (feels || told > 0);
        let mut reasons = vec![
            format!("We have known each other for {}.", days(self.known_for())),
            format!("We talked in {} of the last twelve.", counted(spoke, "month", "months")),
        ];
        reasons.extend(feels.then(|| "They felt well when they were last asked.".to_owned()));
        reasons.extend((told > 0).then(|| format!("They told us {} what we could do better.", times(told))));
        close.then_some((Relation::Friend, reasons))
    }
    fn regular(&self) -> Read {
        let (bought, used) = (self.bought_days(self.year), self.months(|it| it.used > 0));
        let subscribed = self.life.terms.iter().any(|it| it.to.is_none());
        let mut reasons = Vec::new();
        if bought >= REGULAR_DAYS {
            reasons.push(format!("They bought {} in the last twelve months.", times(bought)));
        }
        if subscribed {
            reasons.push("They have a subscription.".into());
        }
        if used >= REGULAR_MONTHS {
            reasons.push(format!("They used the product in {used} of the last twelve months."));
        }
        (!reasons.is_empty()).then_some((Relation::Regular, reasons))
    }
    fn acquaintance(&self) -> Read {
        let bought = self.life.bought.len();
        let spoke = self.life.turns.iter().fold(0_u32, |sum, it| sum.saturating_add(it.heard));
        let reason = match (bought > 0, spoke >= ACQUAINTED) {
            (true, _) => format!("They have bought {} so far.", times(bought)),
            (_, true) => format!("They have spoken with us {}.", times(spoke as usize)),
            _ => return None,
        };
        Some((Relation::Acquaintance, vec![reason]))
    }
}

/// The rule, for those who read the result.
pub fn rule() -> String {
    format!(
        "The first that fits. Only an address: never a word, a purchase, a use or an answer. One to let go: they asked to be left alone; or in twelve months \
         they cost more than they brought and took {TAKES_MUCH} minutes or more of our time, brought nobody, told us nothing, are known for \
         {} or more, and we owe them neither an answer nor a promise. An ambassador: brought somebody in the last {}. A friend: \
         known for {}, talked with us in {FRIEND_MONTHS} of the last twelve months or more, and feels well or told us what could be better. A \
         regular: bought on {REGULAR_DAYS} days in twelve months, has a subscription, or used the product in {REGULAR_MONTHS} months of them. An acquaintance: \
         has bought, or spoken with us {ACQUAINTED} times. Else a wave. Whoever of us knows better says so, and that holds.",
        days(PATIENCE),
        days(BROUGHT_WITHIN),
        days(FRIEND_AFTER)
    )
}
