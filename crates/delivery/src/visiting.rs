//! Mail that somebody asked the house for at their own page: a link that lets them in, a code for what cannot be undone. Whoever asks hears the
//! same whether we know the address or not; so it is looked up later, where nobody waits for the answer.

use channels::mail::Mailbox as Address;
use conversations::{
    outbox::Letter,
    telling::{Telling, tell},
};
use house::House;
use model::{MomentId, PersonId, World};
use permission::{Point, visits};
use serde_json::json;
use store::{Store, Write, jobs, jobs::Job};

use crate::{
    DeliveryError,
    mailboxes::{self, Mailbox, State},
};

/// The job that writes it.
pub const WRITE: &str = "visit.write";
/// What the gate is asked with.
const PURPOSE: &str = "sign_in_link";

/// Asks for a link for whoever reads mail at an address.
pub fn ask_for_link(tx: &mut Write<'_>, world: &World, point: &Point) -> Result<(), DeliveryError> {
    ask(tx, world, point, "link")
}

/// Asks for a code for something, for whoever reads mail at an address.
pub fn ask_for_code(
    tx: &mut Write<'_>,
    world: &World,
    point: &Point,
    what: &str,
) -> Result<(), DeliveryError> {
    ask(tx, world, point, what)
}

fn ask(tx: &mut Write<'_>, world: &World, point: &Point, what: &str) -> Result<(), DeliveryError> {
    let payload = json!({ "address": point.address, "what": what });
    let key = format!("{what} {}", point.id());
    Ok(jobs::enqueue(tx, world, WRITE, &key, &payload, world.now())?)
}

/// Writes it, if we know the address.
pub(crate) async fn write(store: &Store, job: &Job, address: &str) -> Result<(), DeliveryError> {
    let text = |name: &str| job.payload[name].as_str().unwrap_or_default().to_owned();
    let (point, what) = (Point::mail(&text("address")), text("what"));
    let house = House::new(store.clone());
    let us = house.settings().await?.organisation;
    let marks = mailboxes::marks(store).await?;
    let (world, base) = (store.world().clone(), address.trim_end_matches('/').to_owned());
    store
        .write(move |tx| {
            let Some(handle) = point.handle() else { return Ok(()) };
            let Some(person) = memory::people::holders(tx, &handle)?.into_iter().next() else {
                return Ok(());
            };
            let all = mailboxes::all(tx)?;
            let well = all.iter().find(|it| it.state == State::Fine).or(all.first());
            let Some(mailbox) = well else { return Ok(()) };
            let id: MomentId = world.id();
            let (title, subject, text) = match what.as_str() {
                "link" => link(&visits::link(tx, &world, &point)?, &base),
                _ => code(&visits::code(tx, &world, &point, &what)?, &what),
            };
            let letter = letter(
                mailbox,
                &us,
                &point,
                &subject,
                text,
                marks.message_id(id.uuid(), mailboxes::domain(&mailbox.address)),
            );
            let telling = Telling {
                person: current(tx, person)?,
                id,
                title,
                mailbox: mailbox.id,
                letter,
                purpose: PURPOSE.into(),
            };
            Ok::<_, DeliveryError>(tell(tx, &world, &telling)?)
        })
        .await
}

fn current(tx: &mut Write<'_>, person: PersonId) -> Result<PersonId, DeliveryError> {
    Ok(memory::current(tx, person)?)
}

fn link(token: &str, base: &str) -> (String, String, String) {
    (
        "They asked for a link to their page".into(),
        "Your page with us".into(),
        format!(
            "Hello,\n\nsomebody asked for a link to what we know of you and what you allow us. If it was you, here it is; it works once, \
             for half an hour:\n\n{base}/me/enter/{token}\n\nIf it was not you, there is nothing to do: without this mail nobody gets in.\n\nPlease do not pass \
             this mail on."
        ),
    )
}

fn code(code: &str, what: &str) -> (String, String, String) {
    let for_what = match what {
        "erase" => "make us forget you",
        _ => "take along what we know of you",
    };
    (
        "They asked for a code at their page".into(),
        format!("{code} is your code"),
        format!(
            "Hello,\n\nyour code is {code}. It holds for ten minutes, and only to {for_what}.\n\nIf you did not ask for it, somebody else \
             may be reading your mail."
        ),
    )
}

fn letter(mailbox: &Mailbox, us: &str, point: &Point, subject: &str, text: String, id: String) -> Letter {
    let us = if us.is_empty() { mailbox.name.as_str() } else { us };
    Letter {
        id,
        from: Some(Address { name: Some(us.to_owned()), address: mailbox.address.clone() }),
        to: vec![Address { name: None, address: point.address.clone() }],
        subject: subject.to_owned(),
        text,
        signature: format!("-- \n{us}"),
        ..Letter::default()
    }
}
