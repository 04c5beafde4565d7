//! Whose is it? The rules by which a fragment finds its person, and the guards that keep strangers apart.
//!
//! A fragment joins a person it shares a handle with, the strongest kind first; a doubtful case makes a new person and
//! an offer to join them. Joining too little costs a click; joining too much shows one person's words to another.

use std::collections::{BTreeSet, HashMap};

use model::{Handle, HandleKind, PersonId, fold_words, is_role_mailbox};
use serde::Serialize;

use super::prepare::Prepared;
use crate::naming::RECORD;

/// A value that so many people claim says nothing about who somebody is: a kiosk, a family phone, a front desk.
const SHARED_BY: usize = 3;
/// A person made of more fragments takes no more by rule: something glues strangers together.
const PROFILES_CAP: usize = 1000;

/// Why a fragment came to its person; kept with it and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Matched {
    pub(crate) rule: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<String>,
}

/// That two people may be one, and what speaks for it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Offer {
    pub(crate) person: PersonId,
    pub(crate) reason: String,
    pub(crate) kind: String,
    pub(crate) value: String,
    pub(crate) score: f64,
}

/// What the rules say.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// Nobody known: a new person.
    pub(crate) person: Option<PersonId>,
    pub(crate) home: Option<PersonId>,
    pub(crate) matched: Matched,
    pub(crate) offers: Vec<Offer>,
}

/// What is known of the people whom a batch of fragments could belong to.
#[derive(Debug, Default)]
pub(crate) struct Known {
    pub(crate) directory: HashMap<(String, String), Vec<PersonId>>,
    pub(crate) guarded: HashMap<(String, String), String>,
    pub(crate) people: HashMap<PersonId, Who>,
    /// Where the ids that exports carry lead here.
    pub(crate) told_of: HashMap<PersonId, PersonId>,
}

/// What the guards look at.
#[derive(Debug, Default, Clone)]
pub(crate) struct Who {
    pub(crate) name: Option<BTreeSet<String>>,
    /// Which home holds which handle.
    pub(crate) homes: HashMap<(String, String), PersonId>,
    pub(crate) externals: Vec<String>,
    pub(crate) profiles: usize,
}

impl Known {
    pub(crate) fn resolve(&self, prepared: &Prepared) -> Verdict {
        if let Some((handle, person)) = self.by_record(prepared) {
            return self.joined(person, handle, "record", Vec::new());
        }
        if let Some(person) = prepared.told_of {
            let here = self.told_of.get(&person).copied();
            let matched = Matched { rule: "export", kind: None, value: None };
            return Verdict { person: here, home: here, matched, offers: Vec::new() };
        }
        let mut offers = Vec::new();
        let mut found: Option<(PersonId, &Handle)> = None;
        for kind in [
            HandleKind::External,
            HandleKind::Email,
            HandleKind::Phone,
            HandleKind::Social,
            HandleKind::Device,
        ] {
            for handle in prepared.handles.iter().filter(|h| h.kind == kind) {
                let holders = self.holders(handle);
                match (found, self.choose(prepared, handle, &holders, &mut offers)) {
                    (None, Some(person)) => found = Some((person, handle)),
                    (Some((person, _)), Some(other)) if other != person => {
                        offers.push(offer(other, handle, "one record names both", 0.8));
                    }
                    _ => {}
                }
            }
        }
        match found {
            Some((person, handle)) => {
                offers.retain(|o| o.person != person);
                self.joined(person, handle, "handle", offers)
            }
            None => Verdict {
                person: None,
                home: None,
                matched: Matched { rule: "new", kind: None, value: None },
                offers,
            },
        }
    }

    fn by_record<'a>(&self, prepared: &'a Prepared) -> Option<(&'a Handle, PersonId)> {
        let handle = prepared.handles.iter().find(|h| h.kind.as_str() == RECORD)?;
        self.holders(handle).first().map(|person| (handle, *person))
    }

    fn joined(&self, person: PersonId, handle: &Handle, rule: &'static str, offers: Vec<Offer>) -> Verdict {
        let home = self.people.get(&person).and_then(|who| who.homes.get(&pair(handle))).copied();
        let matched = match rule {
            "record" => Matched { rule, kind: None, value: None },
            _ => Matched { rule, kind: Some(handle.kind.to_string()), value: Some(handle.value.clone()) },
        };
        Verdict { person: Some(person), home: home.or(Some(person)), matched, offers }
    }

    fn holders(&self, handle: &Handle) -> Vec<PersonId> {
        self.directory.get(&pair(handle)).cloned().unwrap_or_default()
    }

    /// Which of the people who hold a handle the fragment joins; the others, where it is worth a look, are offered.
    fn choose(
        &self,
        prepared: &Prepared,
        handle: &Handle,
        holders: &[PersonId],
        offers: &mut Vec<Offer>,
    ) -> Option<PersonId> {
        if holders.is_empty() || self.guarded.contains_key(&pair(handle)) || holders.len() >= SHARED_BY {
            return None;
        }
        let fits: Vec<PersonId> =
            holders.iter().copied().filter(|person| self.fits(prepared, handle, person)).collect();
        let chosen = match fits.as_slice() {
            [one] => Some(*one),
            // Two people hold it and nothing says which of them this is.
            [_, _, ..] if prepared.name.is_none() => None,
            several => several.iter().min().copied(),
        };
        for person in holders.iter().filter(|person| Some(**person) != chosen) {
            let why = if fits.contains(person) {
                "the same handle"
            } else {
                "the same handle, but other names or numbers"
            };
            offers.push(offer(*person, handle, why, if fits.contains(person) { 0.9 } else { 0.4 }));
        }
        chosen
    }

    fn fits(&self, prepared: &Prepared, handle: &Handle, person: &PersonId) -> bool {
        let Some(who) = self.people.get(person) else { return false };
        if who.profiles >= PROFILES_CAP || contradicts(&prepared.handles, who) {
            return false;
        }
        let ours = prepared.name.as_deref().map(|name| fold_words(name).into_iter().collect());
        match handle.kind {
            HandleKind::External => true,
            HandleKind::Email if is_role_mailbox(&handle.value) => ours == who.name,
            // A mailbox's display name may be anything; whoever writes from it is its one holder.
            HandleKind::Email if prepared.fragment.source == "mail" => true,
            _ => names_agree(ours.as_ref(), who.name.as_ref()),
        }
    }
}

/// Two different keys in one system are two different people, whatever else they share.
fn contradicts(handles: &[Handle], who: &Who) -> bool {
    handles.iter().filter(|h| h.kind == HandleKind::External).any(|handle| {
        let same_space =
            |other: &&String| other.split_once(':').map(|(space, _)| space) == handle.namespace();
        let mut others = who.externals.iter().filter(same_space).peekable();
        others.peek().is_some() && others.all(|other| *other != handle.value)
    })
}

/// Names agree if one is not known, or if they share a word and do not differ in both given and family name:
/// `Ann Smith`, `Smith, Ann` and `Ann` agree; `Ann Smith` and `Bob Smith` do not.
fn names_agree(one: Option<&BTreeSet<String>>, other: Option<&BTreeSet<String>>) -> bool {
    let (Some(one), Some(other)) = (one, other) else { return true };
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short.iter().all(|word| {
        long.contains(word)
            || long.iter().any(|w| word.chars().count() == 1 && w.starts_with(word.as_str()))
            || short.len() > 1 && long.iter().any(|w| w.chars().count() == 1 && word.starts_with(w.as_str()))
    })
}

fn offer(person: PersonId, handle: &Handle, reason: &str, score: f64) -> Offer {
    let (kind, value) = pair(handle);
    Offer { person, reason: reason.to_owned(), kind, value, score }
}

pub(crate) fn pair(handle: &Handle) -> (String, String) {
    (handle.kind.as_str().to_owned(), handle.value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agree(one: &str, other: &str) -> bool {
        let words = |name: &str| fold_words(name).into_iter().collect::<BTreeSet<_>>();
        names_agree(Some(&words(one)), Some(&words(other)))
    }

    #[test]
    fn writings_of_one_name_agree_and_relatives_do_not() {
        assert!(agree("Ann Smith", "Smith, Ann"));
        assert!(agree("Ann", "Ann Smith"));
        assert!(agree("A. Smith", "Ann Smith"));
        assert!(agree("José García", "Jose Garcia Lopez"));
        assert!(!agree("Ann Smith", "Bob Smith"));
        assert!(!agree("Ann Smith", "Ann Jones"));
        assert!(!agree("Ann", "Bob"));
        assert!(names_agree(None, Some(&BTreeSet::from(["ann".to_owned()]))));
    }
}
