//! What can go wrong with what people allow, in words for people.

use memory::MemoryError;
use store::StoreError;

/// A result with this room's error.
pub type Result<T, E = PermissionError> = std::result::Result<T, E>;

/// What can go wrong.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PermissionError {
    /// The memory refused, or its engine failed.
    #[error(transparent)]
    Memory(#[from] MemoryError),
    /// Something entered does not fit.
    #[error("{field}: {why}")]
    Unfit {
        /// Where it was entered.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

impl From<StoreError> for PermissionError {
    fn from(error: StoreError) -> Self {
        Self::Memory(error.into())
    }
}
