//! The server is killed at random moments while programs tell it things: what it acknowledged is there, once.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod common;

use std::{
    collections::BTreeMap,
    net::TcpListener,
    process::{Child, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use common::{Dice, houses, kill, open, regard, runtime};
use house::{House, NewToken, Newcomer, Scope};
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use memory::{prepare, take};
use model::PersonId;
use serde_json::json;
use store::Location;

const KILLS: usize = 50;
const PROGRAMS: usize = 8;

/// A program with a key of its own, and what it was told is kept.
struct Program {
    client: Client<HttpConnector, Full<bytes::Bytes>>,
    key: String,
    number: usize,
    next: u64,
    kept: Arc<Mutex<Vec<String>>>,
}

impl Program {
    /// Tells one thing after the other until nobody answers. What was not acknowledged is told again the next time,
    /// as every careful program does.
    async fn tell(&mut self, port: u16, person: PersonId) {
        loop {
            let word = format!("word{}x{}", self.number, self.next);
            let moment = json!({"key": word, "at": "2026-03-17T10:00:00Z", "kind": "note", "channel": "phone",
                                "direction": "together", "title": "A note", "body": word});
            let body = json!({"source": "till", "moments": [moment]}).to_string();
            let request =
                http::Request::post(format!("http://127.0.0.1:{port}/api/v1/people/{person}/moments"))
                    .header("authorization", format!("Bearer {}", self.key))
                    .header("content-type", "application/json")
                    .body(Full::from(body))
                    .unwrap();
            let Ok(answer) = self.client.request(request).await else { return };
            let status = answer.status();
            let Ok(body) = answer.into_body().collect().await else { return };
            assert!(status.is_success(), "{status} {:?}", body.to_bytes());
            self.kept.lock().unwrap().push(word);
            self.next += 1;
        }
    }
}

/// Somebody to tell of, and programs that may.
async fn settle(location: &Location) -> (PersonId, Vec<Program>, Arc<Mutex<Vec<String>>>) {
    let store = open(location).await;
    let house = House::new(store.clone());
    let (secret, _) = house.first_link().await.unwrap().unwrap();
    let newcomer = Newcomer {
        name: "Nora".into(),
        email: "nora@example.com".into(),
        password: "a few words in a row".into(),
        browser: "a test".into(),
    };
    let entered = house.enter(&secret, newcomer).await.unwrap();
    let (mut programs, kept) = (Vec::new(), Arc::default());
    for number in 0..PROGRAMS {
        let new = NewToken { label: format!("till {number}"), scopes: Scope::ALL.to_vec() };
        let (secret, _) = house.make_token(&entered.viewer, new).await.unwrap();
        let client = Client::builder(TokioExecutor::new()).build_http();
        let key = secret.expose().to_owned();
        programs.push(Program { client, key, number, next: 0, kept: Arc::clone(&kept) });
    }
    let world = store.world().clone();
    let ann = prepare(cast::ann());
    let taken = store.write(move |tx| take(tx, &world, std::slice::from_ref(&ann))).await.unwrap();
    (taken[0].person.unwrap(), programs, kept)
}

/// A server that answers.
async fn serve(location: &Location) -> (Child, u16) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut server = regard(location)
        .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    for _ in 0..3000 {
        if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return (server, port);
        }
        assert_eq!(server.try_wait().unwrap(), None, "the server came back");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the server did not come back");
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
    let (person, mut programs, kept) = settle(location).await;
    let mut dice = Dice::new(5);
    let mut killed_at_work = 0;
    for _ in 0..KILLS {
        let (mut server, port) = serve(location).await;
        let telling = programs.into_iter().map(|mut program| {
            tokio::spawn(async move {
                program.tell(port, person).await;
                program
            })
        });
        let telling: Vec<_> = telling.collect();
        first_word(&kept).await;
        tokio::time::sleep(Duration::from_millis(dice.below(300))).await;
        killed_at_work += usize::from(telling.iter().all(|one| !one.is_finished()));
        kill(&mut server);
        programs = Vec::new();
        for one in telling {
            programs.push(one.await.unwrap());
        }
    }
    assert_eq!(killed_at_work, KILLS, "each kill came while all were telling");
    let found = bodies(location).await;
    let kept = kept.lock().unwrap();
    for word in kept.iter() {
        assert_eq!(found.get(word), Some(&1), "{word}");
    }
    assert!(found.values().all(|times| *times == 1), "nothing is there twice");
    println!("{KILLS} kills, {} acknowledged, {} found", kept.len(), found.len());
}

async fn bodies(location: &Location) -> BTreeMap<String, usize> {
    let store = open(location).await;
    let all = "select body from moments where kind = 'note'";
    let all = store.read(move |db| db.rows(all, &[], |row| row.get::<String>(0))).await.unwrap();
    let mut found = BTreeMap::new();
    all.into_iter().for_each(|body| *found.entry(body).or_insert(0) += 1);
    found
}

#[test]
fn every_acknowledged_moment_survives_fifty_kills_and_is_there_once() {
    let folder = tempfile::tempdir().unwrap();
    for location in houses(folder.path()) {
        runtime().block_on(told(&location));
    }
}
