//! Taking in: what a source says becomes part of somebody's memory.

mod known;
mod prepare;
mod resolve;
mod rows;
pub(crate) mod sql;
mod take;

pub(crate) use prepare::{OURS, search_text};
pub use prepare::{Prepared, prepare};
pub(crate) use rows::end_of_slot;
pub use take::{Fate, Taken, note, note_all, note_under, take};
