//! What somebody asked the house for, and the house tells them by itself: a link to their page, a code. It is in their timeline without what is
//! secret in it.

use model::{Channel, Direction, Kind, MailboxId, MessengerId, MomentId, NewMoment, PersonId, World};
use serde_json::json;
use store::Write;

use crate::{
    Result,
    outbox::{self, Letter, Through, Wanted},
};

/// Something to tell.
#[derive(Debug, Clone)]
pub struct Telling {
    /// Whom.
    pub person: PersonId,
    /// Its own id.
    pub id: MomentId,
    /// In one line, for the timeline.
    pub title: String,
    /// From which mailbox.
    pub mailbox: MailboxId,
    /// The mail.
    pub letter: Letter,
    /// What it is for, as the policy calls it.
    pub purpose: String,
}

/// Keeps that it is told, and asks for it to be sent.
pub fn tell(tx: &mut Write<'_>, world: &World, telling: &Telling) -> Result<()> {
    let Telling { person, id, title, mailbox, letter, purpose } = telling;
    let moment = NewMoment {
        key: id.to_string(),
        at: world.now(),
        kind: Kind::Note,
        channel: Channel::Email,
        direction: Direction::Said,
        account: None,
        by: None,
        thread: None,
        title: title.clone(),
        body: String::new(),
        data: json!({ "automatic": "they asked the house for it", "message_id": letter.id }),
        originals: Vec::new(),
    };
    memory::note(tx, world, *person, &moment, None)?;
    let wanted = Wanted { through: Through::Mailbox(*mailbox), channel: "email", purpose, letter, by: None };
    outbox::ask(tx, world, *person, *id, &wanted)
}

/// Something to tell by a messenger, where they wrote.
#[derive(Debug, Clone)]
pub struct Texting {
    /// Whom.
    pub person: PersonId,
    /// Its own id.
    pub id: MomentId,
    /// In one line, for the timeline.
    pub title: String,
    /// By which messenger.
    pub messenger: MessengerId,
    /// What the timeline calls the way.
    pub channel: Channel,
    /// What the policy calls it.
    pub way: String,
    /// What the messenger calls the conversation.
    pub chat: String,
    /// What it belongs together with.
    pub thread: Option<String>,
    /// What is said.
    pub text: String,
    /// What it is for, as the policy calls it.
    pub purpose: String,
}

/// Keeps that it is told, and asks for it to be sent.
pub fn text(tx: &mut Write<'_>, world: &World, texting: &Texting) -> Result<()> {
    let Texting { person, id, title, messenger, channel, way, chat, thread, text, purpose } = texting;
    let moment = NewMoment {
        key: id.to_string(),
        at: world.now(),
        kind: Kind::Note,
        channel: channel.clone(),
        direction: Direction::Said,
        account: None,
        by: None,
        thread: thread.clone(),
        title: title.clone(),
        body: text.clone(),
        data: json!({ "automatic": "the house says it by itself", "purpose": purpose, "messenger": messenger, "chat": chat }),
        originals: Vec::new(),
    };
    memory::note(tx, world, *person, &moment, None)?;
    let letter = Letter { text: text.clone(), chat: Some(chat.clone()), ..Letter::default() };
    let through = Through::Messenger(*messenger);
    let wanted = Wanted { through, channel: way, purpose, letter: &letter, by: None };
    outbox::ask(tx, world, *person, *id, &wanted)
}
