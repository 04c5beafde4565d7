//! What somebody is in the house.

use std::{fmt, str::FromStr};

/// What somebody is in the house, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Sees, and changes nothing.
    ReadOnly,
    /// Works with people every day.
    Member,
    /// Looks after the house.
    Admin,
    /// Has the last word.
    Owner,
}

impl Role {
    /// All of them, the greatest first.
    pub const ALL: &[Self] = &[Self::Owner, Self::Admin, Self::Member, Self::ReadOnly];
    /// The name as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Member => "member",
            Self::ReadOnly => "read_only",
        }
    }
}
impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ReadOnly => "reader",
            other => other.as_str(),
        })
    }
}
impl FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|role| role.as_str() == text);
        found.copied().ok_or_else(|| format!("“{text}” is none of owner, admin, member, read_only"))
    }
}
