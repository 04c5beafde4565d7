//! Files beside the database: originals as they came, named by their digest.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use model::World;
use sha2::{Digest, Sha256};

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
        let digest = Self::digest(bytes);
        let path = self.path(&digest)?;
        let disk = |source| FileError::Disk { name: digest.clone(), source };
        if !path.exists() {
            self.write(&path, bytes).map_err(disk)?;
        }
        Ok(digest)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder)?;
        let temporary = folder.join(format!(".{:032x}", u128::from_be_bytes(self.world.random())));
        let written = fs::File::create_new(&temporary).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&temporary, path)?;
            fs::File::open(folder)?.sync_all()
        });
        if written.is_err() {
            // Half a file must not stay; if removing fails too, the name still marks it as temporary.
            let _ = fs::remove_file(&temporary);
        }
        written
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
