//! Which looks at people this process has written down today, so that only the first of a day waits for the disk.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use memory::looks::{Looker, What};
use model::{PersonId, Time};

/// Looks remembered at once: a large team's day. Beyond it all are forgotten and the next look of each waits once more.
const MOST: usize = 20_000;
/// Looks that follow each other within this time are written down together.
const TOGETHER_SECONDS: i64 = 60;

pub(crate) type Key = (Looker, PersonId, What);

/// What this process has written down today.
#[derive(Default)]
pub(crate) struct Seen {
    looks: Mutex<HashMap<Key, Written>>,
}

struct Written {
    at: Time,
    since: i64,
}

/// What is to be done about a look.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Now {
    /// It is the first of the day: it is written before anything is shown.
    First,
    /// This many are written aside.
    Aside(i64),
    /// It is counted, and written with the next.
    Counted,
}

impl Seen {
    /// Counts a look.
    pub(crate) fn look(&self, key: &Key, now: Time) -> Now {
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        match looks.get_mut(key).filter(|it| it.at.date() == now.date()) {
            None => Now::First,
            Some(it) if now.seconds_since(it.at) < TOGETHER_SECONDS => {
                it.since += 1;
                Now::Counted
            }
            Some(it) => {
                let all = it.since + 1;
                *it = Written { at: now, since: 0 };
                Now::Aside(all)
            }
        }
    }

    /// The day's first is on disk.
    pub(crate) fn written(&self, key: Key, now: Time) {
        let mut looks = self.looks.lock().unwrap_or_else(PoisonError::into_inner);
        if looks.len() >= MOST {
            looks.clear();
        }
        looks.insert(key, Written { at: now, since: 0 });
    }
}

#[cfg(test)]
mod tests {
    use model::World;

    use super::*;

    #[test]
    fn the_first_look_of_a_day_is_written_and_the_rest_counted() {
        let seen = Seen::default();
        let noon = Time::parse("2026-03-01T12:00:00Z").unwrap();
        let key = (Looker::program(), World::real().id(), What::Page);
        assert_eq!(seen.look(&key, noon), Now::First);
        assert_eq!(seen.look(&key, noon), Now::First, "what was not written is no second look");
        seen.written(key.clone(), noon);
        assert_eq!(seen.look(&key, noon.plus_seconds(10)), Now::Counted);
        assert_eq!(seen.look(&key, noon.plus_seconds(59)), Now::Counted);
        assert_eq!(seen.look(&key, noon.plus_seconds(61)), Now::Aside(3));
        assert_eq!(seen.look(&key, noon.plus_seconds(62)), Now::Counted);
        assert_eq!(seen.look(&key, noon.plus_days(1)), Now::First);
        let other = (Looker::program(), key.1, What::File);
        assert_eq!(seen.look(&other, noon), Now::First);
    }

    #[test]
    fn what_is_remembered_of_the_day_has_an_end() {
        let (seen, now, world) = (Seen::default(), Time::from_seconds(1_800_000_000), World::real());
        for _ in 0..=MOST {
            seen.written((Looker::program(), world.id(), What::Page), now);
        }
        assert_eq!(seen.looks.lock().unwrap().len(), 1);
    }
}
