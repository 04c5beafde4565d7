//! How well we lived up to what people allow: what left and of which sort, what was kept back and why, and what people said to it. Read from
//! the gate's words that stand beside messages.

mod sql;

use std::collections::BTreeMap;

use model::Time;
use permission::{Reason, Word};
use store::{Read, params};

use crate::Result;

/// Messages that were kept back, looked at one by one; of more the latest are told.
const MOST: i64 = 10_000;

/// How well we lived up to it since a time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LivedUp {
    /// What left, by its class in the policy; none is named "".
    pub left: BTreeMap<String, i64>,
    /// What left although the gate's word is not beside it. It should be none.
    pub without_a_word: i64,
    /// What waits, by why.
    pub held: BTreeMap<String, i64>,
    /// What never left, by why.
    pub refused: BTreeMap<String, i64>,
    /// Addresses that came to be left alone, by what happened: `complaint`, `address_opt_out`, `hard_bounce`, `soft_bounce`.
    pub said_no: BTreeMap<String, i64>,
}

impl LivedUp {
    /// All that left.
    pub fn sent(&self) -> i64 {
        self.left.values().sum()
    }
    /// All that was kept back for their sake, for now or for good.
    pub fn kept_back(&self) -> i64 {
        self.held.values().chain(self.refused.values()).sum()
    }
    /// Complaints of a thousand that left; none where nothing left.
    pub fn complaints_of_a_thousand(&self) -> Option<f64> {
        let complaints = self.said_no.get("complaint").copied().unwrap_or_default();
        (self.sent() > 0).then(|| complaints as f64 * 1000.0 / self.sent() as f64)
    }
}

/// Looks it up.
pub fn lived_up(db: &mut Read<'_>, since: Time) -> Result<LivedUp> {
    let mut told = LivedUp {
        left: db.rows(sql::LEFT, params![since], |row| Ok((row.get(0)?, row.get(1)?)))?.into_iter().collect(),
        said_no: db
            .rows(sql::SAID_NO, params![since], |row| Ok((row.get(0)?, row.get(1)?)))?
            .into_iter()
            .collect(),
        ..LivedUp::default()
    };
    // Before the gate was here nothing had its word.
    let first: Option<Time> = db.first(sql::FIRST_WORD, &[], |row| row.get(0))?.flatten();
    if let Some(first) = first {
        told.without_a_word = db.number(sql::UNASKED_OF, params![since, first])?;
    }
    for (state, word) in db.rows(sql::KEPT_BACK, params![since, MOST], |row| {
        Ok((row.get::<String>(0)?, row.json::<Option<Word>>(1)?))
    })? {
        let Some(why) = word.as_ref().and_then(why) else { continue };
        *told.of(&state).entry(why).or_default() += 1;
    }
    for (state, why, count) in db.rows(sql::POSTS, params![since], |row| {
        Ok((row.get::<String>(0)?, row.get::<String>(1)?, row.get::<i64>(2)?))
    })? {
        let words = Reason::of_name(&why).map_or(why, |it| it.words().to_owned());
        *told.of(&state).entry(words).or_default() += count;
    }
    Ok(told)
}

impl LivedUp {
    fn of(&mut self, state: &str) -> &mut BTreeMap<String, i64> {
        if state == "refused" { &mut self.refused } else { &mut self.held }
    }
}

/// Why it was kept back, in the policy's words; nothing where it was not the gate that did.
fn why(word: &Word) -> Option<String> {
    let named = word.answers.values().filter(|it| it.decision != "allow");
    let reason = named.filter_map(|it| it.reason.as_deref()).next()?;
    Some(Reason::of_name(reason).map_or_else(|| reason.to_owned(), |it| it.words().to_owned()))
}
