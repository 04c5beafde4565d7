//! One audit from beginning to end: what is read, what is found, what is told, and whether all is well.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use language::{Auditor, Kind, Language, Level};

use crate::{
    baseline::Baseline,
    choice::Choice,
    look::{Look, Piece, Told},
    mend::Repair,
    pool::{self, Give},
    report::{Json, Patches, People, Report, Sarif, Short},
    summary::Summary,
    text::{Text, Unread},
    tree::Tree,
    voices::{Ear, Voices},
};

/// How it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// To people, perhaps with colours.
    People {
        /// Whether with colours.
        colour: bool,
    },
    /// As JSON.
    Json,
    /// As SARIF.
    Sarif,
}

impl Form {
    /// Whether it is for people.
    pub fn is_for_people(self) -> bool {
        matches!(self, Self::People { .. })
    }
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// Whether what git leaves aside is read, too.
    pub no_ignore: bool,
    /// What kind of text everything is, whatever its name says.
    pub kind: Option<Kind>,
    /// In which language everything is, whatever it says.
    pub language: Option<Language>,
    /// The file of a voice, in place of the nearest.
    pub voice: Option<PathBuf>,
    /// By which rules.
    pub choice: Choice,
    /// What was found before.
    pub baseline: Option<PathBuf>,
    /// Whether the baseline is written anew.
    pub write_baseline: bool,
    /// What is done about what is safe.
    pub repair: Repair,
    /// Whether words are counted.
    pub counts: bool,
    /// Whether it is told how long texts read.
    pub reading: bool,
    /// Whether it is asked who wrote.
    pub by_author: bool,
    /// How it is told.
    pub form: Form,
    /// Whether only what it comes to is told.
    pub short: bool,
    /// How many texts are looked at at once.
    pub threads: usize,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    /// What was found, added up.
    pub summary: Summary,
    /// How many findings a baseline holds that was written.
    pub noted: Option<u64>,
}

impl Outcome {
    /// Whether something was found that must not stay, from a level on. A patch counts as found.
    pub fn has_found(&self, ask: &Ask, level: Level) -> bool {
        match ask.repair {
            Repair::Show => self.summary.mended > 0,
            _ => self.noted.is_none() && self.summary.at_least(level) > 0,
        }
    }

    /// What the system did not let us read.
    pub fn failures(&self) -> impl Iterator<Item = &Unread> {
        self.summary.unread.iter().filter(|it| it.is_failure())
    }
}

/// Why nothing can be told.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// A voice, a baseline, or the name of a rule cannot be understood.
    #[error("{0}")]
    Wrong(String),
    /// What was found cannot be written.
    #[error("what was found cannot be written: {0}")]
    Write(#[from] io::Error),
}

/// Audits files and folders. `read` counts the files that were looked at, for whoever waits.
///
/// # Errors
/// [`Trouble`] when what was asked cannot be understood, or nothing can be written any more.
pub fn files(ask: &Ask, out: impl Write, read: &AtomicUsize) -> Result<Outcome, Trouble> {
    let voices = voices(ask)?;
    let look = look(ask, &voices);
    let mut hearing = Hearing::new(ask, out)?;
    let tree = Tree { paths: ask.paths.clone(), no_ignore: ask.no_ignore, kind: ask.kind };
    let work = |leaf: Result<_, Unread>, give: Give<'_, Piece>| {
        match leaf {
            Ok(leaf) => look.leaf(&leaf, give),
            Err(unread) => {
                give(Piece::Unread(unread));
            }
        }
        read.fetch_add(1, Ordering::Relaxed);
    };
    pool::in_order(tree.leaves(), ask.threads, work, |it| hearing.hear(it))?;
    hearing.end(&voices)
}

/// Audits one text that is in no file, or not yet. Put right, it is told itself.
///
/// # Errors
/// The same.
pub fn text(
    ask: &Ask,
    name: &str,
    kind: Kind,
    bytes: Vec<u8>,
    mut out: impl Write,
) -> Result<Outcome, Trouble> {
    let voices = voices(ask)?;
    let look = look(ask, &voices);
    let folder = Path::new(name).parent().unwrap_or(Path::new(""));
    let ear = voices.of(folder).map_err(|it| Trouble::Wrong(it.to_string()))?;
    let text =
        Text::of_bytes(bytes, kind).map_err(|why| Trouble::Wrong(format!("{name}: {}", why.told())))?;
    let mut told = look.text(&ear, name, kind, &text);
    if ask.repair == Repair::Write {
        let mended = told.instead.take().unwrap_or_else(|| text.with(&text.text));
        out.write_all(mended.as_bytes())?;
        out.flush()?;
        let mut hearing = Hearing::new(ask, io::sink())?;
        hearing.hear(Piece::Told(Box::new(told)))?;
        return hearing.end(&voices);
    }
    let mut hearing = Hearing::new(ask, out)?;
    hearing.hear(Piece::Told(Box::new(told)))?;
    hearing.end(&voices)
}

fn voices(ask: &Ask) -> Result<Voices, Trouble> {
    let wrong = |it: crate::voices::VoiceError| Trouble::Wrong(it.to_string());
    let voices = ask.voice.as_deref().map_or_else(|| Ok(Voices::default()), Voices::only).map_err(wrong)?;
    let folders = ask.paths.iter().map(|it| if it.is_dir() { it } else { it.parent().unwrap_or(it) });
    let mut ears = folders.map(|it| voices.of(it)).collect::<Result<Vec<Ear>, _>>().map_err(wrong)?;
    ears.push(Ear::default());
    let auditors: Vec<&Auditor> = ears.iter().map(|it| &**it).collect();
    match ask.choice.stranger(&auditors) {
        Some(name) => {
            Err(Trouble::Wrong(format!("no rule and no pack is called “{name}”; --rules lists them")))
        }
        None => Ok(voices),
    }
}

fn look<'a>(ask: &'a Ask, voices: &'a Voices) -> Look<'a> {
    let (choice, language, counts, repair) = (&ask.choice, ask.language, ask.counts, ask.repair);
    Look { voices, choice, language, counts, repair, by_author: ask.by_author }
}

struct Hearing<'a> {
    ask: &'a Ask,
    report: Box<dyn Report + 'a>,
    summary: Summary,
    baseline: Option<Baseline>,
}

impl<'a> Hearing<'a> {
    fn new(ask: &'a Ask, out: impl Write + 'a) -> Result<Self, Trouble> {
        let baseline = match &ask.baseline {
            Some(file) if ask.write_baseline && !file.exists() => Some(Baseline::new(file)),
            Some(file) => Some(Baseline::read(file).map_err(Trouble::Wrong)?),
            None => None,
        };
        let report: Box<dyn Report + 'a> = match (ask.repair, ask.form) {
            (Repair::Show, _) => Box::new(Patches(out)),
            (_, Form::People { colour }) if ask.short => Box::new(Short(People::new(out, colour))),
            (_, Form::People { colour }) => Box::new(People::new(out, colour)),
            (_, Form::Json) if ask.short => Box::new(Short(Json::new(out))),
            (_, Form::Json) => Box::new(Json::new(out)),
            (_, Form::Sarif) => Box::new(Sarif::new(out, ask.baseline.is_some())),
        };
        Ok(Self { ask, report, summary: Summary::default(), baseline })
    }

    fn hear(&mut self, piece: Piece) -> Result<(), Trouble> {
        match piece {
            Piece::Stop(why) => return Err(Trouble::Wrong(why)),
            Piece::Unread(it) => {
                if let Some(baseline) = &mut self.baseline {
                    baseline.misses(Path::new(&it.path));
                }
                self.summary.unread.push(it);
            }
            Piece::Told(mut told) => {
                self.recall(&mut told);
                self.summary.add(&told);
                // It may have been counted for the summary only.
                told.reading = told.reading.filter(|_| self.ask.reading);
                self.report.text(&told)?;
            }
        }
        Ok(())
    }

    fn recall(&mut self, told: &mut Told) {
        let Some(baseline) = &mut self.baseline else { return };
        baseline.reads(Path::new(&told.path));
        for it in &mut told.findings {
            it.is_old = baseline.knows(Path::new(&told.path), &it.finding);
        }
    }

    fn end(mut self, voices: &Voices) -> Result<Outcome, Trouble> {
        let rules = voices.rules();
        // Of a rule that there is no more nothing is known but its name.
        let is_looked_at = |id: &str| match rules.get(id) {
            Some(rule) => self.ask.choice.counts(rule),
            None => self.ask.choice.level.is_none() && self.ask.choice.names(id),
        };
        let mut noted = None;
        if let Some(baseline) = self.baseline.take() {
            if self.ask.write_baseline {
                noted = Some(baseline.write(&self.ask.paths, is_looked_at)?);
            } else {
                self.summary.gone = baseline.gone(&self.ask.paths, is_looked_at);
            }
        }
        if !self.ask.reading {
            self.summary.readings.clear();
        }
        self.report.end(&self.summary)?;
        Ok(Outcome { summary: self.summary, noted })
    }
}
