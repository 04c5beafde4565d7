//! mbox archives: o, rd, cl and cl2 alike. A message begins at a `From ` line that has a date, stands after
//! an empty line and before a header; whatever else begins with `From ` is what somebody wrote.

use std::{collections::VecDeque, io};

use model::Time;

use super::{Desk, Envelope, MESSAGE_LIMIT, Ours, message, when};
use crate::{
    Context, Heard, Input, Place, Source,
    text::{Line, Lines},
};

/// The messages of an archive; or one message, if the file holds only that.
pub struct Mbox<R> {
    lines: Lines<R>,
    ahead: VecDeque<(Line, Vec<u8>)>,
    desk: Desk,
    size: u64,
    offset: u64,
    before: Option<Time>,
}

/// The bytes of one message as they lie in the archive.
struct Found {
    place: Place,
    envelope: Envelope,
    raw: Vec<u8>,
    overlong: bool,
}

impl<R: Input> Mbox<R> {
    /// Reads messages from the byte `resume_at` on (0 for all of them).
    pub fn open(mut input: R, ours: Ours, context: Context, resume_at: u64) -> io::Result<Self> {
        let size = crate::size_of(&mut input)?;
        let lines = Lines::of_bytes(input, MESSAGE_LIMIT)?;
        let (ahead, desk) = (VecDeque::new(), Desk { ours, context, live: false });
        let mut mbox = Self { lines, ahead, desk, size, offset: 0, before: None };
        // A message without a date takes that of the one before, so those passed over are looked at.
        while mbox.offset < resume_at {
            let Some(found) = mbox.find()? else { break };
            mbox.before = message::date_only(&found.raw, &found.envelope, &mbox.desk).or(mbox.before);
        }
        Ok(mbox)
    }

    fn line(&mut self) -> io::Result<Option<(Line, Vec<u8>)>> {
        if let Some(ahead) = self.ahead.pop_front() {
            return Ok(Some(ahead));
        }
        let mut bytes = Vec::new();
        Ok(self.lines.next(&mut bytes)?.map(|line| (line, bytes)))
    }

    /// The next message's bytes.
    fn find(&mut self) -> io::Result<Option<Found>> {
        let Some((first, bytes)) = self.first_line()? else { return Ok(None) };
        let place = Place { line: first.number, offset: first.start };
        let mut found =
            Found { place, envelope: Envelope::default(), raw: Vec::new(), overlong: first.overlong };
        match when::from_line(bytes.trim_ascii_end()) {
            Some((sender, at)) => found.envelope = Envelope { sender: Some(sender), at, before: None },
            None => found.raw = bytes,
        }
        found.envelope.before = self.before;
        self.collect(&mut found)?;
        self.offset = self.ahead.front().map_or(self.lines.offset(), |(line, _)| line.start);
        Ok(Some(found))
    }

    fn first_line(&mut self) -> io::Result<Option<(Line, Vec<u8>)>> {
        loop {
            match self.line()? {
                Some((_, bytes)) if bytes.trim_ascii().is_empty() => self.offset = self.lines.offset(),
                other => return Ok(other),
            }
        }
    }

    /// Adds lines up to the next message. Where a Content-Length leads exactly to one, it is believed.
    fn collect(&mut self, found: &mut Found) -> io::Result<()> {
        let (mut in_head, mut after_blank, mut told, mut until) = (true, false, None, 0u64);
        let mut unescaped = false;
        while let Some((line, bytes)) = self.line()? {
            let blank = bytes.trim_ascii().is_empty();
            let may_begin = after_blank && bytes.starts_with(b"From ");
            if may_begin && line.start >= until && self.begins_message(&line, &bytes)? {
                break;
            }
            unescaped |= may_begin && line.start < until;
            if in_head {
                told = told.or_else(|| content_length(&bytes));
            }
            found.overlong |= line.overlong || found.raw.len() + bytes.len() > MESSAGE_LIMIT;
            if !found.overlong {
                found.raw.extend_from_slice(&bytes);
            }
            if in_head && blank {
                in_head = false;
                until = self.believed_end(&line, &bytes, told)?;
            }
            after_blank = blank;
        }
        trim_separator(&mut found.raw);
        if !unescaped {
            found.raw = unescape(std::mem::take(&mut found.raw));
        }
        Ok(())
    }

    /// Whether this `From ` line has a date and a header after it. If so it is put back, with what follows.
    fn begins_message(&mut self, line: &Line, bytes: &[u8]) -> io::Result<bool> {
        if when::from_line(bytes.trim_ascii_end()).is_none() {
            return Ok(false);
        }
        let next = self.line()?;
        let begins = next.as_ref().is_none_or(|(_, next)| is_header(next) || next.starts_with(b">From "));
        let mut back: VecDeque<(Line, Vec<u8>)> = next.into_iter().collect();
        if begins {
            back.push_front((*line, bytes.to_vec()));
        }
        back.append(&mut self.ahead);
        self.ahead = back;
        Ok(begins)
    }

    fn believed_end(&mut self, line: &Line, bytes: &[u8], told: Option<u64>) -> io::Result<u64> {
        let Some(end) = told.map(|length| (line.start + bytes.len() as u64).saturating_add(length)) else {
            return Ok(0);
        };
        let fits = end <= self.size && self.ahead.is_empty();
        let starts: [&[u8]; 3] = [b"From ", b"\nFrom ", b"\r\nFrom "];
        Ok(if fits && self.lines.ends_or_begins(end, &starts)? { end } else { 0 })
    }
}

fn content_length(line: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(line).ok()?;
    let (name, value) = text.split_once(':')?;
    if name.eq_ignore_ascii_case("content-length") { value.trim().parse().ok() } else { None }
}

/// Whether a line is a header: a name without blanks, and a colon.
fn is_header(line: &[u8]) -> bool {
    let name = line.iter().position(|byte| *byte == b':').map(|colon| &line[..colon]);
    name.is_some_and(|name| !name.is_empty() && name.iter().all(|byte| byte.is_ascii_graphic()))
}

/// Takes off the empty line that parts messages, which is none of theirs.
fn trim_separator(raw: &mut Vec<u8>) {
    for (end, keep) in [(&b"\r\n\r\n"[..], 2), (&b"\n\n"[..], 1)] {
        if raw.ends_with(end) {
            raw.truncate(raw.len() - (end.len() - keep));
            return;
        }
    }
}

/// `>From ` as it was before the archive: one mark less.
fn unescape(raw: Vec<u8>) -> Vec<u8> {
    if memchr::memmem::find(&raw, b">From ").is_none() {
        return raw;
    }
    let mut plain = Vec::with_capacity(raw.len());
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        let marks = line.iter().take_while(|byte| **byte == b'>').count();
        let escaped = marks > 0 && line[marks..].starts_with(b"From ");
        plain.extend_from_slice(if escaped { &line[1..] } else { line });
    }
    plain
}

impl<R: Input> Source for Mbox<R> {
    fn next(&mut self) -> io::Result<Option<Heard>> {
        let Some(found) = self.find()? else { return Ok(None) };
        if found.overlong {
            let reason = format!("the message is larger than {} MB", MESSAGE_LIMIT / 1024 / 1024);
            return Ok(Some(Heard::refused(found.place, &found.raw, reason)));
        }
        let (heard, at) = message::hear(found.raw, found.place, &found.envelope, &self.desk);
        self.before = at.or(self.before);
        Ok(Some(heard))
    }

    fn offset(&self) -> u64 {
        self.offset
    }

    fn size(&self) -> Option<u64> {
        Some(self.size)
    }
}
