//! The files that came with a moment.

use axum::extract::{Path, State as With};

use super::{caller::Caller, moments, shapes::Refusals};
use crate::{State, originals, problem::Answer};

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
    originals::download(&state, moment, number).await
}
