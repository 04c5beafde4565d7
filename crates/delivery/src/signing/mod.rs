//! Keys with which our mail is signed (DKIM), where our own server sends it: providers sign by themselves.

mod sql;

use channels::mail::{NewKey, Signer, new_key};
use model::Time;
use store::{Notice, Read, Row, Store, Write, params};

use crate::{
    DeliveryError,
    aside::blocking,
    mailboxes::{self, domain},
    sealing::Seal,
};

/// The key of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Whose mail it signs.
    pub domain: String,
    /// Which of the domain's keys it is.
    pub selector: String,
    /// What the domain has to publish: the value of a TXT record.
    pub record: String,
    /// When it was made.
    pub made_at: Time,
    /// Since when it signs; nothing until it is published.
    pub signs_since: Option<Time>,
}

impl SigningKey {
    /// Where the record has to be published (RFC 6376, 3.6.2.1).
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}._domainkey.{}", self.selector, self.domain)
    }
}

fn read(row: &Row<'_>) -> store::Result<SigningKey> {
    Ok(SigningKey {
        domain: row.get(0)?,
        selector: row.get(1)?,
        record: row.get(2)?,
        made_at: row.get(3)?,
        signs_since: row.get(4)?,
    })
}

/// All keys, by domain.
pub fn keys(db: &mut Read<'_>) -> Result<Vec<SigningKey>, DeliveryError> {
    Ok(db.rows(sql::ALL, params![], read)?)
}

/// Makes a key for a domain of a mailbox of ours; it signs nothing yet. Where there is one it stays.
pub async fn make(store: &Store, wanted: &str) -> Result<(), DeliveryError> {
    let (wanted, world) = (wanted.trim().to_lowercase(), store.world().clone());
    let all = store.read(mailboxes::all).await?;
    if !all.iter().any(|it| domain(&it.address) == wanted) {
        return Err(DeliveryError::Wish(format!("domain: no mailbox of ours is at “{wanted}”")));
    }
    let seal = Seal::of(store.location().folder(), &world)?;
    let (of, chance) = (wanted.clone(), world.clone());
    let (record, sealed) = blocking(move || {
        let NewKey { secret, record } = new_key()?;
        let sealed = seal.seal(&chance, of.as_bytes(), secret.as_bytes())?;
        Ok::<_, DeliveryError>((record, sealed))
    })
    .await?;
    let now = world.now();
    // Another key has another name, so that both can be published for a while.
    let selector = now.timestamp().strftime("regard%Y%m%d%H%M%S").to_string();
    store
        .write(move |tx| {
            tx.run(sql::ADD, params![wanted, selector, record, sealed, now])?;
            Ok(tx.announce(Notice::about("mailbox", wanted.clone()))?)
        })
        .await
}

/// Signs with it from now on: somebody says that the record is published. Whether there is a key that did not sign yet.
pub fn begin(tx: &mut Write<'_>, domain: &str, now: Time) -> Result<bool, DeliveryError> {
    let begun = tx.run(sql::BEGIN, params![domain, now])? > 0;
    tx.announce(Notice::about("mailbox", domain))?;
    Ok(begun)
}

/// Signs no longer, and throws the key away. Whether there was one.
pub fn stop(tx: &mut Write<'_>, domain: &str) -> Result<bool, DeliveryError> {
    let stopped = tx.run(sql::DROP, params![domain])? > 0;
    tx.announce(Notice::about("mailbox", domain))?;
    Ok(stopped)
}

/// What signs mail from this address; nothing if nothing does.
pub(crate) async fn signer(store: &Store, address: &str) -> Result<Option<Signer>, DeliveryError> {
    let domain = domain(address).to_lowercase();
    let of = domain.clone();
    let found: Option<(String, Vec<u8>)> =
        store.read(move |db| db.first(sql::SIGNS, params![of], |row| Ok((row.get(0)?, row.get(1)?)))).await?;
    let Some((selector, sealed)) = found else { return Ok(None) };
    let opened = Seal::of(store.location().folder(), store.world())?.open(domain.as_bytes(), &sealed);
    let key = opened.and_then(|it| String::from_utf8(it).ok()).ok_or_else(|| {
        // Not refused for good: it waits until somebody has made another.
        DeliveryError::Write(std::io::Error::other(format!(
            "the key that signs mail from {domain} cannot be opened with this house's key; please make a new one"
        )))
    })?;
    Ok(Some(Signer { domain, selector, key }))
}
