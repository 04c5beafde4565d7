//! Signing what we send, for those whose own mail server sends it: a key for each domain, and what the domain has to publish.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, State as With},
    response::{IntoResponse, Redirect},
};
use delivery::{
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

/// The domains of our mailboxes, each with its key or without.
pub(super) fn section(desk: &Desk, mailboxes: &[&Mailbox], keys: &[SigningKey]) -> Markup {
    let domain = |it: &&Mailbox| it.address.rsplit('@').next().unwrap_or_default().to_owned();
    let mut domains: Vec<String> =
        mailboxes.iter().map(domain).chain(keys.iter().map(|it| it.domain.clone())).collect();
    domains.sort();
    domains.dedup();
    html! {
        @if !domains.is_empty() {
            details.notes #signing open[keys.iter().any(|it| it.signs_since.is_none())] {
                summary { "Sign what we send (DKIM)" }
                p.soft { "A signature tells others that a mail is really from you. Mail providers sign by themselves; a mail server of your own may not. If yours does not, let Regard do it." }
                ul.lines { @for domain in &domains { li { (line(desk, domain, keys.iter().find(|it| it.domain == *domain))) } } }
            }
        }
    }
}

fn line(desk: &Desk, domain: &str, key: Option<&SigningKey>) -> Markup {
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

pub(super) async fn make(With(state): With<State>, desk: Desk, Form(wanted): Form<Wanted>) -> Answer {
    desk.may(Permission::ManageSettings)?;
    signing::make(state.store(), &wanted.domain).await?;
    noted(&state, &desk, "signing.key_made", &wanted.domain).await
}

pub(super) async fn begin(With(state): With<State>, desk: Desk, Path(domain): Path<String>) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let (of, now) = (domain.clone(), desk.now);
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
