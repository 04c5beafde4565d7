//! Mailboxes: where mail to us arrives and ours goes out. What is fetched is kept before it is looked into, and the place in each
//! folder moves on in the same transaction, so that nothing is lost and nothing counts twice.

pub mod consent;
mod proving;
mod reading;
mod sorting;
mod sql;
mod watching;

use std::sync::Arc;

use channels::mail::{LineError, Security, Server, imap::Line, smtp};
use model::{MailboxId, Time};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Notice, Read, Row, Store, Write, params};

pub use proving::{Secret, Tokens};
pub(crate) use proving::{instead, line, proof};
pub use sorting::marks;
pub(crate) use sql::DIGEST_IN_USE;
pub(crate) use watching::ALARM;
pub use watching::watch;

use crate::{DeliveryError, aside::blocking};

/// Where a server is, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// `tls`, `starttls` or `plain`.
    pub security: String,
}

/// The servers of a mailbox, and who we are there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Servers {
    /// Where mail is read (IMAP).
    pub imap: Place,
    /// Where mail is handed over (SMTP).
    pub smtp: Place,
    /// Who we are there.
    pub login: String,
    /// Whether the server for sending asks who we are; one on our own machine may not.
    #[serde(default = "yes")]
    pub smtp_login: bool,
    /// Whether mail to `name+anything@` arrives at `name@`, so that answers can carry our mark in their address.
    #[serde(default)]
    pub plus: bool,
    /// Whether our own mail server brings us its mail (LMTP), so that none is read from anywhere.
    #[serde(default)]
    pub brought: bool,
    /// The certificate of an authority of the organisation's own, as PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// Folders that are read besides the inbox and what was sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub folders: Vec<String>,
}

fn yes() -> bool {
    true
}

/// A mailbox and how it is with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mailbox {
    /// Its id.
    pub id: MailboxId,
    /// Its address.
    pub address: String,
    /// What stands beside the address.
    pub name: String,
    /// Its servers.
    pub servers: Servers,
    /// Since when it is read.
    pub created_at: Time,
    /// How it is.
    pub state: State,
    /// What is wrong, in words.
    pub trouble: String,
    /// Since when it is so.
    pub since: Time,
    /// When it was last seen to be fine.
    pub seen_at: Option<Time>,
    /// Whether somebody let us in at a provider, instead of a password.
    pub by_tokens: bool,
}

/// How it is with a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Not yet looked into.
    New,
    /// All is read as it comes.
    Fine,
    /// Its server cannot be reached; it is tried again by itself.
    Away,
    /// Its server does not let us in: somebody must do something.
    Refused,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Fine => "fine",
            Self::Away => "away",
            Self::Refused => "refused",
        }
    }
}

impl std::str::FromStr for State {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        serde_json::from_value(json!(text)).map_err(|_| format!("“{text}” is no state of a mailbox"))
    }
}

/// A folder, and how far it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Folder {
    /// Its name on the server.
    pub name: String,
    /// What it is for: `inbox`, `sent`, `other`.
    pub purpose: String,
    /// How many messages the server had when they were last counted.
    pub on_server: Option<i64>,
    /// How many of those are here.
    pub here: Option<i64>,
    /// When they were counted.
    pub counted_at: Option<Time>,
}

/// A mailbox as somebody enters it.
#[derive(Clone, Serialize, Deserialize)]
pub struct NewMailbox {
    /// Its address.
    pub address: String,
    /// What stands beside the address in mail we send.
    pub name: String,
    /// Its servers.
    pub servers: Servers,
    /// How we prove who we are.
    pub secret: Secret,
}

fn read(row: &Row<'_>) -> store::Result<Mailbox> {
    Ok(Mailbox {
        id: row.get(0)?,
        address: row.get(1)?,
        name: row.get(2)?,
        servers: row.json(3)?,
        created_at: row.get(4)?,
        state: row.parse(5)?,
        trouble: row.get(6)?,
        since: row.get(7)?,
        seen_at: row.get(8)?,
        by_tokens: row.get(9)?,
    })
}

/// All mailboxes, the oldest first.
pub fn all(db: &mut Read<'_>) -> Result<Vec<Mailbox>, DeliveryError> {
    Ok(db.rows(&sql::all(), &[], read)?)
}

/// One mailbox.
pub fn one(db: &mut Read<'_>, id: MailboxId) -> Result<Option<Mailbox>, DeliveryError> {
    Ok(db.first(&sql::one(), params![id], read)?)
}

/// Its folders.
pub fn folders(db: &mut Read<'_>, id: MailboxId) -> Result<Vec<Folder>, DeliveryError> {
    Ok(db.rows(sql::FOLDERS, params![id], |row| {
        Ok(Folder {
            name: row.get(0)?,
            purpose: row.get(1)?,
            on_server: row.get(4)?,
            here: row.get(5)?,
            counted_at: row.get(6)?,
        })
    })?)
}

/// A message that could not be read; its original can be opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// Its folder.
    pub folder: String,
    /// Its number there.
    pub uid: i64,
    /// The digest of its bytes.
    pub digest: String,
    /// Why.
    pub reason: String,
    /// When it was fetched.
    pub at: Time,
}

/// Messages that could not be read, the newest first.
pub fn unread(db: &mut Read<'_>, id: MailboxId, most: i64) -> Result<Vec<Unread>, DeliveryError> {
    Ok(db.rows(sql::REFUSED, params![id, most], |row| {
        Ok(Unread {
            folder: row.get(0)?,
            uid: row.get(2)?,
            digest: row.get(3)?,
            reason: row.get(5)?,
            at: row.get(6)?,
        })
    })?)
}

/// Every address that a mailbox of ours ever had: what comes from there, we said.
pub fn addresses(db: &mut Read<'_>) -> Result<Vec<String>, DeliveryError> {
    Ok(db.rows(sql::ADDRESSES, &[], |row| row.get(0))?)
}

/// Calls its servers as they would be called later, without keeping anything; says what goes wrong.
pub async fn try_out(new: &NewMailbox) -> Result<(), DeliveryError> {
    let (servers, proof) = (&new.servers, new.secret.proof(&new.servers.login));
    if !servers.brought {
        let line = Line::open(&servers.imap_server()?, &proof).await?;
        line.close().await;
    }
    let proof = servers.smtp_login.then_some(&proof);
    let tried = smtp::knock(&servers.smtp_server()?, proof, domain(&new.address)).await;
    Ok(tried.map_err(|error| match error {
        LineError::Refused(why) => LineError::Refused(format!("reading goes well, sending does not: {why}")),
        LineError::Away(why) => LineError::Away(format!("reading goes well, sending does not: {why}")),
    })?)
}

/// The name by which we greet servers.
pub(crate) fn domain(address: &str) -> &str {
    address.rsplit('@').next().unwrap_or("localhost")
}

/// Takes a mailbox in; it is read from then on.
pub async fn add(store: &Store, new: NewMailbox) -> Result<MailboxId, DeliveryError> {
    let (address, world) = (new.check()?, store.world().clone());
    let sealed = proving::seal(store, &address, &new.secret)?;
    let servers = json!(new.servers).to_string();
    let (name, by_tokens) = (new.name.trim().to_owned(), matches!(new.secret, Secret::Tokens(_)));
    store
        .write(move |tx| {
            let id: MailboxId = world.id();
            tx.run(sql::ADD, params![id, address, name, servers, sealed, world.now(), by_tokens])?;
            let id = tx.first(sql::BY_ADDRESS, params![address], |row| row.get(0))?.unwrap_or(id);
            tx.announce(Notice::about("mailboxes", id))?;
            Ok(id)
        })
        .await
}

/// Enters messages that a mail server brought into the journals of these mailboxes; they are on disk when it returns.
pub async fn bring(store: &Store, to: &[MailboxId], messages: Vec<Vec<u8>>) -> Result<(), DeliveryError> {
    // A folder that is nowhere else: it is numbered here, and never anew.
    const FOLDER: &str = "brought";
    let (files, sizes) =
        (store.files().clone(), messages.iter().map(|it| it.len() as i64).collect::<Vec<_>>());
    let digests = blocking(move || files.put_all(&messages)).await?;
    let (to, world) = (to.to_vec(), store.world().clone());
    store
        .write(move |tx| {
            for id in &to {
                let mut next =
                    tx.first(sql::FOLDER, params![id, FOLDER], |row| row.get::<i64>(1))?.unwrap_or(1);
                for (digest, size) in digests.iter().zip(&sizes) {
                    tx.run(sql::ENTER, params![id, FOLDER, 1, next, digest, size, world.now(), "new", ""])?;
                    next += 1;
                }
                tx.run(sql::KEEP_FOLDER, params![id, FOLDER, "inbox", 1, next])?;
                tx.announce(Notice::about("brought", *id))?;
            }
            Ok(())
        })
        .await
}

/// Looks into everything of a mailbox that was kept and nobody has looked into yet.
pub async fn sort(store: &Store, id: MailboxId) -> Result<(), DeliveryError> {
    sorting::Sorter::new(store).await?.sort(id).await
}

/// Reads it no longer. What came from it stays.
pub fn remove(tx: &mut Write<'_>, id: MailboxId, now: Time) -> Result<(), DeliveryError> {
    tx.run(sql::REMOVE, params![id, now])?;
    Ok(tx.announce(Notice::about("mailboxes", id))?)
}

/// Looks once more at what could not be read.
pub fn try_again(tx: &mut Write<'_>, id: MailboxId) -> Result<(), DeliveryError> {
    tx.run(sql::TRY_AGAIN, params![id])?;
    Ok(tx.announce(Notice::about("mailboxes", id))?)
}

impl NewMailbox {
    /// Its address as it is kept, or what of it cannot be used.
    fn check(&self) -> Result<String, DeliveryError> {
        if !self.servers.brought {
            self.servers.imap_server()?;
        }
        self.servers.smtp_server()?;
        let address = model::Handle::email(&self.address);
        Ok(address.map_err(|error| DeliveryError::Wish(format!("address: {error}")))?.value)
    }
}

impl Servers {
    fn server(&self, place: &Place, field: &str) -> Result<Server, DeliveryError> {
        let security: Security =
            place.security.parse().map_err(|why| DeliveryError::Wish(format!("{field}: {why}")))?;
        if place.host.trim().is_empty() {
            return Err(DeliveryError::Wish(format!("{field}: the name of the server is missing")));
        }
        let authority = self.authority.as_deref().map(Arc::from);
        Ok(Server { host: place.host.trim().to_owned(), port: place.port, security, authority })
    }

    pub(crate) fn imap_server(&self) -> Result<Server, DeliveryError> {
        self.server(&self.imap, "imap")
    }

    pub(crate) fn smtp_server(&self) -> Result<Server, DeliveryError> {
        self.server(&self.smtp, "smtp")
    }
}
