//! What the operator's tools ask: alive, ready, and how it goes.

use axum::{extract::State as With, http::header, response::IntoResponse};
use store::jobs;

use crate::{State, problem::Answer};

/// Jobs counted for the monitoring; more than that is "many".
const MOST_JOBS: i64 = 10_000;

/// The program runs.
pub(crate) async fn alive() -> &'static str {
    "ok\n"
}

/// The data can be read.
pub(crate) async fn ready(With(state): With<State>) -> Answer {
    state.house().is_settled().await?;
    Ok("ok\n".into_response())
}

/// Numbers for the monitoring.
pub(crate) async fn metrics(With(state): With<State>) -> Answer {
    let jobs = state.store().read(|db| jobs::list(db, MOST_JOBS)).await?;
    let dead = jobs.iter().filter(|job| job.dead).count() as i64;
    let text = state.metrics().text(&[
        ("regard_jobs_waiting", "Jobs to be done.", jobs.len() as i64 - dead),
        ("regard_jobs_dead", "Jobs set aside for a person to look at.", dead),
    ]);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}
