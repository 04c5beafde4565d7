//! The language audit of files: trees, reports, editors.

pub mod editor;
