//! Who somebody is: face, story, what they try to get done; and in the margin how to reach them and what they are to whom.

use ::house::Permission;
use maud::{Markup, html};
use memory::{
    accounts::Role,
    joining::Duplicate,
    people::{Claim, Line, Person},
};
use model::{HandleKind, file_digest};

use crate::{
    face::{face, photo},
    gate::Desk,
    icon::{Icon, icon},
    pages::parts::{channel_name, heading, relationship, words},
    when,
};

/// Fields with a place of their own on the page.
const APART: &[&str] = &["name", "given_name", "family_name", "story", "goal", "photo", "company", "title"];

fn value<'a>(person: &'a Person, field: &str) -> Option<&'a str> {
    person.known.get(field).map(|known| known.value.as_str()).filter(|value| !value.is_empty())
}

/// Face, name, and the story in a few sentences.
pub(super) fn head(desk: &Desk, person: &Person) -> Markup {
    html! {
        header.who {
            @if value(person, "photo").and_then(file_digest).is_some() { (photo(person.id)) }
            @else { (face(&person.name, &person.id.to_string(), "l")) }
            div {
                h1 { (person.name) }
                p.about { (about(desk, person)) }
            }
            (story(desk, person))
        }
    }
}

fn about(desk: &Desk, person: &Person) -> Markup {
    let place = match (value(person, "title"), value(person, "company")) {
        (Some(title), Some(company)) => Some(format!("{title}, {company}")),
        (title, company) => title.or(company).map(str::to_owned),
    };
    html! {
        @if let Some(place) = place { (place) br; }
        (relationship(&person.kind, person.heard, person.moments))
        @if let Some(last) = person.last_at { ", last met " (when::ago(last, desk.now, &desk.zone)) }
    }
}

fn story(desk: &Desk, person: &Person) -> Markup {
    let (told, goal) = (value(person, "story"), value(person, "goal"));
    let change = format!("/people/{}/known", person.id);
    html! {
        @if told.is_some() || goal.is_some() {
            div.story {
                @if let Some(told) = told { p { (told) } }
                @if let Some(goal) = goal { p.wants { span { "What they try to get done" } (goal) } }
            }
        } @else if desk.can(Permission::WritePeople) {
            p.story.soft { span { "Nobody has written down yet who they are. " a href={(change) "#story"} { "Tell their story" } } }
        }
    }
}

/// Who may be the same person, with what speaks for it.
pub(super) fn twins(person: &Person, twins: &[(Duplicate, Line)]) -> Markup {
    html! {
        @for (twin, line) in twins {
            aside.said.said-well.spread aria-label="Possibly the same person" {
                p {
                    "Perhaps the same as " b { (line.name) } ": "
                    @for (n, evidence) in twin.evidence.iter().enumerate() { @if n > 0 { "; " } (evidence.reason) }
                }
                a href={"/people/" (person.id) "/join/" (line.id)} { "Look at both" }
            }
        }
    }
}

/// What stands beside the conversation.
pub(super) fn margin(desk: &Desk, person: &Person, aside: &Markup) -> Markup {
    html! {
        aside.margin aria-label={"About " (person.name)} {
            @if !person.handles.is_empty() {
                section { h2 { "How to reach them" } ul { @for claim in &person.handles { li { (handle(claim)) } } } }
            }
            @if !person.roles.is_empty() {
                section { h2 { "What they are to whom" } ul { @for role in &person.roles { li { (role_line(desk, role)) } } } }
            }
            (facts(person))
            section.aside {
                h2 { "We met by" }
                ul { @for (channel, last, count) in &person.channels {
                    li.spread { span { (heading(&channel_name(channel))) } span.small.soft { (count) " · " (when::ago(*last, desk.now, &desk.zone)) } }
                } }
                p.small.soft { "Known since " (when::date(person.first_at.unwrap_or(person.created_at), &desk.zone)) }
            }
            (aside)
            (acts(desk, person))
        }
    }
}

fn facts(person: &Person) -> Markup {
    let known: Vec<_> = person
        .known
        .iter()
        .filter(|(field, known)| !APART.contains(&field.as_str()) && !known.value.is_empty())
        .collect();
    html! {
        section.facts {
            h2 { "What is known" }
            ul { @for (field, known) in known {
                li { span.small.soft { (heading(field)) } br; span.value { (known.value) } }
            } }
            p { a.small href={"/people/" (person.id) "/known"} { "Everything, and from where" } }
        }
    }
}

/// What is seldom done with somebody.
pub(super) fn acts(desk: &Desk, person: &Person) -> Markup {
    html! {
        @if desk.can(Permission::MergePeople) || desk.can(Permission::ForgetPeople) {
            section.aside {
                h2 { "More" }
                ul {
                    @if desk.can(Permission::MergePeople) {
                        li { a href={"/people/" (person.id) "/join"} { "Join with somebody" } }
                    }
                    @if desk.can(Permission::ForgetPeople) {
                        li { a href={"/people/" (person.id) "/forget"} { "Forget them" } }
                    }
                }
            }
        }
    }
}

/// One way to reach somebody, with what is known of it.
pub(super) fn handle(claim: &Claim) -> Markup {
    let handle = &claim.handle;
    let shown = handle.written();
    html! {
        @match handle.kind {
            HandleKind::Email => a.value href={"mailto:" (handle.value)} { (shown) },
            HandleKind::Phone => a.value href={"tel:" (handle.value)} { (shown) },
            _ => span.value { span.small.soft { (heading(handle.kind.as_str())) } " " (shown) },
        }
        " " (marks(claim))
    }
}

/// Proven, shared or blocked: in words and as a drawing, never by colour alone.
fn marks(claim: &Claim) -> Markup {
    let guard = claim.guard.as_deref();
    html! {
        @if claim.handle.verified { span.tag.tag-good title="They proved that it is theirs" { (icon(Icon::Check)) "proven" } " " }
        @if guard == Some("blocked") { span.tag.tag-bad title="A stand-in that says nothing about who somebody is" { (icon(Icon::Blocked)) "blocked" } }
        @else if claim.shared || guard == Some("shared") { span.tag title="Several people use it" { (icon(Icon::Shared)) "shared" } }
    }
}

pub(super) fn role_line(desk: &Desk, role: &Role) -> Markup {
    html! {
        span.soft[role.until.is_some()] { (heading(&words(&role.role))) } " "
        a href={"/accounts/" (role.account)} { (role.account_name) }
        @match (role.since, role.until) {
            (_, Some(until)) => span.small.soft { " until " (when::date(until, &desk.zone)) },
            (Some(since), None) => span.small.soft { " since " (when::date(since, &desk.zone)) },
            (None, None) => {},
        }
    }
}
