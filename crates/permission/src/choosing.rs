//! Yes and no, as people say them: on a page, with one press in their mail program, by a word in a text message, or to one of us.

use gate::{Actor, Event, EventKind, Policy, Proof, Request, Stance, Suppression};
use model::{Channel, MomentId, PersonId, StaffId, Time, World};
use serde::Serialize;
use store::{Read, Write};

use crate::{
    Known, Point, Result, Saying, policies, said, suppressed,
    suppressed::Kind,
    topics::{self, Topic},
};

/// Version of the words beside each choice; it changes when they do.
pub const NOTICE: &str = "preferences-1";

/// Something to say yes or no to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What it is for, as the policy calls it.
    pub purpose: String,
    /// Which topic of it, if it has any.
    pub topic: Option<String>,
    /// What people call it.
    pub name: String,
    /// What comes.
    pub words: String,
}

/// How something was said.
#[derive(Debug, Clone, Default)]
pub struct How {
    /// By which way: `one_click`, `preference_page`, `portal`, `mail`, `staff`, or as the policy calls the messenger.
    pub via: String,
    /// On which page or in which message.
    pub page: String,
    /// In which language the words were.
    pub language: String,
    /// The words beside the choice, as they stood there.
    pub wording: String,
    /// Which of us heard it, and where that can be looked up.
    pub heard: Option<(StaffId, String)>,
    /// The message in which they said it, if it was one.
    pub message: Option<MomentId>,
    /// Whether the address was shown to be theirs in saying it: they followed a link that only it has.
    pub at_the_address: bool,
}

/// What anybody may choose besides topics: what nobody asked for.
const UNASKED: &[(&str, &str, &str)] = &[
    (
        "personal_letter",
        "Letters from one of us",
        "When somebody here thinks of you: a hint, a question, an invitation. Not often.",
    ),
    ("survey", "Questions about how we do", "Now and then we ask how something was. One question, or a few."),
];

impl Choice {
    fn of(topic: Topic) -> Self {
        Self { purpose: topic.purpose, topic: Some(topic.key), name: topic.name, words: topic.words }
    }

    /// What the gate is asked about it.
    fn request(&self) -> Request {
        Request {
            purpose: self.purpose.clone(),
            topic: self.topic.clone(),
            dedupe_key: String::new(),
            expires_at: None,
            contains_promotion: false,
            can_wait: false,
            template: false,
            track_opens: false,
        }
    }

    /// What it is called in a form.
    pub fn key(&self) -> String {
        match &self.topic {
            Some(topic) => format!("{}.{topic}", self.purpose),
            None => self.purpose.clone(),
        }
    }
}

/// Everything there is to choose.
pub fn choices(db: &mut Read<'_>) -> Result<Vec<Choice>> {
    let topics = topics::open(db)?.into_iter().map(Choice::of);
    let plain = |(purpose, name, words): &(&str, &str, &str)| Choice {
        purpose: (*purpose).into(),
        topic: None,
        name: (*name).into(),
        words: (*words).into(),
    };
    Ok(topics.chain(UNASKED.iter().map(plain)).collect())
}

/// The same, with where somebody stands at an address.
pub fn stances(db: &mut Read<'_>, known: &Known, point: &Point, now: Time) -> Result<Vec<(Choice, Stance)>> {
    let policy = policies::current(db)?.policy;
    let suppressed = suppressed::of_points(db, &[point])?;
    let one = |it: Choice| {
        let stance = stance(known, point, &suppressed, &policy, &it, now);
        (it, stance)
    };
    Ok(choices(db)?.into_iter().map(one).collect())
}

/// Where somebody stands on one choice at an address, of which this is known. An address that wants nothing gets nothing, whatever was
/// said elsewhere.
pub fn stance(
    known: &Known,
    point: &Point,
    suppressed: &[Suppression],
    policy: &Policy,
    choice: &Choice,
    now: Time,
) -> Stance {
    if let Some(it) = suppressed.iter().find(|it| it.kind == Kind::AddressOptOut.as_str()) {
        return Stance::No { since: it.at };
    }
    let standing = known.at(point, suppressed.to_vec(), policy);
    gate::stance(&standing, policy, &choice.request(), now)
}

fn event(kind: EventKind, choice: Option<&Choice>, point: &Point, how: &How, now: Time) -> Event {
    let is_yes = kind == EventKind::Grant;
    let (actor, evidence) = match &how.heard {
        Some((_, evidence)) => (Actor::Staff, Some(evidence.clone())),
        None => (Actor::Person, how.message.map(|it| it.to_string())),
    };
    let confirmed = (is_yes && how.at_the_address).then_some(now);
    Event {
        id: None,
        kind,
        // A yes is for this way and this address; a no is for all.
        channel: is_yes.then(|| point.channel.clone()),
        purpose: choice.map(|it| it.purpose.clone()),
        topic: choice.and_then(|it| it.topic.clone()),
        contact_point: is_yes.then(|| point.id()),
        class: None,
        at: now,
        actor,
        basis: None,
        expires_at: None,
        via: Some(how.via.clone()),
        proof: Proof {
            method: Some(how.via.clone()),
            notice_version: Some(NOTICE.into()),
            language: Some(how.language.clone()).filter(|it| !it.is_empty()),
            page: Some(how.page.clone()).filter(|it| !it.is_empty()),
            evidence_id: evidence,
            requested_at: is_yes.then_some(now),
            confirmed_at: confirmed,
            confirm_method: confirmed.map(|_| "POST".into()),
            ..Proof::default()
        },
    }
}

fn saying(title: String, how: &How) -> Saying {
    let channel = match how.via.as_str() {
        "sms" => Channel::Sms,
        "whatsapp" | "telegram" | "messenger" => Channel::from(how.via.clone()),
        "mail" | "one_click" => Channel::Email,
        "chat" => Channel::Chat,
        "staff" => Channel::Desk,
        _ => Channel::Form,
    };
    let by = how.heard.as_ref().map(|(staff, _)| *staff);
    Saying { title, wording: how.wording.clone(), channel: Some(channel), by }
}

/// They want it, at this address.
pub fn yes(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    point: &Point,
    choice: &Choice,
    how: &How,
) -> Result<MomentId> {
    // What anybody may have typed lifts nothing that whoever reads there has asked for.
    if how.at_the_address || how.heard.is_some() {
        suppressed::lift(tx, point, &[Kind::AddressOptOut])?;
    }
    let event = event(EventKind::Grant, Some(choice), point, how, world.now());
    said::say(tx, world, person, &event, &saying(format!("Yes to \u{201c}{}\u{201d}", choice.name), how))
}

/// They want no more of it, anywhere.
pub fn no(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    point: &Point,
    choice: &Choice,
    how: &How,
) -> Result<MomentId> {
    let event = event(EventKind::Withdraw, Some(choice), point, how, world.now());
    to_all(tx, world, person, point, &event, &saying(format!("No more \u{201c}{}\u{201d}", choice.name), how))
}

/// They want nothing that they did not ask for, neither they nor whoever else reads this address.
pub fn nothing(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    point: &Point,
    how: &How,
) -> Result<MomentId> {
    suppressed::suppress(tx, world, point, Kind::AddressOptOut)?;
    let event = event(EventKind::Withdraw, None, point, how, world.now());
    let title = "They want nothing from us that they did not ask for".to_owned();
    to_all(tx, world, person, point, &event, &saying(title, how))
}

/// They want again what they had before they stopped everything, at this address; nothing that they had refused before, and nothing that
/// they never had. Gives how much that is.
pub fn back(tx: &mut Write<'_>, world: &World, person: PersonId, point: &Point, how: &How) -> Result<usize> {
    let mut before = crate::known(tx, person)?;
    let policy = policies::current(tx)?.policy;
    let yes_at = before.events().filter(|it| it.kind == EventKind::Grant).map(|it| it.at).max();
    let is_stop = |it: &&Event| {
        it.kind == EventKind::Withdraw && it.purpose.is_none() && yes_at.is_none_or(|yes| it.at > yes)
    };
    let stopped_at = before.events().filter(is_stop).map(|it| it.at).min();
    suppressed::lift(tx, point, &[Kind::AddressOptOut])?;
    let Some(stopped_at) = stopped_at else { return Ok(0) };
    before.said.retain(|it| it.at < stopped_at);
    let had = |it: &Choice| {
        matches!(stance(&before, point, &[], &policy, it, stopped_at), Stance::Yes { .. } | Stance::MayCome)
    };
    let all: Vec<Choice> = choices(tx)?.into_iter().filter(had).collect();
    for choice in &all {
        yes(tx, world, person, point, choice, how)?;
    }
    Ok(all.len())
}

/// Whoever else is known by this address has said the same: as far as this address goes.
fn to_all(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    point: &Point,
    event: &Event,
    saying: &Saying,
) -> Result<MomentId> {
    let person = memory::current(tx, person)?;
    let kept = said::say(tx, world, person, event, saying)?;
    if let Some(handle) = point.handle() {
        for other in memory::people::holders(tx, &handle)?.into_iter().filter(|it| *it != person) {
            let here = Event { contact_point: Some(point.id()), ..event.clone() };
            said::say(tx, world, other, &here, saying)?;
        }
    }
    Ok(kept)
}
