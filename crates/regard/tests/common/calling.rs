//! Programs that call the served house over real HTTP, each with a key of its own.

use std::{
    net::TcpListener,
    process::{Child, Command},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use bytes::Bytes;
use house::{Entered, House, NewToken, Newcomer, Scope, Viewer};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use memory::{prepare, take};
use model::PersonId;
use serde_json::{Value, json};
use store::Store;

/// A port that nobody listens on. It lies below those that the system deals out to whoever calls: a caller who knocks
/// before the server listens could be dealt the very port it knocks at, and would have called itself.
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let of_this_process = std::process::id().wrapping_mul(101);
    loop {
        let port = 23_000 + ((of_this_process + NEXT.fetch_add(1, Ordering::Relaxed)) % 9_000) as u16;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A served house, which ends with the story.
pub struct Server(pub Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the program and waits until it answers.
pub async fn answering(command: &mut Command, port: u16) -> Server {
    let mut server = Server(command.spawn().unwrap());
    for _ in 0..3000 {
        if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return server;
        }
        assert_eq!(server.0.try_wait().unwrap(), None, "the server came up");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the server did not come up");
}

/// Somebody who owns the house, and Ann, of whom there is something to tell.
pub async fn move_in(store: &Store) -> (Entered, PersonId) {
    let house = House::new(store.clone());
    let (secret, _) = house.first_link().await.unwrap().unwrap();
    let newcomer = Newcomer {
        name: "Nora".into(),
        email: "nora@example.com".into(),
        password: "a few words in a row".into(),
        browser: "a test".into(),
    };
    let owner = house.enter(&secret, newcomer).await.unwrap();
    let (world, ann) = (store.world().clone(), prepare(cast::ann()));
    let taken = store.write(move |tx| take(tx, &world, std::slice::from_ref(&ann))).await.unwrap();
    (owner, taken[0].person.unwrap())
}

/// A program with a key for everything.
pub struct Program {
    client: Client<HttpConnector, Full<Bytes>>,
    key: String,
}

impl Program {
    /// With a new key of the owner's.
    pub async fn new(store: &Store, owner: &Viewer) -> Self {
        let new = NewToken { label: "the till".into(), scopes: Scope::ALL.to_vec() };
        let (secret, _) = House::new(store.clone()).make_token(owner, new).await.unwrap();
        // A connection that the server just closed must not be taken for a server that does not answer.
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http();
        Self { client, key: secret.expose().to_owned() }
    }

    /// Calls; nothing if nobody answers to the end.
    pub async fn call(
        &self,
        method: Method,
        port: u16,
        path: &str,
        body: &Value,
    ) -> Option<(StatusCode, String)> {
        let request = Request::builder()
            .method(method)
            .uri(format!("http://127.0.0.1:{port}/api/v1{path}"))
            .header("authorization", format!("Bearer {}", self.key))
            .header("content-type", "application/json")
            .body(Full::from(body.to_string()))
            .unwrap();
        let answer = self.client.request(request).await.ok()?;
        let status = answer.status();
        let body = answer.into_body().collect().await.ok()?.to_bytes();
        Some((status, String::from_utf8_lossy(&body).into_owned()))
    }

    /// Tells of a note whose text is one word and its padding; the word is its key, too.
    pub async fn note(
        &self,
        port: u16,
        person: PersonId,
        word: &str,
        padding: &str,
    ) -> Option<(StatusCode, String)> {
        let moment = json!({"key": word, "at": "2026-03-17T10:00:00Z", "kind": "note", "channel": "phone",
                            "direction": "together", "title": word, "body": format!("{word}{padding}")});
        let body = json!({"source": "till", "moments": [moment]});
        self.call(Method::POST, port, &format!("/people/{person}/moments"), &body).await
    }
}

/// How often each note is there, by its title.
pub async fn notes(store: &Store) -> std::collections::BTreeMap<String, usize> {
    let all = "select title from moments where kind = 'note'";
    let all = store.read(move |db| db.rows(all, &[], |row| row.get::<String>(0))).await.unwrap();
    let mut found = std::collections::BTreeMap::new();
    all.into_iter().for_each(|title| *found.entry(title).or_insert(0) += 1);
    found
}
