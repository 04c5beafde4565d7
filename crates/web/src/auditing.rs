//! A public page on which anybody may hold a text, or their templates, against the rules of how to speak to people. What is brought here is
//! looked at once and kept nowhere.

mod brought;
mod page;

use axum::{
    Router,
    extract::{FromRequest as _, Request, State as With},
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use brought::Brought;
use house::Limit;
use language::{Auditor, Kind};
use tokio::sync::Semaphore;

use crate::{
    State,
    gate::Visitor,
    problem::{Answer, Problem},
};

/// Texts from one network address: an office that goes through its letters, not a machine that has books read.
const FROM_ONE_PLACE: Limit = Limit { name: "texts tried from an address", burst: 30, every_seconds: 10 };
/// Bytes that are looked at together.
const LARGEST: usize = 200_000;
/// Files that are looked at together.
const MOST: usize = 50;
/// What a text can be said to be.
const KINDS: &[(&str, &str, Kind)] = &[
    ("mail", "A mail", Kind::Mail),
    ("markdown", "Markdown", Kind::Markdown),
    ("html", "HTML", Kind::Html),
    ("plain", "Plain text", Kind::Plain),
];
const ADDRESS: &str = "/language/try";

/// Those who look at once: what strangers bring takes no thread from those who work here.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// A text as it was brought.
struct Text {
    name: Option<String>,
    kind: Kind,
    words: String,
}

pub(crate) fn router() -> Router<State> {
    Router::new().route(ADDRESS, get(show).post(look))
}

async fn us(state: &State) -> Result<String, Problem> {
    let settings = state.house().settings().await?;
    Ok(if settings.organisation.is_empty() { "Regard".to_owned() } else { settings.organisation })
}

/// No cache between us and somebody keeps what they asked about.
fn unkept(page: impl IntoResponse) -> Answer {
    Ok(([(header::CACHE_CONTROL, "no-store")], page).into_response())
}

async fn show(With(state): With<State>) -> Answer {
    unkept(page::whole(&us(&state).await?, &Brought::default(), None, &[]))
}

async fn look(With(state): With<State>, visitor: Visitor, request: Request) -> Answer {
    state.house().count(FROM_ONE_PLACE, &visitor.address).await?;
    let brought = Brought::from_request(request, &state).await?;
    let us = us(&state).await?;
    let texts = match brought.texts() {
        Ok(texts) => texts,
        Err(problem) => {
            return unkept((problem.status, page::whole(&us, &brought, Some(&problem), &[])));
        }
    };
    let broke = || Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR);
    let turn = AT_ONCE.acquire().await.map_err(|_| broke())?;
    let looked = tokio::task::spawn_blocking(move || {
        // Held until it is done, also where nobody waits for it any more.
        let _turn = turn;
        texts.iter().map(page::Looked::at).collect::<Vec<_>>()
    });
    let looked = looked.await.map_err(|_| broke())?;
    unkept(page::whole(&us, &brought, None, &looked))
}

/// The rules that everybody has; the house's own words are its own.
fn auditor() -> &'static Auditor {
    Auditor::shipped()
}
