//! What is said in a talk, by either side.

use memory::{Taken, prepare, take};
use model::{
    Channel, Direction, Fields, Fragment, Handle, Kind, MomentId, NewMoment, Original, PersonId, SiteId,
    StaffId, TalkId, Time, World,
};
use serde_json::json;
use store::{Notice, Write, params};

use super::{Key, SOURCE, Talk, of_moment, one, opens, read, since, sql};
use crate::{ConversationError, Result};

/// Characters of one line; more is a letter.
const LONGEST: usize = 8_000;
/// Lines looked through for a colleague's.
const MANY: i64 = 1000;

/// A line as a visitor says it.
#[derive(Debug, Clone)]
pub struct Heard {
    /// What the browser calls it: the same line sent twice is said once.
    pub name: String,
    /// What they say.
    pub text: String,
    /// The page on which they say it.
    pub page: String,
    /// Files that they send along.
    pub files: Vec<Original>,
}

/// Hears a line, and begins the talk with the first; gives the talk and the line's number.
pub fn hear(
    tx: &mut Write<'_>,
    world: &World,
    site: SiteId,
    key: &Key,
    heard: &Heard,
) -> Result<(Talk, i64)> {
    let text = match heard.files.is_empty() {
        true => words(&heard.text)?,
        false => heard.text.trim().to_owned(),
    };
    let talk = match super::held(tx, site, key)? {
        Some(talk) => talk,
        None => begin(tx, world, site, key, &[])?,
    };
    let moment = NewMoment {
        key: format!("{} {}", talk.id, heard.name),
        data: json!({"talk": talk.id, "name": heard.name, "page": heard.page.chars().take(500).collect::<String>()}),
        originals: heard.files.clone(),
        ..line(talk.id, world.now(), Direction::Heard, None, text)
    };
    let id = memory::note_under(tx, world, talk.person, talk.profile, &moment)?;
    let number =
        |tx: &mut Write<'_>| tx.first(sql::NUMBER_OF, params![talk.person, talk.id, id], |row| row.get(0));
    let number = match number(tx)? {
        Some(number) => number,
        None => {
            add(tx, talk.person, talk.id, id)?;
            number(tx)?.unwrap_or(0)
        }
    };
    tx.run(sql::HERE, params![talk.person, talk.id, number, world.now(), false])?;
    tx.announce(Notice::about("presence", talk.person))?;
    Ok((talk, number))
}

/// Begins a talk that a key opens, with whoever goes by these handles or somebody new.
pub(super) fn begin(
    tx: &mut Write<'_>,
    world: &World,
    site: SiteId,
    key: &Key,
    handles: &[Handle],
) -> Result<Talk> {
    let id = key.talk(site);
    let prepared = prepare(told(world, &id.to_string(), handles.to_vec()));
    let profile = prepared.profile();
    let Taken { person, .. } = take(tx, world, &[prepared])?.remove(0);
    let person = person.ok_or(ConversationError::Forgotten)?;
    tx.run(sql::BEGIN, params![person, id, profile, site, world.now()])?;
    opens(tx, person, id, site, key)?;
    let talk = tx.first(&sql::one(), params![person, id], read)?;
    talk.ok_or(ConversationError::Unfit { field: "talk", why: "is not here".into() })
}

/// What is told of whoever talks, under a name by which they are known again.
pub(super) fn told(world: &World, name: &str, handles: Vec<Handle>) -> Fragment {
    Fragment {
        source: SOURCE.into(),
        key: name.to_owned(),
        seen_at: world.now(),
        fields: Fields::new(),
        handles,
        roles: Vec::new(),
        moments: Vec::new(),
    }
}

/// Says a line to whoever is at the other end, now or later; gives the moment that it is. `seen` is the newest line that the writer had
/// before their eyes.
///
/// # Errors
/// [`ConversationError::Stale`] if one of us said something after that. What they say meanwhile is no reason to begin anew: talks go
/// back and forth.
pub fn say(
    tx: &mut Write<'_>,
    world: &World,
    talk: &Talk,
    name: &str,
    text: &str,
    seen: i64,
    by: StaffId,
) -> Result<MomentId> {
    let moment = NewMoment {
        key: format!("{} {name}", talk.id),
        data: json!({"talk": talk.id}),
        ..line(talk.id, world.now(), Direction::Said, Some(by), words(text)?)
    };
    let id = memory::note_under(tx, world, talk.person, talk.profile, &moment)?;
    if tx.first(sql::NUMBER_OF, params![talk.person, talk.id, id], |_| Ok(()))?.is_some() {
        return Ok(id);
    }
    if since(tx, talk, seen, MANY)?.iter().any(|it| it.moment.direction == Direction::Said) {
        return Err(ConversationError::Stale);
    }
    add(tx, talk.person, talk.id, id)?;
    tx.run(sql::ANSWERED, params![talk.person, talk.id, world.now()])?;
    super::leaving::remind(tx, world, talk)?;
    Ok(id)
}

pub(super) fn add(tx: &mut Write<'_>, person: PersonId, talk: TalkId, moment: MomentId) -> Result<()> {
    tx.run(sql::NEXT, params![person, talk])?;
    tx.run(sql::LINE, params![person, talk, moment])?;
    Ok(tx.announce(Notice::about("talk", talk))?)
}

/// What they do in their talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looking {
    /// Up to which line they have seen.
    pub seen: i64,
    /// Whether they write.
    pub writing: bool,
    /// Whether they look away just now.
    pub leaving: bool,
}

/// Keeps how far they have read and whether they write; we are told if that is new.
pub fn here(tx: &mut Write<'_>, world: &World, talk: &Talk, looking: Looking) -> Result<()> {
    // What came since this talk was looked up may have been seen already.
    let Some(talk) = one(tx, talk.person, talk.id)? else { return Ok(()) };
    let (now, seen) = (world.now(), looking.seen.clamp(0, talk.newest));
    let at = if looking.leaving { talk.looked_at.min(now.plus_seconds(-super::HERE_SECONDS)) } else { now };
    tx.run(sql::HERE, params![talk.person, talk.id, seen, at, looking.writing])?;
    if talk.is_looked_at(now) == looking.leaving || talk.writing != looking.writing || talk.seen < seen {
        tx.announce(Notice::about("presence", talk.person))?;
    }
    Ok(())
}

/// Where answers go when they have left. It makes them nobody: only if nobody else goes by it is it a handle of theirs,
/// so that an answer from there comes into this conversation.
pub fn write_to(tx: &mut Write<'_>, world: &World, talk: &Talk, address: &str) -> Result<()> {
    let mut handle = Handle::email(address)
        .map_err(|error| ConversationError::Unfit { field: "address", why: error.to_string() })?;
    handle.verified = false;
    tx.run(sql::ADDRESS, params![talk.person, talk.id, handle.value])?;
    let others = tx.number(sql::HOLDERS, params![handle.value, talk.person])?;
    let (handles, fields) = match others {
        0 => (vec![handle], Fields::new()),
        _ => (Vec::new(), Fields::from([("says_mail".to_owned(), handle.value)])),
    };
    let fragment = Fragment { fields, ..told(world, &talk.id.to_string(), handles) };
    take(tx, world, &[prepare(fragment)])?;
    Ok(tx.announce(Notice::about("person", talk.person))?)
}

/// What they say that they are called; it is their word for it and finds them nobody else.
pub fn called(tx: &mut Write<'_>, world: &World, talk: &Talk, name: &str) -> Result<()> {
    let name = name.trim();
    if !name.is_empty() {
        let fields = Fields::from([("name".to_owned(), name.chars().take(200).collect())]);
        take(tx, world, &[prepare(Fragment { fields, ..told(world, &talk.id.to_string(), Vec::new()) })])?;
    }
    Ok(())
}

/// Their answer to a mail of ours that carried lines of a talk is a line of it, if it is theirs who talk there: whoever else has that
/// address does not show up in somebody's browser.
pub fn answered_by_mail(
    tx: &mut Write<'_>,
    person: PersonId,
    about: MomentId,
    answer: MomentId,
) -> Result<()> {
    let Some(talk) = of_moment(tx, person, about)? else { return Ok(()) };
    if tx.first(sql::NUMBER_OF, params![talk.person, talk.id, answer], |_| Ok(()))?.is_none() {
        add(tx, talk.person, talk.id, answer)?;
    }
    Ok(())
}

fn words(text: &str) -> Result<String> {
    let text = text.trim().replace("\r\n", "\n");
    let unfit = |why: String| Err(ConversationError::Unfit { field: "text", why });
    match text.chars().count() {
        0 => unfit("says nothing".into()),
        1..=LONGEST => Ok(text),
        _ => unfit(format!("has more than {LONGEST} characters")),
    }
}

fn line(talk: TalkId, at: Time, direction: Direction, by: Option<StaffId>, body: String) -> NewMoment {
    NewMoment {
        key: String::new(),
        at,
        kind: Kind::Chat,
        channel: Channel::Chat,
        direction,
        account: None,
        by,
        thread: Some(talk.to_string()),
        title: String::new(),
        body,
        data: json!({}),
        originals: Vec::new(),
    }
}
