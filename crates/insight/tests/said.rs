//! What staff say: what analyses assume, and what somebody is to us. On both engines.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod common;

use common::{HOUSE, NOW, bought, known};
use insight::{
    InsightError,
    kinds::{self, Relation, Told},
    lives::Deed,
    prices::{self, Prices},
};
use memory::{forgetting, joining};
use model::{StaffId, Time, World};
use store::trial::both_engines;

fn world() -> World {
    World::still(Time::from_seconds(NOW), 1).0
}

fn staff() -> StaffId {
    StaffId::derived(&[b"eva"])
}

#[test]
fn what_is_assumed_holds_from_when_somebody_said_it_and_no_version_is_lost() {
    both_engines(HOUSE, world, |store| async move {
        let first = store.read(prices::current).await.unwrap();
        assert_eq!((first.name.as_str(), first.by), (prices::OF_THE_HOUSE, None));
        assert_eq!(first.prices.minutes_of(Deed::Meeting), 45.0);

        let mut changed = Prices { goods: 0.4, winning: 1200, ..Prices::default() };
        changed.minutes.insert(Deed::Call, 12.5);
        let (it, now) = (changed.clone(), Time::from_seconds(NOW));
        let kept = store.write(move |tx| prices::keep(tx, &it, Some(staff()), now)).await.unwrap();
        let current = store.read(prices::current).await.unwrap();
        assert_eq!((&current, &current.prices, current.by), (&kept, &changed, Some(staff())));

        let (it, later) = (changed.clone(), now.plus_days(1));
        let again = store.write(move |tx| prices::keep(tx, &it, None, later)).await.unwrap();
        assert_eq!(again.name, kept.name, "said again, it is the same version");
        let all = store.read(prices::all).await.unwrap();
        assert_eq!(all.len(), 2);

        let wrong = Prices { goods: 1.5, ..Prices::default() };
        let refused = store.write(move |tx| prices::keep(tx, &wrong, None, later)).await;
        assert!(matches!(refused, Err(InsightError::Unfit { field: "goods", .. })));
    });
}

#[test]
fn what_one_of_us_says_holds_until_it_is_taken_back_and_behaviour_stays_visible() {
    both_engines(HOUSE, world, |store| async move {
        let ann = known(&store, "ann", vec![bought("a1", -30, 1000)]).await;
        let looks = || kinds::Reading { relation: Relation::Acquaintance, reasons: vec!["x".into()] };
        assert_eq!(store.read(move |db| kinds::correction_of(db, ann)).await.unwrap(), None);

        let say = |relation, seconds, why: &'static str| {
            let later = World::still(Time::from_seconds(NOW + seconds), 1 + seconds as u64).0;
            let (store, world) = (store.clone(), later);
            async move { store.write(move |tx| kinds::correct(tx, &world, ann, relation, why, staff())).await }
        };
        let refused = say(Relation::Friend, 0, "  ").await;
        assert!(matches!(refused, Err(InsightError::Unfit { field: "why", .. })));
        say(Relation::Wave, 0, "I mixed them up").await.unwrap();
        say(Relation::Friend, 60, "We were at school together").await.unwrap();
        let holds = store.read(move |db| kinds::correction_of(db, ann)).await.unwrap().unwrap();
        assert_eq!((holds.relation, holds.why.as_str()), (Relation::Friend, "We were at school together"));
        let told = Told::of(looks(), Some(holds));
        assert_eq!((told.relation, told.looks.relation), (Relation::Friend, Relation::Acquaintance));
        assert_eq!(store.read(kinds::corrections).await.unwrap()[&ann].relation, Relation::Friend);

        let moments = store
            .read(move |db| memory::timeline::of_person(db, ann, memory::timeline::From::End, &[], 9))
            .await
            .unwrap()
            .moments;
        assert!(moments.iter().any(|it| it.title == "For us, a friend"), "it is told on the timeline");

        let world = World::still(Time::from_seconds(NOW + 120), 120).0;
        let back = world.clone();
        store.write(move |tx| kinds::take_back(tx, &back, ann, "We lost touch", staff())).await.unwrap();
        assert_eq!(store.read(move |db| kinds::correction_of(db, ann)).await.unwrap(), None);
        assert!(store.read(kinds::corrections).await.unwrap().is_empty());
        let again = store.write(move |tx| kinds::take_back(tx, &world, ann, "Again", staff())).await;
        assert!(matches!(again, Err(InsightError::Unfit { field: "kind", .. })));
    });
}

#[test]
fn what_was_said_of_somebody_moves_when_they_turn_out_to_be_somebody_else_and_goes_when_they_are_forgotten() {
    both_engines(HOUSE, world, |store| async move {
        let world = store.world().clone();
        let ann = known(&store, "ann", vec![bought("a1", -30, 1000)]).await;
        let anna = known(&store, "anna", vec![bought("b1", -30, 1000), bought("b2", -20, 1000)]).await;
        let it = world.clone();
        store
            .write(move |tx| kinds::correct(tx, &it, ann, Relation::Friend, "From school", staff()))
            .await
            .unwrap();
        let holds = |person| {
            let store = store.clone();
            async move {
                let it = store.read(move |db| kinds::correction_of(db, person)).await.unwrap();
                it.map(|it| it.relation)
            }
        };
        let it = world.clone();
        let merge =
            store.write(move |tx| joining::merge(tx, &it, ann, anna, "the same", None, false)).await.unwrap();
        assert_eq!(holds(anna).await, Some(Relation::Friend));
        let both = store.read(kinds::corrections).await.unwrap();
        assert_eq!(both.len(), 1);

        store.write(move |tx| joining::undo(tx, &world, merge, None)).await.unwrap();
        assert_eq!((holds(ann).await, holds(anna).await), (Some(Relation::Friend), None));

        forgetting::forget(&store, ann, None).await.unwrap();
        assert!(store.read(kinds::corrections).await.unwrap().is_empty());
    });
}
