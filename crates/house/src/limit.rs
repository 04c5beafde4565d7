//! Rate limits by GCRA: so many tries at once, then one at a time at an even pace. Kept in the store, so that
//! several processes share them and a restart forgives nothing. The subject is kept as a digest only.

use model::Time;
use sha2::{Digest, Sha256};
use store::{Write, params};

use crate::{House, HouseError, Result, sql};

/// So many at once, then one every so often.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// What is limited; part of the key.
    pub name: &'static str,
    /// How many may come at once.
    pub burst: i64,
    /// Seconds between two in the long run.
    pub every_seconds: i64,
}

/// Sign-in tries from one network address: an office behind one address signs in within a minute, a guesser gets
/// nowhere in a year.
pub const ADDRESS_SIGN_INS: Limit = Limit { name: "sign-in from an address", burst: 30, every_seconds: 20 };
/// Sign-in tries for one account: a person mistypes a few times.
pub const ACCOUNT_SIGN_INS: Limit = Limit { name: "sign-in to an account", burst: 10, every_seconds: 60 };

impl Limit {
    /// When the next may arrive, given when the last one did; or how many seconds to wait.
    fn admit(&self, arrives: Option<Time>, now: Time) -> Result<Time, i64> {
        let arrives = arrives.unwrap_or(now).max(now);
        let opens = arrives.plus_seconds(-(self.burst - 1) * self.every_seconds);
        match opens <= now {
            true => Ok(arrives.plus_seconds(self.every_seconds)),
            false => Err(opens.seconds_since(now).max(0) + 1),
        }
    }

    fn key(&self, subject: &str) -> Vec<u8> {
        let mut digest = Sha256::new();
        digest.update(self.name.as_bytes());
        digest.update([0]);
        digest.update(subject.as_bytes());
        digest.finalize()[..16].to_vec()
    }
}

impl House {
    /// Counts one try of a subject against a limit; an error if it is one too many.
    pub async fn count(&self, limit: Limit, subject: &str) -> Result<()> {
        let (key, now) = (limit.key(subject), self.store.world().now());
        self.store.write(move |tx| take(tx, limit, &key, now)).await
    }

    /// Forgets the tries of a subject, after one went well.
    pub async fn forgive(&self, limit: Limit, subject: &str) -> Result<()> {
        let key = limit.key(subject);
        self.store.write(move |tx| tx.run(sql::LIMIT_DROP, params![key])).await.map_err(HouseError::from)?;
        Ok(())
    }
}

fn take(tx: &mut Write<'_>, limit: Limit, key: &[u8], now: Time) -> Result<()> {
    let arrives = tx.first(sql::LIMIT_FIND, params![key], |row| row.get::<Time>(0))?;
    let next = limit.admit(arrives, now).map_err(|seconds| HouseError::TooOften { seconds })?;
    tx.run(sql::LIMIT_KEEP, params![key, next])?;
    tx.run(sql::LIMITS_PAST, params![now])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_then_one_at_an_even_pace() {
        let limit = Limit { name: "knocks", burst: 3, every_seconds: 10 };
        let mut now = Time::from_seconds(1000);
        let mut arrives = None;
        for _ in 0..3 {
            arrives = Some(limit.admit(arrives, now).unwrap());
        }
        let wait = limit.admit(arrives, now).unwrap_err();
        assert_eq!(wait, 11);
        now = now.plus_seconds(wait);
        arrives = Some(limit.admit(arrives, now).unwrap());
        assert!(limit.admit(arrives, now).is_err());
    }
}
