//! Mail: the subject and what somebody wrote; not headers, what they answered to, signatures or encoded parts.

use std::collections::HashSet;

use super::{Reads, Role, Span, lines};

/// No mail has more parts within parts; what is behind a further boundary is read as it stands.
const PARTS: usize = 1_000;

/// What each mail of a mailbox begins with.
const FROM: &str = "From ";

/// A mail, or several behind each other.
pub struct Mail;

impl Reads for Mail {
    fn spans(&self, text: &str) -> Vec<Span> {
        let mut reading = Reading { is_box: text.starts_with(FROM), ..Reading::default() };
        for (at, line) in lines(text) {
            reading.take(at, line);
        }
        reading.spans.extend(reading.open.take());
        reading.spans
    }
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Part {
    #[default]
    Headers,
    Body,
    // A signature, or a part that is no plain text.
    Silent,
}

#[derive(Default)]
struct Reading {
    part: Part,
    spans: Vec<Span>,
    open: Option<Span>,
    encoded: bool,
    boundaries: HashSet<String>,
    // Whether several mails may stand behind each other, and whether the next may begin here.
    is_box: bool,
    is_blank: bool,
}

impl Reading {
    fn take(&mut self, at: usize, line: &str) {
        let is_blank = std::mem::replace(&mut self.is_blank, line.trim().is_empty());
        if line.starts_with(FROM) && (at == 0 || is_blank) && self.is_box {
            self.close();
            (self.part, self.encoded) = (Part::Headers, false);
            self.boundaries.clear();
        } else if self.is_boundary(line) {
            self.close();
            (self.part, self.encoded) = (Part::Headers, false);
        } else {
            match self.part {
                Part::Headers => self.header(at, line),
                Part::Body => self.body(at, line),
                Part::Silent => {}
            }
        }
    }

    fn is_boundary(&self, line: &str) -> bool {
        let bare = line.strip_prefix("--").map(|it| it.trim_end().trim_end_matches("--"));
        bare.is_some_and(|bare| !bare.is_empty() && self.boundaries.contains(bare))
    }

    fn header(&mut self, at: usize, line: &str) {
        let lower = line.to_ascii_lowercase();
        if line.is_empty() {
            self.part = if self.encoded { Part::Silent } else { Part::Body };
        } else if lower.starts_with("subject:") && !line.contains("=?") {
            let range = at + "subject:".len()..at + line.len();
            self.spans.push(Span { range: range.clone(), role: Role::Heading, block: range });
        }
        let is_other = lower.starts_with("content-type:")
            && !lower.contains("text/plain")
            && !lower.contains("multipart/")
            && !lower.contains("message/");
        self.encoded |=
            is_other || (lower.starts_with("content-transfer-encoding:") && lower.contains("base64"));
        if let Some(found) = lower.find("boundary=") {
            let value = line[found + "boundary=".len()..].trim_start_matches('"');
            let bare = value.split(['"', ';']).next().unwrap_or_default().trim();
            if self.boundaries.len() < PARTS {
                self.boundaries.insert(bare.to_owned());
            }
        }
    }

    fn body(&mut self, at: usize, line: &str) {
        if line == "-- " || line == "--" || is_forwarded(line) {
            self.close();
            self.part = Part::Silent;
        } else if line.trim().is_empty() || is_quoted(line) {
            self.close();
        } else {
            let end = at + line.len();
            let open = self.open.get_or_insert(Span { range: at..end, role: Role::Prose, block: at..end });
            (open.range.end, open.block.end) = (end, end);
        }
    }

    fn close(&mut self) {
        self.spans.extend(self.open.take());
    }
}

// What follows is somebody else's mail.
fn is_forwarded(line: &str) -> bool {
    let line = line.trim();
    let said = line.trim_matches(['-', '_', ' ', ':']).to_ascii_lowercase();
    let is_marked = line.starts_with("--") && line.ends_with("--") || line.ends_with(':');
    is_marked
        && [
            "original message",
            "forwarded message",
            "begin forwarded message",
            "urspr\u{fc}ngliche nachricht",
            "weitergeleitete nachricht",
            "message d'origine",
            "message transf\u{e9}r\u{e9}",
            "mensaje original",
            "mensaje reenviado",
        ]
        .contains(&said.as_str())
}

// What they answered to, and the line that says whose words it is.
fn is_quoted(line: &str) -> bool {
    let line = line.trim();
    let announces = ["wrote:", "schrieb:", "\u{e9}crit :", "\u{e9}crit:", "escribi\u{f3}:"];
    line.starts_with('>') || announces.iter().any(|it| line.ends_with(it))
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, told};

    #[test]
    fn only_what_somebody_wrote_is_told() {
        let text = "From: ada@example.org\nSubject: Our users\nX-Users: users\n\nDear all,\nhello.\n\n\
                    On Monday Grace wrote:\n> users\n\nYours\n-- \nusers\n";
        assert_eq!(told(Kind::Mail, text), [" Our users", "Dear all,\nhello.", "Yours"]);
    }

    #[test]
    fn what_is_passed_on_is_somebody_elses() {
        for line in [
            "-----Original Message-----",
            "---------- Forwarded message ----------",
            "Begin forwarded message:",
        ] {
            let text = format!("Subject: a\n\nLook at this.\n\n{line}\nFrom: b\n\nusers\n");
            assert_eq!(told(Kind::Mail, &text), [" a", "Look at this."], "{line}");
        }
        let told = told(Kind::Mail, "Subject: a\n\nThe original message:\nis mine.\n");
        assert_eq!(told, [" a", "The original message:\nis mine."]);
    }

    #[test]
    fn a_paragraph_of_a_single_mail_may_begin_with_from() {
        let mail = "Subject: a\n\nHello.\n\nFrom here on\nNext: we ask.\n\nBye.\n";
        assert_eq!(told(Kind::Mail, mail), [" a", "Hello.", "From here on\nNext: we ask.", "Bye."]);
        let both = format!("From ada Tue\n{mail}\nFrom grace Wed\nSubject: b\n\nHi.\n");
        assert_eq!(told(Kind::Mail, &both), [" a", "Hello.", "Bye.", " b", "Hi."]);
    }

    #[test]
    fn encoded_and_other_parts_are_left_alone() {
        let text = "Content-Type: multipart/mixed; boundary=\"b1\"\n\n--b1\nContent-Type: text/plain\n\nHello\n\
                    --b1\nContent-Type: text/html\n\n<p>users\n--b1\nContent-Transfer-Encoding: base64\n\nusers\n--b1--\n";
        assert_eq!(told(Kind::Mail, text), ["Hello"]);
    }
}
