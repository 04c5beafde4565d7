//! What the organisation says of itself once.

use ::house::{Permission, Settings};
use axum::{
    Form,
    extract::State as With,
    response::{IntoResponse, Redirect},
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{head, me};
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    problem::{Answer, Problem},
};

#[derive(Deserialize)]
pub(super) struct Given {
    organisation: String,
    own_addresses: String,
    own_domains: String,
    country: String,
    currency: String,
    zone: String,
    #[serde(default)]
    postal_address: String,
    #[serde(default)]
    team_chat: String,
    #[serde(default)]
    next: String,
}

impl From<Given> for Settings {
    fn from(given: Given) -> Self {
        let lines = |text: &str| text.lines().map(|line| line.trim().to_owned()).collect();
        Self {
            organisation: given.organisation,
            own_addresses: lines(&given.own_addresses),
            own_domains: lines(&given.own_domains),
            country: given.country,
            currency: given.currency,
            zone: given.zone,
            postal_address: given.postal_address,
            team_chat: given.team_chat,
        }
    }
}

pub(super) async fn show(desk: Desk) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let main = html! { (head(&desk, "/house/settings")) (form(&desk.settings, "/house/settings")) };
    Ok(layout::page(&desk, Here::House, "Settings", main))
}

/// The first page after moving in.
pub(super) async fn welcome(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let passkeys = state.house().passkeys(&desk.viewer).await?;
    let main = html! {
        div.stack {
            h1 { "Welcome, " (desk.viewer.name()) }
            p.lead { "A few things that everything else here asks for. You can change them at any time." }
            (form(&desk.settings, "/import"))
            @if state.passkeys().is_some() { (me::passkey_list(&desk, &passkeys)) }
        }
    };
    Ok(layout::page(&desk, Here::House, "Welcome", main))
}

pub(super) async fn change(With(state): With<State>, desk: Desk, Form(given): Form<Given>) -> Answer {
    if !given.team_chat.trim().is_empty() {
        channels::team_chat::check(&given.team_chat)
            .map_err(|why| Problem::unfit("team_chat", format!("{why}.")))?;
    }
    let next = if given.next == "/import" { "/import" } else { "/house/settings" };
    state.house().change_settings(&desk.viewer, given.into()).await?;
    Ok(Redirect::to(next).into_response())
}

fn form(settings: &Settings, next: &str) -> Markup {
    html! {
        form.fields method="post" action="/house/settings" {
            input type="hidden" name="next" value=(next);
            div.field { label for="organisation" { "What the organisation is called" } input #organisation name="organisation" value=(settings.organisation) maxlength="200"; }
            div.field {
                label for="own-domains" { "Your mail domains, one on each line" }
                textarea #own-domains name="own_domains" aria-describedby="domains-help" placeholder="example.org" { (settings.own_domains.join("\n")) }
                p #domains-help .small { "Mail from there was said by you, not heard from somebody." }
            }
            div.field { label for="own-addresses" { "Mail addresses of yours elsewhere, one on each line" } textarea #own-addresses name="own_addresses" { (settings.own_addresses.join("\n")) } }
            div.field {
                label for="postal" { "Where you are by post" }
                textarea #postal name="postal_address" aria-describedby="postal-help" autocomplete="street-address" { (settings.postal_address) }
                p #postal-help .small { "It stands below digests. Some countries want it there." }
            }
            div.side-by-side {
                div.field { label for="country" { "Country of phone numbers" } input #country name="country" value=(settings.country) maxlength="2" placeholder="DE" autocomplete="country"; }
                div.field { label for="currency" { "Currency" } input #currency name="currency" value=(settings.currency) maxlength="3" required; }
                div.field { label for="zone" { "Time zone" } input #zone name="zone" value=(settings.zone) required placeholder="Europe/Berlin"; }
            }
            div.field {
                label for="team-chat" { "Where your team chats (address of an incoming webhook)" }
                input #team-chat type="url" name="team_chat" value=(settings.team_chat) autocomplete="off" aria-describedby="chat-help" placeholder="https://chat.example.org/hooks/";
                p #chat-help .small { "Each morning at eight everyone there meets one of the people you work for, by name: whoever has reason to be unhappy first. Leave it empty, and only Today shows somebody to each of you." }
            }
            p { button { "Keep" } }
        }
    }
}
