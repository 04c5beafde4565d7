//! The library: pieces by the topics that people choose.

use ::house::Permission;
use conversations::{
    digests::{self, Chosen},
    pieces::{self, Kind, Piece},
};
use maud::{Markup, html};
use permission::topics::{self, Topic};
use store::Read;

use super::is_ready;
use crate::{
    gate::Desk,
    languages,
    pages::parts::{Names, name_of},
    problem::Problem,
};

/// People who are counted for the page.
const COUNTED: i64 = 3000;

pub(super) struct Library {
    topics: Vec<Topic>,
    pieces: Vec<Piece>,
    chosen: Chosen,
}

impl Library {
    pub(super) fn is_empty(&self) -> bool {
        self.topics.is_empty() || self.pieces.is_empty()
    }
}

pub(super) fn read(db: &mut Read<'_>, now: model::Time) -> Result<Library, Problem> {
    Ok(Library {
        topics: topics::all(db)?,
        pieces: pieces::all(db)?,
        chosen: digests::chosen(db, now, COUNTED)?,
    })
}

pub(super) fn show(desk: &Desk, library: &Library, names: &Names) -> Markup {
    let may = desk.can(Permission::WritePeople);
    html! {
        section aria-labelledby="library" {
            div.spread {
                h2 #library { "The library" }
                @if may {
                    p.row {
                        @if !library.topics.is_empty() { a.button.quiet href="/outreach/pieces/new" { "Add a piece" } }
                        a.button.quiet href="/outreach/topics/new" { "Add a topic" }
                    }
                }
            }
            @if library.topics.is_empty() {
                p.soft { "Empty so far. Begin with a topic: people choose among topics on the page behind the link in our mail, and a piece belongs to one." }
            }
            @for it in &library.topics { (topic(library, it, names, may)) }
        }
    }
}

fn topic(library: &Library, topic: &Topic, names: &Names, may: bool) -> Markup {
    let all = library.pieces.iter().filter(|it| it.topic == topic.key);
    let (over, now): (Vec<&Piece>, Vec<&Piece>) = all.partition(|it| it.ended_at.is_some());
    html! {
        section.topic id={"topic-" (topic.key)} aria-labelledby={"topic-name-" (topic.key)} {
            div.spread {
                h3 id={"topic-name-" (topic.key)} { (topic.name) }
                span.small.soft {
                    @if topic.is_ended { "cannot be chosen any more" } @else { (readers(&library.chosen, topic)) }
                    @if may { " \u{b7} " a href={"/outreach/topics/" (topic.key)} { "Change" span.hush { " the topic " (topic.name) } } }
                }
            }
            p.soft { (topic.words) }
            @if now.is_empty() {
                p.small.soft {
                    "Nothing in it yet."
                    @if may && !topic.is_ended { " " a href={"/outreach/pieces/new?topic=" (topic.key)} { "Write down something that is worth passing on" } "." }
                }
            }
            ul.shelf { @for it in &now { li { (piece(it, names)) } } }
            @if !over.is_empty() {
                details id={"over-" (topic.key)} {
                    summary { "No longer passed on (" (over.len()) ")" }
                    ul.shelf { @for it in &over { li { (piece(it, names)) } } }
                }
            }
        }
    }
}

fn readers(chosen: &Chosen, topic: &Topic) -> Markup {
    let count = chosen.by_topic.get(&topic.key).copied().unwrap_or(0);
    html! {
        @match count {
            0 => "nobody has chosen it yet",
            1 => "one person chose it",
            _ => { @if chosen.is_part { "more than " } (count) " people chose it" },
        }
    }
}

fn piece(it: &Piece, names: &Names) -> Markup {
    let by = it.recommended_by.map(|id| name_of(names, Some(id)));
    html! {
        a href={"/outreach/pieces/" (it.id)} { (it.title) }
        span.small.soft {
            (kind(it.kind))
            @if !it.language.is_empty() { " \u{b7} " (languages::name(&it.language)) }
            @if let Some(by) = by { " \u{b7} recommended by " (by) }
        }
        @if is_ready(it) { span.tag.tag-good { "ready" } }
        @else if it.ended_at.is_some() { span.tag { "ended" } }
        @else { span.tag { "not ready yet" } }
    }
}

/// Whose a piece is.
pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Own => "ours",
        Kind::Other => "by others",
        Kind::Story => "a story that somebody told us",
    }
}
