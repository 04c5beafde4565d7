//! Sample companies. The one that is meant where none is named is Lantern Row, a small coffee roaster in Leith with a web shop, a subscription and a
//! wholesale side, and everyone it deals with in the year before now. Pure data from a seed.
//!
//! Main characters have hand-written stories (`data/stories`); everybody else is dealt exchanges from
//! hand-written cards (`data/cards.txt`), at a pace and with a loyalty of their own.

use model::{Fragment, Time};

mod accounts;
mod actor;
mod catalogue;
mod cdnow;
mod deck;
mod dice;
mod mail;
mod people;
mod place;
mod readers;
mod retail;
mod script;
mod staff;
mod stage;
mod stories;
mod subscribers;
mod tales;
mod wholesale;
mod year;

pub use accounts::Account;
pub use cdnow::cdnow;
pub use staff::StaffMember;

use crate::{deck::Deck, people::Town, stage::House, tales::Tales, year::Year};

pub use place::DOMAIN;
use place::{COUNTRY, CURRENCY};

/// A company, and everyone it deals with.
#[derive(Debug, Clone, PartialEq)]
pub struct Company {
    /// What it is called.
    pub name: String,
    /// Domains of its own mailboxes.
    pub own_domains: Vec<String>,
    /// Where telephone numbers without a country code belong (ISO 3166).
    pub country: String,
    /// In what it is paid (ISO 4217).
    pub currency: String,
    /// Who works there.
    pub staff: Vec<StaffMember>,
    /// The organisations and households that people act for.
    pub accounts: Vec<Account>,
    /// Everyone, with what happened, by the time of the first moment.
    pub fragments: Vec<Fragment>,
}

/// The year of Lantern Row that ends now. The same time and seed always give the same company.
///
/// # Panics
/// Only if a built-in script is misspelled, which the tests of this crate find.
pub fn company(now: Time, seed: u64) -> Company {
    let mut house = House::new(Year::ending(now), seed);
    let mut tales = Tales { town: Town::new(seed, stories::names()), deck: Deck::new(seed) };
    let mut fragments = stories::told(&mut house);
    fragments.extend(retail::buyers(&mut house, &mut tales));
    fragments.extend(subscribers::subscribers(&mut house, &mut tales));
    fragments.extend(wholesale::trade(&mut house, &mut tales));
    fragments.extend(readers::readers(&mut house, &mut tales));
    fragments.sort_by(|a, b| (a.seen_at, &a.key).cmp(&(b.seen_at, &b.key)));
    Company {
        name: "Lantern Row Coffee".into(),
        own_domains: vec![DOMAIN.into()],
        country: COUNTRY.into(),
        currency: CURRENCY.into(),
        staff: house.staff,
        accounts: accounts::accounts(),
        fragments,
    }
}
