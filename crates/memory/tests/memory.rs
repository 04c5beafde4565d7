//! What the memory promises, told to both engines.
#![allow(clippy::unwrap_used)]

mod common;

use common::{HOUSE, address, found, mail, noon, somebody, told};
use memory::{
    Fate, MemoryError, accounts, finding, forgetting, joining, people,
    timeline::{self, From},
};
use model::{Fields, Fragment, Handle, PersonId, RoleClaim, Time};
use store::{Store, trial::both_engines};

#[test]
fn one_person_is_known_by_every_handle_and_nothing_told_twice_is_kept_twice() {
    both_engines(HOUSE, noon, |store| async move {
        let mut ann = somebody("people.csv", "1", "Ann Okafor", vec![address("ann@example.com")]);
        ann.moments = vec![mail("m1", 1, "Do you grind for a moka pot?")];
        let first = told(&store, vec![ann.clone()]).await;
        assert_eq!((first[0].fate, first[0].moments), (Fate::NewPerson, 1));
        let again = told(&store, vec![ann.clone(), ann]).await;
        assert!(
            again
                .iter()
                .all(|t| t.fate == Fate::Known && t.known_moments == 1 && t.person == first[0].person)
        );
        let phone = Handle::phone("+44 20 7946 0101", None).unwrap();
        let mut card = somebody("cards.vcf", "u1", "Okafor, Ann", vec![address("ANN@example.com"), phone]);
        card.seen_at = card.seen_at.plus_days(-30);
        let more = told(&store, vec![card]).await;
        assert_eq!((more[0].fate, more[0].person), (Fate::NewProfile, first[0].person));
        let id = first[0].person.unwrap();
        let person = store.read(move |db| people::person(db, id)).await.unwrap();
        assert_eq!((person.handles.len(), person.sources.len(), person.moments), (2, 2, 1));
        assert_eq!(person.kind, "wave");
        assert_eq!(found(&store, "020 7946 01").await, ["Ann Okafor"], "as it is dialled there");
        assert_eq!(found(&store, "+4420").await, ["Ann Okafor"]);
    });
}

#[test]
fn strangers_who_share_a_handle_stay_two_and_are_offered() {
    both_engines(HOUSE, noon, |store| async move {
        let phone = || Handle::phone("+44 20 7946 0102", None).unwrap();
        let taken = told(
            &store,
            vec![
                somebody("people.csv", "1", "Ann Okafor", vec![phone()]),
                somebody("people.csv", "2", "Ben Okafor", vec![phone()]),
                somebody("people.csv", "3", "Cleo Info", vec![address("info@example.com")]),
                somebody("people.csv", "4", "Dan Front", vec![address("info@example.com")]),
                somebody(
                    "shop",
                    "5",
                    "Eve Twin",
                    vec![address("eve@example.com"), Handle::external("shop", "5").unwrap()],
                ),
                somebody(
                    "shop",
                    "6",
                    "Eve Twin",
                    vec![address("eve@example.com"), Handle::external("shop", "6").unwrap()],
                ),
            ],
        )
        .await;
        let ids: std::collections::BTreeSet<_> = taken.iter().map(|t| t.person.unwrap()).collect();
        assert_eq!(ids.len(), 6, "nobody was joined silently");
        let offers = store.read(|db| joining::duplicates(db, 10)).await.unwrap();
        assert_eq!(offers.len(), 3);
        let (one, other) = (offers[0].one, offers[0].other);
        let world = store.world().clone();
        store
            .write(move |tx| joining::two_people(tx, &world, one, other, "father and son", None))
            .await
            .unwrap();
        let world = store.world().clone();
        let refused =
            store.write(move |tx| joining::merge(tx, &world, one, other, "same", None, false)).await;
        assert!(matches!(refused, Err(MemoryError::TwoPeople(why)) if why == "father and son"));
    });
}

#[test]
fn a_timeline_reads_in_order_from_either_end_and_from_any_day() {
    both_engines(HOUSE, noon, |store| async move {
        let mut ann = somebody("mail", "ann@example.com", "Ann", vec![address("ann@example.com")]);
        ann.moments = (0..100).map(|n| mail(&format!("m{n}"), n % 50, &format!("{n}"))).collect();
        let id = told(&store, vec![ann]).await[0].person.unwrap();
        let read = |from: From| {
            let store = store.clone();
            async move { store.read(move |db| timeline::of_person(db, id, from, &[], 30)).await.unwrap() }
        };
        let mut page = read(From::End).await;
        let mut seen = Vec::new();
        loop {
            assert!(page.moments.windows(2).all(|w| (w[0].at, w[0].id) < (w[1].at, w[1].id)));
            seen.extend(page.moments.iter().map(|m| m.id));
            if !page.older {
                break;
            }
            let first = &page.moments[0];
            page = read(From::Before(timeline::Place { at: first.at, id: first.id })).await;
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 100);
        let day = Time::from_seconds(1_700_000_000).plus_days(48);
        assert_eq!(read(From::Since(day)).await.moments.len(), 4);
        let none =
            store.read(move |db| timeline::of_person(db, id, From::End, &["call".into()], 30)).await.unwrap();
        assert!(none.moments.is_empty());
    });
}

#[test]
fn what_is_entered_by_hand_counts_and_says_why() {
    both_engines(HOUSE, noon, |store| async move {
        let id = told(&store, vec![somebody("p", "1", "Ann Okafor", vec![])]).await[0].person.unwrap();
        let world = store.world().clone();
        store.write(move |tx| people::enter(tx, &world, id, "name", "Dr Ann Okafor", None)).await.unwrap();
        let person = store.read(move |db| people::person(db, id)).await.unwrap();
        assert_eq!(person.name, "Dr Ann Okafor");
        assert_eq!(person.known["name"].why.standing, "entered");
        assert_eq!(person.known["name"].others[0].0, "Ann Okafor");
        assert_eq!(found(&store, "okafor dr").await, ["Dr Ann Okafor"]);
    });
}

#[test]
fn a_forgotten_person_is_nowhere_and_an_import_does_not_bring_them_back() {
    const CANARY: &str = "zyxcanaryqwv";
    both_engines(HOUSE, noon, |store| async move {
        let digest = store.files().put(CANARY.as_bytes()).unwrap();
        let mut canary =
            somebody("people.csv", "7", "Zyxcanaryqwv Bird", vec![address("zyxcanaryqwv@example.com")]);
        canary.roles = vec![RoleClaim {
            account: "Zyxcanaryqwv household".into(),
            account_kind: "household".into(),
            role: "lives_in".into(),
            since: None,
            until: None,
        }];
        canary.moments = (0..50).map(|n| mail(&format!("c{n}"), n, &format!("{CANARY} sang {n}"))).collect();
        canary.moments[0].originals = vec![model::Original {
            digest: digest.clone(),
            name: CANARY.into(),
            media_type: "text/plain".into(),
            size: 12,
        }];
        let others = (0..200).map(|n| {
            let mut other = somebody("people.csv", &format!("o{n}"), &format!("Person {n}"), vec![]);
            other.moments = vec![mail(&format!("o{n}"), n, "an ordinary day with zyx words")];
            other
        });
        let all: Vec<Fragment> = others.chain([canary.clone()]).collect();
        let id = told(&store, all).await.last().unwrap().person.unwrap();
        let receipt = forgetting::forget(&store, id, None).await.unwrap();
        assert_eq!(receipt.gone["moments"], 50);
        assert!(receipt.overwritten);
        assert!(found(&store, CANARY).await.is_empty());
        assert!(found(&store, "zyxcanarqwv").await.is_empty(), "not even through a slip");
        let hits = store.read(|db| finding::moments(db, CANARY, None, None, 10)).await.unwrap();
        assert!(hits.is_empty());
        assert!(matches!(
            store.read(move |db| people::person(db, id)).await,
            Err(MemoryError::NobodyHere(_))
        ));
        assert!(store.files().get(&digest).is_err());
        if let store::Location::Folder(folder) = store.location() {
            for file in std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().path()).filter(|p| p.is_file())
            {
                let bytes = std::fs::read(&file).unwrap().to_ascii_lowercase();
                let trace = bytes.windows(CANARY.len()).any(|w| w == CANARY.as_bytes());
                assert!(!trace, "{} still holds the canary", file.display());
            }
        }
        let again = told(&store, vec![canary]).await;
        assert_eq!((again[0].fate, again[0].person), (Fate::Forgotten, None));
        assert_eq!(store.read(people::count).await.unwrap(), 200);
    });
}

#[test]
fn what_is_taken_along_can_be_taken_in_elsewhere_and_is_equal() {
    both_engines(HOUSE, noon, |store| async move {
        let mut ann = somebody("people.csv", "1", "Ann Okafor", vec![address("ann@example.com")]);
        ann.moments = vec![mail("m1", 1, "one"), mail("m2", 2, "two")];
        ann.moments[0].account = Some("Okafor & Daughters".into());
        let ben = somebody("people.csv", "2", "Ben", vec![address("ben@example.com")]);
        let taken = told(&store, vec![ann, ben]).await;
        let (one, other) = (taken[0].person.unwrap(), taken[1].person.unwrap());
        let world = store.world().clone();
        store.write(move |tx| joining::merge(tx, &world, one, other, "same", None, false)).await.unwrap();
        let world = store.world().clone();
        store.write(move |tx| people::enter(tx, &world, one, "city", "Leeds", None)).await.unwrap();
        let out = store.read(move |db| memory::fragments_of(db, one)).await.unwrap();
        let lines = serde_json::to_string(&out).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let elsewhere =
            Store::open(store::Location::Folder(folder.path().into()), HOUSE, noon()).await.unwrap();
        told(&elsewhere, serde_json::from_str(&lines).unwrap()).await;
        let there = elsewhere.read(move |db| people::person(db, one)).await.unwrap();
        let here = store.read(move |db| people::person(db, one)).await.unwrap();
        let values = |p: &people::Person| {
            p.known.iter().map(|(k, v)| (k.clone(), v.value.clone())).collect::<Vec<_>>()
        };
        assert_eq!((there.id, values(&there), there.moments), (here.id, values(&here), here.moments));
        let timeline = |store: Store| async move {
            let page = store.read(move |db| timeline::of_person(db, one, From::End, &[], 10)).await.unwrap();
            page.moments.into_iter().map(|m| (m.id, m.at, m.body)).collect::<Vec<_>>()
        };
        assert_eq!(timeline(elsewhere.clone()).await, timeline(store.clone()).await);
        let again = told(&store, out).await;
        assert!(
            again.iter().all(|t| t.moments == 0 && t.person == Some(one)),
            "taken in at home it changes nothing"
        );
    });
}

#[test]
fn a_source_can_be_taken_apart_from_somebody() {
    both_engines(HOUSE, noon, |store| async move {
        let mut one = somebody("a.csv", "1", "Ann", vec![address("ann@example.com")]);
        one.moments = vec![mail("1", 1, "first")];
        let mut two = somebody("b.csv", "1", "Ann", vec![address("ann@example.com")]);
        two.moments = vec![mail("2", 2, "second")];
        let taken = told(&store, vec![one, two]).await;
        let id: PersonId = taken[0].person.unwrap();
        assert_eq!(taken[1].person, Some(id));
        let profile = {
            let person = store.read(move |db| people::person(db, id)).await.unwrap();
            person.sources.iter().find(|s| s.source == "b.csv").unwrap().profile
        };
        let world = store.world().clone();
        let new = store.write(move |tx| joining::split(tx, &world, id, profile, None)).await.unwrap();
        let bodies = |id: PersonId| {
            let store = store.clone();
            async move {
                let page =
                    store.read(move |db| timeline::of_person(db, id, From::End, &[], 9)).await.unwrap();
                page.moments.into_iter().map(|m| m.body).collect::<Vec<_>>()
            }
        };
        assert_eq!(
            (bodies(id).await, bodies(new).await),
            (vec!["first".to_owned()], vec!["second".to_owned()])
        );
    });
}

#[test]
fn an_account_is_found_by_any_word_of_its_name_as_it_begins() {
    both_engines(HOUSE, noon, |store| async move {
        let world = store.world().clone();
        store
            .write(move |tx| {
                for name in ["The Quills", "Quill & Sons", "Café 100% Arabica", "Tranquillity"] {
                    accounts::make(tx, &world, name, "organisation", "", &Fields::new())?;
                }
                Ok::<_, MemoryError>(())
            })
            .await
            .unwrap();
        for (asked, names) in [
            ("QUILL", &["Quill & Sons", "The Quills"][..]),
            ("the quills", &["The Quills"]),
            ("cafe", &["Café 100% Arabica"]),
            ("100%", &["Café 100% Arabica"]),
            ("%", &[]),
            ("_he", &[]),
            (" ", &[]),
        ] {
            let found = store.read(move |db| accounts::find(db, asked, 9)).await.unwrap();
            assert_eq!(found.iter().map(|a| a.name.as_str()).collect::<Vec<_>>(), names, "{asked}");
        }
    });
}
