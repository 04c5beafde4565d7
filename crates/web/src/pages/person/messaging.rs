//! Answering by a messenger: `m`, a few words, Ctrl+Enter. It goes to where they wrote last.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, State as With},
    http::StatusCode,
    response::{IntoResponse, Redirect},
};
use channels::messengers::Service;
use conversations::{ConversationError, Reply};
use delivery::messengers::{self, Messenger};
use maud::{Markup, html};
use memory::{
    people::{self, Person},
    timeline::{self, From, Page},
};
use model::{Direction, Moment, MomentId, PersonId};
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

/// Messages looked through for the last that they wrote.
const LOOK_BACK: usize = 40;
/// WhatsApp lets nobody write freely to somebody who has been silent for longer.
const WHATSAPP_SECONDS: i64 = 24 * 3600;

/// What was written.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Given {
    key: String,
    seen: String,
    text: String,
}

impl Given {
    /// The moment that the answer will be.
    fn moment(&self) -> MomentId {
        MomentId::derived(&[b"answer", self.key.as_bytes()])
    }
}

/// Where they wrote last, and the newest word between us.
pub(super) struct Ground {
    messenger: Messenger,
    heard: Moment,
    seen: Option<MomentId>,
}

/// The messenger by which somebody wrote last, if it is still here.
pub(super) fn ground(db: &mut Read<'_>, id: PersonId) -> Result<Option<Ground>, Problem> {
    let page = timeline::of_person(db, id, From::End, &["message".into()], LOOK_BACK)?;
    let named = |it: &Moment| it.data["messenger"].as_str()?.parse().ok();
    let heard = page.moments.into_iter().rev().filter(|it| it.direction == Direction::Heard);
    let Some((heard, messenger)) = heard.filter_map(|it| named(&it).map(|id| (it, id))).next() else {
        return Ok(None);
    };
    let messenger = messengers::one(db, messenger)?;
    let seen = timeline::last_word(db, id)?;
    Ok(messenger.map(|messenger| Ground { messenger, heard, seen }))
}

impl Ground {
    fn chat(&self) -> String {
        self.heard.data["chat"].as_str().unwrap_or_default().to_owned()
    }

    /// Their number, where that is what the service knows them by.
    fn number(&self) -> Option<String> {
        let chat = self.chat();
        match self.messenger.service {
            Service::Whatsapp => Some(format!("+{chat}")),
            Service::Twilio => Some(chat),
            Service::Telegram | Service::Generic => None,
        }
    }

    fn way(&self) -> &str {
        match self.messenger.service {
            Service::Generic => &self.messenger.name,
            Service::Twilio => "SMS",
            service => service.label(),
        }
    }
}

/// The form, if they ever wrote to us by a messenger.
pub(super) fn form(desk: &Desk, person: &Person, it: &Ground, key: &str, open: bool) -> Markup {
    if !desk.can(Permission::WritePeople) {
        return html! {};
    }
    let longest = it.messenger.service.longest();
    html! {
        details.notes #messenger data-key="m" open[open] {
            summary { "Answer by " (it.way()) " " kbd { "m" } }
            form method="post" action={"/people/" (person.id) "/messages"} data-part data-then="messenger-text" {
                (marks(key, it.seen))
                (standing(desk, it))
                div.field { label for="messenger-text" { "What you say" } textarea #messenger-text name="text" required maxlength=(longest) data-advice=(ADVICE) data-person=(person.id) {} }
                p.row { button { "Send" } span.small.soft { kbd { "Ctrl Enter" } " \u{b7} " @if let Some(number) = it.number() { "to " (number) " " } "from " (it.messenger.name) } }
            }
        }
    }
}

/// What may keep an answer from arriving.
fn standing(desk: &Desk, it: &Ground) -> Markup {
    let silent = desk.now.seconds_since(it.heard.at) > WHATSAPP_SECONDS;
    html! {
        div #messenger-standing {
            @if !it.messenger.trouble.is_empty() {
                p.doubt { "Nothing can be sent this way since " (when::clock(it.messenger.since, &desk.zone)) ": " (it.messenger.trouble) ". What you write waits." }
            }
            @if it.messenger.service == Service::Whatsapp && silent {
                p.doubt { "They wrote last " (when::ago(it.heard.at, desk.now, &desk.zone)) ". WhatsApp takes answers for a day only; it may refuse this one." }
            }
        }
    }
}

fn marks(key: &str, seen: Option<MomentId>) -> Markup {
    html! {
        input #messenger-key type="hidden" name="key" value=(key);
        input #messenger-seen type="hidden" name="seen" value=(seen.map(|it| it.to_string()).unwrap_or_default());
    }
}

pub(super) async fn say(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Answer {
    desk.may(Permission::WritePeople)?;
    let id: PersonId = id.parse()?;
    let ground = state.store().read(move |db| ground(db, id)).await?;
    let ground = ground.ok_or_else(|| Problem::missing("The messenger they wrote by"))?;
    let text = given.text.trim().replace("\r\n", "\n");
    let longest = ground.messenger.service.longest();
    if text.chars().count() > longest {
        return Err(Problem::unfit("text", format!("{} takes {longest} characters at once.", ground.way())));
    }
    let seen = Some(given.seen.as_str()).filter(|it| !it.is_empty()).map(str::parse).transpose()?;
    let reply = Reply {
        person: id,
        id: given.moment(),
        seen,
        messenger: ground.messenger.id,
        way: ground.messenger.service.way().to_owned(),
        chat: ground.chat(),
        channel: ground.heard.channel.clone(),
        thread: ground.heard.thread.clone(),
        text,
        by: desk.viewer.staff(),
    };
    let (world, viewer, moment) = (state.world().clone(), desk.viewer.clone(), reply.id);
    let kept = state
        .store()
        .write(move |tx| {
            conversations::reply(tx, &world, &reply)?;
            let act = Act::by(&viewer, "answer.sent", reply.id);
            Ok(::house::note(tx, &world, &act).map_err(memory::MemoryError::from)?)
        })
        .await;
    match kept {
        Err(ConversationError::Stale) => return stale(&desk, &given, ground.seen),
        other => other?,
    }
    if !desk.fragment {
        return Ok(Redirect::to(&format!("/people/{id}#{moment}")).into_response());
    }
    said(&state, &desk, id, moment).await
}

/// What our own script puts into the page after something was said.
async fn said(state: &State, desk: &Desk, id: PersonId, moment: MomentId) -> Answer {
    let (person, kept, fates, seen) = state
        .store()
        .read(move |db| {
            let kept = timeline::moment_by_id(db, moment)?.ok_or_else(|| Problem::missing("This answer"))?;
            let seen = timeline::last_word(db, id)?;
            Ok::<_, Problem>((people::person(db, id)?, kept, fate::of_person(db, id)?, seen))
        })
        .await?;
    let page = Page { moments: vec![kept], older: true, newer: false };
    let (names, staff) = (names(state).await?, state.house().colleagues().await?);
    Ok(layout::part(html! {
        ol data-into="moments" data-op="prepend" { (conversation::moments(desk, &page, &names, &fates)) }
        (marks(&noting::key(state.world()), seen))
        (caring::bar(desk, &person, &names, &staff, true))
    }))
}

/// Somebody spoke while this was written: nothing is sent, nothing of it is lost.
fn stale(desk: &Desk, given: &Given, seen: Option<MomentId>) -> Answer {
    let words = "Somebody spoke meanwhile, so this was not sent. Please read it above and send once more if it still fits.";
    if desk.fragment {
        let part = layout::part(html! { p { (words) } (marks(&given.key, seen)) });
        return Ok((StatusCode::CONFLICT, part).into_response());
    }
    Err(Problem::new(StatusCode::CONFLICT, "Somebody spoke meanwhile", words))
}
