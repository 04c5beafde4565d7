//! Coming in: an address is entered, and the same is said whether we know it or not; the link in the mail works once, by a press and not by a
//! look.

use axum::{
    Form,
    extract::{Path, State as With},
    http::header,
    response::{IntoResponse, Redirect},
};
use house::Limit;
use maud::html;
use permission::{Point, visits};
use serde::Deserialize;

use super::cookie;
use crate::{
    State,
    gate::Visitor,
    layout,
    problem::{Answer, Problem},
};

/// Links asked for from one network address: an office behind one asks for all its people.
const FROM_ONE_PLACE: Limit = Limit { name: "links from an address", burst: 30, every_seconds: 60 };
/// Links to one mailbox: nobody floods somebody else's with our help.
const TO_ONE_ADDRESS: Limit = Limit { name: "links to an address", burst: 4, every_seconds: 900 };

#[derive(Deserialize)]
pub(super) struct Given {
    address: String,
}

/// What whoever is not in sees.
pub(super) async fn door(state: &State) -> Answer {
    let us = us(state).await?;
    let main = html! {
        h1 { "Your page with " (us) }
        p.lead { "What we know of you, what you allow us, and what we promised you." }
        form.fields method="post" action="/me" {
            div.field {
                label for="address" { "Your mail address" }
                input #address type="email" name="address" required autocomplete="email" aria-describedby="address-help";
                p #address-help .small { "We send a link there. It works once, for half an hour." }
            }
            div { button { "Send me the link" } }
        }
    };
    Ok(layout::own("Your page with us", &us, main))
}

pub(super) async fn us(state: &State) -> Result<String, Problem> {
    let settings = state.house().settings().await?;
    Ok(if settings.organisation.is_empty() { "us".to_owned() } else { settings.organisation })
}

pub(super) async fn ask(With(state): With<State>, visitor: Visitor, Form(given): Form<Given>) -> Answer {
    let point = Point::mail(&given.address);
    if point.handle().is_none() {
        return Err(Problem::unfit("address", "is no mail address"));
    }
    state.house().count(FROM_ONE_PLACE, &visitor.address).await?;
    state.house().count(TO_ONE_ADDRESS, &point.id()).await?;
    let world = state.world().clone();
    state.store().write(move |tx| delivery::visiting::ask_for_link(tx, &world, &point)).await?;
    let us = us(&state).await?;
    let main = html! {
        h1 { "Please look into your mailbox" }
        p.lead role="status" { "If we know this address, a link is on its way to it." }
        p { "It works once, for half an hour. If nothing comes, look among unwanted mail, or write to us: we know people by other addresses, too." }
        p { a href="/me" { "Another address" } }
    };
    Ok(layout::own("A link is on its way", &us, main))
}

pub(super) async fn look(With(state): With<State>, Path(token): Path<String>) -> Answer {
    let (now, us) = (state.world().now(), us(&state).await?);
    let point = state.store().read(move |db| visits::of_link(db, &token, now)).await?;
    let main = html! {
        h1 { "Your page with " (us) }
        @if point.is_some() {
            p.lead { "One press, and you are in." }
            form method="post" { button { "Open my page" } }
        } @else {
            p.lead { "This link is too old." }
            p { a.button href="/me" { "Ask for another" } }
        }
    };
    Ok(layout::own("Your page with us", &us, main))
}

pub(super) async fn enter(With(state): With<State>, Path(token): Path<String>) -> Answer {
    let world = state.world().clone();
    let shown = state
        .store()
        .write(move |tx| {
            let (point, shown) = visits::enter(tx, &world, &token)?;
            if let Some(handle) = point.handle() {
                memory::people::prove(tx, &handle)?;
            }
            Ok::<_, Problem>(shown)
        })
        .await?;
    let kept = cookie(&state, &shown, visits::VISIT_SECONDS)?;
    Ok(([(header::SET_COOKIE, kept)], Redirect::to("/me")).into_response())
}

pub(super) async fn leave(With(state): With<State>) -> Answer {
    let gone = cookie(&state, "", 0)?;
    Ok(([(header::SET_COOKIE, gone)], Redirect::to("/me")).into_response())
}
