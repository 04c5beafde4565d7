//! The talk itself: a page of ours that a site shows in a frame, and that stands alone as well.

use axum::{
    extract::State as With,
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use conversations::sites::Site;
use maud::{DOCTYPE, Markup, html};
use serde_json::json;

use super::{FramedByAnybody, Open, for_others};
use crate::{
    State, assets,
    icon::{Icon, icon},
    problem::{Answer, Problem},
    when,
};

pub(super) async fn show(With(state): With<State>, Open(site): Open) -> Answer {
    let settings = state.house().settings().await?;
    let id = site.id;
    let wait = state.store().read(move |db| conversations::talks::usual_wait(db, id)).await?;
    let house = if settings.organisation.is_empty() { &site.name } else { &settings.organisation };
    let words = json!({
        "origins": site.origins,
        "apps": site.apps,
        "puzzle": assets::url("puzzle.js"),
        "us": house,
        "you": "You",
        "waiting": "On its way\u{2026}",
        "failed": "This could not be sent.",
        "again": "Try again",
        "writing": "is writing\u{2026}",
        "here": "Somebody of us is here now.",
        "away": away(wait),
        "largest": super::LARGEST,
        "too_large": format!("A file may have up to {} MB.", super::LARGEST >> 20),
        "thanks": "Thank you. If you are gone when we answer, we write to you there.",
        "ended": "This browser knows nothing of the talk any more.",
        "over": "This talk is not here any more.",
        "erase": "All that was said in this talk is deleted, here and with us, together with the address and the name you may have left. \
                  It cannot be undone. What stays is a receipt that names nobody, and our backups until they are thrown away.",
        "wish": "We know you from elsewhere as well, and this browser alone does not show us what of that is yours to delete. \
                 So your wish goes into the talk: somebody of us deletes what was said, and answers you.",
        "yes_erase": "Yes, delete it",
        "yes_wish": "Yes, ask for it",
        "erased": "It is deleted, here and with us. The number of your receipt: ",
        "wished": "Your wish is with us. Somebody of us does it, and answers you.",
        "nothing": "Nothing was said here yet.",
    });
    let main = html! {
        header {
            h1 { (house) }
            p #presence {}
            details #more {
                summary aria-label="More" { span aria-hidden="true" { "\u{22ef}" } }
                div {
                    button #save type="button" { "Save what was said" }
                    button #end type="button" { "Forget it on this device" }
                    button #erase type="button" { "Delete what was said, here and with us" }
                }
            }
            button #close type="button" aria-label="Close" hidden { span aria-hidden="true" { "\u{2715}" } }
        }
        div #scroll tabindex="0" role="log" aria-label="What was said" aria-live="polite" {
            @if !site.greeting.is_empty() { p.greeting { (site.greeting) } }
            ol #lines {}
        }
        p #state aria-live="off" {}
        form #address hidden {
            label for="mail" { "Where do we answer if you have to go?" }
            div.row {
                input #mail name="address" type="email" autocomplete="email" required placeholder="you@example.com";
                button { "Keep it" }
            }
            p.small { "Only to answer you." }
        }
        p #said role="status" {}
        form #say {
            label.hush for="words" { "What you say" }
            textarea #words name="text" rows="1" maxlength="8000" placeholder="Write to us\u{2026}" {}
            label.attach title="Send a file" { span.hush { "Send a file" } (icon(Icon::Clip)) input #file type="file"; }
            button { "Send" }
        }
        dialog #sure aria-labelledby="sure-head" aria-describedby="sure-words" {
            form method="dialog" {
                h2 #sure-head { "Delete what was said?" }
                p #sure-words {}
                button #yes .grave value="yes" {}
                button.quiet value="no" autofocus { "No, keep it" }
            }
        }
        noscript { p { "This talk needs JavaScript. " a href={"/chat/" (site.id) "/form"} target="_top" { "Write to us with a form" } "." } }
        script #texts type="application/json" { (maud::PreEscaped(words.to_string().replace('<', "\\u003c"))) }
    };
    framed(&site, whole(house, &main, true))
}

/// What one may expect, as it was for those before.
fn away(wait: Option<i64>) -> String {
    match wait {
        None => "We answer here, or by mail if you leave your address.".to_owned(),
        Some(seconds) => format!(
            "We usually answer within {}.",
            when::lasting(model::Time::from_seconds(0), model::Time::from_seconds(seconds.max(60)))
        ),
    }
}

/// A page of the talk, alone or in a frame.
pub(super) fn whole(title: &str, main: &Markup, talking: bool) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) }
                link rel="stylesheet" href=(assets::url("talk.css"));
                @if talking { script src=(assets::url("talk.js")) defer {} }
            }
            body { main class=(if talking { "talk" } else { "letter" }) { (main) } }
        }
    }
}

/// Only pages of the site's own origins may frame it, but for sites that apps may show; it loads nothing from anywhere else.
pub(super) fn framed(site: &Site, page: Markup) -> Answer {
    // An app's page has an opaque origin or a scheme of its own, and `frame-ancestors *` means neither: nothing is said then.
    let ancestors = match site.apps {
        true => String::new(),
        false => format!("; frame-ancestors 'self' {}", site.origins.join(" ")),
    };
    let policy = format!(
        "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; \
         form-action 'self'; base-uri 'none'{ancestors}"
    );
    let broken = |_| Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR);
    let policy = HeaderValue::from_str(&policy).map_err(broken)?;
    let mut response: Response = for_others(Html(page.into_string()).into_response());
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    if site.apps {
        response.extensions_mut().insert(FramedByAnybody);
    }
    Ok(response)
}
