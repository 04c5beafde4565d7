//! How fast one program may ask, by the same rule as the house's own limits (GCRA). It is counted in memory, because a
//! write for every read would cost more than the flood it keeps out; several processes each allow this much.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use model::{Time, TokenId};

/// Requests of one key at once: a program that starts and reads a page of people one by one.
pub(crate) const BURST: i64 = 300;
/// Requests of one key a second in the long run: two orders of magnitude below what one machine answers.
pub(crate) const PER_SECOND: i64 = 50;
/// What browsers behind one address may ask of their talks: an office of fifty who talk at once, not a machine that writes.
const TALKS: (i64, i64) = (200, 20);
/// Keys remembered before those that rested are dropped.
const KEYS: usize = 10_000;
const MICROS: i64 = 1_000_000;

/// When the next request of each key may arrive.
pub(crate) struct Pace {
    burst: i64,
    per_second: i64,
    arrives: Mutex<HashMap<TokenId, i64>>,
}

impl Pace {
    /// For programs.
    pub(crate) fn of_programs() -> Self {
        Self { burst: BURST, per_second: PER_SECOND, arrives: Mutex::default() }
    }
    /// For talks on websites.
    pub(crate) fn of_talks() -> Self {
        Self { burst: TALKS.0, per_second: TALKS.1, arrives: Mutex::default() }
    }

    /// Counts one request; or says how many seconds to wait.
    pub(crate) fn admit(&self, token: TokenId, now: Time) -> Result<(), i64> {
        let mut all = self.arrives.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KEYS {
            all.retain(|_, arrives| *arrives > now.micros());
        }
        let gap = MICROS / self.per_second;
        let arrives = all.get(&token).copied().unwrap_or(0).max(now.micros());
        let opens = arrives - (self.burst - 1) * gap;
        if opens > now.micros() {
            return Err((opens - now.micros() + MICROS - 1) / MICROS);
        }
        all.insert(token, arrives + gap);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_may_ask_in_a_burst_then_at_an_even_pace() {
        let (pace, now) = (Pace::of_programs(), Time::from_seconds(1_000));
        let token = TokenId::derived(&[b"till"]);
        assert!((0..BURST).all(|_| pace.admit(token, now).is_ok()));
        assert_eq!(pace.admit(token, now), Err(1));
        assert!(pace.admit(TokenId::derived(&[b"shop"]), now).is_ok(), "each key has its own pace");
        let later = now.plus_seconds(1);
        assert!((0..PER_SECOND).all(|_| pace.admit(token, later).is_ok()));
        assert!(pace.admit(token, later).is_err());
    }
}
