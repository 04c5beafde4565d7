//! The policy, in versions: the house's own to begin with, then as somebody edited it. No version is ever changed or removed, so that an
//! answer of the gate can be asked for again.

mod sql;

use std::sync::{Arc, OnceLock};

use gate::Policy;
use model::{StaffId, Time};
use store::{Files, Read, Write, params};

use crate::{PermissionError, Result};

/// The version that came with the program.
pub const OF_THE_HOUSE: &str = "as it came";

/// Versions in a list; whoever edits it daily looks back a year.
const LISTED: i64 = 400;

/// A version of the policy.
#[derive(Debug, Clone)]
pub struct Version {
    /// Its name: the beginning of its digest.
    pub name: String,
    /// Since when; nothing for the one that came with the program.
    pub at: Option<Time>,
    /// Who edited it.
    pub by: Option<StaffId>,
    /// Its rows, as they were written.
    pub text: String,
    /// The same, read.
    pub policy: Arc<Policy>,
}

/// The one that holds now.
pub fn current(db: &mut Read<'_>) -> Result<Version> {
    let kept = db.first(sql::NEWEST, params![1_i64], |row| {
        Ok((
            row.get::<String>(0)?,
            row.get::<Time>(1)?,
            row.get::<Option<StaffId>>(2)?,
            row.get::<String>(3)?,
        ))
    })?;
    let Some((name, at, by, text)) = kept else { return Ok(shipped()) };
    // It was read before it was kept; a newer program that cannot read it any more falls back to its own, which is strict.
    match read_once(&text) {
        Some(policy) => Ok(Version { name, at: Some(at), by, text, policy }),
        None => Ok(shipped()),
    }
}

/// A version as a list tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its name.
    pub name: String,
    /// Since when; nothing for the one that came with the program.
    pub at: Option<Time>,
    /// Who edited it; nobody, if it was adopted from the command line.
    pub by: Option<StaffId>,
}

/// The newest versions, the newest first; the last of all came with the program.
pub fn all(db: &mut Read<'_>) -> Result<Vec<Kept>> {
    let mut all = db.rows(sql::NEWEST, params![LISTED], |row| {
        Ok(Kept { name: row.get(0)?, at: Some(row.get(1)?), by: row.get(2)? })
    })?;
    all.push(Kept { name: OF_THE_HOUSE.to_owned(), at: None, by: None });
    Ok(all)
}

fn shipped() -> Version {
    static POLICY: OnceLock<Arc<Policy>> = OnceLock::new();
    let policy = POLICY.get_or_init(|| Arc::new(Policy::of_the_house())).clone();
    let text = Policy::TEXT.to_owned();
    Version { name: OF_THE_HOUSE.to_owned(), at: None, by: None, text, policy }
}

/// Reading takes longer than deciding; the same text is read once in a row.
fn read_once(text: &str) -> Option<Arc<Policy>> {
    use std::sync::Mutex;
    static LAST: Mutex<Option<(String, Arc<Policy>)>> = Mutex::new(None);
    let mut last = LAST.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some((known, policy)) = last.as_ref().filter(|(known, _)| known == text) {
        let _ = known;
        return Some(policy.clone());
    }
    let policy = Arc::new(Policy::read(text).ok()?);
    *last = Some((text.to_owned(), policy.clone()));
    Some(policy)
}

/// Keeps an edited policy; it holds from now on. Gives its version.
///
/// # Errors
/// [`PermissionError::Unfit`] names the row that cannot be read.
pub fn adopt(tx: &mut Write<'_>, text: &str, by: Option<StaffId>, now: Time) -> Result<String> {
    Policy::read(text).map_err(|why| PermissionError::Unfit { field: "policy", why: why.to_string() })?;
    // Kept again as it is, it is the same version.
    let current = current(tx)?;
    if current.text == text {
        return Ok(current.name);
    }
    let name: String = Files::digest(format!("{now} {text}").as_bytes()).chars().take(12).collect();
    tx.run(sql::ADD, params![name, now, by, text])?;
    Ok(name)
}
