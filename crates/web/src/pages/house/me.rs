//! You: your name and password, the browsers you are signed in with, your passkeys, and keys for programs.

use ::house::{ApiToken, NewToken, Permission, Scope, Secret, Session, StoredPasskey};
use axum::{
    Form, Json,
    extract::{Path, State as With},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect},
};
use conversations::speaking;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

use super::{head, photo};
use crate::{
    State, assets,
    gate::{self, Desk},
    icon::{Icon, icon},
    layout::{self, Here},
    pages::{language, sign_in::Answered},
    problem::{Answer, Problem},
    when,
};

#[derive(Deserialize)]
pub(super) struct Name {
    name: String,
}

#[derive(Deserialize)]
pub(super) struct NewPassword {
    old_password: String,
    password: String,
}

/// Each scope is a box of its own, ticked or not.
#[derive(Deserialize)]
pub(super) struct NewKey {
    label: String,
    #[serde(flatten)]
    ticked: std::collections::BTreeMap<String, String>,
}

pub(super) async fn show(With(state): With<State>, desk: Desk) -> Answer {
    let house = state.house();
    let own = house.own(&desk.viewer).await?;
    let (sessions, keys) = (house.sessions(&desk.viewer).await?, house.tokens(&desk.viewer).await?);
    let passkeys = house.passkeys(&desk.viewer).await?;
    let me = desk.viewer.staff();
    let left = state.store().read(move |db| speaking::left_by(db, me)).await?;
    let main = html! {
        (head(&desk, "/house/me"))
        div.stack {
            form.fields method="post" action="/house/me/name" {
                div.field { label for="name" { "What people call you" } input #name name="name" value=(own.name) required maxlength="120" autocomplete="name"; }
                p.row { button.quiet { "Keep" } span.soft { (own.email) } }
            }
            (photo::form(own.id, own.photo.is_some()))
            (browsers(&desk, &sessions))
            @if state.passkeys().is_some() { (passkey_list(&desk, &passkeys)) }
            (password())
            (language::mine(&desk, &left))
            @if desk.can(Permission::MakeTokens) { (key_list(&desk, &keys)) }
            form method="post" action="/sign-out" { button.quiet { (icon(Icon::Leave)) "Sign out" } }
        }
    };
    Ok(layout::page(&desk, Here::House, "You", main))
}

fn browsers(desk: &Desk, sessions: &[Session]) -> Markup {
    html! {
        section {
            h2 { "Where you are signed in" }
            ul.lines { @for session in sessions {
                li {
                    div {
                        (session.browser) @if Some(session.id) == desk.viewer.session() { span.soft { " (this one)" } }
                        p.small.soft { "Last seen " (when::ago(session.seen_at, desk.now, &desk.zone)) ", by " (session.how) }
                    }
                    form method="post" action={"/house/me/sessions/" (session.id) "/end"} { button.plain { "Sign out there" } }
                }
            } }
            @if sessions.len() > 1 {
                form method="post" action="/house/me/sessions/end" { p { button.quiet { "Sign out everywhere" } } }
            }
        }
    }
}

/// Also shown on the first page after moving in.
pub(super) fn passkey_list(desk: &Desk, passkeys: &[StoredPasskey]) -> Markup {
    html! {
        section {
            h2 { "Passkeys" }
            p.soft { "Sign in with your finger, face or device code instead of a password." }
            ul.lines { @for key in passkeys {
                li {
                    div {
                        (key.label)
                        p.small.soft { "Since " (when::date(key.created_at, &desk.zone)) @if let Some(used) = key.used_at { ", used " (when::ago(used, desk.now, &desk.zone)) } }
                    }
                    form method="post" action={"/house/me/passkeys/" (hex(&key.credential)) "/remove"} { button.plain data-sure="This passkey opens nothing any more." { "Remove" } }
                }
            } }
            div.fields data-passkeys hidden {
                div.field { label for="passkey-label" { "What to call it" } input #passkey-label maxlength="80" placeholder="My laptop"; }
                p { button.quiet type="button" data-passkey="create" data-begin="/house/me/passkeys/begin" data-finish="/house/me/passkeys/finish" { (icon(Icon::Key)) "Add a passkey" } }
                p #passkey-said role="status" {}
            }
            script src=(assets::url("passkey.js")) defer {}
        }
    }
}

fn password() -> Markup {
    html! {
        section {
            h2 { "Password" }
            details { summary { "Change it" } form.fields method="post" action="/house/me/password" data-part {
                div.field { label for="old" { "The one you have" } input #old type="password" name="old_password" required autocomplete="current-password"; }
                div.field { label for="new" { "The new one" } input #new type="password" name="password" required minlength=(::house::SHORTEST_PASSWORD) autocomplete="new-password"; }
                p { button { "Change" } }
            } }
        }
    }
}

fn key_list(desk: &Desk, keys: &[ApiToken]) -> Markup {
    html! {
        section {
            h2 { "Keys for programs" }
            ul.lines { @for key in keys {
                li {
                    div {
                        (key.label)
                        p.small.soft {
                            @for (n, scope) in key.scopes.iter().enumerate() { @if n > 0 { ", " } (scope) } " · "
                            @match key.used_at { Some(used) => { "used " (when::ago(used, desk.now, &desk.zone)) }, None => "never used" }
                        }
                    }
                    form method="post" action={"/house/me/keys/" (key.id) "/revoke"} { button.plain data-sure="Programs with this key are turned away from now on." { "Make it worthless" } }
                }
            } }
            details { summary { "Make a key" } form.fields method="post" action="/house/me/keys" {
                div.field { label for="label" { "What is it for?" } input #label name="label" required maxlength="80" placeholder="The web shop"; }
                fieldset { legend.small { "It may" } @for scope in Scope::ALL {
                    label.choice { input type="checkbox" name={"scope " (scope)} value="yes"; (scope.words()) }
                } }
                p { button { "Make the key" } }
            } }
        }
    }
}

pub(super) async fn rename(With(state): With<State>, desk: Desk, Form(given): Form<Name>) -> Answer {
    state.house().rename(&desk.viewer, &given.name).await?;
    Ok(Redirect::to("/house/me").into_response())
}

pub(super) async fn change_password(
    With(state): With<State>,
    desk: Desk,
    Form(given): Form<NewPassword>,
) -> Answer {
    state.house().change_password(&desk.viewer, given.old_password, given.password).await?;
    Ok(Redirect::to("/house/me").into_response())
}

pub(super) async fn end_session(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    state.house().sign_out(&desk.viewer, id.parse()?).await?;
    Ok(Redirect::to("/house/me").into_response())
}

pub(super) async fn end_everywhere(With(state): With<State>, desk: Desk) -> Answer {
    state.house().sign_out_everywhere(&desk.viewer).await?;
    Ok(([(header::SET_COOKIE, gate::drop(&state)?)], Redirect::to("/sign-in")).into_response())
}

pub(super) async fn make_key(With(state): With<State>, desk: Desk, Form(given): Form<NewKey>) -> Answer {
    let ticked = given.ticked.keys().filter_map(|name| name.strip_prefix("scope "));
    let scopes = ticked.map(str::parse).collect::<Result<Vec<Scope>, String>>();
    let scopes = scopes.map_err(|why| Problem::unfit("scopes", why))?;
    let new = NewToken { label: given.label, scopes };
    let (secret, _) = state.house().make_token(&desk.viewer, new).await?;
    let main = html! {
        (head(&desk, "/house/me"))
        div.stack {
            h2 { "Your new key" }
            p { "Copy it now; it is shown only this once. Whoever has it may what it was made for, in your name." }
            p.secret #secret { (secret.expose()) }
            p { a.button.quiet href="/house/me" { "Done" } }
        }
    };
    Ok(layout::page(&desk, Here::House, "Your new key", main))
}

pub(super) async fn revoke_key(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    state.house().revoke_token(&desk.viewer, id.parse()?).await?;
    Ok(Redirect::to("/house/me").into_response())
}

pub(super) async fn begin_passkey(With(state): With<State>, desk: Desk) -> Answer {
    let passkeys = state.passkeys().ok_or_else(|| Problem::of_status(StatusCode::NOT_FOUND))?;
    let challenge = passkeys.begin_registration(state.house(), &desk.viewer).await?;
    Ok(Json(json!({"ceremony": challenge.secret.expose(), "options": challenge.options})).into_response())
}

pub(super) async fn finish_passkey(
    With(state): With<State>,
    desk: Desk,
    Json(given): Json<Answered>,
) -> Answer {
    let passkeys = state.passkeys().ok_or_else(|| Problem::of_status(StatusCode::NOT_FOUND))?;
    let Answered { ceremony, answer, label, .. } = given;
    let secret = Secret::shown(&ceremony);
    passkeys.finish_registration(state.house(), &desk.viewer, &secret, answer, &label).await?;
    Ok(Json(json!({"next": "/house/me"})).into_response())
}

pub(super) async fn remove_passkey(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    let credential = unhex(&id).ok_or_else(|| Problem::of_status(StatusCode::NOT_FOUND))?;
    state.house().remove_passkey(&desk.viewer, credential).await?;
    Ok(Redirect::to("/house/me").into_response())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok());
    pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
}
