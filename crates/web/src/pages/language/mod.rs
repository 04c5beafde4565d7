//! Language where people write: advice as one types, and how we have spoken.

mod advice;
mod left;

use axum::{Router, routing::post};

pub(in crate::pages) use advice::ADVICE;
pub(in crate::pages) use left::mine;

use crate::State;

pub(super) fn router() -> Router<State> {
    Router::new()
        .route(ADVICE, post(advice::show))
        .route("/language/leave", post(left::leave))
        .route("/language/take-back", post(left::take_back))
}
