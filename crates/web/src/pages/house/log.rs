//! The log of who did what.

use ::house::AuditLine;
use axum::extract::{Query, State as With};
use maud::{Markup, html};
use serde::Deserialize;

use super::head;
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    problem::Answer,
    when,
};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Wanted {
    about: String,
    after: String,
}

pub(super) async fn show(With(state): With<State>, desk: Desk, Query(wanted): Query<Wanted>) -> Answer {
    let about = Some(wanted.about.clone()).filter(|about| !about.is_empty());
    let after = match wanted.after.as_str() {
        "" => None,
        id => Some(id.parse()?),
    };
    let page = state.house().audit(&desk.viewer, about, after).await?;
    let more = html! {
        p.more #next { @if let Some(next) = page.next {
            a.button.quiet href={"/house/log?about=" (wanted.about) "&after=" (next)} data-more="auto" { "Earlier" }
        } }
    };
    if desk.fragment {
        return Ok(layout::part(html! {
            table { tbody #lines data-op="append" { (lines(&desk, &page.lines)) } }
            (more)
        }));
    }
    let main = html! {
        (head(&desk, "/house/log"))
        @if !wanted.about.is_empty() { p.row { "About " code { (wanted.about) } a href="/house/log" { "Everything" } } }
        div.scroll { table.table {
            thead { tr { th scope="col" { "When" } th scope="col" { "Who" } th scope="col" { "What" } th scope="col" { "About" } } }
            tbody #lines { (lines(&desk, &page.lines)) }
        } }
        (more)
    };
    Ok(layout::page(&desk, Here::House, "Log", main))
}

fn lines(desk: &Desk, lines: &[AuditLine]) -> Markup {
    html! { @for line in lines { (row(desk, line)) } }
}

fn row(desk: &Desk, line: &AuditLine) -> Markup {
    let detail = line.detail.as_object().filter(|d| !d.is_empty()).map(|_| line.detail.to_string());
    html! {
        tr id=(line.id) {
            td { (when::ago(line.at, desk.now, &desk.zone)) }
            td { @match &line.who { Some((_, name)) => (name), None if line.how == ::house::CHAT => span.soft { "they themselves" }, None => span.soft { "the program" } } span.small.soft { " by " (line.how) } }
            td { (line.verb.replace(['.', '_'], " ")) @if let Some(detail) = detail { br; code.small { (detail) } } }
            td { @if !line.about.is_empty() { a.small href={"/house/log?about=" (line.about)} { (short(&line.about)) } } }
        }
    }
}

/// Enough of an id to tell it from its neighbours.
fn short(id: &str) -> String {
    match (id.split_once('_'), id.len()) {
        (Some((kind, rest)), 20..) => format!("{kind}_…{}", &rest[rest.len().saturating_sub(6)..]),
        _ => id.to_owned(),
    }
}
