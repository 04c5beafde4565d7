//! How it goes between somebody and us, read from what was said; on both engines.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod common;

use common::known;
use conversations::between;
use model::{Channel, Direction, Kind, NewMoment, Time, World};
use serde_json::json;
use store::{Room, trial::both_engines};

const HOUSE: &[Room] = &[store::ROOM, memory::ROOM, permission::ROOM, conversations::ROOM];
const NOW: i64 = 1_800_000_000;

fn told(key: &str, days_ago: i64, kind: Kind, direction: Direction, data: serde_json::Value) -> NewMoment {
    NewMoment {
        key: key.into(),
        at: Time::from_seconds(NOW).plus_days(-days_ago),
        kind,
        channel: Channel::Email,
        direction,
        account: None,
        by: None,
        thread: None,
        title: "Beans".into(),
        body: "About beans.".into(),
        data,
        originals: Vec::new(),
    }
}

#[test]
fn whoever_gets_letter_after_letter_is_better_left_in_peace() {
    let world = World::still(Time::from_seconds(NOW), 1).0;
    both_engines(
        HOUSE,
        move || world.clone(),
        |store| async move {
            let none = || json!({});
            let said = |key, days| told(key, days, Kind::Email, Direction::Said, none());
            let moments = vec![
                told("1", 200, Kind::Email, Direction::Heard, none()),
                said("2", 199),
                said("3", 60),
                told("4", 40, Kind::Email, Direction::Heard, json!({"automatic": "away"})),
                said("5", 30),
                told("6", 20, Kind::Purchase, Direction::Heard, none()),
                said("7", 4),
            ];
            let ann = known(&store, "ann", moments).await;
            let it = store.read(move |db| between(db, ann)).await.unwrap();
            assert_eq!(
                (it.they_began, it.we_began, it.in_vain),
                (1, 3, 3),
                "neither a machine nor a purchase answers"
            );
            assert_eq!(it.our_wait, Some(86_400));
            assert_eq!(it.rest(store.world().now()), Some(Time::from_seconds(NOW).plus_days(10)));

            let ben = known(
                &store,
                "ben",
                vec![said("1", 60), said("2", 30), told("3", 29, Kind::Chat, Direction::Heard, none())],
            )
            .await;
            let it = store.read(move |db| between(db, ben)).await.unwrap();
            assert_eq!((it.they_began, it.we_began, it.in_vain, it.are_we_clingy()), (0, 2, 0, false));
            let nobody = known(&store, "cleo", Vec::new()).await;
            let it = store.read(move |db| between(db, nobody)).await.unwrap();
            assert_eq!(it, permission::Reciprocity::default());
        },
    );
}
