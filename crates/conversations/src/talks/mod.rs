//! Talks: what is said on a website, line by line. Each line has its number, so that whoever was away asks for what came
//! since and misses nothing; what is said twice by a nervous browser is said once.

mod erasing;
mod leaving;
mod puzzles;
mod speaking;
mod sql;
mod vouching;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
pub use erasing::{Erased, erase, is_all_we_know};
use hmac::Mac;
pub use leaving::{MAIL, Unseen, come_back, looking, unseen, way_back, write};
use memory::timeline;
use model::{Moment, MomentId, PersonId, ProfileId, SiteId, TalkId, Time, World};
pub use puzzles::{BITS, check, pose, puzzle_key};
use serde::Serialize;
use sha2::{Digest, Sha256};
pub use speaking::{Heard, Looking, answered_by_mail, called, hear, here, say, write_to};
use store::{Read, Row, Write, params};
pub use vouching::vouch;

use crate::{ConversationError, Result, seal::seal};

/// The source of what is heard on websites.
const SOURCE: &str = "chat";
/// Whoever has not looked for so long is not there any more.
const HERE_SECONDS: i64 = 45;
/// Talks whose answers tell how long one waits.
const COUNTED: i64 = 50;

/// The secret by which a browser is known again, made by it before it says its first line.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// A new one.
    pub fn new(world: &World) -> Self {
        let [one, two]: [[u8; 16]; 2] = [world.random(), world.random()];
        Self(BASE64_URL_SAFE_NO_PAD.encode([one, two].concat()))
    }

    /// One that a browser shows: 43 letters, which are 256 random bits.
    pub fn shown(text: &str) -> Result<Self> {
        let fits =
            text.len() == 43 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        match fits {
            true => Ok(Self(text.to_owned())),
            false => Err(ConversationError::Unfit { field: "key", why: "is not one of ours".into() }),
        }
    }

    /// The one of somebody for whom a site vouches, the same on all their devices; whoever does not know the house's secret cannot
    /// make it.
    pub(crate) fn vouched(secret: &[u8], site: SiteId, name: &str) -> Self {
        let seal = seal(secret, &format!("{site} {name}"));
        Self(BASE64_URL_SAFE_NO_PAD.encode(seal.finalize().into_bytes()))
    }

    /// What the browser keeps.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    fn digest(&self, site: SiteId) -> String {
        let digest = Sha256::digest(format!("{site} {}", self.0).as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn talk(&self, site: SiteId) -> TalkId {
        TalkId::derived(&[b"chat", site.uuid().as_bytes(), self.0.as_bytes()])
    }
}

/// A talk, and how far either side has come in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Talk {
    /// With whom.
    pub person: PersonId,
    /// Its id.
    pub id: TalkId,
    /// To which profile all that is said in it belongs.
    pub profile: ProfileId,
    /// On which site.
    pub site: SiteId,
    /// Since when.
    pub began_at: Time,
    /// The number of the newest line.
    pub newest: i64,
    /// Up to which line they have seen.
    pub seen: i64,
    /// When they last looked.
    pub looked_at: Time,
    /// Whether they were writing then.
    pub writing: bool,
    /// Up to which line our answers went by mail.
    pub mailed: i64,
    /// Where answers go when they have left.
    pub address: Option<String>,
    /// Whether the site vouched for who they are.
    pub vouched: bool,
}

/// A line of a talk.
#[derive(Debug, Clone)]
pub struct Line {
    /// Its number, counted from 1.
    pub number: i64,
    /// What was said.
    pub moment: Moment,
}

fn read(row: &Row<'_>) -> store::Result<Talk> {
    Ok(Talk {
        person: row.get(0)?,
        id: row.get(1)?,
        profile: row.get(2)?,
        site: row.get(3)?,
        began_at: row.get(4)?,
        newest: row.get(5)?,
        seen: row.get(6)?,
        looked_at: row.get(7)?,
        writing: row.get(8)?,
        mailed: row.get(9)?,
        address: row.get(10)?,
        vouched: row.get(11)?,
    })
}

impl Talk {
    /// Whether they look at it now.
    pub fn is_looked_at(&self, now: Time) -> bool {
        now.seconds_since(self.looked_at) < HERE_SECONDS
    }
}

/// From now on a key opens a talk.
fn opens(tx: &mut Write<'_>, person: PersonId, talk: TalkId, site: SiteId, key: &Key) -> Result<()> {
    tx.run(sql::OPENS, params![person, talk, key.digest(site)])?;
    Ok(())
}

/// The talk of whoever holds this key; nothing if they have said nothing yet.
pub fn held(db: &mut Read<'_>, site: SiteId, key: &Key) -> Result<Option<Talk>> {
    Ok(db.first(&sql::held(), params![key.digest(site), site], read)?)
}

/// The talk of somebody that a moment is a line of.
pub fn of_moment(db: &mut Read<'_>, person: PersonId, moment: MomentId) -> Result<Option<Talk>> {
    let person = memory::current(db, person)?;
    Ok(db.first(&sql::of_moment(), params![person, moment], read)?)
}

/// How long people usually waited for our first word on a site, in seconds: the median of the latest talks, if there were a few.
pub fn usual_wait(db: &mut Read<'_>, site: SiteId) -> Result<Option<i64>> {
    const FEW: usize = 3;
    let mut waits = db.rows(sql::WAITS, params![site, COUNTED], |row| row.get::<i64>(0))?;
    waits.sort_unstable();
    Ok((waits.len() >= FEW).then(|| waits[waits.len() / 2] / 1_000_000))
}

/// All talks with somebody, the latest first.
pub fn of_person(db: &mut Read<'_>, person: PersonId) -> Result<Vec<Talk>> {
    let person = memory::current(db, person)?;
    Ok(db.rows(&sql::of_person(), params![person], read)?)
}

/// A talk by its id.
pub fn one(db: &mut Read<'_>, person: PersonId, id: TalkId) -> Result<Option<Talk>> {
    let person = memory::current(db, person)?;
    Ok(db.first(&sql::one(), params![person, id], read)?)
}

/// What was said since a line, in order; asked for again from the last number, nothing is missed and nothing comes twice.
pub fn since(db: &mut Read<'_>, talk: &Talk, number: i64, most: i64) -> Result<Vec<Line>> {
    let found = db.rows(sql::SINCE, params![talk.person, talk.id, number, most], |row| {
        Ok((row.get::<i64>(0)?, row.get::<MomentId>(1)?))
    })?;
    let mut lines = Vec::with_capacity(found.len());
    for (number, id) in found {
        lines.extend(timeline::moment_by_id(db, id)?.map(|moment| Line { number, moment }));
    }
    Ok(lines)
}
