//! What parts the cells of a table.

use std::{fmt, str::FromStr};

/// What parts the cells of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    /// One character.
    Char(char),
    /// Any run of blanks: columns aligned for the eye.
    Spaces,
}

impl fmt::Display for Separator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Char(',') => f.write_str("comma"),
            Self::Char(';') => f.write_str("semicolon"),
            Self::Char('\t') => f.write_str("tab"),
            Self::Char('|') => f.write_str("pipe"),
            Self::Char(mark) => write!(f, "{mark}"),
            Self::Spaces => f.write_str("spaces"),
        }
    }
}

/// Why a text names no separator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\u{201c}{0}\u{201d} is none of comma, semicolon, tab, pipe, spaces, or a single character")]
pub struct SeparatorError(String);

impl FromStr for Separator {
    type Err = SeparatorError;
    fn from_str(text: &str) -> Result<Self, SeparatorError> {
        let mut chars = text.chars();
        match (text, chars.next(), chars.next()) {
            ("comma", ..) => Ok(Self::Char(',')),
            ("semicolon", ..) => Ok(Self::Char(';')),
            ("tab" | "\\t", ..) => Ok(Self::Char('\t')),
            ("pipe", ..) => Ok(Self::Char('|')),
            ("spaces", ..) => Ok(Self::Spaces),
            (_, Some(mark), None) if !mark.is_alphanumeric() && mark != '"' => Ok(Self::Char(mark)),
            _ => Err(SeparatorError(text.chars().take(40).collect())),
        }
    }
}
