//! The language audit of files: trees, reports, baselines, editors.

mod authors;
mod baseline;
mod choice;
mod decoding;
pub mod editor;
pub mod history;
mod kinds;
mod look;
mod mailbox;
mod mend;
mod pool;
mod report;
pub mod rules;
pub mod run;
mod summary;
mod text;
mod tree;
mod voices;

pub use choice::Choice;
pub use kinds::{name as kind_name, named as kind_named};
pub use mend::Repair;
pub use report::visible;
pub use run::{Ask, Form, Outcome, Trouble};
pub use text::LONGEST;
pub use voices::{Ear, Voices};
