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

/// What went, what stays and why. It names nobody. It is signed as it stands here.
#[derive(Serialize, ToSchema)]
pub(crate) struct Receipt {
    /// Which form it has: `regard receipt 1`.
    format: String,
    /// Its id.
    id: Key,
    /// Its place in the chain of receipts, counted from 1.
    number: i64,
    /// The digest (SHA-256) of the receipt before it; null for the first.
    before: Option<String>,
    /// When it was asked for.
    asked_at: When,
    /// When it was done.
    at: When,
    /// `us`, `themselves`, or `again` when a backup had brought them back.
    asked_by: String,
    /// Rows that went, by what they were.
    gone: BTreeMap<String, i64>,
    /// What stays, each with its reason.
    stays: Vec<Stays>,
    /// By when free space of the database is overwritten.
    free_space_by: When,
    /// By when the backups that still hold it are thrown away.
    backups_gone_by: When,
    /// Whom we had handed their data to, and told.
    told: Vec<String>,
    /// The edition of what goes and what stays.
    policy: i64,
    /// The public key (Ed25519) of this house, in hexadecimal.
    key: String,
    /// Signs all the rest, in the form of RFC 8785; in hexadecimal.
    signature: String,
}

/// Something that stays.
#[derive(Serialize, ToSchema)]
struct Stays {
    what: String,
    /// Why it may.
    basis: String,
    /// Until when, where that is known.
    until: Option<When>,
}

impl From<forgetting::Receipt> for Receipt {
    fn from(it: forgetting::Receipt) -> Self {
        let stays = it.stays.into_iter();
        let stays = stays.map(|it| Stays { what: it.what, basis: it.basis, until: it.until.map(Into::into) });
        Self {
            format: it.format,
            id: it.id.into(),
            number: it.number,
            before: it.before,
            asked_at: it.asked_at.into(),
            at: it.at.into(),
            asked_by: it.asked_by,
            gone: it.gone,
            stays: stays.collect(),
            free_space_by: it.free_space_by.into(),
            backups_gone_by: it.backups_gone_by.into(),
            told: it.told,
            policy: it.policy,
            key: it.key,
            signature: it.signature,
        }
    }
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
    Ok(Json(receipt.into()))
}
