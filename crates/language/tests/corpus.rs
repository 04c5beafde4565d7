//! The rules are right about “user” as often as they must be, on the sentences that people labelled.

use std::{fs, path::Path};

use language::{
    Auditor,
    corpus::{Count, measure, read},
};

const PRECISION: f64 = 0.95;
const RECALL: f64 = 0.85;

/// With fewer, chance says more than the rules.
const ENOUGH: usize = 1_500;

fn assert_good(name: &str, count: &Count) {
    let (precision, recall) = (count.precision(), count.recall());
    let is_good = precision >= PRECISION && recall >= RECALL;
    assert!(is_good, "{name}: precision {precision:.3}, recall {recall:.3}, {count:?}");
}

#[test]
fn user_is_found_where_a_person_is_meant_and_left_where_not() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/language/users.jsonl");
    let examples = read(&fs::read_to_string(path).unwrap()).unwrap();
    assert!(examples.len() >= ENOUGH);
    let measure = measure(Auditor::shipped(), "people", &examples);
    assert_good("all", &measure.all);
    assert_good("held", &measure.by_split["held"]);
    assert!(measure.by_split["held"].right > 0 && measure.by_split["tune"].right > 0);
}
