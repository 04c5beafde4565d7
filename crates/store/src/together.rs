//! What can be sent together, because nothing in it waits for an answer to the rest.

use crate::{Result, Row, Value};

/// A question among several that do not wait for each other's answers; see [`crate::Read::ask`].
pub struct Question<'q> {
    pub(crate) parts: Vec<(String, Vec<Value<'q>>)>,
    pub(crate) each: Each<'q>,
}

/// What is done with a row.
type Each<'q> = Box<dyn FnMut(&Row<'_>) -> Result<()> + 'q>;

impl<'q> Question<'q> {
    /// A statement with its parameters, and what is done with each row of the answer.
    pub fn new(sql: &str, params: &[Value<'q>], each: impl FnMut(&Row<'_>) -> Result<()> + 'q) -> Self {
        Self::of(vec![(sql.to_owned(), params.to_vec())], each)
    }

    /// The same of several statements with rows of one shape.
    pub fn of(parts: Vec<(String, Vec<Value<'q>>)>, each: impl FnMut(&Row<'_>) -> Result<()> + 'q) -> Self {
        Self { parts, each: Box::new(each) }
    }
}

/// A change among several that do not wait for each other; see [`crate::Write::all`].
pub enum Change<'c> {
    /// Many new rows for a table, by the engine's fastest way. A conflict fails the transaction.
    Load {
        /// The table.
        table: &'c str,
        /// Its columns, in the rows' order.
        columns: &'c [&'c str],
        /// The rows.
        rows: Vec<Vec<Value<'c>>>,
    },
    /// One statement for each set of parameters.
    Each {
        /// The statement.
        sql: &'c str,
        /// The sets.
        sets: Vec<Vec<Value<'c>>>,
    },
    /// The same, where it is worth a second text.
    Many {
        /// Both texts.
        many: &'c Many,
        /// The sets.
        sets: Vec<Vec<Value<'c>>>,
    },
}

/// A statement that is run for many sets of parameters, also as one that takes all of them: on PostgreSQL a row then costs a part of
/// what a statement costs.
pub struct Many {
    /// For one set.
    pub each: &'static str,
    /// For all: each parameter is an array with what the sets have in that place.
    pub at_once: &'static str,
}
