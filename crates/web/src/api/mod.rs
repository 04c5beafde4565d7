//! The API for programs, `/api/v1`: the same memory, under the same rules, as the desk.
//!
//! A handler stands in exactly one place, `endpoints`, which puts it into the router and into the document at once, so
//! that neither can lack it. Every answer has a schema, and a test holds real answers against it.

mod accounts;
mod answers;
mod asking;
mod caller;
mod export;
mod fields;
mod files;
mod imports;
mod moments;
mod openapi;
mod people;
mod search;
mod shapes;
mod telling;

use std::time::Duration;

use axum::{Router, extract::DefaultBodyLimit, http::StatusCode, middleware};
use tower_http::timeout::TimeoutLayer;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{State, uploads::AROUND};

/// Where the API lies.
const ROOT: &str = "/api/v1";
/// A batch of a thousand long letters fits; more goes through imports.
const LARGEST_BODY: usize = 16 << 20;
/// A mail archive of ten years fits; larger ones are imported where the house runs.
const LARGEST_FILE: u64 = 4 << 30;
/// What is asked in a word is answered in a word.
const QUICK: Duration = Duration::from_secs(30);
/// A large file arrives, is tried or read out, a large database is rewritten.
const SLOW: Duration = Duration::from_secs(3600);

/// Every address of the API.
pub(crate) fn router(state: &State) -> Router<State> {
    let limited = |time| TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, time);
    let once = middleware::from_fn_with_state(state.clone(), answers::once);
    let body = DefaultBodyLimit::max(LARGEST_BODY);
    let quick = quick().layer(once).layer(limited(QUICK)).layer(body);
    let slow = slow().layer(limited(SLOW)).layer(body);
    let sent = sent().layer(limited(SLOW)).layer(DefaultBodyLimit::max((LARGEST_FILE + AROUND) as usize));
    OpenApiRouter::new().nest(ROOT, quick.merge(slow).merge(sent)).into()
}

/// All that is answered quickly, and once if it is asked twice.
fn quick() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(people::list::list, people::taking::tell))
        .routes(routes!(people::taking::tell_all))
        .routes(routes!(people::one::get))
        .routes(routes!(people::known::enter))
        .routes(routes!(people::known::add_handle))
        .routes(routes!(people::joining::preview))
        .routes(routes!(people::joining::merge))
        .routes(routes!(people::joining::undo))
        .routes(routes!(people::joining::split))
        .routes(routes!(people::joining::two_people))
        .routes(routes!(people::joining::duplicates))
        .routes(routes!(people::joining::duplicates_of))
        .routes(routes!(people::forgetting::preview))
        .routes(routes!(moments::of_person, moments::append))
        .routes(routes!(moments::get))
        .routes(routes!(accounts::list, accounts::make))
        .routes(routes!(accounts::get))
        .routes(routes!(accounts::people))
        .routes(routes!(accounts::timeline))
        .routes(routes!(accounts::give_role))
        .routes(routes!(accounts::end_role))
        .routes(routes!(search::people))
        .routes(routes!(search::moments))
        .routes(routes!(fields::list))
        .routes(routes!(fields::define, fields::drop_field))
        .routes(routes!(imports::running::list, imports::running::start))
        .routes(routes!(imports::running::get))
        .routes(routes!(imports::running::refusals))
        .routes(routes!(openapi::show))
}

/// What may take long. Nothing of it needs a key: looking changes nothing, and who is forgotten is not there again.
fn slow() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(people::forgetting::forget))
        .routes(routes!(people::one::take_along))
        .routes(routes!(files::download))
        .routes(routes!(files::photo))
        .routes(routes!(imports::running::preview))
        .routes(routes!(imports::running::dry_run))
        .routes(routes!(export::everything))
}

/// What is larger than anything else. The same bytes sent twice are one file, so it needs no key either.
fn sent() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(imports::uploads::send))
}
