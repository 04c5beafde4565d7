//! Who of us should look: those who are called by name in a note, and those who follow somebody. Either stays until they have looked.

mod sql;

use model::{FollowerId, MomentId, PersonId, StaffId, Time, World};
use store::{Notice, Read, Write, params};

use crate::Result;

/// Something one of us has not looked at yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// About whom.
    pub person: PersonId,
    /// Since when.
    pub at: Time,
    /// What it is.
    pub what: What,
}

/// What it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A colleague called them by name.
    Mentioned {
        /// In this note.
        moment: MomentId,
        /// Who.
        by: StaffId,
    },
    /// Somebody they follow spoke.
    Spoke,
}

/// Whether one of us follows somebody.
pub fn follows(db: &mut Read<'_>, person: PersonId, staff: StaffId) -> Result<bool> {
    let person = memory::current(db, person)?;
    Ok(db.first(sql::FOLLOWS, params![person, staff], |_| Ok(()))?.is_some())
}

/// Who of us follows somebody.
pub fn followers(db: &mut Read<'_>, person: PersonId) -> Result<Vec<StaffId>> {
    let person = memory::current(db, person)?;
    Ok(db.rows(sql::FOLLOWERS, params![person], |row| row.get(0))?)
}

/// From now on, one of us hears when somebody speaks to us.
pub fn follow(tx: &mut Write<'_>, world: &World, person: PersonId, staff: StaffId) -> Result<()> {
    let person = memory::current(tx, person)?;
    if !follows(tx, person, staff)? {
        let id: FollowerId = world.id();
        tx.run(sql::FOLLOW, params![person, id, staff, world.now()])?;
    }
    Ok(())
}

/// And no longer.
pub fn unfollow(tx: &mut Write<'_>, person: PersonId, staff: StaffId) -> Result<()> {
    let person = memory::current(tx, person)?;
    tx.run(sql::UNFOLLOW, params![person, staff])?;
    Ok(())
}

/// Calls one of us to a note that was just kept.
pub fn mention(
    tx: &mut Write<'_>,
    person: PersonId,
    moment: MomentId,
    staff: StaffId,
    by: StaffId,
    now: Time,
) -> Result<()> {
    let person = memory::current(tx, person)?;
    tx.run(sql::MENTION, params![person, moment, staff, by, now])?;
    Ok(tx.announce(Notice::about("attention", staff))?)
}

/// What one of us has not looked at yet: calls first, then those who spoke, the latest first.
pub fn news(db: &mut Read<'_>, staff: StaffId, most: i64) -> Result<Vec<News>> {
    let mut all = db.rows(sql::MENTIONED, params![staff, most], |row| {
        let what = What::Mentioned { moment: row.get(1)?, by: row.get(2)? };
        Ok(News { person: row.get(0)?, at: row.get(3)?, what })
    })?;
    all.extend(db.rows(sql::SPOKE, params![staff, most], |row| {
        Ok(News { person: row.get(0)?, at: row.get(1)?, what: What::Spoke })
    })?);
    all.truncate(usize::try_from(most).unwrap_or_default());
    Ok(all)
}

/// One of us looks at somebody's page.
pub fn looked(tx: &mut Write<'_>, person: PersonId, staff: StaffId, now: Time) -> Result<()> {
    let person = memory::current(tx, person)?;
    if tx.run(sql::SEEN, params![person, staff])? > 0 {
        tx.announce(Notice::about("attention", staff))?;
    }
    tx.run(sql::LOOKED, params![person, staff, now])?;
    Ok(())
}

/// Who of us is called by name in a text: `@Ines Okafor`, or `@Ines` where only one of us is called so.
pub fn called(text: &str, colleagues: &[(StaffId, String)]) -> Vec<StaffId> {
    let first = |name: &str| name.split_whitespace().next().unwrap_or_default().to_lowercase();
    let is_alone =
        |name: &str| colleagues.iter().filter(|(_, other)| first(other) == first(name)).count() == 1;
    let text = text.to_lowercase();
    let is_called = |name: &str| {
        text.match_indices('@').any(|(at, _)| {
            // `ines@example.org` is an address.
            let begins = !text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
            let rest = text[at + 1..].strip_prefix(name);
            begins && rest.is_some_and(|rest| !rest.chars().next().is_some_and(char::is_alphanumeric))
        })
    };
    let called = colleagues.iter().filter(|(_, name)| {
        !name.is_empty() && (is_called(&name.to_lowercase()) || is_alone(name) && is_called(&first(name)))
    });
    called.map(|(id, _)| *id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_meant_is_called_and_nobody_else() {
        let world = World::real();
        let staff: Vec<(StaffId, String)> =
            ["Ines Okafor", "Tom Baker", "Tom Ford", "Jo"].map(|name| (world.id(), name.to_owned())).to_vec();
        let names = |text: &str| {
            let called = called(text, &staff);
            staff.iter().filter(|(id, _)| called.contains(id)).map(|it| it.1.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(names("@Ines, please look"), ["Ines Okafor"]);
        assert_eq!(names("(@ines okafor and @JO)"), ["Ines Okafor", "Jo"]);
        assert_eq!(names("@Tom: which of you?"), [""; 0], "two are called so");
        assert_eq!(names("@Tom Ford. And not @Inesita"), ["Tom Ford"]);
        assert_eq!(names("write to jo@ines.example or hello@jo"), [""; 0]);
    }
}
