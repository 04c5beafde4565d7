//! What can go wrong with what comes in.

use std::{io, path::PathBuf};

use memory::MemoryError;
use model::ImportId;
use store::{FileError, StoreError};

/// What can go wrong with what comes in.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The memory refused, or its engine failed.
    #[error(transparent)]
    Memory(#[from] MemoryError),
    /// An original could not be kept.
    #[error(transparent)]
    File(#[from] FileError),
    /// The file cannot be read.
    #[error("{path}: {why}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why; not called its source, since it is already said.
        why: io::Error,
    },
    /// Something said about how to read it does not fit.
    #[error("{0}")]
    Wish(String),
    /// No such import.
    #[error("there is no import {0}")]
    NoImport(ImportId),
    /// What is written cannot be written.
    #[error("{0}")]
    Write(#[from] io::Error),
}

impl From<StoreError> for DeliveryError {
    fn from(error: StoreError) -> Self {
        Self::Memory(error.into())
    }
}
