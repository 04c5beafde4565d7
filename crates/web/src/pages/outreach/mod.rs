//! Outreach: what is worth passing on, who asked to hear of it, and the digests in which they do.

mod acts;
mod digest;
mod form;
mod given;
mod going;
mod library;
mod lived_up;
mod looks;
mod passing;
mod pieces;
mod plan;
mod topics;

use ::house::Permission;
use axum::{
    Router,
    extract::State as With,
    routing::{get, post},
};
use conversations::{
    digests::{self, Digest, State as Far},
    pieces::Piece,
};
use maud::{Markup, html};
use store::Read;

pub(super) use self::passing::{passed_on, way_to_a_story};
use super::parts::{Names, name_of, names};
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    problem::{Answer, Problem},
    when,
};

/// Digests on the page.
const MOST: i64 = 40;

pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/outreach", get(show))
        .route("/outreach/kept", get(lived_up::show))
        .route("/outreach/pieces/new", get(pieces::new))
        .route("/outreach/pieces/{id}", get(pieces::show).post(pieces::keep))
        .route("/outreach/pieces/{id}/ended", post(pieces::end))
        .route("/outreach/topics/new", get(topics::new).post(topics::add))
        .route("/outreach/topics/{key}", get(topics::show).post(topics::keep))
        .route("/outreach/digests/new", get(digest::new))
        .route("/outreach/digests/{id}", get(digest::show).post(digest::keep))
        .route("/outreach/digests/{id}/looks", get(looks::kept).post(looks::entered))
        .route("/outreach/digests/{id}/plan", get(plan::show))
        .route("/outreach/digests/{id}/begin", post(acts::begin))
        .route("/outreach/digests/{id}/pause", post(acts::pause))
        .route("/outreach/digests/{id}/on", post(acts::go_on))
        .route("/outreach/digests/{id}/end", post(acts::end))
}

/// Everything on the page.
struct Whole {
    digests: Vec<(Digest, going::Progress)>,
    library: library::Library,
}

fn read(db: &mut Read<'_>, now: model::Time) -> Result<Whole, Problem> {
    let mut all = Vec::new();
    for it in digests::all(db, MOST)? {
        let counts = digests::counts(db, it.id)?;
        all.push((it, going::Progress::of(&counts)));
    }
    Ok(Whole { digests: all, library: library::read(db, now)? })
}

async fn show(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let now = desk.now;
    if desk.fragment {
        let whole = state.store().read(move |db| read(db, now)).await?;
        return Ok(layout::part(issues(&desk, &whole, &names(&state).await?)));
    }
    let whole = state.store().read(move |db| read(db, now)).await?;
    let names = names(&state).await?;
    let main = html! {
        div.spread {
            h1 { "Outreach" }
            @if desk.can(Permission::WritePeople) { a.button href="/outreach/digests/new" { "Write a digest" } }
        }
        p.lead { "What is worth somebody\u{2019}s time, and who asked to hear of it. Each gets what they chose and have not seen; nobody gets anything else. " a href="/outreach/kept" { "How well we kept to that" } }
        div.stack.outreach {
            (issues(&desk, &whole, &names))
            (library::show(&desk, &whole.library, &names))
        }
    };
    Ok(layout::page(&desk, Here::Outreach, "Outreach", main))
}

/// The digests: what is under way or being written first.
fn issues(desk: &Desk, whole: &Whole, names: &Names) -> Markup {
    let is_open = |it: &&(Digest, going::Progress)| !matches!(it.0.state, Far::Done | Far::Stopped);
    let (open, over): (Vec<_>, Vec<_>) = whole.digests.iter().partition(is_open);
    html! {
        div.stack #issues data-live="topic=digests" data-src="/outreach" data-eager[!open.is_empty()] {
            section aria-labelledby="open-issues" {
                h2 #open-issues { "Under way and being written" }
                @if open.is_empty() {
                    p.soft {
                        "No digest is under way. "
                        @if whole.library.is_empty() { "A digest is made of pieces: begin with a topic that people can choose, and a piece or two." }
                        @else { "Write one when there is something to say; nobody waits for nothing." }
                    }
                }
                ul.issues { @for (it, far) in &open { li { (line(desk, it, far, names)) } } }
            }
            @if !over.is_empty() {
                section aria-labelledby="past-issues" {
                    h2 #past-issues { "Before" }
                    ul.issues { @for (it, far) in &over { li { (line(desk, it, far, names)) } } }
                }
            }
        }
    }
}

fn line(desk: &Desk, it: &Digest, far: &going::Progress, names: &Names) -> Markup {
    html! {
        div {
            h3 { a href={"/outreach/digests/" (it.id)} { (it.subject) } }
            p.small.soft {
                (going::state(desk, it)) " \u{b7} from " (name_of(names, Some(it.by)))
                @if it.state == Far::Draft { " \u{b7} not before " (when::moment(it.starts_at, desk.now, &desk.zone)) }
                @else { " \u{b7} " (when::date(it.starts_at, &desk.zone)) }
            }
        }
        @if it.state != Far::Draft { (far.bar()) }
    }
}

/// Whether a piece may be passed on now.
fn is_ready(it: &Piece) -> bool {
    it.ready_at.is_some() && it.ended_at.is_none()
}
