//! One reading of a file: how far it is, and what became of its records.

use memory::{Fate, Taken};
use model::{ImportId, StaffId, Time};
use serde::{Deserialize, Serialize};
use store::{Row, Store, params};

use super::{batch::Batch, sql, wish::Wish};
use crate::DeliveryError;

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

impl Counts {
    pub(super) fn read(&mut self, batch: &Batch) {
        self.records += batch.records;
        self.refused += batch.refusals.iter().filter(|r| r.refused).count() as u64;
        self.warnings += batch.refusals.iter().filter(|r| !r.refused).count() as u64;
    }

    pub(super) fn add(&mut self, taken: &Taken) {
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

/// One reading.
pub async fn one(store: &Store, id: ImportId) -> Result<Import, DeliveryError> {
    let found =
        store.read(move |db| Ok::<_, DeliveryError>(db.first(sql::ONE, params![id], of_row)?)).await?;
    found.ok_or(DeliveryError::NoImport(id))
}

/// The latest readings.
pub async fn imports(store: &Store, most: i64) -> Result<Vec<Import>, DeliveryError> {
    store.read(move |db| Ok(db.rows(sql::LIST, params![most], of_row)?)).await
}

pub(super) fn of_row(row: &Row<'_>) -> store::Result<Import> {
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
