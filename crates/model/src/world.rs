//! What comes in by the door: time, chance and ids.

use std::sync::{Arc, Mutex, PoisonError};

use crate::{Clock, Id, StillClock, SystemClock, Time};

/// Where chance comes from.
pub trait Chance: Send + Sync {
    /// Fills the bytes with unpredictable (or, in tests, repeatable) values.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's generator.
pub struct SystemChance;

impl Chance for SystemChance {
    #[allow(clippy::disallowed_methods, reason = "this is the door")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes")
    }
}

/// The same seed always gives the same bytes: for tests and for the demo company. Never for secrets.
pub struct SeededChance(Mutex<u64>);

impl SeededChance {
    /// Starts from a seed.
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(seed))
    }
}

impl Chance for SeededChance {
    // SplitMix64 (Steele, Lea, Flood 2014): short, and good enough for what is only to be repeatable.
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for chunk in bytes.chunks_mut(8) {
            *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = *state;
            z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^= z >> 31;
            chunk.copy_from_slice(&z.to_le_bytes()[..chunk.len()]);
        }
    }
}

/// The world as the program meets it: a clock and chance, from which ids are made.
#[derive(Clone)]
pub struct World {
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    last: Arc<Mutex<(u64, u16)>>,
}

impl World {
    /// The real one.
    pub fn real() -> Self {
        Self::new(Arc::new(SystemClock), Arc::new(SystemChance))
    }
    /// From any clock and chance.
    pub fn new(clock: Arc<dyn Clock>, chance: Arc<dyn Chance>) -> Self {
        Self { clock, chance, last: Arc::default() }
    }
    /// A repeatable world that stands at `at`, and the clock to move it.
    pub fn still(at: Time, seed: u64) -> (Self, Arc<StillClock>) {
        let clock = Arc::new(StillClock::at(at));
        (Self::new(clock.clone(), Arc::new(SeededChance::new(seed))), clock)
    }
    /// The present moment.
    pub fn now(&self) -> Time {
        self.clock.now()
    }
    /// Random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.chance.fill(&mut bytes);
        bytes
    }
    /// A new id: a UUID version 7, strictly increasing within this process. The twelve bits after the
    /// millisecond count up within it (RFC 9562 section 6.2, method 1); an overflow borrows the next one.
    pub fn id<K>(&self) -> Id<K> {
        let now = (self.now().micros() / 1000).max(0) as u64;
        let (millis, count) = {
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            *last = match *last {
                (millis, _) if now > millis => (now, 0),
                (millis, 0xfff) => (millis + 1, 0),
                (millis, count) => (millis, count + 1),
            };
            *last
        };
        let mut bytes = [0u8; 10];
        bytes[..2].copy_from_slice(&count.to_be_bytes());
        self.chance.fill(&mut bytes[2..]);
        Id::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PersonId;

    #[test]
    fn ids_rise_even_when_the_clock_stands_still() {
        let (world, _) = World::still(Time::from_seconds(1_700_000_000), 1);
        let ids: Vec<PersonId> = (0..10_000).map(|_| world.id()).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn the_same_seed_makes_the_same_world() {
        let id = |seed| World::still(Time::from_seconds(5), seed).0.id::<crate::id::PersonKind>();
        assert_eq!(id(3), id(3));
        assert_ne!(id(3), id(4));
    }
}
