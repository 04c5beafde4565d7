//! What is promised of files that are handed in, told to both engines.
#![allow(clippy::unwrap_used)]

use std::{
    fs::{self, File},
    path::PathBuf,
    sync::{Arc, Mutex},
    time::{Duration, UNIX_EPOCH},
};

use delivery::{
    DeliveryError, forgetting,
    importing::{
        self, Wish,
        uploads::{find, folder, let_go, receive},
    },
};
use futures_util::{FutureExt, Stream, StreamExt, stream};
use memory::people;
use model::{StillClock, Time, World};
use store::{Room, Store, jobs::Worker, trial::both_engines};

const HOUSE: &[Room] = &[store::ROOM, memory::ROOM, permission::ROOM, conversations::ROOM, delivery::ROOM];
const NOON: i64 = 1_800_000_000;
const MARA: &str = "name,email\nMara Vogel,mara@example.org\n";

fn noon() -> World {
    World::still(Time::from_seconds(NOON), 1).0
}

fn told(text: &'static str) -> impl Stream<Item = Result<&'static str, DeliveryError>> {
    stream::iter(text.split_inclusive('\n').map(Ok))
}

/// Hands a file in; gives where it waits.
async fn hands_in(store: &Store, name: &str, text: &'static str) -> PathBuf {
    let waiting = receive(store, name, 1000, told(text)).await.unwrap();
    find(store, &format!("{}/{}", waiting.digest, waiting.name)).unwrap()
}

fn waiting(store: &Store) -> usize {
    fs::read_dir(folder(store)).map_or(0, Iterator::count)
}

/// The clocks of the worlds that [`a_day_may_pass`] made.
static CLOCKS: Mutex<Vec<Arc<StillClock>>> = Mutex::new(Vec::new());

fn a_day_may_pass() -> World {
    let (world, clock) = World::still(Time::from_seconds(NOON), 1);
    CLOCKS.lock().unwrap().push(clock);
    world
}

async fn hours_pass(store: &Store, hours: i64) {
    CLOCKS.lock().unwrap().iter().for_each(|clock| clock.pass(hours * 3600));
    let worker = delivery::jobs(Worker::new(store.clone()), store, "http://localhost:8080");
    while worker.turn().await.unwrap() {}
}

#[test]
fn a_file_waits_under_its_digest_and_its_own_name() {
    both_engines(HOUSE, noon, |store| async move {
        let waiting = receive(&store, "C:\\lists\\friends (2).csv", 1000, told(MARA)).await.unwrap();
        assert_eq!((waiting.name.as_str(), waiting.size), ("friends (2).csv", MARA.len() as u64));
        assert_eq!(waiting.digest, store::Files::digest(MARA.as_bytes()));
        let path = find(&store, &format!("{}/friends (2).csv", waiting.digest)).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), MARA);
        assert_eq!(hands_in(&store, "friends (2).csv", MARA).await, path, "the same twice is one file");
        for elsewhere in ["regard.db", "../regard.db", &format!("{}/../../regard.db", waiting.digest)] {
            assert_eq!(find(&store, elsewhere), None);
        }
        let other = hands_in(&store, "other.csv", MARA).await;
        let_go(&store, &path).await.unwrap();
        assert!(!path.exists() && other.exists());
    });
}

#[test]
fn nothing_stays_of_a_file_that_did_not_arrive() {
    both_engines(HOUSE, noon, |store| async move {
        let large = receive(&store, "a.csv", 10, told(MARA)).await;
        assert!(matches!(large, Err(DeliveryError::TooLarge(10))), "{large:?}");
        let empty = receive(&store, "a.csv", 10, told("")).await;
        assert!(matches!(&empty, Err(DeliveryError::Empty(name)) if name == "a.csv"), "{empty:?}");
        let broken = told(MARA).chain(stream::iter([Err(DeliveryError::BrokenOff)]));
        let broken = receive(&store, "a.csv", 1000, broken).await;
        assert!(matches!(broken, Err(DeliveryError::BrokenOff)), "{broken:?}");
        assert_eq!(waiting(&store), 0);
        let mut endless = Box::pin(receive(&store, "a.csv", 1000, told(MARA).chain(stream::pending())));
        while waiting(&store) == 0 {
            assert!(endless.as_mut().now_or_never().is_none());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        drop(endless);
        assert_eq!(waiting(&store), 0, "whoever sent it has hung up");
    });
}

#[test]
fn a_file_goes_after_a_day_unless_an_import_still_needs_it() {
    both_engines(HOUSE, a_day_may_pass, |store| async move {
        let old = hands_in(&store, "old.csv", MARA).await;
        let needed = hands_in(&store, "needed.csv", MARA).await;
        let half = folder(&store).join(".half");
        fs::write(&half, "name,email\nMara").unwrap();
        File::options().write(true).open(&half).unwrap().set_modified(UNIX_EPOCH).unwrap();
        let wish = Wish { path: needed.clone(), ..Wish::default() };
        let id = importing::begin(&store, wish, None).await.unwrap();
        hours_pass(&store, 23).await;
        let new = hands_in(&store, "new.csv", "name\nNew\n").await;
        assert!(old.exists() && half.exists());
        hours_pass(&store, 2).await;
        assert!(!old.exists() && !half.exists() && new.exists() && needed.exists());
        let_go(&store, &needed).await.unwrap();
        assert!(needed.exists(), "what is being read is not let go");
        importing::run(&store, id, |_| {}).await.unwrap();
        assert!(!needed.exists(), "what was read does not lie around");
    });
}

#[test]
fn forgetting_somebody_takes_every_file_that_is_not_being_read() {
    both_engines(HOUSE, noon, |store| async move {
        let path = hands_in(&store, "mara.csv", MARA).await;
        importing::import(&store, Wish { path, ..Wish::default() }, None, |_| {}).await.unwrap();
        let mara = store.read(|db| people::list(db, &people::Filter::default(), 1)).await.unwrap();
        let read = hands_in(&store, "read.csv", MARA).await;
        importing::begin(&store, Wish { path: read.clone(), ..Wish::default() }, None).await.unwrap();
        let waits = hands_in(&store, "waits.csv", MARA).await;
        let half = folder(&store).join(".half");
        fs::write(&half, "name,email\nMara").unwrap();
        forgetting::forget(&store, mara[0].id, None).await.unwrap();
        assert!(read.exists() && !waits.exists() && !half.exists());
    });
}
