//! A telephone opens this by the number that calls: it leads to whoever has it, with the note of the call begun. Nobody has to look
//! for anybody while the telephone rings.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Query, State as With},
    response::{IntoResponse, Redirect, Response},
};
use maud::html;
use memory::{people, prepare, take};
use model::{Fields, Fragment, Handle, PersonId};
use serde::Deserialize;

use super::parts::person_line;
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    problem::{Answer, Problem},
};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Calling {
    number: String,
    name: String,
}

impl Calling {
    /// The number, wherever in the world it is dialled from here.
    fn handle(&self, desk: &Desk) -> Result<Handle, Problem> {
        let country = Some(desk.settings.country.as_str()).filter(|it| !it.is_empty());
        Handle::phone(&self.number, country).map_err(|why| {
            Problem::unfit("number", format!("\u{201c}{}\u{201d}: {why}.", self.number.trim()))
        })
    }
}

/// Where the call is noted.
fn noted(id: PersonId) -> Response {
    Redirect::to(&format!("/people/{id}?call#note-body")).into_response()
}

pub(super) async fn show(With(state): With<State>, desk: Desk, Query(calling): Query<Calling>) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let handle = calling.handle(&desk)?;
    let written = handle.written();
    let lines = state
        .store()
        .read(move |db| {
            let holders = people::holders(db, &handle)?;
            Ok::<_, Problem>(people::some(db, &holders)?)
        })
        .await?;
    if let [only] = lines.as_slice() {
        return Ok(noted(only.id));
    }
    let main = html! {
        h1 { (written) }
        @if lines.is_empty() {
            p.lead { "Nobody here has this number." }
            @if desk.can(Permission::WritePeople) {
                form.fields method="post" action="/call" {
                    input type="hidden" name="number" value=(calling.number);
                    div.field { label for="name" { "Who is it?" } input #name name="name" required maxlength="200" autocomplete="off" autofocus; }
                    p.row { button { "Keep them, and note the call" } a.button.quiet href="/people" { "Look for somebody" } }
                }
            }
        } @else {
            p.lead { "Several people have this number. Who is it?" }
            ul.people { @for line in &lines { li { (person_line(&desk, line)) } } }
        }
    };
    Ok(layout::page(&desk, Here::People, "A call", main))
}

/// Keeps somebody new who called.
pub(super) async fn keep(With(state): With<State>, desk: Desk, Form(calling): Form<Calling>) -> Answer {
    desk.may(Permission::WritePeople)?;
    let handle = calling.handle(&desk)?;
    let name = calling.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 200 {
        return Err(Problem::unfit("name", "Please say in up to 200 letters who it is."));
    }
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    let id = state
        .store()
        .write(move |tx| {
            let told = Fragment {
                source: "desk".into(),
                key: format!("call {} {}", handle.value, name),
                seen_at: world.now(),
                fields: Fields::from([("name".to_owned(), name.clone())]),
                handles: vec![handle.clone()],
                roles: Vec::new(),
                moments: Vec::new(),
            };
            let kept = take(tx, &world, &[prepare(told)])?.remove(0).person;
            let id = kept.ok_or_else(|| Problem::missing("Whoever has this number"))?;
            ::house::note(tx, &world, &Act::by(&viewer, "person.met by telephone", id))?;
            Ok::<_, Problem>(id)
        })
        .await?;
    Ok(noted(id))
}
