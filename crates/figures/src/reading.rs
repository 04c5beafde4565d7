//! Reading tables from files: summaries, purchases, lives and cohorts. All that is wrong is told with its
//! line and column, and nothing is guessed.

use std::io;

use csv::StringRecord;
use jiff::tz::TimeZone;

use crate::{
    gammagamma::Spend,
    sbg::{Cohort, NotACohort},
    summary::{Customers, History, Impossible},
    survival::Life,
    time::Unit,
    transactions::{NotADay, Purchase, day},
};

/// What is wrong with a file, and where.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is no table, or cannot be read at all.
    #[error("this is no table that can be read: {0}")]
    Table(#[from] csv::Error),
    /// It lacks a column.
    #[error("there is no column {0}")]
    NoColumn(String),
    /// A value is no number.
    #[error("line {line}, column {column}: “{value}” is no number")]
    NotANumber {
        /// Which line of the file, from 1.
        line: u64,
        /// Which column.
        column: String,
        /// What stands there.
        value: String,
    },
    /// A number of customers is not whole.
    #[error("line {line}, column {column}: “{value}” is no whole number of customers")]
    NotACount {
        /// Which line of the file, from 1.
        line: u64,
        /// Which column.
        column: String,
        /// What stands there.
        value: String,
    },
    /// A row cannot be.
    #[error("line {line}: {why}")]
    Impossible {
        /// Which line of the file, from 1.
        line: u64,
        /// Why not.
        why: Impossible,
    },
    /// A day is none for certain.
    #[error("line {line}, column {column}: {why}")]
    NotADay {
        /// Which line of the file, from 1.
        line: u64,
        /// Which column.
        column: String,
        /// Why not.
        why: NotADay,
    },
    /// A word that is neither yes nor no.
    #[error("line {line}, column {column}: “{value}” is neither 1 nor 0")]
    NotATruth {
        /// Which line of the file, from 1.
        line: u64,
        /// Which column.
        column: String,
        /// What stands there.
        value: String,
    },
    /// A cohort that cannot be.
    #[error("line {line}: {why}")]
    NotACohort {
        /// Which line of the file, from 1.
        line: u64,
        /// Why not.
        why: NotACohort,
    },
}

/// Summaries as they stood in a file.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// x, t_x and T, and how many customers each row stands for if a column said so.
    pub customers: Customers,
    /// Mean spend, if there is a column m_x.
    pub spend: Option<Vec<f64>>,
    /// Names, if there is a column id or customer.
    pub names: Option<Vec<String>>,
}

impl Read {
    /// Spend with the number of repeats it is a mean of, for Gamma-Gamma.
    pub fn spending(&self) -> Option<Vec<Spend>> {
        let rows = self.customers.rows().iter().zip(self.spend.as_ref()?);
        Some(rows.map(|(row, mean)| Spend { x: row.x(), mean: *mean }).collect())
    }
}

/// A table whose columns are found by name.
struct Table<R> {
    reader: csv::Reader<R>,
    header: StringRecord,
}

/// One row, with its line.
struct Row {
    line: u64,
    cells: StringRecord,
}

impl<R: io::Read> Table<R> {
    fn open(from: R) -> Result<Self, Unreadable> {
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(from);
        let header = reader.headers()?.clone();
        Ok(Self { reader, header })
    }
    fn find(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|it| it.trim_start_matches('\u{feff}') == name)
    }
    fn column(&self, name: &str) -> Result<usize, Unreadable> {
        self.find(name).ok_or_else(|| Unreadable::NoColumn(name.to_owned()))
    }
    fn either(&self, names: [&str; 2]) -> Result<usize, Unreadable> {
        let found = names.into_iter().find_map(|it| self.find(it));
        found.ok_or_else(|| Unreadable::NoColumn(names.join(" or ")))
    }
    fn name(&self, column: usize) -> String {
        self.header.get(column).unwrap_or_default().to_owned()
    }
    fn next(&mut self) -> Result<Option<Row>, Unreadable> {
        let mut cells = StringRecord::new();
        let more = self.reader.read_record(&mut cells)?;
        let line = cells.position().map_or(0, csv::Position::line);
        Ok(more.then_some(Row { line, cells }))
    }
    fn number(&self, row: &Row, column: usize) -> Result<f64, Unreadable> {
        let value = row.cell(column);
        value.parse().map_err(|_| Unreadable::NotANumber {
            line: row.line,
            column: self.name(column),
            value: value.to_owned(),
        })
    }
    fn count(&self, row: &Row, column: Option<usize>) -> Result<u32, Unreadable> {
        let Some(column) = column else { return Ok(1) };
        let value = row.cell(column);
        // Others write whole numbers as 3.0.
        let whole = value.strip_suffix(".0").unwrap_or(value);
        whole.parse().map_err(|_| Unreadable::NotACount {
            line: row.line,
            column: self.name(column),
            value: value.to_owned(),
        })
    }
    fn truth(&self, row: &Row, column: usize) -> Result<bool, Unreadable> {
        match row.cell(column) {
            "1" | "true" => Ok(true),
            "0" | "false" => Ok(false),
            value => Err(Unreadable::NotATruth {
                line: row.line,
                column: self.name(column),
                value: value.to_owned(),
            }),
        }
    }
}

impl Row {
    fn cell(&self, column: usize) -> &str {
        self.cells.get(column).unwrap_or_default()
    }
}

/// Reads summaries: columns x, t_x and T (or n, for opportunities), m_x where spend is known, id or customer
/// where names are, and `weights`, if asked for, with the number of customers that each row stands for.
///
/// ```
/// # use figures::{reading::summaries, time::Unit};
/// let file = "x,t_x,T,m_x\n2,30.43,38.86,22.35\n0,0,38.86,0\n";
/// let read = summaries(file.as_bytes(), Unit::Weeks, None)?;
/// assert_eq!(read.customers.total(), 2);
/// let wrong = summaries("x,t_x,T\n1,2,3\n2.9,10,38\n".as_bytes(), Unit::Weeks, None);
/// assert_eq!(wrong.unwrap_err().to_string(), "line 3: x is 2.9, which is no whole number; nothing is rounded here");
/// # Ok::<(), figures::reading::Unreadable>(())
/// ```
pub fn summaries(from: impl io::Read, unit: Unit, weights: Option<&str>) -> Result<Read, Unreadable> {
    let mut table = Table::open(from)?;
    let (x, t_x, t_end) = (table.column("x")?, table.column("t_x")?, table.either(["T", "n"])?);
    let weight = weights.map(|it| table.column(it)).transpose()?;
    let spend_at = table.find("m_x");
    let name_at = table.either(["id", "customer"]).ok();
    let (mut rows, mut spend, mut names) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(row) = table.next()? {
        let number = |column: usize| table.number(&row, column);
        let history = History::new(number(x)?, number(t_x)?, number(t_end)?)
            .map_err(|why| Unreadable::Impossible { line: row.line, why })?;
        rows.push((history, table.count(&row, weight)?));
        spend.extend(spend_at.map(number).transpose()?);
        names.extend(name_at.map(|at| row.cell(at).to_owned()));
    }
    let customers = match weight {
        Some(_) => Customers::counted(unit, rows),
        None => Customers::new(unit, rows.into_iter().map(|it| it.0).collect()),
    };
    Ok(Read { customers, spend: spend_at.map(|_| spend), names: name_at.map(|_| names) })
}

/// Reads purchases: columns customer (or id), date (or day), and amount where it is known. Days are those of
/// the given time zone.
pub fn purchases(from: impl io::Read, zone: &TimeZone) -> Result<Vec<Purchase>, Unreadable> {
    let mut table = Table::open(from)?;
    let (customer, at) = (table.either(["customer", "id"])?, table.either(["date", "day"])?);
    let amount = table.find("amount");
    let mut purchases = Vec::new();
    while let Some(row) = table.next()? {
        let day = day(row.cell(at), zone).map_err(|why| Unreadable::NotADay {
            line: row.line,
            column: table.name(at),
            why,
        })?;
        let amount = amount.map_or(Ok(0.0), |it| table.number(&row, it))?;
        purchases.push(Purchase { customer: row.cell(customer).to_owned(), day, amount });
    }
    Ok(purchases)
}

/// Reads lives for a curve of survival: columns t and event (1 if it ended then, 0 if it was only watched
/// until then).
pub fn lives(from: impl io::Read) -> Result<Vec<Life>, Unreadable> {
    let mut table = Table::open(from)?;
    let (time, event) = (table.column("t")?, table.column("event")?);
    let mut lives = Vec::new();
    while let Some(row) = table.next()? {
        lives.push(Life { time: table.number(&row, time)?, ended: table.truth(&row, event)? });
    }
    Ok(lives)
}

/// Reads a cohort for sBG: columns t (renewals met) and event (1 if cancelled at that renewal, 0 if still there after it), and `weights`, if asked
/// for, with the number of subscribers that each row stands for. Where the columns are recency and T, as others write it, whoever has recency < T
/// cancelled at the renewal of that number, and whoever has recency = T is still there after it.
pub fn cohort(from: impl io::Read, weights: Option<&str>) -> Result<Cohort, Unreadable> {
    let mut table = Table::open(from)?;
    let recency = table.find("recency").zip(table.find("T"));
    let (time, event) = match recency {
        Some(columns) => columns,
        None => (table.column("t")?, table.column("event")?),
    };
    let weight = weights.map(|it| table.column(it)).transpose()?;
    let mut cohort = Cohort::default();
    while let Some(row) = table.next()? {
        let renewals = table.count(&row, Some(time))?;
        let cancelled = match recency {
            Some(_) => renewals < table.count(&row, Some(event))?,
            None => table.truth(&row, event)?,
        };
        let added = cohort.add(renewals, cancelled, table.count(&row, weight)?.into());
        added.map_err(|why| Unreadable::NotACohort { line: row.line, why })?;
    }
    Ok(cohort)
}
