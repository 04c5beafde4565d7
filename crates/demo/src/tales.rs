//! Where people and what happens to them come from.

use crate::{deck::Deck, people::Town};

/// The town that people are dealt from, and the deck of what happens to them.
pub(crate) struct Tales {
    pub(crate) town: Town,
    pub(crate) deck: Deck,
}
