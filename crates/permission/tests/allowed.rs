//! What people allow is kept with its proof, survives what happens to their records, and no file undoes a no; on both engines.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

use gate::{Actor, Cap, Stance};
use memory::{forgetting, joining, prepare, take};
use model::{Fields, Fragment, Handle, Kind, PersonId, Time, World};
use permission::{
    InForce, Pause, Point, Rhythm, Saying, Wishes,
    choosing::{self, Choice, How},
    policies, suppressed,
    topics::{self, Topic},
};
use store::{Room, Store, trial::both_engines};

const HOUSE: &[Room] = &[store::ROOM, memory::ROOM, permission::ROOM];

fn told<F: Future<Output = ()>>(story: impl Fn(Store, std::sync::Arc<model::StillClock>) -> F) {
    let (world, clock) = World::still(Time::from_seconds(1_800_000_000), 1);
    both_engines(HOUSE, move || world.clone(), |store| story(store, clock.clone()));
}

async fn known(store: &Store, name: &str) -> PersonId {
    let fragment = Fragment {
        source: "test".into(),
        key: name.into(),
        seen_at: store.world().now(),
        fields: Fields::from([("name".to_owned(), name.to_owned())]),
        handles: vec![Handle::email(&format!("{name}@example.com")).unwrap()],
        roles: Vec::new(),
        moments: Vec::new(),
    };
    let (world, batch) = (store.world().clone(), [prepare(fragment)]);
    store.write(move |tx| take(tx, &world, &batch)).await.unwrap()[0].person.unwrap()
}

fn at(name: &str) -> Point {
    Point::mail(&format!("{name}@example.com"))
}

fn page() -> How {
    How {
        via: "preference_page".into(),
        wording: "Roasts: what is new".into(),
        at_the_address: true,
        ..How::default()
    }
}

fn letters() -> Choice {
    Choice { purpose: "personal_letter".into(), topic: None, name: "Letters".into(), words: "Words".into() }
}

fn roasts() -> Choice {
    Choice {
        purpose: "digest".into(),
        topic: Some("roasts".into()),
        name: "Roasts".into(),
        words: "New".into(),
    }
}

async fn with_topic(store: &Store) {
    let topic = Topic {
        key: "roasts".into(),
        purpose: "digest".into(),
        name: "Roasts".into(),
        words: "New".into(),
        is_ended: false,
    };
    let now = store.world().now();
    store.write(move |tx| topics::keep(tx, &topic, now)).await.unwrap();
}

async fn says(store: &Store, person: PersonId, name: &str, yes: bool, choice: &Choice) {
    let (world, point, choice) = (store.world().clone(), at(name), choice.clone());
    store
        .write(move |tx| match yes {
            true => choosing::yes(tx, &world, person, &point, &choice, &page()),
            false => choosing::no(tx, &world, person, &point, &choice, &page()),
        })
        .await
        .unwrap();
}

async fn stance(store: &Store, person: PersonId, name: &str, choice: &Choice) -> Stance {
    let (point, now, key) = (at(name), store.world().now(), choice.key());
    let all = store
        .read(move |db| {
            let known = permission::known(db, person)?;
            choosing::stances(db, &known, &point, now)
        })
        .await
        .unwrap();
    all.into_iter().find(|(it, _)| it.key() == key).unwrap().1
}

/// What a file tells again after somebody was forgotten, or in another house, or in the same.
async fn taken_along(store: &Store, person: PersonId) -> Vec<Fragment> {
    store.read(move |db| memory::fragments_of(db, person)).await.unwrap()
}

#[test]
fn a_yes_is_narrow_and_a_no_is_broad() {
    told(|store, clock| async move {
        with_topic(&store).await;
        let ann = known(&store, "ann").await;
        assert_eq!(stance(&store, ann, "ann", &letters()).await, Stance::MayCome);
        assert_eq!(stance(&store, ann, "ann", &roasts()).await, Stance::DoesNotCome);
        says(&store, ann, "ann", true, &roasts()).await;
        let since = store.world().now();
        assert_eq!(stance(&store, ann, "ann", &roasts()).await, Stance::Yes { since });
        assert_eq!(stance(&store, ann, "annother", &roasts()).await, Stance::DoesNotCome, "another address");
        clock.pass(60);
        says(&store, ann, "ann", false, &letters()).await;
        let since = store.world().now();
        assert_eq!(stance(&store, ann, "annother", &letters()).await, Stance::No { since });
        assert!(matches!(stance(&store, ann, "ann", &roasts()).await, Stance::Yes { .. }), "the rest stays");

        // The words that stood there are kept with their digest.
        let said = store.read(move |db| permission::of_person(db, ann)).await.unwrap();
        let data = serde_json::to_value(&said[0].what).unwrap();
        assert_eq!(said[0].wording, "Roasts: what is new");
        let words = store::Files::digest(b"Roasts: what is new");
        assert_eq!(data["event"]["proof"]["notice_hash"], words);
        assert!(said.iter().all(|it| it.is_ours));
    });
}

#[test]
fn no_file_undoes_a_no_and_what_was_said_here_comes_back_as_it_was() {
    told(|store, clock| async move {
        with_topic(&store).await;
        let ann = known(&store, "ann").await;
        says(&store, ann, "ann", false, &roasts()).await;
        clock.pass(60);
        says(&store, ann, "ann", true, &roasts()).await;
        let mut file = taken_along(&store, ann).await;
        clock.pass(60);
        says(&store, ann, "ann", false, &roasts()).await;
        let since = store.world().now();

        // The same house's own file: what it tells is known already, and the later no stands.
        let again = |file: Vec<Fragment>| {
            let (store, world) = (store.clone(), store.world().clone());
            async move {
                let batch: Vec<_> = file.into_iter().map(prepare).collect();
                store.write(move |tx| take(tx, &world, &batch)).await.unwrap();
            }
        };
        again(file.clone()).await;
        assert_eq!(stance(&store, ann, "ann", &roasts()).await, Stance::No { since });

        // A file that says that she agreed afterwards, in her own name and with proof: it is not hers to say.
        clock.pass(60);
        let late = store.world().now();
        for moment in file.iter_mut().flat_map(|it| &mut it.moments) {
            if moment.kind == Kind::Permission && moment.data["said"]["event"]["type"] == "grant" {
                let id: model::MomentId = store.world().id();
                moment.key = id.to_string();
                moment.at = late;
                moment.data["said"]["event"]["at"] = serde_json::json!(late);
            }
        }
        again(file).await;
        let said = store.read(move |db| permission::of_person(db, ann)).await.unwrap();
        assert_eq!(
            said.last().map(|it| (it.at, it.is_ours)),
            Some((late, false)),
            "it is kept, as what it is"
        );
        assert_eq!(stance(&store, ann, "ann", &roasts()).await, Stance::No { since });
    });
}

#[test]
fn of_two_who_become_one_the_stricter_wish_holds_until_they_speak_again() {
    told(|store, clock| async move {
        let (ann, anna) = (known(&store, "ann").await, known(&store, "anna").await);
        let wish = |person: PersonId, wishes: Wishes| {
            let (store, world) = (store.clone(), store.world().clone());
            async move {
                let saying = Saying::default();
                store
                    .write(move |tx| permission::wish(tx, &world, person, &wishes, Actor::Person, &saying))
                    .await
                    .unwrap();
            }
        };
        let in_force = |person: PersonId| {
            let store = store.clone();
            async move {
                store
                    .read(move |db| {
                        Ok::<InForce, permission::PermissionError>(permission::known(db, person)?.in_force)
                    })
                    .await
                    .unwrap()
            }
        };
        let until = store.world().now().plus_days(30);
        let pause = Pause { from: None, until: Some(until), purposes: vec![], channels: vec![] };
        wish(ann, Wishes { language: Some("de".into()), pauses: vec![pause.clone()], ..Wishes::default() })
            .await;
        clock.pass(60);
        wish(anna, Wishes { language: Some("fr".into()), rhythm: Rhythm::Monthly, ..Wishes::default() })
            .await;
        let world = store.world().clone();
        let merged =
            store.write(move |tx| joining::merge(tx, &world, ann, anna, "one", None, false)).await.unwrap();
        let both = in_force(ann).await;
        assert_eq!(both.wishes.language.as_deref(), Some("fr"), "a choice follows the newest");
        assert_eq!((both.wishes.pauses.len(), both.wishes.rhythm), (1, Rhythm::Monthly), "restraints add up");
        let caps: Vec<&str> = both.caps.iter().map(|it: &Cap| it.window.as_str()).collect();
        assert_eq!(caps, ["rolling:30d"]);

        clock.pass(60);
        wish(ann, Wishes { rhythm: Rhythm::Weekly, ..Wishes::default() }).await;
        let one = in_force(ann).await;
        assert_eq!((one.wishes.pauses.len(), one.wishes.rhythm), (0, Rhythm::Weekly), "now they have spoken");
        let world = store.world().clone();
        store.write(move |tx| joining::undo(tx, &world, merged, None)).await.unwrap();
        assert_eq!(
            in_force(anna).await.wishes.rhythm,
            Rhythm::Monthly,
            "and apart, each has their own again"
        );
    });
}

#[test]
fn everything_off_holds_for_the_address_and_outlives_whoever_is_forgotten() {
    told(|store, clock| async move {
        let (ann, other) = (known(&store, "ann").await, known(&store, "other").await);
        let (world, point) = (store.world().clone(), at("ann"));
        store.write(move |tx| choosing::nothing(tx, &world, ann, &point, &page())).await.unwrap();
        let since = store.world().now();
        assert_eq!(stance(&store, other, "ann", &letters()).await, Stance::No { since }, "whoever has it");
        assert_eq!(stance(&store, other, "other", &letters()).await, Stance::MayCome);
        forgetting::forget(&store, ann, None).await.unwrap();
        assert_eq!(stance(&store, other, "ann", &letters()).await, Stance::No { since });
        let point = at("ann");
        let kept = store.read(move |db| suppressed::of_points(db, &[&point])).await.unwrap();
        let kinds: Vec<&str> = kept.iter().map(|it| it.kind.as_str()).collect();
        assert_eq!(kinds, ["erasure_hash", "address_opt_out"]);

        // What anybody may have typed undoes it as little as a file does.
        clock.pass(60);
        let (world, point) = (store.world().clone(), at("ann"));
        let typed = How { at_the_address: false, via: "web_form".into(), ..page() };
        store.write(move |tx| choosing::yes(tx, &world, other, &point, &letters(), &typed)).await.unwrap();
        assert_eq!(stance(&store, other, "ann", &letters()).await, Stance::No { since });

        // Whoever reads it may think otherwise.
        clock.pass(60);
        says(&store, other, "ann", true, &letters()).await;
        assert!(matches!(stance(&store, other, "ann", &letters()).await, Stance::Yes { .. }));
    });
}

#[test]
fn an_edited_policy_holds_from_then_on_and_a_wrong_one_is_named() {
    told(|store, _| async move {
        let now = store.world().now();
        let shipped = store.read(policies::current).await.unwrap();
        assert_eq!(shipped.name, policies::OF_THE_HOUSE);
        let edited = shipped.text.replace("max = 3", "max = 1");
        let name = store.write(move |tx| policies::adopt(tx, &edited, None, now)).await.unwrap();
        let current = store.read(policies::current).await.unwrap();
        assert_eq!((current.name, current.policy.caps[0].max), (name, 1));
        let wrong = shipped.text.replace("rolling:7d", "rolling:often");
        let refused = store.write(move |tx| policies::adopt(tx, &wrong, None, now)).await.unwrap_err();
        assert!(refused.to_string().starts_with("policy: caps."), "{refused}");
    });
}
