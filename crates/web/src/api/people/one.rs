//! One person: everything known of them, and all of it to take along.

use axum::{
    Json,
    extract::{Path, State as With},
    http::header,
    response::IntoResponse,
};
use house::Permission;
use memory::people;
use model::PersonId;
use serde_json::json;

use super::shapes::Person;
use crate::{
    State,
    api::{asking::Reply, caller::Caller, export, shapes::Refusals},
    problem::{Answer, Problem},
};

/// One person
///
/// An id that they no longer go by, since they were joined, leads to who they are now; `redirected_from` says so.
#[utoipa::path(
    get, path = "/people/{id}", tag = "people",
    responses((status = 200, description = "The person", body = Person), Refusals)
)]
pub(crate) async fn get(With(state): With<State>, caller: Caller, Path(id): Path<String>) -> Reply<Person> {
    caller.may(Permission::ReadPeople)?;
    let id: PersonId = id.parse()?;
    let person = state.store().read(move |db| people::person(db, id)).await?;
    caller.noted(&state, "person.seen", person.id, json!({})).await?;
    Ok(Json(Person::asked_as(person, id)))
}

/// Everything of one person, to take along
///
/// One source fragment a line, as JSON; imports take them in again and make an equal memory.
#[utoipa::path(
    get, path = "/people/{id}/export", tag = "export",
    responses((status = 200, description = "Lines of JSON", body = String, content_type = "application/jsonl"), Refusals)
)]
pub(crate) async fn take_along(With(state): With<State>, caller: Caller, Path(id): Path<String>) -> Answer {
    caller.may(Permission::Export)?;
    let id: PersonId = id.parse()?;
    let read = state.store().read(move |db| {
        let id = memory::current(db, id)?;
        Ok::<_, Problem>((id, memory::fragments_of(db, id)?))
    });
    let (id, fragments) = read.await?;
    caller.noted(&state, "person.exported", id, json!({})).await?;
    Ok(([(header::CONTENT_TYPE, export::LINES)], export::lines(&fragments)?).into_response())
}
