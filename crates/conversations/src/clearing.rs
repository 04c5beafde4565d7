//! The gate is asked about each message at the moment when it would leave, with all that counts: what they wish, what they heard from us
//! lately, and whether we keep calling. What it lets pass is taken, and counts as said from here on.

use model::{MomentId, PersonId, Time};
use permission::{Asked, Cleared, Point, Request, Word};
use store::{Read, Write};

use crate::{
    Result, between,
    outbox::{self, Message, PERSONAL_LETTER, REPLY, Taken},
};

/// Takes messages that are due and may leave, for whoever calls to send now; nobody else gets them. The gate is asked in this transaction, so
/// that nothing else can count them as room; what it holds or refuses keeps its word.
pub fn take(tx: &mut Write<'_>, now: Time, most: i64, lane: &str) -> Result<Vec<Taken>> {
    let mut taken = Vec::new();
    for message in outbox::due(tx, now, most, lane)? {
        let (word, cleared) = ask(tx, &message, now)?;
        taken.extend(outbox::keep_word(tx, message, word, cleared, now)?);
    }
    Ok(taken)
}

/// What the gate says, and where it lets the message pass.
fn ask(db: &mut Read<'_>, message: &Message, now: Time) -> Result<(Word, Vec<Cleared>)> {
    let purpose = if message.purpose.is_empty() { REPLY } else { message.purpose.as_str() };
    let (word, passed) = ask_in_time(db, message, purpose, now)?;
    // What they wrote too long ago, or not to us, makes no conversation: then it is a letter like any other.
    let is_no_answer =
        |(_, it): (&String, &permission::Answered)| it.reason.as_deref() == Some("no_open_conversation");
    match purpose == REPLY && word.refused().any(is_no_answer) {
        true => ask_in_time(db, message, PERSONAL_LETTER, now),
        false => Ok((word, passed)),
    }
}

/// The same; what it let pass before and lets pass again has passed since then.
fn ask_in_time(
    db: &mut Read<'_>,
    message: &Message,
    purpose: &str,
    now: Time,
) -> Result<(Word, Vec<Cleared>)> {
    let (mut word, passed) = ask_as(db, message, purpose, now)?;
    if let Some(before) = message.word.as_ref().filter(|it| it.passed() && !passed.is_empty()) {
        word.since = before.since;
    }
    Ok((word, passed))
}

fn ask_as(db: &mut Read<'_>, message: &Message, purpose: &str, now: Time) -> Result<(Word, Vec<Cleared>)> {
    let known = permission::known(db, message.person)?;
    let rests = match purpose {
        REPLY => None,
        _ => between(db, message.person)?.rest(now),
    };
    let request = request(purpose, message.topic.clone(), message.moment.to_string());
    let history = outbox::heard(db, known.person, message.moment, now)?;
    let points = message.points();
    let asked = Asked { known: &known, points: &points, request, history, we_rest_until: rests };
    Ok(permission::ask(db, &[asked], now)?.remove(0))
}

/// What the gate would say of a letter that answers nothing, were it written now.
pub fn preview(db: &mut Read<'_>, person: PersonId, address: &str, now: Time) -> Result<Word> {
    let known = permission::known(db, person)?;
    let rests = between(db, person)?.rest(now);
    let history = outbox::heard(db, known.person, MomentId::from_uuid(Default::default()), now)?;
    let point = (address.to_owned(), Point::mail(address));
    let request = request(PERSONAL_LETTER, None, String::new());
    let asked = Asked { known: &known, points: &[point], request, history, we_rest_until: rests };
    Ok(permission::ask(db, &[asked], now)?.remove(0).0)
}

fn request(purpose: &str, topic: Option<String>, dedupe_key: String) -> Request {
    Request {
        purpose: purpose.to_owned(),
        topic,
        dedupe_key,
        expires_at: None,
        contains_promotion: false,
        can_wait: false,
        template: false,
        track_opens: false,
    }
}
