//! Everybody else: names from many places, addresses, telephones, where they live.

use std::collections::BTreeSet;

use model::{Fields, Handle, fold_words};

use crate::{
    actor::Actor,
    dice::Dice,
    script::{Script, built_in},
};

/// Mail hosts that exist nowhere.
const HOSTS: &[&str] = &[
    "mail.example",
    "post.example",
    "inbox.example",
    "fastpost.example",
    "mailbox.example",
    "example.com",
    "example.org",
    "example.net",
];

const CITIES: &[&str] = &[
    "Edinburgh",
    "Leith",
    "Glasgow",
    "Portobello",
    "Musselburgh",
    "Newcastle",
    "Dundee",
    "Aberdeen",
    "Perth",
    "Stirling",
    "London",
    "Bristol",
    "Leeds",
    "Manchester",
    "Dunbar",
    "St Andrews",
    "Inverness",
    "York",
];

/// Somebody who lives in the neighbourhood of the tales.
#[derive(Debug, Clone)]
pub struct Neighbour {
    /// As the stage knows them.
    pub actor: Actor,
    /// Given name as it is written, and in Latin letters.
    pub given: (String, String),
    /// Family name likewise; empty for people with one name.
    pub family: (String, String),
}

/// Where new people come from: no two share a name by accident, and numbers are given once.
pub struct Town {
    dice: Dice,
    cultures: Vec<Culture>,
    taken: BTreeSet<String>,
    next_phone: i64,
}

struct Culture {
    share: usize,
    language: String,
    family_first: bool,
    given: Vec<(String, String)>,
    family: Vec<(String, String)>,
}

impl Town {
    /// A town in which these names are taken.
    pub fn new(seed: u64, taken: Vec<String>) -> Self {
        let scripts = built_in("names", include_str!("../data/names.txt"));
        Self {
            dice: Dice::new(seed, "town"),
            cultures: scripts.iter().map(Culture::read).collect(),
            taken: taken.into_iter().collect(),
            next_phone: 0,
        }
    }

    /// Somebody new.
    pub fn somebody(&mut self, staff: &str) -> Neighbour {
        loop {
            let (language, name, given, family) = self.called();
            let slug = slug(&format!("{} {}", given.1, family.1));
            if self.taken.insert(slug.clone()) && self.taken.insert(name.clone()) {
                let city = (*self.dice.one(CITIES)).to_owned();
                let address = self.address(&given.1, &family.1);
                let sign = self.sign(&given.0, &name);
                let actor = Actor {
                    slug,
                    name,
                    first: given.0.clone(),
                    address: Some(address),
                    sign,
                    language,
                    account: None,
                    staff: staff.to_owned(),
                    city,
                };
                return Neighbour { actor, given, family };
            }
        }
    }

    fn called(&self) -> (String, String, (String, String), (String, String)) {
        let culture = self.culture();
        let (given, family) = (self.dice.one(&culture.given).clone(), self.dice.one(&culture.family).clone());
        let name = match (family.0.is_empty(), culture.family_first) {
            (true, _) => given.0.clone(),
            (_, true) => format!("{} {}", family.0, given.0),
            _ => format!("{} {}", given.0, family.0),
        };
        (culture.language.clone(), name, given, family)
    }

    fn culture(&self) -> &Culture {
        let mut left = self.dice.below(self.cultures.iter().map(|culture| culture.share).sum());
        for culture in &self.cultures {
            if left < culture.share {
                return culture;
            }
            left -= culture.share;
        }
        &self.cultures[0]
    }

    fn address(&self, given: &str, family: &str) -> String {
        let (given, family) = (plain(given), plain(family));
        let initial: String = given.chars().take(1).collect();
        let local = match self.dice.below(6) {
            _ if family.is_empty() => format!("{given}{}", self.dice.between(2, 99)),
            0 => format!("{initial}.{family}"),
            1 => format!("{given}{}", self.dice.between(61, 99)),
            2 => format!("{family}.{given}"),
            3 => format!("{given}_{family}"),
            _ => format!("{given}.{family}"),
        };
        format!("{local}@{}", self.dice.one(HOSTS))
    }

    fn sign(&self, given: &str, name: &str) -> String {
        match self.dice.below(5) {
            0 => String::new(),
            1 => name.to_owned(),
            2 => format!("Best wishes,\n{given}"),
            3 => format!("{given}\n\nSent from my phone"),
            _ => given.to_owned(),
        }
    }

    /// A telephone number that is kept free for stories, and given to nobody else.
    pub fn phone(&mut self) -> Option<Handle> {
        const AREAS: [&str; 4] = ["131", "141", "191", "117"];
        let (area, last) = (AREAS[(self.next_phone % 4) as usize], 300 + self.next_phone / 4);
        self.next_phone += 1;
        Handle::phone(&format!("+44 {area} 496 0{last:03}"), None).ok()
    }
}

impl Culture {
    fn read(script: &Script) -> Self {
        let names = |key| match script.get(key) {
            Some(line) => line.split(", ").map(spelled).collect(),
            None => vec![(String::new(), String::new())],
        };
        Self {
            share: script.get("share").and_then(|share| share.parse().ok()).unwrap_or(1),
            language: script.get("language").unwrap_or("en").to_owned(),
            family_first: script.get("order") == Some("family first"),
            given: names("given"),
            family: names("family"),
        }
    }
}

/// `王~wang`: as written, and in Latin letters.
fn spelled(name: &str) -> (String, String) {
    let (written, latin) = name.trim().split_once('~').unwrap_or((name.trim(), name.trim()));
    (written.to_owned(), latin.to_owned())
}

fn plain(name: &str) -> String {
    fold_words(name).concat()
}

/// A short name for keys: `Łukasz Öz` becomes `lukasz-oz`.
pub fn slug(name: &str) -> String {
    fold_words(name).join("-")
}

impl Neighbour {
    /// What is known of them by whoever has their name.
    pub fn fields(&self) -> Fields {
        let known = [
            ("name", &self.actor.name),
            ("given_name", &self.given.0),
            ("family_name", &self.family.0),
            ("city", &self.actor.city),
            ("language", &self.actor.language),
        ];
        let known = known.iter().filter(|(_, value)| !value.is_empty());
        known.map(|(field, value)| ((*field).to_owned(), (*value).clone())).collect()
    }

    /// Their mailbox as a handle.
    pub fn mailbox(&self) -> Vec<Handle> {
        self.actor.address.iter().filter_map(|address| Handle::email(address).ok()).collect()
    }
}
