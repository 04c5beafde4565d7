//! Places where people can talk with us: which pages show it, what it says first, and how a site tells who somebody is.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, State as With},
    response::{IntoResponse, Redirect},
};
use conversations::sites::{self, Site};
use delivery::mailboxes::{self, Mailbox};
use maud::{Markup, html};
use model::SiteId;
use serde::Deserialize;

use super::head;
use crate::pages::language::ADVICE;
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    problem::{Answer, Problem},
    when,
};

#[derive(Deserialize, Default, Clone)]
#[serde(default)]
pub(super) struct Given {
    id: String,
    name: String,
    origins: String,
    greeting: String,
    mailbox: String,
    vouched_only: Option<String>,
    apps: Option<String>,
}

impl Given {
    fn of(site: &Site) -> Self {
        Self {
            id: site.id.to_string(),
            name: site.name.clone(),
            origins: site.origins.join("\n"),
            greeting: site.greeting.clone(),
            mailbox: site.mailbox.map(|it| it.to_string()).unwrap_or_default(),
            vouched_only: site.vouched_only.then(|| "on".to_owned()),
            apps: site.apps.then(|| "on".to_owned()),
        }
    }

    fn site(&self, state: &State) -> Result<Site, Problem> {
        let origins = self.origins.split_whitespace().map(str::to_owned).collect();
        Ok(Site {
            id: self.id.parse()?,
            name: self.name.clone(),
            origins,
            vouched_only: self.vouched_only.is_some(),
            apps: self.apps.is_some(),
            mailbox: Some(self.mailbox.as_str()).filter(|it| !it.is_empty()).map(str::parse).transpose()?,
            greeting: self.greeting.clone(),
            created_at: state.world().now(),
            turns: 0,
        })
    }
}

pub(super) async fn show(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::ManageSettings)?;
    page(&state, &desk, None, None).await
}

/// The page, with what was entered and why it was not kept, or with the key of a site to be copied.
async fn page(
    state: &State,
    desk: &Desk,
    trouble: Option<(&Given, &Problem)>,
    shown: Option<(SiteId, String)>,
) -> Answer {
    let (all, mailboxes) =
        state.store().read(|db| Ok::<_, Problem>((sites::all(db)?, mailboxes::all(db)?))).await?;
    let fresh: SiteId = state.world().id();
    let new = Given { id: fresh.to_string(), ..Given::default() };
    let wrong = |id: &str| trouble.filter(|(given, _)| given.id == id);
    let unknown = trouble.filter(|(given, _)| all.iter().all(|it| it.id.to_string() != given.id));
    let main = html! {
        (head(desk, "/house/chat"))
        p.lead { "A button on your website with which people talk with you. What they say is part of the same conversation as their mail." }
        div.stack {
            @for it in &all { (place(state, desk, it, &mailboxes, wrong(&it.id.to_string()), shown.as_ref())) }
            details.notes #new-site open[all.is_empty() || unknown.is_some()] {
                summary { "Add a website" }
                (form(unknown.map_or(&new, |it| it.0), &mailboxes, unknown.map(|it| it.1)))
            }
        }
    };
    let page = layout::page(desk, Here::House, "Web chat", main);
    Ok(match trouble {
        Some((_, problem)) => (problem.status, page).into_response(),
        None => page,
    })
}

fn place(
    state: &State,
    desk: &Desk,
    site: &Site,
    mailboxes: &[Mailbox],
    trouble: Option<(&Given, &Problem)>,
    shown: Option<&(SiteId, String)>,
) -> Markup {
    let given = trouble.map_or_else(|| Given::of(site), |it| it.0.clone());
    let key = shown.filter(|it| it.0 == site.id).map(|it| &it.1);
    let base = format!("{}/chat/{}", state.config().address.trim_end_matches('/'), site.id);
    html! {
        section.reply aria-labelledby={"site-" (site.id)} {
            h2 id={"site-" (site.id)} { (site.name) }
            p.small.soft { (site.origins.join(", ")) " \u{b7} since " (when::date(site.created_at, &desk.zone)) }
            p { "Put this before the end of each page that shall show it:" }
            pre tabindex="0" { code { (tag(&base)) } }
            p.small { "Or lead to " a href={(base) "/talk"} target="_blank" rel="noopener" { "the talk on a page of its own" } " or to " a href={(base) "/form"} target="_blank" rel="noopener" { "the form without a script" } "." }
            details open[key.is_some()] {
                summary { "When people sign in on your website" }
                p { "Your server may say who somebody is, with a token that it signs (a JSON Web Token, HS256) with this site\u{2019}s key. How, stands in the handbook, docs/chat.md. Without it, nobody sees more than was said in their own browser." }
                @if let Some(key) = key { p { "The key: " code { (key) } } }
                div.row {
                    @if key.is_none() { form method="post" action={"/house/chat/" (site.id) "/key"} { button.quiet { "Show the key" } } }
                    form method="post" action={"/house/chat/" (site.id) "/turn"} { button.quiet.grave data-sure="Make a new key? Tokens signed with the old one are worth nothing from then on." { "Make a new key" } }
                }
            }
            details open[trouble.is_some()] {
                summary { "Change it" }
                div.stack {
                    (form(&given, mailboxes, trouble.map(|it| it.1)))
                    form method="post" action={"/house/chat/" (site.id) "/remove"} { button.quiet.grave data-sure={"Show it on " (site.name) " no longer? What was said stays."} { "Show it no longer" } }
                }
            }
        }
    }
}

/// What a website writes into its pages.
fn tag(base: &str) -> String {
    format!(
        "<script async src=\"{base}/loader.js\"></script>\n<noscript><a href=\"{base}/form\">Write to us</a></noscript>"
    )
}

fn form(given: &Given, mailboxes: &[Mailbox], trouble: Option<&Problem>) -> Markup {
    let id = &given.id;
    html! {
        form.fields method="post" action="/house/chat" {
            @if let Some(trouble) = trouble { p.said role="alert" { (trouble.detail) } }
            input type="hidden" name="id" value=(id);
            div.field { label for={"name-" (id)} { "What you call it" } input id={"name-" (id)} name="name" value=(given.name) required maxlength="120" autocomplete="off" placeholder="Our shop"; }
            div.field { label for={"origins-" (id)} { "Addresses of the website, one on each line" } textarea id={"origins-" (id)} name="origins" required placeholder="https://shop.example" { (given.origins) } }
            div.field { label for={"greeting-" (id)} { "What it says before anybody spoke" } textarea id={"greeting-" (id)} name="greeting" maxlength="500" data-advice=(ADVICE) placeholder="Ask us anything. We are real people, and we answer ourselves." { (given.greeting) } }
            div.field {
                label for={"mailbox-" (id)} { "Whoever has left gets the answer from" }
                select id={"mailbox-" (id)} name="mailbox" {
                    option value="" { "any mailbox that works" }
                    @for it in mailboxes { option value=(it.id) selected[it.id.to_string() == given.mailbox] { (it.address) } }
                }
            }
            label.choice { input type="checkbox" name="vouched_only" checked[given.vouched_only.is_some()]; "Only those who are signed in on the website may talk" }
            label.choice { input type="checkbox" name="apps" checked[given.apps.is_some()] aria-describedby={"apps-" (id)}; "Apps may show it" }
            p.small.soft id={"apps-" (id)} { "An app that shows web pages has no address that we could check. With this on, any page on the web can show the talk as well, and may try to make somebody press its buttons. Leave it off if you have no such app." }
            p { button { "Keep it" } }
        }
    }
}

pub(super) async fn keep(With(state): With<State>, desk: Desk, Form(given): Form<Given>) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let kept = async {
        let site = given.site(&state)?;
        let (world, viewer) = (state.world().clone(), desk.viewer.clone());
        state
            .store()
            .write(move |tx| {
                sites::keep(tx, &world, &site)?;
                Ok::<_, Problem>(::house::note(tx, &world, &Act::by(&viewer, "site.kept", site.id))?)
            })
            .await
    };
    match kept.await {
        Ok(()) => Ok(Redirect::to("/house/chat").into_response()),
        Err(problem) => page(&state, &desk, Some((&given, &problem)), None).await,
    }
}

pub(super) async fn key(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let (id, world, viewer): (SiteId, _, _) = (id.parse()?, state.world().clone(), desk.viewer.clone());
    let key = state
        .store()
        .write(move |tx| {
            let site = sites::one(tx, id)?.ok_or_else(|| Problem::missing("This website"))?;
            ::house::note(tx, &world, &Act::by(&viewer, "site.key shown", id))?;
            Ok::<_, Problem>(sites::signing_key(tx, &world, &site)?)
        })
        .await?;
    page(&state, &desk, None, Some((id, key))).await
}

pub(super) async fn turn(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    change(&state, &desk, &id, "site.key changed", |tx, id, _| sites::turn(tx, id)).await
}

pub(super) async fn remove(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    change(&state, &desk, &id, "site.removed", sites::remove).await
}

async fn change(
    state: &State,
    desk: &Desk,
    id: &str,
    verb: &'static str,
    act: fn(&mut store::Write<'_>, SiteId, model::Time) -> conversations::Result<()>,
) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let (id, world, viewer): (SiteId, _, _) = (id.parse()?, state.world().clone(), desk.viewer.clone());
    state
        .store()
        .write(move |tx| {
            act(tx, id, world.now())?;
            Ok::<_, Problem>(::house::note(tx, &world, &Act::by(&viewer, verb, id))?)
        })
        .await?;
    Ok(Redirect::to("/house/chat").into_response())
}
