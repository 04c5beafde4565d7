//! Text as it is compared and searched: case and marks folded away, words cut the same way everywhere,
//! so that both engines index exactly the same tokens.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// A word longer than this is cut: nobody searches for the tail, and encoded blobs must not fill the index.
const WORD_CHARS: usize = 40;
/// Words indexed per text: a mail of two hundred pages still fits; a log file pasted into one does not.
const WORDS: usize = 30_000;

/// Folds case, width and diacritics: `Łukasz Öz` and `LUKASZ OZ` compare equal. Scripts in which marks
/// carry the vowels keep them.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    // No letter is joined with one across a space, so each word folds by itself; most are plain.
    for word in text.split_inclusive([' ', '\n']) {
        match word.is_ascii() {
            true => folded.extend(word.chars().map(|c| c.to_ascii_lowercase())),
            false => fold_marked(word, &mut folded),
        }
    }
    folded
}

fn fold_marked(text: &str, all: &mut String) {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !strippable(*c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ħ' => folded.push('h'),
            'ı' => folded.push('i'),
            c if strippable(c) => {}
            c => folded.push(c),
        }
    }
    // Hangul and kana were taken apart above; together again they are what people type.
    all.extend(folded.nfc());
}

/// Diacritics of Latin, Greek and Cyrillic, and the optional vowel signs of Arabic and Hebrew.
fn strippable(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{64b}'..='\u{652}' | '\u{591}'..='\u{5c7}') && is_combining_mark(c)
}

/// The folded words of a name: runs of letters and figures.
pub fn fold_words(text: &str) -> Vec<String> {
    runs(&fold(text)).map(cut).collect()
}

/// The tokens under which a text is found. Scripts written without spaces give overlapping pairs of
/// characters and each run's last character, so that any two neighbouring characters find it, and one as a prefix.
pub fn search_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for run in runs(&fold(text)) {
        if run.is_ascii() {
            words.push(cut(run));
        } else {
            for (spaceless, part) in scripts(run) {
                match spaceless {
                    false => words.push(part.iter().take(WORD_CHARS).collect()),
                    true => {
                        words.extend(part.windows(2).map(|pair| pair.iter().collect::<String>()));
                        words.extend(part.last().map(char::to_string));
                    }
                }
            }
        }
        if words.len() >= WORDS {
            words.truncate(WORDS);
            break;
        }
    }
    words
}

fn runs(folded: &str) -> impl Iterator<Item = &str> {
    folded
        .split(|c: char| !(c.is_alphanumeric() || !c.is_ascii() && is_combining_mark(c)))
        .filter(|run| !run.is_empty())
}

fn cut(word: &str) -> String {
    let end = word.char_indices().nth(WORD_CHARS).map_or(word.len(), |(at, _)| at);
    word[..end].to_owned()
}

/// Splits a run where it changes between scripts with and without spaces.
fn scripts(run: &str) -> Vec<(bool, Vec<char>)> {
    let mut parts: Vec<(bool, Vec<char>)> = Vec::new();
    for c in run.chars() {
        match parts.last_mut() {
            Some((spaceless, part)) if *spaceless == is_spaceless(c) => part.push(c),
            _ => parts.push((is_spaceless(c), vec![c])),
        }
    }
    parts
}

/// Han, kana, Hangul, Thai, Lao, Khmer, Burmese.
fn is_spaceless(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{1100}'..='\u{11ff}'
        | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_compare_without_case_and_marks() {
        assert_eq!(fold("Łukasz ÖZ"), fold("lukasz oz"));
        assert_eq!(fold("Straße"), "strasse");
        assert_eq!(fold("Ｆｕｌｌ"), "full");
        assert_eq!(fold("İstanbul"), "istanbul");
        assert_eq!(fold("한국어"), "한국어");
        assert_eq!(fold_words("O'Neil-Söderström, Ann"), ["o", "neil", "soderstrom", "ann"]);
    }

    #[test]
    fn a_text_folds_as_its_words_do() {
        for text in [
            "Ann Öz\nŁuk asz",
            " \u{301}a \u{301}",
            "한국어 ＡＢ\tc",
            "a\u{302}\u{301} x",
            "\u{1100} \u{1161}",
        ] {
            let mut whole = String::new();
            fold_marked(text, &mut whole);
            assert_eq!(fold(text), whole, "{text:?}");
        }
    }

    #[test]
    fn scripts_without_spaces_are_found_by_any_two_neighbours() {
        assert_eq!(search_words("咖啡豆很好"), ["咖啡", "啡豆", "豆很", "很好", "好"]);
        assert_eq!(search_words("V60コーヒー"), ["v60", "コー", "ーヒ", "ヒー", "ー"]);
        assert_eq!(search_words("Hello, World"), ["hello", "world"]);
    }

    #[test]
    fn a_giant_text_gives_a_bounded_number_of_bounded_words() {
        let words = search_words(&format!("{} {}", "x".repeat(10_000), "word ".repeat(100_000)));
        assert!(words.len() <= WORDS && words.iter().all(|w| w.chars().count() <= WORD_CHARS));
    }
}
