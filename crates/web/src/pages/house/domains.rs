//! What the world is told of the domains that our mail is from: looked at when somebody asks, and said with what to do.

use ::house::{Act, Permission};
use axum::{
    extract::State as With,
    response::{IntoResponse, Redirect},
};
use delivery::domains::{self, About, Finding, How, Look};
use maud::{Markup, html};

use crate::{
    State,
    gate::Desk,
    problem::{Answer, Problem},
    when,
};

/// Each domain, with what was seen of it last.
pub(super) fn section(desk: &Desk, domains: &[String], looks: &[Look]) -> Markup {
    let amiss = |it: &Look| it.findings.iter().any(|it| matches!(it.how, How::Wrong | How::Unanswered));
    html! {
        @if !domains.is_empty() {
            details.notes #domains open[looks.iter().any(amiss)] {
                summary { "What receivers are told of your domain" }
                p.soft { "Whether others trust your mail depends on a few records where the names of your domain are kept. Regard asks for them as receivers do." }
                ul.lines { @for domain in domains { li { div.stack.whole {
                    @let look = looks.iter().find(|it| it.domain == *domain);
                    p {
                        b { (domain) }
                        span.tag { @match look {
                            Some(look) => { "looked at " (when::ago(look.at, desk.now, &desk.zone)) },
                            None => "nobody has looked yet",
                        } }
                    }
                    @for it in look.iter().flat_map(|it| &it.findings) { (finding(it)) }
                } } } }
                div.row { form method="post" action="/house/mailboxes/domains" { button.quiet { "Look now" } } }
            }
        }
    }
}

fn finding(it: &Finding) -> Markup {
    html! {
        div.record {
            p { b { (it.about.label()) } " " (standing(it.how)) }
            p { (it.said) }
            @if it.about == About::Dkim && it.entry.is_some() {
                // It is long, and stands on this page already.
                p { a href="#signing" { "Its name and text" } }
            } @else if let Some(entry) = &it.entry {
                dl {
                    dt.small.soft { "Name of the TXT record" } dd { code { (entry.name) } }
                    dt.small.soft { "Its text" } dd { code { (entry.text) } }
                }
            }
        }
    }
}

/// How it is, in two words.
fn standing(how: How) -> Markup {
    html! {
        @match how {
            How::Good => span.tag.tag-good { "good" },
            How::Better => span.tag { "could be better" },
            How::Wrong => span.tag.tag-bad { "needs you" },
            How::Open => span.tag { "not known here" },
            How::Unanswered => span.tag.tag-bad { "no answer" },
        }
    }
}

pub(super) async fn look(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::ManageSettings)?;
    domains::look(state.store(), state.config().dns).await?;
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    let note = move |tx: &mut store::Write<'_>| {
        Ok::<_, Problem>(::house::note(tx, &world, &Act::by(&viewer, "domains.looked_at", ""))?)
    };
    state.store().write(note).await?;
    Ok(Redirect::to("/house/mailboxes#domains").into_response())
}
