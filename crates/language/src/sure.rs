//! Where nothing is put right though grammar would bear it: in headings and names, beside paths and marks of code, and
//! where a line is laid out by hand. What is found there is only told.

use std::ops::Range;

use crate::{
    text::{Kind, Role, Span},
    words::{Gap, Word},
};

/// So far on either side a name of code, a brace or the beginning of a line is looked for.
const FAR: usize = 200;

/// Marks that stand in paths, addresses, anchors and names of code.
const JOINTS: &[u8] = b"/\\@#_";

/// What ends a name of code.
const BORDERS: &[u8] = b"<>\"|,;()[]";

/// So many spaces within a line put words under each other.
const COLUMN: &[u8] = b"   ";

/// Whether words may be changed where they stand.
pub(crate) fn may_change(text: &str, kind: Kind, range: &Range<usize>, span: &Span) -> bool {
    let (bytes, block) = (text.as_bytes(), &span.block);
    // What the marks of a text mean must be known before anything in it is changed.
    let is_strange = kind == Kind::Markup || (kind == Kind::Plain && is_laid_out(bytes, range.start, block));
    // Links lead to a heading by its words, and a line beneath may be as long as it.
    let is_heading = span.role == Role::Heading;
    let is_code = is_joined(bytes, range, block) || is_in_braces(bytes, range.start, block);
    !is_heading && !is_code && !is_strange
}

/// Whether words are a name or a title: they have a capital in the midst of a sentence, or before another.
pub(crate) fn is_title(all: &[Word<'_>], words: (usize, usize)) -> bool {
    let is_capital = |at: usize| all.get(at).is_some_and(|it| it.text.starts_with(char::is_uppercase));
    let is_named = words.0 == words.1 && is_capital(words.0) && is_capital(words.1 + 1);
    is_named || (words.0..=words.1).any(|at| all[at].gap != Gap::Start && is_capital(at))
}

fn is_joined(bytes: &[u8], range: &Range<usize>, block: &Range<usize>) -> bool {
    let is_border = |it: &&u8| it.is_ascii_whitespace() || BORDERS.contains(*it);
    let before = &bytes[block.start.max(range.start.saturating_sub(FAR))..range.start];
    let after = &bytes[range.end..block.end.min(range.end + FAR)];
    let is_joint = |it: &u8| JOINTS.contains(it);
    before.iter().rev().take_while(|it| !is_border(it)).any(is_joint)
        || after.iter().take_while(|it| !is_border(it)).any(is_joint)
}

// What stands there is put in by a program.
fn is_in_braces(bytes: &[u8], at: usize, block: &Range<usize>) -> bool {
    let before = &bytes[block.start.max(at.saturating_sub(FAR))..at];
    before.iter().rfind(|it| b"{}".contains(it)) == Some(&b'{')
}

// Set in, or in columns: an item of a list, a table, an example.
fn is_laid_out(bytes: &[u8], at: usize, block: &Range<usize>) -> bool {
    let before = &bytes[block.start.max(at.saturating_sub(FAR))..at];
    let line = before.iter().rposition(|it| *it == b'\n').map_or(before, |n| &before[n + 1..]);
    let after = &bytes[at..block.end.min(at + FAR)];
    let rest = after.iter().position(|it| *it == b'\n').map_or(after, |n| &after[..n]);
    let is_column = |it: &[u8]| it.contains(&b'\t') || it.windows(COLUMN.len()).any(|it| it == COLUMN);
    line.starts_with(b" ") || is_column(line) || is_column(rest)
}

#[cfg(test)]
mod tests {
    use crate::{Auditor, Kind};

    fn fixed(text: &str, kind: Kind) -> String {
        let audit = Auditor::shipped().in_language(text, kind, crate::Language::En);
        assert!(!audit.findings.is_empty(), "it is told: {text}");
        crate::fixed(text, &audit.findings)
    }

    #[test]
    fn plain_prose_is_put_right() {
        for kind in [Kind::Plain, Kind::Markdown, Kind::Html] {
            assert_eq!(fixed("We utilize it.", kind), "We use it.");
            assert_eq!(fixed("Utilize it in order to win.", kind), "Use it to win.");
        }
    }

    #[test]
    fn headings_stay_since_links_lead_to_them() {
        for (text, kind) in [
            ("# Utilize it\n", Kind::Markdown),
            ("Utilize it\n===\n", Kind::Markdown),
            ("<h2>Utilize it</h2>", Kind::Html),
            ("Utilize it\n==========\n", Kind::Plain),
        ] {
            assert_eq!(fixed(text, kind), text);
        }
    }

    #[test]
    fn names_and_titles_stay() {
        for text in
            ["The Utilize project is here.", "We saw In Order To Win there.", "In Order To Win is a film."]
        {
            assert_eq!(fixed(text, Kind::Markdown), text);
        }
    }

    #[test]
    fn what_is_joined_by_marks_of_code_stays() {
        for text in [
            "See src/utilize there.",
            "See utilize/all there.",
            "See utilize-it/now there.",
            "As @to-utilize",
        ] {
            let audit = Auditor::shipped().in_language(text, Kind::Markdown, crate::Language::En);
            assert_eq!(crate::fixed(text, &audit.findings), text);
        }
    }

    #[test]
    fn what_stands_in_braces_stays() {
        for kind in [Kind::Ftl, Kind::Yaml] {
            let text = "key: a = Hello { utilize }, we wait\n";
            let audit = Auditor::shipped().in_language(text, kind, crate::Language::En);
            assert_eq!(crate::fixed(text, &audit.findings), text);
        }
    }

    #[test]
    fn lines_that_are_laid_out_stay() {
        for text in ["We ask:\n\n  - we utilize it\n", "utilize   we utilize it\n", "we\tutilize it\n"] {
            assert_eq!(fixed(text, Kind::Plain), text);
        }
    }
}
