//! Whose voice a text speaks with: what `.regard-language.toml` says in its folder, or in the nearest one above.

use std::{
    collections::{BTreeMap, HashMap},
    fs, io,
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
        Ok(Self { chosen: Some(read(file)?), known: Mutex::default() })
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
        let ear = match nearest(folder).map_err(|error| failed(folder, &error))? {
            None => Ear::default(),
            Some(file) => match known.by_file.get(&file) {
                Some(ear) => ear.clone(),
                None => read(&file)?,
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

fn nearest(folder: &Path) -> io::Result<Option<PathBuf>> {
    let folder = std::path::absolute(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })?;
    Ok(folder.ancestors().map(|it| it.join(Voice::FILE)).find(|it| it.is_file()))
}

fn read(file: &Path) -> Result<Ear, VoiceError> {
    let text = fs::read_to_string(file).map_err(|error| failed(file, &error))?;
    let mut voice = Voice::read(&text).map_err(|error| told(file, &text, &error))?;
    for name in voice.packs.clone() {
        let beside = file.with_file_name(&name);
        let pack = fs::read_to_string(&beside).map_err(|error| failed(&beside, &error))?;
        voice.add(&name, &pack).map_err(|error| told(&beside, &pack, &error))?;
    }
    let auditor = Auditor::with(&voice).map_err(|error| told(file, &text, &error))?;
    Ok(Ear(Some(Arc::new(auditor))))
}

fn failed(file: &Path, error: &io::Error) -> VoiceError {
    VoiceError(format!("{} cannot be read: {error}", file.display()))
}

fn told(file: &Path, text: &str, error: &RuleError) -> VoiceError {
    let line = line_of(text, &error.why).map(|it| format!(":{it}")).unwrap_or_default();
    VoiceError(format!("{}{line}: {}", file.display(), error.why))
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
