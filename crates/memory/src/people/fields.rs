//! What the team enters by hand, and the fields it defines.

use model::{FieldId, PersonId, StaffId, Time, World};
use serde::{Deserialize, Serialize};
use store::{Notice, Read, Write, params};

use super::{known, sql};
use crate::{MemoryError, Result, desk, whereabouts};

/// A value longer than this belongs into a note.
const LONGEST: usize = 10_000;

/// A field of the organisation's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDef {
    /// Stored name: small letters, figures and `_`.
    pub name: String,
    /// What people read.
    pub label: String,
    /// What it holds.
    pub field_type: FieldType,
    /// What may be chosen, for a choice.
    pub options: Vec<String>,
    /// Where it stands among the others.
    pub position: i64,
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// Words.
    Text,
    /// A number.
    Number,
    /// A day, as 2026-03-01.
    Date,
    /// Yes or no.
    Yes,
    /// One of a list.
    Choice,
    /// A web address.
    Link,
}

impl FieldType {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
            Self::Yes => "yes",
            Self::Choice => "choice",
            Self::Link => "link",
        }
    }

    /// Every type.
    pub const ALL: [Self; 6] = [Self::Text, Self::Number, Self::Date, Self::Yes, Self::Choice, Self::Link];
}

/// The organisation's own fields, in their order.
pub fn field_defs(db: &mut Read<'_>) -> Result<Vec<FieldDef>> {
    Ok(db.rows(sql::FIELD_DEFS, &[], |row| {
        let type_name: String = row.get(2)?;
        let field_type =
            FieldType::ALL.into_iter().find(|t| t.as_str() == type_name).unwrap_or(FieldType::Text);
        Ok(FieldDef {
            name: row.get(0)?,
            label: row.get(1)?,
            field_type,
            options: row.json(3)?,
            position: row.get(4)?,
        })
    })?)
}

/// Makes or changes a field.
pub fn define_field(tx: &mut Write<'_>, def: &FieldDef, now: Time) -> Result<()> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if def.name.is_empty() || def.name.len() > 60 || !def.name.chars().all(plain) {
        return Err(MemoryError::unfit("name", "use small letters, figures and _ only, at most 60"));
    }
    if def.label.trim().is_empty() {
        return Err(MemoryError::unfit("label", "is empty"));
    }
    if def.field_type == FieldType::Choice && def.options.is_empty() {
        return Err(MemoryError::unfit("options", "a choice needs something to choose from"));
    }
    let options = serde_json::to_string(&def.options).unwrap_or_default();
    tx.run(
        sql::DEFINE_FIELD,
        params![def.name, def.label, def.field_type.as_str(), options, def.position, now],
    )?;
    Ok(())
}

/// Takes a field out of forms; what was entered stays known.
pub fn drop_field(tx: &mut Write<'_>, name: &str) -> Result<bool> {
    Ok(tx.run(sql::DROP_FIELD, params![name])? > 0)
}

/// Enters a value by hand; an empty one takes back what was entered and hides what sources say.
pub fn enter(
    tx: &mut Write<'_>,
    world: &World,
    id: PersonId,
    field: &str,
    value: &str,
    by: Option<StaffId>,
) -> Result<()> {
    let value = value.trim();
    if value.chars().count() > LONGEST {
        return Err(MemoryError::unfit(
            field,
            format!("is longer than {LONGEST} characters; write a note instead"),
        ));
    }
    if let Some(def) = field_defs(tx)?.iter().find(|def| def.name == field) {
        fits(def, value)?;
    }
    let id = whereabouts::current(tx, id)?;
    let profile = desk::profile(tx, world, id)?;
    let entry: FieldId = world.id();
    tx.run(sql::ADD_ENTRY, params![id, entry, profile, field, value, by, world.now()])?;
    known::refresh(tx, id)?;
    tx.announce(Notice::about("person", id))?;
    Ok(())
}

fn fits(def: &FieldDef, value: &str) -> Result<()> {
    let fits = value.is_empty()
        || match def.field_type {
            FieldType::Text => true,
            FieldType::Number => value.parse::<f64>().is_ok_and(f64::is_finite),
            FieldType::Date => value.len() == 10 && Time::parse(&format!("{value}T00:00:00Z")).is_ok(),
            FieldType::Yes => matches!(value, "yes" | "no"),
            FieldType::Choice => def.options.iter().any(|o| o == value),
            FieldType::Link => value.starts_with("https://") || value.starts_with("http://"),
        };
    let why = match def.field_type {
        FieldType::Number => "is not a number",
        FieldType::Date => "is not a day like 2026-03-01",
        FieldType::Yes => "is neither yes nor no",
        FieldType::Choice => "is not one of the choices",
        FieldType::Link => "does not begin with https://",
        FieldType::Text => "",
    };
    if fits { Ok(()) } else { Err(MemoryError::unfit(&def.label, format!("\u{201c}{value}\u{201d} {why}"))) }
}
