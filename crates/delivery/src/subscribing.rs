//! Somebody who asks for a topic on a public page: nothing comes before they have confirmed it at the address that they named, by a press and not
//! by a look. Until then it is a wish that anybody could have typed.

use channels::mail::Mailbox as Address;
use conversations::{
    outbox::Letter,
    telling::{Telling, tell},
};
use house::House;
use memory::{prepare, take};
use model::{Fields, Fragment, MomentId, World};
use permission::{
    Point,
    choosing::{self, Choice, How},
    visits,
};
use store::Store;

use crate::{
    DeliveryError,
    mailboxes::{self, State},
};

/// What the gate is asked with.
const PURPOSE: &str = "optin_confirmation";

/// Keeps that somebody asked for these topics at an address, and writes there to have it confirmed. Whoever was forgotten gets nothing; what
/// is told to whoever asked is the same.
pub async fn ask(
    store: &Store,
    point: &Point,
    name: &str,
    chosen: Vec<Choice>,
    how: How,
    base: &str,
) -> Result<(), DeliveryError> {
    let marks = mailboxes::marks(store).await?;
    let settings = House::new(store.clone()).settings().await?;
    let (world, point, base) = (store.world().clone(), point.clone(), base.trim_end_matches('/').to_owned());
    let fragment = fragment(&world, &point, name);
    let batch = [prepare(fragment)];
    store
        .write(move |tx| {
            // What anybody may have typed adds nothing to somebody whom we know.
            let known = match point.handle() {
                Some(handle) => memory::people::holders(tx, &handle)?.into_iter().next(),
                None => None,
            };
            let person = match known {
                Some(person) => Some(memory::current(tx, person)?),
                None => take(tx, &world, &batch)?.remove(0).person,
            };
            let Some(person) = person else { return Ok(()) };
            for choice in &chosen {
                choosing::yes(tx, &world, person, &point, choice, &how)?;
            }
            let all = mailboxes::all(tx)?;
            let well = all.iter().find(|it| it.state == State::Fine).or(all.first());
            let Some(mailbox) = well else { return Ok(()) };
            let id: MomentId = world.id();
            let us = if settings.organisation.is_empty() { mailbox.name.clone() } else { settings.organisation.clone() };
            let names: Vec<String> = chosen.iter().map(|it| format!("\u{201c}{}\u{201d}", it.name)).collect();
            let token = visits::confirmation(tx, &world, &point, &chosen)?;
            let text = format!(
                "Hello,\n\nsomebody asked for {} at this address. If it was you, please confirm it within a week:\n\n{base}/subscribe/{token}\n\n\
                 If it was not you, there is nothing to do: nothing comes.",
                names.join(" and ")
            );
            let letter = Letter {
                id: marks.message_id(id.uuid(), mailboxes::domain(&mailbox.address)),
                from: Some(Address { name: Some(us.clone()), address: mailbox.address.clone() }),
                to: vec![Address { name: None, address: point.address.clone() }],
                subject: format!("Please confirm: {}", names.join(" and ")),
                text,
                signature: format!("-- \n{us}"),
                ..Letter::default()
            };
            let title = "They were asked to confirm what they asked for".to_owned();
            let telling = Telling { person, id, title, mailbox: mailbox.id, letter, purpose: PURPOSE.into() };
            Ok::<_, DeliveryError>(tell(tx, &world, &telling)?)
        })
        .await
}

fn fragment(world: &World, point: &Point, name: &str) -> Fragment {
    let name: String = name.trim().chars().take(200).collect();
    let mut fields = Fields::new();
    if !name.is_empty() {
        fields.insert("name".into(), name);
    }
    Fragment {
        source: "subscription".into(),
        key: point.address.clone(),
        seen_at: world.now(),
        fields,
        handles: point.handle().into_iter().collect(),
        roles: Vec::new(),
        moments: Vec::new(),
    }
}
