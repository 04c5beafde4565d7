//! What can go wrong where lives are read, in words for people.

use memory::MemoryError;
use permission::PermissionError;
use store::StoreError;

/// A result with this room's error.
pub type Result<T, E = InsightError> = std::result::Result<T, E>;

/// What can go wrong.
#[derive(Debug, Clone, thiserror::Error)]
pub enum InsightError {
    /// The memory refused, or its engine failed.
    #[error(transparent)]
    Memory(#[from] MemoryError),
    /// What is kept about the policy could not be read.
    #[error(transparent)]
    Permission(#[from] PermissionError),
    /// The reckoning itself broke: a fault of ours.
    #[error("the reckoning broke: {0}")]
    Broke(String),
    /// Something entered does not fit.
    #[error("{field}: {why}")]
    Unfit {
        /// Where it was entered.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

impl From<StoreError> for InsightError {
    fn from(error: StoreError) -> Self {
        Self::Memory(error.into())
    }
}
