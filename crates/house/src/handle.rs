//! The handle that everything in this room is asked through.

use std::sync::Arc;

use store::Store;
use tokio::sync::Semaphore;

/// Each takes 19 MiB of memory for the time it takes; more at once would let a flood of sign-ins eat the machine.
const HASHES_AT_ONCE: usize = 2;

/// The door to everything in this room; cheap to clone.
#[derive(Clone)]
pub struct House {
    pub(crate) store: Store,
    pub(crate) hashing: Arc<Semaphore>,
}

impl House {
    /// The house whose books are in this store.
    pub fn new(store: Store) -> Self {
        Self { store, hashing: Arc::new(Semaphore::new(HASHES_AT_ONCE)) }
    }

    /// The store it keeps its books in.
    pub fn store(&self) -> &Store {
        &self.store
    }
}
