//! How we have spoken, drawn: what was found in a thousand words month by month, by pack of rules, and how easily it reads.

use std::collections::{BTreeMap, HashSet};

use conversations::speaking::{Found, Spoken};
use language::Language;
use model::StaffId;

use crate::charts::{Axis, Bar, Bars, Figure, Format, Lines, Series, Table, month};

/// A month with fewer words says more about chance than about us.
const ENOUGH: u64 = 100;
/// From here on most people read it at once.
const EASY: f64 = 60.0;
/// Lines beside that of everything.
const LINES: usize = 3;

/// What was said and found, added up.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(super) struct Counts {
    pub(super) words: u64,
    pub(super) found: u64,
}

impl Counts {
    pub(super) fn of(spoken: &Spoken) -> Self {
        Self { words: spoken.words(), found: spoken.found.iter().map(|it| it.count).sum() }
    }

    /// Found in a thousand words.
    pub(super) fn rate(self) -> f64 {
        if self.words == 0 { 0.0 } else { self.found as f64 * 1000.0 / self.words as f64 }
    }

    /// For each of us; whoever said most comes first.
    pub(super) fn by_author(spoken: &Spoken) -> Vec<(Option<StaffId>, Self)> {
        let mut all: BTreeMap<Option<StaffId>, Self> = BTreeMap::new();
        for it in spoken.told.iter().filter(|it| it.language.is_covered()) {
            all.entry(it.by).or_default().words += it.words;
        }
        for it in &spoken.found {
            all.entry(it.by).or_default().found += it.count;
        }
        let mut all: Vec<_> = all.into_iter().collect();
        all.sort_by_key(|it| std::cmp::Reverse(it.1.words));
        all
    }
}

/// The pack of a rule, in words.
fn pack(rule: &str) -> &'static str {
    match rule.split('/').next().unwrap_or_default() {
        "people" => "Words for people",
        "robotic" => "Robotic phrases",
        "jargon" => "Jargon",
        "deceptive" => "Haste and tricks",
        "passive" => "Nobody did it",
        "blame" => "Blame",
        "inclusive" => "Leaves somebody out",
        "consistent" => "Said in two ways",
        "voice" => "Our own words",
        "de" => "German",
        "fr" => "French",
        "es" => "Spanish",
        _ => "Other",
    }
}

/// The packs of which most was found, first.
fn most(spoken: &Spoken) -> Vec<(&'static str, u64)> {
    let mut all: BTreeMap<&'static str, u64> = BTreeMap::new();
    for it in &spoken.found {
        *all.entry(pack(&it.rule)).or_default() += it.count;
    }
    let mut all: Vec<_> = all.into_iter().collect();
    all.sort_by_key(|it| std::cmp::Reverse(it.1));
    all
}

fn figure(key: &str, title: &str, says: &str) -> Figure {
    Figure::new(key, title, says).csv(&format!("/language/numbers/{key}")).second()
}

/// Found in a thousand words, month by month.
pub(super) fn found(spoken: &Spoken) -> Lines {
    let figure = figure(
        "found",
        "Found in a thousand words",
        "How often something could have been said better, of what was said in each month. A month with less than a hundred words is left out.",
    )
    .empty("Nothing to draw yet: it begins with a month of a hundred words.");
    let line = |name: &str, is_meant: &dyn Fn(&Found) -> bool| {
        let point = |it: &jiff::civil::Date| {
            let told = spoken.told.iter().filter(|told| told.month == *it && told.language.is_covered());
            let words: u64 = told.map(|it| it.words).sum();
            let found = spoken.found.iter().filter(|found| found.month == *it && is_meant(found));
            let counts = Counts { words, found: found.map(|it| it.count).sum() };
            (words >= ENOUGH).then(|| (month(*it), counts.rate()))
        };
        Series::new(name, spoken.months.iter().filter_map(point).collect())
    };
    let mut lines = vec![line("All", &|_| true)];
    let packs = most(spoken);
    if packs.len() > 1 {
        lines.extend(packs.iter().take(LINES).map(|(name, _)| line(name, &|it| pack(&it.rule) == *name)));
    }
    Lines::new(figure, Axis::months(), Axis::new(Format::Decimal(2), "in a thousand words"), lines)
}

/// How much each pack found.
pub(super) fn packs(spoken: &Spoken) -> Bars {
    let figure = figure("packs", "What it was", "Found in all twelve months, by what it is about.")
        .empty("Nothing was found.");
    let bars = most(spoken).iter().map(|(name, count)| Bar::new(name, *count as f64)).collect();
    Bars::new(figure, Format::Count, ["About", "Found"], bars)
}

/// How easily what we said reads, month by month, a line for each language: each has its own formula.
pub(super) fn ease(spoken: &Spoken) -> Lines {
    let figure = figure(
        "ease",
        "How easily it reads",
        "From 0, for those who studied it, to 100, for children. Each language is measured by the formula made for it.",
    )
    .empty("Nothing to draw yet: it takes texts, or talks, of a hundred words.");
    let here: HashSet<Language> = spoken.told.iter().map(|it| it.language).collect();
    let languages = Language::COVERED.into_iter().filter(|it| here.contains(it));
    let line = |language: Language| {
        let point = |it: &jiff::civil::Date| {
            let told = || spoken.told.iter().filter(|told| told.month == *it && told.language == language);
            let (words, ease) =
                (told().map(|it| it.weighed).sum::<u64>(), told().map(|it| it.ease).sum::<f64>());
            (words > 0).then(|| (month(*it), ease / words as f64))
        };
        Series::new(language.name(), spoken.months.iter().filter_map(point).collect())
    };
    let lines = languages.map(line).filter(|it| !it.points.is_empty()).collect();
    Lines::new(figure, Axis::months(), Axis::new(Format::Decimal(0), "of 100"), lines)
        .not_from_zero()
        .goal(EASY, "most people read it at once")
}

/// The numbers of a chart.
pub(super) fn table(spoken: &Spoken, key: &str) -> Option<Table> {
    match key {
        "found" => Some(found(spoken).table()),
        "packs" => Some(packs(spoken).table()),
        "ease" => Some(ease(spoken).table()),
        _ => None,
    }
}
