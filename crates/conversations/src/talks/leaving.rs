//! When they have left: what they have not seen goes by mail, and a link leads back.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac};
use memory::secret;
use model::{Direction, MailboxId, PersonId, SiteId, TalkId, Time, World};
use serde_json::json;
use sha2::Sha256;
use store::{Read, Write, jobs, params};

use super::{Key, Line, Talk, one, opens, since, sql};
use crate::{
    ConversationError, Result,
    outbox::{self, Letter, Through, Wanted},
    seal::seal,
};

/// The job that writes to whoever has left.
pub const MAIL: &str = "talk.mail";
/// What was not seen for so long goes by mail.
const PATIENCE_SECONDS: i64 = 60;
/// Whoever of us writes several lines is waited for, but not longer than this.
const BURST_SECONDS: i64 = 300;
/// Lines in one mail.
const MOST: i64 = 200;
/// A link leads back for so long.
const LINK_DAYS: i64 = 7;

/// Asks for what was just said to go by mail, should they not see it.
pub(super) fn remind(tx: &mut Write<'_>, world: &World, talk: &Talk) -> Result<()> {
    look_again(tx, world, talk, world.now().plus_seconds(PATIENCE_SECONDS))
}

fn look_again(tx: &mut Write<'_>, world: &World, talk: &Talk, due: Time) -> Result<()> {
    let payload = json!({"person": talk.person, "talk": talk.id});
    Ok(jobs::enqueue(tx, world, MAIL, &talk.id.to_string(), &payload, due)?)
}

/// What goes by mail now.
#[derive(Debug, Clone)]
pub struct Unseen {
    /// In which talk.
    pub talk: Talk,
    /// What we said and they have not seen.
    pub lines: Vec<Line>,
    /// The mail before, if one went.
    pub before: Option<Letter>,
}

/// What somebody has not seen of a talk, if it is time to write to them; otherwise it is looked at again when it is.
pub fn unseen(tx: &mut Write<'_>, world: &World, person: PersonId, id: TalkId) -> Result<Option<Unseen>> {
    let Some(talk) = one(tx, person, id)? else { return Ok(None) };
    let lines = since(tx, &talk, talk.seen.max(talk.mailed), MOST)?;
    let lines: Vec<Line> = lines
        .into_iter()
        .filter(|it| it.moment.direction == Direction::Said && it.moment.kind == model::Kind::Chat)
        .collect();
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return Ok(None) };
    let (now, oldest, newest) = (world.now(), first.moment.at, last.moment.at);
    if now.seconds_since(newest) < PATIENCE_SECONDS && now.seconds_since(oldest) < BURST_SECONDS {
        look_again(tx, world, &talk, newest.plus_seconds(PATIENCE_SECONDS))?;
        return Ok(None);
    }
    let before = since(tx, &talk, talk.mailed - 1, 1)?.pop().filter(|it| it.number == talk.mailed);
    let before = before.map(|it| outbox::of_moment(tx, it.moment.id)).transpose()?.flatten();
    Ok(Some(Unseen { talk, lines, before: before.map(|it| it.letter) }))
}

/// Has what was not seen sent, unless they came back meanwhile.
pub fn write(
    tx: &mut Write<'_>,
    world: &World,
    unseen: &Unseen,
    mailbox: MailboxId,
    letter: &Letter,
) -> Result<()> {
    let Unseen { talk, lines, .. } = unseen;
    let Some(last) = lines.last() else { return Ok(()) };
    let now = one(tx, talk.person, talk.id)?;
    if now.is_none_or(|it| it.seen > talk.seen) {
        return remind(tx, world, talk);
    }
    if tx.run(sql::MAILED, params![talk.person, talk.id, last.number])? == 1 {
        let wanted = Wanted {
            through: Through::Mailbox(mailbox),
            channel: "email",
            purpose: outbox::REPLY,
            letter,
            by: last.moment.by,
        };
        outbox::ask(tx, world, talk.person, last.moment.id, &wanted)?;
    }
    Ok(())
}

/// A word that leads whoever holds it back into a talk, for a week.
pub fn way_back(tx: &mut Write<'_>, world: &World, talk: &Talk) -> Result<String> {
    let until = world.now().plus_days(LINK_DAYS).micros() / 1_000_000;
    let text = format!("{}.{}.{until}", talk.person, talk.id);
    let seal = sealed(tx, world, &text)?.finalize().into_bytes();
    Ok(format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(seal)))
}

/// Follows a way back: from now on the key of this browser opens that talk.
pub fn come_back(tx: &mut Write<'_>, world: &World, site: SiteId, key: &Key, way: &str) -> Result<Talk> {
    let unfit = || ConversationError::Unfit { field: "way", why: "leads nowhere any more".into() };
    let (text, shown) = way.trim().rsplit_once('.').ok_or_else(unfit)?;
    let shown = BASE64_URL_SAFE_NO_PAD.decode(shown).map_err(|_| unfit())?;
    sealed(tx, world, text)?.verify_slice(&shown).map_err(|_| unfit())?;
    let parts: Vec<&str> = text.split('.').collect();
    let [person, talk, until] = parts.as_slice() else { return Err(unfit()) };
    let person: PersonId = person.parse().map_err(|_| unfit())?;
    let talk: TalkId = talk.parse().map_err(|_| unfit())?;
    let until: i64 = until.parse().map_err(|_| unfit())?;
    if until < world.now().micros() / 1_000_000 {
        return Err(unfit());
    }
    let talk = one(tx, person, talk)?.filter(|it| it.site == site).ok_or_else(unfit)?;
    opens(tx, talk.person, talk.id, site, key)?;
    Ok(talk)
}

fn sealed(tx: &mut Write<'_>, world: &World, text: &str) -> Result<Hmac<Sha256>> {
    Ok(seal(&secret(tx, world, "ways back into talks")?, text))
}

/// Whether they look at one of their talks just now, and whether they write.
pub fn looking(db: &mut Read<'_>, person: PersonId, now: Time) -> Result<Option<bool>> {
    let talks = super::of_person(db, person)?;
    Ok(talks.iter().filter(|it| it.is_looked_at(now)).map(|it| it.writing).max())
}
