//! Fragments as vCard 4, which reads back equal for what a card can carry: everything but moments that are
//! not notes, and roles other than working somewhere.

use std::io::{self, Write};

use model::{Fragment, HandleKind, Kind};

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

/// Writes one card.
pub fn write(out: &mut impl Write, fragment: &Fragment) -> io::Result<()> {
    let mut card = Card { out, group: 0 };
    card.line("BEGIN:VCARD")?;
    card.line("VERSION:4.0")?;
    card.line(&format!("UID:{}", escape(&fragment.key)))?;
    card.line(&format!("REV:{}", fragment.seen_at))?;
    card.names(fragment)?;
    let labels = card.handles(fragment)?;
    card.fields(fragment, &labels)?;
    card.rest(fragment)?;
    card.line("END:VCARD")
}

struct Card<'a, W> {
    out: &'a mut W,
    group: u32,
}

impl<W: Write> Card<'_, W> {
    /// One line, folded where a letter begins.
    fn line(&mut self, text: &str) -> io::Result<()> {
        let (mut rest, mut room) = (text, FOLD);
        while rest.len() > room {
            let cut = (1..=room).rev().find(|at| rest.is_char_boundary(*at)).unwrap_or(rest.len());
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
            let (name, kind) = match &handle.kind {
                HandleKind::Email => ("EMAIL", "email"),
                HandleKind::Phone => ("TEL", "phone"),
                HandleKind::Social => {
                    let (network, name) = handle.value.split_once(':').unwrap_or(("im", &handle.value));
                    let network = network.replace(['"', ';', ':', ','], "");
                    self.line(&format!(
                        "X-SOCIALPROFILE;TYPE={network};X-USER=\"{}\":{}",
                        param(name),
                        escape(&handle.raw)
                    ))?;
                    continue;
                }
                other => {
                    let (kind, raw) = (other.as_str(), param(&handle.raw));
                    self.line(&format!(
                        "X-REGARD-HANDLE;KIND={kind};RAW=\"{raw}\":{}",
                        escape(&handle.value)
                    ))?;
                    continue;
                }
            };
            let value = escape(&handle.raw);
            let labelled = fragment
                .fields
                .iter()
                .find(|(field, text)| label_of(field, kind).is_some() && *text == &handle.raw);
            match labelled.and_then(|(field, _)| label_of(field, kind).map(|label| (field, label))) {
                None => self.line(&format!("{name}:{value}"))?,
                Some((field, label)) => {
                    labels.push(field.clone());
                    self.labelled(name, label, &value)?;
                }
            }
        }
        Ok(labels)
    }

    fn labelled(&mut self, name: &str, label: &str, value: &str) -> io::Result<()> {
        if matches!(label, "work" | "home" | "cell" | "fax" | "pager") {
            return self.line(&format!("{name};TYPE={label}:{value}"));
        }
        self.group += 1;
        let group = self.group;
        self.line(&format!("item{group}.{name}:{value}"))?;
        self.line(&format!("item{group}.X-ABLabel:{}", escape(label)))
    }

    fn fields(&mut self, fragment: &Fragment, labels: &[String]) -> io::Result<()> {
        for (field, value) in &fragment.fields {
            if NAMES.contains(&field.as_str()) || labels.contains(field) {
                continue;
            }
            match FIELDS.iter().find(|(known, _)| known == field) {
                // Lines of a field are separate values of its property, and read back as such.
                Some((_, name)) => {
                    value.lines().try_for_each(|line| self.line(&format!("{name}:{}", escape(line))))?
                }
                None if field == "tags" => self.tags(value)?,
                None => self.line(&format!("X-REGARD-FIELD;NAME=\"{}\":{}", param(field), escape(value)))?,
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

/// `holiday` of a field called `holiday phone`.
fn label_of<'a>(field: &'a str, kind: &str) -> Option<&'a str> {
    field.strip_suffix(kind)?.strip_suffix(' ').filter(|label| !label.is_empty())
}

fn escape(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace(',', "\\,").replace(';', "\\;");
    text.replace("\r\n", "\\n").replace(['\n', '\r'], "\\n")
}

fn param(text: &str) -> String {
    text.replace('^', "^^").replace('"', "^'").replace(['\n', '\r'], "^n")
}
