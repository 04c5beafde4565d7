//! Languages, and how to tell in which a text is written.

use std::{collections::HashMap, sync::LazyLock};

use serde::{Deserialize, Serialize};
use whatlang::Lang;

/// A language of which rules are shipped, or another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    En,
    /// German.
    De,
    /// French.
    Fr,
    /// Spanish.
    Es,
    /// Another, which is not covered.
    Other,
}

/// So much of a text tells its language.
const ENOUGH: usize = 1_200;

/// And so much of it, mostly.
const MOSTLY_ENOUGH: usize = 400;

/// So many small words, and twice as many as of the next language, leave no doubt.
const SURE: usize = 4;

/// With fewer letters nobody can tell; English is what most such scraps are written in.
const SCRAP: usize = 40;

/// Small words that stand in nearly every sentence of one of our languages and hardly ever in another.
const SMALL: [(Language, &[&str]); 4] = [
    (
        Language::En,
        &[
            "the", "and", "of", "to", "is", "you", "with", "this", "that", "your", "are", "it", "not", "be",
            "or", "can", "we", "for", "have", "was", "by",
        ],
    ),
    (
        Language::De,
        &[
            "der", "das", "und", "ist", "nicht", "ein", "eine", "sie", "wir", "mit", "zu", "auf", "den",
            "für", "werden", "oder", "dem", "auch", "sich", "ihre", "von", "ich",
        ],
    ),
    (
        Language::Fr,
        &[
            "le", "les", "des", "est", "vous", "et", "nous", "une", "pour", "dans", "sur", "votre", "pas",
            "avec", "qui", "du", "au", "ce", "sont", "vos", "ou",
        ],
    ),
    (
        Language::Es,
        &[
            "el", "los", "las", "y", "una", "por", "para", "con", "su", "del", "nos", "usted", "está", "lo",
            "que", "más", "como", "se", "sus", "al",
        ],
    ),
];

impl Language {
    /// Those of which rules are shipped.
    pub const COVERED: [Self; 4] = [Self::En, Self::De, Self::Fr, Self::Es];

    /// Whether rules are shipped for it.
    pub fn is_covered(self) -> bool {
        self != Self::Other
    }

    /// As people say it.
    pub fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "German",
            Self::Fr => "French",
            Self::Es => "Spanish",
            Self::Other => "another language",
        }
    }

    /// As a pack of rules says it, and ISO 639.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
            Self::Fr => "fr",
            Self::Es => "es",
            Self::Other => "other",
        }
    }

    /// By such a code, also with a country behind it.
    pub fn of_code(code: &str) -> Self {
        let bare = code.split(['-', '_']).next().unwrap_or_default();
        Self::COVERED.into_iter().find(|it| it.code().eq_ignore_ascii_case(bare)).unwrap_or(Self::Other)
    }

    /// In which language words are written.
    pub fn of_text(text: &str) -> Self {
        let text = &text[..crate::words::floor(text, ENOUGH)];
        let first = &text[..crate::words::floor(text, MOSTLY_ENOUGH)];
        match by_small_words(first, SURE).or_else(|| by_small_words(text, SURE)) {
            Some(language) => language,
            None if is_scrap(text) => Self::En,
            None => by_trigrams(text),
        }
    }
}

fn is_scrap(text: &str) -> bool {
    has_plain_letters(text) && text.chars().filter(|it| it.is_alphabetic()).count() < SCRAP
}

static KNOWN: LazyLock<HashMap<&str, usize>> = LazyLock::new(|| {
    let all = SMALL.iter().enumerate().flat_map(|(at, (_, small))| small.iter().map(move |it| (*it, at)));
    all.collect()
});

/// No small word is longer.
const LONGEST: usize = 8;

fn by_small_words(text: &str, sure: usize) -> Option<Language> {
    let mut counts = [0_usize; SMALL.len()];
    for word in text.split(|it: char| !it.is_alphabetic()).filter(|it| (1..=LONGEST).contains(&it.len())) {
        let small = KNOWN
            .get(word)
            .or_else(|| begins_large(word).then(|| KNOWN.get(crate::words::lower(word).as_str())).flatten());
        if let Some(language) = small {
            counts[*language] += 1;
        }
    }
    let (best, most) = counts.iter().enumerate().max_by_key(|it| it.1)?;
    let is_clear = counts.iter().enumerate().all(|(at, count)| at == best || count * 2 < *most);
    (*most >= sure && is_clear).then(|| SMALL[best].0)
}

// Marks and pictures say nothing of the language.
fn has_plain_letters(text: &str) -> bool {
    text.chars().all(|it| it.is_ascii() || !it.is_alphabetic())
}

fn begins_large(word: &str) -> bool {
    word.chars().next().is_some_and(char::is_uppercase)
}

fn by_trigrams(text: &str) -> Language {
    match whatlang::detect(text) {
        None => Language::En,
        Some(seen) => match seen.lang() {
            _ if let Some(language) = by_small_words(text, 1).filter(|_| !seen.is_reliable()) => language,
            Lang::Eng => Language::En,
            Lang::Deu => Language::De,
            Lang::Fra => Language::Fr,
            Lang::Spa => Language::Es,
            // Scraps of Latin letters are easily taken for a language of which they are not.
            _ if !seen.is_reliable() && has_plain_letters(text) => Language::En,
            _ => Language::Other,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_tells_its_language() {
        let told = [
            ("We ask what you need, and then we do it with care.", Language::En),
            ("Wir fragen, was Sie brauchen, und machen es dann mit Sorgfalt, nicht eilig.", Language::De),
            (
                "Nous demandons ce dont vous avez besoin, et nous le faisons avec soin pour vous.",
                Language::Fr,
            ),
            ("Preguntamos lo que necesita y luego lo hacemos con cuidado para usted.", Language::Es),
            ("Kysymme mitä tarvitset, ja sitten teemme sen huolellisesti kanssasi yhdessä.", Language::Other),
            ("Мы спрашиваем, что вам нужно, и делаем это вместе с вами.", Language::Other),
            ("Save", Language::En),
            ("Über us\n\nThen we utilize it. Every user may ask.", Language::En),
            ("😀 We utilize it – here’s how.", Language::En),
        ];
        for (text, language) in told {
            assert_eq!(Language::of_text(text), language, "{text}");
        }
        assert_eq!(Language::of_code("de-AT"), Language::De);
        assert_eq!(Language::of_code("nl"), Language::Other);
    }
}
