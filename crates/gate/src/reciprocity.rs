//! Reciprocity: who begins, who answers and how soon; and whether we are the ones who keep calling.

use model::Time;
use serde::Serialize;

/// After so long a silence the next word begins something new.
const SILENCE_DAYS: i64 = 14;
/// Days on which we spoke in vain, from which on we keep calling.
const TOO_OFTEN: usize = 3;
/// How long we wait then before we speak unasked again; as long once more for each further day, up to a season.
const PAUSE_DAYS: i64 = 14;
const LONGEST_PAUSE_DAYS: i64 = 90;

/// Who spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The person.
    They,
    /// One of us.
    We,
}

/// How it goes between somebody and us, as far as the words at hand tell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Reciprocity {
    /// How often they began.
    pub they_began: usize,
    /// How often we did.
    pub we_began: usize,
    /// How long they wait for an answer of ours, in seconds: the one in the middle.
    pub our_wait: Option<i64>,
    /// How long we wait for one of theirs.
    pub their_wait: Option<i64>,
    /// Days on which we spoke since they last did, but for the answer that they were waiting for.
    pub in_vain: usize,
    /// When they spoke last.
    pub heard_at: Option<Time>,
    /// When we did.
    pub said_at: Option<Time>,
}

impl Reciprocity {
    /// Folded from words, the oldest first.
    pub fn of(words: impl IntoIterator<Item = (Time, Side)>) -> Self {
        let (mut told, mut ours, mut theirs) = (Self::default(), Vec::new(), Vec::new());
        // The first word of the turn that is going on, and the last word of all.
        let mut before: Option<(Time, Time, Side)> = None;
        let mut last_in_vain = None;
        for (at, side) in words {
            let goes_on = before.filter(|(_, last, _)| *last >= at.plus_days(-SILENCE_DAYS));
            match (goes_on, side) {
                (None, Side::They) => told.they_began += 1,
                (None, Side::We) => told.we_began += 1,
                (Some((began, _, Side::They)), Side::We) => ours.push(at.seconds_since(began)),
                (Some((began, _, Side::We)), Side::They) => theirs.push(at.seconds_since(began)),
                (Some(_), _) => {}
            }
            let is_answer = matches!(goes_on, Some((_, _, Side::They)));
            match side {
                Side::They => (told.in_vain, last_in_vain) = (0, None),
                // What is added on the day of an answer belongs to it.
                Side::We if is_answer => last_in_vain = Some(at.date()),
                Side::We if last_in_vain != Some(at.date()) => {
                    told.in_vain += 1;
                    last_in_vain = Some(at.date());
                }
                Side::We => {}
            }
            let began = goes_on.filter(|(_, _, last)| *last == side).map_or(at, |(began, ..)| began);
            before = Some((began, at, side));
            match side {
                Side::They => told.heard_at = Some(at),
                Side::We => told.said_at = Some(at),
            }
        }
        Self { our_wait: middle(ours), their_wait: middle(theirs), ..told }
    }

    /// Whether we are the ones who keep calling.
    pub fn are_we_clingy(&self) -> bool {
        self.in_vain >= TOO_OFTEN
    }

    /// Until when we had better say nothing unasked; nothing if there is no reason to wait, or no longer.
    pub fn rest(&self, now: Time) -> Option<Time> {
        let beyond = self.in_vain.checked_sub(TOO_OFTEN)? as i64;
        let pause = PAUSE_DAYS.saturating_mul(beyond + 1).min(LONGEST_PAUSE_DAYS);
        self.said_at.map(|at| at.plus_days(pause)).filter(|until| *until > now)
    }
}

fn middle(mut waits: Vec<i64>) -> Option<i64> {
    waits.sort_unstable();
    waits.get(waits.len().checked_sub(1)? / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3600;

    /// Hours from the beginning, and who spoke then.
    fn told(words: &[(i64, Side)]) -> Reciprocity {
        let start = Time::from_seconds(1_800_000_000);
        Reciprocity::of(words.iter().map(|(hours, side)| (start.plus_seconds(hours * HOUR), *side)))
    }

    #[test]
    fn who_begins_and_who_answers_how_soon() {
        use Side::{They, We};
        let it = told(&[(0, They), (1, They), (5, We), (6, They), (8, We), (1000, We), (1010, They)]);
        assert_eq!((it.they_began, it.we_began), (1, 1));
        assert_eq!(it.our_wait, Some(2 * HOUR), "of five hours and two, the shorter of the middle");
        assert_eq!(it.their_wait, Some(HOUR), "of one hour and ten");
        assert_eq!((it.in_vain, it.are_we_clingy()), (0, false));
        assert_eq!(told(&[]), Reciprocity::default());
    }

    #[test]
    fn whoever_speaks_again_and_again_without_an_answer_keeps_calling() {
        use Side::{They, We};
        let days = |all: &[i64]| -> Reciprocity {
            let words: Vec<(i64, Side)> = all.iter().map(|day| (day * 24, We)).collect();
            told(&[&[(0, They), (1, We)], words.as_slice()].concat())
        };
        assert_eq!(days(&[]).in_vain, 0, "they were answered");
        assert_eq!(days(&[20]).in_vain, 1);
        assert_eq!(days(&[20, 20, 20]).in_vain, 1, "three on one day are one");
        let it = days(&[20, 40, 60]);
        let at = |day: i64| Time::from_seconds(1_800_000_000).plus_days(day);
        assert!(it.are_we_clingy());
        assert_eq!(it.rest(at(61)), Some(at(74)));
        assert_eq!(it.rest(at(74)), None, "then we may try once more");
        assert_eq!(days(&[20, 40, 60, 80]).rest(at(81)), Some(at(108)), "and wait longer after that");
        assert_eq!(days(&(2..40).map(|n| n * 10).collect::<Vec<_>>()).rest(at(391)), Some(at(480)));
        assert_eq!(days(&[20, 40]).rest(at(41)), None);
    }
}
