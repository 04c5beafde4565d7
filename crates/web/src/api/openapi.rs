//! The document of the API, made from the handlers themselves.

use std::sync::OnceLock;

use axum::{http::header, response::IntoResponse};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Document,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Regard",
        description = "One memory of each person: the same as on the desk, for programs. Lists come in pages: give the \
                       `next` of one as the `cursor` of the following. A POST with an `Idempotency-Key` is done once, \
                       however often it is sent within a day. Errors are `application/problem+json` and name the field.",
        version = "1"
    ),
    modifiers(&Bearer),
    security(("key" = []))
)]
struct Frame;

/// A key made on the desk, under House.
struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut Document) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        document.components.get_or_insert_default().add_security_scheme("key", scheme);
    }
}

/// This document
///
/// It tells of the program, not of anybody, so it needs no key.
#[utoipa::path(
    get, path = "/openapi.json", tag = "document", security(()),
    responses((status = 200, description = "OpenAPI 3.1", body = Object))
)]
pub(crate) async fn show() -> impl IntoResponse {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| document().to_json().unwrap_or_default());
    ([(header::CONTENT_TYPE, "application/json")], text.as_str())
}

/// Every address with everything that is asked and answered there.
fn document() -> Document {
    let all = super::quick().merge(super::slow()).merge(super::sent());
    OpenApiRouter::with_openapi(Frame::openapi()).nest(super::ROOT, all).into_openapi()
}
