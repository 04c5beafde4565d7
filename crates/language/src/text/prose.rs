//! Prose beside code: names, paths, addresses and marks for programs stand in the midst of sentences, and are left alone.

use std::ops::Range;

/// Marks in documentation behind which the name of a thing follows.
const NAMING: &[&str] = &[
    "@param",
    "@arg",
    "@argument",
    "@prop",
    "@property",
    "@throws",
    "@exception",
    "@type",
    "@typedef",
    "@template",
    "@see",
    "@link",
    "@typeparam",
    "@tparam",
];

/// A name with spaces within is no longer.
const FAR: usize = 500;

/// What is left of a line when names are taken out; blanks like `{name}` too, where a text may have them.
pub(super) fn without_names(text: &str, line: Range<usize>, blanks: bool) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut here = line.start;
    for name in names(&text[line.clone()], blanks) {
        let (start, end) = (line.start + name.start, line.start + name.end);
        if start >= here {
            all.push(here..start);
            here = end;
        }
    }
    all.push(here..line.end);
    all.retain(|it| text[it.clone()].contains(char::is_alphanumeric));
    all
}

fn names(line: &str, blanks: bool) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut is_named = false;
    let mut here = 0;
    let indent = line.len() - line.trim_start().len();
    for token in line.split_inclusive(char::is_whitespace) {
        let (start, bare) = (here, token.trim_end());
        here += token.len();
        if bare.is_empty() || all.last().is_some_and(|it: &Range<usize>| it.end > start) {
            continue;
        }
        let is_type = is_named && bare.starts_with('{');
        let heads = !blanks && start <= indent;
        match opening(&line[start..], blanks)
            .or_else(|| within(bare))
            .or_else(|| heads.then(|| head(bare))?)
        {
            Some(name) => all.push(start + name.start..start + name.end),
            None if is_named => all.push(start..start + bare.len()),
            None => {}
        }
        is_named = NAMING.contains(&bare) || is_type;
    }
    all
}

// What begins here and may have spaces within.
fn opening(rest: &str, blanks: bool) -> Option<Range<usize>> {
    let near = &rest.as_bytes()[1..rest.len().min(FAR)];
    let until = |mark: u8| match memchr::memchr2(mark, b'\n', near) {
        Some(at) if near[at] == mark => Some(0..at + 2),
        _ => None,
    };
    match rest.as_bytes().first()? {
        b'{' if blanks
            || rest.starts_with("{@")
            || rest.trim_start_matches('{').starts_with(char::is_uppercase) =>
        {
            until(b'}')
        }
        b':' if rest[1..].starts_with(|it: char| it.is_alphabetic()) => until(b':'),
        _ => None,
    }
}

// What of a word without spaces is a name for programs.
fn within(token: &str) -> Option<Range<usize>> {
    let marks = |it: char| ",;:!?\"'*\u{201c}\u{201d}".contains(it);
    let bare = token.trim_start_matches('(').trim_matches(marks).trim_end_matches('.');
    let bare = if bare.contains('(') { bare } else { bare.trim_end_matches(|it| it == ')' || marks(it)) };
    let start = token.find(bare)?;
    let is_name = is_identifier(bare) || is_path(bare) || is_blank(bare) || is_link(token);
    let is_name = is_name || is_option(bare) || is_mentioned(token);
    is_name.then_some(if is_link(token) { 0..token.len() } else { start..start + bare.len() })
}

// An argument that is told of in a line of its own.
fn head(token: &str) -> Option<Range<usize>> {
    let name = token.strip_suffix(':')?;
    name.starts_with(char::is_lowercase).then_some(0..name.len())
}

fn is_option(word: &str) -> bool {
    let name = word.trim_start_matches('-');
    name.len() < word.len() && name.starts_with(char::is_alphabetic)
}

// One word between quotes is spoken of, not spoken.
fn is_mentioned(token: &str) -> bool {
    let bare = token.trim_matches(|it: char| ",;:.()".contains(it));
    ['"', '\''].iter().any(|it| bare.len() > 2 && bare.starts_with(*it) && bare.ends_with(*it))
}

fn is_identifier(word: &str) -> bool {
    let word = word.trim_end_matches("()");
    let letters: Vec<char> = word.chars().collect();
    let camel = letters.windows(2).any(|it| it[0].is_lowercase() && it[1].is_uppercase());
    let joined = letters.windows(3).any(|it| {
        it[0].is_alphanumeric() && matches!(it[1], '_' | '.' | '#' | '=' | '@') && it[2].is_alphanumeric()
    });
    camel
        || joined
        || word.contains("::")
        || word.contains("->")
        || word.contains('(')
        || word.starts_with(['@', '$', '_'])
}

fn is_path(word: &str) -> bool {
    word.contains("://")
        || word.starts_with(['/', '~'])
        || word.starts_with("./")
        || word.matches('/').count() > 1
}

// Something that is put in later.
fn is_blank(word: &str) -> bool {
    word.contains(['{', '}']) || word.contains("%(") || word.contains("${")
}

// A name in square brackets leads to the documentation of a thing.
fn is_link(token: &str) -> bool {
    let Some(inner) = token.strip_prefix('[').and_then(|it| it.split_once(']')) else { return false };
    !inner.1.starts_with('(') && inner.0.chars().all(|it| it.is_alphanumeric() || "_:.`!()#<>".contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(text: &str, blanks: bool) -> Vec<&str> {
        without_names(text, 0..text.len(), blanks).into_iter().map(|it| text[it].trim()).collect()
    }

    #[test]
    fn names_are_taken_out_and_words_stay() {
        assert_eq!(left("see user_id and User::new() of users.", false), ["see", "and", "of users."]);
        assert_eq!(left("at https://a.b/users or his/her", false), ["at", "or his/her"]);
        assert_eq!(left("@param {User} user the user", false), ["the user"]);
        assert_eq!(left("user: a \"user\" or --user", false), [": a \"", "\" or"]);
        assert_eq!(left(":param user: the user", false), ["the user"]);
        assert_eq!(left("A [User] and {@link Users the users} here", false), ["A", "and", "here"]);
        assert_eq!(left("Dear {user name}, ${user} and {}", true), ["Dear", "and"]);
    }
}
