//! Who of us looked at somebody is written down where their page is opened, before it is shown. On a day only the first look of one of us
//! waits for that; what follows is counted together and written aside, so that a page is no slower for it and no look is lost.

use axum::{
    extract::{FromRequestParts, MatchedPath, Request, State as With},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};
use house::{How, Viewer};
use memory::looks::{self, Looker, What};
use model::PersonId;

use crate::{State, gate::Desk, problem::Problem, seen::Now};

/// Who looks.
pub(crate) fn looker(viewer: &Viewer) -> Looker {
    let key = match viewer.how() {
        How::Token(id, _) => Some(*id),
        How::Session(_) => None,
    };
    Looker { staff: Some(viewer.staff()), key, role: viewer.role().as_str().to_owned() }
}

/// Writes down a look at a person. When it returns, the day's first is on disk.
async fn note(state: &State, looker: Looker, person: PersonId, what: What) -> Result<(), Problem> {
    let (key, world) = ((looker, person, what), state.world().clone());
    let now = world.now();
    let of = key.clone();
    let write = move |times| {
        let (world, looker) = (world.clone(), of.0.clone());
        move |tx: &mut store::Write<'_>| looks::note(tx, &world, person, &looker, what, times)
    };
    match state.seen().look(&key, now) {
        Now::Counted => {}
        Now::First => {
            state.store().write(write(1)).await?;
            state.seen().written(key, now);
        }
        Now::Aside(times) => {
            let (store, write) = (state.store().clone(), write(times));
            tokio::spawn(async move {
                if let Err(error) = store.write(write).await {
                    tracing::warn!(%error, "how often somebody was looked at could not be counted");
                }
            });
        }
    }
    Ok(())
}

/// What of a person an address shows; nothing where it shows a face in a list, or a part of a page that was opened before.
fn shown(route: &str) -> Option<What> {
    match route.strip_prefix("/people/{id}")? {
        "" | "/known" | "/join" | "/join/{other}" | "/forget" => Some(What::Page),
        "/moments/{moment}/files/{number}"
        | "/moments/{moment}/looks"
        | "/moments/{moment}/pictures/{number}"
        | "/moments/{moment}/parts/{number}" => Some(What::File),
        _ => None,
    }
}

/// Who is looked at, by the address.
fn people(path: &str) -> impl Iterator<Item = PersonId> {
    let parts = path.split('/').filter(|part| part.starts_with("per_"));
    parts.filter_map(|part| part.parse().ok())
}

/// Around every page: what shows a person is written down before it is shown.
pub(crate) async fn watch(With(state): With<State>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or("", |path| path.as_str());
    let what = shown(route).filter(|_| request.method() == Method::GET);
    let Some(what) = what else { return next.run(request).await };
    let (mut parts, body) = request.into_parts();
    let desk = match Desk::from_request_parts(&mut parts, &state).await {
        Ok(desk) => desk,
        Err(problem) => return problem.into_response(),
    };
    let at: Vec<PersonId> = people(parts.uri.path()).collect();
    let answer = next.run(Request::from_parts(parts, body)).await;
    if !answer.status().is_success() {
        return answer;
    }
    for person in at {
        if let Err(problem) = note(&state, looker(&desk.viewer), person, what).await {
            return problem.into_response();
        }
    }
    answer
}
