//! Counting what was seen before in a file, in memory that is bounded whatever the file holds.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Records without a number of their own that one file may hold. Each takes about 20 bytes of memory; a
/// larger file is to be split or given a column that numbers its rows.
pub(crate) const MOST: usize = 8_000_000;

/// What is counted is a digest already; hashing it again would only cost time.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// What was seen so far, by the first bytes of its digest.
#[derive(Default)]
pub(crate) struct Seen(HashMap<u64, u64, BuildHasherDefault<AsItIs>>);

/// There is no room to remember more.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl Full {
    /// What to do about it.
    pub fn reason(&self) -> String {
        format!(
            "the file holds more than {MOST} rows without a number of their own: split it, or say which column numbers them"
        )
    }
}

impl Seen {
    /// How often this digest came by, this time included.
    pub fn count(&mut self, digest: &str) -> Result<u64, Full> {
        let count = self.entry(digest)?;
        *count += 1;
        Ok(*count)
    }

    /// What was noted first under this digest: this content, unless something else was noted before.
    pub fn first(&mut self, digest: &str, content: &str) -> Result<bool, Full> {
        let content = number(content).max(1);
        let noted = self.entry(digest)?;
        if *noted == 0 {
            *noted = content;
        }
        Ok(*noted == content)
    }

    fn entry(&mut self, digest: &str) -> Result<&mut u64, Full> {
        let key = number(digest);
        if self.0.len() >= MOST && !self.0.contains_key(&key) {
            return Err(Full);
        }
        Ok(self.0.entry(key).or_insert(0))
    }
}

fn number(digest: &str) -> u64 {
    u64::from_str_radix(digest.get(..16).unwrap_or_default(), 16).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::short_digest;

    #[test]
    fn rows_alike_to_the_letter_are_told_apart_by_their_count() {
        let mut seen = Seen::default();
        let row = short_digest(&[b"Ann", b"5.00"]);
        assert_eq!((seen.count(&row), seen.count(&row)), (Ok(1), Ok(2)));
        assert_eq!(seen.count(&short_digest(&[b"Ann5", b".00"])), Ok(1));
    }

    #[test]
    fn a_number_with_other_content_is_noticed() {
        let mut seen = Seen::default();
        let (order, one, two) = (short_digest(&[b"17"]), short_digest(&[b"1"]), short_digest(&[b"2"]));
        assert_eq!(seen.first(&order, &one), Ok(true));
        assert_eq!(seen.first(&order, &one), Ok(true));
        assert_eq!(seen.first(&order, &two), Ok(false));
    }
}
