//! Enough is enough: what the link in a mail that nobody asked for does. Who follows it gets no such mail any more; what they write
//! is answered as before.

mod sql;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::Mac;
use model::{Channel, Direction, Kind, MomentId, NewMoment, Time, World};
use serde_json::json;
use store::{Notice, Read, Write, params};

use crate::{
    ConversationError, Result,
    outbox::{self, Letter, Message},
    seal::seal,
};

/// What the house's key for these links is called.
const KEY: &str = "links that stop mail";

/// To whom a mail goes that answers nothing they wrote; nothing for an answer, and for a mail to several.
pub fn unasked(letter: &Letter) -> Option<String> {
    match (letter.to.as_slice(), letter.cc.as_slice(), &letter.in_reply_to, &letter.chat) {
        ([one], [], None, None) => Some(one.address.to_lowercase()),
        _ => None,
    }
}

/// What the link in a mail of ours ends with: nobody can make one up.
pub fn token(tx: &mut Write<'_>, world: &World, moment: MomentId) -> Result<String> {
    let seal = seal(&memory::secret(tx, world, KEY)?, &moment.to_string()).finalize().into_bytes();
    Ok(format!("{moment}.{}", BASE64_URL_SAFE_NO_PAD.encode(seal)))
}

/// The mail that a link stands in, and to whom it went.
pub fn of_token(tx: &mut Write<'_>, world: &World, token: &str) -> Result<(Message, String)> {
    let nowhere = || ConversationError::Unfit { field: "link", why: "leads nowhere (any more)".into() };
    let (moment, shown) = token.trim().split_once('.').ok_or_else(nowhere)?;
    let shown = BASE64_URL_SAFE_NO_PAD.decode(shown).map_err(|_| nowhere())?;
    let secret = memory::secret(tx, world, KEY)?;
    seal(&secret, moment).verify_slice(&shown).map_err(|_| nowhere())?;
    let message = outbox::of_moment(tx, moment.parse().map_err(|_| nowhere())?)?.ok_or_else(nowhere)?;
    let address = unasked(&message.letter).ok_or_else(nowhere)?;
    Ok((message, address))
}

/// Since when no mail goes unasked to an address.
pub fn since(db: &mut Read<'_>, address: &str) -> Result<Option<Time>> {
    Ok(db.first(sql::SINCE, params![address.to_lowercase()], |row| row.get(0))?.flatten())
}

/// Whoever followed the link gets no such mail any more. Said twice, it is said once.
pub fn stop(tx: &mut Write<'_>, world: &World, message: &Message, address: &str) -> Result<()> {
    if since(tx, address)?.is_some() {
        return Ok(());
    }
    tx.run(sql::ADD, params![message.person, message.moment, address, world.now()])?;
    note(tx, world, message, address, true, "They ask us to write to them only when they wrote first.")
}

/// They think otherwise.
pub fn go_on(tx: &mut Write<'_>, world: &World, message: &Message, address: &str) -> Result<()> {
    match tx.run(sql::DROP, params![address])? {
        0 => Ok(()),
        _ => note(tx, world, message, address, false, "We may write to them first again."),
    }
}

fn note(
    tx: &mut Write<'_>,
    world: &World,
    message: &Message,
    address: &str,
    stopped: bool,
    words: &str,
) -> Result<()> {
    let moment = NewMoment {
        key: format!("stop {address} {}", world.now()),
        at: world.now(),
        kind: Kind::Note,
        channel: Channel::Email,
        direction: Direction::Heard,
        account: None,
        by: None,
        thread: None,
        title: words.to_owned(),
        body: String::new(),
        data: json!({"stopped": stopped, "address": address, "about": message.moment}),
        originals: Vec::new(),
    };
    memory::note(tx, world, message.person, &moment, None)?;
    Ok(tx.announce(Notice::about("person", message.person))?)
}
