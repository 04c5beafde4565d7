//! Files that came with somebody or with a moment, handed out as they came.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use memory::people;
use model::{Moment, PersonId, file_digest};

use crate::{
    State,
    pages::parts::escaped,
    problem::{Answer, Problem},
};

/// What strangers sent must not run here, whatever a browser takes it for.
const NOTHING_RUNS: &str = "sandbox; default-src 'none'";

/// A moment's file, by its place among them: a picture to be looked at, anything else to be kept.
pub(crate) async fn download(state: &State, moment: Moment, number: usize) -> Answer {
    let file = moment.originals.into_iter().nth(number).ok_or_else(|| Problem::missing("This file"))?;
    let bytes = read(state, file.digest, "This file").await?;
    Ok(handed_out(&file.name, bytes))
}

/// A file to be kept under a name, and never shown.
fn kept(name: &str, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{}", escaped(name))),
        (header::CONTENT_SECURITY_POLICY, NOTHING_RUNS.to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, bytes).into_response()
}

/// A picture to be looked at, by what its bytes are and not by what they are called; anything else to be kept.
pub(crate) fn handed_out(name: &str, bytes: Vec<u8>) -> Response {
    let Some(kind) = model::picture(&bytes) else { return kept(name, bytes) };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, NOTHING_RUNS),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, bytes).into_response()
}

/// Somebody's photo, if one came with what is known of them and a browser can show it. One that lies elsewhere in the
/// world is not fetched: it would tell others whom we look at.
pub(crate) async fn photo(state: &State, id: PersonId) -> Answer {
    let person = state.store().read(move |db| people::person(db, id)).await?;
    let digest = person.known.get("photo").and_then(|known| file_digest(&known.value)).map(str::to_owned);
    let missing = || Problem::missing("A photo");
    picture(state, digest.ok_or_else(missing)?).await
}

/// A picture that was kept, if a browser can show it.
pub(crate) async fn picture(state: &State, digest: String) -> Answer {
    let bytes = read(state, digest, "The photo").await?;
    model::picture(&bytes).ok_or_else(|| Problem::missing("A photo"))?;
    Ok(handed_out("photo", bytes))
}

/// What came and could not be read, as it came, to be kept under this name.
pub(crate) async fn unread(state: &State, digest: String, name: &str) -> Answer {
    let bytes = read(state, digest, "This message").await?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename={name}")),
    ];
    Ok((headers, bytes).into_response())
}

/// The bytes of an original.
pub(crate) async fn read(state: &State, digest: String, what: &str) -> Result<Vec<u8>, Problem> {
    let files = state.store().files().clone();
    let bytes = tokio::task::spawn_blocking(move || files.get(&digest)).await;
    bytes.map_err(|error| store::StoreError::Panicked(error.to_string()))?.map_err(|error| {
        tracing::warn!(%error, "an original is not where it should be");
        Problem::missing(what)
    })
}
