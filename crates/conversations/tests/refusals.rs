//! Saying no: with a reason, once, settled for whoever waits, taken back, and looked at; on both engines.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

use conversations::{
    ConversationError,
    refusals::{self, How, NewRefusal},
};
use memory::{people, prepare, take, timeline};
use model::{Channel, Direction, Fields, Fragment, Handle, Kind, NewMoment, PersonId, StaffId, Time, World};
use store::{Room, Store, trial::both_engines};

const HOUSE: &[Room] = &[store::ROOM, memory::ROOM, permission::ROOM, conversations::ROOM];

async fn somebody_who_asks(store: &Store) -> PersonId {
    let asked = NewMoment {
        key: "1".into(),
        at: store.world().now().plus_days(-1),
        kind: Kind::Email,
        channel: Channel::Email,
        direction: Direction::Heard,
        account: None,
        by: None,
        thread: None,
        title: "Instant coffee".into(),
        body: "Do you sell instant coffee?".into(),
        data: serde_json::Value::Null,
        originals: Vec::new(),
    };
    let fragment = Fragment {
        source: "test".into(),
        key: "ann".into(),
        seen_at: store.world().now(),
        fields: Fields::from([("name".to_owned(), "Ann".to_owned())]),
        handles: vec![Handle::email("ann@example.com").unwrap()],
        roles: Vec::new(),
        moments: vec![asked],
    };
    let (world, batch) = (store.world().clone(), [prepare(fragment)]);
    store.write(move |tx| take(tx, &world, &batch)).await.unwrap()[0].person.unwrap()
}

async fn refuse(store: &Store, new: &NewRefusal) -> Result<(), ConversationError> {
    let (world, new) = (store.world().clone(), new.clone());
    store.write(move |tx| refusals::refuse(tx, &world, &new)).await
}

#[test]
fn a_no_has_a_reason_settles_what_was_asked_and_can_become_a_yes() {
    let (world, clock) = World::still(Time::from_seconds(1_800_000_000), 1);
    both_engines(
        HOUSE,
        move || world.clone(),
        |store| {
            let clock = clock.clone();
            async move {
                let (world, ann) = (store.world().clone(), somebody_who_asks(&store).await);
                let me: StaffId = world.id();
                let no = NewRefusal {
                    person: ann,
                    id: world.id(),
                    how: How::Declined,
                    said_in: None,
                    what: "Instant coffee".into(),
                    reason: "We do not make this".into(),
                    words: "We only roast beans, and can tell you who makes good instant coffee.".into(),
                    by: me,
                };
                let unsaid = refuse(&store, &NewRefusal { reason: " ".into(), ..no.clone() }).await;
                assert!(matches!(unsaid, Err(ConversationError::Unfit { field: "refused_why", .. })));
                let waits = move |db: &mut store::Read<'_>| people::person(db, ann).map(|it| it.waits_since);
                assert!(store.read(waits).await.unwrap().is_some());
                refuse(&store, &no).await.unwrap();
                refuse(&store, &no).await.unwrap();
                assert_eq!(store.read(waits).await.unwrap(), None, "nobody waits for a second no");
                let ended = NewRefusal {
                    id: world.id(),
                    how: How::Ended,
                    what: String::new(),
                    reason: "They threatened Esme".into(),
                    ..no.clone()
                };
                clock.pass(60);
                refuse(&store, &ended).await.unwrap();
                let all = store.read(move |db| refusals::of_person(db, ann, 10)).await.unwrap();
                assert_eq!(all.iter().map(|it| it.how).collect::<Vec<_>>(), [How::Ended, How::Declined]);

                let (w, id) = (world.clone(), no.id);
                let back =
                    move |tx: &mut store::Write<'_>| refusals::take_back(tx, &w, ann, id, me, "We do now");
                store.write(back.clone()).await.unwrap();
                assert!(store.write(back).await.is_err(), "once");
                let since = world.now().plus_days(-1);
                let all = store.read(move |db| refusals::since(db, since, 10)).await.unwrap();
                assert_eq!(all.iter().filter(|it| it.taken_back_at.is_some()).count(), 1);
                let page = store
                    .read(move |db| timeline::of_person(db, ann, timeline::From::End, &[], 20))
                    .await
                    .unwrap();
                let titles: Vec<&str> = page.moments.iter().map(|it| it.title.as_str()).collect();
                for title in
                    ["Said no: Instant coffee", "Ended this relationship", "Yes after all: Instant coffee"]
                {
                    assert!(titles.contains(&title), "{title}: {titles:?}");
                }
                assert_eq!(titles.len(), 4);
            }
        },
    );
}
