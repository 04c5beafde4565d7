//! The sentences that were labelled by reading, and how often the rules agree with them.

use language::{
    Auditor,
    corpus::{self, Count},
};

/// How much of what is found must be meant, and how much of what is meant must be found.
const PRECISION: f64 = 0.95;
const RECALL: f64 = 0.85;
/// The least precision on sentences that were not looked at while rules were written.
const UNSEEN: f64 = 0.92;
/// The fewest sentences that say something.
const ENOUGH: usize = 1500;

fn says(name: &str, it: &Count) -> String {
    format!("{name}: precision {:.3}, recall {:.3}, {it:?}", it.precision(), it.recall())
}

#[test]
fn a_person_is_told_from_an_account_as_whoever_read_the_sentences_told_them() {
    let at = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/language/users.jsonl");
    let text = std::fs::read_to_string(at).unwrap();
    let examples = corpus::read(&text).unwrap();
    assert!(examples.len() >= ENOUGH);
    let it = corpus::measure(Auditor::shipped(), "people", &examples);
    assert!(it.all.precision() >= PRECISION && it.all.recall() >= RECALL, "{}", says("all", &it.all));
    let held = &it.by_split["held"];
    assert!(held.precision() >= UNSEEN && held.recall() >= RECALL, "{}", says("held", held));
}
