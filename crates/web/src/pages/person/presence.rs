//! Who else is at this page, and who is writing: seen by everybody who is there.

use ::house::Permission;
use axum::{
    Form,
    extract::{Path, State as With},
};
use conversations::{
    attention,
    presence::{self, Doing},
};
use maud::{Markup, html};
use model::{PersonId, StaffId};
use serde::Deserialize;

use crate::{
    State,
    gate::Desk,
    layout,
    pages::parts::{Names, name_of, names},
    problem::{Answer, Problem},
};

/// Where it is shown; filled by our own script, which says every few seconds what we do here.
pub(super) fn place(person: PersonId) -> Markup {
    shown(person, &[], None, &Names::new())
}

fn shown(person: PersonId, others: &[(StaffId, bool)], they: Option<bool>, names: &Names) -> Markup {
    let base = format!("/people/{person}/here");
    html! {
        p #presence.presence role="status" data-here=(base) data-live={"topic=presence&id=" (person)} data-src=(base) {
            @if let Some(writing) = they { span.writing[writing] { @if writing { "They are writing in the chat" } @else { "They look at the chat now" } } }
            @for (staff, writing) in others {
                span.writing[*writing] { (name_of(names, Some(*staff))) @if *writing { " is writing to them" } @else { " is here, too" } }
            }
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Given {
    doing: String,
}

pub(super) async fn say(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let id: PersonId = id.parse()?;
    let doing = match given.doing.as_str() {
        "reading" => Doing::Reading,
        "writing" => Doing::Writing,
        "leaving" => Doing::Leaving,
        _ => return Err(Problem::unfit("doing", "Is none of reading, writing, leaving.")),
    };
    let (me, now) = (desk.viewer.staff(), desk.now);
    state
        .store()
        .write(move |tx| {
            // Who turns away has not looked at what came last.
            if doing != Doing::Leaving {
                attention::looked(tx, id, me, now)?;
            }
            presence::here(tx, id, me, doing, now)
        })
        .await?;
    seen(&state, &desk, id).await
}

pub(super) async fn see(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.may(Permission::ReadPeople)?;
    seen(&state, &desk, id.parse()?).await
}

async fn seen(state: &State, desk: &Desk, id: PersonId) -> Answer {
    let (me, now) = (desk.viewer.staff(), desk.now);
    let (others, they) = state
        .store()
        .read(move |db| {
            Ok::<_, Problem>((
                presence::others(db, id, me, now)?,
                conversations::talks::looking(db, id, now)?,
            ))
        })
        .await?;
    Ok(layout::part(shown(id, &others, they, &names(state).await?)))
}
