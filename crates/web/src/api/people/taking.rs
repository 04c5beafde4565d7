//! Telling of people: one, or many at once. The memory finds whose it is.

use axum::{Json, extract::State as With, http::StatusCode};
use house::Permission;
use memory::Taken;
use model::Fragment;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::{
    State,
    api::{
        asking::{Reply, Sent},
        caller::Caller,
        shapes::Refusals,
        telling::{NewPerson, Told},
    },
    problem::Problem,
};

/// People told of at once: they are kept in one transaction, and others must not wait long for it.
const TOGETHER: usize = 1000;

/// Many at once.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Batch {
    /// At most 1000; all of them are kept, or none.
    items: Vec<NewPerson>,
}

/// What became of each, in the same order.
#[derive(Serialize, ToSchema)]
pub(crate) struct ToldAll {
    items: Vec<Told>,
}

/// Tell of a person
///
/// Whoever goes by one of the handles already is known again; nobody is doubled, and nobody who asked to be forgotten is
/// brought back. 201 if they are new.
#[utoipa::path(
    post, path = "/people", tag = "people", request_body = NewPerson,
    responses(
        (status = 201, description = "Somebody new", body = Told),
        (status = 200, description = "Somebody known, or who asked to be forgotten", body = Told),
        Refusals
    )
)]
pub(crate) async fn tell(
    With(state): With<State>,
    caller: Caller,
    Sent(person): Sent<NewPerson>,
) -> Result<(StatusCode, Json<Told>), Problem> {
    let fragment = person.fragment("", state.world().now())?;
    let mut taken = take(&state, &caller, vec![fragment]).await?;
    let told: Told = taken.pop().ok_or_else(|| Problem::missing("What was told"))?.into();
    let status = if told.fate == "new_person" { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(told)))
}

/// Tell of many people and moments at once
#[utoipa::path(
    post, path = "/people/batch", tag = "people", request_body = Batch,
    responses((status = 200, description = "What became of each", body = ToldAll), Refusals)
)]
pub(crate) async fn tell_all(
    With(state): With<State>,
    caller: Caller,
    Sent(batch): Sent<Batch>,
) -> Reply<ToldAll> {
    if batch.items.len() > TOGETHER {
        return Err(Problem::unfit("items", format!("Send at most {TOGETHER} at once.")));
    }
    let now = state.world().now();
    let items = batch.items.into_iter().enumerate();
    let fragments = items.map(|(n, person)| person.fragment(&format!("items[{n}]."), now));
    let fragments: Vec<Fragment> = fragments.collect::<Result<_, _>>()?;
    let taken = take(&state, &caller, fragments).await?;
    Ok(Json(ToldAll { items: taken.into_iter().map(Into::into).collect() }))
}

/// Takes fragments in and notes it. The two are two transactions, because the first is shared with other callers.
pub(crate) async fn take(
    state: &State,
    caller: &Caller,
    fragments: Vec<Fragment>,
) -> Result<Vec<Taken>, Problem> {
    caller.may(Permission::WritePeople)?;
    let taken = state.intake().take(fragments).await?;
    let about = match taken.as_slice() {
        [one] => one.person.map(|id| id.to_string()).unwrap_or_default(),
        _ => String::new(),
    };
    let moments: usize = taken.iter().map(|one| one.moments).sum();
    let detail = json!({ "people": taken.len(), "moments": moments });
    caller.noted(state, "person.told_of", about, detail).await?;
    Ok(taken)
}
