//! Addresses at which nothing arrives, from which somebody complained, or whose readers asked for peace. Of each only a keyed hash is kept:
//! it outlives whoever is forgotten, and tells nobody's address.

mod sql;

use gate::Suppression;
use hmac::{Hmac, KeyInit, Mac};
use model::{Time, World};
use sha2::Sha256;
use store::{Read, Write, params};

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

/// Why an address is left alone, if it is.
pub fn of_point(db: &mut Read<'_>, point: &Point) -> Result<Vec<Suppression>> {
    let Some(key) = memory::known_secret(db, KEY)? else { return Ok(Vec::new()) };
    let id = point.id();
    let rows = db.rows(sql::OF_HASH, params![hash(&key, point)], |row| {
        Ok((row.get::<String>(0)?, row.get::<Time>(1)?))
    })?;
    Ok(rows.into_iter().map(|(kind, at)| Suppression { kind, contact_point: id.clone(), at }).collect())
}

fn hash(key: &[u8], point: &Point) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| unreachable!("any length will do"));
    mac.update(point.id().as_bytes());
    mac.finalize().into_bytes().to_vec()
}
