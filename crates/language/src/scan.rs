//! Words found in a text by one automaton, in several places at once: a processor that waits for one step in memory can
//! meanwhile take the next step elsewhere.

use aho_corasick::{
    Anchored, MatchKind, StartKind,
    automaton::{Automaton, StateID},
    dfa::DFA,
};

use crate::{rule::RuleError, words::is_wordly};

/// So many places at once.
const LANES: usize = 4;

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
    first: StateID,
}

/// Where one of the places is.
#[derive(Debug, Clone, Copy)]
struct Lane {
    here: usize,
    end: usize,
    state: StateID,
}

impl Scanner {
    /// For words in small letters; capitals of ASCII are found with them.
    ///
    /// # Errors
    /// [`RuleError`] when there are more words than fit.
    pub fn of(words: &[String]) -> Result<Self, RuleError> {
        let automaton = DFA::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .start_kind(StartKind::Unanchored)
            .prefilter(false)
            .build(words)
            .map_err(|error| RuleError { rule: "all rules".into(), why: error.to_string() })?;
        let first = automaton
            .start_state(Anchored::No)
            .map_err(|error| RuleError { rule: "all rules".into(), why: error.to_string() })?;
        Ok(Self { automaton, first })
    }

    /// Every whole word that is looked for, in the order of the text.
    pub fn find(&self, text: &str) -> Vec<Candidate> {
        let bytes = text.as_bytes();
        let mut lanes = self.lanes(bytes);
        let mut found: [Vec<Candidate>; LANES] = Default::default();
        let together = lanes.iter().map(|it| it.end - it.here).min().unwrap_or(0);
        for _ in 0..together {
            for (lane, found) in lanes.iter_mut().zip(&mut found) {
                self.step(text, lane, found);
            }
        }
        for (lane, found) in lanes.iter_mut().zip(&mut found) {
            while lane.here < lane.end {
                self.step(text, lane, found);
            }
        }
        found.concat()
    }

    // Parts of the text, cut where no word is.
    fn lanes(&self, bytes: &[u8]) -> [Lane; LANES] {
        let mut from = 0;
        std::array::from_fn(|at| {
            let about = (bytes.len() / LANES * (at + 1)).max(from);
            let cut = bytes[about..].iter().position(u8::is_ascii_whitespace).map(|n| about + n);
            let end = cut.filter(|_| at + 1 < LANES).unwrap_or(bytes.len());
            Lane { here: std::mem::replace(&mut from, end), end, state: self.first }
        })
    }

    #[inline(always)]
    fn step(&self, text: &str, lane: &mut Lane, found: &mut Vec<Candidate>) {
        let state = self.automaton.next_state(Anchored::No, lane.state, text.as_bytes()[lane.here]);
        lane.here += 1;
        lane.state = state;
        if self.automaton.is_special(state) && self.automaton.is_match(state) {
            self.take(text, state, lane.here, found);
        }
    }

    // Of all that end here, the one that is a whole word.
    fn take(&self, text: &str, state: StateID, end: usize, found: &mut Vec<Candidate>) {
        if text.as_bytes().get(end).is_some_and(u8::is_ascii_alphanumeric) || !is_edge(text, end) {
            return;
        }
        let all = (0..self.automaton.match_len(state)).map(|at| self.automaton.match_pattern(state, at));
        found.extend(all.filter_map(|pattern| {
            let start = end - self.automaton.pattern_len(pattern);
            is_start(text, start).then_some(Candidate { start, end, pattern: pattern.as_usize() })
        }));
    }
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
        let scanner = Scanner::of(&words).unwrap();
        let piece = "A user, Users' use. reuse used don't über, éuser userß user_id\n";
        for count in 0..12 {
            let text = piece.repeat(count);
            let told: Vec<&str> = scanner.find(&text).iter().map(|it| &text[it.start..it.end]).collect();
            assert_eq!(told, ["user", "Users", "use", "don't", "über", "user"].repeat(count));
        }
        assert_eq!(scanner.find(&"user".repeat(9)), []);
    }
}
