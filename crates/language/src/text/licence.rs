//! Texts of licences, whose words are their authors' own: known by their name, or by what they say at their head.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// So many bytes of a text are looked at: what stands before the words of a licence may be a page's head.
const HEAD: usize = 4_000;

/// Within so many words a licence has said what it is; a short one is mostly pasted behind something else, so that it
/// must say so sooner.
const LONG: usize = 150;
const SHORT: usize = 60;

/// What only long licences say, in small letters without marks.
const LONGS: &[&str] = &[
    "everyone is permitted to copy and distribute verbatim copies",
    "apache license version 2 0 january 2004",
    "mozilla public license version",
    "creative commons corporation creative commons is not a law firm",
    "creative commons legal code",
    "under the terms of this eclipse public license",
    "under the terms of this common public license",
    "sil open font license version 1",
    "the intent of this document is to state the conditions under which",
    "european union public licence v",
    "common development and distribution license cddl version",
    "server side public license version",
    "boost software license version 1 0 august 17th 2003",
    "business source license 1 1 parameters",
    "academic free license afl",
    "cecill free software license agreement",
    "python software foundation license version 2",
];

/// What short ones say.
const SHORTS: &[&str] = &[
    "permission is hereby granted free of charge to any person",
    "redistribution and use in source and binary forms",
    "permission to use copy modify and or distribute this software",
    "permission to use copy modify and distribute this software",
    "this is free and unencumbered software released into the public domain",
    "this software is provided as is without any express or implied warranty",
    "do what the fuck you want to public license",
];

/// Names of files in which licences stand.
const NAMES: &[&str] = &["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"];

/// Whether a file holds a licence by its name without a path: `LICENSE-MIT.md`, `licence.txt`, `COPYING.LESSER`.
pub(super) fn is_named(name: &str) -> bool {
    let stem = name.split_once('.').map_or(name, |it| it.0);
    let begins = |it: &str| {
        let rest = name.strip_prefix(it);
        rest.is_some_and(|rest| !rest.starts_with(|it: char| it.is_alphabetic()))
    };
    // A page may well be called "notice".
    NAMES.iter().any(|it| begins(it) || (*it != "NOTICE" && stem.eq_ignore_ascii_case(it)))
}

/// Finds all of them at once, since this is asked of every text.
static SAID: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new(LONGS.iter().chain(SHORTS)).ok());

/// Whether a text is that of a known licence.
pub(super) fn is_licence(text: &str) -> bool {
    let (words, short) = words(&text.as_bytes()[..text.len().min(HEAD)]);
    let mut said = SAID.iter().flat_map(|it| it.find_overlapping_iter(&words));
    said.any(|it| it.pattern().as_usize() < LONGS.len() || it.end() <= short)
}

// The first words of ASCII in small letters with one space between, tags left out; and how far a short licence may go.
fn words(head: &[u8]) -> (String, usize) {
    let (mut all, mut is_tag) = (String::with_capacity(head.len()), false);
    let (mut count, mut short) = (0, None);
    for byte in head {
        match byte {
            b'<' => is_tag = true,
            b'>' => is_tag = false,
            _ if is_tag => {}
            _ if byte.is_ascii_alphanumeric() => all.push(char::from(byte.to_ascii_lowercase())),
            _ if !all.ends_with(' ') => {
                all.push(' ');
                count += 1;
                if count == SHORT {
                    short = Some(all.len());
                }
                if count == LONG {
                    break;
                }
            }
            _ => {}
        }
    }
    let short = short.unwrap_or(all.len());
    (all, short)
}

#[cfg(test)]
mod tests {
    use super::{super::Kind, *};

    #[test]
    fn a_licence_is_known_by_its_name() {
        for name in ["LICENSE.md", "docs/licence.txt", "COPYING.LESSER.txt", "LICENSE-MIT.md", "NOTICE.md"] {
            assert_eq!(Kind::of(name), None, "{name}");
        }
        for name in ["licences.md", "license-for-guests.md", "notice.html", "NOTICES.md", "license.rs"] {
            assert!(Kind::of(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_licence_is_known_by_its_head_and_left_alone() {
        let texts = [
            (
                "<html><style>p { a: b }</style><h3>GNU GENERAL PUBLIC LICENSE</h3><p>Version 3, 29 June 2007</p>\
              <p>Everyone is permitted to copy and distribute <b>verbatim</b> copies of it.<p>Our users wait.",
                Kind::Html,
            ),
            (
                "                Apache License\n          Version 2.0, January 2004\n\nOur users wait.\n",
                Kind::Plain,
            ),
            (
                "# MIT\n\n> Permission is hereby granted, free of\n> charge, to any person\n\nOur users wait.\n",
                Kind::Markdown,
            ),
            ("Redistribution and use in source and\nbinary forms\n\nOur users wait.\n", Kind::Markup),
        ];
        for (text, kind) in texts {
            assert_eq!(kind.spans(text), [], "{text}");
            assert_eq!(kind.spans_near(text, &[text.find("users").unwrap()]), [], "{text}");
        }
    }

    #[test]
    fn what_only_speaks_of_a_licence_is_none() {
        let text = "A program under the Apache License, Version 2.0. Everyone is permitted to use it.\n";
        assert!(!is_licence(text));
        let long = "word ".repeat(SHORT) + "Redistribution and use in source and binary forms";
        assert!(!is_licence(&long));
        assert!(!is_licence("é".repeat(HEAD).as_str()));
    }
}
