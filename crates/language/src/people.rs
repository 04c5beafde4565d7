//! The word that fits the people a sentence is about, in the form in which it stands there.

use std::ops::Range;

use crate::{phrase::Sentence, voice::Voice, words::Word};

/// A word for one of them and for several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Noun {
    one: String,
    many: String,
}

/// What stands near a word tells who is meant.
const SIGNS: &[(&str, &str, &[&str])] = &[
    (
        "customer",
        "customers",
        &[
            "shop",
            "store",
            "order",
            "orders",
            "invoice",
            "invoices",
            "price",
            "prices",
            "pricing",
            "pay",
            "pays",
            "paid",
            "paying",
            "payment",
            "payments",
            "purchase",
            "purchases",
            "buy",
            "buys",
            "bought",
            "subscription",
            "subscriptions",
            "billing",
            "billed",
            "checkout",
            "refund",
            "refunds",
            "cart",
            "charge",
            "charged",
            "revenue",
            "sales",
        ],
    ),
    (
        "member",
        "members",
        &["member", "members", "membership", "community", "forum", "club", "association", "join"],
    ),
    (
        "reader",
        "readers",
        &["blog", "article", "articles", "newsletter", "book", "books", "chapter", "posts"],
    ),
    ("guest", "guests", &["hotel", "restaurant", "stay", "reservation"]),
    (
        "visitor",
        "visitors",
        &["website", "websites", "site", "visit", "visits", "homepage", "cookie", "cookies"],
    ),
    ("patient", "patients", &["clinic", "hospital", "doctor", "doctors", "medical"]),
    ("student", "students", &["course", "courses", "lesson", "lessons", "teacher", "teachers", "classroom"]),
    ("player", "players", &["game", "games", "play", "plays", "score"]),
    ("listener", "listeners", &["podcast", "song", "songs", "music", "playlist"]),
];

/// Words that begin with a vowel in writing and with a consonant when spoken.
const NO_VOWELS: &[&str] = &["use", "uni", "one", "eu", "uk"];

/// And the other way round.
const SILENT: &[&str] = &["hour", "honest", "honour", "honor", "heir"];

impl Noun {
    /// The organisation's own.
    pub fn of(voice: &Voice) -> Option<Self> {
        let one = voice.people.clone()?;
        let many = voice.several.clone().unwrap_or_else(|| several(&one));
        Some(Self { one, many })
    }

    /// When nothing is known of them.
    pub fn anybody() -> Self {
        Self { one: "person".into(), many: "people".into() }
    }

    /// Whom the words around speak of.
    pub fn meant(sentence: &Sentence<'_>) -> Option<Self> {
        let words: Vec<String> = sentence.near.words.iter().map(Word::lower).collect();
        // One alone may well mean something else: "in order to", "of course".
        let is_meant =
            |signs: &[&str]| signs.iter().filter(|it| words.iter().any(|word| word == *it)).count() > 1;
        let found = SIGNS.iter().find(|(_, _, signs)| is_meant(signs))?;
        Some(Self { one: found.0.into(), many: found.1.into() })
    }

    fn theirs(&self, apostrophe: &str) -> String {
        theirs(&self.many, apostrophe)
    }
}

fn several(one: &str) -> String {
    let ends = |ending: &str| one.ends_with(ending);
    let before_y = one.len().checked_sub(2).and_then(|it| one.as_bytes().get(it));
    match one {
        "person" => "people".into(),
        "child" => "children".into(),
        _ if ends("y") && before_y.is_some_and(|it| !b"aeiou".contains(it)) => {
            format!("{}ies", &one[..one.len() - 1])
        }
        _ if ["s", "x", "ch", "sh"].iter().any(|it| ends(it)) => format!("{one}es"),
        _ => format!("{one}s"),
    }
}

fn theirs(noun: &str, apostrophe: &str) -> String {
    let rest = if noun.ends_with('s') { "" } else { "s" };
    format!("{noun}{apostrophe}{rest}")
}

/// What was found, with the article before it and the ending that belongs to it.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    /// All of it.
    pub range: Range<usize>,
    article: Option<&'a str>,
    gap: &'a str,
    is_many: bool,
    apostrophe: Option<&'a str>,
}

impl<'a> Place<'a> {
    /// Where words stand that are to be replaced by a word for people.
    pub fn of(text: &'a str, sentence: &Sentence<'_>, words: (usize, usize)) -> Self {
        let all = &sentence.near.words;
        let (start, end) = (all[words.0].range.start, all[words.1].range.end);
        let is_many = all[words.1].text.ends_with(['s', 'S']);
        let apostrophe = apostrophe(&text[end..], is_many);
        let tail = apostrophe.map_or(0, |it| it.len() + usize::from(text[end + it.len()..].starts_with('s')));
        let before = words.0.checked_sub(1).map(|it| &all[it]);
        let article = before
            .filter(|it| ["a", "an", "the"].iter().any(|article| it.text.eq_ignore_ascii_case(article)));
        // Only across plain space: markup in between stays where it is.
        let article = article.filter(|it| {
            text[it.range.end..start].trim().is_empty() && !text[it.range.end..start].contains('\n')
        });
        let from = article.map_or(start, |it| it.range.start);
        Self {
            range: from..end + tail,
            article: article.map(|it| &text[it.range.clone()]),
            gap: article.map_or("", |it| &text[it.range.end..start]),
            is_many,
            apostrophe,
        }
    }

    /// A template with a noun put in, in the form that stands here; nothing where there is none.
    pub fn say(&self, template: &str, noun: &Noun) -> Option<String> {
        let mark = self.apostrophe.unwrap_or("'");
        let plain = if self.is_many { &noun.many } else { &noun.one };
        let form = if self.apostrophe.is_some() { theirs(plain, mark) } else { plain.clone() };
        let said = template.replace("{people's}", &noun.theirs(mark)).replace("{people}", &form);
        let is_the = |article: &str| article.eq_ignore_ascii_case("the");
        let is_theirs = template.starts_with("{people's}");
        match self.article.filter(|_| template.starts_with('{')) {
            None => Some(said),
            // "The people's choice" is a phrase of its own, and "a people's choice" is none.
            Some(article) if is_theirs => is_the(article).then_some(said),
            Some(article) if is_the(article) => Some(format!("{article}{}{said}", self.gap)),
            Some(article) => Some(format!("{}{}{said}", indefinite(article, &said), self.gap)),
        }
    }
}

// "user's", "users'", but not "users', he said".
fn apostrophe(after: &str, is_many: bool) -> Option<&str> {
    let length = after.chars().next().filter(|it| matches!(it, '\'' | '\u{2019}'))?.len_utf8();
    let rest = &after[length..];
    let is_own = rest.starts_with('s') && !rest[1..].starts_with(char::is_alphanumeric);
    let is_theirs = is_many && rest.starts_with(' ') && rest[1..].starts_with(char::is_alphabetic);
    (is_own || is_theirs).then(|| &after[..length])
}

/// “A” or “an”, whichever belongs before a word.
pub(crate) fn indefinite(article: &str, next: &str) -> String {
    let next = next.to_lowercase();
    let begins = |all: &[&str]| all.iter().any(|it| next.starts_with(it));
    let is_vowel = begins(SILENT) || (next.starts_with(['a', 'e', 'i', 'o', 'u']) && !begins(NO_VOWELS));
    let first = &article[..1];
    if is_vowel { format!("{first}n") } else { first.to_owned() }
}

/// Gives words the capitals of what they replace.
pub(crate) fn with_capitals(said: &str, found: &str) -> String {
    let letters = || found.chars().filter(|it| it.is_alphabetic());
    let is_loud = letters().count() > 1 && letters().all(char::is_uppercase);
    let mut first = said.chars();
    match first.next() {
        _ if is_loud => said.to_uppercase(),
        Some(letter) if letters().next().is_some_and(char::is_uppercase) => {
            letter.to_uppercase().chain(first).collect()
        }
        _ => said.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{phrase::Vocabulary, words::near};

    fn said(text: &str, template: &str, one: &str) -> String {
        let noun = Noun::of(&Voice { people: Some(one.into()), ..Voice::default() }).unwrap();
        let at = text.to_lowercase().find("user").unwrap();
        let known = Vocabulary::default();
        let sentence = known.read(near(text, at, &(0..text.len())));
        let place = Place::of(text, &sentence, (sentence.near.at, sentence.near.at));
        let found = &text[place.range.clone()];
        text.replace(found, &with_capitals(&place.say(template, &noun).unwrap(), found))
    }

    #[test]
    fn number_capital_article_and_possessive_are_kept() {
        let told = [
            ("ask a user now", "person", "ask a person now"),
            ("ask a user now", "attendee", "ask an attendee now"),
            ("An user waits", "guest", "A guest waits"),
            ("Each user waits", "person", "Each person waits"),
            ("Users wait", "person", "People wait"),
            ("the users' wishes", "person", "the people's wishes"),
            ("the users\u{2019} wishes", "customer", "the customers\u{2019} wishes"),
            ("a user's wish", "owner", "an owner's wish"),
            ("OUR USERS", "party", "OUR PARTIES"),
        ];
        for (text, one, wanted) in told {
            assert_eq!(said(text, "{people}", one), wanted);
        }
        assert_eq!(said("The user can wait", "you", "person"), "You can wait");
        assert_eq!(said("our user feedback", "{people's}", "person"), "our people's feedback");
        assert_eq!(said("The user feedback", "{people's}", "person"), "People's feedback");
        assert_eq!((indefinite("A", "hour of work"), indefinite("an", "used")), ("An".into(), "a".into()));
    }

    #[test]
    fn the_words_around_tell_who_is_meant() {
        let meant = |text: &str| {
            let known = Vocabulary::default();
            let sentence = known.read(near(text, text.find("user").unwrap(), &(0..text.len())));
            Noun::meant(&sentence).map(|it| it.one)
        };
        assert_eq!(meant("A user pays the invoice.").as_deref(), Some("customer"));
        assert_eq!(meant("Each user of the forum becomes a member.").as_deref(), Some("member"));
        assert_eq!(meant("A user waits."), None);
        assert_eq!(meant("Of course, a user waits."), None);
    }
}
