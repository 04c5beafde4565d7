//! What one of us does with a digest: let it begin, pause it, let it go on, end it. Whoever may write may stop it; to let it go takes more.

use ::house::{Act, Permission};
use axum::{
    extract::{Path, State as With},
    response::{IntoResponse, Redirect},
};
use conversations::digests::{self, Digest, State as Far};
use delivery::digesting;
use maud::{Markup, html};
use model::{DigestId, World};
use store::Write;

use super::given::found;
use crate::{
    State,
    gate::Desk,
    problem::{Answer, Problem},
};

/// Whether whoever sits here may let something go to many.
pub(super) fn may_begin(desk: &Desk) -> bool {
    desk.can(Permission::WriteToMany)
}

/// What can be done with it now.
pub(super) fn buttons(desk: &Desk, it: &Digest) -> Markup {
    let at = |what: &str| format!("/outreach/digests/{}/{what}", it.id);
    let is_open = matches!(it.state, Far::Planning | Far::Going | Far::Paused);
    html! {
        @if is_open && desk.can(Permission::WritePeople) {
            div.row {
                @if it.state != Far::Paused { form method="post" action=(at("pause")) { button.quiet { "Pause it" } } }
                @if may_begin(desk) {
                    @if it.state == Far::Paused { form method="post" action=(at("on")) { button { "Let it go on" } } }
                    form method="post" action=(at("end")) { button.quiet.grave data-sure="End it? Whoever does not have it yet does not get it." { "End it" } }
                }
            }
        }
    }
}

async fn done(
    state: &State,
    desk: &Desk,
    id: &str,
    verb: &'static str,
    work: fn(&mut Write<'_>, &World, DigestId) -> Result<(), Problem>,
) -> Answer {
    let id: DigestId = id.parse()?;
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    state
        .store()
        .write(move |tx| {
            work(tx, &world, id)?;
            Ok::<_, Problem>(::house::note(tx, &world, &Act::by(&viewer, verb, id))?)
        })
        .await?;
    Ok(Redirect::to(&format!("/outreach/digests/{id}")).into_response())
}

pub(super) async fn begin(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.may(Permission::WriteToMany)?;
    done(&state, &desk, &id, "digest.begun", |tx, world, id| Ok(digesting::begin(tx, world, id)?)).await
}

pub(super) async fn pause(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.may(Permission::WritePeople)?;
    done(&state, &desk, &id, "digest.paused", |tx, _, id| Ok(digests::becomes(tx, id, Far::Paused)?)).await
}

pub(super) async fn go_on(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.may(Permission::WriteToMany)?;
    done(&state, &desk, &id, "digest.went_on", |tx, world, id| Ok(digesting::go_on(tx, world, id)?)).await
}

/// Ends it. One that is still being written is thrown away by whoever may write.
pub(super) async fn end(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    let digest = found(&state, &id).await?;
    let is_draft = digest.state == Far::Draft;
    desk.may(if is_draft { Permission::WritePeople } else { Permission::WriteToMany })?;
    let ended =
        done(&state, &desk, &id, "digest.ended", |tx, _, id| Ok(digests::becomes(tx, id, Far::Stopped)?))
            .await?;
    Ok(if is_draft { Redirect::to("/outreach").into_response() } else { ended })
}
