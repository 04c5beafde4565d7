//! Telling those who look after the house that a mailbox needs them: by mail, through another mailbox, as often as it happens.

use channels::mail::{Mailbox as Address, Outgoing, smtp::Handed};
use house::{House, Permission};
use model::{JobId, MailboxId};
use permission::Cleared;
use store::Store;

use crate::{
    DeliveryError,
    mailboxes::{self, Mailbox, State},
    sending, signing,
};

/// Tells them, unless it is well again. Without another mailbox nothing can be sent, and the desk has to say it alone.
pub(crate) async fn tell(store: &Store, id: MailboxId, job: JobId, desk: &str) -> Result<(), DeliveryError> {
    let all = store.read(mailboxes::all).await?;
    let ill = all.iter().find(|it| it.id == id && it.state == State::Refused);
    let well = all.iter().find(|it| it.state == State::Fine);
    let (Some(ill), Some(well)) = (ill, well) else { return Ok(()) };
    let who = House::new(store.clone()).who_may(Permission::ManageSettings).await?;
    let to: Vec<String> = who.iter().map(|it| it.email.clone()).collect();
    let signer = signing::signer(store, &well.address).await?;
    let bytes = Outgoing { signer, ..written(ill, well, &to, job, desk) }.bytes()?;
    let to: Vec<Cleared> = to.iter().map(|it| Cleared::to_ourselves(it)).collect();
    let handed = sending::hand_to(store, well, &to, &bytes).await?;
    let reached = handed.iter().any(|it| matches!(it, Handed::Over(_) | Handed::Unknown(_)));
    let later = handed.iter().find_map(|it| match it {
        Handed::Later(why) => Some(why),
        _ => None,
    });
    match later {
        Some(why) if !reached => Err(DeliveryError::Wish(why.clone())),
        _ => Ok(()),
    }
}

fn written(ill: &Mailbox, well: &Mailbox, to: &[String], job: JobId, desk: &str) -> Outgoing {
    let address =
        |it: &str, name: Option<&str>| Address { name: name.map(str::to_owned), address: it.to_owned() };
    let text = format!(
        "Hello,\n\n\
         mail to {} is not read any more. Its server says:\n\n    {}\n\n\
         Please let it in again: {desk}/house/mailboxes\n\n\
         Nothing is lost: what arrives meanwhile \
         waits on the server and comes in as soon as the mailbox is open. Your other mailboxes go on as before.\n",
        ill.address, ill.trouble
    );
    Outgoing {
        // The same mail, however often it is tried.
        id: format!("<{job}.alarm@{}>", mailboxes::domain(&well.address)),
        at: ill.since,
        from: Some(address(&well.address, Some("Regard"))),
        to: to.iter().map(|it| address(it, None)).collect(),
        subject: format!("Mail to {} is not read any more", ill.address),
        text,
        automatic: true,
        ..Outgoing::default()
    }
}
