//! Who works here: inviting, roles, a way back, letting go.

use ::house::{Permission, Role, Secret, Staff};
use axum::{
    Form,
    extract::{Path, State as With},
    response::{IntoResponse, Redirect},
};
use maud::{Markup, html};
use model::StaffId;
use serde::Deserialize;

use super::head;
use crate::{
    State,
    face::face,
    gate::Desk,
    layout::{self, Here},
    pages::parts::heading,
    problem::{Answer, Problem},
    when,
};

#[derive(Deserialize)]
pub(super) struct Invited {
    name: String,
    email: String,
    role: String,
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    role: String,
}

fn role(text: &str) -> Result<Role, Problem> {
    text.parse().map_err(|why: String| Problem::unfit("role", why))
}

fn role_words(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owner: has the last word",
        Role::Admin => "Admin: looks after the house",
        Role::Member => "Member: works with people every day",
        Role::ReadOnly => "Reader: sees, and changes nothing",
    }
}

pub(super) async fn show(With(state): With<State>, desk: Desk) -> Answer {
    let staff = state.house().staff(&desk.viewer).await?;
    let main = html! {
        (head(&desk, "/house"))
        div.stack {
            ul.lines { @for one in &staff { li { (line(&desk, one)) } } }
            @if desk.can(Permission::ManageStaff) { (invitation(&desk)) }
        }
    };
    Ok(layout::page(&desk, Here::House, "Who works here", main))
}

fn line(desk: &Desk, one: &Staff) -> Markup {
    let may =
        desk.can(if one.role == Role::Owner { Permission::ManageOwners } else { Permission::ManageStaff });
    html! {
        div.with-face {
            (face(&one.name, &one.id.to_string(), "m"))
            div {
                b { (one.name) } @if one.id == desk.viewer.staff() { span.soft { " (you)" } }
                p.small.soft {
                    (one.email) " · "
                    @match one.left_at {
                        Some(at) => { "left " (when::ago(at, desk.now, &desk.zone)) },
                        None => { (heading(&one.role.to_string())) ", since " (when::date(one.created_at, &desk.zone)) },
                    }
                }
            }
        }
        @if may && one.left_at.is_none() { (acts(desk, one)) }
    }
}

fn acts(desk: &Desk, one: &Staff) -> Markup {
    let base = format!("/house/staff/{}", one.id);
    let id = format!("role-{}", one.id);
    html! {
        details {
            summary { "Change" }
            div.fields {
                form.field method="post" action={(base) "/role"} {
                    label for=(id) { "Role" }
                    (choose(desk, &id, one.role))
                    p { button.quiet { "Give this role" } }
                }
                @if one.id != desk.viewer.staff() {
                    form method="post" action={(base) "/way-back"} { button.plain { "Make a link for a new password" } }
                    form method="post" action={(base) "/leave"} {
                        button.grave data-sure={(one.name) " can no longer sign in. What they said stays theirs."} { "Let them go" }
                    }
                }
            }
        }
    }
}

fn choose(desk: &Desk, id: &str, now: Role) -> Markup {
    let all = Role::ALL.iter().filter(|role| **role != Role::Owner || desk.can(Permission::ManageOwners));
    html! {
        select id=(id) name="role" { @for role in all { option value=(role.as_str()) selected[*role == now] { (role_words(*role)) } } }
    }
}

fn invitation(desk: &Desk) -> Markup {
    html! {
        section {
            h2 { "Invite somebody" }
            p.soft { "You get a link to hand to them, which works once and for a week." }
            form.fields method="post" action="/house/staff/invite" {
                div.side-by-side {
                    div.field { label for="invite-name" { "Name" } input #invite-name name="name" required maxlength="120" autocomplete="off"; }
                    div.field { label for="invite-email" { "Mail address" } input #invite-email type="email" name="email" required autocomplete="off"; }
                }
                div.field { label for="invite-role" { "Role" } (choose(desk, "invite-role", Role::Member)) }
                p { button { "Make the link" } }
            }
        }
    }
}

/// A link is shown this once.
fn link(state: &State, desk: &Desk, who: &str, secret: &Secret) -> Answer {
    let address = state.config().address.trim_end_matches('/');
    let main = html! {
        (head(desk, "/house"))
        div.stack {
            h2 { "A link for " (who) }
            p { "Hand it to them, by a way that only they read. It works once, and is shown only now." }
            p.secret #secret { (address) "/door/" (secret.expose()) }
            p { a.button.quiet href="/house" { "Done" } }
        }
    };
    Ok(layout::page(desk, Here::House, "A link", main))
}

pub(super) async fn invite(With(state): With<State>, desk: Desk, Form(given): Form<Invited>) -> Answer {
    let role = role(&given.role)?;
    let (secret, door) = state.house().invite(&desk.viewer, &given.name, &given.email, role).await?;
    link(&state, &desk, &door.name, &secret)
}

pub(super) async fn way_back(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    let id: StaffId = id.parse()?;
    let (secret, door) = state.house().way_back(&desk.viewer, id).await?;
    link(&state, &desk, &door.name, &secret)
}

pub(super) async fn change_role(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Form(given): Form<Chosen>,
) -> Answer {
    state.house().change_role(&desk.viewer, id.parse()?, role(&given.role)?).await?;
    Ok(Redirect::to("/house").into_response())
}

pub(super) async fn let_go(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    state.house().let_go(&desk.viewer, id.parse()?).await?;
    Ok(Redirect::to("/house").into_response())
}
