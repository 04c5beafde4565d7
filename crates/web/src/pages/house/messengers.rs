//! Messengers by which people write to us: what we enter there, what they need to know of us, and how it is with each.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, State as With},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use channels::messengers::{Account, Service};
use delivery::messengers::{self, Messenger, Unread};
use maud::{Markup, html};
use model::MessengerId;
use serde::Deserialize;

use super::head;
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    originals,
    problem::{Answer, Problem},
    when,
};

/// What could not be read that is shown.
const UNREAD: i64 = 20;

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(super) struct Given {
    id: String,
    service: String,
    address: String,
    name: String,
    sender: String,
    token: String,
    secret: String,
}

impl Given {
    /// What is known already, without what is secret.
    fn of(messenger: &Messenger, account: Account) -> Self {
        let service = messenger.service;
        let usual = account.address == service.usual_address();
        Self {
            id: messenger.id.to_string(),
            service: service.as_str().to_owned(),
            address: if usual { String::new() } else { account.address },
            name: account.name,
            sender: account.sender,
            ..Self::default()
        }
    }

    fn account(self) -> Account {
        let Self { address, name, sender, token, secret, .. } = self;
        Account { address, name, sender, token, secret, word: String::new() }
    }
}

/// A field of the form: its name, what it is called, and an example or a word about it.
type Field = (&'static str, &'static str, &'static str);

/// What a service must be told of, besides where it is asked.
fn fields(service: Service) -> &'static [Field] {
    match service {
        Service::Generic => &[
            ("name", "What you call it", "lab"),
            ("address", "Where it takes what we say", "https://lab.example/regard"),
        ],
        Service::Telegram => &[("token", "The token that @BotFather gave you", "")],
        Service::Whatsapp => &[
            ("name", "Phone number ID", "106540352242922"),
            ("token", "Access token of a system account", ""),
            ("secret", "App secret", ""),
        ],
        Service::Twilio => &[
            ("name", "Account SID", "AC\u{2026}"),
            ("sender", "The number you write from", "+15017122661"),
            ("token", "Auth token", ""),
        ],
    }
}

const ALL: [Service; 4] = [Service::Telegram, Service::Whatsapp, Service::Twilio, Service::Generic];

struct Shown {
    messenger: Messenger,
    unread: Vec<Unread>,
    given: Given,
}

pub(super) async fn show(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::ManageSettings)?;
    page(&state, &desk, None, None).await
}

/// The page, with what was entered and why it was not kept, or with what a service needs to know of us.
async fn page(
    state: &State,
    desk: &Desk,
    trouble: Option<(&Given, &Problem)>,
    told: Option<(MessengerId, String)>,
) -> Answer {
    let found = state
        .store()
        .read(|db| {
            let mut found = Vec::new();
            for messenger in messengers::all(db)? {
                let unread = messengers::unread(db, messenger.id, UNREAD)?;
                found.push((messenger, unread));
            }
            Ok::<_, Problem>(found)
        })
        .await?;
    let mut all = Vec::new();
    for (messenger, unread) in found {
        // What cannot be opened any more is entered anew.
        let account = messengers::account_of(state.store(), messenger.id).await.ok().flatten();
        let given = Given::of(&messenger, account.unwrap_or_default());
        all.push(Shown { messenger, unread, given });
    }
    let wrong = |id: &str| trouble.filter(|(given, _)| given.id == id);
    let main = html! {
        (head(desk, "/house/messengers"))
        p.lead { "People write where they already are. What they say there is part of the same conversation as their mail, and is answered from the same page." }
        div.stack {
            @for it in &all { (place(state, desk, it, wrong(&it.messenger.id.to_string()), told.as_ref())) }
            @for service in ALL {
                @let id: MessengerId = state.world().id();
                @let new = Given { id: id.to_string(), ..Given::default() };
                @let entered = trouble.filter(|(given, _)| given.service == service.as_str() && all.iter().all(|it| it.messenger.id.to_string() != given.id));
                details.notes id={"new-" (service.as_str())} open[entered.is_some()] {
                    summary { "Add " @if service == Service::Generic { "a program of your own" } @else { (service.label()) } }
                    (form(service, entered.map_or(&new, |it| it.0), entered.map(|it| it.1), false))
                }
            }
        }
    };
    let page = layout::page(desk, Here::House, "Messengers", main);
    Ok(match trouble {
        Some((_, problem)) => (problem.status, page).into_response(),
        None => page,
    })
}

fn place(
    state: &State,
    desk: &Desk,
    it: &Shown,
    trouble: Option<(&Given, &Problem)>,
    told: Option<&(MessengerId, String)>,
) -> Markup {
    let Shown { messenger, unread, given } = it;
    let id = messenger.id;
    let told_at = messengers::told_at(&state.config().address, id);
    let told = told.filter(|it| it.0 == id).map(|it| it.1.as_str());
    html! {
        section.reply aria-labelledby={"messenger-" (id)} {
            h2 id={"messenger-" (id)} { (messenger.name) }
            p.small.soft {
                (messenger.service.label()) " \u{b7} "
                @match messenger.heard_at {
                    Some(at) => { "heard from " (when::ago(at, desk.now, &desk.zone)) },
                    None => "not heard from yet",
                }
            }
            @if !messenger.trouble.is_empty() {
                p.said role="status" { "Nothing can be sent since " (when::clock(messenger.since, &desk.zone)) ": " (messenger.trouble) ". Enter it once more below; what was said meanwhile waits and leaves then." }
            }
            (needed(messenger, &told_at, told))
            @if !unread.is_empty() {
                details {
                    summary { (unread.len()) " could not be read" }
                    ul { @for it in unread { li.small {
                        (it.reason) " "
                        a href={"/house/messengers/" (id) "/originals/" (it.digest)} { "Open what came" }
                        " (" (when::ago(it.at, desk.now, &desk.zone)) ")"
                    } } }
                }
            }
            details open[trouble.is_some() || !messenger.trouble.is_empty()] {
                summary { "Change it" }
                (form(messenger.service, trouble.map_or(given, |it| it.0), trouble.map(|it| it.1), true))
                form method="post" action={"/house/messengers/" (id) "/remove"} { button.quiet.grave data-sure={"Listen to " (messenger.name) " no longer? What was said stays."} { "Listen to it no longer" } }
            }
        }
    }
}

/// What is still to be done at the service, and what it must be told of us.
fn needed(messenger: &Messenger, told_at: &str, told: Option<&str>) -> Markup {
    let secret = |label: &str| {
        html! {
            @match told {
                Some(secret) => p { (label) ": " code { (secret) } },
                None => form method="post" action={"/house/messengers/" (messenger.id) "/secret"} { button.quiet { "Show " (label.to_lowercase()) } },
            }
        }
    };
    html! {
        @match messenger.service {
            Service::Telegram => p.small { "Telegram knows where we are; nothing is left to do." },
            Service::Whatsapp => {
                p { "At Meta, in your app under WhatsApp \u{203a} Configuration, enter this address as callback, and subscribe to " b { "messages" } ":" }
                pre tabindex="0" { code { (told_at) } }
                (secret("Its verify token"))
            },
            Service::Twilio => {
                p { "At Twilio, enter this address for your number under \u{201c}A message comes in\u{201d} (webhook, HTTP POST):" }
                pre tabindex="0" { code { (told_at) } }
            },
            Service::Generic => {
                p { "It brings what people said to this address, signed with our secret, as docs/messengers.md says:" }
                pre tabindex="0" { code { (told_at) } }
                (secret("The secret"))
            },
        }
    }
}

fn form(service: Service, given: &Given, trouble: Option<&Problem>, known: bool) -> Markup {
    let id = &given.id;
    let value = |name: &str| match name {
        "name" => given.name.as_str(),
        "sender" => given.sender.as_str(),
        "address" => given.address.as_str(),
        // What is secret is not sent back.
        _ => "",
    };
    html! {
        form.fields method="post" action="/house/messengers" {
            @if let Some(problem) = trouble { p.said role="alert" { (problem.detail) } }
            input type="hidden" name="id" value=(id);
            input type="hidden" name="service" value=(service.as_str());
            @for (name, label, example) in fields(service) {
                @let secret = matches!(*name, "token" | "secret");
                div.field {
                    label for={(name) "-" (id)} { (label) @if secret && known { " (empty: as it is)" } }
                    input id={(name) "-" (id)} name=(name) type=(if secret { "password" } else { "text" }) value=(value(name))
                        required[!(secret && known)] maxlength="500" autocomplete="off" placeholder=(example);
                }
            }
            @if service != Service::Generic {
                details {
                    summary.small { "If you run a server of its own" }
                    div.field {
                        label for={"address-" (id)} { "Where it is asked" }
                        input id={"address-" (id)} name="address" type="url" value=(value("address")) maxlength="500" autocomplete="off" placeholder=(service.usual_address());
                    }
                }
            }
            p { button { @if known { "Keep it" } @else { "Try it and keep it" } } }
        }
    }
}

pub(super) async fn keep(With(state): With<State>, desk: Desk, Form(given): Form<Given>) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let kept = async {
        let id: MessengerId = given.id.parse()?;
        let service: Service = given.service.parse().map_err(|why: String| Problem::unfit("service", why))?;
        let address = &state.config().address;
        messengers::keep(state.store(), id, service, given.clone().account(), address)
            .await
            .map_err(refused)?;
        note(&state, &desk, "messenger.kept", id).await
    };
    match kept.await {
        Ok(()) => Ok(Redirect::to("/house/messengers").into_response()),
        Err(problem) => page(&state, &desk, Some((&given, &problem)), None).await,
    }
}

/// It is the service that said no, not a mail server.
fn refused(error: delivery::DeliveryError) -> Problem {
    match error {
        delivery::DeliveryError::Line(why) => {
            Problem::new(StatusCode::BAD_GATEWAY, "That did not work", format!("{why}."))
        }
        other => other.into(),
    }
}

async fn note(state: &State, desk: &Desk, verb: &'static str, id: MessengerId) -> Result<(), Problem> {
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    state
        .store()
        .write(move |tx| Ok::<_, Problem>(::house::note(tx, &world, &Act::by(&viewer, verb, id))?))
        .await
}

pub(super) async fn secret(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let id: MessengerId = id.parse()?;
    let found = state.store().read(move |db| messengers::one(db, id)).await?;
    let account = messengers::account_of(state.store(), id).await?;
    let (found, account) = found.zip(account).ok_or_else(|| Problem::missing("This messenger"))?;
    note(&state, &desk, "messenger.secret shown", id).await?;
    let secret = if found.service == Service::Whatsapp { account.word } else { account.secret };
    page(&state, &desk, None, Some((id, secret))).await
}

pub(super) async fn remove(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let (id, now): (MessengerId, _) = (id.parse()?, desk.now);
    state.store().write(move |tx| messengers::remove(tx, id, now)).await?;
    note(&state, &desk, "messenger.removed", id).await?;
    Ok(Redirect::to("/house/messengers").into_response())
}

/// What a service told and we could not read, as it came.
pub(super) async fn original(
    With(state): With<State>,
    desk: Desk,
    Path((id, digest)): Path<(String, String)>,
) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let id: MessengerId = id.parse()?;
    let unread = state.store().read(move |db| messengers::unread(db, id, 1000)).await?;
    if !unread.iter().any(|it| it.digest == digest) {
        return Err(Problem::missing("This message"));
    }
    originals::unread(&state, digest, "message.txt").await
}
