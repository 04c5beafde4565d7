//! The link in a message that nobody asked for: it leads whoever holds the message to what they want to hear, and nowhere else. Nobody can
//! make one up.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::Mac;
use model::{MomentId, World};
use store::{Store, Write};

use crate::{
    ConversationError, Result,
    outbox::{self, Letter, Message},
    seal::seal,
};

/// What the house's key for these links is called.
const KEY: &str = "links that stop mail";

/// To whom a message goes that can carry such a link: a mail to one person. What goes to several would let each decide for all.
pub fn addressee(letter: &Letter) -> Option<String> {
    match (letter.to.as_slice(), letter.cc.as_slice(), &letter.chat) {
        ([one], [], None) => Some(one.address.to_lowercase()),
        _ => None,
    }
}

/// What the link in a message ends with.
pub fn token(tx: &mut Write<'_>, world: &World, moment: MomentId) -> Result<String> {
    Ok(Links(memory::secret(tx, world, KEY)?).token(moment))
}

/// The same for many, without asking for the key each time.
pub struct Links(Vec<u8>);

impl Links {
    /// With the house's key.
    pub async fn ready(store: &Store) -> Result<Self> {
        let world = store.world().clone();
        Ok(match store.read(|db| memory::known_secret(db, KEY)).await? {
            Some(key) => Self(key),
            None => Self(store.write(move |tx| memory::secret(tx, &world, KEY)).await?),
        })
    }

    /// What the link in a message ends with.
    pub fn token(&self, moment: MomentId) -> String {
        let seal = seal(&self.0, &moment.to_string()).finalize().into_bytes();
        format!("{moment}.{}", BASE64_URL_SAFE_NO_PAD.encode(seal))
    }
}

/// The message that a link stands in, and to whom it went.
pub fn of_token(tx: &mut Write<'_>, world: &World, token: &str) -> Result<(Message, String)> {
    let nowhere = || ConversationError::Unfit { field: "link", why: "leads nowhere (any more)".into() };
    let (moment, shown) = token.trim().split_once('.').ok_or_else(nowhere)?;
    let shown = BASE64_URL_SAFE_NO_PAD.decode(shown).map_err(|_| nowhere())?;
    let secret = memory::secret(tx, world, KEY)?;
    seal(&secret, moment).verify_slice(&shown).map_err(|_| nowhere())?;
    let message = outbox::of_moment(tx, moment.parse().map_err(|_| nowhere())?)?.ok_or_else(nowhere)?;
    let address = addressee(&message.letter).ok_or_else(nowhere)?;
    Ok((message, address))
}
