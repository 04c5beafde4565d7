//! A mailbox writes to itself, and its own server says what it thinks of the mail.

use ::house::{Act, Permission};
use axum::{
    extract::{Path, State as With},
    response::{IntoResponse, Redirect},
};
use delivery::{
    mailboxes,
    trying::{self, Trial},
};
use maud::{Markup, html};
use model::MailboxId;

use crate::{
    State,
    gate::Desk,
    problem::{Answer, Problem},
    when,
};

/// How the last one went.
pub(super) fn outcome(desk: &Desk, trial: &Trial) -> Markup {
    let said = |method: &str| trial.verdicts.as_ref().and_then(|it| it.get(method)?.as_str());
    html! {
        @match trial.came_at {
            None if !trial.trouble.is_empty() => p.said role="status" { "The test mail did not leave: " (trial.trouble) },
            None => p.small role="status" { "A test mail was sent " (when::ago(trial.asked_at, desk.now, &desk.zone)) " and is not back yet." },
            Some(at) => {
                p.small role="status" {
                    "A test mail came back " (when::ago(at, desk.now, &desk.zone))
                    @if trial.verdicts.is_some() {
                        ". What this mailbox's server found: "
                        @for (n, (method, label)) in [("spf", "SPF"), ("dkim", "DKIM"), ("dmarc", "DMARC")].into_iter().enumerate() {
                            @if n > 0 { ", " }
                            (label) " " (verdict(said(method)))
                        }
                        "."
                    } @else { ". This mailbox's server wrote nothing into it about SPF, DKIM or DMARC; some do not look at mail from their own addresses." }
                }
            }
        }
    }
}

/// What a server's word means (RFC 8601, 2.7).
fn verdict(said: Option<&str>) -> Markup {
    html! {
        @match said {
            Some("pass") => span.tag.tag-good { "good" },
            Some("fail") => span.tag.tag-bad { "does not hold" },
            Some("softfail") => span.tag.tag-bad { "in doubt" },
            Some("permerror") => span.tag.tag-bad { "its record is broken" },
            Some("temperror") => span.tag { "could not be looked up" },
            Some("none" | "neutral") => span.tag { "nothing is said" },
            Some(other) => span.tag { (other) },
            None => span.tag { "not looked at" },
        }
    }
}

pub(super) async fn begin(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let id: MailboxId = id.parse()?;
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    let begun = move |tx: &mut store::Write<'_>| {
        mailboxes::one(tx, id)?.ok_or_else(|| Problem::missing("This mailbox"))?;
        trying::begin(tx, &world, id)?;
        Ok::<_, Problem>(::house::note(tx, &world, &Act::by(&viewer, "mailbox.tried", id))?)
    };
    state.store().write(begun).await?;
    Ok(Redirect::to("/house/mailboxes").into_response())
}
