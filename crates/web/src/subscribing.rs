//! A public page on which anybody asks for what we pass on. Nothing comes before they have confirmed it at their address, with a press: looking
//! at the link changes nothing.

use axum::{
    Router,
    extract::{Path, RawForm, State as With},
    routing::get,
};
use house::Limit;
use maud::html;
use permission::{
    Point,
    choosing::{self, Choice, How},
    visits,
};

use crate::{
    State,
    gate::Visitor,
    layout,
    problem::{Answer, Problem},
};

/// Wishes from one network address, and for one mailbox.
const FROM_ONE_PLACE: Limit = Limit { name: "subscriptions from an address", burst: 20, every_seconds: 120 };
const TO_ONE_ADDRESS: Limit = Limit { name: "subscriptions to an address", burst: 3, every_seconds: 3600 };

pub(crate) fn router() -> Router<State> {
    Router::new()
        .route("/subscribe", get(show).post(ask))
        .route("/subscribe/{token}", get(look).post(confirm))
}

async fn us(state: &State) -> Result<String, Problem> {
    let settings = state.house().settings().await?;
    Ok(if settings.organisation.is_empty() { "us".to_owned() } else { settings.organisation })
}

/// What can be asked for by whoever we do not know: topics, and nothing that comes by itself.
async fn topics(state: &State) -> Result<Vec<Choice>, Problem> {
    let all = state.store().read(choosing::choices).await?;
    Ok(all.into_iter().filter(|it| it.topic.is_some()).collect())
}

async fn show(With(state): With<State>) -> Answer {
    let (us, topics) = (us(&state).await?, topics(&state).await?);
    let main = html! {
        h1 { "What you can hear from " (us) }
        @if topics.is_empty() { p.lead { "There is nothing to choose at the moment." } }
        @else {
            p.lead { "Choose what you care for. You can stop each of it at any time, with one press." }
            form.fields method="post" action="/subscribe" {
                fieldset.field {
                    legend.small.soft { "About what" }
                    @for it in &topics {
                        label.choice { input type="checkbox" name="about" value=(it.key()); span { b { (it.name) } br; span.small { (it.words) } } }
                    }
                }
                div.field { label for="address" { "Your mail address" } input #address type="email" name="address" required autocomplete="email"; }
                div.field { label for="name" { "What we may call you, if you like" } input #name name="name" maxlength="200" autocomplete="name"; }
                div { button { "Ask for it" } }
            }
        }
        p.small { a href="/me" { "What we know of you already" } }
    };
    Ok(layout::own("What you can hear", &us, main))
}

async fn ask(With(state): With<State>, visitor: Visitor, RawForm(form): RawForm) -> Answer {
    let given: Vec<(String, String)> = serde_urlencoded::from_bytes(&form).unwrap_or_default();
    let has = |name: &str, value: &str| given.iter().any(|(it, said)| it == name && said == value);
    let one = |name: &str| {
        let found = given.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let chosen: Vec<Choice> =
        topics(&state).await?.into_iter().filter(|it| has("about", &it.key())).collect();
    if chosen.is_empty() {
        return Err(Problem::unfit("about", "names nothing; please choose at least one thing"));
    }
    let point = Point::mail(&one("address"));
    if point.handle().is_none() {
        return Err(Problem::unfit("address", "is no mail address"));
    }
    state.house().count(FROM_ONE_PLACE, &visitor.address).await?;
    state.house().count(TO_ONE_ADDRESS, &point.id()).await?;
    let how = How {
        via: "web_form".into(),
        page: "/subscribe".into(),
        language: "en".into(),
        wording: chosen.iter().map(|it| format!("{}: {}", it.name, it.words)).collect::<Vec<_>>().join("\n"),
        at_the_address: false,
        ..How::default()
    };
    let base = state.config().address.clone();
    delivery::subscribing::ask(state.store(), &point, &one("name"), chosen, how, &base).await?;
    let us = us(&state).await?;
    let main = html! {
        h1 { "One press more" }
        p.lead role="status" { "We have written to " (point.address) ". Please confirm it there, within a week; before that nothing comes." }
    };
    Ok(layout::own("One press more", &us, main))
}

async fn look(With(state): With<State>, Path(token): Path<String>) -> Answer {
    let (us, now) = (us(&state).await?, state.world().now());
    let found = state.store().read(move |db| visits::confirmed(db, &token, now)).await?;
    let main = html! {
        @if let Some((_, names)) = found {
            h1 { "Shall it come?" }
            ul.plain-list { @for it in &names { li { (it.name) span.small.soft { " " (it.words) } } } }
            form method="post" { button { "Yes, I want it" } }
        } @else {
            h1 { "This link is too old" }
            p { a.button href="/subscribe" { "Ask again" } }
        }
    };
    Ok(layout::own("Please confirm", &us, main))
}

async fn confirm(With(state): With<State>, Path(token): Path<String>) -> Answer {
    let (us, world) = (us(&state).await?, state.world().clone());
    let names = state
        .store()
        .write(move |tx| {
            let found = visits::confirmed(tx, &token, world.now())?;
            let (point, chosen) = found
                .ok_or_else(|| Problem::unfit("link", "is too old, or not one of ours; please ask again"))?;
            let handle = point.handle().ok_or_else(|| Problem::missing("This address"))?;
            let how = |it: &Choice| How {
                via: "web_form".into(),
                page: "/subscribe".into(),
                language: "en".into(),
                wording: format!("{}: {}", it.name, it.words),
                at_the_address: true,
                ..How::default()
            };
            for person in memory::people::holders(tx, &handle)? {
                for it in &chosen {
                    choosing::yes(tx, &world, person, &point, it, &how(it))?;
                }
            }
            Ok::<_, Problem>(chosen.into_iter().map(|it| it.name).collect::<Vec<_>>())
        })
        .await?;
    let main = html! {
        h1 { "It comes to you" }
        p.lead role="status" { @for (n, name) in names.iter().enumerate() { @if n > 0 { " and " } "\u{201c}" (name) "\u{201d}" } ". Each mail says how to stop it." }
    };
    Ok(layout::own("It comes to you", &us, main))
}
