//! Mailboxes: how it is with each, what could not be read, and a new one in a few fields.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, Query, State as With},
    response::{IntoResponse, Redirect},
};
use channels::mail::oauth::{self, Provider};
use delivery::mailboxes::{
    self, Folder, Mailbox, NewMailbox, Place, Secret, Servers, State as How, Unread, consent,
};
use delivery::{domains::Look, signing::SigningKey, trying::Trial};
use maud::{Markup, html};
use model::MailboxId;
use serde::Deserialize;

use super::{domains, head, signing, trying};
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    originals,
    problem::{Answer, Problem},
    when,
};

/// The way of a mailbox whose mail our own mail server brings.
const BROUGHT: &str = "brought";
/// Messages shown of those that could not be read.
const UNREAD: i64 = 20;

/// Where the mail of well-known providers is, by the domain of the address.
const KNOWN: &[(&[&str], &str, &str)] = &[
    (&["gmail.com", "googlemail.com"], "imap.gmail.com", "smtp.gmail.com"),
    (&["fastmail.com", "fastmail.fm"], "imap.fastmail.com", "smtp.fastmail.com"),
    (&["icloud.com", "me.com"], "imap.mail.me.com", "smtp.mail.me.com"),
    (&["gmx.de", "gmx.net"], "imap.gmx.net", "mail.gmx.net"),
    (&["web.de"], "imap.web.de", "smtp.web.de"),
    (&["posteo.de", "posteo.net"], "posteo.de", "posteo.de"),
];

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(super) struct Given {
    address: String,
    name: String,
    login: String,
    /// `password`, the name of a known provider, `other`, or `brought`.
    way: String,
    password: String,
    client_id: String,
    client_secret: String,
    authorize: String,
    token: String,
    scope: String,
    imap_host: String,
    imap_port: String,
    imap_security: String,
    smtp_host: String,
    smtp_port: String,
    smtp_security: String,
    no_smtp_login: Option<String>,
    plus: Option<String>,
    folders: String,
    authority: String,
}

struct Shown {
    mailbox: Mailbox,
    folders: Vec<Folder>,
    unread: Vec<Unread>,
    trial: Option<Trial>,
}

impl Given {
    fn mailbox(&self) -> Result<NewMailbox, Problem> {
        let signed = oauth::KNOWN.iter().find(|it| it.name == self.way);
        let domain = self.address.rsplit('@').next().unwrap_or_default().trim().to_lowercase();
        let known = KNOWN.iter().find(|(domains, ..)| domains.contains(&domain.as_str()));
        let host = |given: &str, ours: Option<&str>, what: &str| match (given.trim(), ours) {
            ("", Some(host)) => host.to_owned(),
            ("", None) => format!("{what}.{domain}"),
            (given, _) => given.to_owned(),
        };
        let port = |field: &str, given: &str, usual: u16| match given.trim() {
            "" => Ok(usual),
            text => text.parse().map_err(|_| Problem::unfit(field, "This is not a port like 993.")),
        };
        let security = |given: &str, usual: &str| {
            if given.is_empty() { usual.to_owned() } else { given.to_owned() }
        };
        let imap_security = security(&self.imap_security, "tls");
        let smtp_security = security(&self.smtp_security, signed.map_or("tls", |it| it.smtp.2));
        let imap = signed.map(|it| it.imap).or(known.map(|it| it.1));
        let smtp = signed.map(|it| it.smtp.0).or(known.map(|it| it.2));
        let usual = |security: &str, tls, other| if security == "tls" { tls } else { other };
        let text = |given: &str| Some(given.trim().to_owned()).filter(|it| !it.is_empty());
        Ok(NewMailbox {
            address: self.address.trim().to_owned(),
            name: self.name.clone(),
            servers: Servers {
                imap: Place {
                    host: host(&self.imap_host, imap, "imap"),
                    port: port("imap_port", &self.imap_port, usual(&imap_security, 993, 143))?,
                    security: imap_security,
                },
                smtp: Place {
                    host: host(&self.smtp_host, smtp, "smtp"),
                    port: port("smtp_port", &self.smtp_port, usual(&smtp_security, 465, 587))?,
                    security: smtp_security,
                },
                login: text(&self.login).unwrap_or_else(|| self.address.trim().to_owned()),
                smtp_login: self.no_smtp_login.is_none(),
                plus: self.plus.is_some(),
                brought: self.way == BROUGHT,
                authority: text(&self.authority),
                folders: self.folders.lines().filter_map(text).collect(),
            },
            secret: self.secret()?,
        })
    }

    fn secret(&self) -> Result<Secret, Problem> {
        if self.way == BROUGHT {
            return Ok(Secret::Password(self.password.clone()));
        }
        if matches!(self.way.as_str(), "" | "password") {
            return match self.password.as_str() {
                "" => Err(Problem::unfit("password", "The password is missing.")),
                given => Ok(Secret::Password(given.to_owned())),
            };
        }
        let signed = oauth::KNOWN.iter().find(|it| it.name == self.way);
        let or = |given: &str, known: Option<&str>| match given.trim() {
            "" => known.unwrap_or_default().to_owned(),
            given => given.to_owned(),
        };
        let provider = Provider {
            authorize: or(&self.authorize, signed.map(|it| it.authorize)),
            token: or(&self.token, signed.map(|it| it.token)),
            scope: or(&self.scope, signed.map(|it| it.scope)),
            client_id: self.client_id.trim().to_owned(),
            client_secret: self.client_secret.trim().to_owned(),
        };
        provider.check().map_err(|(field, why)| Problem::unfit(field, format!("This {why}.")))?;
        Ok(consent::asking(provider))
    }
}

/// Where providers send people back to.
fn back(state: &State) -> String {
    format!("{}/house/mailboxes/signed-in", state.config().address.trim_end_matches('/'))
}

/// Everything that is shown.
struct All {
    shown: Vec<Shown>,
    keys: Vec<SigningKey>,
    looks: Vec<Look>,
}

async fn all(state: &State) -> Result<All, Problem> {
    let read = |db: &mut store::Read<'_>| {
        let (mut shown, trials) = (Vec::new(), delivery::trying::trials(db)?);
        for mailbox in mailboxes::all(db)? {
            let folders = mailboxes::folders(db, mailbox.id)?;
            let unread = mailboxes::unread(db, mailbox.id, UNREAD)?;
            let trial = trials.iter().find(|it| it.mailbox == mailbox.id).cloned();
            shown.push(Shown { mailbox, folders, unread, trial });
        }
        Ok::<_, Problem>(All {
            shown,
            keys: delivery::signing::keys(db)?,
            looks: delivery::domains::looks(db)?,
        })
    };
    state.store().read(read).await
}

pub(super) async fn show(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let all = all(&state).await?;
    let list = list(&desk, &all);
    if desk.fragment {
        return Ok(layout::part(list));
    }
    Ok(page(&desk, &list, &form(&Given::default(), &back(&state), None, all.shown.is_empty())))
}

fn page(desk: &Desk, list: &Markup, form: &Markup) -> axum::response::Response {
    let main = html! {
        (head(desk, "/house/mailboxes"))
        p.lead { "What arrives here becomes part of the conversation with whoever wrote it, and answers leave from here." }
        (list)
        (form)
    };
    layout::page(desk, Here::House, "Mailboxes", main)
}

fn list(desk: &Desk, all: &All) -> Markup {
    let domains = signing::domains(all.shown.iter().map(|it| &it.mailbox), &all.keys);
    html! {
        div #mailboxes data-live="topic=mailbox" data-src="/house/mailboxes" data-eager {
            ul.lines { @for it in &all.shown { li { (line(desk, it)) } } }
            (domains::section(desk, &domains, &all.looks))
            (signing::section(desk, &domains, &all.keys, &all.looks))
        }
    }
}

fn line(desk: &Desk, shown: &Shown) -> Markup {
    let Shown { mailbox, folders, unread, trial } = shown;
    html! {
        div {
            b { (mailbox.address) }
            @match mailbox.state {
                How::New => span.tag { " is being opened" },
                How::Fine => span.tag.tag-good { " all is read as it comes" },
                How::Away => span.tag.tag-bad { " cannot be reached" },
                How::Refused => span.tag.tag-bad { " needs you" },
            }
            @if !mailbox.trouble.is_empty() {
                p.said role="status" {
                    "Since " (when::clock(mailbox.since, &desk.zone)) ": " (mailbox.trouble) ". "
                    @if mailbox.state == How::Refused && !mailbox.by_tokens { "Enter it once more below, with what has changed; nothing that arrived meanwhile is lost." }
                    @else if mailbox.state == How::Refused { "Nothing that arrived meanwhile is lost." }
                    @else { "It is tried again by itself, and everything that arrived meanwhile will come." }
                }
            }
            p.small.soft {
                @for (n, folder) in folders.iter().enumerate() {
                    @if n > 0 { " · " }
                    (folder.name)
                    @if let (Some(here), Some(there)) = (folder.here, folder.on_server) {
                        @if here == there { ": all " (there) " here" } @else { ": " (here) " of " (there) " here" }
                    }
                }
                @if let Some(at) = folders.iter().filter_map(|it| it.counted_at).min() { ", counted " (when::ago(at, desk.now, &desk.zone)) }
            }
            @if let Some(trial) = trial { (trying::outcome(desk, trial)) }
            @if !unread.is_empty() {
                details {
                    summary { (unread.len()) " could not be read" }
                    ul { @for it in unread { li.small {
                        (it.reason) " "
                        a href={"/house/mailboxes/" (mailbox.id) "/originals/" (it.digest)} { "Open the original" }
                        " (" (it.folder) ", " (when::ago(it.at, desk.now, &desk.zone)) ")"
                    } } }
                    form method="post" action={"/house/mailboxes/" (mailbox.id) "/again"} { button.quiet { "Look at them again" } }
                }
            }
        }
        div.row {
            form method="post" action={"/house/mailboxes/" (mailbox.id) "/trial"} { button.quiet { "Send a test mail" } }
            @if mailbox.by_tokens {
                form method="post" action={"/house/mailboxes/" (mailbox.id) "/sign-in"} { button.quiet { "Sign in once more" } }
            }
            form method="post" action={"/house/mailboxes/" (mailbox.id) "/remove"} {
                button.quiet data-sure={"Read " (mailbox.address) " no longer? What came from it stays."} { "Read it no longer" }
            }
        }
    }
}

fn form(given: &Given, back: &str, trouble: Option<&str>, open: bool) -> Markup {
    let choice = |name: &str, label: &str, chosen: &str| {
        html! {
            div.field {
                label for=(name) { (label) }
                select id=(name) name=(name) {
                    @for (value, words) in [("tls", "TLS"), ("starttls", "STARTTLS"), ("plain", "none, on this machine")] {
                        option value=(value) selected[value == chosen] { (words) }
                    }
                }
            }
        }
    };
    html! {
        details.notes #new-mailbox open[open || trouble.is_some()] {
            summary { "Add a mailbox" }
            form.fields method="post" action="/house/mailboxes" {
                @if let Some(trouble) = trouble { p.said role="alert" { (trouble) } }
                div.side-by-side {
                    div.field { label for="address" { "Address" } input #address type="email" name="address" value=(given.address) required autocomplete="off"; }
                    div.field { label for="mailbox-name" { "Name beside it" } input #mailbox-name name="name" value=(given.name) maxlength="120"; }
                }
                (ways(given, back))
                details {
                    summary { "Where its servers are" }
                    p.small.soft { "Well-known providers are found by the address; else imap. and smtp. before its domain are tried." }
                    div.side-by-side {
                        div.field { label for="imap_host" { "Reading (IMAP)" } input #imap_host name="imap_host" value=(given.imap_host) placeholder="imap.example.org"; }
                        div.field { label for="imap_port" { "Port" } input #imap_port name="imap_port" value=(given.imap_port) inputmode="numeric" placeholder="993"; }
                        (choice("imap_security", "Protection of the line for reading", &given.imap_security))
                    }
                    div.side-by-side {
                        div.field { label for="smtp_host" { "Sending (SMTP)" } input #smtp_host name="smtp_host" value=(given.smtp_host) placeholder="smtp.example.org"; }
                        div.field { label for="smtp_port" { "Port for sending" } input #smtp_port name="smtp_port" value=(given.smtp_port) inputmode="numeric" placeholder="465"; }
                        (choice("smtp_security", "Protection of the line for sending", &given.smtp_security))
                    }
                    div.field { label for="login" { "Name to sign in with, if it is not the address" } input #login name="login" value=(given.login) autocomplete="off"; }
                    div.field { label for="folders" { "Folders to read besides the inbox and what was sent, one on each line" } textarea #folders name="folders" { (given.folders) } }
                    div.field { label for="authority" { "Certificate of your own authority, as PEM" } textarea #authority name="authority" { (given.authority) } }
                    label.check { input type="checkbox" name="plus" checked[given.plus.is_some()]; " Mail to name+anything arrives here too" }
                    label.check { input type="checkbox" name="no_smtp_login" checked[given.no_smtp_login.is_some()]; " The server for sending does not ask who we are" }
                }
                p { button { "Try it and add it" } }
            }
        }
    }
}

/// By a password, or by signing in at a provider.
fn ways(given: &Given, back: &str) -> Markup {
    let others = oauth::KNOWN.iter().map(|it| (it.name, format!("Sign in at {}", it.label)));
    let first = ("password", "With a password".to_owned());
    let last = [
        ("other", "Sign in at another provider (OAuth 2)"),
        (BROUGHT, "Our own mail server brings it (LMTP)"),
    ];
    let last = last.map(|(way, label)| (way, label.to_owned()));
    let chosen = if given.way.is_empty() { "password" } else { given.way.as_str() };
    html! {
        fieldset {
            legend { "How it is opened" }
            div.pills {
                @for (way, label) in std::iter::once(first).chain(others).chain(last) {
                    label.pill { input type="radio" name="way" value=(way) checked[way == chosen]; (label) }
                }
            }
        }
        div.field.by-password { label for="mailbox-password" { "Password" } input #mailbox-password type="password" name="password" autocomplete="off" aria-describedby="password-help";
            p #password-help .small { "Large providers want a password made for this program alone (an \u{201c}app password\u{201d}). It is kept sealed." } }
        p.by-brought.small { "Have your mail server bring mail for this address to where " code { "regard serve --lmtp" } " listens; how, stands in the handbook, docs/mailboxes.md. The password is for sending, if that asks for one." }
        div.by-token {
            p.small { "Make Regard known at the provider first, with this address for its answers: " code { (back) } ". How that is done stands in the handbook, docs/mailboxes.md. What the provider gives you is kept sealed." }
            div.side-by-side {
                div.field { label for="client_id" { "Client ID" } input #client_id name="client_id" value=(given.client_id) autocomplete="off"; }
                div.field { label for="client_secret" { "Client secret" } input #client_secret type="password" name="client_secret" autocomplete="off"; }
            }
        }
        div.by-other {
            div.field { label for="authorize" { "Where somebody says yes" } input #authorize type="url" name="authorize" value=(given.authorize) placeholder="https://login.example.org/authorize"; }
            div.field { label for="token" { "Where tokens come from" } input #token type="url" name="token" value=(given.token) placeholder="https://login.example.org/token"; }
            div.field { label for="scope" { "What to ask for (scope)" } input #scope name="scope" value=(given.scope) placeholder="mail offline_access"; }
        }
    }
}

/// One step more: somebody has to say yes, at the provider. A link, since browsers keep forms from leading elsewhere.
fn sent_on(
    desk: &Desk,
    state: &State,
    address: &str,
    asked: &str,
) -> Result<axum::response::Response, Problem> {
    let host =
        asked.parse::<axum::http::Uri>().ok().and_then(|it| it.host().map(str::to_owned)).unwrap_or_default();
    let main = html! {
        (head(desk, "/house/mailboxes"))
        p.lead { "One step more: sign in at " (host) " as " b { (address) } " and let Regard read and send its mail." }
        p { a.button #say-yes href=(asked) { "Go on to " (host) } }
        p.small.soft { "If it does not know the address for the answer, enter it there exactly like this: " code { (back(state)) } }
    };
    Ok(layout::page(desk, Here::House, "Mailboxes", main))
}

pub(super) async fn sign_in(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let id: MailboxId = id.parse()?;
    let mailbox = state.store().read(move |db| mailboxes::one(db, id)).await?;
    let mailbox = mailbox.ok_or_else(|| Problem::missing("This mailbox"))?;
    let address = mailbox.address.clone();
    let asked = consent::begin_again(state.store(), mailbox, &back(&state), desk.viewer.staff()).await?;
    sent_on(&desk, &state, &address, &asked)
}

/// What a provider sends somebody back with.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Answered {
    state: String,
    code: String,
    error: String,
    error_description: String,
}

pub(super) async fn signed_in(
    With(state): With<State>,
    desk: Desk,
    Query(answered): Query<Answered>,
) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let why = [answered.error_description.as_str(), answered.error.as_str(), "it gave no reason"];
    let why = why.into_iter().find(|it| !it.is_empty()).unwrap_or_default();
    let code = if answered.code.is_empty() { Err(why) } else { Ok(answered.code.as_str()) };
    match consent::finish(state.store(), &answered.state, code, desk.viewer.staff()).await {
        Ok(id) => {
            note(&state, &desk, "mailbox.added", id).await?;
            Ok(Redirect::to("/house/mailboxes").into_response())
        }
        Err(error) => refused(&state, &desk, &Given::default(), error.into()).await,
    }
}

async fn refused(state: &State, desk: &Desk, given: &Given, problem: Problem) -> Answer {
    let list = list(desk, &all(state).await?);
    let page = page(desk, &list, &form(given, &back(state), Some(&problem.detail), true));
    Ok((problem.status, page).into_response())
}

pub(super) async fn add(With(state): With<State>, desk: Desk, Form(given): Form<Given>) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let added = async {
        let new = given.mailbox()?;
        if matches!(new.secret, Secret::Tokens(_)) {
            let (address, staff) = (new.address.clone(), desk.viewer.staff());
            let asked = consent::begin(state.store(), new, &back(&state), staff).await?;
            return sent_on(&desk, &state, &address, &asked);
        }
        mailboxes::try_out(&new).await?;
        let id = mailboxes::add(state.store(), new).await?;
        note(&state, &desk, "mailbox.added", id).await?;
        Ok(Redirect::to("/house/mailboxes").into_response())
    };
    match added.await {
        Ok(answer) => Ok(answer),
        Err(problem) => refused(&state, &desk, &given, problem).await,
    }
}

async fn note(state: &State, desk: &Desk, verb: &'static str, id: MailboxId) -> Result<(), Problem> {
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    state
        .store()
        .write(move |tx| Ok::<_, Problem>(::house::note(tx, &world, &Act::by(&viewer, verb, id))?))
        .await
}

pub(super) async fn remove(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let (id, now): (MailboxId, _) = (id.parse()?, desk.now);
    state.store().write(move |tx| mailboxes::remove(tx, id, now)).await?;
    note(&state, &desk, "mailbox.removed", id).await?;
    Ok(Redirect::to("/house/mailboxes").into_response())
}

pub(super) async fn again(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let id: MailboxId = id.parse()?;
    state.store().write(move |tx| mailboxes::try_again(tx, id)).await?;
    Ok(Redirect::to("/house/mailboxes").into_response())
}

/// A message that could not be read, as it came.
pub(super) async fn original(
    With(state): With<State>,
    desk: Desk,
    Path((id, digest)): Path<(String, String)>,
) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let id: MailboxId = id.parse()?;
    let unread = state.store().read(move |db| mailboxes::unread(db, id, 1000)).await?;
    if !unread.iter().any(|it| it.digest == digest) {
        return Err(Problem::missing("This message"));
    }
    originals::unread(&state, digest, "message.eml").await
}
