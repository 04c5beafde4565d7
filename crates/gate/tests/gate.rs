//! The gate, held to its cases; and each of its questions taken away, so that a case fails.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

use gate::{GATES, Policy, Rules, WAITS, cases, table};

/// Every case there is: those that the policy was agreed with, and those that pin what they leave open.
fn all() -> Vec<cases::Case> {
    let mut all = cases::read(include_str!("agreed.json")).unwrap();
    all.extend(cases::read(include_str!("pinned.json")).unwrap());
    all
}

#[test]
fn every_case_decides_as_written() {
    let all = all();
    let wrong: Vec<String> = all.iter().filter_map(|it| it.answer().differs(&it.expect)).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.len(), wrong.join("\n"));
}

#[test]
fn whoever_takes_a_question_away_makes_a_case_fail() {
    let all = all();
    let fails =
        |rules: &Rules<'_>| all.iter().any(|it| it.answer_through(rules).differs(&it.expect).is_some());
    for (n, gate) in GATES.iter().enumerate() {
        let mut rules = Rules::all();
        rules.gates.remove(n);
        assert!(fails(&rules), "nothing fails without the question “{}”", gate.name);
    }
    for (n, wait) in WAITS.iter().enumerate() {
        let mut rules = Rules::all();
        rules.waits.remove(n);
        assert!(fails(&rules), "nothing fails without the wait “{}”", wait.name);
    }
}

#[test]
fn the_policy_is_printed_as_it_is() {
    let printed = table(&Policy::of_the_house());
    let kept = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/policy.md");
    if std::env::var_os("REGARD_WRITE_GOLDENS").is_some() {
        std::fs::write(kept, &printed).unwrap();
    }
    assert_eq!(printed, std::fs::read_to_string(kept).unwrap(), "write it anew with REGARD_WRITE_GOLDENS=1");
}
