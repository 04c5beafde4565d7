//! Real documentation: the Markdown of packages that are installed here, each text a file of its own.

use std::{
    env, fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, ensure};
use language::Voice;

/// So many files lie in a folder.
const TOGETHER: usize = 500;
/// With less, the texts would be mostly the same.
const LEAST: u64 = 2_000_000;

/// Texts in a folder.
pub struct Texts {
    /// Where they lie.
    pub folder: PathBuf,
    /// Each of them, in order.
    pub paths: Vec<PathBuf>,
    /// How long they are together.
    pub bytes: u64,
    /// How long those are that are different.
    pub different: u64,
}

impl Texts {
    /// Gathers so many bytes; where packages do not have as many, texts come again.
    pub fn make(folder: &Path, bytes: u64) -> Result<Self> {
        fell(folder)?;
        fs::create_dir_all(folder)?;
        // They are nobody's: without this, the nearest voice above them would be heard, which is that of this house.
        fs::write(folder.join(Voice::FILE), "")?;
        let sources = sources()?;
        let mut texts = Self { folder: folder.join("texts"), paths: Vec::new(), bytes: 0, different: 0 };
        while texts.bytes < bytes {
            let before = texts.bytes;
            for source in &sources {
                let Some(text) = read(source) else { continue };
                texts.add(&text)?;
                if texts.bytes >= bytes {
                    break;
                }
            }
            texts.different = texts.different.max(texts.bytes - before);
            ensure!(texts.different >= LEAST, "too little Markdown is installed here");
        }
        Ok(texts)
    }

    fn add(&mut self, text: &str) -> Result<()> {
        let number = self.paths.len();
        let folder = self.folder.join(format!("{:04}", number / TOGETHER));
        fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{:03}.md", number % TOGETHER));
        fs::write(&path, text)?;
        self.bytes += text.len() as u64;
        self.paths.push(path);
        Ok(())
    }

    /// A larger tree of the same texts. They take no more room: each file has several names.
    pub fn tree(&self, bytes: u64) -> Result<PathBuf> {
        let tree = self.folder.with_file_name("tree");
        for round in 0..bytes.div_ceil(self.bytes) {
            let top = tree.join(format!("{round:03}"));
            for path in &self.paths {
                let link = top.join(path.strip_prefix(&self.folder)?);
                fs::create_dir_all(link.parent().context("a file lies in a folder")?)?;
                fs::hard_link(path, link)?;
            }
        }
        Ok(tree)
    }
}

/// Takes a folder away, if it is there.
pub fn fell(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Ok(())
}

// Of crates that were fetched, and of packages of the system.
fn sources() -> Result<Vec<PathBuf>> {
    let cargo = env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo = cargo.or_else(|| env::var_os("HOME").map(|it| PathBuf::from(it).join(".cargo")));
    let registries = fs::read_dir(cargo.unwrap_or_default().join("registry/src")).into_iter().flatten();
    let mut tops: Vec<PathBuf> = registries.filter_map(|it| Some(it.ok()?.path())).collect();
    tops.push("/usr/share/doc".into());
    let mut all = Vec::new();
    for top in tops {
        let mut here = Vec::new();
        gather(&top, &mut here);
        here.sort();
        all.extend(here);
    }
    ensure!(!all.is_empty(), "no Markdown is installed here");
    Ok(all)
}

fn gather(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = path.file_name().map(|it| it.to_string_lossy().to_lowercase()).unwrap_or_default();
        match entry.file_type() {
            Ok(it) if it.is_dir() => gather(&path, all),
            Ok(it) if it.is_file() && (name.ends_with(".md") || name.ends_with(".md.gz")) => all.push(path),
            _ => {}
        }
    }
}

// Debian packs what is long.
fn read(path: &Path) -> Option<String> {
    let bytes = fs::read(path).ok()?;
    let text = if path.extension().is_some_and(|it| it == "gz") {
        let mut text = String::new();
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).ok()?;
        text
    } else {
        String::from_utf8(bytes).ok()?
    };
    Some(text).filter(|it| !it.is_empty() && !it.contains('\0'))
}
