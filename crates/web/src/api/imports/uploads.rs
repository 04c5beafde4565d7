//! Sending a file to be imported.

use axum::{
    Json,
    extract::{FromRequest, Multipart, Query, Request, State as With},
    http::{StatusCode, header},
};
use delivery::{
    DeliveryError,
    importing::uploads::{Waiting, receive},
};
use futures_util::TryStreamExt;
use house::Permission;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use crate::{
    State,
    api::{LARGEST_FILE, caller::Caller, shapes::Refusals},
    problem::Problem,
    uploads,
};

/// A file that was sent.
#[derive(Serialize, ToSchema)]
pub(crate) struct Upload {
    /// What it is called when it is imported.
    file: String,
    /// Its name.
    name: String,
    /// Bytes.
    size: u64,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Named {
    /// The file's name; its ending (`.csv`, `.vcf`, `.mbox`, `.jsonl`) helps to tell what it holds.
    name: Option<String>,
}

/// Send a file to be imported
///
/// As the plain body, or as the field `file` of a form. Nothing is read yet. The same bytes sent twice under one
/// name are one file; an empty one is refused.
#[utoipa::path(
    post, path = "/imports/files", tag = "imports", params(Named),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, description = "It is here", body = Upload), Refusals)
)]
pub(crate) async fn send(
    With(state): With<State>,
    caller: Caller,
    Query(named): Query<Named>,
    request: Request,
) -> Result<(StatusCode, Json<Upload>), Problem> {
    caller.may(Permission::Import)?;
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let Waiting { digest, name, size } = if kind.starts_with("multipart/form-data") {
        of_form(&state, request).await?
    } else {
        let bytes = request.into_body().into_data_stream().map_err(|_| DeliveryError::BrokenOff);
        receive(state.store(), &named.name.unwrap_or_default(), LARGEST_FILE, bytes).await?
    };
    caller.noted(&state, "import.sent", "", json!({ "bytes": size })).await?;
    Ok((StatusCode::CREATED, Json(Upload { file: format!("{digest}/{name}"), name, size })))
}

async fn of_form(state: &State, request: Request) -> Result<Waiting, Problem> {
    let wrong = |why: String| Problem::unfit("file", format!("The form cannot be read: {why}."));
    let form = Multipart::from_request(request, state).await.map_err(|error| wrong(error.body_text()))?;
    let waiting = uploads::of_form(state, form, LARGEST_FILE).await?;
    waiting.ok_or_else(|| Problem::unfit("file", "The form has no file in a field called file."))
}
