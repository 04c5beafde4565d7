//! Who waits for a word from us: told in whatever order and in whatever batches, it comes to the same.
#![allow(clippy::unwrap_used)]

mod common;

use common::{HOUSE, address, mail, noon, somebody, told};
use memory::{
    care::{self, Wanted, Whose},
    joining, people,
};
use model::{Direction, Kind, NewMoment, PersonId, StaffId, Time, Turn};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::json;
use store::{Store, trial};

/// What can happen, by a number: they write, we answer, a machine writes, they buy, we meet, a newsletter, a decision.
fn happening(n: usize, what: usize, day: i64) -> NewMoment {
    let plain = mail(&format!("m{n}"), day, "Hello");
    match what {
        0 => plain,
        1 => NewMoment { direction: Direction::Said, ..plain },
        2 => NewMoment { data: json!({"automatic": "it is an automatic reply"}), ..plain },
        3 => NewMoment { kind: Kind::Purchase, ..plain },
        4 => NewMoment { kind: Kind::Meeting, direction: Direction::Together, ..plain },
        5 => NewMoment { kind: Kind::Outreach, direction: Direction::Said, ..plain },
        6 => NewMoment {
            kind: Kind::Note,
            direction: Direction::Noted,
            data: json!({"settled": "thanks"}),
            ..plain
        },
        _ => NewMoment { kind: Kind::Chat, ..plain },
    }
}

/// The rule in its plainest words: since the first of their words after our last.
fn since(moments: &[NewMoment]) -> Option<Time> {
    let turn = |m: &&NewMoment, turn| Turn::after(&m.kind, m.direction, &m.data) == turn;
    let said = moments.iter().filter(|m| turn(m, Turn::Theirs)).map(|m| m.at).max();
    let asked = moments.iter().filter(|m| turn(m, Turn::Ours)).map(|m| m.at);
    asked.filter(|at| said.is_none_or(|said| *at > said)).min()
}

async fn waits(store: &Store, id: PersonId) -> Option<Time> {
    store.read(move |db| people::person(db, id)).await.unwrap().waits_since
}

fn holds(store: &Store, runtime: &tokio::runtime::Runtime, cases: u32) {
    let one = (0..8usize, 0..12i64, any::<bool>());
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let case = std::cell::Cell::new(0);
    let outcome = runner.run(&prop::collection::vec(one, 1..14), |told_as| {
        case.set(case.get() + 1);
        let key = format!("case {} {:?}", case.get(), told_as);
        let handles = vec![address(&format!("{}@example.com", case.get()))];
        let (mut all, mut batch, mut id) = (Vec::new(), Vec::new(), None);
        for (n, (what, day, last)) in told_as.iter().enumerate() {
            let moment = NewMoment { key: format!("{key} {n}"), ..happening(n, *what, *day) };
            all.push(moment.clone());
            batch.push(moment);
            if *last || n + 1 == told_as.len() {
                let mut fragment = somebody("mail", &key, "Ann", handles.clone());
                fragment.moments = std::mem::take(&mut batch);
                id = runtime.block_on(told(store, vec![fragment]))[0].person;
                prop_assert_eq!(runtime.block_on(waits(store, id.unwrap())), since(&all));
            }
        }
        prop_assert!(id.is_some());
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn in_whatever_order_it_comes_to_be_known_on_sqlite() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let location = store::Location::Folder(folder.path().to_owned());
    let store = runtime.block_on(Store::open(location, HOUSE, noon())).unwrap();
    holds(&store, &runtime, 150);
}

#[test]
fn in_whatever_order_it_comes_to_be_known_on_postgresql() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let Some(location) = runtime.block_on(trial::server(folder.path())) else { return };
    let store = runtime.block_on(Store::open(location, HOUSE, noon())).unwrap();
    holds(&store, &runtime, 60);
}

async fn names(store: &Store, wanted: Wanted) -> Vec<String> {
    let found = store.read(move |db| care::waiting(db, &wanted, 50)).await.unwrap();
    found.into_iter().map(|it| it.line.name).collect()
}

async fn the_inbox(store: Store) {
    let world = store.world().clone();
    let mut batch = Vec::new();
    for (n, name) in ["Ann", "Ben", "Cleo"].into_iter().enumerate() {
        let mut one = somebody("mail", name, name, vec![address(&format!("{name}@example.com"))]);
        one.moments = vec![mail(&format!("1 {name}"), 10 - n as i64, "Where is it?")];
        batch.push(one);
    }
    let ids: Vec<PersonId> = told(&store, batch).await.into_iter().map(|t| t.person.unwrap()).collect();
    let staff: StaffId = world.id();
    assert_eq!(
        names(&store, Wanted::default()).await,
        ["Cleo", "Ben", "Ann"],
        "who waits longest comes first"
    );
    let (mine, nobodys) = (
        Wanted { whose: Whose::Of(staff), ..Wanted::default() },
        Wanted { whose: Whose::Nobodys, ..Wanted::default() },
    );
    let (ann, ben, tick) = (ids[0], ids[1], world.clone());
    store.write(move |tx| care::hand_over(tx, &tick, ann, Some(staff), "she knows you", None)).await.unwrap();
    assert_eq!(names(&store, mine.clone()).await, ["Ann"]);
    assert_eq!(names(&store, nobodys).await, ["Cleo", "Ben"]);

    // Set aside, they wait all the same; when they speak again they are back at once.
    let (tick, until) = (world.clone(), world.now().plus_days(2));
    store.write(move |tx| care::set_aside(tx, &tick, ann, Some(until), None)).await.unwrap();
    let shown = |aside| Wanted { set_aside: Some((world.now(), aside)), ..mine.clone() };
    assert!(names(&store, shown(false)).await.is_empty());
    assert_eq!(names(&store, shown(true)).await, ["Ann"]);
    assert_eq!(names(&store, mine.clone()).await, ["Ann"], "nobody is hidden from the whole list");
    let mut again = somebody("mail", "Ann", "Ann", vec![address("ann@example.com")]);
    again.moments = vec![mail("2 Ann", 20, "Hello?")];
    told(&store, vec![again.clone()]).await;
    assert_eq!(names(&store, shown(false)).await, ["Ann"]);

    // Joined, they are in the hands of whoever was chosen last; apart again, each as before.
    let tick = world.clone();
    let merge =
        store.write(move |tx| joining::merge(tx, &tick, ann, ben, "same", None, false)).await.unwrap();
    let person = store.read(move |db| people::person(db, ben)).await.unwrap();
    assert_eq!((person.keeper, person.waits_since), (Some(staff), Some(mail("", 9, "").at)));
    let tick = world.clone();
    store.write(move |tx| joining::undo(tx, &tick, merge, None)).await.unwrap();
    let person = store.read(move |db| people::person(db, ben)).await.unwrap();
    assert_eq!((person.keeper, person.waits_since), (None, Some(mail("", 9, "").at)));
    assert_eq!(names(&store, mine.clone()).await, ["Ann"]);

    // An answer ends it.
    again.moments = vec![NewMoment { direction: Direction::Said, ..mail("3 Ann", 21, "Here it is.") }];
    told(&store, vec![again]).await;
    assert!(names(&store, mine).await.is_empty());
    let all = store.read(move |db| care::how_many(db, &Wanted::default(), 100)).await.unwrap();
    assert_eq!(all, 2);
    let history = store.read(move |db| care::history(db, ann)).await.unwrap();
    assert_eq!(history.len(), 2);
    assert_eq!(history[1].note, "she knows you");
}

#[tokio::test]
async fn the_inbox_is_a_list_of_people_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let location = store::Location::Folder(folder.path().to_owned());
    the_inbox(Store::open(location, HOUSE, noon()).await.unwrap()).await;
}

#[tokio::test]
async fn the_inbox_is_a_list_of_people_on_postgresql() {
    let folder = tempfile::tempdir().unwrap();
    let Some(location) = trial::server(folder.path()).await else { return };
    the_inbox(Store::open(location, HOUSE, noon()).await.unwrap()).await;
}
