//! Files handed in from a browser: where they wait to be read, and when they go.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    time::{Duration, UNIX_EPOCH},
};

use store::{Location, Store};

use super::{run::blocking, sql, wish::Wish};
use crate::DeliveryError;

/// A file that was handed in and not decided upon goes after a day: whoever looked at it has left.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// The folder in which files handed in from a browser wait; it lies beside the data.
pub fn uploads(store: &Store) -> PathBuf {
    match store.location() {
        Location::Folder(folder) | Location::Server { folder, .. } => folder.join("uploads"),
    }
}

/// Lets a file go if it was handed in from a browser; files that lie elsewhere are not ours to touch.
pub(super) async fn let_go(store: &Store, path: &Path) -> Result<(), DeliveryError> {
    if path.parent() != Some(uploads(store).as_path()) {
        return Ok(());
    }
    let path = path.to_owned();
    blocking(move || match fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(DeliveryError::Read { path, why: error })
        }
        _ => Ok(()),
    })
    .await
}

/// Lets go of what was handed in long ago and that no unfinished import reads. Gives how many files went.
pub async fn sweep_uploads(store: &Store) -> Result<usize, DeliveryError> {
    let read = store.read(|db| db.rows(sql::WISHES, &[], |row| row.json::<Wish>(0)));
    let wishes: Vec<Wish> = read.await.map_err(DeliveryError::from)?;
    let needed: HashSet<PathBuf> = wishes.into_iter().map(|wish| wish.path).collect();
    let (folder, now) = (uploads(store), store.world().now().micros());
    let now = Duration::from_micros(now.try_into().unwrap_or(0));
    blocking(move || {
        let Ok(files) = fs::read_dir(&folder) else { return Ok(0) };
        let old = files.flatten().filter(|file| !needed.contains(&file.path()) && is_old(file, now));
        Ok::<_, DeliveryError>(old.filter(|file| fs::remove_file(file.path()).is_ok()).count())
    })
    .await
}

fn is_old(file: &fs::DirEntry, now: Duration) -> bool {
    let changed = file.metadata().and_then(|about| about.modified()).ok();
    let changed = changed.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    changed.is_some_and(|at| now.saturating_sub(at) > LONGEST_WAIT)
}
