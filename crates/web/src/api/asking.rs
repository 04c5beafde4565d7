//! What programs send: bodies, addresses, places in lists. What does not fit is named by its field.

use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Query, Request, rejection::BytesRejection},
    http::{StatusCode, header, request::Parts},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use serde::{Serialize, de::DeserializeOwned};

use super::LARGEST_BODY;
use crate::{State, problem::Problem};

/// What every handler gives.
pub(crate) type Reply<T> = Result<Json<T>, Problem>;

/// Entries on a page if nothing is said.
const USUAL: i64 = 50;
/// Entries on a page at most: an answer stays quick and small.
pub(crate) const MOST: i64 = 200;

/// A JSON body.
pub(crate) struct Sent<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<State> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &State) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
        if !kind.is_some_and(|kind| kind.trim_start().starts_with("application/json")) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "Not JSON",
                "Please send JSON, and say so: Content-Type: application/json.",
            ));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(unread)?;
        read(&bytes).map(Self)
    }
}

fn unread(rejection: BytesRejection) -> Problem {
    match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(LARGEST_BODY),
        status => Problem::of_status(status),
    }
}

/// For a body that does not fit.
pub(crate) fn too_large(most: usize) -> Problem {
    let most = most >> 20;
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "Too large",
        format!("This is more than {most} MiB. Send it in parts, or as a file to imports."),
    )
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let (path, inner) = (error.path().to_string(), error.into_inner());
        match inner.classify() {
            serde_json::error::Category::Data => unfit(&path, &inner.to_string()),
            _ => Problem::new(StatusCode::BAD_REQUEST, "Not JSON", format!("The body is not JSON: {inner}.")),
        }
    })
}

/// A value that does not fit, by the path that leads to it.
fn unfit(path: &str, why: &str) -> Problem {
    let why = why.split(" at line ").next().unwrap_or_default();
    let parent = if path == "." { "" } else { path };
    if let Some(name) = why.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        let field = if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") };
        return Problem::unfit(&field, format!("{field} is missing."));
    }
    match parent {
        "" => Problem::unfit("body", format!("The body does not fit: {why}.")),
        path => Problem::unfit(path, format!("{path}: {why}.")),
    }
}

/// What stands behind the question mark of an address.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<State> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Problem> {
        let asked = Query::<T>::try_from_uri(&parts.uri).map_err(|error| misread(&error.body_text()))?;
        Ok(Self(asked.0))
    }
}

/// What the reader of addresses says, as `…: field: why`.
fn misread(said: &str) -> Problem {
    let said = said.rsplit_once("query string: ").map_or(said, |(_, why)| why);
    match said.split_once(": ") {
        Some((field, why)) if !field.contains(' ') => unfit(field, why),
        _ => unfit(".", said),
    }
}

/// How many entries a page shall have.
pub(crate) fn limit(asked: Option<i64>) -> Result<i64, Problem> {
    match asked.unwrap_or(USUAL) {
        most @ 1..=MOST => Ok(most),
        _ => Err(Problem::unfit("limit", format!("The limit is a number from 1 to {MOST}."))),
    }
}

/// A place in a list as it is handed out: not to be read, only to be given back.
pub(crate) fn cursor(place: &impl Serialize) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).unwrap_or_default())
}

/// The place that a cursor marks.
pub(crate) fn place<T: DeserializeOwned>(cursor: Option<&str>) -> Result<Option<T>, Problem> {
    let Some(text) = cursor.filter(|text| !text.is_empty()) else { return Ok(None) };
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
    let place = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let why = "This cursor is not one that we gave for this list; leave it out to begin anew.";
    place.map(Some).ok_or_else(|| Problem::unfit("cursor", why))
}

/// A page, given one entry more than it shall show; the last shown says where the next begins.
pub(crate) fn cut<T>(
    mut entries: Vec<T>,
    most: i64,
    next: impl Fn(&T) -> String,
) -> (Vec<T>, Option<String>) {
    let more = entries.len() as i64 > most;
    entries.truncate(most as usize);
    let next = entries.last().filter(|_| more).map(next);
    (entries, next)
}
