//! Forgetting somebody: what would go, then a word that it shall, then the receipt.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, State as With},
};
use maud::{Markup, html};
use memory::{
    forgetting::{self, Receipt},
    people::{self, Person},
};
use model::PersonId;
use serde::Deserialize;

use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    pages::parts::heading,
    problem::{Answer, Problem},
};

#[derive(Deserialize)]
pub(super) struct Given {
    #[serde(default)]
    sure: String,
}

pub(super) async fn preview(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.may(Permission::ForgetPeople)?;
    let id: PersonId = id.parse()?;
    let read = state
        .store()
        .read(move |db| Ok::<_, Problem>((people::person(db, id)?, forgetting::preview(db, id)?)));
    let (person, rows) = read.await?;
    let main = ask(&person, rows.into_iter());
    Ok(layout::page(&desk, Here::People, &format!("Forget {}", person.name), main))
}

pub(super) async fn forget(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Answer {
    desk.may(Permission::ForgetPeople)?;
    if given.sure != "yes" {
        return Err(Problem::unfit("sure", "Please tick that you are sure; it cannot be undone."));
    }
    let id: PersonId = id.parse()?;
    let receipt = delivery::forgetting::forget(state.store(), id, Some(desk.viewer.staff())).await?;
    let (world, act) = (state.world().clone(), Act::by(&desk.viewer, "person.forgotten", receipt.id));
    state.store().write(move |tx| ::house::note(tx, &world, &act)).await?;
    Ok(layout::page(&desk, Here::People, "Forgotten", shown(&receipt)))
}

fn counts(rows: impl Iterator<Item = (String, i64)>) -> Markup {
    html! {
        table.table {
            tbody { @for (what, count) in rows.filter(|(_, count)| *count > 0) {
                tr { th scope="row" { (heading(&what)) } td.number { (count) } }
            } }
        }
    }
}

fn ask(person: &Person, rows: impl Iterator<Item = (String, i64)>) -> Markup {
    html! {
        div.stack {
            h1 { "Forget " (person.name) "?" }
            p.lead { "Everything we know of them goes, from every page, index and file. It cannot be undone." }
            (counts(rows))
            p.soft { "What stays is a keyed hash of each address, so that an import does not bring them back unasked, and a receipt that names nobody." }
            form.fields method="post" {
                label.choice { input type="checkbox" name="sure" value="yes" required; "Yes, forget them for good" }
                p.row { button.grave { "Forget them" } a.button.quiet href={"/people/" (person.id)} { "No, keep them" } }
            }
        }
    }
}

fn shown(receipt: &Receipt) -> Markup {
    html! {
        div.stack {
            h1 { "Forgotten" }
            p.lead { "This is the receipt. It names nobody; keep its number if you need to show that it was done." }
            p.secret { (receipt.id) }
            h2 { "What went" }
            (counts(receipt.gone.clone().into_iter()))
            h2 { "What stays, and why" }
            ul { @for it in &receipt.stays { li { (it.what) @if let Some(until) = it.until { " Until " (until.date()) "." } } } }
            @if !receipt.overwritten { p.soft { "The free space of the database is overwritten in the coming night." } }
            p { a.button.quiet href="/people" { "To the others" } }
        }
    }
}
