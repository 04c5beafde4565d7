//! Phrases, the small language in which rules say what they look for, and how they are held against words.
//!
//! ```text
//! word          that word                (a|b)   one of these           <list>  one of a list of the pack
//! x?            perhaps                  _       any one word           ..      up to three words
//! #             a number                 ,       marks may stand here   `       a word in backticks
//! ^             the sentence begins      $       it ends, or a mark     ~       what was found
//! -             a hyphen stands here     (a b|c) one of these, of several words
//! 's            what is before owns something          !(a|b)  any one word but these, also !<list>
//! ```

use std::{
    cell::Cell,
    collections::{BTreeMap, HashMap},
    hash::{BuildHasherDefault, Hasher},
    ops::{Range, RangeInclusive},
};

use crate::words::{Gap, Near, after, before, cut, lower};

/// Longer words are rare, and may cost more.
const SHORT: usize = 32;

/// Words passed over by `..`.
const FAR: usize = 3;

/// Words that stand in so many sentences that nothing should be looked for by them.
const EVERYWHERE: &[&str] = &[
    "a", "an", "the", "your", "you", "we", "our", "it", "is", "was", "be", "to", "of", "in", "on", "for",
    "and", "this", "that", "not", "no", "will", "have", "has", "been", "with", "at", "by", "are", "were",
    "or", "as", "if", "all", "can", "may", "only", "from", "more", "but",
];

/// Words that stand often in what people write about programs.
const OFTEN: &[&str] = &[
    "added", "any", "before", "behavior", "better", "call", "case", "class", "code", "data", "do", "does",
    "email", "error", "errors", "event", "file", "first", "free", "issue", "issues", "log", "message",
    "missing", "name", "new", "note", "now", "number", "object", "one", "order", "other", "page", "passed",
    "problem", "problems", "read", "received", "request", "result", "returns", "save", "shared", "should",
    "test", "time", "us", "value", "when", "which", "while", "without", "work",
];

/// Lists of words by name.
pub(crate) type Lists = BTreeMap<String, Vec<String>>;

/// Every word that a rule speaks of, as a number, so that words are compared once.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary(HashMap<Box<str>, u32, BuildHasherDefault<Plain>>);

/// Fowler, Noll and Vo's hash (FNV-1a): words are short, and rules do not attack us.
#[derive(Debug)]
pub(crate) struct Plain(u64);

impl Default for Plain {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for Plain {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

impl Vocabulary {
    fn learn(&mut self, word: &str) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry(word.into()).or_insert(next)
    }

    // Words are put into small letters without asking for memory, since this is done for every word that is looked at.
    fn number(&self, word: &str) -> u32 {
        let mut small = [0; SHORT];
        let found = match small.get_mut(..word.len()).filter(|_| word.is_ascii()) {
            Some(small) => {
                small.copy_from_slice(word.as_bytes());
                small.make_ascii_lowercase();
                std::str::from_utf8(small).ok().and_then(|it| self.0.get(it))
            }
            None => self.0.get(lower(word).as_str()),
        };
        found.copied().unwrap_or(u32::MAX)
    }

    /// What stands next to a word, told without cutting the sentence.
    pub fn beside(&self, text: &str, word: &Range<usize>) -> Beside {
        let number = |it: Option<Range<usize>>| it.map(|it| self.number(&text[it]));
        Beside { before: before(text, word.start).map(number), after: after(text, word.end).map(number) }
    }

    /// Words ready to be held against phrases.
    pub fn read<'a>(&'a self, near: Near<'a>) -> Sentence<'a> {
        Sentence { numbers: vec![Cell::new(None); near.words.len()], near, known: self }
    }
}

/// What stands on either side of a word; nothing where that cannot be told at a glance, and within that nothing where
/// no word stands.
#[derive(Debug)]
pub(crate) struct Beside {
    before: Option<Option<u32>>,
    after: Option<Option<u32>>,
}

/// Words near a place, ready to be held against phrases.
#[derive(Debug)]
pub(crate) struct Sentence<'a> {
    /// The words.
    pub near: Near<'a>,
    known: &'a Vocabulary,
    // Most words of a sentence are never asked for.
    numbers: Vec<Cell<Option<u32>>>,
}

impl Sentence<'_> {
    // What no rule speaks of has the highest number.
    fn number(&self, at: usize) -> u32 {
        let number = self.numbers[at].get().unwrap_or_else(|| self.known.number(self.near.words[at].text));
        self.numbers[at].set(Some(number));
        number
    }
}

/// What a word of a phrase may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    One(Vec<u32>),
    Not(Vec<u32>),
    Any,
    Far,
    Number,
    Mark,
    Hyphen,
    Owns,
    Code,
    Begin,
    End,
    // The same, where it is not known yet where the block begins and ends: each line may be one.
    MayBegin,
    MayEnd,
    Found,
}

/// A word of a phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    part: Part,
    optional: bool,
}

/// Which way a phrase is followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Back,
    On,
}

/// A phrase that is looked for around one of its own words.
#[derive(Debug, Clone)]
pub(crate) struct Phrase {
    before: Vec<Element>,
    after: Vec<Element>,
    // Of these one must stand beside it, where that is sure.
    beside: [Option<Vec<u32>>; 2],
}

/// A phrase that says something of where another was found.
#[derive(Debug, Clone)]
pub(crate) enum Context {
    /// Before and after what was found.
    Around(Phrase),
    /// Anywhere in its sentence.
    Within(Vec<Element>),
}

impl Phrase {
    /// Reads a phrase, with the words by which it is looked for.
    pub fn read(text: &str, lists: &Lists, known: &mut Vocabulary) -> Result<(Self, Vec<String>), String> {
        let parts = read(text, lists, known)?;
        let anchor = parts.iter().enumerate().filter(|(_, it)| !it.0.optional && !it.1.is_empty());
        let (at, (_, words)) =
            anchor
                .max_by_key(|(_, (_, words))| words.iter().map(|it| weight(it)).min())
                .ok_or_else(|| format!("“{text}” has no word by which it could be looked for"))?;
        let words = words.clone();
        let mut before: Vec<Element> = parts.into_iter().map(|it| it.0).collect();
        let after = before.split_off(at + 1);
        before.pop();
        before.reverse();
        Ok((Self::of(before, after), words))
    }

    fn of(before: Vec<Element>, after: Vec<Element>) -> Self {
        let beside = [must_be_beside(&before), must_be_beside(&after)];
        Self { before, after, beside }
    }

    /// Whether it may stand around a word, for all that a glance tells.
    pub fn may_cover(&self, beside: &Beside) -> bool {
        let may = |seen: &Option<Option<u32>>, wanted: &Option<Vec<u32>>| match (seen, wanted) {
            (Some(seen), Some(wanted)) => seen.is_some_and(|it| wanted.binary_search(&it).is_ok()),
            _ => true,
        };
        may(&beside.before, &self.beside[0]) && may(&beside.after, &self.beside[1])
    }

    /// Whether it is nothing but the word by which it is looked for.
    pub fn is_word(&self) -> bool {
        self.before.is_empty() && self.after.is_empty()
    }

    /// The same, wherever a sentence begins or ends.
    pub fn loose(&self) -> Self {
        Self::of(loose(&self.before), loose(&self.after))
    }

    /// Which words it covers, if it stands around the word asked about.
    pub fn covers(&self, sentence: &Sentence<'_>) -> Option<RangeInclusive<usize>> {
        let at = sentence.near.at;
        self.around(sentence, &(at..=at))
    }

    fn around(
        &self,
        sentence: &Sentence<'_>,
        found: &RangeInclusive<usize>,
    ) -> Option<RangeInclusive<usize>> {
        let first = follow(&self.before, sentence, *found.start() as isize, Way::Back, false)?;
        let last = follow(&self.after, sentence, *found.end() as isize, Way::On, false)?;
        Some(first as usize..=last as usize)
    }
}

impl Context {
    /// Reads a condition.
    pub fn read(text: &str, lists: &Lists, known: &mut Vocabulary) -> Result<Self, String> {
        let parts: Vec<Element> = read(text, lists, known)?.into_iter().map(|it| it.0).collect();
        let Some(at) = parts.iter().position(|it| it.part == Part::Found) else {
            return Ok(Self::Within(parts));
        };
        let (mut before, after) = (parts[..at].to_vec(), parts[at + 1..].to_vec());
        before.reverse();
        Ok(Self::Around(Phrase::of(before, after)))
    }

    /// The same, wherever a sentence begins or ends.
    pub fn loose(&self) -> Self {
        match self {
            Self::Around(phrase) => Self::Around(phrase.loose()),
            Self::Within(elements) => Self::Within(loose(elements)),
        }
    }

    /// Whether it holds for what was found.
    pub fn holds(&self, sentence: &Sentence<'_>, found: &RangeInclusive<usize>) -> bool {
        match self {
            Self::Around(phrase) => phrase.around(sentence, found).is_some(),
            Self::Within(elements) => {
                let starts = -1..sentence.numbers.len() as isize - 1;
                starts.into_iter().any(|at| follow(elements, sentence, at, Way::On, true).is_some())
            }
        }
    }
}

fn must_be_beside(elements: &[Element]) -> Option<Vec<u32>> {
    let mut all = Vec::new();
    for element in elements {
        match &element.part {
            Part::Mark | Part::Hyphen | Part::Owns => {}
            Part::One(numbers) => {
                all.extend(numbers);
                if !element.optional {
                    all.sort_unstable();
                    return Some(all);
                }
            }
            _ => return None,
        }
    }
    None
}

fn loose(elements: &[Element]) -> Vec<Element> {
    let may = |it: &Element| match it.part {
        Part::Begin => Element { part: Part::MayBegin, ..it.clone() },
        Part::End => Element { part: Part::MayEnd, ..it.clone() },
        _ => it.clone(),
    };
    elements.iter().map(may).collect()
}

fn weight(word: &str) -> usize {
    match word {
        _ if EVERYWHERE.contains(&word) => 0,
        _ if OFTEN.contains(&word) => 1,
        _ => 1 + word.len(),
    }
}

fn read(text: &str, lists: &Lists, known: &mut Vocabulary) -> Result<Vec<(Element, Vec<String>)>, String> {
    let mut all = Vec::new();
    for piece in text.split_whitespace() {
        let optional = piece.len() > 1 && piece.ends_with('?');
        let bare = if optional { &piece[..piece.len() - 1] } else { piece };
        for (part, words) in part(bare, lists, known)? {
            all.push((Element { part, optional }, words));
        }
    }
    if all.is_empty() { Err("an empty phrase".into()) } else { Ok(all) }
}

fn part(piece: &str, lists: &Lists, known: &mut Vocabulary) -> Result<Vec<(Part, Vec<String>)>, String> {
    let plain = |part| Ok(vec![(part, Vec::new())]);
    match piece {
        "~" => plain(Part::Found),
        "_" => plain(Part::Any),
        ".." => plain(Part::Far),
        "#" => plain(Part::Number),
        "," => plain(Part::Mark),
        "-" => plain(Part::Hyphen),
        "'s" => plain(Part::Owns),
        "`" => plain(Part::Code),
        "^" => plain(Part::Begin),
        "$" => plain(Part::End),
        _ if piece.len() > 1 && piece.starts_with('!') => {
            let all = part(&piece[1..], lists, known)?;
            let but = |it: (Part, Vec<String>)| match it.0 {
                Part::One(numbers) => Ok((Part::Not(numbers), Vec::new())),
                _ => Err(format!("“{piece}” must leave out words")),
            };
            all.into_iter().map(but).collect()
        }
        _ => match piece.strip_prefix('<').and_then(|it| it.strip_suffix('>')) {
            Some(name) => {
                let list = lists.get(name).ok_or_else(|| format!("there is no list “{name}”"))?;
                Ok(vec![one(list.iter().map(String::as_str), known)?])
            }
            None => alternatives(piece, known),
        },
    }
}

fn alternatives(piece: &str, known: &mut Vocabulary) -> Result<Vec<(Part, Vec<String>)>, String> {
    match piece.strip_prefix('(').and_then(|it| it.strip_suffix(')')) {
        Some(inner) => Ok(vec![one(inner.split('|'), known)?]),
        None => {
            let words = cut(piece, 0..piece.len());
            if words.is_empty() {
                return Err(format!("“{piece}” is no word"));
            }
            words.iter().map(|it| one([it.lower().as_str()].into_iter(), known)).collect()
        }
    }
}

fn one<'a>(
    words: impl Iterator<Item = &'a str>,
    known: &mut Vocabulary,
) -> Result<(Part, Vec<String>), String> {
    let mut plain = Vec::new();
    for word in words {
        match cut(word, 0..word.len()).as_slice() {
            [it] => plain.push(it.lower()),
            _ => return Err(format!("“{word}” must be one word")),
        }
    }
    let mut numbers: Vec<u32> = plain.iter().map(|it| known.learn(it)).collect();
    numbers.sort_unstable();
    Ok((Part::One(numbers), plain))
}

/// Follows elements from behind the word `from`, and says which was the last word they covered.
fn follow(
    elements: &[Element],
    sentence: &Sentence<'_>,
    from: isize,
    way: Way,
    marks: bool,
) -> Option<isize> {
    let Some((first, rest)) = elements.split_first() else { return Some(from) };
    let skipped = || if first.optional { follow(rest, sentence, from, way, marks) } else { None };
    let at = if way == Way::On { from + 1 } else { from - 1 };
    match first.part {
        Part::Mark => follow(rest, sentence, from, way, true),
        Part::Begin if begins(sentence, from, way) => follow(rest, sentence, from, way, true),
        Part::End if ends(sentence, at) => follow(rest, sentence, from, way, marks),
        Part::Hyphen if is_hyphened(sentence, from, at) => follow(rest, sentence, from, way, marks),
        Part::MayBegin if may_begin(sentence, from, way) => follow(rest, sentence, from, way, true),
        Part::MayEnd if may_end(sentence, at) => follow(rest, sentence, from, way, marks),
        Part::Owns if owns(sentence, from, way) => follow(rest, sentence, from, way, marks),
        Part::Begin | Part::End | Part::MayBegin | Part::MayEnd | Part::Hyphen | Part::Owns => skipped(),
        Part::Far => far(rest, sentence, from, way, marks),
        _ if reaches(sentence, from, at, marks) && fits(&first.part, sentence, at as usize) => {
            follow(rest, sentence, at, way, false).or_else(skipped)
        }
        _ => skipped(),
    }
}

fn far(rest: &[Element], sentence: &Sentence<'_>, from: isize, way: Way, marks: bool) -> Option<isize> {
    let mut here = from;
    for _ in 0..=FAR {
        if let Some(last) = follow(rest, sentence, here, way, marks) {
            return Some(last);
        }
        let next = if way == Way::On { here + 1 } else { here - 1 };
        if !reaches(sentence, here, next, false) {
            return None;
        }
        here = next;
    }
    None
}

fn begins(sentence: &Sentence<'_>, from: isize, way: Way) -> bool {
    let word = if way == Way::On { from + 1 } else { from };
    usize::try_from(word).is_ok_and(|it| sentence.near.words.get(it).is_some_and(|it| it.gap == Gap::Start))
}

fn ends(sentence: &Sentence<'_>, at: isize) -> bool {
    match usize::try_from(at).ok().and_then(|it| sentence.near.words.get(it)) {
        Some(word) => word.gap == Gap::Mark,
        None => sentence.near.ends,
    }
}

fn owns(sentence: &Sentence<'_>, from: isize, way: Way) -> bool {
    let word = if way == Way::On { from } else { from - 1 };
    usize::try_from(word).is_ok_and(|it| sentence.near.words.get(it).is_some_and(|it| it.owns))
}

fn is_hyphened(sentence: &Sentence<'_>, from: isize, to: isize) -> bool {
    let later = usize::try_from(from.max(to)).ok().and_then(|it| sentence.near.words.get(it));
    later.is_some_and(|it| it.gap == Gap::Hyphen)
}

fn may_begin(sentence: &Sentence<'_>, from: isize, way: Way) -> bool {
    let word = if way == Way::On { from + 1 } else { from };
    let word = usize::try_from(word).ok().and_then(|it| sentence.near.words.get(it));
    word.is_none_or(|it| it.breaks || matches!(it.gap, Gap::Start | Gap::Mark))
}

fn may_end(sentence: &Sentence<'_>, at: isize) -> bool {
    let word = usize::try_from(at).ok().and_then(|it| sentence.near.words.get(it));
    word.is_none_or(|it| it.breaks || it.gap == Gap::Mark)
}

// Whether one word leads to another without a mark in between.
fn reaches(sentence: &Sentence<'_>, from: isize, to: isize, marks: bool) -> bool {
    let words = &sentence.near.words;
    let later = from.max(to);
    let is_there = to >= 0 && (to as usize) < words.len();
    is_there && (marks || matches!(words[later as usize].gap, Gap::Space | Gap::Hyphen))
}

fn fits(part: &Part, sentence: &Sentence<'_>, at: usize) -> bool {
    match part {
        Part::One(numbers) => numbers.binary_search(&sentence.number(at)).is_ok(),
        Part::Not(numbers) => numbers.binary_search(&sentence.number(at)).is_err(),
        Part::Any => true,
        Part::Number => sentence.near.words[at].text.bytes().all(|it| it.is_ascii_digit()),
        Part::Code => sentence.near.words[at].code,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::near;

    fn holds(condition: &str, text: &str) -> bool {
        let mut known = Vocabulary::default();
        let lists = Lists::from([("det".into(), vec!["the".into(), "a".into()])]);
        let context = Context::read(condition, &lists, &mut known).unwrap();
        let sentence = known.read(near(text, text.find("user").unwrap(), &(0..text.len())));
        context.holds(&sentence, &(sentence.near.at..=sentence.near.at))
    }

    #[test]
    fn a_condition_speaks_of_the_words_around() {
        assert!(holds("<det> ~", "Ask the user."));
        assert!(holds("<det> (new|old)? ~ $", "Ask a new user, then wait."));
        assert!(!holds("<det> ~", "Ask the, user"));
        assert!(holds("~ interface", "a user-interface"));
        assert!(!holds("~ interface", "a user, interface"));
        assert!(holds("^ ~", "user of it") && !holds("^ ~", "a user"));
        assert!(
            holds("~ -", "a user-made thing") && holds("- ~", "a non-user") && !holds("~ -", "a user thing")
        );
        assert!(
            holds("!(new|old) ~", "a big user") && !holds("!<det> ~", "a user") && !holds("!<det> ~", "user")
        );
        assert!(holds("~ 's _", "the user's own") && !holds("~ 's", "the users own"));
        assert!(holds("chmod", "The user runs chmod there."));
        assert!(holds("` ~", "the `root` user"));
        assert!(holds("# .. ~", "2 of the new users") && !holds("# .. ~", "2 of the very many new users"));
    }

    #[test]
    fn what_cannot_be_looked_for_is_refused() {
        let read = |text| Phrase::read(text, &Lists::default(), &mut Vocabulary::default());
        assert!(read("_ ..").is_err() && read("<nobody>").is_err() && read("").is_err());
        assert_eq!(read("it was decided").unwrap().1, ["decided"]);
    }
}
