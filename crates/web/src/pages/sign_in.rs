//! Coming in and going out.

use ::house::{Entered, HouseError, Secret, SignIn};
use axum::{
    Form, Json,
    extract::{Query, State as With},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    State, assets,
    gate::{self, Desk, Visitor},
    icon::{Icon, icon},
    layout,
    problem::{Answer, Problem},
};

/// Where somebody wanted to go.
#[derive(Deserialize, Default)]
pub(crate) struct Wanted {
    #[serde(default)]
    next: String,
}

#[derive(Deserialize)]
pub(crate) struct Given {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// Only places in this house: a link from outside must not lead away after signing in.
fn inside(next: &str) -> &str {
    let ours = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n']);
    if ours { next } else { "/" }
}

pub(crate) async fn show(With(state): With<State>, Query(wanted): Query<Wanted>) -> Answer {
    if !state.house().is_settled().await? {
        return Ok(layout::bare("Welcome", not_settled()));
    }
    Ok(layout::bare("Sign in", form(&state, &wanted.next, "", None)))
}

pub(crate) async fn sign_in(With(state): With<State>, visitor: Visitor, Form(given): Form<Given>) -> Answer {
    let Given { email, password, next } = given;
    let Visitor { address, browser } = visitor;
    let tried = state.house().sign_in(SignIn { email: email.clone(), password, address, browser }).await;
    match tried {
        Ok(entered) => {
            Ok(([(header::SET_COOKIE, gate::keep(&state, &entered)?)], Redirect::to(inside(&next)))
                .into_response())
        }
        Err(error @ (HouseError::WrongPassword | HouseError::TooOften { .. })) => {
            let problem = Problem::from(error);
            let page = layout::bare("Sign in", form(&state, &next, &email, Some(&problem.detail)));
            Ok((problem.status, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn sign_out(With(state): With<State>, desk: Desk) -> Answer {
    if let Some(session) = desk.viewer.session() {
        state.house().sign_out(&desk.viewer, session).await?;
    }
    Ok(([(header::SET_COOKIE, gate::drop(&state)?)], Redirect::to("/sign-in")).into_response())
}

pub(crate) async fn begin_passkey(With(state): With<State>) -> Answer {
    let passkeys = state.passkeys().ok_or_else(|| Problem::of_status(StatusCode::NOT_FOUND))?;
    let challenge = passkeys.begin_sign_in(state.house()).await?;
    Ok(Json(json!({"ceremony": challenge.secret.expose(), "options": challenge.options})).into_response())
}

/// The second half of a passkey ceremony, as our script sends it.
#[derive(Deserialize)]
pub(crate) struct Answered {
    pub(crate) ceremony: String,
    pub(crate) answer: Value,
    #[serde(default)]
    pub(crate) label: String,
    #[serde(default)]
    next: String,
}

pub(crate) async fn finish_passkey(
    With(state): With<State>,
    visitor: Visitor,
    Json(given): Json<Answered>,
) -> Answer {
    let passkeys = state.passkeys().ok_or_else(|| Problem::of_status(StatusCode::NOT_FOUND))?;
    let secret = Secret::shown(&given.ceremony);
    let entered = passkeys.finish_sign_in(state.house(), &secret, given.answer, visitor.browser).await?;
    entered_json(&state, &entered, inside(&given.next))
}

fn entered_json(state: &State, entered: &Entered, next: &str) -> Answer {
    let cookie = [(header::SET_COOKIE, gate::keep(state, entered)?)];
    let response: Response = (cookie, Json(json!({ "next": next }))).into_response();
    Ok(response)
}

fn form(state: &State, next: &str, email: &str, said: Option<&str>) -> Markup {
    html! {
        div { h1 { "Good to see you" } }
        @if let Some(said) = said { p.said role="alert" { (said) } }
        form.fields method="post" action="/sign-in" {
            input type="hidden" name="next" value=(inside(next));
            div.field {
                label for="email" { "Mail address" }
                input #email type="email" name="email" value=(email) autocomplete="username" required
                    autofocus[email.is_empty()];
            }
            div.field {
                label for="password" { "Password" }
                input #password type="password" name="password" autocomplete="current-password" required
                    autofocus[!email.is_empty()];
            }
            button { "Sign in" }
        }
        @if state.passkeys().is_some() {
            div.stack data-passkeys hidden {
                p.or { "or" }
                button.quiet type="button" data-passkey="get" data-begin="/sign-in/passkey/begin"
                    data-finish="/sign-in/passkey/finish" data-next=(inside(next)) {
                    (icon(Icon::Key)) "Use a passkey"
                }
                p #passkey-said role="status" {}
            }
            script src=(assets::url("passkey.js")) defer {}
        }
        p.soft.small { "Forgot the password? Whoever looks after the house can make you a link for a new one." }
    }
}

fn not_settled() -> Markup {
    html! {
        h1 { "Nobody lives here yet" }
        p.lead { "Regard printed a link when it started. Open it to make the first account: yours." }
        p.soft { "It is on the screen where Regard was started. Start it again for a fresh one." }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_never_leads_out_of_the_house() {
        assert_eq!(inside("/people?q=x"), "/people?q=x");
        for outside in
            ["https://evil.example", "//evil.example", "/\\evil.example", "", "javascript:alert(1)"]
        {
            assert_eq!(inside(outside), "/");
        }
    }
}
