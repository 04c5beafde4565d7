//! Files that go with an answer: a form that may bring some, kept before anything is said.

use axum::{
    Form,
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::{StatusCode, header},
};
use model::Original;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use crate::{State, problem::Problem, uploads};

/// Files of one answer, in bytes: written for mail they grow by a third, and many mail servers take no more than 25 MB.
pub(super) const LARGEST: usize = 18 << 20;

/// What somebody entered, and the files they chose.
pub(super) struct Enclosing<T> {
    pub(super) given: T,
    pub(super) files: Vec<Original>,
}

impl<T: DeserializeOwned> FromRequest<State> for Enclosing<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &State) -> Result<Self, Problem> {
        let kind =
            request.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("multipart/") {
            let form = Form::<T>::from_request(request, state).await;
            let Form(given) = form.map_err(|_| Problem::of_status(StatusCode::UNPROCESSABLE_ENTITY))?;
            return Ok(Self { given, files: Vec::new() });
        }
        let form = Multipart::from_request(request, state).await;
        let form = form.map_err(|_| Problem::of_status(StatusCode::UNPROCESSABLE_ENTITY))?;
        let (fields, files) = read(state, form).await?;
        let given = serde_json::from_value(Json::Object(fields));
        let given = given.map_err(|_| Problem::of_status(StatusCode::UNPROCESSABLE_ENTITY))?;
        Ok(Self { given, files })
    }
}

async fn read(state: &State, mut form: Multipart) -> Result<(Map<String, Json>, Vec<Original>), Problem> {
    let (mut fields, mut files, mut size) = (Map::new(), Vec::new(), 0);
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        let Some(called) = field.file_name().map(str::to_owned) else {
            fields.insert(name, Json::String(field.text().await.map_err(broken)?));
            continue;
        };
        let told = field.content_type().unwrap_or("application/octet-stream").to_owned();
        let bytes = field.bytes().await.map_err(broken)?;
        // A browser gives an empty name if nothing was chosen.
        if called.is_empty() {
            continue;
        }
        size += bytes.len();
        if size > LARGEST {
            return Err(too_large());
        }
        if bytes.is_empty() {
            return Err(Problem::unfit("file", format!("\u{201c}{called}\u{201d} is empty.")));
        }
        let media_type = model::picture(&bytes).map_or(told, str::to_owned);
        files.push(uploads::enclosed(state, &called, media_type, bytes).await?);
    }
    Ok((fields, files))
}

fn broken(error: MultipartError) -> Problem {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => too_large(),
        _ => Problem::new(
            StatusCode::BAD_REQUEST,
            "It did not arrive",
            "The files did not arrive whole. Please send it again.",
        ),
    }
}

fn too_large() -> Problem {
    let most = LARGEST >> 20;
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "Too large",
        format!(
            "The files of one mail may have up to {most} MB together; many mail servers take no more. Nothing was sent."
        ),
    )
}
