//! Files handed in to be imported: how they come, where they wait under their digest, and when they go.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, UNIX_EPOCH},
};

use futures_util::{Stream, TryStreamExt};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::{Store, jobs};
use tokio::{fs::File, io::AsyncWriteExt};

use super::{sql, wish::Wish};
use crate::{DeliveryError, aside::blocking};

/// A file that was handed in and not decided upon goes after a day: whoever looked at it has left.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);
/// The job that lets go of it.
pub(crate) const SWEEP: &str = "let go of old files for imports";
/// A name of so many bytes fits into any file system.
const LONGEST_NAME: usize = 200;
/// What a file is called if nobody said.
const NAMELESS: &str = "upload";

/// A file that waits to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Of its bytes.
    pub digest: String,
    /// What it is called.
    pub name: String,
    /// Bytes.
    pub size: u64,
}

/// The folder in which files wait; it lies beside the data.
pub fn folder(store: &Store) -> PathBuf {
    store.files().folder().with_file_name("uploads")
}

/// Writes what comes to disk, and gives it its digest as a place once all of it is there. The same bytes twice under
/// one name are one file.
pub async fn receive<B: AsRef<[u8]>>(
    store: &Store,
    name: &str,
    most: u64,
    bytes: impl Stream<Item = Result<B, DeliveryError>>,
) -> Result<Waiting, DeliveryError> {
    let (folder, name) = (folder(store), safe(name));
    tokio::fs::create_dir_all(&folder).await?;
    let landing = format!(".{:032x}", u128::from_be_bytes(store.world().random()));
    // Asked for before anything is here, so that even half a file goes.
    sweep_later(store, landing.clone()).await?;
    let landing = Landing(folder.join(landing));
    let (digest, size) = write(&landing.0, bytes, most).await?;
    if size == 0 {
        return Err(DeliveryError::Empty(name));
    }
    let (place, called, now) = (folder.join(&digest), name.clone(), since_1970(store));
    blocking(move || landing.settle(&place, &called, now)).await?;
    sweep_later(store, digest.clone()).await?;
    Ok(Waiting { digest, name, size })
}

async fn write<B: AsRef<[u8]>>(
    to: &Path,
    bytes: impl Stream<Item = Result<B, DeliveryError>>,
    most: u64,
) -> Result<(String, u64), DeliveryError> {
    let (mut file, mut digest, mut size) = (File::create_new(to).await?, Sha256::new(), 0);
    let mut bytes = std::pin::pin!(bytes);
    while let Some(part) = bytes.try_next().await? {
        let part = part.as_ref();
        size += part.len() as u64;
        if size > most {
            return Err(DeliveryError::TooLarge(most));
        }
        digest.update(part);
        file.write_all(part).await?;
    }
    // Only this says what became of the last part; syncing alone would not.
    file.flush().await?;
    file.sync_all().await?;
    Ok((digest.finalize().iter().map(|b| format!("{b:02x}")).collect(), size))
}

/// A file on its way. What lies here goes when this does, whatever the reason; what has arrived lies elsewhere.
struct Landing(PathBuf);

impl Landing {
    fn settle(self, place: &Path, name: &str, now: Duration) -> Result<(), DeliveryError> {
        // Its age is told by our own clock.
        fs::File::options().write(true).open(&self.0).map_err(swept)?.set_modified(UNIX_EPOCH + now)?;
        fs::create_dir_all(place)?;
        fs::rename(&self.0, place.join(name)).map_err(swept)?;
        fs::File::open(place).map_err(swept)?.sync_all()?;
        Ok(place.parent().map_or(Ok(()), |folder| fs::File::open(folder)?.sync_all())?)
    }
}

impl Drop for Landing {
    fn drop(&mut self) {
        // What stays behind all the same is swept later.
        let _ = fs::remove_file(&self.0);
    }
}

/// Somebody may be forgotten while a file is on its way; then half of it is gone, and it must come anew.
fn swept(error: io::Error) -> DeliveryError {
    match error.kind() {
        io::ErrorKind::NotFound => DeliveryError::BrokenOff,
        _ => error.into(),
    }
}

/// Where a file waits that was handed in, by its `digest/name`. No other file of the house can be named.
pub fn find(store: &Store, file: &str) -> Option<PathBuf> {
    let (digest, name) = file.split_once('/')?;
    let is_digest = digest.len() == 64 && digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    (is_digest && name == safe(name)).then(|| folder(store).join(digest).join(name))
}

/// A name that leads nowhere else, without the folders that some browsers put before it.
fn safe(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).collect();
    // The end stays: it says what the file holds.
    let from = name.ceil_char_boundary(name.len().saturating_sub(LONGEST_NAME));
    match name[from..].trim_start_matches(|c: char| c == '.' || c.is_whitespace()).trim_end() {
        "" => NAMELESS.to_owned(),
        name => name.to_owned(),
    }
}

/// Lets a file go if it was handed in and no unfinished import reads it; files that lie elsewhere are not ours to touch.
pub async fn let_go(store: &Store, path: &Path) -> Result<(), DeliveryError> {
    let is_ours = path.ancestors().nth(2) == Some(folder(store).as_path());
    if !is_ours || unfinished(store).await?.iter().any(|(needed, _)| needed == path) {
        return Ok(());
    }
    let path = path.to_owned();
    blocking(move || remove(&path)).await
}

/// Has what comes now looked at again when it may be too old.
async fn sweep_later(store: &Store, key: String) -> Result<(), DeliveryError> {
    let world = store.world().clone();
    let due = world.now().plus_seconds(LONGEST_WAIT.as_secs() as i64 + 60);
    Ok(store.write(move |tx| jobs::enqueue(tx, &world, SWEEP, &key, &json!({}), due)).await?)
}

/// Lets go of what was handed in long ago and that no unfinished import reads.
pub(crate) async fn sweep(store: &Store) -> Result<(), DeliveryError> {
    let (needed, now) = (unfinished(store).await?, since_1970(store));
    clear(store, move |path| is_old(path, now) && needed.iter().all(|(it, _)| it != path)).await
}

/// Lets go of all that is not being read just now: somebody is forgotten, and any of it may speak of them.
pub(crate) async fn forget(store: &Store) -> Result<(), DeliveryError> {
    let needed = unfinished(store).await?;
    clear(store, move |path| !needed.iter().any(|(it, state)| it == path && state == "running")).await
}

/// The files of imports that are not done, and how each import is.
async fn unfinished(store: &Store) -> Result<Vec<(PathBuf, String)>, DeliveryError> {
    let read = store.read(|db| {
        db.rows(sql::UNFINISHED_FILES, &[], |row| Ok((row.json::<Wish>(0)?.path, row.get::<String>(1)?)))
    });
    Ok(read.await?)
}

async fn clear(store: &Store, may_go: impl Fn(&Path) -> bool + Send + 'static) -> Result<(), DeliveryError> {
    let folder = folder(store);
    blocking(move || all_in(&folder)?.iter().filter(|path| may_go(path)).try_for_each(|path| remove(path)))
        .await
}

/// Every file that waits, and every half one.
fn all_in(folder: &Path) -> Result<Vec<PathBuf>, DeliveryError> {
    let mut all = Vec::new();
    for path in entries(folder)? {
        match path.is_dir() {
            true => all.extend(entries(&path)?),
            false => all.push(path),
        }
    }
    Ok(all)
}

/// Nothing, if there is no such folder (any more).
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        found => found?.map(|entry| Ok(entry?.path())).collect(),
    }
}

fn remove(path: &Path) -> Result<(), DeliveryError> {
    match fs::remove_file(path) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => {
            return Err(DeliveryError::Read { path: path.to_owned(), why });
        }
        _ => {}
    }
    // The folder stays if the same bytes wait under another name.
    let _ = path.parent().map(fs::remove_dir);
    Ok(())
}

fn is_old(path: &Path, now: Duration) -> bool {
    let came = fs::metadata(path).and_then(|about| about.modified()).ok();
    let came = came.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    came.is_some_and(|at| now.saturating_sub(at) > LONGEST_WAIT)
}

/// The present, as the ages of files are counted.
fn since_1970(store: &Store) -> Duration {
    Duration::from_micros(store.world().now().micros().try_into().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_else_and_stays_as_it_was_given() {
        assert_eq!(safe("Käufe (2).csv"), "Käufe (2).csv");
        assert_eq!(safe("../../etc/passwd"), "passwd");
        assert_eq!(safe("C:\\Documents\\people.csv"), "people.csv");
        assert_eq!(safe("  my\nmail.mbox "), "mymail.mbox");
        assert_eq!(safe("a\0b.csv"), "ab.csv");
        for nothing in ["", "..", " . ", "a/", "\n"] {
            assert_eq!(safe(nothing), NAMELESS);
        }
        for letter in ["x", "ä", "客", " ."] {
            let long = safe(&format!("{}.csv", letter.repeat(500)));
            assert!(long.len() <= LONGEST_NAME && long.ends_with("csv") && long == safe(&long), "{long}");
        }
    }
}
