//! The frame around every page.

use axum::response::{Html, IntoResponse, Response};
use house::Permission;
use maud::{DOCTYPE, Markup, html};

use crate::{
    assets,
    face::face,
    gate::Desk,
    icon::{Icon, icon},
};

/// Which part of the desk a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Here {
    Today,
    Conversations,
    People,
    Accounts,
    Outreach,
    Insight,
    Import,
    House,
}

const PLACES: &[(Here, &str, &str, Icon, &str)] = &[
    (Here::Today, "/", "Today", Icon::Today, "g t"),
    (Here::Conversations, "/conversations", "Conversations", Icon::Chat, "g c"),
    (Here::People, "/people", "People", Icon::People, "g p"),
    (Here::Accounts, "/accounts", "Accounts", Icon::Account, "g a"),
    (Here::Outreach, "/outreach", "Outreach", Icon::Outreach, "g o"),
    (Here::Insight, "/insight", "Insight", Icon::Survey, "g n"),
    (Here::Import, "/import", "Import", Icon::Import, "g i"),
    (Here::House, "/house", "House", Icon::House, "g h"),
];

/// A whole page of the desk.
pub(crate) fn page(desk: &Desk, here: Here, title: &str, main: Markup) -> Response {
    let body = html! {
        a.skip href="#main" { "Skip to the page" }
        div.desk {
            (rail(desk, here))
            main #main tabindex="-1" { (main) }
        }
        (shortcuts())
    };
    whole(title, "at-desk", body)
}

/// A page for somebody who is not in yet, or a plain word from us.
pub(crate) fn bare(title: &str, main: Markup) -> Response {
    whole(title, "at-door", html! { main #main.door { (mark()) (main) } })
}

/// A page for somebody who is not of the team: it is the organisation's.
pub(crate) fn own(title: &str, organisation: &str, main: Markup) -> Response {
    let body = html! { main #main.own-page.stack {
        p.mark { span.mark-dot aria-hidden="true" {} (organisation) }
        (main)
    } };
    whole(title, "at-door", body)
}

/// A part of a page, for our own script.
pub(crate) fn part(markup: Markup) -> Response {
    Html(markup.into_string()).into_response()
}

fn whole(title: &str, class: &str, body: Markup) -> Response {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) " · Regard" }
                link rel="icon" type="image/svg+xml" href=(assets::url("mark.svg"));
                link rel="stylesheet" href=(assets::url("regard.css"));
                link rel="stylesheet" href=(assets::url("insight.css"));
                link rel="stylesheet" href=(assets::url("speaking.css"));
                script src=(assets::url("regard.js")) defer {}
                @if class == "at-desk" { script src=(assets::url("advice.js")) defer {} }
            }
            body class=(class) { (body) }
        }
    };
    Html(page.into_string()).into_response()
}

fn mark() -> Markup {
    html! { a.mark href="/" { span.mark-dot aria-hidden="true" {} "Regard" } }
}

fn rail(desk: &Desk, here: Here) -> Markup {
    html! {
        header.rail {
            (mark())
            nav aria-label="Desk" {
                ul {
                    @for (place, href, label, drawing, keys) in PLACES {
                        @if *place != Here::Import || desk.can(Permission::Import) {
                            li.seldom[matches!(place, Here::Import | Here::Accounts)] {
                                a href=(href) data-key=(keys) aria-current=[(*place == here).then_some("page")] {
                                    (icon(*drawing)) span { (label) }
                                }
                            }
                        }
                    }
                }
            }
            a.me href="/house/me" {
                (face(desk.viewer.name(), &desk.viewer.staff().to_string(), "s"))
                span { span.hush { "You: " } (desk.viewer.name()) }
            }
        }
    }
}

fn shortcuts() -> Markup {
    let keys = [
        ("/", "find somebody"),
        ("g t", "Today"),
        ("g c", "Conversations"),
        ("g p", "People"),
        ("g a", "Accounts"),
        ("g o", "Outreach"),
        ("g n", "Insight"),
        ("g h", "House"),
        ("r", "answer by mail"),
        ("c", "answer in the chat"),
        ("t", "take somebody into your hands"),
        ("b", "somebody in brief"),
        ("w", "do something good for somebody"),
        ("x", "say no, with a reason"),
        ("n", "note a call, a visit, a meeting"),
        ("j k", "next and previous in a list"),
        ("Ctrl Enter", "save what you write"),
        ("?", "this help"),
    ];
    html! {
        dialog #keys aria-labelledby="keys-title" {
            h2 #keys-title { "By keyboard" }
            dl.keys { @for (key, what) in keys { div { dt { kbd { (key) } } dd { (what) } } } }
            form method="dialog" { button.quiet { "Close" } }
        }
    }
}
