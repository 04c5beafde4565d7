//! A file arrives: it is written to disk as it comes, never held in memory, and waits there to be looked at.

use std::time::Duration;

use ::house::Permission;
use axum::{
    Router,
    extract::{DefaultBodyLimit, Multipart, State as With},
    http::StatusCode,
    response::{IntoResponse, Redirect},
    routing::post,
};
use tower_http::timeout::TimeoutLayer;

use crate::{
    State,
    gate::Desk,
    pages::parts::escaped,
    problem::{Answer, Problem},
    uploads::{self, AROUND},
};

/// What a browser sends in one piece without a way to go on where it broke off; larger files lie better where the
/// house runs.
const LARGEST: u64 = LARGEST_GIB << 30;
pub(super) const LARGEST_GIB: u64 = 1;
/// A gibibyte over a slow line.
const LONGEST: Duration = Duration::from_secs(60 * 60);

/// The one address that takes files, with limits of its own.
pub(crate) fn uploading() -> Router<State> {
    Router::new()
        .route("/import", post(take))
        .layer(DefaultBodyLimit::max((LARGEST + AROUND) as usize))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST))
}

async fn take(With(state): With<State>, desk: Desk, form: Multipart) -> Answer {
    desk.may(Permission::Import)?;
    let waiting = uploads::of_form(&state, form, LARGEST).await?;
    let waiting = waiting.ok_or_else(|| Problem::unfit("file", "Please choose a file first."))?;
    let to = format!("/uploads/{}/{}", waiting.digest, escaped(&waiting.name));
    Ok(Redirect::to(&to).into_response())
}
