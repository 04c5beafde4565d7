//! How it goes between somebody and us: who begins, who answers, and whether we keep calling.

use memory::timeline::{self, From};
use model::{Direction, Kind, PersonId, Turn};
use permission::{Reciprocity, Side};
use store::Read;

use crate::{Result, outbox};

/// Words looked at: some years of a regular, and an honest part of more.
const LOOK: usize = 100;

/// Read from their newest words and ours, as far as they were said.
pub fn between(db: &mut Read<'_>, person: PersonId) -> Result<Reciprocity> {
    let kinds = [Kind::Email, Kind::Chat, Kind::Message, Kind::Call].map(|it| it.to_string());
    let page = timeline::of_person(db, person, From::End, &kinds, LOOK)?;
    let unsaid = outbox::unsaid(db, person)?;
    let spoken = page.moments.iter().filter(|it| !unsaid.contains(&it.id)).filter_map(|it| {
        let side = match (Turn::after(&it.kind, it.direction, &it.data), it.direction) {
            (Turn::Ours, _) => Side::They,
            (Turn::Theirs, Direction::Said) => Side::We,
            // What is done together is nobody's to answer.
            _ => return None,
        };
        Some((it.at, side))
    });
    Ok(Reciprocity::of(spoken))
}
