//! A seal on words, that nobody can make who does not know the key.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The seal, to be shown or held against one that was.
pub(crate) fn seal(key: &[u8], words: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap_or_else(|_| unreachable!("any length will do"));
    mac.update(words.as_bytes());
    mac
}
