//! Mails one after another, so that a mailbox of any size fits into little memory; and when and by whom each was written.

use std::io::{self, BufRead, Read as _};

use jiff::fmt::rfc2822::DateTimeParser;

use crate::text::LONGEST;

/// What a mail without a date is listed under.
const UNDATED: &str = "undated";

/// One mail of a mailbox.
#[derive(Debug, PartialEq, Eq)]
pub struct Mail {
    /// How many lines stand before it.
    pub lines: usize,
    /// How many bytes stand before it.
    pub at: usize,
    /// As it is stored; nothing, if it is longer than anybody writes.
    pub bytes: Option<Vec<u8>>,
}

/// When and by whom a mail was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The month, as 2024-03.
    pub month: String,
    /// Who wrote it: a name, or else an address.
    pub sender: String,
}

/// Cuts a mailbox into mails.
pub struct Mailbox<R> {
    source: R,
    lines: usize,
    at: usize,
    next: Vec<u8>,
    is_box: bool,
    is_blank: bool,
}

impl<R: BufRead> Mailbox<R> {
    /// Begins to read what is a mailbox by its name, or by its first line if that tells.
    pub fn new(source: R, is_box: bool) -> Self {
        Self { source, lines: 0, at: 0, next: Vec::new(), is_box, is_blank: true }
    }

    // A line, or as much of it as anybody writes.
    fn line(&mut self) -> io::Result<Vec<u8>> {
        if !self.next.is_empty() {
            return Ok(std::mem::take(&mut self.next));
        }
        let mut line = Vec::new();
        (&mut self.source).take(LONGEST).read_until(b'\n', &mut line)?;
        Ok(line)
    }

    fn mail(&mut self) -> io::Result<Option<Mail>> {
        let (lines, at) = (self.lines, self.at);
        let mut bytes = Some(Vec::new());
        loop {
            let line = self.line()?;
            let may_begin = self.is_blank && line.starts_with(b"From ");
            self.is_box |= may_begin && self.at == 0;
            let is_next = may_begin && self.is_box && self.at > at;
            if line.is_empty() || is_next {
                self.next = line;
                return Ok((self.at > at).then_some(Mail { lines, at, bytes }));
            }
            self.is_blank = line.iter().all(u8::is_ascii_whitespace);
            self.lines += usize::from(line.ends_with(b"\n"));
            self.at += line.len();
            bytes = bytes.filter(|it: &Vec<u8>| (it.len() + line.len()) as u64 <= LONGEST);
            if let Some(bytes) = &mut bytes {
                bytes.extend_from_slice(&line);
            }
        }
    }
}

impl<R: BufRead> Iterator for Mailbox<R> {
    type Item = io::Result<Mail>;

    fn next(&mut self) -> Option<Self::Item> {
        self.mail().transpose()
    }
}

impl Head {
    /// Reads the lines before the words.
    pub fn of(text: &str) -> Self {
        let head = text.lines().take_while(|it| !it.is_empty());
        let (mut month, mut sender) = (None, None);
        for (name, value) in head.filter_map(|it| it.split_once(':')) {
            match name.to_ascii_lowercase().as_str() {
                "date" => month = month.or_else(|| month_of(value)),
                "from" => sender = sender.or_else(|| Some(sender_of(value))),
                _ => {}
            }
        }
        Self { month: month.unwrap_or_else(|| UNDATED.into()), sender: sender.unwrap_or_default() }
    }
}

fn month_of(date: &str) -> Option<String> {
    let parser = DateTimeParser::new().relaxed_weekday(true);
    // The month of whoever wrote, where they were.
    let at = parser.parse_zoned(date.trim()).ok()?;
    Some(at.strftime("%Y-%m").to_string())
}

fn sender_of(from: &str) -> String {
    let name = from.split('<').next().unwrap_or_default().trim().trim_matches('"').trim();
    let said = if name.is_empty() { from.trim().trim_matches(['<', '>']) } else { name };
    said.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_cut_where_a_mail_begins() {
        let text = "From ada Tue\nSubject: a\n\nFrom here on we ask.\n\nFrom grace Wed\nSubject: b\n\nb\n";
        let mails: Vec<Mail> = Mailbox::new(text.as_bytes(), false).map(Result::unwrap).collect();
        let told: Vec<(usize, String)> = mails
            .iter()
            .map(|it| (it.lines, String::from_utf8(it.bytes.clone().unwrap()).unwrap()))
            .collect();
        // Whoever stores mailboxes puts a mark before such a line; one without is taken for the next mail.
        assert_eq!(told.iter().map(|it| it.0).collect::<Vec<_>>(), [0, 3, 5]);
        assert_eq!(told.iter().map(|it| it.1.as_str()).collect::<String>(), text);
        assert_eq!(mails[2].at, text.find("From grace").unwrap());
    }

    #[test]
    fn a_single_mail_is_one_whatever_its_paragraphs_begin_with() {
        let text = "Subject: a\n\nDear Ada,\n\nFrom here on we ask.\n";
        let count = |is_box| Mailbox::new(text.as_bytes(), is_box).count();
        assert_eq!((count(false), count(true)), (1, 2));
    }

    #[test]
    fn a_mail_longer_than_anybody_writes_is_passed_by_and_the_next_is_not() {
        let long = "x".repeat(LONGEST as usize + 10);
        let text = format!("From a\n\n{long}\n\nFrom b\n\nb\n");
        let mails: Vec<Mail> = Mailbox::new(text.as_bytes(), false).map(Result::unwrap).collect();
        assert_eq!(mails.iter().map(|it| it.bytes.is_some()).collect::<Vec<_>>(), [false, true]);
        assert_eq!((mails[1].lines, mails[1].at), (4, text.find("From b").unwrap()));
    }

    #[test]
    fn when_and_by_whom_is_in_its_head() {
        let head = |text: &str| Head::of(text);
        let ada =
            head("Date: Tue, 5 Mar 2024 23:30:00 -0500\nFrom: \"Ada L.\" <ada@example.org>\n\nDate: none\n");
        assert_eq!((ada.month.as_str(), ada.sender.as_str()), ("2024-03", "Ada L."));
        let grace = head("from: <grace@example.org>\ndate: soon\n\n");
        assert_eq!((grace.month.as_str(), grace.sender.as_str()), ("undated", "grace@example.org"));
    }
}
