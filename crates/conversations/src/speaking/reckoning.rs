//! How we have spoken over the last twelve months, reckoned each night and when somebody asks, and kept as counts.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use jiff::{ToSpan, civil::Date, tz::TimeZone};
use language::Auditor;
use model::{Channel, DigestId, Direction, Kind, Moment, MomentId, PersonId, ProfileId, Time, World};
use permission::policies;
use serde_json::json;
use store::{Notice, Read, Store, Write, jobs as queue, params};

use super::{
    listening::{Listening, Spoken},
    sql, voice,
};
use crate::{ConversationError, Result, digests};

/// The job that reckons.
pub const RECKON: &str = "speaking.reckon";
/// Each night at this hour, UTC, after what is worth more than words.
const HOUR: i64 = 4;
/// It tells of so many months, this one among them.
const MONTHS: i64 = 12;
/// Moments read at once.
const PAGE: i64 = 500;
/// Whoever reckons says so again after each page; what is older was left by a program that ended.
const STALE_SECONDS: i64 = 300;
const LATEST: &str = "latest";
const GOING: &str = "going";

/// Reckons and keeps it; says meanwhile, to whoever looks at the page, how far it is.
pub async fn reckon(store: &Store) -> Result<Spoken> {
    let (zone, kept) = store.read(|db| Ok::<_, ConversationError>((zone(db)?, voice::kept(db)?))).await?;
    let now = store.world().now();
    let months = months(now, &zone);
    let since = months.first().and_then(|it| it.to_zoned(zone.clone()).ok());
    let since = since.map_or(now, |it| Time::from_seconds(it.timestamp().as_second()));
    let mut listening = aside(move || {
        let auditor = Auditor::with(&kept.voice).map(Arc::new);
        auditor.map(|it| Listening::new(it, zone)).map_err(|it| broke(&it.to_string()))
    })
    .await??;
    let mut place = (PersonId::from_uuid(Default::default()), since, MomentId::from_uuid(Default::default()));
    let mut read = 0;
    loop {
        let page = store.read(move |db| page(db, place, since)).await?;
        let Some(last) = page.last() else { break };
        place = (last.person, last.at, last.id);
        read += page.len();
        listening = aside(move || {
            page.iter().for_each(|it| listening.hear(it));
            listening
        })
        .await?;
        let at = store.world().now();
        store.write(move |tx| told(tx, read, at)).await?;
    }
    let spoken = listening.done(now, months);
    let text = json!(spoken).to_string();
    store
        .write(move |tx| {
            tx.run(sql::KEEP, params![LATEST, now, text])?;
            tx.run(sql::DROP, params![GOING])?;
            Ok::<_, ConversationError>(tx.announce(Notice::about("speaking", ""))?)
        })
        .await?;
    Ok(spoken)
}

fn told(tx: &mut Write<'_>, read: usize, now: Time) -> Result<()> {
    tx.run(sql::KEEP, params![GOING, now, read.to_string()])?;
    Ok(tx.announce(Notice::about("reckoning", ""))?)
}

fn zone(db: &mut Read<'_>) -> Result<TimeZone> {
    let policy = policies::current(db)?.policy;
    Ok(TimeZone::get(&policy.default_tz).unwrap_or(TimeZone::UTC))
}

/// The first day of each month it tells of.
fn months(now: Time, zone: &TimeZone) -> Vec<Date> {
    let this = now.timestamp().to_zoned(zone.clone()).date().first_of_month();
    (0..MONTHS).rev().filter_map(|it| this.checked_sub(it.months()).ok()).collect()
}

fn page(db: &mut Read<'_>, (person, at, id): (PersonId, Time, MomentId), since: Time) -> Result<Vec<Moment>> {
    let said = |row: &store::Row<'_>| {
        let at: Time = row.get(1)?;
        Ok(Moment {
            person: row.get(0)?,
            at,
            id: row.get(2)?,
            profile: ProfileId::from_uuid(Default::default()),
            recorded_at: at,
            kind: Kind::from(row.get::<String>(3)?),
            channel: Channel::Desk,
            direction: Direction::Said,
            account: None,
            by: row.get(4)?,
            thread: None,
            title: String::new(),
            body: row.get(5)?,
            data: row.json(6)?,
            originals: Vec::new(),
        })
    };
    let mut page = db.rows(sql::SAID, params![person, at, id, since, PAGE], said)?;
    let mut told: HashMap<DigestId, Option<String>> = HashMap::new();
    for moment in &mut page {
        // The words of a digest stand with its pieces, once for all of its readers.
        let Some(digest) = moment.data["digest"].as_str().and_then(|it| it.parse().ok()) else { continue };
        let words = match told.entry(digest) {
            Entry::Occupied(it) => it.into_mut(),
            Entry::Vacant(it) => it.insert(digests::our_words(db, digest)?),
        };
        moment.body = words.clone().unwrap_or_default();
    }
    Ok(page)
}

/// To hold rules against many texts keeps nobody else waiting.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|it| broke(&it.to_string()))
}

fn broke(why: &str) -> ConversationError {
    ConversationError::Unfit { field: "voice", why: why.to_owned() }
}

/// What was last reckoned.
pub fn latest(db: &mut Read<'_>) -> Result<Option<Spoken>> {
    let kept: Option<String> = db.first(sql::KEPT, params![LATEST], |row| row.get(0))?;
    // What an older version kept is reckoned anew.
    Ok(kept.and_then(|it| serde_json::from_str(&it).ok()))
}

/// How many of our words it has read, while it reckons.
pub fn going(db: &mut Read<'_>, now: Time) -> Result<Option<usize>> {
    let kept = db.first(sql::KEPT, params![GOING], |row| Ok((row.get::<String>(0)?, row.get::<Time>(1)?)))?;
    let fresh = kept.filter(|(_, at)| now.seconds_since(*at) < STALE_SECONDS);
    Ok(fresh.and_then(|(text, _)| text.parse().ok()))
}

/// Asks for it to be reckoned as soon as somebody has time.
pub fn ask(tx: &mut Write<'_>, world: &World) -> Result<()> {
    tx.run(sql::KEEP, params![GOING, world.now(), "0"])?;
    Ok(queue::enqueue(tx, world, RECKON, "asked", &json!({}), world.now())?)
}

/// Has it reckoned in the coming night. Asked for again it is the same.
pub async fn schedule(store: &Store) -> Result<()> {
    Ok(queue::nightly(store, RECKON, HOUR).await?)
}

/// Teaches a worker to reckon.
pub fn jobs(worker: queue::Worker, store: &Store) -> queue::Worker {
    let store = store.clone();
    worker.on(RECKON, move |_| {
        let store = store.clone();
        async move {
            schedule(&store).await.map_err(|it| it.to_string())?;
            reckon(&store).await.map(drop).map_err(|it| it.to_string())
        }
    })
}
