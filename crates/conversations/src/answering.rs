//! An answer: said once, to exactly those who were chosen, and only by somebody who has read what was said before.

use model::{
    Channel, Direction, Kind, MailboxId, MessengerId, MomentId, NewMoment, PersonId, StaffId, World,
};
use serde_json::json;
use store::Write;

use crate::{
    ConversationError, Result,
    outbox::{self, Letter, Through, Wanted},
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

/// An answer by a messenger.
#[derive(Debug, Clone)]
pub struct Reply {
    /// To whom.
    pub person: PersonId,
    /// Its own id, made from the form it was written in: the same form sent twice says it once.
    pub id: MomentId,
    /// The newest word between us that the writer had before their eyes.
    pub seen: Option<MomentId>,
    /// By which messenger.
    pub messenger: MessengerId,
    /// What the timeline calls the way.
    pub channel: Channel,
    /// What the policy calls it: `sms`, `whatsapp`, `telegram`.
    pub way: String,
    /// What it calls the conversation.
    pub chat: String,
    /// What it belongs together with.
    pub thread: Option<String>,
    /// What is said.
    pub text: String,
    /// Who writes.
    pub by: StaffId,
}

/// Keeps an answer as said and asks for it to be sent.
///
/// # Errors
/// [`ConversationError::Stale`] if something was said that the writer has not seen: by them, or by a colleague.
pub fn answer(tx: &mut Write<'_>, world: &World, answer: &Answer) -> Result<()> {
    let Answer { person, id, letter, .. } = answer;
    if !is_new(tx, *person, *id, answer.seen, &letter.text)? {
        return Ok(());
    }
    if letter.to.is_empty() {
        return Err(ConversationError::Unfit { field: "to", why: "names nobody".into() });
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
        originals: letter.files.clone(),
    };
    memory::note(tx, world, *person, &moment, None)?;
    let wanted = Wanted {
        through: Through::Mailbox(answer.mailbox),
        channel: "email",
        purpose: if letter.in_reply_to.is_some() { outbox::REPLY } else { outbox::PERSONAL_LETTER },
        letter,
        by: Some(answer.by),
    };
    outbox::ask(tx, world, *person, *id, &wanted)
}

/// Keeps an answer by a messenger as said and asks for it to be sent.
///
/// # Errors
/// [`ConversationError::Stale`] as with [`answer`].
pub fn reply(tx: &mut Write<'_>, world: &World, reply: &Reply) -> Result<()> {
    let Reply { person, id, seen, messenger, channel, way, chat, thread, text, by } = reply;
    if !is_new(tx, *person, *id, *seen, text)? {
        return Ok(());
    }
    let moment = NewMoment {
        key: id.to_string(),
        at: world.now(),
        kind: Kind::Message,
        channel: channel.clone(),
        direction: Direction::Said,
        account: None,
        by: Some(*by),
        thread: thread.clone(),
        title: String::new(),
        body: text.clone(),
        data: json!({"messenger": messenger, "chat": chat}),
        originals: Vec::new(),
    };
    memory::note(tx, world, *person, &moment, None)?;
    let letter = Letter { text: text.clone(), chat: Some(chat.clone()), ..Letter::default() };
    let wanted = Wanted {
        through: Through::Messenger(*messenger),
        channel: way,
        purpose: outbox::REPLY,
        letter: &letter,
        by: Some(*by),
    };
    outbox::ask(tx, world, *person, *id, &wanted)
}

/// Whether an answer was not said before, says something, and was written by somebody who had read everything.
fn is_new(
    tx: &mut Write<'_>,
    person: PersonId,
    id: MomentId,
    seen: Option<MomentId>,
    text: &str,
) -> Result<bool> {
    if outbox::of_moment(tx, id)?.is_some() {
        return Ok(false);
    }
    if memory::timeline::last_word(tx, person)? != seen {
        return Err(ConversationError::Stale);
    }
    match text.trim().is_empty() {
        true => Err(ConversationError::Unfit { field: "text", why: "is empty".into() }),
        false => Ok(true),
    }
}
