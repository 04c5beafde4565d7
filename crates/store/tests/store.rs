//! What the store promises, told to both engines.
#![allow(clippy::unwrap_used)]

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use model::{StaffId, Time, World};
use serde_json::json;
use store::{
    Change, Engine, Files, Location, Migration, Notice, Question, Room, Store, StoreError, ToValue, Value,
    jobs, params, trial::both_engines,
};
use tokio::sync::watch;

const NUMBERS: Room = Room {
    name: "numbers",
    migrations: &[Migration {
        number: 1,
        name: "numbers",
        sql: "create table numbers (number {int} not null primary key, word {text} not null, who {id}) {strict};",
    }],
};
const HOUSE: &[Room] = &[store::ROOM, NUMBERS];

fn noon() -> World {
    World::still(Time::from_seconds(1_800_000_000), 1).0
}

async fn count(store: &Store) -> i64 {
    store.read(|db| db.number("select count(*) from numbers", &[])).await.unwrap()
}

#[test]
fn a_hundred_writers_at_once_are_all_answered_and_only_the_broken_one_loses() {
    both_engines(HOUSE, noon, |store| async move {
        let writes = (0..100i64).map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                store
                    .write(move |tx| {
                        tx.run("insert into numbers (number, word) values ($1, $2)", params![n % 99, "x"])?;
                        if n == 7 {
                            panic!("seven")
                        }
                        Ok::<_, StoreError>(())
                    })
                    .await
            })
        });
        let outcomes: Vec<_> =
            futures_util::future::join_all(writes).await.into_iter().map(Result::unwrap).collect();
        let conflicts = outcomes.iter().filter(|o| matches!(o, Err(StoreError::Conflict(_)))).count();
        let panics =
            outcomes.iter().filter(|o| matches!(o, Err(StoreError::Panicked(why)) if why == "seven")).count();
        assert_eq!((conflicts, panics), (1, 1));
        assert_eq!(count(&store).await, 98);
    });
}

#[test]
fn many_rows_and_every_type_come_back_as_they_went_in() {
    both_engines(HOUSE, noon, |store| async move {
        let who: StaffId = store.world().id();
        store
            .write(move |tx| {
                let rows: Vec<_> =
                    (0..1000i64).map(|n| vec![Value::Int(n), "wörd\0".value(), who.value()]).collect();
                tx.load("numbers", &["number", "word", "who"], &rows)?;
                let more: Vec<_> = (0..500i64).map(|n| vec![Value::Int(n * 3)]).collect();
                let touched = tx.each(
                    "insert into numbers (number, word) values ($1, '') on conflict do nothing",
                    &more,
                )?;
                assert_eq!(touched.iter().sum::<u64>(), 500 - 334);
                Ok::<_, StoreError>(())
            })
            .await
            .unwrap();
        let read = store
            .read(|db| {
                db.first(
                    "select word, who from numbers where number = $2 and word <> $1",
                    params!["", 5i64],
                    |row| Ok((row.get::<String>(0)?, row.get::<Option<StaffId>>(1)?)),
                )
            })
            .await
            .unwrap();
        assert_eq!(read, Some(("wörd\u{fffd}".to_owned(), Some(who))));
    });
}

#[test]
fn a_database_newer_than_the_program_is_refused() {
    both_engines(HOUSE, noon, |store| async move {
        let again = Store::open(store.location().clone(), &[store::ROOM], noon()).await;
        assert!(matches!(again.err(), Some(StoreError::Newer { step }) if step == "numbers 1 numbers"));
        assert!(
            Store::open(store.location().clone(), HOUSE, noon()).await.is_ok(),
            "opening twice is no step back"
        );
    });
}

#[test]
fn a_notice_leaves_after_the_commit_and_never_without_one() {
    both_engines(HOUSE, noon, |store| async move {
        let mut notices = store.notices();
        // PostgreSQL's listener needs a moment to subscribe.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let lost: Result<(), StoreError> = store
            .write(|tx| {
                tx.announce(Notice::about("number", "lost"))?;
                Err(StoreError::Busy)
            })
            .await;
        assert!(lost.is_err());
        store.write(|tx| tx.announce(Notice::about("number", "kept"))).await.unwrap();
        assert_eq!(notices.recv().await.unwrap(), Notice::about("number", "kept"));
    });
}

#[test]
fn changes_sent_together_happen_in_their_order_or_not_at_all() {
    fn rows(from: i64, to: i64) -> Change<'static> {
        let row = |n: i64| vec![Value::Int(n), Value::Text("new".into()), Value::Null];
        Change::Load {
            table: "numbers",
            columns: &["number", "word", "who"],
            rows: (from..to).map(row).collect(),
        }
    }
    fn rename() -> Change<'static> {
        let sets = (0..500).map(|n| vec![Value::Int(n), Value::Text(format!("word {n}").into())]);
        Change::Each { sql: "update numbers set word = $2 where number = $1", sets: sets.collect() }
    }
    both_engines(HOUSE, noon, |store| async move {
        store.write(|tx| tx.all(&[rows(0, 400), rename(), rows(400, 500)])).await.unwrap();
        let asked = store.read(|db| {
            let (mut new, mut words) = (0, Vec::new());
            db.ask(vec![
                Question::new("select count(*) from numbers where word = $1", params!["new"], |row| {
                    new = row.get::<i64>(0)?;
                    Ok(())
                }),
                Question::of(Vec::new(), |_| unreachable!()),
                Question::new(
                    "select word from numbers where number >= $1 and number < 401",
                    params![398i64],
                    |row| {
                        words.push(row.get::<String>(0)?);
                        Ok(())
                    },
                ),
            ])?;
            Ok::<_, StoreError>((new, words))
        });
        let (new, mut words) = asked.await.unwrap();
        words.sort();
        assert_eq!((new, words), (100, vec!["new".to_owned(), "word 398".into(), "word 399".into()]));
        let twice = store.write(|tx| tx.all(&[rename(), rows(499, 600)])).await;
        assert!(twice.is_err(), "a conflict fails them all");
        let new = store.read(|db| db.number("select count(*) from numbers where word = $1", params!["new"]));
        assert_eq!(new.await.unwrap(), 100);
    });
}

#[test]
fn a_write_that_hides_its_error_is_refused_and_the_next_one_is_none_the_worse() {
    both_engines(HOUSE, noon, |store| async move {
        for _ in 0..40 {
            // On PostgreSQL an error ends the transaction, whatever is made of it; SQLite goes on.
            let hidden = store.write(|tx| {
                let _ = tx.run("insert into numbers (number, word, who) values (1, null, null)", &[]);
                tx.announce(Notice::about("numbers", "1"))
            });
            assert_eq!(hidden.await.is_err(), store.engine() == Engine::Postgres);
            let count = store.read(|db| db.number("select count(*) from numbers", &[]));
            assert_eq!(count.await.unwrap(), 0);
        }
        let row = |n: i64| vec![Value::Int(n), Value::Text("new".into()), Value::Null];
        store.write(move |tx| tx.load("numbers", &["number", "word", "who"], &[row(1)])).await.unwrap();
    });
}

#[test]
fn the_log_is_begun_anew_although_somebody_always_reads() {
    const MEGABYTE: usize = 1 << 20;
    both_engines(HOUSE, noon, |store| async move {
        let Location::Folder(folder) = store.location().clone() else { return };
        let reading: Vec<_> = (0..3)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move {
                    loop {
                        let look = store.read(|db| {
                            let count = db.number("select count(*) from numbers", &[])?;
                            std::thread::sleep(std::time::Duration::from_millis(5));
                            Ok::<_, StoreError>(count)
                        });
                        look.await.unwrap();
                    }
                })
            })
            .collect();
        let mut longest = 0;
        for n in 0..400i64 {
            let word = n.to_string().repeat(MEGABYTE / n.to_string().len());
            let row = vec![Value::Int(n), Value::Text(word.into()), Value::Null];
            store
                .write(move |tx| tx.load("numbers", &["number", "word", "who"], std::slice::from_ref(&row)))
                .await
                .unwrap();
            longest = longest.max(std::fs::metadata(folder.join("regard.db-wal")).unwrap().len());
        }
        reading.iter().for_each(tokio::task::JoinHandle::abort);
        assert!(longest < 280 << 20, "the log grew to {} MB", longest >> 20);
        let count = store.read(|db| db.number("select count(*) from numbers", &[]));
        assert_eq!(count.await.unwrap(), 400);
    });
}

#[test]
fn a_job_asked_for_while_it_is_done_is_done_again_and_a_dead_one_revived() {
    let world = || World::new(Arc::new(model::SystemClock), Arc::new(model::SeededChance::new(2)));
    both_engines(HOUSE, world, |store| async move {
        async fn ask(store: &Store, n: i64) {
            let world = store.world().clone();
            let asked = store.write(move |tx| {
                jobs::enqueue(tx, &world, "look", "", &json!({ "n": n }), world.now())?;
                jobs::enqueue(tx, &world, "fail", "", &json!({ "n": n }), world.now())
            });
            asked.await.unwrap();
        }
        let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
        let (seen_here, store_here) = (seen.clone(), store.clone());
        let worker = jobs::Worker::new(store.clone())
            .on("look", move |job| {
                let (seen, store) = (seen_here.clone(), store_here.clone());
                async move {
                    let n = job.payload["n"].as_i64().unwrap();
                    seen.lock().unwrap().push(n);
                    if n == 1 {
                        ask(&store, 2).await;
                    }
                    Ok(())
                }
            })
            .on("fail", |_| async { Err("never".to_owned()) });
        ask(&store, 1).await;
        while worker.turn().await.unwrap() {}
        assert_eq!(*seen.lock().unwrap(), [1, 2]);
        let failed = store.read(|db| jobs::list(db, 10)).await.unwrap();
        assert_eq!(failed.len(), 1, "only what fails is left");
        store
            .write(|tx| {
                tx.run(
                    "update jobs set dead = $1, due_at = due_at + 1000000000, attempts = 16",
                    params![true],
                )
            })
            .await
            .unwrap();
        assert!(!worker.turn().await.unwrap(), "a dead job is left alone");
        ask(&store, 3).await;
        let revived = store.read(|db| jobs::list(db, 10)).await.unwrap();
        let revived = revived.iter().find(|job| job.kind == "fail").unwrap();
        assert!(!revived.dead && revived.attempts == 0 && worker.turn().await.unwrap());
    });
}

#[test]
fn a_job_is_done_once_and_a_hopeless_one_is_kept_for_a_person_to_see() {
    let world = || World::new(Arc::new(model::SystemClock), Arc::new(model::SeededChance::new(1)));
    both_engines(HOUSE, world, |store| async move {
        let done = Arc::new(AtomicI64::new(0));
        let count = done.clone();
        let worker = jobs::Worker::new(store.clone())
            .on("add", move |job| {
                let count = count.clone();
                async move {
                    count.fetch_add(job.payload["n"].as_i64().unwrap_or(0), Ordering::SeqCst);
                    Ok(())
                }
            })
            .on("fail", |_| async { Err("never".to_owned()) });
        let world = store.world().clone();
        store
            .write(move |tx| {
                for _ in 0..2 {
                    jobs::enqueue(tx, &world, "add", "one", &json!({"n": 3}), world.now())?;
                }
                jobs::enqueue(tx, &world, "fail", "two", &json!({}), world.now())
            })
            .await
            .unwrap();
        while worker.turn().await.unwrap() {}
        assert_eq!(done.load(Ordering::SeqCst), 3);
        let left = store.read(|db| jobs::list(db, 10)).await.unwrap();
        assert_eq!(left.len(), 1);
        assert_eq!((left[0].attempts, left[0].last_error.as_str()), (1, "never"));
        let (stop, stopped) = watch::channel(true);
        worker.run(stopped).await;
        drop(stop);
    });
}

#[test]
fn many_files_are_kept_at_once_each_once_and_never_half() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::open(folder.path()).unwrap();
    let all: Vec<Vec<u8>> = (0..50u8).map(|n| vec![n % 40; 3000]).collect();
    let digests = files.put_all(&all).unwrap();
    assert_eq!(digests, all.iter().map(|it| Files::digest(it)).collect::<Vec<_>>(), "in their order");
    for (digest, bytes) in digests.iter().zip(&all) {
        assert_eq!(files.get(digest).unwrap(), *bytes);
    }
    assert_eq!(files.put(&all[3]).unwrap(), digests[3]);

    // What a crash left of a file is made whole by whoever keeps it again.
    let place = |digest: &str| folder.path().join(&digest[..1]).join(digest);
    for left in [&b""[..], &all[7][..2999], &[0; 3000][..]] {
        std::fs::write(place(&digests[7]), left).unwrap();
        assert_eq!(files.put_all(&all[..9]).unwrap(), digests[..9]);
        assert_eq!(files.get(&digests[7]).unwrap(), all[7]);
    }

    // Where one cannot be written that is said, and the next try writes all.
    let of = |bytes: &[u8]| folder.path().join(&Files::digest(bytes)[..1]);
    let new = vec![200u8; 10];
    let other = (201u8..).map(|n| vec![n; 10]).find(|it| of(it) != of(&new)).unwrap();
    std::fs::create_dir_all(of(&other)).unwrap();
    let in_the_way = place(&Files::digest(&other));
    std::fs::create_dir(&in_the_way).unwrap();
    let error = files.put_all(&[&new, &other]).unwrap_err().to_string();
    assert!(error.contains("cannot be kept"), "{error}");
    std::fs::remove_dir(&in_the_way).unwrap();
    for digest in files.put_all(&[&new, &other]).unwrap() {
        assert!(files.has(&digest));
    }
}

#[test]
fn whoever_lost_races_may_still_meet_a_row_that_another_made_first() {
    both_engines(HOUSE, noon, |store| async move {
        let first = "insert into numbers (number, word) values (1, 'shared')";
        store.write(move |tx| tx.run(first, &[])).await.unwrap();
        // All change one row, so that they lose races; and each makes a row that is not there, as one other does.
        let writes = (0..12i64).map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                store
                    .write(move |tx| {
                        let number = 10 + n / 2;
                        let asked = "select count(*) from numbers where number = $1";
                        let is_there = tx.number(asked, params![number])? > 0;
                        std::thread::sleep(std::time::Duration::from_millis(3));
                        if !is_there {
                            let make = "insert into numbers (number, word) values ($1, 'made')";
                            tx.run(make, params![number])?;
                        }
                        tx.run("update numbers set word = $1 where number = 1", params![n.to_string()])?;
                        Ok::<_, StoreError>(())
                    })
                    .await
            })
        });
        for outcome in futures_util::future::join_all(writes).await {
            outcome.unwrap().unwrap();
        }
        assert_eq!(count(&store).await, 7);
    });
}
