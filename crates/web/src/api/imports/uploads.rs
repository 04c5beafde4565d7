//! Files sent for imports. They wait beside the database under their digest, until they are read or a day is over.

use std::{
    io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use axum::{
    Json,
    body::Body,
    extract::{FromRequest, Multipart, Query, Request, State as With},
    http::{StatusCode, header},
};
use bytes::Bytes;
use delivery::importing::{self, Import};
use futures_util::{Stream, TryStreamExt};
use house::Permission;
use model::World;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::{Files, Store};
use tokio::{fs, io::AsyncWriteExt};
use utoipa::{IntoParams, ToSchema};

use super::told;
use crate::{
    State,
    api::{LARGEST_FILE, asking::too_large, caller::Caller, shapes::Refusals},
    problem::Problem,
};

/// Files that nobody asked to import wait this long.
const KEPT: Duration = Duration::from_secs(86_400);
/// Readings looked at to know which files are still needed.
const READINGS: i64 = 1000;
/// A file's name fits into any file system.
const LONGEST_NAME: usize = 100;
/// What a file is called whose sender did not say.
const NAMELESS: &str = "upload";

/// A file that was sent.
#[derive(Serialize, ToSchema)]
pub(crate) struct Upload {
    /// What it is called when it is imported.
    file: String,
    /// Its name.
    name: String,
    /// Bytes.
    size: u64,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Named {
    /// The file's name; its ending (`.csv`, `.vcf`, `.mbox`, `.jsonl`) helps to tell what it holds.
    name: Option<String>,
}

/// Send a file to be imported
///
/// As the plain body, or as the field `file` of a form. Nothing is read yet. The same bytes sent twice are one file.
#[utoipa::path(
    post, path = "/imports/files", tag = "imports", params(Named),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, description = "It is here", body = Upload), Refusals)
)]
pub(crate) async fn send(
    With(state): With<State>,
    caller: Caller,
    Query(named): Query<Named>,
    request: Request,
) -> Result<(StatusCode, Json<Upload>), Problem> {
    caller.may(Permission::Import)?;
    sweep(state.store()).await?;
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let upload = if kind.starts_with("multipart/form-data") {
        of_form(&state, request).await?
    } else {
        let name = named.name.unwrap_or_else(|| NAMELESS.into());
        let body: Body = request.into_body();
        keep(&state, &name, body.into_data_stream().map_err(io::Error::other)).await?
    };
    caller.noted(&state, "import.sent", "", json!({ "bytes": upload.size })).await?;
    Ok((StatusCode::CREATED, Json(upload)))
}

async fn of_form(state: &State, request: Request) -> Result<Upload, Problem> {
    let wrong = |why: String| Problem::unfit("file", format!("The form cannot be read: {why}."));
    let mut form = Multipart::from_request(request, state).await.map_err(|error| wrong(error.body_text()))?;
    while let Some(field) = form.next_field().await.map_err(|error| wrong(error.body_text()))? {
        if field.name() == Some("file") {
            let name = field.file_name().unwrap_or(NAMELESS).to_owned();
            return keep(state, &name, field.map_err(io::Error::other)).await;
        }
    }
    Err(Problem::unfit("file", "The form has no field called file."))
}

/// Writes what comes to disk, and gives it its digest as a name once all of it is there.
async fn keep(
    state: &State,
    name: &str,
    bytes: impl Stream<Item = io::Result<Bytes>>,
) -> Result<Upload, Problem> {
    let (folder, name) = (folder(state.store()), safe(name));
    let temporary = folder.join(format!(".{}", unguessable(state.world())));
    let now = since_1970(state.store());
    let written = match write(&folder, &temporary, bytes, now).await {
        Ok((digest, size)) => settle(&folder, &temporary, &digest, &name).await.map(|()| (digest, size)),
        Err(error) => Err(error),
    };
    if written.is_err() {
        // Half a file must not stay; if removing fails too, it goes with the files of yesterday.
        let _ = fs::remove_file(&temporary).await;
    }
    let (digest, size) = written.map_err(cannot_keep)?;
    Ok(Upload { file: format!("{digest}/{name}"), name, size })
}

async fn write(
    folder: &Path,
    to: &Path,
    bytes: impl Stream<Item = io::Result<Bytes>>,
    now: Duration,
) -> io::Result<(String, u64)> {
    fs::create_dir_all(folder).await?;
    let (mut file, mut digest, mut size) = (fs::File::create_new(to).await?, Sha256::new(), 0);
    let mut bytes = std::pin::pin!(bytes);
    while let Some(part) = bytes.try_next().await? {
        size += part.len() as u64;
        if size > LARGEST_FILE as u64 {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        digest.update(&part);
        file.write_all(&part).await?;
    }
    file.sync_all().await?;
    // By our own clock, which is the one its age is told by.
    file.into_std().await.set_modified(SystemTime::UNIX_EPOCH + now)?;
    Ok((digest.finalize().iter().map(|b| format!("{b:02x}")).collect(), size))
}

async fn settle(folder: &Path, from: &Path, digest: &str, name: &str) -> io::Result<()> {
    let place = folder.join(digest);
    fs::create_dir_all(&place).await?;
    fs::rename(from, place.join(name)).await
}

fn cannot_keep(error: io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::FileTooLarge => too_large(LARGEST_FILE),
        io::ErrorKind::StorageFull => store::StoreError::Full.into(),
        io::ErrorKind::Other => Problem::new(
            StatusCode::BAD_REQUEST,
            "Not all of it",
            "The file broke off on its way. Send it again.",
        ),
        _ => {
            tracing::error!(%error, "a file for an import cannot be kept");
            Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

fn unguessable(world: &World) -> String {
    format!("{:032x}", u128::from_be_bytes(world.random()))
}

/// The present, as the ages of files are counted.
fn since_1970(store: &Store) -> Duration {
    Duration::from_micros(store.world().now().micros().max(0) as u64)
}

/// Where files for imports wait.
fn folder(store: &Store) -> PathBuf {
    store.files().folder().with_file_name("uploads")
}

/// A name that leads nowhere else.
fn safe(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ');
    let name: String = last.chars().map(|c| if plain(c) { c } else { '_' }).collect();
    let cut = name.char_indices().rev().nth(LONGEST_NAME - 1).map_or(0, |(at, _)| at);
    match name[cut..].trim_start_matches(['.', ' ']).trim_end() {
        "" => NAMELESS.to_owned(),
        name => name.to_owned(),
    }
}

/// The file that somebody names. Only what was sent can be named, never another file of the house.
pub(super) fn find(store: &Store, file: &str) -> Result<PathBuf, Problem> {
    let missing =
        || Problem::unfit("file", "This is not a file that was sent: give the `file` of an upload.");
    let (digest, name) = file.split_once('/').ok_or_else(missing)?;
    let is_digest = digest.len() == Files::digest(b"").len() && digest.bytes().all(|b| b.is_ascii_hexdigit());
    match is_digest && name == safe(name) {
        true => Ok(folder(store).join(digest).join(name)),
        false => Err(missing()),
    }
}

/// Removes what has been read, and what nobody asked for within a day.
pub(crate) async fn sweep(store: &Store) -> Result<(), Problem> {
    let now = since_1970(store);
    clear(store, move |path, readings| !is_needed(path, readings, now)).await
}

/// Removes all that is not being read just now: somebody is forgotten, and any of it may speak of them.
pub(crate) async fn forget(store: &Store) -> Result<(), Problem> {
    clear(store, |path, readings| !is_read(path, readings)).await
}

async fn clear(
    store: &Store,
    may_go: impl Fn(&Path, &[Import]) -> bool + Send + 'static,
) -> Result<(), Problem> {
    let readings = importing::imports(store, READINGS).await.map_err(told)?;
    let folder = folder(store);
    let cleared = tokio::task::spawn_blocking(move || {
        let all = waiting(&folder)?;
        all.iter().filter(|path| may_go(path, &readings)).try_for_each(|path| remove(path))
    });
    if let Ok(Err(error)) = cleared.await {
        tracing::warn!(%error, "files for imports could not be removed");
    }
    Ok(())
}

/// Every file that waits, and every half one.
fn waiting(folder: &Path) -> io::Result<Vec<PathBuf>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        match path.is_dir() {
            true => all.extend(std::fs::read_dir(&path)?.filter_map(|entry| Some(entry.ok()?.path()))),
            false => all.push(path),
        }
    }
    Ok(all)
}

/// Whether a file is being read, or came within a day and has not been read since.
fn is_needed(path: &Path, readings: &[Import], now: Duration) -> bool {
    let Some(came) = came(path) else { return true };
    let since = |it: &Import| it.changed_at.micros() >= came.as_micros() as i64;
    let is_done = readings.iter().any(|it| it.wish.path == path && it.state == "done" && since(it));
    is_read(path, readings) || (!is_done && now.saturating_sub(came) <= KEPT)
}

fn is_read(path: &Path, readings: &[Import]) -> bool {
    readings.iter().any(|it| it.wish.path == path && it.state == "running")
}

fn came(path: &Path) -> Option<Duration> {
    let changed = std::fs::metadata(path).and_then(|it| it.modified()).ok()?;
    changed.duration_since(SystemTime::UNIX_EPOCH).ok()
}

fn remove(path: &Path) -> io::Result<()> {
    std::fs::remove_file(path)?;
    // The folder stays if the same bytes wait under another name.
    let _ = path.parent().map(std::fs::remove_dir);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_else() {
        assert_eq!(safe("people.csv"), "people.csv");
        assert_eq!(safe("../../etc/passwd"), "passwd");
        assert_eq!(safe("C:\\files\\Käufe 2025.csv"), "Käufe 2025.csv");
        assert_eq!(safe(".."), NAMELESS);
        assert_eq!(safe(" . "), NAMELESS);
        assert_eq!(safe(""), NAMELESS);
        assert_eq!(safe("a\0b\n.csv"), "a_b_.csv");
        let long = safe(&format!("{}.csv", "x".repeat(500)));
        assert!(long.len() <= LONGEST_NAME && long.ends_with(".csv") && long == safe(&long));
    }
}
