//! Insight: what relationships are worth, both ways, and how they go. Every number is drawn, said in a sentence, and stands in a table.

mod coming;
mod fairness;
mod health;
mod loyalty;
mod prices;
mod profit;
mod returning;
mod staying;
mod who;
mod worth;

use ::house::Permission;
use axum::{
    Router,
    extract::{Path, State as With},
    http::header,
    response::{IntoResponse, Redirect},
    routing::{get, post},
};
use insight::{
    lives::{Day, date_of},
    purse::LeftOut,
    reckoning::{self, Reckoning},
};
use maud::{Markup, html};

use crate::{
    State,
    charts::{self, Bars, Figure, Format, Heat, Lines, Steps, Table, Waterfall, Whale},
    gate::Desk,
    layout::{self, Here},
    problem::{Answer, Problem},
    when,
};

const ROOMS: &[(&str, &str)] = &[
    ("/insight", "Worth"),
    ("/insight/returning", "Who returns"),
    ("/insight/profit", "Who brings what"),
    ("/insight/staying", "Who stays"),
    ("/insight/coming", "Where from"),
    ("/insight/loyalty", "Why they return"),
    ("/insight/fairness", "Is it fair?"),
    ("/insight/health", "How it goes"),
    ("/language", "How we speak"),
    ("/insight/prices", "What we assume"),
];

pub(super) fn router() -> Router<State> {
    Router::new()
        .route("/insight", get(worth::show))
        .route("/insight/returning", get(returning::show))
        .route("/insight/profit", get(profit::show))
        .route("/insight/staying", get(staying::show))
        .route("/insight/coming", get(coming::show))
        .route("/insight/loyalty", get(loyalty::show))
        .route("/insight/fairness", get(fairness::show))
        .route("/insight/health", get(health::show))
        .route("/insight/prices", get(prices::show).post(prices::keep))
        .route("/insight/numbers/{name}", get(numbers))
        .route("/insight/reckon", post(reckon))
}

/// A chart, and its numbers for whoever takes them along.
struct Drawn {
    key: String,
    markup: Markup,
    table: Table,
}

macro_rules! drawn {
    ($($chart:ty),*) => { $(
        impl From<$chart> for Drawn {
            fn from(it: $chart) -> Self {
                Self { key: it.figure.key.clone(), markup: it.draw(), table: it.table() }
            }
        }
    )* };
}

drawn!(Bars, Heat, Lines, Steps, Waterfall, Whale);

/// Every chart of every page.
fn all(told: &Reckoning) -> Vec<Drawn> {
    let pages = [
        worth::drawn,
        returning::drawn,
        profit::drawn,
        staying::drawn,
        coming::drawn,
        loyalty::drawn,
        fairness::drawn,
        health::drawn,
    ];
    pages.iter().flat_map(|page| page(told)).collect()
}

/// The chart of that name; nothing where there is none.
fn chart(drawn: &[Drawn], key: &str) -> Markup {
    html! { @for it in drawn.iter().filter(|it| it.key == key) { (it.markup) } }
}

/// A figure whose numbers can be downloaded.
fn figure(key: &str, title: &str, says: &str) -> Figure {
    Figure::new(key, title, says).csv(&format!("/insight/numbers/{key}"))
}

/// What was last reckoned.
async fn latest(state: &State, desk: &Desk) -> Result<Option<Reckoning>, Problem> {
    desk.may(Permission::ReadPeople)?;
    Ok(state.store().read(reckoning::latest).await?)
}

/// The rooms of this part, of which one is open.
pub(super) fn rooms(open: &str) -> Markup {
    html! {
        nav.sub.many aria-label="Insight" {
            @for (href, label) in ROOMS { a href=(href) aria-current=[(*href == open).then_some("page")] { (label) } }
        }
    }
}

/// A page of this part: its rooms, when it was reckoned, and what it shows; or that nothing was reckoned yet. Its address may hold what was
/// asked for.
fn page(
    desk: &Desk,
    path: &str,
    title: &str,
    told: Option<&Reckoning>,
    show: impl Fn(&Reckoning) -> Markup,
) -> Answer {
    let whole = html! {
        div.stack #told data-live="topic=insight" data-src=(path) {
            @match told {
                Some(told) => { (show(told)) (reckoned(desk, told)) }
                None => {
                    p.lead { "Nothing was reckoned yet. It is done each night, and whenever you ask." }
                    (button("Reckon now"))
                }
            }
        }
    };
    if desk.fragment {
        return Ok(layout::part(whole));
    }
    let main = html! { h1 { (title) } (rooms(path.split('?').next().unwrap_or(path))) (whole) };
    Ok(layout::page(desk, Here::Insight, title, main))
}

fn reckoned(desk: &Desk, told: &Reckoning) -> Markup {
    html! {
        section.row aria-label="When it was reckoned" {
            p.small.soft {
                "Reckoned " (when::ago(told.at, desk.now, &desk.zone)) ", of " (Format::Count.said(told.people as f64)) " people, until " (day_words(told.today)) "."
                @if told.elsewhere > 0 { " " (told.elsewhere) " paid in another currency than most; they are not counted." }
            }
            (button("Reckon anew"))
        }
    }
}

fn button(words: &str) -> Markup {
    html! { form method="post" action="/insight/reckon" { button.quiet { (words) } } }
}

/// A word from whoever wants to know how it is computed; the formula is one press away.
fn how(words: &str, more: Markup) -> Markup {
    html! { details.how { summary { (words) } (more) } }
}

/// Who was left out of what is counted in money.
fn left_out(it: &LeftOut) -> Markup {
    html! { @if let Some(words) = &it.words { p.small.soft { (words) } } }
}

/// Those assumptions on which what is shown depends.
fn assumed() -> Markup {
    html! { p.small { a href="/insight/prices" { "What is assumed where nothing was noted" } } }
}

/// A few numbers with what they are.
fn facts(about: &str, rows: &[(&str, String)]) -> Markup {
    html! {
        table.table.tally { caption.hush { (about) } tbody {
            @for (what, number) in rows { tr { th scope="row" { (what) } td.number { (number) } } }
        } }
    }
}

/// The first letter large, as a sentence or a label begins.
fn begun(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|it| it.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", Format::Count.full(count as f64), if count == 1 { one } else { many })
}

fn people(count: usize) -> String {
    counted(count, "person", "people")
}

fn day_words(day: Day) -> String {
    date_of(day).strftime("%-d %B %Y").to_string()
}

fn money(told: &Reckoning) -> Format {
    Format::Money(told.currency.clone())
}

pub(super) async fn reckon(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let world = state.world().clone();
    state.store().write(move |tx| reckoning::ask(tx, &world)).await?;
    Ok(Redirect::to("/insight").into_response())
}

pub(super) async fn numbers(With(state): With<State>, desk: Desk, Path(name): Path<String>) -> Answer {
    let told =
        latest(&state, &desk).await?.ok_or_else(|| Problem::of_status(axum::http::StatusCode::NOT_FOUND))?;
    let found = all(&told).into_iter().find(|it| it.key == name);
    let found = found.ok_or_else(|| Problem::of_status(axum::http::StatusCode::NOT_FOUND))?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
    ];
    Ok((headers, charts::csv(&found.table)).into_response())
}
