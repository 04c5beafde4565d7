//! What we promised: what is open and to be kept by whom, and how well we kept our word.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, State as With},
    response::{IntoResponse, Redirect},
};
use conversations::promises::{self, Counts, Promise, State as Kept, spot};
use maud::{Markup, html};
use memory::people::{self, Line};
use model::{PersonId, PromiseId, StaffId, Time};
use serde::Deserialize;
use store::{Read, Write};

use super::parts::{Colleagues, Names, name_of, names, someone};
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    problem::{Answer, Problem},
    when,
};

/// Promises on the page.
const MOST: i64 = 200;
/// Over which our word is counted.
const COUNTED_DAYS: i64 = 90;
/// The hour of its day by which a promise is due: the end of a working day.
const HOUR: i8 = 18;

/// A promise and to whom it was made.
pub(super) type To = (Promise, Line);

struct Ledger {
    open: Vec<To>,
    settled: Vec<To>,
    counts: Counts,
}

fn with_people(db: &mut Read<'_>, all: Vec<Promise>) -> Result<Vec<To>, Problem> {
    let ids: Vec<PersonId> = all.iter().map(|it| it.person).collect();
    let lines = people::some(db, &ids)?;
    let line = |it: &Promise| lines.iter().find(|line| line.id == it.person).cloned();
    Ok(all.into_iter().filter_map(|it| line(&it).map(|line| (it, line))).collect())
}

/// What is due soon: one's own, and everybody's that are overdue.
pub(super) fn soon(db: &mut Read<'_>, now: Time, me: StaffId, most: i64) -> Result<Vec<To>, Problem> {
    let mine = promises::open(db, now.plus_days(2), Some(me), most)?;
    let late = promises::open(db, now, None, most)?;
    let others = late.into_iter().filter(|it| it.keeper != me);
    with_people(db, mine.into_iter().chain(others).take(most as usize).collect())
}

pub(super) async fn show(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let (now, since) = (desk.now, desk.now.plus_days(-COUNTED_DAYS));
    let ledger = state
        .store()
        .read(move |db| {
            let open = promises::open(db, now.plus_days(3660), None, MOST)?;
            let settled = promises::settled(db, since, MOST)?;
            Ok::<_, Problem>(Ledger {
                open: with_people(db, open)?,
                settled: with_people(db, settled)?,
                counts: promises::counts(db, since, now)?,
            })
        })
        .await?;
    let names = names(&state).await?;
    let list = html! {
        div.stack #promises data-live="topic=promises" data-src="/promises" {
            (our_word(&ledger.counts))
            section aria-labelledby="open" {
                h2 #open { "Still to be kept" }
                @if ledger.open.is_empty() { p.soft { "Nothing: every promise is kept." } }
                ul.people { @for (promise, line) in &ledger.open { li { (line_of(&desk, promise, line, &names)) } } }
            }
            @if !ledger.settled.is_empty() {
                section aria-labelledby="settled" {
                    h2 #settled { "Kept, and not kept" }
                    ul.people { @for (promise, line) in &ledger.settled { li { (line_of(&desk, promise, line, &names)) } } }
                }
            }
        }
    };
    if desk.fragment {
        return Ok(layout::part(list));
    }
    let main = html! { h1 { "Promises" } (super::conversations::rooms("/promises")) div.stack { (list) } };
    Ok(layout::page(&desk, Here::Conversations, "Promises", main))
}

/// How well we kept our word, as a bar with its figures beside it.
fn our_word(counts: &Counts) -> Markup {
    let parts = [
        ("kept in time", counts.kept, "good"),
        ("kept late", counts.kept_late, "so-so"),
        ("not kept", counts.broken + counts.overdue, "bad"),
    ];
    let all: i64 = parts.iter().map(|it| it.1).sum();
    html! {
        @if all > 0 {
            figure.word {
                svg viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label="How well we kept our word in the last three months" {
                    @for (n, (_, count, class)) in parts.iter().enumerate() {
                        @let before: i64 = parts[..n].iter().map(|it| it.1).sum();
                        rect class=(class) x=(before as f64 * 100.0 / all as f64) width=(*count as f64 * 100.0 / all as f64) y="0" height="4" {}
                    }
                }
                figcaption {
                    "In the last three months, of " (all) " promises: "
                    @for (n, (words, count, class)) in parts.iter().enumerate() {
                        @if n > 0 { ", " } span class={"key " (class)} { (count) " " (words) }
                    }
                    @if counts.moved > 0 { "; " (counts.moved) " were moved" }
                    "."
                }
            }
        }
    }
}

/// One promise in a list of people.
pub(super) fn line_of(desk: &Desk, promise: &Promise, line: &Line, names: &Names) -> Markup {
    let then = html! { (due(desk, promise)) span.tag { (keeper(desk, promise, names)) } };
    someone(line, &promise.what, Some(then))
}

fn keeper<'a>(desk: &Desk, promise: &Promise, names: &'a Names) -> &'a str {
    if promise.keeper == desk.viewer.staff() { "yours" } else { name_of(names, Some(promise.keeper)) }
}

fn due(desk: &Desk, promise: &Promise) -> Markup {
    let (day, today) = (when::day(promise.due_at, &desk.zone), when::day(desk.now, &desk.zone));
    html! {
        @match promise.state {
            Kept::Kept => span.tag-good { "kept" },
            Kept::Broken => span.tag-bad { "not kept" },
            Kept::Open if promise.due_at < desk.now => span.tag-bad { "was due " (when::day_words(day, today)) },
            Kept::Open if day == today => b { "due today" },
            Kept::Open if today.tomorrow().ok() == Some(day) => span { "due tomorrow" },
            Kept::Open => span { "due " (when::day_words(day, today)) },
        }
    }
}

/// What we promised somebody, on their page.
pub(super) fn of_person(desk: &Desk, all: &[Promise], names: &Names, staff: &Colleagues) -> Markup {
    let open: Vec<&Promise> = all.iter().filter(|it| it.state == Kept::Open).collect();
    html! {
        div #promised {
            @if !open.is_empty() {
                section.promised aria-labelledby="promised-title" {
                    h2 #promised-title { "What we promised" }
                    ul { @for promise in open { li {
                        p { b { (promise.what) } " " (due(desk, promise)) span.soft { ", " (keeper(desk, promise, names)) } }
                        @if desk.can(Permission::WritePeople) { (acts(promise, staff)) }
                    } } }
                }
            }
        }
    }
}

fn acts(promise: &Promise, staff: &Colleagues) -> Markup {
    let Promise { person, id, .. } = promise;
    let base = format!("/promises/{person}/{id}");
    html! {
        div.acts {
            form method="post" action={(base) "/kept"} { button.quiet { "It is kept" } }
            details {
                summary { "Move it" }
                form method="post" action={(base) "/moved"} {
                    div.field { label for={"due-" (id)} { "To" } input id={"due-" (id)} type="date" name="due" required; }
                    div.field {
                        label for={"keeper-" (id)} { "Kept by" }
                        select id={"keeper-" (id)} name="keeper" { @for (staff, name) in staff { option value=(staff) selected[*staff == promise.keeper] { (name) } } }
                    }
                    div.field { label for={"why-" (id)} { "Why?" } input id={"why-" (id)} name="reason" required maxlength="500" autocomplete="off"; }
                    button { "Move it" }
                }
            }
            details {
                summary { "It cannot be kept" }
                form method="post" action={(base) "/broken"} {
                    div.field { label for={"reason-" (id)} { "Why?" } input id={"reason-" (id)} name="reason" required maxlength="500" autocomplete="off"; }
                    button { "Say so" }
                }
            }
        }
    }
}

/// The end of a day here.
pub(super) fn by_day(text: &str, desk: &Desk) -> Option<Time> {
    let day: jiff::civil::Date = text.trim().parse().ok()?;
    Some(day.at(HOUR, 0, 0, 0).to_zoned(desk.zone.clone()).ok()?.timestamp().into())
}

/// The fields of a form in which something can be promised, with what was spotted in its words.
pub(super) fn fields(what: &str, due: &str) -> Markup {
    html! {
        details #promise-fields open[!what.is_empty()] {
            summary { "Promise something" }
            div.side-by-side {
                div.field { label for="promise" { "What you promise" } input #promise name="promise" value=(what) maxlength="500" autocomplete="off"; }
                div.field { label for="promise-due" { "By" } input #promise-due type="date" name="promise_due" value=(due); }
            }
            p.small.soft { "It goes into the ledger, and you are reminded before it is due." }
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Words {
    #[serde(default)]
    text: String,
}

/// What of the words written so far sounds like a promise; nothing if nothing does.
pub(super) async fn spotted(desk: Desk, Form(words): Form<Words>) -> Answer {
    desk.may(Permission::WritePeople)?;
    let found = spot(&words.text, when::day(desk.now, &desk.zone));
    Ok(layout::part(html! { @if let Some(it) = found { (fields(&it.what, &it.due.to_string())) } }))
}

#[derive(Deserialize)]
pub(super) struct Given {
    #[serde(default)]
    due: String,
    #[serde(default)]
    keeper: String,
    #[serde(default)]
    reason: String,
}

async fn done<F>(state: &State, desk: &Desk, ids: &(String, String), verb: &'static str, work: F) -> Answer
where
    F: Fn(&mut Write<'_>, &model::World, PersonId, PromiseId, StaffId) -> conversations::Result<()>
        + Send
        + Sync
        + 'static,
{
    desk.may(Permission::WritePeople)?;
    let (person, id): (PersonId, PromiseId) = (ids.0.parse()?, ids.1.parse()?);
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    state
        .store()
        .write(move |tx| {
            work(tx, &world, person, id, viewer.staff())?;
            Ok::<_, Problem>(::house::note(tx, &world, &Act::by(&viewer, verb, id))?)
        })
        .await?;
    Ok(Redirect::to(&format!("/people/{person}")).into_response())
}

pub(super) async fn kept(With(state): With<State>, desk: Desk, Path(ids): Path<(String, String)>) -> Answer {
    done(&state, &desk, &ids, "promise.kept", |tx, world, person, id, by| {
        promises::keep(tx, world, person, id, by)
    })
    .await
}

pub(super) async fn broken(
    With(state): With<State>,
    desk: Desk,
    Path(ids): Path<(String, String)>,
    Form(given): Form<Given>,
) -> Answer {
    done(&state, &desk, &ids, "promise.broken", move |tx, world, person, id, by| {
        promises::give_up(tx, world, person, id, by, &given.reason)
    })
    .await
}

pub(super) async fn moved(
    With(state): With<State>,
    desk: Desk,
    Path(ids): Path<(String, String)>,
    Form(given): Form<Given>,
) -> Answer {
    let due = by_day(&given.due, &desk)
        .ok_or_else(|| Problem::unfit("due", "This is not a day like 2026-03-20."))?;
    let keeper: StaffId = given.keeper.parse()?;
    done(&state, &desk, &ids, "promise.moved", move |tx, world, person, id, by| {
        promises::put_off(tx, world, person, id, due, keeper, by, &given.reason)
    })
    .await
}
