//! The text of a file, if it is one.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use language::Kind;

/// A longer text was hardly written by somebody; and what is read at once must fit into little memory.
pub const LONGEST: u64 = 16 << 20;

/// What some editors put before a text to say that it is in UTF-8.
pub const MARK: &str = "\u{feff}";

/// Why something was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// It holds bytes that no text has.
    Binary,
    /// It is in an older encoding.
    NotUtf8,
    /// It is longer than anybody writes, and than is read.
    TooLong(u64),
    /// Its name does not tell what kind of text it is.
    Unknown,
    /// The system did not let us.
    Failed(String),
}

impl Why {
    /// In a few words.
    pub fn told(&self) -> String {
        match self {
            Self::Binary => "no text".into(),
            Self::NotUtf8 => "not in UTF-8".into(),
            Self::TooLong(limit) => format!("longer than {} MB", limit >> 20),
            Self::Unknown => "its name does not tell what kind of text it is, or tells that it is a licence; say it with --kind".into(),
            Self::Failed(error) => error.clone(),
        }
    }

    /// Whether something went wrong, rather than was left aside: what somebody names, they want read.
    fn is_failure(&self, is_named: bool) -> bool {
        match self {
            Self::Failed(_) => true,
            Self::Unknown => false,
            Self::Binary | Self::NotUtf8 | Self::TooLong(_) => is_named,
        }
    }
}

impl From<io::Error> for Why {
    fn from(error: io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Something that was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Its path.
    pub path: String,
    /// Why.
    pub why: Why,
    /// Whether somebody asked for this very file.
    pub is_named: bool,
}

impl Unread {
    /// Whether something went wrong, rather than was left aside.
    pub fn is_failure(&self) -> bool {
        self.why.is_failure(self.is_named)
    }
}

// How long a text of a kind may be.
fn longest(kind: Kind) -> u64 {
    kind.longest().and_then(|it| u64::try_from(it).ok()).map_or(LONGEST, |it| it.min(LONGEST))
}

/// A text, without the mark that may stand before it.
#[derive(Debug, PartialEq, Eq)]
pub struct Text {
    /// The text.
    pub text: String,
    /// How many bytes stand before it.
    pub before: usize,
}

impl Text {
    /// What stands in a file.
    pub fn of_file(path: &Path, kind: Kind) -> Result<Self, Why> {
        let file = File::open(path)?;
        let (size, longest) = (file.metadata()?.len(), longest(kind));
        if size > longest {
            return Err(Why::TooLong(longest));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size + 1).unwrap_or_default());
        file.take(longest + 1).read_to_end(&mut bytes)?;
        Self::of_bytes(bytes, kind)
    }

    /// What bytes say.
    pub fn of_bytes(bytes: Vec<u8>, kind: Kind) -> Result<Self, Why> {
        let longest = longest(kind);
        if bytes.len() as u64 > longest {
            return Err(Why::TooLong(longest));
        }
        if memchr::memchr(0, &bytes).is_some() {
            return Err(Why::Binary);
        }
        let mut text = String::from_utf8(bytes).map_err(|_| Why::NotUtf8)?;
        let before = if text.starts_with(MARK) { MARK.len() } else { 0 };
        text.drain(..before);
        Ok(Self { text, before })
    }

    /// Other words in its place, with what stood before it.
    pub fn with(&self, text: &str) -> String {
        format!("{}{text}", if self.before > 0 { MARK } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_left_aside_with_a_reason() {
        let read = |bytes: &[u8]| Text::of_bytes(bytes.to_vec(), Kind::Plain);
        assert_eq!(read(b"a\0b"), Err(Why::Binary));
        assert_eq!(read(b"caf\xe9"), Err(Why::NotUtf8));
        assert_eq!(read(&vec![b' '; LONGEST as usize + 1]), Err(Why::TooLong(LONGEST)));
        assert!(Text::of_file(Path::new("not there"), Kind::Plain).unwrap_err().is_failure(false));
        let code = Kind::Code(language::Family::Rust);
        let limit = code.longest().unwrap();
        let long = vec![b' '; limit + 1];
        assert_eq!(Text::of_bytes(long.clone(), code), Err(Why::TooLong(limit as u64)));
        assert!(read(&long).is_ok(), "of other texts more is read");
        assert_eq!(Why::TooLong(limit as u64).told(), "longer than 2 MB");
    }

    #[test]
    fn the_mark_before_a_text_is_kept_apart() {
        let text = Text::of_bytes("\u{feff}a".into(), Kind::Plain).unwrap();
        assert_eq!((text.text.as_str(), text.before), ("a", 3));
        assert_eq!(text.with("b"), "\u{feff}b");
    }
}
