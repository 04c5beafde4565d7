//! A face: initials drawn on a colour that is always theirs, or the photo.

use maud::{Markup, html};
use model::PersonId;
use sha2::{Digest, Sha256};

/// Colours to draw on; as many as the style sheet has.
const HUES: u8 = 8;

/// Draws somebody. The picture says nothing to screen readers, because the name stands beside it.
pub(crate) fn face(name: &str, key: &str, size: &str) -> Markup {
    html! {
        svg class={"face face-" (size) " hue-" (hue(key))} viewBox="0 0 48 48" width="48" height="48"
            aria-hidden="true" focusable="false" {
            circle cx="24" cy="24" r="24" {}
            text x="24" y="24.5" text-anchor="middle" dominant-baseline="central" font-size="18" { (initials(name)) }
        }
    }
}

/// The colour that is always theirs.
pub(crate) fn hue(key: &str) -> u8 {
    Sha256::digest(key.as_bytes())[0] % HUES
}

/// Somebody's photo, as large as on their page.
pub(crate) fn photo(person: PersonId) -> Markup {
    html! { img.face.face-l src={"/people/" (person) "/photo"} alt="" width="112" height="112"; }
}

/// The first letters of the first and last word; of an address, its first letter.
pub(crate) fn initials(name: &str) -> String {
    let name = name.split('@').next().unwrap_or_default();
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let first =
        |word: &&str| word.chars().next().into_iter().flat_map(char::to_uppercase).collect::<String>();
    match words.as_slice() {
        [] => "·".to_owned(),
        [one] => first(one),
        [one, .., last] => first(one) + &first(last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_the_letters_people_would_choose() {
        assert_eq!(initials("Mara van der Velde"), "MV");
        assert_eq!(initials("öz"), "Ö");
        assert_eq!(initials("info@example.org"), "I");
        assert_eq!(initials("李小龍"), "李");
        assert_eq!(initials("???"), "·");
    }
}
