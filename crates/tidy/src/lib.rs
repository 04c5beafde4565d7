//! The rules of the house as tests. Each guard is a function from what it reads to what it found, beside a test
//! that feeds it a sample which breaks the rule; `tests/house.rs` sends them all through the real house.

pub mod allowed;
pub mod arrows;
pub mod circles;
pub mod doors;
mod finding;
mod house;
pub mod licences;
pub mod lines;
pub mod links;
pub mod reading;
pub mod speech;
pub mod sql_place;
pub mod tables;
pub mod workplace;

pub use finding::Finding;
pub use house::{File, House};
