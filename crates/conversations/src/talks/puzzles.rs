//! The work that a stranger's browser does before its first word, in place of pictures for people to puzzle over: to find a number with
//! which a digest begins with many zeros. Nothing is kept of it. What is posed carries our seal, holds for one key and so for one
//! beginning, and is worth nothing after some minutes.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use memory::{known_secret, secret};
use model::{SiteId, Time};
use sha2::{Digest, Sha256};
use store::{Read, Store};

use super::Key;
use crate::{ConversationError, Result, seal::seal};

/// How many zeros: half a million tries on average, a fifth of a second for a computer and about one for a telephone of some years. It is
/// found while they type, so nobody waits for it; whoever writes to everybody pays it each time.
pub const BITS: u32 = 19;
/// Whoever types for longer gets another puzzle, without noticing.
const GOOD_SECONDS: i64 = 600;
/// Bytes of the seal: enough that nobody guesses one, and all fits into one block of the digest.
const SEAL: usize = 16;
/// An answer is never longer: the time, the seal, and a number of 16 digits.
const LONGEST: usize = 64;
/// The key of the house with which puzzles are sealed.
const KEY: &str = "puzzles before talks";

/// The key of the house for puzzles; after the first time it is only read.
pub async fn puzzle_key(store: &Store) -> Result<Vec<u8>> {
    if let Some(key) = store.read(|db| known_secret(db, KEY)).await? {
        return Ok(key);
    }
    let world = store.world().clone();
    Ok(store.write(move |tx| secret(tx, &world, KEY)).await?)
}

/// A puzzle for whoever holds this key.
pub fn pose(house: &[u8], site: SiteId, key: &Key, now: Time) -> String {
    let until = now.plus_seconds(GOOD_SECONDS).micros() / 1_000_000;
    let seal = sealed(house, site, key, until).finalize().into_bytes();
    format!("{until}.{}", BASE64_URL_SAFE_NO_PAD.encode(&seal[..SEAL]))
}

fn sealed(house: &[u8], site: SiteId, key: &Key, until: i64) -> Hmac<Sha256> {
    seal(house, &format!("{} {until} {BITS}", key.digest(site)))
}

/// Whether this is the work that was asked of this key, in time.
///
/// # Errors
/// [`ConversationError::Unsolved`] if it is not.
pub fn check(db: &mut Read<'_>, site: SiteId, key: &Key, work: &str, now: Time) -> Result<()> {
    let house = known_secret(db, KEY)?;
    match house.and_then(|house| solved(&house, site, key, work, now)) {
        Some(()) => Ok(()),
        None => Err(ConversationError::Unsolved),
    }
}

fn solved(house: &[u8], site: SiteId, key: &Key, work: &str, now: Time) -> Option<()> {
    let parts: Vec<&str> = work.split('.').collect();
    let ([until, seal, _], true) = (parts.as_slice(), work.len() <= LONGEST) else { return None };
    let until: i64 = until.parse().ok()?;
    let shown = BASE64_URL_SAFE_NO_PAD.decode(seal).ok().filter(|it| it.len() == SEAL)?;
    sealed(house, site, key, until).verify_truncated_left(&shown).ok()?;
    (until >= now.micros() / 1_000_000 && zeros(work) >= BITS).then_some(())
}

fn zeros(work: &str) -> u32 {
    let digest = Sha256::digest(work.as_bytes());
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]).leading_zeros()
}

#[cfg(test)]
mod tests {
    use model::World;

    use super::*;

    fn work(puzzle: &str) -> String {
        let all = (0..u64::MAX).map(|n| format!("{puzzle}.{n}"));
        all.into_iter().find(|it| zeros(it) >= BITS).unwrap_or_default()
    }

    #[test]
    fn work_is_good_for_one_key_on_one_site_and_for_some_minutes() {
        let (world, clock) = World::still(Time::from_seconds(1_800_000_000), 1);
        let (ann, ben) = (Key::new(&world), Key::new(&world));
        let (site, other): (SiteId, SiteId) = (world.id(), world.id());
        let puzzle = pose(b"house", site, &ann, world.now());
        let done = work(&puzzle);
        let good =
            |house: &[u8], site, key: &Key, work: &str| solved(house, site, key, work, world.now()).is_some();
        assert!(good(b"house", site, &ann, &done));
        assert!(!good(b"house", site, &ben, &done), "not for another browser");
        assert!(!good(b"house", other, &ann, &done), "not on another site");
        assert!(!good(b"other", site, &ann, &done), "not if somebody else posed it");
        assert!(!good(b"house", site, &ann, ""));
        assert!(!good(b"house", site, &ann, &puzzle), "not without a number");
        let idle = (0..9).map(|n| format!("{puzzle}.{n}")).find(|it| zeros(it) < BITS).unwrap_or_default();
        assert!(!good(b"house", site, &ann, &idle), "not without the work");
        let later = done.replacen("18", "19", 1);
        assert!(!good(b"house", site, &ann, &later), "nobody makes it good for longer");
        clock.pass(GOOD_SECONDS + 1);
        assert!(!good(b"house", site, &ann, &done), "not for ever");
    }

    #[test]
    fn all_of_it_fits_into_one_block_of_the_digest() {
        let world = World::still(Time::from_seconds(1_800_000_000), 1).0;
        let puzzle = pose(b"house", world.id(), &Key::new(&world), world.now());
        assert!(format!("{puzzle}.{}", "9".repeat(16)).len() <= 55, "the script in the browser relies on it");
    }
}
