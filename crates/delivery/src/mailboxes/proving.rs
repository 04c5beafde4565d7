//! Proving who we are at a mailbox's servers: a password, or tokens that are renewed before they are spent.

use std::time::Duration;

use channels::mail::{
    LineError, Proof,
    imap::Line,
    oauth::{Granted, Provider},
};
use model::Time;
use serde::{Deserialize, Serialize};
use store::{Store, params};
use tokio::time::sleep;

use super::{Mailbox, sql};
use crate::{DeliveryError, sealing::Seal};

/// A token is renewed when it is good for no longer than this.
const EARLY_SECONDS: i64 = 60;
/// Whoever renews has so long; longer than the provider is waited for.
const RENEWING_SECONDS: i64 = 60;
/// How often the others look whether it is done.
const LOOK: Duration = Duration::from_millis(200);

/// How we prove who we are. Kept sealed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Secret {
    /// By a password.
    Password(String),
    /// By tokens of a provider where somebody said yes.
    Tokens(Tokens),
}

/// Tokens, and who gives the next ones.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// Who gives them.
    pub provider: Provider,
    /// Opens the mailbox.
    pub access: String,
    /// Until when.
    pub until: Time,
    /// Gets the next.
    pub refresh: String,
}

impl Secret {
    /// Whether a line that was opened with the one may stay open with the other: tokens come and go.
    pub(super) fn stands_for(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Tokens(one), Self::Tokens(other)) => one.provider == other.provider,
            (one, other) => one == other,
        }
    }

    /// What a server is shown.
    pub(super) fn proof(&self, login: &str) -> Proof {
        let login = login.to_owned();
        match self {
            Self::Password(password) => Proof::Password { login, password: password.clone() },
            Self::Tokens(tokens) => Proof::Token { login, token: tokens.access.clone() },
        }
    }
}

impl Tokens {
    /// With what a provider has just given.
    pub(super) fn granted(provider: Provider, granted: Granted, before: &str, now: Time) -> Self {
        Self {
            provider,
            access: granted.access,
            until: now.plus_seconds(granted.seconds),
            // Microsoft gives a new one each time and forgets the old; Google gives none.
            refresh: granted.refresh.unwrap_or_else(|| before.to_owned()),
        }
    }

    fn are_good(&self, now: Time, spent: Option<&str>) -> bool {
        self.until > now.plus_seconds(EARLY_SECONDS) && spent != Some(self.access.as_str())
    }
}

/// An open line to a mailbox. A token that its server does not take is renewed, and the door tried once more.
pub(crate) async fn line(store: &Store, mailbox: &Mailbox) -> Result<Line, DeliveryError> {
    let (server, shown) = (mailbox.servers.imap_server()?, proof(store, mailbox).await?);
    let opened = Line::open(&server, &shown).await;
    match instead(store, mailbox, opened.as_ref().err().cloned(), &shown).await? {
        Some(next) => Ok(Line::open(&server, &next).await?),
        None => Ok(opened?),
    }
}

/// What to show once more where a server did not take the token it was shown; nothing may have been done before it lets us in.
pub(crate) async fn instead(
    store: &Store,
    mailbox: &Mailbox,
    trouble: Option<LineError>,
    shown: &Proof,
) -> Result<Option<Proof>, DeliveryError> {
    match (trouble, shown) {
        (Some(LineError::Refused(_)), Proof::Token { token, .. }) => {
            Ok(Some(not_this(store, mailbox, Some(token)).await?))
        }
        _ => Ok(None),
    }
}

/// What the servers are shown now.
pub(crate) async fn proof(store: &Store, mailbox: &Mailbox) -> Result<Proof, DeliveryError> {
    not_this(store, mailbox, None).await
}

/// The same, and not a token that was found to be spent.
async fn not_this(store: &Store, mailbox: &Mailbox, spent: Option<&str>) -> Result<Proof, DeliveryError> {
    let mut renewed = false;
    loop {
        let secret = secret_of(store, mailbox).await?;
        let good = match &secret {
            Secret::Password(_) => true,
            // One that was given a moment ago is shown however short it lasts.
            Secret::Tokens(tokens) => renewed || tokens.are_good(store.world().now(), spent),
        };
        if good {
            return Ok(secret.proof(&mailbox.servers.login));
        }
        renewed = renew(store, mailbox, spent).await?;
        if !renewed {
            sleep(LOOK).await;
        }
    }
}

/// Gets the next token and keeps it; false if somebody else is about to.
async fn renew(store: &Store, mailbox: &Mailbox, spent: Option<&str>) -> Result<bool, DeliveryError> {
    let (id, now) = (mailbox.id, store.world().now());
    let until = now.plus_seconds(RENEWING_SECONDS);
    // Read in the transaction that takes the turn: what was read before may have been renewed since.
    let sealed: Option<Vec<u8>> = store
        .write(move |tx| {
            if tx.run(sql::TAKE_TURN, params![id, now, until])? == 0 {
                return Ok(None);
            }
            tx.first(sql::SEALED, params![id], |row| row.get(0))
        })
        .await
        .map_err(|error: store::StoreError| error)?;
    let Some(sealed) = sealed else { return Ok(false) };
    let outcome = renewed(store, mailbox, &sealed, spent).await;
    let kept = outcome.as_ref().ok().cloned().flatten();
    store
        .write(move |tx| {
            if let Some(next) = &kept {
                tx.run(sql::RENEWED, params![id, next.as_slice(), sealed.as_slice()])?;
            }
            tx.run(sql::END_TURN, params![id])
        })
        .await
        .map_err(|error: store::StoreError| error)?;
    outcome.map(|_| true)
}

/// The next secret, sealed; nothing if the one that lies there is good.
async fn renewed(
    store: &Store,
    mailbox: &Mailbox,
    sealed: &[u8],
    spent: Option<&str>,
) -> Result<Option<Vec<u8>>, DeliveryError> {
    let Secret::Tokens(tokens) = open(store, mailbox, sealed)? else { return Ok(None) };
    if tokens.are_good(store.world().now(), spent) {
        return Ok(None);
    }
    let granted = tokens.provider.renew(&tokens.refresh, mailbox.servers.authority.as_deref()).await?;
    let next = Tokens::granted(tokens.provider, granted, &tokens.refresh, store.world().now());
    Ok(Some(seal(store, &mailbox.address, &Secret::Tokens(next))?))
}

pub(super) fn seal(store: &Store, address: &str, secret: &Secret) -> Result<Vec<u8>, DeliveryError> {
    let seal = Seal::of(store.location().folder(), store.world())?;
    let plain = serde_json::to_vec(secret).unwrap_or_default();
    Ok(seal.seal(store.world(), address.as_bytes(), &plain)?)
}

fn open(store: &Store, mailbox: &Mailbox, sealed: &[u8]) -> Result<Secret, DeliveryError> {
    let seal = Seal::of(store.location().folder(), store.world())?;
    let plain = seal.open(mailbox.address.as_bytes(), sealed);
    plain.and_then(|plain| serde_json::from_slice(&plain).ok()).ok_or_else(|| {
        let words = "what lets us in cannot be opened with this house's key; please enter it again";
        LineError::Refused(words.into()).into()
    })
}

/// How we prove who we are there.
pub(super) async fn secret_of(store: &Store, mailbox: &Mailbox) -> Result<Secret, DeliveryError> {
    let id = mailbox.id;
    let sealed: Option<Vec<u8>> =
        store.read(move |db| db.first(sql::SEALED, params![id], |row| row.get(0))).await?;
    open(store, mailbox, &sealed.unwrap_or_default())
}
