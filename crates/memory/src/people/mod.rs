//! People: who they are, what is known of them and from where, and lists of them.

mod fields;
mod known;
mod list;
mod reach;
pub(crate) mod sql;

pub use fields::{FieldDef, FieldType, define_field, drop_field, enter, field_defs};
pub use known::{Claim, Known, Merge, Person, Source, Why, person};
pub(crate) use known::{entries, refresh};
pub use list::{Cursor, Filter, Line, channels, count, is_anybody_here, list, role_words, some};
pub use reach::{add_handle, claimed_by, guard, holders, prove, unguard};
