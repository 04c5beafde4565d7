//! Message ids, and which of them is the root of a conversation.

use sha2::{Digest, Sha256};

use super::repair::header_end;
use crate::hex;

/// The ids in a header, tolerating commas, comments, phrases and missing brackets; each in angle brackets.
pub(super) fn all(header: &str) -> Vec<String> {
    let bracketed: Vec<String> = header
        .split('<')
        .skip(1)
        .filter_map(|rest| rest.split_once('>').map(|(id, _)| id))
        .map(|id| id.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect::<String>())
        .filter(|id| !id.is_empty() && id.len() < 1000)
        .map(|id| format!("<{id}>"))
        .collect();
    if !bracketed.is_empty() {
        return bracketed;
    }
    let mut depth = 0i32;
    let bare: String = header
        .chars()
        .filter(|c| {
            depth += i32::from(*c == '(') - i32::from(*c == ')');
            depth <= 0 && *c != ')' && (!c.is_control() || c.is_whitespace())
        })
        .collect();
    let words = bare.split([' ', '\t', ',', ';', '\r', '\n']).map(|word| word.trim_matches(['<', '>', '"']));
    words
        .filter(|word| word.contains('@') && word.len() > 2 && word.len() < 1000)
        .map(|word| format!("<{word}>"))
        .collect()
}

/// A digest of what makes a message this one and no other, and stays the same in whatever archive it lies:
/// line ends, quoting of `From ` and blank lines at the end do not count.
pub(super) fn essence(raw: &[u8], headers: &[Option<String>]) -> String {
    let mut digest = Sha256::new();
    for header in headers {
        let header = header.as_deref().unwrap_or_default();
        digest.update((header.len() as u64).to_be_bytes());
        digest.update(header);
    }
    let mut blank = 0u64;
    for line in raw[header_end(raw)..].split(|byte| *byte == b'\n').skip(1) {
        let line = line.trim_ascii_end();
        if line.is_empty() {
            blank += 1;
            continue;
        }
        for _ in 0..std::mem::take(&mut blank) {
            digest.update(b"\n");
        }
        let bare = line.iter().position(|byte| *byte != b'>').unwrap_or_default();
        digest.update(if line[bare..].starts_with(b"From ") { &line[bare..] } else { line });
        digest.update(b"\n");
    }
    hex(&digest.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_however_they_are_written() {
        assert_eq!(all("<a@x>\t<b@x>,<c@x>"), ["<a@x>", "<b@x>", "<c@x>"]);
        assert_eq!(all("Your message of Monday <a@x> (Ann)"), ["<a@x>"]);
        assert_eq!(all("a@x b@x (c@x)"), ["<a@x>", "<b@x>"]);
        assert_eq!(all("<a@\n x>"), ["<a@x>"]);
        assert!(all("no id here").is_empty());
    }

    #[test]
    fn the_archive_a_message_lies_in_does_not_change_what_it_is() {
        let one = essence(b"A: b\n\nHi\n\nFrom now on\n", &[]);
        assert_eq!(one, essence(b"A: b\r\n\r\nHi\r\n\r\n>From now on\r\n\r\n", &[]));
        assert_ne!(one, essence(b"A: b\n\nHi\n\nFrom then on\n", &[]));
    }
}
