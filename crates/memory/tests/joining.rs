//! Any sequence of joinings and one undo equals the state without that joining, on both engines.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use memory::{care, finding, joining, people, prepare, take, timeline};
use model::{Channel, Direction, Fields, Fragment, Handle, Kind, NewMoment, PersonId, StaffId, Time, World};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use store::{Room, Store, trial};

const HOUSE: &[Room] = &[store::ROOM, memory::ROOM];
const PEOPLE: usize = 6;

fn noon() -> World {
    World::still(Time::from_seconds(1_800_000_000), 1).0
}

fn fragment(n: usize, second: bool) -> Fragment {
    let key = format!("{n}{}", if second { "b" } else { "" });
    let moments = (0..n as i64 + 1)
        .map(|m| NewMoment {
            key: format!("{key}-{m}"),
            at: Time::from_seconds(1_700_000_000).plus_days(m * 3 + n as i64),
            kind: if m % 3 == 2 { Kind::Note } else { Kind::Email },
            channel: if m % 2 == 0 { Channel::Phone } else { Channel::Email },
            direction: if m % 3 == 0 { Direction::Heard } else { Direction::Said },
            account: None,
            by: None,
            thread: None,
            title: format!("moment {m}"),
            body: format!("word{n}x{m}"),
            data: serde_json::Value::Null,
            originals: Vec::new(),
        })
        .collect();
    Fragment {
        source: "p".into(),
        key,
        seen_at: Time::from_seconds(1_700_000_000 + n as i64),
        fields: Fields::from([
            ("name".into(), format!("Person{n} Family{}", n % 2)),
            ("city".into(), format!("City{n}")),
        ]),
        handles: vec![
            Handle::email(&format!("person{n}@example.com")).unwrap(),
            Handle::external("shop", &format!("s{n}")).unwrap(),
        ],
        roles: Vec::new(),
        moments,
    }
}

/// Makes the people, joins pairs, lets each be heard of once more, and undoes one joining (or leaves it out).
async fn play(
    store: &Store,
    pairs: &[(usize, usize)],
    undo: Option<usize>,
    leave_out: Option<usize>,
) -> Vec<usize> {
    let world = store.world().clone();
    let first: Vec<_> = (0..PEOPLE).map(|n| prepare(fragment(n, false))).collect();
    let ids: Vec<PersonId> = store
        .write(move |tx| take(tx, &world, &first))
        .await
        .unwrap()
        .into_iter()
        .map(|t| t.person.unwrap())
        .collect();
    for id in ids.iter().copied().step_by(2) {
        let (world, keeper) = (store.world().clone(), StaffId::derived(&[id.to_string().as_bytes()]));
        store.write(move |tx| care::hand_over(tx, &world, id, Some(keeper), "", None)).await.unwrap();
    }
    let mut merges = Vec::new();
    for (n, (a, b)) in pairs.iter().enumerate() {
        let (world, one, other) = (store.world().clone(), ids[*a], ids[*b]);
        if leave_out != Some(n) {
            let done =
                store.write(move |tx| joining::merge(tx, &world, one, other, "same", None, false)).await;
            merges.extend(done.ok().map(|id| (n, id)));
        }
    }
    let world = store.world().clone();
    let more: Vec<_> = (0..PEOPLE).map(|n| prepare(fragment(n, true))).collect();
    store.write(move |tx| take(tx, &world, &more)).await.unwrap();
    if let Some((_, id)) = undo.and_then(|undo| merges.iter().find(|(n, _)| *n == undo)).copied() {
        let world = store.world().clone();
        store.write(move |tx| joining::undo(tx, &world, id, None)).await.unwrap();
    }
    merges.iter().map(|(n, _)| *n).collect()
}

/// All that can be seen of everybody, without when it was joined.
async fn state(store: &Store) -> BTreeMap<String, String> {
    store
        .read(|db| {
            let mut seen = BTreeMap::new();
            for line in people::list(db, &people::Filter::default(), 100)? {
                let mut person = people::person(db, line.id)?;
                person.merges.clear();
                let page = timeline::of_person(db, line.id, timeline::From::End, &[], 1000)?;
                let text = format!(
                    "{}\n{}",
                    serde_json::to_string(&person).unwrap(),
                    serde_json::to_string(&page).unwrap()
                );
                seen.insert(line.id.to_string(), text);
            }
            for n in 0..PEOPLE {
                let found = finding::find(db, &format!("person{n}"), 10)?;
                seen.insert(format!("find {n}"), format!("{found:?}"));
                let hits = finding::moments(db, &format!("word{n}x0"), None, None, 10)?;
                let hits: Vec<_> = hits.iter().map(|h| (h.moment.person, h.moment.id)).collect();
                seen.insert(format!("hits {n}"), format!("{hits:?}"));
            }
            Ok::<_, memory::MemoryError>(seen)
        })
        .await
        .unwrap()
}

fn holds(
    open: &dyn Fn() -> Option<(Store, Option<tempfile::TempDir>)>,
    runtime: &tokio::runtime::Runtime,
    cases: u32,
) {
    let strategy = (prop::collection::vec((0..PEOPLE, 0..PEOPLE), 1..7), any::<prop::sample::Index>());
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&strategy, |(pairs, undo)| {
        let undo = undo.index(pairs.len());
        let (full, _a) = open().unwrap();
        let (without, _b) = open().unwrap();
        let (left, right) = runtime.block_on(async {
            // Joinings that were refused (one person already) are no joinings in either house.
            let done = play(&full, &pairs, Some(undo), None).await;
            let joined: Vec<(usize, usize)> = done.iter().map(|n| pairs[*n]).collect();
            play(&without, &joined, None, done.iter().position(|n| *n == undo)).await;
            (state(&full).await, state(&without).await)
        });
        prop_assert!(left.keys().eq(right.keys()), "other people");
        for (key, seen) in &left {
            let at = seen.bytes().zip(right[key].bytes()).position(|(a, b)| a != b).unwrap_or(seen.len());
            let near =
                |text: &str| text.get(at.saturating_sub(60)..(at + 60).min(text.len())).map(str::to_owned);
            prop_assert!(*seen == right[key], "{key}: {:?} but {:?}", near(seen), near(&right[key]));
        }
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn any_joinings_and_one_undo_equal_the_state_without_it_on_sqlite() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let open = || {
        let folder = tempfile::tempdir().unwrap();
        let location = store::Location::Folder(folder.path().to_owned());
        let store = runtime.block_on(Store::open(location, HOUSE, noon())).unwrap();
        Some((store, Some(folder)))
    };
    holds(&open, &runtime, 24);
}

#[test]
fn any_joinings_and_one_undo_equal_the_state_without_it_on_postgresql() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let open = || {
        let location = runtime.block_on(trial::server(folder.path()))?;
        Some((runtime.block_on(Store::open(location, HOUSE, noon())).unwrap(), None))
    };
    if open().is_some() {
        holds(&open, &runtime, 8);
    }
}
