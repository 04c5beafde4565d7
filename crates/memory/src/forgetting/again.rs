//! Whoever was forgotten stays so when a backup is put back. Beside the database lies a list of all that was forgotten: its receipt,
//! the ids that led to the person, the keyed hashes - nothing that names anybody. The database is written first, and the list after
//! it; so where the list knows of a forgetting that the database does not, the database is older than it, and it is done again.

use std::{
    collections::HashSet,
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use model::{AuditId, PersonId, StaffId, Time, World};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use store::{Read, Store, ToValue, Value, Write, params};

use super::{
    SECRET, chain,
    receipt::{bytes, hex},
    sql,
};
use crate::{MemoryError, Result, joining, known_secret, lists::each_in, people, secret, whereabouts};

/// The list, in the folder of the data. It may be copied anywhere, as often as one likes.
pub const LIST: &str = "forgotten.jsonl";
/// The keys of the hashes and of the signatures, beside it: for a database from before anybody was forgotten.
pub const KEYS: &str = "forgotten.keys";
/// Lines looked at together.
const TOGETHER: usize = 500;
/// A line holds a receipt and the hashes of one person; what is longer is no line of ours.
const LONGEST: u64 = 4 << 20;

/// One forgetting.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Line {
    receipt: Json,
    people: Vec<PersonId>,
    hashes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Keys {
    forgetting: String,
    receipts: String,
}

impl Line {
    fn id(&self) -> Result<AuditId> {
        let id = self.receipt["id"].as_str().unwrap_or_default();
        id.parse()
            .map_err(|_| MemoryError::unfit(LIST, format!("\u{201c}{id}\u{201d} is not the id of a receipt")))
    }
}

/// What a list says that the database does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Missing {
    /// Forgettings of which the database knows nothing.
    pub receipts: u64,
    /// Who was forgotten and is here.
    pub people: Vec<PersonId>,
}

/// Writes down what was forgotten and is not in the list yet. What keeps it from that is told of and tried again: at the next
/// forgetting, at night, and when the program starts.
pub(super) async fn noted(store: &Store) {
    if let Err(error) = keep(store).await {
        tracing::warn!(%error, "the list of what was forgotten could not be written; trying again tonight");
    }
}

/// Brings the list up to the database; gives how many lines were added.
pub async fn keep(store: &Store) -> Result<u64> {
    let folder = store.location().folder().to_owned();
    let (ids, keys) = store.read(|db| Ok::<_, MemoryError>((ids(db)?, keys(db)?))).await?;
    let Some(keys) = keys else { return Ok(0) };
    let locked = aside(move || locked(&folder, &keys).map(|(file, known)| (file, known, folder))).await?;
    let (mut file, known, folder) = locked;
    let wanted: Vec<(AuditId, i64)> = ids.into_iter().filter(|(id, _)| !known.contains(id)).collect();
    let mut added = 0;
    for part in wanted.chunks(TOGETHER) {
        let part = part.to_vec();
        let lines = store
            .read(move |db| part.iter().map(|(id, _)| line(db, *id)).collect::<Result<Vec<_>>>())
            .await?;
        added += lines.len() as u64;
        file = aside(move || append(file, &lines)).await?;
    }
    aside(move || File::open(folder)?.sync_all()).await?;
    Ok(added)
}

/// What a list in a folder says that this database does not know.
pub async fn missing(store: &Store, folder: &Path) -> Result<Missing> {
    let (mut missing, mut batches) = (Missing::default(), Batches::open(folder)?);
    while let Some(lines) = batches.next()? {
        let found = store
            .read(move |db| Ok::<_, MemoryError>((unknown(db, &lines)?.len(), here(db, &lines)?)))
            .await?;
        missing.receipts += found.0 as u64;
        missing.people.extend(found.1);
    }
    missing.people.sort();
    missing.people.dedup();
    Ok(missing)
}

/// Takes in what a list in a folder says and the database does not know: receipts, and the hashes that keep people out. Gives who of
/// them is here: they are to be forgotten again.
pub async fn take_in(store: &Store, folder: &Path) -> Result<Missing> {
    let (mut taken, mut batches) = (Missing::default(), Batches::open(folder)?);
    let mut listed = HashSet::new();
    if batches.lines.is_none() {
        return Ok(taken);
    }
    let theirs = read_keys(&folder.join(KEYS))?;
    while let Some(lines) = batches.next()? {
        listed.extend(lines.iter().flat_map(|line| line.people.iter().copied()));
        let (theirs, world) = (theirs.clone(), store.world().clone());
        let found = store.write(move |tx| {
            let unknown = unknown(tx, &lines)?;
            if !unknown.is_empty() {
                adopt(tx, &world, &theirs)?;
            }
            for line in &unknown {
                give_back(tx, line)?;
            }
            Ok::<_, MemoryError>((unknown.len(), here(tx, &lines)?))
        });
        let (receipts, people) = found.await?;
        taken.receipts += receipts as u64;
        taken.people.extend(people);
    }
    taken.people.sort();
    taken.people.dedup();
    let (people, world) = (taken.people, store.world().clone());
    taken.people = store.write(move |tx| apart(tx, &world, &people, &listed)).await?;
    Ok(taken)
}

/// In the backup, whoever was forgotten may be joined with somebody who was not: that joining was undone since. It is undone here as
/// well, so that nobody is forgotten who did not ask for it.
fn apart(
    tx: &mut Write<'_>,
    world: &World,
    people: &[PersonId],
    listed: &HashSet<PersonId>,
) -> Result<Vec<PersonId>> {
    let (mut ahead, mut apart) = (people.to_vec(), Vec::new());
    while let Some(person) = ahead.pop() {
        let homes = whereabouts::homes(tx, person)?;
        let theirs = homes.iter().filter(|home| listed.contains(home)).count();
        if theirs == homes.len() {
            apart.push(person);
        } else if theirs > 0 {
            let joinings = people::person(tx, person)?.merges;
            let between = joinings.iter().find(|it| listed.contains(&it.one) != listed.contains(&it.other));
            let between = between.ok_or_else(|| {
                MemoryError::unfit(LIST, format!("{person} is joined with somebody who was not forgotten"))
            })?;
            let (one, other) = joining::undo(tx, world, between.id, None)?;
            ahead.extend([one, other]);
        }
    }
    apart.sort();
    Ok(apart)
}

fn ids(db: &mut Read<'_>) -> Result<Vec<(AuditId, i64)>> {
    let mut all = db.rows(sql::RECEIPT_IDS, &[], |row| Ok((row.get(0)?, row.get(1)?)))?;
    all.sort_by_key(|(_, number)| *number);
    Ok(all)
}

fn line(db: &mut Read<'_>, id: AuditId) -> Result<Line> {
    let (receipt, people) = db
        .first(sql::RECEIPT_AND_PEOPLE, params![id], |row| Ok((row.json(0)?, row.json(1)?)))?
        .unwrap_or_default();
    let hashes = db.rows(sql::HASHES, params![id], |row| row.get::<Vec<u8>>(0))?;
    Ok(Line { receipt, people, hashes: hashes.iter().map(|it| hex(it)).collect() })
}

/// The lines whose receipts are not in the database.
fn unknown(db: &mut Read<'_>, lines: &[Line]) -> Result<Vec<Line>> {
    let ids = lines.iter().map(Line::id).collect::<Result<Vec<AuditId>>>()?;
    let asked: Vec<Value<'_>> = ids.iter().map(ToValue::value).collect();
    let known: HashSet<AuditId> =
        each_in(db, sql::known_receipts, &[], &asked, |row| row.get(0))?.into_iter().collect();
    Ok(lines.iter().zip(&ids).filter(|(_, id)| !known.contains(id)).map(|(line, _)| line.clone()).collect())
}

fn here(db: &mut Read<'_>, lines: &[Line]) -> Result<Vec<PersonId>> {
    let asked: Vec<Value<'_>> = lines.iter().flat_map(|line| &line.people).map(ToValue::value).collect();
    Ok(each_in(db, sql::here, &[], &asked, |row| row.get(0))?)
}

/// A receipt goes back to its place if it follows the last one there. If the database has gone its own way since, it stands outside
/// of the chain: it is as good as before, and the chain of what was done here is not broken by it.
fn give_back(tx: &mut Write<'_>, line: &Line) -> Result<()> {
    let (id, number) = (line.id()?, line.receipt["number"].as_i64());
    let at = line.receipt["at"].as_str().unwrap_or_default();
    let at = Time::parse(at).map_err(|why| MemoryError::unfit(LIST, why))?;
    let (next, before) = chain::end(tx)?;
    let follows = number == Some(next) && line.receipt["before"].as_str() == before.as_deref();
    let (content, people) =
        (line.receipt.to_string(), serde_json::to_string(&line.people).unwrap_or_default());
    let by: Option<StaffId> = None;
    tx.run(sql::ADD_RECEIPT, params![id, number.filter(|_| follows), at, by, content, Some(people)])?;
    for hash in &line.hashes {
        let hash = bytes(hash).ok_or_else(|| MemoryError::unfit(LIST, "a hash in it is none"))?;
        tx.run(sql::ADD_HASH, params![hash, id])?;
    }
    Ok(())
}

fn keys(db: &mut Read<'_>) -> Result<Option<Keys>> {
    let [forgetting, receipts] = [known_secret(db, SECRET)?, known_secret(db, chain::KEY)?];
    Ok(forgetting
        .zip(receipts)
        .map(|(forgetting, receipts)| Keys { forgetting: hex(&forgetting), receipts: hex(&receipts) }))
}

/// A database from before anybody was forgotten has no keys yet; with others than those of the list, its hashes mean nothing here.
fn adopt(tx: &mut Write<'_>, world: &World, theirs: &Keys) -> Result<()> {
    for (name, key) in [(SECRET, &theirs.forgetting), (chain::KEY, &theirs.receipts)] {
        match known_secret(tx, name)? {
            Some(own) if hex(&own) != *key => {
                return Err(MemoryError::unfit(
                    KEYS,
                    "these are the keys of another house than this database is of",
                ));
            }
            Some(_) => {}
            None => {
                let key = bytes(key)
                    .ok_or_else(|| MemoryError::unfit(KEYS, format!("the key of {name} is none")))?;
                crate::secrets::adopt(tx, name, &key)?;
            }
        }
    }
    // Whatever was made just now is theirs.
    secret(tx, world, SECRET).map(drop)
}

fn file(path: &Path, why: impl std::fmt::Display) -> MemoryError {
    MemoryError::File(format!("{}: {why}", path.display()))
}

fn read_keys(path: &Path) -> Result<Keys> {
    let text = fs::read_to_string(path).map_err(|why| file(path, why))?;
    serde_json::from_str(&text).map_err(|why| file(path, why))
}

/// Opens the list for this process alone; gives which receipts it has.
fn locked(folder: &Path, keys: &Keys) -> io::Result<(File, HashSet<AuditId>)> {
    let mut list =
        OpenOptions::new().create(true).read(true).append(true).mode(0o600).open(folder.join(LIST))?;
    list.lock()?;
    write_keys(folder, keys)?;
    let mut known = HashSet::new();
    let mut whole = 0;
    let mut reader = BufReader::new(&list);
    let mut text = String::new();
    while reader.by_ref().take(LONGEST).read_line(&mut text)? > 0 && text.ends_with('\n') {
        whole += text.len() as u64;
        let line: Line = serde_json::from_str(&text).map_err(io::Error::other)?;
        known.insert(line.id().map_err(io::Error::other)?);
        text.clear();
    }
    // What a crash left of a line goes.
    list.set_len(whole)?;
    list.seek(SeekFrom::End(0))?;
    Ok((list, known))
}

fn write_keys(folder: &Path, keys: &Keys) -> io::Result<()> {
    let path = folder.join(KEYS);
    if read_keys(&path).is_ok_and(|there| there == *keys) {
        return Ok(());
    }
    let half = path.with_extension("half");
    let mut out = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&half)?;
    out.write_all(serde_json::to_string(keys)?.as_bytes())?;
    out.sync_all()?;
    fs::rename(half, path)
}

fn append(mut list: File, lines: &[Line]) -> io::Result<File> {
    let mut text = String::new();
    for line in lines {
        text.push_str(&serde_json::to_string(line)?);
        text.push('\n');
    }
    list.write_all(text.as_bytes())?;
    list.sync_all()?;
    Ok(list)
}

/// The lines of a list, some at a time.
struct Batches {
    lines: Option<BufReader<File>>,
}

impl Batches {
    fn open(folder: &Path) -> Result<Self> {
        let path = folder.join(LIST);
        match File::open(&path) {
            Ok(list) => Ok(Self { lines: Some(BufReader::new(list)) }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self { lines: None }),
            Err(error) => Err(file(&path, error)),
        }
    }

    fn next(&mut self) -> Result<Option<Vec<Line>>> {
        let Some(lines) = &mut self.lines else { return Ok(None) };
        let (mut batch, mut text) = (Vec::new(), String::new());
        let unfit = |why: String| MemoryError::unfit(LIST, why);
        while batch.len() < TOGETHER {
            text.clear();
            let read =
                lines.by_ref().take(LONGEST).read_line(&mut text).map_err(|why| unfit(why.to_string()))?;
            if read == 0 || !text.ends_with('\n') {
                break;
            }
            batch.push(serde_json::from_str(&text).map_err(|why| unfit(why.to_string()))?);
        }
        Ok((!batch.is_empty()).then_some(batch))
    }
}

/// What waits for the disk must not hold up the runtime.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|panic| Err(io::Error::other(panic))).map_err(|why| file(Path::new(LIST), why))
}
