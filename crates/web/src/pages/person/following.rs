//! Following somebody: `f`, and Today says when they spoke, until one has looked.

use ::house::Permission;
use axum::{
    Form,
    extract::{Path, State as With},
    response::{IntoResponse, Redirect},
};
use conversations::attention;
use maud::{Markup, html};
use model::{PersonId, StaffId};
use serde::Deserialize;

use crate::{
    State,
    gate::Desk,
    pages::parts::{Names, name_of},
    problem::Answer,
};

/// Who follows them, and the way to do so or no longer.
pub(super) fn show(desk: &Desk, person: PersonId, followers: &[StaffId], names: &Names) -> Markup {
    let me = desk.viewer.staff();
    let others: Vec<&str> =
        followers.iter().filter(|it| **it != me).map(|it| name_of(names, Some(*it))).collect();
    let mine = followers.contains(&me);
    html! {
        section.aside {
            h2 { "Who follows them" }
            @if !others.is_empty() { p { (others.join(", ")) @if mine { " and you" } } }
            @else if mine { p { "You: Today says when they speak to us." } }
            form method="post" action={"/people/" (person) "/follow"} {
                input type="hidden" name="on" value=(!mine);
                button.quiet data-key="f" { @if mine { "Follow no longer " } @else { "Follow " } kbd { "f" } }
            }
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Given {
    on: bool,
}

pub(super) async fn follow(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let (id, me, world): (PersonId, _, _) = (id.parse()?, desk.viewer.staff(), state.world().clone());
    state
        .store()
        .write(move |tx| match given.on {
            true => attention::follow(tx, &world, id, me),
            false => attention::unfollow(tx, id, me),
        })
        .await?;
    Ok(Redirect::to(&format!("/people/{id}")).into_response())
}
