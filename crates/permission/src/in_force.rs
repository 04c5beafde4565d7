//! Which wishes hold: the newest word replaces those before it; where two people become one, both of theirs hold until they speak again.

use std::collections::HashSet;

use gate::{Actor, Cap};
use model::{MomentId, PersonId, World};
use store::Write;

use crate::{
    Result,
    said::{self, Said, Saying, What},
    wishes::Wishes,
};

/// The wishes that hold.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct InForce {
    /// As one.
    pub wishes: Wishes,
    /// Which moments told them.
    pub told_by: Vec<MomentId>,
    /// Caps that follow from how often they want to hear.
    pub caps: Vec<Cap>,
}

impl InForce {
    /// Folded from everything that was said, the oldest first.
    pub fn of(all: &[Said]) -> Self {
        let replaced: HashSet<MomentId> = all
            .iter()
            .filter(|it| it.is_ours)
            .filter_map(|it| match &it.what {
                What::Wishes { instead_of, .. } => Some(instead_of),
                What::Event(_) => None,
            })
            .flatten()
            .copied()
            .collect();
        let mut whole = Self::default();
        for said in all {
            let What::Wishes { wishes, .. } = &said.what else { continue };
            if replaced.contains(&said.moment) {
                continue;
            }
            whole.told_by.push(said.moment);
            whole.add(wishes);
        }
        whole.caps = whole.wishes.rhythm.cap().into_iter().collect();
        whole
    }

    /// What is a choice follows the newest; what restrains us adds up.
    fn add(&mut self, newer: &Wishes) {
        let it = &mut self.wishes;
        it.language = newer.language.clone().or(it.language.take());
        it.zone = newer.zone.clone().or(it.zone.take());
        it.jurisdiction = newer.jurisdiction.clone().or(it.jurisdiction.take());
        it.hour = newer.hour.or(it.hour);
        it.rhythm = it.rhythm.rarer(newer.rhythm);
        it.quiet_hours.extend(newer.quiet_hours.iter().cloned());
        it.pauses.extend(newer.pauses.iter().cloned());
        it.restricted |= newer.restricted;
        it.gpc |= newer.gpc;
        it.minor |= newer.minor;
        it.guardian_consent |= newer.guardian_consent;
        it.deceased |= newer.deceased;
    }
}

/// Keeps what somebody wishes now, instead of what they wished before.
///
/// # Errors
/// [`crate::PermissionError::Unfit`] names the field that cannot be understood.
pub fn wish(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    wishes: &Wishes,
    actor: Actor,
    saying: &Saying,
) -> Result<MomentId> {
    wishes.check()?;
    let before = InForce::of(&said::of_person(tx, person)?);
    let what = What::Wishes { wishes: wishes.clone(), instead_of: before.told_by };
    said::keep(tx, world, person, &what, world.now(), actor, saying)
}
