//! Answering in a talk on a website: `c`, a few words, Ctrl+Enter. They see it at once, or get it by mail if they have left.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, State as With},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use conversations::{
    ConversationError,
    sites::{self, Site},
    talks::{self, Talk},
};
use maud::{Markup, html};
use memory::{
    people::{self, Person},
    timeline::{self, Page},
};
use model::{PersonId, TalkId};
use serde::Deserialize;
use store::Read;

use super::{caring, conversation, fate, noting};
use crate::pages::language::ADVICE;
use crate::{
    State,
    gate::Desk,
    layout,
    pages::parts::names,
    problem::{Answer, Problem},
    when,
};

/// What was written.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Given {
    key: String,
    seen: i64,
    text: String,
}

/// A talk, where it takes place, and what of ours they have not seen.
pub(super) struct Ground {
    talk: Talk,
    site: Option<Site>,
    unseen: usize,
    /// The page on which they spoke last, as their browser tells it.
    page: Option<String>,
}

/// So many of the newest lines are looked through for the page on which they spoke.
const LOOKED_BACK: i64 = 50;

/// The page on which they spoke last; none if it is the talk's own page, which says nothing.
fn page(db: &mut Read<'_>, talk: &Talk) -> Result<Option<String>, Problem> {
    let lines = talks::since(db, talk, talk.newest - LOOKED_BACK, LOOKED_BACK)?;
    let theirs = lines.iter().rev().filter(|it| it.moment.direction == model::Direction::Heard);
    let told = theirs.filter_map(|it| it.moment.data["page"].as_str()).find(|it| !it.is_empty());
    let page = told.unwrap_or_default();
    let own = format!("/chat/{}/talk", talk.site);
    Ok((is_web(page) && !page.contains(&own)).then(|| page.to_owned()))
}

/// Anything else that a browser may tell - `javascript:`, `file:` - is no link for a desk.
fn is_web(page: &str) -> bool {
    page.starts_with("https://") || page.starts_with("http://")
}

/// The talk that somebody was at last, if there is one.
pub(super) fn ground(db: &mut Read<'_>, id: PersonId) -> Result<Option<Ground>, Problem> {
    let talks = talks::of_person(db, id)?;
    let Some(talk) = talks.into_iter().max_by_key(|it| (it.looked_at, it.began_at)) else { return Ok(None) };
    let lines = talks::since(db, &talk, talk.seen, 100)?;
    let unseen = lines.iter().filter(|it| it.moment.direction == model::Direction::Said).count();
    let site = sites::one(db, talk.site)?;
    let page = page(db, &talk)?;
    Ok(Some(Ground { talk, site, unseen, page }))
}

/// The form, if they ever talked with us on a website that still shows it.
pub(super) fn form(
    state: &State,
    desk: &Desk,
    person: &Person,
    ground: Option<&Ground>,
    open: bool,
) -> Markup {
    let Some(it) = ground.filter(|it| it.site.is_some() && desk.can(Permission::WritePeople)) else {
        return html! {};
    };
    let key = noting::key(state.world());
    html! {
        details.notes #chat data-key="c" open[open] {
            summary { "Answer in the chat " kbd { "c" } }
            form method="post" action={"/people/" (person.id) "/talks/" (it.talk.id)} data-part data-then="chat-text" {
                (marks(&key, it.talk.newest))
                (standing(desk, it))
                div.field { label for="chat-text" { "What you say" } textarea #chat-text name="text" required maxlength="8000" data-advice=(ADVICE) data-person=(person.id) {} }
                p.row { button { "Send" } span.small.soft { kbd { "Ctrl Enter" } " \u{b7} they read " (desk.viewer.name().split(' ').next().unwrap_or_default()) } }
            }
        }
    }
}

/// Who they are to the site, where the talk is, and what they have not seen.
fn standing(desk: &Desk, it: &Ground) -> Markup {
    let Ground { talk, site, unseen, page } = it;
    html! {
        p #chat-standing .small.soft {
            @if let Some(site) = site { "On " (site.name) ". " }
            @if let Some(page) = page { "They wrote from " (whence(page, site.as_ref())) ". " }
            @if talk.vouched { b { "Signed in there" } ": the site says who they are. " }
            @else { b { "Not signed in there" } ": who they are is only what they say. " }
            @if talk.is_looked_at(desk.now) { "They look at it just now." }
            @else {
                "They left " (when::ago(talk.looked_at, desk.now, &desk.zone)) ". "
                @if *unseen > 0 { (unseen) @if *unseen == 1 { " line is" } @else { " lines are" } " not seen yet. " }
                @match &talk.address {
                    Some(address) => { "What they do not see within a minute goes to " (address) "." }
                    None if talk.vouched => "What they do not see within a minute goes by mail.",
                    None => "They left no address: they see it when they come back.",
                }
            }
        }
    }
}

/// A link, if it leads to the site itself: a visitor's browser tells what it likes, and nobody of us shall be led elsewhere by it.
fn whence(page: &str, site: Option<&Site>) -> Markup {
    let is_of = |origin: &String| {
        page.strip_prefix(origin.as_str()).is_some_and(|it| it.is_empty() || it.starts_with(['/', '?', '#']))
    };
    match site.is_some_and(|it| it.origins.iter().any(is_of)) {
        true => html! { a href=(page) target="_blank" rel="noopener noreferrer" { (page) } },
        false => html! { (page) },
    }
}

fn marks(key: &str, seen: i64) -> Markup {
    html! {
        input #chat-key type="hidden" name="key" value=(key);
        input #chat-seen type="hidden" name="seen" value=(seen);
    }
}

pub(super) async fn say(
    With(state): With<State>,
    desk: Desk,
    Path((id, talk)): Path<(String, String)>,
    Form(given): Form<Given>,
) -> Answer {
    desk.may(Permission::WritePeople)?;
    let (id, talk): (PersonId, TalkId) = (id.parse()?, talk.parse()?);
    let (world, viewer, text, key) =
        (state.world().clone(), desk.viewer.clone(), given.text.clone(), given.key.clone());
    let said = state
        .store()
        .write(move |tx| {
            let talk = talks::one(tx, id, talk)?;
            let talk = talk.ok_or(ConversationError::Forgotten)?;
            let moment = talks::say(tx, &world, &talk, &key, &text, given.seen, viewer.staff())?;
            ::house::note(tx, &world, &Act::by(&viewer, "chat.said", moment))
                .map_err(memory::MemoryError::from)?;
            Ok(moment)
        })
        .await;
    let moment = match said {
        Err(ConversationError::Stale) => return stale(&state, &desk, id, &given).await,
        other => other?,
    };
    if !desk.fragment {
        return Ok(Redirect::to(&format!("/people/{id}#{moment}")).into_response());
    }
    let (person, kept, fates, ground) = state
        .store()
        .read(move |db| {
            let kept = timeline::moment_by_id(db, moment)?.ok_or_else(|| Problem::missing("This line"))?;
            Ok::<_, Problem>((people::person(db, id)?, kept, fate::of_person(db, id)?, ground(db, id)?))
        })
        .await?;
    let page = Page { moments: vec![kept], older: true, newer: false };
    let (names, staff) = (names(&state).await?, state.house().colleagues().await?);
    Ok(layout::part(html! {
        ol data-into="moments" data-op="prepend" { (conversation::moments(&desk, &page, &names, &fates)) }
        @if let Some(it) = ground { (marks(&noting::key(state.world()), it.talk.newest)) (standing(&desk, &it)) }
        (caring::bar(&desk, &person, &names, &staff, true))
    }))
}

/// A colleague answered meanwhile: nothing is sent, nothing of it is lost.
async fn stale(state: &State, desk: &Desk, id: PersonId, given: &Given) -> Answer {
    let words = "A colleague answered meanwhile, so this was not sent. Please read it above and send once more if it still fits.";
    let ground = state.store().read(move |db| ground(db, id)).await?;
    let seen = ground.map_or(given.seen, |it| it.talk.newest);
    if desk.fragment {
        let part = layout::part(html! { p { (words) } (marks(&given.key, seen)) });
        return Ok((StatusCode::CONFLICT, part).into_response());
    }
    Err(Problem::new(StatusCode::CONFLICT, "A colleague was quicker", words))
}
