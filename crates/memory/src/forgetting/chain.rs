//! The chain of receipts: each counted, signed, and with the digest of the one before it, so that nobody takes one out or writes
//! another into its place unseen. What is missing at the end shows against the list that is kept beside the database.

use std::collections::BTreeMap;

use model::{AuditId, PersonId, World};
use ring::signature::Ed25519KeyPair;
use serde_json::json;
use store::{Read, Write, params};

use super::{
    AskedBy, backups_kept, night,
    receipt::{FORMAT, POLICY, Receipt, Unproven, key_pair, public, stays, verify},
    sql,
};
use crate::{MemoryError, Result, known_secret, secret};

/// The key that signs receipts.
pub(super) const KEY: &str = "receipts";
/// Receipts read at once while the chain is checked.
const PAGE: i64 = 200;

/// What was found when the chain was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// Receipts in it that are as they were given.
    pub whole: i64,
    /// The first that is not as it was given, and what is wrong with it.
    pub broken: Option<(i64, String)>,
    /// Receipts that stand outside of it: from before there was one, or their place was taken when they came back.
    pub outside: i64,
}

/// Writes the next receipt, in the transaction that forgets. Two at once want the same number, so one of them is tried again.
pub(super) fn add(
    tx: &mut Write<'_>,
    world: &World,
    id: AuditId,
    asked: AskedBy,
    gone: BTreeMap<String, i64>,
    people: &[PersonId],
) -> Result<Receipt> {
    let pair = own_key(&secret(tx, world, KEY)?)?;
    let (number, before) = end(tx)?;
    let now = world.now();
    let backups_gone_by = now.plus_days(backups_kept(tx)?);
    let receipt = Receipt {
        format: FORMAT.into(),
        id,
        number,
        before,
        asked_at: match asked {
            AskedBy::UsFor(_, at) => at,
            _ => now,
        },
        at: now,
        asked_by: asked.name().into(),
        gone,
        stays: stays(tx.engine(), asked == AskedBy::Themselves, backups_gone_by),
        free_space_by: night(now),
        backups_gone_by,
        told: Vec::new(),
        policy: POLICY,
        key: public(&pair),
        signature: String::new(),
        overwritten: false,
    };
    let receipt = receipt.signed(&pair);
    let (content, people) = (json!(receipt).to_string(), json!(people).to_string());
    tx.run(
        sql::ADD_RECEIPT,
        params![id, Some(receipt.number), receipt.at, asked.staff(), content, Some(people)],
    )?;
    Ok(receipt)
}

/// The number of the next receipt, and the digest of the one that it follows. If that one was spoilt, the chain is broken there and goes on
/// all the same: nobody has to wait to be forgotten until somebody has mended it.
pub(super) fn end(db: &mut Read<'_>) -> Result<(i64, Option<String>)> {
    let last = db.first(sql::NEWEST_RECEIPT, &[], |row| Ok((row.get::<i64>(0)?, row.get::<String>(1)?)))?;
    let Some((number, text)) = last else { return Ok((1, None)) };
    let last: Option<Receipt> = serde_json::from_str(&text).ok();
    Ok((number + 1, last.map(|it| it.digest())))
}

fn own_key(seed: &[u8]) -> Result<Ed25519KeyPair> {
    key_pair(seed).ok_or_else(|| MemoryError::unfit(KEY, "the key that signs receipts is none"))
}

/// The key with which receipts of this house are checked; nothing if nobody was ever forgotten.
pub fn public_key(db: &mut Read<'_>) -> Result<Option<String>> {
    known_secret(db, KEY)?.map(|seed| Ok(public(&own_key(&seed)?))).transpose()
}

/// A receipt as it was given.
pub fn of_id(db: &mut Read<'_>, id: AuditId) -> Result<Option<String>> {
    Ok(db.first(sql::RECEIPT, params![id], |row| row.get(0))?)
}

/// Looks through the whole chain, and stops at the first receipt that is not as it was given.
pub fn check(db: &mut Read<'_>) -> Result<Chain> {
    let mut chain = Chain { whole: 0, broken: None, outside: db.number(sql::OUTSIDE, &[])? };
    let key = public_key(db)?;
    let mut before = None;
    loop {
        let page = db.rows(sql::CHAIN, params![chain.whole, PAGE], |row| {
            Ok((row.get::<i64>(0)?, row.get::<AuditId>(1)?, row.get::<String>(2)?))
        })?;
        if page.is_empty() {
            return Ok(chain);
        }
        for (number, id, text) in page {
            match link(number, id, &text, chain.whole + 1, before.as_deref(), key.as_deref()) {
                Ok(digest) => before = Some(digest),
                Err(why) => return Ok(Chain { broken: Some((chain.whole + 1, why)), ..chain }),
            }
            chain.whole = number;
        }
    }
}

/// The digest of a receipt at its place, or what is wrong with it.
fn link(
    number: i64,
    id: AuditId,
    text: &str,
    place: i64,
    before: Option<&str>,
    key: Option<&str>,
) -> Result<String, String> {
    if number != place {
        return Err(format!("it is missing; the next that is there has the number {number}"));
    }
    let receipt = verify(text, key).map_err(|why: Unproven| why.to_string())?;
    if (receipt.number, receipt.id) != (number, id) {
        return Err(format!("the receipt {} stands in the place of another", receipt.id));
    }
    if receipt.before.as_deref() != before {
        return Err("the receipt before it is not the one that it was given after".to_owned());
    }
    Ok(receipt.digest())
}
