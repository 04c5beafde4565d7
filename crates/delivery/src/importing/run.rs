//! Reading a file into the memory, batch by batch.

use std::{
    collections::{BTreeSet, HashSet},
    io::Write as _,
    path::Path,
};

use channels::Heard;
use memory::{Fate, Prepared, Taken, prepare, take};
use model::{ImportId, StaffId, Time, World};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{FileError, Files, Notice, Row, Store, Write, jobs, params};

use super::{
    open::{Opened, open},
    sql, uploads,
    wish::Wish,
};
use crate::{DeliveryError, aside::blocking};

/// Records that are kept in one transaction: enough to be quick, few enough that others wait no longer than a blink.
const BATCH_RECORDS: usize = 1000;
/// Bytes of files and text in one transaction.
const BATCH_BYTES: usize = 8 << 20;
/// The job that looks for people of one name after an import.
pub(crate) const NAMESAKES: &str = "look for namesakes";

/// The job that reads a file in the background.
pub(crate) const READ: &str = "read an import";

/// What became of the records of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Records read.
    pub records: u64,
    /// Records that could not be read; each is kept with its reason.
    pub refused: u64,
    /// Records that were kept with something to look at.
    pub warnings: u64,
    /// People who are new.
    pub new_people: u64,
    /// Records that say something new about somebody known.
    pub new_profiles: u64,
    /// Records that say nothing new of who somebody is.
    pub known: u64,
    /// Moments that are new.
    pub moments: u64,
    /// Moments that were known.
    pub known_moments: u64,
    /// Records of people who asked to be forgotten; nothing of them is kept.
    pub forgotten: u64,
}

/// One reading of a file.
#[derive(Debug, Clone, Serialize)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// The name under which the records are known again.
    pub name: String,
    /// How it is read.
    pub wish: Wish,
    /// `running`, `stopped` (and tried again), `done`, `given_up`.
    pub state: String,
    /// Bytes read.
    pub position: i64,
    /// Bytes in all.
    pub size: Option<i64>,
    /// What became of the records so far.
    pub counts: Counts,
    /// Since when.
    pub started_at: Time,
    /// When it last went on.
    pub changed_at: Time,
    /// Who asked for it.
    pub by: Option<StaffId>,
    /// Why it stopped.
    pub error: String,
}

/// A record that could not be read, or was kept with a warning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Where it begins, in bytes.
    pub at_byte: i64,
    /// Which of several at that place.
    pub number: i64,
    /// Its line.
    pub line: i64,
    /// Not kept (else: kept, but worth a look).
    pub refused: bool,
    /// Why.
    pub reason: String,
    /// What stood there.
    #[serde(skip)]
    pub raw: Vec<u8>,
}

impl Refusal {
    /// Writes the first row of a report, which names its columns.
    pub fn write_header(out: &mut impl std::io::Write) -> std::io::Result<()> {
        channels::table::write_row(out, ["line", "what", "reason", "record"])
    }

    /// Writes this as a row of a report.
    pub fn write(&self, out: &mut impl std::io::Write) -> std::io::Result<()> {
        let what = if self.refused { "refused" } else { "kept" };
        let raw = String::from_utf8_lossy(&self.raw);
        channels::table::write_row(out, [self.line.to_string().as_str(), what, &self.reason, &raw])
    }
}

/// How far a reading is.
#[derive(Debug, Clone)]
pub struct Step {
    /// Bytes read.
    pub position: u64,
    /// Bytes in all, where that is known.
    pub size: Option<u64>,
    /// What became of the records so far.
    pub counts: Counts,
}

/// Reads a file into the memory; an unfinished reading of the same file goes on where it stopped.
pub async fn import(
    store: &Store,
    wish: Wish,
    by: Option<StaffId>,
    tell: impl FnMut(&Step) + Send,
) -> Result<Import, DeliveryError> {
    let id = begin(store, wish, by).await?;
    run(store, id, tell).await
}

/// Notes that a file shall be read, or finds the unfinished reading of it; if the file it read is gone, it goes on with
/// this one, which holds the same.
pub async fn begin(store: &Store, wish: Wish, by: Option<StaffId>) -> Result<ImportId, DeliveryError> {
    let now = store.world().now();
    let opened = blocking({
        let wish = wish.clone();
        move || open(&wish, now, 0)
    })
    .await?;
    let (digest, size) = (opened.digest, opened.source.size().map(|s| s as i64));
    let world = store.world().clone();
    store
        .write(move |tx| {
            if let Some(import) = tx.first(sql::UNFINISHED, params![digest], read)? {
                if !import.wish.path.exists() {
                    let moved = Wish { path: wish.path.clone(), name: Some(import.name), ..import.wish };
                    tx.run(sql::MOVE, params![import.id, json!(moved).to_string()])?;
                }
                return Ok(import.id);
            }
            let id: ImportId = world.id();
            let (wish_text, counts) = (json!(wish).to_string(), json!(Counts::default()).to_string());
            tx.run(sql::BEGIN, params![id, digest, wish.source(), wish_text, size, counts, world.now(), by])?;
            Ok(id)
        })
        .await
}

/// Notes that a file shall be read, and has it read in the background. A second copy of a file whose reading goes on is
/// not needed, and goes.
pub async fn later(store: &Store, wish: Wish, by: Option<StaffId>) -> Result<ImportId, DeliveryError> {
    let path = wish.path.clone();
    let id = begin(store, wish, by).await?;
    uploads::let_go(store, &path).await?;
    let world = store.world().clone();
    store
        .write(move |tx| {
            let payload = json!({ "import": id });
            Ok::<_, DeliveryError>(jobs::enqueue(tx, &world, READ, &id.to_string(), &payload, world.now())?)
        })
        .await?;
    Ok(id)
}

/// Goes on with a reading until it is done.
pub async fn run(
    store: &Store,
    id: ImportId,
    mut tell: impl FnMut(&Step) + Send,
) -> Result<Import, DeliveryError> {
    let import = one(store, id).await?;
    if matches!(import.state.as_str(), "done" | "given_up") {
        // A job may come twice; the file may be gone by then, or still lie there if the first time was cut short.
        uploads::let_go(store, &import.wish.path).await?;
        return Ok(import);
    }
    let (wish, from, seen_at) = (import.wish.clone(), import.position as u64, import.started_at);
    let outcome = async {
        let opened = blocking(move || open(&wish, seen_at, from)).await?;
        let mut step = Step { position: from, size: opened.source.size(), counts: import.counts.clone() };
        let (mut opened, mut batch) = gather(store, opened).await?;
        loop {
            let (done, end) = (batch.is_last, batch.end);
            let keeping = keep(store, id, batch, step.counts.clone());
            if done {
                (step.counts, step.position) = (keeping.await?, end);
                tell(&step);
                return Ok(());
            }
            // Reading takes about as long as keeping, and is done by another core.
            let (kept, ahead) = tokio::join!(keeping, gather(store, opened));
            (step.counts, step.position) = (kept?, end);
            tell(&step);
            (opened, batch) = ahead?;
        }
    };
    if let Err(error) = outcome.await {
        stop(store, id, &error).await?;
        return Err(error);
    }
    uploads::let_go(store, &import.wish.path).await?;
    one(store, id).await
}

/// Reads the whole file as `run` would, and keeps nothing.
pub async fn dry_run(
    store: &Store,
    wish: Wish,
    mut tell: impl FnMut(&Step) + Send,
) -> Result<(Counts, Vec<Refusal>), DeliveryError> {
    const SHOWN: usize = 200;
    let now = store.world().now();
    let mut opened = blocking(move || open(&wish, now, 0)).await?;
    let mut step = Step { position: 0, size: opened.source.size(), counts: Counts::default() };
    let (mut shown, mut new) = (Vec::new(), HashSet::new());
    loop {
        let (back, batch) = collect(opened).await?;
        opened = back;
        let prepared = batch.prepared.clone();
        let world = store.world().clone();
        // Nothing of a failed transaction is kept; the outcome travels in the error.
        let told: Result<(), Tried> = store
            .write(move |tx| Err(take(tx, &world, &prepared).map_or_else(Tried::Failed, Tried::Taken)))
            .await;
        let taken = match told {
            Err(Tried::Taken(taken)) => taken,
            Err(Tried::Failed(error)) => return Err(error.into()),
            Ok(()) => Vec::new(),
        };
        step.position = batch.end;
        step.counts.read(&batch);
        for (prepared, mut taken) in batch.prepared.iter().zip(taken) {
            // Somebody new in an earlier batch is known in this one, although nothing was kept of them.
            let seen = prepared.handle_keys().filter(|key| !new.insert(key.clone())).count() > 0;
            if taken.fate == Fate::NewPerson && seen {
                taken.fate = Fate::NewProfile;
            }
            step.counts.add(&taken);
        }
        shown.extend(batch.refusals.into_iter().take(SHOWN.saturating_sub(shown.len())));
        tell(&step);
        if batch.is_last {
            return Ok((step.counts, shown));
        }
    }
}

/// How a trial transaction ended.
enum Tried {
    Taken(Vec<Taken>),
    Failed(memory::MemoryError),
}

impl From<store::StoreError> for Tried {
    fn from(error: store::StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// Records that go into one transaction.
struct Batch {
    prepared: Vec<Prepared>,
    files: Vec<channels::File>,
    refusals: Vec<Refusal>,
    records: u64,
    end: u64,
    is_last: bool,
}

/// Reads a batch and puts its originals on disk, so that no row will name a file that is not there. What came with
/// somebody who asked to be forgotten is not even written.
async fn gather(store: &Store, opened: Opened) -> Result<(Opened, Batch), DeliveryError> {
    let (opened, mut batch) = collect(opened).await?;
    if batch.prepared.iter().all(|prepared| prepared.fragment().files().next().is_none()) {
        return Ok((opened, batch));
    }
    let prepared = std::mem::take(&mut batch.prepared);
    let asked = store.read(move |db| {
        let left_out = memory::forgetting::left_out(db, &prepared)?;
        Ok::<_, DeliveryError>((prepared, left_out))
    });
    let (prepared, left_out) = asked.await?;
    batch.prepared = prepared;
    let named = batch.files_named(&left_out);
    let mut files = std::mem::take(&mut batch.files);
    files.retain(|file| named.contains(&file.digest));
    let (place, beside) = (store.files().clone(), opened.path.with_file_name("files"));
    blocking(move || {
        files.iter().try_for_each(|file| place.put(&file.bytes).map(|_| ()))?;
        fetch(&place, &named, &beside)
    })
    .await?;
    Ok((opened, batch))
}

/// Originals that an export's lines name lie in the folder beside them.
fn fetch(place: &Files, named: &BTreeSet<String>, beside: &Path) -> Result<(), FileError> {
    for digest in named.iter().filter(|digest| !place.has(digest)) {
        let path = beside.join(digest.get(..2).unwrap_or_default()).join(digest);
        if let Ok(bytes) = std::fs::read(path) {
            place.put(&bytes)?;
        }
    }
    Ok(())
}

async fn collect(mut opened: Opened) -> Result<(Opened, Batch), DeliveryError> {
    blocking(move || {
        let path = opened.path.clone();
        let mut batch = Batch {
            prepared: Vec::new(),
            files: Vec::new(),
            refusals: Vec::new(),
            records: 0,
            end: 0,
            is_last: false,
        };
        let mut bytes = 0;
        while batch.records < BATCH_RECORDS as u64 && bytes < BATCH_BYTES {
            let next = opened.source.next().map_err(|why| DeliveryError::Read { path: path.clone(), why })?;
            let Some(heard) = next else {
                batch.is_last = true;
                break;
            };
            batch.records += 1;
            bytes += batch.hear(heard);
        }
        batch.end = opened.source.offset();
        Ok::<_, DeliveryError>((opened, batch))
    })
    .await
}

impl Batch {
    /// The files that the batch's fragments name, but for those that will be left out.
    fn files_named(&self, left_out: &HashSet<usize>) -> BTreeSet<String> {
        let kept = self.prepared.iter().enumerate().filter(|(n, _)| !left_out.contains(n));
        kept.flat_map(|(_, prepared)| prepared.fragment().files().map(str::to_owned)).collect()
    }

    /// Takes up one record; gives its weight in bytes.
    fn hear(&mut self, heard: Heard) -> usize {
        let place = heard.place();
        let refusal = |number: usize, refused, reason, raw| Refusal {
            at_byte: place.offset as i64,
            number: number as i64,
            line: place.line as i64,
            refused,
            reason,
            raw,
        };
        match heard {
            Heard::Refused { raw, reason, .. } => {
                let weight = raw.len();
                self.refusals.push(refusal(0, true, reason, raw));
                weight
            }
            Heard::Told { fragments, files, warnings, .. } => {
                let told = warnings.into_iter().enumerate();
                self.refusals.extend(told.map(|(n, why)| refusal(n, false, why, Vec::new())));
                let text: usize = fragments.iter().flat_map(|f| &f.moments).map(|m| m.body.len() + 500).sum();
                let weight = files.iter().map(|f| f.bytes.len()).sum::<usize>() + text;
                self.files.extend(files);
                self.prepared.extend(fragments.into_iter().map(prepare));
                weight
            }
        }
    }
}

impl Counts {
    fn read(&mut self, batch: &Batch) {
        self.records += batch.records;
        self.refused += batch.refusals.iter().filter(|r| r.refused).count() as u64;
        self.warnings += batch.refusals.iter().filter(|r| !r.refused).count() as u64;
    }

    fn add(&mut self, taken: &Taken) {
        match taken.fate {
            Fate::NewPerson => self.new_people += 1,
            Fate::NewProfile => self.new_profiles += 1,
            Fate::Known => self.known += 1,
            Fate::Forgotten => self.forgotten += 1,
        }
        self.moments += taken.moments as u64;
        self.known_moments += taken.known_moments as u64;
    }
}

/// Keeps a batch, and how far the reading is, in one transaction.
async fn keep(store: &Store, id: ImportId, batch: Batch, before: Counts) -> Result<Counts, DeliveryError> {
    let world = store.world().clone();
    store
        .write(move |tx| {
            let mut counts = before.clone();
            counts.read(&batch);
            take(tx, &world, &batch.prepared)?.iter().for_each(|taken| counts.add(taken));
            for refusal in &batch.refusals {
                add_refusal(tx, id, refusal)?;
            }
            let (text, state) = (json!(counts).to_string(), if batch.is_last { "done" } else { "running" });
            tx.run(sql::ADVANCE, params![id, batch.end as i64, text, world.now(), state, ""])?;
            tx.announce(Notice::about("import", id))?;
            if batch.is_last && counts.new_people > 0 {
                jobs::enqueue(tx, &world, NAMESAKES, "after import", &json!({ "after": "" }), world.now())?;
            }
            Ok(counts)
        })
        .await
}

fn add_refusal(tx: &mut Write<'_>, id: ImportId, refusal: &Refusal) -> Result<(), DeliveryError> {
    let Refusal { at_byte, number, line, refused, reason, raw } = refusal;
    tx.run(sql::ADD_REFUSAL, params![id, at_byte, number, line, refused, reason, raw])?;
    Ok(())
}

async fn stop(store: &Store, id: ImportId, error: &DeliveryError) -> Result<(), DeliveryError> {
    let (error, now) = (error.to_string(), store.world().now());
    let import = one(store, id).await?;
    store
        .write(move |tx| {
            let counts = json!(import.counts).to_string();
            tx.run(sql::ADVANCE, params![id, import.position, counts, now, "stopped", error])?;
            Ok(tx.announce(Notice::about("import", id))?)
        })
        .await
}

/// Gives up a reading that is not finished: the next one of the file begins anew.
pub async fn abandon(store: &Store, id: ImportId) -> Result<(), DeliveryError> {
    let (import, now) = (one(store, id).await?, store.world().now());
    let path = import.wish.path.clone();
    store
        .write(move |tx| {
            let counts = json!(import.counts).to_string();
            tx.run(sql::ADVANCE, params![id, import.position, counts, now, "given_up", import.error])?;
            Ok::<_, DeliveryError>(tx.announce(Notice::about("import", id))?)
        })
        .await?;
    uploads::let_go(store, &path).await
}

/// One reading.
pub async fn one(store: &Store, id: ImportId) -> Result<Import, DeliveryError> {
    let found = store.read(move |db| Ok::<_, DeliveryError>(db.first(sql::ONE, params![id], read)?)).await?;
    found.ok_or(DeliveryError::NoImport(id))
}

/// The latest readings.
pub async fn imports(store: &Store, most: i64) -> Result<Vec<Import>, DeliveryError> {
    store.read(move |db| Ok(db.rows(sql::LIST, params![most], read)?)).await
}

fn read(row: &Row<'_>) -> store::Result<Import> {
    Ok(Import {
        id: row.get(0)?,
        name: row.get(1)?,
        wish: row.json(2)?,
        state: row.get(3)?,
        position: row.get(4)?,
        size: row.get(5)?,
        counts: row.json(6)?,
        started_at: row.get(7)?,
        changed_at: row.get(8)?,
        by: row.get(9)?,
        error: row.get(10)?,
    })
}

/// What was refused or warned of, from a place on.
pub async fn refusals(
    store: &Store,
    id: ImportId,
    after: Option<(i64, i64)>,
    most: i64,
) -> Result<Vec<Refusal>, DeliveryError> {
    let (at_byte, number) = after.unwrap_or((-1, -1));
    store
        .read(move |db| {
            Ok(db.rows(sql::REFUSALS, params![id, at_byte, number, most], |row| {
                Ok(Refusal {
                    at_byte: row.get(0)?,
                    number: row.get(1)?,
                    line: row.get(2)?,
                    refused: row.get(3)?,
                    reason: row.get(4)?,
                    raw: row.get(5)?,
                })
            })?)
        })
        .await
}

/// Writes everything that was refused or warned of as a table: line, what, why, what stood there. Gives how many.
pub async fn write_refusals(store: &Store, id: ImportId, to: &Path) -> Result<u64, DeliveryError> {
    let mut out = std::io::BufWriter::new(std::fs::File::create(to)?);
    Refusal::write_header(&mut out)?;
    let (mut after, mut written) = (None, 0);
    loop {
        let page = refusals(store, id, after, 500).await?;
        for refusal in &page {
            refusal.write(&mut out)?;
        }
        written += page.len() as u64;
        match page.last() {
            Some(last) => after = Some((last.at_byte, last.number)),
            None => break,
        }
    }
    out.flush()?;
    Ok(written)
}

/// Looks for people of one name, a page at a time; a job does it after each import.
pub async fn look_for_namesakes(store: &Store, world: &World) -> Result<(), DeliveryError> {
    const PAIRS: i64 = 500;
    let mut after = Some(String::new());
    while let Some(from) = after {
        let now = world.now();
        after = store.write(move |tx| memory::joining::look_for_namesakes(tx, &from, PAIRS, now)).await?;
    }
    Ok(())
}
