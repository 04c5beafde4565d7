//! What is known of somebody when the gate is asked: read from their timeline, their addresses, and what is known of the address.

mod sql;

use gate::{Contact, Event, Person, Policy, Standing};
use model::{HandleKind, PersonId, Time};
use store::{Read, params};

use crate::{
    Point, Result,
    in_force::InForce,
    said::{self, Said, What},
    suppressed,
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
    let said = said::of_person(db, person)?;
    let heard = db.first(sql::HEARD, params![person], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let (heard_at, messaged_at) = heard.unwrap_or_default();
    let email = HandleKind::Email;
    let proven = db.rows(sql::PROVEN, params![person, email.as_str()], |row| row.get(0))?;
    Ok(Known { person, in_force: InForce::of(&said), said, heard_at, messaged_at, proven })
}

impl Known {
    /// The events among what was said.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.said.iter().filter_map(|it| match &it.what {
            What::Event(event) => Some(&**event),
            What::Wishes { .. } => None,
        })
    }

    /// Where they stand at one address. What was handed over to them is not the memory's business: whoever hands over fills it in.
    pub fn at(&self, db: &mut Read<'_>, point: &Point, policy: &Policy) -> Result<Standing> {
        let id = point.id();
        let mut suppressions = suppressed::of_point(db, point)?;
        if point.channel == "email"
            && let Some(at) = memory::forgetting::since(db, &HandleKind::Email, &point.address)?
        {
            suppressions.push(gate::Suppression {
                kind: "erasure_hash".into(),
                contact_point: id.clone(),
                at,
            });
        }
        // Whoever pressed a button behind a link that only this address had, has shown that it is theirs.
        let confirmed = |it: &Event| {
            it.contact_point.as_deref() == Some(&id)
                && it.actor == gate::Actor::Person
                && it.proof.confirmed_at.is_some()
        };
        let verified = self.proven.contains(&point.address) || self.events().any(confirmed);
        let (wishes, caps) = (&self.in_force.wishes, &self.in_force.caps);
        let in_session = policy.session_channels.contains(&point.channel);
        Ok(Standing {
            person: Person {
                status: if wishes.deceased { "deceased" } else { "active" }.to_owned(),
                jurisdiction: wishes
                    .jurisdiction
                    .clone()
                    .unwrap_or_else(|| policy.default_jurisdiction.clone()),
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
        })
    }
}
