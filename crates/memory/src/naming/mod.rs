//! Names: what somebody is called, and the words under which they are found.

pub(crate) mod sql;

use std::collections::{BTreeMap, BTreeSet};

use model::{Fields, Handle, HandleKind, fold_words, search_words};
use store::{ToValue, Value, Write};

use crate::{Result, lists::each_in};

/// Bytes of what stands beside a word; longer names are found by two words only if both are among the first.
const BESIDE: usize = 200;

/// The handle by which a fragment told twice is known again.
pub(crate) const RECORD: &str = "record";
/// The name that a source gives somebody.
pub(crate) fn display_name(fields: &Fields) -> Option<String> {
    let part = |name: &str| fields.get(name).map(|v| v.trim()).filter(|v| !v.is_empty());
    let whole = part("name").map(str::to_owned);
    whole.or_else(|| match (part("given_name"), part("family_name")) {
        (Some(given), Some(family)) => Some(format!("{given} {family}")),
        (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
        (None, None) => None,
    })
}

/// A word under which somebody is found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct NameWord {
    /// The word itself, folded.
    pub(crate) word: String,
    /// The words of the name or key in which it stands, itself among them, with a space between two.
    pub(crate) beside: String,
}

/// The words under which a person is found: of the name, the keys other systems know them by, and numbers with and
/// without country code.
pub(crate) fn name_words(name: Option<&str>, handles: &[Handle]) -> BTreeSet<NameWord> {
    let called = name.map(search_words).unwrap_or_default();
    let mut words = BTreeSet::new();
    let mut add = |said: Vec<String>, beside: &str| {
        words.extend(said.into_iter().map(|word| NameWord { word, beside: beside.to_owned() }));
    };
    let whole = beside(&called);
    for handle in handles {
        match handle.kind {
            HandleKind::External | HandleKind::Social => {
                let key = handle.value.split_once(':').map(|(_, key)| fold_words(key)).unwrap_or_default();
                let both = beside(&[called.as_slice(), &key].concat());
                add(key, &both);
            }
            HandleKind::Phone => add(phone_words(handle), &whole),
            _ => {}
        }
    }
    add(called, &whole);
    words
}

fn beside(words: &[String]) -> String {
    let mut all = String::new();
    for word in words {
        if all.len() + word.len() >= BESIDE {
            break;
        }
        if !all.is_empty() {
            all.push(' ');
        }
        all.push_str(word);
    }
    all
}

/// `+4930901820` is found by `4930…` and, as it is dialled within its country, by `30…` (the caller drops zeros).
/// Country codes have one to three figures.
fn phone_words(handle: &Handle) -> Vec<String> {
    let digits = handle.value.trim_start_matches('+');
    (0..4).filter_map(|code| digits.get(code..)).filter(|rest| rest.len() >= 4).map(str::to_owned).collect()
}

/// A word and every way to leave one letter out: two words with a common variant are one or two slips apart.
/// (Symmetric deletion; see Garbe's SymSpell, 2012.) Short words and figures have none.
pub(crate) fn variants(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    if letters.len() < 4 || letters.len() > 24 || letters.iter().any(|c| c.is_numeric()) {
        return Vec::new();
    }
    let mut found = vec![word.to_owned()];
    for gap in 0..letters.len() {
        let variant: String = letters.iter().enumerate().filter(|(n, _)| *n != gap).map(|(_, c)| c).collect();
        if !found.contains(&variant) {
            found.push(variant);
        }
    }
    found
}

/// What stands for a name until one is known: the address they are reached at.
pub(crate) fn fallback_name(handles: &[Handle]) -> String {
    let order = [HandleKind::Email, HandleKind::Phone, HandleKind::Social, HandleKind::External];
    let best = order.iter().find_map(|kind| handles.iter().find(|h| h.kind == *kind));
    best.map_or_else(
        || "Somebody unknown".to_owned(),
        |h| match h.kind {
            HandleKind::External => h.value.clone(),
            _ => h.raw.trim().to_owned(),
        },
    )
}

/// Keeps the slips of every word not seen before.
pub(crate) fn vocabulary<'a>(tx: &mut Write<'_>, words: impl Iterator<Item = &'a str>) -> Result<()> {
    let mut fresh: BTreeMap<&str, Vec<String>> =
        words.map(|word| (word, variants(word))).filter(|(_, variants)| !variants.is_empty()).collect();
    let asked: Vec<Value<'_>> = fresh.keys().map(|word| word.value()).collect();
    let known = each_in(tx, sql::known_variants, &[], &asked, |row| row.get::<String>(0))?;
    known.iter().for_each(|word| drop(fresh.remove(word.as_str())));
    let rows: Vec<Vec<Value<'_>>> =
        fresh.iter().flat_map(|(word, all)| all.iter().map(|v| vec![v.value(), word.value()])).collect();
    Ok(tx.load(sql::WORD_VARIANTS.0, sql::WORD_VARIANTS.1, &rows)?)
}
