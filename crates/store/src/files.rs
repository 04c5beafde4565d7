//! Files beside the database: originals as they came, named by their digest.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    io::{Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

/// Files that wait for the disk at once.
const AT_ONCE: usize = 32;

/// A folder of originals. Written and synced before the row that names them, so a row never points at nothing.
#[derive(Clone)]
pub struct Files {
    folder: PathBuf,
}

/// Why a file could not be kept or found.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Not a SHA-256 in hexadecimal.
    #[error("\u{201c}{0}\u{201d} is not the digest of a file")]
    Digest(String),
    /// What the disk says.
    #[error("the file {name} cannot be kept or read: {source}")]
    Disk {
        /// The digest.
        name: String,
        /// Why.
        source: io::Error,
    },
}

impl Files {
    /// Opens (and makes) the folder.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Keeps the bytes and gives their digest; when it returns they are on disk. The same bytes twice are one file.
    pub fn put(&self, bytes: &[u8]) -> Result<String, FileError> {
        self.put_all(&[bytes]).map(|mut all| all.remove(0))
    }

    /// The same for many, much quicker: a disk that is asked for many things at once does them together.
    /// Gives the digests in their order.
    pub fn put_all(&self, all: &[impl AsRef<[u8]>]) -> Result<Vec<String>, FileError> {
        let digests: Vec<String> = all.iter().map(|it| Self::digest(it.as_ref())).collect();
        let mut files = BTreeMap::new();
        for (digest, bytes) in digests.iter().zip(all) {
            files.insert(self.path(digest)?, bytes.as_ref());
        }
        let folders: BTreeSet<&Path> = files.keys().filter_map(|it| it.parent()).collect();
        let mut changed: Vec<&Path> = folders.into_iter().collect();
        let fresh: Vec<&Path> = changed.iter().copied().filter(|it| !it.exists()).collect();
        for folder in &fresh {
            fs::create_dir_all(folder).map_err(|source| disk(folder, source))?;
        }
        if !fresh.is_empty() {
            changed.push(&self.folder);
        }
        let files: Vec<(&PathBuf, &[u8])> = files.iter().map(|(path, bytes)| (path, *bytes)).collect();
        at_once(&files, |(path, bytes)| write(path, bytes).map_err(|source| disk(path, source)))?;
        at_once(&changed, |folder| sync(folder).map_err(|source| disk(folder, source)))?;
        Ok(digests)
    }

    /// Whether a file is kept here.
    pub fn has(&self, digest: &str) -> bool {
        self.path(digest).is_ok_and(|path| path.exists())
    }

    /// The bytes of a file.
    pub fn get(&self, digest: &str) -> Result<Vec<u8>, FileError> {
        fs::read(self.path(digest)?).map_err(|source| FileError::Disk { name: digest.to_owned(), source })
    }

    /// A file to be read piece by piece.
    pub fn reader(&self, digest: &str) -> Result<fs::File, FileError> {
        fs::File::open(self.path(digest)?)
            .map_err(|source| FileError::Disk { name: digest.to_owned(), source })
    }

    /// Overwrites nothing, but removes the name; the blocks are the file system's to reuse.
    pub fn remove(&self, digest: &str) -> Result<(), FileError> {
        match fs::remove_file(self.path(digest)?) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => {
                Err(FileError::Disk { name: digest.to_owned(), source })
            }
            _ => Ok(()),
        }
    }

    /// The name under which bytes are kept.
    pub fn digest(bytes: &[u8]) -> String {
        Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
    }

    /// The folder, for backups.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where a file lies below a folder of originals: ours, or one that was taken along.
    pub fn place_in(folder: &Path, digest: &str) -> Result<PathBuf, FileError> {
        let fits = digest.len() == 64 && digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !fits {
            return Err(FileError::Digest(digest.chars().take(80).collect()));
        }
        Ok(folder.join(&digest[..1]).join(digest))
    }

    fn path(&self, digest: &str) -> Result<PathBuf, FileError> {
        Self::place_in(&self.folder, digest)
    }
}

/// Writes a file at its place. A name says what must be in it, so what a crash left of it is written over, and whoever
/// writes the same at the same time writes the same.
fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::options().read(true).write(true).create(true).truncate(false).open(path)?;
    let mut there = Vec::new();
    if file.metadata()?.len() == bytes.len() as u64 {
        file.read_to_end(&mut there)?;
    }
    if there != bytes {
        file.seek(io::SeekFrom::Start(0))?;
        file.write_all(bytes)?;
    }
    file.sync_all()
}

fn sync(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

fn disk(name: &Path, source: io::Error) -> FileError {
    FileError::Disk { name: name.display().to_string(), source }
}

/// Does it for all of them, some at a time; the first error counts.
fn at_once<T: Sync>(all: &[T], what: impl Fn(&T) -> Result<(), FileError> + Sync) -> Result<(), FileError> {
    if all.len() < 2 {
        return all.iter().try_for_each(what);
    }
    let part = all.len().div_ceil(AT_ONCE);
    std::thread::scope(|scope| {
        let work = all.chunks(part).map(|part| scope.spawn(|| part.iter().try_for_each(&what)));
        let work: Vec<_> = work.collect();
        work.into_iter().try_for_each(|it| it.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}
