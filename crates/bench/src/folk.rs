//! A million believable people, and what is said with them: common names are common, rare ones rare, and words too.

use std::collections::HashMap;

use model::{Channel, Direction, Fields, Fragment, Handle, Kind, NewMoment, Time};
use serde_json::Value as Json;

use crate::dice::Dice;

/// Of a hundred people, those with one of the listed family names; the others have one of ten thousand rarer ones.
const LISTED: usize = 55;
/// Words that are said, the first a few hundred in every text, the last once in a long while.
const WORDS: usize = 30_000;
/// Of a hundred words, those from the common list.
const COMMON: usize = 78;
/// When the people of the benchmark came to be known: 2026-01-01.
const BEGINNING: Time = Time::from_seconds(1_767_225_600);
/// Their moments lie in the two years before.
const SPAN_SECONDS: usize = 2 * 365 * 86_400;

/// Where people and words come from.
pub struct Folk {
    lists: HashMap<String, Vec<String>>,
    rare: Vec<String>,
}

/// One person.
#[derive(Debug, Clone)]
pub struct Neighbour {
    /// As written.
    pub name: String,
    /// A mail address nobody else has.
    pub email: String,
    /// A telephone number in international writing.
    pub phone: String,
    /// Where they live.
    pub city: String,
}

impl Folk {
    /// Reads the lists of names and words.
    pub fn new() -> Self {
        let lines = include_str!("../data/names.txt").lines().filter_map(|line| line.split_once(": "));
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let lists: HashMap<_, _> = lines.map(|(key, text)| (key.to_owned(), words(text))).collect();
        let mut folk = Self { lists, rare: Vec::new() };
        folk.rare = (0..WORDS).map(|n| folk.made_up(n, 3)).collect();
        folk
    }

    fn list(&self, key: &str) -> &[String] {
        &self.lists[key]
    }

    /// A word of syllables, always the same for one number.
    fn made_up(&self, number: usize, salt: u64) -> String {
        let mut dice = Dice::new(salt, number as u64);
        let mut word = dice.one(self.list("first")).to_lowercase();
        if number.is_multiple_of(3) {
            word.push_str(&dice.one(self.list("first")).to_lowercase());
        }
        word + dice.one::<String>(self.list("last"))
    }

    /// The n-th person.
    pub fn neighbour(&self, number: usize) -> Neighbour {
        let mut dice = Dice::new(1, number as u64);
        let given = dice.common(self.list("given")).clone();
        let family = match dice.below(100) < LISTED {
            true => dice.common(self.list("family")).clone(),
            false => dice.one(self.list("first")).clone() + dice.one::<String>(self.list("last")),
        };
        let bare = |name: &str| model::fold(name);
        let host = dice.common(self.list("host")).clone();
        let email = format!("{}.{}{number}@{host}", bare(&given), bare(&family));
        // Ofcom's mobile range with enough numbers for a million people; the valid ranges begin with 74 and 75.
        let phone = format!("+447{}", 400_000_000 + number % 100_000_000);
        let city = dice.common(self.list("city")).clone();
        Neighbour { name: format!("{given} {family}"), email, phone, city }
    }

    /// A text of so many words.
    pub fn text(&self, dice: &mut Dice, words: usize) -> String {
        let mut text = String::with_capacity(words * 7);
        for n in 0..words {
            let common = dice.below(100) < COMMON;
            let word = if common { dice.common(self.list("word")) } else { dice.common(&self.rare) };
            text.push_str(word);
            text.push_str(if n % 12 == 11 { ".\n" } else { " " });
        }
        text
    }

    /// A mail of sixty to two hundred words.
    pub fn mail(&self, salt: u64, number: usize) -> NewMoment {
        let mut dice = Dice::new(salt, number as u64);
        let words = dice.between(60, 200);
        let mut moment =
            self.blank(&mut dice, format!("{salt}-{number}@mail.example"), Kind::Email, Channel::Email);
        moment.thread = Some(format!("{salt}-{}", number / 3));
        moment.body = self.text(&mut dice, words);
        moment
    }

    /// What happens in a life with an organisation: a third mails, purchases, lines of chat, calls, notes.
    pub fn moment(&self, salt: u64, number: usize) -> NewMoment {
        let mut dice = Dice::new(salt, number as u64);
        let (kind, channel, low, high) = match dice.below(20) {
            0..=5 => return self.mail(salt, number),
            6..=10 => (Kind::Purchase, Channel::Shop, 0, 6),
            11..=14 => (Kind::Chat, Channel::Chat, 5, 30),
            15 => (Kind::Call, Channel::Phone, 20, 60),
            16 => (Kind::Note, Channel::Desk, 20, 60),
            _ => (Kind::Use, Channel::Product, 0, 4),
        };
        if kind == Kind::Purchase {
            return self.bought(&mut dice, format!("{salt}-{number}"));
        }
        let mut moment = self.blank(&mut dice, format!("{salt}-{number}"), kind, channel);
        let words = dice.between(low, high);
        moment.body = self.text(&mut dice, words);
        moment
    }

    /// A purchase, where nothing else happens.
    pub fn purchase(&self, salt: u64, number: usize) -> NewMoment {
        self.bought(&mut Dice::new(salt, number as u64), format!("{salt}-{number}"))
    }

    fn bought(&self, dice: &mut Dice, key: String) -> NewMoment {
        let mut moment = self.blank(dice, key, Kind::Purchase, Channel::Shop);
        let words = dice.between(0, 6);
        moment.body = self.text(dice, words);
        let item = self.text(dice, 2);
        let total = serde_json::json!({ "minor": dice.between(300, 30_000), "currency": "EUR" });
        moment.data =
            serde_json::json!({ "total": total, "items": [{ "name": item.trim(), "quantity": 1 }] });
        moment
    }

    fn blank(&self, dice: &mut Dice, key: String, kind: Kind, channel: Channel) -> NewMoment {
        let words = dice.between(3, 7);
        let title = self.text(dice, words).trim().to_owned();
        let ago = dice.below(SPAN_SECONDS) as i64;
        NewMoment {
            key,
            at: Time::from_micros(BEGINNING.plus_seconds(-ago).micros() + dice.below(1_000_000) as i64),
            direction: if dice.below(3) < 2 { Direction::Heard } else { Direction::Said },
            kind,
            channel,
            account: None,
            by: None,
            thread: None,
            title,
            body: String::new(),
            data: Json::Null,
            originals: Vec::new(),
        }
    }

    /// What a mailbox says of the n-th person, with the moments it tells of. It says the same each time.
    pub fn fragment(&self, number: usize, moments: Vec<NewMoment>) -> Fragment {
        let neighbour = self.neighbour(number);
        let handle = Handle::email(&neighbour.email).into_iter().collect();
        Fragment {
            source: "mail".into(),
            key: neighbour.email,
            seen_at: BEGINNING,
            fields: Fields::from([("name".to_owned(), neighbour.name)]),
            handles: handle,
            roles: Vec::new(),
            moments,
        }
    }
}
