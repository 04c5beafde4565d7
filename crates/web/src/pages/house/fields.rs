//! The organisation's own fields about people.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, State as With},
    response::{IntoResponse, Redirect},
};
use maud::{Markup, html};
use memory::people::{self, FieldDef, FieldType};
use serde::Deserialize;
use serde_json::json;

use super::head;
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    problem::{Answer, Problem},
};

#[derive(Deserialize)]
pub(super) struct Given {
    name: String,
    label: String,
    field_type: String,
    #[serde(default)]
    options: String,
}

fn type_words(field_type: FieldType) -> &'static str {
    match field_type {
        FieldType::Text => "words",
        FieldType::Number => "a number",
        FieldType::Date => "a day",
        FieldType::Yes => "yes or no",
        FieldType::Choice => "one of a list",
        FieldType::Link => "a web address",
    }
}

pub(super) async fn show(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let defs = state.store().read(people::field_defs).await?;
    let main = html! {
        (head(&desk, "/house/fields"))
        div.stack {
            @if defs.is_empty() { p.soft { "What is worth knowing about people in your trade? Add it here, and it has a place on everybody’s page." } }
            ul.lines { @for def in &defs { li { (line(def)) } } }
            (form(defs.len()))
        }
    };
    Ok(layout::page(&desk, Here::House, "Fields", main))
}

fn line(def: &FieldDef) -> Markup {
    html! {
        div { b { (def.label) } p.small.soft { (def.name) " · " (type_words(def.field_type)) @if !def.options.is_empty() { ": " (def.options.join(", ")) } } }
        form method="post" action={"/house/fields/" (def.name) "/drop"} {
            button.plain data-sure="It leaves the forms; what was entered stays known." { "Take it out" }
        }
    }
}

fn form(known: usize) -> Markup {
    html! {
        details open[known == 0] { summary { "Add a field" } form.fields method="post" action="/house/fields" {
            div.side-by-side {
                div.field { label for="label" { "What people read" } input #label name="label" required maxlength="80" placeholder="Favourite roast"; }
                div.field { label for="name" { "Short name, for files" } input #name name="name" required maxlength="60" pattern="[a-z0-9_]+" placeholder="favourite_roast"; }
                div.field { label for="type" { "It holds" } select #type name="field_type" { @for t in FieldType::ALL { option value=(t.as_str()) { (type_words(t)) } } } }
            }
            div.field { label for="options" { "For a list: its choices, one on each line" } textarea #options name="options" {} }
            p { button { "Add" } }
        } }
    }
}

pub(super) async fn define(With(state): With<State>, desk: Desk, Form(given): Form<Given>) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let field_type = FieldType::ALL.into_iter().find(|t| t.as_str() == given.field_type);
    let field_type = field_type.ok_or_else(|| Problem::unfit("field_type", "Choose what it holds."))?;
    let options = given.options.lines().map(str::trim).filter(|o| !o.is_empty()).map(str::to_owned).collect();
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    let write = state.store().write(move |tx| {
        let position = people::field_defs(tx)?.len() as i64;
        let Given { name, label, .. } = &given;
        let options: &Vec<String> = &options;
        let def = FieldDef {
            name: name.clone(),
            label: label.clone(),
            field_type,
            options: options.clone(),
            position,
        };
        people::define_field(tx, &def, world.now())?;
        let act = Act::by(&viewer, "field.defined", "").with(json!({ "field": name }));
        Ok::<_, Problem>(::house::note(tx, &world, &act)?)
    });
    write.await?;
    Ok(Redirect::to("/house/fields").into_response())
}

pub(super) async fn drop_field(With(state): With<State>, desk: Desk, Path(name): Path<String>) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    let write = state.store().write(move |tx| {
        people::drop_field(tx, &name)?;
        let act = Act::by(&viewer, "field.dropped", "").with(json!({ "field": name }));
        Ok::<_, Problem>(::house::note(tx, &world, &act)?)
    });
    write.await?;
    Ok(Redirect::to("/house/fields").into_response())
}
