//! Joining two people who are one, taking it back, and saying that they are two.

use axum::{
    Json,
    extract::{Path, State as With},
    http::StatusCode,
};
use house::Permission;
use memory::joining::{self, Duplicate};
use model::{MergeId, PersonId, ProfileId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use super::shapes::Person;
use crate::{
    State,
    api::{
        asking::{Asked, Reply, Sent, limit},
        caller::Caller,
        shapes::{Key, Refusals},
    },
    problem::Problem,
};

/// What a joining would do.
#[derive(Serialize, ToSchema)]
pub(crate) struct MergePreview {
    /// Who stays: the one known longer.
    stays: Person,
    /// Who joins them; their id leads to the other from then on.
    joins: Person,
    /// Fields on which they differ.
    differ: Vec<Difference>,
    /// What speaks against it, if somebody said that they are two people.
    said_two: Option<String>,
}

/// A field on which two people differ.
#[derive(Serialize, ToSchema)]
struct Difference {
    field: String,
    /// What the one who stays has.
    stays: String,
    /// What the other has.
    joins: String,
}

/// Who shall be joined, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewMerge {
    /// The other one, as `per_…`.
    #[schema(value_type = String)]
    other: PersonId,
    /// How you know.
    #[serde(default)]
    reason: String,
    /// Join them although somebody said that they are two.
    #[serde(default)]
    even_so: bool,
}

/// A joining that was done.
#[derive(Serialize, ToSchema)]
pub(crate) struct Merged {
    /// Its id, for undoing it.
    merge: Key,
    /// Who they are from now on.
    person: Key,
}

/// Two people again.
#[derive(Serialize, ToSchema)]
pub(crate) struct Parted {
    /// The one who stayed.
    person: Key,
    /// The one who left.
    other: Key,
}

/// Who is not the same, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NotTheSame {
    /// The other one, as `per_…`.
    #[schema(value_type = String)]
    other: PersonId,
    /// How you know.
    #[serde(default)]
    reason: String,
}

/// Which source shall be split off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Split {
    /// The source, as `pro_…`.
    #[schema(value_type = String)]
    profile: ProfileId,
}

/// Two people who may be one.
#[derive(Serialize, ToSchema)]
pub(crate) struct MaybeOne {
    one: Key,
    other: Key,
    /// What speaks for it.
    evidence: Vec<Evidence>,
    /// How much, from 0 to 1.
    score: f64,
}

/// One thing that speaks for two people being one.
#[derive(Serialize, ToSchema)]
struct Evidence {
    /// In words.
    reason: String,
    /// The kind of handle they share, or `name`.
    kind: String,
    /// What they share.
    value: String,
}

/// People who may be one.
#[derive(Serialize, ToSchema)]
pub(crate) struct MaybeOnes {
    /// The likeliest first.
    items: Vec<MaybeOne>,
}

impl From<Vec<Duplicate>> for MaybeOnes {
    fn from(all: Vec<Duplicate>) -> Self {
        let evidence = |it: joining::Evidence| Evidence { reason: it.reason, kind: it.kind, value: it.value };
        let items = all.into_iter().map(|it| MaybeOne {
            one: it.one.into(),
            other: it.other.into(),
            evidence: it.evidence.into_iter().map(evidence).collect(),
            score: it.score,
        });
        Self { items: items.collect() }
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Most {
    /// How many, 1 to 200; 50 if nothing is said.
    limit: Option<i64>,
}

/// What joining two people would do
#[utoipa::path(
    get, path = "/people/{id}/merges/{other}", tag = "joining",
    responses((status = 200, description = "Both, and where they differ", body = MergePreview), Refusals)
)]
pub(crate) async fn preview(
    With(state): With<State>,
    caller: Caller,
    Path((id, other)): Path<(String, String)>,
) -> Reply<MergePreview> {
    caller.may(Permission::MergePeople)?;
    let (one, other): (PersonId, PersonId) = (id.parse()?, other.parse()?);
    let preview = state.store().read(move |db| joining::preview(db, one, other)).await?;
    for side in [&preview.stays, &preview.joins] {
        caller.noted(&state, "person.seen", side.id, json!({})).await?;
    }
    let differ = preview.differ.into_iter();
    Ok(Json(MergePreview {
        stays: preview.stays.into(),
        joins: preview.joins.into(),
        differ: differ.map(|(field, stays, joins)| Difference { field, stays, joins }).collect(),
        said_two: preview.said_two,
    }))
}

/// Join two people who are one
///
/// Nothing is lost, and it can be undone at any time.
#[utoipa::path(
    post, path = "/people/{id}/merges", tag = "joining", request_body = NewMerge,
    responses((status = 201, description = "They are one", body = Merged), Refusals)
)]
pub(crate) async fn merge(
    With(state): With<State>,
    caller: Caller,
    Path(id): Path<String>,
    Sent(new): Sent<NewMerge>,
) -> Result<(StatusCode, Json<Merged>), Problem> {
    caller.may(Permission::MergePeople)?;
    let (one, world): (PersonId, _) = (id.parse()?, state.world().clone());
    let write = state.store().write(move |tx| {
        let by = Some(caller.viewer.staff());
        let merge = joining::merge(tx, &world, one, new.other, new.reason.trim(), by, new.even_so)?;
        let detail = json!({ "one": one, "other": new.other });
        caller.did(tx, &world, "person.joined", merge, detail)?;
        Ok::<_, Problem>(Merged { merge: merge.into(), person: memory::current(tx, one)?.into() })
    });
    Ok((StatusCode::CREATED, Json(write.await?)))
}

/// Undo a joining
///
/// Each side has its own again, and what came since for its own sources.
#[utoipa::path(
    delete, path = "/merges/{id}", tag = "joining",
    responses((status = 200, description = "They are two again", body = Parted), Refusals)
)]
pub(crate) async fn undo(With(state): With<State>, caller: Caller, Path(id): Path<String>) -> Reply<Parted> {
    caller.may(Permission::MergePeople)?;
    let (merge, world): (MergeId, _) = (id.parse()?, state.world().clone());
    let write = state.store().write(move |tx| {
        let (person, other) = joining::undo(tx, &world, merge, Some(caller.viewer.staff()))?;
        caller.did(tx, &world, "person.joining_undone", merge, json!({}))?;
        Ok::<_, Problem>(Parted { person: person.into(), other: other.into() })
    });
    Ok(Json(write.await?))
}

/// Split a source off, as a person of its own
#[utoipa::path(
    post, path = "/people/{id}/splits", tag = "joining", request_body = Split,
    responses((status = 201, description = "They are two", body = Parted), Refusals)
)]
pub(crate) async fn split(
    With(state): With<State>,
    caller: Caller,
    Path(id): Path<String>,
    Sent(wanted): Sent<Split>,
) -> Result<(StatusCode, Json<Parted>), Problem> {
    caller.may(Permission::MergePeople)?;
    let (id, world): (PersonId, _) = (id.parse()?, state.world().clone());
    let write = state.store().write(move |tx| {
        let new = joining::split(tx, &world, id, wanted.profile, Some(caller.viewer.staff()))?;
        let detail = json!({ "source": wanted.profile, "new": new });
        caller.did(tx, &world, "person.source_taken_apart", id, detail)?;
        Ok::<_, Problem>(Parted { person: memory::current(tx, id)?.into(), other: new.into() })
    });
    Ok((StatusCode::CREATED, Json(write.await?)))
}

/// Say that these are two people
///
/// The offer to join them goes, and no rule makes it again.
#[utoipa::path(
    post, path = "/people/{id}/not-the-same", tag = "joining", request_body = NotTheSame,
    responses((status = 204, description = "They are two"), Refusals)
)]
pub(crate) async fn two_people(
    With(state): With<State>,
    caller: Caller,
    Path(id): Path<String>,
    Sent(said): Sent<NotTheSame>,
) -> Result<StatusCode, Problem> {
    caller.may(Permission::MergePeople)?;
    let (one, world): (PersonId, _) = (id.parse()?, state.world().clone());
    let write = state.store().write(move |tx| {
        let by = Some(caller.viewer.staff());
        joining::two_people(tx, &world, one, said.other, said.reason.trim(), by)?;
        caller.did(tx, &world, "person.are_two", one, json!({ "other": said.other }))?;
        Ok::<_, Problem>(StatusCode::NO_CONTENT)
    });
    write.await
}

/// People who may be one
///
/// Offered with what speaks for it; only people act on it.
#[utoipa::path(
    get, path = "/duplicates", tag = "joining", params(Most),
    responses((status = 200, description = "The likeliest first", body = MaybeOnes), Refusals)
)]
pub(crate) async fn duplicates(
    With(state): With<State>,
    caller: Caller,
    Asked(asked): Asked<Most>,
) -> Reply<MaybeOnes> {
    caller.may(Permission::ReadPeople)?;
    let most = limit(asked.limit)?;
    let all = state.store().read(move |db| joining::duplicates(db, most)).await?;
    caller.noted(&state, "duplicates.listed", "", json!({ "pairs": all.len() })).await?;
    Ok(Json(all.into()))
}

/// Who may be the same as this person
#[utoipa::path(
    get, path = "/people/{id}/duplicates", tag = "joining",
    responses((status = 200, description = "The likeliest first", body = MaybeOnes), Refusals)
)]
pub(crate) async fn duplicates_of(
    With(state): With<State>,
    caller: Caller,
    Path(id): Path<String>,
) -> Reply<MaybeOnes> {
    caller.may(Permission::ReadPeople)?;
    let id: PersonId = id.parse()?;
    let all = state.store().read(move |db| joining::duplicates_of(db, id)).await?;
    caller.noted(&state, "person.seen", id, json!({ "what": "duplicates" })).await?;
    Ok(Json(all.into()))
}
