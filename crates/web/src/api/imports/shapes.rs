//! Imports as programs see them.

use delivery::importing::{self, Counts, Format, Wish, uploads};
use model::Fragment;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Store;
use utoipa::ToSchema;

use crate::{
    api::shapes::{Key, When},
    problem::Problem,
};

/// How a file shall be read. What is left out is guessed, and the guess is shown by the preview.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reading {
    /// The `file` that sending it gave.
    file: String,
    /// The name under which its records are known again; the file's own, if nothing is said.
    name: Option<String>,
    /// `people`, `orders`, `cards`, `mbox`, `lines`.
    format: Option<String>,
    /// `meaning=column`, for tables.
    #[serde(default)]
    map: Vec<String>,
    /// How dates are written, as `%d.%m.%Y`.
    date_format: Option<String>,
    /// The currency of amounts without one.
    currency: Option<String>,
    /// The country of telephone numbers without a code, two letters.
    country: Option<String>,
    /// Where the clock of the file's times stands, as `Europe/Berlin`.
    zone: Option<String>,
    /// What parts the cells of a table: `,` `;` `tab` `|` `space`.
    separator: Option<String>,
    /// How bytes become text, as `windows-1252`.
    charset: Option<String>,
    /// Our own mail addresses and domains: mail from them was said by us.
    #[serde(default)]
    own: Vec<String>,
}

impl Reading {
    /// As imports take it.
    pub(super) fn wish(self, store: &Store) -> Result<Wish, Problem> {
        let format = self.format.as_deref().map(str::parse::<Format>).transpose();
        let format = format.map_err(|why| Problem::unfit("format", format!("format: {why}.")))?;
        if format == Some(Format::Maildir) {
            return Err(Problem::unfit("format", "A folder of mails cannot be sent; send it as mbox."));
        }
        let path = uploads::find(store, &self.file).ok_or_else(|| {
            Problem::unfit("file", "This is not a file that was sent: give the `file` of an upload.")
        })?;
        Ok(Wish {
            path,
            name: self.name.filter(|name| !name.trim().is_empty()),
            format,
            map: self.map,
            date_format: self.date_format,
            currency: self.currency,
            country: self.country,
            zone: self.zone,
            separator: self.separator,
            charset: self.charset,
            own: self.own,
        })
    }
}

/// What a reading would make of a file.
#[derive(Serialize, ToSchema)]
pub(crate) struct FilePreview {
    /// What it holds: `people`, `orders`, `cards`, `mbox`, `lines`.
    format: String,
    /// For tables: the columns and what each is taken to mean.
    mapping: Vec<Column>,
    /// For tables: the first rows.
    rows: Vec<Vec<String>>,
    /// What the first records say, as fragments.
    #[schema(value_type = Vec<Object>)]
    first: Vec<Fragment>,
    /// What is wrong with the first records.
    refused: Vec<String>,
    /// What keeps the file from being read at all, until the wish is changed.
    missing: Option<String>,
}

/// A column of a table.
#[derive(Serialize, ToSchema)]
struct Column {
    column: String,
    /// `email`, `phone`, `name`, `field:…`, `external:…`, `ignore`, …
    meaning: String,
}

impl From<importing::Preview> for FilePreview {
    fn from(it: importing::Preview) -> Self {
        let mapping = it.mapping.into_iter();
        Self {
            format: it.format.to_string(),
            mapping: mapping
                .map(|(column, meaning)| Column { column, meaning: meaning.to_string() })
                .collect(),
            rows: it.sheet.map(|sheet| sheet.rows).unwrap_or_default(),
            first: it.first,
            refused: it.refused,
            missing: it.missing,
        }
    }
}

/// What became of the records of a file.
#[derive(Serialize, ToSchema)]
pub(crate) struct Outcome {
    /// Records read.
    records: u64,
    /// Records that could not be read; each is kept with its reason.
    refused: u64,
    /// Records that were kept with something to look at.
    warnings: u64,
    /// People who are new.
    new_people: u64,
    /// Records that say something new about somebody known.
    new_profiles: u64,
    /// Records that say nothing new of who somebody is.
    known: u64,
    /// Moments that are new.
    moments: u64,
    /// Moments that were known.
    known_moments: u64,
    /// Records of people who asked to be forgotten; nothing of them is kept.
    forgotten: u64,
}

impl From<Counts> for Outcome {
    fn from(it: Counts) -> Self {
        Self {
            records: it.records,
            refused: it.refused,
            warnings: it.warnings,
            new_people: it.new_people,
            new_profiles: it.new_profiles,
            known: it.known,
            moments: it.moments,
            known_moments: it.known_moments,
            forgotten: it.forgotten,
        }
    }
}

/// What a reading without keeping anything found.
#[derive(Serialize, ToSchema)]
pub(crate) struct Tried {
    pub(super) counts: Outcome,
    /// The first records that could not be read, or would be kept with a warning.
    pub(super) refusals: Vec<Refused>,
}

/// A record that could not be read, or was kept with a warning.
#[derive(Serialize, ToSchema)]
pub(crate) struct Refused {
    /// Its line.
    line: i64,
    /// Not kept; else kept, but worth a look.
    refused: bool,
    reason: String,
    /// What stood there; bytes that are no text are shown as �.
    record: Value,
}

impl From<importing::Refusal> for Refused {
    fn from(it: importing::Refusal) -> Self {
        let text = String::from_utf8_lossy(&it.raw).into_owned();
        let record = if text.is_empty() { Value::Null } else { Value::String(text) };
        Self { line: it.line, refused: it.refused, reason: it.reason, record }
    }
}

/// Which reading it is.
#[derive(Serialize, ToSchema)]
pub(crate) struct Started {
    pub(super) id: Key,
}

/// One reading of a file.
#[derive(Serialize, ToSchema)]
pub(crate) struct ImportOf {
    id: Key,
    /// The name under which its records are known again.
    name: String,
    /// `running`, `stopped` (and tried again), `done`, `given_up`.
    state: String,
    /// Bytes read.
    position: i64,
    /// Bytes in all.
    size: Option<i64>,
    counts: Outcome,
    started_at: When,
    /// When it last went on.
    changed_at: When,
    /// Who asked for it.
    by: Option<Key>,
    /// Why it stopped; empty if it did not.
    error: String,
}

impl From<importing::Import> for ImportOf {
    fn from(it: importing::Import) -> Self {
        Self {
            id: it.id.into(),
            name: it.name,
            state: it.state,
            position: it.position,
            size: it.size,
            counts: it.counts.into(),
            started_at: it.started_at.into(),
            changed_at: it.changed_at.into(),
            by: it.by.map(Into::into),
            error: it.error,
        }
    }
}

/// The latest readings.
#[derive(Serialize, ToSchema)]
pub(crate) struct Imports {
    /// The latest first.
    pub(super) items: Vec<ImportOf>,
}
