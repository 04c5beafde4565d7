//! Who calls: a program with a key, or somebody signed in who only reads. No handler can be had without a [`Caller`].

use axum::{
    extract::FromRequestParts,
    http::{Method, header, request::Parts},
};
use house::{Act, HouseError, How, Permission, Secret, Viewer};
use memory::looks::What;
use model::{PersonId, World};
use serde_json::Value;
use store::Write;

use crate::{State, gate::Desk, looks, problem::Problem};

/// Somebody who passed the door of the API.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) viewer: Viewer,
}

impl Caller {
    /// Whether they may; a key must be made for it, too.
    pub(crate) fn may(&self, needed: Permission) -> Result<(), Problem> {
        self.viewer.may(needed).map_err(|refused| HouseError::from(refused).into())
    }

    /// Notes what they looked at, before it is shown, or what they did through a door that has its own transaction.
    pub(crate) async fn noted(
        &self,
        state: &State,
        verb: &str,
        about: impl ToString,
        detail: Value,
    ) -> Result<(), Problem> {
        let about = about.to_string();
        let seen = seen(verb).zip(about.parse::<PersonId>().ok());
        let (act, world) = (self.act(verb, about).with(detail), state.world().clone());
        let looker = looks::looker(&self.viewer);
        let write = state.store().write(move |tx| {
            if let Some((what, person)) = seen {
                memory::looks::note(tx, &world, person, &looker, what, 1)?;
            }
            Ok::<_, Problem>(house::note(tx, &world, &act)?)
        });
        write.await
    }

    /// Something they did.
    pub(crate) fn act(&self, verb: &str, about: impl ToString) -> Act {
        Act::by(&self.viewer, verb, about)
    }

    /// Notes what they did, in the transaction that does it.
    pub(crate) fn did(
        &self,
        tx: &mut Write<'_>,
        world: &World,
        verb: &str,
        about: impl ToString,
        detail: Value,
    ) -> store::Result<()> {
        house::note(tx, world, &self.act(verb, about).with(detail))
    }
}

/// What of a person was looked at, where that is what they did: it is a fact about the person as well.
fn seen(verb: &str) -> Option<What> {
    match verb {
        "person.seen" => Some(What::Api),
        "person.exported" => Some(What::Export),
        _ => None,
    }
}

impl FromRequestParts<State> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Problem> {
        if let Some(caller) = parts.extensions.get::<Self>() {
            return Ok(caller.clone());
        }
        let caller = Self { viewer: viewer(parts, state).await? };
        if let How::Token(token, _) = caller.viewer.how() {
            let admitted = state.pace().admit(*token, state.world().now());
            admitted.map_err(|seconds| HouseError::TooOften { seconds })?;
        }
        parts.extensions.insert(caller.clone());
        Ok(caller)
    }
}

async fn viewer(parts: &mut Parts, state: &State) -> Result<Viewer, Problem> {
    if let Some(shown) = parts.headers.get(header::AUTHORIZATION) {
        let text = shown.to_str().unwrap_or_default();
        let (scheme, secret) = text.split_once(' ').unwrap_or_default();
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(HouseError::SignedOut.into());
        }
        return Ok(state.house().viewer_by_token(&Secret::shown(secret)).await?);
    }
    // A cookie is sent by the browser, whoever made it ask; so it opens what is read, never what is changed.
    if !matches!(parts.method, Method::GET | Method::HEAD) {
        return Err(HouseError::SignedOut.into());
    }
    Ok(Desk::from_request_parts(parts, state).await?.viewer)
}
