//! Joining two people who are one, taking it back, and saying that they are two.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, Query, State as With},
    response::{IntoResponse, Redirect},
};
use maud::{Markup, html};
use memory::{
    finding,
    joining::{self, Preview, duplicates_of},
    people::{Line, Person},
};
use model::{MergeId, PersonId, ProfileId};
use serde::Deserialize;
use serde_json::json;

use super::portrait;
use crate::{
    State,
    face::face,
    gate::Desk,
    layout::{self, Here},
    pages::parts::{heading, relationship},
    problem::{Answer, Problem},
    when,
};

/// People shown while somebody looks for the other one.
const FOUND: usize = 12;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    q: String,
}

#[derive(Deserialize)]
pub(super) struct Given {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    even_so: String,
}

/// Looks for the other one.
pub(super) async fn find(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Answer {
    desk.may(Permission::MergePeople)?;
    let id: PersonId = id.parse()?;
    let query = wanted.q.clone();
    let found = state.store().read(move |db| finding::find(db, &query, FOUND)).await?;
    let results = html! {
        ul.people #results { @for line in found.iter().filter(|line| line.id != id) { li { (other(id, line)) } } }
    };
    if desk.fragment {
        return Ok(layout::part(results));
    }
    let main = html! {
        h1 { "Who is the same person?" }
        form.finder method="get" role="search" data-part action={"/people/" (id) "/join"} {
            label.hush for="q" { "Find the other one" }
            input #q type="search" name="q" value=(wanted.q) autocomplete="off" autofocus placeholder="Find the other one";
        }
        (results)
    };
    Ok(layout::page(&desk, Here::People, "Join", main))
}

fn other(id: PersonId, line: &Line) -> Markup {
    html! {
        a.someone.nameless[!line.named] href={"/people/" (id) "/join/" (line.id)} {
            (face(&line.name, &line.id.to_string(), "m"))
            b { (line.name) }
            span.says { (relationship(&line.kind, line.heard, line.moments)) }
        }
    }
}

/// Both, side by side, before anything is done.
pub(super) async fn preview(
    With(state): With<State>,
    desk: Desk,
    Path((one, other)): Path<(String, String)>,
) -> Answer {
    desk.may(Permission::MergePeople)?;
    let (one, other): (PersonId, PersonId) = (one.parse()?, other.parse()?);
    let read = state.store().read(move |db| {
        let preview = joining::preview(db, one, other)?;
        let twins = duplicates_of(db, one)?.into_iter().filter(|d| d.one == other || d.other == other);
        let evidence: Vec<_> = twins.flat_map(|twin| twin.evidence).collect();
        Ok::<_, Problem>((preview, evidence))
    });
    let (preview, evidence) = read.await?;
    let main = html! {
        div.stack {
            h1 { "Are these one person?" }
            @if !evidence.is_empty() {
                p.lead { "What speaks for it: " @for (n, e) in evidence.iter().enumerate() { @if n > 0 { "; " } (e.reason) @if !e.value.is_empty() { " (" (e.value) ")" } } "." }
            }
            @if let Some(said) = &preview.said_two { p.said { "Somebody said that these are two people: " (said) } }
            div.two { (side(&desk, &preview.stays, true)) (side(&desk, &preview.joins, false)) }
            (differences(&preview))
            (choice(one, other, &preview))
        }
    };
    Ok(layout::page(&desk, Here::People, "Join", main))
}

fn side(desk: &Desk, person: &Person, stays: bool) -> Markup {
    html! {
        section.stays[stays] {
            div.row { (face(&person.name, &person.id.to_string(), "m")) h2 { a href={"/people/" (person.id)} { (person.name) } } }
            p.soft { @if stays { "Known longer, so this page stays." } @else { "Everything of theirs moves over; this address leads there." } }
            p { (relationship(&person.kind, person.heard, person.moments)) @if let Some(at) = person.last_at { ", last met " (when::ago(at, desk.now, &desk.zone)) } }
            ul { @for claim in &person.handles { li { (portrait::handle(claim)) } } }
            ul { @for role in &person.roles { li { (portrait::role_line(desk, role)) } } }
        }
    }
}

fn differences(preview: &Preview) -> Markup {
    html! {
        @if !preview.differ.is_empty() {
            h2 { "Where they differ" }
            p.soft { "Nothing is lost: every value stays with its source, and the newest counts unless somebody entered one by hand." }
            div.scroll { table.table {
                thead { tr { th scope="col" { span.hush { "What" } } th scope="col" { (preview.stays.name) } th scope="col" { (preview.joins.name) } } }
                tbody { @for (field, mine, theirs) in &preview.differ { tr { th scope="row" { (heading(field)) } td { (mine) } td { (theirs) } } } }
            } }
        }
    }
}

fn choice(one: PersonId, other: PersonId, preview: &Preview) -> Markup {
    html! {
        form.fields method="post" action={"/people/" (one) "/join/" (other)} {
            div.field { label for="reason" { "How do you know?" } input #reason name="reason" maxlength="300" placeholder="They told me on the phone"; }
            @if preview.said_two.is_some() {
                label.choice { input type="checkbox" name="even_so" value="yes" required; "Join them even so" }
            }
            p.row { button { "They are one" } span.small.soft { "It can be undone at any time." } }
        }
        form method="post" action={"/people/" (one) "/join/" (other) "/two"} { button.quiet { "No, these are two people" } }
    }
}

/// Makes two people one.
pub(super) async fn join(
    With(state): With<State>,
    desk: Desk,
    Path((one, other)): Path<(String, String)>,
    Form(given): Form<Given>,
) -> Answer {
    desk.may(Permission::MergePeople)?;
    let (one, other): (PersonId, PersonId) = (one.parse()?, other.parse()?);
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    let write = state.store().write(move |tx| {
        let by = Some(viewer.staff());
        let id = joining::merge(tx, &world, one, other, given.reason.trim(), by, given.even_so == "yes")?;
        let act = Act::by(&viewer, "person.joined", id).with(json!({"one": one, "other": other}));
        ::house::note(tx, &world, &act)?;
        Ok::<_, Problem>(memory::current(tx, one)?)
    });
    let person = write.await?;
    Ok(Redirect::to(&format!("/people/{person}")).into_response())
}

/// Says that they are two, so that nobody is asked again.
pub(super) async fn two_people(
    With(state): With<State>,
    desk: Desk,
    Path((one, other)): Path<(String, String)>,
) -> Answer {
    desk.may(Permission::MergePeople)?;
    let (one, other): (PersonId, PersonId) = (one.parse()?, other.parse()?);
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    let write = state.store().write(move |tx| {
        let by = Some(viewer.staff());
        joining::two_people(tx, &world, one, other, "somebody who knows them said so", by)?;
        let act = Act::by(&viewer, "person.are_two", one).with(json!({ "other": other }));
        Ok::<_, Problem>(::house::note(tx, &world, &act)?)
    });
    write.await?;
    Ok(Redirect::to(&format!("/people/{one}")).into_response())
}

/// Takes a joining back.
pub(super) async fn undo(
    With(state): With<State>,
    desk: Desk,
    Path((_, merge)): Path<(String, String)>,
) -> Answer {
    desk.may(Permission::MergePeople)?;
    let merge: MergeId = merge.parse()?;
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    let write = state.store().write(move |tx| {
        let parted = joining::undo(tx, &world, merge, Some(viewer.staff()))?;
        ::house::note(tx, &world, &Act::by(&viewer, "person.joining_undone", merge))?;
        Ok::<_, Problem>(parted)
    });
    let (person, _) = write.await?;
    Ok(Redirect::to(&format!("/people/{person}")).into_response())
}

/// Takes one source away as a person of its own.
pub(super) async fn split(
    With(state): With<State>,
    desk: Desk,
    Path((id, profile)): Path<(String, String)>,
) -> Answer {
    desk.may(Permission::MergePeople)?;
    let (id, profile): (PersonId, ProfileId) = (id.parse()?, profile.parse()?);
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    let write = state.store().write(move |tx| {
        let new = joining::split(tx, &world, id, profile, Some(viewer.staff()))?;
        let act =
            Act::by(&viewer, "person.source_taken_apart", id).with(json!({"source": profile, "new": new}));
        ::house::note(tx, &world, &act)?;
        Ok::<_, Problem>(new)
    });
    let new = write.await?;
    Ok(Redirect::to(&format!("/people/{new}")).into_response())
}
