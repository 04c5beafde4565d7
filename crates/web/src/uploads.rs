//! A file arrives in a form, from a browser or a program.

use axum::{
    body::Bytes,
    extract::{Multipart, multipart::MultipartError},
    http::StatusCode,
};
use delivery::{
    DeliveryError,
    importing::uploads::{self, Waiting},
};
use futures_util::TryStreamExt;
use memory::MemoryError;
use model::Original;
use store::StoreError;

use crate::{State, problem::Problem};

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

/// Keeps a file that came with what somebody says, under the name that they gave it.
pub(crate) async fn enclosed(
    state: &State,
    called: &str,
    media_type: String,
    bytes: Bytes,
) -> Result<Original, Problem> {
    let (size, place) = (bytes.len() as u64, state.store().files().clone());
    let kept = tokio::task::spawn_blocking(move || place.put(&bytes)).await;
    let kept = kept.map_err(|error| StoreError::Panicked(error.to_string()))?;
    let digest = kept.map_err(|error| MemoryError::File(error.to_string()))?;
    let name = called.chars().filter(|it| !it.is_control()).take(200).collect();
    Ok(Original { digest, name, media_type, size })
}
