//! Saved replies: what is said again and again, with fields for what differs, filled in before anybody reads it over.

mod sql;

use minijinja::{Environment, UndefinedBehavior};
use model::{ReplyId, StaffId, Time, World};
use serde::Serialize;
use store::{Read, Row, Write, params};

use crate::{ConversationError, Result, lines::line};

/// Characters of a reply.
const LONGEST: usize = 20_000;
/// Steps that filling one in may take: text that an organisation writes must not keep the house busy.
const FUEL: u64 = 50_000;

/// A saved reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reply {
    /// Its id.
    pub id: ReplyId,
    /// What it is called in the list.
    pub name: String,
    /// What it says.
    pub words: String,
    /// Who wrote it last.
    pub by: StaffId,
    /// When.
    pub at: Time,
}

/// What can be filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Blanks {
    /// What they are called.
    pub name: String,
    /// The first of it, as one begins a letter.
    pub first_name: String,
    /// What the writer is called.
    pub my_name: String,
    /// What we are called.
    pub organisation: String,
}

impl Blanks {
    /// Their names, for those who write replies.
    pub const NAMES: &[&str] = &["name", "first_name", "my_name", "organisation"];
}

fn read(row: &Row<'_>) -> store::Result<Reply> {
    Ok(Reply { id: row.get(0)?, name: row.get(1)?, words: row.get(2)?, by: row.get(3)?, at: row.get(4)? })
}

/// All of them, by name.
pub fn all(db: &mut Read<'_>) -> Result<Vec<Reply>> {
    Ok(db.rows(sql::ALL, &[], read)?)
}

/// One of them.
pub fn one(db: &mut Read<'_>, id: ReplyId) -> Result<Option<Reply>> {
    Ok(db.first(sql::ONE, params![id], read)?)
}

/// Keeps a reply, over what it was before; one with a blank that nobody can fill in is refused.
pub fn keep(
    tx: &mut Write<'_>,
    world: &World,
    id: ReplyId,
    name: &str,
    words: &str,
    by: StaffId,
) -> Result<()> {
    let name = line("name", name)?;
    let words = words.trim().replace("\r\n", "\n");
    let unfit = |why: String| ConversationError::Unfit { field: "words", why };
    match words.chars().count() {
        0 => return Err(unfit("say nothing".into())),
        1..=LONGEST => {}
        _ => return Err(unfit(format!("have more than {LONGEST} characters"))),
    }
    fill(&words, &Blanks::default())?;
    tx.run(sql::KEEP, params![id, name, words, by, world.now()])?;
    Ok(())
}

/// Throws one away.
pub fn drop(tx: &mut Write<'_>, id: ReplyId) -> Result<()> {
    tx.run(sql::DROP, params![id])?;
    Ok(())
}

/// The words with their blanks filled in.
pub fn fill(words: &str, blanks: &Blanks) -> Result<String> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    // What is filled in is text: nothing in it is escaped, and nothing in it is a template.
    let filled = environment.render_str(words, minijinja::value::Serde(blanks));
    filled.map_err(|error| {
        let at = error.line().map(|it| format!("line {it}: ")).unwrap_or_default();
        let why = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
        ConversationError::Unfit { field: "words", why: format!("{at}{why}; blanks are {}", names()) }
    })
}

fn names() -> String {
    Blanks::NAMES.iter().map(|it| format!("{{{{ {it} }}}}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_filled_in_and_unknown_ones_are_named_with_their_line() {
        let blanks = Blanks { first_name: "Ann <b>".into(), ..Blanks::default() };
        assert_eq!(fill("Dear {{ first_name }},", &blanks).unwrap(), "Dear Ann <b>,");
        let wrong = fill("Dear\n{{ nickname }},", &blanks).unwrap_err().to_string();
        assert!(wrong.contains("line 2") && wrong.contains("{{ first_name }}"), "{wrong}");
        let endless =
            fill("{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}", &blanks);
        assert!(endless.is_err(), "nobody keeps the house busy");
    }
}
