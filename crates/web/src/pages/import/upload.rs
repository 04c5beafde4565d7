//! A file arrives: it is written to disk as it comes, never held in memory, and waits there to be looked at.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use ::house::Permission;
use axum::{
    Router,
    extract::{DefaultBodyLimit, Multipart, State as With, multipart::Field, multipart::MultipartError},
    http::StatusCode,
    response::{IntoResponse, Redirect},
    routing::post,
};
use delivery::importing;
use tokio::{fs::File, io::AsyncWriteExt};
use tower_http::timeout::TimeoutLayer;

use crate::{
    State,
    gate::Desk,
    pages::parts::escaped,
    problem::{Answer, Problem},
};

/// What a browser sends in one piece without a way to go on where it broke off; larger files lie better where the
/// house runs.
const LARGEST: usize = 1 << 30;
pub(super) const LARGEST_WORDS: &str = "1 GiB";
/// A gibibyte over a slow line.
const LONGEST: Duration = Duration::from_secs(60 * 60);
/// What is said of the file beside its content: its name, and where it begins and ends.
const AROUND: usize = 64 << 10;
/// A file's name that is longer says nothing more.
const LONGEST_NAME: usize = 200;
/// Endings that say how a file is read; any other is told by what the file begins with.
const ENDINGS: &[&str] = &["csv", "tsv", "txt", "vcf", "vcard", "mbox", "eml", "jsonl", "ndjson"];

/// The one address that takes files, with limits of its own.
pub(crate) fn uploading() -> Router<State> {
    Router::new()
        .route("/import", post(take))
        .layer(DefaultBodyLimit::max(LARGEST + AROUND))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST))
}

async fn take(With(state): With<State>, desk: Desk, mut form: Multipart) -> Answer {
    desk.may(Permission::Import)?;
    importing::sweep_uploads(state.store()).await?;
    while let Some(field) = form.next_field().await.map_err(|e| broken_off(&e))? {
        if field.name() != Some("file") {
            continue;
        }
        let name = called(field.file_name().unwrap_or_default());
        if name.is_empty() {
            break;
        }
        let waiting = receive(&state, &name, field).await?;
        let to = format!("/uploads/{waiting}?name={}", escaped(&name));
        return Ok(Redirect::to(&to).into_response());
    }
    Err(Problem::unfit("file", "Please choose a file first."))
}

/// Writes the file to disk; gives the name under which it waits.
async fn receive(state: &State, name: &str, mut field: Field<'_>) -> Result<String, Problem> {
    let folder = importing::uploads(state.store());
    let waiting = waiting_name(state, name);
    tokio::fs::create_dir_all(&folder).await.map_err(|e| unwritten(&e))?;
    let mut landing = Landing { path: folder.join(&waiting), landed: false };
    let mut file = File::create(&landing.path).await.map_err(|e| unwritten(&e))?;
    let mut size = 0;
    while let Some(chunk) = field.chunk().await.map_err(|e| broken_off(&e))? {
        size += chunk.len();
        if size > LARGEST {
            return Err(too_large());
        }
        file.write_all(&chunk).await.map_err(|e| unwritten(&e))?;
    }
    file.sync_all().await.map_err(|e| unwritten(&e))?;
    if size == 0 {
        return Err(Problem::unfit("file", format!("“{name}” is empty.")));
    }
    landing.landed = true;
    Ok(waiting)
}

/// A file on its way: it goes again if it does not arrive, whatever the reason.
struct Landing {
    path: PathBuf,
    landed: bool,
}

impl Drop for Landing {
    fn drop(&mut self) {
        // What stays behind all the same is swept later.
        let _ = (!self.landed).then(|| std::fs::remove_file(&self.path));
    }
}

/// Not to be guessed, so that only who handed a file in comes back to it.
fn waiting_name(state: &State, name: &str) -> String {
    let key = u128::from_be_bytes(state.world().random());
    let ending = Path::new(name).extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    match ENDINGS.contains(&ending.as_str()) {
        true => format!("{key:032x}.{ending}"),
        false => format!("{key:032x}"),
    }
}

/// The file that waits under a name; a name that we did not give leads nowhere.
pub(super) fn waiting(state: &State, name: &str) -> Result<PathBuf, Problem> {
    let (key, ending) = name.split_once('.').unwrap_or((name, ""));
    let is_key = key.len() == 32 && key.bytes().all(|b| b.is_ascii_hexdigit());
    if !is_key || !(ending.is_empty() || ENDINGS.contains(&ending)) {
        return Err(Problem::missing("The file"));
    }
    Ok(importing::uploads(state.store()).join(name))
}

/// What a file is called, without the folders that some browsers put before it.
pub(super) fn called(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect::<String>().trim().to_owned()
}

fn broken_off(error: &MultipartError) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        status => Problem::new(
            status,
            "It did not arrive",
            "The file broke off on its way, so nothing of it was kept. Please hand it in again.",
        ),
    }
}

fn too_large() -> Problem {
    let why = format!(
        "A browser may hand in files of up to {LARGEST_WORDS}. Larger ones go in with `regard import` where the house runs."
    );
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "Too large", why)
}

fn unwritten(error: &std::io::Error) -> Problem {
    tracing::error!(%error, "a file that was handed in cannot be written");
    let why = match error.kind() {
        std::io::ErrorKind::StorageFull => {
            "The disk is full, so the file was not kept. Make room and hand it in again."
        }
        _ => "The file could not be written to disk, so it was not kept. The log says why.",
    };
    Problem::new(StatusCode::INSUFFICIENT_STORAGE, "It could not be kept", why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_its_name_without_the_folders_a_browser_put_before_it() {
        assert_eq!(called("C:\\Documents\\people.csv"), "people.csv");
        assert_eq!(called("../../people.csv"), "people.csv");
        assert_eq!(called("  my\nmail.mbox "), "mymail.mbox");
    }
}
