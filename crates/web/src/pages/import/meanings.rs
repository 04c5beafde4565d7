//! What a column may be taken for, in words.

use channels::people::Meaning;
use delivery::importing::Format;

/// What a column of a table about people may say.
const OF_PEOPLE: &[(&str, &str)] = &[
    ("name", "Their name"),
    ("given_name", "Their given name"),
    ("family_name", "Their family name"),
    ("email", "Mail address"),
    ("phone", "Phone number"),
    ("company", "Where they work"),
    ("role", "What they are there"),
    ("person", "Their customer number"),
    ("story", "Their story"),
    ("note", "A note about them"),
    ("tags", "Words they are sorted under"),
    ("photo", "A picture"),
    ("seen_at", "Since when this is known"),
];

/// What else a column of a table of orders may say.
const OF_ORDERS: &[(&str, &str)] = &[
    ("date", "The day of the order"),
    ("amount", "What the line came to"),
    ("total", "What the whole order came to"),
    ("currency", "The currency"),
    ("quantity", "How many"),
    ("item", "What was bought"),
    ("order", "The order's number"),
];

/// What a column may be taken for: as it is stored, and in words. What it is taken for now is always among them.
pub(super) fn choices(format: Format, heading: &str, now: &Meaning) -> Vec<(String, String)> {
    let orders = if format == Format::Orders { OF_ORDERS } else { &[] };
    let plain = OF_PEOPLE.iter().chain(orders).map(|(name, words)| (stored(name), (*words).to_owned()));
    let mut all: Vec<_> = plain.collect();
    let field = stored(&format!("field:{heading}"));
    for meaning in [field, now.to_string()] {
        if meaning != "ignore" && all.iter().all(|(name, _)| *name != meaning) {
            let words = in_words(&meaning);
            all.push((meaning, words));
        }
    }
    all.push(("ignore".to_owned(), "Leave it out".to_owned()));
    all
}

/// The name as a mapping shows it: `person` is short for a longer one.
fn stored(name: &str) -> String {
    name.parse::<Meaning>().map_or_else(|_| "ignore".to_owned(), |meaning| meaning.to_string())
}

fn in_words(meaning: &str) -> String {
    match meaning.split_once(':') {
        Some(("field", name)) => format!("To be known as “{}”", name.replace('_', " ")),
        Some(("social", network)) => format!("Their name on {network}"),
        Some(("external", system)) => format!("Their key in {system}"),
        _ => meaning.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_can_be_read_back_and_what_was_guessed_is_among_them() {
        let guessed = Meaning::Social("instagram".into());
        let choices = choices(Format::Orders, "Insta Name", &guessed);
        assert!(choices.iter().all(|(name, _)| name.parse::<Meaning>().is_ok()));
        let words = |name: &str| choices.iter().find(|(n, _)| n == name).map(|(_, words)| words.as_str());
        assert_eq!(words("social:instagram"), Some("Their name on instagram"));
        assert_eq!(words("field:insta_name"), Some("To be known as “insta name”"));
        assert_eq!(words("external:customer"), Some("Their customer number"));
        assert!(
            super::choices(Format::People, "x", &Meaning::Ignore).iter().all(|(name, _)| name != "amount")
        );
    }
}
