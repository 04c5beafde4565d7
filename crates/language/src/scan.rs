//! Words found in a text by one automaton, in several places at once: a processor that waits for one step in memory can
//! meanwhile take the next step elsewhere.

use std::ops::Range;

use aho_corasick::{
    Anchored, MatchKind, StartKind,
    automaton::{Automaton, StateID},
    dfa::DFA,
};

use crate::{rule::RuleError, words::is_wordly};

/// So many places at once.
const LANES: usize = 4;

/// Stands in the automaton for whatever is no letter or digit of ASCII, also before and behind every word. So it
/// wakes where a word begins, and speaks only where one ends.
const BORDER: u8 = 0;

/// As the automaton reads each byte.
const HEARD: [u8; 256] = heard();

const fn heard() -> [u8; 256] {
    let mut all = [BORDER; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        if byte.is_ascii_alphanumeric() {
            all[byte as usize] = byte.to_ascii_lowercase();
        }
        byte += 1;
    }
    all
}

/// A word that was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Candidate {
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// Which it is.
    pub pattern: usize,
}

/// Finds whole words.
#[derive(Debug)]
pub(crate) struct Scanner {
    automaton: DFA,
    awake: StateID,
    words: Vec<String>,
}

impl Scanner {
    /// For words in small letters; capitals of ASCII are found with them.
    ///
    /// # Errors
    /// [`RuleError`] when there are more words than fit.
    pub fn of(words: Vec<String>) -> Result<Self, RuleError> {
        let border = || std::iter::once(BORDER);
        let heard = |word: &String| -> Vec<u8> {
            border().chain(word.bytes().map(|it| HEARD[usize::from(it)])).chain(border()).collect()
        };
        let automaton = DFA::builder()
            .match_kind(MatchKind::Standard)
            .start_kind(StartKind::Unanchored)
            .prefilter(false)
            .build(words.iter().map(heard))
            .map_err(|error| RuleError { rule: "all rules".into(), why: error.to_string() })?;
        let asleep = automaton
            .start_state(Anchored::No)
            .map_err(|error| RuleError { rule: "all rules".into(), why: error.to_string() })?;
        let awake = automaton.next_state(Anchored::No, asleep, BORDER);
        Ok(Self { automaton, awake, words })
    }

    /// Every whole word that is looked for, in the order of the text.
    pub fn find(&self, text: &str) -> Vec<Candidate> {
        let bytes = text.as_bytes();
        let lanes = lanes(bytes);
        let mut found: [Vec<Candidate>; LANES] = Default::default();
        let together = lanes.iter().map(Range::len).min().unwrap_or(0);
        let parts: [&[u8]; LANES] =
            std::array::from_fn(|at| &bytes[lanes[at].start..lanes[at].start + together]);
        let mut states = [self.awake; LANES];
        for step in 0..together {
            for (state, part) in states.iter_mut().zip(&parts) {
                *state = self.next(*state, part[step]);
            }
            if states.iter().any(|it| self.automaton.is_special(*it)) {
                for lane in 0..LANES {
                    self.take(text, states[lane], lanes[lane].start + step, &mut found[lane]);
                }
            }
        }
        for lane in 0..LANES {
            let rest = lanes[lane].start + together..lanes[lane].end;
            for (here, byte) in rest.clone().zip(&bytes[rest]) {
                states[lane] = self.next(states[lane], *byte);
                self.take(text, states[lane], here, &mut found[lane]);
            }
            // What ends with its part ends there.
            self.take(text, self.next(states[lane], BORDER), lanes[lane].end, &mut found[lane]);
        }
        found.concat()
    }

    #[inline(always)]
    fn next(&self, state: StateID, byte: u8) -> StateID {
        self.automaton.next_state(Anchored::No, state, HEARD[usize::from(byte)])
    }

    // Of all that end before a place, the ones that are whole words.
    fn take(&self, text: &str, state: StateID, end: usize, found: &mut Vec<Candidate>) {
        if !self.automaton.is_match(state) {
            return;
        }
        let all = (0..self.automaton.match_len(state)).map(|at| self.automaton.match_pattern(state, at));
        found.extend(all.filter_map(|pattern| {
            let word = &self.words[pattern.as_usize()];
            let start = end.checked_sub(word.len())?;
            // The automaton does not tell apart what is not of ASCII.
            let is_word = text.get(start..end).is_some_and(|it| it.eq_ignore_ascii_case(word));
            let is_whole = is_word && is_start(text, start) && is_edge(text, end);
            is_whole.then_some(Candidate { start, end, pattern: pattern.as_usize() })
        }));
    }
}

// Parts of the text, cut where no word is.
fn lanes(bytes: &[u8]) -> [Range<usize>; LANES] {
    let mut from = 0;
    std::array::from_fn(|at| {
        let about = (bytes.len() / LANES * (at + 1)).max(from);
        let cut = bytes[about..].iter().position(u8::is_ascii_whitespace).map(|n| about + n);
        let end = cut.filter(|_| at + 1 < LANES).unwrap_or(bytes.len());
        std::mem::replace(&mut from, end)..end
    })
}

// Whether no letter follows.
fn is_edge(text: &str, at: usize) -> bool {
    let next = text.as_bytes().get(at);
    next.is_none_or(|it| !is_wordly(*it) || !text[at..].chars().next().is_some_and(char::is_alphanumeric))
}

// Whether no letter precedes.
fn is_start(text: &str, at: usize) -> bool {
    let before = at.checked_sub(1).map(|it| text.as_bytes()[it]);
    before
        .is_none_or(|it| !is_wordly(it) || !text[..at].chars().next_back().is_some_and(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_are_found_wherever_the_text_is_cut() {
        let words: Vec<String> = ["user", "users", "use", "don't", "über"].map(String::from).into();
        let scanner = Scanner::of(words).unwrap();
        let piece = "A user, Users' use. reuse used don't über, éuser userß user_id\n";
        for count in 0..12 {
            let text = piece.repeat(count);
            let told: Vec<&str> = scanner.find(&text).iter().map(|it| &text[it.start..it.end]).collect();
            assert_eq!(told, ["user", "Users", "use", "don't", "über", "user"].repeat(count));
        }
        assert_eq!(scanner.find(&"user".repeat(9)), []);
    }
}
