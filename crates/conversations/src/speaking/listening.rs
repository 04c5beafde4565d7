//! What we said, counted as it is read: words, findings, how it reads. No word of it is kept.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use jiff::{civil::Date, tz::TimeZone};
use language::{Auditor, Kind, Language};
use model::{Moment, MomentId, PersonId, StaffId, Time};
use serde::{Deserialize, Serialize};

/// Moments that are remembered for each rule: a few more than are shown, since some may be gone by then.
const EXAMPLES: usize = 8;

/// How we have spoken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spoken {
    /// When it was reckoned.
    pub at: Time,
    /// The first day of each month it tells of, the oldest first.
    pub months: Vec<Date>,
    /// What was said, by month, who of us, and language.
    pub told: Vec<Told>,
    /// What was found in it.
    pub found: Vec<Found>,
    /// Where the words of each rule stand, the newest first.
    pub examples: Vec<Example>,
}

/// What one of us said in a month in one language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// The first day of the month.
    pub month: Date,
    /// Who of us, as far as it is known.
    pub by: Option<StaffId>,
    /// In which language.
    pub language: Language,
    /// Mails, lines of talks, digests.
    pub texts: u64,
    /// Words.
    pub words: u64,
    /// Of these, in texts long enough to tell how easily they read.
    pub weighed: u64,
    /// How easily, times those words.
    pub ease: f64,
}

/// What a rule found in what one of us said in a month in one language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// The first day of the month.
    pub month: Date,
    /// Who of us, as far as it is known.
    pub by: Option<StaffId>,
    /// In which language.
    pub language: Language,
    /// By which rule.
    pub rule: String,
    /// How often.
    pub count: u64,
}

/// Where the words of a rule stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// Which.
    pub rule: String,
    /// In these moments, the newest first, each of another person.
    pub moments: Vec<MomentId>,
}

impl Spoken {
    /// Words of which a rule could have found something.
    pub fn words(&self) -> u64 {
        self.told.iter().filter(|it| it.language.is_covered()).map(|it| it.words).sum()
    }
}

type Place = (Date, Option<StaffId>, &'static str);

/// Hears one thing after the other that we said.
pub(super) struct Listening {
    auditor: Arc<Auditor>,
    zone: TimeZone,
    told: BTreeMap<Place, Told>,
    found: BTreeMap<(Place, String), u64>,
    examples: HashMap<String, Vec<(Time, PersonId, MomentId)>>,
    /// Short words of one hand, until they are enough to tell how easily they read.
    short: HashMap<Place, String>,
    /// A digest says the same to many; it counts once.
    digests: HashSet<String>,
}

impl Listening {
    pub(super) fn new(auditor: Arc<Auditor>, zone: TimeZone) -> Self {
        Self {
            auditor,
            zone,
            told: BTreeMap::new(),
            found: BTreeMap::new(),
            examples: HashMap::new(),
            short: HashMap::new(),
            digests: HashSet::new(),
        }
    }

    /// Hears something that we said.
    pub(super) fn hear(&mut self, moment: &Moment) {
        if moment.data.get("automatic").is_some() {
            return;
        }
        let digest = moment.data["digest"].as_str();
        if digest.is_some_and(|it| !self.digests.insert(it.to_owned())) {
            return;
        }
        let text = moment.parted().0;
        let audit = self.auditor.measured(text, Kind::Plain);
        let month = moment.at.timestamp().to_zoned(self.zone.clone()).date().first_of_month();
        let place = (month, moment.by, audit.language.code());
        let reading = audit.reading;
        let told = self.told.entry(place).or_insert(Told {
            month,
            by: moment.by,
            language: audit.language,
            texts: 0,
            words: 0,
            weighed: 0,
            ease: 0.0,
        });
        told.texts += 1;
        told.words += reading.map_or(0, |it| it.words as u64);
        match reading.and_then(|it| Some((it.words, it.ease?.score))) {
            Some((words, score)) => told.weigh(words, score),
            None if audit.language.is_covered() => self.gather(place, text),
            None => {}
        }
        for it in &audit.findings {
            *self.found.entry((place, it.rule.id.clone())).or_default() += 1;
            self.remember(&it.rule.id, moment);
        }
    }

    /// A line of a talk says nothing of how it reads; many together do.
    fn gather(&mut self, place: Place, text: &str) {
        let all = self.short.entry(place).or_default();
        all.push_str(text);
        all.push_str("\n\n");
        if all.split_whitespace().nth(120).is_none() {
            return;
        }
        let reading = self.auditor.measured(all, Kind::Plain).reading;
        all.clear();
        let told = self.told.get_mut(&place);
        if let (Some(told), Some((words, score))) =
            (told, reading.and_then(|it| Some((it.words, it.ease?.score))))
        {
            told.weigh(words, score);
        }
    }

    fn remember(&mut self, rule: &str, moment: &Moment) {
        let all = self.examples.entry(rule.to_owned()).or_default();
        match all.iter_mut().find(|it| it.1 == moment.person) {
            Some(same) if same.0 >= moment.at => {}
            Some(same) => *same = (moment.at, moment.person, moment.id),
            None => all.push((moment.at, moment.person, moment.id)),
        }
        if all.len() > EXAMPLES {
            all.sort_by_key(|it| std::cmp::Reverse(it.0));
            all.truncate(EXAMPLES);
        }
    }

    /// What it comes to.
    pub(super) fn done(self, at: Time, months: Vec<Date>) -> Spoken {
        let language = |code| Language::of_code(code);
        let found = self.found.into_iter().map(|(((month, by, code), rule), count)| Found {
            month,
            by,
            language: language(code),
            rule,
            count,
        });
        let mut examples: Vec<Example> = self
            .examples
            .into_iter()
            .map(|(rule, mut all)| {
                all.sort_by_key(|it| std::cmp::Reverse(it.0));
                Example { rule, moments: all.into_iter().map(|it| it.2).collect() }
            })
            .collect();
        examples.sort_by(|a, b| a.rule.cmp(&b.rule));
        Spoken { at, months, told: self.told.into_values().collect(), found: found.collect(), examples }
    }
}

impl Told {
    fn weigh(&mut self, words: usize, score: f64) {
        self.weighed += words as u64;
        self.ease += score * words as f64;
    }
}
