//! Every rule holds what it promises: its own examples are found, and its counterexamples are not.

use std::ops::Range;

use language::{Auditor, Kind, Language, Pack, Rule, SHIPPED, Voice};

/// What a rule gets wrong in its own examples.
fn broken(auditor: &Auditor, rule: &Rule, language: Language) -> Vec<String> {
    let finds = |text: &str| {
        auditor.in_language(text, Kind::Markdown, language).findings.iter().any(|it| it.rule.id == rule.id)
    };
    let findings = |text: &str| {
        let mut all = auditor.in_language(text, Kind::Markdown, language).findings;
        all.retain(|it| it.rule.id == rule.id);
        all
    };
    let becomes = rule.becomes.iter().filter_map(|(text, wanted)| {
        let said = findings(text)
            .iter()
            .filter_map(|it| Some((it.range.clone(), it.say.first()?.clone())))
            .collect();
        different(rule, text, wanted, said)
    });
    let fixed = rule.fixed.iter().filter_map(|(text, wanted)| {
        let fixes = findings(text).into_iter().filter_map(|it| it.fix);
        different(rule, text, wanted, fixes.map(|it| (it.range, it.text)).collect())
    });
    let unfound = rule.becomes.keys().filter(|it| !finds(it)).map(|it| format!("{} misses: {it}", rule.id));
    let missed = rule.yes.iter().filter(|it| !finds(it)).map(|it| format!("{} misses: {it}", rule.id));
    let wrong = rule.no.iter().filter(|it| finds(it)).map(|it| format!("{} finds: {it}", rule.id));
    missed.chain(wrong).chain(unfound).chain(becomes).chain(fixed).collect()
}

/// What a text became, if that is not what was wanted.
fn different(rule: &Rule, text: &str, wanted: &str, edits: Vec<(Range<usize>, String)>) -> Option<String> {
    let mut became = text.to_owned();
    for (range, said) in edits.into_iter().rev() {
        became.replace_range(range, &said);
    }
    (became != wanted).then(|| format!("{} makes of “{text}”: {became}", rule.id))
}

#[test]
fn every_rule_finds_its_examples_and_leaves_its_counterexamples() {
    let auditor = Auditor::shipped();
    let mut all = Vec::new();
    let mut seen = 0;
    for rule in auditor.rules() {
        let head = rule.id.split('/').next().unwrap();
        let pack =
            SHIPPED.iter().map(|(name, text)| Pack::read(name, text).unwrap()).find(|it| it.pack.id == head);
        let code = pack.map_or_else(|| "en".to_owned(), |it| it.pack.language);
        let language = if code == "any" { Language::En } else { Language::of_code(&code) };
        assert!(
            !rule.yes.is_empty() && !rule.no.is_empty() && rule.why.len() > 10,
            "{} has no examples",
            rule.id
        );
        seen += rule.yes.len() + rule.no.len();
        all.extend(broken(auditor, &rule, language));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
    assert!(seen > 10);
}

#[test]
fn an_example_that_does_not_hold_is_seen() {
    let mut voice = Voice::default();
    let pack = "[pack]\nid = \"own\"\nlanguage = \"en\"\n[[rule]]\nid = \"kindly\"\nwhy = \"It is stiff.\"\n\
                match = [\"kindly\"]\nunless = [\"~ reply\"]\nyes = [\"Kindly reply.\"]\nno = [\"Kindly wait.\"]\n\
                say = [\"please\"]\nbecomes = { \"Kindly go.\" = \"Go.\" }\nfixed = { \"Kindly go.\" = \"Please go.\" }\n";
    voice.add("own", pack).unwrap();
    let auditor = Auditor::with(&voice).unwrap();
    let rule = auditor.rules().into_iter().find(|it| it.id == "own/kindly").unwrap();
    let told = broken(&auditor, &rule, Language::En);
    assert_eq!(
        told,
        [
            "own/kindly misses: Kindly reply.",
            "own/kindly finds: Kindly wait.",
            "own/kindly makes of “Kindly go.”: Please go.",
            "own/kindly makes of “Kindly go.”: Kindly go."
        ]
    );
}

#[test]
fn a_text_is_told_its_own_way_of_saying_a_thing() {
    let text = "The colour of a neighbour. Behavior differs; the colour stays.";
    let audit = Auditor::shipped().in_language(text, Kind::Markdown, Language::En);
    let told: Vec<(&str, &[String])> =
        audit.findings.iter().map(|it| (it.found.as_str(), it.say.as_slice())).collect();
    assert_eq!(told, [("Behavior", ["Behaviour".to_owned()].as_slice())]);
}
