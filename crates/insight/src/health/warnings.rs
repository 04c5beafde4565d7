//! Signs that something goes wrong with somebody, told while there is time, with why and since when.

use serde::{Deserialize, Serialize};

use crate::{
    lives::{Day, Life, first_of, month_of},
    middle::{mean, median},
    period::{Period, YEAR},
    words::{counted, date, days, minutes, times},
};

/// Purchases from which there is a usual gap.
pub const RHYTHM: usize = 4;
/// A silence of more than so many usual gaps breaks a rhythm.
pub const BROKEN_AFTER: f64 = 2.0;
/// Days below which no silence is told.
pub const SHORT: Day = 14;
/// Days that are lately.
pub const LATELY: Day = 90;
/// Waits on each side that are compared.
pub const LEAST_WAITS: usize = 3;
/// Waits grow if they are so many times what they were, …
pub const GROWN: f64 = 2.0;
/// … and longer by so many minutes.
pub const GROWN_BY: f64 = 240.0;
/// How much less somebody feels well, from 0 to 1, before it is told.
pub const FELL: f64 = 0.25;
/// Days after which somebody has waited too long.
pub const WAITS: Day = 3;
/// Times that we wrote unasked without hearing anything.
pub const IN_VAIN: u32 = 3;
/// Days in which it counts that somebody could not end a subscription.
pub const TRIED_WITHIN: Day = 180;

/// A sign, the most pressing first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// They wait for an answer.
    Waits,
    /// We broke a promise.
    PromiseBroken,
    /// They tried to leave and could not.
    CouldNotLeave,
    /// They feel worse than before.
    FeelsWorse,
    /// They wait longer than they used to.
    WaitsGrow,
    /// They used to buy, and have stopped.
    RhythmBroken,
    /// We write, and they no longer answer.
    InVain,
}

impl Sign {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Waits => "wait for an answer",
            Self::PromiseBroken => "had a promise broken",
            Self::CouldNotLeave => "tried to leave and could not",
            Self::FeelsWorse => "feel worse than before",
            Self::WaitsGrow => "wait longer than they used to",
            Self::RhythmBroken => "used to buy and have stopped",
            Self::InVain => "no longer answer us",
        }
    }
}

/// A sign with one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Which.
    pub sign: Sign,
    /// Since when.
    pub since: Day,
    /// Why, as a sentence.
    pub why: String,
}

type Seen = Option<(Day, String)>;
type Look = fn(&Life, Day) -> Seen;

pub(super) fn of(life: &Life, today: Day) -> Vec<Warning> {
    let looks: [(Sign, Look); 7] = [
        (Sign::Waits, waits),
        (Sign::PromiseBroken, promise_broken),
        (Sign::CouldNotLeave, could_not_leave),
        (Sign::FeelsWorse, feels_worse),
        (Sign::WaitsGrow, waits_grow),
        (Sign::RhythmBroken, rhythm_broken),
        (Sign::InVain, in_vain),
    ];
    let told = looks.into_iter().filter_map(|(sign, look)| Some((sign, look(life, today)?)));
    told.map(|(sign, (since, why))| Warning { sign, since, why }).collect()
}

fn waits(life: &Life, today: Day) -> Seen {
    let it = life.waits.iter().find(|it| it.minutes.is_none() && it.day + WAITS <= today)?;
    Some((it.day, format!("They have waited for an answer for {}.", days(today - it.day))))
}

fn promise_broken(life: &Life, today: Day) -> Seen {
    let lately = Period::until(today, LATELY);
    let it = life.promises.iter().rfind(|it| lately.holds(it.due) && it.failed(today))?;
    let what = if it.state == "open" { "is overdue" } else { "was not kept" };
    Some((it.due, format!("What we promised for {} {what}.", date(it.due))))
}

fn could_not_leave(life: &Life, today: Day) -> Seen {
    let lately = Period::until(today, TRIED_WITHIN);
    let lasting = life.terms.iter().filter(|it| it.to.is_none());
    let tried = lasting.flat_map(|it| &it.failed).filter(|it| lately.holds(**it)).max()?;
    Some((*tried, format!("They tried to end their subscription on {} and could not.", date(*tried))))
}

fn feels_worse(life: &Life, today: Day) -> Seen {
    let last = life.felt.last().filter(|it| Period::until(today, YEAR).holds(it.day))?;
    let before = life.felt.iter().filter(|it| it.survey == last.survey && it.day < last.day);
    let before = mean(before.filter_map(|it| it.part()))?;
    let fell = before - last.part()?;
    let why = format!(
        "They felt {:.0} of 10 on {}, after {:.0} before.",
        last.part()? * 10.0,
        date(last.day),
        before * 10.0
    );
    (fell >= FELL).then_some((last.day, why))
}

fn waits_grow(life: &Life, today: Day) -> Seen {
    let (lately, year) = (Period::until(today, LATELY), Period::until(today, YEAR));
    let answered = || life.waits.iter().filter_map(|it| Some((it.day, it.minutes?)));
    let now: Vec<(Day, i64)> = answered().filter(|(day, _)| lately.holds(*day)).collect();
    let then: Vec<(Day, i64)> =
        answered().filter(|(day, _)| year.holds(*day) && !lately.holds(*day)).collect();
    let middle =
        |all: &[(Day, i64)]| median(all.iter().map(|it| it.1 as f64)).filter(|_| all.len() >= LEAST_WAITS);
    let (after, before) = (middle(&now)?, middle(&then)?);
    let grew = after >= before * GROWN && after - before >= GROWN_BY;
    let why =
        format!("They now wait for {} mostly, and waited for {} before.", minutes(after), minutes(before));
    grew.then(|| (now.first().map_or(today, |it| it.0), why))
}

fn rhythm_broken(life: &Life, today: Day) -> Seen {
    let mut bought: Vec<Day> = life.bought.iter().map(|it| it.day).collect();
    bought.dedup();
    let last = *bought.last().filter(|_| bought.len() >= RHYTHM)?;
    let usual = median(bought.windows(2).map(|it| f64::from(it[1] - it[0])))?;
    let most = ((usual * BROKEN_AFTER).round() as Day).max(SHORT);
    let silence = today - last;
    let why =
        format!("They usually buy every {}, and have not for {}.", days(usual.round() as Day), days(silence));
    (silence > most).then_some((last + most, why))
}

fn in_vain(life: &Life, today: Day) -> Seen {
    let spoke = life.turns.iter().rfind(|it| it.heard > 0)?.month;
    let since: Vec<_> =
        life.turns.iter().filter(|it| it.month > spoke && it.month <= month_of(today)).collect();
    let wrote = since.iter().fold(0_u32, |sum, it| sum.saturating_add(it.unasked));
    let first = since.iter().find(|it| it.unasked > 0)?.month;
    let why = format!(
        "We wrote {} in {} and heard nothing.",
        times(wrote as usize),
        counted(since.len(), "month", "months")
    );
    (wrote >= IN_VAIN).then(|| (first_of(first), why))
}
