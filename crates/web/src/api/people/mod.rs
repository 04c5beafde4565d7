//! People: found, told of, known, joined, forgotten.

pub(super) mod forgetting;
pub(super) mod joining;
pub(super) mod known;
pub(super) mod list;
pub(super) mod one;
pub(super) mod shapes;
pub(super) mod taking;
