//! Importing: address books, mail archives, orders, moments.

mod open;
mod run;
mod sql;
pub mod uploads;
mod wish;

pub use open::{Preview, preview};
pub use run::{
    Counts, Import, Refusal, Step, abandon, begin, dry_run, import, imports, later, look_for_namesakes, one,
    refusals, run, write_refusals,
};
pub(crate) use run::{NAMESAKES, READ};
pub use wish::{Format, Wish};
