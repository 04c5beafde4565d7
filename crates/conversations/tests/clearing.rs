//! The gate is asked at the moment of leaving, in the transaction that counts: what is enough is enough, however many ask at once; on both
//! engines.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod common;

use std::collections::BTreeMap;

use channels::mail::Mailbox;
use common::known;
use conversations::{
    Answer, clearing, lived_up,
    outbox::{self, Fate, Letter, Message, State},
};
use futures_util::future::join_all;
use model::{Channel, Direction, Kind, MailboxId, MomentId, NewMoment, PersonId, StaffId, Time, World};
use permission::{
    Actor, Point, Rhythm, Saying, Wishes,
    choosing::{self, How},
    suppressed::{self, Kind as Why},
};
use store::{Room, Store, trial::both_engines};

const HOUSE: &[Room] = &[store::ROOM, memory::ROOM, permission::ROOM, conversations::ROOM];
const NOW: i64 = 1_800_000_000;

fn told<F: Future<Output = ()>>(story: impl Fn(Store, std::sync::Arc<model::StillClock>) -> F) {
    // Each engine has a clock of its own: the one that was made last is the one that is told to.
    let clock = std::cell::RefCell::new(None);
    let world = || {
        let (world, still) = World::still(Time::from_seconds(NOW), 1);
        *clock.borrow_mut() = Some(still);
        world
    };
    both_engines(HOUSE, world, |store| story(store, clock.borrow().clone().unwrap()));
}

async fn writes(store: &Store, person: PersonId, to: &str, answers: Option<&str>) -> MomentId {
    let world = store.world().clone();
    let id: MomentId = world.id();
    let seen = store.read(move |db| memory::timeline::last_word(db, person)).await.unwrap();
    let answer = Answer {
        person,
        id,
        seen,
        mailbox: MailboxId::from_uuid(Default::default()),
        letter: Letter {
            id: format!("<{id}@lantern.example>"),
            to: vec![Mailbox { name: None, address: to.into() }],
            subject: "Beans".into(),
            in_reply_to: answers.map(str::to_owned),
            text: "There are new beans.".into(),
            ..Letter::default()
        },
        thread: None,
        by: StaffId::from_uuid(Default::default()),
    };
    store.write(move |tx| conversations::answer(tx, &world, &answer)).await.unwrap();
    id
}

async fn goes(store: &Store) -> Vec<MomentId> {
    let now = store.world().now();
    let taken = store.write(move |tx| clearing::take(tx, now, 100, "")).await.unwrap();
    for it in &taken {
        let open: Vec<&str> = it.cleared.iter().map(|it| it.address()).collect();
        assert_eq!(open, it.message.open(), "it leaves for all who are open, and for nobody else");
    }
    taken.into_iter().map(|it| it.message.moment).collect()
}

async fn arrives(store: &Store, moment: MomentId, to: &str) {
    let now = store.world().now();
    let outcome = BTreeMap::from([(to.to_owned(), Fate { state: State::Left, said: "ok".into() })]);
    store.write(move |tx| outbox::settle(tx, moment, State::Left, &outcome, now, now)).await.unwrap();
}

async fn message(store: &Store, moment: MomentId) -> Message {
    store.read(move |db| outbox::of_moment(db, moment)).await.unwrap().unwrap()
}

fn waits(message: &Message) -> (i64, String) {
    let (until, why) = message.word.as_ref().unwrap().waits().unwrap();
    (until.seconds_since(Time::from_seconds(NOW)) / 86_400, why.to_owned())
}

#[test]
fn enough_is_enough_however_many_ask_at_once() {
    told(|store, clock| async move {
        let ann = known(&store, "ann", Vec::new()).await;
        let mut all = Vec::new();
        for _ in 0..5 {
            all.push(writes(&store, ann, "ann@example.com", None).await);
        }
        // Each of these would find room if the others were not counted; each takes one.
        let now = store.world().now();
        let asked = (0..5).map(|_| {
            let store = store.clone();
            async move { store.write(move |tx| clearing::take(tx, now, 1, "")).await.unwrap() }
        });
        let taken: Vec<_> = join_all(asked).await.into_iter().flatten().collect();
        assert_eq!(taken.len(), 3);
        goes(&store).await;
        let mut held = 0;
        for id in &all {
            let message = message(&store, *id).await;
            match message.state {
                State::Leaving => arrives(&store, *id, "ann@example.com").await,
                State::Held => {
                    held += 1;
                    assert_eq!(waits(&message), (7, "they have heard enough from us for now".into()));
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(held, 2);
        let report = store.read(move |db| lived_up(db, now)).await.unwrap();
        assert_eq!((report.sent(), report.kept_back(), report.without_a_word), (3, 2, 0), "{report:?}");
        assert_eq!(report.held["they have heard enough from us for now"], 2);
        clock.pass(6 * 86_400);
        assert_eq!(goes(&store).await, []);
        clock.pass(86_400);
        assert_eq!(goes(&store).await.len(), 2);
    });
}

#[test]
fn what_answers_is_never_counted_and_what_nobody_asked_for_waits_when_we_keep_calling() {
    told(|store, clock| async move {
        let heard = NewMoment {
            key: "asked".into(),
            at: Time::from_seconds(NOW).plus_days(-2),
            kind: Kind::Email,
            channel: Channel::Email,
            direction: Direction::Heard,
            account: None,
            by: None,
            thread: None,
            title: "Beans".into(),
            body: "Are they fresh?".into(),
            data: serde_json::json!({"message_id": "<1@example.com>"}),
            originals: Vec::new(),
        };
        let ann = known(&store, "ann", vec![heard]).await;
        for _ in 0..5 {
            let id = writes(&store, ann, "ann@example.com", Some("<1@example.com>")).await;
            assert_eq!(goes(&store).await, [id]);
            arrives(&store, id, "ann@example.com").await;
            assert_eq!(message(&store, id).await.word.unwrap().purpose, "reply");
        }
        // A letter a fortnight, and no word from her.
        for _ in 0..3 {
            clock.pass(14 * 86_400);
            let id = writes(&store, ann, "ann@example.com", None).await;
            assert_eq!(goes(&store).await, [id]);
            arrives(&store, id, "ann@example.com").await;
        }
        clock.pass(86_400);
        let one_more = writes(&store, ann, "ann@example.com", None).await;
        assert_eq!(goes(&store).await, []);
        let (day, why) = waits(&message(&store, one_more).await);
        assert_eq!(
            (day, why.as_str()),
            (42 + 14, "we have spoken several times without an answer; now it is theirs to speak")
        );
        // An answer to her old question may still go.
        let id = writes(&store, ann, "ann@example.com", Some("<1@example.com>")).await;
        assert_eq!(goes(&store).await, [id]);
        clock.pass(400 * 86_400);
        goes(&store).await;
        let late = writes(&store, ann, "ann@example.com", Some("<1@example.com>")).await;
        goes(&store).await;
        let word = message(&store, late).await.word.unwrap();
        assert_eq!(word.purpose, "personal_letter", "after a year it is no answer any more");
    });
}

#[test]
fn what_changes_meanwhile_counts_when_it_would_leave() {
    told(|store, clock| async move {
        let ann = known(&store, "ann", Vec::new()).await;
        let (world, point) = (store.world().clone(), Point::mail("ann@example.com"));
        let first = writes(&store, ann, "ann@example.com", None).await;
        let at = point.clone();
        let choice = store.read(choosing::choices).await.unwrap();
        let letters = choice.into_iter().find(|it| it.purpose == "personal_letter").unwrap();
        let how = How { via: "preference_page".into(), at_the_address: true, ..How::default() };
        let (no, said) = (letters.clone(), how.clone());
        store.write(move |tx| choosing::no(tx, &world, ann, &at, &no, &said)).await.unwrap();
        assert_eq!(goes(&store).await, [], "it was written before, and would leave after");
        let refused = message(&store, first).await;
        assert_eq!(refused.state, State::Refused);
        assert_eq!(refused.outcome["ann@example.com"].said, "they asked us to stop");
        let word = refused.word.unwrap();
        let evidence = &word.answers["ann@example.com"].evidence;
        let told = store.read(move |db| permission::of_person(db, ann)).await.unwrap();
        assert_eq!(evidence, &[told[0].moment], "the answer names what was said");

        // Yes again, but at most once a week; and nobody is there any more.
        clock.pass(60);
        let (world, at) = (store.world().clone(), point.clone());
        store.write(move |tx| choosing::yes(tx, &world, ann, &at, &letters, &how)).await.unwrap();
        let (world, wishes) = (store.world().clone(), Wishes { rhythm: Rhythm::Weekly, ..Wishes::default() });
        store
            .write(move |tx| permission::wish(tx, &world, ann, &wishes, Actor::Person, &Saying::default()))
            .await
            .unwrap();
        let second = writes(&store, ann, "ann@example.com", None).await;
        assert_eq!(goes(&store).await, [second]);
        arrives(&store, second, "ann@example.com").await;
        let (world, at) = (store.world().clone(), point.clone());
        store.write(move |tx| suppressed::suppress(tx, &world, &at, Why::HardBounce)).await.unwrap();
        let third = writes(&store, ann, "Ann@Example.com", None).await;
        assert_eq!(goes(&store).await, []);
        assert_eq!(
            message(&store, third).await.outcome["Ann@Example.com"].said,
            "nothing arrives at this address any more"
        );
        let report = store.read(|db| lived_up(db, Time::from_seconds(NOW))).await.unwrap();
        let refused: Vec<_> = report.refused.iter().map(|(why, count)| (why.as_str(), *count)).collect();
        assert_eq!(refused, [("nothing arrives at this address any more", 1), ("they asked us to stop", 1)]);
        assert_eq!((report.sent(), report.said_no["hard_bounce"]), (1, 1));
        assert_eq!(report.complaints_of_a_thousand(), Some(0.0));
        // Somebody thinks that it is worth another try.
        let now = store.world().now();
        store.write(move |tx| outbox::again(tx, third, now)).await.unwrap();
        assert_eq!(goes(&store).await, [third]);
    });
}
