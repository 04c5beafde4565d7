//! Whose voice a text speaks with: what `.regard-language.toml` says in its folder, or in the nearest one above, up to the
//! top. On the command line and in an editor it is the same.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    ops::Deref,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use language::{Auditor, Rule, RuleError, Voice};

/// An auditor with somebody's voice, or with the shipped rules alone.
#[derive(Debug, Clone, Default)]
pub struct Ear(Option<Arc<Auditor>>);

impl Deref for Ear {
    type Target = Auditor;

    fn deref(&self) -> &Auditor {
        self.0.as_deref().unwrap_or_else(|| Auditor::shipped())
    }
}

/// Why a voice cannot be heard; it names the file, and the line where there is one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct VoiceError(String);

/// The voices of folders. Each file is read once.
#[derive(Debug, Default)]
pub struct Voices {
    chosen: Option<Ear>,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    by_folder: HashMap<PathBuf, Ear>,
    by_file: HashMap<PathBuf, Ear>,
}

impl Voices {
    /// The voice in this file, wherever a text lies.
    ///
    /// # Errors
    /// [`VoiceError`] when it cannot be read or understood.
    pub fn only(file: &Path) -> Result<Self, VoiceError> {
        Ok(Self { chosen: Some(Spoken::at(file).ear()?), known: Mutex::default() })
    }

    /// Every rule of those that were heard, and the shipped ones.
    pub fn rules(&self) -> BTreeMap<String, Arc<Rule>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let shipped = Ear::default();
        let ears = known.by_file.values().chain(&self.chosen).chain([&shipped]);
        ears.flat_map(|it| it.rules()).map(|it| (it.id.clone(), it)).collect()
    }

    /// Who audits the texts of a folder.
    ///
    /// # Errors
    /// [`VoiceError`] when its voice cannot be read or understood.
    pub fn of(&self, folder: &Path) -> Result<Ear, VoiceError> {
        if let Some(ear) = &self.chosen {
            return Ok(ear.clone());
        }
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ear) = known.by_folder.get(folder) {
            return Ok(ear.clone());
        }
        let ear = match nearest(folder) {
            None => Ear::default(),
            Some(file) => match known.by_file.get(&file) {
                Some(ear) => ear.clone(),
                None => Spoken::at(&file).ear()?,
            }
            .kept(&mut known.by_file, file),
        };
        Ok(ear.kept(&mut known.by_folder, folder.to_owned()))
    }
}

impl Ear {
    fn kept(self, by: &mut HashMap<PathBuf, Self>, path: PathBuf) -> Self {
        by.insert(path, self.clone());
        self
    }
}

/// The file of the voice that counts for the texts of a folder.
pub fn nearest(folder: &Path) -> Option<PathBuf> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    folder.ancestors().map(|it| it.join(Voice::FILE)).find(|it| it.is_file())
}

/// What somebody's voice says, as it stands in its files, before anybody knows whether it can be understood.
#[derive(Debug, PartialEq, Eq)]
pub struct Spoken {
    voice: Lines,
    packs: Vec<(String, Lines)>,
}

/// A file, and what stands in it or why it cannot be read.
#[derive(Debug, PartialEq, Eq)]
struct Lines {
    file: PathBuf,
    text: Result<String, String>,
}

impl Spoken {
    /// Reads a voice's file, and the packs that it names.
    pub fn at(file: &Path) -> Self {
        let voice = Lines::of(file.to_owned());
        let names = voice.text.as_ref().ok().and_then(|it| Voice::read(it).ok()).map(|it| it.packs);
        let beside = |name: String| (name.clone(), Lines::of(file.with_file_name(name)));
        Self { packs: names.unwrap_or_default().into_iter().map(beside).collect(), voice }
    }

    /// Who audits with it.
    ///
    /// # Errors
    /// [`VoiceError`] when it cannot be read or understood.
    pub fn ear(&self) -> Result<Ear, VoiceError> {
        let mut voice = Voice::read(self.voice.text()?).map_err(|error| self.voice.wrong(&error))?;
        for (name, pack) in &self.packs {
            voice.add(name, pack.text()?).map_err(|error| pack.wrong(&error))?;
        }
        self.fits(&voice)?;
        let auditor = Auditor::with(&voice).map_err(|error| self.voice.wrong(&error))?;
        Ok(Ear(Some(Arc::new(auditor))))
    }
}

impl Spoken {
    // A word that is none, and rules to be off that there are not, would be without effect and nobody told.
    fn fits(&self, voice: &Voice) -> Result<(), VoiceError> {
        let wrong = |why: String| Err(VoiceError(format!("{}: {why}", self.voice.file.display())));
        for (name, word) in [("people", &voice.people), ("several", &voice.several)] {
            if word.as_ref().is_some_and(|it| !it.contains(char::is_alphabetic)) {
                return wrong(format!("“{name}” is no word"));
            }
        }
        let all = Auditor::with(&Voice { off: Vec::new(), ..voice.clone() });
        let rules = all.map_err(|error| self.voice.wrong(&error))?.rules();
        let is_known = |off: &str| {
            rules.iter().any(|it| it.id == off || it.id.split_once('/').is_some_and(|(pack, _)| pack == off))
        };
        match voice.off.iter().find(|it| !is_known(it)) {
            Some(off) => wrong(format!("“{off}” is off, and no rule and no pack is called so")),
            None => Ok(()),
        }
    }
}

impl Lines {
    fn of(file: PathBuf) -> Self {
        Self { text: fs::read_to_string(&file).map_err(|error| error.to_string()), file }
    }

    fn text(&self) -> Result<&str, VoiceError> {
        let failed = |why: &String| VoiceError(format!("{} cannot be read: {why}", self.file.display()));
        self.text.as_ref().map(String::as_str).map_err(failed)
    }

    fn wrong(&self, error: &RuleError) -> VoiceError {
        let line = self.text.as_ref().ok().and_then(|it| line_of(it, &error.why));
        let line = line.map(|it| format!(":{it}")).unwrap_or_default();
        VoiceError(format!("{}{line}: {}", self.file.display(), error.why))
    }
}

// The line is in what the reader of TOML says; or the phrase that is not understood is quoted there.
fn line_of(text: &str, why: &str) -> Option<usize> {
    if let Some((_, rest)) = why.split_once("at line ") {
        return rest.split(|it: char| !it.is_ascii_digit()).next()?.parse().ok();
    }
    let phrase = why.split_once('\u{201c}')?.1.split_once('\u{201d}')?.0;
    text.lines().position(|it| it.contains(phrase)).map(|it| it + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use language::Kind;

    fn said(voices: &Voices, folder: &Path) -> String {
        let found = voices.of(folder).unwrap().audit("Every user may ask.", Kind::Markdown).findings;
        found.first().map(|it| it.say[0].clone()).unwrap_or_default()
    }

    #[test]
    fn the_nearest_voice_counts() {
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().join("a/b");
        fs::create_dir_all(&folder).unwrap();
        fs::write(top.path().join(Voice::FILE), "people = \"guest\"").unwrap();
        fs::write(folder.join(Voice::FILE), "people = \"member\"").unwrap();
        let voices = Voices::default();
        assert_eq!(said(&voices, &top.path().join("a")), "guest");
        assert_eq!(said(&voices, &folder), "member");
        let only = Voices::only(&top.path().join(Voice::FILE)).unwrap();
        assert_eq!(said(&only, &folder), "guest");
    }

    #[test]
    fn a_voice_without_effect_is_refused() {
        let top = tempfile::tempdir().unwrap();
        let file = top.path().join(Voice::FILE);
        let of = |text: &str| {
            fs::write(&file, text).unwrap();
            Voices::only(&file).map_err(|it| it.to_string())
        };
        assert!(of("off = [\"nosuch\"]").unwrap_err().contains("“nosuch” is off, and no rule"));
        assert!(of("people = \" \"").unwrap_err().contains("“people” is no word"));
        assert_eq!(said(&of("off = [\"people/user\"]").unwrap(), top.path()), "");
        assert_eq!(said(&of("off = [\"people\"]").unwrap(), top.path()), "", "a pack as a whole");
    }

    #[test]
    fn what_is_wrong_with_a_voice_is_told_with_file_and_line() {
        let top = tempfile::tempdir().unwrap();
        let wrong = |text: &str| {
            fs::write(top.path().join(Voice::FILE), text).unwrap();
            Voices::default().of(top.path()).unwrap_err().to_string()
        };
        let file = top.path().join(Voice::FILE).display().to_string();
        assert!(wrong("people = \"guest\"\npeeple = 1\n").starts_with(&format!("{file}:2: ")));
        assert!(wrong("[[never]]\nsay = \"so (cheap\"\n").starts_with(&format!("{file}:2: ")));
        assert!(wrong("packs = [\"gone.toml\"]\n").contains("gone.toml cannot be read"));
        fs::write(top.path().join("ours.toml"), "[pack]\nid = 1\n").unwrap();
        assert!(wrong("packs = [\"ours.toml\"]\n").contains("ours.toml:2: "));
    }
}
