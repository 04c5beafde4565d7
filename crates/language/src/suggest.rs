//! What could be said instead, in the form in which the sentence stays right.

use std::ops::Range;

use crate::{
    book::{Ready, Sought},
    people::{Noun, Place, indefinite, with_capitals},
    phrase::Sentence,
};

/// What could be said in the place of what was found.
#[derive(Debug)]
pub(crate) struct Suggestion {
    /// What it takes the place of.
    pub range: Range<usize>,
    /// The best first; none where the grammar cannot be held.
    pub say: Vec<String>,
    /// What may be put in place if the rule is sure.
    pub sure: Option<String>,
}

/// Where something was found.
pub(crate) struct Site<'a> {
    /// The text.
    pub text: &'a str,
    /// The sentence.
    pub sentence: &'a Sentence<'a>,
    /// The first and the last word of what was found.
    pub words: (usize, usize),
    /// The organisation's own word for people.
    pub noun: Option<&'a Noun>,
}

impl Site<'_> {
    /// What a rule would say here.
    pub fn suggest(&self, sought: &Sought, ready: &Ready) -> Suggestion {
        let words = self.words.0..=self.words.1;
        let plain = self.plain();
        let (templates, is_sure) = ready.says(self.sentence, &words, sought.instead.as_deref());
        if templates.is_empty() {
            return Suggestion { range: plain, say: Vec::new(), sure: None };
        }
        let mut suggestion = if ready.rule.say.iter().any(|it| it.contains("{people")) {
            self.people(&templates)
        } else {
            self.words(&templates, ready)
        };
        suggestion.sure = suggestion.sure.filter(|_| is_sure);
        suggestion
    }

    fn words(&self, templates: &[&str], ready: &Ready) -> Suggestion {
        let plain = self.plain();
        let capitals = |said: &&str| match &ready.rule.spelled {
            Some(_) => (*said).to_owned(),
            None => with_capitals(said, &self.text[plain.clone()]),
        };
        let say: Vec<String> = templates.iter().map(capitals).collect();
        self.with_article(plain.clone(), say)
    }

    fn plain(&self) -> Range<usize> {
        let all = &self.sentence.near.words;
        all[self.words.0].range.start..all[self.words.1].range.end
    }

    // "A whitelist" is "an allow list".
    fn with_article(&self, plain: Range<usize>, say: Vec<String>) -> Suggestion {
        let before = self.words.0.checked_sub(1).map(|at| &self.sentence.near.words[at]);
        let article = before
            .filter(|it| ["a", "an"].iter().any(|article| it.text.eq_ignore_ascii_case(article)))
            .filter(|it| self.text[it.range.end..plain.start].bytes().all(|it| it == b' '));
        let wanted = |said: &String| article.map(|it| indefinite(it.text, said));
        let changes = say.iter().any(|it| wanted(it).as_deref() != article.map(|it| it.text));
        let (range, say) = match article.filter(|_| changes) {
            None => (plain, say),
            Some(it) => {
                let gap = &self.text[it.range.end..plain.start];
                let with = |said: &String| format!("{}{gap}{said}", indefinite(it.text, said));
                (it.range.start..plain.end, say.iter().map(with).collect())
            }
        };
        Suggestion { range, sure: say.first().cloned(), say }
    }

    fn people(&self, templates: &[&str]) -> Suggestion {
        let place = Place::of(self.text, self.sentence, self.words);
        let anybody = Noun::anybody();
        let sure = self.noun.unwrap_or(&anybody);
        let meant = if self.noun.is_some() { None } else { Noun::meant(self.sentence) };
        let found = &self.text[place.range.clone()];
        let said =
            |template: &str, noun: &Noun| place.say(template, noun).map(|said| with_capitals(&said, found));
        let mut say: Vec<String> = Vec::new();
        for template in templates {
            for said in meant.iter().chain([sure]).filter_map(|noun| said(template, noun)) {
                if !say.contains(&said) {
                    say.push(said);
                }
            }
        }
        let sure = templates.first().and_then(|it| said(it, sure));
        Suggestion { range: place.range, say, sure }
    }
}
