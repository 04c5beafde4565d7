//! What may be said to whom: the policy that holds, as tables, since when and by whom; and its rows, to be edited.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::State as With,
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use maud::{Markup, html};
use memory::MemoryError;
use permission::{
    PermissionError,
    policies::{self, Version},
};
use serde::Deserialize;
use serde_json::json;

use super::head;
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    pages::parts::{Names, name_of, names},
    problem::{Answer, Problem},
    when,
};

/// Characters of a policy; the one that comes with the program has a twentieth of that.
const LONGEST: usize = 200_000;

/// Rows as somebody edited them.
#[derive(Deserialize)]
pub(super) struct Given {
    /// The version that they had before their eyes.
    before: String,
    rows: String,
}

pub(super) async fn show(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let version = state.store().read(policies::current).await?;
    let names = names(&state).await?;
    Ok(page(&desk, &version, &names, None).into_response())
}

fn page(
    desk: &Desk,
    version: &Version,
    names: &Names,
    typed: Option<(&str, &str)>,
) -> axum::response::Response {
    let main = html! {
        (head(desk, "/house/policy"))
        div.stack {
            h2 { "What may be said to whom" }
            p.lead { (since(desk, version, names)) }
            (form(version, typed))
            (tables(&permission::table(&version.policy)))
        }
    };
    layout::page(desk, Here::House, "What may be said to whom", main)
}

fn since(desk: &Desk, version: &Version, names: &Names) -> Markup {
    html! {
        @match version.at {
            None => { "The rows that came with the program hold. They are no legal advice: laws differ by place and change, and you answer for it." }
            Some(at) => {
                "Version " code { (version.name) } " holds since " (when::clock(at, &desk.zone))
                @if version.by.is_some() { " (" (name_of(names, version.by)) ")." } @else { " (from the command line)." }
            }
        }
    }
}

fn form(version: &Version, typed: Option<(&str, &str)>) -> Markup {
    let rows = typed.map_or(version.text.as_str(), |(rows, _)| rows);
    html! {
        details open[typed.is_some()] {
            summary { "Change the rows" }
            form.fields method="post" action="/house/policy" {
                @if let Some((_, why)) = typed { p.said #policy-trouble role="alert" { (why) } }
                input type="hidden" name="before" value=(version.name);
                div.field {
                    label for="policy-rows" { "Rows (TOML)" }
                    textarea #policy-rows.tall name="rows" rows="24" required maxlength=(LONGEST) spellcheck="false" autocomplete="off"
                        aria-describedby=[typed.map(|_| "policy-trouble")] aria-invalid=[typed.map(|_| "true")] { "\n" (rows) }
                    p.small.soft { "What you keep holds for everything that leaves from then on. No version is ever lost." }
                }
                p { button { "Keep this version" } }
            }
        }
    }
}

/// The printed tables as a page shows them.
fn tables(printed: &str) -> Markup {
    let mut shown = Vec::new();
    let (mut rows, mut about): (Vec<Vec<&str>>, &str) = (Vec::new(), "Table");
    for line in printed.lines().map(str::trim_end).chain([""]) {
        match line.strip_prefix('|').and_then(|it| it.strip_suffix('|')) {
            Some(cells) if cells.split('|').all(|it| it.trim() == "---") => {}
            Some(cells) => rows.push(cells.split('|').map(str::trim).collect()),
            None => {
                shown.extend(table(about, &std::mem::take(&mut rows)));
                match line.strip_prefix("## ") {
                    Some(title) => {
                        about = title;
                        shown.push(html! { h3 { (title) } });
                    }
                    None if line.is_empty() || line.starts_with("# ") => {}
                    None => {
                        about = line;
                        shown.push(html! { p { (line) } });
                    }
                }
            }
        }
    }
    html! { @for it in shown { (it) } }
}

fn table(about: &str, rows: &[Vec<&str>]) -> Option<Markup> {
    let (head, body) = rows.split_first()?;
    if body.is_empty() {
        return Some(html! { p.soft { "None." } });
    }
    Some(html! {
        div.scroll tabindex="0" role="region" aria-label=(about) {
            table.table {
                thead { tr { @for it in head { th scope="col" { @if it.is_empty() { span.hush { "Number" } } @else { (it) } } } } }
                tbody { @for row in body { tr { @for it in row { td { (it) } } } } }
            }
        }
    })
}

pub(super) async fn change(With(state): With<State>, desk: Desk, Form(given): Form<Given>) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let rows = given.rows.replace("\r\n", "\n");
    if rows.len() > LONGEST {
        return Err(Problem::unfit("rows", format!("A policy has at most {LONGEST} characters.")));
    }
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    let typed = rows.clone();
    let kept = state
        .store()
        .write(move |tx| {
            let current = policies::current(tx)?;
            if current.name != given.before {
                let why = "somebody kept another version meanwhile; please look at it first".to_owned();
                return Err(PermissionError::Unfit { field: "policy", why });
            }
            let name = policies::adopt(tx, &rows, Some(viewer.staff()), world.now())?;
            if name != current.name {
                let act = Act::by(&viewer, "policy.adopted", &name).with(json!({ "before": current.name }));
                ::house::note(tx, &world, &act).map_err(MemoryError::from)?;
            }
            Ok(())
        })
        .await;
    match kept {
        Ok(()) => Ok(Redirect::to("/house/policy").into_response()),
        Err(PermissionError::Unfit { why, .. }) => {
            let version = state.store().read(policies::current).await?;
            let names = names(&state).await?;
            let page = page(&desk, &version, &names, Some((&typed, &why)));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other.into()),
    }
}
