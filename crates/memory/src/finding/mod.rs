//! Finding people by whatever one remembers of them, and moments by their words. Words are cut by
//! [`model::search_words`] on both engines, so that both find the same.

mod moments;
mod people;
mod sql;
mod within;

pub use moments::{Hit, moments};
pub use people::find;
