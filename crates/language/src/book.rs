//! Rules made ready: one automaton for every word by which a phrase is looked for, and what to hold against the words
//! around it.

use std::{
    collections::{HashMap, HashSet},
    ops::RangeInclusive,
    sync::Arc,
};

use crate::{
    phrase::{Beside, Context, Lists, Phrase, Sentence, Vocabulary},
    rule::{Consistent, Level, Pack, Rule, RuleError},
    scan::Scanner,
    several,
};

/// The rules of one language.
#[derive(Debug)]
pub(crate) struct Book {
    /// Finds the words.
    pub words: Scanner,
    /// What is looked for by each.
    pub sought: Vec<Vec<Sought>>,
    /// Every word a rule speaks of.
    pub known: Vocabulary,
    /// The rules.
    pub rules: Vec<Ready>,
}

/// A phrase that is looked for by a word.
#[derive(Debug, Clone)]
pub(crate) struct Sought {
    /// For which rule.
    pub rule: usize,
    phrase: Phrase,
    loose: Phrase,
    /// What to say instead of this very phrase.
    pub instead: Option<Arc<str>>,
    /// Which of several ways it is, where a text should choose one, and which of its phrases.
    pub way: (usize, usize),
}

/// A rule made ready.
#[derive(Debug)]
pub(crate) struct Ready {
    /// As it is written.
    pub rule: Arc<Rule>,
    /// The ways of which a text should choose one, each with its phrases in the same order.
    pub ways: Vec<Vec<String>>,
    when: Vec<Context>,
    loose: Vec<Context>,
    unless: Vec<Context>,
    says: Limits,
    offers: Vec<Limits>,
    safe: Limits,
}

/// Where something holds, and where not.
#[derive(Debug, Default)]
struct Limits {
    when: Vec<Context>,
    unless: Vec<Context>,
}

impl Limits {
    fn hold(&self, sentence: &Sentence<'_>, words: &RangeInclusive<usize>) -> bool {
        any(&self.when, sentence, words) && self.allow(sentence, words)
    }

    fn allow(&self, sentence: &Sentence<'_>, words: &RangeInclusive<usize>) -> bool {
        !any(&self.unless, sentence, words)
    }
}

fn any(all: &[Context], sentence: &Sentence<'_>, words: &RangeInclusive<usize>) -> bool {
    all.iter().any(|it| it.holds(sentence, words))
}

impl Sought {
    /// Whether it may be there, for all that a glance tells.
    pub fn may_be(&self, beside: &Beside) -> bool {
        self.phrase.may_cover(beside)
    }

    /// Whether it is one word, so that there is nothing to look at around it.
    pub fn is_word(&self, rules: &[Ready]) -> bool {
        self.phrase.is_word() && rules[self.rule].when.is_empty()
    }

    /// Whether it may stand there, before it is known where its block begins and ends.
    pub fn may_stand(&self, rules: &[Ready], sentence: &Sentence<'_>) -> bool {
        let loose = &rules[self.rule].loose;
        let holds = |words| loose.is_empty() || loose.iter().any(|it| it.holds(sentence, &words));
        self.loose.covers(sentence).is_some_and(holds)
    }

    /// Which words it covers, if its rule has nothing against them.
    pub fn found(&self, rules: &[Ready], sentence: &Sentence<'_>) -> Option<RangeInclusive<usize>> {
        let words = self.phrase.covers(sentence)?;
        rules[self.rule].holds(sentence, &words).then_some(words)
    }
}

impl Ready {
    fn holds(&self, sentence: &Sentence<'_>, words: &RangeInclusive<usize>) -> bool {
        (self.when.is_empty() || any(&self.when, sentence, words)) && !any(&self.unless, sentence, words)
    }

    /// What to say here, as it is written in the rule, and whether the first of it is what the rule is sure of.
    pub fn says<'a>(
        &'a self,
        sentence: &Sentence<'_>,
        words: &RangeInclusive<usize>,
        instead: Option<&'a str>,
    ) -> (Vec<&'a str>, bool) {
        let is_right = self.says.allow(sentence, words)
            && (self.says.when.is_empty() || any(&self.says.when, sentence, words));
        let said = match instead {
            Some(it) => vec![it],
            None => self.rule.say.iter().map(String::as_str).collect(),
        };
        let offers = self.rule.offer.iter().zip(&self.offers);
        let offered = offers.filter(|(_, limits)| limits.hold(sentence, words));
        let said = if is_right { said } else { Vec::new() };
        (said.into_iter().chain(offered.map(|(it, _)| it.say.as_str())).collect(), is_right)
    }

    /// Whether what it says may be put in place without anybody looking.
    pub fn is_safe(&self, sentence: &Sentence<'_>, words: &RangeInclusive<usize>) -> bool {
        self.safe.allow(sentence, words) && (self.rule.safe || any(&self.safe.when, sentence, words))
    }
}

impl Book {
    /// The rules of a language, less those that are off.
    ///
    /// # Errors
    /// [`RuleError`] when one cannot be understood.
    pub fn of<'a>(
        packs: impl Iterator<Item = &'a Pack>,
        language: &str,
        off: &HashSet<&str>,
    ) -> Result<Self, RuleError> {
        let mut building = Building::default();
        for pack in packs.filter(|it| it.pack.language == language || it.pack.language == "any") {
            for rule in &pack.rules {
                building.add(pack, rule.clone(), off)?;
            }
            for choice in &pack.consistent {
                building.add_choice(pack, choice, off)?;
            }
        }
        building.finish()
    }
}

#[derive(Default)]
struct Building {
    patterns: Vec<String>,
    numbers: HashMap<String, usize>,
    sought: Vec<Vec<Sought>>,
    known: Vocabulary,
    rules: Vec<Ready>,
    ids: HashSet<String>,
}

impl Building {
    fn add(&mut self, pack: &Pack, mut rule: Rule, off: &HashSet<&str>) -> Result<(), RuleError> {
        rule.id = format!("{}/{}", pack.pack.id, rule.id);
        let id = rule.id.clone();
        if off.contains(id.as_str()) || off.contains(pack.pack.id.as_str()) {
            return Ok(());
        }
        self.check_id(&id)?;
        let at = |why| RuleError { rule: id.clone(), why };
        let phrases: Vec<(String, Option<Arc<str>>)> = rule
            .phrases
            .iter()
            .map(|it| (it.clone(), None))
            .chain(rule.instead.iter().map(|(phrase, say)| (phrase.clone(), Some(say.as_str().into()))))
            .collect();
        if phrases.is_empty() {
            return Err(at("it looks for nothing".into()));
        }
        for (phrase, instead) in phrases {
            self.seek(&phrase, &pack.lists, instead, (0, 0)).map_err(at)?;
        }
        let mut contexts = |all: &[String]| self.contexts(all, &pack.lists).map_err(at);
        let (when, unless) = (contexts(&rule.when)?, contexts(&rule.unless)?);
        let mut limits = |when: &[String], unless: &[String]| {
            Ok(Limits { when: contexts(when)?, unless: contexts(unless)? })
        };
        let says = limits(&rule.say_when, &rule.say_unless)?;
        let safe = limits(&rule.safe_when, &rule.safe_unless)?;
        let offers = rule.offer.iter().map(|it| limits(&it.when, &it.unless)).collect::<Result<_, _>>()?;
        let loose = when.iter().map(Context::loose).collect();
        let rule = Arc::new(rule);
        self.rules.push(Ready { rule, ways: Vec::new(), when, loose, unless, says, offers, safe });
        Ok(())
    }

    fn contexts(&mut self, all: &[String], lists: &Lists) -> Result<Vec<Context>, String> {
        let all = all.iter().map(|it| several::phrases(it)).collect::<Result<Vec<_>, _>>()?;
        all.iter().flatten().map(|it| Context::read(it, lists, &mut self.known)).collect()
    }

    fn add_choice(&mut self, pack: &Pack, choice: &Consistent, off: &HashSet<&str>) -> Result<(), RuleError> {
        let id = format!("{}/{}", pack.pack.id, choice.id);
        if off.contains(id.as_str()) || off.contains(pack.pack.id.as_str()) {
            return Ok(());
        }
        self.check_id(&id)?;
        for (way, phrases) in choice.ways.iter().enumerate() {
            for (at, phrase) in phrases.iter().enumerate() {
                self.seek(phrase, &pack.lists, None, (way, at))
                    .map_err(|why| RuleError { rule: id.clone(), why })?;
            }
        }
        let rule = Rule {
            id,
            level: Level::Note,
            why: choice.why.clone(),
            phrases: choice.ways.iter().flatten().cloned().collect(),
            say: choice.ways.iter().filter_map(|it| it.first().cloned()).collect(),
            yes: choice.yes.clone(),
            no: choice.no.clone(),
            ..Rule::default()
        };
        let unless = self
            .contexts(&choice.unless, &pack.lists)
            .map_err(|why| RuleError { rule: rule.id.clone(), why })?;
        self.rules.push(Ready {
            rule: Arc::new(rule),
            ways: choice.ways.clone(),
            when: Vec::new(),
            loose: Vec::new(),
            unless,
            says: Limits::default(),
            offers: Vec::new(),
            safe: Limits::default(),
        });
        Ok(())
    }

    fn check_id(&mut self, id: &str) -> Result<(), RuleError> {
        let is_new = self.ids.insert(id.to_owned());
        if is_new {
            Ok(())
        } else {
            Err(RuleError { rule: id.into(), why: "there are two of that name".into() })
        }
    }

    fn seek(
        &mut self,
        phrase: &str,
        lists: &Lists,
        instead: Option<Arc<str>>,
        way: (usize, usize),
    ) -> Result<(), String> {
        for one in several::phrases(phrase)? {
            self.seek_one(&one, lists, instead.clone(), way)?;
        }
        Ok(())
    }

    fn seek_one(
        &mut self,
        phrase: &str,
        lists: &Lists,
        instead: Option<Arc<str>>,
        way: (usize, usize),
    ) -> Result<(), String> {
        let (phrase, words) = Phrase::read(phrase, lists, &mut self.known)?;
        let loose = phrase.loose();
        let sought = Sought { rule: self.rules.len(), phrase, loose, instead, way };
        for spelled in words.iter().flat_map(|it| spellings(it)) {
            let number = *self.numbers.entry(spelled).or_insert_with_key(|spelled| {
                self.patterns.push(spelled.clone());
                self.sought.push(Vec::new());
                self.patterns.len() - 1
            });
            self.sought[number].push(sought.clone());
        }
        Ok(())
    }

    fn finish(self) -> Result<Book, RuleError> {
        let words = Scanner::of(self.patterns)?;
        Ok(Book { words, sought: self.sought, known: self.known, rules: self.rules })
    }
}

// The automaton knows capitals of ASCII only, and texts have two kinds of apostrophe.
fn spellings(word: &str) -> Vec<String> {
    let mut all = vec![word.to_owned()];
    let mut first = word.chars();
    if let Some(letter) = first.next().filter(|it| !it.is_ascii()) {
        all.push(letter.to_uppercase().chain(first).collect());
    }
    if word.contains('\'') {
        let curly: Vec<String> = all.iter().map(|it| it.replace('\'', "\u{2019}")).collect();
        all.extend(curly);
    }
    all
}
