//! The program is killed again and again while mail comes in and goes out: every mail is there once, and nothing leaves twice.
#![allow(clippy::unwrap_used)]

mod common;

use std::{collections::BTreeMap, thread, time::Duration};

use cast::{
    letters::{letter, without_id},
    post::Post,
};
use common::{
    Dice, houses, kill,
    mailing::{answers, mailbox, states},
    open, regard, runtime,
};
use conversations::outbox::State;
use store::{Location, Store};

const MAILS: usize = 120;
const ANSWERS: usize = 40;

/// What was heard, by subject.
async fn heard(store: &Store) -> BTreeMap<String, usize> {
    let all = "select title from moments where kind = 'email' and direction = 'heard'";
    let all = store.read(move |db| db.rows(all, &[], |row| row.get::<String>(0))).await.unwrap();
    let mut found = BTreeMap::new();
    all.into_iter().for_each(|title| *found.entry(title).or_insert(0) += 1);
    found
}

fn work_and_kill(location: &Location, times: usize, dice: &mut Dice) {
    for _ in 0..times {
        let mut child = regard(location).arg("work").spawn().unwrap();
        thread::sleep(Duration::from_millis(150 + dice.below(900)));
        kill(&mut child);
    }
}

#[test]
fn mail_survives_any_number_of_kills() {
    let Some(post) = Post::at_hand() else { return };
    let (folder, runtime) = (tempfile::tempdir().unwrap(), runtime());
    for (house, location) in houses(folder.path()).into_iter().enumerate() {
        let ours = post.address("hello", "lantern.example");
        let ann = post.address("ann", "customer.example");
        let letters: Vec<_> = (0..MAILS)
            .map(|n| match n % 7 {
                0 => without_id(&ann, &ours, &format!("Mail {n}"), "No id.\r\n"),
                _ => letter(&ann, &ours, &format!("Mail {n}"), "Hello.\r\n"),
            })
            .collect();
        runtime.block_on(post.put(&ours, &letters));
        let store = runtime.block_on(open(&location));
        let id = runtime.block_on(mailbox(&store, &post, &ours));
        drop(store);
        let mut dice = Dice::new(house as u64 + 1);
        work_and_kill(&location, 8, &mut dice);

        // What was not read yet is read now, once.
        let mut child = regard(&location).arg("work").spawn().unwrap();
        let store = runtime.block_on(open(&location));
        runtime.block_on(async {
            for _ in 0..600 {
                if heard(&store).await.len() == MAILS {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            let heard = heard(&store).await;
            assert_eq!(heard.len(), MAILS, "every mail is here");
            assert!(heard.values().all(|times| *times == 1), "{heard:?}");
        });
        kill(&mut child);

        // Answers, and kills while they leave.
        let to: Vec<String> = (0..ANSWERS).map(|_| post.address("reader", "customer.example")).collect();
        runtime.block_on(answers(&store, id, &ours, &to));
        drop(store);
        work_and_kill(&location, 8, &mut dice);
        let mut child = regard(&location).arg("work").spawn().unwrap();
        let store = runtime.block_on(open(&location));
        runtime.block_on(async {
            let settled = |state: &State| matches!(state, State::Left | State::Unknown);
            let mut now = BTreeMap::new();
            for _ in 0..1200 {
                now = states(&store).await;
                if now.values().all(settled) {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            assert!(now.values().all(settled), "{now:?}");
            let unknown = now.values().filter(|state| **state == State::Unknown).count();
            // Eight go out at once, and there were eight kills.
            assert!(unknown <= 64 && now.len() == ANSWERS, "{unknown} of {} unknown", now.len());
            for (n, address) in to.iter().enumerate() {
                let arrived = match now[&format!("Answer {n}")] {
                    State::Left => post.arrived(address, 1).await.len(),
                    _ => post.lies_in(address).await.len(),
                };
                assert!(arrived <= 1, "{address} got {arrived}");
            }
            eprintln!("-- {} left, {unknown} unknown", now.len() - unknown);
        });
        kill(&mut child);
    }
}
