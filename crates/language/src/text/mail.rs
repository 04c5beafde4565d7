//! Mail: the subject and what somebody wrote; not headers, what they answered to, signatures or encoded parts.

use super::{Reads, Role, Span, lines};

/// A mail, or several behind each other.
pub struct Mail;

impl Reads for Mail {
    fn spans(&self, text: &str) -> Vec<Span> {
        let mut reading = Reading { part: Part::Headers, ..Reading::default() };
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
    boundaries: Vec<String>,
}

impl Reading {
    fn take(&mut self, at: usize, line: &str) {
        if line.starts_with("From ") && self.open.is_none() {
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
        bare.is_some_and(|bare| !bare.is_empty() && self.boundaries.iter().any(|it| it == bare))
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
            self.boundaries.push(value.split(['"', ';']).next().unwrap_or_default().trim().to_owned());
        }
    }

    fn body(&mut self, at: usize, line: &str) {
        if line == "-- " || line == "--" {
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
    fn encoded_and_other_parts_are_left_alone() {
        let text = "Content-Type: multipart/mixed; boundary=\"b1\"\n\n--b1\nContent-Type: text/plain\n\nHello\n\
                    --b1\nContent-Type: text/html\n\n<p>users\n--b1\nContent-Transfer-Encoding: base64\n\nusers\n--b1--\n";
        assert_eq!(told(Kind::Mail, text), ["Hello"]);
    }
}
