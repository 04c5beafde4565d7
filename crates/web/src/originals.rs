//! The files that came with a moment, handed out as they came.

use axum::{http::header, response::IntoResponse};
use model::Moment;

use crate::{
    State,
    pages::parts::escaped,
    problem::{Answer, Problem},
};

/// A moment's file, by its place among them.
pub(crate) async fn download(state: &State, moment: Moment, number: usize) -> Answer {
    let missing = || Problem::missing("This file");
    let file = moment.originals.into_iter().nth(number).ok_or_else(missing)?;
    let (files, digest) = (state.store().files().clone(), file.digest);
    let bytes = tokio::task::spawn_blocking(move || files.get(&digest)).await;
    let bytes = bytes.map_err(|error| store::StoreError::Panicked(error.to_string()))?;
    let bytes = bytes.map_err(|error| {
        tracing::warn!(%error, "an original is not where it should be");
        missing()
    })?;
    // Never shown in a browser: what strangers sent must not run here.
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{}", escaped(&file.name))),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}
