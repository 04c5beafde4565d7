//! The lines of a card as properties: unfolded, decoded, unescaped.

use encoding_rs::Encoding;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;

use crate::text::Charset;

/// The name and value of a parameter.
type Param = (String, String);

/// One property of a card.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Property {
    /// What binds it to others of the same card, such as `item1`.
    pub group: String,
    /// Its name in upper case.
    pub name: String,
    /// Parameters, names in upper case; bare ones of vCard 2.1 count as types.
    pub params: Vec<Param>,
    /// The value as text, escapes still in it.
    pub value: String,
    /// What had to be done to read it.
    pub warning: Option<String>,
}

impl Property {
    /// The first value of a parameter.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// The types it is said to be of, in lower case.
    pub fn types(&self) -> impl Iterator<Item = String> {
        let named = self.params.iter().filter(|(name, _)| name == "TYPE");
        named.flat_map(|(_, value)| value.split(',')).map(|kind| kind.trim().to_lowercase())
    }

    /// The value without escapes.
    pub fn text(&self) -> String {
        unescape(self.value.trim())
    }

    /// The parts of a structured value, without escapes.
    pub fn parts(&self, mark: char) -> Vec<String> {
        let (mut parts, mut part, mut escaped) = (Vec::new(), String::new(), false);
        for c in self.value.chars() {
            match c {
                _ if c == mark && !escaped => parts.push(std::mem::take(&mut part)),
                _ => part.push(c),
            }
            escaped = c == '\\' && !escaped;
        }
        parts.push(part);
        parts.iter().map(|part| unescape(part.trim())).collect()
    }
}

/// `\n`, `\,` and their like as what they stand for; line ends of any kind as one.
fn unescape(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (mut plain, mut chars) = (String::with_capacity(text.len()), text.chars());
    while let Some(c) = chars.next() {
        match (c, chars.clone().next()) {
            ('\\', Some('n' | 'N')) => plain.push('\n'),
            ('\\', Some(next @ ('\\' | ',' | ';' | ':' | '"'))) => plain.push(next),
            _ => {
                plain.push(c);
                continue;
            }
        }
        chars.next();
    }
    plain
}

/// All properties between the card's first and last line.
pub(super) fn read(lines: &[Vec<u8>]) -> Vec<Property> {
    let inner = lines.get(1..lines.len().saturating_sub(1)).unwrap_or_default();
    unfold(inner).iter().filter_map(|line| property(line)).collect()
}

/// Joins folded lines, and the soft breaks of quoted-printable.
fn unfold(lines: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut unfolded: Vec<Vec<u8>> = Vec::new();
    let mut soft = false;
    for line in lines {
        let folded = matches!(line.first(), Some(b' ' | b'\t'));
        match unfolded.last_mut() {
            Some(last) if soft => {
                last.pop();
                last.extend_from_slice(line);
            }
            Some(last) if folded => last.extend_from_slice(&line[1..]),
            _ if line.trim_ascii().is_empty() => continue,
            _ => unfolded.push(line.clone()),
        }
        soft = unfolded.last().is_some_and(|last| last.ends_with(b"=") && is_quoted_printable(last));
    }
    unfolded
}

fn is_quoted_printable(line: &[u8]) -> bool {
    // Most lines need no closer look.
    line.to_ascii_uppercase().windows(16).any(|window| window == b"QUOTED-PRINTABLE")
        && head(line).is_some_and(|(_, params, _)| {
            let encoding = params.iter().find(|(name, _)| name == "ENCODING");
            encoding.is_some_and(|(_, value)| value.eq_ignore_ascii_case("quoted-printable"))
        })
}

/// Without control marks, which no card may hold, but for ends of lines and tabs.
fn without_marks(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t')).collect()
}

/// What stands before the value - the full name, its parameters - and where the value begins.
fn head(line: &[u8]) -> Option<(String, Vec<Param>, usize)> {
    let colon = unquoted(line, b':')?;
    let head = without_marks(&String::from_utf8_lossy(&line[..colon])).replace(['\r', '\n'], "");
    let mut parts = Vec::new();
    let mut rest = head.as_bytes();
    while let Some(at) = unquoted(rest, b';') {
        parts.push(String::from_utf8_lossy(&rest[..at]).into_owned());
        rest = &rest[at + 1..];
    }
    parts.push(String::from_utf8_lossy(rest).into_owned());
    let mut parts = parts.into_iter();
    let full = parts.next()?.trim().to_owned();
    Some((full, parts.map(|part| param(&part)).collect(), colon + 1))
}

fn property(line: &[u8]) -> Option<Property> {
    let (full, params, value) = head(line)?;
    let (group, name) = full.rsplit_once('.').unwrap_or(("", &full));
    if name.is_empty() {
        return None;
    }
    let (group, name) = (group.to_lowercase(), name.to_uppercase());
    let mut property = Property { group, name, params, ..Property::default() };
    (property.value, property.warning) = decode(&property, &line[value..]);
    Some(property)
}

/// Where a byte stands first outside of quotes; a quote that is never closed is only a character.
fn unquoted(line: &[u8], wanted: u8) -> Option<usize> {
    let mut quoted = false;
    let found = line.iter().position(|byte| {
        quoted ^= *byte == b'"';
        *byte == wanted && !quoted
    });
    found.or_else(|| if quoted { line.iter().position(|byte| *byte == wanted) } else { None })
}

fn param(text: &str) -> (String, String) {
    let (name, value) = text.split_once('=').unwrap_or(("TYPE", text));
    let value = from_param(&value.trim().replace('"', ""));
    let (name, bare) = (name.trim().to_uppercase(), value.to_uppercase());
    match name.as_str() {
        "TYPE" if matches!(&*bare, "QUOTED-PRINTABLE" | "BASE64" | "8BIT" | "7BIT") => {
            ("ENCODING".into(), value)
        }
        _ => (name, value),
    }
}

/// `^n`, `^'` and `^^` as RFC 6868 has them.
fn from_param(text: &str) -> String {
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once('^') {
        plain.push_str(before);
        let meant =
            [('n', '\n'), ('\'', '"'), ('^', '^')].into_iter().find(|(sign, _)| after.starts_with(*sign));
        plain.push(meant.map_or('^', |(_, meant)| meant));
        rest = if meant.is_some() { &after[1..] } else { after };
    }
    plain + rest
}

fn decode(property: &Property, value: &[u8]) -> (String, Option<String>) {
    let encoding = property.param("ENCODING").unwrap_or_default().to_uppercase();
    let quoted = (encoding == "QUOTED-PRINTABLE").then(|| quoted_printable_decode(value)).flatten();
    let bytes = quoted.as_deref().unwrap_or(value);
    let charset = property.param("CHARSET").and_then(|label| Encoding::for_label(label.as_bytes()));
    let (text, warning) = match charset {
        Some(charset) if std::str::from_utf8(bytes).is_err() => {
            let (text, _) = charset.decode_without_bom_handling(bytes);
            (text.into_owned(), None)
        }
        _ => Charset::UTF_8.decode(bytes),
    };
    (without_marks(&text), warning.map(|warning| format!("{} {warning}", property.name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Property {
        let lines: Vec<Vec<u8>> =
            format!("BEGIN:VCARD\n{text}\nEND:VCARD").lines().map(|l| l.as_bytes().to_vec()).collect();
        read(&lines).remove(0)
    }

    #[test]
    fn only_a_parameter_makes_a_value_quoted_printable() {
        let said = one("X-FIELD;NAME=\"quoted-printable\":one=\n two");
        assert_eq!(said.value, "one=two");
    }

    #[test]
    fn folded_and_quoted_printable_lines_are_joined() {
        assert_eq!(one("NOTE:one\n  two\n\tthree").text(), "one twothree");
        let soft = one("NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:=C3=84=\n=C3=96=0Ax");
        assert_eq!(soft.text(), "ÄÖ\nx");
        assert_eq!(
            one("N;QUOTED-PRINTABLE;CHARSET=ISO-8859-1:M=FCller;J=F6rg").parts(';'),
            ["Müller", "Jörg"]
        );
    }

    #[test]
    fn groups_parameters_and_escapes_are_understood() {
        let mail = one("item1.EMAIL;type=INTERNET;type=\"home,pref\";X-A=b:ann@x.example");
        assert_eq!((mail.group.as_str(), mail.name.as_str()), ("item1", "EMAIL"));
        assert_eq!(mail.types().collect::<Vec<_>>(), ["internet", "home", "pref"]);
        assert_eq!(one("TEL;CELL;VOICE:1").types().collect::<Vec<_>>(), ["cell", "voice"]);
        assert_eq!(one("ORG:A\\;B\\, C;Sales").parts(';'), ["A;B, C", "Sales"]);
        assert_eq!(one("X;L=\"a:b\":c").value, "c");
        assert_eq!(one("NOTE:a\\nb\\\\n").text(), "a\nb\\n");
    }
}
