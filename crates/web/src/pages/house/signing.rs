//! Signing what we send, for those whose own mail server sends it: a key for each domain, and what the domain has to publish.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, State as With},
    response::{IntoResponse, Redirect},
};
use delivery::{
    domains::{About, How, Look},
    mailboxes::Mailbox,
    signing::{self, SigningKey},
};
use maud::{Markup, html};
use serde::Deserialize;

use crate::{
    State,
    gate::Desk,
    problem::{Answer, Problem},
    when,
};

#[derive(Deserialize)]
pub(super) struct Wanted {
    domain: String,
}

/// The domains that our mail is from.
pub(super) fn domains<'a>(mailboxes: impl Iterator<Item = &'a Mailbox>, keys: &[SigningKey]) -> Vec<String> {
    let domain = |it: &Mailbox| it.address.rsplit('@').next().unwrap_or_default().to_owned();
    let mut domains: Vec<String> =
        mailboxes.map(domain).chain(keys.iter().map(|it| it.domain.clone())).collect();
    domains.sort();
    domains.dedup();
    domains
}

/// Each domain, with its key or without.
pub(super) fn section(desk: &Desk, domains: &[String], keys: &[SigningKey], looks: &[Look]) -> Markup {
    html! {
        @if !domains.is_empty() {
            details.notes #signing open[keys.iter().any(|it| it.signs_since.is_none())] {
                summary { "Sign what we send (DKIM)" }
                p.soft { "A signature tells others that a mail is really from you. Mail providers sign by themselves; a mail server of your own may not. If yours does not, let Regard do it." }
                ul.lines { @for domain in domains { li {
                    (line(desk, domain, keys.iter().find(|it| it.domain == *domain), looks.iter().find(|it| it.domain == *domain)))
                } } }
            }
        }
    }
}

fn line(desk: &Desk, domain: &str, key: Option<&SigningKey>, look: Option<&Look>) -> Markup {
    let base = format!("/house/mailboxes/signing/{domain}");
    let sure = format!(
        "Sign mail from {domain} no longer? Its key is thrown away, and another has to be published to sign again."
    );
    html! {
        div.stack.whole {
            div {
                b { (domain) }
                @match key {
                    None => span.tag { " not signed here" },
                    Some(SigningKey { signs_since: None, .. }) => span.tag { " waits for its record" },
                    Some(SigningKey { signs_since: Some(at), .. }) => span.tag.tag-good { " signed since " (when::date(*at, &desk.zone)) },
                }
            }
            @if let Some(key) = key {
                @if let Some(look) = look { (seen(desk, key, look)) }
                @if key.signs_since.is_none() { p { "Enter this as a TXT record where the names of " (domain) " are kept. When it can be seen, which may take an hour, let signing begin." } }
                dl {
                    dt.small.soft { "Name" } dd { code { (key.name()) } }
                    dt.small.soft { "Text" } dd { code { (key.record) } }
                }
            }
            div.row {
                @match key {
                    None => form method="post" action="/house/mailboxes/signing" {
                        input type="hidden" name="domain" value=(domain);
                        button.quiet { "Make a key for " (domain) }
                    },
                    Some(key) => {
                        @if key.signs_since.is_none() { form method="post" action={(base) "/begin"} { button { "It is published: begin to sign" } } }
                        form method="post" action={(base) "/stop"} { button.quiet data-sure=(sure) { "Throw the key away" } }
                    }
                }
            }
        }
    }
}

/// Whether the world was told of this key when somebody last looked. Who signs unseen is warned and not held back: a company may tell
/// the world another thing than its own machines.
fn seen(desk: &Desk, key: &SigningKey, look: &Look) -> Markup {
    let found = look.findings.iter().find(|it| it.about == About::Dkim && it.how != How::Open);
    // What was seen before the key was made says nothing of it.
    let found = found.filter(|_| look.at >= key.made_at);
    html! {
        @if let Some(found) = found {
            p.said.said-well[found.how == How::Good] role="status" { (found.said) " " a href="#domains" { "Looked " (when::ago(look.at, desk.now, &desk.zone)) } }
        }
    }
}

pub(super) async fn make(With(state): With<State>, desk: Desk, Form(wanted): Form<Wanted>) -> Answer {
    desk.may(Permission::ManageSettings)?;
    signing::make(state.store(), &wanted.domain).await?;
    noted(&state, &desk, "signing.key_made", &wanted.domain).await
}

pub(super) async fn begin(With(state): With<State>, desk: Desk, Path(domain): Path<String>) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let (of, now) = (domain.clone(), desk.now);
    // Said beside the key, and no reason to refuse: whoever begins may know better than the name server we ask.
    if let Err(error) = delivery::domains::look_at(state.store(), state.config().dns, &domain).await {
        tracing::warn!(%error, domain, "its names could not be looked at");
    }
    if !state.store().write(move |tx| signing::begin(tx, &of, now)).await? {
        return Err(Problem::missing("A key that does not sign yet"));
    }
    noted(&state, &desk, "signing.begun", &domain).await
}

pub(super) async fn stop(With(state): With<State>, desk: Desk, Path(domain): Path<String>) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let of = domain.clone();
    if !state.store().write(move |tx| signing::stop(tx, &of)).await? {
        return Err(Problem::missing("This key"));
    }
    noted(&state, &desk, "signing.stopped", &domain).await
}

async fn noted(state: &State, desk: &Desk, verb: &'static str, domain: &str) -> Answer {
    let (world, viewer, domain) = (state.world().clone(), desk.viewer.clone(), domain.to_owned());
    let note = state.store().write(move |tx| {
        Ok::<_, Problem>(::house::note(tx, &world, &Act::by(&viewer, verb, domain.clone()))?)
    });
    note.await?;
    Ok(Redirect::to("/house/mailboxes#signing").into_response())
}
