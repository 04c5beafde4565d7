//! Files beside the database: originals as they came, named by their digest.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use model::World;
use sha2::{Digest, Sha256};

/// Files that wait for the disk at once.
const AT_ONCE: usize = 8;

/// A folder of originals. Written and synced before the row that names them, so a row never points at nothing.
#[derive(Clone)]
pub struct Files {
    folder: PathBuf,
    world: World,
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
    pub fn open(folder: &Path, world: World) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned(), world })
    }

    /// Keeps the bytes and gives their digest; when it returns they are on disk. The same bytes twice are one file.
    pub fn put(&self, bytes: &[u8]) -> Result<String, FileError> {
        self.put_all(&[bytes]).map(|mut all| all.remove(0))
    }

    /// The same for many, much quicker: a disk that is asked for many things at once does them together.
    /// Gives the digests in their order.
    pub fn put_all(&self, all: &[impl AsRef<[u8]>]) -> Result<Vec<String>, FileError> {
        let digests: Vec<String> = all.iter().map(|it| Self::digest(it.as_ref())).collect();
        let mut fresh = BTreeMap::new();
        for (digest, bytes) in digests.iter().zip(all) {
            let path = self.path(digest)?;
            if !path.exists() {
                let name = format!(".{:032x}", u128::from_be_bytes(self.world.random()));
                fresh.insert(
                    digest.as_str(),
                    Fresh { temporary: path.with_file_name(name), path, bytes: bytes.as_ref() },
                );
            }
        }
        let fresh: Vec<(&str, Fresh<'_>)> = fresh.into_iter().collect();
        let written = self.write(&fresh);
        if written.is_err() {
            // Half a file must not stay; if removing fails too, the name still marks it as temporary.
            fresh.iter().for_each(|(_, it)| drop(fs::remove_file(&it.temporary)));
        }
        written.map(|()| digests)
    }

    fn write(&self, fresh: &[(&str, Fresh<'_>)]) -> Result<(), FileError> {
        let folders: BTreeSet<&Path> = fresh.iter().filter_map(|(_, it)| it.path.parent()).collect();
        let mut made = false;
        for folder in &folders {
            made |= !folder.exists();
            fs::create_dir_all(folder).map_err(|source| disk(folder, source))?;
        }
        at_once(fresh, |(name, it)| it.write().map_err(|source| disk(Path::new(name), source)))?;
        for (name, it) in fresh {
            fs::rename(&it.temporary, &it.path).map_err(|source| disk(Path::new(name), source))?;
        }
        let mut changed: Vec<&Path> = folders.into_iter().collect();
        changed.extend(made.then_some(self.folder.as_path()));
        at_once(&changed, |folder| sync(folder).map_err(|source| disk(folder, source)))
    }

    /// Whether a file is kept here.
    pub fn has(&self, digest: &str) -> bool {
        self.path(digest).is_ok_and(|path| path.exists())
    }

    /// The bytes of a file.
    pub fn get(&self, digest: &str) -> Result<Vec<u8>, FileError> {
        fs::read(self.path(digest)?).map_err(|source| FileError::Disk { name: digest.to_owned(), source })
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

    fn path(&self, digest: &str) -> Result<PathBuf, FileError> {
        let fits = digest.len() == 64 && digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !fits {
            return Err(FileError::Digest(digest.chars().take(80).collect()));
        }
        Ok(self.folder.join(&digest[..2]).join(digest))
    }
}

/// A file on its way to its place.
struct Fresh<'a> {
    temporary: PathBuf,
    path: PathBuf,
    bytes: &'a [u8],
}

impl Fresh<'_> {
    fn write(&self) -> io::Result<()> {
        let mut file = fs::File::create_new(&self.temporary)?;
        file.write_all(self.bytes)?;
        file.sync_all()
    }
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
