//! Why somebody came: asked once, told by them or noted by one of us.

use model::{Channel, Direction, Kind, NewMoment, PersonId, StaffId, World};
use serde_json::json;
use store::Write;

use crate::{InsightError, Result};

/// By what people come, friends first: the name as it is kept, and in their words.
pub const WAYS: &[(&str, &str)] = &[
    ("friend", "Somebody recommended you"),
    ("search", "I found you while searching"),
    ("social", "On a social network"),
    ("press", "I read or heard about you"),
    ("event", "At an event"),
    ("passing", "I passed by"),
    ("advertising", "By an advertisement"),
    ("partner", "Through somebody you work with"),
    ("other", "Something else"),
];

/// Keeps why they came, as a moment of their timeline. Whoever told it first is believed: what was told before stays.
///
/// # Errors
/// [`InsightError::Unfit`] if nobody comes that way.
pub fn tell(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    by: &str,
    noted_by: Option<StaffId>,
) -> Result<()> {
    let Some((name, words)) = WAYS.iter().find(|(name, _)| *name == by) else {
        let why = "is none of the ways that are offered".to_owned();
        return Err(InsightError::Unfit { field: "by", why });
    };
    let (channel, direction) = match noted_by {
        Some(_) => (Channel::Desk, Direction::Noted),
        None => (Channel::Form, Direction::Heard),
    };
    let moment = NewMoment {
        key: format!("came {}", world.id::<()>().uuid()),
        at: world.now(),
        kind: Kind::Joined,
        channel,
        direction,
        account: None,
        by: noted_by,
        thread: None,
        title: format!("Why they came: \u{201c}{words}\u{201d}"),
        body: String::new(),
        data: json!({ "came_by": name }),
        originals: Vec::new(),
    };
    memory::note(tx, world, person, &moment, None)?;
    Ok(())
}
