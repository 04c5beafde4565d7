//! What kind a relationship is, read from behaviour with its reasons; one of us may say otherwise, and then that holds until taken back.

mod behaviour;
mod correcting;
mod sql;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use model::PersonId;
use serde::{Deserialize, Serialize};

pub use behaviour::{Reading, of_person, rule};
pub use correcting::{
    Correction, all as corrections, correct, let_go, of_person as correction_of, take_back,
};

use crate::{
    lives::{Fold, Life},
    middle::share,
    profit::Counting,
};

/// People of a kind that are named.
pub const NAMED: usize = 100;

/// What a relationship is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// They bring others.
    Ambassador,
    /// Long known, and it goes both ways.
    Friend,
    /// They come again and again.
    Regular,
    /// They have bought, or we have talked.
    Acquaintance,
    /// We hardly know each other.
    Wave,
    /// It is better for both to part.
    LetGo,
    /// There is an address and nothing else.
    OnlyAddress,
}

impl Relation {
    /// All, the closest first.
    pub const ALL: [Self; 7] = [
        Self::Ambassador,
        Self::Friend,
        Self::Regular,
        Self::Acquaintance,
        Self::Wave,
        Self::LetGo,
        Self::OnlyAddress,
    ];
    /// Its name, as it is kept; it never changes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ambassador => "ambassador",
            Self::Friend => "friend",
            Self::Regular => "regular",
            Self::Acquaintance => "acquaintance",
            Self::Wave => "wave",
            Self::LetGo => "let_go",
            Self::OnlyAddress => "only_address",
        }
    }
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Ambassador => "an ambassador",
            Self::Friend => "a friend",
            Self::Regular => "a regular",
            Self::Acquaintance => "an acquaintance",
            Self::Wave => "a wave",
            Self::LetGo => "one to let go",
            Self::OnlyAddress => "only an address",
        }
    }
}

impl std::str::FromStr for Relation {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let named = Self::ALL.into_iter().find(|it| it.name() == text);
        named.ok_or_else(|| format!("“{text}” is no kind of relationship"))
    }
}

/// A relationship as it is and, beside it, as it looks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// What it is: as one of us said, else as it looks.
    pub relation: Relation,
    /// What behaviour says, with its reasons.
    pub looks: Reading,
    /// What one of us said, if it holds.
    pub corrected: Option<Correction>,
}

impl Told {
    /// What somebody said wins over what it looks like.
    pub fn of(looks: Reading, corrected: Option<Correction>) -> Self {
        Self { relation: corrected.as_ref().map_or(looks.relation, |it| it.relation), looks, corrected }
    }
}

/// Counts kinds of relationships.
#[derive(Debug, Clone)]
pub struct Kinds {
    counting: Counting,
    left_alone: HashSet<PersonId>,
    corrected: HashMap<PersonId, Correction>,
    of: BTreeMap<Relation, Kind>,
}

impl Kinds {
    /// Nobody yet. Costs are counted over the last twelve months; `left_alone` asked to be.
    pub fn new(
        counting: Counting,
        left_alone: HashSet<PersonId>,
        corrected: HashMap<PersonId, Correction>,
    ) -> Self {
        let counting = Counting::year(counting.today, &counting.currency, counting.prices);
        let new = |relation: Relation| Kind {
            relation,
            words: relation.words().into(),
            people: 0,
            share: None,
            corrected: 0,
            named: Vec::new(),
        };
        Self { counting, left_alone, corrected, of: Relation::ALL.map(|it| (it, new(it))).into() }
    }
    /// What came of it.
    pub fn report(self) -> Report {
        let people = self.of.values().map(|it| it.people).sum();
        let kinds = self.of.into_values().map(|it| Kind { share: share(it.people, people), ..it }).collect();
        Report { rule: rule(), people, kinds }
    }
}

impl Fold for Kinds {
    fn eat(&mut self, person: PersonId, life: &Life) {
        let looks = of_person(life, &self.counting, self.left_alone.contains(&person));
        let told = Told::of(looks, self.corrected.get(&person).cloned());
        let Some(kind) = self.of.get_mut(&told.relation) else { return };
        kind.people += 1;
        kind.corrected += usize::from(told.corrected.is_some());
        if kind.named.len() < NAMED {
            kind.named.push(person);
        }
    }
}

/// Relationships of one kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kind {
    /// Which.
    pub relation: Relation,
    /// In words.
    pub words: Cow<'static, str>,
    /// How many people.
    pub people: usize,
    /// Their share of all.
    pub share: Option<f64>,
    /// How many are so because one of us said so.
    pub corrected: usize,
    /// Some of them.
    pub named: Vec<PersonId>,
}

/// What relationships are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// How it is read.
    pub rule: String,
    /// Everybody.
    pub people: usize,
    /// By kind, the closest first.
    pub kinds: Vec<Kind>,
}
