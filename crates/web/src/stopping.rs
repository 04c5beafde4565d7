//! Behind the link in a mail that nobody asked for: one press, or one request of a mail program (RFC 8058), and no such mail comes any
//! more. Looking changes nothing: programs that look for viruses follow every link.

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State as With},
    routing::get,
};
use conversations::stops;
use maud::{Markup, html};

use crate::{
    State, layout,
    problem::{Answer, Problem},
};

pub(crate) fn router() -> Router<State> {
    Router::new().route("/stop/{token}", get(show).post(stop))
}

async fn show(With(state): With<State>, Path(token): Path<String>) -> Answer {
    let world = state.world().clone();
    let (address, since) = state
        .store()
        .write(move |tx| {
            let (_, address) = stops::of_token(tx, &world, &token)?;
            let since = stops::since(tx, &address)?;
            Ok::<_, Problem>((address, since))
        })
        .await?;
    page(&state, &address, since.is_some()).await
}

async fn stop(With(state): With<State>, Path(token): Path<String>, body: Bytes) -> Answer {
    // Mail programs say it in a form of either kind, and all that they say is stop.
    let on = *body == *b"go_on=yes";
    let world = state.world().clone();
    let address = state
        .store()
        .write(move |tx| {
            let (message, address) = stops::of_token(tx, &world, &token)?;
            match on {
                true => stops::go_on(tx, &world, &message, &address)?,
                false => stops::stop(tx, &world, &message, &address)?,
            }
            Ok::<_, Problem>(address)
        })
        .await?;
    page(&state, &address, !on).await
}

async fn page(state: &State, address: &str, stopped: bool) -> Answer {
    let settings = state.house().settings().await?;
    let us = if settings.organisation.is_empty() { "us".to_owned() } else { settings.organisation };
    let whom = masked(address);
    let main = html! {
        @if stopped {
            h1 { "We leave you in peace" }
            p.lead role="status" { "No mail from " (us) " goes to " (whom) " any more, unless you write to us first: then we answer." }
            form method="post" { input type="hidden" name="go_on" value="yes"; button.quiet { "You may write to me again" } }
        } @else {
            h1 { "Mail from " (us) }
            p.lead { "Shall we write to " (whom) " only when you wrote to us first?" }
            form method="post" { button { "Yes, stop writing" } }
        }
    };
    Ok(layout::bare("Mail from us", main))
}

/// A link may be passed on with the mail that it stands in; the address is not.
fn masked(address: &str) -> Markup {
    let (name, domain) = address.split_once('@').unwrap_or((address, ""));
    let first: String = name.chars().take(1).collect();
    html! { b { (first) "\u{2026}@" (domain) } }
}
