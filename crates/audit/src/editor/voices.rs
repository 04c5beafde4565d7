//! The voices of what is open in an editor, heard anew when their files change.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use crate::voices::{Ear, Spoken, VoiceError, nearest};

/// The voices of texts that are open.
#[derive(Default)]
pub(super) struct Voices {
    /// Folders that the editor has open. A text that is in no file yet belongs to the first.
    pub folders: Vec<PathBuf>,
    /// What is wrong with a voice, until it was told.
    pub trouble: Option<String>,
    known: HashMap<PathBuf, Known>,
}

struct Known {
    spoken: Spoken,
    ear: Ear,
}

impl Voices {
    /// Who audits a text. The files of a voice are small and read each time, so that a change in them holds at once.
    pub fn of(&mut self, path: Option<&Path>) -> Ear {
        let folder = path.and_then(Path::parent).or_else(|| self.folders.first().map(PathBuf::as_path));
        let Some(file) = folder.and_then(nearest) else { return Ear::default() };
        let (spoken, before) = (Spoken::at(&file), self.known.get(&file));
        if let Some(known) = before.filter(|it| it.spoken == spoken) {
            return known.ear.clone();
        }
        let ear = spoken.ear().unwrap_or_else(|error| {
            self.trouble = Some(told(&error));
            before.map(|it| it.ear.clone()).unwrap_or_default()
        });
        self.known.insert(file, Known { spoken, ear: ear.clone() });
        ear
    }
}

fn told(error: &VoiceError) -> String {
    format!("Your voice cannot be understood, so what it last said holds. {error}")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use language::{Kind, Voice};

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
        assert_eq!(say(&mut voices), ("stranger".into(), false), "as on the command line, up to the top");
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
