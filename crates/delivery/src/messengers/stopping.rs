//! A message that is nothing but a word that stops, or that undoes a stop: it is heeded in the transaction that takes it in, so that nothing
//! leaves between the two.

use channels::messengers::Service;
use conversations::{
    outbox,
    telling::{self, Texting},
};
use memory::Taken;
use model::{Fragment, MessengerId, MomentId, NewMoment, PersonId, World};
use permission::{
    Point,
    choosing::{self, How},
    stopping::{self, Says, Spoken},
    suppressed::{self, Kind},
};
use store::{Read, Write, params};

use super::sql;
use crate::DeliveryError;

/// By which of our sides it came.
pub(super) struct Side {
    pub(super) id: MessengerId,
    pub(super) service: Service,
    /// In whose name a stop is confirmed.
    pub(super) organisation: String,
}

/// What a message says, if it is nothing but a word. Only words that end something ask for no answer.
pub(super) fn mark(fragment: &mut Fragment) {
    for moment in &mut fragment.moments {
        if stopping::word(&moment.body).is_some_and(|it| it.says == Says::Stop) {
            moment.data["automatic"] = "a word that stops".into();
        }
    }
}

/// Heeds what was said, if it was not known before.
pub(super) fn heed(
    tx: &mut Write<'_>,
    world: &World,
    side: &Side,
    fragment: &Fragment,
    taken: &Taken,
) -> Result<(), DeliveryError> {
    for (n, moment) in fragment.moments.iter().enumerate() {
        let Some(spoken) = stopping::word(&moment.body) else { continue };
        let Some(chat) = moment.data["chat"].as_str() else { continue };
        let point = Point::messenger(side.service.way(), side.id, chat);
        match taken.person.zip(taken.ids.get(n).copied()) {
            Some((person, id)) => one(tx, world, side, &Word { person, id, moment, chat, point, spoken })?,
            // Whoever was forgotten is nobody here, and their number is left alone all the same.
            None if spoken.says == Says::Stop && taken.person.is_none() => {
                suppressed::suppress(tx, world, &point, Kind::AddressOptOut)?;
            }
            None => {}
        }
    }
    Ok(())
}

/// A word somebody said.
struct Word<'a> {
    person: PersonId,
    id: MomentId,
    moment: &'a NewMoment,
    chat: &'a str,
    point: Point,
    spoken: Spoken,
}

fn one(tx: &mut Write<'_>, world: &World, side: &Side, it: &Word<'_>) -> Result<(), DeliveryError> {
    let kinds = suppressed::of_points(tx, &[&it.point])?;
    let is_stopped = kinds.iter().any(|it| it.kind == Kind::AddressOptOut.as_str());
    let how = |wording: String| How {
        via: side.service.way().into(),
        page: it.id.to_string(),
        language: it.spoken.language.into(),
        wording,
        message: Some(it.id),
        at_the_address: true,
        ..How::default()
    };
    match it.spoken.says {
        // Said twice it is said once, and confirmed once.
        Says::Stop if !is_stopped => {
            choosing::nothing(tx, world, it.person, &it.point, &how(String::new()))?;
            confirm(tx, world, side, it)?;
        }
        Says::Back if is_stopped => {
            choosing::back(tx, world, it.person, &it.point, &how(String::new()))?;
        }
        Says::Yes if is_stopped => {
            let Some(asked) = confirmed_last(tx, it)? else { return Ok(()) };
            choosing::back(tx, world, it.person, &it.point, &how(asked))?;
        }
        Says::Stop | Says::Back | Says::Yes => return Ok(()),
    }
    Ok(outbox::look_again(tx, it.person, world.now())?)
}

fn confirm(tx: &mut Write<'_>, world: &World, side: &Side, it: &Word<'_>) -> Result<(), DeliveryError> {
    let texting = Texting {
        person: it.person,
        id: world.id(),
        title: "We confirmed that we leave them in peace".into(),
        messenger: side.id,
        channel: it.moment.channel.clone(),
        way: side.service.way().into(),
        chat: it.chat.to_owned(),
        thread: it.moment.thread.clone(),
        text: stopping::confirmation(it.spoken.language, &side.organisation),
        purpose: outbox::STOP_CONFIRMED.into(),
    };
    Ok(telling::text(tx, world, &texting)?)
}

/// The words with which a stop was confirmed, if that was the last thing that we said to them: then a yes answers it, and otherwise it answers
/// something else.
fn confirmed_last(db: &mut Read<'_>, it: &Word<'_>) -> Result<Option<String>, DeliveryError> {
    let last = db.first(sql::SAID_LAST, params![it.person], |row| {
        Ok((row.get::<String>(0)?, row.json::<serde_json::Value>(1)?))
    })?;
    Ok(last.filter(|(_, data)| data["purpose"] == outbox::STOP_CONFIRMED).map(|(words, _)| words))
}
