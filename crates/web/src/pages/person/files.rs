//! The files that came with a moment, handed out as they came.

use ::house::Permission;
use axum::{
    extract::{Path, State as With},
    http::header,
    response::IntoResponse,
};
use memory::timeline;
use model::{MomentId, PersonId};

use crate::{
    State,
    gate::Desk,
    pages::parts::escaped,
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
    let missing = || Problem::missing("This file");
    let found = found.filter(|moment| moment.person == person).ok_or_else(missing)?;
    let file = found.originals.get(number).cloned().ok_or_else(missing)?;
    let (files, digest) = (state.store().files().clone(), file.digest.clone());
    let bytes = tokio::task::spawn_blocking(move || files.get(&digest)).await;
    let bytes = bytes.ok().and_then(Result::ok).ok_or_else(missing)?;
    // Never shown in the browser: what strangers sent must not run here.
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{}", escaped(&file.name))),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned()),
    ];
    Ok((headers, bytes).into_response())
}
