//! What can go wrong at the desk, in words for people.

use memory::MemoryError;
use permission::PermissionError;
use store::StoreError;

/// A result with this room's error.
pub type Result<T, E = ConversationError> = std::result::Result<T, E>;

/// What can go wrong at the desk.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ConversationError {
    /// The memory refused, or its engine failed.
    #[error(transparent)]
    Memory(#[from] MemoryError),
    /// Something was said meanwhile that the writer has not seen.
    #[error("something was said meanwhile; please read it before you answer")]
    Stale,
    /// The month's budget for goodwill has no room for it.
    #[error("this is more than is left of your budget for goodwill this month: {left} and {gifts} gifts")]
    OverBudget {
        /// The money that is left.
        left: model::Money,
        /// The gifts that are left.
        gifts: i64,
    },
    /// Whoever speaks asked to be forgotten; what they say now would have to be a new beginning.
    #[error("whoever spoke here asked to be forgotten")]
    Forgotten,
    /// A browser that nobody knows has not done the work that comes before its first word.
    #[error(
        "your browser has to solve a small puzzle before your first word; it does so by itself, so please try again"
    )]
    Unsolved,
    /// Something entered does not fit.
    #[error("{field}: {why}")]
    Unfit {
        /// Where it was entered.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

impl From<PermissionError> for ConversationError {
    fn from(error: PermissionError) -> Self {
        match error {
            PermissionError::Memory(error) => Self::Memory(error),
            PermissionError::Unfit { field, why } => Self::Unfit { field, why },
        }
    }
}

impl From<StoreError> for ConversationError {
    fn from(error: StoreError) -> Self {
        Self::Memory(error.into())
    }
}
