//! What is kept of each customer's purchases: how many repeats, when the last, how long observed; and the
//! check that such a row is possible at all.
//!
//! | here | in the literature | meaning |
//! | --- | --- | --- |
//! | `x` | x, "frequency" | number of repeat purchases: occasions after the first |
//! | `t_x` | t_x, "recency" | time of the last repeat purchase since the first purchase; 0 if there was none |
//! | `t_end` | T | time from the first purchase to the end of observation |
//!
//! Nothing is rounded, truncated or guessed. A row that cannot be is refused with the reason.

use crate::time::Unit;

/// One customer's purchases, summed up. Times are in the unit of the [`Customers`] it stands in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct History {
    x: u32,
    t_x: f64,
    t_end: f64,
}

/// Why a row cannot be.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum Impossible {
    /// A value is NaN or infinite.
    #[error("{column} is {value}, which is no finite number")]
    NotFinite {
        /// In which column.
        column: &'static str,
        /// What stands there.
        value: f64,
    },
    /// A value is below zero.
    #[error("{column} < 0: it is {value}")]
    Negative {
        /// In which column.
        column: &'static str,
        /// What stands there.
        value: f64,
    },
    /// A number of purchases or opportunities is no whole number.
    #[error("{column} is {value}, which is no whole number; nothing is rounded here")]
    Fraction {
        /// In which column.
        column: &'static str,
        /// What stands there.
        value: f64,
    },
    /// More purchases than are counted.
    #[error("x is {0}: more purchases than anybody makes")]
    TooMany(f64),
    /// The last purchase lies behind the end of observation.
    #[error("t_x > T: the last purchase at {t_x} is after the end of observation at {t_end}")]
    AfterTheEnd {
        /// When the last purchase was.
        t_x: f64,
        /// When observation ended.
        t_end: f64,
    },
    /// No repeat purchase, but a time of the last one.
    #[error("x = 0 but t_x > 0: it is {0}")]
    TimeWithoutRepeat(f64),
    /// Repeat purchases at the very time of the first.
    #[error("x > 0 but t_x = 0: a repeat within the first period; merge periods or use a finer unit")]
    RepeatAtOnce,
    /// More purchases than there were opportunities.
    #[error("x > t_x: {x} purchases by opportunity {t_x}")]
    MoreThanOpportunities {
        /// How many purchases.
        x: u32,
        /// The opportunity of the last one.
        t_x: f64,
    },
    /// More opportunities than are counted one by one.
    #[error("T is {0}: more opportunities than are counted one by one (at most {MOST_OPPORTUNITIES})")]
    TooLong(f64),
}

/// Opportunities are gone through one by one, so there must be an end to them: this is a day's for three
/// centuries.
pub const MOST_OPPORTUNITIES: u32 = 100_000;

impl History {
    /// Somebody who has just bought for the first time.
    pub const NEW: Self = Self { x: 0, t_x: 0.0, t_end: 0.0 };

    /// Takes a row if it is possible.
    ///
    /// ```
    /// # use figures::summary::{History, Impossible};
    /// assert!(History::new(2.0, 30.43, 38.86).is_ok());
    /// let why = History::new(2.9, 10.0, 38.0).unwrap_err();
    /// assert_eq!(why, Impossible::Fraction { column: "x", value: 2.9 });
    /// ```
    pub fn new(x: f64, t_x: f64, t_end: f64) -> Result<Self, Impossible> {
        for (column, value) in [("x", x), ("t_x", t_x), ("T", t_end)] {
            Self::check(column, value)?;
        }
        if x.fract() != 0.0 {
            return Err(Impossible::Fraction { column: "x", value: x });
        }
        if x > f64::from(u32::MAX) {
            return Err(Impossible::TooMany(x));
        }
        Self { x: x as u32, t_x, t_end }.in_order()
    }
    fn check(column: &'static str, value: f64) -> Result<(), Impossible> {
        if !value.is_finite() {
            return Err(Impossible::NotFinite { column, value });
        }
        if value < 0.0 { Err(Impossible::Negative { column, value }) } else { Ok(()) }
    }
    fn in_order(self) -> Result<Self, Impossible> {
        if self.t_x > self.t_end {
            return Err(Impossible::AfterTheEnd { t_x: self.t_x, t_end: self.t_end });
        }
        match (self.x, self.t_x) {
            (0, t_x) if t_x > 0.0 => Err(Impossible::TimeWithoutRepeat(t_x)),
            (1.., 0.0) => Err(Impossible::RepeatAtOnce),
            // A zero may come with a sign, and would then be another row.
            _ => Ok(Self { t_x: self.t_x + 0.0, t_end: self.t_end + 0.0, ..self }),
        }
    }
    /// The same where purchases are made at opportunities: whole times, at most one purchase at each.
    pub(crate) fn at_opportunities(self) -> Result<Self, Impossible> {
        for (column, value) in [("t_x", self.t_x), ("T", self.t_end)] {
            if value.fract() != 0.0 {
                return Err(Impossible::Fraction { column, value });
            }
        }
        if self.t_end > f64::from(MOST_OPPORTUNITIES) {
            return Err(Impossible::TooLong(self.t_end));
        }
        if f64::from(self.x) > self.t_x {
            return Err(Impossible::MoreThanOpportunities { x: self.x, t_x: self.t_x });
        }
        Ok(self)
    }
    /// Number of repeat purchases.
    pub fn x(&self) -> u32 {
        self.x
    }
    /// Time of the last repeat purchase since the first purchase.
    pub fn t_x(&self) -> f64 {
        self.t_x
    }
    /// Time from the first purchase to the end of observation: T.
    pub fn t_end(&self) -> f64 {
        self.t_end
    }
    /// The same row with its times multiplied, for another unit.
    pub(crate) fn stretched(self, by: f64) -> Self {
        let t_end = self.t_end * by;
        Self { x: self.x, t_x: (self.t_x * by).min(t_end), t_end }
    }
}

/// A row that was refused, with its number, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("row {row}: {why}")]
pub struct RefusedRow {
    /// Which row, from 1.
    pub row: usize,
    /// Why it cannot be.
    pub why: Impossible,
}

/// Many histories with the one unit that their times are in. Where rows stand for several customers each,
/// they carry how many.
#[derive(Debug, Clone, PartialEq)]
pub struct Customers {
    unit: Unit,
    rows: Vec<History>,
    counts: Option<Vec<u32>>,
}

impl Customers {
    /// One row for each customer.
    pub fn new(unit: Unit, rows: Vec<History>) -> Self {
        Self { unit, rows, counts: None }
    }
    /// Rows that stand for so many customers each.
    pub fn counted(unit: Unit, rows: impl IntoIterator<Item = (History, u32)>) -> Self {
        let (rows, counts) = rows.into_iter().unzip();
        Self { unit, rows, counts: Some(counts) }
    }
    /// From bare numbers (x, t_x, T); the first row that cannot be is named.
    pub fn from_numbers(
        unit: Unit,
        rows: impl IntoIterator<Item = (f64, f64, f64)>,
    ) -> Result<Self, RefusedRow> {
        let numbered = (1..).zip(rows);
        let rows = numbered
            .map(|(row, (x, t_x, t_end))| History::new(x, t_x, t_end).map_err(|why| RefusedRow { row, why }));
        Ok(Self::new(unit, rows.collect::<Result<_, _>>()?))
    }
    /// What their times are counted in.
    pub fn unit(&self) -> Unit {
        self.unit
    }
    /// The rows, in the order they came in.
    pub fn rows(&self) -> &[History] {
        &self.rows
    }
    /// How many customers each row stands for; `None` where it is one each.
    pub fn counts(&self) -> Option<&[u32]> {
        self.counts.as_deref()
    }
    /// How many customers there are.
    pub fn total(&self) -> u64 {
        match &self.counts {
            Some(counts) => counts.iter().map(|&it| u64::from(it)).sum(),
            None => self.rows.len() as u64,
        }
    }
    /// The same customers with times in another unit.
    pub fn in_unit(&self, unit: Unit) -> Self {
        if unit == self.unit {
            return self.clone();
        }
        let by = unit.from_days(self.unit.days());
        let rows = self.rows.iter().map(|it| it.stretched(by)).collect();
        Self { unit, rows, counts: self.counts.clone() }
    }
    /// Rows with the number of customers each stands for.
    pub(crate) fn with_counts(&self) -> impl Iterator<Item = (&History, u32)> {
        let count = |it: usize| self.counts.as_ref().map_or(1, |counts| counts[it]);
        self.rows.iter().enumerate().map(move |(at, row)| (row, count(at)))
    }
}
