//! Forgetting a person: everything goes, in one transaction, from every table and index; what stays is a keyed hash of
//! each handle, so that an import does not bring them back unasked, and a receipt that says what went and what stays.

pub mod again;
mod asked;
mod chain;
mod receipt;
mod sql;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use hmac::{Hmac, KeyInit, Mac};
use model::{AccountId, AuditId, MomentId, PersonId, StaffId, Time, World};
use serde_json::json;
use sha2::Sha256;
use store::{Engine, Location, Notice, Question, Read, Store, ToValue, Value, Write, jobs, params};

use crate::{
    MemoryError, Prepared, Result,
    lists::each_in,
    naming::{RECORD, variants},
    secret, tables, whereabouts,
};

pub use asked::since;
pub use chain::{Chain, check, of_id, public_key};
pub use receipt::{FORMAT, POLICY, Receipt, Stays, Unproven, verify};

/// Rewriting a database below this size takes seconds, so it is done at once; above it, it waits for the night.
const REWRITE_AT_ONCE: u64 = 256 << 20;
/// The key of the hashes that forgetting leaves.
const SECRET: &str = "forgetting";
/// The job that overwrites free space when that could not be done at once.
pub const REWRITE: &str = "overwrite what was forgotten";
/// The job that removes files, if the program was ended before it had removed them.
pub const REMOVE: &str = "remove files of the forgotten";
/// Files in one such job, so that none of them is large.
const FILES_TOGETHER: usize = 500;
/// How long backups are kept where nobody has said: the monthly round that most follow.
const BACKUPS_KEPT: i64 = 30;
const BACKUPS: &str = "backups";

/// Who asked for it, and so how far it may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedBy {
    /// One of us, or the program on our behalf, who knows that it is theirs.
    Us(Option<StaffId>),
    /// The same, after they had asked for it at this time.
    UsFor(Option<StaffId>, Time),
    /// Whoever was known only by a secret of their browser. An address that they only claimed may be somebody else's: a hash of it
    /// would keep out what that one writes to us later, so only what was proven leaves one, and the record itself, which nobody else has.
    Themselves,
    /// Nobody anew: they were forgotten, and a backup brought them back. What keeps them out is there already.
    Again,
}

impl AskedBy {
    fn name(self) -> &'static str {
        match self {
            Self::Us(_) | Self::UsFor(..) => "us",
            Self::Themselves => "themselves",
            Self::Again => "again",
        }
    }

    fn staff(self) -> Option<StaffId> {
        match self {
            Self::Us(by) | Self::UsFor(by, _) => by,
            Self::Themselves | Self::Again => None,
        }
    }
}

/// What was taken out in a transaction; files and free space follow after it.
#[derive(Debug)]
#[must_use = "the files are still there"]
pub struct TakenOut {
    receipt: Box<Receipt>,
    files: Vec<String>,
}

/// For how many days backups are kept.
pub fn backups_kept(db: &mut Read<'_>) -> Result<i64> {
    Ok(db.first(sql::RETENTION, params![BACKUPS], |row| row.get(0))?.unwrap_or(BACKUPS_KEPT))
}

/// Says for how many days backups are kept: receipts of forgetting promise it.
pub fn keep_backups(tx: &mut Write<'_>, days: i64) -> Result<()> {
    if backups_kept(tx)? != days {
        tx.run(sql::SET_RETENTION, params![BACKUPS, days])?;
    }
    Ok(())
}

/// What forgetting somebody would remove.
pub fn preview(db: &mut Read<'_>, id: PersonId) -> Result<BTreeMap<String, i64>> {
    let id = whereabouts::current(db, id)?;
    count(db, id)
}

/// Forgets a person. When it returns, nothing of them can be found in tables, indexes or files.
pub async fn forget(store: &Store, id: PersonId, by: Option<StaffId>) -> Result<Receipt> {
    forget_as(store, id, AskedBy::Us(by)).await
}

/// The same, for whoever asked.
pub async fn forget_as(store: &Store, id: PersonId, asked: AskedBy) -> Result<Receipt> {
    let world = store.world().clone();
    let receipt: AuditId = world.id();
    let out = store.write(move |tx| take_out(tx, &world, id, asked, receipt)).await?;
    remove(store, &out.files).await?;
    if asked == AskedBy::Again {
        // There may be many of them; what follows is done once for all.
        return Ok(*out.receipt);
    }
    let overwritten = overwrite(store).await?;
    again::noted(store).await;
    Ok(Receipt { overwritten, ..*out.receipt })
}

impl TakenOut {
    /// What went and what stays.
    pub fn receipt(&self) -> &Receipt {
        &self.receipt
    }

    /// Removes the files. Free space is overwritten at night: whoever asks for it from outside must not make the house rewrite its
    /// database as often as they like.
    pub async fn finish(self, store: &Store) -> Result<Receipt> {
        remove(store, &self.files).await?;
        again::noted(store).await;
        Ok(*self.receipt)
    }
}

/// Removes files that nobody has any more.
pub async fn remove(store: &Store, digests: &[String]) -> Result<()> {
    let asked = digests.to_vec();
    let nobodys = store.read(move |db| nobodys(db, asked)).await?;
    nobodys
        .iter()
        .try_for_each(|digest| store.files().remove(digest).map_err(|e| MemoryError::File(e.to_string())))
}

fn nobodys(db: &mut Read<'_>, digests: Vec<String>) -> Result<Vec<String>> {
    let mut files = Vec::new();
    for digest in digests {
        if db.first(sql::DIGEST_IN_USE, params![digest], |_| Ok(()))?.is_none() {
            files.push(digest);
        }
    }
    Ok(files)
}

/// Asks, in the transaction that forgets, for what has to follow even if the program ends right after it.
fn follow_up(tx: &mut Write<'_>, world: &World, receipt: &Receipt, files: &[String]) -> Result<()> {
    jobs::enqueue(tx, world, REWRITE, "", &json!({}), receipt.free_space_by)?;
    remove_later(tx, world, &receipt.id.to_string(), files, receipt.free_space_by)
}

fn remove_later(tx: &mut Write<'_>, world: &World, key: &str, files: &[String], at: Time) -> Result<()> {
    for (n, files) in files.chunks(FILES_TOGETHER).enumerate() {
        jobs::enqueue(tx, world, REMOVE, &format!("{key} {n}"), &json!({ "files": files }), at)?;
    }
    Ok(())
}

/// Overwrites what deleting left in free space, if the database is small enough to do it at once.
pub async fn overwrite(store: &Store) -> Result<bool> {
    if let Location::Folder(folder) = store.location() {
        let size = std::fs::metadata(folder.join("regard.db")).map(|m| m.len()).unwrap_or(0);
        if size > REWRITE_AT_ONCE {
            return Ok(false);
        }
    }
    rewrite(store).await?;
    Ok(true)
}

/// Three o'clock of the next night, UTC.
fn night(now: Time) -> Time {
    Time::from_date(now.date()).map_or(now, |midnight| midnight.plus_days(1).plus_seconds(3 * 3600))
}

/// Rewrites everything from which rows of people are deleted: what the nightly run does.
pub async fn rewrite(store: &Store) -> Result<()> {
    if store.engine() == Engine::Sqlite {
        // The word index marks documents as gone and keeps their words until its segments are merged.
        store.write(|tx| tx.run(sql::MERGE_WORDS, &[])).await?;
    }
    let of_profiles = store.read(tables::of_profiles).await?;
    let all: Vec<&str> =
        sql::TABLES.iter().copied().chain(of_profiles.iter().map(|table| &*table.name)).collect();
    Ok(store.compact(&all).await?)
}

/// Takes all rows of a person out, within a transaction; `finish` does the rest after it.
pub fn take_out(
    tx: &mut Write<'_>,
    world: &World,
    id: PersonId,
    asked: AskedBy,
    receipt_id: AuditId,
) -> Result<TakenOut> {
    let id = whereabouts::current(tx, id)?;
    let gone = count(tx, id)?;
    let key = secret(tx, world, SECRET)?;
    let handles =
        tx.rows(sql::HANDLES, params![id], |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?)))?;
    for (kind, value) in &handles {
        tx.run(sql::LEAVE, params![kind, value, id])?;
        tx.run(sql::DROP_GUARD, params![kind, value])?;
    }
    let hashed = match asked {
        AskedBy::Us(_) | AskedBy::UsFor(..) => handles,
        AskedBy::Themselves => {
            tx.rows(sql::CERTAIN, params![id, RECORD], |row| Ok((row.get(0)?, row.get(1)?)))?
        }
        AskedBy::Again => Vec::new(),
    };
    for (kind, value) in &hashed {
        tx.run(sql::ADD_HASH, params![hash(&key, kind, value), receipt_id])?;
    }
    words_of_moments(tx, id)?;
    let digests = tx.rows(sql::DIGESTS, params![id], |row| row.get::<String>(0))?;
    let accounts = tx.rows(sql::ACCOUNTS, params![id], |row| row.get::<AccountId>(0))?;
    let words = tx.rows(sql::WORDS, params![id], |row| row.get::<String>(0))?;
    let homes = whereabouts::homes(tx, id)?;
    for home in &homes {
        for statement in sql::DROP_OF_HOME {
            tx.run(statement, params![home])?;
        }
    }
    for table in tables::of_profiles(tx)? {
        tx.run(&sql::drop(&table.name), params![id])?;
    }
    for statement in sql::DROP_OF_PERSON {
        tx.run(statement, params![id])?;
    }
    for word in &words {
        unlearn(tx, word)?;
    }
    leave_accounts(tx, accounts)?;
    let files = nobodys(tx, digests)?;
    let receipt = Box::new(chain::add(tx, world, receipt_id, asked, gone, &homes)?);
    follow_up(tx, world, &receipt, &files)?;
    tx.announce(Notice::about("person", id))?;
    Ok(TakenOut { receipt, files })
}

/// Takes the moments' words out of the index, place by place.
fn words_of_moments(tx: &mut Write<'_>, id: PersonId) -> Result<()> {
    let docs = tx.rows(sql::DOCS, params![id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    leave_index(tx, &docs)
}

/// Takes moments out of the index of words and out of the directory.
pub(crate) fn leave_index(tx: &mut Write<'_>, places: &[(MomentId, i64)]) -> Result<()> {
    let drop = match tx.engine() {
        Engine::Sqlite => sql::DROP_WORDS_SQLITE,
        Engine::Postgres => sql::DROP_WORDS_POSTGRES,
    };
    let docs: Vec<Vec<Value<'_>>> = places.iter().map(|(_, doc)| vec![doc.value()]).collect();
    tx.each(drop, &docs)?;
    let ids: Vec<Vec<Value<'_>>> = places.iter().map(|(id, _)| vec![id.value()]).collect();
    tx.each(sql::DROP_PLACE, &ids)?;
    Ok(())
}

/// Accounts go with the last who was with them.
pub(crate) fn leave_accounts(
    tx: &mut Write<'_>,
    accounts: impl IntoIterator<Item = AccountId>,
) -> Result<()> {
    for account in accounts {
        tx.run(sql::DROP_EMPTY_ACCOUNT, params![account])?;
    }
    Ok(())
}

/// Asks for what has to follow when moments were taken out, even if the program ends right after it; gives the files that nobody has any more.
pub(crate) fn follow(
    tx: &mut Write<'_>,
    world: &World,
    digests: Vec<String>,
    about: Option<&MomentId>,
) -> Result<Vec<String>> {
    let files = nobodys(tx, digests)?;
    let tonight = night(world.now());
    jobs::enqueue(tx, world, REWRITE, "", &json!({}), tonight)?;
    let key = about.map(ToString::to_string).unwrap_or_default();
    remove_later(tx, world, &key, &files, tonight)?;
    Ok(files)
}

/// A word that nobody else is called by leaves the spelling help too.
fn unlearn(tx: &mut Write<'_>, word: &str) -> Result<()> {
    if tx.first(sql::WORD_IN_USE, params![word], |_| Ok(()))?.is_none() {
        for variant in variants(word) {
            tx.run(sql::DROP_VARIANT, params![variant, word])?;
        }
    }
    Ok(())
}

fn count(db: &mut Read<'_>, id: PersonId) -> Result<BTreeMap<String, i64>> {
    let mut counts = BTreeMap::new();
    for table in tables::of_profiles(db)? {
        let called = sql::CALLED.iter().find(|(name, _)| *name == table.name);
        let called = called.map_or(table.name.replace('_', " "), |(_, called)| (*called).to_owned());
        counts.insert(called, db.number(&sql::count(&table.name), params![id])?);
    }
    Ok(counts)
}

/// The key under which handles of the forgotten are kept, if there are any.
pub(crate) fn key(found: &mut Option<Vec<u8>>) -> Question<'_> {
    Question::new(sql::KEY, params![SECRET], |row| {
        *found = Some(row.get(0)?);
        Ok(())
    })
}

/// Which fragments of a batch will be left out, because they speak of somebody who was forgotten: nothing that came
/// with them is to be put on disk.
pub fn left_out(db: &mut Read<'_>, batch: &[Prepared]) -> Result<HashSet<usize>> {
    let mut secret = None;
    db.ask(vec![key(&mut secret)])?;
    secret.map_or(Ok(HashSet::new()), |secret| among(db, &secret, batch))
}

/// Which fragments of a batch, by their handles, speak of somebody who was forgotten.
pub(crate) fn among(db: &mut Read<'_>, key: &[u8], batch: &[Prepared]) -> Result<HashSet<usize>> {
    let mut by_hash: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
    for (n, prepared) in batch.iter().enumerate() {
        for handle in &prepared.handles {
            by_hash.entry(hash(key, handle.kind.as_str(), &handle.value)).or_default().push(n);
        }
    }
    let hashes: Vec<&Vec<u8>> = by_hash.keys().collect();
    let asked: Vec<Value<'_>> = hashes.iter().map(|h| h.value()).collect();
    let found: BTreeSet<Vec<u8>> =
        each_in(db, sql::among, &[], &asked, |row| row.get(0))?.into_iter().collect();
    Ok(found.iter().flat_map(|hash| by_hash[hash].iter().copied()).collect())
}

/// HMAC-SHA-256 of a handle under this house's own key: useless to whoever has only the hashes.
fn hash(key: &[u8], kind: &str, value: &str) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(kind.as_bytes());
    mac.update(&[0]);
    mac.update(value.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
