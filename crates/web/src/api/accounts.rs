//! Accounts: organisations and households, who is what to them, and their timelines.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, State as With},
    http::StatusCode,
};
use house::Permission;
use memory::{
    accounts::{self, Account},
    timeline,
};
use model::{AccountId, PersonId, RoleId, fold};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::{
    asking::{Asked, Reply, Sent, cursor, cut, limit, place},
    caller::Caller,
    moments::{self, Timeline},
    people::shapes::Role,
    shapes::{Key, Page, Refusals, When},
};
use crate::{State, problem::Problem};

/// An organisation or household.
#[derive(Serialize, ToSchema)]
pub(crate) struct AccountOf {
    id: Key,
    /// `organisation` or `household`.
    kind: String,
    name: String,
    /// Who they are, in a few sentences.
    about: String,
    /// What else is known.
    fields: BTreeMap<String, String>,
    created_at: When,
}

impl From<Account> for AccountOf {
    fn from(it: Account) -> Self {
        let Account { id, kind, name, about, fields, created_at } = it;
        Self { id: id.into(), kind, name, about, fields, created_at: created_at.into() }
    }
}

/// An organisation or household to be known.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAccount {
    name: String,
    /// `organisation` (if nothing is said) or `household`.
    kind: Option<String>,
    /// Who they are, in a few sentences.
    #[serde(default)]
    about: String,
    /// What else is known.
    #[serde(default)]
    fields: BTreeMap<String, String>,
}

/// Which account it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct MadeAccount {
    id: Key,
}

/// Who is what to an account.
#[derive(Serialize, ToSchema)]
pub(crate) struct Roles {
    /// What goes on first, then what has ended.
    items: Vec<Role>,
}

/// What somebody is to an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GivenRole {
    /// The account, as `acc_…`.
    #[schema(value_type = String)]
    account: AccountId,
    /// `uses`, `buys`, `decides`, `champions`, `influences`, `pays`, `supplies`, `regulates`, or another word.
    role: String,
    since: Option<When>,
}

/// Which role it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct MadeRole {
    id: Key,
}

/// When a role ended.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ended {
    /// Now, if nothing is said.
    until: Option<When>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Only those of whose name a word begins so.
    q: Option<String>,
    /// Entries on a page, 1 to 200; 50 if nothing is said.
    limit: Option<i64>,
    /// Where the page begins: the `next` of the page before. Not together with `q`.
    cursor: Option<String>,
}

/// Organisations and households, by name
#[utoipa::path(
    get, path = "/accounts", tag = "accounts", params(Wanted),
    responses((status = 200, description = "A page of accounts", body = Page<AccountOf>), Refusals)
)]
pub(crate) async fn list(
    With(state): With<State>,
    caller: Caller,
    Asked(wanted): Asked<Wanted>,
) -> Reply<Page<AccountOf>> {
    caller.may(Permission::ReadPeople)?;
    let (most, after) = (limit(wanted.limit)?, place::<String>(wanted.cursor.as_deref())?);
    if let Some(query) = wanted.q {
        let found = state.store().read(move |db| accounts::find(db, &query, most)).await?;
        return Ok(Json(Page::of((found, None))));
    }
    let found = state.store().read(move |db| accounts::list(db, after.as_deref(), most + 1)).await?;
    Ok(Json(Page::of(cut(found, most, |it: &Account| cursor(&fold(&it.name))))))
}

/// Make an account, or describe the one of this name anew
#[utoipa::path(
    post, path = "/accounts", tag = "accounts", request_body = NewAccount,
    responses((status = 200, description = "It is known", body = MadeAccount), Refusals)
)]
pub(crate) async fn make(
    With(state): With<State>,
    caller: Caller,
    Sent(new): Sent<NewAccount>,
) -> Reply<MadeAccount> {
    caller.may(Permission::WritePeople)?;
    let world = state.world().clone();
    let write = state.store().write(move |tx| {
        let kind = new.kind.as_deref().unwrap_or("organisation");
        let id = accounts::make(tx, &world, &new.name, kind, &new.about, &new.fields)?;
        caller.did(tx, &world, "account.made", id, json!({}))?;
        Ok::<_, Problem>(MadeAccount { id: id.into() })
    });
    Ok(Json(write.await?))
}

/// One account
#[utoipa::path(
    get, path = "/accounts/{id}", tag = "accounts",
    responses((status = 200, description = "The account", body = AccountOf), Refusals)
)]
pub(crate) async fn get(
    With(state): With<State>,
    caller: Caller,
    Path(id): Path<String>,
) -> Reply<AccountOf> {
    caller.may(Permission::ReadPeople)?;
    let id: AccountId = id.parse()?;
    let account = state.store().read(move |db| accounts::get(db, id)).await?;
    caller.noted(&state, "account.seen", id, json!({})).await?;
    Ok(Json(account.into()))
}

/// The people of an account
#[utoipa::path(
    get, path = "/accounts/{id}/people", tag = "accounts",
    responses((status = 200, description = "Who is what to it", body = Roles), Refusals)
)]
pub(crate) async fn people(With(state): With<State>, caller: Caller, Path(id): Path<String>) -> Reply<Roles> {
    caller.may(Permission::ReadPeople)?;
    let id: AccountId = id.parse()?;
    let read = state.store().read(move |db| {
        accounts::get(db, id)?;
        accounts::people_of(db, id)
    });
    let roles = read.await?;
    caller.noted(&state, "account.seen", id, json!({ "people": roles.len() })).await?;
    Ok(Json(Roles { items: roles.into_iter().map(Into::into).collect() }))
}

/// An account's timeline, the newest page first
///
/// What happened for it, with whomever.
#[utoipa::path(
    get, path = "/accounts/{id}/moments", tag = "accounts", params(moments::Wanted),
    responses((status = 200, description = "A page of moments", body = Timeline), Refusals)
)]
pub(crate) async fn timeline(
    With(state): With<State>,
    caller: Caller,
    Path(id): Path<String>,
    Asked(wanted): Asked<moments::Wanted>,
) -> Reply<Timeline> {
    caller.may(Permission::ReadPeople)?;
    let (id, (from, kinds, most)): (AccountId, _) = (id.parse()?, moments::begin(&wanted)?);
    let read = state.store().read(move |db| {
        accounts::get(db, id)?;
        timeline::of_account(db, id, from, &kinds, most)
    });
    let page = read.await?;
    caller.noted(&state, "account.seen", id, json!({ "moments": page.moments.len() })).await?;
    Ok(Json(page.into()))
}

/// Say what a person is to an account
#[utoipa::path(
    post, path = "/people/{id}/roles", tag = "accounts", request_body = GivenRole,
    responses((status = 201, description = "It is kept", body = MadeRole), Refusals)
)]
pub(crate) async fn give_role(
    With(state): With<State>,
    caller: Caller,
    Path(id): Path<String>,
    Sent(given): Sent<GivenRole>,
) -> Result<(StatusCode, Json<MadeRole>), Problem> {
    caller.may(Permission::WritePeople)?;
    let (id, world): (PersonId, _) = (id.parse()?, state.world().clone());
    let write = state.store().write(move |tx| {
        let (since, by) = (given.since.map(|at| at.0), Some(caller.viewer.staff()));
        let role = accounts::give_role(tx, &world, id, given.account, &given.role, since, by)?;
        caller.did(tx, &world, "person.role_given", id, json!({ "role": role }))?;
        Ok::<_, Problem>(MadeRole { id: role.into() })
    });
    Ok((StatusCode::CREATED, Json(write.await?)))
}

/// Say that a role has ended
#[utoipa::path(
    put, path = "/people/{id}/roles/{role}/end", tag = "accounts", request_body = Ended,
    responses((status = 204, description = "It has ended"), Refusals)
)]
pub(crate) async fn end_role(
    With(state): With<State>,
    caller: Caller,
    Path((id, role)): Path<(String, String)>,
    Sent(ended): Sent<Ended>,
) -> Result<StatusCode, Problem> {
    caller.may(Permission::WritePeople)?;
    let (id, role): (PersonId, RoleId) = (id.parse()?, role.parse()?);
    let world = state.world().clone();
    let write = state.store().write(move |tx| {
        let until = ended.until.map_or_else(|| world.now(), |at| at.0);
        if !accounts::end_role(tx, id, role, until)? {
            return Err(Problem::missing("This role"));
        }
        caller.did(tx, &world, "person.role_ended", id, json!({ "role": role }))?;
        Ok(StatusCode::NO_CONTENT)
    });
    write.await
}
