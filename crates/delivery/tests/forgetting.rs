//! Forgetting is finished, whatever ends the program in the middle of it.
#![allow(clippy::unwrap_used)]

use memory::{
    forgetting::{self, AskedBy, again},
    prepare, take,
};
use model::{Original, World};
use store::{Store, jobs::Worker, trial::both_engines};

const HOUSE: &[store::Room] = &[store::ROOM, house::ROOM, memory::ROOM, conversations::ROOM, delivery::ROOM];

/// Does what is due.
async fn work(store: &Store) {
    let worker = delivery::jobs(Worker::new(store.clone()), store, "http://localhost");
    while worker.turn().await.unwrap() {}
}

#[test]
fn what_was_not_finished_before_the_program_ended_is_finished_in_the_coming_night() {
    let (world, clock) = World::still(cast::today(), 1);
    both_engines(
        HOUSE,
        || world.clone(),
        |store| {
            let clock = clock.clone();
            async move {
                let digest = store.files().put(b"a letter of hers").unwrap();
                let shared = store.files().put(b"a leaflet that both got").unwrap();
                let original = |digest: &str| Original {
                    digest: digest.into(),
                    name: "letter".into(),
                    media_type: "text/plain".into(),
                    size: 16,
                };
                let (mut ann, mut ben) = (cast::ann(), cast::ben());
                ann.moments[0].originals = vec![original(&digest), original(&shared)];
                ben.moments[0].originals = vec![original(&shared)];
                let (w, batch) = (store.world().clone(), [ann, ben].map(prepare));
                let taken = store.write(move |tx| take(tx, &w, &batch)).await.unwrap();
                let (w, ann) = (store.world().clone(), taken[0].person.unwrap());
                let receipt = store.world().id();
                let out =
                    store.write(move |tx| forgetting::take_out(tx, &w, ann, AskedBy::Us(None), receipt));
                // The program ends here: nobody removes the files, and nobody writes the list.
                drop(out.await.unwrap());
                let list = store.location().folder().join(again::LIST);
                work(&store).await;
                assert!(store.files().has(&digest) && !list.exists(), "nothing is due before the night");
                clock.pass(24 * 3600);
                work(&store).await;
                assert!(!store.files().has(&digest), "her letter is gone");
                assert!(store.files().has(&shared), "what came with Ben as well is his");
                assert!(std::fs::read_to_string(&list).unwrap().contains(&receipt.to_string()));
            }
        },
    );
}
