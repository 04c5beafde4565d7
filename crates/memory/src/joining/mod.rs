//! Joining two people who are one, and undoing it.
//!
//! Every profile has a home: the person it belongs to when nothing is joined. A joining is an edge between two homes;
//! a person is a connected set of homes and goes by the oldest id among them. Joined edges form a forest, so taking one
//! away leaves exactly two people, each with the rows of its own profiles.

mod carry;
mod duplicates;
mod merge;
mod sql;

pub use crate::offers::Evidence;
pub use duplicates::{Duplicate, duplicates, duplicates_of, look_for_namesakes, two_people};
pub use merge::{Preview, merge, preview, split, undo};
