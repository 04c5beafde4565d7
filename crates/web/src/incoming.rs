//! Where services and programs bring what people said to them. Who does not prove who they are is not listened to.

use std::collections::BTreeMap;

use axum::{
    Router,
    body::Bytes,
    extract::{Path, Query, State as With},
    http::{HeaderMap, StatusCode, Uri},
    response::IntoResponse,
    routing::post,
};
use channels::messengers::Request;
use delivery::messengers::{self, Listened};
use model::MessengerId;

use crate::{
    State,
    problem::{Answer, Problem},
};

pub(crate) fn router() -> Router<State> {
    Router::new().route("/in/{id}", post(hear).get(challenge))
}

fn nowhere() -> Problem {
    Problem::missing("This messenger")
}

async fn hear(
    With(state): With<State>,
    Path(id): Path<String>,
    asked: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let id: MessengerId = id.parse().map_err(|_| nowhere())?;
    // Signatures are made over the address by which we are known outside, whatever stands between.
    let path = asked.path_and_query().map_or("", |it| it.as_str());
    let url = format!("{}{path}", state.config().address.trim_end_matches('/'));
    let text = |value: &axum::http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let headers: BTreeMap<String, String> =
        headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    match messengers::hear(state.store(), id, &Request { url: &url, headers, body: &body }).await? {
        // Twilio says whatever an answer holds.
        Listened::Kept => Ok(StatusCode::NO_CONTENT.into_response()),
        Listened::Nowhere => Err(nowhere()),
        Listened::Forged => Err(Problem::new(
            StatusCode::FORBIDDEN,
            "Not heard",
            "This is not signed as we agreed, or it is older than five minutes.",
        )),
    }
}

/// WhatsApp asks once whether this address is ours.
async fn challenge(
    With(state): With<State>,
    Path(id): Path<String>,
    Query(query): Query<Vec<(String, String)>>,
) -> Answer {
    let id: MessengerId = id.parse().map_err(|_| nowhere())?;
    let answer = messengers::answer_challenge(state.store(), id, &query).await?;
    Ok(answer.ok_or_else(nowhere)?.into_response())
}
