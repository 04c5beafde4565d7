//! The voice of the house: its word for the people it deals with, what it never says, how names are spelled, and rules that are off.

use language::{Auditor, Voice};
use model::{StaffId, Time};
use serde_json::json;
use store::{Read, Write, params};

use super::sql;
use crate::Result;

/// There is one voice.
const OURS: &str = "ours";
/// Things that are never said, and names; whoever has more writes a book about it, and it takes a pack of rules.
const MOST: usize = 200;
/// What may be said instead of one thing.
const CHOICES: usize = 20;
/// Letters of a phrase.
const LONGEST: usize = 100;

/// The voice as it was kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// It; where it cannot be read, none.
    pub voice: Voice,
    /// Whether it can be read: another version may have written it otherwise.
    pub is_readable: bool,
    /// To the letter, so that whoever has read it before sees whether it is still the same.
    pub text: String,
    /// When it was last changed, and by whom.
    pub changed: Option<(Time, StaffId)>,
}

/// What does not fit in a voice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Amiss {
    /// Which part: `people`, `several`, `say`, `instead`, `why`, `names`, `off`, or `voice` for all of it.
    pub field: &'static str,
    /// Which of several.
    pub at: Option<usize>,
    /// What is wrong with it.
    pub why: String,
}

/// The voice of the house.
pub fn kept(db: &mut Read<'_>) -> Result<Kept> {
    let found = db.first(sql::VOICE, params![OURS], |row| {
        Ok((row.get::<String>(0)?, row.get::<Time>(1)?, row.get::<StaffId>(2)?))
    })?;
    let Some((text, at, by)) = found else {
        let voice = Voice::default();
        return Ok(Kept { voice, is_readable: true, text: String::new(), changed: None });
    };
    // What a newer version wrote otherwise must keep nobody from writing.
    let voice = serde_json::from_str(&text).ok();
    let is_readable = voice.is_some();
    Ok(Kept { voice: voice.unwrap_or_default(), is_readable, text, changed: Some((at, by)) })
}

/// Keeps it, if it fits and takes nothing away that could not be read.
pub fn keep(tx: &mut Write<'_>, voice: &Voice, staff: StaffId, now: Time) -> Result<Result<(), Amiss>> {
    if let Err(amiss) = fits(voice) {
        return Ok(Err(amiss));
    }
    if !kept(tx)?.is_readable {
        let why = "were kept by a newer version of Regard, and would be lost".to_owned();
        return Ok(Err(Amiss { field: "voice", at: None, why }));
    }
    tx.run(sql::VOICE_KEEP, params![OURS, json!(voice).to_string(), now, staff])?;
    Ok(Ok(()))
}

/// Nobody is told any more what a rule finds.
pub fn switch_off(tx: &mut Write<'_>, rule: &str, staff: StaffId, now: Time) -> Result<Result<(), Amiss>> {
    let mut voice = kept(tx)?.voice;
    if !Auditor::with(&voice).is_ok_and(|it| it.rules().iter().any(|it| it.id == rule)) {
        return Ok(Err(Amiss { field: "off", at: None, why: format!("{rule} is no rule that there is") }));
    }
    if !voice.off.iter().any(|it| it == rule) {
        voice.off.push(rule.to_owned());
    }
    keep(tx, &voice, staff, now)
}

fn fits(voice: &Voice) -> Result<(), Amiss> {
    let amiss = |field, at, why: &str| Err(Amiss { field, at, why: why.to_owned() });
    for (field, word) in [("people", &voice.people), ("several", &voice.several)] {
        if word.as_deref().is_some_and(|it| !is_plain(it)) {
            return amiss(field, None, "is no word like \u{201c}guest\u{201d}: letters only, please");
        }
    }
    if voice.several.is_some() && voice.people.is_none() {
        return amiss("people", None, "is missing, and the word for several of them is there");
    }
    for (field, count) in [("say", voice.never.len()), ("names", voice.names.len())] {
        if count > MOST {
            return amiss(field, None, "are more than fit here");
        }
    }
    for (at, it) in voice.never.iter().enumerate() {
        if !is_plain(&it.say) {
            return amiss("say", Some(at), "can only hold words, with hyphens and apostrophes");
        }
        if voice.never[..at].iter().any(|other| is_same(&other.say, &it.say)) {
            return amiss("say", Some(at), "stands there twice");
        }
        if it.instead.len() > CHOICES || it.instead.iter().any(|better| better.chars().count() > LONGEST) {
            return amiss("instead", Some(at), "has more to say instead than anybody reads");
        }
        if it.instead.iter().any(|better| better.eq_ignore_ascii_case(&it.say)) {
            return amiss("instead", Some(at), "is the same words again");
        }
        if it.why.as_ref().is_some_and(|it| it.chars().count() > 3 * LONGEST) {
            return amiss("why", Some(at), "is too long for a short why");
        }
    }
    for (at, it) in voice.names.iter().enumerate() {
        if !is_plain(it) {
            return amiss("names", Some(at), "can only hold words, with hyphens and apostrophes");
        }
        if voice.names[..at].iter().any(|other| is_same(other, it)) {
            return amiss("names", Some(at), "stands there twice");
        }
    }
    Auditor::with(voice).map(drop).or_else(|error| amiss("say", None, &error.to_string()))
}

/// Whether rules would be called the same.
fn is_same(one: &str, other: &str) -> bool {
    let parts = |it: &str| {
        let it = it.to_lowercase();
        it.split(|it: char| !it.is_alphanumeric())
            .filter(|it| !it.is_empty())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    parts(one) == parts(other)
}

fn is_plain(phrase: &str) -> bool {
    let is_plain = |it: &str| {
        it.chars().all(|it| it.is_alphanumeric() || matches!(it, '-' | '\'' | '\u{2019}'))
            && it.chars().any(char::is_alphanumeric)
    };
    let length = phrase.chars().count();
    (1..=LONGEST).contains(&length) && phrase.split_whitespace().all(is_plain) && !phrase.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use language::Never;

    use super::*;

    fn never(say: &str, instead: &[&str]) -> Never {
        Never { say: say.into(), instead: instead.iter().map(|it| (*it).to_owned()).collect(), why: None }
    }

    #[test]
    fn what_does_not_fit_names_its_place() {
        let voice = |never| Voice { never, ..Voice::default() };
        let place = |voice: &Voice| fits(voice).map_err(|it| (it.field, it.at));
        assert_eq!(place(&voice(vec![never("cheap", &["good value"]), never("e-mail", &["mail"])])), Ok(()));
        assert_eq!(
            place(&voice(vec![never("cheap", &[]), never("(cheap", &[])])),
            Err(("say", Some(1))),
            "the marks of rules are no words"
        );
        assert_eq!(place(&voice(vec![never("cheap", &[]), never("Cheap", &[])])), Err(("say", Some(1))));
        assert_eq!(place(&voice(vec![never("cheap", &["Cheap"])])), Err(("instead", Some(0))));
        let people = |it: &str| Voice { people: Some(it.into()), ..Voice::default() };
        assert_eq!((place(&people("guest")), place(&people("<b>"))), (Ok(()), Err(("people", None))));
        let names = Voice { names: vec!["GitHub".into(), "?".into()], ..Voice::default() };
        assert_eq!(place(&names), Err(("names", Some(1))));
        let twice = Voice { names: vec!["e-mail".into(), "E mail".into()], ..Voice::default() };
        assert_eq!(place(&twice), Err(("names", Some(1))), "both would be one rule");
        let many = never("cheap", &["fair"; CHOICES + 1]);
        assert_eq!(place(&voice(vec![many])), Err(("instead", Some(0))));
    }
}
