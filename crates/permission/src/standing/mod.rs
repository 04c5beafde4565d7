//! What is known of somebody when the gate is asked: read from their timeline, their addresses, and what is known of the address.

mod sql;

use std::collections::HashMap;

use gate::{Contact, Event, Person, Policy, Standing, Suppression};
use model::{HandleKind, PersonId, Time};
use store::{Read, ToValue, Value, params};

use crate::{
    Point, Result,
    in_force::InForce,
    said::{self, Said, What},
};

/// What is known of a person, whatever the address.
#[derive(Debug, Clone)]
pub struct Known {
    /// Who.
    pub person: PersonId,
    /// Everything they said about what they want, or that was said for them.
    pub said: Vec<Said>,
    /// How they wish to be spoken to.
    pub in_force: InForce,
    /// When they last spoke to us.
    pub heard_at: Option<Time>,
    /// When they last wrote by a messenger.
    pub messaged_at: Option<Time>,
    /// Their mail addresses that were proven.
    proven: Vec<String>,
}

/// What is known of somebody.
pub fn known(db: &mut Read<'_>, person: PersonId) -> Result<Known> {
    let person = memory::current(db, person)?;
    let mut known = known_many(db, &[person])?.remove(0);
    known.messaged_at = db.first(sql::MESSAGED, params![person], |row| row.get(0))?.flatten();
    Ok(known)
}

/// What is known of several people, by the ids they go by now and in their order; but for messengers.
pub fn known_many(db: &mut Read<'_>, people: &[PersonId]) -> Result<Vec<Known>> {
    let asked: Vec<Value<'_>> = people.iter().map(ToValue::value).collect();
    let mut said = said::of_people(db, people)?;
    let heard = memory::each_in(db, sql::heard, &[], &asked, |row| Ok((row.get(0)?, row.get(1)?)))?;
    let heard: HashMap<PersonId, Option<Time>> = heard.into_iter().collect();
    let mut proven: HashMap<PersonId, Vec<String>> = HashMap::new();
    let mail = [HandleKind::Email.as_str().value()];
    let mail = mail.map(Value::into_owned);
    let all =
        memory::each_in(db, sql::proven, &mail, &asked, |row| Ok((row.get::<PersonId>(0)?, row.get(1)?)))?;
    all.into_iter().for_each(|(person, address)| proven.entry(person).or_default().push(address));
    let one = |person: &PersonId| {
        let said = said.remove(person).unwrap_or_default();
        Known {
            person: *person,
            in_force: InForce::of(&said),
            said,
            heard_at: heard.get(person).copied().flatten(),
            messaged_at: None,
            proven: proven.remove(person).unwrap_or_default(),
        }
    };
    Ok(people.iter().map(one).collect())
}

impl Known {
    /// The events among what was said.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.said.iter().filter_map(|it| match &it.what {
            What::Event(event) => Some(&**event),
            What::Wishes { .. } => None,
        })
    }

    /// Where they stand at one address, of which this is known. What was handed over to them is not the memory's business: whoever hands over
    /// fills it in.
    pub fn at(&self, point: &Point, suppressions: Vec<Suppression>, policy: &Policy) -> Standing {
        let id = point.id();
        // Whoever pressed a button behind a link that only this address had, has shown that it is theirs.
        let confirmed = |it: &Event| {
            it.contact_point.as_deref() == Some(&id)
                && it.actor == gate::Actor::Person
                && it.proof.confirmed_at.is_some()
        };
        let verified = self.proven.contains(&point.address) || self.events().any(confirmed);
        let (wishes, caps) = (&self.in_force.wishes, &self.in_force.caps);
        let in_session = policy.session_channels.contains(&point.channel);
        let jurisdiction = wishes.jurisdiction.clone();
        Standing {
            person: Person {
                status: if wishes.deceased { "deceased" } else { "active" }.to_owned(),
                jurisdiction: jurisdiction.unwrap_or_else(|| policy.default_jurisdiction.clone()),
                tz: wishes.zone.clone(),
                restricted: wishes.restricted,
                minor: wishes.minor,
                guardian_consent: wishes.guardian_consent,
                gpc: wishes.gpc,
                quiet_hours: wishes.quiet_hours.clone(),
                pauses: wishes.pauses.clone(),
                caps: caps.clone(),
            },
            contact_point: Contact { id, channel: point.channel.clone(), verified, status: "active".into() },
            holds: Vec::new(),
            suppressions,
            permission_events: self.events().cloned().collect(),
            history: Vec::new(),
            last_inbound_at: if in_session { self.messaged_at } else { self.heard_at },
            we_rest_until: None,
        }
    }
}
