//! A request sent twice is done once: a program sends `Idempotency-Key` along, and within a day the same key gets the
//! same answer. Only what succeeded is kept, and those answers hold ids and counts, so that nothing of a forgotten
//! person stays here. If the program is killed between the act and its answer, the key is free again after a minute;
//! what is told again is then known by its source and key, as ever.

mod sql;

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequestParts, Request, State as With},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use model::{StaffId, Time};
use sha2::{Digest, Sha256};
use store::{Store, Write, params};

use super::{LARGEST_BODY, asking::too_large, caller::Caller};
use crate::{State, problem::Problem};

/// How long an answer can be asked for again.
const KEPT_SECONDS: i64 = 86_400;
/// A request that is not answered after this long was interrupted; no answer of ours takes longer.
const AT_IT_SECONDS: i64 = 60;
/// A key is a UUID or the like.
const LONGEST_KEY: usize = 255;
/// Our answers to what changes something are short.
const LARGEST_ANSWER: usize = 1 << 20;
const KEY: &str = "idempotency-key";
const REPLAYED: &str = "idempotency-replayed";

/// What became of a key when it was claimed.
enum Claim {
    First,
    Answered(u16, String),
    Underway,
    OfAnother,
}

/// Lets a request with a key through once, and gives its answer to those that repeat it.
pub(super) async fn once(
    With(state): With<State>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let key = match key(request.headers())? {
        Some(key) if request.method() == Method::POST => key,
        _ => return Ok(next.run(request).await),
    };
    let (mut parts, body) = request.into_parts();
    let staff = Caller::from_request_parts(&mut parts, &state).await?.viewer.staff();
    let body = to_bytes(body, LARGEST_BODY).await.map_err(|_| too_large(LARGEST_BODY))?;
    let digest = Sha256::new().chain_update(parts.uri.to_string()).chain_update([0]).chain_update(&body);
    let (digest, now) = (digest.finalize().to_vec(), state.world().now());
    let named = key.clone();
    let claim = state.store().write(move |tx| claim(tx, staff, &named, &digest, now)).await?;
    match claim {
        Claim::First => {
            let answer = next.run(Request::from_parts(parts, Body::from(body))).await;
            settle(state.store(), staff, key, answer).await
        }
        Claim::Answered(status, body) => Ok(again(status, body)),
        Claim::Underway => Err(Problem::new(
            StatusCode::CONFLICT,
            "Still at it",
            "A request with this Idempotency-Key is being done just now; ask again in a moment.",
        )),
        Claim::OfAnother => Err(Problem::unfit(
            "Idempotency-Key",
            "This key came with another request within the last day; a new request needs a new key.",
        )),
    }
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(KEY) else { return Ok(None) };
    let text = value.to_str().map(str::trim).unwrap_or_default();
    match text.len() {
        1..=LONGEST_KEY => Ok(Some(text.to_owned())),
        _ => Err(Problem::unfit(
            "Idempotency-Key",
            format!("The Idempotency-Key needs 1 to {LONGEST_KEY} plain characters, such as a UUID."),
        )),
    }
}

fn claim(
    tx: &mut Write<'_>,
    staff: StaffId,
    key: &str,
    digest: &[u8],
    now: Time,
) -> Result<Claim, store::StoreError> {
    tx.run(sql::PAST, params![now.plus_seconds(-KEPT_SECONDS)])?;
    let found = tx.first(sql::FIND, params![staff, key], |row| {
        Ok((row.get::<Vec<u8>>(0)?, row.get::<i64>(1)?, row.get::<String>(2)?, row.get::<Time>(3)?))
    })?;
    match found {
        Some((known, ..)) if known != digest => Ok(Claim::OfAnother),
        Some((_, 0, _, since)) if now.seconds_since(since) < AT_IT_SECONDS => Ok(Claim::Underway),
        Some((_, status, body, _)) if status > 0 => Ok(Claim::Answered(status as u16, body)),
        _ => {
            tx.run(sql::CLAIM, params![staff, key, digest, now])?;
            Ok(Claim::First)
        }
    }
}

/// Keeps an answer that says that it was done; any other leaves the key free, because nothing was changed.
async fn settle(store: &Store, staff: StaffId, key: String, answer: Response) -> Result<Response, Problem> {
    if !answer.status().is_success() {
        store.write(move |tx| tx.run(sql::DROP, params![staff, key])).await?;
        return Ok(answer);
    }
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, LARGEST_ANSWER)
        .await
        .map_err(|_| Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR))?;
    let (status, text) = (i64::from(parts.status.as_u16()), String::from_utf8_lossy(&body).into_owned());
    store.write(move |tx| tx.run(sql::KEEP, params![staff, key, status, text])).await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn again(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let mut answer = (status, body).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    answer
}
