//! Find a person: by names (mistyped ones too), mail addresses, numbers, keys of other systems.

use std::collections::BTreeSet;

use model::{PersonId, fold, search_words};
use store::{Read, ToValue, Value, params};

use super::sql;
use crate::{
    Result,
    lists::each_in,
    naming::variants,
    people::{self, Line},
};

/// People looked at before the best are shown.
const CANDIDATES: usize = 200;
/// Corrections tried for a mistyped word.
const CORRECTIONS: usize = 8;
/// Above every character that a word may hold.
pub(super) const LAST: char = '\u{10ffff}';

/// People whose names, addresses, numbers or keys begin with what was typed; the best known first. If nobody is found,
/// words within a slip or two are tried.
pub fn find(db: &mut Read<'_>, query: &str, most: usize) -> Result<Vec<Line>> {
    let words = words(query);
    let mut ids = by_address(db, query)?;
    if !query.contains('@') {
        ids.extend(by_words(db, &words.iter().map(|word| Sought::beginning(word)).collect::<Vec<_>>())?);
        if ids.is_empty() {
            ids = corrected(db, &words)?;
        }
    }
    let mut met = BTreeSet::new();
    ids.retain(|id| met.insert(*id));
    ids.truncate(CANDIDATES);
    let mut lines = people::some(db, &ids)?;
    lines.sort_by_key(|line| (std::cmp::Reverse(whole_words(line, &words)), std::cmp::Reverse(line.last_at)));
    lines.truncate(most);
    Ok(lines)
}

/// The words of a query. A number typed in groups or with a leading zero is one word, without the zero that only works
/// within its country; figures alone that begin with two zeros are a key, and keep them.
fn words(query: &str) -> Vec<String> {
    let figures = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '+' | '-' | '/' | '(' | ')' | '.');
    let digits: String = query.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < 3 || !query.chars().all(figures) {
        return search_words(query);
    }
    let key = query.starts_with("00") && query.trim().len() == digits.len();
    let bare = digits.trim_start_matches('0');
    vec![if key || bare.is_empty() { digits } else { bare.to_owned() }]
}

/// A word that somebody must have.
#[derive(Debug, Clone)]
struct Sought {
    /// Where its entries begin in the index, and where they have ended.
    from: String,
    to: String,
    /// How it looks beside another word.
    beside: String,
}

impl Sought {
    /// The word, and everything that begins with it.
    fn beginning(word: &str) -> Self {
        Self { from: word.to_owned(), to: format!("{word}{LAST}"), beside: format!("% {word}%") }
    }

    /// The word alone.
    fn whole(word: &str) -> Self {
        Self { from: word.to_owned(), to: format!("{word}\0"), beside: format!("% {word} %") }
    }

    /// The word with the fewest people, as far as one can tell: figures, then many letters.
    fn narrow(&self) -> (bool, usize) {
        (self.from.contains(|c: char| c.is_ascii_digit()), self.from.len())
    }
}

fn by_words(db: &mut Read<'_>, sought: &[Sought]) -> Result<Vec<PersonId>> {
    let mut sought: Vec<&Sought> = sought.iter().collect();
    sought.sort_by_key(|it| std::cmp::Reverse(it.narrow()));
    let Some((first, others)) = sought.split_first() else { return Ok(Vec::new()) };
    let mut params = vec![first.from.value(), first.to.value()];
    params.extend(others.iter().map(|it| it.beside.value()));
    let found = db.rows(&sql::by_words(others.len(), 2 * CANDIDATES), &params, |row| row.get(0))?;
    if !found.is_empty() || others.is_empty() {
        return Ok(found);
    }
    // Somebody told of under two names, or whose number came without a name.
    let params: Vec<Value<'_>> = sought.iter().flat_map(|it| [it.from.value(), it.to.value()]).collect();
    Ok(db.rows(&sql::by_words_apart(sought.len(), 2 * CANDIDATES), &params, |row| row.get(0))?)
}

fn by_address(db: &mut Read<'_>, query: &str) -> Result<Vec<PersonId>> {
    let from = query.trim().to_lowercase();
    if from.len() < 2 || from.contains(char::is_whitespace) {
        return Ok(Vec::new());
    }
    let to = format!("{from}{LAST}");
    Ok(db.rows(sql::BY_HANDLE, params!["email", from, to, CANDIDATES as i64 / 2], |row| row.get(0))?)
}

/// Tries each word as it may have been meant.
fn corrected(db: &mut Read<'_>, words: &[String]) -> Result<Vec<PersonId>> {
    let mut meant: Vec<Vec<Sought>> = vec![Vec::new()];
    for word in words {
        let choices = slips(db, word)?;
        meant = meant
            .iter()
            .flat_map(|before| choices.iter().map(|c| [before.clone(), vec![c.clone()]].concat()))
            .take(CORRECTIONS)
            .collect();
    }
    let mut found = Vec::new();
    for sought in &meant {
        found.extend(by_words(db, sought)?);
    }
    Ok(found)
}

/// The word itself as a beginning, and every known word a slip or two away.
fn slips(db: &mut Read<'_>, word: &str) -> Result<Vec<Sought>> {
    let variants = variants(&fold(word));
    let asked: Vec<Value<'_>> = variants.iter().map(ToValue::value).collect();
    let near: BTreeSet<String> =
        each_in(db, sql::slips, &[], &asked, |row| row.get::<String>(0))?.into_iter().collect();
    let most = if word.chars().count() < 6 { 1 } else { 2 };
    let mut near: Vec<(usize, String)> =
        near.into_iter().map(|w| (distance(word, &w), w)).filter(|(d, _)| *d <= most).collect();
    near.sort();
    let mut choices = vec![Sought::beginning(word)];
    choices.extend(near.into_iter().take(CORRECTIONS).map(|(_, near)| Sought::whole(&near)));
    Ok(choices)
}

/// Slips between two words: letters left out, added, mistaken, or swapped with a neighbour (optimal string alignment).
fn distance(one: &str, other: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = match (i, j) {
                (0, n) | (n, 0) => n,
                _ => {
                    let same = usize::from(a[i - 1] != b[j - 1]);
                    let mut least =
                        (rows[i - 1][j] + 1).min(rows[i][j - 1] + 1).min(rows[i - 1][j - 1] + same);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        least = least.min(rows[i - 2][j - 2] + 1);
                    }
                    least
                }
            };
        }
    }
    rows[a.len()][b.len()]
}

fn whole_words(line: &Line, words: &[String]) -> usize {
    let name = search_words(&line.name);
    words.iter().filter(|word| name.contains(word)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted_as_people_make_them() {
        assert_eq!(distance("maria", "mraia"), 1);
        assert_eq!(distance("smith", "smyth"), 1);
        assert_eq!(distance("okafor", "okafr"), 1);
        assert_eq!(distance("okafor", "ofakor"), 2);
    }

    #[test]
    fn a_number_typed_in_groups_is_one_word_and_a_key_keeps_its_zeros() {
        assert_eq!(words("030 23125 001"), ["3023125001"]);
        assert_eq!(words("+49 30 23"), ["493023"]);
        assert_eq!(words("00042"), ["00042"]);
        assert_eq!(words("Ann 42"), ["ann", "42"]);
    }
}
