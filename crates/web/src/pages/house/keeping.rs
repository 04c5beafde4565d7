//! How long we keep things: each kind of moment with its period, and what would go tonight.

use std::collections::BTreeMap;

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::State as With,
    response::{IntoResponse, Redirect},
};
use delivery::retaining;
use maud::{Markup, html};
use memory::{
    MemoryError,
    retention::{self, LEAST_DAYS, MOST_DAYS, Period},
};
use model::Kind;
use serde_json::json;

use super::head;
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    pages::parts::words,
    problem::{Answer, Problem},
};

pub(super) async fn show(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let periods = state.store().read(retention::periods).await?;
    let tonight = retaining::tonight(state.store()).await?;
    let main = html! {
        (head(&desk, "/house/keeping"))
        div.stack {
            h2 { "How long we keep things" }
            p.lead { "Nothing goes unless you say so. What is older than you keep it goes at night: from the conversation, from what can be found, and the files that nobody else has." }
            p.soft.small {
                "What people allow us is always kept, because it is our proof. So is whatever an open promise or a message on its way points to. "
                "The days that are proposed are what many choose; laws differ by place, and you answer for it."
            }
            (form(&periods, &tonight))
        }
    };
    Ok(layout::page(&desk, Here::House, "How long we keep things", main))
}

fn form(periods: &[Period], tonight: &BTreeMap<String, i64>) -> Markup {
    html! {
        form method="post" action="/house/keeping" {
            div.scroll tabindex="0" role="region" aria-label="How long each kind is kept" { table.table {
                thead { tr { th scope="col" { "What" } th scope="col" { "Days that we keep it" } th scope="col" { "Many choose" } th scope="col" { "Goes tonight" } } }
                tbody {
                    @for it in periods {
                        tr {
                            th scope="row" { label for={"days-" (it.kind)} { (called(&it.kind)) } }
                            td { input id={"days-" (it.kind)} name=(it.kind) type="number" min=(LEAST_DAYS) max=(MOST_DAYS) value=[it.days] placeholder="for ever" autocomplete="off"; }
                            td { @if let Some(days) = it.suggested { (days) } @else { "for ever" } }
                            td { (going(tonight.get(it.kind.as_str()).copied().unwrap_or_default())) }
                        }
                    }
                }
            }
            }
            p.row.below { button { "Keep it so" } span.small.soft { "Left empty, it is kept for ever." } }
        }
    }
}

fn going(count: i64) -> String {
    match count {
        0 => "\u{2013}".to_owned(),
        count if count >= retaining::COUNTED => format!("{count} and more"),
        count => count.to_string(),
    }
}

pub(super) async fn change(
    With(state): With<State>,
    desk: Desk,
    Form(given): Form<BTreeMap<String, String>>,
) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    state
        .store()
        .write(move |tx| {
            for before in retention::periods(tx)? {
                let Some(text) = given.get(before.kind.as_str()).map(|it| it.trim()) else { continue };
                let days = days(&before.kind, text)?;
                if days != before.days {
                    retention::keep_for(tx, &before.kind, days)?;
                    let act = Act::by(&viewer, "keeping.changed", "");
                    let act = act.with(json!({ "kind": before.kind, "days": days, "before": before.days }));
                    ::house::note(tx, &world, &act).map_err(MemoryError::from)?;
                }
            }
            Ok::<_, Problem>(())
        })
        .await?;
    Ok(Redirect::to("/house/keeping").into_response())
}

/// A number of days that one can keep something, or for ever.
fn days(kind: &Kind, text: &str) -> Result<Option<i64>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    let fits = |days: &i64| (LEAST_DAYS..=MOST_DAYS).contains(days);
    let days = text.parse().ok().filter(fits).ok_or_else(|| {
        let why =
            format!("can be kept for {LEAST_DAYS} to {MOST_DAYS} days; leave it empty to keep it for ever.");
        Problem::unfit(
            kind.as_str(),
            format!("{}: \u{201c}{text}\u{201d} does not go. It {why}", called(kind)),
        )
    })?;
    Ok(Some(days))
}

/// What people call such moments.
fn called(kind: &Kind) -> String {
    let name = match kind {
        Kind::Email => "Mail",
        Kind::Chat => "Talks on a website",
        Kind::Message => "Messages by messengers",
        Kind::Call => "Calls",
        Kind::Visit => "Visits",
        Kind::Meeting => "Meetings",
        Kind::Note => "Notes of ours",
        Kind::Purchase => "What they bought",
        Kind::Refund => "Money that went back",
        Kind::Subscription => "Subscriptions",
        Kind::Use => "What they used",
        Kind::Survey => "Answers to our questions",
        Kind::Outreach => "What we wrote unasked",
        Kind::Referral => "Recommendations",
        Kind::Joined => "How they came to know us",
        other => return words(other.as_str()),
    };
    name.to_owned()
}
