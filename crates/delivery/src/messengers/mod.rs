//! Messengers: services and programs through which people write to us. They bring what was said to an address of ours and take our
//! answers; what they said is in the memory before they hear that we have it.

pub(crate) mod fetching;
mod sql;
mod stopping;

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use channels::{
    mail::{LineError, smtp::Handed},
    messengers::{Account, Deaf, News, Request, Sent, Service, challenge, greet, send},
};
use conversations::outbox::{self, Fate, Message, State, Through};
use house::House;
use memory::{prepare, take};
use model::{Fragment, MessengerId, MomentId, Time};
use permission::Cleared;
use serde::Serialize;
use serde_json::json;
use store::{Notice, Read, Row, Store, Write, params};

use crate::{DeliveryError, aside::blocking, sealing::Seal};

/// Our side of a messenger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Messenger {
    /// Its id, which is part of the address where it brings what was said.
    pub id: MessengerId,
    /// Which service.
    pub service: Service,
    /// What our side is called there.
    pub name: String,
    /// Since when we are there.
    pub created_at: Time,
    /// Why nothing can be sent; empty if all is well.
    pub trouble: String,
    /// Since when that is so.
    pub since: Time,
    /// When something was last heard.
    pub heard_at: Option<Time>,
}

/// What a service told us and we could not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unread {
    /// The digest of its bytes.
    pub digest: String,
    /// Why.
    pub reason: String,
    /// When it came.
    pub at: Time,
}

/// Whether a service was listened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listened {
    /// What it told is kept.
    Kept,
    /// It did not prove who it is.
    Forged,
    /// There is no such messenger here.
    Nowhere,
}

fn read(row: &Row<'_>) -> store::Result<Messenger> {
    Ok(Messenger {
        id: row.get(0)?,
        service: row.parse(1)?,
        name: row.get(2)?,
        created_at: row.get(3)?,
        trouble: row.get(4)?,
        since: row.get(5)?,
        heard_at: row.get(6)?,
    })
}

/// All messengers, the oldest first.
pub fn all(db: &mut Read<'_>) -> Result<Vec<Messenger>, DeliveryError> {
    Ok(db.rows(&sql::all(), &[], read)?)
}

/// One messenger.
pub fn one(db: &mut Read<'_>, id: MessengerId) -> Result<Option<Messenger>, DeliveryError> {
    Ok(db.first(&sql::one(), params![id], read)?)
}

/// What could not be read, the newest first.
pub fn unread(db: &mut Read<'_>, id: MessengerId, most: i64) -> Result<Vec<Unread>, DeliveryError> {
    Ok(db.rows(sql::UNREAD, params![id, most], |row| {
        Ok(Unread { digest: row.get(0)?, reason: row.get(1)?, at: row.get(2)? })
    })?)
}

/// Where the service brings what was said. The desk is at `address`.
pub fn told_at(address: &str, id: MessengerId) -> String {
    format!("{}/in/{id}", address.trim_end_matches('/'))
}

/// Takes a messenger in, or changes it: what is left empty of its secrets stays as it is. It is met before it is kept, and learns where
/// we are if it can be told.
pub async fn keep(
    store: &Store,
    id: MessengerId,
    service: Service,
    account: Account,
    address: &str,
) -> Result<(), DeliveryError> {
    let before = account_of(store, id).await.ok().flatten().unwrap_or_default();
    let account = filled(store, service, account, before)?;
    let name = greet(service, &account, &told_at(address, id)).await?;
    let (sealed, world) = (seal(store, id, &account)?, store.world().clone());
    store
        .write(move |tx| {
            tx.run(sql::KEEP, params![id, service.as_str(), name, sealed, world.now()])?;
            Ok(tx.announce(Notice::about("messengers", id))?)
        })
        .await
}

/// Whose account it is, with what we make up ourselves; or what is missing.
fn filled(store: &Store, service: Service, new: Account, before: Account) -> Result<Account, DeliveryError> {
    let trimmed = |text: &str| text.trim().to_owned();
    let or = |new: &str, other: String| if new.trim().is_empty() { other } else { trimmed(new) };
    let made_up = |before: String, begin: &str, made: String| or(&before, format!("{begin}{made}"));
    let random = store.world().random::<32>();
    let account = Account {
        address: or(&new.address, service.usual_address().to_owned()),
        name: trimmed(&new.name),
        sender: trimmed(&new.sender),
        token: or(&new.token, before.token),
        secret: match service {
            Service::Generic => made_up(before.secret, "whsec_", BASE64_STANDARD.encode(random)),
            Service::Telegram => made_up(before.secret, "", BASE64_URL_SAFE_NO_PAD.encode(random)),
            Service::Whatsapp => or(&new.secret, before.secret),
            Service::Twilio => String::new(),
        },
        word: match service {
            Service::Whatsapp => made_up(before.word, "", BASE64_URL_SAFE_NO_PAD.encode(random)),
            _ => String::new(),
        },
    };
    let Account { address, name, sender, token, secret, .. } = &account;
    let needed: &[(&str, &String)] = match service {
        Service::Generic => &[("name", name), ("address", address)],
        Service::Telegram => &[("token", token)],
        Service::Whatsapp => &[("name", name), ("token", token), ("secret", secret)],
        Service::Twilio => &[("name", name), ("sender", sender), ("token", token)],
    };
    match needed.iter().find(|(_, value)| value.is_empty()) {
        Some((field, _)) => Err(DeliveryError::Wish(format!("{field}: is missing"))),
        None => Ok(account),
    }
}

/// Listens to it no longer. What was said stays.
pub fn remove(tx: &mut Write<'_>, id: MessengerId, now: Time) -> Result<(), DeliveryError> {
    tx.run(sql::REMOVE, params![id, now])?;
    Ok(tx.announce(Notice::about("messengers", id))?)
}

/// Who we are there, with all secrets; nothing if there is no such messenger.
pub async fn account_of(store: &Store, id: MessengerId) -> Result<Option<Account>, DeliveryError> {
    let sealed: Option<Vec<u8>> =
        store.read(move |db| db.first(sql::SEALED, params![id], |row| row.get(0))).await?;
    let Some(sealed) = sealed else { return Ok(None) };
    let plain = Seal::of(store.location().folder(), store.world())?.open(id.to_string().as_bytes(), &sealed);
    let opened = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
    let closed = "what lets us in cannot be opened with this house's key; please enter it again";
    opened.map(Some).ok_or_else(|| LineError::Refused(closed.into()).into())
}

fn seal(store: &Store, id: MessengerId, account: &Account) -> Result<Vec<u8>, DeliveryError> {
    let seal = Seal::of(store.location().folder(), store.world())?;
    let plain = serde_json::to_vec(account).unwrap_or_default();
    Ok(seal.seal(store.world(), id.to_string().as_bytes(), &plain)?)
}

async fn known(store: &Store, id: MessengerId) -> Result<Option<(Messenger, Account)>, DeliveryError> {
    let Some(messenger) = store.read(move |db| one(db, id)).await? else { return Ok(None) };
    Ok(account_of(store, id).await?.map(|account| (messenger, account)))
}

/// What is answered when WhatsApp asks whether this address is ours.
pub async fn answer_challenge(
    store: &Store,
    id: MessengerId,
    query: &[(String, String)],
) -> Result<Option<String>, DeliveryError> {
    let known = known(store, id).await?.filter(|(it, _)| it.service == Service::Whatsapp);
    Ok(known.and_then(|(_, account)| challenge(&account, query)))
}

/// Listens to what a service tells. An error means that nothing is kept: it shall tell it once more.
pub async fn hear(store: &Store, id: MessengerId, request: &Request<'_>) -> Result<Listened, DeliveryError> {
    let Some((messenger, account)) = known(store, id).await? else { return Ok(Listened::Nowhere) };
    let now = store.world().now();
    let news = match messenger.service.hear(&account, request, now) {
        Ok(news) => news,
        Err(Deaf::Forged) => return Ok(Listened::Forged),
        Err(Deaf::Unreadable(reason)) => return unreadable(store, id, request.body, reason).await,
    };
    let (mut batch, mut fates) = (Vec::new(), Vec::new());
    for one in news {
        match one {
            News::Words(fragment) => {
                let mut fragment = marked(id, *fragment);
                stopping::mark(&mut fragment);
                batch.push(prepare(fragment));
            }
            News::Fate { mark, failed, said } => {
                let state = if failed { State::Bounced } else { State::Left };
                fates.extend(mark.parse::<MomentId>().ok().map(|moment| (moment, Fate { state, said })));
            }
        }
    }
    let world = store.world().clone();
    let organisation = House::new(store.clone()).settings().await?.organisation;
    let side = stopping::Side { id, service: messenger.service, organisation };
    store
        .write(move |tx| {
            let taken = take(tx, &world, &batch)?;
            for (prepared, taken) in batch.iter().zip(&taken) {
                fetching::ask_for(tx, &world, prepared.fragment(), taken)?;
                stopping::heed(tx, &world, &side, prepared.fragment(), taken)?;
            }
            for (moment, fate) in &fates {
                came_of(tx, id, *moment, fate, now)?;
            }
            tx.run(sql::HEARD, params![id, now])?;
            Ok::<_, DeliveryError>(tx.announce(Notice::about("messengers", id))?)
        })
        .await?;
    Ok(Listened::Kept)
}

/// Which of our sides of a service heard it: their numbers of messages are their own.
fn marked(id: MessengerId, mut fragment: Fragment) -> Fragment {
    for moment in &mut fragment.moments {
        moment.key = format!("{id} {}", moment.key);
        moment.data["messenger"] = json!(id);
    }
    fragment
}

/// Keeps what became of a message, if it is one that was handed over here.
fn came_of(
    tx: &mut Write<'_>,
    id: MessengerId,
    moment: MomentId,
    fate: &Fate,
    now: Time,
) -> Result<(), DeliveryError> {
    let Some(message) = outbox::of_moment(tx, moment)? else { return Ok(()) };
    if message.through != Through::Messenger(id) {
        return Ok(());
    }
    let chat = message.letter.chat.as_deref();
    Ok(outbox::came_back(tx, moment, chat, fate, now)?)
}

async fn unreadable(
    store: &Store,
    id: MessengerId,
    body: &[u8],
    reason: String,
) -> Result<Listened, DeliveryError> {
    let (body, files, now) = (body.to_vec(), store.files().clone(), store.world().now());
    let digest = blocking(move || files.put(&body)).await?;
    store
        .write(move |tx| {
            tx.run(sql::KEEP_UNREAD, params![id, digest, reason, now])?;
            Ok::<_, DeliveryError>(tx.announce(Notice::about("messengers", id))?)
        })
        .await?;
    Ok(Listened::Kept)
}

/// Hands a message over where the gate let it pass. An error means that nobody has it.
pub(crate) async fn hand_over(
    store: &Store,
    id: MessengerId,
    message: &Message,
    cleared: &Cleared,
    address: &str,
) -> Result<Handed, DeliveryError> {
    let known = known(store, id).await?;
    let (messenger, account) =
        known.ok_or_else(|| DeliveryError::Wish("its messenger is not here any more".into()))?;
    let sent = Sent {
        mark: &message.moment.to_string(),
        chat: cleared,
        text: &message.letter.text,
        told_at: &told_at(address, id),
    };
    let now = store.world().now();
    let handed = send(messenger.service, &account, &sent, now).await;
    let trouble = match &handed {
        Err(LineError::Refused(why)) => why.clone(),
        _ => String::new(),
    };
    if trouble != messenger.trouble {
        store
            .write(move |tx| {
                tx.run(sql::TROUBLE, params![id, trouble, now])?;
                Ok::<_, DeliveryError>(tx.announce(Notice::about("messengers", id))?)
            })
            .await?;
    }
    Ok(handed?)
}
