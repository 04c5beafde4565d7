//! A form that says the same without a script: a few words, and where the answer goes.

use axum::{
    Form,
    extract::{Query, State as With},
    response::{IntoResponse, Redirect},
};
use conversations::talks::{self, Heard, Key};
use maud::{Markup, html};
use serde::Deserialize;

use super::{FORMS, Open, frame, stranger};
use crate::{
    State,
    gate::Visitor,
    problem::{Answer, Problem},
};

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Given {
    key: String,
    text: String,
    address: String,
    name: String,
    /// Nobody sees this field, so nobody fills it in.
    website: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    thanks: Option<String>,
}

pub(super) async fn show(With(state): With<State>, Open(site): Open, Query(asked): Query<Asked>) -> Answer {
    let house = house(&state, &site.name).await?;
    if asked.thanks.is_some() {
        let main = html! {
            h1 { (house) }
            p role="status" { "Thank you. It has arrived, and we answer by mail." }
        };
        return frame::framed(&site, frame::whole(&house, &main, false));
    }
    let key = Key::new(state.world());
    let main = form(&house, &site.greeting, &Given { key: key.expose().into(), ..Given::default() }, None);
    frame::framed(&site, frame::whole(&house, &main, false))
}

async fn house(state: &State, name: &str) -> Result<String, Problem> {
    let settings = state.house().settings().await?;
    Ok(if settings.organisation.is_empty() { name.to_owned() } else { settings.organisation })
}

fn form(house: &str, greeting: &str, given: &Given, trouble: Option<&str>) -> Markup {
    html! {
        h1 { (house) }
        @if !greeting.is_empty() { p.greeting { (greeting) } }
        @if let Some(trouble) = trouble { p #said .bad role="alert" { (trouble) } }
        form method="post" {
            input type="hidden" name="key" value=(given.key);
            label for="words" { "What you would like to say" }
            textarea #words name="text" rows="6" maxlength="8000" required { (given.text) }
            label for="mail" { "Your mail address, for the answer" }
            input #mail name="address" type="email" autocomplete="email" required value=(given.address);
            label for="name" { "Your name, if you like" }
            input #name name="name" autocomplete="name" maxlength="200" value=(given.name);
            div hidden { label for="website" { "Leave this empty" } input #website name="website" tabindex="-1" autocomplete="off"; }
            p { button { "Send" } }
        }
    }
}

pub(super) async fn send(
    With(state): With<State>,
    Open(site): Open,
    visitor: Visitor,
    Form(given): Form<Given>,
) -> Answer {
    let there = format!("/chat/{}/form?thanks=1", site.id);
    if !given.website.is_empty() {
        return Ok(Redirect::to(&there).into_response());
    }
    match keep(&state, &site, &visitor, &given).await {
        Ok(()) => Ok(Redirect::to(&there).into_response()),
        Err(problem) => {
            let house = house(&state, &site.name).await?;
            let main = form(&house, &site.greeting, &given, Some(&problem.detail));
            let page = frame::framed(&site, frame::whole(&house, &main, false))?;
            Ok((problem.status, page).into_response())
        }
    }
}

async fn keep(
    state: &State,
    site: &conversations::sites::Site,
    visitor: &Visitor,
    given: &Given,
) -> Result<(), Problem> {
    if site.vouched_only {
        return Err(stranger());
    }
    state.house().count(FORMS, &visitor.address).await?;
    let (world, id, key) = (state.world().clone(), site.id, Key::shown(&given.key)?);
    let heard =
        Heard { name: "form".into(), text: given.text.clone(), page: String::new(), files: Vec::new() };
    let (address, name) = (given.address.clone(), given.name.clone());
    state
        .store()
        .write(move |tx| {
            let (talk, _) = talks::hear(tx, &world, id, &key, &heard)?;
            talks::write_to(tx, &world, &talk, &address)?;
            talks::called(tx, &world, &talk, &name)?;
            Ok::<_, Problem>(())
        })
        .await
}
