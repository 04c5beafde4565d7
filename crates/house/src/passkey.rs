//! Passkeys: signing in with the device's own lock instead of a password. The library checks the ceremony; between
//! its two halves its state lies in our own table, never in the browser.

use model::{StaffId, Time};
use serde_json::{Value, json};
use store::{Row, Write, params};
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder, WebauthnError,
};

use crate::{Act, Entered, House, HouseError, Result, Role, Secret, Viewer, audit, sql, staff};

/// Time to find the phone in the other room.
const CEREMONY_SECONDS: i64 = 300;
/// Passkeys of one person; nobody has more devices.
const MOST: usize = 20;

/// The first half of a ceremony.
#[derive(Debug, Clone)]
pub struct Challenge {
    /// Names the ceremony; sent back with the answer.
    pub secret: Secret,
    /// What the browser's `navigator.credentials` is given.
    pub options: Value,
}

/// A passkey, as its owner sees it.
#[derive(Debug, Clone)]
pub struct StoredPasskey {
    /// What the device calls it.
    pub credential: Vec<u8>,
    /// What its owner calls it.
    pub label: String,
    /// Since when.
    pub created_at: Time,
    /// Last use.
    pub used_at: Option<Time>,
}

/// Passkeys at the address under which the house is reached.
pub struct Passkeys {
    library: Webauthn,
}

fn refused(error: WebauthnError) -> HouseError {
    HouseError::Passkey(error.to_string())
}

fn unreadable(error: serde_json::Error) -> HouseError {
    HouseError::Passkey(error.to_string())
}

impl Passkeys {
    /// For this address (`https://…`, or `http://localhost…` while trying out). Browsers know no passkeys for bare
    /// numbers, so an address without a name gives an error.
    pub fn at(address: &str) -> Result<Self> {
        let origin: Url =
            address.parse().map_err(|_| HouseError::invalid("address", "is not a web address"))?;
        let name = origin.domain().ok_or_else(|| {
            HouseError::invalid("address", "is a bare number; passkeys need a name such as localhost")
        })?;
        let library = WebauthnBuilder::new(name, &origin).and_then(|b| b.rp_name("Regard").build());
        Ok(Self { library: library.map_err(refused)? })
    }

    /// Begins giving the viewer a passkey.
    pub async fn begin_registration(&self, house: &House, viewer: &Viewer) -> Result<Challenge> {
        let own = house.own(viewer).await?;
        let known = house.passkeys_of(own.id).await?;
        if known.len() >= MOST {
            return Err(HouseError::invalid(
                "passkey",
                format!("you have {MOST} passkeys; remove one first"),
            ));
        }
        let known = known.iter().map(|(_, key)| key.cred_id().clone()).collect();
        let (challenge, state) = self
            .library
            .start_passkey_registration(own.id.uuid(), &own.email, &own.name, Some(known))
            .map_err(refused)?;
        let mut options = serde_json::to_value(challenge).map_err(unreadable)?;
        // Only a key that the device can find by itself signs in without asking for a name first.
        options["publicKey"]["authenticatorSelection"]["residentKey"] = json!("required");
        options["publicKey"]["authenticatorSelection"]["requireResidentKey"] = json!(true);
        let secret = house.keep_ceremony("registration", Some(own.id), json!(state)).await?;
        Ok(Challenge { secret, options })
    }

    /// Ends it: the device answered.
    pub async fn finish_registration(
        &self,
        house: &House,
        viewer: &Viewer,
        secret: &Secret,
        answer: Value,
        label: &str,
    ) -> Result<()> {
        let (whose, state) = house.take_ceremony("registration", secret).await?;
        if whose != Some(viewer.staff()) {
            return Err(HouseError::DeadLink);
        }
        let state: PasskeyRegistration = serde_json::from_value(state).map_err(unreadable)?;
        let answer: RegisterPublicKeyCredential = serde_json::from_value(answer).map_err(unreadable)?;
        let key = self.library.finish_passkey_registration(&answer, &state).map_err(refused)?;
        house.keep_passkey(viewer, key, label).await
    }

    /// Begins signing in; the device knows by itself who is there.
    pub async fn begin_sign_in(&self, house: &House) -> Result<Challenge> {
        let (challenge, state) = self.library.start_discoverable_authentication().map_err(refused)?;
        let mut options = serde_json::to_value(challenge).map_err(unreadable)?;
        // The library offers it inside the name field only; ours is a button.
        if let Some(options) = options.as_object_mut() {
            options.remove("mediation");
        }
        let secret = house.keep_ceremony("sign_in", None, json!(state)).await?;
        Ok(Challenge { secret, options })
    }

    /// Ends it: the device answered, and says who it is.
    pub async fn finish_sign_in(
        &self,
        house: &House,
        secret: &Secret,
        answer: Value,
        browser: String,
    ) -> Result<Entered> {
        let (_, state) = house.take_ceremony("sign_in", secret).await?;
        let state: DiscoverableAuthentication = serde_json::from_value(state).map_err(unreadable)?;
        let answer: PublicKeyCredential = serde_json::from_value(answer).map_err(unreadable)?;
        let (who, credential) =
            self.library.identify_discoverable_authentication(&answer).map_err(refused)?;
        let (mut key, id, name, role) = house.find_passkey(credential.to_vec(), who).await?;
        let proof =
            self.library.finish_discoverable_authentication_v2(&answer, state, &key).map_err(refused)?;
        key.update_credential(&proof);
        house.use_passkey(&key).await?;
        house.admit(id, name, role, "passkey", browser).await
    }
}

impl House {
    /// The viewer's own passkeys.
    pub async fn passkeys(&self, viewer: &Viewer) -> Result<Vec<StoredPasskey>> {
        Ok(self.passkeys_of(viewer.staff()).await?.into_iter().map(|(stored, _)| stored).collect())
    }

    /// Takes one of the viewer's own passkeys away.
    pub async fn remove_passkey(&self, viewer: &Viewer, credential: Vec<u8>) -> Result<()> {
        let (viewer, world) = (viewer.clone(), self.store.world().clone());
        self.store
            .write(move |tx| {
                if tx.run(sql::PASSKEY_DROP, params![credential, viewer.staff()])? == 0 {
                    return Err(HouseError::Missing);
                }
                Ok(audit::note(tx, &world, &Act::by(&viewer, "passkey.removed", viewer.staff()))?)
            })
            .await
    }

    async fn passkeys_of(&self, id: StaffId) -> Result<Vec<(StoredPasskey, Passkey)>> {
        Ok(self.store.read(move |db| db.rows(sql::PASSKEYS_OF, params![id], read)).await?)
    }

    async fn keep_passkey(&self, viewer: &Viewer, key: Passkey, label: &str) -> Result<()> {
        let label: String = staff::check_name(label).unwrap_or_else(|_| "Passkey".to_owned());
        let (viewer, world) = (viewer.clone(), self.store.world().clone());
        let (credential, kept) = (key.cred_id().as_slice().to_vec(), json!(key).to_string());
        self.store
            .write(move |tx| {
                tx.run(sql::PASSKEY_ADD, params![credential, viewer.staff(), label, kept, world.now()])?;
                Ok(audit::note(tx, &world, &Act::by(&viewer, "passkey.made", viewer.staff()))?)
            })
            .await
    }

    async fn find_passkey(&self, credential: Vec<u8>, who: Uuid) -> Result<(Passkey, StaffId, String, Role)> {
        self.store
            .read(move |db| {
                db.first(sql::PASSKEY_FIND, params![credential, who], |row| {
                    Ok((row.json(0)?, row.get(1)?, row.get(2)?, row.parse(3)?))
                })
            })
            .await?
            .ok_or_else(|| HouseError::Passkey("it is not known here".to_owned()))
    }

    async fn use_passkey(&self, key: &Passkey) -> Result<()> {
        let (credential, kept) = (key.cred_id().as_slice().to_vec(), json!(key).to_string());
        let now = self.store.world().now();
        self.store.write(move |tx| tx.run(sql::PASSKEY_USED, params![credential, kept, now])).await?;
        Ok(())
    }

    async fn keep_ceremony(
        &self,
        kind: &'static str,
        whose: Option<StaffId>,
        state: Value,
    ) -> Result<Secret> {
        let world = self.store.world();
        let (secret, now) = (Secret::new(world), world.now());
        let (digest, state) = (secret.digest(), state.to_string());
        let expires = now.plus_seconds(CEREMONY_SECONDS);
        self.store
            .write(move |tx| {
                tx.run(sql::CEREMONIES_PAST, params![now])?;
                tx.run(sql::CEREMONY_ADD, params![digest, kind, whose, state, expires])
            })
            .await?;
        Ok(secret)
    }

    async fn take_ceremony(&self, kind: &'static str, secret: &Secret) -> Result<(Option<StaffId>, Value)> {
        let (digest, now) = (secret.digest(), self.store.world().now());
        let taken = self.store.write(move |tx: &mut Write<'_>| {
            tx.first(sql::CEREMONY_TAKE, params![digest, kind], |row| {
                Ok((row.get(0)?, row.json(1)?, row.get::<Time>(2)?))
            })
        });
        match taken.await? {
            Some((whose, state, expires)) if expires > now => Ok((whose, state)),
            _ => Err(HouseError::DeadLink),
        }
    }
}

fn read(row: &Row<'_>) -> store::Result<(StoredPasskey, Passkey)> {
    let stored = StoredPasskey {
        credential: row.get(0)?,
        label: row.get(1)?,
        created_at: row.get(3)?,
        used_at: row.get(4)?,
    };
    Ok((stored, row.json(2)?))
}
