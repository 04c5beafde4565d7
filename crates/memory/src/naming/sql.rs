//! Statements about the words of names.

pub(crate) fn known_variants(marks: &str) -> String {
    format!("select variant from word_variants where variant in ({marks}) and word = variant")
}
pub(crate) const PERSON_WORDS: (&str, &[&str]) = ("person_words", &["person_id", "word", "beside"]);
pub(crate) const WORD_VARIANTS: (&str, &[&str]) = ("word_variants", &["variant", "word"]);
pub(crate) const ADD_PERSON_WORD: &str =
    "insert into person_words (person_id, word, beside) values ($1, $2, $3)
    on conflict (person_id, word, beside) do nothing";
