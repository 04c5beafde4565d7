//! Words that stop. A message that is nothing but a stop word is a refusal, said by whoever wrote it; words within a longer message are only
//! pointed out to staff ([`asks_to_stop`]), because a machine cannot tell a wish from a story.

mod asking;
mod words;

pub use asking::asks_to_stop;
use words::{LANGUAGES, Language};

/// No word is longer; what is longer says something else.
const LONGEST: usize = 60;

/// What a message says that is nothing but one of the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// No more of what nobody asked for.
    Stop,
    /// That again.
    Back,
    /// Yes, to whatever was said last.
    Yes,
}

/// A message that is nothing but one of the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spoken {
    /// What it says.
    pub says: Says,
    /// In which language, two letters.
    pub language: &'static str,
}

/// What a whole message says, if it is nothing but one of the words, however it is written.
pub fn word(text: &str) -> Option<Spoken> {
    if text.len() > LONGEST {
        return None;
    }
    let said = model::fold_words(text).join(" ");
    let find = |says: Says, of: fn(&Language) -> &'static [&'static str]| {
        let found = LANGUAGES.iter().find(|it| of(it).contains(&said.as_str()));
        found.map(|it| Spoken { says, language: it.code })
    };
    find(Says::Stop, |it| it.stop)
        .or_else(|| find(Says::Back, |it| it.back))
        .or_else(|| find(Says::Yes, |it| it.yes))
}

/// How a stop is confirmed in a language, in whose name.
pub fn confirmation(language: &str, organisation: &str) -> String {
    let found = LANGUAGES.iter().find(|it| it.code == language).unwrap_or(&LANGUAGES[0]);
    match organisation.trim() {
        "" => found.confirms.to_owned(),
        name => format!("{name}: {}", found.confirms),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn says(text: &str) -> Option<Says> {
        word(text).map(|it| it.says)
    }

    #[test]
    fn a_stop_is_known_however_it_is_written() {
        for text in [
            "STOP",
            "stop.",
            " Stop! ",
            "«stop»",
            "STOPALL",
            "Stop all",
            "QUIT",
            "End",
            "revoke",
            "OPT OUT",
            "opt-out",
            "Optout",
            "cancel",
            "UNSUBSCRIBE",
            "/stop",
            "Stop\u{200b}",
            "\u{ff33}\u{ff34}\u{ff2f}\u{ff30}",
        ] {
            assert_eq!(word(text), Some(Spoken { says: Says::Stop, language: "en" }), "{text:?}");
        }
        for (text, language) in [
            ("Stopp!", "de"),
            ("Abmelden", "de"),
            ("ARRÊT", "fr"),
            ("Désabonner", "fr"),
            ("BAJA", "es"),
            ("Cancellami", "it"),
            ("Afmelden.", "nl"),
            ("Rezygnuję", "pl"),
            ("Sair", "pt"),
            ("Avanmäl", "sv"),
            ("İPTAL", "tr"),
            ("Çıkış", "tr"),
        ] {
            assert_eq!(word(text), Some(Spoken { says: Says::Stop, language }), "{text}");
        }
    }

    #[test]
    fn what_says_more_or_something_else_stops_nothing() {
        for text in [
            "",
            "?",
            "Stop by on Monday",
            "Where does the bus stop?",
            "Don't stop",
            "no",
            "No.",
            "ok",
            "Fine",
            "fin",
            "the end",
            "cancel my order",
            "Storno",
            "Kündigung",
            "Widerruf",
            "halt",
            "stop stop stop stop stop stop stop stop stop stop stop stop stop stop stop",
        ] {
            assert_eq!(word(text), None, "{text}");
        }
        assert_eq!(says("START"), Some(Says::Back));
        assert_eq!(says("Unstop"), Some(Says::Back));
        assert_eq!(says("Ja!"), Some(Says::Yes));
        assert_eq!(says("Sí"), Some(Says::Yes));
    }

    #[test]
    fn each_word_is_written_as_it_is_compared_and_means_one_thing() {
        let mut all = HashSet::new();
        for language in LANGUAGES {
            let words = [language.stop, language.back, language.yes].concat();
            for it in words {
                assert_eq!(model::fold_words(it).join(" "), it, "{} is not folded", language.code);
                assert!(it.len() <= LONGEST && all.insert(it), "{it} stands there twice, or is too long");
            }
            // One part of an SMS has 160 characters, or 70 where one of them is rare; three parts are one text still.
            assert!(language.confirms.chars().count() <= 160, "{} is long", language.code);
            assert!(language.confirms.contains("START"), "{} does not say how to come back", language.code);
        }
    }
}
