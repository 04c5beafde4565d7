//! People whose lives are told in these stories.
#![allow(dead_code, clippy::unwrap_used, reason = "shared by several stories")]

pub mod made;

use memory::{prepare, take};
use model::{Channel, Direction, Fields, Fragment, Handle, Kind, NewMoment, PersonId, Time};
use serde_json::{Value, json};
use store::{Room, Store};

pub const HOUSE: &[Room] = &[store::ROOM, memory::ROOM, permission::ROOM, conversations::ROOM, insight::ROOM];
/// 2026-03-02, a Monday, at nine.
pub const NOW: i64 = 1_772_442_000;

/// So many days from [`NOW`].
pub fn at(days: i64) -> Time {
    Time::from_seconds(NOW).plus_days(days)
}

/// Something that happened so many days from [`NOW`].
pub fn told(key: &str, days: i64, kind: Kind, direction: Direction, data: Value) -> NewMoment {
    let channel = Channel::Email;
    NewMoment {
        key: key.into(),
        at: at(days),
        kind,
        channel,
        direction,
        account: None,
        by: None,
        thread: None,
        title: "x".into(),
        body: String::new(),
        data,
        originals: Vec::new(),
    }
}

/// They bought for so many minor units.
pub fn bought(key: &str, days: i64, minor: i64) -> NewMoment {
    told(key, days, Kind::Purchase, Direction::Heard, json!({"total": {"minor": minor, "currency": "EUR"}}))
}

/// Somebody, with what happened.
pub async fn known(store: &Store, name: &str, moments: Vec<NewMoment>) -> PersonId {
    let fragment = Fragment {
        source: "till".into(),
        key: name.into(),
        seen_at: at(0),
        fields: Fields::from([("name".to_owned(), name.to_owned())]),
        handles: vec![Handle::email(&format!("{name}@customer.example")).unwrap()],
        roles: Vec::new(),
        moments,
    };
    let (world, batch) = (store.world().clone(), vec![prepare(fragment)]);
    let taken = store.write(move |tx| take(tx, &world, &batch)).await.unwrap();
    taken[0].person.unwrap()
}
