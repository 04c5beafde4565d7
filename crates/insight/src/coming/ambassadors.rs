//! Who brought whom, and what that is worth. It is a credit laid over what those brought spend themselves, and is never added to it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use figures::referral::{Attribution, Credit, Referred, value};
use model::PersonId;
use serde::{Deserialize, Serialize};

use super::Seen;
use crate::{prices::Prices, purse::sum, words::people};

/// Ambassadors that are named.
pub const NAMED: usize = 200;

/// Who recommends us.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ambassadors {
    /// How it was counted.
    pub rule: Cow<'static, str>,
    /// How many brought somebody who is known.
    pub count: usize,
    /// Those who brought most, by what it is worth.
    pub named: Vec<Ambassador>,
    /// Whom they brought.
    pub brought: usize,
    /// How many of them became customers.
    pub customers: usize,
    /// Brought people of whom nobody knows who they are.
    pub unnamed: usize,
    /// What all customers are worth so far, in minor units: paid, less refunds and goods. Nothing is to be added to it.
    pub worth: i64,
    /// How much of it is owed to recommendations.
    pub of_which_owed: i64,
    /// What it says.
    pub words: String,
}

/// Somebody who brought others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ambassador {
    /// Who.
    pub person: PersonId,
    /// Whom they brought.
    pub brought: Vec<PersonId>,
    /// How many of them became customers.
    pub customers: usize,
    /// What those spent so far, in minor units.
    pub spent: i64,
    /// What the recommendations are worth (customer referral value), in minor units.
    pub worth: i64,
    /// What of the brought ones' worth is credited to them.
    pub credited: i64,
}

const RULE: &str = "Somebody brought a person if either of the two says so; each pair counts once, and who was brought by several is shared among them. A \
    recommendation is worth what its customer paid so far, less goods, the reward and what keeping them costs a year, and what winning them otherwise \
    would have cost; of those who would have come anyway only the last. It is a part of what customers are worth, told beside it and never added.";

pub(super) fn of(
    seen: &[Seen],
    pairs: &BTreeSet<(PersonId, PersonId)>,
    unnamed: usize,
    prices: &Prices,
) -> Ambassadors {
    let bringing = Bringing::of(seen, pairs);
    let laid = bringing.laid_over();
    let mut named: Vec<Ambassador> =
        bringing.by.keys().map(|it| bringing.ambassador(*it, prices, laid.credited[*it])).collect();
    named.sort_by(|a, b| b.worth.cmp(&a.worth).then(b.brought.len().cmp(&a.brought.len())));
    let (count, brought) = (named.len(), bringing.friends.len());
    let customers = bringing.friends.keys().filter(|it| seen[**it].first.is_some()).count();
    named.truncate(NAMED);
    let (worth, of_which_owed) = (laid.total.round() as i64, laid.owed.round() as i64);
    let words = words(count, brought, customers);
    Ambassadors { rule: RULE.into(), count, named, brought, customers, unnamed, worth, of_which_owed, words }
}

/// Who brought whom, as places among those seen.
struct Bringing<'a> {
    seen: &'a [Seen],
    /// Whom somebody brought.
    by: BTreeMap<usize, Vec<usize>>,
    /// How many brought somebody.
    friends: BTreeMap<usize, u32>,
}

impl<'a> Bringing<'a> {
    /// Only pairs of which we know both: who was forgotten is no longer anybody's.
    fn of(seen: &'a [Seen], pairs: &BTreeSet<(PersonId, PersonId)>) -> Self {
        let at = |person: &PersonId| seen.binary_search_by_key(person, |it| it.person).ok();
        let mut bringing = Self { seen, by: BTreeMap::new(), friends: BTreeMap::new() };
        for (came, friend) in pairs.iter().filter_map(|(came, friend)| Some((at(came)?, at(friend)?))) {
            bringing.by.entry(friend).or_default().push(came);
            *bringing.friends.entry(came).or_default() += 1;
        }
        bringing
    }
    /// Who was brought by several is shared among them.
    fn share(&self, came: usize) -> f64 {
        1.0 / f64::from(self.friends.get(&came).copied().unwrap_or(1))
    }
    /// What all are worth, and how much of it is owed to whom.
    fn laid_over(&self) -> Attribution {
        let worths: Vec<f64> = self.seen.iter().map(|it| it.margin.max(0) as f64).collect();
        let pairs = self.by.iter().flat_map(|(referrer, all)| all.iter().map(|came| (*referrer, *came)));
        let credits: Vec<Credit> =
            pairs.map(|(referrer, came)| Credit { referrer, came, share: self.share(came) }).collect();
        Attribution::of(&worths, &credits).unwrap_or_else(|_| Attribution {
            total: worths.iter().sum(),
            owed: 0.0,
            credited: vec![0.0; worths.len()],
        })
    }
    fn ambassador(&self, friend: usize, prices: &Prices, credited: f64) -> Ambassador {
        let came = self.by.get(&friend).map(Vec::as_slice).unwrap_or_default();
        let customers = || came.iter().filter(|it| self.seen[**it].first.is_some());
        Ambassador {
            person: self.seen[friend].person,
            brought: came.iter().map(|it| self.seen[*it].person).collect(),
            customers: customers().count(),
            spent: sum(customers().map(|it| self.seen[*it].ever)),
            worth: customers().map(|it| self.worth(*it, prices)).sum::<f64>().round() as i64,
            credited: credited.round() as i64,
        }
    }
    /// What it is worth to have brought somebody.
    fn worth(&self, came: usize, prices: &Prices) -> f64 {
        let it = &self.seen[came];
        // What was spent is spent: it lies in no future that would be discounted.
        let referred = Referred {
            period: 0,
            would_have_come: it.anyway,
            saved: prices.winning as f64,
            margin: it.margin as f64,
            reward: prices.reward as f64,
            marketing: prices.keeping as f64,
        };
        value(&[referred], prices.discount) * self.share(came)
    }
}

fn words(count: usize, brought: usize, customers: usize) -> String {
    match count {
        0 => "Nobody has brought anybody yet, as far as we know.".into(),
        _ => format!("{} brought {}, of whom {customers} bought.", people(count), people(brought)),
    }
}
