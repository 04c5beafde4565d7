//! Somebody's own page: what we know of them, what they allow, what we promised, and what they may do about it. Whoever can read mail at an
//! address gets in, to what belongs to that address and nothing else; what cannot be undone asks for a code besides.

mod acts;
mod entering;
mod page;
mod taking;

use axum::{
    Router,
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use memory::people::{self, Person};
use model::{HandleKind, ProfileId, Time};
use permission::{Point, visits};
use store::Read;

use crate::{State, problem::Problem};

pub(crate) fn router() -> Router<State> {
    Router::new()
        .route("/me", get(page::show).post(entering::ask))
        .route("/me/enter/{token}", get(entering::look).post(entering::enter))
        .route("/me/leave", post(entering::leave))
        .route("/me/conversation", get(page::conversation))
        .route("/me/came", post(acts::came))
        .route("/me/correct", post(acts::correct))
        .route("/me/dispute", post(acts::dispute))
        .route("/me/not-me", post(acts::not_me))
        .route("/me/rest", post(acts::rest))
        .route("/me/object", post(acts::object))
        .route("/me/choose", post(acts::choose))
        .route("/me/receipt/{moment}", get(acts::receipt))
        .route("/me/code", post(taking::ask))
        .route("/me/take", post(taking::take))
        .route("/me/erase", get(taking::preview).post(taking::erase))
}

/// Somebody who has shown that an address is theirs.
pub(crate) struct Guest {
    /// The address.
    pub(crate) point: Point,
    /// The time at which the page is made.
    pub(crate) now: Time,
}

impl FromRequestParts<State> for Guest {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Response> {
        let (shown, now) = (shown(&parts.headers, state), state.world().now());
        let point = match shown {
            Some(shown) => state.store().read(move |db| visits::of_visit(db, &shown, now)).await,
            None => Ok(None),
        };
        match point {
            Ok(Some(point)) => Ok(Self { point, now }),
            // Their visit is over, or has not begun: there they ask for a link.
            Ok(None) => Err(Redirect::to("/me").into_response()),
            Err(error) => Err(Problem::from(error).into_response()),
        }
    }
}

/// What is theirs of one person: the parts that hold the address they have shown, and what we ourselves wrote about those.
pub(crate) struct Mine {
    pub(crate) person: Person,
    pub(crate) profiles: Vec<ProfileId>,
}

impl Mine {
    /// Whether all of the person is theirs; a part may belong to another address, and to somebody else.
    pub(crate) fn is_whole(&self) -> bool {
        self.person.sources.iter().all(|it| self.profiles.contains(&it.profile))
    }

    /// Whether the value that counts of a field is theirs to see: a part of theirs says it, or we wrote it down of a person who is theirs
    /// altogether.
    pub(crate) fn shows(&self, field: &str) -> bool {
        let Some(known) = self.person.known.get(field) else { return false };
        let theirs = self.person.sources.iter().filter(|it| self.profiles.contains(&it.profile));
        let is_said =
            theirs.filter(|it| it.source != "desk").any(|it| it.fields.get(field) == Some(&known.value));
        is_said || (known.why.standing == "entered" && self.is_whole())
    }
}

/// Everything that belongs to a guest's address. Another address of the same person is not shown before it is proven as well.
pub(crate) fn mine(db: &mut Read<'_>, point: &Point) -> Result<Vec<Mine>, Problem> {
    let Some(handle) = point.handle() else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for id in people::holders(db, &handle)? {
        let person = people::person(db, id)?;
        let claims = people::claimed_by(db, person.id, &HandleKind::Email, &handle.value)?;
        let homes: Vec<_> =
            person.sources.iter().filter(|it| claims.contains(&it.profile)).map(|it| it.home).collect();
        let is_mine = |it: &&people::Source| {
            claims.contains(&it.profile) || (it.source == "desk" && homes.contains(&it.home))
        };
        let profiles = person.sources.iter().filter(is_mine).map(|it| it.profile).collect();
        all.push(Mine { person, profiles });
    }
    Ok(all)
}

fn cookie_name(state: &State) -> &'static str {
    if state.is_secure() { "__Host-regard-me" } else { "regard-me" }
}

fn shown(headers: &HeaderMap, state: &State) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == cookie_name(state)).map(|(_, value)| value.to_owned())
}

fn cookie(state: &State, value: &str, seconds: i64) -> Result<HeaderValue, Problem> {
    let secure = if state.is_secure() { "; Secure" } else { "" };
    let name = cookie_name(state);
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    text.parse().map_err(|_| Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR))
}
