//! Whoever left a talk on a website gets what they have not seen by mail.

use channels::mail::Mailbox as Address;
use conversations::{
    outbox::Letter,
    sites,
    talks::{self, Talk, Unseen},
};
use house::House;
use memory::people;
use model::{HandleKind, PersonId, TalkId};
use store::{Read, Store, jobs::Job};

use crate::{
    DeliveryError,
    mailboxes::{self, Mailbox, State},
};

/// Writes to whoever has left, if it is time, and they told us where.
pub(crate) async fn write(store: &Store, job: &Job, address: &str) -> Result<(), DeliveryError> {
    let wrong = |name: &str| DeliveryError::Wish(format!("this names no {name}"));
    let text = |name: &str| job.payload[name].as_str().unwrap_or_default().to_owned();
    let person: PersonId = text("person").parse().map_err(|_| wrong("person"))?;
    let talk: TalkId = text("talk").parse().map_err(|_| wrong("talk"))?;
    let world = store.world().clone();
    let found = store
        .write(move |tx| {
            let Some(unseen) = talks::unseen(tx, &world, person, talk)? else { return Ok(None) };
            let way = talks::way_back(tx, &world, &unseen.talk)?;
            Ok::<_, DeliveryError>(Some((unseen, way)))
        })
        .await?;
    let Some((unseen, way)) = found else { return Ok(()) };
    let talk = unseen.talk.clone();
    let (to, mailbox) =
        store.read(move |db| Ok::<_, DeliveryError>((reachable(db, &talk)?, from(db, &talk)?))).await?;
    let (Some(to), Some(mailbox)) = (to, mailbox) else { return Ok(()) };
    let letter = letter(store, &unseen, &way, address, to, &mailbox).await?;
    let world = store.world().clone();
    store
        .write(move |tx| Ok::<_, DeliveryError>(talks::write(tx, &world, &unseen, mailbox.id, &letter)?))
        .await
}

/// Where they said that they read mail; else an address of theirs that was proven.
fn reachable(db: &mut Read<'_>, talk: &Talk) -> Result<Option<Address>, DeliveryError> {
    let person = people::person(db, talk.person)?;
    let proven = || {
        let proven =
            person.handles.iter().find(|it| it.handle.kind == HandleKind::Email && it.handle.verified);
        proven.filter(|_| talk.vouched).map(|it| it.handle.value.clone())
    };
    let name = person.named.then(|| person.name.clone());
    Ok(talk.address.clone().or_else(proven).map(|address| Address { name, address }))
}

/// The site's own mailbox, or one that works.
fn from(db: &mut Read<'_>, talk: &Talk) -> Result<Option<Mailbox>, DeliveryError> {
    let wanted = sites::one(db, talk.site)?.and_then(|it| it.mailbox);
    let all = mailboxes::all(db)?;
    let own = all.iter().find(|it| Some(it.id) == wanted);
    Ok(own.or(all.iter().find(|it| it.state == State::Fine)).or(all.first()).cloned())
}

async fn letter(
    store: &Store,
    unseen: &Unseen,
    way: &str,
    address: &str,
    to: Address,
    mailbox: &Mailbox,
) -> Result<Letter, DeliveryError> {
    let Unseen { talk, lines, before } = unseen;
    let house = House::new(store.clone());
    let settings = house.settings().await?;
    let organisation =
        if settings.organisation.is_empty() { mailbox.name.clone() } else { settings.organisation };
    let (last, marks) = (lines.last().map(|it| &it.moment), mailboxes::marks(store).await?);
    let by = last.and_then(|it| it.by);
    let names = house.staff_names().await?;
    let name = names.into_iter().find(|(id, _)| Some(*id) == by).map(|(_, name)| name);
    let id = last.map(|it| it.id.uuid()).unwrap_or_default();
    let said: Vec<&str> = lines.iter().map(|it| it.moment.body.as_str()).collect();
    let text = format!(
        "{}\n\nYou can answer this mail, or go on where we talked, within a week:\n{address}/chat/{}/talk#{way}",
        said.join("\n\n"),
        talk.site
    );
    let who = name.as_ref().map_or_else(|| organisation.clone(), |name| format!("{name}, {organisation}"));
    Ok(Letter {
        id: marks.message_id(id, mailboxes::domain(&mailbox.address)),
        from: Some(Address { name: Some(who), address: mailbox.address.clone() }),
        reply_to: mailbox.servers.plus.then(|| marks.reply_to(id, &mailbox.address)).flatten(),
        to: vec![to],
        subject: format!("Your talk with {organisation}"),
        in_reply_to: before.as_ref().map(|it| it.id.clone()),
        references: before
            .iter()
            .flat_map(|it| it.references.iter().cloned().chain([it.id.clone()]))
            .collect(),
        text,
        signature: format!("-- \n{}\n{organisation}", name.unwrap_or_default()).replace("\n\n", "\n"),
        ..Letter::default()
    })
}
