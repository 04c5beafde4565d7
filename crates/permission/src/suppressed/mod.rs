//! Addresses at which nothing arrives, from which somebody complained, or whose readers asked for peace. Of each only a keyed hash is kept:
//! it outlives whoever is forgotten, and tells nobody's address.

mod sql;

use std::collections::HashMap;

use gate::Suppression;
use hmac::{Hmac, KeyInit, Mac};
use model::{HandleKind, Time, World};
use sha2::Sha256;
use store::{Read, ToValue, Value, Write, params};

use crate::{Point, Result};

/// What the house's key for these hashes is called.
const KEY: &str = "addresses that are left alone";

/// Why an address is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Its server says that nobody is there.
    HardBounce,
    /// Its server could not take something, and may later.
    SoftBounce,
    /// Whoever reads it told their provider that our messages are unwanted.
    Complaint,
    /// Whoever reads it wants nothing that they did not ask for.
    AddressOptOut,
}

impl Kind {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HardBounce => "hard_bounce",
            Self::SoftBounce => "soft_bounce",
            Self::Complaint => "complaint",
            Self::AddressOptOut => "address_opt_out",
        }
    }
}

/// What passes when an address turns out to be alive.
pub const BOUNCES: &[Kind] = &[Kind::HardBounce, Kind::SoftBounce];

/// Leaves an address alone from now on. Said again, a thing that passes counts from its newest time, and the rest from its first.
pub fn suppress(tx: &mut Write<'_>, world: &World, point: &Point, kind: Kind) -> Result<()> {
    let hash = hash(&memory::secret(tx, world, KEY)?, point);
    let text = if kind == Kind::SoftBounce { sql::RENEW } else { sql::ADD };
    Ok(tx.run(text, params![hash, kind.as_str(), world.now()]).map(drop)?)
}

/// Lets an address be written to again.
pub fn lift(tx: &mut Write<'_>, point: &Point, kinds: &[Kind]) -> Result<()> {
    let Some(key) = memory::known_secret(tx, KEY)? else { return Ok(()) };
    let hash = hash(&key, point);
    for kind in kinds {
        tx.run(sql::DROP, params![hash, kind.as_str()])?;
    }
    Ok(())
}

/// Why addresses are left alone, if they are; also because whoever had one asked to be forgotten.
pub fn of_points(db: &mut Read<'_>, points: &[&Point]) -> Result<Vec<Suppression>> {
    let mut found = Vec::new();
    let mail = |it: &&&Point| it.channel == "email";
    let mails: Vec<&str> = points.iter().filter(mail).map(|it| it.address.as_str()).collect();
    for (address, at) in memory::forgetting::since(db, &HandleKind::Email, &mails)? {
        let contact_point = Point { channel: "email".into(), address }.id();
        found.push(Suppression { kind: "erasure_hash".into(), contact_point, at });
    }
    let Some(key) = memory::known_secret(db, KEY)? else { return Ok(found) };
    let hashed: HashMap<Vec<u8>, String> = points.iter().map(|it| (hash(&key, it), it.id())).collect();
    let asked: Vec<Value<'_>> = hashed.keys().map(ToValue::value).collect();
    let rows = memory::each_in(db, sql::of_hashes, &[], &asked, |row| {
        Ok((row.get::<Vec<u8>>(0)?, row.get::<String>(1)?, row.get::<Time>(2)?))
    })?;
    let one = |(hash, kind, at)| Suppression { kind, contact_point: hashed[&hash].clone(), at };
    found.extend(rows.into_iter().map(one));
    Ok(found)
}

fn hash(key: &[u8], point: &Point) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| unreachable!("any length will do"));
    mac.update(point.id().as_bytes());
    mac.finalize().into_bytes().to_vec()
}
