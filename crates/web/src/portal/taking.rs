//! What cannot be undone, or hands everything out: it asks for a code that goes to the address, so that nobody can do it who only sits at their
//! screen.

use axum::{
    Form,
    body::Body,
    extract::State as With,
    http::header,
    response::{IntoResponse, Redirect},
};
use house::Limit;
use maud::{Markup, html};
use memory::forgetting::{self, AskedBy};
use model::PersonId;
use permission::visits;
use serde::Deserialize;
use tokio_util::io::ReaderStream;

use super::{Guest, acts, entering::us, mine, page::Us};
use crate::{
    State, layout,
    pages::parts::heading,
    problem::{Answer, Problem},
    when,
};

/// Codes tried for one address: six digits are not guessed in five tries.
const TRIES: Limit = Limit { name: "codes for an address", burst: 5, every_seconds: 600 };
/// Codes sent to one address.
const CODES: Limit = Limit { name: "codes to an address", burst: 5, every_seconds: 600 };

#[derive(Deserialize)]
pub(super) struct Wanted {
    what: String,
}

#[derive(Deserialize)]
pub(super) struct Code {
    code: String,
}

/// Sends a code and asks for it.
pub(super) async fn ask(With(state): With<State>, guest: Guest, Form(wanted): Form<Wanted>) -> Answer {
    let what = match wanted.what.as_str() {
        "take" => "take",
        "erase" => "erase",
        _ => return Err(Problem::unfit("what", "is nothing that asks for a code")),
    };
    state.house().count(CODES, &guest.point.id()).await?;
    let (world, point) = (state.world().clone(), guest.point.clone());
    state.store().write(move |tx| delivery::visiting::ask_for_code(tx, &world, &point, what)).await?;
    let us = us(&state).await?;
    let main = html! {
        h1 { "Please look into your mailbox" }
        p.lead { "A code of six digits is on its way to " (guest.point.address) "." }
        (form(what, None))
        p { a href="/me#rights" { "Not now" } }
    };
    Ok(layout::own("Your code", &us, main))
}

fn form(what: &str, trouble: Option<&str>) -> Markup {
    let (action, does) = match what {
        "erase" => ("/me/erase", "Forget me"),
        _ => ("/me/take", "Take everything along"),
    };
    html! {
        form.fields method="post" action=(action) {
            @if let Some(trouble) = trouble { p.said role="alert" { (trouble) } }
            div.field {
                label for="code" { "The code" }
                input #code name="code" required inputmode="numeric" autocomplete="one-time-code" pattern="[0-9 ]{6,8}" maxlength="8";
            }
            div { button.grave[what == "erase"] { (does) } }
        }
    }
}

/// Whether the code is the one that was sent; each try counts.
async fn proven(state: &State, guest: &Guest, what: &'static str, code: String) -> Result<bool, Problem> {
    state.house().count(TRIES, &guest.point.id()).await?;
    let (point, now) = (guest.point.clone(), guest.now);
    Ok(state.store().read(move |db| visits::is_code(db, now, &point, what, &code)).await?)
}

async fn wrong(state: &State, what: &str) -> Answer {
    let us = us(state).await?;
    let main = html! {
        h1 { "That is not the code" }
        (form(what, Some("Please look again; it holds for ten minutes, and only for this.")))
        p { a href="/me#rights" { "Ask for another" } }
    };
    Ok(layout::own("That is not the code", &us, main))
}

/// The people that a guest is, each with whether all of them is theirs.
async fn whole(state: &State, guest: &Guest) -> Result<Vec<(PersonId, bool)>, Problem> {
    let point = guest.point.clone();
    let all = state.store().read(move |db| mine(db, &point)).await?;
    Ok(all.iter().map(|it| (it.person.id, it.is_whole())).collect())
}

/// One of us has to look where a part of somebody belongs to an address that they have not shown.
async fn by_hand(state: &State, person: PersonId, what: &'static str) -> Answer {
    let world = state.world().clone();
    state
        .store()
        .write(move |tx| {
            acts::tells(tx, &world, person, what, "A part of what we know of them belongs to another address, which they have not shown to be theirs. Please ask them.")
        })
        .await?;
    let us = us(state).await?;
    let main = html! {
        h1 { "Somebody here looks at it" }
        p.lead { "A part of what we know of you belongs to another address than the one you came in with. One of us writes to you about it." }
        p { a.button href="/me" { "Back to your page" } }
    };
    Ok(layout::own("Somebody here looks at it", &us, main))
}

pub(super) async fn take(With(state): With<State>, guest: Guest, Form(given): Form<Code>) -> Answer {
    if !proven(&state, &guest, "take", given.code).await? {
        return wrong(&state, "take").await;
    }
    let people = whole(&state, &guest).await?;
    let Some((person, is_whole)) = people.first().copied() else {
        return Err(Problem::missing("Anything of this address"));
    };
    if !is_whole || people.len() > 1 {
        return by_hand(&state, person, "They want to take along what we know of them").await;
    }
    let (file, _) = delivery::taking_along::to_unnamed_file(state.store(), person).await?;
    let size = file.metadata().map(|it| it.len()).unwrap_or_default();
    let body = Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(file)));
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"what-we-know-of-you.zip\"".to_owned()),
        (header::CONTENT_LENGTH, size.to_string()),
    ];
    Ok((headers, body).into_response())
}

/// What would go and what would stay.
pub(super) async fn preview(With(state): With<State>, guest: Guest) -> Answer {
    let people = whole(&state, &guest).await?;
    let ids: Vec<PersonId> = people.iter().map(|(id, _)| *id).collect();
    let counts = state
        .store()
        .read(move |db| ids.into_iter().map(|id| forgetting::preview(db, id)).collect::<Result<Vec<_>, _>>())
        .await?;
    let us = us(&state).await?;
    let main = html! {
        h1 { "Forget me" }
        p.lead { "This cannot be taken back, by you or by us." }
        @for gone in &counts {
            h2 { "What goes" }
            ul.plain-list { @for (what, count) in gone.iter().filter(|(_, count)| **count > 0) { li { (heading(what)) ": " (count) } } }
        }
        h2 { "What stays" }
        ul.plain-list {
            li { "A keyed hash of your address, from which it cannot be read: so that nothing brings you back unasked." }
            li { "A signed receipt that names nobody, and says what went." }
            li { "Backups taken before, until they are thrown away; the receipt says when." }
            li { "What other people wrote, even where it mentions you: it is theirs." }
        }
        p { "You will not hear from us any more, not even to say that it is done: you see the receipt here." }
        form.row method="post" action="/me/code" {
            button.grave name="what" value="erase" { "Send me a code for it" }
            a.button.quiet href="/me" { "Not now" }
        }
    };
    Ok(layout::own("Forget me", &us, main))
}

pub(super) async fn erase(With(state): With<State>, guest: Guest, Form(given): Form<Code>) -> Answer {
    if !proven(&state, &guest, "erase", given.code).await? {
        return wrong(&state, "erase").await;
    }
    let us = Us::read(&state).await?;
    let people = whole(&state, &guest).await?;
    if people.is_empty() {
        return Ok(Redirect::to("/me").into_response());
    }
    if let Some((person, _)) = people.iter().find(|(_, is_whole)| !is_whole) {
        return by_hand(&state, *person, "They want to be forgotten").await;
    }
    let mut receipts = Vec::new();
    for (person, _) in people {
        receipts.push(delivery::forgetting::forget_as(state.store(), person, AskedBy::Themselves).await?);
    }
    let gone = super::cookie(&state, "", 0)?;
    let main = html! {
        h1 { "You are forgotten" }
        p.lead role="status" { "Thank you for the time with us." }
        @for receipt in &receipts {
            @let text = serde_json::to_string_pretty(receipt).unwrap_or_default();
            p { "Backups that still hold it are thrown away by " (when::date(receipt.backups_gone_by, &us.zone)) "." }
            details open {
                summary { "The receipt; please keep it" }
                pre { (text) }
            }
            p { a.button download={"receipt-" (receipt.id) ".json"} href={"data:application/json;base64," (base64_of(&text))} { "Keep the receipt" } }
        }
    };
    let page = layout::own("You are forgotten", &us.name, main);
    Ok(([(header::SET_COOKIE, gone)], page).into_response())
}

fn base64_of(text: &str) -> String {
    use base64::{Engine, prelude::BASE64_STANDARD};
    BASE64_STANDARD.encode(text)
}
