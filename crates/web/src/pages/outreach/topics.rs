//! A topic: what people can choose to hear about, in the words that they read beside it.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, State as With},
    response::{IntoResponse, Redirect},
};
use maud::{Markup, html};
use permission::topics::{self, Topic};
use serde::Deserialize;

use super::form::{Fields, Trouble};
use crate::pages::language::ADVICE;
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    problem::{Answer, Problem},
};

/// What topics are for, as the policy calls it.
const PURPOSE: &str = "digest";
/// Letters of a key that is made from a name.
const KEY: usize = 40;
const FIELDS: Fields = &[("name", "The name"), ("words", "What comes under it"), ("key", "The name")];

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Given {
    name: String,
    words: String,
    open: Option<String>,
}

pub(super) async fn new(desk: Desk) -> Answer {
    desk.may(Permission::WritePeople)?;
    Ok(page(&desk, None, &Given { open: Some("yes".into()), ..Given::default() }, None))
}

pub(super) async fn show(With(state): With<State>, desk: Desk, Path(key): Path<String>) -> Answer {
    desk.may(Permission::WritePeople)?;
    let topic = one(&state, &key).await?;
    let open = (!topic.is_ended).then(|| "yes".to_owned());
    let given = Given { name: topic.name, words: topic.words, open };
    Ok(page(&desk, Some(&key), &given, None))
}

async fn one(state: &State, key: &str) -> Result<Topic, Problem> {
    let all = state.store().read(topics::all).await?;
    all.into_iter().find(|it| it.key == key).ok_or_else(|| Problem::missing("This topic"))
}

fn page(
    desk: &Desk,
    key: Option<&str>,
    given: &Given,
    problem: Option<&Problem>,
) -> axum::response::Response {
    let trouble = Trouble { problem, fields: FIELDS };
    let title = if key.is_some() { "Change a topic" } else { "Add a topic" };
    let main = html! {
        p.back { a href="/outreach" { "Outreach" } }
        h1 { (title) }
        p.lead { "People read these words where they choose what they want to hear." }
        (form(key, given, &trouble))
    };
    trouble.answer(layout::page(desk, Here::Outreach, title, main))
}

fn form(key: Option<&str>, given: &Given, trouble: &Trouble<'_>) -> Markup {
    html! {
        form.fields method="post" action={"/outreach/topics/" (key.unwrap_or("new"))} {
            (trouble.above())
            div.field {
                label for="name" { "What people call it" }
                input #name name="name" value=(given.name) required maxlength="80" autocomplete="off" autofocus[trouble.is_at("name")] aria-invalid=[trouble.invalid("name")];
            }
            div.field {
                label for="words" { "What comes under it, and how often about" }
                textarea #words name="words" required maxlength="300" data-advice=(ADVICE) autofocus[trouble.is_at("words")] aria-invalid=[trouble.invalid("words")] { (given.words) }
            }
            label.choice { input type="checkbox" name="open" value="yes" checked[given.open.is_some()]; "It can be chosen" }
            @if key.is_some() { p.small.soft { "Without that nobody can choose it any more. Whoever chose it before gets what is under way, and can still stop it." } }
            p.row { button { "Keep it" } a.button.quiet href="/outreach" { "Leave it" } }
        }
    }
}

/// A key made from a name, for which nobody has to be asked.
fn key_of(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' };
    let flat: String = name.chars().map(plain).collect();
    let key: String = flat.split_whitespace().collect::<Vec<_>>().join("-").chars().take(KEY).collect();
    key.trim_matches('-').to_owned()
}

pub(super) async fn add(With(state): With<State>, desk: Desk, Form(given): Form<Given>) -> Answer {
    desk.may(Permission::WritePeople)?;
    let key = match key_of(&given.name) {
        // A name in letters of another script.
        key if key.is_empty() => format!("topic-{:08x}", u32::from_be_bytes(state.world().random())),
        key => key,
    };
    if one(&state, &key).await.is_ok() {
        let problem = Problem::unfit("name", "name: is that of a topic that is there already.");
        return Ok(page(&desk, None, &given, Some(&problem)));
    }
    kept(&state, &desk, key, given, true).await
}

pub(super) async fn keep(
    With(state): With<State>,
    desk: Desk,
    Path(key): Path<String>,
    Form(given): Form<Given>,
) -> Answer {
    desk.may(Permission::WritePeople)?;
    one(&state, &key).await?;
    kept(&state, &desk, key, given, false).await
}

async fn kept(state: &State, desk: &Desk, key: String, given: Given, is_new: bool) -> Answer {
    let topic = Topic {
        key: key.clone(),
        purpose: PURPOSE.into(),
        name: given.name.clone(),
        words: given.words.clone(),
        is_ended: given.open.is_none(),
    };
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    let done = state
        .store()
        .write(move |tx| {
            topics::keep(tx, &topic, world.now())?;
            Ok::<_, Problem>(::house::note(tx, &world, &Act::by(&viewer, "topic.kept", &topic.key))?)
        })
        .await;
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/outreach#topic-{key}")).into_response()),
        Err(problem) => Ok(page(desk, (!is_new).then_some(key.as_str()), &given, Some(&problem))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_of_what_a_name_has_of_plain_letters() {
        assert_eq!(key_of("New coffees, & what we think of them!"), "new-coffees-what-we-think-of-them");
        assert_eq!(key_of("焙煎"), "");
        assert!(key_of(&"long ".repeat(30)).len() <= KEY);
    }
}
