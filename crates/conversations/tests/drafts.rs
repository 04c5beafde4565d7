//! Drafts: each of us has one for each person, the later counts when two become one, and it goes when it is sent; on both engines.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod common;

use common::known;
use conversations::drafts;
use memory::{forgetting, joining};
use model::{PersonId, StaffId, Time, World};
use serde_json::{Value, json};
use store::{Room, Store, trial::both_engines};

const HOUSE: &[Room] = &[store::ROOM, memory::ROOM, permission::ROOM, conversations::ROOM];

async fn keep(store: &Store, person: PersonId, staff: StaffId, text: &str) {
    let (world, content) = (store.world().clone(), json!({"text": text}));
    store.write(move |tx| drafts::keep(tx, &world, person, staff, &content)).await.unwrap();
}

async fn mine(store: &Store, person: PersonId, staff: StaffId) -> Option<String> {
    let found = store.read(move |db| drafts::mine::<Value>(db, person, staff)).await.unwrap();
    found.map(|(content, _)| content["text"].as_str().unwrap().to_owned())
}

#[test]
fn a_draft_is_kept_until_it_is_sent_and_follows_the_person() {
    let (world, clock) = World::still(Time::from_seconds(1_800_000_000), 1);
    both_engines(
        HOUSE,
        move || world.clone(),
        |store| {
            let clock = clock.clone();
            async move {
                let (ann, anna) =
                    (known(&store, "ann", Vec::new()).await, known(&store, "anna", Vec::new()).await);
                let (me, you): (StaffId, StaffId) = (store.world().id(), store.world().id());
                for text in ["Dear", "Dear Ann", "Dear Ann, the little one"] {
                    keep(&store, ann, me, text).await;
                }
                keep(&store, ann, you, "Hello Ann").await;
                clock.pass(60);
                keep(&store, anna, me, "Dear Anna, later").await;
                assert_eq!(mine(&store, ann, me).await.unwrap(), "Dear Ann, the little one");

                let world = store.world().clone();
                let merged = store
                    .write(move |tx| joining::merge(tx, &world, ann, anna, "one", Some(me), false))
                    .await
                    .unwrap();
                assert_eq!(mine(&store, ann, me).await.unwrap(), "Dear Anna, later");
                assert_eq!(mine(&store, anna, you).await.unwrap(), "Hello Ann");
                let world = store.world().clone();
                store.write(move |tx| joining::undo(tx, &world, merged, Some(me))).await.unwrap();
                assert_eq!(mine(&store, ann, me).await.unwrap(), "Dear Ann, the little one");

                store.write(move |tx| drafts::drop(tx, ann, me)).await.unwrap();
                assert_eq!(mine(&store, ann, me).await, None);
                assert_eq!(mine(&store, ann, you).await.unwrap(), "Hello Ann");
                forgetting::forget(&store, ann, Some(you)).await.unwrap();
                let rows = "select count(*) from drafts where staff_id = $1";
                assert_eq!(store.read(move |db| db.number(rows, store::params![you])).await.unwrap(), 0);
            }
        },
    );
}
