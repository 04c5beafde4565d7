//! Tables as programs export them: CSV in any of its dialects, TSV, columns aligned with spaces.
//!
//! Physical lines are put together here and not by a library, because each record's line and byte must be
//! known, and because one quote that is never closed must cost one row and not the rest of the file.

mod dialect;
mod separator;
mod split;
mod write;

use std::io;

use crate::{
    Heard, Input, Place,
    text::{Charset, Line, Lines},
};

pub use separator::{Separator, SeparatorError};
pub use write::{neutral, write_row};

/// Bytes a row may have: a novel fits, a file without line ends does not.
pub const ROW_LIMIT: usize = 4 * 1024 * 1024;
/// Lines a quoted cell may run over before its quote counts as never closed.
const QUOTED_LINES: usize = 10_000;
/// Quotes that were never closed before line breaks within quotes are no longer believed in: each such
/// quote has the lines after it read again.
const BROKEN_QUOTES: usize = 16;
/// Rows read ahead for the preview, the dialect, and the way dates are written.
pub const SAMPLE_ROWS: usize = 1000;

/// What a table cannot say of itself, where somebody knows better than the guess.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// What parts the cells.
    pub separator: Option<Separator>,
    /// Whether the first row names the columns.
    pub header: Option<bool>,
    /// How bytes become text.
    pub charset: Option<Charset>,
}

/// A table's first rows, for a preview and for guessing what its columns mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// What parts the cells.
    pub separator: Separator,
    /// The charset's usual name.
    pub charset: &'static str,
    /// Whether the first row names the columns; else they are called `column 1`, `column 2`.
    pub has_header: bool,
    /// The columns' names, no two alike.
    pub header: Vec<String>,
    /// Up to [`SAMPLE_ROWS`] rows.
    pub rows: Vec<Vec<String>>,
}

impl Sheet {
    /// The cells of one column, in the sample.
    pub fn column(&self, index: usize) -> impl Iterator<Item = &str> {
        self.rows.iter().filter_map(move |row| row.get(index)).map(String::as_str)
    }
}

/// A row that was read, or why not.
pub(crate) struct Row {
    pub place: Place,
    pub raw: Vec<u8>,
    pub cells: Result<Vec<String>, String>,
    pub warnings: Vec<String>,
}

impl Row {
    pub fn refuse(self, reason: impl Into<String>) -> Heard {
        Heard::refused(self.place, &self.raw, reason)
    }
}

/// A table, read row by row.
pub struct Table<R> {
    lines: Lines<R>,
    sheet: Sheet,
    size: u64,
    broken_quotes: usize,
    line: Vec<u8>,
}

impl<R: Input> Table<R> {
    /// Looks at the first rows and stands before the first one that is not the header.
    pub fn open(mut input: R, options: &Options) -> io::Result<Self> {
        let size = crate::size_of(&mut input)?;
        let lines = Lines::of_text(input, options.charset, ROW_LIMIT)?;
        let sheet = Sheet {
            separator: Separator::Char(','),
            charset: lines.charset().name(),
            has_header: false,
            header: Vec::new(),
            rows: Vec::new(),
        };
        let mut table = Self { lines, sheet, size, broken_quotes: 0, line: Vec::new() };
        let start = table.lines.offset();
        let told = table.told_separator()?;
        let body = table.place();
        table.sheet.separator = match options.separator.or(told) {
            Some(separator) => separator,
            None => dialect::find(&table.first_lines()?),
        };
        table.back_to(body)?;
        table.sample(options.header)?;
        let first = if told.is_some() { body } else { Place { line: 1, offset: start } };
        table.back_to(first)?;
        if table.sheet.has_header {
            table.read_row()?;
        }
        Ok(table)
    }

    /// The preview.
    pub fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    pub(crate) fn offset(&self) -> u64 {
        self.lines.offset()
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    fn place(&self) -> Place {
        Place { line: self.lines.number() + 1, offset: self.lines.offset() }
    }

    fn back_to(&mut self, place: Place) -> io::Result<()> {
        self.broken_quotes = 0;
        self.lines.go_back(place.line, place.offset)
    }

    /// Spreadsheets put `sep=;` before the header to tell each other; if it is not there, nothing is read.
    fn told_separator(&mut self) -> io::Result<Option<Separator>> {
        let before = self.place();
        if self.lines.next(&mut self.line)?.is_some() {
            let text = self.lines.charset().decode(&self.line).0;
            if let Some(told) = text.trim().strip_prefix("sep=").and_then(|rest| rest.chars().next()) {
                return Ok(Some(Separator::Char(told)));
            }
        }
        self.lines.go_back(before.line, before.offset)?;
        Ok(None)
    }

    fn first_lines(&mut self) -> io::Result<Vec<String>> {
        let mut lines = Vec::new();
        let mut held = 0;
        while lines.len() < SAMPLE_ROWS && held < ROW_LIMIT && self.lines.next(&mut self.line)?.is_some() {
            held += self.line.len();
            lines.push(self.lines.charset().decode(&self.line).0);
        }
        Ok(lines)
    }

    fn sample(&mut self, header: Option<bool>) -> io::Result<()> {
        let (mut rows, mut held) = (Vec::new(), 0);
        while rows.len() <= SAMPLE_ROWS && held < ROW_LIMIT {
            let Some(row) = self.read_row()? else { break };
            held += row.raw.len();
            rows.extend(row.cells);
        }
        let first = rows.first().cloned().unwrap_or_default();
        self.sheet.has_header = header.unwrap_or_else(|| dialect::is_header(&first));
        self.sheet.header =
            dialect::names(if self.sheet.has_header { Some(&first) } else { None }, first.len());
        if self.sheet.has_header {
            rows.remove(0);
        }
        self.sheet.rows = rows;
        Ok(())
    }

    /// The next row with as many cells as the header; empty lines are passed over.
    pub(crate) fn next_row(&mut self) -> io::Result<Option<Row>> {
        let Some(mut row) = self.read_row()? else { return Ok(None) };
        let wanted = self.sheet.header.len();
        row.cells = row.cells.and_then(|mut cells| {
            while cells.len() > wanted && cells.last().is_some_and(String::is_empty) {
                cells.pop();
            }
            if cells.len() == wanted { Ok(cells) } else { Err(uneven(cells.len(), wanted)) }
        });
        Ok(Some(row))
    }

    fn read_row(&mut self) -> io::Result<Option<Row>> {
        loop {
            let Some(first) = self.lines.next(&mut self.line)? else { return Ok(None) };
            let place = Place { line: first.number, offset: first.start };
            let raw = std::mem::take(&mut self.line);
            if first.overlong {
                let reason = format!("the line is longer than {} MB", ROW_LIMIT / 1024 / 1024);
                return Ok(Some(Row { place, raw, cells: Err(reason), warnings: Vec::new() }));
            }
            let row = self.finish_row(first, place, raw)?;
            match &row.cells {
                Ok(cells) if cells.iter().all(String::is_empty) => self.line = row.raw,
                _ => return Ok(Some(row)),
            }
        }
    }

    /// Follows quotes over line breaks; one that is never closed costs its own line only.
    fn finish_row(&mut self, first: Line, place: Place, mut raw: Vec<u8>) -> io::Result<Row> {
        let (text, warning) = self.lines.charset().decode(&raw);
        let mut warnings: Vec<String> = warning.map(|w| format!("the row {w}")).into_iter().collect();
        let mut cells = Vec::with_capacity(self.sheet.header.len());
        let mut open = split::split(&text, self.sheet.separator, &mut cells, false);
        let (alone, after) = (raw.len(), self.lines.offset());
        let mut lines = 1;
        while open {
            let next = match lines < QUOTED_LINES && self.broken_quotes < BROKEN_QUOTES {
                true => self.lines.next(&mut self.line)?,
                false => None,
            };
            if next.is_none_or(|line| line.overlong) || raw.len() + self.line.len() > ROW_LIMIT {
                raw.truncate(alone);
                self.broken_quotes += 1;
                self.lines.go_back(first.number + 1, after)?;
                return Ok(Row {
                    place,
                    raw,
                    cells: Err("a quote is opened and never closed".into()),
                    warnings,
                });
            }
            lines += 1;
            raw.push(b'\n');
            raw.extend_from_slice(&self.line);
            let (text, warning) = self.lines.charset().decode(&self.line);
            warnings.extend(warning.filter(|_| warnings.is_empty()).map(|w| format!("the row {w}")));
            open = split::split(&text, self.sheet.separator, &mut cells, true);
        }
        Ok(Row { place, raw, cells: Ok(cells), warnings })
    }
}

fn uneven(found: usize, wanted: usize) -> String {
    let cells = if found == 1 { "cell" } else { "cells" };
    format!("the row has {found} {cells} where the header has {wanted}")
}

#[cfg(test)]
mod tests;
