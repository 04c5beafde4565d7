//! A mailbox writes to itself: what its own server then says of the mail (RFC 8601) is what others find out about ours as well.

mod sql;

use channels::mail::{Mailbox as Address, Outgoing, smtp::Handed};
use model::{MailboxId, MomentId, Time, World};
use permission::Cleared;
use serde_json::{Value as Json, json};
use store::{Notice, Read, Store, Write, jobs, params};

use crate::{
    DeliveryError,
    mailboxes::{self, Mailbox, marks, one},
    sending, signing,
};

/// The job that hands it over: a mail server may take minutes to answer.
pub(crate) const SEND: &str = "mailbox.trial";

/// The last mail of a mailbox to itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    /// Whose.
    pub mailbox: MailboxId,
    /// When somebody asked for it.
    pub asked_at: Time,
    /// What kept it from leaving, in words; nothing if nothing did.
    pub trouble: String,
    /// When it was back.
    pub came_at: Option<Time>,
    /// What the mailbox's own server found out: `pass` and the like for `spf`, `dkim` and `dmarc`. Nothing if it says nothing.
    pub verdicts: Option<Json>,
}

/// The last trial of each mailbox.
pub fn trials(db: &mut Read<'_>) -> Result<Vec<Trial>, DeliveryError> {
    Ok(db.rows(sql::ALL, params![], |row| {
        let verdicts: Option<String> = row.get(4)?;
        Ok(Trial {
            mailbox: row.get(0)?,
            asked_at: row.get(1)?,
            trouble: row.get(2)?,
            came_at: row.get(3)?,
            verdicts: verdicts.and_then(|it| serde_json::from_str(&it).ok()),
        })
    })?)
}

/// Has a mailbox write to itself.
pub fn begin(tx: &mut Write<'_>, world: &World, mailbox: MailboxId) -> Result<(), DeliveryError> {
    let trial: MomentId = world.id();
    tx.run(sql::BEGIN, params![mailbox, trial, world.now()])?;
    let payload = json!({"mailbox": mailbox, "trial": trial});
    jobs::enqueue(tx, world, SEND, &trial.to_string(), &payload, world.now())?;
    Ok(tx.announce(Notice::about("mailbox", mailbox))?)
}

/// Hands the mail over. What keeps it from leaving is said on the page, where somebody waits for it and may try again.
pub(crate) async fn send(store: &Store, id: MailboxId, trial: MomentId) -> Result<(), DeliveryError> {
    let Some(mailbox) = store.read(move |db| one(db, id)).await? else { return Ok(()) };
    let outcome = hand_over(store, &mailbox, trial).await;
    let trouble = match outcome {
        Ok(Handed::Over(_) | Handed::Unknown(_)) => return Ok(()),
        Ok(Handed::Later(why) | Handed::Refused(why)) => why,
        Err(error) => error.to_string(),
    };
    store
        .write(move |tx| {
            tx.run(sql::STAYED, params![id, trial, trouble])?;
            Ok(tx.announce(Notice::about("mailbox", id))?)
        })
        .await
}

async fn hand_over(store: &Store, mailbox: &Mailbox, trial: MomentId) -> Result<Handed, DeliveryError> {
    let own = Address { name: Some(mailbox.name.clone()), address: mailbox.address.clone() };
    let mail = Outgoing {
        id: marks(store).await?.message_id(trial.uuid(), mailboxes::domain(&mailbox.address)),
        at: store.world().now(),
        from: Some(own.clone()),
        to: vec![own],
        subject: "A test of this mailbox".into(),
        text: "Hello,\n\nRegard sent this mail to itself, to see what mail servers think of it. What they found out \
            stands where the mailboxes are.\n\nYou can throw it away.\n"
            .into(),
        automatic: true,
        signer: signing::signer(store, &mailbox.address).await?,
        ..Outgoing::default()
    };
    let own = Cleared::to_ourselves(&mailbox.address);
    let handed = sending::hand_to(store, mailbox, &[own], &mail.bytes()?).await?;
    Ok(handed.into_iter().next().unwrap_or_else(|| Handed::Later("nobody was asked".into())))
}
