//! Lines that somebody enters: what and why, short enough to be read in a list.

use crate::{ConversationError, Result};

/// Characters of a line.
const LONGEST: usize = 300;

/// A line without line breaks, or why it is none.
pub(crate) fn line(field: &'static str, text: &str) -> Result<String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let unfit = |why: &str| Err(ConversationError::Unfit { field, why: why.to_owned() });
    match text.chars().count() {
        0 => unfit("is missing"),
        1..=LONGEST => Ok(text),
        _ => unfit("is longer than a line"),
    }
}
