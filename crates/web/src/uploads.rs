//! A file arrives in a form, from a browser or a program.

use axum::{
    extract::{Multipart, multipart::MultipartError},
    http::StatusCode,
};
use delivery::{
    DeliveryError,
    importing::uploads::{self, Waiting},
};
use futures_util::TryStreamExt;

use crate::State;

/// What a form says of a file beside its content: its name, and where it begins and ends.
pub(crate) const AROUND: u64 = 64 << 10;

/// Keeps the file of a form; none if none was chosen.
pub(crate) async fn of_form(
    state: &State,
    mut form: Multipart,
    most: u64,
) -> Result<Option<Waiting>, DeliveryError> {
    let broken = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => DeliveryError::TooLarge(most),
        _ => DeliveryError::BrokenOff,
    };
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.file_name().map(str::to_owned);
        // A browser gives an empty name if nothing was chosen.
        if field.name() == Some("file") && name.as_deref() != Some("") {
            let name = name.unwrap_or_default();
            return uploads::receive(state.store(), &name, most, field.map_err(broken)).await.map(Some);
        }
    }
    Ok(None)
}
