//! The program is killed again and again while a digest goes out to many: nobody gets it twice, nobody is missed, and of whom nobody knows it is
//! said by name. Whoever stops it in the middle does not get it.
#![allow(clippy::unwrap_used)]

mod common;

use std::{collections::BTreeSet, thread, time::Duration};

use cast::sink::Sink;
use common::{
    Dice,
    digesting::{address, begins, mailbox, readers, roasts},
    houses, kill, open, regard, runtime,
};
use conversations::digests::{self, State};
use model::{DigestId, PersonId};
use permission::{
    Point,
    choosing::{self, How},
};
use store::{Location, Store};

const KILLS: usize = 20;
/// Those who stop it in the middle.
const STOP: usize = 40;

/// How many get it: some thousands in the check, 100,000 where somebody asks for it.
fn many() -> usize {
    std::env::var("REGARD_DIGEST_PEOPLE").ok().and_then(|it| it.parse().ok()).unwrap_or(2500)
}

/// Those of the last who have not got it yet say no; gives who did.
async fn stop(store: &Store, id: DigestId, people: &[PersonId]) -> BTreeSet<usize> {
    let (world, people) = (store.world().clone(), people.to_vec());
    store
        .write(move |tx| {
            let mut stopped = BTreeSet::new();
            for n in (0..people.len()).rev() {
                if stopped.len() == STOP {
                    break;
                }
                let waits = "select count(*) from digest_posts where person_id = $1 and digest_id = $2 and state = 'taken'";
                if tx.number(waits, store::params![people[n], id])? == 0 {
                    let how = How { via: "one_click".into(), ..How::default() };
                    choosing::no(tx, &world, people[n], &Point::mail(&address(n)), &roasts(), &how)?;
                    stopped.insert(n);
                }
            }
            Ok::<_, permission::PermissionError>(stopped)
        })
        .await
        .unwrap()
}

fn works(location: &Location) -> std::process::Child {
    regard(location).arg("work").spawn().unwrap()
}

/// Works and is killed, until it was killed often enough; on PostgreSQL two at a time, one of which is killed.
fn work_and_kill(location: &Location, sink: &Sink, total: usize, dice: &mut Dice) -> usize {
    let is_shared = matches!(location, Location::Server { .. });
    let mut other = is_shared.then(|| works(location));
    let mut killed = 0;
    for n in 1..=KILLS {
        let mut child = works(location);
        // As much is to happen before each kill as leaves something for the last.
        let enough = total * n / (KILLS + 2);
        // Of many it takes a while to work out who they are, and until then there is nothing in flight.
        for _ in 0..400 + total / 4 {
            if sink.count() >= enough {
                break;
            }
            thread::sleep(Duration::from_millis(25));
        }
        thread::sleep(Duration::from_millis(dice.below(60)));
        // Sometimes the one that was there before.
        if let Some(other) = other.as_mut().filter(|_| dice.below(2) == 0) {
            std::mem::swap(other, &mut child);
        }
        kill(&mut child);
        killed += 1;
    }
    if let Some(mut other) = other {
        kill(&mut other);
        killed += 1;
    }
    assert!(
        sink.count() > total / 2,
        "of {total} only {} had left: it was killed before it sent",
        sink.count()
    );
    killed
}

#[test]
fn a_digest_to_many_survives_any_number_of_kills() {
    let (folder, runtime) = (tempfile::tempdir().unwrap(), runtime());
    for (house, location) in houses(folder.path()).into_iter().enumerate() {
        let total = many();
        let sink = runtime.block_on(Sink::open()).unwrap();
        let store = runtime.block_on(open(&location));
        let (id, people) = runtime.block_on(async {
            let mailbox = mailbox(&store, sink.port).await;
            let people = readers(&store, total).await;
            (begins(&store, mailbox).await, people)
        });
        drop(store);
        let mut dice = Dice::new(house as u64 + 1);
        let half = work_and_kill(&location, &sink, total / 2, &mut dice);
        let store = runtime.block_on(open(&location));
        let stopped = runtime.block_on(stop(&store, id, &people));
        let before = sink.got();
        let early: Vec<&usize> = stopped.iter().filter(|n| before.contains_key(&address(**n))).collect();
        assert!(early.is_empty(), "{early:?} had it already");

        let mut last = works(&location);
        runtime.block_on(async {
            // On PostgreSQL whoever held a message is taken for gone after a minute.
            let patience = 3000 + total / 10;
            for _ in 0..patience {
                let fates = store.read(move |db| digests::fates(db, id)).await.unwrap();
                let one = store.read(move |db| digests::one(db, id)).await.unwrap().unwrap();
                if one.state == State::Done
                    && fates.iter().all(|(state, _)| state == "left" || state == "unknown")
                {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            let counts = store.read(move |db| digests::counts(db, id)).await.unwrap();
            let fates = store.read(move |db| digests::fates(db, id)).await.unwrap();
            let unknown = store.read(move |db| digests::unknown(db, id, i64::MAX)).await.unwrap();
            eprintln!(
                "-- {:?}: {half} kills, {counts:?}, {fates:?}, {} unknown",
                store.engine(),
                unknown.len()
            );
            let bound = half * delivery::digesting::IN_FLIGHT;
            assert!(unknown.len() <= bound, "{} unknown, {bound} in flight", unknown.len());
            let unknown: BTreeSet<String> = unknown.into_iter().map(|(_, contact)| contact).collect();
            let of = |wanted: &str| {
                let all = counts.iter().filter(|(state, ..)| state == wanted);
                all.map(|(_, why, count)| (why.as_str(), *count)).collect::<Vec<_>>()
            };
            assert_eq!(of("taken"), [("", (total - stopped.len()) as i64)]);
            // Whoever stopped it before they were planned was never to get it.
            let refused = of("refused");
            assert!(
                refused.iter().all(|(why, count)| *why == "withdrawn" && *count <= STOP as i64),
                "{refused:?}"
            );
            assert_eq!(counts.len(), 1 + refused.len(), "{counts:?}");
            let got = sink.got();
            for n in 0..total {
                let (address, times) = (address(n), got.get(&address(n)).copied().unwrap_or(0));
                match (stopped.contains(&n), unknown.contains(&address)) {
                    (true, _) => assert_eq!(times, 0, "{address} had stopped it"),
                    (false, true) => assert!(times <= 1, "{address} got it {times} times"),
                    (false, false) => assert_eq!(times, 1, "{address}"),
                }
            }
        });
        kill(&mut last);
    }
}
