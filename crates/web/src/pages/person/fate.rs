//! How far something we said came, in words that claim no more than is known.

use std::collections::HashMap;

use ::house::Permission;
use axum::{
    extract::{Path, State as With},
    response::{IntoResponse, Redirect},
};
use conversations::{
    outbox::{self, Message, State as Far, Through},
    pieces,
};
use maud::{Markup, html};
use model::{MomentId, PersonId, PieceId};
use permission::Word;
use store::Read;

use crate::{
    State,
    gate::Desk,
    layout,
    problem::{Answer, Problem},
    when,
};

/// Messages by the moment that says them, and what the digests among them told.
#[derive(Default)]
pub(in crate::pages) struct Fates {
    messages: HashMap<MomentId, Message>,
    pub(super) titles: HashMap<PieceId, String>,
}

/// Messages looked up for a person's page; older ones have long left.
const MOST: i64 = 200;

pub(super) fn of_person(db: &mut Read<'_>, id: PersonId) -> Result<Fates, Problem> {
    let messages: HashMap<MomentId, Message> =
        outbox::of_person(db, id, MOST)?.into_iter().map(|it| (it.moment, it)).collect();
    let titles = match messages.values().any(|it| it.letter.digest.is_some()) {
        true => pieces::all(db)?.into_iter().map(|it| (it.id, it.title)).collect(),
        false => HashMap::new(),
    };
    Ok(Fates { messages, titles })
}

/// How far it came, for what was sent from here. While that may change, the line reads itself anew.
pub(super) fn show(desk: &Desk, moment: MomentId, fates: &Fates) -> Markup {
    fates.messages.get(&moment).map_or_else(|| html! {}, |message| line(desk, message))
}

fn line(desk: &Desk, message: &Message) -> Markup {
    let Message { person, moment, state, .. } = message;
    let open = matches!(state, Far::Queued | Far::Held | Far::Leaving | Far::Later | Far::Unknown);
    let (id, src) = (format!("fate-{moment}"), format!("/people/{person}/moments/{moment}/fate"));
    let live = open.then(|| format!("topic=person&id={person}"));
    let bad = matches!(state, Far::Refused | Far::Unknown | Far::Bounced);
    html! {
        div.fate.bad[bad] #(id) data-live=[live] data-src=(src) data-eager[open] {
            (words(desk, message))
            @if bad && desk.can(Permission::WritePeople) {
                form method="post" action={"/people/" (person) "/moments/" (moment) "/again"} { button.quiet { "Send it again" } }
            }
            @if *state == Far::Held && desk.can(Permission::WritePeople) {
                form method="post" action={"/people/" (person) "/moments/" (moment) "/back"} { button.quiet { "Do not send it" } }
            }
        }
    }
}

fn words(desk: &Desk, message: &Message) -> Markup {
    let at = when::clock(message.state_at, &desk.zone);
    let by_mail = matches!(message.through, Through::Mailbox(_));
    let said = |wanted: &[Far]| {
        html! { @for (address, fate) in message.outcome.iter().filter(|(_, fate)| wanted.contains(&fate.state)) {
            span.small { (address) ": " (fate.said) }
        } }
    };
    html! {
        @match message.state {
            Far::Queued | Far::Leaving => span { "On its way" },
            Far::Held => span { "Waits" @if let Some((until, why)) = message.word.as_ref().and_then(Word::waits) { " until " (when::clock(until, &desk.zone)) ": " (why) } },
            Far::Left => span { "Sent " (at) },
            Far::Later => { span { @if by_mail { "Their mail server asks" } @else { "The messenger asks" } " for patience; it is tried again by itself." } (said(&[Far::Later])) },
            Far::Refused => { span { "Not delivered " (at) } (said(&[Far::Refused])) },
            Far::Bounced => { span { @if by_mail { "It came back " } @else { "It did not arrive " } (at) } (said(&[Far::Bounced])) },
            Far::Unknown => span { "Nobody knows whether this left: the line broke at the last moment, " (at) },
        }
    }
}

/// The line by itself, for our own script.
pub(super) async fn part(
    With(state): With<State>,
    desk: Desk,
    Path((_, moment)): Path<(String, String)>,
) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let moment: MomentId = moment.parse()?;
    let message = state.store().read(move |db| outbox::of_moment(db, moment)).await?;
    let message = message.ok_or_else(|| Problem::missing("This message"))?;
    Ok(layout::part(line(&desk, &message)))
}

pub(super) async fn back(
    With(state): With<State>,
    desk: Desk,
    Path((person, moment)): Path<(String, String)>,
) -> Answer {
    desk.may(Permission::WritePeople)?;
    let (person, moment): (PersonId, MomentId) = (person.parse()?, moment.parse()?);
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    state
        .store()
        .write(move |tx| {
            let why = format!("{} took it back", viewer.name());
            if outbox::take_back(tx, moment, &why, world.now())? {
                let act = ::house::Act::by(&viewer, "message.taken_back", moment);
                ::house::note(tx, &world, &act)?;
            }
            Ok::<_, Problem>(())
        })
        .await?;
    Ok(Redirect::to(&format!("/people/{person}#{moment}")).into_response())
}

pub(super) async fn again(
    With(state): With<State>,
    desk: Desk,
    Path((person, moment)): Path<(String, String)>,
) -> Answer {
    desk.may(Permission::WritePeople)?;
    let (person, moment): (PersonId, MomentId) = (person.parse()?, moment.parse()?);
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    state
        .store()
        .write(move |tx| {
            outbox::again(tx, moment, world.now())?;
            let act = ::house::Act::by(&viewer, "message.sent_again", moment);
            Ok::<_, Problem>(::house::note(tx, &world, &act)?)
        })
        .await?;
    Ok(Redirect::to(&format!("/people/{person}#{moment}")).into_response())
}
