//! The audit itself: rules held against a text, and what they find.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{Arc, LazyLock},
};

use crate::{
    book::Book,
    exceptions::Exceptions,
    finding::{Audit, Finding},
    language::Language,
    people::Noun,
    reading::{self, Reading},
    rule::{Level, Pack, Rule, RuleError, SHIPPED},
    search::Search,
    text::{Kind, Role, Span},
    voice::Voice,
};

/// A fix may make room for another; after so many rounds it is the rules that go in a circle.
const ROUNDS: usize = 8;

/// An exception that gives no reason.
pub(crate) const REASON: &str = "exceptions/reason";

/// Holds rules against texts. To make one takes a moment, to use it does not: keep it.
#[derive(Debug)]
pub struct Auditor {
    books: BTreeMap<&'static str, Book>,
    noun: Option<Noun>,
    reason: Option<Arc<Rule>>,
}

/// A text put right.
#[derive(Debug, PartialEq, Eq)]
pub struct Mended {
    /// As it is then.
    pub text: String,
    /// How many places were put right.
    pub places: usize,
}

static PLAIN: LazyLock<Auditor> = LazyLock::new(|| match Auditor::with(&Voice::default()) {
    Ok(auditor) => auditor,
    Err(error) => unreachable!("rules are shipped after their tests: {error}"),
});

impl Auditor {
    /// With the shipped rules and nobody's own.
    pub fn shipped() -> &'static Self {
        &PLAIN
    }

    /// With the shipped rules and an organisation's own voice.
    ///
    /// # Errors
    /// [`RuleError`] when one of its rules cannot be understood.
    pub fn with(voice: &Voice) -> Result<Self, RuleError> {
        let shipped = SHIPPED.iter().map(|(name, text)| Pack::read(name, text));
        let packs: Vec<Pack> = shipped.chain(voice.rules().into_iter().map(Ok)).collect::<Result<_, _>>()?;
        let off: HashSet<&str> = voice.off.iter().map(String::as_str).collect();
        let mut books = BTreeMap::new();
        for language in Language::COVERED {
            books.insert(language.code(), Book::of(packs.iter(), language.code(), &off)?);
        }
        let reason = (!off.contains(REASON)).then(|| Arc::new(reason()));
        Ok(Self { books, noun: Noun::of(voice), reason })
    }

    /// All rules, none twice.
    pub fn rules(&self) -> Vec<Arc<Rule>> {
        let all = self.books.values().flat_map(|it| &it.rules).map(|it| &it.rule).chain(&self.reason);
        let by_name: BTreeMap<&str, &Arc<Rule>> = all.map(|it| (it.id.as_str(), it)).collect();
        by_name.into_values().cloned().collect()
    }

    /// What is found in a text whose language it tells itself. Nothing is read but the text, and time grows with its
    /// length only.
    pub fn audit(&self, text: &str, kind: Kind) -> Audit {
        self.in_language(text, kind, language_of(text, kind))
    }

    /// The same, where the language is known.
    pub fn in_language(&self, text: &str, kind: Kind, language: Language) -> Audit {
        let mut audit = Audit { findings: Vec::new(), language, reading: None };
        let Some(book) = self.books.get(language.code()) else { return audit };
        let mut search = Search::new(text, kind, book, self.noun.as_ref());
        let exceptions = Exceptions::of(text, kind);
        if kind.is_prose() {
            search.sift();
        }
        let places = search.places();
        if !places.is_empty() || !exceptions.is_empty() {
            search.look(&kind.spans_near(text, &places));
            audit.findings = search.findings(&exceptions, self.reason.as_ref());
        }
        if matches!(kind, Kind::Code(_)) {
            audit.findings.retain(|it| !is_key(it));
        }
        audit.findings.iter_mut().filter(|it| is_bound(it.role, kind)).for_each(|it| it.fix = None);
        audit
    }

    /// What is found, and how the text reads. To count every word takes longer than to look for some.
    pub fn measured(&self, text: &str, kind: Kind) -> Audit {
        let mut audit = self.audit(text, kind);
        audit.reading = Some(reading(text, kind, audit.language));
        audit
    }

    /// A text with everything put right that is safe, so that a second time changes nothing.
    pub fn fix(&self, text: &str, kind: Kind) -> String {
        self.mend(text, kind, language_of(text, kind), |_| true).text
    }

    /// The same by the rules that count, where the language is known.
    pub fn mend(&self, text: &str, kind: Kind, language: Language, counts: impl Fn(&Rule) -> bool) -> Mended {
        let mut mended = Mended { text: text.to_owned(), places: 0 };
        for _ in 0..ROUNDS {
            let mut findings = self.in_language(&mended.text, kind, language).findings;
            findings.retain(|it| counts(&it.rule));
            let next = put_right(&mended.text, &findings);
            if next.text == mended.text {
                break;
            }
            mended = Mended { text: next.text, places: mended.places + next.places };
        }
        mended
    }
}

/// How a text of a known language reads.
pub fn reading(text: &str, kind: Kind, language: Language) -> Reading {
    reading::of(text, &kind.spans(text), language)
}

/// A text with every safe fix of these findings in place. One may make room for another: [`Auditor::fix`] goes on
/// until there is none.
pub fn fixed(text: &str, findings: &[Finding]) -> String {
    put_right(text, findings).text
}

// Where two rules would change the same words, one does.
fn put_right(text: &str, findings: &[Finding]) -> Mended {
    let mut fixes: Vec<_> = findings.iter().filter_map(|it| it.fix.as_ref()).collect();
    fixes.sort_by_key(|it| it.range.start);
    let mut all = String::with_capacity(text.len());
    let (mut here, mut places) = (0, 0);
    for fix in fixes {
        let Some(between) = text.get(here..fix.range.start).filter(|_| text.is_char_boundary(fix.range.end))
        else {
            continue;
        };
        all.push_str(between);
        all.push_str(&fix.text);
        here = fix.range.end;
        places += 1;
    }
    all.push_str(&text[here..]);
    Mended { text: all, places }
}

// A program may compare a literal of its own with another, or look for it: whoever changes it must look.
fn is_bound(role: Role, kind: Kind) -> bool {
    role == Role::Bound || (role == Role::Literal && matches!(kind, Kind::Code(_)))
}

// A name in small letters within a literal of source code is a command, a package or a key.
fn is_key(found: &Finding) -> bool {
    let name = found.rule.spelled.as_deref().filter(|_| found.role == Role::Literal);
    name.is_some_and(|it| found.found == it.to_lowercase())
}

// In prose the words begin at once; elsewhere they have to be found first.
fn language_of(text: &str, kind: Kind) -> Language {
    if kind.is_prose() {
        Language::of_text(text)
    } else {
        Language::of_text(&sample(text, &kind.spans(text)))
    }
}

fn sample(text: &str, spans: &[Span]) -> String {
    let mut all = String::new();
    for span in spans.iter().filter(|it| it.role != Role::Quoted) {
        all.push_str(&text[span.range.clone()]);
        all.push(' ');
        if all.len() > 2_000 {
            break;
        }
    }
    all
}

fn reason() -> Rule {
    Rule {
        id: REASON.into(),
        level: Level::Warning,
        why: "An exception needs a reason, so that whoever comes later knows whether it still holds.".into(),
        // regard: allow exceptions/reason, people/user - an example of one without a reason
        yes: vec!["<!-- regard: allow people/user -->".into()],
        no: vec!["<!-- regard: allow people/user - the manual of another program -->".into()],
        ..Rule::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Family;

    #[test]
    fn one_of_them_is_put_right_where_no_account_can_be_meant() {
        let told = [
            ("Each user can ask.", "Each person can ask."),
            ("Every user may ask us.", "Every person may ask us."),
            ("The user can ask.", "The user can ask."),
            ("Each user asks.", "Each user asks."),
            ("Each end user can ask.", "Each end user can ask."),
        ];
        for (text, wanted) in told {
            assert!(!Auditor::shipped().audit(text, Kind::Plain).findings.is_empty(), "{text}");
            assert_eq!(Auditor::shipped().fix(text, Kind::Plain), wanted);
        }
    }

    #[test]
    fn what_a_program_looks_up_is_told_and_not_put_right() {
        let told = [
            (Kind::Po, "msgid \"We utilize it.\"\nmsgstr \"\"\n", false),
            (Kind::Po, "msgid \"a\"\nmsgstr \"We utilize it.\"\n", true),
            (Kind::Json, "{\"a\": \"We utilize it.\"}", true),
            (Kind::Json, "{\"a\": \"We utilize { utilize }.\"}", false),
            (Kind::Json, "{\"a\": \"We utilize :utilize now.\"}", false),
            (Kind::Yaml, "a: We utilize %(utilize)s.\n", false),
            (Kind::Ftl, "a = We utilize { utilize }.\n", false),
        ];
        for (kind, text, is_put_right) in told {
            let auditor = Auditor::shipped();
            assert!(!auditor.in_language(text, kind, Language::En).findings.is_empty(), "{text}");
            assert_eq!(auditor.fix(text, kind) != text, is_put_right, "{text}");
        }
        for (kind, key) in [
            (Kind::Json, "{\"we utilize it\" : 1}"),
            (Kind::Yaml, "we utilize it: 1\n'we utilize it': 1\n? we utilize it\n"),
            (Kind::Ftl, "utilize = 1\n    .utilize = 1\n    [utilize] 1\n"),
        ] {
            assert!(Auditor::shipped().in_language(key, kind, Language::En).findings.is_empty(), "{key}");
        }
    }

    #[test]
    fn a_name_in_small_letters_within_code_is_a_key() {
        let voice = Voice { names: vec!["GitHub".into()], ..Voice::default() };
        let auditor = Auditor::with(&voice).unwrap();
        let found = |text: &str, kind| auditor.audit(text, kind).findings.len();
        let code = Kind::Code(Family::Rust);
        assert_eq!(found("const A: &str = \"The github page, please.\";\n", code), 0);
        assert_eq!(found("const A: &str = \"The Github page, please.\";\n", code), 1);
        assert_eq!(found("/// The github page, please.\n", code), 1);
        assert_eq!(found("The github page, please.\n", Kind::Plain), 1);
    }
}
