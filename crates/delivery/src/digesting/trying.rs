//! A digest before it goes: how a copy of it looks, and one for whoever writes it.

use channels::mail::{Mailbox as Address, Outgoing, smtp::Handed};
use conversations::{
    digests::{self, Digest},
    outbox::Issue,
    pieces,
};
use house::House;
use model::MomentId;
use permission::{Cleared, topics};
use store::Store;

use super::{Ink, Senders, Written, write};
use crate::{DeliveryError, mailboxes, sending, signing};

/// Where the link at the end of a copy leads that is nobody's.
const NOWHERE: &str = "/preferences/sample";

/// A copy, written as all copies are that leave.
pub async fn shown(
    store: &Store,
    address: &str,
    digest: &Digest,
    issue: &Issue,
) -> Result<Written, DeliveryError> {
    let senders = Senders::read(store).await?;
    let postal = House::new(store.clone()).settings().await?.postal_address;
    let (pieces, topics) = store
        .read(|db| {
            let topics: Vec<_> = topics::all(db)?.into_iter().map(|it| (it.key, it.name)).collect();
            Ok::<_, DeliveryError>((pieces::all(db)?, topics))
        })
        .await?;
    let ink = Ink {
        digest,
        pieces: &pieces,
        topics: &topics,
        sender: senders.name(digest.by),
        organisation: &senders.organisation,
        postal: &postal,
        staff: &senders.staff,
    };
    Ok(write(&ink, issue, &format!("{}{NOWHERE}", address.trim_end_matches('/'))))
}

/// Sends a sample copy to one of us, through the mailbox from which all leave.
pub async fn to_ourselves(
    store: &Store,
    address: &str,
    digest: &Digest,
    (name, email): (&str, &str),
) -> Result<Handed, DeliveryError> {
    let (asked, called) = (digest.clone(), name.to_owned());
    let issue: Issue =
        store.read(move |db| Ok::<_, DeliveryError>(digests::sample(db, &asked, &called)?)).await?;
    let Written { text, html } = shown(store, address, digest, &issue).await?;
    let trial: MomentId = store.world().id();
    let senders = Senders::read(store).await?;
    let gone = || DeliveryError::Wish("its mailbox is not here any more".into());
    let envelope = senders.envelope(digest, trial).ok_or_else(gone)?;
    let mailbox = senders.mailboxes.iter().find(|it| it.id == digest.mailbox).ok_or_else(gone)?;
    let mail = Outgoing {
        id: format!("<{trial}.trial@{}>", mailboxes::domain(&mailbox.address)),
        at: store.world().now(),
        from: Some(envelope.from),
        to: vec![Address { name: Some(name.to_owned()), address: email.to_owned() }],
        subject: digest.subject.clone(),
        text,
        html: Some(html),
        automatic: true,
        signer: signing::signer(store, &mailbox.address).await?,
        ..Outgoing::default()
    };
    let to = Cleared::to_ourselves(email);
    let handed = sending::hand_to(store, mailbox, &[to], &mail.bytes()?).await?;
    Ok(handed.into_iter().next().unwrap_or_else(|| Handed::Later("nobody was asked".into())))
}
