//! How hard a text is to read, by the formula that was made for its language.

use serde::Serialize;

use crate::{
    language::Language,
    text::{Role, Span},
};

/// With fewer words, chance says more than the text.
const ENOUGH: usize = 100;

/// What ends a sentence.
const END: [char; 3] = ['.', '!', '?'];

/// How a text reads.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Reading {
    /// Words for people in it.
    pub words: usize,
    /// Sentences.
    pub sentences: usize,
    /// How easily it reads, if it is long enough to tell and its language is covered.
    pub ease: Option<Ease>,
}

/// How easily a text reads.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Ease {
    /// From 0 (only those who studied it) to 100 (children); a letter to everybody should have 60.
    pub score: f64,
    /// Years at school it takes, where the language has a formula for that.
    pub grade: Option<f64>,
    /// By whose formula.
    pub formula: &'static str,
}

/// What a text is made of.
#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    words: usize,
    sentences: usize,
    syllables: usize,
}

/// Counts a text's words for people and says how easily they read.
pub(crate) fn of(text: &str, spans: &[Span], language: Language) -> Reading {
    let mut counts = Counts::default();
    let ours: Vec<&Span> = spans.iter().filter(|it| it.role != Role::Quoted).collect();
    for (at, span) in ours.iter().enumerate() {
        let told = &text[span.range.clone()];
        counts.add(told, language);
        let is_last = ours.get(at + 1).is_none_or(|next| next.block != span.block);
        let has_end =
            told.trim_end_matches(|it: char| !it.is_alphanumeric() && !END.contains(&it)).ends_with(END);
        counts.sentences += usize::from(is_last && !has_end && counts.words > 0);
    }
    let ease = (counts.words >= ENOUGH).then(|| ease(&counts, language)).flatten();
    Reading { words: counts.words, sentences: counts.sentences.max(usize::from(counts.words > 0)), ease }
}

impl Counts {
    fn add(&mut self, text: &str, language: Language) {
        let is_part = |it: char| it.is_alphabetic() || matches!(it, '\'' | '\u{2019}');
        for word in text.split(|it: char| !is_part(it)).filter(|it| it.chars().any(char::is_alphabetic)) {
            self.words += 1;
            self.syllables += syllables(word, language);
        }
        let bytes = text.as_bytes();
        let ends = |at: usize| bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace);
        self.sentences += (0..bytes.len()).filter(|at| b".!?".contains(&bytes[*at]) && ends(*at)).count();
    }
}

/// English: Flesch, "A new readability yardstick" (1948), and Kincaid, Fishburne, Rogers and Chissom, "Derivation
/// of new readability formulas" (1975). German: Amstad, "Wie verständlich sind unsere Zeitungen?" (1978). French:
/// Kandel and Moles, "Application de l'indice de Flesch à la langue française" (1958). Spanish: Fernández Huerta,
/// "Medidas sencillas de lecturabilidad" (1959), with words to a sentence and syllables to a word.
fn ease(counts: &Counts, language: Language) -> Option<Ease> {
    let length = counts.words as f64 / counts.sentences.max(1) as f64;
    let weight = counts.syllables as f64 / counts.words as f64;
    let (score, grade, formula) = match language {
        Language::En => {
            let grade = 0.39 * length + 11.8 * weight - 15.59;
            (206.835 - 1.015 * length - 84.6 * weight, Some(grade), "Flesch–Kincaid")
        }
        Language::De => (180.0 - length - 58.5 * weight, None, "Amstad"),
        Language::Fr => (207.0 - 1.015 * length - 73.6 * weight, None, "Kandel–Moles"),
        Language::Es => (206.84 - 1.02 * length - 60.0 * weight, None, "Fernández Huerta"),
        Language::Other => return None,
    };
    Some(Ease { score, grade, formula })
}

// Groups of vowels, less the silent e that ends an English or French word.
fn syllables(word: &str, language: Language) -> usize {
    let lower = crate::words::lower(word);
    let mut count = 0_usize;
    let mut inside = false;
    for letter in lower.chars() {
        let is_vowel = "aeiouyäöüáéíóúàâæèêëîïôœùûÿñ".contains(letter) && letter != 'ñ';
        count += usize::from(is_vowel && !inside);
        inside = is_vowel;
    }
    let silent = match language {
        Language::En => {
            let is_heard = ["le", "ted", "ded"].iter().any(|it| lower.ends_with(it));
            !is_heard && (lower.ends_with('e') || lower.ends_with("ed"))
        }
        Language::Fr => lower.ends_with('e') || lower.ends_with("es"),
        _ => false,
    };
    count.saturating_sub(usize::from(silent && count > 1)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Kind;

    fn read(text: &str, language: Language) -> Reading {
        of(text, &Kind::Markdown.spans(text), language)
    }

    #[test]
    fn short_words_in_short_sentences_read_more_easily() {
        let plain = "We ask you what you need. Then we do it. You can say no. ".repeat(10);
        let heavy =
            "Notwithstanding aforementioned considerations, participants acknowledge responsibilities \
                     regarding organisational communication. "
                .repeat(12);
        for language in Language::COVERED {
            let (easy, hard) = (read(&plain, language).ease.unwrap(), read(&heavy, language).ease.unwrap());
            assert!(easy.score > 60.0 && hard.score < 30.0, "{language:?} {easy:?} {hard:?}");
        }
        assert!(read(&plain, Language::En).ease.unwrap().grade.unwrap() < 5.0);
    }

    #[test]
    fn words_of_code_are_not_counted_and_a_scrap_is_not_judged() {
        let reading = read("# A title\n\nOne two `three four` five.\n\nSix seven\n", Language::En);
        assert_eq!((reading.words, reading.ease), (7, None));
        assert_eq!(reading.sentences, 3);
    }

    #[test]
    fn syllables_are_heard() {
        let heard =
            [("people", 2), ("make", 1), ("table", 2), ("asked", 1), ("wanted", 2), ("organisation", 5)];
        for (word, count) in heard {
            assert_eq!(syllables(word, Language::En), count, "{word}");
        }
        assert_eq!(syllables("Kündigung", Language::De), 3);
        assert_eq!(syllables("personne", Language::Fr), 2);
    }
}
