//! Whether somebody sounds as if they wanted to be left in peace: pointed out to whoever reads their page, and never more than that. One of us
//! writes it down, or says that it is not meant; then it is not pointed out again for those words.

use std::collections::HashSet;

use channels::mail::Answered;
use model::{Channel, Direction, Kind, MessengerId, Moment, MomentId, NewMoment, PersonId, StaffId, World};
use permission::{
    EventKind, Point,
    choosing::{self, How},
    stopping,
};
use serde_json::json;
use store::{Read, Write};

use crate::{ConversationError, Result, outbox};

/// Moments that are looked through: what is older was read, and not taken for a wish.
const LOOK_BACK: usize = 40;
/// What says in the data of a note about which words it is.
const NOT_MEANT: &str = "not_meant_as_a_stop";

/// Their newest words that ask for no more, unless they have said since what they want, or one of us said that it is not meant.
pub fn sounds(db: &mut Read<'_>, person: PersonId) -> Result<Option<Moment>> {
    let page = memory::timeline::of_person(db, person, memory::timeline::From::End, &[], LOOK_BACK)?;
    let of_note = |it: &Moment| it.data.get(NOT_MEANT)?.as_str()?.parse::<MomentId>().ok();
    let not_meant: HashSet<MomentId> = page.moments.iter().filter_map(of_note).collect();
    let is_asked =
        |it: &Moment| is_word(it) && !not_meant.contains(&it.id) && stopping::asks_to_stop(it.parted().0);
    let Some(found) = page.moments.into_iter().rev().find(is_asked) else { return Ok(None) };
    let is_no = |it: &permission::Said| match &it.what {
        permission::What::Event(event) => matches!(event.kind, EventKind::Withdraw | EventKind::Object),
        permission::What::Wishes { .. } => false,
    };
    let refused = permission::of_person(db, person)?.iter().any(|it| it.at >= found.at && is_no(it));
    Ok((!refused).then_some(found))
}

/// What a person wrote to us; what machines and lists write wishes for nothing.
fn is_word(it: &Moment) -> bool {
    let has = |name| it.data.get(name).is_some_and(|value| !value.is_null());
    it.direction == Direction::Heard
        && matches!(it.kind, Kind::Email | Kind::Chat | Kind::Message)
        && !has("automatic")
        && !has("list")
}

/// One of us writes down what they asked for in these words.
pub fn write_down(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    moment: MomentId,
    way: impl Fn(&mut Read<'_>, MessengerId) -> Option<String>,
    by: StaffId,
) -> Result<MomentId> {
    let heard = theirs(tx, person, moment)?;
    let (via, point) = whence(tx, &heard, way);
    let how = How { via, heard: Some((by, moment.to_string())), ..How::default() };
    let kept = choosing::nothing(tx, world, person, &point, &how)?;
    outbox::look_again(tx, person, world.now())?;
    Ok(kept)
}

/// One of us has read these words, and they do not mean it.
pub fn not_meant(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    moment: MomentId,
    by: StaffId,
) -> Result<()> {
    let heard = theirs(tx, person, moment)?;
    let note = NewMoment {
        key: format!("not meant as a stop {moment}"),
        at: world.now(),
        kind: Kind::Note,
        channel: Channel::Desk,
        direction: Direction::Noted,
        account: None,
        by: Some(by),
        thread: heard.thread,
        title: "Read: they did not mean that we should stop".into(),
        body: String::new(),
        data: json!({ NOT_MEANT: moment }),
        originals: Vec::new(),
    };
    memory::note(tx, world, person, &note, None)?;
    Ok(())
}

/// Words of this person, and of nobody else.
fn theirs(db: &mut Read<'_>, person: PersonId, moment: MomentId) -> Result<Moment> {
    let person = memory::current(db, person)?;
    let found = memory::timeline::moment_by_id(db, moment)?;
    let found = found.filter(|it| it.person == person && is_word(it));
    found.ok_or(ConversationError::Unfit { field: "moment", why: "is not among their words".into() })
}

/// By which way they said it, and where that reaches them.
fn whence(
    db: &mut Read<'_>,
    heard: &Moment,
    way: impl Fn(&mut Read<'_>, MessengerId) -> Option<String>,
) -> (String, Point) {
    let text = |name: &str| heard.data[name].as_str().unwrap_or_default().to_owned();
    match heard.kind {
        Kind::Message => {
            let ours: Option<MessengerId> = text("messenger").parse().ok();
            let way = ours.and_then(|it| way(db, it)).unwrap_or_else(|| "messenger".into());
            let point = ours.map(|it| Point::messenger(&way, it, &text("chat")));
            (way.clone(), point.unwrap_or_else(|| Point::service(&way, &text("chat"))))
        }
        Kind::Chat => ("chat".into(), Point::service("chat", heard.thread.as_deref().unwrap_or_default())),
        _ => {
            let from = Answered::of(heard).from.map(|it| it.address).unwrap_or_default();
            ("mail".into(), Point::mail(&from))
        }
    }
}
