//! The gate: who is at the door. No page of the desk can be had without a [`Desk`], and no `Desk` without a session.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use house::{Entered, HouseError, Permission, Secret, Settings, Viewer};
use jiff::tz::TimeZone;

use crate::{State, problem::Problem};

/// Set by our own script: it wants a part of a page, not the whole.
const FRAGMENT: &str = "x-regard-fragment";

/// Somebody at the desk, and what every page needs to know of them.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) viewer: Viewer,
    pub(crate) settings: Settings,
    pub(crate) zone: TimeZone,
    /// Whether only a part of the page was asked for.
    pub(crate) fragment: bool,
    /// The time at which the page is made.
    pub(crate) now: model::Time,
}

impl Desk {
    pub(crate) fn may(&self, needed: Permission) -> Result<(), Problem> {
        self.viewer.may(needed).map_err(|refused| HouseError::from(refused).into())
    }
    pub(crate) fn can(&self, needed: Permission) -> bool {
        self.viewer.can(needed)
    }
}

impl FromRequestParts<State> for Desk {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        if let Some(desk) = parts.extensions.get::<Self>() {
            return Ok(desk.clone());
        }
        let secret = shown(&parts.headers, state).ok_or(HouseError::SignedOut)?;
        let viewer = state.house().viewer(&secret).await?;
        let settings = state.house().settings().await?;
        let zone = TimeZone::get(&settings.zone).unwrap_or(TimeZone::UTC);
        let fragment = parts.headers.contains_key(FRAGMENT);
        let desk = Self { viewer, settings, zone, fragment, now: state.world().now() };
        parts.extensions.insert(desk.clone());
        Ok(desk)
    }
}

/// A visitor who need not be anybody yet.
pub(crate) struct Visitor {
    /// The network address, for limits only.
    pub(crate) address: String,
    /// Their browser, in words they will know it by.
    pub(crate) browser: String,
}

impl FromRequestParts<State> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Self::Rejection> {
        let agent = parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
        Ok(Self { address: address(parts, state), browser: browser(agent) })
    }
}

/// Behind our own proxy the last address it added is the caller's; anything before it is hearsay.
fn address(parts: &Parts, state: &State) -> String {
    let told = parts.headers.get_all("x-forwarded-for").iter().next_back().and_then(|v| v.to_str().ok());
    let told = told.and_then(|list| list.rsplit(',').next()).map(|a| a.trim().to_owned());
    let seen = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_string());
    told.filter(|_| state.config().behind_proxy).or(seen).unwrap_or_default()
}

/// `Firefox on Linux`, as well as a browser tells.
fn browser(agent: &str) -> String {
    let first = |list: &[(&str, &'static str)]| {
        list.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    let name = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ]);
    match (name, system) {
        (Some(name), Some(system)) => format!("{name} on {system}"),
        (Some(name), None) => name.to_owned(),
        _ => "a browser".to_owned(),
    }
}

/// With `__Host-`, browsers accept the cookie from this host over TLS only; without TLS they would refuse the name.
fn cookie_name(state: &State) -> &'static str {
    if state.is_secure() { "__Host-regard" } else { "regard" }
}

fn shown(headers: &HeaderMap, state: &State) -> Option<Secret> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == cookie_name(state)).map(|(_, value)| Secret::shown(value))
}

/// What the browser of somebody who came in is told to keep.
pub(crate) fn keep(state: &State, entered: &Entered) -> Result<HeaderValue, Problem> {
    let seconds = entered.expires_at.seconds_since(state.world().now());
    cookie(state, entered.secret.expose(), seconds)
}

/// What the browser of somebody who left is told.
pub(crate) fn drop(state: &State) -> Result<HeaderValue, Problem> {
    cookie(state, "", 0)
}

fn cookie(state: &State, value: &str, seconds: i64) -> Result<HeaderValue, Problem> {
    let secure = if state.is_secure() { "; Secure" } else { "" };
    let name = cookie_name(state);
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    text.parse().map_err(|_| Problem::of_status(axum::http::StatusCode::INTERNAL_SERVER_ERROR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_called_by_a_name_its_owner_knows() {
        let mac =
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 (KHTML) Version/17 Safari/605";
        assert_eq!(browser(mac), "Safari on Mac");
        assert_eq!(browser("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"), "Firefox on Linux");
        assert_eq!(browser("curl/8"), "a browser");
    }
}
