//! The rules themselves, for whoever wants to know what is looked for and why.

use std::fmt::Write as _;

use language::{Auditor, Rule};
use serde_json::{Value, json};

/// For `{people}` in what to say: the words around tell which it is.
const PEOPLE: &str = "person, customer, member, guest, reader: whoever they are here";

/// For `{people's}`.
const THEIRS: &str = "people's, customers', members', guests', readers': whoever they are here";

/// All rules, each with why it matters.
pub fn list(auditor: &Auditor) -> String {
    let rules = auditor.rules();
    let width = rules.iter().map(|it| it.id.chars().count()).max().unwrap_or_default();
    let mut all = String::new();
    for it in rules {
        let _ = writeln!(all, "{:<width$}  {:<7}  {}", it.id, it.level.name(), it.why);
    }
    all
}

/// All rules, for programs.
pub fn list_json(auditor: &Auditor) -> Value {
    let rules = auditor.rules();
    let told = |it: &Rule| json!({ "rule": it.id, "level": it.level.name(), "why": it.why, "say": it.say, "finds": it.yes, "leaves": it.no });
    rules.iter().map(|it| told(it)).collect()
}

/// One rule, with what to say instead and with its examples.
pub fn explain(auditor: &Auditor, id: &str) -> Option<String> {
    let rule = auditor.rules().into_iter().find(|it| it.id == id)?;
    let mut told = format!("{} ({})\n\n{}\n", rule.id, rule.level.name(), rule.why);
    let mut part = |title: &str, all: Vec<String>| {
        if !all.is_empty() {
            let _ = write!(told, "\n{title}\n");
            all.iter().for_each(|it| {
                let _ = writeln!(told, "  {}", it.replace('\n', "\n  "));
            });
        }
    };
    let instead = rule.instead.iter().map(|(from, to)| format!("{to}, for “{from}”"));
    part("Say instead:", said(&rule).into_iter().chain(instead).collect());
    part("It finds:", rule.yes.clone());
    part("It leaves alone:", rule.no.clone());
    Some(told)
}

/// What a rule says instead, for people.
pub fn said(rule: &Rule) -> Vec<String> {
    rule.say.iter().map(|it| it.replace("{people}", PEOPLE).replace("{people's}", THEIRS)).collect()
}

/// The rule or pack that somebody may have meant.
pub fn like(auditor: &Auditor, id: &str) -> Vec<String> {
    let last = id.rsplit('/').next().unwrap_or_default();
    auditor
        .rules()
        .iter()
        .map(|it| it.id.clone())
        .filter(|it| it.starts_with(id) || it.ends_with(last))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_explained_with_its_examples() {
        let shipped = Auditor::shipped();
        let told = explain(shipped, "people/user").unwrap();
        for part in ["people/user (warning)", "Say instead:", "It finds:", "It leaves alone:"] {
            assert!(told.contains(part), "{told}");
        }
        assert_eq!(explain(shipped, "user"), None);
        assert_eq!(like(shipped, "user"), ["people/end-user", "people/user"]);
    }

    #[test]
    fn all_are_listed() {
        let shipped = Auditor::shipped();
        assert_eq!(list(shipped).lines().count(), shipped.rules().len());
        assert_eq!(list_json(shipped).as_array().unwrap().len(), shipped.rules().len());
    }
}
