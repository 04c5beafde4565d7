//! The files of the house: what git tracks, and what it would track.

use std::{fs, io, path::PathBuf, process::Command};

/// One file that can be read as text.
pub struct File {
    /// Its path from the top of the repository.
    pub path: String,
    /// What stands in it.
    pub text: String,
}

impl File {
    /// A file that exists only as a sample.
    pub fn sample(path: &str, text: &str) -> Self {
        Self { path: path.into(), text: text.into() }
    }
    /// The crate it belongs to.
    pub fn room(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }
    /// The last part of its path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

/// The whole repository.
pub struct House {
    /// Every file that is text.
    pub files: Vec<File>,
    /// Every path, of pictures too.
    pub paths: Vec<String>,
}

impl House {
    /// The one this test was built from.
    pub fn here() -> io::Result<Self> {
        let paths: Vec<String> = tracked()?.into_iter().filter(|path| root().join(path).is_file()).collect();
        let text = |path: &String| {
            Some(File { path: path.clone(), text: fs::read_to_string(root().join(path)).ok()? })
        };
        Ok(Self { files: paths.iter().filter_map(text).collect(), paths })
    }
    /// Files whose path ends so.
    pub fn ending<'a>(&'a self, end: &'a str) -> impl Iterator<Item = &'a File> {
        self.files.iter().filter(move |file| file.path.ends_with(end))
    }
}

/// The top of the repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

// The clone may belong to another account than the one that checks it, which git distrusts by default.
fn tracked() -> io::Result<Vec<String>> {
    let listed = Command::new("git")
        .args(["-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()?;
    if !listed.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&listed.stderr).into_owned()));
    }
    let names = String::from_utf8_lossy(&listed.stdout).into_owned();
    Ok(names.split_terminator('\0').map(str::to_owned).collect())
}
