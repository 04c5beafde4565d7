//! What is known of somebody, each value with where it comes from; entering, correcting, adding.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, State as With},
    response::{IntoResponse, Redirect},
};
use maud::{Markup, html};
use memory::{
    accounts,
    people::{self, FieldDef, FieldType, Known, Person, Source, Why},
};
use model::{Handle, HandleKind, PersonId, RoleId};
use serde::Deserialize;
use serde_json::json;
use store::Write;

use super::portrait;
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    pages::parts::{Names, heading, name_of, names, words},
    problem::{Answer, Problem},
    when,
};

/// Fields that every organisation has, before its own.
const COMMON: &[(&str, &str)] = &[
    ("name", "Name"),
    ("story", "Their story, in a few sentences"),
    ("goal", "What they try to get done"),
    ("company", "Company"),
    ("title", "What they do there"),
    ("birthday", "Birthday"),
    ("language", "Language"),
];

#[derive(Deserialize)]
pub(super) struct Entry {
    field: String,
    value: String,
}

#[derive(Deserialize)]
pub(super) struct HandleGiven {
    kind: String,
    value: String,
}

#[derive(Deserialize)]
pub(super) struct GuardGiven {
    kind: String,
    value: String,
    state: String,
}

#[derive(Deserialize)]
pub(super) struct RoleGiven {
    account: String,
    kind: String,
    role: String,
}

pub(super) async fn show(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let id: PersonId = id.parse()?;
    let read =
        state.store().read(move |db| Ok::<_, Problem>((people::person(db, id)?, people::field_defs(db)?)));
    let (person, defs) = read.await?;
    let names = names(&state).await?;
    let title = format!("What is known of {}", person.name);
    Ok(layout::page(&desk, Here::People, &title, shown(&desk, &person, &defs, &names)))
}

fn shown(desk: &Desk, person: &Person, defs: &[FieldDef], names: &Names) -> Markup {
    html! {
        div.stack {
            p { a href={"/people/" (person.id)} { "← " (person.name) } }
            h1 { "What is known, and from where" }
            (fields(desk, person, defs, names))
            (handles(desk, person))
            (roles(desk, person))
            (sources(desk, person))
            (joinings(desk, person, names))
            (portrait::acts(desk, person))
        }
    }
}

/// Common fields first, then the organisation's own, then whatever else a source said.
fn labels(person: &Person, defs: &[FieldDef]) -> Vec<(String, String)> {
    let mut labels: Vec<(String, String)> =
        COMMON.iter().map(|(name, label)| ((*name).to_owned(), (*label).to_owned())).collect();
    let own = defs.iter().map(|def| (def.name.clone(), def.label.clone()));
    let said = person.known.keys().map(|name| (name.clone(), heading(name)));
    for (name, label) in own.chain(said) {
        if !labels.iter().any(|(known, _)| *known == name) {
            labels.push((name, label));
        }
    }
    labels
}

fn fields(desk: &Desk, person: &Person, defs: &[FieldDef], names: &Names) -> Markup {
    let write = desk.can(Permission::WritePeople);
    html! {
        section {
            ul.lines { @for (name, label) in labels(person, defs) {
                @let known = person.known.get(&name).filter(|k| !k.value.is_empty());
                li id=(name) {
                    div {
                        span.small.soft { (label) }
                        @match known {
                            Some(known) => { p { (known.value) } (why_all(desk, known, names)) },
                            None => p.soft { "Not known" },
                        }
                    }
                    @if write { (entry(person, &name, &label, known, defs)) }
                }
            } }
        }
    }
}

fn why_all(desk: &Desk, known: &Known, names: &Names) -> Markup {
    html! {
        p.small.soft { (why(desk, &known.why, names)) }
        @for (value, other) in &known.others { p.small.soft { "Also: " (value) " (" (why(desk, other, names)) ")" } }
    }
}

fn why(desk: &Desk, why: &Why, names: &Names) -> Markup {
    html! {
        @if why.standing == "entered" { "Entered by " (name_of(names, why.by)) } @else { "Said by " (why.source) }
        ", " (when::date(why.at, &desk.zone))
    }
}

fn entry(person: &Person, name: &str, label: &str, known: Option<&Known>, defs: &[FieldDef]) -> Markup {
    let value = known.map_or("", |k| k.value.as_str());
    let def = defs.iter().find(|def| def.name == name);
    let id = format!("value-{name}");
    html! {
        details {
            summary { "Change" }
            form.fields method="post" action={"/people/" (person.id) "/known"} {
                input type="hidden" name="field" value=(name);
                div.field { label for=(id) { (label) } (input(&id, name, value, def)) }
                p.row { button { "Keep" } span.small.soft { "Empty hides what sources say." } }
            }
        }
    }
}

fn input(id: &str, name: &str, value: &str, def: Option<&FieldDef>) -> Markup {
    let choices: Vec<&str> = match def {
        Some(def) if def.field_type == FieldType::Choice => def.options.iter().map(String::as_str).collect(),
        Some(def) if def.field_type == FieldType::Yes => vec!["yes", "no"],
        _ => Vec::new(),
    };
    let kind = match def.map(|def| def.field_type) {
        Some(FieldType::Date) => "date",
        Some(FieldType::Link) => "url",
        _ => "text",
    };
    html! {
        @if !choices.is_empty() {
            select id=(id) name="value" { option value="" {} @for choice in choices { option selected[choice == value] { (choice) } } }
        } @else if matches!(name, "story" | "goal") {
            textarea id=(id) name="value" { (value) }
        } @else {
            input id=(id) type=(kind) name="value" value=(value);
        }
    }
}

fn handles(desk: &Desk, person: &Person) -> Markup {
    let base = format!("/people/{}/known", person.id);
    html! {
        section {
            h2 { "How to reach them" }
            ul.lines { @for claim in &person.handles {
                li {
                    div { (portrait::handle(claim)) p.small.soft { "Known since " (when::date(claim.seen_at, &desk.zone)) } }
                    @if desk.can(Permission::WritePeople) {
                        form method="post" action={(base) "/guard"} {
                            input type="hidden" name="kind" value=(claim.handle.kind);
                            input type="hidden" name="value" value=(claim.handle.value);
                            @if claim.guard.is_some() { button.plain name="state" value="" { "Let it tell again who somebody is" } }
                            @else { button.plain name="state" value="shared" { "Several people use it" } }
                        }
                    }
                }
            } }
            @if desk.can(Permission::WritePeople) {
                details { summary { "Add an address or number" } form.fields method="post" action={(base) "/handles"} {
                    div.side-by-side {
                        div.field { label for="handle-kind" { "What" } select #handle-kind name="kind" { option value="email" { "Mail address" } option value="phone" { "Phone number" } option value="social" { "Name on a network" } } }
                        div.field { label for="handle-value" { "Which" } input #handle-value name="value" required placeholder="network:name for a network"; }
                    }
                    p { button { "Add" } }
                } }
            }
        }
    }
}

fn roles(desk: &Desk, person: &Person) -> Markup {
    let base = format!("/people/{}/known/roles", person.id);
    html! {
        section {
            h2 { "What they are to whom" }
            ul.lines { @for role in &person.roles {
                li {
                    div { (portrait::role_line(desk, role)) }
                    @if desk.can(Permission::WritePeople) && role.until.is_none() {
                        form method="post" action={(base) "/" (role.id) "/end"} { button.plain { "This has ended" } }
                    }
                }
            } }
            @if desk.can(Permission::WritePeople) {
                details { summary { "Add a role" } form.fields method="post" action=(base) {
                    div.side-by-side {
                        div.field { label for="role-word" { "They" } select #role-word name="role" { @for word in accounts::ROLES { option value=(word) { (words(word)) } } } }
                        div.field { label for="role-account" { "Whom or what" } input #role-account name="account" required; }
                        div.field { label for="role-kind" { "That is" } select #role-kind name="kind" { option value="organisation" { "an organisation" } option value="household" { "a household" } } }
                    }
                    p { button { "Add" } }
                } }
            }
        }
    }
}

fn sources(desk: &Desk, person: &Person) -> Markup {
    let may_split = desk.can(Permission::MergePeople) && person.sources.len() > 1;
    html! {
        section {
            h2 { "Where we know them from" }
            ul.lines { @for source in &person.sources {
                li {
                    div { b { (source_name(source)) } p.small.soft { (source.key) " · " (when::date(source.seen_at, &desk.zone)) } }
                    @if may_split {
                        form method="post" action={"/people/" (person.id) "/known/sources/" (source.profile) "/split"} {
                            button.plain data-sure="This source becomes a person of its own." { "This is not them" }
                        }
                    }
                }
            } }
        }
    }
}

fn source_name(source: &Source) -> &str {
    if source.source == "desk" { "Our own notes" } else { &source.source }
}

fn joinings(desk: &Desk, person: &Person, names: &Names) -> Markup {
    html! {
        @if !person.merges.is_empty() {
            section {
                h2 { "Joined" }
                ul.lines { @for merge in &person.merges {
                    li {
                        div {
                            @if merge.reason.is_empty() { "Two became one" } @else { (merge.reason) }
                            p.small.soft { (name_of(names, merge.by)) ", " (when::date(merge.at, &desk.zone)) }
                        }
                        @if desk.can(Permission::MergePeople) {
                            form method="post" action={"/people/" (person.id) "/joinings/" (merge.id) "/undo"} { button.quiet { "Undo" } }
                        }
                    }
                } }
            }
        }
    }
}

/// Writes something about a person into the memory and the log, then shows it.
async fn change<F>(state: &State, desk: &Desk, id: &str, verb: &'static str, field: String, work: F) -> Answer
where
    F: Fn(&mut Write<'_>, PersonId) -> Result<(), Problem> + Send + Sync + 'static,
{
    desk.may(Permission::WritePeople)?;
    let id: PersonId = id.parse()?;
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    let write = state.store().write(move |tx| {
        work(tx, id)?;
        let act = Act::by(&viewer, verb, id).with(json!({ "field": field }));
        Ok::<_, Problem>(::house::note(tx, &world, &act)?)
    });
    write.await?;
    Ok(Redirect::to(&format!("/people/{id}/known")).into_response())
}

pub(super) async fn enter(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Form(given): Form<Entry>,
) -> Answer {
    let (world, by) = (state.world().clone(), Some(desk.viewer.staff()));
    let field = given.field.clone();
    change(&state, &desk, &id, "person.entered", field, move |tx, id| {
        Ok(people::enter(tx, &world, id, &given.field, &given.value, by)?)
    })
    .await
}

fn read_handle(desk: &Desk, kind: &str, value: &str) -> Result<Handle, Problem> {
    let wrong = |e: model::HandleError| Problem::unfit("handle", format!("This {e}."));
    let country = Some(desk.settings.country.as_str()).filter(|c| !c.is_empty());
    match HandleKind::from(kind.to_owned()) {
        HandleKind::Email => Handle::email(value).map_err(wrong),
        HandleKind::Phone => Handle::phone(value, country).map_err(wrong),
        HandleKind::Social => {
            let named =
                value.split_once(':').ok_or_else(|| Problem::unfit("handle", "Write network:name."))?;
            Handle::social(named.0, named.1).map_err(wrong)
        }
        _ => Err(Problem::unfit("handle", "Choose a mail address, a phone number or a name on a network.")),
    }
}

pub(super) async fn add_handle(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Form(given): Form<HandleGiven>,
) -> Answer {
    let handle = read_handle(&desk, &given.kind, &given.value)?;
    let world = state.world().clone();
    change(&state, &desk, &id, "person.handle_added", given.kind, move |tx, id| {
        Ok(people::add_handle(tx, &world, id, &handle)?)
    })
    .await
}

pub(super) async fn guard(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Form(given): Form<GuardGiven>,
) -> Answer {
    let GuardGiven { kind, value, state: guard } = given;
    let handle = Handle { kind: kind.clone().into(), raw: value.clone(), value, verified: false };
    let now = desk.now;
    change(&state, &desk, &id, "handle.guarded", kind, move |tx, _| {
        match guard.as_str() {
            "" => drop(people::unguard(tx, &handle)?),
            guard => people::guard(tx, &handle, guard, "said at the desk", now)?,
        }
        Ok(())
    })
    .await
}

pub(super) async fn give_role(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Form(given): Form<RoleGiven>,
) -> Answer {
    let (world, by, now) = (state.world().clone(), Some(desk.viewer.staff()), desk.now);
    change(&state, &desk, &id, "person.role_given", given.role.clone(), move |tx, id| {
        let account = match accounts::find(tx, &given.account, 1)?.pop() {
            Some(known) if model::fold(&known.name) == model::fold(given.account.trim()) => known.id,
            _ => accounts::make(tx, &world, &given.account, &given.kind, "", &Default::default())?,
        };
        accounts::give_role(tx, &world, id, account, &given.role, Some(now), by)?;
        Ok(())
    })
    .await
}

pub(super) async fn end_role(
    With(state): With<State>,
    desk: Desk,
    Path((id, role)): Path<(String, String)>,
) -> Answer {
    let (role, now): (RoleId, _) = (role.parse()?, desk.now);
    change(&state, &desk, &id, "person.role_ended", String::new(), move |tx, id| {
        match accounts::end_role(tx, id, role, now)? {
            true => Ok(()),
            false => Err(Problem::missing("This role")),
        }
    })
    .await
}
