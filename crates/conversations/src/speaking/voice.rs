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
/// Letters of a phrase.
const LONGEST: usize = 100;

/// The voice as it was kept.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// It.
    pub voice: Voice,
    /// To the letter, so that whoever has read it before sees whether it is still the same.
    pub text: String,
    /// When it was last changed, and by whom.
    pub changed: Option<(Time, StaffId)>,
}

/// What does not fit in a voice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Amiss {
    /// Which part: `people`, `several`, `say`, `instead`, `why`, `names` or `off`.
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
    let Some((text, at, by)) = found else { return Ok(Kept::default()) };
    // What a newer version wrote otherwise must keep nobody from writing.
    let voice = serde_json::from_str(&text).unwrap_or_default();
    Ok(Kept { voice, text, changed: Some((at, by)) })
}

/// Keeps it, if it fits.
pub fn keep(tx: &mut Write<'_>, voice: &Voice, staff: StaffId, now: Time) -> Result<Result<(), Amiss>> {
    if let Err(amiss) = fits(voice) {
        return Ok(Err(amiss));
    }
    tx.run(sql::VOICE_KEEP, params![OURS, json!(voice).to_string(), now, staff])?;
    Ok(Ok(()))
}

/// Nobody is told any more what a rule finds.
pub fn switch_off(tx: &mut Write<'_>, rule: &str, staff: StaffId, now: Time) -> Result<Result<(), Amiss>> {
    let mut voice = kept(tx)?.voice;
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
    if voice.never.len() > MOST || voice.names.len() > MOST {
        return amiss("say", None, "is more than fits here");
    }
    for (at, it) in voice.never.iter().enumerate() {
        if !is_plain(&it.say) {
            return amiss("say", Some(at), "can only hold words, with hyphens and apostrophes");
        }
        let same = |other: &language::Never| other.say.eq_ignore_ascii_case(&it.say);
        if voice.never[..at].iter().any(same) {
            return amiss("say", Some(at), "stands there twice");
        }
        if it.instead.iter().any(|better| better.eq_ignore_ascii_case(&it.say)) {
            return amiss("instead", Some(at), "is the same words again");
        }
        if it.why.as_ref().is_some_and(|it| it.chars().count() > 3 * LONGEST) {
            return amiss("why", Some(at), "is too long for a short why");
        }
    }
    if let Some(at) = voice.names.iter().position(|it| !is_plain(it)) {
        return amiss("names", Some(at), "can only hold words, with hyphens and apostrophes");
    }
    Auditor::with(voice).map(drop).or_else(|error| amiss("say", None, &error.to_string()))
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
    }
}
