//! What the columns of a table mean: guessed, shown, corrected.

use std::{fmt, str::FromStr};

use model::fold_words;

use crate::table::Sheet;

/// What one column says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// A mail address, or several.
    Email,
    /// A telephone number, or several.
    Phone,
    /// The whole name.
    Name,
    /// The given name.
    GivenName,
    /// The family name.
    FamilyName,
    /// The organisation they belong to.
    Company,
    /// What they are to that organisation or to us.
    Role,
    /// A name or address on a network.
    Social(String),
    /// A key in somebody else's system, which is named here.
    External(String),
    /// Something to be known of them under this name.
    Field(String),
    /// What somebody once wrote down about them.
    Note,
    /// Words they are sorted under.
    Tags,
    /// Where a picture of them is.
    Photo,
    /// Who they are, in a few sentences.
    Story,
    /// When the source came to know this.
    SeenAt,
    /// When they bought.
    Date,
    /// What this row came to.
    Amount,
    /// What the whole order came to, written on each of its rows.
    Total,
    /// In which currency.
    Currency,
    /// How many.
    Quantity,
    /// What was bought.
    Item,
    /// The seller's number for the order.
    Order,
    /// Nothing we want to keep.
    Ignore,
}

/// The meanings without a name of their own, as they are written.
const PLAIN: &[(&str, Meaning)] = &[
    ("email", Meaning::Email),
    ("phone", Meaning::Phone),
    ("name", Meaning::Name),
    ("given_name", Meaning::GivenName),
    ("family_name", Meaning::FamilyName),
    ("company", Meaning::Company),
    ("role", Meaning::Role),
    ("note", Meaning::Note),
    ("tags", Meaning::Tags),
    ("photo", Meaning::Photo),
    ("story", Meaning::Story),
    ("seen_at", Meaning::SeenAt),
    ("date", Meaning::Date),
    ("amount", Meaning::Amount),
    ("total", Meaning::Total),
    ("currency", Meaning::Currency),
    ("quantity", Meaning::Quantity),
    ("item", Meaning::Item),
    ("order", Meaning::Order),
    ("ignore", Meaning::Ignore),
];

/// Whose key a customer number is, where nobody says otherwise; the same in every file of one shop.
pub(super) const CUSTOMER: &str = "customer";

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Social(network) => write!(f, "social:{network}"),
            Self::External(namespace) => write!(f, "external:{namespace}"),
            Self::Field(name) => write!(f, "field:{name}"),
            plain => {
                let name = PLAIN.iter().find(|(_, meaning)| meaning == plain).map(|(name, _)| *name);
                f.write_str(name.unwrap_or("ignore"))
            }
        }
    }
}

/// Why a mapping cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// No such meaning.
    #[error(
        "\u{201c}{0}\u{201d} is no meaning of a column: it is one of email, phone, name, given_name, family_name, company, role, social:\u{2026}, external:\u{2026}, field:\u{2026}, note, tags, photo, story, seen_at, person, date, amount, total, currency, quantity, item, order, ignore"
    )]
    Meaning(String),
    /// No such column.
    #[error("the table has no column called \u{201c}{column}\u{201d}; it has {}", have.join(", "))]
    Column {
        /// The one asked for.
        column: String,
        /// The ones there are.
        have: Vec<String>,
    },
    /// Not of the form.
    #[error("\u{201c}{0}\u{201d} is not of the form meaning=column, such as email=E-Mail")]
    Form(String),
    /// Without it the rows cannot be read.
    #[error("no column is said to be {0}")]
    Missing(&'static str),
    /// A constant that the reader was given is wrong.
    #[error("{0}")]
    Constant(String),
}

impl FromStr for Meaning {
    type Err = MappingError;

    /// `person` is short for `external:customer`.
    fn from_str(text: &str) -> Result<Self, MappingError> {
        let text = text.trim();
        if let Some((_, meaning)) = PLAIN.iter().find(|(name, _)| *name == text) {
            return Ok(meaning.clone());
        }
        match text.split_once(':') {
            _ if text == "person" => Ok(Self::External(CUSTOMER.to_owned())),
            Some(("social", network)) if !network.trim().is_empty() => {
                Ok(Self::Social(network.trim().into()))
            }
            Some(("external", space)) if !space.trim().is_empty() => Ok(Self::External(space.trim().into())),
            Some(("field", name)) if !name.trim().is_empty() => Ok(Self::Field(field_name(name))),
            _ => Err(MappingError::Meaning(text.chars().take(60).collect())),
        }
    }
}

/// What every column of a table means, in the table's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    columns: Vec<(String, Meaning)>,
}

impl Mapping {
    /// Every column means what it is called, as a field: what is left when nothing is guessed.
    pub fn of_fields(sheet: &Sheet) -> Self {
        let field = |name: &String| (name.clone(), Meaning::Field(field_name(name)));
        Self { columns: sheet.header.iter().map(field).collect() }
    }

    /// Columns and meanings, in the table's order.
    pub fn columns(&self) -> &[(String, Meaning)] {
        &self.columns
    }

    /// Corrects one column.
    pub fn set(&mut self, column: &str, meaning: Meaning) -> Result<(), MappingError> {
        let found = self.position(column).ok_or_else(|| MappingError::Column {
            column: column.to_owned(),
            have: self.columns.iter().map(|(name, _)| name.clone()).collect(),
        })?;
        self.columns[found].1 = meaning;
        Ok(())
    }

    /// Corrects one column by a text such as `person=customer_id`: the meaning, then the column.
    pub fn assign(&mut self, text: &str) -> Result<(), MappingError> {
        let (meaning, column) = text.split_once('=').ok_or_else(|| MappingError::Form(text.to_owned()))?;
        self.set(column.trim(), meaning.parse()?)
    }

    /// Every column as [`Mapping::assign`] takes it, to be kept beside an import.
    pub fn assignments(&self) -> impl Iterator<Item = String> {
        self.columns.iter().map(|(column, meaning)| format!("{meaning}={column}"))
    }

    /// The same columns without those that are only fields: what an order says of the person.
    pub(crate) fn of_the_person(&self) -> Self {
        let plain = |(column, meaning): &(String, Meaning)| {
            let kept = if matches!(meaning, Meaning::Field(_)) { Meaning::Ignore } else { meaning.clone() };
            (column.clone(), kept)
        };
        Self { columns: self.columns.iter().map(plain).collect() }
    }

    /// Whether some column has this meaning.
    pub fn has(&self, wanted: &Meaning) -> bool {
        self.first(wanted).is_some()
    }

    /// The first column with this meaning.
    pub(crate) fn first(&self, wanted: &Meaning) -> Option<usize> {
        self.columns.iter().position(|(_, meaning)| meaning == wanted)
    }

    fn position(&self, column: &str) -> Option<usize> {
        let alike = |name: &str| fold_words(name) == fold_words(column);
        self.columns
            .iter()
            .position(|(name, _)| name == column)
            .or_else(|| self.columns.iter().position(|(name, _)| alike(name)))
    }

    pub(super) fn set_at(&mut self, index: usize, meaning: Meaning) {
        self.columns[index].1 = meaning;
    }
}

/// A column's name as the name of a field: `Date of Birth` becomes `date_of_birth`.
pub(crate) fn field_name(column: &str) -> String {
    let words = fold_words(column).join("_");
    if words.is_empty() { column.trim().to_owned() } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_meaning_reads_back_as_it_is_shown() {
        let named = ["social:instagram", "external:shop", "field:birthday"];
        for text in PLAIN.iter().map(|(name, _)| *name).chain(named) {
            assert_eq!(text.parse::<Meaning>().unwrap().to_string(), text);
        }
        assert_eq!("person".parse::<Meaning>().unwrap().to_string(), "external:customer");
        assert!("emial".parse::<Meaning>().unwrap_err().to_string().contains("emial"));
        assert!("external:".parse::<Meaning>().is_err());
    }

    #[test]
    fn a_column_is_found_by_what_people_call_it() {
        let columns = ["E-Mail", "Kunden Nr"].map(|name| (name.to_owned(), Meaning::Ignore)).into();
        let mut mapping = Mapping { columns };
        mapping.assign("email=e-mail").unwrap();
        mapping.assign("external:shop=Kunden Nr").unwrap();
        assert_eq!(mapping.assignments().collect::<Vec<_>>(), ["email=E-Mail", "external:shop=Kunden Nr"]);
        assert_eq!(mapping.columns()[0].1, Meaning::Email);
        let error = mapping.assign("phone=Telefon").unwrap_err().to_string();
        assert!(
            error.contains("no column called \u{201c}Telefon\u{201d}; it has E-Mail, Kunden Nr"),
            "{error}"
        );
        assert!(mapping.assign("phone").is_err());
    }
}
