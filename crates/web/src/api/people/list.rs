//! People: everybody, page by page, or whoever holds an address, a number or a key.

use axum::{Json, extract::State as With};
use house::Permission;
use memory::people::{self, Cursor, Filter, Line};
use model::{Handle, PersonId, Time};
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;

use super::shapes::PersonLine;
use crate::{
    State,
    api::{
        asking::{Asked, Reply, cursor, cut, limit, place},
        caller::Caller,
        shapes::{Page, Refusals, When},
        telling::handles,
    },
    problem::Problem,
};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Who holds this mail address.
    email: Option<String>,
    /// Who holds this telephone number.
    phone: Option<String>,
    /// The country (two letters) of a number written without its code.
    country: Option<String>,
    /// Who goes by this key in somebody else's system, as `shop:17`.
    external: Option<String>,
    /// Of this kind of relationship: `address`, `wave`, `acquaintance`, `regular`.
    kind: Option<String>,
    /// Met by this channel.
    channel: Option<String>,
    /// Playing this role on some account now.
    role: Option<String>,
    /// Last met at or after.
    since: Option<When>,
    /// Last met before.
    until: Option<When>,
    /// Entries on a page, 1 to 200; 50 if nothing is said.
    limit: Option<i64>,
    /// Where the page begins: the `next` of the page before.
    cursor: Option<String>,
}

impl Wanted {
    /// The handle that is looked for, if one is.
    fn handle(&self) -> Result<Option<Handle>, Problem> {
        let asked = [("email", &self.email), ("phone", &self.phone), ("external", &self.external)];
        let mut given = asked.into_iter().filter_map(|(kind, value)| Some((kind, value.as_deref()?)));
        let Some((kind, value)) = given.next() else { return Ok(None) };
        if let Some((other, _)) = given.next() {
            return Err(Problem::unfit(other, format!("Look for {kind} or {other}, not both at once.")));
        }
        // In an address a plus sign is read as a space, and few programs know it.
        let value = if kind == "phone" {
            value.replacen(' ', "+", usize::from(value.starts_with(' ')))
        } else {
            value.to_owned()
        };
        handles::read(kind, &value, self.country.as_deref(), kind).map(Some)
    }

    fn filter(&self) -> Result<Filter, Problem> {
        let after = place::<(i64, PersonId)>(self.cursor.as_deref())?;
        Ok(Filter {
            kind: self.kind.clone(),
            channel: self.channel.clone(),
            role: self.role.clone(),
            since: self.since.map(|at| at.0),
            until: self.until.map(|at| at.0),
            after: after.map(|(at, id)| Cursor { at: Time::from_micros(at), id }),
        })
    }
}

/// People, the last met first
///
/// With `email`, `phone` or `external` the list holds whoever goes by that handle, and the filters are left aside.
#[utoipa::path(
    get, path = "/people", tag = "people", params(Wanted),
    responses((status = 200, description = "A page of people", body = Page<PersonLine>), Refusals)
)]
pub(crate) async fn list(
    With(state): With<State>,
    caller: Caller,
    Asked(wanted): Asked<Wanted>,
) -> Reply<Page<PersonLine>> {
    caller.may(Permission::ReadPeople)?;
    let (most, filter, handle) = (limit(wanted.limit)?, wanted.filter()?, wanted.handle()?);
    let found = state
        .store()
        .read(move |db| match handle {
            Some(handle) => {
                let ids = people::holders(db, &handle)?;
                people::some(db, &ids)
            }
            None => people::list(db, &filter, most + 1),
        })
        .await?;
    let page = cut(found, most, |line: &Line| cursor(&(line.cursor.at.micros(), line.cursor.id)));
    caller.noted(&state, "people.listed", "", json!({ "people": page.0.len() })).await?;
    Ok(Json(Page::of(page)))
}
