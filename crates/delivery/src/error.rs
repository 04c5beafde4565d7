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
    /// A file that was handed in holds nothing.
    #[error("\u{201c}{0}\u{201d} is empty")]
    Empty(String),
    /// A file that is handed in has more bytes than this.
    #[error("the file is larger than {0} bytes")]
    TooLarge(u64),
    /// Not all of a file that is handed in came.
    #[error("the file broke off on its way, so nothing of it was kept")]
    BrokenOff,
    /// A mail server does not do what we ask.
    #[error(transparent)]
    Line(#[from] channels::mail::LineError),
    /// A message that shall be sent cannot be written.
    #[error(transparent)]
    Compose(#[from] channels::mail::ComposeError),
    /// A key to sign mail with cannot be made.
    #[error(transparent)]
    Signing(#[from] channels::mail::SigningError),
    /// What shall be sent cannot be read or kept.
    #[error(transparent)]
    Conversation(#[from] conversations::ConversationError),
    /// The house cannot say who we are.
    #[error(transparent)]
    House(#[from] house::HouseError),
    /// What is written cannot be written.
    #[error("{0}")]
    Write(#[from] io::Error),
}

impl From<permission::PermissionError> for DeliveryError {
    fn from(error: permission::PermissionError) -> Self {
        Self::Conversation(error.into())
    }
}

impl From<StoreError> for DeliveryError {
    fn from(error: StoreError) -> Self {
        Self::Memory(error.into())
    }
}
