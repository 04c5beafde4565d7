//! What was said about what somebody wants: each a moment of their timeline with its proof, never changed, never removed. It is sealed, so
//! that a file that is brought in can tell of a yes and never undo a no.

mod sql;

use std::collections::HashMap;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use gate::{Actor, Event, EventKind, Proof};
use hmac::{Hmac, KeyInit, Mac};
use model::{Channel, Direction, Kind, MomentId, NewMoment, PersonId, StaffId, Time, World};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use sha2::Sha256;
use store::{Files, Notice, Read, ToValue, Value, Write};

use crate::{Result, wishes::Wishes};

/// What the house's key for these seals is called.
const KEY: &str = "what people allow";

/// How something was said: what the timeline shows of it.
#[derive(Debug, Clone, Default)]
pub struct Saying {
    /// In one line: *They want no more surveys*.
    pub title: String,
    /// The wording that they had before their eyes, word for word; empty where there was none.
    pub wording: String,
    /// Through what; the desk, if nothing is said.
    pub channel: Option<Channel>,
    /// Which of us wrote it down.
    pub by: Option<StaffId>,
}

/// What a moment of this kind says.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Yes or no to something.
    Event(Box<Event>),
    /// How, how often and when.
    Wishes {
        /// Which earlier wishes it replaces.
        instead_of: Vec<MomentId>,
        /// What they wish.
        wishes: Wishes,
    },
}

/// Something said, and the moment that tells of it.
#[derive(Debug, Clone)]
pub struct Said {
    /// The moment.
    pub moment: MomentId,
    /// When.
    pub at: Time,
    /// In one line.
    pub title: String,
    /// The wording they saw.
    pub wording: String,
    /// Which of us wrote it down.
    pub by: Option<StaffId>,
    /// What.
    pub what: What,
    /// Whether it was said here, and not brought in by a file.
    pub is_ours: bool,
}

/// Keeps something said about what somebody wants. The wording they saw is kept word for word, its digest within the proof.
pub fn say(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    event: &Event,
    saying: &Saying,
) -> Result<MomentId> {
    let mut event = Event { id: None, ..event.clone() };
    if !saying.wording.is_empty() {
        event.proof.notice_hash = Some(Files::digest(saying.wording.as_bytes()));
    }
    let (actor, at) = (event.actor, event.at);
    keep(tx, world, person, &What::Event(Box::new(event)), at, actor, saying)
}

pub(crate) fn keep(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    what: &What,
    at: Time,
    actor: Actor,
    saying: &Saying,
) -> Result<MomentId> {
    let id: MomentId = world.id();
    let seal = seal(&memory::secret(tx, world, KEY)?, id, what);
    let moment = NewMoment {
        key: id.to_string(),
        at,
        kind: Kind::Permission,
        channel: saying.channel.clone().unwrap_or(Channel::Desk),
        direction: if actor == Actor::Person { Direction::Heard } else { Direction::Noted },
        account: None,
        by: saying.by,
        thread: None,
        title: saying.title.clone(),
        body: saying.wording.clone(),
        data: json!({ "said": said_only(json!(what)), "seal": BASE64_URL_SAFE_NO_PAD.encode(seal) }),
        originals: Vec::new(),
    };
    let kept = memory::note(tx, world, person, &moment, None)?;
    tx.announce(Notice::about("messages", kept))?;
    Ok(kept)
}

/// Without what was not said: there are many such moments, and all of them are read whenever it is asked what somebody wants. The seal is of
/// the whole, as it is read.
fn said_only(it: Json) -> Json {
    match it {
        Json::Object(all) => {
            all.into_iter().filter(|(_, it)| !it.is_null()).map(|(key, it)| (key, said_only(it))).collect()
        }
        other => other,
    }
}

/// What the seal is of: names in the order of the alphabet. So stand the fields of everything in it, which therefore need not be sorted each
/// time that a seal is looked at.
fn sealed(what: &What) -> String {
    serde_json::to_string(what).unwrap_or_else(|_| unreachable!("every part of it can be written"))
}

fn seal(key: &[u8], id: MomentId, what: &What) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| unreachable!("any length will do"));
    mac.update(id.uuid().as_bytes());
    mac.update(sealed(what).as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Everything somebody said, or that was said for them, about what they want; the oldest first. What cannot be read - a newer version may
/// have written it - counts as a no to everything.
pub fn of_person(db: &mut Read<'_>, person: PersonId) -> Result<Vec<Said>> {
    let person = memory::current(db, person)?;
    Ok(of_people(db, &[person])?.remove(&person).unwrap_or_default())
}

/// The same of several, by the ids they go by now.
pub(crate) fn of_people(db: &mut Read<'_>, people: &[PersonId]) -> Result<HashMap<PersonId, Vec<Said>>> {
    let asked: Vec<Value<'_>> = people.iter().map(ToValue::value).collect();
    let rows = memory::each_in(db, sql::of_people, &[], &asked, |row| {
        let whole = (row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?);
        Ok((row.get::<PersonId>(0)?, whole))
    })?;
    let key = if rows.is_empty() { None } else { memory::known_secret(db, KEY)? };
    let mut all: HashMap<PersonId, Vec<Said>> = HashMap::new();
    for (person, row) in rows {
        all.entry(person).or_default().extend(read(key.as_deref(), row));
    }
    Ok(all)
}

fn unread(at: Time) -> What {
    What::Event(Box::new(Event {
        id: None,
        kind: EventKind::Withdraw,
        channel: None,
        purpose: None,
        topic: None,
        contact_point: None,
        class: None,
        at,
        actor: Actor::Other,
        basis: None,
        expires_at: None,
        via: None,
        proof: Proof::default(),
    }))
}

type Row = (MomentId, Time, String, String, Option<StaffId>, String);

/// What a moment of this kind carries in its data.
#[derive(Deserialize)]
struct Told {
    said: What,
    #[serde(default)]
    seal: String,
}

fn read(key: Option<&[u8]>, (moment, at, title, wording, by, data): Row) -> Option<Said> {
    let (mut what, shown) = match serde_json::from_str::<Told>(&data) {
        Ok(told) => (told.said, told.seal),
        Err(_) => {
            serde_json::from_str::<Json>(&data).ok()?.get("said")?;
            (unread(at), String::new())
        }
    };
    let shown = BASE64_URL_SAFE_NO_PAD.decode(shown).ok();
    let is_ours = key.zip(shown).is_some_and(|(key, shown)| seal(key, moment, &what) == shown);
    if let What::Event(event) = &mut what {
        event.id = Some(moment);
        if !is_ours {
            event.actor = Actor::Import;
        }
    }
    Some(Said { moment, at, title, wording, by, what, is_ours })
}

#[cfg(test)]
mod tests {
    use gate::{Pause, Quiet};

    use super::*;

    #[test]
    fn what_is_sealed_is_written_in_the_order_of_the_alphabet() {
        let at = Time::from_seconds(1_800_000_000);
        let text = || Some("said".to_owned());
        let proof = Proof {
            confirm_method: text(),
            confirmed_at: Some(at),
            evidence_id: text(),
            language: text(),
            method: text(),
            notice_hash: text(),
            notice_version: text(),
            optout_offered: Some(true),
            page: text(),
            requested_at: Some(at),
        };
        let What::Event(event) = unread(at) else { panic!("it is an event") };
        let id = Some(MomentId::derived(&[b"a"]));
        let event = What::Event(Box::new(Event {
            id,
            basis: text(),
            class: text(),
            contact_point: text(),
            purpose: text(),
            topic: text(),
            via: text(),
            proof,
            ..*event
        }));
        let quiet = Quiet {
            channels: vec!["sms".into()],
            days: vec!["mon".into()],
            end: "08:00".into(),
            jurisdiction: "DE".into(),
            start: "21:00".into(),
        };
        let (channels, purposes) = (vec!["sms".into()], vec!["digest".into()]);
        let pause = Pause { channels, from: Some(at), purposes, until: Some(at) };
        let wishes = Wishes {
            hour: Some(9),
            jurisdiction: text(),
            language: text(),
            zone: text(),
            pauses: vec![pause],
            quiet_hours: vec![quiet],
            ..Wishes::default()
        };
        for what in [event, What::Wishes { instead_of: vec![MomentId::derived(&[b"b"])], wishes }] {
            assert_eq!(sealed(&what), json!(what).to_string());
        }
    }
}
