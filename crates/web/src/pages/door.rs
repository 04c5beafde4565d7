//! Links that open the door once: the first owner's, invitations, and the way back after a forgotten password.

use ::house::{Door, HouseError, LinkKind, Newcomer, SHORTEST_PASSWORD, Secret};
use axum::{
    Form,
    extract::{Path, State as With},
    http::header,
    response::{IntoResponse, Redirect},
};
use maud::{Markup, html};
use serde::Deserialize;

use crate::{
    State,
    gate::{self, Visitor},
    layout,
    problem::{Answer, Problem},
};

#[derive(Deserialize, Default)]
pub(crate) struct Given {
    #[serde(default)]
    name: String,
    #[serde(default)]
    email: String,
    password: String,
}

pub(crate) async fn show(With(state): With<State>, Path(secret): Path<String>) -> Answer {
    let door = state.house().door(&Secret::shown(&secret)).await?;
    Ok(layout::bare(title(&door), form(&door, &Given::default(), None)))
}

pub(crate) async fn enter(
    With(state): With<State>,
    Path(secret): Path<String>,
    visitor: Visitor,
    Form(given): Form<Given>,
) -> Answer {
    let secret = Secret::shown(&secret);
    let door = state.house().door(&secret).await?;
    let newcomer = Newcomer {
        name: given.name.clone(),
        email: given.email.clone(),
        password: given.password.clone(),
        browser: visitor.browser,
    };
    match state.house().enter(&secret, newcomer).await {
        Ok(entered) => {
            let next = if door.kind == LinkKind::First { "/house/welcome" } else { "/" };
            Ok(([(header::SET_COOKIE, gate::keep(&state, &entered)?)], Redirect::to(next)).into_response())
        }
        Err(error @ (HouseError::Invalid { .. } | HouseError::Known)) => {
            let problem = Problem::from(error);
            let page = layout::bare(title(&door), form(&door, &given, Some(&problem.detail)));
            Ok((problem.status, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn title(door: &Door) -> &'static str {
    match door.kind {
        LinkKind::First => "Move in",
        LinkKind::Invitation => "Come in",
        LinkKind::Return => "A new password",
    }
}

fn words(door: &Door) -> &'static str {
    match door.kind {
        LinkKind::First => {
            "You are the first one here. This account owns the house; you can invite the others afterwards."
        }
        LinkKind::Invitation => "You have been invited. Tell us what to call you, and choose a password.",
        LinkKind::Return => "Choose a new password. Every browser you were signed in with is signed out.",
    }
}

fn form(door: &Door, given: &Given, said: Option<&str>) -> Markup {
    let name = if given.name.is_empty() { &door.name } else { &given.name };
    html! {
        h1 { (title(door)) }
        p.lead { (words(door)) }
        @if let Some(said) = said { p.said role="alert" { (said) } }
        form.fields method="post" {
            @if door.kind != LinkKind::Return {
                div.field {
                    label for="name" { "What shall people call you?" }
                    input #name name="name" value=(name) autocomplete="name" required maxlength="120" autofocus;
                }
            }
            @if door.kind == LinkKind::First {
                div.field {
                    label for="email" { "Your mail address" }
                    input #email type="email" name="email" value=(given.email) autocomplete="username" required;
                }
            } @else {
                div.field {
                    label for="email" { "Your mail address" }
                    input #email type="email" value=(door.email) autocomplete="username" readonly;
                }
            }
            div.field {
                label for="password" { "A password" }
                input #password type="password" name="password" autocomplete="new-password" required
                    minlength=(SHORTEST_PASSWORD) aria-describedby="password-help";
                p #password-help .small { "At least " (SHORTEST_PASSWORD) " characters. A few words in a row are easy to remember." }
            }
            button { (title(door)) }
        }
    }
}
