//! How somebody wishes a file to be read.

use std::{fmt, path::PathBuf, str::FromStr};

use serde::{Deserialize, Serialize};

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A table of people, one a row.
    People,
    /// A table of orders, one a row or one line of them a row.
    Orders,
    /// Address cards (vCard 2.1, 3, 4).
    Cards,
    /// A mail archive in one file, or a single mail.
    Mbox,
    /// A mail archive in a folder of files.
    Maildir,
    /// Fragments or moments, one JSON object a line.
    Lines,
}

impl Format {
    /// Every format, in the order in which they are offered.
    pub const ALL: [Self; 6] =
        [Self::People, Self::Orders, Self::Cards, Self::Mbox, Self::Maildir, Self::Lines];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Orders => "orders",
            Self::Cards => "cards",
            Self::Mbox => "mbox",
            Self::Maildir => "maildir",
            Self::Lines => "lines",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Format {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|format| format.as_str() == text).ok_or_else(|| {
            format!("\u{201c}{text}\u{201d} is none of people, orders, cards, mbox, maildir, lines")
        })
    }
}

/// How somebody wishes a file to be read. What is left out is guessed, and the guess is shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Wish {
    /// The file or folder.
    pub path: PathBuf,
    /// The name under which its records are known again; the file's name, if nothing is said.
    pub name: Option<String>,
    /// What it holds.
    pub format: Option<Format>,
    /// `meaning=column`, for tables.
    pub map: Vec<String>,
    /// How dates are written, as `%d.%m.%Y`.
    pub date_format: Option<String>,
    /// The currency of amounts without one.
    pub currency: Option<String>,
    /// The country of telephone numbers without a code, two letters.
    pub country: Option<String>,
    /// Where the clock of the file's times stands, as `Europe/Berlin`.
    pub zone: Option<String>,
    /// What parts the cells of a table: `,` `;` `tab` `|` `space`.
    pub separator: Option<String>,
    /// How bytes become text, as `windows-1252`.
    pub charset: Option<String>,
    /// Our own mail addresses and domains: mail from them was said by us.
    pub own: Vec<String>,
}

impl Wish {
    /// The name under which the records are known again.
    pub fn source(&self) -> String {
        self.name.clone().unwrap_or_else(|| {
            self.path.file_name().map_or_else(|| "import".into(), |name| name.to_string_lossy().into_owned())
        })
    }
}
