//! Looking at a file, trying it, having it read, and what came of it.

use axum::{
    Json,
    extract::{Path, State as With},
    http::StatusCode,
};
use delivery::importing::{self, Refusal};
use house::Permission;
use model::ImportId;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::{
    shapes::{FilePreview, ImportOf, Imports, Reading, Refused, Started, Tried},
    told,
};
use crate::{
    State,
    api::{
        asking::{Asked, Reply, Sent, cursor, cut, limit, place},
        caller::Caller,
        shapes::{Page, Refusals},
    },
    problem::Problem,
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Most {
    /// How many, 1 to 200; 50 if nothing is said.
    limit: Option<i64>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Entries on a page, 1 to 200; 50 if nothing is said.
    limit: Option<i64>,
    /// Where the page begins: the `next` of the page before.
    cursor: Option<String>,
}

/// Look at a file
///
/// What it holds, what each column is taken to mean, and what the first records say. Nothing is kept.
#[utoipa::path(
    post, path = "/imports/preview", tag = "imports", request_body = Reading,
    responses((status = 200, description = "What a reading would make of it", body = FilePreview), Refusals)
)]
pub(crate) async fn preview(
    With(state): With<State>,
    caller: Caller,
    Sent(reading): Sent<Reading>,
) -> Reply<FilePreview> {
    caller.may(Permission::Import)?;
    let wish = reading.wish(state.store())?;
    let looked = importing::preview(wish, state.world().now()).await.map_err(told)?;
    Ok(Json(looked.into()))
}

/// Try a file
///
/// All of it is read as an import would, and nothing is kept. A file of a million records takes minutes.
#[utoipa::path(
    post, path = "/imports/dry-run", tag = "imports", request_body = Reading,
    responses((status = 200, description = "What an import would do", body = Tried), Refusals)
)]
pub(crate) async fn dry_run(
    With(state): With<State>,
    caller: Caller,
    Sent(reading): Sent<Reading>,
) -> Reply<Tried> {
    caller.may(Permission::Import)?;
    let wish = reading.wish(state.store())?;
    let (counts, refusals) = importing::dry_run(state.store(), wish, |_| {}).await.map_err(told)?;
    let refusals = refusals.into_iter().map(Into::into).collect();
    Ok(Json(Tried { counts: counts.into(), refusals }))
}

/// Import a file
///
/// It is read in the background. The same file twice doubles nothing; one that was interrupted goes on where it stopped.
#[utoipa::path(
    post, path = "/imports", tag = "imports", request_body = Reading,
    responses((status = 202, description = "It will be read", body = Started), Refusals)
)]
pub(crate) async fn start(
    With(state): With<State>,
    caller: Caller,
    Sent(reading): Sent<Reading>,
) -> Result<(StatusCode, Json<Started>), Problem> {
    caller.may(Permission::Import)?;
    let (wish, by) = (reading.wish(state.store())?, Some(caller.viewer.staff()));
    let id = importing::later(state.store(), wish, by).await.map_err(told)?;
    caller.noted(&state, "import.started", id, json!({})).await?;
    Ok((StatusCode::ACCEPTED, Json(Started { id: id.into() })))
}

/// The latest imports
#[utoipa::path(
    get, path = "/imports", tag = "imports", params(Most),
    responses((status = 200, description = "The latest first", body = Imports), Refusals)
)]
pub(crate) async fn list(
    With(state): With<State>,
    caller: Caller,
    Asked(asked): Asked<Most>,
) -> Reply<Imports> {
    caller.may(Permission::Import)?;
    let all = importing::imports(state.store(), limit(asked.limit)?).await.map_err(told)?;
    Ok(Json(Imports { items: all.into_iter().map(Into::into).collect() }))
}

/// How far an import is
#[utoipa::path(
    get, path = "/imports/{id}", tag = "imports",
    responses((status = 200, description = "The import", body = ImportOf), Refusals)
)]
pub(crate) async fn get(With(state): With<State>, caller: Caller, Path(id): Path<String>) -> Reply<ImportOf> {
    caller.may(Permission::Import)?;
    let id: ImportId = id.parse()?;
    let import = importing::one(state.store(), id).await.map_err(told)?;
    Ok(Json(import.into()))
}

/// What could not be read
///
/// Each record with its line, its reason and what stood there.
#[utoipa::path(
    get, path = "/imports/{id}/refusals", tag = "imports", params(Wanted),
    responses((status = 200, description = "In the order of the file", body = Page<Refused>), Refusals)
)]
pub(crate) async fn refusals(
    With(state): With<State>,
    caller: Caller,
    Path(id): Path<String>,
    Asked(wanted): Asked<Wanted>,
) -> Reply<Page<Refused>> {
    caller.may(Permission::Import)?;
    let (id, most): (ImportId, _) = (id.parse()?, limit(wanted.limit)?);
    let after = place::<(i64, i64)>(wanted.cursor.as_deref())?;
    importing::one(state.store(), id).await.map_err(told)?;
    let all = importing::refusals(state.store(), id, after, most + 1).await.map_err(told)?;
    caller.noted(&state, "import.refusals_seen", id, json!({ "records": all.len() })).await?;
    Ok(Json(Page::of(cut(all, most, |it: &Refusal| cursor(&(it.at_byte, it.number))))))
}
