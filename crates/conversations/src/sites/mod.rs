//! Sites: the places on the web where people can talk with us, which pages may show them, and what each signs with.

mod claims;
mod sql;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
pub use claims::Claims;
use hmac::Mac;
use model::{MailboxId, SiteId, Time, World};
use serde::Serialize;
use serde_json::json;
use store::{Notice, Read, Row, Write, params};

use crate::{ConversationError, Result, lines::line, seal::seal};

/// Pages that may show one talk; a list longer than this is a mistake.
const MOST: usize = 50;
/// The key of the house from which each site's is made.
const KEY: &str = "chat sites";

/// A place where people can talk with us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Site {
    /// Its id.
    pub id: SiteId,
    /// What we call it.
    pub name: String,
    /// The origins of pages that may show it, such as `https://shop.example`.
    pub origins: Vec<String>,
    /// Whether only those whom the site vouches for may talk.
    pub vouched_only: bool,
    /// Whether apps may show it: they have no origin that could be checked, so any page may then.
    pub apps: bool,
    /// Through which mailbox answers go to those who have left.
    pub mailbox: Option<MailboxId>,
    /// What it says before anybody spoke.
    pub greeting: String,
    /// Since when.
    pub created_at: Time,
    /// How often its key was changed.
    pub turns: i64,
}

fn read(row: &Row<'_>) -> store::Result<Site> {
    Ok(Site {
        id: row.get(0)?,
        name: row.get(1)?,
        origins: row.json(2)?,
        vouched_only: row.get(3)?,
        mailbox: row.get(4)?,
        greeting: row.get(5)?,
        created_at: row.get(6)?,
        turns: row.get(7)?,
        apps: row.get(8)?,
    })
}

/// All of them, by name.
pub fn all(db: &mut Read<'_>) -> Result<Vec<Site>> {
    Ok(db.rows(&sql::all(), &[], read)?)
}

/// One of them.
pub fn one(db: &mut Read<'_>, id: SiteId) -> Result<Option<Site>> {
    Ok(db.first(&sql::one(), params![id], read)?)
}

/// Keeps a site, over what it was before.
pub fn keep(tx: &mut Write<'_>, world: &World, site: &Site) -> Result<()> {
    let name = line("name", &site.name)?;
    let origins = site.origins.iter().map(|it| origin(it)).collect::<Result<Vec<_>>>()?;
    if origins.is_empty() || origins.len() > MOST {
        return Err(ConversationError::Unfit {
            field: "origins",
            why: format!("need 1 to {MOST} addresses"),
        });
    }
    let (origins, greeting) = (json!(origins).to_string(), site.greeting.trim());
    tx.run(
        sql::KEEP,
        params![site.id, name, origins, site.vouched_only, site.mailbox, greeting, world.now(), site.apps],
    )?;
    Ok(tx.announce(Notice::about("sites", site.id))?)
}

/// `https://shop.example` of whatever address somebody pasted.
fn origin(text: &str) -> Result<String> {
    let text = text.trim().to_ascii_lowercase();
    let unfit = || ConversationError::Unfit {
        field: "origins",
        why: format!("“{text}” is no address like https://shop.example"),
    };
    let (scheme, rest) = text.split_once("://").ok_or_else(unfit)?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':');
    match matches!(scheme, "https" | "http") && !host.is_empty() && host.bytes().all(fits) {
        true => Ok(format!("{scheme}://{host}")),
        false => Err(unfit()),
    }
}

/// It is shown nowhere any more. What was said stays.
pub fn remove(tx: &mut Write<'_>, id: SiteId, now: Time) -> Result<()> {
    tx.run(sql::REMOVE, params![id, now])?;
    Ok(tx.announce(Notice::about("sites", id))?)
}

/// What it signs with from now on is another; tokens of before are worth nothing.
pub fn turn(tx: &mut Write<'_>, id: SiteId) -> Result<()> {
    tx.run(sql::TURN, params![id])?;
    Ok(tx.announce(Notice::about("sites", id))?)
}

/// What the site signs with, to say who somebody is: made of a key of the house, so that it need not be kept.
pub fn signing_key(tx: &mut Write<'_>, world: &World, site: &Site) -> Result<String> {
    let house = memory::secret(tx, world, KEY)?;
    let seal = seal(&house, &format!("{} {}", site.id, site.turns));
    Ok(BASE64_URL_SAFE_NO_PAD.encode(seal.finalize().into_bytes()))
}
