//! The files that came with a moment, and the photo.

use ::house::Permission;
use axum::extract::{Path, State as With};
use memory::timeline;
use model::{MomentId, PersonId};

use crate::{
    State,
    gate::Desk,
    originals,
    problem::{Answer, Problem},
};

pub(super) async fn download(
    With(state): With<State>,
    desk: Desk,
    Path((person, moment, number)): Path<(String, String, usize)>,
) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let (person, moment): (PersonId, MomentId) = (person.parse()?, moment.parse()?);
    let found = state.store().read(move |db| timeline::moment_by_id(db, moment)).await?;
    let found = found.filter(|moment| moment.person == person);
    originals::download(&state, found.ok_or_else(|| Problem::missing("This file"))?, number).await
}

pub(super) async fn photo(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.may(Permission::ReadPeople)?;
    originals::photo(&state, id.parse()?).await
}
