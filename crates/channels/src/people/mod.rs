//! Tables of people: each row is what one source says about somebody.

mod guess;
mod meaning;
mod row;

use std::io;

use jiff::tz::TimeZone;

use crate::{
    Context, DateStyle, Dates, Heard, Input, Source,
    seen::Seen,
    table::{Row, Table},
};

pub use guess::Subject;
pub(crate) use meaning::field_name;
pub use meaning::{Mapping, MappingError, Meaning};
pub(crate) use row::{Draft, key_by_handle, key_of, note_moment, social, social_name};

/// A table of people.
pub struct People<R> {
    table: Table<R>,
    mapping: Mapping,
    context: Context,
    dates: Dates,
    seen: Seen,
}

impl<R: Input> People<R> {
    /// Reads a table by a mapping, from the byte `resume_at` on (0 for all of it).
    pub fn open(table: Table<R>, mapping: Mapping, context: Context, resume_at: u64) -> io::Result<Self> {
        let style = mapping.first(&Meaning::SeenAt).map(|index| DateStyle::of(table.sheet().column(index)));
        let dates = Dates { style: style.unwrap_or(DateStyle::Clear), zone: TimeZone::UTC };
        let mut people = Self { table, mapping, context, dates, seen: Seen::default() };
        // Rows are counted from the start, as their occurrence is part of their key.
        while people.table.offset() < resume_at && people.next()?.is_some() {}
        Ok(people)
    }

    fn hear(&mut self, row: Row) -> Heard {
        let cells = match &row.cells {
            Ok(cells) => cells,
            Err(reason) => {
                let reason = reason.clone();
                return row.refuse(reason);
            }
        };
        let mut draft = Draft::of(&self.mapping, cells, &self.context, &self.dates);
        if !draft.says_who() {
            let said = std::mem::take(&mut draft.warnings).join("; ");
            let but = if said.is_empty() { String::new() } else { format!(" ({said})") };
            return row
                .refuse(format!("nothing in the row says who it is: no name, address, number or key{but}"));
        }
        let key =
            match key_of(&draft.handles, draft.fields.get("name").map(String::as_str), cells, &mut self.seen)
            {
                Ok(key) => key,
                Err(full) => return row.refuse(full.reason()),
            };
        let mut warnings = row.warnings;
        warnings.append(&mut draft.warnings);
        Heard::Told {
            place: row.place,
            fragments: vec![draft.fragment(key, &self.context)],
            files: Vec::new(),
            warnings,
        }
    }
}

impl<R: Input> Source for People<R> {
    fn next(&mut self) -> io::Result<Option<Heard>> {
        Ok(self.table.next_row()?.map(|row| self.hear(row)))
    }

    fn offset(&self) -> u64 {
        self.table.offset()
    }

    fn size(&self) -> Option<u64> {
        Some(self.table.size())
    }
}

#[cfg(test)]
mod tests;
