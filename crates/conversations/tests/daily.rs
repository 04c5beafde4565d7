//! A person a day: who has most reason to be unhappy first, each of us somebody else, nobody twice; on both engines.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod common;

use common::known;
use conversations::{
    daily::{self, Why},
    promises::{self, NewPromise},
};
use jiff::civil::Date;
use model::{Channel, Direction, Kind, NewMoment, PersonId, StaffId, Time, World};
use serde_json::json;
use store::{Room, Store, trial::both_engines};

const HOUSE: &[Room] = &[store::ROOM, memory::ROOM, permission::ROOM, conversations::ROOM];

fn said(now: Time, key: &str, days_ago: i64, kind: Kind, data: serde_json::Value) -> NewMoment {
    NewMoment {
        key: key.into(),
        at: now.plus_days(-days_ago),
        kind,
        channel: Channel::Email,
        direction: Direction::Heard,
        account: None,
        by: None,
        thread: None,
        title: "Words".into(),
        body: "It took too long.".into(),
        data,
        originals: Vec::new(),
    }
}

async fn meets(store: &Store, staff: StaffId, day: &str) -> Option<(PersonId, Why)> {
    let (day, now): (Date, Time) = (day.parse().unwrap(), store.world().now());
    store.write(move |tx| daily::meeting(tx, staff, day, now)).await.unwrap()
}

#[test]
fn each_of_us_meets_somebody_and_whoever_is_unhappy_comes_first() {
    let world = World::still(Time::from_seconds(1_800_000_000), 1).0;
    both_engines(
        HOUSE,
        move || world.clone(),
        |store| async move {
            let (world, now) = (store.world().clone(), store.world().now());
            let (me, you): (StaffId, StaffId) = (world.id(), world.id());
            assert_eq!(meets(&store, me, "2027-01-15").await, None, "nobody to meet");
            let score = |score: i64| json!({"score": score, "of": 10});
            let survey = |key: &str, days, it| said(now, key, days, Kind::Survey, score(it));
            let glad = known(&store, "glad", vec![survey("1", 5, 2), survey("2", 1, 9)]).await;
            let so_so = known(&store, "so-so", vec![survey("1", 2, 6)]).await;
            let angry = known(&store, "angry", vec![survey("1", 9, 1)]).await;
            let waits = known(&store, "waits", vec![said(now, "1", 4, Kind::Email, json!({}))]).await;
            let let_down = known(&store, "let-down", Vec::new()).await;
            let past = World::still(now.plus_days(-9), 2).0;
            let promise = NewPromise {
                person: let_down,
                id: world.id(),
                moment: None,
                what: "send the guide".into(),
                due_at: now.plus_days(-2),
                keeper: me,
                by: me,
            };
            store.write(move |tx| promises::make(tx, &past, &promise)).await.unwrap();

            let (first, why) = meets(&store, me, "2027-01-15").await.unwrap();
            assert_eq!(first, angry);
            assert!(
                matches!(why, Why::Unhappy { score: 1, of: 10, ref words, .. } if words == "It took too long.")
            );
            assert_eq!(meets(&store, me, "2027-01-15").await, Some((first, why)), "for the whole day");
            assert_eq!(meets(&store, you, "2027-01-15").await.unwrap().0, so_so, "each somebody else");
            assert_eq!(meets(&store, daily::team(), "2027-01-15").await.unwrap().0, waits);
            let mut met = vec![angry];
            for day in ["2027-01-16", "2027-01-17", "2027-01-18"] {
                met.push(meets(&store, me, day).await.unwrap().0);
            }
            assert_eq!(met, [angry, so_so, waits, let_down], "nobody twice");
            let next = meets(&store, me, "2027-01-19").await;
            assert!(next.is_none_or(|(person, why)| person == glad && matches!(why, Why::New)));
        },
    );
}
