//! Opening a file: what it holds, how it is read, and what that gives for its first records.

use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use channels::{
    Context, Heard, Source,
    lines::JsonLines,
    mail::{Maildir, Mbox, Ours},
    orders::{self, Orders, Terms},
    people::{Mapping, Meaning, People, Subject},
    table::{Options, Separator, Sheet, Table},
    text::Charset,
    vcard::Cards,
};
use jiff::tz::TimeZone;
use model::{Fragment, Time};
use serde_json::json;
use store::Files;

use super::wish::{Format, Wish};
use crate::{DeliveryError, aside::blocking};

/// Records shown in a preview.
const SHOWN: usize = 5;
/// Bytes looked at to tell what a file holds.
const LOOKED_AT: u64 = 64 << 10;

/// A source being read.
pub(super) struct Opened {
    pub(super) source: Box<dyn Source>,
    pub(super) path: PathBuf,
    /// The same for the same file read the same way.
    pub(super) digest: String,
}

/// What a reading would make of a file, before anything is kept.
#[derive(Debug, Clone)]
pub struct Preview {
    /// What it holds.
    pub format: Format,
    /// For tables: the columns and what each is taken to mean.
    pub mapping: Vec<(String, Meaning)>,
    /// For tables: the header and first rows.
    pub sheet: Option<Sheet>,
    /// What the first records say.
    pub first: Vec<Fragment>,
    /// What is wrong with the first records.
    pub refused: Vec<String>,
    /// What keeps the file from being read at all, until the wish is changed.
    pub missing: Option<String>,
}

/// Looks at a file without keeping anything.
pub async fn preview(wish: Wish, now: Time) -> Result<Preview, DeliveryError> {
    blocking(move || look(&wish, now)).await
}

fn look(wish: &Wish, now: Time) -> Result<Preview, DeliveryError> {
    let format = format(wish)?;
    let (sheet, mapping) = match format {
        Format::People | Format::Orders => {
            let table = table(wish)?;
            let mapping = mapping(wish, table.sheet(), format)?;
            (Some(table.sheet().clone()), mapping.columns().to_vec())
        }
        _ => (None, Vec::new()),
    };
    let mut preview =
        Preview { format, mapping, sheet, first: Vec::new(), refused: Vec::new(), missing: None };
    let mut opened = match open(wish, now, 0) {
        Ok(opened) => opened,
        Err(DeliveryError::Wish(why)) => return Ok(Preview { missing: Some(why), ..preview }),
        Err(error) => return Err(error),
    };
    while preview.first.len() < SHOWN && preview.refused.len() < SHOWN {
        match opened.source.next().map_err(|source| at(&wish.path, source))? {
            Some(Heard::Told { fragments, .. }) => preview.first.extend(fragments),
            Some(Heard::Refused { place, reason, .. }) => {
                preview.refused.push(format!("line {}: {reason}", place.line))
            }
            None => break,
        }
    }
    Ok(preview)
}

/// Opens a file at a byte that an earlier reading came to.
pub(super) fn open(wish: &Wish, seen_at: Time, from: u64) -> Result<Opened, DeliveryError> {
    let format = format(wish)?;
    let context = Context { source: wish.source(), seen_at, country: wish.country.clone() };
    let read = |source| at(&wish.path, source);
    let source: Box<dyn Source> = match format {
        Format::People => {
            let table = table(wish)?;
            let mapping = mapping(wish, table.sheet(), format)?;
            Box::new(People::open(table, mapping, context, from).map_err(read)?)
        }
        Format::Orders => Box::new(orders(wish, context, from)?),
        Format::Cards => Box::new(Cards::open(input(wish)?, context, from).map_err(read)?),
        Format::Lines => Box::new(JsonLines::open(input(wish)?, context, from).map_err(read)?),
        Format::Mbox => Box::new(Mbox::open(input(wish)?, ours(wish), context, from).map_err(read)?),
        Format::Maildir => Box::new(Maildir::open(&wish.path, ours(wish), context, from).map_err(read)?),
    };
    Ok(Opened { source, path: wish.path.clone(), digest: digest(wish, format)? })
}

fn orders(wish: &Wish, context: Context, from: u64) -> Result<Orders<BufReader<File>>, DeliveryError> {
    let table = table(wish)?;
    let mapping = mapping(wish, table.sheet(), Format::Orders)?;
    let zone = wish.zone.as_deref().map(TimeZone::get).transpose();
    let zone = zone.map_err(|_| DeliveryError::Wish("the time zone is not one like Europe/Berlin".into()))?;
    let terms = Terms {
        currency: wish.currency.clone(),
        date_format: wish.date_format.clone(),
        zone: zone.unwrap_or(TimeZone::UTC),
    };
    Orders::open(table, mapping, &terms, context, from).map_err(|error| match error {
        orders::OpenError::Read(source) => at(&wish.path, source),
        orders::OpenError::Mapping(error) => DeliveryError::Wish(error.to_string()),
    })
}

fn table(wish: &Wish) -> Result<Table<BufReader<File>>, DeliveryError> {
    let said = |why: String| DeliveryError::Wish(why);
    let separator = wish.separator.as_deref().map(str::parse::<Separator>).transpose();
    let separator = separator.map_err(|e| said(e.to_string()))?;
    let charset = wish.charset.as_deref().map(Charset::named).transpose().map_err(|e| said(e.to_string()))?;
    let options = Options { separator, header: None, charset };
    Table::open(input(wish)?, &options).map_err(|source| at(&wish.path, source))
}

fn mapping(wish: &Wish, sheet: &Sheet, format: Format) -> Result<Mapping, DeliveryError> {
    let subject = if format == Format::Orders { Subject::Orders } else { Subject::People };
    let mut mapping = Mapping::guess(sheet, subject, &namespace(wish));
    for assignment in &wish.map {
        mapping.assign(assignment).map_err(|e| DeliveryError::Wish(e.to_string()))?;
    }
    Ok(mapping)
}

/// The system whose keys a table holds: its file's name without the ending.
fn namespace(wish: &Wish) -> String {
    let name = wish.source();
    Path::new(&name).file_stem().map_or(name.clone(), |stem| stem.to_string_lossy().into_owned())
}

fn ours(wish: &Wish) -> Ours {
    Ours::new(wish.own.iter().map(String::as_str))
}

fn input(wish: &Wish) -> Result<BufReader<File>, DeliveryError> {
    let file = File::open(&wish.path).map_err(|source| at(&wish.path, source))?;
    Ok(BufReader::with_capacity(256 << 10, file))
}

fn at(path: &Path, source: std::io::Error) -> DeliveryError {
    DeliveryError::Read { path: path.to_owned(), why: source }
}

/// What the wish says the file holds, or what its name and beginning say.
fn format(wish: &Wish) -> Result<Format, DeliveryError> {
    let path = &wish.path;
    let folder = std::fs::metadata(path).map_err(|source| at(path, source))?.is_dir();
    let start = if folder { Vec::new() } else { beginning(path)? };
    if let Some(why) = unreadable(&start) {
        return Err(DeliveryError::Wish(why.into()));
    }
    if let Some(format) = wish.format {
        return Ok(format);
    }
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let text = String::from_utf8_lossy(&start);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    Ok(match ending.as_str() {
        _ if folder => Format::Maildir,
        "vcf" | "vcard" => Format::Cards,
        "mbox" | "eml" => Format::Mbox,
        "jsonl" | "ndjson" => Format::Lines,
        _ if text.to_uppercase().starts_with("BEGIN:VCARD") => Format::Cards,
        _ if text.starts_with("From ") => Format::Mbox,
        _ if text.starts_with('{') => Format::Lines,
        _ => subject(wish)?,
    })
}

/// What to do with a file that holds no text, by the bytes such files begin with.
fn unreadable(start: &[u8]) -> Option<&'static str> {
    const PACKED: &str = "this file is packed; unpack it first";
    const BEGINNINGS: &[(&[u8], &str)] = &[
        (b"\x1f\x8b", PACKED),
        (b"BZh", PACKED),
        (b"\xfd7zXZ\0", PACKED),
        (b"7z\xbc\xaf", PACKED),
        (b"\x28\xb5\x2f\xfd", PACKED),
        (
            b"PK\x03\x04",
            "this is a spreadsheet or a packed folder; save the sheet as CSV, or unpack the folder",
        ),
        (b"\xd0\xcf\x11\xe0", "this is a spreadsheet or document of Microsoft Office; save it as CSV"),
        (b"SQLite format 3\0", "this is a database; export what you need from it as CSV"),
        (b"!BDN", "this is an archive of Outlook; export the mail from it as mbox"),
        (b"%PDF-", "this is a PDF; what is in it has to come as a table, address cards, mail or JSON lines"),
    ];
    BEGINNINGS.iter().find(|(bytes, _)| start.starts_with(bytes)).map(|(_, why)| *why)
}

/// A table with a date and an amount is of orders.
fn subject(wish: &Wish) -> Result<Format, DeliveryError> {
    let table = table(wish)?;
    let mut guess = Mapping::guess(table.sheet(), Subject::Orders, &namespace(wish));
    for assignment in &wish.map {
        guess.assign(assignment).map_err(|e| DeliveryError::Wish(e.to_string()))?;
    }
    let bought = guess.has(&Meaning::Date) && (guess.has(&Meaning::Amount) || guess.has(&Meaning::Total));
    Ok(if bought { Format::Orders } else { Format::People })
}

fn beginning(path: &Path) -> Result<Vec<u8>, DeliveryError> {
    let mut start = Vec::new();
    let file = File::open(path).map_err(|source| at(path, source))?;
    file.take(LOOKED_AT).read_to_end(&mut start).map_err(|source| at(path, source))?;
    Ok(start)
}

/// Tells this file, read this way, from any other: its size, beginning and end, and the wish. A folder goes by its path.
fn digest(wish: &Wish, format: Format) -> Result<String, DeliveryError> {
    let mut parts = json!(Wish { path: PathBuf::new(), ..wish.clone() }).to_string();
    parts.push_str(format.as_str());
    if format == Format::Maildir {
        parts.push_str(&wish.path.to_string_lossy());
        return Ok(Files::digest(parts.as_bytes()));
    }
    let read = |source| at(&wish.path, source);
    let mut bytes = beginning(&wish.path)?;
    let mut file = File::open(&wish.path).map_err(read)?;
    let size = file.seek(SeekFrom::End(0)).map_err(read)?;
    file.seek(SeekFrom::Start(size.saturating_sub(LOOKED_AT))).map_err(read)?;
    file.read_to_end(&mut bytes).map_err(read)?;
    bytes.extend(size.to_be_bytes());
    bytes.extend(parts.as_bytes());
    Ok(Files::digest(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_holds_no_text_is_told_so_whatever_it_is_taken_for() {
        let folder = tempfile::tempdir().unwrap();
        for (name, start, said) in [
            ("mail.mbox.gz", &b"\x1f\x8b\x08"[..], "unpack"),
            ("people.xlsx", b"PK\x03\x04", "save the sheet as CSV"),
            ("people.csv", b"\xd0\xcf\x11\xe0", "save it as CSV"),
        ] {
            let path = folder.path().join(name);
            std::fs::write(&path, start).unwrap();
            for format in [None, Some(Format::People)] {
                let wish = Wish { path: path.clone(), format, ..Wish::default() };
                let refused = look(&wish, Time::from_seconds(0)).unwrap_err().to_string();
                assert!(refused.contains(said), "{refused}");
            }
        }
    }
}
