//! Letting a provider ask somebody: they are sent there, say yes, and come back with a code, once, for us alone.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use channels::mail::{LineError, oauth::Provider};
use model::{MailboxId, StaffId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::{Store, params};

use super::{Mailbox, NewMailbox, Secret, proving, sql};
use crate::{DeliveryError, sealing::Seal};

/// Saying yes takes minutes; registering at the provider in between may take an hour.
const OPEN_SECONDS: i64 = 3600;

/// What shall become of the answer.
#[derive(Serialize, Deserialize)]
struct Consent {
    new: NewMailbox,
    back: String,
    verifier: String,
}

/// Where somebody says yes, so that this mailbox is taken in. `back` is where the provider sends them afterwards.
pub async fn begin(
    store: &Store,
    new: NewMailbox,
    back: &str,
    staff: StaffId,
) -> Result<String, DeliveryError> {
    let Secret::Tokens(tokens) = &new.secret else {
        return Err(DeliveryError::Wish("this mailbox is opened with a password".into()));
    };
    tokens.provider.check().map_err(|(field, why)| DeliveryError::Wish(format!("{field}: {why}")))?;
    new.check()?;
    let world = store.world();
    let [state, verifier] = [(); 2].map(|()| BASE64_URL_SAFE_NO_PAD.encode(world.random::<32>()));
    let asked = tokens.provider.ask_at(&new.servers.login, back, &state, &verifier);
    let asked = asked.map_err(DeliveryError::Wish)?;
    let consent = Consent { new, back: back.to_owned(), verifier };
    let plain = serde_json::to_vec(&consent).unwrap_or_default();
    let (key, now) = (digest(&state), world.now());
    let sealed = Seal::of(store.location().folder(), world)?.seal(world, key.as_bytes(), &plain)?;
    store
        .write(move |tx| {
            tx.run(sql::FORGET_CONSENTS, params![now])?;
            let until = now.plus_seconds(OPEN_SECONDS);
            tx.run(sql::ADD_CONSENT, params![key, staff, sealed.as_slice(), until])
        })
        .await
        .map_err(|error: store::StoreError| error)?;
    Ok(asked)
}

/// The same once more for a mailbox that is here, with nothing to enter.
pub async fn begin_again(
    store: &Store,
    mailbox: Mailbox,
    back: &str,
    staff: StaffId,
) -> Result<String, DeliveryError> {
    let secret = proving::secret_of(store, &mailbox).await?;
    let new = NewMailbox { address: mailbox.address, name: mailbox.name, servers: mailbox.servers, secret };
    begin(store, new, back, staff).await
}

/// They came back: the mailbox is tried and taken in.
pub async fn finish(
    store: &Store,
    state: &str,
    code: Result<&str, &str>,
    staff: StaffId,
) -> Result<MailboxId, DeliveryError> {
    let (key, now) = (digest(state), store.world().now());
    let taken = key.clone();
    let sealed: Option<Vec<u8>> = store
        .write(move |tx| {
            let sealed = tx.first(sql::CONSENT, params![taken, staff, now], |row| row.get(0))?;
            tx.run(sql::END_CONSENT, params![taken])?;
            Ok::<_, store::StoreError>(sealed)
        })
        .await?;
    let seal = Seal::of(store.location().folder(), store.world())?;
    let plain = sealed.and_then(|sealed| seal.open(key.as_bytes(), &sealed));
    let consent: Consent = plain.and_then(|plain| serde_json::from_slice(&plain).ok()).ok_or_else(|| {
        DeliveryError::Wish("nobody here was waiting for this answer (any more); please begin again".into())
    })?;
    let Consent { mut new, back, verifier } = consent;
    let Secret::Tokens(tokens) = new.secret else {
        return Err(DeliveryError::Wish("this mailbox is opened with a password".into()));
    };
    let code = code
        .map_err(|why| LineError::Refused(format!("{} did not let us in: {why}", tokens.provider.host())))?;
    let authority = new.servers.authority.as_deref();
    let granted = tokens.provider.redeem(code, &back, &verifier, authority).await?;
    new.secret = Secret::Tokens(proving::Tokens::granted(tokens.provider, granted, "", store.world().now()));
    super::try_out(&new).await?;
    super::add(store, new).await
}

/// A provider to ask, with no tokens yet.
pub fn asking(provider: Provider) -> Secret {
    let (access, refresh) = (String::new(), String::new());
    Secret::Tokens(proving::Tokens { provider, access, refresh, until: model::Time::from_micros(0) })
}

fn digest(state: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(state.as_bytes()))
}
