//! What is known of a person when it is asked whether something may be said to them.

use model::Time;
use serde::{Deserialize, Serialize};

/// Stands for all channels, purposes, topics or contact points.
pub const ANY: &str = "*";

/// Everything that counts about one person and one of their contact points.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Standing {
    /// Who.
    pub person: Person,
    /// Where it would be said.
    pub contact_point: Contact,
    /// What has to be settled first.
    #[serde(default)]
    pub holds: Vec<Hold>,
    /// What is known of addresses that must not be written to.
    #[serde(default)]
    pub suppressions: Vec<Suppression>,
    /// What they, or others for them, said about what they want; in any order.
    #[serde(default)]
    pub permission_events: Vec<Event>,
    /// What was handed over, and what is about to be.
    #[serde(default)]
    pub history: Vec<Handed>,
    /// When they last wrote to us by this channel.
    #[serde(default)]
    pub last_inbound_at: Option<Time>,
    /// Until when we had better say nothing unasked, because we are the ones who keep calling.
    #[serde(default)]
    pub we_rest_until: Option<Time>,
}

/// Somebody, as far as it matters here.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Person {
    /// `active`, `erased` or `deceased`.
    #[serde(default = "active")]
    pub status: String,
    /// The law that protects them: a country, or a country and a part of it (`US-FL`).
    #[serde(default)]
    pub jurisdiction: String,
    /// Their time zone, by its IANA name.
    #[serde(default)]
    pub tz: Option<String>,
    /// Whether they asked that what is known of them be left alone (GDPR 18).
    #[serde(default)]
    pub restricted: bool,
    /// Whether they are too young to decide alone (GDPR 8).
    #[serde(default)]
    pub minor: bool,
    /// Whether somebody who answers for them agreed.
    #[serde(default)]
    pub guardian_consent: bool,
    /// Whether their browser says that nothing may be passed on (`Sec-GPC`).
    #[serde(default)]
    pub gpc: bool,
    /// When they want to be left in peace.
    #[serde(default)]
    pub quiet_hours: Vec<Quiet>,
    /// When they want no unasked message at all.
    #[serde(default)]
    pub pauses: Vec<Pause>,
    /// How much they want at most.
    #[serde(default)]
    pub caps: Vec<Cap>,
}

/// An address, a number, a device.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Contact {
    /// How it is called in events.
    pub id: String,
    /// By which way it is reached.
    pub channel: String,
    /// Whether it was shown to be theirs.
    #[serde(default)]
    pub verified: bool,
    /// `active`, or why nothing arrives there.
    #[serde(default = "active")]
    pub status: String,
}

/// Something that has to be settled first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Hold {
    /// What it keeps back.
    pub classes: Vec<String>,
    /// What it is: `open_complaint`.
    pub reason: String,
    /// Until when, if that is known.
    #[serde(default)]
    pub until: Option<Time>,
}

/// An address that must not be written to, or not now.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Suppression {
    /// `hard_bounce`, `soft_bounce`, `complaint`, `erasure_hash`, or what the address itself asked for.
    pub kind: String,
    /// Which.
    #[serde(default = "any")]
    pub contact_point: String,
    /// Since when.
    pub at: Time,
}

/// What sort of thing was said about what somebody wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Yes.
    #[serde(alias = "request", alias = "confirm")]
    Grant,
    /// Something they did lets the law suppose a yes.
    Imply,
    /// No more of this.
    #[serde(alias = "revoke", alias = "refuse")]
    Withdraw,
    /// Nothing of this whole sort (GDPR 21).
    Object,
}

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The person.
    Person,
    /// One of us, for them.
    Staff,
    /// A file that was brought in.
    Import,
    /// The program, because of something that happened.
    System,
    /// Whoever else.
    #[serde(other)]
    Other,
}

/// Something said about what somebody wants. Never changed, never removed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Event {
    /// Who said it.
    #[serde(default = "other")]
    pub actor: Actor,
    /// When.
    pub at: Time,
    /// Why the law supposes it: `soft_opt_in`, `casl_purchase`.
    #[serde(default)]
    pub basis: Option<String>,
    /// For which channel; for a refusal all, if nothing is said.
    #[serde(default)]
    pub channel: Option<String>,
    /// For which whole class; objections.
    #[serde(default)]
    pub class: Option<String>,
    /// For which address.
    #[serde(default)]
    pub contact_point: Option<String>,
    /// Until when.
    #[serde(default)]
    pub expires_at: Option<Time>,
    /// Which moment tells of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<model::MomentId>,
    /// How it can be shown.
    #[serde(default)]
    pub proof: Proof,
    /// For which purpose.
    #[serde(default)]
    pub purpose: Option<String>,
    /// For which topic.
    #[serde(default)]
    pub topic: Option<String>,
    /// Yes or no.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// By which way: `one_click_post`, `portal`, `sms_stop`.
    #[serde(default)]
    pub via: Option<String>,
}

/// How a yes can be shown to somebody who doubts it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Proof {
    /// By which request they confirmed it: only `POST` is a person's.
    pub confirm_method: Option<String>,
    /// When they confirmed it at their address.
    pub confirmed_at: Option<Time>,
    /// A call, an order, a paper.
    pub evidence_id: Option<String>,
    /// The language of that wording.
    pub language: Option<String>,
    /// `web_form`, `checkout`, `oral`, `paper`.
    pub method: Option<String>,
    /// SHA-256 of that wording, in hexadecimal; the wording itself stands where this is kept.
    pub notice_hash: Option<String>,
    /// Which wording they saw.
    pub notice_version: Option<String>,
    /// Whether they could refuse when they bought.
    pub optout_offered: Option<bool>,
    /// On which page, or in which message.
    pub page: Option<String>,
    /// When they asked.
    pub requested_at: Option<Time>,
}

/// Hours of a day that are left in peace. Ends the next day if it ends before it begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quiet {
    /// By which channels; all, if none is named.
    #[serde(default)]
    pub channels: Vec<String>,
    /// On which days it begins (`mon` to `sun`); all, if none is named.
    #[serde(default)]
    pub days: Vec<String>,
    /// `08:00`.
    pub end: String,
    /// Where; everywhere, if nothing is said.
    #[serde(default = "any")]
    pub jurisdiction: String,
    /// `21:00`.
    pub start: String,
}

/// A time without unasked messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// By which channels; all, if none is named.
    #[serde(default)]
    pub channels: Vec<String>,
    /// From when; from ever, if nothing is said.
    #[serde(default)]
    pub from: Option<Time>,
    /// Of which purposes; all, if none is named.
    #[serde(default)]
    pub purposes: Vec<String>,
    /// Until when; for good, if nothing is said.
    #[serde(default)]
    pub until: Option<Time>,
}

/// How much is enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cap {
    /// What it is called.
    pub id: String,
    /// What it counts.
    pub classes: Vec<String>,
    /// By which channel; `*` counts all.
    #[serde(default = "any")]
    pub channel: String,
    /// At most so many.
    pub max: usize,
    /// `rolling:7d`, `rolling:12h`, `calendar:day`, `calendar:week`, `calendar:month`.
    pub window: String,
    /// `defer` waits until there is room, `drop` does not.
    #[serde(default = "defer")]
    pub on_exceed: String,
}

/// Something that was handed over, or is about to be.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Handed {
    /// When.
    pub at: Time,
    /// What class it was.
    pub class: String,
    /// By which channel.
    pub channel: String,
    /// `reserved`, `handed_off`, `accepted`, `delivered`, `unknown`, `bounced`, `failed_before_handoff`.
    pub status: String,
    /// What may be said only once.
    #[serde(default)]
    pub dedupe_key: String,
}

impl Handed {
    /// Whether the person has heard it, or may have, or is about to.
    pub fn counts(&self) -> bool {
        !matches!(self.status.as_str(), "bounced" | "failed_before_handoff")
    }

    /// Whether nobody knows how far it came.
    pub fn is_unknown(&self) -> bool {
        matches!(self.status.as_str(), "unknown" | "handed_off")
    }
}

/// What shall be said.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Request {
    /// What for.
    pub purpose: String,
    /// About what.
    #[serde(default)]
    pub topic: Option<String>,
    /// What may be said only once.
    #[serde(default)]
    pub dedupe_key: String,
    /// Until when it is of use.
    #[serde(default)]
    pub expires_at: Option<Time>,
    /// Whether it also advertises: then it is advertising.
    #[serde(default)]
    pub contains_promotion: bool,
    /// Whether it is as good tomorrow morning.
    #[serde(default)]
    pub can_wait: bool,
    /// Whether it is a text that the service has approved beforehand.
    #[serde(default)]
    pub template: bool,
    /// Whether the sender would like to know that it was opened.
    #[serde(default)]
    pub track_opens: bool,
}

fn active() -> String {
    "active".into()
}
fn any() -> String {
    ANY.into()
}
fn defer() -> String {
    "defer".into()
}
fn other() -> Actor {
    Actor::Other
}
