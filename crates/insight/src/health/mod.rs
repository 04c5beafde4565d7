//! How it goes with a person: six parts that are each told with their sentence, a band over them, and warnings while there is time.

mod parts;
mod warnings;

use std::borrow::Cow;
use std::collections::BTreeMap;

use model::PersonId;
use serde::{Deserialize, Serialize};

pub use parts::{Part, What};
pub use warnings::{Sign, Warning};

use crate::{
    lives::{Day, Fold, Life},
    middle::{mean, share},
    words::{people, percent},
};

/// Parts that must be known, beside tenure, before anything is said of the whole.
pub const LEAST_PARTS: usize = 2;
/// A mean of parts from which it goes well.
pub const WELL: f64 = 0.75;
/// A mean of parts from which it goes fairly.
pub const FAIR: f64 = 0.5;
/// A single part below this keeps the whole from going well.
pub const WEAK: f64 = 0.25;
/// People with warnings that are named for each sign.
pub const NAMED: usize = 50;

/// How it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// Well.
    Well,
    /// Fair.
    Fair,
    /// Strained.
    Strained,
    /// Too little is known.
    Unknown,
}

impl Band {
    /// All.
    pub const ALL: [Self; 4] = [Self::Well, Self::Fair, Self::Strained, Self::Unknown];
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Well => "goes well",
            Self::Fair => "is fair",
            Self::Strained => "is strained",
            Self::Unknown => "is not known well enough to say",
        }
    }
    fn of(parts: &[Part]) -> Self {
        // A long relationship can be strained and a new one can go well: tenure is told, and not weighed.
        let weighed: Vec<f64> =
            parts.iter().filter(|it| it.what != What::Tenure).filter_map(|it| it.value).collect();
        let weak = weighed.iter().any(|it| *it < WEAK);
        match mean(weighed.iter().copied()) {
            Some(it) if weighed.len() >= LEAST_PARTS => match (it >= WELL && !weak, it >= FAIR) {
                (true, _) => Self::Well,
                (_, true) => Self::Fair,
                _ => Self::Strained,
            },
            _ => Self::Unknown,
        }
    }
}

/// How it goes with one person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// In all; never to be shown without the parts.
    pub band: Band,
    /// What it is made of, the unknown too.
    pub parts: Vec<Part>,
    /// What calls for somebody's attention, the most pressing first.
    pub warnings: Vec<Warning>,
}

/// How it goes with somebody.
pub fn of_person(life: &Life, today: Day) -> Health {
    let parts = parts::of(life, today);
    Health { band: Band::of(&parts), parts, warnings: warnings::of(life, today) }
}

/// The rule, for those who read the result.
pub fn rule() -> String {
    format!(
        "Six parts over the last twelve months, each between 0 and 1 or not known: answered within a day; promises kept (late counts half); asked \
         only once; how they felt when asked, the last three times; how much of what passes between us is not only from us; and how long we know each \
         other. The whole is told in words only: well from a mean of {}, fair from {}, else strained; a part below {} keeps it from going well, and \
         fewer than {LEAST_PARTS} known parts say nothing. How long we know each other is told, not weighed.",
        percent(WELL),
        percent(FAIR),
        percent(WEAK)
    )
}

/// Counts how it goes with everybody.
#[derive(Debug, Clone)]
pub struct Healths {
    today: Day,
    bands: BTreeMap<Band, usize>,
    parts: BTreeMap<What, (f64, usize)>,
    signs: BTreeMap<Sign, Seen>,
}

/// How often a sign was seen, and with whom.
#[derive(Debug, Clone, Default)]
struct Seen {
    people: usize,
    named: Vec<(Day, PersonId)>,
}

impl Healths {
    /// Nobody yet.
    pub fn new(today: Day) -> Self {
        Self { today, bands: BTreeMap::new(), parts: BTreeMap::new(), signs: BTreeMap::new() }
    }
    /// What came of it.
    pub fn report(self) -> Report {
        let all: usize = self.bands.values().sum();
        let band = |band| {
            let people = self.bands.get(&band).copied().unwrap_or_default();
            InBand { band, words: band.words().into(), people, share: share(people, all) }
        };
        let part = |what: What| {
            let (sum, people) = self.parts.get(&what).copied().unwrap_or_default();
            OnAverage {
                what,
                words: what.words().into(),
                people,
                value: (people > 0).then(|| sum / people as f64),
            }
        };
        let mut warnings: Vec<Common> = self.signs.iter().map(|(sign, it)| Common::of(*sign, it)).collect();
        warnings.sort_by_key(|it| (std::cmp::Reverse(it.people), it.sign));
        Report {
            rule: rule(),
            people: all,
            bands: Band::ALL.map(band).into(),
            parts: What::ALL.map(part).into(),
            warnings,
        }
    }
}

impl Fold for Healths {
    fn eat(&mut self, person: PersonId, life: &Life) {
        let health = of_person(life, self.today);
        *self.bands.entry(health.band).or_default() += 1;
        for (what, value) in health.parts.iter().filter_map(|it| Some((it.what, it.value?))) {
            let part = self.parts.entry(what).or_default();
            *part = (part.0 + value, part.1 + 1);
        }
        for warning in &health.warnings {
            self.signs.entry(warning.sign).or_default().add(warning.since, person);
        }
    }
}

impl Seen {
    /// Keeps the latest.
    fn add(&mut self, since: Day, person: PersonId) {
        self.people += 1;
        self.named.push((since, person));
        if self.named.len() >= 2 * NAMED {
            self.tidy();
        }
    }
    fn tidy(&mut self) {
        self.named.sort_unstable_by_key(|it| std::cmp::Reverse(*it));
        self.named.truncate(NAMED);
    }
}

/// People in a band.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InBand {
    /// Which.
    pub band: Band,
    /// In words.
    pub words: Cow<'static, str>,
    /// How many.
    pub people: usize,
    /// Their share of all.
    pub share: Option<f64>,
}

/// A part over all of whom it is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OnAverage {
    /// Which.
    pub what: What,
    /// In words.
    pub words: Cow<'static, str>,
    /// Of how many it is known.
    pub people: usize,
    /// The mean.
    pub value: Option<f64>,
}

/// A sign, with how many show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Common {
    /// Which.
    pub sign: Sign,
    /// How many show it.
    pub people: usize,
    /// In words.
    pub words: String,
    /// With whom since when, the latest first.
    pub named: Vec<(Day, PersonId)>,
}

impl Common {
    fn of(sign: Sign, seen: &Seen) -> Self {
        let mut latest = seen.clone();
        latest.tidy();
        let words = format!("{}: {}", sign.words(), people(seen.people));
        Self { sign, people: seen.people, words, named: latest.named }
    }
}

/// How it goes with everybody, now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// How it is read.
    pub rule: String,
    /// Everybody.
    pub people: usize,
    /// By band.
    pub bands: Vec<InBand>,
    /// Each part on average.
    pub parts: Vec<OnAverage>,
    /// Signs, the commonest first.
    pub warnings: Vec<Common>,
}
