//! The organisation's own fields.

use axum::{
    Json,
    extract::{Path, State as With},
    http::StatusCode,
};
use house::Permission;
use memory::people::{self, FieldDef, FieldType};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    asking::{Reply, Sent},
    caller::Caller,
    shapes::Refusals,
};
use crate::{State, problem::Problem};

/// A field of the organisation's own.
#[derive(Serialize, ToSchema)]
pub(crate) struct Field {
    /// Stored name: small letters, figures and `_`.
    name: String,
    /// What people read.
    label: String,
    /// `text`, `number`, `date`, `yes`, `choice`, `link`.
    field_type: String,
    /// What may be chosen, for a choice.
    options: Vec<String>,
    /// Where it stands among the others.
    position: i64,
}

/// What a field shall be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Defined {
    /// What people read.
    label: String,
    /// `text`, `number`, `date`, `yes`, `choice`, `link`.
    #[schema(value_type = String)]
    field_type: FieldType,
    /// What may be chosen, for a choice.
    #[serde(default)]
    options: Vec<String>,
    /// Where it stands among the others.
    #[serde(default)]
    position: i64,
}

/// The organisation's own fields.
#[derive(Serialize, ToSchema)]
pub(crate) struct AllFields {
    /// In their order.
    items: Vec<Field>,
}

/// The organisation's own fields
#[utoipa::path(
    get, path = "/fields", tag = "fields",
    responses((status = 200, description = "All of them", body = AllFields), Refusals)
)]
pub(crate) async fn list(With(state): With<State>, caller: Caller) -> Reply<AllFields> {
    caller.may(Permission::ReadPeople)?;
    let all = state.store().read(people::field_defs).await?;
    let items = all.into_iter().map(|it| Field {
        field_type: it.field_type.as_str().to_owned(),
        name: it.name,
        label: it.label,
        options: it.options,
        position: it.position,
    });
    Ok(Json(AllFields { items: items.collect() }))
}

/// Make or change a field
#[utoipa::path(
    put, path = "/fields/{name}", tag = "fields", request_body = Defined,
    responses((status = 204, description = "It is there"), Refusals)
)]
pub(crate) async fn define(
    With(state): With<State>,
    caller: Caller,
    Path(name): Path<String>,
    Sent(it): Sent<Defined>,
) -> Result<StatusCode, Problem> {
    caller.may(Permission::ManageSettings)?;
    let Defined { label, field_type, options, position } = it;
    let (def, world) = (FieldDef { name, label, field_type, options, position }, state.world().clone());
    let write = state.store().write(move |tx| {
        people::define_field(tx, &def, world.now())?;
        caller.did(tx, &world, "field.defined", "", json!({ "field": def.name }))?;
        Ok::<_, Problem>(StatusCode::NO_CONTENT)
    });
    write.await
}

/// Take a field out of forms
///
/// What was entered stays known.
#[utoipa::path(
    delete, path = "/fields/{name}", tag = "fields",
    responses((status = 204, description = "It is out"), Refusals)
)]
pub(crate) async fn drop_field(
    With(state): With<State>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.may(Permission::ManageSettings)?;
    let world = state.world().clone();
    let write = state.store().write(move |tx| {
        if !people::drop_field(tx, &name)? {
            return Err(Problem::missing("This field"));
        }
        caller.did(tx, &world, "field.dropped", "", json!({ "field": name }))?;
        Ok(StatusCode::NO_CONTENT)
    });
    write.await
}
