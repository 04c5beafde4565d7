//! Taking in: what a source says becomes part of somebody's memory.

mod known;
mod prepare;
mod resolve;
mod rows;
pub(crate) mod sql;
mod take;

pub(crate) use prepare::OURS;
pub use prepare::{Prepared, prepare};
pub use take::{Fate, Taken, note, take};
