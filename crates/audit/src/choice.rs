//! Which rules count: those that were asked for, less those that were put off, from a level on.

use std::collections::BTreeSet;

use language::{Auditor, Level, Rule};

/// Which rules count. Each name is a rule's, or a pack's for all of its rules.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// Only these, if there are any.
    pub only: Vec<String>,
    /// Not these.
    pub off: Vec<String>,
    /// Those of this level or above.
    pub level: Option<Level>,
}

impl Choice {
    /// Whether what this rule finds counts.
    pub fn counts(&self, rule: &Rule) -> bool {
        self.names(&rule.id) && self.level.is_none_or(|it| rule.level >= it)
    }

    /// The same for a rule of which only the name is known.
    pub fn names(&self, id: &str) -> bool {
        (self.only.is_empty() || self.only.iter().any(|it| covers(it, id)))
            && !self.off.iter().any(|it| covers(it, id))
    }

    /// A name that no rule and no pack has, so that a slip of the hand does not turn off what should count.
    pub fn stranger<'a>(&'a self, auditors: &[&Auditor]) -> Option<&'a str> {
        let ids: BTreeSet<String> =
            auditors.iter().flat_map(|it| it.rules()).map(|it| it.id.clone()).collect();
        let mut names = self.only.iter().chain(&self.off);
        names.find(|name| !ids.iter().any(|id| covers(name, id))).map(String::as_str)
    }
}

fn covers(name: &str, id: &str) -> bool {
    id.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(id: &str) -> Rule {
        Rule { id: id.into(), ..Rule::default() }
    }

    #[test]
    fn rules_are_chosen_by_name_pack_and_level() {
        let only = Choice { only: vec!["people".into()], off: vec!["people/user".into()], level: None };
        assert!(only.counts(&rule("people/users")) && !only.counts(&rule("people/user")));
        assert!(!only.counts(&rule("peoples/own")) && !only.counts(&rule("jargon/utilise")));
        let grave = Choice { level: Some(Level::Error), ..Choice::default() };
        assert!(!grave.counts(&rule("people/user")));
    }

    #[test]
    fn a_name_that_nothing_has_is_noticed() {
        let names = |it: &str| Choice { off: vec![it.into()], ..Choice::default() };
        let shipped = [Auditor::shipped()];
        assert_eq!(names("people").stranger(&shipped), None);
        assert_eq!(names("people/user").stranger(&shipped), None);
        assert_eq!(names("people/usr").stranger(&shipped), Some("people/usr"));
    }
}
