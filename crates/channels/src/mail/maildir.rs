//! Maildir, and any folder of `.eml` files: one file, one message.

use std::{
    fs, io,
    io::Read,
    path::{Path, PathBuf},
};

use model::Time;

use super::{Desk, Envelope, MESSAGE_LIMIT, Ours, message, when};
use crate::{Context, Heard, Place, Source};

/// Folders within folders that are looked into.
const DEPTH: usize = 16;

/// The messages of a folder, in the order of their names.
pub struct Maildir {
    files: Vec<(PathBuf, u64)>,
    next: usize,
    offset: u64,
    size: u64,
    before: Option<Time>,
    desk: Desk,
}

impl Maildir {
    /// Reads the messages after the first `resume_at` bytes of them. If the folder has changed so much that
    /// no message begins there any more, it is read from the start: keys make that harmless.
    pub fn open(folder: &Path, ours: Ours, context: Context, resume_at: u64) -> io::Result<Self> {
        let mut files = Vec::new();
        gather(folder, DEPTH, &mut files)?;
        // The name up to the colon stays when a message is read or moved from new to cur.
        files.sort_by(|(a, _), (b, _)| (unique(a), a).cmp(&(unique(b), b)));
        let size = files.iter().map(|(_, size)| size).sum();
        let mut maildir =
            Self { files, next: 0, offset: 0, size, before: None, desk: Desk { ours, context, live: false } };
        maildir.skip_to(resume_at);
        Ok(maildir)
    }

    fn skip_to(&mut self, resume_at: u64) {
        let starts = self.files.iter().scan(0, |sum, (_, size)| {
            *sum += size;
            Some(*sum)
        });
        let Some(count) = starts.take_while(|sum| *sum <= resume_at).position(|sum| sum == resume_at) else {
            return;
        };
        while self.next <= count {
            let file = self.take();
            if let Some(Ok(raw)) = file.map(|(path, _)| load(&path)) {
                let envelope = Envelope { before: self.before, ..Envelope::default() };
                self.before = message::date_only(&raw, &envelope, &self.desk).or(self.before);
            }
        }
    }

    fn take(&mut self) -> Option<(PathBuf, Place)> {
        let (path, size) = self.files.get(self.next)?;
        let place = Place { line: self.next as u64 + 1, offset: self.offset };
        self.next += 1;
        self.offset += size;
        Some((path.clone(), place))
    }
}

/// In a Maildir the messages of `cur` and `new`; elsewhere every `.eml`; and so in the folders within.
fn gather(folder: &Path, depth: usize, files: &mut Vec<(PathBuf, u64)>) -> io::Result<()> {
    let is_mail = matches!(folder.file_name().and_then(|name| name.to_str()), Some("cur" | "new"));
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_eml = name.to_ascii_lowercase().ends_with(".eml");
        if kind.is_dir() && name != "tmp" && depth > 0 {
            gather(&path, depth - 1, files)?;
        } else if kind.is_file() && (is_eml || (is_mail && !name.starts_with('.'))) {
            files.push((path, entry.metadata()?.len()));
        }
    }
    Ok(())
}

fn unique(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split(":2,").next().unwrap_or_default().to_owned()
}

fn load(path: &Path) -> io::Result<Vec<u8>> {
    let mut raw = Vec::new();
    fs::File::open(path)?.take(MESSAGE_LIMIT as u64 + 1).read_to_end(&mut raw)?;
    Ok(raw)
}

/// Some delivery agents leave the `From ` line of an mbox above the message.
fn split_envelope(raw: &[u8]) -> (Envelope, &[u8]) {
    let end = memchr::memchr(b'\n', raw).map_or(raw.len(), |at| at + 1);
    match when::from_line(raw[..end].trim_ascii_end()) {
        Some((sender, at)) => (Envelope { sender: Some(sender), at, before: None }, &raw[end..]),
        None => (Envelope::default(), raw),
    }
}

impl Source for Maildir {
    fn next(&mut self) -> io::Result<Option<Heard>> {
        let Some((path, place)) = self.take() else { return Ok(None) };
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let raw = match load(&path) {
            Err(error) => {
                return Ok(Some(Heard::refused(place, b"", format!("{name}: cannot be read: {error}"))));
            }
            Ok(raw) if raw.len() > MESSAGE_LIMIT => {
                let reason = format!("{name}: the message is larger than {} MB", MESSAGE_LIMIT / 1024 / 1024);
                return Ok(Some(Heard::refused(place, &raw, reason)));
            }
            Ok(raw) => raw,
        };
        let (mut envelope, raw) = split_envelope(&raw);
        envelope.before = self.before;
        let (heard, at) = message::hear(raw.to_vec(), place, &envelope, &self.desk);
        self.before = at.or(self.before);
        Ok(Some(match heard {
            Heard::Refused { place, raw, reason } => {
                Heard::Refused { place, raw, reason: format!("{name}: {reason}") }
            }
            told => told,
        }))
    }

    fn offset(&self) -> u64 {
        self.offset
    }

    fn size(&self) -> Option<u64> {
        Some(self.size)
    }
}
