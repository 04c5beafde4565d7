//! The server is killed at random moments while programs tell it things: what it acknowledged is there, once.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod common;

use std::{
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};

use common::{
    Dice,
    calling::{Program, answering, free_port, move_in, notes},
    houses, kill, open, regard, runtime,
};
use model::PersonId;
use store::Location;

const KILLS: usize = 50;
const PROGRAMS: usize = 8;

/// A till and what it still has to tell.
struct Till {
    program: Program,
    number: usize,
    next: u64,
    kept: Arc<Mutex<Vec<String>>>,
}

impl Till {
    /// Tells one thing after the other until nobody answers. What was not acknowledged is told again the next time,
    /// as every careful program does.
    async fn tell(&mut self, port: u16, person: PersonId) {
        loop {
            let word = format!("word {} {}", self.number, self.next);
            let Some((status, said)) = self.program.note(port, person, &word, "").await else { return };
            assert!(status.is_success(), "{status} {said}");
            self.kept.lock().unwrap().push(word);
            self.next += 1;
        }
    }
}

/// Waits until something more is acknowledged: a server that has just begun to answer is not yet under load.
async fn first_word(kept: &Mutex<Vec<String>>) {
    let before = kept.lock().unwrap().len();
    for _ in 0..3000 {
        if kept.lock().unwrap().len() > before {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nothing was acknowledged");
}

async fn told(location: &Location) {
    let kept = Arc::default();
    let (mut tills, person) = {
        let store = open(location).await;
        let (owner, person) = move_in(&store).await;
        let mut tills = Vec::new();
        for number in 0..PROGRAMS {
            let program = Program::new(&store, &owner.viewer).await;
            tills.push(Till { program, number, next: 0, kept: Arc::clone(&kept) });
        }
        (tills, person)
    };
    let mut dice = Dice::new(5);
    let mut killed_at_work = 0;
    for _ in 0..KILLS {
        let port = free_port();
        let mut command = regard(location);
        command.args(["serve", "--listen", &format!("127.0.0.1:{port}")]);
        let mut server = answering(command.stdout(Stdio::null()).stderr(Stdio::null()), port).await;
        let telling = tills.into_iter().map(|mut till| {
            tokio::spawn(async move {
                till.tell(port, person).await;
                till
            })
        });
        let telling: Vec<_> = telling.collect();
        first_word(&kept).await;
        tokio::time::sleep(Duration::from_millis(dice.below(300))).await;
        killed_at_work += usize::from(telling.iter().all(|one| !one.is_finished()));
        kill(&mut server.0);
        tills = Vec::new();
        for one in telling {
            tills.push(one.await.unwrap());
        }
    }
    assert_eq!(killed_at_work, KILLS, "each kill came while all were telling");
    let found = notes(&open(location).await).await;
    let kept = kept.lock().unwrap();
    for word in kept.iter() {
        assert_eq!(found.get(word), Some(&1), "{word}");
    }
    assert!(found.values().all(|times| *times == 1), "nothing is there twice");
    println!("{KILLS} kills, {} acknowledged, {} found", kept.len(), found.len());
}

#[test]
fn every_acknowledged_moment_survives_fifty_kills_and_is_there_once() {
    let folder = tempfile::tempdir().unwrap();
    for location in houses(folder.path()) {
        runtime().block_on(told(&location));
    }
}
