//! Search: people by whatever one remembers of them, moments by their words.

use axum::{Json, extract::State as With};
use house::Permission;
use memory::finding;
use model::PersonId;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::{
    asking::{Asked, Reply, cursor, cut, limit, place},
    caller::Caller,
    moments::MomentOf,
    people::shapes::PersonLine,
    shapes::{Page, Refusals},
};
use crate::State;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Whom {
    /// A name (mistyped ones are found too), an address, a number, a key.
    q: String,
    /// How many, 1 to 200; 50 if nothing is said.
    limit: Option<i64>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct What {
    /// Words that were said; the last may be unfinished.
    q: String,
    /// Only with this person, as `per_…`.
    #[param(value_type = Option<String>)]
    person: Option<PersonId>,
    /// Entries on a page, 1 to 200; 50 if nothing is said.
    limit: Option<i64>,
    /// Where the page begins: the `next` of the page before.
    cursor: Option<String>,
}

/// Find people
///
/// The best known first. There is one page: who needs more says more.
#[utoipa::path(
    get, path = "/search/people", tag = "search", params(Whom),
    responses((status = 200, description = "Who was found", body = Page<PersonLine>), Refusals)
)]
pub(crate) async fn people(
    With(state): With<State>,
    caller: Caller,
    Asked(whom): Asked<Whom>,
) -> Reply<Page<PersonLine>> {
    caller.may(Permission::ReadPeople)?;
    let most = limit(whom.limit)?;
    let found = state.store().read(move |db| finding::find(db, &whom.q, most as usize)).await?;
    caller.noted(&state, "people.searched", "", json!({ "people": found.len() })).await?;
    Ok(Json(Page::of((found, None))))
}

/// Find what was said
///
/// Every word must be there; the newest first.
#[utoipa::path(
    get, path = "/search/moments", tag = "search", params(What),
    responses((status = 200, description = "What was found", body = Page<MomentOf>), Refusals)
)]
pub(crate) async fn moments(
    With(state): With<State>,
    caller: Caller,
    Asked(what): Asked<What>,
) -> Reply<Page<MomentOf>> {
    caller.may(Permission::ReadPeople)?;
    let (most, after) = (limit(what.limit)?, place::<i64>(what.cursor.as_deref())?);
    let read = state.store().read(move |db| {
        let person = what.person.map(|id| memory::current(db, id)).transpose()?;
        finding::moments(db, &what.q, person, after, most + 1)
    });
    let (hits, next) = cut(read.await?, most, |hit| cursor(&hit.after));
    caller.noted(&state, "people.searched", "", json!({ "moments": hits.len() })).await?;
    Ok(Json(Page::of((hits.into_iter().map(|hit| hit.moment).collect(), next))))
}
