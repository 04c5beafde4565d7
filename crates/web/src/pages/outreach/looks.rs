//! A digest as it looks to somebody, written by what writes all that leave, in a frame in which nothing runs and nothing is fetched.

use ::house::Permission;
use axum::{
    Form,
    extract::{Path, Query, State as With},
    http::header,
    response::{Html, IntoResponse},
};
use conversations::digests::{self, Copy, Digest};
use delivery::digesting::{self, Written};
use maud::{DOCTYPE, html};
use model::{DigestId, PersonId};
use serde::Deserialize;

use super::given::{Given, blank};
use crate::{
    State, assets,
    gate::Desk,
    problem::{Answer, Problem},
};

/// What a frame around it allows: links open beside the desk, and no more.
pub(super) const SANDBOX: &str = "allow-same-origin allow-popups allow-popups-to-escape-sandbox";
/// Nothing runs and nothing is fetched; its own styles stand where they belong, as mail programs want it.
const POLICY: &str = "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none'; \
    style-src 'unsafe-inline' 'self'; form-action 'none'; base-uri 'self'; frame-ancestors 'self'";
/// What a sample reader is called.
const SAMPLE: &str = "Sam";

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    reader: String,
    #[serde(rename = "as")]
    form: String,
}

/// As it is kept.
pub(super) async fn kept(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let id: DigestId = id.parse()?;
    let found = state.store().read(move |db| digests::one(db, id)).await?;
    let digest = found.unwrap_or_else(|| blank(&desk, id));
    shown(&state, &desk, digest, &wanted).await
}

/// As it stands in the form; nothing of it is kept.
pub(super) async fn entered(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let given = Given(pairs);
    let digest = given.so_far(&desk, id.parse()?);
    let wanted = Wanted { reader: given.one("reader").to_owned(), form: given.one("as").to_owned() };
    shown(&state, &desk, digest, &wanted).await
}

async fn shown(state: &State, desk: &Desk, digest: Digest, wanted: &Wanted) -> Answer {
    let now = desk.now.max(digest.starts_at);
    let reader = Some(wanted.reader.as_str()).filter(|it| !it.is_empty()).map(str::parse).transpose()?;
    let asked = digest.clone();
    let copy = state
        .store()
        .read(move |db| match reader {
            Some(person) => {
                let person: PersonId = memory::current(db, person)?;
                Ok::<_, Problem>(digests::copy(db, &asked, person, now)?)
            }
            None => Ok(Copy::Of(digests::sample(db, &asked, SAMPLE)?)),
        })
        .await?;
    let issue = match copy {
        Copy::Of(issue) => issue,
        Copy::None(why) => return Ok(framed(&nobody(&why))),
    };
    let Written { text, html } =
        digesting::shown(state.store(), &state.config().address, &digest, &issue).await?;
    if wanted.form == "text" {
        let headers =
            [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, POLICY)];
        return Ok((headers, text).into_response());
    }
    // Not of the mail: a link that is tried opens beside the desk and not within the frame.
    Ok(framed(&html.replacen("<head>", "<head><base target=\"_blank\">", 1)))
}

fn framed(page: &str) -> axum::response::Response {
    ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(page.to_owned())).into_response()
}

fn nobody(why: &str) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { "They would not get it" } link rel="stylesheet" href=(assets::url("looks.css")); }
            body { p role="note" { "They would not get it: " (why) "." } }
        }
    }
    .into_string()
}
