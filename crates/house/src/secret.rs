//! Secrets that open doors: made here, shown once, kept only as a digest.

use std::fmt;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::World;
use sha2::{Digest, Sha256};

/// A secret of 256 random bits, written as 43 letters. Its `Debug` form does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A fresh one.
    pub(crate) fn new(world: &World) -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(world.random::<32>()))
    }

    /// One that somebody shows.
    pub fn shown(text: &str) -> Self {
        Self(text.trim().to_owned())
    }

    /// The text, for the one place where it is shown.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it. A plain digest is enough: 256 random bits cannot be guessed, however fast one guesses.
    pub(crate) fn digest(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
