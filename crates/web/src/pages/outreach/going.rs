//! A digest that has begun: how far it is, why some do not get it, and of whom nobody knows.

use std::collections::BTreeMap;

use conversations::digests::{self, Digest, State as Far};
use maud::{Markup, html};
use memory::people::{self, Line};
use model::PersonId;
use permission::Reason;
use store::Read;

use super::{acts, looks::SANDBOX};
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    pages::parts::{name_of, names, someone},
    problem::{Answer, Problem},
    when,
};

/// Those of whom nobody knows, by name; more than a page of them has another cause.
const UNKNOWN: i64 = 100;

/// How far it is, in figures.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Progress {
    taken: i64,
    waits: i64,
    not: i64,
}

impl Progress {
    pub(super) fn of(counts: &[(String, String, i64)]) -> Self {
        let mut it = Self::default();
        for (state, _, count) in counts {
            match state.as_str() {
                "taken" => it.taken += count,
                "waits" => it.waits += count,
                _ => it.not += count,
            }
        }
        it
    }

    /// As a bar with its figures beside it.
    pub(super) fn bar(&self) -> Markup {
        bar(
            "How far it is",
            &[
                (self.taken, "have left", "good"),
                (self.waits, "wait", "so-so"),
                (self.not, "do not get it", "rest"),
            ],
        )
    }
}

/// A bar of parts, each with its figure and words.
pub(super) fn bar(label: &str, parts: &[(i64, &str, &str)]) -> Markup {
    let all: i64 = parts.iter().map(|it| it.0).sum();
    html! {
        figure.word {
            svg viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label=(label) {
                rect.rest x="0" width="100" y="0" height="4" {}
                @for (n, (count, _, class)) in parts.iter().enumerate() {
                    @let before: i64 = parts[..n].iter().map(|it| it.0).sum();
                    @if *count > 0 { rect class=(class) x=(before as f64 * 100.0 / all as f64) width=(*count as f64 * 100.0 / all as f64) y="0" height="4" {} }
                }
            }
            figcaption {
                @if all == 0 { "Nobody yet." }
                @for (n, (count, words, class)) in parts.iter().filter(|it| it.0 > 0).enumerate() {
                    @if n > 0 { ", " } span class={"key " (class)} { (count) " " (words) }
                }
            }
        }
    }
}

/// How far it is, in words.
pub(super) fn state(desk: &Desk, it: &Digest) -> Markup {
    html! {
        @match it.state {
            Far::Draft => span.tag { "being written" },
            Far::Planning => span.tag.tag-busy { "it is worked out who gets it" },
            Far::Going if it.starts_at > desk.now => span.tag { "begins by itself, " (when::moment(it.starts_at, desk.now, &desk.zone)) },
            Far::Going => span.tag.tag-busy { "going" },
            Far::Paused => span.tag.tag-bad { "paused" },
            Far::Done => span.tag.tag-good { "all have it" },
            Far::Stopped => span.tag { "ended" },
        }
    }
}

/// Everything that is known of how it goes.
struct Ground {
    counts: Vec<(String, String, i64)>,
    fates: Vec<(String, i64)>,
    unknown: Vec<(Line, String)>,
}

fn ground(db: &mut Read<'_>, digest: &Digest) -> Result<Ground, Problem> {
    let unknown = digests::unknown(db, digest.id, UNKNOWN)?;
    let ids: Vec<PersonId> = unknown.iter().map(|it| it.0).collect();
    let lines = people::some(db, &ids)?;
    let line = |id: &PersonId| lines.iter().find(|it| it.id == *id).cloned();
    Ok(Ground {
        counts: digests::counts(db, digest.id)?,
        fates: digests::fates(db, digest.id)?,
        unknown: unknown.iter().filter_map(|(id, address)| Some((line(id)?, address.clone()))).collect(),
    })
}

pub(super) async fn page(state: &State, desk: &Desk, digest: &Digest) -> Answer {
    let asked = digest.clone();
    let ground = state.store().read(move |db| ground(db, &asked)).await?;
    let names = names(state).await?;
    let id = digest.id;
    let is_open = !matches!(digest.state, Far::Done | Far::Stopped);
    let live = html! {
        div.stack #going data-live={"topic=digests&id=" (id)} data-src={"/outreach/digests/" (id)} data-eager[is_open] {
            p.soft {
                (self::state(desk, digest)) " \u{b7} from " (name_of(&names, Some(digest.by))) " \u{b7} " (when::date(digest.starts_at, &desk.zone))
                @if is_open { ". At most " (digest.per_minute) " a minute leave; what has not left by " (when::moment(digest.expires_at, desk.now, &desk.zone)) " does not leave." }
            }
            @if digest.state != Far::Draft { (Progress::of(&ground.counts).bar()) }
            (acts::buttons(desk, digest))
            (fates(&ground))
            (reasons(&ground))
        }
    };
    if desk.fragment {
        return Ok(layout::part(live));
    }
    let main = html! {
        p.back { a href="/outreach" { "Outreach" } }
        h1 { (digest.subject) }
        div.writing {
            (live)
            section.beside aria-labelledby="beside-title" {
                h2 #beside-title { @if is_open { "As a sample reader gets it" } @else { "What was in it, for all together" } }
                div.frames { iframe title="How this digest looks" src={"/outreach/digests/" (id) "/looks"} sandbox=(SANDBOX) {} }
            }
        }
    };
    Ok(layout::page(desk, Here::Outreach, &digest.subject, main))
}

/// What became of those that left, in words that claim no more than is known.
fn fates(ground: &Ground) -> Markup {
    let words = |state: &str| match state {
        "left" => "a mail server took it",
        "leaving" => "are leaving just now",
        "later" => "a mail server asked for patience; it is tried again by itself",
        "refused" => "a mail server refused it",
        "bounced" => "it came back",
        "unknown" => "nobody knows whether it left",
        _ => "wait to be sent",
    };
    let class = |state: &str| match state {
        "left" => "good",
        "refused" | "bounced" | "unknown" => "bad",
        _ => "so-so",
    };
    let drawn: Vec<(&str, i64, &str)> =
        ground.fates.iter().map(|(state, count)| (words(state), *count, class(state))).collect();
    html! {
        @if !ground.fates.is_empty() {
            section aria-labelledby="fates" {
                h2 #fates { "What became of it" }
                (bars(&drawn))
            }
        }
        @if !ground.unknown.is_empty() {
            section aria-labelledby="unknown" {
                h2 #unknown { "Nobody knows" }
                p.soft { "The line broke at the last moment. They are not written to again by themselves: twice is worse than once. On their page it can be sent again." }
                ul.people { @for (line, address) in &ground.unknown { li { (someone(line, address, None)) } } }
            }
        }
    }
}

/// Why some do not get it, or not yet.
fn reasons(ground: &Ground) -> Markup {
    let mut why: BTreeMap<String, i64> = BTreeMap::new();
    for (state, reason, count) in ground.counts.iter().filter(|it| it.0 != "taken") {
        let words = match (state.as_str(), reason.as_str()) {
            ("waits", "") => "it is not their turn yet".to_owned(),
            ("waits", words) => format!("not yet: {words}"),
            ("nothing", _) => "there was nothing that they had not seen".to_owned(),
            (_, name) => Reason::of_name(name).map_or_else(|| name.to_owned(), |it| it.words().to_owned()),
        };
        *why.entry(words).or_default() += count;
    }
    let mut why: Vec<(&str, i64, &str)> =
        why.iter().map(|(words, count)| (words.as_str(), *count, "rest")).collect();
    why.sort_by_key(|it| std::cmp::Reverse(it.1));
    html! {
        @if !why.is_empty() {
            section aria-labelledby="reasons" {
                h2 #reasons { "Who does not have it, and why" }
                (bars(&why))
            }
        }
    }
}

/// Figures with their words, each drawn as long as it is of all.
pub(super) fn bars(all: &[(&str, i64, &str)]) -> Markup {
    let sum: i64 = all.iter().map(|it| it.1).sum::<i64>().max(1);
    html! {
        ul.bars { @for (words, count, class) in all { li class=(class) {
            span { (words) } b { (count) }
            svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" { rect x="0" y="0" width=(*count as f64 * 100.0 / sum as f64) height="4" {} }
        } } }
    }
}
