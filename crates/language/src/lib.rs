//! The language audit: how a text speaks of people. So far it knows which bytes of a text are words for people.

pub mod text;
