//! A program that calls the API over real HTTP, and holds every answer against the document.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use axum::{
    body::Bytes,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use house::{Entered, House, NewToken, Newcomer, Scope, Secret};
use http_body_util::{BodyExt, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Value, json};
use store::Store;
use tokio::sync::watch;

use crate::document::Document;

pub const PASSWORD: &str = "the kettle sings at noon";

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// A house that is served, and whoever works there.
pub struct Served {
    pub address: String,
    pub store: Store,
    pub house: House,
    pub owner: Entered,
    pub document: Arc<Document>,
    _stop: watch::Sender<bool>,
}

/// Serves a house on a port of its own.
pub async fn serve(store: Store) -> Served {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (stop, stopped) = watch::channel(false);
    let reached = web::Config { address: address.clone(), ..web::Config::default() };
    tokio::spawn(web::serve(web::State::new(store.clone(), reached, stopped), listener));
    let house = House::new(store.clone());
    let (secret, _) = house.first_link().await.unwrap().unwrap();
    let newcomer = Newcomer {
        name: "Ines Okafor".into(),
        email: "ines@roastery.example".into(),
        password: PASSWORD.into(),
        browser: "Firefox on Linux".into(),
    };
    let owner = house.enter(&secret, newcomer).await.unwrap();
    let stranger = Program::new(&address, None, Arc::new(Document::empty()));
    let document = stranger.get("/api/v1/openapi.json").await.json();
    let document = Arc::new(Document::new(document));
    Served { address, store, house, owner, document, _stop: stop }
}

impl Served {
    /// A program with a key of the owner's for these purposes.
    pub async fn program(&self, scopes: &[Scope]) -> Program {
        let new = NewToken { label: "the till".into(), scopes: scopes.to_vec() };
        let (secret, _) = self.house.make_token(&self.owner.viewer, new).await.unwrap();
        self.with(&secret)
    }
    /// A program that may do whatever the owner may.
    pub async fn trusted(&self) -> Program {
        self.program(Scope::ALL).await
    }
    pub fn with(&self, secret: &Secret) -> Program {
        let key = format!("Bearer {}", secret.expose());
        Program::new(&self.address, Some(("authorization".into(), key)), self.document.clone())
    }
    pub fn stranger(&self) -> Program {
        Program::new(&self.address, None, self.document.clone())
    }
    /// A browser in which the owner is signed in.
    pub fn browser(&self) -> Program {
        let cookie = format!("regard={}", self.owner.secret.expose());
        Program::new(&self.address, Some(("cookie".into(), cookie)), self.document.clone())
    }
    /// What the log says was done, the latest first.
    pub async fn log(&self) -> Vec<(String, String)> {
        let page = self.house.audit(&self.owner.viewer, None, None).await.unwrap();
        page.lines.into_iter().map(|line| (line.verb, line.about)).collect()
    }
}

/// Somebody who calls.
pub struct Program {
    client: Client<HttpConnector, Full<Bytes>>,
    address: String,
    shown: Option<(String, String)>,
    document: Arc<Document>,
    /// The operations that were called.
    pub called: Mutex<BTreeSet<(String, String)>>,
}

impl Program {
    fn new(address: &str, shown: Option<(String, String)>, document: Arc<Document>) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { client, address: address.to_owned(), shown, document, called: Mutex::default() }
    }

    /// The header that this program shows, as one writes it.
    pub fn shown_header(&self) -> String {
        self.shown.as_ref().map(|(name, value)| format!("{name}: {value}")).unwrap_or_default()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], Bytes::new()).await
    }
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, &[("content-type", "application/json")], body.to_string().into()).await
    }
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, &[("content-type", "application/json")], body.to_string().into()).await
    }
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &[], Bytes::new()).await
    }
    pub async fn post_with_key(&self, path: &str, key: &str, body: Value) -> Answer {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        self.send(Method::POST, path, &headers, body.to_string().into()).await
    }

    /// Calls, and holds the answer against the document.
    pub async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Bytes) -> Answer {
        let mut request = Request::builder().method(method.clone()).uri(format!("{}{path}", self.address));
        let shown = self.shown.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in shown.chain(headers.iter().copied()) {
            request = request.header(name, value);
        }
        let sent = body.clone();
        let answer = self.client.request(request.body(Full::new(body)).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let answer = Answer { status: parts.status, headers: parts.headers, bytes };
        let kind = answer.header(header::CONTENT_TYPE.as_str()).to_owned();
        if let Some(template) = self.document.hold(&method, path, answer.status, &kind, &answer.bytes) {
            if answer.status.is_success() {
                self.document.hold_sent(&method, path, &sent);
            }
            self.called.lock().unwrap().insert((method.to_string(), template));
        }
        answer
    }

    /// Tells of everyone in the cast; gives their ids in the order of `cast::everyone`.
    pub async fn tell_of_everyone(&self) -> Vec<String> {
        let items: Vec<Value> = cast::everyone().iter().map(told).collect();
        let answer = self.post("/api/v1/people/batch", json!({ "items": items })).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let all = answer.json();
        let all = all["items"].as_array().unwrap();
        all.iter().map(|told| told["person"].as_str().unwrap().to_owned()).collect()
    }
}

/// A fragment as programs write it.
pub fn told(fragment: &model::Fragment) -> Value {
    let handles = fragment.handles.iter();
    let handles = handles.map(|h| json!({"kind": h.kind, "value": h.value, "verified": h.verified}));
    let mut moments = json!(fragment.moments);
    for moment in moments.as_array_mut().unwrap() {
        moment.as_object_mut().unwrap().remove("originals");
    }
    // What the team itself notes comes in by the desk; a program says the same in its own name.
    let source = if fragment.source == "desk" { "switchboard" } else { &fragment.source };
    json!({
        "source": source, "key": fragment.key, "seen_at": fragment.seen_at, "fields": fragment.fields,
        "handles": handles.collect::<Vec<_>>(), "roles": fragment.roles, "moments": moments,
    })
}
