//! JSON lines: whole fragments, as an export writes them, or single moments, as a program writes them down.
//! A key that is not known is refused by its name, because a misspelt one would vanish without a word.

mod flat;
mod strict;

use std::io::{self, Write};

use model::Fragment;
use serde_json::Value;

use crate::{
    Context, Heard, Input, Place, Source,
    seen::Seen,
    text::{Charset, Lines},
};

/// Bytes a line may have: a fragment with years of mail fits.
pub const LINE_LIMIT: usize = 64 * 1024 * 1024;

/// The lines of a file.
pub struct JsonLines<R> {
    lines: Lines<R>,
    context: Context,
    size: u64,
    seen: Seen,
    bytes: Vec<u8>,
}

/// What one line says.
struct Said {
    fragment: Fragment,
    warnings: Vec<String>,
}

impl<R: Input> JsonLines<R> {
    /// Reads lines from the byte `resume_at` on (0 for all of them).
    pub fn open(mut input: R, context: Context, resume_at: u64) -> io::Result<Self> {
        let size = crate::size_of(&mut input)?;
        let lines = Lines::of_text(input, None, LINE_LIMIT)?;
        let mut all = Self { lines, context, size, seen: Seen::default(), bytes: Vec::new() };
        // Moments without a key are told apart by their count from the start.
        while all.lines.offset() < resume_at && all.next()?.is_some() {}
        Ok(all)
    }

    fn read(&mut self) -> Result<Said, String> {
        if self.lines.charset() == Charset::UTF_8 && std::str::from_utf8(&self.bytes).is_err() {
            return Err("the line is not UTF-8, which JSON always is".into());
        }
        let (text, warning) = self.lines.charset().decode(&self.bytes);
        let value: Value = serde_json::from_str(&text).map_err(|error| format!("is not JSON: {error}"))?;
        let Value::Object(object) = &value else {
            return Err("is not a JSON object, as in {\"person\": \u{2026}}".into());
        };
        let mut said = match object.contains_key("source") || object.contains_key("handles") {
            true => Said { fragment: strict::fragment(&value)?, warnings: Vec::new() },
            false => flat::read(&text, &self.context, &mut self.seen)?,
        };
        said.warnings.extend(warning.map(|warning| format!("the line {warning}")));
        if text.contains("\\u0000") {
            said.fragment = without_nul(&said.fragment)?;
            said.warnings.push("held NUL characters, which were left out".into());
        }
        Ok(said)
    }
}

/// No database takes a NUL within text.
fn without_nul(fragment: &Fragment) -> Result<Fragment, String> {
    let value = serde_json::to_value(fragment).map_err(|error| error.to_string())?;
    serde_json::from_value(crate::text::without_nul(value)).map_err(|error| error.to_string())
}

impl<R: Input> Source for JsonLines<R> {
    fn next(&mut self) -> io::Result<Option<Heard>> {
        loop {
            let Some(line) = self.lines.next(&mut self.bytes)? else { return Ok(None) };
            let place = Place { line: line.number, offset: line.start };
            if line.overlong {
                let reason = format!("the line is longer than {} MB", LINE_LIMIT / 1024 / 1024);
                return Ok(Some(Heard::refused(place, &self.bytes, reason)));
            }
            if self.bytes.iter().all(|byte| byte.is_ascii_whitespace() || *byte == 0) {
                continue;
            }
            return Ok(Some(match self.read() {
                Ok(Said { fragment, warnings }) => {
                    Heard::Told { place, fragments: vec![fragment], files: Vec::new(), warnings }
                }
                Err(reason) => Heard::refused(place, &self.bytes, reason),
            }));
        }
    }

    fn offset(&self) -> u64 {
        self.lines.offset()
    }

    fn size(&self) -> Option<u64> {
        Some(self.size)
    }
}

/// Writes a fragment as one line.
pub fn write(out: &mut impl Write, fragment: &Fragment) -> io::Result<()> {
    serde_json::to_writer(&mut *out, fragment)?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests;
