//! Whose voice a text speaks with: what `.regard-language.toml` says in its folder, or in the nearest one above.

use std::{
    collections::HashMap,
    fs,
    ops::Deref,
    path::{Path, PathBuf},
    sync::Arc,
};

use language::{Auditor, RuleError, Voice};

/// The voices of the folders that the editor has open.
#[derive(Default)]
pub(super) struct Voices {
    /// Folders that the editor has open. What stands above them says nothing.
    pub folders: Vec<PathBuf>,
    /// What is wrong with a voice, until it was told.
    pub trouble: Option<String>,
    known: HashMap<PathBuf, Known>,
}

struct Known {
    texts: Texts,
    ear: Ear,
}

/// An auditor with somebody's voice, or with the shipped rules alone.
#[derive(Clone, Default)]
pub(super) struct Ear(Option<Arc<Auditor>>);

impl Deref for Ear {
    type Target = Auditor;

    fn deref(&self) -> &Auditor {
        self.0.as_deref().unwrap_or_else(|| Auditor::shipped())
    }
}

#[derive(PartialEq, Eq)]
struct Texts {
    voice: String,
    packs: Vec<(String, Option<String>)>,
}

impl Voices {
    /// Who audits a text. The files of a voice are small and read each time, so that a change in them holds at once.
    pub fn of(&mut self, path: Option<&Path>) -> Ear {
        let Some((file, texts)) = self.read(path) else { return Ear::default() };
        let before = self.known.get(&file);
        if let Some(known) = before.filter(|it| it.texts == texts) {
            return known.ear.clone();
        }
        let ear = auditor(&texts).map(|it| Ear(Some(Arc::new(it)))).unwrap_or_else(|error| {
            self.trouble = Some(told(&file, &error));
            before.map(|it| it.ear.clone()).unwrap_or_default()
        });
        self.known.insert(file, Known { texts, ear: ear.clone() });
        ear
    }

    fn read(&self, path: Option<&Path>) -> Option<(PathBuf, Texts)> {
        let start = path.and_then(Path::parent).or_else(|| self.folders.first().map(PathBuf::as_path))?;
        let top =
            self.folders.iter().filter(|it| start.starts_with(it)).min_by_key(|it| it.as_os_str().len());
        let folders = start.ancestors().take_while(|it| top.is_none_or(|top| it.starts_with(top)));
        let (folder, voice) =
            folders.filter_map(|it| Some((it, fs::read_to_string(it.join(Voice::FILE)).ok()?))).next()?;
        let names = Voice::read(&voice).map(|it| it.packs).unwrap_or_default();
        let packs =
            names.into_iter().map(|it| (it.clone(), fs::read_to_string(folder.join(it)).ok())).collect();
        Some((folder.join(Voice::FILE), Texts { voice, packs }))
    }
}

fn auditor(texts: &Texts) -> Result<Auditor, RuleError> {
    let mut voice = Voice::read(&texts.voice)?;
    for (name, text) in &texts.packs {
        let missing = || RuleError { rule: name.clone(), why: "this file cannot be read".into() };
        voice.add(name, text.as_deref().ok_or_else(missing)?)?;
    }
    Auditor::with(&voice)
}

fn told(file: &Path, error: &RuleError) -> String {
    format!("Your voice cannot be understood, so what it last said holds. {} - {error}", file.display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use language::Kind;

    #[test]
    fn the_nearest_voice_counts_and_is_heard_anew_when_it_changes() {
        let top = tempfile::tempdir().unwrap();
        let folder = top.path().join("a/b");
        fs::create_dir_all(&folder).unwrap();
        let mut voices = Voices { folders: vec![top.path().join("a")], ..Voices::default() };
        let file = folder.join("c.md");
        let say = |voices: &mut Voices| {
            let found = voices.of(Some(&file)).audit("Every user may ask.", Kind::Markdown).findings;
            (found.first().map(|it| it.say[0].clone()).unwrap_or_default(), voices.trouble.take().is_some())
        };
        fs::write(top.path().join(Voice::FILE), "people = \"stranger\"").unwrap();
        assert_eq!(say(&mut voices), ("person".into(), false), "what stands above the folder says nothing");
        fs::write(top.path().join("a").join(Voice::FILE), "people = \"guest\"").unwrap();
        assert_eq!(say(&mut voices), ("guest".into(), false));
        fs::write(folder.join(Voice::FILE), "people = \"member\"").unwrap();
        assert_eq!(say(&mut voices), ("member".into(), false));
        fs::write(folder.join(Voice::FILE), "people =").unwrap();
        assert_eq!(say(&mut voices), ("member".into(), true));
        assert_eq!(say(&mut voices), ("member".into(), false), "it is told once");
        fs::write(folder.join(Voice::FILE), "packs = [\"gone.toml\"]").unwrap();
        assert_eq!(say(&mut voices), ("member".into(), true));
        fs::write(folder.join(Voice::FILE), "off = [\"people/user\"]").unwrap();
        assert_eq!(say(&mut voices), (String::new(), false));
    }
}
