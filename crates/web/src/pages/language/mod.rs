//! Language where people write: advice as one types, and how we have spoken.

mod advice;
mod drawn;
mod left;
mod sentences;
mod spoken;

use axum::{
    Router,
    routing::{get, post},
};

pub(in crate::pages) use advice::ADVICE;
pub(in crate::pages) use left::mine;

use crate::State;

pub(super) fn router() -> Router<State> {
    Router::new()
        .route(ADVICE, post(advice::show))
        .route("/language/leave", post(left::leave))
        .route("/language/take-back", post(left::take_back))
        .route(spoken::PAGE, get(spoken::show))
        .route(spoken::PROGRESS, get(spoken::show_progress))
        .route("/language/reckon", post(spoken::reckon))
        .route("/language/switch-off", post(spoken::switch_off))
        .route("/language/numbers/{name}", get(spoken::numbers))
}
