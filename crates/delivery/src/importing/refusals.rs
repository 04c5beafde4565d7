//! Records that could not be read, or were kept with something to look at: kept, shown, and written as a report.

use std::{io::Write as _, path::Path};

use model::ImportId;
use serde::Serialize;
use store::{Store, Write, params};

use super::sql;
use crate::DeliveryError;

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

/// Keeps one.
pub(super) fn add(tx: &mut Write<'_>, id: ImportId, refusal: &Refusal) -> Result<(), DeliveryError> {
    let Refusal { at_byte, number, line, refused, reason, raw } = refusal;
    tx.run(sql::ADD_REFUSAL, params![id, at_byte, number, line, refused, reason, raw])?;
    Ok(())
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
