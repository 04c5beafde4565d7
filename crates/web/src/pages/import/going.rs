//! An import on its way or done: how far it is, what came of it, and what could not be read.

use ::house::{Act, Permission};
use axum::{
    extract::{Path, State as With},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use delivery::importing::{self, Import, Refusal};
use maud::{Markup, html};
use model::ImportId;

use super::{counted, state_words};
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    problem::{Answer, Problem},
};

/// Refusals on the page; the rest is in the report.
const SHOWN: i64 = 100;

pub(super) async fn show(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.may(Permission::Import)?;
    let id: ImportId = id.parse()?;
    let import = importing::one(state.store(), id).await?;
    let refusals = importing::refusals(state.store(), id, None, SHOWN).await?;
    let region = region(&import, &refusals);
    if desk.fragment {
        return Ok(layout::part(region));
    }
    Ok(layout::page(&desk, Here::Import, &import.name, region))
}

/// Reads itself anew as long as something may change.
fn region(import: &Import, refusals: &[Refusal]) -> Markup {
    let goes_on = matches!(import.state.as_str(), "running" | "stopped");
    let live = goes_on.then(|| format!("topic=import&id={}", import.id));
    html! {
        div.stack #import data-live=[live] data-eager data-src={"/import/" (import.id)} {
            h1 { (import.name) }
            (how_far(import))
            (counted(&import.counts))
            @if !refusals.is_empty() { (refused(import, refusals)) }
            p.row { a.button.quiet href="/people" { "To the people" } a.button.quiet href="/import" { "Bring in more" } }
        }
    }
}

fn how_far(import: &Import) -> Markup {
    let percent = import.size.map(|size| (import.position.saturating_mul(100) / size.max(1)).clamp(0, 100));
    match state_words(import) {
        "done" => html! { p.said.said-well role="status" { "All of it has been read." } },
        "given up" => {
            html! { p.said role="status" { "It was given up here. What had been read until then stays." } }
        }
        "stopped" => stopped(import),
        _ => html! {
            @if import.position == 0 { p role="status" { "It begins in a moment." } }
            label for="bar" { @match percent { Some(percent) => { (percent) " of 100 read" } None => { "Being read" } } }
            progress.bar #bar max="100" value=[percent] {}
            p.soft { "You need not wait: it goes on when you leave this page." }
        },
    }
}

fn stopped(import: &Import) -> Markup {
    html! {
        div.said role="status" {
            p { b { "It stopped: " } (import.error) }
            p { "Nothing that was read is lost. It is tried again by itself, from where it stopped." }
        }
        form method="post" action={"/import/" (import.id) "/give-up"} {
            button.grave data-sure="Give this import up? What was read until now stays." { "Give it up" }
        }
    }
}

fn refused(import: &Import, refusals: &[Refusal]) -> Markup {
    let all = import.counts.refused + import.counts.warnings;
    html! {
        section {
            h2 { "What was hard to read" }
            p.soft { "Each is kept as it came, with its reason, so that nothing is lost." }
            (table(refusals))
            p.row {
                a.button.quiet href={"/import/" (import.id) "/refusals.csv"} download { "Take it along as a table" }
                @if all > refusals.len() as u64 { span.soft { "These are the first " (refusals.len()) " of " (all) "." } }
            }
        }
    }
}

/// Where, whether it was kept, and why.
pub(super) fn table(refusals: &[Refusal]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label="What was hard to read" { table.table {
            thead { tr { th.number scope="col" { "Line" } th scope="col" { "Kept" } th scope="col" { "Why" } } }
            tbody { @for one in refusals { tr {
                td.number { (one.line) }
                td { @if one.refused { span.tag.tag-bad { "no" } } @else { span.tag { "yes, but look" } } }
                td { (one.reason) }
            } } }
        } }
    }
}

pub(super) async fn give_up(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.may(Permission::Import)?;
    let id: ImportId = id.parse()?;
    if importing::one(state.store(), id).await?.state != "stopped" {
        let why = "Only an import that has stopped can be given up. Reload the page to see how it is now.";
        return Err(Problem::new(StatusCode::CONFLICT, "Not now", why));
    }
    importing::abandon(state.store(), id).await?;
    let (world, act) = (state.world().clone(), Act::by(&desk.viewer, "import.given_up", id));
    state.store().write(move |tx| ::house::note(tx, &world, &act)).await?;
    Ok(Redirect::to(&format!("/import/{id}")).into_response())
}
