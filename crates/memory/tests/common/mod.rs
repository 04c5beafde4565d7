//! People and what they said, for tests.

use memory::{finding, prepare, take};
use model::{Channel, Direction, Fields, Fragment, Handle, Kind, NewMoment, Time, World};
use store::{Room, Store};

pub const HOUSE: &[Room] = &[store::ROOM, memory::ROOM];

pub fn noon() -> World {
    World::still(Time::from_seconds(1_800_000_000), 1).0
}

pub fn somebody(source: &str, key: &str, name: &str, handles: Vec<Handle>) -> Fragment {
    let mut fields = Fields::new();
    if !name.is_empty() {
        fields.insert("name".into(), name.into());
    }
    Fragment {
        source: source.into(),
        key: key.into(),
        seen_at: Time::from_seconds(1_700_000_000),
        fields,
        handles,
        roles: Vec::new(),
        moments: Vec::new(),
    }
}

pub fn mail(key: &str, day: i64, text: &str) -> NewMoment {
    NewMoment {
        key: key.into(),
        at: Time::from_seconds(1_700_000_000).plus_days(day),
        kind: Kind::Email,
        channel: Channel::Email,
        direction: Direction::Heard,
        account: None,
        by: None,
        thread: None,
        title: "A question".into(),
        body: text.into(),
        data: serde_json::Value::Null,
        originals: Vec::new(),
    }
}

pub fn address(text: &str) -> Handle {
    Handle::email(text).unwrap()
}

pub async fn told(store: &Store, fragments: Vec<Fragment>) -> Vec<memory::Taken> {
    let world = store.world().clone();
    let batch: Vec<_> = fragments.into_iter().map(prepare).collect();
    store.write(move |tx| take(tx, &world, &batch)).await.unwrap()
}

#[allow(dead_code)] // not every story looks somebody up
pub async fn found(store: &Store, query: &str) -> Vec<String> {
    let query = query.to_owned();
    let lines = store.read(move |db| finding::find(db, &query, 20)).await.unwrap();
    lines.into_iter().map(|line| line.name).collect()
}
