//! The house's policy: rows that whoever runs the house edits, with sensible ones to begin with. Laws differ by place and change; so
//! nothing of them stands in the program.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    hours::Window,
    standing::{ANY, Cap, Quiet, Request},
};

/// What may be said, to whom, when.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Policy {
    /// Sorts of messages, and which rules each follows.
    pub classes: BTreeMap<String, Class>,
    /// What messages are for.
    pub purposes: BTreeMap<String, Purpose>,
    /// Where a law asks for more or less.
    #[serde(default)]
    pub enforcement_overrides: Vec<Override>,
    /// What may stand for a yes: by place, then by channel.
    #[serde(default)]
    pub implied_bases: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// A yes is asked for anew after so many days.
    pub explicit_max_age_days: i64,
    /// So long a yes may wait to be confirmed.
    pub pending_valid_days: i64,
    /// How often we ask for a confirmation.
    pub confirmation_limit: Limit,
    /// A stop is confirmed within so many minutes or not at all.
    pub optout_confirmation_within_minutes: i64,
    /// So long what they wrote may be answered, by channel.
    #[serde(default)]
    pub conversation_window_hours: BTreeMap<String, i64>,
    /// Channels whose services let us write freely only while that time lasts.
    #[serde(default)]
    pub session_channels: Vec<String>,
    /// So long an address rests after something came back.
    pub soft_bounce_cooldown_hours: i64,
    /// When nobody is disturbed.
    #[serde(default)]
    pub quiet_hours: Vec<Quiet>,
    /// Zones of a place, for whoever has not said theirs.
    #[serde(default)]
    pub tz_candidates: BTreeMap<String, Vec<String>>,
    /// The zone of whoever lives nowhere we know of.
    pub default_tz: String,
    /// How much is enough for anybody.
    #[serde(default)]
    pub caps: Vec<Cap>,
    /// Whether a message whose fate is unknown is sent again: `at_least_once` or `at_most_once`, by class.
    #[serde(default)]
    pub delivery_guarantee: BTreeMap<String, String>,
    /// Whose law protects whoever lives nowhere we know of; no law in particular, if nothing is said.
    #[serde(default)]
    pub default_jurisdiction: String,
    /// Where advertising names our postal address.
    #[serde(default = "postal")]
    pub postal_address_in: Vec<String>,
}

/// A sort of message.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Class {
    /// Whether a yes is needed, or the absence of a no, as the purpose says.
    pub needs_permission: bool,
    /// Whether quiet hours hold it.
    pub quiet: QuietRule,
    /// Whether it is counted, and held when it is enough.
    pub caps: bool,
    /// Whether a complaint ends it.
    pub complaint_blocks: bool,
    /// Whether somebody whose data are left alone gets it.
    pub restricted_blocks: bool,
    /// Whether it says how to stop it.
    pub opt_out: bool,
}

/// Whether quiet hours hold a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "RawQuiet", into = "RawQuiet")]
pub enum QuietRule {
    /// Always.
    Always,
    /// Those messages that are as good in the morning.
    CanWait,
    /// Never.
    Never,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum RawQuiet {
    Plain(bool),
    Word(String),
}

impl From<RawQuiet> for QuietRule {
    fn from(raw: RawQuiet) -> Self {
        match raw {
            RawQuiet::Plain(false) => Self::Never,
            RawQuiet::Word(word) if word == "can_wait" => Self::CanWait,
            RawQuiet::Plain(true) | RawQuiet::Word(_) => Self::Always,
        }
    }
}

impl From<QuietRule> for RawQuiet {
    fn from(rule: QuietRule) -> Self {
        match rule {
            QuietRule::Always => Self::Plain(true),
            QuietRule::CanWait => Self::Word("can_wait".into()),
            QuietRule::Never => Self::Plain(false),
        }
    }
}

/// What a message is for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Purpose {
    /// Its sort.
    pub class: String,
    /// What it needs.
    pub enforcement: Enforcement,
    /// Whether a yes counts only once it was confirmed at the address.
    #[serde(default)]
    pub double_opt_in: bool,
    /// Whether only a yes in words counts.
    #[serde(default)]
    pub implied_forbidden: bool,
}

/// What a message needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enforcement {
    /// A yes that can be shown.
    Restrictive,
    /// That nobody said no.
    NonRestrictive,
    /// Nothing.
    Disabled,
}

/// Where a law asks for something else.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Override {
    /// Where.
    pub jurisdiction: String,
    /// By which channel.
    #[serde(default = "any")]
    pub channel: String,
    /// Of which class.
    #[serde(default = "any")]
    pub class: String,
    /// What is needed there.
    pub enforcement: Enforcement,
}

/// So many within so long.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Limit {
    /// So many.
    pub max: usize,
    /// Within so many hours.
    pub per_hours: i64,
}

/// Why a policy cannot be used; it names the row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{row}: {why}")]
pub struct PolicyError {
    /// Which row.
    pub row: String,
    /// Why.
    pub why: String,
}

impl Policy {
    /// The rows a house begins with, as they are written.
    pub const TEXT: &str = include_str!("policy.toml");

    /// The rows a house begins with.
    pub fn of_the_house() -> Self {
        // The file is part of the program, and a test reads it.
        Self::read(Self::TEXT).unwrap_or_else(|error| panic!("the shipped policy: {error}"))
    }

    /// Of which sort a message is, whatever it is called: what advertises is advertising, and so is what nobody knows.
    pub fn class_of(&self, request: &Request) -> Option<&str> {
        let class = match request.contains_promotion {
            true => "marketing",
            false => self.purposes.get(&request.purpose).map_or("marketing", |it| it.class.as_str()),
        };
        self.classes.get_key_value(class).map(|(name, _)| name.as_str())
    }

    /// Reads rows as somebody edited them.
    ///
    /// # Errors
    /// [`PolicyError`] names the row that cannot be used.
    pub fn read(text: &str) -> Result<Self, PolicyError> {
        let policy: Self = toml::from_str(text).map_err(|error| PolicyError {
            row: "policy".into(),
            why: error.to_string().trim().to_owned(),
        })?;
        policy.check()?;
        Ok(policy)
    }

    /// Whether every row speaks of something that is there.
    pub fn check(&self) -> Result<(), PolicyError> {
        let bad = |row: String, why: String| Err(PolicyError { row, why });
        for (name, it) in &self.purposes {
            if !self.classes.contains_key(&it.class) {
                return bad(format!("purposes.{name}"), format!("there is no class “{}”", it.class));
            }
        }
        for (n, it) in self.quiet_hours.iter().enumerate() {
            if let Err(why) = Window::of(it) {
                return bad(format!("quiet_hours, row {}", n + 1), why);
            }
        }
        for it in &self.caps {
            if let Err(why) = crate::caps::Span::of(it) {
                return bad(format!("caps.{}", it.id), why);
            }
        }
        let zones = self.tz_candidates.values().flatten().chain([&self.default_tz]);
        for zone in zones {
            if crate::hours::zone(zone).is_none() {
                return bad("zones".into(), format!("there is no time zone “{zone}”"));
            }
        }
        Ok(())
    }

    /// What is needed for a class of messages there: the row that names the place most closely wins, and among those the last.
    pub fn enforcement(
        &self,
        place: &str,
        channel: &str,
        class: &str,
        otherwise: Enforcement,
    ) -> Enforcement {
        let fits = |it: &&Override| {
            is_in(place, &it.jurisdiction)
                && (it.channel == ANY || it.channel == channel)
                && (it.class == ANY || it.class == class)
        };
        let closest = self.enforcement_overrides.iter().filter(fits).max_by_key(|it| it.jurisdiction.len());
        closest.map_or(otherwise, |it| it.enforcement)
    }

    /// What may stand for a yes there, the place itself before the country it is in.
    pub fn bases(&self, place: &str, channel: &str) -> &[String] {
        let found = around(place).find_map(|it| self.implied_bases.get(it)?.get(channel));
        found.map_or(&[], Vec::as_slice)
    }

    /// The zones somebody may be in.
    pub fn zones<'a>(&'a self, zone: Option<&'a str>, place: &str) -> Vec<&'a str> {
        let known = || around(place).find_map(|it| self.tz_candidates.get(it));
        match zone {
            Some(zone) => vec![zone],
            None => known()
                .map_or_else(|| vec![self.default_tz.as_str()], |it| it.iter().map(String::as_str).collect()),
        }
    }

    /// Whether a message of this class is sent again when nobody knows how far it came.
    pub fn is_sent_again(&self, class: &str) -> bool {
        self.delivery_guarantee.get(class).is_some_and(|it| it == "at_least_once")
    }
}

/// Whether a place is within another: `US-FL` is in `US`, and everything is in `*`.
pub(crate) fn is_in(place: &str, within: &str) -> bool {
    within == ANY || place.strip_prefix(within).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// A place, what it is in, and what that is in.
fn around(place: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(place), |it| it.rsplit_once('-').map(|(outer, _)| outer)).chain([ANY])
}

fn any() -> String {
    ANY.into()
}

fn postal() -> Vec<String> {
    ["US", "CA"].map(str::to_owned).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_country_follows_the_country_until_it_says_otherwise() {
        assert!(is_in("US-FL", "US") && is_in("US", "US") && is_in("DE", "*"));
        assert!(!is_in("US", "US-FL") && !is_in("USA", "US") && !is_in("", "US"));
        assert_eq!(around("US-FL").collect::<Vec<_>>(), ["US-FL", "US", "*"]);
    }

    #[test]
    fn a_row_that_speaks_of_nothing_is_named() {
        let mut policy = Policy::of_the_house();
        policy.check().unwrap();
        policy.default_tz = "Mars/Olympus".into();
        assert_eq!(policy.check().unwrap_err().row, "zones");
        let mut policy = Policy::of_the_house();
        policy.caps[0].window = "rolling:often".into();
        assert!(policy.check().unwrap_err().row.starts_with("caps."));
        let mut policy = Policy::of_the_house();
        policy.quiet_hours[0].end = "25:00".into();
        assert_eq!(policy.check().unwrap_err().row, "quiet_hours, row 1");
        let text = include_str!("policy.toml").replacen("class = \"marketing\"", "class = \"shouting\"", 1);
        assert!(Policy::read(&text).unwrap_err().to_string().contains("shouting"));
    }
}
