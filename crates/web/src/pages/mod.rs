//! Every page of the desk, each at the path of its address.

mod accounts;
mod call;
mod conversations;
mod door;
mod goodwill;
mod house;
mod import;
mod insight;
mod language;
pub(crate) mod live;
mod outreach;
pub(crate) mod parts;
mod people;
mod person;
mod promises;
mod refusals;
mod replies;
mod sign_in;
mod today;

use axum::{
    Router,
    routing::{get, post},
};

use crate::State;

/// What comes with files, which take longer to arrive than any page to be made.
pub(crate) fn uploading() -> Router<State> {
    import::uploading().merge(person::uploading())
}

pub(crate) fn router() -> Router<State> {
    Router::new()
        .route("/", get(today::show))
        .route("/people", get(people::show))
        .route("/call", get(call::show).post(call::keep))
        .route("/conversations", get(conversations::show))
        .route("/conversations/next", get(conversations::next))
        .route("/promises", get(promises::show))
        .route("/promises/spotted", post(promises::spotted))
        .route("/promises/{person}/{id}/kept", post(promises::kept))
        .route("/promises/{person}/{id}/broken", post(promises::broken))
        .route("/promises/{person}/{id}/moved", post(promises::moved))
        .route("/goodwill", get(goodwill::show))
        .route("/goodwill/budgets", post(goodwill::set_budget))
        .route("/goodwill/{person}/{id}/back", post(goodwill::take_back))
        .route("/replies", get(replies::show).post(replies::keep))
        .route("/replies/{id}/drop", post(replies::throw_away))
        .route("/refusals", get(refusals::show))
        .route("/refusals/{person}/{id}/back", post(refusals::take_back))
        .route("/people/{id}/refusals", post(refusals::refuse))
        .route("/people/{id}/goodwill", post(goodwill::give))
        .route("/accounts", get(accounts::list))
        .route("/accounts/{id}", get(accounts::show))
        .route("/live", get(live::listen))
        .route("/sign-in", get(sign_in::show).post(sign_in::sign_in))
        .route("/sign-in/passkey/begin", post(sign_in::begin_passkey))
        .route("/sign-in/passkey/finish", post(sign_in::finish_passkey))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/door/{secret}", get(door::show).post(door::enter))
        .merge(import::router())
        .merge(insight::router())
        .merge(language::router())
        .merge(outreach::router())
        .merge(person::router())
        .merge(house::router())
}
