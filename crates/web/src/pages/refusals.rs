//! Saying no: what was declined, whom we let go, why, and what followed - so that the reasons can be looked at.

use std::collections::BTreeMap;

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, State as With},
    response::{IntoResponse, Redirect},
};
use conversations::{
    Followed, followed,
    refusals::{self, How, NewRefusal, Refusal},
};
use maud::{Markup, html};
use memory::people::{self, Line};
use model::{PersonId, RefusalId};
use serde::Deserialize;
use store::Read;

use super::parts::{Names, name_of, names, someone};
use crate::pages::language::ADVICE;
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    problem::{Answer, Problem},
    when,
};

/// Shown, and for how long back.
const MOST: i64 = 200;
const DAYS: i64 = 365;

/// Why one says no, as it is offered.
const REASONS: &[&str] = &[
    "We do not make this",
    "We cannot do it well",
    "It would cost more than it is worth",
    "It is against the law",
];

type Told = (Refusal, Followed, Line);

fn read(db: &mut Read<'_>, since: model::Time) -> Result<Vec<Told>, Problem> {
    let all = refusals::since(db, since, MOST)?;
    let ids: Vec<PersonId> = all.iter().map(|it| it.person).collect();
    let lines = people::some(db, &ids)?;
    let mut told = Vec::new();
    for it in all {
        let Some(line) = lines.iter().find(|line| line.id == it.person).cloned() else { continue };
        let followed = followed(db, it.person, it.at)?;
        told.push((it, followed, line));
    }
    Ok(told)
}

pub(super) async fn show(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let since = desk.now.plus_days(-DAYS);
    let all = state.store().read(move |db| read(db, since)).await?;
    let names = names(&state).await?;
    let main = html! {
        h1 { "Said no" }
        (super::conversations::rooms("/refusals"))
        p.lead { "A no said well keeps a relationship; the reasons show what is missing here." }
        div.stack {
            (reasons(&all))
            section aria-labelledby="noes" {
                h2 #noes { "The last year" }
                @if all.is_empty() { p.soft { "Nothing was declined, and nobody was let go." } }
                ul.people { @for (it, followed, line) in &all { li { (in_list(&desk, it, followed, line, &names)) } } }
            }
        }
    };
    Ok(layout::page(&desk, Here::Conversations, "Said no", main))
}

/// How often which reason was given, drawn.
fn reasons(all: &[Told]) -> Markup {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (it, ..) in all.iter().filter(|it| it.0.taken_back_at.is_none()) {
        *counts.entry(it.reason.as_str()).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().filter(|it| it.1 > 1).collect();
    counts.sort_by_key(|(reason, count)| (std::cmp::Reverse(*count), *reason));
    let most = counts.first().map_or(1, |it| it.1);
    html! {
        @if !counts.is_empty() {
            section aria-labelledby="reasons" {
                h2 #reasons { "Why, most often" }
                ul.bars { @for (reason, count) in counts.iter().take(8) { li {
                    span { (reason) } b { (count) }
                    svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" { rect x="0" y="0" height="4" width=(*count as f64 * 100.0 / most as f64) {} }
                } } }
            }
        }
    }
}

fn in_list(desk: &Desk, it: &Refusal, followed: &Followed, line: &Line, names: &Names) -> Markup {
    let then = html! { (when::ago(it.at, desk.now, &desk.zone)) span.tag { (name_of(names, Some(it.by))) } };
    let what = match it.how {
        How::Declined => it.what.as_str(),
        How::Ended => "We ended this relationship",
    };
    html! {
        (someone(line, what, Some(then)))
        p.after.small.soft {
            "Why: " (it.reason) ". "
            @if let Some(at) = it.taken_back_at { b { "Taken back " (when::ago(at, desk.now, &desk.zone)) } "." }
            @else if followed.bought > 0 { b { "They bought again since." } }
            @else if followed.said.is_some() { "They spoke to us since." }
            @else { "Nothing heard since." }
            " " a href={"/people/" (it.person) "?on=" (when::day(it.at, &desk.zone)) "#" (it.moment)} { "What was said" }
        }
    }
}

/// What everybody should know before writing to somebody we let go.
pub(super) fn banner(desk: &Desk, all: &[Refusal], names: &Names) -> Markup {
    let ended = all.iter().find(|it| it.how == How::Ended && it.taken_back_at.is_none());
    html! {
        @if let Some(it) = ended {
            section.said role="status" aria-label="Ended" {
                p { b { "We ended this relationship" } " " (when::ago(it.at, desk.now, &desk.zone)) " (" (name_of(names, Some(it.by))) "). Why: " (it.reason) "." }
                @if desk.can(Permission::WritePeople) { (back(it, "They are welcome again")) }
            }
        }
    }
}

fn back(it: &Refusal, label: &str) -> Markup {
    html! {
        details {
            summary { (label) }
            form.row method="post" action={"/refusals/" (it.person) "/" (it.id) "/back"} {
                div.field { label for={"back-" (it.id)} { "Why?" } input id={"back-" (it.id)} name="reason" required maxlength="300" autocomplete="off"; }
                button.quiet { (label) }
            }
        }
    }
}

/// Saying no on somebody's page, where it was not written in an answer.
pub(super) fn on_page(desk: &Desk, person: PersonId, id: RefusalId, all: &[Refusal]) -> Markup {
    let declined: Vec<&Refusal> =
        all.iter().filter(|it| it.how == How::Declined && it.taken_back_at.is_none()).collect();
    html! {
        @if desk.can(Permission::WritePeople) {
            details.notes #refusal data-key="x" {
                summary { "Say no, with a reason " kbd { "x" } }
                form method="post" action={"/people/" (person) "/refusals"} data-part {
                    input type="hidden" name="id" value=(id);
                    fieldset.pills {
                        legend.hush { "To what?" }
                        label.pill { input type="radio" name="how" value="declined" checked data-first; "To something they asked" }
                        label.pill { input type="radio" name="how" value="ended"; "To this relationship" }
                    }
                    div.field.if-declined { label for="refused-what" { "What did they ask for?" } input #refused-what name="refused" maxlength="300" autocomplete="off"; }
                    (why("refused-why", ""))
                    div.field { label for="refused-words" { "What did you say to them? (If you write it, do so in the answer above.)" } textarea #refused-words name="words" maxlength="10000" data-advice=(ADVICE) {} }
                    p { button { "Keep it" } }
                }
                @if !declined.is_empty() {
                    ul.plain { @for it in declined { li {
                        p { b { (it.what) } " " span.soft { (when::ago(it.at, desk.now, &desk.zone)) ". Why not: " (it.reason) "." } }
                        (back(it, "Yes after all"))
                    } } }
                }
            }
        }
    }
}

fn why(id: &str, given: &str) -> Markup {
    html! {
        div.field {
            label for=(id) { "Why? For us, to look at" }
            input id=(id) name="refused_why" value=(given) maxlength="300" list={(id) "-offered"} autocomplete="off";
            datalist id={(id) "-offered"} { @for it in REASONS { option value=(it) {} } }
        }
    }
}

/// The fields of an answer that says no.
pub(super) fn fields(what: &str, given_why: &str) -> Markup {
    html! {
        details #refusal-fields open[!what.is_empty()] {
            summary { "It says no" }
            div.side-by-side {
                div.field { label for="refused" { "To what they asked" } input #refused name="refused" value=(what) maxlength="300" autocomplete="off"; }
                (why("answer-why-not", given_why))
            }
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Given {
    id: String,
    how: String,
    #[serde(default)]
    refused: String,
    #[serde(default)]
    refused_why: String,
    #[serde(default)]
    words: String,
}

pub(super) async fn refuse(
    With(state): With<State>,
    desk: Desk,
    Path(person): Path<String>,
    Form(given): Form<Given>,
) -> Answer {
    desk.may(Permission::WritePeople)?;
    let person: PersonId = person.parse()?;
    let new = NewRefusal {
        person,
        id: given.id.parse()?,
        how: given.how.parse().map_err(|_| Problem::unfit("how", "Please say what the no is to."))?,
        said_in: None,
        what: given.refused,
        reason: given.refused_why,
        words: given.words,
        by: desk.viewer.staff(),
    };
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    state
        .store()
        .write(move |tx| {
            refusals::refuse(tx, &world, &new)?;
            Ok::<_, Problem>(::house::note(tx, &world, &Act::by(&viewer, "person.refused", new.id))?)
        })
        .await?;
    Ok(Redirect::to(&format!("/people/{person}")).into_response())
}

#[derive(Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    reason: String,
}

pub(super) async fn take_back(
    With(state): With<State>,
    desk: Desk,
    Path((person, id)): Path<(String, String)>,
    Form(given): Form<Back>,
) -> Answer {
    desk.may(Permission::WritePeople)?;
    let (person, id): (PersonId, RefusalId) = (person.parse()?, id.parse()?);
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    state
        .store()
        .write(move |tx| {
            refusals::take_back(tx, &world, person, id, viewer.staff(), &given.reason)?;
            Ok::<_, Problem>(::house::note(tx, &world, &Act::by(&viewer, "refusal.taken_back", id))?)
        })
        .await?;
    Ok(Redirect::to(&format!("/people/{person}")).into_response())
}
