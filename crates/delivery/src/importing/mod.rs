//! Importing: address books, mail archives, orders, moments.

mod batch;
mod open;
mod reading;
mod refusals;
mod run;
mod sql;
pub mod uploads;
mod wish;

pub use open::{Preview, preview};
pub use reading::{Counts, Import, imports, one};
pub use refusals::{Refusal, refusals, write_refusals};
pub(crate) use run::{NAMESAKES, READ};
pub use run::{Step, abandon, begin, dry_run, import, later, look_for_namesakes, run};
pub use wish::{Format, Wish};
