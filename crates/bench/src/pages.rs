//! A person's page: read by 32 at once while 2,000 moments a second are written, beside bare connections that ask for
//! the same rows under the same load.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use model::{PersonId, Stopwatch};
use store::{Engine, Location, Store};
use tokio::sync::Semaphore;

use crate::{
    append,
    dice::Dice,
    folk::Folk,
    load::People,
    place,
    report::{Line, Report, median, percentile},
    sql,
};

/// Who reads at once.
const READERS: u64 = 32;
/// Seconds from one page to the next of a reader: far quicker than anybody reads.
const EVERY: f64 = 0.1;
/// Moments written a second.
const PACE: u64 = 2000;
/// Times a second at which the writer hands over what is due.
const TICKS: u64 = 100;
/// Moments on their way at once; what is due beyond them is not written, and the pace says so.
const UNDER_WAY: u32 = 1024;
/// How long each side reads, in seconds, and how often they take turns.
const SECONDS: u64 = 10;
const TURNS: usize = 3;
/// People with whom the writing goes on.
const ACTIVE: usize = 5000;
/// Moments on one page.
const PAGE: usize = 50;

/// Moments that arrive steadily until it is stopped.
pub struct Load {
    stop: Arc<AtomicBool>,
    kept: Arc<AtomicU64>,
    room: Arc<Semaphore>,
    watch: Stopwatch,
}

impl Load {
    /// Begins to write.
    pub async fn start(store: &Store, folk: Arc<Folk>) -> Result<Self> {
        // A kept database knows the moments of earlier runs.
        let salt = u64::from_be_bytes(store.world().random());
        append::meet(store, &folk, ACTIVE).await?;
        let (stop, kept) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let intake = memory::Intake::open(store.clone());
        let room = Arc::new(Semaphore::new(UNDER_WAY as usize));
        let (stopped, counted, rooms) = (stop.clone(), kept.clone(), room.clone());
        tokio::spawn(async move {
            let mut tick = tokio::time::interval(Duration::from_millis(1000 / TICKS));
            let (clock, mut number) = (Stopwatch::start(), 0);
            while !stopped.load(Ordering::Relaxed) {
                tick.tick().await;
                // What could not be written while the engine paused is written as soon as it goes on.
                let due = (clock.elapsed().as_secs_f64() * PACE as f64) as usize;
                while number < due {
                    let Ok(place) = rooms.clone().try_acquire_owned() else { break };
                    let fragment = folk.fragment(number * 31 % ACTIVE, vec![folk.moment(salt, number)]);
                    number += 1;
                    let (intake, counted) = (intake.clone(), counted.clone());
                    tokio::spawn(async move {
                        let kept = intake.take(vec![fragment]).await.is_ok();
                        counted.fetch_add(u64::from(kept), Ordering::Relaxed);
                        drop(place);
                    });
                }
            }
        });
        Ok(Self { stop, kept, room, watch: Stopwatch::start() })
    }

    /// Stops, and waits until what is under way has arrived; gives the moments a second that were handed over meanwhile and acknowledged.
    pub async fn stop(self) -> Result<f64> {
        self.stop.store(true, Ordering::Relaxed);
        let seconds = self.watch.elapsed().as_secs_f64();
        drop(self.room.acquire_many(UNDER_WAY).await?);
        Ok(self.kept.load(Ordering::Relaxed) as f64 / seconds)
    }
}

/// Compares reading pages with bare reads.
pub async fn measure(
    store: &Store,
    folk: &Arc<Folk>,
    people: &People,
    moments: usize,
    report: &mut Report,
) -> Result<()> {
    let ids: Arc<Vec<PersonId>> = Arc::new(people.iter().map(|(person, _)| *person).collect());
    let (mut ours, mut bare, mut paces) = (Vec::new(), Vec::new(), Vec::new());
    let (mut worst_ours, mut worst_bare) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let load = Load::start(store, folk.clone()).await?;
        let times = bare_readers(store.engine(), store.location(), &ids).await?;
        worst_bare.push(percentile(&times, 0.99));
        bare.extend(times);
        paces.push(load.stop().await?);
        let load = Load::start(store, folk.clone()).await?;
        let times = our_readers(store, &ids).await?;
        worst_ours.push(percentile(&times, 0.99));
        ours.extend(times);
        paces.push(load.stop().await?);
    }
    let told = |times: &[f64], worst: f64| {
        let rate = times.len() as f64 / (SECONDS * TURNS as u64) as f64;
        format!("p50 {:.1} ms, p99 {worst:.1} ms, {rate:.0}/s", median(times))
    };
    let ratio = median(&worst_ours) / median(&worst_bare);
    report.add(Line {
        what: format!(
            "a person's page, {} people, {moments} moments, {READERS} readers, {:.0} moments/s written meanwhile",
            people.len(),
            median(&paces)
        ),
        engine: Some(store.engine()),
        ours: told(&ours, median(&worst_ours)),
        bare: told(&bare, median(&worst_bare)),
        ratio: Some(ratio),
        goal: "p99 at most 5 times".into(),
        met: Some(ratio <= 5.0),
    });
    Ok(())
}

/// When a reader asks, each at moments of their own.
struct Turns {
    whole: Stopwatch,
    due: f64,
}

impl Turns {
    fn of(reader: u64) -> Self {
        Self { whole: Stopwatch::start(), due: EVERY * reader as f64 / READERS as f64 }
    }

    /// How long until the next page; nothing when time is up.
    fn wait(&self) -> Option<Duration> {
        let early = (self.due - self.whole.elapsed().as_secs_f64()).max(0.0);
        (self.due < SECONDS as f64).then(|| Duration::from_secs_f64(early))
    }

    /// Milliseconds that a page took, of which waiting for the page before is a part.
    fn took(&mut self, waited: Duration, watch: &Stopwatch) -> f64 {
        let whole = self.whole.elapsed().as_secs_f64() - self.due;
        self.due += EVERY;
        1000.0 * if waited.is_zero() { whole } else { watch.elapsed().as_secs_f64() }
    }
}

async fn our_readers(store: &Store, ids: &Arc<Vec<PersonId>>) -> Result<Vec<f64>> {
    let reading = (0..READERS).map(|reader| tokio::spawn(our_reader(store.clone(), ids.clone(), reader)));
    let mut times = Vec::new();
    for reader in reading.collect::<Vec<_>>() {
        times.extend(reader.await??);
    }
    Ok(times)
}

async fn our_reader(store: Store, ids: Arc<Vec<PersonId>>, reader: u64) -> Result<Vec<f64>> {
    let (mut dice, mut turns, mut times) = (Dice::new(11, reader), Turns::of(reader), Vec::new());
    while let Some(wait) = turns.wait() {
        tokio::time::sleep(wait).await;
        let id = *dice.one(&ids);
        let watch = Stopwatch::start();
        let read = store.read(move |db| {
            let person = memory::people::person(db, id)?;
            let page = memory::timeline::of_person(db, id, memory::timeline::From::End, &[], PAGE)?;
            Ok::<_, memory::MemoryError>((person, page))
        });
        std::hint::black_box(read.await?);
        times.push(turns.took(wait, &watch));
    }
    Ok(times)
}

/// The bare peer: as many connections as readers, each with its statements prepared, columns read and thrown away.
async fn bare_readers(engine: Engine, location: &Location, ids: &Arc<Vec<PersonId>>) -> Result<Vec<f64>> {
    let mut reading = Vec::new();
    for reader in 0..READERS {
        let ids = ids.clone();
        reading.push(match engine {
            Engine::Sqlite => {
                let db = place::sqlite(location)?;
                db.pragma_update(None, "cache_size", -8192)?; // as our readers have
                tokio::task::spawn_blocking(move || bare_sqlite(&db, &ids, reader))
            }
            Engine::Postgres => tokio::spawn(bare_postgres(place::postgres(location).await?, ids, reader)),
        });
    }
    let mut times = Vec::new();
    for reader in reading {
        times.extend(reader.await??);
    }
    Ok(times)
}

fn bare_sqlite(db: &rusqlite::Connection, ids: &[PersonId], reader: u64) -> Result<Vec<f64>> {
    let (mut dice, mut turns, mut times) = (Dice::new(11, reader), Turns::of(reader), Vec::new());
    while let Some(wait) = turns.wait() {
        std::thread::sleep(wait);
        let id = dice.one(ids).uuid();
        let watch = Stopwatch::start();
        for text in sql::PAGE {
            let mut statement = db.prepare_cached(text)?;
            let columns = statement.column_count();
            let mut rows = statement.query([id.as_bytes()])?;
            while let Some(row) = rows.next()? {
                for column in 0..columns {
                    std::hint::black_box(row.get_ref(column)?);
                }
            }
        }
        times.push(turns.took(wait, &watch));
    }
    Ok(times)
}

async fn bare_postgres(
    client: tokio_postgres::Client,
    ids: Arc<Vec<PersonId>>,
    reader: u64,
) -> Result<Vec<f64>> {
    let (mut dice, mut times) = (Dice::new(11, reader), Vec::new());
    let mut statements = Vec::new();
    for text in sql::PAGE {
        statements.push(client.prepare(text).await?);
    }
    let mut turns = Turns::of(reader);
    while let Some(wait) = turns.wait() {
        tokio::time::sleep(wait).await;
        let id = dice.one(&ids).uuid();
        let watch = Stopwatch::start();
        for statement in &statements {
            std::hint::black_box(client.query(statement, &[&id]).await?);
        }
        times.push(turns.took(wait, &watch));
    }
    Ok(times)
}
