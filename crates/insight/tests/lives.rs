//! Lives: condensed from timelines, made anew only where something happened, told once each; on both engines.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod common;

use common::{HOUSE, NOW, at, bought, known, told};
use insight::lives::{self, Deed, Fold, Life, day_of};
use model::{Direction, Kind, PersonId, Time, World};
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
