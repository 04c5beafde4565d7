//! Promises: made, moved, kept and broken, counted, and carried along when people are joined or forgotten; on both engines.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod common;

use common::known;
use conversations::{
    ConversationError,
    promises::{self, Counts, NewPromise, State},
};
use memory::{joining, timeline};
use model::{PersonId, PromiseId, StaffId, Time, World};
use store::{Room, Store, trial::both_engines};

const HOUSE: &[Room] = &[store::ROOM, memory::ROOM, permission::ROOM, conversations::ROOM];

fn promise(world: &World, person: PersonId, what: &str, days: i64, by: StaffId) -> NewPromise {
    let due_at = world.now().plus_days(days);
    NewPromise { person, id: world.id(), moment: None, what: what.into(), due_at, keeper: by, by }
}

async fn make(store: &Store, new: &NewPromise) -> Result<(), ConversationError> {
    let (world, new) = (store.world().clone(), new.clone());
    store.write(move |tx| promises::make(tx, &world, &new)).await
}

async fn act<F>(store: &Store, work: F) -> Result<(), ConversationError>
where
    F: Fn(&mut store::Write<'_>, &World) -> Result<(), ConversationError> + Send + Sync + 'static,
{
    let world = store.world().clone();
    store.write(move |tx| work(tx, &world)).await
}

async fn counts(store: &Store) -> Counts {
    let now = store.world().now();
    store.read(move |db| promises::counts(db, now.plus_days(-90), now)).await.unwrap()
}

async fn titles(store: &Store, id: PersonId) -> Vec<String> {
    let page = store.read(move |db| timeline::of_person(db, id, timeline::From::End, &[], 50)).await.unwrap();
    page.moments.into_iter().map(|it| it.title).collect()
}

#[test]
fn promises_are_kept_moved_and_broken_and_that_is_counted() {
    let (world, clock) = World::still(Time::from_seconds(1_800_000_000), 1);
    both_engines(
        HOUSE,
        move || world.clone(),
        |store| {
            let clock = clock.clone();
            async move {
                let world = store.world().clone();
                let (ann, ben) =
                    (known(&store, "ann", Vec::new()).await, known(&store, "ben", Vec::new()).await);
                let (me, you): (StaffId, StaffId) = (world.id(), world.id());
                let [sent, called, lost] = [("send it", 2), ("call back", 3), ("find the lost one", 4)]
                    .map(|(what, days)| promise(&world, ann, what, days, me));
                for new in [&sent, &called, &lost, &sent] {
                    make(&store, new).await.unwrap();
                }
                let empty = promise(&world, ann, "  ", 2, me);
                assert!(matches!(
                    make(&store, &empty).await,
                    Err(ConversationError::Unfit { field: "promise", .. })
                ));
                let over = promise(&world, ann, "yesterday", -1, me);
                assert!(matches!(
                    make(&store, &over).await,
                    Err(ConversationError::Unfit { field: "promise_due", .. })
                ));
                assert_eq!(
                    counts(&store).await,
                    Counts { open: 3, ..Counts::default() },
                    "the same form twice promises once"
                );

                let (id, due) = (called.id, world.now().plus_days(9));
                act(&store, move |tx, w| promises::put_off(tx, w, ann, id, due, you, me, "she is away"))
                    .await
                    .unwrap();
                let unsaid =
                    act(&store, move |tx, w| promises::put_off(tx, w, ann, id, due, you, me, " ")).await;
                assert!(matches!(unsaid, Err(ConversationError::Unfit { field: "reason", .. })));
                let soon = world.now().plus_days(3);
                let mine = store.read(move |db| promises::open(db, soon, Some(me), 10)).await.unwrap();
                assert_eq!(mine.iter().map(|it| it.id).collect::<Vec<_>>(), [sent.id]);

                clock.pass(3 * 86_400);
                assert_eq!(counts(&store).await, Counts { open: 2, overdue: 1, ..Counts::default() });
                let ids: [PromiseId; 3] = [sent.id, called.id, lost.id];
                act(&store, move |tx, w| promises::keep(tx, w, ann, ids[0], me)).await.unwrap();
                act(&store, move |tx, w| promises::keep(tx, w, ann, ids[1], you)).await.unwrap();
                act(&store, move |tx, w| promises::give_up(tx, w, ann, ids[2], me, "it never turned up"))
                    .await
                    .unwrap();
                let twice = act(&store, move |tx, w| promises::keep(tx, w, ann, ids[2], me)).await;
                assert!(
                    matches!(twice, Err(ConversationError::Unfit { field: "promise", .. })),
                    "the ledger is not rewritten"
                );
                let expected = Counts { kept: 1, kept_late: 1, broken: 1, moved: 1, ..Counts::default() };
                assert_eq!(counts(&store).await, expected);
                let told = titles(&store, ann).await;
                for title in [
                    "Promised: send it",
                    "Moved: call back",
                    "Kept, late: send it",
                    "Kept: call back",
                    "Not kept: find the lost one",
                ] {
                    assert!(told.iter().any(|it| it == title), "{title} in {told:?}");
                }

                // A promise belongs to whom it was given, whoever they are joined with.
                let bens = promise(&world, ben, "write to Ben", 2, me);
                make(&store, &bens).await.unwrap();
                let tick = world.clone();
                let merge = store
                    .write(move |tx| joining::merge(tx, &tick, ann, ben, "same", None, false))
                    .await
                    .unwrap();
                let all = store.read(move |db| promises::of_person(db, ben, 10)).await.unwrap();
                assert_eq!((all.len(), all[0].state), (4, State::Open));
                let tick = world.clone();
                store.write(move |tx| joining::undo(tx, &tick, merge, None)).await.unwrap();
                let all = store.read(move |db| promises::of_person(db, ben, 10)).await.unwrap();
                assert_eq!(all.iter().map(|it| it.id).collect::<Vec<_>>(), [bens.id]);
                memory::forgetting::forget(&store, ben, None).await.unwrap();
                let left = store.read(|db| db.number("select count(*) from promises", &[])).await.unwrap();
                assert_eq!(left, 3, "what was promised to Ben is forgotten with him");
            }
        },
    );
}
