//! Acts of the team, as moments of the conversation: what was done for somebody is told where everything else is.

use model::{Channel, Direction, Kind, NewMoment, StaffId, Time};
use serde_json::Value as Json;

/// What one of us did, under a key by which it is known again.
pub(crate) fn act(key: String, at: Time, by: StaffId, title: String, body: &str, data: Json) -> NewMoment {
    NewMoment {
        key,
        at,
        kind: Kind::Note,
        channel: Channel::Desk,
        direction: Direction::Noted,
        account: None,
        by: Some(by),
        thread: None,
        title,
        body: body.to_owned(),
        data,
        originals: Vec::new(),
    }
}
