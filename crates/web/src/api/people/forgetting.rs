//! Forgetting somebody: what would go, and the receipt that it went.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, State as With},
};
use house::Permission;
use memory::forgetting;
use model::PersonId;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::{
    State,
    api::{
        asking::Reply,
        caller::Caller,
        imports::told,
        shapes::{Key, Refusals, When},
    },
};

/// What forgetting somebody would remove.
#[derive(Serialize, ToSchema)]
pub(crate) struct WouldGo {
    /// Rows, by what they are.
    gone: BTreeMap<String, i64>,
}

/// What went, what stays and why. It names nobody.
#[derive(Serialize, ToSchema)]
pub(crate) struct Receipt {
    /// Its number.
    id: Key,
    at: When,
    /// Rows that went, by what they were.
    gone: BTreeMap<String, i64>,
    /// What stays, each with its reason.
    stays: Vec<String>,
    /// Whether free space of the database was overwritten at once; if not, the coming night does it.
    overwritten: bool,
}

/// What forgetting somebody would remove
#[utoipa::path(
    get, path = "/people/{id}/forgetting", tag = "forgetting",
    responses((status = 200, description = "Rows that would go", body = WouldGo), Refusals)
)]
pub(crate) async fn preview(
    With(state): With<State>,
    caller: Caller,
    Path(id): Path<String>,
) -> Reply<WouldGo> {
    caller.may(Permission::ForgetPeople)?;
    let id: PersonId = id.parse()?;
    let gone = state.store().read(move |db| forgetting::preview(db, id)).await?;
    caller.noted(&state, "person.seen", id, json!({ "what": "forgetting" })).await?;
    Ok(Json(WouldGo { gone }))
}

/// Forget somebody, for good
///
/// Everything of them goes, from every table, index and file. The receipt says what went, what stays and why.
#[utoipa::path(
    delete, path = "/people/{id}", tag = "forgetting",
    responses((status = 200, description = "They are forgotten", body = Receipt), Refusals)
)]
pub(crate) async fn forget(
    With(state): With<State>,
    caller: Caller,
    Path(id): Path<String>,
) -> Reply<Receipt> {
    caller.may(Permission::ForgetPeople)?;
    let (id, by): (PersonId, _) = (id.parse()?, Some(caller.viewer.staff()));
    let receipt = delivery::forgetting::forget(state.store(), id, by).await.map_err(told)?;
    caller.noted(&state, "person.forgotten", receipt.id, json!({})).await?;
    let forgetting::Receipt { id, at, gone, stays, overwritten } = receipt;
    Ok(Json(Receipt { id: id.into(), at: at.into(), gone, stays, overwritten }))
}
