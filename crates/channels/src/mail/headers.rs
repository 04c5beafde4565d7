//! Headers by name, on one line.

use mail_parser::Message;

/// The value of a header, unfolded and trimmed.
pub(super) fn get(message: &Message<'_>, name: &'static str) -> Option<String> {
    message.header_raw(name).map(unfold).filter(|value| !value.is_empty())
}

/// The same, where an empty value says something too.
pub(super) fn raw(message: &Message<'_>, name: &'static str) -> Option<String> {
    message.header_raw(name).map(unfold)
}

fn unfold(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}
