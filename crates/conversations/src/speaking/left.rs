//! Advice that one of us does not want again. It is theirs alone; where several refuse the same, the rule may be wrong for this house.

use model::{StaffId, Time};
use store::{Read, Write, params};

use super::sql;
use crate::{ConversationError, Result};

/// So many of us who refuse the same: then it is said to whoever may switch the rule off.
pub const SEVERAL: i64 = 3;
/// Characters of what was found; a rule finds phrases, not paragraphs.
const LONGEST: usize = 300;
/// Refusals of one of us; whoever needs more switches rules off.
const MOST: i64 = 2_000;
/// Refusals of several that are told at once.
const TOLD: i64 = 50;

/// Advice that one of us does not want again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// By which rule.
    pub rule: String,
    /// What it had found, in small letters.
    pub words: String,
    /// Since when.
    pub at: Time,
}

/// Advice that several of us do not want.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// By which rule.
    pub rule: String,
    /// What it had found, in small letters.
    pub words: String,
    /// How many of us.
    pub by: i64,
}

/// One of us does not want this advice again.
pub fn leave(tx: &mut Write<'_>, staff: StaffId, rule: &str, words: &str, now: Time) -> Result<()> {
    let words = folded(words);
    if words.is_empty() || words.chars().count() > LONGEST || rule.chars().count() > LONGEST {
        return Err(ConversationError::Unfit { field: "words", why: "is nothing that a rule finds".into() });
    }
    let count: Option<i64> = tx.first(sql::LEFT_COUNT, params![staff], |row| row.get(0))?;
    if count.unwrap_or_default() >= MOST {
        let why = format!("is more than {MOST} things that you left as they are; take some back first");
        return Err(ConversationError::Unfit { field: "words", why });
    }
    tx.run(sql::LEAVE, params![staff, rule, words, now])?;
    Ok(())
}

/// They want it after all.
pub fn take_back(tx: &mut Write<'_>, staff: StaffId, rule: &str, words: &str) -> Result<()> {
    tx.run(sql::TAKE_BACK, params![staff, rule, folded(words)])?;
    Ok(())
}

/// What one of us does not want again, the newest first.
pub fn left_by(db: &mut Read<'_>, staff: StaffId) -> Result<Vec<Left>> {
    let left = |row: &store::Row<'_>| Ok(Left { rule: row.get(0)?, words: row.get(1)?, at: row.get(2)? });
    Ok(db.rows(sql::LEFT_BY, params![staff], left)?)
}

/// What several of us do not want.
pub fn left_by_several(db: &mut Read<'_>) -> Result<Vec<Refused>> {
    let refused =
        |row: &store::Row<'_>| Ok(Refused { rule: row.get(0)?, words: row.get(1)?, by: row.get(2)? });
    Ok(db.rows(sql::LEFT_BY_SEVERAL, params![SEVERAL, TOLD], refused)?)
}

/// Whether what was found is among what somebody left as it is.
pub fn is_left(left: &[Left], rule: &str, words: &str) -> bool {
    let words = folded(words);
    left.iter().any(|it| it.rule == rule && it.words == words)
}

fn folded(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
