//! What is found in one text, with everything that reports tell of it.

use std::{io::BufReader, ops::Range, path::Path, sync::Arc};

use language::{Auditor, Finding, Kind, Language, Mended, Reading, Role, reading};

use crate::{
    authors,
    choice::Choice,
    decoding,
    mailbox::{Head, Mail, Mailbox},
    mend::{self, Repair},
    pool::Give,
    text::{LONGEST, Text, Unread, Why},
    tree::Leaf,
    voices::{Ear, Voices},
};

/// So far before a word its sentence is sought; longer ones are shown in part.
const BEFORE: usize = 600;

/// A place in a file: lines and letters from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its line.
    pub line: usize,
    /// Its letter on that line.
    pub column: usize,
}

/// Something that was found, and where.
#[derive(Debug)]
pub struct Found {
    /// What. Its places are those of the file.
    pub finding: Finding,
    /// Where it ends.
    pub end: Place,
    /// Where what may be put in its place begins and ends.
    pub fix: Option<(Place, Place)>,
    /// Where in the sentence it stands.
    pub marked: Range<usize>,
    /// Whether it was there before, so that it does not count.
    pub is_old: bool,
    /// Who wrote it, if somebody asked.
    pub author: Option<Arc<str>>,
}

/// What was found in a text.
#[derive(Debug)]
pub struct Told {
    /// Its path.
    pub path: String,
    /// What kind of text it is.
    pub kind: Kind,
    /// In which language it is.
    pub language: Language,
    /// What was found, in the order of the text.
    pub findings: Vec<Found>,
    /// How it reads, if that was asked for.
    pub reading: Option<Reading>,
    /// When and by whom it was written, if it is a mail.
    pub mail: Option<Head>,
    /// Whether it is another mail of the same mailbox.
    pub is_more: bool,
    /// How many places were put right, or would be.
    pub mended: usize,
    /// What putting right would change, or what came of it.
    pub instead: Option<String>,
}

/// What comes of a file.
#[derive(Debug)]
pub enum Piece {
    /// What was found.
    Told(Box<Told>),
    /// It was not read.
    Unread(Unread),
    /// Nothing more can be done: a voice cannot be understood.
    Stop(String),
}

/// How texts are looked at.
#[derive(Debug)]
pub struct Look<'a> {
    /// With whose voice.
    pub voices: &'a Voices,
    /// By which rules.
    pub choice: &'a Choice,
    /// In which language, whatever they say.
    pub language: Option<Language>,
    /// Whether words are counted.
    pub counts: bool,
    /// What is done about what is safe.
    pub repair: Repair,
    /// Whether it is asked who wrote.
    pub by_author: bool,
}

impl Look<'_> {
    /// Looks at a file.
    pub fn leaf(&self, leaf: &Leaf, give: Give<'_, Piece>) {
        let folder = leaf.path.parent().unwrap_or(Path::new("."));
        let outcome = match self.voices.of(folder) {
            Err(error) => {
                give(Piece::Stop(error.to_string()));
                return;
            }
            Ok(ear) if leaf.kind == Kind::Mail => self.mails(&ear, leaf, give),
            Ok(ear) => self.file(&ear, leaf).map(|told| {
                give(Piece::Told(Box::new(told)));
            }),
        };
        if let Err(why) = outcome {
            give(Piece::Unread(Unread { path: leaf.name.clone(), why, is_named: leaf.is_named }));
        }
    }

    fn file(&self, ear: &Ear, leaf: &Leaf) -> Result<Told, Why> {
        let before = Text::of_file(&leaf.path, leaf.kind)?;
        let mut told = self.text(ear, &leaf.name, leaf.kind, &before);
        if let Some(text) = told.instead.take_if(|_| self.repair == Repair::Write) {
            mend::write(&leaf.path, &before.with(&before.text), &text)?;
        }
        if self.by_author && !told.findings.is_empty() {
            let authors = authors::of_lines(&leaf.path).unwrap_or_default();
            for it in &mut told.findings {
                it.author = authors.get(it.finding.line - 1).cloned();
            }
        }
        Ok(told)
    }

    fn mails(&self, ear: &Ear, leaf: &Leaf, give: Give<'_, Piece>) -> Result<(), Why> {
        let mut is_more = false;
        let is_box = leaf.name.to_ascii_lowercase().ends_with("mbox");
        for mail in Mailbox::new(BufReader::new(std::fs::File::open(&leaf.path)?), is_box) {
            let mail = mail?;
            let piece = match self.mail(ear, &leaf.name, &mail) {
                Ok(told) => Piece::Told(Box::new(Told { is_more, ..told })),
                Err(why) => {
                    let path = format!("{}:{}", leaf.name, mail.lines + 1);
                    Piece::Unread(Unread { path, why, is_named: leaf.is_named })
                }
            };
            is_more |= matches!(piece, Piece::Told(_));
            if !give(piece) {
                break;
            }
        }
        Ok(())
    }

    fn mail(&self, ear: &Ear, name: &str, mail: &Mail) -> Result<Told, Why> {
        let bytes = mail.bytes.as_deref().ok_or(Why::TooLong(LONGEST))?;
        let decoded = decoding::decoded(bytes);
        let is_decoded = decoded.is_some();
        let (text, kind) = match decoded {
            Some(it) => (Text { text: it.text, before: 0 }, it.kind),
            None => (Text::of_bytes(bytes.to_vec(), Kind::Mail)?, Kind::Mail),
        };
        let mut told = self.text(ear, name, kind, &text);
        told.kind = Kind::Mail;
        let head = Head::of(&String::from_utf8_lossy(bytes));
        for it in &mut told.findings {
            if is_decoded {
                it.stands_nowhere();
            }
            it.move_on(mail.lines, mail.at);
            it.author = self.by_author.then(|| head.sender.as_str().into());
        }
        told.mail = Some(head);
        Ok(told)
    }

    /// Looks at a text.
    pub fn text(&self, ear: &Auditor, name: &str, kind: Kind, text: &Text) -> Told {
        let whole = text;
        let (text, before) = (text.text.as_str(), text.before);
        let mut audit = match self.language {
            Some(language) => ear.in_language(text, kind, language),
            None => ear.audit(text, kind),
        };
        audit.findings.retain(|it| self.choice.counts(&it.rule));
        let mut told = Told {
            path: name.to_owned(),
            kind,
            language: audit.language,
            findings: Vec::new(),
            reading: self.counts.then(|| reading(text, kind, audit.language)),
            mail: None,
            is_more: false,
            mended: 0,
            instead: None,
        };
        let mended = (self.repair != Repair::None && audit.findings.iter().any(|it| it.fix.is_some()))
            .then(|| mend::mended(ear, self.choice, text, kind, audit.language))
            .flatten();
        match mended {
            Some(mended) => self.repaired(ear, whole, mended, &mut told),
            None => told.findings = found(text, before, audit.findings),
        }
        told
    }

    fn repaired(&self, ear: &Auditor, before: &Text, mended: Mended, told: &mut Told) {
        let mut left = ear.in_language(&mended.text, told.kind, told.language).findings;
        left.retain(|it| self.choice.counts(&it.rule));
        told.findings = found(&mended.text, before.before, left);
        told.mended = mended.places;
        let after = before.with(&mended.text);
        told.instead = Some(match self.repair {
            Repair::Show => mend::patch(&told.path, &before.with(&before.text), &after),
            _ => after,
        });
    }
}

fn found(text: &str, before: usize, findings: Vec<Finding>) -> Vec<Found> {
    let of = |mut finding: Finding| {
        let here = Place { line: finding.line, column: finding.column };
        let known = (finding.range.start, here);
        let end = place(text, finding.range.end, known);
        let ends = finding.fix.as_ref().map(|it| &it.range);
        let fix = ends.map(|it| (place(text, it.start, known), place(text, it.end, known)));
        let marked = marked(text, &finding);
        finding.range = finding.range.start + before..finding.range.end + before;
        if let Some(fix) = &mut finding.fix {
            fix.range = fix.range.start + before..fix.range.end + before;
        }
        Found { finding, end, fix, marked, is_old: false, author: None }
    };
    findings.into_iter().map(of).collect()
}

// A place not far from one that is known.
fn place(text: &str, at: usize, (known, here): (usize, Place)) -> Place {
    let between = &text[at.min(known)..at.max(known)];
    let lines = memchr::memchr_iter(b'\n', between.as_bytes()).count();
    let line = if at < known { here.line - lines } else { here.line + lines };
    if lines == 0 {
        let letters = between.chars().count();
        return Place {
            line,
            column: if at < known { here.column - letters } else { here.column + letters },
        };
    }
    let start = text[..at].rfind('\n').map_or(0, |it| it + 1);
    Place { line, column: 1 + text[start..at].chars().count() }
}

// The sentence is told on one line. Where a word stands in it several times, what stands before it tells which is meant.
fn marked(text: &str, finding: &Finding) -> Range<usize> {
    let on_one_line =
        |it: &str| it.split_whitespace().filter(|it| !is_mark(finding, it)).collect::<Vec<_>>().join(" ");
    let found = on_one_line(&finding.found);
    let places: Vec<usize> = finding.sentence.match_indices(&found).map(|it| it.0).collect();
    let at = match places.as_slice() {
        [] => return 0..0,
        [one] => *one,
        several => {
            let mut from = finding.range.start.saturating_sub(BEFORE);
            while !text.is_char_boundary(from) {
                from -= 1;
            }
            let before = on_one_line(&text[from..finding.range.start]);
            let fits = |at: &&usize| before.ends_with(finding.sentence[..**at].trim_end());
            several.iter().rev().find(fits).copied().unwrap_or(several[0])
        }
    };
    at..at + found.len()
}

fn is_mark(finding: &Finding, word: &str) -> bool {
    finding.role == Role::Comment && word.bytes().all(|it| b"/#*!".contains(&it))
}

impl Found {
    /// The words of a mail that is stored otherwise than it reads have no place in the file: what is told is where it begins.
    fn stands_nowhere(&mut self) {
        (self.finding.line, self.finding.column, self.finding.range) = (1, 1, 0..0);
        (self.end, self.fix, self.finding.fix) = (Place { line: 1, column: 1 }, None, None);
    }

    fn move_on(&mut self, lines: usize, bytes: usize) {
        self.finding.line += lines;
        self.end.line += lines;
        self.finding.range = self.finding.range.start + bytes..self.finding.range.end + bytes;
        if let Some(fix) = &mut self.finding.fix {
            fix.range = fix.range.start + bytes..fix.range.end + bytes;
        }
        if let Some((from, to)) = &mut self.fix {
            (from.line, to.line) = (from.line + lines, to.line + lines);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str, kind: Kind) -> Told {
        let (voices, choice) = (Voices::default(), Choice::default());
        let look = Look {
            voices: &voices,
            choice: &choice,
            language: Some(Language::En),
            counts: false,
            repair: Repair::None,
            by_author: false,
        };
        look.text(Auditor::shipped(), "a", kind, &Text::of_bytes(text.into(), kind).unwrap())
    }

    #[test]
    fn each_of_two_words_in_a_sentence_is_marked_itself() {
        let told = told("Then wait.\nEach user asks this user and\nsome other user.\n", Kind::Markdown);
        let starts: Vec<usize> = told.findings.iter().map(|it| it.marked.start).collect();
        let sentence = &told.findings[0].finding.sentence;
        let wanted: Vec<usize> = sentence.match_indices("user").map(|it| it.0).collect();
        assert_eq!(starts, wanted, "{sentence}");
    }

    #[test]
    fn what_goes_over_a_line_ends_on_the_next() {
        let told = told("We do it in\norder to ask.\n", Kind::Markdown);
        let it = &told.findings[0];
        assert_eq!((it.finding.line, it.finding.column), (1, 10));
        assert_eq!(it.end, Place { line: 2, column: 9 });
        assert_eq!(&it.finding.sentence[it.marked.clone()], "in order to");
    }

    #[test]
    fn the_mark_before_a_text_moves_bytes_and_not_columns() {
        let told = told("\u{feff}We utilize it.\n", Kind::Markdown);
        let it = &told.findings[0];
        assert_eq!((it.finding.range.start, it.finding.column), (6, 4));
        assert_eq!(it.finding.fix.as_ref().unwrap().range.start, 6);
    }
}
