//! Records gathered for one transaction, with their originals.

use std::{
    collections::{BTreeSet, HashSet},
    path::Path,
};

use channels::Heard;
use memory::{Prepared, prepare};
use store::{Engine, FileError, Files, Store};

use super::{open::Opened, refusals::Refusal};
use crate::{DeliveryError, aside::blocking};

/// Records that are kept in one transaction, by engine. SQLite writes each page that a transaction changed, so that many records are
/// kept together, but so few that whoever else writes waits about a second at most; PostgreSQL gains nothing by more.
fn records_together(engine: Engine) -> u64 {
    match engine {
        Engine::Sqlite => 6000,
        Engine::Postgres => 1000,
    }
}
/// Bytes of files and text in one transaction.
const BATCH_BYTES: usize = 8 << 20;

/// Records that go into one transaction.
pub(super) struct Batch {
    pub(super) prepared: Vec<Prepared>,
    files: Vec<channels::File>,
    pub(super) refusals: Vec<Refusal>,
    pub(super) records: u64,
    pub(super) end: u64,
    pub(super) is_last: bool,
}

/// Reads a batch and puts its originals on disk, so that no row will name a file that is not there. What came with
/// somebody who asked to be forgotten is not even written.
pub(super) async fn gather(store: &Store, opened: Opened) -> Result<(Opened, Batch), DeliveryError> {
    let (opened, mut batch) = collect(store.engine(), opened).await?;
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
        place.put_all(&files.iter().map(|file| &file.bytes).collect::<Vec<_>>())?;
        fetch(&place, &named, &beside)
    })
    .await?;
    Ok((opened, batch))
}

/// Originals that an export's lines name lie in the folder beside them.
fn fetch(place: &Files, named: &BTreeSet<String>, beside: &Path) -> Result<(), FileError> {
    for digest in named.iter().filter(|digest| !place.has(digest)) {
        // What is no digest names no file of ours, and none of anybody else's.
        let Ok(path) = Files::place_in(beside, digest) else { continue };
        if let Ok(bytes) = std::fs::read(path) {
            place.put(&bytes)?;
        }
    }
    Ok(())
}

/// Reads a batch.
pub(super) async fn collect(engine: Engine, mut opened: Opened) -> Result<(Opened, Batch), DeliveryError> {
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
        while batch.records < records_together(engine) && bytes < BATCH_BYTES {
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
