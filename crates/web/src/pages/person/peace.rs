//! Whoever sounds as if they wanted to hear no more of what they did not ask for: one of us reads it and decides.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, State as With},
    response::{IntoResponse, Redirect},
};
use conversations::peace;
use maud::{Markup, html};
use model::{Moment, MomentId, PersonId};
use serde::Deserialize;

use crate::{
    State,
    gate::Desk,
    problem::{Answer, Problem},
    when,
};

/// What was pressed.
#[derive(Deserialize)]
pub(super) struct Pressed {
    #[serde(rename = "do")]
    what: String,
    moment: String,
}

/// A calm line, with both answers.
pub(super) fn line(desk: &Desk, person: PersonId, heard: Option<&Moment>) -> Markup {
    html! {
        @if let Some(it) = heard.filter(|_| desk.can(Permission::WritePeople)) {
            section.said #peace role="status" aria-label="Do they want to be left in peace?" {
                p {
                    "It sounds as if they want no more of what they did not ask for. "
                    a href={"#" (it.id)} { "What they said " (when::ago(it.at, desk.now, &desk.zone)) }
                }
                form.row method="post" action={"/people/" (person) "/peace"} {
                    input type="hidden" name="moment" value=(it.id);
                    button name="do" value="write" { "Write it down" }
                    button.quiet name="do" value="no" { "No, that is not meant" }
                }
            }
        }
    }
}

pub(super) async fn decide(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Form(pressed): Form<Pressed>,
) -> Answer {
    desk.may(Permission::WritePeople)?;
    let (id, moment): (PersonId, MomentId) = (id.parse()?, pressed.moment.parse()?);
    let (world, viewer, by) = (state.world().clone(), desk.viewer.clone(), desk.viewer.staff());
    let verb = match pressed.what.as_str() {
        "write" => "stop.written_down",
        "no" => "stop.not_meant",
        _ => return Err(Problem::unfit("do", "is neither of the two")),
    };
    state
        .store()
        .write(move |tx| {
            match verb {
                "stop.not_meant" => peace::not_meant(tx, &world, id, moment, by)?,
                // Somebody else may have written it down, or they themselves, while this page was open.
                _ if peace::sounds(tx, id)?.is_some_and(|it| it.id == moment) => {
                    let way = |db: &mut store::Read<'_>, it| {
                        let ours = delivery::messengers::one(db, it).ok().flatten()?;
                        Some(ours.service.way().to_owned())
                    };
                    peace::write_down(tx, &world, id, moment, way, by)?;
                }
                _ => return Ok(()),
            }
            let act = Act::by(&viewer, verb, moment);
            Ok::<_, Problem>(::house::note(tx, &world, &act).map_err(memory::MemoryError::from)?)
        })
        .await?;
    Ok(Redirect::to(&format!("/people/{id}")).into_response())
}
