//! Words that sound like a promise, while they are written: offered, never marked by themselves.

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};

/// What sounds like a promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spotted {
    /// The sentence.
    pub what: String,
    /// By which day.
    pub due: Date,
}

/// How somebody begins who promises something, in English and German.
const WILL: &[&str] = &[
    "i'll",
    "i will",
    "i shall",
    "i am going to",
    "i'm going to",
    "we'll",
    "we will",
    "we shall",
    "we are going to",
    "we're going to",
    "you will have",
    "you'll have",
    "you will get",
    "you'll get",
    "i promise",
    "we promise",
    "ich werde",
    "wir werden",
    "ich schicke",
    "wir schicken",
    "ich melde mich",
    "wir melden uns",
    "ich rufe",
    "wir rufen",
    "sie bekommen",
    "du bekommst",
];

/// The first sentence that says what one of us will do and by when.
pub fn spot(text: &str, today: Date) -> Option<Spotted> {
    // Answers quote what they answer.
    let own = text.lines().filter(|line| !line.trim_start().starts_with('>')).collect::<Vec<_>>().join("\n");
    sentences(&own).find_map(|sentence| {
        let low = sentence.to_lowercase().replace('\u{2019}', "'");
        let words: Vec<&str> =
            low.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|it| !it.is_empty()).collect();
        let flat = format!(" {} ", words.join(" "));
        let promises = WILL.iter().any(|will| flat.contains(&format!(" {will} ")));
        let due = promises.then(|| day(&words, today)).flatten()?;
        Some(Spotted { what: sentence.split_whitespace().collect::<Vec<_>>().join(" "), due })
    })
}

/// A sentence ends with its mark before a blank, or with an empty line.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let mut cuts = vec![0];
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let ends = matches!(c, '.' | '!' | '?') && next.is_none_or(char::is_whitespace);
        if ends || (c == '\n' && next == Some('\n')) {
            cuts.push(at + c.len_utf8());
        }
    }
    cuts.push(text.len());
    let ends = cuts.clone().into_iter().skip(1);
    cuts.into_iter()
        .zip(ends)
        .map(|(from, to)| text[from..to].trim())
        .filter(|it| !it.is_empty())
        .collect::<Vec<_>>()
        .into_iter()
}

/// The day that these words name.
fn day(words: &[&str], today: Date) -> Option<Date> {
    let has = |all: &[&str]| words.windows(all.len()).any(|it| it == all);
    let after = |days: i32| today.checked_add(days.days()).ok();
    let friday = || after(ahead(today, Weekday::Friday));
    if has(&["tomorrow"]) || has(&["morgen"]) {
        return after(1);
    }
    if has(&["today"]) || has(&["tonight"]) || has(&["this", "afternoon"]) || has(&["heute"]) {
        return Some(today);
    }
    if has(&["end", "of", "the", "week"])
        || has(&["end", "of", "this", "week"])
        || has(&["this", "week"])
        || has(&["ende", "der", "woche"])
    {
        return friday();
    }
    if has(&["end", "of", "the", "month"]) || has(&["ende", "des", "monats"]) {
        return Some(today.last_of_month());
    }
    if has(&["next", "week"]) || has(&["nächste", "woche"]) {
        return friday()?.checked_add(7.days()).ok();
    }
    for it in words.windows(3) {
        let ["in" | "within", number, unit] = it else { continue };
        let number = count(number)?;
        let days = match *unit {
            "day" | "days" | "tag" | "tagen" => number,
            "week" | "weeks" | "woche" | "wochen" => number * 7,
            _ => continue,
        };
        return after(days);
    }
    if let Some(weekday) = words.iter().find_map(|word| weekday(word)) {
        return after(ahead(today, weekday));
    }
    words.windows(2).find_map(|it| {
        let (a, b) = (it[0], it[1]);
        let figure = |word: &str| word.trim_end_matches(|c: char| c.is_alphabetic()).parse::<i8>().ok();
        let (day, month) =
            month(b).map(|month| (figure(a), month)).or_else(|| Some((figure(b), month(a)?)))?;
        let this = Date::new(today.year(), month, day?).ok()?;
        if this >= today { Some(this) } else { Date::new(today.year() + 1, month, day?).ok() }
    })
}

/// Days until the next day of this name; today's name means today in a week.
fn ahead(today: Date, wanted: Weekday) -> i32 {
    match i32::from(today.weekday().until(wanted)) {
        0 => 7,
        days => days,
    }
}

fn count(word: &str) -> Option<i32> {
    const NUMBERS: &[&[&str]] = &[
        &["a", "one", "an", "einem", "einer"],
        &["two", "zwei"],
        &["three", "drei"],
        &["four", "vier"],
        &["five", "fünf"],
        &["six", "sechs"],
        &["seven", "sieben"],
    ];
    let named = NUMBERS.iter().position(|names| names.contains(&word)).map(|at| at as i32 + 1);
    named.or_else(|| word.parse().ok().filter(|it| (1..400).contains(it)))
}

fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "montag" => Weekday::Monday,
        "tuesday" | "dienstag" => Weekday::Tuesday,
        "wednesday" | "mittwoch" => Weekday::Wednesday,
        "thursday" | "donnerstag" => Weekday::Thursday,
        "friday" | "freitag" => Weekday::Friday,
        "saturday" | "samstag" => Weekday::Saturday,
        "sunday" | "sonntag" => Weekday::Sunday,
        _ => return None,
    })
}

fn month(word: &str) -> Option<i8> {
    const MONTHS: &[&[&str]] = &[
        &["january", "januar"],
        &["february", "februar"],
        &["march", "märz"],
        &["april"],
        &["may", "mai"],
        &["june", "juni"],
        &["july", "juli"],
        &["august"],
        &["september"],
        &["october", "oktober"],
        &["november"],
        &["december", "dezember"],
    ];
    MONTHS.iter().position(|names| names.contains(&word)).map(|at| at as i8 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Wednesday.
    fn today() -> Date {
        Date::constant(2026, 3, 18)
    }

    #[test]
    fn what_sounds_like_a_promise_is_spotted_with_its_day() {
        for (text, due) in [
            ("I'll send it by Friday.", "2026-03-20"),
            ("Thank you! I’ll send it by\nFriday, and a second bag with it.", "2026-03-20"),
            ("We will call you back tomorrow.", "2026-03-19"),
            ("You'll have it today", "2026-03-18"),
            ("We shall refund it within three days.", "2026-03-21"),
            ("I will look into it next week.", "2026-03-27"),
            ("I'm going to write again on Wednesday.", "2026-03-25"),
            ("We'll have an answer by the end of the month.", "2026-03-31"),
            ("I will be back on 3rd April.", "2026-04-03"),
            ("We'll ship it on January 7.", "2027-01-07"),
            ("Ich schicke es bis Freitag.", "2026-03-20"),
            ("Wir melden uns morgen bei Ihnen.", "2026-03-19"),
        ] {
            let spotted = spot(text, today()).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(spotted.due.to_string(), due, "{text}");
        }
        let found = spot("Hello Ann.\n\nWe are sorry. I'll send it by Friday. Best", today()).unwrap();
        assert_eq!(found.what, "I'll send it by Friday.");
    }

    #[test]
    fn what_promises_nothing_is_left_alone() {
        for text in [
            "It was sent on Friday.",
            "Did you get it on Monday?",
            "I'll think about it.",
            "We are open from Monday to Friday.",
            "> I'll send it by Friday.\nDid that come?",
            "",
        ] {
            assert_eq!(spot(text, today()), None, "{text}");
        }
    }
}
