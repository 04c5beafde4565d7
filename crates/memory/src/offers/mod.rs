//! Offers: that two people may be one, with what speaks for it. Only people act on them.

mod sql;

use model::{PersonId, Time};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Write, params};

use crate::Result;

/// One thing that speaks for two people being one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// In words.
    pub reason: String,
    /// The kind of handle they share, or `name`.
    pub kind: String,
    /// What they share.
    pub value: String,
}

/// Keeps an offer, unless somebody already said that they are two people.
pub(crate) fn offer(
    tx: &mut Write<'_>,
    one: PersonId,
    other: PersonId,
    evidence: &Evidence,
    score: f64,
    now: Time,
) -> Result<()> {
    let (one, other) = (one.min(other), one.max(other));
    if one != other && tx.first(sql::CANNOT, params![one, other], |_| Ok(()))?.is_none() {
        let evidence = json!([evidence]).to_string();
        tx.run(sql::ADD_DUPLICATE, params![one, other, evidence, score, now])?;
    }
    Ok(())
}
