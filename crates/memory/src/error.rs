//! What can go wrong in the memory, in words for people.

use model::{AccountId, MergeId, PersonId};
use store::StoreError;

/// A result with the memory's error.
pub type Result<T, E = MemoryError> = std::result::Result<T, E>;

/// What can go wrong in the memory.
#[derive(Debug, Clone, thiserror::Error)]
pub enum MemoryError {
    /// The engine failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nobody with this id, or they asked to be forgotten.
    #[error("there is nobody here with the id {0}")]
    NobodyHere(PersonId),
    /// No such account.
    #[error("there is no organisation or household with the id {0}")]
    NoAccount(AccountId),
    /// No such joining, or it was undone already.
    #[error("there is no joining {0} that could be undone")]
    NoMerge(MergeId),
    /// Both ids lead to one person already.
    #[error("these are one person already")]
    SamePerson,
    /// Somebody said that these are two people.
    #[error("these were said to be two people: {0}")]
    TwoPeople(String),
    /// Something entered does not fit.
    #[error("{field}: {why}")]
    Unfit {
        /// Where it was entered.
        field: String,
        /// What is wrong with it.
        why: String,
    },
    /// A file beside the database could not be read or removed.
    #[error("{0}")]
    File(String),
}

impl MemoryError {
    /// Something entered does not fit.
    pub fn unfit(field: &str, why: impl ToString) -> Self {
        Self::Unfit { field: field.to_owned(), why: why.to_string() }
    }
}
