//! How we have spoken over the last twelve months: by month, by pack of rules, with a few real sentences; by who of us only if asked, and
//! only for whoever may read the log of who did what.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, Query, State as With},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect},
};
use conversations::speaking::{self, Refused, Spoken};
use maud::{Markup, html};
use serde::Deserialize;

use super::{
    drawn::{self, Counts},
    sentences::{self, Told},
};
use crate::{
    State,
    charts::{self, Format},
    gate::Desk,
    layout::{self, Here},
    pages::{
        insight::rooms,
        parts::{Names, name_of, names},
    },
    problem::{Answer, Problem},
    when,
};

/// This page.
pub(super) const PAGE: &str = "/language";
/// How far it is, while it is reckoned: by itself, since the rest says nothing new until it is done.
pub(super) const PROGRESS: &str = "/language/progress";

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    by: String,
}

pub(super) async fn show(With(state): With<State>, desk: Desk, Query(asked): Query<Asked>) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let by_author = asked.by == "author";
    if by_author {
        desk.may(Permission::ReadAudit)?;
    }
    let now = desk.now;
    let (spoken, going, refused) = state
        .store()
        .read(move |db| {
            Ok::<_, Problem>((
                speaking::latest(db)?,
                speaking::going(db, now)?,
                speaking::left_by_several(db)?,
            ))
        })
        .await?;
    let names = if by_author { Some(names(&state).await?) } else { None };
    let told = match &spoken {
        Some(spoken) => sentences::told(&state, spoken).await?,
        None => Vec::new(),
    };
    let off = state.store().read(speaking::kept).await?.voice.off;
    let refused: Vec<Refused> = refused.into_iter().filter(|it| !off.contains(&it.rule)).collect();
    let whole = html! {
        div.stack #spoken data-live="topic=speaking" data-src={(PAGE) @if by_author { "?by=author" }} data-eager[going.is_some()] {
            (progress(going))
            @match &spoken {
                Some(spoken) => { (shown(&desk, spoken, &told, names.as_ref())) }
                None => { p.lead { "Nothing was reckoned yet. It is done each night, and whenever you ask." } }
            }
            (several(&desk, &refused))
            (reckoned(&desk, spoken.as_ref()))
        }
    };
    if desk.fragment {
        return Ok(layout::part(whole));
    }
    let main = html! { h1 { "How we speak" } (rooms(PAGE)) (whole) };
    Ok(layout::page(&desk, Here::Insight, "How we speak", main))
}

pub(super) async fn show_progress(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let now = desk.now;
    let going = state.store().read(move |db| speaking::going(db, now)).await?;
    Ok(layout::part(progress(going)))
}

fn progress(going: Option<usize>) -> Markup {
    html! { div #reckoning role="status" data-live="topic=reckoning" data-src=(PROGRESS) { @match going {
        None => {}
        Some(0) => p.small.soft { "It is being reckoned." },
        Some(count) => p.small.soft { "It is being reckoned: " (Format::Count.full(count as f64)) " of our words read so far." },
    } } }
}

fn shown(desk: &Desk, spoken: &Spoken, told: &[Told], names: Option<&Names>) -> Markup {
    let counts = Counts::of(spoken);
    if spoken.told.is_empty() {
        return html! { p.lead { "Nothing that we said is known here yet. It comes with mails and talks." } };
    }
    html! {
        p.lead { (lead(spoken, &counts)) }
        (drawn::found(spoken).draw())
        (drawn::packs(spoken).draw())
        (sentences::list(told))
        (drawn::ease(spoken).draw())
        (uncovered(spoken))
        @if let Some(names) = names { (authors(spoken, names)) }
        @else if desk.can(Permission::ReadAudit) {
            p.small { a href={(PAGE) "?by=author"} { "By who of us said it" } }
        }
    }
}

fn lead(spoken: &Spoken, counts: &Counts) -> String {
    let covered = spoken.told.iter().filter(|it| it.language.is_covered());
    let texts: u64 = covered.map(|it| it.texts).sum();
    let (texts, words) = (Format::Count.full(texts as f64), Format::Count.full(counts.words as f64));
    let said = format!("In twelve months we said {words} words in {texts} mails and talks");
    match counts.found {
        0 => format!("{said}, and nothing was found in them."),
        1 => format!("{said}. One thing in them could have been said better."),
        few if counts.rate() < 1.0 => format!("{said}. {few} things in them could have been said better."),
        _ => format!(
            "{said}. Of each thousand, {} could have been said better.",
            Format::Decimal(1).full(counts.rate())
        ),
    }
}

/// Languages in which nothing can be found, said plainly.
fn uncovered(spoken: &Spoken) -> Markup {
    let words: u64 = spoken.told.iter().map(|it| it.words).sum();
    let other = words - spoken.words();
    html! { @if other > 0 {
        p.small.soft {
            (Format::Count.full(other as f64)) " of " (Format::Count.full(words as f64))
            " words are in languages that are not covered. Nothing is found in them, and they count in nothing above."
        }
    } }
}

fn authors(spoken: &Spoken, names: &Names) -> Markup {
    html! {
        section #authors aria-labelledby="authors-title" {
            h2 #authors-title { "By who of us said it" }
            p.soft { "Whoever answers those who are angry has other words at hand than whoever sends the bills: this is for talking about it, not for judging anybody." }
            div.scroll tabindex="0" role="region" aria-label="Words, and what was found in them" { table.table {
                thead { tr { th scope="col" { "Who" } th.number scope="col" { "Words" } th.number scope="col" { "Found in a thousand" } } }
                tbody { @for (by, counts) in Counts::by_author(spoken) {
                    tr {
                        th scope="row" { (name_of(names, by)) }
                        td.number { (Format::Count.full(counts.words as f64)) }
                        td.number { (Format::Decimal(2).full(counts.rate())) }
                    }
                } }
            } }
            p.small { a href=(PAGE) { "All of us together" } }
        }
    }
}

/// What several of us do not want to be told, and the way to tell nobody.
fn several(desk: &Desk, refused: &[Refused]) -> Markup {
    html! { @if !refused.is_empty() {
        section #several aria-labelledby="several-title" {
            h2 #several-title { "Words that several of us leave as they are" }
            p.soft { "Perhaps the rule is not for us." }
            ul.lines { @for it in refused {
                li {
                    div {
                        q { (it.words) }
                        p.small.soft { (it.by) " of us \u{b7} " (it.rule) }
                    }
                    @if desk.can(Permission::ManageSettings) {
                        form method="post" action="/language/switch-off" {
                            input type="hidden" name="rule" value=(it.rule);
                            button.quiet { "Switch it off for all" span.hush { ": " (it.rule) } }
                        }
                    }
                }
            } }
        }
    } }
}

fn reckoned(desk: &Desk, spoken: Option<&Spoken>) -> Markup {
    html! {
        section.row aria-label="When it was reckoned" {
            @if let Some(spoken) = spoken { p.small.soft { "Reckoned " (when::ago(spoken.at, desk.now, &desk.zone)) ". Only counts are kept, and where the sentences stand." } }
            form method="post" action="/language/reckon" { button.quiet { @if spoken.is_some() { "Reckon anew" } @else { "Reckon now" } } }
            @if desk.can(Permission::ManageSettings) { p.small { a href="/house/voice" { "Our own words" } } }
            p.small { a href="/language/try" { "Try any text" } }
        }
    }
}

pub(super) async fn reckon(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let world = state.world().clone();
    state.store().write(move |tx| speaking::ask(tx, &world)).await?;
    Ok(Redirect::to(PAGE).into_response())
}

#[derive(Deserialize)]
pub(super) struct Rule {
    rule: String,
}

pub(super) async fn switch_off(With(state): With<State>, desk: Desk, Form(given): Form<Rule>) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    let kept = state
        .store()
        .write(move |tx| {
            let kept = speaking::switch_off(tx, &given.rule, viewer.staff(), world.now())?;
            if kept.is_ok() {
                ::house::note(tx, &world, &Act::by(&viewer, "voice.changed", ""))?;
            }
            Ok::<_, Problem>(kept)
        })
        .await?;
    kept.map_err(|it| Problem::unfit(it.field, it.why))?;
    Ok(Redirect::to(PAGE).into_response())
}

pub(super) async fn numbers(With(state): With<State>, desk: Desk, Path(name): Path<String>) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let missing = || Problem::of_status(StatusCode::NOT_FOUND);
    let spoken = state.store().read(speaking::latest).await?.ok_or_else(missing)?;
    let table = drawn::table(&spoken, &name).ok_or_else(missing)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
    ];
    Ok((headers, charts::csv(&table)).into_response())
}
