//! What is left alone within prose: addresses, paths and names of code that nobody marked as such.

use std::ops::Range;

use crate::words::is_wordly;

/// An address or a path may be so long on either side of a word.
const TOKEN: usize = 80;

/// Whether a word is part of an address, a path, or a name of code.
pub(crate) fn is_token(text: &str, word: &Range<usize>, span: &Range<usize>) -> bool {
    let bytes = text.as_bytes();
    let is_end = |it: &u8| it.is_ascii_whitespace() || matches!(*it, b'<' | b'>' | b'"' | b'|' | b',' | b';');
    let from = span.start.max(word.start.saturating_sub(TOKEN));
    let to = span.end.min(word.end + TOKEN);
    let before = bytes[from..word.start].iter().rposition(is_end).map_or(from, |n| from + n + 1);
    let after = bytes[word.end..to].iter().position(is_end).map_or(to, |n| word.end + n);
    let outer = |it: &u8| b".:!?()[]'*_~`".contains(it);
    let start = bytes[before..word.start].iter().position(|it| !outer(it)).map_or(word.start, |n| before + n);
    let end = bytes[word.end..after].iter().rposition(|it| !outer(it)).map_or(word.end, |n| word.end + n + 1);
    looks_like_code(&bytes[start..end]) || touches_code(bytes, word)
}

fn looks_like_code(token: &[u8]) -> bool {
    let has = |marks: &[u8]| token.iter().any(|it| marks.contains(it));
    let joined = |mark: u8| {
        (1..token.len().saturating_sub(1))
            .filter(|at| token[*at] == mark && is_wordly(token[at - 1]) && is_wordly(token[at + 1]))
            .count()
    };
    has(b"_@\\={}$#^+")
        || token.starts_with(b"/")
        || token.starts_with(b"-")
        || token.windows(2).any(|it| it == b"::" || it == b"//" || it == b"->" || it == b"()")
        || joined(b'/') > 1
        || joined(b'.') > 0
        || joined(b':') > 0
}

// "user_id" where the line was cut before it, "--user", "user()", "$user".
fn touches_code(bytes: &[u8], word: &Range<usize>) -> bool {
    let before = word.start.checked_sub(1).map_or(b' ', |it| bytes[it]);
    let after = bytes.get(word.end).copied().unwrap_or(b' ');
    b"$@#&%\\=".contains(&before) || b"=@\\".contains(&after) || bytes[word.end..].starts_with(b"()")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_code_are_told_from_words() {
        let token = |text: &str| {
            let at = text.find("user").unwrap();
            let end = text[at..].find(|it: char| !it.is_alphanumeric()).map_or(text.len(), |n| at + n);
            is_token(text, &(at..end), &(0..text.len()))
        };
        for code in
            ["user_id", "/users/1", "user.name", "a@user.org", "--user", "$user", "users/all/new", "a::user"]
        {
            assert!(token(&format!("see {code} there")), "{code}");
        }
        for words in
            ["_users_", "**user**", "(users)", "users.", "users/customers", "users:", "end-user", "user's"]
        {
            assert!(!token(&format!("see {words} there")), "{words}");
        }
    }
}
