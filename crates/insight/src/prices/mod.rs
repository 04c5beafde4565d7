//! What analyses assume where no moment says it: minutes of work, what a minute costs, and the like. Staff set it; every version is kept.

mod sql;

use std::collections::BTreeMap;

use model::{StaffId, Time};
use serde::{Deserialize, Serialize};
use store::{Files, Read, Row, Write, params};

use crate::{InsightError, Result, lives::Deed};

/// The version that came with the program.
pub const OF_THE_HOUSE: &str = "as it came";
/// Versions in a list; whoever changes them monthly looks back some years.
const LISTED: i64 = 100;
/// Minutes in a day: nothing that is done for somebody takes longer.
const LONGEST: f64 = 1440.0;
/// The most a single assumption may cost, in minor units: more is a slip of the finger.
const DEAREST: i64 = 1_000_000_000;

/// What is assumed. Amounts are in minor units of the currency that the house counts in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Prices {
    /// Minutes that each kind of work takes, where nobody noted them.
    pub minutes: BTreeMap<Deed, f64>,
    /// What a minute of our time costs.
    pub minute: f64,
    /// What goods cost us, as a share of their price before any discount, where a purchase does not say.
    pub goods: f64,
    /// What it costs to win a customer.
    pub winning: i64,
    /// What money a year later is worth less, as a share.
    pub discount: f64,
    /// What we spend a year on each customer to keep them, marketing included.
    pub keeping: i64,
    /// What we give somebody for bringing a customer.
    pub reward: i64,
}

impl Default for Prices {
    fn default() -> Self {
        Self {
            minutes: Deed::ALL.map(|it| (it, usual(it))).into(),
            // 36.00 an hour.
            minute: 60.0,
            goods: 0.5,
            winning: 0,
            discount: 0.1,
            keeping: 0,
            reward: 0,
        }
    }
}

/// Minutes that a kind of work takes in most houses.
const fn usual(deed: Deed) -> f64 {
    match deed {
        Deed::Mail => 8.0,
        Deed::Line => 2.0,
        Deed::Call => 10.0,
        Deed::Visit => 30.0,
        Deed::Meeting => 45.0,
        Deed::Order => 3.0,
        Deed::Return => 15.0,
    }
}

const fn field(deed: Deed) -> &'static str {
    match deed {
        Deed::Mail => "minutes_mail",
        Deed::Line => "minutes_line",
        Deed::Call => "minutes_call",
        Deed::Visit => "minutes_visit",
        Deed::Meeting => "minutes_meeting",
        Deed::Order => "minutes_order",
        Deed::Return => "minutes_return",
    }
}

impl Prices {
    /// Minutes that a kind of work takes.
    pub fn minutes_of(&self, deed: Deed) -> f64 {
        self.minutes.get(&deed).copied().unwrap_or(usual(deed))
    }
    /// The same, if everything in it can be.
    pub fn checked(&self) -> Result<&Self> {
        for deed in Deed::ALL {
            between(field(deed), self.minutes_of(deed), 0.0, LONGEST, "is not between 0 and 1440 minutes")?;
        }
        between("minute", self.minute, 0.0, DEAREST as f64, "is no amount that a minute costs")?;
        between("goods", self.goods, 0.0, 1.0, "is not between 0 and 100 %")?;
        // Without any discount the future has no end, and no value either.
        between("discount", self.discount, 0.001, 1.0, "is not between 0.1 and 100 % a year")?;
        for (field, amount) in [("winning", self.winning), ("keeping", self.keeping), ("reward", self.reward)]
        {
            between(field, amount as f64, 0.0, DEAREST as f64, "is no amount, or a very large one")?;
        }
        Ok(self)
    }
}

fn between(field: &'static str, value: f64, low: f64, high: f64, why: &str) -> Result<()> {
    let unfit = || InsightError::Unfit { field, why: why.to_owned() };
    (low..=high).contains(&value).then_some(()).ok_or_else(unfit)
}

/// What is assumed, since when, by whom.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Version {
    /// Its name: the beginning of its digest.
    pub name: String,
    /// Since when; nothing for what came with the program.
    pub at: Option<Time>,
    /// Who set it.
    pub by: Option<StaffId>,
    /// What is assumed.
    pub prices: Prices,
}

fn read(row: &Row<'_>) -> store::Result<Version> {
    Ok(Version { name: row.get(0)?, at: Some(row.get(1)?), by: row.get(2)?, prices: row.json(3)? })
}

fn shipped() -> Version {
    Version { name: OF_THE_HOUSE.to_owned(), at: None, by: None, prices: Prices::default() }
}

/// What is assumed now.
pub fn current(db: &mut Read<'_>) -> Result<Version> {
    Ok(db.first(sql::NEWEST, params![1_i64], read)?.unwrap_or_else(shipped))
}

/// The newest versions, the newest first; the last of all came with the program.
pub fn all(db: &mut Read<'_>) -> Result<Vec<Version>> {
    let mut all = db.rows(sql::NEWEST, params![LISTED], read)?;
    all.push(shipped());
    Ok(all)
}

/// Keeps what somebody set; it holds from now on. Gives its version.
///
/// # Errors
/// [`InsightError::Unfit`] names the field that cannot be so.
pub fn keep(tx: &mut Write<'_>, prices: &Prices, by: Option<StaffId>, now: Time) -> Result<Version> {
    let current = current(tx)?;
    // Kept again as it is, it is the same version.
    if current.prices == *prices.checked()? {
        return Ok(current);
    }
    let text = serde_json::to_string(prices)
        .map_err(|error| InsightError::Unfit { field: "prices", why: error.to_string() })?;
    let name: String = Files::digest(format!("{now} {text}").as_bytes()).chars().take(12).collect();
    tx.run(sql::ADD, params![name, now, by, text])?;
    Ok(Version { name, at: Some(now), by, prices: prices.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut Prices)) -> &'static str {
        let mut prices = Prices::default();
        change(&mut prices);
        match prices.checked() {
            Err(InsightError::Unfit { field, .. }) => field,
            _ => "",
        }
    }

    #[test]
    fn what_cannot_be_is_refused_by_the_name_of_its_field() {
        assert_eq!(refused(|_| {}), "");
        assert_eq!(
            refused(|it| {
                it.minutes.insert(Deed::Call, -1.0);
            }),
            "minutes_call"
        );
        assert_eq!(refused(|it| it.minute = f64::NAN), "minute");
        assert_eq!(refused(|it| it.goods = 1.2), "goods");
        assert_eq!(refused(|it| it.discount = 0.0), "discount");
        assert_eq!(refused(|it| it.reward = -5), "reward");
    }

    #[test]
    fn what_an_older_version_did_not_say_is_as_the_program_has_it() {
        let kept: Prices = serde_json::from_str(r#"{"minutes":{"call":12.0},"winning":500}"#).unwrap();
        assert_eq!((kept.minutes_of(Deed::Call), kept.minutes_of(Deed::Visit)), (12.0, 30.0));
        assert_eq!((kept.winning, kept.goods), (500, 0.5));
    }
}
