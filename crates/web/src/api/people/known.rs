//! What the team knows of somebody: values entered, handles added.

use axum::{
    extract::{Path, State as With},
    http::StatusCode,
};
use house::Permission;
use memory::people;
use model::PersonId;
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::{
    State,
    api::{asking::Sent, caller::Caller, shapes::Refusals, telling::handles::NewHandle},
    problem::Problem,
};

/// Names of fields are short.
const LONGEST_FIELD: usize = 60;

/// A value entered by hand.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entered {
    /// The value; empty takes back what was entered and hides what sources say.
    value: String,
}

/// Enter what is known
///
/// It counts more than what sources say, whose values stay at hand.
#[utoipa::path(
    put, path = "/people/{id}/known/{field}", tag = "people", request_body = Entered,
    responses((status = 204, description = "It is kept"), Refusals)
)]
pub(crate) async fn enter(
    With(state): With<State>,
    caller: Caller,
    Path((id, field)): Path<(String, String)>,
    Sent(entered): Sent<Entered>,
) -> Result<StatusCode, Problem> {
    caller.may(Permission::WritePeople)?;
    let id: PersonId = id.parse()?;
    if field.chars().count() > LONGEST_FIELD {
        return Err(Problem::unfit(
            "field",
            format!("A field's name has at most {LONGEST_FIELD} characters."),
        ));
    }
    let world = state.world().clone();
    let write = state.store().write(move |tx| {
        let by = Some(caller.viewer.staff());
        people::enter(tx, &world, id, &field, &entered.value, by)?;
        caller.did(tx, &world, "person.entered", id, json!({ "field": field }))?;
        Ok::<_, Problem>(StatusCode::NO_CONTENT)
    });
    write.await
}

/// Add a way to reach somebody
///
/// If somebody else goes by it too, the two are offered as possibly one; nobody is joined.
#[utoipa::path(
    post, path = "/people/{id}/handles", tag = "people", request_body = NewHandle,
    responses((status = 204, description = "It is kept"), Refusals)
)]
pub(crate) async fn add_handle(
    With(state): With<State>,
    caller: Caller,
    Path(id): Path<String>,
    Sent(handle): Sent<NewHandle>,
) -> Result<StatusCode, Problem> {
    caller.may(Permission::WritePeople)?;
    let (id, handle): (PersonId, _) = (id.parse()?, handle.read("")?);
    let world = state.world().clone();
    let write = state.store().write(move |tx| {
        people::add_handle(tx, &world, id, &handle)?;
        caller.did(tx, &world, "person.handle_added", id, json!({ "kind": handle.kind.as_str() }))?;
        Ok::<_, Problem>(StatusCode::NO_CONTENT)
    });
    write.await
}
