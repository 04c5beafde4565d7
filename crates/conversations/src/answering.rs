//! An answer: said once, to exactly those who were chosen, and only by somebody who has read what was said before.

use model::{Channel, Direction, Kind, MailboxId, MomentId, NewMoment, PersonId, StaffId, World};
use serde_json::json;
use store::Write;

use crate::{
    ConversationError, Result,
    outbox::{self, Letter},
};

/// An answer by mail, or the first word.
#[derive(Debug, Clone)]
pub struct Answer {
    /// To whom.
    pub person: PersonId,
    /// Its own id, made from the form it was written in: the same form sent twice says it once.
    pub id: MomentId,
    /// The newest word between us that the writer had before their eyes.
    pub seen: Option<MomentId>,
    /// From which mailbox.
    pub mailbox: MailboxId,
    /// What is said, and to which addresses.
    pub letter: Letter,
    /// What it belongs together with.
    pub thread: Option<String>,
    /// Who writes.
    pub by: StaffId,
}

/// Keeps an answer as said and asks for it to be sent.
///
/// # Errors
/// [`ConversationError::Stale`] if something was said that the writer has not seen: by them, or by a colleague.
pub fn answer(tx: &mut Write<'_>, world: &World, answer: &Answer) -> Result<()> {
    let Answer { person, id, letter, .. } = answer;
    if outbox::of_moment(tx, *id)?.is_some() {
        return Ok(());
    }
    if memory::timeline::last_word(tx, *person)? != answer.seen {
        return Err(ConversationError::Stale);
    }
    let unfit = |field, why: &str| Err(ConversationError::Unfit { field, why: why.to_owned() });
    if letter.text.trim().is_empty() {
        return unfit("text", "is empty");
    }
    if letter.to.is_empty() {
        return unfit("to", "names nobody");
    }
    let moment = NewMoment {
        key: id.to_string(),
        at: world.now(),
        kind: Kind::Email,
        channel: Channel::Email,
        direction: Direction::Said,
        account: None,
        by: Some(answer.by),
        thread: Some(answer.thread.clone().unwrap_or_else(|| letter.id.clone())),
        title: letter.subject.clone(),
        body: letter.text.clone(),
        data: json!({
            "message_id": letter.id,
            "in_reply_to": letter.in_reply_to,
            "references": letter.references,
            "from": letter.from,
            "to": letter.to,
            "cc": letter.cc,
        }),
        originals: Vec::new(),
    };
    memory::note(tx, world, *person, &moment, None)?;
    outbox::ask(tx, world, *person, *id, answer.mailbox, letter, Some(answer.by))
}
