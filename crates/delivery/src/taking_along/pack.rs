//! A ZIP as it is written: file behind file, each counted and digested while it goes in, so that none is ever held as a whole.

use std::io::{self, BufWriter, Seek, Write};

use jiff::tz::TimeZone;
use model::Time;
use serde::Serialize;
use sha2::{Digest, Sha256};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use crate::DeliveryError;

/// Bytes gathered before they are packed.
const GATHERED: usize = 64 << 10;

/// Which part of it a file belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Part {
    /// What they gave us, and what happened between us.
    Given,
    /// What we worked out or wrote down.
    Ours,
    /// For another Regard.
    Move,
    /// What explains the rest.
    Help,
}

/// A file of it, as the manifest tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Listed {
    pub(super) name: String,
    belongs_to: Part,
    media_type: String,
    bytes: u64,
    sha256: String,
}

/// The ZIP being written.
pub(super) struct Pack<W: Write + Seek> {
    zip: ZipWriter<W>,
    at: DateTime,
    pub(super) listed: Vec<Listed>,
}

impl<W: Write + Seek> Pack<W> {
    /// An empty one; its files say that they were made at this time.
    pub(super) fn new(out: W, now: Time) -> Self {
        Self { zip: ZipWriter::new(out), at: date_time(now), listed: Vec::new() }
    }

    /// One file more.
    pub(super) fn file(
        &mut self,
        name: &str,
        belongs_to: Part,
        media_type: &str,
        write: impl FnOnce(&mut dyn Write) -> Result<(), DeliveryError>,
    ) -> Result<(), DeliveryError> {
        let written = self.unlisted(name, write)?;
        let (bytes, sha256) = written;
        let media_type = media_type.to_owned();
        self.listed.push(Listed { name: name.to_owned(), belongs_to, media_type, bytes, sha256 });
        Ok(())
    }

    /// The last one, which tells of the others.
    pub(super) fn finish(mut self, name: &str, manifest: &impl Serialize) -> Result<W, DeliveryError> {
        self.unlisted(name, |out| json(out, manifest))?;
        self.zip.finish().map_err(unpacked)
    }

    fn unlisted(
        &mut self,
        name: &str,
        write: impl FnOnce(&mut dyn Write) -> Result<(), DeliveryError>,
    ) -> Result<(u64, String), DeliveryError> {
        // How long a file gets is not known when it begins, and it may be longer than the old form of ZIP can say.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(self.at)
            .unix_permissions(0o600)
            .large_file(true);
        self.zip.start_file(name, options).map_err(unpacked)?;
        let counted = Counted { out: &mut self.zip, bytes: 0, digest: Sha256::new() };
        let mut gathered = BufWriter::with_capacity(GATHERED, counted);
        write(&mut gathered)?;
        let counted = gathered.into_inner().map_err(io::IntoInnerError::into_error)?;
        let sha256 = counted.digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok((counted.bytes, sha256))
    }
}

/// Something as JSON that people can read.
pub(super) fn json(out: &mut dyn Write, what: &impl Serialize) -> Result<(), DeliveryError> {
    serde_json::to_writer_pretty(&mut *out, what).map_err(io::Error::from)?;
    Ok(out.write_all(b"\n")?)
}

/// Something as one line of JSON.
pub(super) fn line(out: &mut dyn Write, what: &impl Serialize) -> Result<(), DeliveryError> {
    serde_json::to_writer(&mut *out, what).map_err(io::Error::from)?;
    Ok(out.write_all(b"\n")?)
}

struct Counted<W> {
    out: W,
    bytes: u64,
    digest: Sha256,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = self.out.write(bytes)?;
        self.bytes += taken as u64;
        self.digest.update(&bytes[..taken]);
        Ok(taken)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn unpacked(why: zip::result::ZipError) -> DeliveryError {
    DeliveryError::Write(why.into())
}

/// A ZIP tells times from 1980 on; what is before is told as that.
fn date_time(now: Time) -> DateTime {
    let at = now.timestamp().to_zoned(TimeZone::UTC);
    let [month, day, hour, minute, second] =
        [at.month(), at.day(), at.hour(), at.minute(), at.second()].map(|it| it.unsigned_abs());
    DateTime::from_date_and_time(at.year().unsigned_abs(), month, day, hour, minute, second)
        .unwrap_or_default()
}
