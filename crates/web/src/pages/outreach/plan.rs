//! Before a digest begins: who would get it and who not, with the reasons.

use ::house::Permission;
use axum::{
    extract::{Path, State as With},
    response::{IntoResponse, Redirect},
};
use conversations::{
    digests::{self, Digest, State as Far},
    pieces,
};
use maud::{Markup, html};
use store::Read;

use super::{acts, given, going, is_ready};
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    pages::parts::{name_of, names},
    problem::{Answer, Problem},
    when,
};

/// People who are looked at for it; the rest is worked out when it begins.
const LOOKED_AT: i64 = 10_000;

/// What would come of it.
struct Foreseen {
    now: i64,
    later: i64,
    not: Vec<(String, i64)>,
    is_part: bool,
    pieces: usize,
}

impl Foreseen {
    fn read(db: &mut Read<'_>, digest: &Digest, now: model::Time) -> Result<Self, Problem> {
        let all = digests::foreseen(db, digest, now, LOOKED_AT)?;
        let ready = pieces::ready(db)?;
        let mut it = Self {
            now: 0,
            later: 0,
            not: Vec::new(),
            is_part: all.values().sum::<i64>() >= LOOKED_AT,
            pieces: ready.iter().filter(|it| is_ready(it) && digest.is_about(&it.topic)).count(),
        };
        for (words, count) in all {
            match words.as_str() {
                "they get it" => it.now += count,
                words if words.starts_with("they get it later") => {
                    it.later += count;
                }
                _ => it.not.push((words, count)),
            }
        }
        it.not.sort_by_key(|it| std::cmp::Reverse(it.1));
        Ok(it)
    }

    fn get_it(&self) -> i64 {
        self.now + self.later
    }
}

pub(super) async fn show(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let digest = given::found(&state, &id).await?;
    if digest.state != Far::Draft {
        return Ok(Redirect::to(&format!("/outreach/digests/{id}")).into_response());
    }
    let (asked, now) = (digest.clone(), desk.now.max(digest.starts_at));
    let foreseen = state.store().read(move |db| Foreseen::read(db, &asked, now)).await?;
    let names = names(&state).await?;
    let who = match acts::may_begin(&desk) {
        true => Vec::new(),
        false => state.house().who_may(Permission::WriteToMany).await?,
    };
    let who: Vec<&str> = who.iter().map(|it| it.name.as_str()).collect();
    let main = html! {
        p.back { a href={"/outreach/digests/" (id)} { "Back to its words" } }
        h1 { "Who gets \u{201c}" (digest.subject) "\u{201d}" }
        div.stack {
            (figures(&foreseen))
            p.soft {
                "From " (name_of(&names, Some(digest.by))) ", "
                @if digest.starts_at > desk.now { "not before " (when::moment(digest.starts_at, desk.now, &desk.zone)) } @else { "as soon as you let it" }
                @if foreseen.get_it() > 0 { ", " (pace(&digest, foreseen.get_it())) } ". What has not left by " (when::moment(digest.expires_at, desk.now, &desk.zone)) " does not leave. "
                (foreseen.pieces) @if foreseen.pieces == 1 { " piece is" } @else { " pieces are" } " ready for it."
            }
            (begin(&desk, &digest, &foreseen, &who))
            @if !foreseen.not.is_empty() {
                section aria-labelledby="not" {
                    h2 #not { "Who does not, and why" }
                    (going::bars(&foreseen.not.iter().map(|(words, count)| (words.as_str(), *count, "rest")).collect::<Vec<_>>()))
                    p.small.soft { "Only those are counted who ever said anything about what they want; nobody else is asked. Each is asked about once more when it would leave." }
                }
            }
        }
    };
    Ok(layout::page(&desk, Here::Outreach, "Who gets it", main))
}

fn figures(foreseen: &Foreseen) -> Markup {
    let not: i64 = foreseen.not.iter().map(|it| it.1).sum();
    html! {
        (going::bar("Who gets it", &[(foreseen.now, "get it", "good"), (foreseen.later, "get it later, at a better time for them", "so-so"), (not, "do not", "rest")]))
        @if foreseen.is_part { p.small.soft { "Counted among the first " (LOOKED_AT) " people; the rest is worked out when it begins." } }
    }
}

/// How long it takes at its pace.
fn pace(digest: &Digest, people: i64) -> String {
    let minutes = people / digest.per_minute.max(1);
    let lasts = match minutes {
        0 => "within a minute".to_owned(),
        1..120 => format!("in about {minutes} minutes"),
        _ => format!("in about {} hours", minutes / 60),
    };
    format!("{lasts} at {} a minute", digest.per_minute)
}

fn begin(desk: &Desk, digest: &Digest, foreseen: &Foreseen, who: &[&str]) -> Markup {
    html! {
        @if foreseen.get_it() == 0 {
            p.said { "Nobody would get it." @if foreseen.pieces == 0 { " Nothing in the library is ready for it." } }
        } @else if desk.now >= digest.expires_at {
            p.said { "It is of no use any more: its time is over. " a href={"/outreach/digests/" (digest.id)} { "Give it more time" } "." }
        } @else if acts::may_begin(desk) {
            form.row method="post" action={"/outreach/digests/" (digest.id) "/begin"} {
                button { "Begin" }
                span.small.soft { "It can be paused and ended at any time." }
            }
        } @else {
            p.said { "It goes to many, so somebody else lets it begin. Ask " (who.join(" or ")) "." }
        }
    }
}
