//! Who brought whom, and what that is worth. It is a credit laid over what those brought spend themselves, and is never added to it.

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
    pub rule: String,
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
    let at = |person: &PersonId| seen.binary_search_by_key(person, |it| it.person).ok();
    // Only pairs of which we know both: who was forgotten is no longer anybody's.
    let known: Vec<(usize, usize)> =
        pairs.iter().filter_map(|(came, friend)| Some((at(came)?, at(friend)?))).collect();
    let mut friends: BTreeMap<usize, u32> = BTreeMap::new();
    known.iter().for_each(|(came, _)| *friends.entry(*came).or_default() += 1);
    let credits: Vec<Credit> = known
        .iter()
        .map(|(came, referrer)| Credit {
            referrer: *referrer,
            came: *came,
            share: 1.0 / f64::from(friends[came]),
        })
        .collect();
    let worths: Vec<f64> = seen.iter().map(|it| it.margin.max(0) as f64).collect();
    let Attribution { total, owed, credited } = Attribution::of(&worths, &credits).unwrap_or_else(|_| {
        Attribution { total: worths.iter().sum(), owed: 0.0, credited: vec![0.0; seen.len()] }
    });
    let mut by: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    known.iter().for_each(|(came, friend)| by.entry(*friend).or_default().push(*came));
    let mut named: Vec<Ambassador> = by
        .iter()
        .map(|(friend, came)| ambassador(seen, *friend, came, &friends, prices, credited[*friend]))
        .collect();
    named.sort_by(|a, b| b.worth.cmp(&a.worth).then(b.brought.len().cmp(&a.brought.len())));
    let (count, brought) = (named.len(), friends.len());
    let customers = friends.keys().filter(|it| seen[**it].first.is_some()).count();
    named.truncate(NAMED);
    let (worth, of_which_owed) = (total.round() as i64, owed.round() as i64);
    let words = words(count, brought, customers);
    Ambassadors {
        rule: RULE.to_owned(),
        count,
        named,
        brought,
        customers,
        unnamed,
        worth,
        of_which_owed,
        words,
    }
}

fn ambassador(
    seen: &[Seen],
    friend: usize,
    came: &[usize],
    friends: &BTreeMap<usize, u32>,
    prices: &Prices,
    credited: f64,
) -> Ambassador {
    let customers: Vec<&usize> = came.iter().filter(|it| seen[**it].first.is_some()).collect();
    let referred = |it: &&usize| {
        let (customer, share) = (&seen[**it], 1.0 / f64::from(friends[*it]));
        // What was spent is spent: it lies in no future that would be discounted.
        let all = Referred {
            period: 0,
            would_have_come: customer.anyway,
            saved: prices.winning as f64,
            margin: customer.margin as f64,
            reward: prices.reward as f64,
            marketing: prices.keeping as f64,
        };
        value(&[all], prices.discount) * share
    };
    Ambassador {
        person: seen[friend].person,
        brought: came.iter().map(|it| seen[*it].person).collect(),
        customers: customers.len(),
        spent: sum(customers.iter().map(|it| seen[**it].ever)),
        worth: customers.iter().map(referred).sum::<f64>().round() as i64,
        credited: credited.round() as i64,
    }
}

fn words(count: usize, brought: usize, customers: usize) -> String {
    match count {
        0 => "Nobody has brought anybody yet, as far as we know.".into(),
        _ => format!("{} brought {}, of whom {customers} bought.", people(count), people(brought)),
    }
}
