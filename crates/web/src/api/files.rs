//! The files that came with a moment, and the photo of a person.

use axum::extract::{Path, State as With};
use house::Permission;

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

/// The photo of a person
///
/// There is one if `photo` among what is known begins with `file:`.
#[utoipa::path(
    get, path = "/people/{id}/photo", tag = "people",
    responses(
        (
            status = 200,
            description = "The picture, as it came",
            content(
                (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/gif"), (Vec<u8> = "image/webp")
            )
        ),
        Refusals
    )
)]
pub(crate) async fn photo(With(state): With<State>, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.may(Permission::ReadPeople)?;
    originals::photo(&state, id.parse()?).await
}
