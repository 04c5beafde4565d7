//! Goodwill: what anyone of us may do for somebody at once, without asking, as long as a month's budget lasts; and why it was done.

mod sql;

use model::{GoodwillId, MomentId, Money, NewMoment, PersonId, StaffId, Time, World};
use serde::Serialize;
use serde_json::json;
use store::{Notice, Read, Row, Write, params};

use crate::{ConversationError, Result, acts, lines::line};

/// The line of the budget that holds for whoever has none of their own.
const EVERYBODY: &str = "everybody";

/// Something one of us did for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Goodwill {
    /// For whom.
    pub person: PersonId,
    /// Its id.
    pub id: GoodwillId,
    /// The moment that tells of it.
    pub moment: MomentId,
    /// What it was.
    pub what: String,
    /// Why.
    pub reason: String,
    /// A thing, and not money.
    pub is_gift: bool,
    /// What it costs us.
    pub worth: Money,
    /// Who did it.
    pub by: StaffId,
    /// When.
    pub at: Time,
    /// When it was taken back, and why, if it was.
    pub taken_back: Option<(Time, String)>,
}

/// What one of us may give away in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Budget {
    /// Money, in minor units of the organisation's currency.
    pub minor: i64,
    /// Things, by number.
    pub gifts: i64,
}

/// Whose budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// Of whoever has none of their own.
    Everybody,
    /// One's own.
    One(StaffId),
}

impl Whose {
    fn key(self) -> String {
        match self {
            Self::Everybody => EVERYBODY.to_owned(),
            Self::One(staff) => staff.to_string(),
        }
    }
}

/// A month, and what may be given away in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Left {
    /// For the whole month.
    pub budget: Budget,
    /// What is left of it.
    pub left: Budget,
}

/// A month of the organisation's calendar: from its beginning until the next begins.
pub type Month = (Time, Time);

fn read(row: &Row<'_>) -> store::Result<Goodwill> {
    let back: Option<Time> = row.get(10)?;
    let why: String = row.get(11)?;
    Ok(Goodwill {
        person: row.get(0)?,
        id: row.get(1)?,
        moment: row.get(2)?,
        what: row.get(3)?,
        reason: row.get(4)?,
        is_gift: row.get(5)?,
        worth: Money { minor: row.get(6)?, currency: row.get(7)? },
        by: row.get(8)?,
        at: row.get(9)?,
        taken_back: back.map(|at| (at, why)),
    })
}

/// What was done for somebody, the latest first.
pub fn of_person(db: &mut Read<'_>, person: PersonId, most: i64) -> Result<Vec<Goodwill>> {
    let person = memory::current(db, person)?;
    Ok(db.rows(&sql::of_person(), params![person, most], read)?)
}

/// What was done for anybody since a time, the latest first.
pub fn since(db: &mut Read<'_>, since: Time, most: i64) -> Result<Vec<Goodwill>> {
    Ok(db.rows(&sql::since(), params![since, most], read)?)
}

/// The budgets that were set: everybody's, if there is one, and those of single colleagues.
pub fn budgets(db: &mut Read<'_>) -> Result<Vec<(Whose, Budget)>> {
    let rows = db.rows(sql::BUDGETS, &[], |row| {
        Ok((row.get::<String>(0)?, Budget { minor: row.get(1)?, gifts: row.get(2)? }))
    })?;
    let whose = |key: &str| match key {
        EVERYBODY => Some(Whose::Everybody),
        staff => staff.parse().ok().map(Whose::One),
    };
    Ok(rows.into_iter().filter_map(|(key, budget)| Some((whose(&key)?, budget))).collect())
}

/// Sets a budget; nothing takes it away, and then everybody's holds.
pub fn set_budget(tx: &mut Write<'_>, whose: Whose, budget: Option<Budget>) -> Result<()> {
    match budget {
        Some(Budget { minor, gifts }) if minor < 0 || gifts < 0 => {
            Err(ConversationError::Unfit { field: "budget", why: "is less than nothing".into() })
        }
        Some(budget) => {
            Ok(tx.run(sql::SET_BUDGET, params![whose.key(), budget.minor, budget.gifts]).map(drop)?)
        }
        None => Ok(tx.run(sql::DROP_BUDGET, params![whose.key()]).map(drop)?),
    }
}

/// What one of us may still give away in a month.
pub fn left(db: &mut Read<'_>, staff: StaffId, month: Month, currency: &str) -> Result<Left> {
    let budget = db.first(sql::BUDGET, params![Whose::One(staff).key()], |row| {
        Ok(Budget { minor: row.get(0)?, gifts: row.get(1)? })
    })?;
    let budget = budget.unwrap_or_default();
    let given = db.first(sql::GIVEN, params![staff, month.0, month.1, currency], |row| {
        Ok(Budget { minor: row.get(0)?, gifts: row.get(1)? })
    })?;
    let given = given.unwrap_or_default();
    Ok(Left { budget, left: Budget { minor: budget.minor - given.minor, gifts: budget.gifts - given.gifts } })
}

/// Goodwill as somebody gives it.
#[derive(Debug, Clone)]
pub struct NewGoodwill {
    /// For whom.
    pub person: PersonId,
    /// Its id: the same form sent twice gives once.
    pub id: GoodwillId,
    /// What.
    pub what: String,
    /// Why.
    pub reason: String,
    /// A thing, and not money.
    pub is_gift: bool,
    /// What it costs us.
    pub worth: Money,
    /// Who gives it.
    pub by: StaffId,
    /// The month whose budget it is taken from.
    pub month: Month,
}

/// Gives it: at once, if the month's budget has room for it; else whoever asks is told what is left.
pub fn give(tx: &mut Write<'_>, world: &World, new: &NewGoodwill) -> Result<()> {
    let (what, reason) = (line("what", &new.what)?, line("reason", &new.reason)?);
    if new.worth.minor < 0 || (new.worth.minor == 0 && !new.is_gift) {
        return Err(ConversationError::Unfit {
            field: "worth",
            why: "is no amount that can be given".into(),
        });
    }
    let person = memory::current(tx, new.person)?;
    if tx.first(&sql::one(), params![person, new.id], read)?.is_some() {
        return Ok(());
    }
    let Left { left, .. } = left(tx, new.by, new.month, &new.worth.currency)?;
    let over = if new.is_gift { left.gifts < 1 } else { left.minor < new.worth.minor };
    if over {
        let currency = new.worth.currency.clone();
        return Err(ConversationError::OverBudget {
            left: Money { minor: left.minor.max(0), currency },
            gifts: left.gifts.max(0),
        });
    }
    let now = world.now();
    let title = match new.worth.minor {
        0 => format!("Goodwill: {what}"),
        _ => format!("Goodwill: {what} ({})", new.worth),
    };
    let said = act(new.id, "given", now, new.by, title, &reason, &new.worth);
    let noted = memory::note(tx, world, person, &said, None)?;
    let Money { minor, currency } = &new.worth;
    tx.run(
        sql::ADD,
        params![person, new.id, what, reason, new.is_gift, *minor, currency, new.by, now, noted],
    )?;
    announce(tx, person)
}

/// Takes it back: it was a mistake, or they would not have it.
pub fn take_back(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    id: GoodwillId,
    by: StaffId,
    reason: &str,
) -> Result<()> {
    let reason = line("reason", reason)?;
    let person = memory::current(tx, person)?;
    let now = world.now();
    let given = tx.first(&sql::one(), params![person, id], read)?.filter(|it| it.taken_back.is_none());
    let Some(given) = given else {
        return Err(ConversationError::Unfit {
            field: "goodwill",
            why: "was taken back or never given".into(),
        });
    };
    tx.run(sql::TAKE_BACK, params![person, id, now, reason])?;
    let said = act(id, "taken back", now, by, format!("Taken back: {}", given.what), &reason, &given.worth);
    memory::note(tx, world, person, &said, None)?;
    announce(tx, person)
}

fn announce(tx: &mut Write<'_>, person: PersonId) -> Result<()> {
    Ok(tx.announce(Notice::about("person", person))?)
}

fn act(
    id: GoodwillId,
    what: &str,
    at: Time,
    by: StaffId,
    title: String,
    reason: &str,
    worth: &Money,
) -> NewMoment {
    acts::act(
        format!("{id} {what}"),
        at,
        by,
        title,
        reason,
        json!({"goodwill": id, "act": what, "worth": worth}),
    )
}
