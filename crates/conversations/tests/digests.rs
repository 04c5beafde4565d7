//! A digest is put together for each from what they asked for and have not seen, at their hour, as often as they said; and who is not among
//! those who get it is told why; on both engines.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod common;

use std::collections::BTreeMap;

use channels::mail::Mailbox;
use common::known;
use conversations::{
    ConversationError,
    digests::{self, Digest, Envelope, Round, State},
    outbox::{self, Fate, Taken},
    pieces::{self, Kind, Piece, Told},
};
use memory::{forgetting, joining};
use model::{DigestId, MailboxId, MomentId, PersonId, PieceId, StaffId, StillClock, Time, World};
use permission::{
    Actor, Point, Rhythm, Saying, Wishes,
    choosing::{self, Choice, How},
    topics::{self, Topic},
};
use store::{Room, Store, trial::both_engines};

const HOUSE: &[Room] = &[store::ROOM, memory::ROOM, permission::ROOM, conversations::ROOM];
/// A Monday, noon in London.
const NOW: i64 = 1_800_014_400;

fn told<F: Future<Output = ()>>(story: impl Fn(House) -> F) {
    let clock = std::cell::RefCell::new(None);
    let world = || {
        let (world, still) = World::still(Time::from_seconds(NOW), 1);
        *clock.borrow_mut() = Some(still);
        world
    };
    both_engines(HOUSE, world, |store| story(House { store, clock: clock.borrow().clone().unwrap() }));
}

/// A house with topics, and hands to do things in it.
struct House {
    store: Store,
    clock: std::sync::Arc<StillClock>,
}

impl House {
    async fn topic(&self, key: &str) {
        let topic = Topic {
            key: key.into(),
            purpose: "digest".into(),
            name: key.to_uppercase(),
            words: "What is new".into(),
            is_ended: false,
        };
        let now = self.store.world().now();
        self.store.write(move |tx| topics::keep(tx, &topic, now)).await.unwrap();
    }

    /// Somebody who wants these topics.
    async fn reader(&self, name: &str, topics: &[&str]) -> PersonId {
        let person = known(&self.store, name, Vec::new()).await;
        for topic in topics {
            self.says(person, name, topic, true).await;
        }
        person
    }

    async fn says(&self, person: PersonId, name: &str, topic: &str, yes: bool) {
        let choice = Choice {
            purpose: "digest".into(),
            topic: Some(topic.into()),
            name: topic.to_uppercase(),
            words: "What is new".into(),
        };
        let (world, point) = (self.store.world().clone(), Point::mail(&format!("{name}@example.com")));
        let how = How { via: "preference_page".into(), at_the_address: true, ..How::default() };
        self.store
            .write(move |tx| match yes {
                true => choosing::yes(tx, &world, person, &point, &choice, &how),
                false => choosing::no(tx, &world, person, &point, &choice, &how),
            })
            .await
            .unwrap();
    }

    async fn wishes(&self, person: PersonId, wishes: Wishes) {
        let world = self.store.world().clone();
        let saying = Saying::default();
        let wish =
            self.store.write(move |tx| permission::wish(tx, &world, person, &wishes, Actor::Person, &saying));
        wish.await.unwrap();
    }

    async fn piece(&self, title: &str, topic: &str, language: &str) -> PieceId {
        self.clock.pass(1);
        let world = self.store.world().clone();
        let piece = Piece { language: language.into(), ..piece(world.id(), title, topic, world.now()) };
        let id = piece.id;
        self.store.write(move |tx| pieces::keep(tx, &world, &piece, None)).await.unwrap();
        id
    }

    async fn digest(&self, change: impl FnOnce(&mut Digest)) -> DigestId {
        let world = self.store.world().clone();
        let mut digest = Digest {
            id: world.id(),
            subject: "News".into(),
            intro: "Hello.".into(),
            question: String::new(),
            topics: Vec::new(),
            mailbox: MailboxId::from_uuid(Default::default()),
            by: StaffId::from_uuid(Default::default()),
            state: State::Draft,
            starts_at: world.now(),
            expires_at: world.now().plus_days(2),
            per_minute: 1000,
        };
        change(&mut digest);
        let id = digest.id;
        let (kept, made) = (world.clone(), digest.clone());
        self.store.write(move |tx| digests::keep(tx, &kept, &made)).await.unwrap();
        self.becomes(id, State::Planning).await.unwrap();
        while let Some(step) = self
            .store
            .write({
                let world = world.clone();
                move |tx| digests::plan(tx, &world, id)
            })
            .await
            .unwrap()
        {
            if step.is_done {
                break;
            }
        }
        id
    }

    async fn becomes(&self, id: DigestId, state: State) -> Result<(), ConversationError> {
        self.store.write(move |tx| digests::becomes(tx, id, state)).await
    }

    /// What leaves now: to whom, and which pieces; and it arrives.
    async fn goes(&self) -> BTreeMap<String, Vec<PieceId>> {
        let world = self.store.world().clone();
        let taken = self
            .store
            .write(move |tx| {
                let envelope = |_: &Digest, moment: MomentId| {
                    let from = Mailbox { name: None, address: "news@lantern.example".into() };
                    Some(Envelope { id: format!("<{moment}@lantern.example>"), from, reply_to: None })
                };
                digests::take(tx, &world, 100, &envelope)
            })
            .await
            .unwrap();
        let Round::Taken(taken, _) = taken else { panic!("nobody else is here") };
        let settled: Vec<_> = taken
            .iter()
            .map(|it| (it.message.clone(), Fate { state: outbox::State::Left, said: "ok".into() }))
            .collect();
        let now = self.store.world().now();
        self.store.write(move |tx| outbox::settle_all(tx, &settled, now, now)).await.unwrap();
        let to = |it: &Taken| it.cleared[0].address().split('@').next().unwrap().to_owned();
        taken.iter().map(|it| (to(it), it.message.letter.digest.clone().unwrap().pieces)).collect()
    }

    async fn counts(&self, id: DigestId) -> Vec<(String, String, i64)> {
        self.store.read(move |db| digests::counts(db, id)).await.unwrap()
    }

    async fn state(&self, id: DigestId) -> State {
        self.store.read(move |db| digests::one(db, id)).await.unwrap().unwrap().state
    }
}

fn piece(id: PieceId, title: &str, topic: &str, now: Time) -> Piece {
    Piece {
        id,
        kind: Kind::Own,
        topic: topic.into(),
        language: String::new(),
        title: title.into(),
        words: "Words.".into(),
        link: String::new(),
        why: String::new(),
        recommended_by: None,
        made_at: now,
        made_by: StaffId::from_uuid(Default::default()),
        ready_at: Some(now),
        ended_at: None,
    }
}

#[test]
fn each_gets_what_they_asked_for_and_have_not_seen_and_nobody_gets_nothing() {
    told(|house| async move {
        house.topic("roasts").await;
        house.topic("brewing").await;
        let (ann, ben) =
            (house.reader("ann", &["roasts", "brewing"]).await, house.reader("ben", &["brewing"]).await);
        house.reader("cleo", &[]).await;
        house.clock.pass(60);
        let guji = house.piece("Guji", "roasts", "").await;
        house.clock.pass(60);
        let fr = house.piece("Café", "roasts", "fr").await;
        house.wishes(ann, Wishes { language: Some("en-GB".into()), ..Wishes::default() }).await;
        let first = house.digest(|_| {}).await;
        assert_eq!(
            house.goes().await,
            BTreeMap::from([("ann".into(), vec![guji])]),
            "not what is not hers to read"
        );
        assert_eq!(house.state(first).await, State::Done);
        assert_eq!(
            house.counts(first).await,
            [("nothing".into(), String::new(), 1), ("taken".into(), String::new(), 1)],
            "there was nothing for Ben, so nothing was sent; Cleo never asked"
        );

        house.clock.pass(8 * 86_400);
        let kettle = house.piece("A kettle", "brewing", "").await;
        house.wishes(ben, Wishes { language: Some("fr".into()), ..Wishes::default() }).await;
        house.says(ben, "ben", "roasts", true).await;
        house.digest(|_| {}).await;
        let all = house.goes().await;
        assert_eq!(all["ann"], [kettle], "she has seen the other");
        assert_eq!(all["ben"], [kettle, fr, guji], "the newest first, in his language or in any");
    });
}

#[test]
fn at_their_hour_as_often_as_they_said_and_never_late() {
    told(|house| async move {
        house.topic("roasts").await;
        let ann = house.reader("ann", &["roasts"]).await;
        let ben = house.reader("ben", &["roasts"]).await;
        house.clock.pass(60);
        // At seven in Tokyo: ten hours from now.
        house
            .wishes(ann, Wishes { zone: Some("Asia/Tokyo".into()), hour: Some(7), ..Wishes::default() })
            .await;
        house.wishes(ben, Wishes { rhythm: Rhythm::Weekly, ..Wishes::default() }).await;
        house.piece("Guji", "roasts", "").await;
        house.digest(|_| {}).await;
        assert_eq!(house.goes().await.into_keys().collect::<Vec<_>>(), ["ben"]);
        house.clock.pass(9 * 3600);
        assert!(house.goes().await.is_empty());
        house.clock.pass(3600);
        assert_eq!(house.goes().await.into_keys().collect::<Vec<_>>(), ["ann"]);

        // Three days later there is more; he said once a week.
        house.clock.pass(3 * 86_400);
        house.piece("Yirga", "roasts", "").await;
        let second = house.digest(|it| it.expires_at = it.starts_at.plus_days(1)).await;
        let now = house.store.world().now();
        let digest = house.store.read(move |db| digests::one(db, second)).await.unwrap().unwrap();
        let foreseen = house.store.read(move |db| digests::foreseen(db, &digest, now, 1000)).await.unwrap();
        assert_eq!(foreseen.len(), 2, "{foreseen:?}");
        assert!(house.goes().await.is_empty());
        house.clock.pass(2 * 86_400);
        assert!(house.goes().await.is_empty(), "by now it is of no use any more");
        assert_eq!(house.state(second).await, State::Done);
        let counts = house.counts(second).await;
        let whys: Vec<&str> = counts.iter().map(|(_, why, _)| why.as_str()).collect();
        assert_eq!(whys, ["expires_before_window", "message_expired"], "{counts:?}");
    });
}

#[test]
fn whoever_says_no_in_between_does_not_get_it_and_one_of_us_can_hold_it() {
    told(|house| async move {
        house.topic("roasts").await;
        let ann = house.reader("ann", &["roasts"]).await;
        house.reader("ben", &["roasts"]).await;
        house.reader("cleo", &["roasts"]).await;
        house.piece("Guji", "roasts", "").await;
        let id = house.digest(|it| it.per_minute = 1).await;
        assert_eq!(house.goes().await.len(), 1, "at the pace that was set");
        assert_eq!(house.goes().await.len(), 0);
        house.becomes(id, State::Paused).await.unwrap();
        house.clock.pass(120);
        assert_eq!(house.goes().await.len(), 0);
        let left = house.counts(id).await;
        assert_eq!(left, [("taken".into(), String::new(), 1), ("waits".into(), String::new(), 2)]);
        house.says(ann, "ann", "roasts", false).await;
        house.becomes(id, State::Going).await.unwrap();
        for _ in 0..4 {
            house.clock.pass(61);
            let gone = house.goes().await;
            assert!(gone.len() <= 1);
        }
        let counts = house.counts(id).await;
        let taken: i64 = counts.iter().filter(|(state, ..)| state == "taken").map(|(.., count)| count).sum();
        let hers = "select count(*) from messages where person_id = $1";
        let hers = house.store.read(move |db| db.number(hers, store::params![ann])).await.unwrap();
        // She may have been the one who had it before she spoke.
        assert_eq!((taken, house.state(id).await), (2 + hers, State::Done), "{counts:?}");
        let wrong = house.becomes(id, State::Going).await.unwrap_err().to_string();
        assert_eq!(wrong, "digest: is done and cannot become going");
    });
}

#[test]
fn two_who_become_one_get_it_once_and_can_be_parted_again() {
    told(|house| async move {
        house.topic("roasts").await;
        let (ann, anna) = (house.reader("ann", &["roasts"]).await, house.reader("anna", &["roasts"]).await);
        house.piece("Guji", "roasts", "").await;
        house.digest(|_| {}).await;
        assert_eq!(house.goes().await.len(), 2, "while they are two");
        // Both have it, and what was in it; that keeps nobody from finding out that they are one.
        let join = || {
            let (store, world) = (house.store.clone(), house.store.world().clone());
            async move {
                let one = store.write(move |tx| joining::merge(tx, &world, ann, anna, "one", None, true));
                one.await.unwrap()
            }
        };
        let joined = join().await;
        let world = house.store.world().clone();
        house.store.write(move |tx| joining::undo(tx, &world, joined, None)).await.unwrap();
        house.clock.pass(8 * 86_400);
        house.piece("Yirga", "roasts", "").await;
        let second = house.digest(|_| {}).await;
        join().await;
        assert_eq!(house.goes().await.len(), 1, "it waited for both, and they are one");
        assert!(house.goes().await.is_empty());
        let counts = house.counts(second).await;
        assert_eq!(
            counts,
            [("taken".into(), String::new(), 2)],
            "what is settled for one is settled for the other"
        );
    });
}

#[test]
fn a_story_is_told_as_long_as_its_teller_is_here() {
    told(|house| async move {
        house.topic("roasts").await;
        house.reader("ann", &["roasts"]).await;
        let teller = house.reader("tessa", &[]).await;
        house.says(teller, "tessa", "roasts", false).await;
        let said = house.store.read(move |db| permission::of_person(db, teller)).await.unwrap();
        let (world, told) = (house.store.world().clone(), Told { by: teller, allowed: said[0].moment });
        let story = Piece { kind: Kind::Story, ..piece(world.id(), "My first cup", "roasts", world.now()) };
        let (kept, alone) = (world.clone(), story.clone());
        let refused = house.store.write(move |tx| pieces::keep(tx, &kept, &alone, None)).await.unwrap_err();
        assert!(refused.to_string().starts_with("told_by: "), "{refused}");
        let id = story.id;
        house.store.write(move |tx| pieces::keep(tx, &world, &story, Some(told))).await.unwrap();
        let ready = house.store.read(pieces::ready).await.unwrap();
        assert_eq!(ready.iter().map(|it| it.title.as_str()).collect::<Vec<_>>(), ["My first cup"]);
        forgetting::forget(&house.store, teller, None).await.unwrap();
        assert_eq!(house.store.read(pieces::ready).await.unwrap(), []);
        let traces = "select count(*) from pieces where piece_id = $1 and (title <> '' or words <> '')";
        assert_eq!(house.store.read(move |db| db.number(traces, store::params![id])).await.unwrap(), 0);
    });
}
