//! Noting a call, a visit or a meeting in seconds: `n`, a few words, Ctrl+Enter.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, State as With},
    response::{IntoResponse, Redirect},
};
use conversations::attention;
use maud::{Markup, html};
use memory::{
    people::Person,
    timeline::{self, Page},
};
use model::{AccountId, Channel, Direction, Kind, Moment, MomentId, NewMoment, PersonId, Time, World};
use serde::Deserialize;
use store::Write;

use super::{Fates, conversation};
use crate::pages::language::ADVICE;
use crate::{
    State,
    gate::Desk,
    icon::icon,
    layout,
    pages::parts::{drawing, glimpse, names},
    problem::{Answer, Problem},
    when,
};

/// A note longer than this is a document, and belongs into a file.
const LONGEST: usize = 100_000;
/// The line that stands for a note where there is no room for it.
const TITLE: usize = 80;

const CHOICES: &[(&str, Kind)] =
    &[("Call", Kind::Call), ("Visit", Kind::Visit), ("Meeting", Kind::Meeting), ("Note", Kind::Note)];

#[derive(Deserialize)]
pub(super) struct Given {
    kind: String,
    body: String,
    #[serde(default)]
    at: String,
    #[serde(default)]
    account: String,
    key: String,
}

/// What marks a note, so that sending it twice keeps it once.
pub(super) fn key(world: &World) -> String {
    format!("{:032x}", u128::from_be_bytes(world.random()))
}

fn key_field(key: &str) -> Markup {
    html! { input #note-key type="hidden" name="key" value=(key); }
}

/// The form; already open while they are on the telephone.
pub(super) fn form(person: &Person, key: &str, calling: bool) -> Markup {
    html! {
        details.notes #note data-key="n" open[calling] {
            summary { "Note a call, a visit, a meeting " kbd { "n" } }
            form method="post" action={"/people/" (person.id) "/moments"} data-part data-then="note-body" {
                (key_field(key))
                fieldset.pills {
                    legend.hush { "What was it?" }
                    @for (n, (label, kind)) in CHOICES.iter().enumerate() {
                        label.pill { input type="radio" name="kind" value=(kind) checked[n == 0]; (icon(drawing(kind))) (label) }
                    }
                }
                div.field {
                    label for="note-body" { "What was said, and what was promised?" }
                    textarea #note-body name="body" required maxlength=(LONGEST) autofocus[calling] data-advice=(ADVICE) {}
                }
                div.side-by-side {
                    div.field {
                        label for="note-at" { "When? Empty means just now" }
                        input #note-at type="datetime-local" name="at";
                    }
                    @if !person.roles.is_empty() {
                        div.field {
                            label for="note-account" { "On behalf of" }
                            select #note-account name="account" {
                                option value="" { "themselves" }
                                @for role in person.roles.iter().filter(|r| r.until.is_none()) {
                                    option value=(role.account) { (role.account_name) }
                                }
                            }
                        }
                    }
                }
                p.row { button { "Keep it" } span.small.soft { kbd { "Ctrl Enter" } " \u{b7} @ and a name shows it to a colleague" } }
            }
        }
    }
}

impl Given {
    fn moment(&self, desk: &Desk) -> Result<NewMoment, Problem> {
        let body = self.body.trim().replace("\r\n", "\n");
        if body.is_empty() {
            return Err(Problem::unfit("body", "Please write a few words about it."));
        }
        if body.chars().count() > LONGEST {
            return Err(Problem::unfit("body", format!("This is longer than {LONGEST} characters.")));
        }
        let kind: Kind = self.kind.clone().into();
        let (channel, direction) = match kind {
            Kind::Call => (Channel::Phone, Direction::Together),
            Kind::Visit | Kind::Meeting => (Channel::InPerson, Direction::Together),
            Kind::Note => (Channel::Desk, Direction::Noted),
            _ => {
                return Err(Problem::unfit(
                    "kind",
                    "Please say whether it was a call, a visit, a meeting or a note.",
                ));
            }
        };
        Ok(NewMoment {
            key: self.key.clone(),
            at: self.at(desk)?,
            kind,
            channel,
            direction,
            account: None,
            by: Some(desk.viewer.staff()),
            thread: None,
            title: glimpse(body.lines().next().unwrap_or_default(), TITLE),
            body,
            data: serde_json::Value::Null,
            originals: Vec::new(),
        })
    }

    fn at(&self, desk: &Desk) -> Result<Time, Problem> {
        let wrong = || Problem::unfit("at", "This is not a date and time like 2026-03-01 09:30.");
        match self.at.trim() {
            "" => Ok(desk.now),
            text => match when::entered(text, &desk.zone).ok_or_else(wrong)? {
                at if at > desk.now => Err(Problem::unfit("at", "This has not happened yet.")),
                at => Ok(at),
            },
        }
    }
}

pub(super) async fn note(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Form(given): Form<Given>,
) -> Answer {
    desk.may(Permission::WritePeople)?;
    let id: PersonId = id.parse()?;
    let account: Option<AccountId> = match given.account.as_str() {
        "" => None,
        account => Some(account.parse()?),
    };
    let (moment, world, viewer) = (given.moment(&desk)?, state.world().clone(), desk.viewer.clone());
    let now_given = moment.at == desk.now;
    let called = attention::called(&moment.body, &state.house().colleagues().await?);
    let kept = state
        .store()
        .write(move |tx| {
            let kept = memory::note(tx, &world, id, &moment, account)?;
            ::house::note(tx, &world, &Act::by(&viewer, "moment.noted", kept))?;
            for colleague in called.iter().filter(|it| **it != viewer.staff()) {
                attention::mention(tx, id, kept, *colleague, viewer.staff(), world.now())?;
            }
            read_back(tx, kept)
        })
        .await?;
    if !desk.fragment || !now_given {
        let day = when::day(kept.at, &desk.zone);
        return Ok(Redirect::to(&format!("/people/{}?on={day}#{}", kept.person, kept.id)).into_response());
    }
    let names = names(&state).await?;
    let page = Page { moments: vec![kept], older: true, newer: false };
    Ok(layout::part(html! {
        ol data-into="moments" data-op="prepend" { (conversation::moments(&desk, &page, &names, &Fates::default())) }
        (key_field(&key(state.world())))
    }))
}

fn read_back(tx: &mut Write<'_>, id: MomentId) -> Result<Moment, Problem> {
    timeline::moment_by_id(tx, id)?.ok_or_else(|| Problem::missing("This note"))
}
