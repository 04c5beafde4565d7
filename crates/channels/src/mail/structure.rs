//! The skeleton of a message, mended: heads that run into their text, parameters that lost their fold, and multiparts
//! that nobody closed. Left alone, what is inside an unclosed multipart swallows all that comes after it.

use std::borrow::Cow;

use mail_parser::{MessageParser, MimeHeaders};

/// Containers within containers that are followed; mail comes to six or seven.
const DEPTH: usize = 50;
/// Multiparts of which no part is ever seen: the parser looks for each of them up to the end of the message.
const UNSEEN: usize = 50;
/// Bytes of a head in which a part may end, and lines of it that may be that end: both are looked at again and again.
const HEAD: usize = 64 * 1024;
const TRIES: u8 = 20;
/// Bytes of a header's name; longer ones are something else that has a colon.
const NAME: usize = 76;
/// Parameters that some programs write on a line of their own without the space that folds it.
const PARAMETERS: &[&[u8]] =
    &[b"boundary=", b"charset=", b"name=", b"filename=", b"format=", b"type=", b"report-type="];

/// The message with what is missing put in; nothing is ever taken out.
pub(super) fn mend(raw: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let missing = Walk::over(&raw);
    if missing.is_empty() {
        return raw;
    }
    let (mut mended, mut from) = (Vec::with_capacity(raw.len() + 64 * missing.len()), 0);
    for (at, what) in missing {
        mended.extend_from_slice(&raw[from..at]);
        mended.extend_from_slice(&what);
        from = at;
    }
    mended.extend_from_slice(&raw[from..]);
    Cow::Owned(mended)
}

/// A multipart that is open, and whether any part of it was seen.
struct Open {
    boundary: Vec<u8>,
    seen: bool,
    /// Where its head begins.
    head: usize,
    /// How many mails it lies within.
    mails: usize,
}

/// A head that is being read.
#[derive(Default)]
struct Head {
    start: usize,
    /// Where lines begin that are no headers, with no header after them.
    stray: Option<usize>,
    /// Whether the last header speaks of the contents, and so may have parameters.
    has_parameters: bool,
    /// Whether it is the head of a mail, not of one of its parts.
    is_mail: bool,
    /// Lines that looked like the end of a part.
    tries: u8,
}

impl Head {
    fn of_part(start: usize) -> Self {
        Self { start, ..Self::default() }
    }

    fn of_mail(start: usize) -> Self {
        Self { start, is_mail: true, ..Self::default() }
    }
}

struct Walk<'a> {
    raw: &'a [u8],
    open: Vec<Open>,
    head: Option<Head>,
    /// Mails within mails, here.
    mails: usize,
    unseen: usize,
    missing: Vec<(usize, Vec<u8>)>,
}

impl<'a> Walk<'a> {
    fn over(raw: &'a [u8]) -> Vec<(usize, Vec<u8>)> {
        let mut walk = Self {
            raw,
            open: Vec::new(),
            head: Some(Head::of_mail(0)),
            mails: 0,
            unseen: 0,
            missing: Vec::new(),
        };
        let mut start = 0;
        while start < raw.len() {
            let end = memchr::memchr(b'\n', &raw[start..]).map_or(raw.len(), |at| start + at + 1);
            walk.line(start, end);
            // Without multiparts there is nothing to look for in the text.
            if walk.head.is_none() && walk.open.is_empty() {
                return walk.found();
            }
            start = end;
        }
        walk.finish();
        walk.found()
    }

    /// What is missing, in its order: what is wrong with a head shows only at its end.
    fn found(mut self) -> Vec<(usize, Vec<u8>)> {
        self.missing.sort_by_key(|(at, _)| *at);
        self.missing
    }

    fn line(&mut self, start: usize, end: usize) {
        let line = self.raw[start..end].trim_ascii_end();
        if line.starts_with(b"--") && self.delimiter(line, start, end) {
            return;
        }
        let Some(head) = &mut self.head else { return };
        if head.is_mail && ends_in_short_zone(line) {
            self.missing.push((start + line.len(), b"  ".to_vec()));
        }
        match line {
            b"" => self.close_head(start, Some(end)),
            _ if is_header(line) => {
                head.stray = None;
                head.has_parameters = begins(line, b"content-");
            }
            _ if head.has_parameters && head.stray.is_none() && is_lost_parameter(line) => {
                self.missing.push((start, b" ".to_vec()));
            }
            _ if line.starts_with(b" ") || line.starts_with(b"\t") => {}
            _ => head.stray = head.stray.or(Some(start)),
        }
    }

    /// Whether this line ends a part. What lies within the multipart it belongs to was not closed, and is now.
    fn delimiter(&mut self, line: &[u8], start: usize, end: usize) -> bool {
        if self.may_end_head(start) && self.ends_head(line, start) {
            if self.head.as_ref().is_some_and(|head| head.stray.is_none()) {
                self.missing.push((start, b"\n".to_vec()));
            }
            self.close_head(start, None);
        }
        let Some(at) = self.open.iter().rposition(|open| ends(line, &open.boundary).is_some()) else {
            return false;
        };
        self.close_above(at, start);
        self.open[at].seen = true;
        let closes = ends(line, &self.open[at].boundary) == Some(true);
        if closes {
            self.open.truncate(at);
        }
        self.head = (!closes).then(|| Head::of_part(end));
        true
    }

    /// Whether it is worth looking if a part ends within a head.
    fn may_end_head(&mut self, start: usize) -> bool {
        self.head.as_mut().is_some_and(|head| {
            head.tries = head.tries.saturating_add(1);
            head.tries < TRIES && start - head.start < HEAD
        })
    }

    /// Whether a line that ends a part stands in a head: the boundary is open, or this head names it.
    fn ends_head(&self, line: &[u8], start: usize) -> bool {
        let Some(head) = &self.head else { return false };
        let own = match contents(&self.raw[head.start..start]) {
            Contents::Parts(boundary) => ends(line, &boundary).is_some(),
            _ => false,
        };
        own || self.open.iter().any(|open| ends(line, &open.boundary).is_some())
    }

    /// A head is over: at an empty line, or where its part ends without one.
    fn close_head(&mut self, end: usize, text: Option<usize>) {
        let Some(head) = self.head.take() else { return };
        let lines = &self.raw[head.start..head.stray.unwrap_or(end)];
        // A mail without any header is no mail; a part without any is text.
        if let Some(stray) = head.stray.filter(|_| !(head.is_mail && lines.is_empty())) {
            self.missing.push((stray, b"\n".to_vec()));
        }
        match contents(lines) {
            Contents::Parts(boundary) if self.open.len() < DEPTH => {
                self.open.push(Open { boundary, seen: false, head: head.start, mails: self.mails });
            }
            Contents::Message if head.stray.is_none() => {
                self.mails += 1;
                // The parser calls itself for each, and would come to the end of its stack: deeper down, mail is text.
                match (self.mails > DEPTH, text) {
                    (false, text) => self.head = text.map(Head::of_mail),
                    (true, Some(start)) => self.missing.push((start, b"\n".to_vec())),
                    (true, None) => {}
                }
            }
            _ => {}
        }
    }

    /// Closes what is open above this one, the innermost first.
    fn close_above(&mut self, at: usize, start: usize) {
        self.mails = self.open.get(at).map_or(0, |open| open.mails);
        for open in self.open.split_off((at + 1).min(self.open.len())).into_iter().rev() {
            self.close(open, start);
        }
    }

    fn close(&mut self, open: Open, start: usize) {
        if open.seen {
            self.missing.push((start, [&b"--"[..], &open.boundary, b"--\n"].concat()));
            return;
        }
        self.unseen += 1;
        if self.unseen > UNSEEN {
            self.missing.push((open.head, b"\n".to_vec()));
        }
    }

    fn finish(&mut self) {
        let end = self.raw.len();
        self.close_head(end, None);
        if self.open.iter().any(|open| open.seen) && !self.raw.ends_with(b"\n") {
            self.missing.push((end, b"\n".to_vec()));
        }
        for open in std::mem::take(&mut self.open).into_iter().rev() {
            self.close(open, end);
        }
    }
}

/// Whether a line is this boundary, and whether it is the last one.
fn ends(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?;
    match rest {
        b"" => Some(false),
        b"--" => Some(true),
        _ => None,
    }
}

fn is_header(line: &[u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', line) else { return false };
    let name = line[..colon].trim_ascii_end();
    !name.is_empty() && name.len() <= NAME && name.iter().all(|byte| byte.is_ascii_graphic())
}

/// Whether a time ends in a zone of less than three letters, such as `UT` or `Z`: the parser reads three, past the end
/// of the line, and so loses the header that follows.
fn ends_in_short_zone(line: &[u8]) -> bool {
    let mut words = line.rsplit(|byte| *byte == b' ').filter(|word| !word.is_empty());
    let Some(zone) = words.next().filter(|it| it.len() < 3 && it.iter().all(u8::is_ascii_alphabetic)) else {
        return false;
    };
    let is_time =
        |it: &[u8]| it.contains(&b':') && it.iter().all(|byte| byte.is_ascii_digit() || *byte == b':');
    !zone.is_empty() && words.next().is_some_and(is_time)
}

fn is_lost_parameter(line: &[u8]) -> bool {
    PARAMETERS.iter().any(|word| begins(line, word))
}

fn begins(line: &[u8], word: &[u8]) -> bool {
    line.get(..word.len()).is_some_and(|it| it.eq_ignore_ascii_case(word))
}

/// What a head says its text is.
enum Contents {
    Parts(Vec<u8>),
    Message,
    Text,
}

fn contents(head: &[u8]) -> Contents {
    let says = |word: &[u8]| head.windows(word.len()).any(|it| it.eq_ignore_ascii_case(word));
    if !says(b"multipart/") && !says(b"message/") {
        return Contents::Text;
    }
    // Lost folds are mended here too, or the boundary would not be found.
    let mut lines = Vec::with_capacity(head.len() + 8);
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        if is_lost_parameter(line) {
            lines.push(b' ');
        }
        lines.extend_from_slice(line);
    }
    lines.extend_from_slice(b"\n\n");
    let parser = MessageParser::new().with_mime_headers();
    let Some(message) = parser.parse_headers(&lines) else { return Contents::Text };
    let Some(kind) = message.content_type() else { return Contents::Text };
    let subtype = kind.c_subtype.as_deref().unwrap_or_default();
    if kind.c_type.eq_ignore_ascii_case("multipart") {
        let boundary = kind.attribute("boundary").map(str::trim_end).filter(|it| !it.is_empty());
        return boundary.map_or(Contents::Text, |it| Contents::Parts(it.as_bytes().to_vec()));
    }
    let is_mail = kind.c_type.eq_ignore_ascii_case("message")
        && ["rfc822", "global"].iter().any(|it| subtype.eq_ignore_ascii_case(it));
    if is_mail && !is_encoded(&message) { Contents::Message } else { Contents::Text }
}

fn is_encoded(message: &mail_parser::Message<'_>) -> bool {
    let told = message.content_transfer_encoding().unwrap_or_default().trim().to_lowercase();
    told == "base64" || told == "quoted-printable"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mended(raw: &str) -> String {
        String::from_utf8(mend(Cow::Borrowed(raw.as_bytes())).into_owned()).unwrap_or_default()
    }

    #[test]
    fn a_sound_message_is_left_as_it_is() {
        let raw = "From: a@x\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\nhi\n--a--\n";
        assert!(matches!(mend(Cow::Borrowed(raw.as_bytes())), Cow::Borrowed(_)));
        assert_eq!(mended("From: a@x\n\nname=x\n--a\n"), "From: a@x\n\nname=x\n--a\n");
        assert_eq!(mended(""), "");
    }

    #[test]
    fn an_inner_multipart_is_closed_before_the_outer_goes_on() {
        let open = "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\n1\n";
        assert_eq!(mended(&format!("{open}--a\n\n2\n--a--\n")), format!("{open}--b--\n--a\n\n2\n--a--\n"));
        assert_eq!(mended(open), format!("{open}--b--\n--a--\n"));
    }

    #[test]
    fn what_is_built_to_exhaust_the_parser_is_text() {
        let deep = format!("From: a@x\n{}", "Content-Type: message/rfc822\n\n".repeat(DEPTH + 5));
        assert_eq!(mended(&deep).len(), deep.len() + 1);
        let part = "--a\nContent-Type: multipart/mixed; boundary=never\n\nhi\n";
        let wide = format!("Content-Type: multipart/mixed; boundary=a\n\n{}--a--\n", part.repeat(UNSEEN + 5));
        assert_eq!(mended(&wide).len(), wide.len() + 5);
    }

    #[test]
    fn a_head_that_runs_into_its_text_is_parted_from_it() {
        assert_eq!(mended("From: a@x\nhello there\n"), "From: a@x\n\nhello there\n");
        assert_eq!(mended("From: a@x\nnonsense\nSubject: b\n\nhi"), "From: a@x\nnonsense\nSubject: b\n\nhi");
        let part = "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: text/plain\n";
        assert_eq!(mended(&format!("{part}hi\n--a--\n")), format!("{part}\nhi\n--a--\n"));
    }

    #[test]
    fn a_short_zone_does_not_swallow_the_next_header() {
        let raw = "Date: Sat, 22 Apr 2006 17:14:50 UT\nFrom: a@x\nSubject: b\n\nhi";
        assert_eq!(mended(raw), raw.replace("UT", "UT  "));
        let message = mend(Cow::Borrowed(raw.as_bytes())).into_owned();
        assert!(MessageParser::default().parse(&message).is_some_and(|it| it.from().is_some()));
    }

    #[test]
    fn a_parameter_without_its_fold_gets_it_back() {
        let raw = "Content-Type: multipart/mixed;\nboundary=\"a\"\n\n--a\n\nhi\n--a--\n";
        assert_eq!(mended(raw), raw.replace("boundary", " boundary"));
    }
}
