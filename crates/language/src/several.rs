//! Alternatives of several words within a phrase: `(as soon as possible|soon)` stands for two phrases.

use crate::words::cut;

/// A phrase that stands for more is one that nobody can read.
const MOST: usize = 64;

/// Every phrase for which one stands. Alternatives of one word each stay together, since they are compared at once.
pub(crate) fn phrases(text: &str) -> Result<Vec<String>, String> {
    let mut all = vec![String::new()];
    for piece in pieces(text)? {
        let choices = choices(piece);
        if all.len() * choices.len() > MOST {
            return Err(format!("“{text}” stands for more than {MOST} phrases"));
        }
        all = all.iter().flat_map(|before| choices.iter().map(move |it| joined(before, it))).collect();
    }
    Ok(all)
}

fn joined(before: &str, next: &str) -> String {
    let gap = if before.is_empty() || next.is_empty() { "" } else { " " };
    format!("{before}{gap}{next}")
}

// Cut at spaces, but for those between brackets.
fn pieces(text: &str) -> Result<Vec<&str>, String> {
    let mut all = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let from = if rest.starts_with('(') {
            rest.find(')').ok_or(format!("“{text}” has an open bracket"))?
        } else {
            0
        };
        let end = rest[from..].find(char::is_whitespace).map_or(rest.len(), |it| from + it);
        let piece = &rest[..end];
        let brackets = piece.matches(['(', ')']).count();
        if brackets != 0
            && (brackets != 2
                || !piece.trim_start_matches('!').starts_with('(')
                || !piece.trim_end_matches('?').ends_with(')'))
        {
            return Err(format!("“{piece}” must be a word or alternatives between brackets"));
        }
        all.push(piece);
        rest = rest[end..].trim_start();
    }
    Ok(all)
}

fn choices(piece: &str) -> Vec<String> {
    let bare = piece.strip_suffix('?').unwrap_or(piece);
    let Some(inner) = bare.strip_prefix('(').and_then(|it| it.strip_suffix(')')) else {
        return vec![piece.to_owned()];
    };
    let (words, longer): (Vec<&str>, Vec<&str>) =
        inner.split('|').partition(|it| cut(it, 0..it.len()).len() == 1);
    if longer.is_empty() {
        return vec![piece.to_owned()];
    }
    let together = (!words.is_empty()).then(|| format!("({})", words.join("|")));
    let nothing = (bare != piece).then(String::new);
    longer.into_iter().map(str::to_owned).chain(together).chain(nothing).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_of_several_words_are_phrases_of_their_own() {
        assert_eq!(phrases("a (b|c)? d").unwrap(), ["a (b|c)? d"]);
        assert_eq!(phrases("a (b c|d|e) f").unwrap(), ["a b c f", "a (d|e) f"]);
        assert_eq!(phrases("a (b-c)?").unwrap(), ["a b-c", "a"]);
        assert_eq!(phrases("a (b|$)").unwrap(), ["a $", "a (b)"]);
    }

    #[test]
    fn what_nobody_can_read_is_refused() {
        assert!(phrases("a (b c").is_err() && phrases("a b)").is_err() && phrases("a(b|c)").is_err());
        assert!(phrases(&"(a b|c d) ".repeat(7)).is_err());
    }
}
