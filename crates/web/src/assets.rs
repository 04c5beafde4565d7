//! Styles and scripts, which live in the program. Their address holds their digest, so browsers may keep them for ever.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::IntoResponse,
};
use rust_embed::Embed;
use sha2::{Digest, Sha256};

use crate::problem::{Answer, Problem};

#[derive(Embed)]
#[folder = "assets"]
struct Assets;

/// Changes whenever any asset does.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    for name in Assets::iter() {
        digest.update(name.as_bytes());
        digest.update(Assets::get(&name).map(|file| file.data.into_owned()).unwrap_or_default());
    }
    digest.finalize().iter().take(6).map(|b| format!("{b:02x}")).collect()
});

/// The address of an asset.
pub(crate) fn url(name: &str) -> String {
    format!("/assets/{}/{name}", *VERSION)
}

/// A script or style as text.
pub(crate) fn text(name: &str) -> Option<String> {
    String::from_utf8(Assets::get(name)?.data.into_owned()).ok()
}

/// Serves one.
pub(crate) async fn serve(Path((_, name)): Path<(String, String)>) -> Answer {
    let file = Assets::get(&name).ok_or_else(|| Problem::of_status(StatusCode::NOT_FOUND))?;
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let headers =
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, file.data.into_owned()).into_response())
}
