//! Saved replies: what is said again and again, with blanks; and one of them filled in for somebody.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, State as With},
    response::{IntoResponse, Redirect},
};
use conversations::replies::{self, Blanks, Reply};
use maud::{Markup, html};
use memory::people::{self, Person};
use model::{PersonId, ReplyId};
use serde::Deserialize;

use super::language::ADVICE;
use super::parts::{Names, name_of, names};
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    problem::{Answer, Problem},
    when,
};

/// What is filled in when one of us writes to somebody.
fn blanks(desk: &Desk, person: &Person) -> Blanks {
    let known = |field: &str| person.known.get(field).map(|it| it.value.clone()).filter(|it| !it.is_empty());
    let name = if person.named { person.name.clone() } else { String::new() };
    let first = known("given_name").unwrap_or_else(|| name.split(' ').next().unwrap_or_default().to_owned());
    Blanks {
        first_name: first,
        name,
        my_name: desk.viewer.name().to_owned(),
        organisation: desk.settings.organisation.clone(),
    }
}

/// A choice of replies above what is written; a browser without our script has no use for it.
pub(super) fn choice(person: PersonId, all: &[Reply]) -> Markup {
    html! {
        @if !all.is_empty() {
            div.field hidden data-with-script {
                label for="answer-reply" { "Begin with what we often say" }
                select #answer-reply data-reply="answer-text" {
                    option value="" { "\u{2026}" }
                    @for it in all { option value={"/people/" (person) "/replies/" (it.id)} { (it.name) } }
                }
            }
        }
    }
}

pub(super) async fn filled(
    With(state): With<State>,
    desk: Desk,
    Path((person, id)): Path<(String, String)>,
) -> Answer {
    desk.may(Permission::WritePeople)?;
    let (person, id): (PersonId, ReplyId) = (person.parse()?, id.parse()?);
    let (person, reply) = state
        .store()
        .read(move |db| Ok::<_, Problem>((people::person(db, person)?, replies::one(db, id)?)))
        .await?;
    let reply = reply.ok_or_else(|| Problem::missing("This reply"))?;
    let words = replies::fill(&reply.words, &blanks(&desk, &person))?;
    Ok(([("content-type", "text/plain; charset=utf-8")], words).into_response())
}

pub(super) async fn show(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::ReadPeople)?;
    page(&state, &desk, &Given::default(), None).await
}

async fn page(state: &State, desk: &Desk, given: &Given, trouble: Option<&Problem>) -> Answer {
    let all = state.store().read(replies::all).await?;
    let names = names(state).await?;
    let may = desk.can(Permission::WritePeople);
    let fresh: ReplyId = state.world().id();
    let new = Given { id: fresh.to_string(), ..Given::default() };
    let new = if trouble.is_some() { given } else { &new };
    let main = html! {
        h1 { "Saved replies" }
        (super::conversations::rooms("/replies"))
        p.lead { "What we say again and again, to begin an answer with. Whoever sends it reads it over first." }
        div.stack {
            @for it in &all { (reply(desk, it, &names, may)) }
            @if all.is_empty() { p.soft { "None yet." } }
            @if may {
                details.notes open[trouble.is_some() || all.is_empty()] {
                    summary { "Write one" }
                    @if let Some(trouble) = trouble { p.said role="alert" { (trouble.detail) } }
                    (form(new))
                }
            }
        }
    };
    let page = layout::page(desk, Here::Conversations, "Saved replies", main);
    Ok(match trouble {
        Some(trouble) => (trouble.status, page).into_response(),
        None => page,
    })
}

fn reply(desk: &Desk, it: &Reply, names: &Names, may: bool) -> Markup {
    let given = Given { id: it.id.to_string(), name: it.name.clone(), words: it.words.clone() };
    html! {
        section.reply aria-labelledby={"reply-" (it.id)} {
            h2 id={"reply-" (it.id)} { (it.name) }
            p.words { (it.words) }
            p.small.soft { (name_of(names, Some(it.by))) ", " (when::ago(it.at, desk.now, &desk.zone)) }
            @if may {
                details {
                    summary { "Change it" }
                    (form(&given))
                    form method="post" action={"/replies/" (it.id) "/drop"} { button.quiet.grave data-sure={"Throw \u{201c}" (it.name) "\u{201d} away?"} { "Throw it away" } }
                }
            }
        }
    }
}

fn form(given: &Given) -> Markup {
    let id = &given.id;
    html! {
        form.fields method="post" action="/replies" {
            input type="hidden" name="id" value=(id);
            div.field { label for={"name-" (id)} { "What it is called" } input id={"name-" (id)} name="name" value=(given.name) required maxlength="300" autocomplete="off"; }
            div.field {
                label for={"words-" (id)} { "What it says" }
                textarea id={"words-" (id)} name="words" required maxlength="20000" aria-describedby={"blanks-" (id)} data-advice=(ADVICE) { (given.words) }
                p.small id={"blanks-" (id)} { "Filled in for each person: " @for (n, it) in Blanks::NAMES.iter().enumerate() { @if n > 0 { ", " } code { "{{ " (it) " }}" } } }
            }
            p { button { "Keep it" } }
        }
    }
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Given {
    id: String,
    name: String,
    words: String,
}

pub(super) async fn keep(With(state): With<State>, desk: Desk, Form(given): Form<Given>) -> Answer {
    desk.may(Permission::WritePeople)?;
    let id: ReplyId = given.id.parse()?;
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    let (name, words) = (given.name.clone(), given.words.clone());
    let kept = state
        .store()
        .write(move |tx| {
            replies::keep(tx, &world, id, &name, &words, viewer.staff())?;
            Ok::<_, Problem>(::house::note(tx, &world, &Act::by(&viewer, "reply.kept", id))?)
        })
        .await;
    match kept {
        Ok(()) => Ok(Redirect::to("/replies").into_response()),
        Err(problem) => page(&state, &desk, &given, Some(&problem)).await,
    }
}

pub(super) async fn throw_away(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.may(Permission::WritePeople)?;
    let id: ReplyId = id.parse()?;
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    state
        .store()
        .write(move |tx| {
            replies::drop(tx, id)?;
            Ok::<_, Problem>(::house::note(tx, &world, &Act::by(&viewer, "reply.dropped", id))?)
        })
        .await?;
    Ok(Redirect::to("/replies").into_response())
}
