//! What comes in from the world: bytes in, [`Fragment`]s out. And the writers that take them along again.
//!
//! Each module reads one format: [`table`] (with [`people`] and [`orders`] on top of it), [`vcard`], [`mail`]
//! and [`lines`]. None of them knows a database or decides who a person is. All of them are [`Source`]s: they
//! hold one record at a time, tell it or refuse it with its place and reason, and can be taken up again at an
//! offset with exactly the keys an uninterrupted reading gives.

mod dates;
mod format;
mod http;
pub mod lines;
pub mod mail;
pub mod messengers;
pub mod names;
pub mod orders;
pub mod people;
pub mod pictures;
mod seen;
pub mod table;
pub mod team_chat;
pub mod text;
pub mod vcard;

use std::io::{self, BufRead, Seek};

use model::{Fragment, Time};
use sha2::{Digest, Sha256};

pub use dates::{DateStyle, Dates};
pub use format::Format;

/// Bytes kept of a record that is refused: enough to find and mend it by, never a gigabyte.
pub const RAW_KEPT: usize = 64 * 1024;

/// What a source is read from: a file, or bytes at hand.
pub trait Input: BufRead + Seek + Send {}
impl<T: BufRead + Seek + Send> Input for T {}

/// Where in its file a record begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// The line, counted from 1 as an editor shows it; in a folder of files, the file's number.
    pub line: u64,
    /// The byte.
    pub offset: u64,
}

/// A file that came along: it must be kept before the moments that name it are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// SHA-256 of the bytes, in hexadecimal.
    pub digest: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl File {
    /// Names these bytes by their digest.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self { digest: hex(&Sha256::digest(&bytes)), bytes }
    }
}

/// One record of a source.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// It was understood.
    Told {
        /// Where it begins.
        place: Place,
        /// What it says, of one person or (a mail we sent to three) of several.
        fragments: Vec<Fragment>,
        /// The files it came with.
        files: Vec<File>,
        /// What was kept but not understood, naming column or property: worth a look, no reason to refuse.
        warnings: Vec<String>,
    },
    /// It could not be read, or does not say of whom it speaks.
    Refused {
        /// Where it begins.
        place: Place,
        /// Its bytes, up to [`RAW_KEPT`].
        raw: Vec<u8>,
        /// Why, in plain words.
        reason: String,
    },
}

impl Heard {
    /// Where the record begins.
    pub fn place(&self) -> Place {
        match self {
            Self::Told { place, .. } | Self::Refused { place, .. } => *place,
        }
    }

    /// A refusal with as much of the record as is kept.
    pub(crate) fn refused(place: Place, raw: &[u8], reason: impl Into<String>) -> Self {
        Self::Refused { place, raw: raw[..raw.len().min(RAW_KEPT)].to_vec(), reason: reason.into() }
    }
}

/// Something that is read record by record.
pub trait Source: Send {
    /// The next record; nothing at the end.
    fn next(&mut self) -> io::Result<Option<Heard>>;
    /// The byte after the last record told or refused: where to take it up again.
    fn offset(&self) -> u64;
    /// How many bytes there are in all, where that is known.
    fn size(&self) -> Option<u64>;
}

/// What a reader must be told because the file does not say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The name of the import, such as `people.csv`: the fragments' source.
    pub source: String,
    /// When the source said so, for records that carry no date of their own.
    pub seen_at: Time,
    /// The country (ISO 3166, two letters) whose telephone numbers are written without a country code.
    pub country: Option<String>,
}

/// Bytes as hexadecimal figures.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const FIGURES: &[u8; 16] = b"0123456789abcdef";
    let figure = |nibble: u8| char::from(FIGURES[usize::from(nibble & 15)]);
    bytes.iter().flat_map(|byte| [figure(byte >> 4), figure(*byte)]).collect()
}

/// The first half of a SHA-256: long enough that no two records share it by chance.
pub(crate) fn short_digest(parts: &[&[u8]]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    hex(&digest.finalize()[..16])
}

/// How many bytes an input holds; it is left at its start.
pub(crate) fn size_of(input: &mut impl Seek) -> io::Result<u64> {
    let size = input.seek(io::SeekFrom::End(0))?;
    input.rewind()?;
    Ok(size)
}
