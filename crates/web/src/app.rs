//! The whole application: every address, and what lies around each answer.

use std::{any::Any, net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, MatchedPath, Request, State as With},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use maud::html;
use model::{Stopwatch, World};
use serde_json::json;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    csrf::CsrfLayer,
    request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer},
    timeout::TimeoutLayer,
};

use crate::{
    State, api, assets, auditing, chat, health, incoming, layout, lingering, looks, pages, portal,
    preferences, problem::Problem, subscribing,
};

/// A form holds at most a long letter; files come in through Import, which has a limit of its own.
const LARGEST_FORM: usize = 1 << 20;
/// No page of ours needs longer; a slow reader of the answer is not meant.
const LONGEST_ANSWER: Duration = Duration::from_secs(30);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Only what we serve ourselves is loaded, run or shown, and nobody frames us.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
     connect-src 'self'; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// Every address of the desk.
pub fn router(state: State) -> Router {
    let pages = pages::router()
        .layer(middleware::from_fn_with_state(state.clone(), looks::watch))
        .merge(incoming::router())
        .merge(preferences::router())
        .merge(portal::router())
        .merge(subscribing::router())
        .merge(auditing::router())
        .route("/assets/{version}/{name}", get(assets::serve))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(|| async { Problem::of_status(StatusCode::NOT_FOUND) })
        .layer(DefaultBodyLimit::max(LARGEST_FORM))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST_ANSWER))
        // A talk is read by browsers that belong to nobody here; its line stays open.
        .merge(chat::router())
        // A file takes longer to arrive than any page to be made; the API has limits of its own.
        .merge(pages::uploading())
        .merge(api::router(&state));
    around(pages, &state).with_state(state)
}

/// The layers around every answer; the last is the outermost.
fn around(pages: Router<State>, state: &State) -> Router<State> {
    pages
        .layer(CsrfLayer::new())
        .layer(CatchPanicLayer::custom(after_panic))
        .layer(middleware::from_fn(speak))
        .layer(middleware::from_fn(lingering::linger))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn(guard))
        .layer(middleware::from_fn_with_state(state.clone(), watch))
        .layer(PropagateRequestIdLayer::new(REQUEST_ID))
        .layer(SetRequestIdLayer::new(REQUEST_ID, NewRequestId(state.world().clone())))
}

/// Serves until the state's stop is told; what is in hand is answered first.
pub async fn serve(state: State, listener: tokio::net::TcpListener) -> std::io::Result<()> {
    let stopping = state.stopping();
    let app = router(state).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app).with_graceful_shutdown(stopping).await
}

#[derive(Clone)]
struct NewRequestId(World);

impl MakeRequestId for NewRequestId {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        let id = format!("{:016x}", u64::from_be_bytes(self.0.random()));
        HeaderValue::from_str(&id).ok().map(RequestId::new)
    }
}

fn after_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    tracing::error!(panic = text, "a page broke");
    Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}

/// Counts and logs an answer: its route's pattern, never the address itself, which may name somebody.
async fn watch(With(state): With<State>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("none", |path| path.as_str()).to_owned();
    let id = request.headers().get(REQUEST_ID).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let (method, clock) = (request.method().clone(), Stopwatch::start());
    let response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), clock.elapsed());
    state.metrics().count(&route, status, took);
    tracing::info!(%method, route, status, ms = took.as_secs_f64() * 1000.0, id, "answered");
    response
}

/// What keeps browsers careful with us.
async fn guard(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let anybody = response.extensions().get::<chat::FramedByAnybody>().is_some();
    let headers = response.headers_mut();
    // What says itself who may frame it needs no older word about it.
    let framed = anybody
        || headers
            .get(header::CONTENT_SECURITY_POLICY)
            .is_some_and(|it| it.to_str().is_ok_and(|it| it.contains("frame-ancestors")));
    for (name, value) in [
        ("content-security-policy", CONTENT_POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=()"),
        ("x-frame-options", "DENY"),
    ] {
        if framed && name == "x-frame-options" {
            continue;
        }
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    // What is shown is about people: no shared machine keeps it.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Who asked, as far as the words of an error depend on it.
struct Asker {
    path: String,
    program: bool,
    fragment: bool,
    reading: bool,
}

impl Asker {
    fn of(request: &Request) -> Self {
        let accept = request.headers().get(header::ACCEPT).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let path = request.uri().path().to_owned();
        Self {
            program: path.starts_with("/api/")
                || path.starts_with("/in/")
                || accept.starts_with("application/json"),
            fragment: request.headers().contains_key("x-regard-fragment"),
            reading: request.method() == Method::GET,
            path,
        }
    }
}

/// Gives every error its words: a page, a line for our own script, or `problem+json`.
async fn speak(request: Request, next: Next) -> Response {
    let asker = Asker::of(&request);
    let mut response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let problem = response.extensions_mut().remove::<Problem>();
    if problem.is_none() && is_page(&response) {
        return response;
    }
    let problem = problem.unwrap_or_else(|| Problem::of_status(status));
    let mut said = words(&asker, &problem);
    // A redirect to the sign-in page keeps its own status.
    if said.status() == StatusCode::OK {
        *said.status_mut() = status;
    }
    said
}

/// A form shown again with what was wrong in it has found its words already.
fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}

fn words(asker: &Asker, problem: &Problem) -> Response {
    if asker.program {
        return for_program(problem);
    }
    if asker.fragment {
        return layout::part(html! { p { (problem.detail) } });
    }
    if problem.is_signed_out() && asker.reading {
        let next = if asker.path == "/" { String::new() } else { format!("?next={}", asker.path) };
        return Redirect::to(&format!("/sign-in{next}")).into_response();
    }
    let main = html! {
        h1 { (problem.title) }
        p.lead { (problem.detail) }
        p.row { a.button.quiet href="/" { "To the first page" } }
    };
    layout::bare(&problem.title, main)
}

/// RFC 9457.
fn for_program(problem: &Problem) -> Response {
    let Problem { status, title, detail, field } = problem;
    let mut body =
        json!({"type": "about:blank", "status": status.as_u16(), "title": title, "detail": detail});
    if let Some(field) = field {
        body["field"] = json!(field);
    }
    let headers = [(header::CONTENT_TYPE, "application/problem+json")];
    (headers, Body::from(body.to_string())).into_response()
}
