//! The parts of how it goes with somebody, each with its sentence.

use serde::{Deserialize, Serialize};

use crate::{
    lives::{Day, Life, Promise, Turns, Wait, first_of},
    middle::{mean, share},
    period::{Period, YEAR},
    words::{counted, days, minutes, percent, times},
};

/// Minutes in a day: within them an answer is soon.
pub const SOON: i64 = 1440;
/// Limits in minutes, of which a sentence takes the first that holds mostly.
const LIMITS: [i64; 7] = [60, 120, 240, 480, SOON, 3 * SOON, 7 * SOON];
/// A limit holds mostly from this share on.
const MOSTLY: f64 = 0.8;
/// Answers of the last surveys that count.
const FELT: usize = 3;
/// Words that must have passed before it is told who speaks.
const LEAST_TURNS: u32 = 3;
/// Days after which tenure is whole: three years.
const LONG: Day = 3 * YEAR;

/// What a part is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// How soon we answer.
    Responsiveness,
    /// Whether we keep what we promise.
    Promises,
    /// Whether they have to ask more than once.
    Effort,
    /// How they feel.
    Satisfaction,
    /// Whether it goes both ways.
    Reciprocity,
    /// How long we know each other.
    Tenure,
}

impl What {
    /// All, as they are shown.
    pub const ALL: [Self; 6] = [
        Self::Responsiveness,
        Self::Promises,
        Self::Effort,
        Self::Satisfaction,
        Self::Reciprocity,
        Self::Tenure,
    ];
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Responsiveness => "answers in time",
            Self::Promises => "promises kept",
            Self::Effort => "asked only once",
            Self::Satisfaction => "how they feel",
            Self::Reciprocity => "it goes both ways",
            Self::Tenure => "how long we know each other",
        }
    }
}

/// One part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// What it is about.
    pub what: What,
    /// From 0 to 1; nothing if it is not known.
    pub value: Option<f64>,
    /// What was seen, or that nothing was.
    pub words: String,
}

pub(super) fn of(life: &Life, today: Day) -> Vec<Part> {
    let year = Period::until(today, YEAR);
    let waits: Vec<&Wait> = life.waits.iter().filter(|it| year.holds(it.day) && is_over(it, today)).collect();
    let promises: Vec<&Promise> =
        life.promises.iter().filter(|it| year.holds(it.due) && is_settled(it, today)).collect();
    let turns: Vec<&Turns> =
        life.turns.iter().filter(|it| year.within(month(it)).days() > 0 && it.month >= 0).collect();
    vec![
        part(What::Responsiveness, responsiveness(&waits), "They did not ask anything in twelve months."),
        part(What::Promises, kept(&promises), "We promised nothing that was due in twelve months."),
        part(What::Effort, effort(&waits), "They did not have to ask in twelve months."),
        part(What::Satisfaction, satisfaction(life, year), "Nobody asked how they feel in twelve months."),
        part(What::Reciprocity, reciprocity(&turns), "Hardly a word passed in twelve months."),
        part(What::Tenure, tenure(life, today), "We have not met."),
    ]
}

fn part(what: What, seen: Option<(f64, String)>, otherwise: &str) -> Part {
    match seen {
        Some((value, words)) => Part { what, value: Some(value.clamp(0.0, 1.0)), words },
        None => Part { what, value: None, words: otherwise.to_owned() },
    }
}

fn month(it: &Turns) -> Period {
    Period { from: first_of(it.month), to: first_of(it.month + 1) }
}

/// Who asked only today may yet be answered in time.
fn is_over(it: &Wait, today: Day) -> bool {
    it.minutes.is_some() || it.day < today - 1
}

/// What is due today may yet be kept.
fn is_settled(it: &Promise, today: Day) -> bool {
    it.state != "open" || it.failed(today)
}

fn responsiveness(waits: &[&Wait]) -> Option<(f64, String)> {
    let within = |limit: i64| waits.iter().filter(|it| it.minutes.is_some_and(|it| it <= limit)).count();
    let soon = share(within(SOON), waits.len())?;
    let holds = |limit: &i64| share(within(*limit), waits.len()).is_some_and(|it| it >= MOSTLY);
    let limit = LIMITS.into_iter().find(holds).unwrap_or(SOON);
    let said = format!(
        "Answered within {} in {} of {}.",
        minutes(limit as f64),
        within(limit),
        counted(waits.len(), "time", "times")
    );
    Some((soon, said))
}

fn kept(promises: &[&Promise]) -> Option<(f64, String)> {
    let late = promises.iter().filter(|it| it.state == "kept" && it.late).count();
    let kept = promises.iter().filter(|it| it.state == "kept").count();
    let broken = promises.len() - kept;
    let value = (kept as f64 - late as f64 / 2.0) / promises.len() as f64;
    let all = counted(promises.len(), "promise", "promises");
    let said = match (late, broken) {
        (0, 0) => format!("Kept all of {all}."),
        _ => format!("Of {all}: {} kept in time, {late} late, {broken} not kept.", kept - late),
    };
    (!promises.is_empty()).then_some((value, said))
}

fn effort(waits: &[&Wait]) -> Option<(f64, String)> {
    let again = waits.iter().filter(|it| it.asked > 1).count();
    let value = 1.0 - share(again, waits.len())?;
    let said = match again {
        0 => "They never had to ask twice.".into(),
        _ => {
            format!("They had to ask more than once in {again} of {}.", counted(waits.len(), "time", "times"))
        }
    };
    Some((value, said))
}

fn satisfaction(life: &Life, year: Period) -> Option<(f64, String)> {
    let lately = life.felt.iter().rev().filter(|it| year.holds(it.day));
    let parts: Vec<f64> = lately.filter_map(|it| it.part()).filter(|it| it.is_finite()).take(FELT).collect();
    let value = mean(parts.iter().copied())?;
    Some((value, format!("They felt {} of as well as can be, asked {}.", percent(value), times(parts.len()))))
}

fn reciprocity(turns: &[&Turns]) -> Option<(f64, String)> {
    let sum = |of: fn(&Turns) -> u32| turns.iter().fold(0_u32, |sum, it| sum.saturating_add(of(it)));
    let (heard, said, unasked) = (sum(|it| it.heard), sum(|it| it.said), sum(|it| it.unasked));
    let all = heard.saturating_add(said).saturating_add(unasked);
    let value = f64::from(heard) / f64::from(heard.max(unasked).max(1));
    let words = format!(
        "They spoke {}; we answered {} and wrote {} unasked.",
        times(heard as usize),
        times(said as usize),
        times(unasked as usize)
    );
    (all >= LEAST_TURNS).then_some((value, words))
}

fn tenure(life: &Life, today: Day) -> Option<(f64, String)> {
    let known = today - life.since;
    let value = f64::from(known) / f64::from(LONG);
    (known >= 0).then(|| (value.min(1.0), format!("We have known each other for {}.", days(known))))
}
