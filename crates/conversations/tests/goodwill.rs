//! Goodwill: given at once within a budget, never past it, taken back, and what followed; on both engines.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod common;

use common::known;
use conversations::{
    ConversationError, Followed, followed,
    goodwill::{self, Budget, Month, NewGoodwill, Whose},
};
use memory::timeline;
use model::{Channel, Direction, Kind, Money, NewMoment, PersonId, StaffId, Time, World};
use serde_json::json;
use store::{Room, Store, trial::both_engines};

const HOUSE: &[Room] = &[store::ROOM, memory::ROOM, permission::ROOM, conversations::ROOM];
const NOW: i64 = 1_800_000_000;

fn month() -> Month {
    (Time::from_seconds(NOW).plus_days(-10), Time::from_seconds(NOW).plus_days(20))
}

fn told(key: &str, days: i64, kind: Kind, direction: Direction, body: &str) -> NewMoment {
    NewMoment {
        key: key.into(),
        at: Time::from_seconds(NOW).plus_days(days),
        kind,
        channel: Channel::Email,
        direction,
        account: None,
        by: None,
        thread: None,
        title: String::new(),
        body: body.into(),
        data: json!({"total": {"minor": 1250, "currency": "EUR"}}),
        originals: Vec::new(),
    }
}

fn gives(world: &World, person: PersonId, by: StaffId, minor: i64, is_gift: bool) -> NewGoodwill {
    let (what, reason) = ("Postage back".to_owned(), "It came late".to_owned());
    let worth = Money { minor, currency: "EUR".into() };
    NewGoodwill { person, id: world.id(), what, reason, is_gift, worth, by, month: month() }
}

async fn give(store: &Store, new: NewGoodwill) -> Result<(), ConversationError> {
    let world = store.world().clone();
    store.write(move |tx| goodwill::give(tx, &world, &new)).await
}

async fn left(store: &Store, staff: StaffId) -> (i64, i64) {
    let left = store.read(move |db| goodwill::left(db, staff, month(), "EUR")).await.unwrap().left;
    (left.minor, left.gifts)
}

async fn allow(store: &Store, whose: Whose, minor: i64, gifts: i64) {
    let budget = Some(Budget { minor, gifts });
    store.write(move |tx| goodwill::set_budget(tx, whose, budget)).await.unwrap();
}

#[test]
fn goodwill_is_given_at_once_and_never_past_the_budget() {
    let world = World::still(Time::from_seconds(NOW), 1).0;
    both_engines(
        HOUSE,
        move || world.clone(),
        |store| async move {
            let world = store.world().clone();
            let (me, you): (StaffId, StaffId) = (world.id(), world.id());
            let ann = known(&store, "ann", Vec::new()).await;
            let refused = give(&store, gives(&world, ann, me, 100, false)).await;
            assert!(
                matches!(refused, Err(ConversationError::OverBudget { gifts: 0, .. })),
                "nobody set a budget"
            );
            allow(&store, Whose::Everybody, 5000, 1).await;
            allow(&store, Whose::One(you), 1000, 0).await;

            let first = gives(&world, ann, me, 1200, false);
            give(&store, first.clone()).await.unwrap();
            give(&store, first.clone()).await.unwrap();
            assert_eq!(left(&store, me).await, (3800, 1), "the same form twice gives once");
            give(&store, gives(&world, ann, me, 900, true)).await.unwrap();
            assert_eq!(left(&store, me).await, (3800, 0), "a thing is counted, not its price");
            let refused = give(&store, gives(&world, ann, me, 0, true)).await.unwrap_err();
            assert!(refused.to_string().contains("38.00 EUR and 0 gifts"), "{refused}");
            let refused = give(&store, gives(&world, ann, you, 1001, false)).await;
            assert!(
                matches!(refused, Err(ConversationError::OverBudget { .. })),
                "a line of one's own counts"
            );
            let nothing = give(&store, gives(&world, ann, me, 0, false)).await;
            assert!(matches!(nothing, Err(ConversationError::Unfit { field: "worth", .. })));
            let mut unsaid = gives(&world, ann, me, 100, false);
            unsaid.reason = " ".into();
            assert!(matches!(
                give(&store, unsaid).await,
                Err(ConversationError::Unfit { field: "reason", .. })
            ));

            let (w, id) = (world.clone(), first.id);
            let back =
                move |tx: &mut store::Write<'_>| goodwill::take_back(tx, &w, ann, id, me, "Not wanted");
            store.write(back.clone()).await.unwrap();
            assert_eq!(left(&store, me).await, (5000, 0));
            assert!(store.write(back).await.is_err(), "once");
            let next = (month().1, month().1.plus_days(30));
            let later = store.read(move |db| goodwill::left(db, me, next, "EUR")).await.unwrap();
            assert_eq!((later.left.minor, later.left.gifts), (5000, 1), "a new month");

            // Ten at once, of which five have room.
            let all = (0..10).map(|_| give(&store, gives(&world, ann, me, 1000, false)));
            let mut given = 0;
            for outcome in futures_util::future::join_all(all).await {
                given += usize::from(outcome.is_ok());
            }
            assert_eq!((given, left(&store, me).await.0), (5, 0));

            let page = store
                .read(move |db| timeline::of_person(db, ann, timeline::From::End, &[], 50))
                .await
                .unwrap();
            let titles: Vec<&str> = page.moments.iter().map(|it| it.title.as_str()).collect();
            assert!(titles.contains(&"Goodwill: Postage back (12.00 EUR)"), "{titles:?}");
            assert!(titles.contains(&"Taken back: Postage back") && titles.len() == 8, "{titles:?}");
        },
    );
}

#[test]
fn what_followed_is_what_they_said_and_bought_since() {
    let world = World::still(Time::from_seconds(NOW), 1).0;
    both_engines(
        HOUSE,
        move || world.clone(),
        |store| async move {
            let mut away = told("4", 2, Kind::Email, Direction::Heard, "I am away");
            away.data = json!({"automatic": "auto-replied"});
            let moments = vec![
                told("1", -3, Kind::Purchase, Direction::Heard, ""),
                told("2", -2, Kind::Email, Direction::Heard, "It came late!"),
                told("3", 1, Kind::Email, Direction::Said, "We are sorry."),
                away,
                NewMoment {
                    data: json!({"quote_from": 17}),
                    ..told("5", 3, Kind::Email, Direction::Heard, "How kind of you!\n> We are sorry.")
                },
                told("6", 4, Kind::Purchase, Direction::Heard, ""),
                told("7", 9, Kind::Purchase, Direction::Heard, ""),
            ];
            let ann = known(&store, "ann", moments).await;
            let found = store.read(move |db| followed(db, ann, Time::from_seconds(NOW))).await.unwrap();
            assert_eq!((found.bought, found.spent), (2, vec![Money { minor: 2500, currency: "EUR".into() }]));
            assert_eq!(found.said.unwrap().2, "How kind of you!");
            let late =
                store.read(move |db| followed(db, ann, Time::from_seconds(NOW).plus_days(30))).await.unwrap();
            assert_eq!(late, Followed::default());
            assert!(!late.came_back());
        },
    );
}
