//! Organisations and households: who is what to them, and what happened for them.

use std::collections::BTreeMap;

use ::house::Permission;
use axum::extract::{Path, Query, State as With};
use maud::{Markup, html};
use memory::{
    accounts::{self, Account, Role},
    timeline::{self, From, Page},
};
use model::AccountId;
use serde::Deserialize;
use store::Read;

use super::{
    parts::{Names, heading, names, words},
    person::{
        Fates,
        conversation::{self, Asked},
    },
};
use crate::{
    State,
    face::face,
    gate::Desk,
    layout::{self, Here},
    problem::{Answer, Problem},
    when,
};

/// Accounts on a page.
const PAGE: i64 = 100;
/// Moments on a page of a timeline.
const MOMENTS: usize = 40;

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Wanted {
    q: String,
    after: String,
}

pub(crate) async fn list(With(state): With<State>, desk: Desk, Query(wanted): Query<Wanted>) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let (q, after) = (wanted.q.trim().to_owned(), wanted.after.clone());
    let found = state
        .store()
        .read(move |db| match q.as_str() {
            "" => accounts::list(db, Some(after.as_str()), PAGE),
            q => accounts::find(db, q, PAGE),
        })
        .await?;
    let results = results(&wanted, &found);
    if desk.fragment {
        return Ok(layout::part(results));
    }
    let main = html! {
        h1 { "Organisations and households" }
        form.finder method="get" action="/accounts" role="search" data-part {
            label.hush for="q" { "Find by name" }
            input #q type="search" name="q" value=(wanted.q) data-key="/" autocomplete="off" placeholder="Find by name";
        }
        (results)
    };
    Ok(layout::page(&desk, Here::Accounts, "Organisations and households", main))
}

fn results(wanted: &Wanted, found: &[Account]) -> Markup {
    let more = wanted.q.is_empty() && found.len() as i64 == PAGE;
    html! {
        div #results {
            @if found.is_empty() { div.empty { p { "Nothing here by that name." } } }
            ul.people {
                @for account in found {
                    li {
                        a.someone href={"/accounts/" (account.id)} {
                            (face(&account.name, &account.id.to_string(), "m"))
                            b { (account.name) }
                            span.says { @if account.about.is_empty() { (heading(&account.kind)) } @else { (account.about) } }
                        }
                    }
                }
            }
            @if let (true, Some(last)) = (more, found.last()) {
                p.more { a.button.quiet href={"/accounts?after=" (model::fold(&last.name))} { "More" } }
            }
        }
    }
}

struct Whole {
    account: Account,
    people: Vec<Role>,
    page: Page,
}

pub(crate) async fn show(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let id: AccountId = id.parse()?;
    let (from, kinds) = (asked.from(&desk)?, asked.kinds());
    let whole = state.store().read(move |db| read(db, id, from, &kinds)).await?;
    let names = names(&state).await?;
    let base = format!("/accounts/{id}");
    if desk.fragment && asked.is_part() {
        return Ok(layout::part(conversation::part(
            &desk,
            &base,
            &asked,
            &whole.page,
            &names,
            &Fates::default(),
        )));
    }
    let main = shown(&desk, &base, &asked, &whole, &names);
    Ok(layout::page(&desk, Here::Accounts, &whole.account.name, main))
}

fn read(db: &mut Read<'_>, id: AccountId, from: From, kinds: &[String]) -> Result<Whole, Problem> {
    Ok(Whole {
        account: accounts::get(db, id)?,
        people: accounts::people_of(db, id)?,
        page: timeline::of_account(db, id, from, kinds, MOMENTS)?,
    })
}

fn shown(desk: &Desk, base: &str, asked: &Asked, whole: &Whole, names: &Names) -> Markup {
    let Whole { account, people, page } = whole;
    html! {
        div.person {
            header.who {
                (face(&account.name, &account.id.to_string(), "l"))
                div {
                    h1 { (account.name) }
                    p.about { (heading(&account.kind)) ", known since " (when::date(account.created_at, &desk.zone)) }
                }
                @if !account.about.is_empty() { div.story { p { (account.about) } } }
            }
            aside.margin aria-label="About them" {
                (by_role(desk, people))
                @if !account.fields.is_empty() {
                    section { h2 { "What is known" } ul {
                        @for (field, value) in &account.fields { li { span.small.soft { (heading(field)) } " " (value) } }
                    } }
                }
            }
            div.stack { (conversation::whole(desk, base, asked, page, names, &Fates::default())) }
        }
    }
}

/// People by what they are to the account: those who use it and those who buy it are different questions.
fn by_role(desk: &Desk, people: &[Role]) -> Markup {
    let mut groups: BTreeMap<(bool, &str), Vec<&Role>> = BTreeMap::new();
    for role in people {
        groups.entry((role.until.is_some(), role.role.as_str())).or_default().push(role);
    }
    html! {
        @for ((ended, word), roles) in groups {
            section {
                h2 { @if ended { "Once: " (words(word)) } @else { (heading(word)) } }
                ul { @for role in roles {
                    li.row {
                        (face(&role.person_name, &role.person.to_string(), "s"))
                        a href={"/people/" (role.person)} { (role.person_name) }
                        @if let Some(since) = role.since { span.small.soft { "since " (when::date(since, &desk.zone)) } }
                    }
                } }
            }
        }
    }
}
