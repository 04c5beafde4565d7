//! One search through one text: candidates, the words around them, and findings made of what holds.

use std::{collections::HashMap, ops::Range, sync::Arc};

use crate::{
    apart::is_token,
    book::{Book, Sought},
    exceptions::Exceptions,
    finding::{Finding, Fix},
    people::{Noun, with_capitals},
    phrase::Sentence,
    place::Places,
    quoting::Quotations,
    rule::Rule,
    scan::Candidate,
    suggest::{Site, Suggestion},
    sure,
    text::{Kind, Role, Span},
    words::{Gap, floor, near, sentence_end, sentence_start},
};

/// So much of a sentence is shown on either side.
const SHOWN: usize = 240;

/// A search through a text.
pub(crate) struct Search<'a> {
    text: &'a str,
    kind: Kind,
    book: &'a Book,
    noun: Option<&'a Noun>,
    candidates: Vec<Candidate>,
    found: Vec<Found>,
}

/// What holds, before it is told.
#[derive(Debug)]
struct Found {
    rule: usize,
    way: (usize, usize),
    range: Range<usize>,
    block: Range<usize>,
    role: Role,
    say: Vec<String>,
    fix: Option<Fix>,
}

impl<'a> Search<'a> {
    /// Runs through the text once and keeps the places worth a look.
    pub fn new(text: &'a str, kind: Kind, book: &'a Book, noun: Option<&'a Noun>) -> Self {
        let mut candidates = book.words.find(text);
        pass_over(&mut candidates, &kind.silent(text));
        let chosen = Chosen::of(book, &candidates);
        candidates.retain(|it| is_worthwhile(text, book, it, &chosen));
        Self { text, kind, book, noun, candidates, found: Vec::new() }
    }

    /// Leaves out places where no phrase can stand, before anybody finds out which bytes are words for people. For texts
    /// in which sentences stand as they are read.
    pub fn sift(&mut self) {
        let (text, book) = (self.text, self.book);
        let chosen = Chosen::of(book, &self.candidates);
        self.candidates.retain(|it| may_stand(text, book, it, &chosen));
    }

    /// The places worth a look, in their order.
    pub fn places(&self) -> Vec<usize> {
        self.candidates.iter().map(|it| it.start).collect()
    }

    /// Looks at each place that lies within words for people.
    pub fn look(&mut self, spans: &[Span]) {
        let mut quotations = Quotations::default();
        let mut at = 0;
        for candidate in std::mem::take(&mut self.candidates) {
            while spans.get(at).is_some_and(|it| it.range.end <= candidate.start) {
                at += 1;
            }
            let Some(span) = spans.get(at).filter(|it| it.range.start <= candidate.start) else { continue };
            if span.role != Role::Quoted && candidate.end <= span.range.end {
                self.judge(candidate, span, &mut quotations);
            }
        }
    }

    fn judge(&mut self, candidate: Candidate, span: &Span, quotations: &mut Quotations) {
        let near = near(self.text, candidate.start, &span.block);
        if near.words.get(near.at).is_none_or(|it| it.code || it.range.end != candidate.end) {
            return;
        }
        let sentence = self.book.known.read(near);
        let sought = &self.book.sought[candidate.pattern];
        let mut holding =
            sought.iter().filter_map(|it| Some((it, it.found(&self.book.rules, &sentence)?))).peekable();
        let is_apart = holding.peek().is_some()
            && (quotations.hold(self.text, &span.block, candidate.start)
                || is_token(self.text, &(candidate.start..candidate.end), &span.range));
        if is_apart {
            return;
        }
        let found: Vec<Found> = holding
            .filter_map(|(it, words)| self.found(it, &sentence, (*words.start(), *words.end()), span))
            .collect();
        self.found.extend(found);
    }

    fn found(
        &self,
        sought: &Sought,
        sentence: &Sentence<'_>,
        words: (usize, usize),
        span: &Span,
    ) -> Option<Found> {
        let ready = &self.book.rules[sought.rule];
        let all = &sentence.near.words;
        let plain = all[words.0].range.start..all[words.1].range.end;
        let is_name = span.role != Role::Heading
            && ready.rule.names
            && (words.0..=words.1)
                .any(|at| all[at].gap != Gap::Start && is_capital(self.text, all[at].range.start));
        let is_spelled = ready.rule.spelled.as_deref().is_some_and(|it| it == &self.text[plain.clone()]);
        if is_name || is_spelled {
            return None;
        }
        let site = Site { text: self.text, sentence, words, noun: self.noun };
        let Suggestion { range, say, sure } = site.suggest(sought, ready);
        let is_sure = is_plain(self.text, &range, span)
            && sure::may_change(self.text, self.kind, &range, span)
            && (ready.rule.spelled.is_some() || !sure::is_title(all, words));
        let is_safe = is_sure && ready.is_safe(sentence, &(words.0..=words.1));
        let fix = sure.filter(|_| is_safe).map(|text| Fix { range: range.clone(), text });
        Some(Found {
            rule: sought.rule,
            way: sought.way,
            range,
            block: span.block.clone(),
            role: span.role,
            say,
            fix,
        })
    }

    /// What was found, in the order of the text, less what may stay.
    pub fn findings(mut self, exceptions: &Exceptions, reason: Option<&Arc<Rule>>) -> Vec<Finding> {
        self.choose();
        self.part();
        let (text, rules) = (self.text, &self.book.rules);
        let is_rule = |name: &str| rules.iter().any(|it| it.rule.id == name);
        let mut told: Vec<(&Arc<Rule>, Found)> =
            self.found.into_iter().map(|it| (&rules[it.rule].rule, it)).collect();
        for at in reason.map(|_| exceptions.without_reason(is_rule)).into_iter().flatten() {
            let bare = Found {
                rule: usize::MAX,
                way: (0, 0),
                range: at.clone(),
                block: at.clone(),
                role: Role::Comment,
                say: Vec::new(),
                fix: None,
            };
            told.extend(reason.map(|it| (it, bare)));
        }
        told.retain(|(rule, it)| !exceptions.allow(&rule.id, it.range.start));
        told.sort_by_key(|(_, it)| (it.range.start, it.range.end, it.rule));
        let mut places = Places::of(text);
        told.into_iter().map(|(rule, it)| finding(text, rule, it, &mut places)).collect()
    }

    // Of several ways to say a thing, the one that is said most is the text's own.
    fn choose(&mut self) {
        let mut counts: HashMap<(usize, usize), usize> = HashMap::new();
        for it in &self.found {
            *counts.entry((it.rule, it.way.0)).or_default() += 1;
        }
        let (text, rules) = (self.text, &self.book.rules);
        let mut first: HashMap<usize, usize> = HashMap::new();
        for it in &self.found {
            let best = first.entry(it.rule).or_insert(it.way.0);
            if counts[&(it.rule, it.way.0)] > counts[&(it.rule, *best)] {
                *best = it.way.0;
            }
        }
        self.found.retain_mut(|it| {
            let ready = &rules[it.rule];
            if ready.ways.is_empty() {
                return true;
            }
            let own = first[&it.rule];
            let said = ready.ways[own].get(it.way.1).filter(|it| is_spoken(it));
            it.say = said.map(|said| with_capitals(said, &text[it.range.clone()])).into_iter().collect();
            it.way.0 != own
        });
    }

    // Where several rules of a pack find the same, the one that covers most speaks.
    fn part(&mut self) {
        let rules = &self.book.rules;
        let pack = |it: &Found| rules[it.rule].rule.id.split('/').next().unwrap_or_default();
        self.found.sort_by_key(|it| (it.range.start, it.range.end, it.rule, it.say.is_empty()));
        let mut kept: Vec<Found> = Vec::new();
        let mut last: HashMap<&str, usize> = HashMap::new();
        for it in self.found.drain(..) {
            let name = pack(&it);
            match last.get(name).copied().filter(|at| kept[*at].range.end > it.range.start) {
                Some(at) if kept[at].range.len() >= it.range.len() => {}
                Some(at) => kept[at] = it,
                None => {
                    last.insert(name, kept.len());
                    kept.push(it);
                }
            }
        }
        self.found = kept;
    }
}

/// Of which choices a text says more than one way, so that there is something to say of them.
struct Chosen(HashMap<usize, Option<usize>>);

impl Chosen {
    fn of(book: &Book, candidates: &[Candidate]) -> Self {
        let mut ways: HashMap<usize, Option<usize>> = HashMap::new();
        let all = candidates.iter().flat_map(|it| &book.sought[it.pattern]);
        for it in all.filter(|it| !book.rules[it.rule].ways.is_empty()) {
            let way = ways.entry(it.rule).or_insert(Some(it.way.0));
            *way = way.filter(|seen| *seen == it.way.0);
        }
        Self(ways)
    }

    fn is_open(&self, sought: &Sought) -> bool {
        !matches!(self.0.get(&sought.rule), Some(Some(_)))
    }
}

// A glance at the words beside it.
fn is_worthwhile(text: &str, book: &Book, it: &Candidate, chosen: &Chosen) -> bool {
    let mut all = book.sought[it.pattern].iter().filter(|it| chosen.is_open(it)).peekable();
    if all.peek().is_none() {
        return false;
    }
    let beside = book.known.beside(text, &(it.start..it.end));
    all.any(|it| it.may_be(&beside))
}

// Leaves out what lies in any of some places, both in their order.
fn pass_over(candidates: &mut Vec<Candidate>, silent: &[Range<usize>]) {
    let mut rest = silent;
    candidates.retain(|it| {
        while rest.first().is_some_and(|range| range.end <= it.start) {
            rest = &rest[1..];
        }
        rest.first().is_none_or(|range| it.start < range.start)
    });
}

fn may_stand(text: &str, book: &Book, it: &Candidate, chosen: &Chosen) -> bool {
    let all = || book.sought[it.pattern].iter().filter(|it| chosen.is_open(it));
    if all().any(|it| it.is_word(&book.rules)) {
        return true;
    }
    let near = near(text, it.start, &(0..text.len()));
    // Where a tag stands near, it depends on the block what is a word.
    let is_strange = near.words.is_empty() || {
        let (first, last) = (near.words[0].range.start, near.words[near.words.len() - 1].range.end);
        memchr::memchr2(b'<', b'>', &text.as_bytes()[first..last]).is_some()
    };
    is_strange || {
        let sentence = book.known.read(near);
        all().any(|it| it.may_stand(&book.rules, &sentence))
    }
}

fn is_capital(text: &str, at: usize) -> bool {
    text[at..].chars().next().is_some_and(char::is_uppercase)
}

// Markup, marks of code and ends of lines stay where they are.
fn is_plain(text: &str, range: &Range<usize>, span: &Span) -> bool {
    let is_within = span.range.start <= range.start && range.end <= span.range.end;
    is_within
        && !text[range.clone()].contains(['<', '>', '`', '*', '_', '[', ']', '\\', '\n', '\r', '{', '}', '|'])
}

// Whether a phrase can be said as it stands.
fn is_spoken(phrase: &str) -> bool {
    phrase.chars().all(|it| it.is_alphabetic() || matches!(it, ' ' | '-' | '\''))
}

// What begins the next line of a comment.
fn is_mark(word: &str) -> bool {
    word.bytes().all(|it| b"/#*!".contains(&it))
}

fn finding(text: &str, rule: &Arc<Rule>, found: Found, places: &mut Places<'_>) -> Finding {
    let (line, column) = places.at(found.range.start);
    let from = floor(text, found.block.start.max(found.range.start.saturating_sub(SHOWN)));
    let to = floor(text, found.block.end.min(found.range.end + SHOWN));
    let sentence = sentence_start(text, from, found.range.start)
        ..sentence_end(text, found.range.end, to.max(found.range.end));
    let words = text[sentence].split_whitespace();
    let shown: Vec<&str> = words.filter(|it| found.role != Role::Comment || !is_mark(it)).collect();
    Finding {
        rule: Arc::clone(rule),
        line,
        column,
        role: found.role,
        found: text[found.range.clone()].to_owned(),
        sentence: shown.join(" "),
        say: found.say,
        fix: found.fix,
        range: found.range,
    }
}
