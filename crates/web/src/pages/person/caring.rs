//! Who looks after somebody who waits: taken into one's hands, handed over with a word, set aside until a day, or settled because
//! nothing is left to say - with the reason, so that it can be looked at.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, State as With},
    response::{IntoResponse, Redirect},
};
use maud::{Markup, html};
use memory::{care, people::Person};
use model::{Channel, Direction, Kind, NewMoment, PersonId, StaffId, Time};
use serde::Deserialize;
use serde_json::json;

use super::noting;
use crate::pages::language::ADVICE;
use crate::{
    State,
    gate::Desk,
    pages::parts::{Colleagues, Names, name_of},
    problem::{Answer, Problem},
    when,
};

/// A word about a hand-over or a reason is no letter.
const LONGEST: usize = 2000;
/// Days after which somebody set aside comes back, as they are offered.
const LATER: &[(i64, &str)] = &[(1, "tomorrow"), (3, "in three days"), (7, "in a week"), (30, "in a month")];

/// Why nothing is left to say, as it is offered.
const REASONS: &[&str] =
    &["They only said thank you", "It was settled by phone or in person", "It is not for us"];

/// Who looks after them and since when they wait; after an answer, the way to the next who waits.
pub(super) fn bar(desk: &Desk, person: &Person, names: &Names, staff: &Colleagues, answered: bool) -> Markup {
    let base = format!("/people/{}", person.id);
    let mine = person.keeper == Some(desk.viewer.staff());
    let aside = person.set_aside_until.filter(|until| *until > desk.now);
    let shown = person.waits_since.is_some() || person.keeper.is_some() || answered;
    html! {
        @if !shown { div #care {} } @else {
            section.care #care aria-label="Who looks after them" {
                p {
                    @if let Some(since) = person.waits_since { b { "Has waited " (when::lasting(since, desk.now)) " for a word" } }
                    @else if answered { b { "Answered" } a #next-waiting href="/conversations/next" { "To the next who waits" } }
                    @if let Some(keeper) = person.keeper {
                        span { @if mine { "You look after them" } @else { (name_of(names, Some(keeper))) " looks after them" } }
                    } @else { span.soft { "Nobody looks after them yet" } }
                    @if let Some(until) = aside { span { "Set aside until " (when::date(until, &desk.zone)) } }
                }
                @if desk.can(Permission::WritePeople) {
                    div.acts {
                        @if !mine {
                            form method="post" action={(base) "/keeper"} { input type="hidden" name="keeper" value=(desk.viewer.staff()); button.quiet data-key="t" { "Take into my hands " kbd { "t" } } }
                        }
                        (hand_over(desk, person, staff, &base))
                        @if person.waits_since.is_some() { (later(aside.is_some(), &base)) (settle(&base)) }
                    }
                }
            }
        }
    }
}

fn hand_over(desk: &Desk, person: &Person, staff: &Colleagues, base: &str) -> Markup {
    let staff = staff.iter().filter(|(id, _)| Some(*id) != person.keeper);
    html! {
        details data-key="h" {
            summary { "Hand over " kbd { "h" } }
            form method="post" action={(base) "/keeper"} {
                div.field {
                    label for="keeper" { "To" }
                    select #keeper name="keeper" {
                        @for (id, name) in staff { option value=(id) { (name) @if *id == desk.viewer.staff() { " (you)" } } }
                        option value="" { "nobody in particular" }
                    }
                }
                div.field { label for="keeper-note" { "A word about it" } textarea #keeper-note name="note" maxlength=(LONGEST) data-advice=(ADVICE) {} }
                button { "Hand over" }
            }
        }
    }
}

fn later(aside: bool, base: &str) -> Markup {
    html! {
        details {
            summary { "Set aside" }
            form.row method="post" action={(base) "/aside"} {
                @for (days, words) in LATER { button.quiet name="days" value=(days) { (words) } }
                @if aside { button.quiet name="days" value="0" { "take back now" } }
            }
            p.small.soft { "They go on waiting, and are back at once if they write again." }
        }
    }
}

fn settle(base: &str) -> Markup {
    html! {
        details data-key="e" {
            summary { "Nothing left to say " kbd { "e" } }
            form method="post" action={(base) "/settled"} {
                div.field {
                    label for="settled" { "Why?" }
                    input #settled name="reason" required maxlength=(LONGEST) list="settled-reasons" autocomplete="off";
                    datalist #settled-reasons { @for reason in REASONS { option value=(reason) {} } }
                }
                button { "They need not wait" }
            }
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Handed {
    #[serde(default)]
    keeper: String,
    #[serde(default)]
    note: String,
}

pub(super) async fn keeper(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Form(given): Form<Handed>,
) -> Answer {
    desk.may(Permission::WritePeople)?;
    let id: PersonId = id.parse()?;
    let keeper: Option<StaffId> = match given.keeper.as_str() {
        "" => None,
        keeper => Some(keeper.parse()?),
    };
    let names = state.house().colleagues().await?;
    if keeper.is_some_and(|keeper| !names.iter().any(|(id, _)| *id == keeper)) {
        return Err(Problem::unfit("keeper", "Nobody here goes by that."));
    }
    let words: String = given.note.trim().chars().take(LONGEST).collect();
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    let key = noting::key(state.world());
    let name = names.into_iter().find(|(id, _)| Some(*id) == keeper).map(|(_, name)| name);
    state
        .store()
        .write(move |tx| {
            let by = Some(viewer.staff());
            care::hand_over(tx, &world, id, keeper, &words, by)?;
            if !words.is_empty() {
                let title = format!("Handed over to {}", name.as_deref().unwrap_or("the team"));
                let moment = noted(&key, world.now(), by, title, words.clone(), json!({"handed_to": keeper}));
                memory::note(tx, &world, id, &moment, None)?;
            }
            Ok::<_, Problem>(::house::note(tx, &world, &Act::by(&viewer, "person.handed_over", id))?)
        })
        .await?;
    Ok(Redirect::to(&format!("/people/{id}")).into_response())
}

fn noted(
    key: &str,
    at: Time,
    by: Option<StaffId>,
    title: String,
    body: String,
    data: serde_json::Value,
) -> NewMoment {
    NewMoment {
        key: key.to_owned(),
        at,
        kind: Kind::Note,
        channel: Channel::Desk,
        direction: Direction::Noted,
        account: None,
        by,
        thread: None,
        title,
        body,
        data,
        originals: Vec::new(),
    }
}

#[derive(Deserialize)]
pub(super) struct Later {
    days: i64,
}

pub(super) async fn aside(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Form(given): Form<Later>,
) -> Answer {
    desk.may(Permission::WritePeople)?;
    let id: PersonId = id.parse()?;
    let until = match given.days {
        0 => None,
        days @ 1..=366 => Some(desk.now.plus_days(days)),
        _ => return Err(Problem::unfit("days", "Nobody is set aside for so long.")),
    };
    let (world, by) = (state.world().clone(), Some(desk.viewer.staff()));
    state.store().write(move |tx| care::set_aside(tx, &world, id, until, by)).await?;
    Ok(Redirect::to("/conversations").into_response())
}

#[derive(Deserialize)]
pub(super) struct Settled {
    reason: String,
}

/// Nothing is left to say: they wait no longer, and the reason stands in their conversation.
pub(super) async fn settled(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Form(given): Form<Settled>,
) -> Answer {
    desk.may(Permission::WritePeople)?;
    let id: PersonId = id.parse()?;
    let reason: String = given.reason.trim().chars().take(LONGEST).collect();
    if reason.is_empty() {
        return Err(Problem::unfit("reason", "Please say why nothing is left to say."));
    }
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    let key = noting::key(state.world());
    state
        .store()
        .write(move |tx| {
            let data = json!({"settled": reason});
            let by = Some(viewer.staff());
            let moment = noted(&key, world.now(), by, "Nothing left to say".into(), reason.clone(), data);
            memory::note(tx, &world, id, &moment, None)?;
            Ok::<_, Problem>(::house::note(tx, &world, &Act::by(&viewer, "person.settled", id))?)
        })
        .await?;
    Ok(Redirect::to("/conversations").into_response())
}
