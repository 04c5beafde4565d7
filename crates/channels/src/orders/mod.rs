//! Tables of orders: rows become purchases. Rows that follow each other under one order number are the lines
//! of one order.

mod line;
mod purchase;

use std::{collections::VecDeque, io};

use jiff::tz::TimeZone;

use crate::{
    Context, DateStyle, Dates, Heard, Input, Source,
    people::{Mapping, MappingError, Meaning},
    seen::Seen,
    table::Table,
};

use line::{Line, Reader};

/// What holds for every row of the file.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The currency, where no column tells it.
    pub currency: Option<String>,
    /// A `strptime` format, where the dates do not say what they mean.
    pub date_format: Option<String>,
    /// Where the shop's clock stands.
    pub zone: TimeZone,
}

impl Default for Terms {
    fn default() -> Self {
        Self { currency: None, date_format: None, zone: TimeZone::UTC }
    }
}

/// Why a table cannot be read as orders.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The columns do not suffice.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// The file cannot be read.
    #[error(transparent)]
    Read(#[from] io::Error),
}

/// A table of orders.
pub struct Orders<R> {
    table: Table<R>,
    reader: Reader,
    waiting: VecDeque<(Heard, u64)>,
    order: Vec<Line>,
    rows: Seen,
    numbers: Seen,
    offset: u64,
}

impl<R: Input> Orders<R> {
    /// Reads a table by a mapping, from the byte `resume_at` on (0 for all of it).
    pub fn open(
        table: Table<R>,
        mapping: Mapping,
        terms: &Terms,
        context: Context,
        resume_at: u64,
    ) -> Result<Self, OpenError> {
        check(&mapping, terms)?;
        let dates = dates(&table, &mapping, terms);
        let reader = Reader::new(mapping, dates, terms.currency.clone(), context);
        let offset = table.offset();
        let (rows, numbers) = (Seen::default(), Seen::default());
        let mut orders =
            Self { table, reader, waiting: VecDeque::new(), order: Vec::new(), rows, numbers, offset };
        // Rows are counted from the start, as their occurrence is part of their key.
        while orders.offset < resume_at && orders.next()?.is_some() {}
        Ok(orders)
    }

    /// How the dates are written, to be shown before anything is imported.
    pub fn date_style(&self) -> &DateStyle {
        &self.reader.dates.style
    }

    /// Reads one row, which may end the order before it.
    fn step(&mut self) -> io::Result<bool> {
        let Some(row) = self.table.next_row()? else {
            self.finish_order();
            return Ok(false);
        };
        let end = self.table.offset();
        match self.reader.line(row, end, self.order.last()) {
            Ok(line) => {
                if !self.order.last().is_some_and(|last| line.continues(last)) {
                    self.finish_order();
                }
                self.order.push(line);
            }
            Err(refused) => {
                self.finish_order();
                self.waiting.push_back((refused, end));
            }
        }
        Ok(true)
    }

    fn finish_order(&mut self) {
        let lines = std::mem::take(&mut self.order);
        if let Some(end) = lines.last().map(|line| line.end) {
            let heard = purchase::tell(lines, &self.reader, &mut self.rows, &mut self.numbers);
            self.waiting.push_back((heard, end));
        }
    }
}

impl<R: Input> Source for Orders<R> {
    fn next(&mut self) -> io::Result<Option<Heard>> {
        while self.waiting.is_empty() && self.step()? {}
        Ok(self.waiting.pop_front().map(|(heard, end)| {
            self.offset = end;
            heard
        }))
    }

    fn offset(&self) -> u64 {
        self.offset
    }

    fn size(&self) -> Option<u64> {
        Some(self.table.size())
    }
}

fn check(mapping: &Mapping, terms: &Terms) -> Result<(), MappingError> {
    let says_who =
        |meaning: &Meaning| matches!(meaning, Meaning::External(_) | Meaning::Email | Meaning::Phone);
    if !mapping.columns().iter().any(|(_, meaning)| says_who(meaning)) {
        return Err(MappingError::Missing("person, email or phone"));
    }
    if !mapping.has(&Meaning::Date) {
        return Err(MappingError::Missing("date"));
    }
    if !mapping.has(&Meaning::Amount) && !mapping.has(&Meaning::Total) {
        return Err(MappingError::Missing("amount"));
    }
    match &terms.currency {
        None if !mapping.has(&Meaning::Currency) => {
            Err(MappingError::Missing("currency, and none was given for all"))
        }
        Some(code) => {
            model::Money::parse("0", code).map(|_| ()).map_err(|e| MappingError::Constant(e.to_string()))
        }
        None => Ok(()),
    }
}

/// How the date column is written: as was said, or as its values show.
pub fn dates<R: Input>(table: &Table<R>, mapping: &Mapping, terms: &Terms) -> Dates {
    let style = match (&terms.date_format, mapping.first(&Meaning::Date)) {
        (Some(format), _) => DateStyle::Given(format.clone()),
        (None, Some(index)) => DateStyle::of(table.sheet().column(index)),
        (None, None) => DateStyle::Clear,
    };
    Dates { style, zone: terms.zone.clone() }
}

#[cfg(test)]
mod tests;
