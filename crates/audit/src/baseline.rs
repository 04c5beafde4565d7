//! What was found before and does not count: so that an old text need not be put right at once to keep a new one well.
//!
//! A finding is known again by its rule, its file and its sentence, wherever in the file that stands.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Component, Path, PathBuf},
};

use language::Finding;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::mend;

/// The form of the file.
const VERSION: u32 = 1;

type Counts = BTreeMap<String, BTreeMap<String, BTreeMap<String, u64>>>;

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    version: u32,
    // By file, rule, and digest of the sentence.
    findings: Counts,
}

/// What was found before.
#[derive(Debug)]
pub struct Baseline {
    file: PathBuf,
    folder: PathBuf,
    // What its file says; nothing, if there is none yet.
    before: Option<String>,
    old: Counts,
    left: Counts,
    seen: Counts,
    // Files that were read now, and those that were not, or in part.
    read: BTreeSet<String>,
    missed: BTreeSet<String>,
}

/// Something that was found before and is no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gone {
    /// In this file.
    pub path: String,
    /// By this rule.
    pub rule: String,
    /// So often.
    pub count: u64,
}

impl Baseline {
    /// What a file holds.
    ///
    /// # Errors
    /// When it cannot be read, or is no baseline.
    pub fn read(file: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let stored: Stored =
            serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
        if stored.version != VERSION {
            return Err(format!("{}: it was written by another version of Regard", file.display()));
        }
        let (old, left) = (stored.findings.clone(), stored.findings);
        Ok(Self { before: Some(text), old, left, ..Self::new(file) })
    }

    /// Without anything from before.
    pub fn new(file: &Path) -> Self {
        let folder = file.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (old, left, seen) = (Counts::new(), Counts::new(), Counts::new());
        let (read, missed) = (BTreeSet::new(), BTreeSet::new());
        Self { file: file.into(), folder: whole(folder), before: None, old, left, seen, read, missed }
    }

    /// Takes note that a file was read, whether anything was found in it or not.
    pub fn reads(&mut self, path: &Path) {
        self.read.insert(self.key(path));
    }

    /// Takes note that a file, or a mail of it that is told with its line, could not be read.
    pub fn misses(&mut self, path: &Path) {
        self.missed.insert(self.key(path));
    }

    /// Whether this was there before. Each place counts once.
    pub fn knows(&mut self, path: &Path, finding: &Finding) -> bool {
        let (path, rule, digest) = (self.key(path), finding.rule.id.clone(), digest(finding));
        *self
            .seen
            .entry(path.clone())
            .or_default()
            .entry(rule.clone())
            .or_default()
            .entry(digest.clone())
            .or_default() += 1;
        let left =
            self.left.get_mut(&path).and_then(|it| it.get_mut(&rule)).and_then(|it| it.get_mut(&digest));
        match left {
            Some(count) if *count > 0 => {
                *count -= 1;
                true
            }
            _ => false,
        }
    }

    /// What was not found again, though its file and its rule were looked at.
    pub fn gone(&self, paths: &[PathBuf], is_looked_at: impl Fn(&str) -> bool) -> Vec<Gone> {
        let mut gone = Vec::new();
        for (path, rules) in self.left.iter().filter(|it| self.has_looked_at(it.0, paths)) {
            for (rule, counts) in rules.iter().filter(|it| is_looked_at(it.0)) {
                let count = counts.values().sum();
                gone.extend((count > 0).then(|| Gone { path: path.clone(), rule: rule.clone(), count }));
            }
        }
        gone
    }

    /// Writes what was found now; what was not looked at stays as it was. Says how many findings it holds.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(self, paths: &[PathBuf], is_looked_at: impl Fn(&str) -> bool) -> io::Result<u64> {
        let mut findings = self.seen.clone();
        for (path, rules) in &self.old {
            let has_looked = self.has_looked_at(path, paths);
            for (rule, counts) in rules.iter().filter(|it| !(has_looked && is_looked_at(it.0))) {
                let kept = findings.entry(path.clone()).or_default().entry(rule.clone()).or_default();
                for (digest, count) in counts {
                    // Some of it may have been seen all the same, in a mailbox that was read in part.
                    let seen = kept.entry(digest.clone()).or_default();
                    *seen = (*seen).max(*count);
                }
            }
        }
        let all = findings.values().flat_map(BTreeMap::values).flat_map(BTreeMap::values).sum();
        let text = serde_json::to_string_pretty(&Stored { version: VERSION, findings })?;
        match &self.before {
            Some(before) => mend::write(&self.file, before, &(text + "\n"))?,
            None => fs::write(&self.file, text + "\n")?,
        }
        Ok(all)
    }

    // Also where a file is no more, if it lay where files were looked for.
    fn has_looked_at(&self, path: &str, paths: &[PathBuf]) -> bool {
        let is_part =
            |it: &String| it.strip_prefix(path).is_some_and(|it| it.is_empty() || it.starts_with(':'));
        let is_gone = || self.covers(paths, path) && matches!(self.folder.join(path).try_exists(), Ok(false));
        !self.missed.iter().any(is_part) && (self.read.contains(path) || is_gone())
    }

    fn covers(&self, paths: &[PathBuf], path: &str) -> bool {
        // By its words alone, since it may be no more.
        let mut there = self.folder.clone();
        for part in Path::new(path).components() {
            match part {
                Component::ParentDir => {
                    there.pop();
                }
                it => there.push(it),
            }
        }
        paths.iter().any(|it| there.starts_with(whole(it)))
    }

    // From the baseline's own folder, so that it is the same wherever somebody stands.
    fn key(&self, path: &Path) -> String {
        relative(&whole(path), &self.folder).to_string_lossy().replace('\\', "/")
    }
}

/// By what a finding's sentence is known again.
pub fn digest(finding: &Finding) -> String {
    let digest = Sha256::digest(format!("{}\n{}", finding.found, finding.sentence));
    digest.iter().take(8).map(|it| format!("{it:02x}")).collect()
}

// Also where it does not lie below the folder: on another machine both may lie elsewhere together.
fn relative(path: &Path, folder: &Path) -> PathBuf {
    let shared = path.components().zip(folder.components()).take_while(|it| it.0 == it.1).count();
    let up = folder.components().skip(shared).map(|_| Component::ParentDir);
    up.chain(path.components().skip(shared)).collect()
}

fn whole(path: &Path) -> PathBuf {
    fs::canonicalize(path).or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use language::{Auditor, Kind};

    fn findings(text: &str) -> Vec<Finding> {
        Auditor::shipped().audit(text, Kind::Markdown).findings
    }

    fn known(baseline: &mut Baseline, path: &Path, text: &str) -> Vec<bool> {
        baseline.reads(path);
        findings(text).iter().map(|it| baseline.knows(path, it)).collect()
    }

    const OLD: &str = "Each user may ask.\n\nWe utilize it. We utilize it.\n";

    #[test]
    fn what_was_there_before_is_known_again_wherever_it_stands() {
        let top = tempfile::tempdir().unwrap();
        let (file, text) = (top.path().join("baseline.json"), top.path().join("a.md"));
        let all = |_: &str| true;
        let here = [top.path().to_owned()];
        let mut first = Baseline::new(&file);
        assert_eq!(known(&mut first, &text, OLD), [false; 3]);
        assert_eq!(first.write(&here, all).unwrap(), 3);

        let mut moved = Baseline::read(&file).unwrap();
        let later =
            "We utilize it. New.\n\nOne user waits. We utilize it.\n\nEach user may ask. We utilize it.\n";
        assert_eq!(known(&mut moved, &text, later), [true, false, true, true, false]);
        assert_eq!(moved.gone(&here, all), []);

        let mut better = Baseline::read(&file).unwrap();
        assert_eq!(known(&mut better, &text, "We utilize it.\n"), [true]);
        let gone: Vec<_> = better.gone(&here, all).into_iter().map(|it| (it.rule, it.count)).collect();
        assert_eq!(gone.len(), 2, "{gone:?}");
        assert_eq!(better.gone(&here, |_| false), []);
        assert_eq!(better.write(&here, |it| it.starts_with("jargon")).unwrap(), 2, "the rest stays");
    }

    #[test]
    fn what_was_not_looked_at_stays_and_what_is_no_more_goes() {
        let top = tempfile::tempdir().unwrap();
        let (file, text) = (top.path().join("baseline.json"), top.path().join("a.md"));
        let (all, here) = (|_: &str| true, [top.path().to_owned()]);
        fs::write(&text, OLD).unwrap();
        let mut first = Baseline::new(&file);
        known(&mut first, &text, OLD);
        first.write(&here, all).unwrap();

        assert_eq!(Baseline::read(&file).unwrap().gone(&here, all), [], "it is there, but was not read");
        assert_eq!(Baseline::read(&file).unwrap().write(&here, all).unwrap(), 3);
        let mut in_part = Baseline::read(&file).unwrap();
        known(&mut in_part, &text, "We utilize it.\n");
        in_part.misses(&top.path().join("a.md:7"));
        assert_eq!(in_part.gone(&here, all), []);
        assert_eq!(in_part.write(&here, all).unwrap(), 3);
        fs::remove_file(&text).unwrap();
        assert_eq!(Baseline::read(&file).unwrap().gone(&here, all).len(), 2);
        assert_eq!(Baseline::read(&file).unwrap().write(&[top.path().join("other")], all).unwrap(), 3);
        assert_eq!(Baseline::read(&file).unwrap().write(&here, all).unwrap(), 0);
    }

    #[test]
    fn what_lies_elsewhere_is_known_by_the_way_to_it() {
        let top = tempfile::tempdir().unwrap();
        fs::create_dir_all(top.path().join("kept")).unwrap();
        let (text, file) = (top.path().join("a.md"), top.path().join("kept/b.json"));
        fs::write(&text, "We utilize it.").unwrap();
        let mut baseline = Baseline::new(&file);
        baseline.reads(&text);
        assert!(findings("We utilize it.").iter().all(|it| !baseline.knows(&text, it)));
        assert_eq!(baseline.write(&[top.path().into()], |_| true).unwrap(), 1);
        let told = fs::read_to_string(&file).unwrap();
        assert!(told.contains("\"../a.md\""), "{told}");
        let gone = |paths: &[PathBuf]| Baseline::read(&file).unwrap().gone(paths, |_| true).len();
        fs::remove_file(&text).unwrap();
        assert_eq!((gone(&[top.path().into()]), gone(&[top.path().join("kept")])), (1, 0));
    }

    #[test]
    fn a_file_that_is_no_baseline_is_refused() {
        let top = tempfile::tempdir().unwrap();
        let file = top.path().join("a.json");
        assert!(Baseline::read(&file).unwrap_err().contains("a.json"));
        for text in ["{", "{\"version\": 2, \"findings\": {}}", "{\"version\": 1}"] {
            fs::write(&file, text).unwrap();
            assert!(Baseline::read(&file).unwrap_err().contains("a.json"), "{text}");
        }
    }
}
