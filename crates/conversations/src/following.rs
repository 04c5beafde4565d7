//! What followed: what somebody said and bought after something we did.

use memory::timeline::{self, From};
use model::{Direction, Kind, Moment, MomentId, Money, PersonId, Purchase, Time, Turn};
use serde::Serialize;
use store::Read;

use crate::{Result, brief::flat};

/// Moments looked through.
const LOOK: usize = 200;

/// What somebody did after we did something for them, or said no.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Followed {
    /// How often they bought again.
    pub bought: usize,
    /// For how much, by currency.
    pub spent: Vec<Money>,
    /// The first they said: in which moment, when, and the words.
    pub said: Option<(MomentId, Time, String)>,
}

impl Followed {
    /// Whether they came back at all, with money or with words.
    pub fn came_back(&self) -> bool {
        self.bought > 0 || self.said.is_some()
    }
}

/// What somebody said and bought after a time.
pub fn followed(db: &mut Read<'_>, person: PersonId, after: Time) -> Result<Followed> {
    let page = timeline::of_person(db, person, From::Since(after), &[], LOOK)?;
    let mut followed = Followed::default();
    for moment in page.moments.iter().filter(|it| it.at > after) {
        match moment.kind {
            Kind::Purchase | Kind::Subscription => buy(&mut followed, moment),
            _ if followed.said.is_none() && is_word(moment) => {
                let words = flat(moment.parted().0);
                let words = if words.is_empty() { moment.title.clone() } else { words };
                followed.said = Some((moment.id, moment.at, words));
            }
            _ => {}
        }
    }
    Ok(followed)
}

/// Their own words, not a machine's.
fn is_word(moment: &Moment) -> bool {
    let turn = Turn::after(&moment.kind, moment.direction, &moment.data);
    moment.direction == Direction::Heard && (turn == Turn::Ours || moment.kind == Kind::Survey)
}

fn buy(followed: &mut Followed, moment: &Moment) {
    followed.bought += 1;
    let Ok(Purchase { total, .. }) = serde_json::from_value(moment.data.clone()) else { return };
    match followed.spent.iter_mut().find(|it| it.currency == total.currency) {
        Some(sum) => sum.minor = sum.minor.saturating_add(total.minor),
        None => followed.spent.push(total),
    }
}
