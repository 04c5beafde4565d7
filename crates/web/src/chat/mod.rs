//! Web chat: the button that a site shows, the talk that it opens in a frame of ours, and a form for browsers without scripts.
//! Whoever talks need be nobody; the key that their browser made opens their talk and nothing else.

mod erasing;
mod form;
mod frame;
mod lines;
mod live;

use ::house::Limit;
use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRequestParts, Path},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use conversations::{
    sites::{self, Site},
    talks::{self, Key, Talk},
};
use model::{SiteId, TokenId};

use crate::{
    State, assets,
    gate::Visitor,
    problem::{Answer, Problem},
};

/// Talks begun from one network address: a household or an office, not a machine that writes to everybody.
const BEGINNINGS: Limit = Limit { name: "talks begun from an address", burst: 20, every_seconds: 60 };
/// Forms without a script sent from one network address: they come without the work of a browser, so few are let through.
const FORMS: Limit = Limit { name: "forms sent from an address", burst: 10, every_seconds: 300 };
/// Talks deleted, or asked to be, from one network address: a household that changes its mind, and nobody who keeps us busy with it.
const ERASINGS: Limit = Limit { name: "talks deleted from an address", burst: 5, every_seconds: 120 };
/// Files sent from one network address.
const FILES: Limit = Limit { name: "files in talks from an address", burst: 20, every_seconds: 30 };
/// Files of one line, in bytes.
const LARGEST: usize = 10 << 20;

pub(crate) fn router() -> Router<State> {
    Router::new()
        .route("/chat/{site}/loader.js", get(loader))
        .route("/chat/{site}/talk", get(frame::show))
        .route("/chat/{site}/lines", post(lines::hear))
        .route("/chat/{site}/live", get(live::listen))
        .route("/chat/{site}/puzzle", post(lines::puzzle))
        .route("/chat/{site}/erase", get(erasing::show).post(erasing::erase))
        .route("/chat/{site}/here", post(lines::here))
        .route("/chat/{site}/address", post(lines::address))
        .route("/chat/{site}/identity", post(lines::identity))
        .route("/chat/{site}/back", post(lines::back))
        .route("/chat/{site}/files", post(lines::files).layer(DefaultBodyLimit::max(LARGEST + (64 << 10))))
        .route("/chat/{site}/lines/{number}/files/{place}", get(lines::file))
        .route("/chat/{site}/lines/{number}/face", get(lines::face))
        .route("/chat/{site}/form", get(form::show).post(form::send))
}

/// Marks an answer that any page may frame.
#[derive(Clone)]
pub(crate) struct FramedByAnybody;

/// A site that is still shown.
struct Open(Site);

impl FromRequestParts<State> for Open {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        let path = Path::<std::collections::HashMap<String, String>>::from_request_parts(parts, state).await;
        let id = path.ok().and_then(|Path(all)| all.get("site").cloned()).unwrap_or_default();
        let id: SiteId = id.parse().map_err(|_| gone())?;
        state.store().read(move |db| sites::one(db, id)).await?.map(Self).ok_or_else(gone)
    }
}

fn gone() -> Problem {
    Problem::missing("This place to talk")
}

/// Where only those talk whom the site vouches for.
fn stranger() -> Problem {
    let why = "Only whoever is signed in on this site can talk here.";
    Problem::new(StatusCode::FORBIDDEN, "Please sign in", why)
}

/// Whoever shows a key, at an even pace.
struct Holder {
    key: Key,
    visitor: Visitor,
}

impl FromRequestParts<State> for Holder {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        let shown =
            parts.headers.get(header::AUTHORIZATION).and_then(|it| it.to_str().ok()).unwrap_or_default();
        let key = Key::shown(shown.strip_prefix("Bearer ").unwrap_or_default())?;
        let Ok(visitor) = Visitor::from_request_parts(parts, state).await;
        paced(state, &visitor)?;
        Ok(Self { key, visitor })
    }
}

impl Holder {
    async fn talk(&self, state: &State, site: SiteId) -> Result<Option<Talk>, Problem> {
        let key = self.key.clone();
        Ok(state.store().read(move |db| talks::held(db, site, &key)).await?)
    }
}

fn paced(state: &State, visitor: &Visitor) -> Result<(), Problem> {
    let who = TokenId::derived(&[b"chat", visitor.address.as_bytes()]);
    state.talk_pace().admit(who, state.world().now()).map_err(|seconds| {
        Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "One moment",
            format!("Please try again in {seconds} seconds."),
        )
    })
}

/// The script of the button. It is asked for by other sites' pages, so it is theirs to run, and kept for an hour at most.
async fn loader(Open(_): Open) -> Answer {
    let script = assets::text("loader.js").ok_or_else(gone)?;
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ];
    Ok(for_others((headers, script).into_response()))
}

/// An answer that pages of other sites may use.
fn for_others(mut response: Response) -> Response {
    response.headers_mut().insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    response
}
