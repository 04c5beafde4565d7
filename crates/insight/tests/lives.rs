//! Lives: condensed from timelines, made anew only where something happened, told once each; on both engines.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod common;

use common::{HOUSE, NOW, at, bought, known, told};
use insight::lives::{self, Deed, Fold, Life, day_of};
use model::{Direction, Kind, PersonId, Time, World};
use permission::{Actor, Saying};
use serde_json::json;
use store::{Store, trial::both_engines};

#[derive(Default)]
struct Everybody(Vec<(PersonId, Life)>);

impl Fold for Everybody {
    fn eat(&mut self, person: PersonId, life: &Life) {
        self.0.push((person, life.clone()));
    }
}

async fn all(store: &Store) -> Vec<(PersonId, Life)> {
    let mut all = Everybody::default();
    lives::tell(store, &mut [&mut all]).await.unwrap();
    all.0
}

fn world() -> World {
    World::still(Time::from_seconds(NOW), 1).0
}

#[test]
fn a_life_is_made_anew_where_something_happened_and_only_there() {
    both_engines(HOUSE, world, |store| async move {
        let ann = known(&store, "ann", vec![bought("a1", -30, 1000), bought("a2", -30, 500)]).await;
        let ben = known(&store, "ben", vec![bought("b1", -10, 700)]).await;
        assert_eq!(lives::refresh(&store, |_| {}).await.unwrap(), 2);
        assert_eq!(lives::refresh(&store, |_| {}).await.unwrap(), 0);

        known(&store, "ben", vec![bought("b2", -90, 900)]).await;
        let mut told = Vec::new();
        assert_eq!(lives::refresh(&store, |made| told.push(made)).await.unwrap(), 1);
        assert_eq!(told, [1]);

        let all = all(&store).await;
        let of = |person| &all.iter().find(|(it, _)| *it == person).unwrap().1;
        let day = |days| day_of(at(days).date());
        let row = &of(ann).bought[0];
        assert_eq!((row.day, row.minor, row.orders), (day(-30), 1500, 2), "two orders of one day count once");
        let days: Vec<_> = of(ben).bought.iter().map(|it| it.day).collect();
        assert_eq!(days, [day(-90), day(-10)], "what was told late stands where it belongs");
        let now = store.read(move |db| lives::of_person(db, ben)).await.unwrap();
        assert_eq!(&now, of(ben));
    });
}

#[test]
fn a_life_holds_what_it_took_to_serve_somebody_and_how_long_they_waited() {
    both_engines(HOUSE, world, |store| async move {
        let mut answer = told("2", -5, Kind::Email, Direction::Said, json!({}));
        answer.at = at(-5).plus_seconds(90 * 60);
        let moments = vec![
            told("1", -5, Kind::Email, Direction::Heard, json!({})),
            answer,
            told("3", -4, Kind::Call, Direction::Together, json!({"minutes": 12})),
            told("4", -3, Kind::Chat, Direction::Heard, json!({})),
            told("5", -2, Kind::Chat, Direction::Heard, json!({})),
            told("6", -40, Kind::Subscription, Direction::Heard, json!({"change": "started"})),
            told("7", -20, Kind::Subscription, Direction::Heard, json!({"change": "end_refused"})),
            told("8", -10, Kind::Subscription, Direction::Heard, json!({"change": "ended"})),
            told("9", -9, Kind::Survey, Direction::Heard, json!({"survey": "nps", "score": 9})),
            told("10", -50, Kind::Referral, Direction::Heard, json!({"brought_by": "Ida"})),
            told("11", -8, Kind::Referral, Direction::Heard, json!({"brought": "Otto"})),
        ];
        let ann = known(&store, "ann", moments).await;
        let life = store.read(move |db| lives::of_person(db, ann)).await.unwrap();
        assert_eq!(life.waits.len(), 2);
        assert_eq!((life.waits[0].minutes, life.waits[0].asked), (Some(90), 1));
        assert_eq!(
            (life.waits[1].minutes, life.waits[1].asked),
            (None, 2),
            "they wait still, and asked twice"
        );
        let call = life.work.iter().find(|it| it.deed == Deed::Call).unwrap();
        assert_eq!((call.times, call.minutes, call.timed), (1, 12, 1));
        let term = &life.terms[0];
        assert_eq!((term.to.unwrap() - term.from, term.failed.len()), (30, 1));
        assert_eq!(life.felt[0].part(), Some(0.9));
        assert_eq!((life.came.unwrap().by.as_str(), life.brought.len()), ("friend", 1));
    });
}

#[test]
fn whoever_asked_to_be_left_alone_is_in_no_sum_and_nothing_is_foretold_of_them() {
    both_engines(HOUSE, world, |store| async move {
        let mut people = Vec::new();
        for n in 0..30 {
            let name = format!("buyer{n}");
            let moments: Vec<_> =
                (0..=n % 4).map(|m| bought(&format!("{n} {m}"), -200 + 40 * m + n, 1000)).collect();
            people.push(known(&store, &name, moments).await);
        }
        let all = insight::reckoning::reckon(&store, |_| {}).await.unwrap();
        assert_eq!((all.people, all.learnt.unwrap().people), (30, 30));
        let (world, ann) = (store.world().clone(), people[3]);
        let ours = store.read(move |db| insight::reckoning::of_person(db, ann, at(0))).await.unwrap();
        assert!(ours.expected.is_some() && !ours.left_alone);

        let wish = permission::Wishes { restricted: true, ..Default::default() };
        store
            .write(move |tx| permission::wish(tx, &world, ann, &wish, Actor::Person, &Saying::default()))
            .await
            .unwrap();
        let all = insight::reckoning::reckon(&store, |_| {}).await.unwrap();
        assert_eq!((all.people, all.learnt.unwrap().people), (29, 29));
        let ours = store.read(move |db| insight::reckoning::of_person(db, ann, at(0))).await.unwrap();
        assert!(ours.expected.is_none() && ours.left_alone);
    });
}
