//! Fragments as vCard 4, which reads back equal for what a card can carry: everything but moments that are
//! not notes, and roles other than working somewhere.

use std::io::{self, Write};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use model::{Fragment, Handle, HandleKind, Kind};

use crate::people::social;

/// Fields with a property of their own.
const FIELDS: &[(&str, &str)] = &[
    ("name", "FN"),
    ("nickname", "NICKNAME"),
    ("website", "URL"),
    ("birthday", "BDAY"),
    ("anniversary", "ANNIVERSARY"),
    ("job_title", "TITLE"),
    ("role", "ROLE"),
    ("language", "LANG"),
];

/// The parts of a name, in the order of `N`.
const NAMES: [&str; 5] = ["family_name", "given_name", "middle_name", "name_prefix", "name_suffix"];

/// Octets of a line before it is folded.
const FOLD: usize = 75;

/// Writes one card. The bytes of the file that its `photo` names go into the card, if they are handed over.
pub fn write(out: &mut impl Write, fragment: &Fragment, photo: Option<&[u8]>) -> io::Result<()> {
    let mut card = Card { out, group: 0 };
    card.line("BEGIN:VCARD")?;
    card.line("VERSION:4.0")?;
    card.line(&format!("UID:{}", escape(&fragment.key)))?;
    card.line(&format!("REV:{}", fragment.seen_at))?;
    card.names(fragment)?;
    let labels = card.handles(fragment)?;
    if let Some(photo) = photo {
        let kind = model::picture(photo).unwrap_or("application/octet-stream");
        card.line(&format!("PHOTO:data:{kind};base64,{}", BASE64_STANDARD.encode(photo)))?;
    }
    card.fields(fragment, |field| {
        labels.iter().any(|it| it == field) || photo.is_some() && field == "photo"
    })?;
    card.rest(fragment)?;
    card.line("END:VCARD")
}

struct Card<'a, W> {
    out: &'a mut W,
    group: u32,
}

impl<W: Write> Card<'_, W> {
    /// One line, folded where a letter begins; not behind an equals sign, which some readers take for a fold of their own.
    fn line(&mut self, text: &str) -> io::Result<()> {
        let (mut rest, mut room) = (text, FOLD);
        while rest.len() > room {
            let fits = |at: &usize| rest.is_char_boundary(*at) && rest.as_bytes()[at - 1] != b'=';
            let cut = (1..=room).rev().find(fits).unwrap_or(rest.len());
            let (now, later) = rest.split_at(cut);
            write!(self.out, "{now}\r\n ")?;
            (rest, room) = (later, FOLD - 1);
        }
        write!(self.out, "{rest}\r\n")
    }

    fn names(&mut self, fragment: &Fragment) -> io::Result<()> {
        let parts = NAMES.map(|name| fragment.fields.get(name).map(|part| escape(part)).unwrap_or_default());
        if parts.iter().any(|part| !part.is_empty()) {
            self.line(&format!("N:{}", parts.join(";")))?;
        }
        Ok(())
    }

    /// Handles with what their owner calls them. Answers which fields were labels.
    fn handles(&mut self, fragment: &Fragment) -> io::Result<Vec<String>> {
        let mut labels = Vec::new();
        for handle in &fragment.handles {
            let (property, kind) = match handle.kind {
                HandleKind::Email => (format!("EMAIL:{}", escape(&handle.raw)), "email"),
                // Whoever reads the card may not know the country, so the number is written in full.
                HandleKind::Phone => {
                    (format!("TEL{}:{}", as_written(handle), escape(&handle.value)), "phone")
                }
                _ => {
                    self.line(&elsewhere(handle))?;
                    continue;
                }
            };
            let labelled = fragment.fields.iter().filter(|(_, text)| *text == &handle.raw);
            let mut labelled =
                labelled.filter_map(|(field, _)| label_of(field, kind).map(|label| (field, label)));
            match labelled.next() {
                None => self.line(&property)?,
                Some((field, label)) => {
                    labels.push(field.clone());
                    self.labelled(&property, label)?;
                }
            }
        }
        Ok(labels)
    }

    fn labelled(&mut self, property: &str, label: &str) -> io::Result<()> {
        let end = property.find([';', ':']).unwrap_or(property.len());
        if matches!(label, "work" | "home" | "cell" | "fax" | "pager") {
            return self.line(&format!("{};TYPE={label}{}", &property[..end], &property[end..]));
        }
        self.group += 1;
        let group = self.group;
        self.line(&format!("item{group}.{property}"))?;
        self.line(&format!("item{group}.X-ABLabel:{}", escape(label)))
    }

    fn fields(&mut self, fragment: &Fragment, written: impl Fn(&str) -> bool) -> io::Result<()> {
        for (field, value) in &fragment.fields {
            if NAMES.contains(&field.as_str()) || written(field) {
                continue;
            }
            match FIELDS.iter().find(|(known, _)| known == field) {
                // Lines of a field are separate values of its property, and read back as such.
                Some((_, name)) if is_list(value) => {
                    value.lines().try_for_each(|line| self.line(&format!("{name}:{}", escape(line))))?
                }
                _ if field == "tags" => self.tags(value)?,
                _ => self.line(&format!("X-REGARD-FIELD;NAME=\"{}\":{}", param(field), escape(value)))?,
            }
        }
        Ok(())
    }

    fn tags(&mut self, tags: &str) -> io::Result<()> {
        let tags: Vec<String> = tags.split(", ").map(escape).collect();
        self.line(&format!("CATEGORIES:{}", tags.join(",")))
    }

    fn rest(&mut self, fragment: &Fragment) -> io::Result<()> {
        for role in fragment.roles.iter().filter(|role| role.role == "works_at") {
            self.line(&format!("ORG:{}", escape(&role.account)))?;
        }
        for note in fragment.moments.iter().filter(|moment| moment.kind == Kind::Note) {
            self.line(&format!("NOTE:{}", escape(&note.body)))?;
        }
        Ok(())
    }
}

/// How the number was written, where that differs.
fn as_written(handle: &Handle) -> String {
    if handle.raw == handle.value { String::new() } else { format!(";X-RAW=\"{}\"", param(&handle.raw)) }
}

/// A name on a network or a key in some system; in our own words where the usual ones would lose something.
fn elsewhere(handle: &Handle) -> String {
    let (network, name) = handle.value.split_once(':').unwrap_or(("im", &handle.value));
    let plain = network.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let reads_back = social(network, name).is_ok_and(|again| again.value == handle.value);
    if handle.kind == HandleKind::Social
        && plain
        && reads_back
        && !["pref", "home", "work"].contains(&network)
    {
        return format!("X-SOCIALPROFILE;TYPE={network};X-USER=\"{}\":{}", param(name), escape(&handle.raw));
    }
    let (kind, raw) = (handle.kind.as_str(), param(&handle.raw));
    format!("X-REGARD-HANDLE;KIND={kind};RAW=\"{raw}\":{}", escape(&handle.value))
}

/// `holiday` of a field called `holiday phone`.
fn label_of<'a>(field: &'a str, kind: &str) -> Option<&'a str> {
    field.strip_suffix(kind)?.strip_suffix(' ').filter(|label| !label.is_empty())
}

/// Whether every line of a field could be a value of its own.
fn is_list(value: &str) -> bool {
    let mut met = std::collections::HashSet::new();
    let says = |line: &str| line.contains(|c: char| !matches!(c, ';' | ',' | ' ' | '\t'));
    value.split('\n').all(|line| says(line) && line.trim() == line && met.insert(line))
}

fn escape(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace(',', "\\,").replace(';', "\\;");
    text.replace("\r\n", "\\n").replace(['\n', '\r'], "\\n")
}

fn param(text: &str) -> String {
    text.replace('^', "^^").replace('"', "^'").replace(['\n', '\r'], "^n")
}
