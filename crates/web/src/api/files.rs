//! The files that came with a moment, handed out as they came.

use axum::{
    extract::{Path, State as With},
    http::header,
    response::IntoResponse,
};

use super::{caller::Caller, moments, shapes::Refusals};
use crate::{
    State,
    problem::{Answer, Problem},
};

/// A file that came with a moment
#[utoipa::path(
    get, path = "/moments/{id}/files/{number}", tag = "moments",
    responses(
        (status = 200, description = "Its bytes, as they came", body = Vec<u8>, content_type = "application/octet-stream"),
        Refusals
    )
)]
pub(crate) async fn download(
    With(state): With<State>,
    caller: Caller,
    Path((id, number)): Path<(String, usize)>,
) -> Answer {
    let moment = moments::one(&state, &caller, &id).await?;
    let missing = || Problem::missing("This file");
    let file = moment.originals.into_iter().nth(number).ok_or_else(missing)?;
    let (files, digest) = (state.store().files().clone(), file.digest);
    let bytes = tokio::task::spawn_blocking(move || files.get(&digest)).await;
    let bytes = bytes.ok().and_then(Result::ok).ok_or_else(missing)?;
    // Never shown in a browser: what strangers sent must not run here.
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{}", escaped(&file.name))),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// As RFC 8187 wants a file's name.
fn escaped(name: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    name.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
