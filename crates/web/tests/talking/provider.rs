//! A provider of tokens, as large ones are: a code that is good once and only with its verifier, tokens that each renew once, and
//! a mail server that asks it about every token it is shown.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use axum::{
    Form, Json, Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use cast::post::Post;
use serde_json::json;
use sha2::{Digest, Sha256};

type Fields = BTreeMap<String, String>;

/// What it remembers.
#[derive(Default)]
struct Books {
    /// Codes with the challenge and who said yes.
    codes: BTreeMap<String, (String, String)>,
    /// Tokens that open something, with whose mailbox.
    open: BTreeMap<String, String>,
    /// Tokens that renew, each once.
    renewing: BTreeMap<String, String>,
    used: BTreeSet<String>,
    given: u32,
    renewals: u32,
    /// Somebody showed a token that had been used: a thief, or a careless program.
    reused: bool,
}

/// A provider at work.
#[derive(Clone)]
pub struct Provider {
    books: Arc<Mutex<Books>>,
    pub address: String,
    _work: Arc<Stop>,
}

struct Stop(tokio::task::JoinHandle<()>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Provider {
    /// Opens where the mail house asks for it.
    pub async fn opens(post: &Post) -> Self {
        let books = Arc::new(Mutex::new(Books::default()));
        let app = Router::new()
            .route("/authorize", get(authorize))
            .route("/token", get(about).post(token))
            .with_state(books.clone());
        let port = post.port("oauth");
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let work = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { books, address: format!("http://127.0.0.1:{port}"), _work: Arc::new(Stop(work)) }
    }

    /// Somebody follows the link to the provider, says yes, and is sent back: the path and query there.
    pub async fn says_yes(&self, link: &str) -> String {
        let query: axum::http::Uri = link.replace("&amp;", "&").parse().unwrap();
        let asked: Query<Fields> = Query::try_from_uri(&query).unwrap();
        let answer = authorize(State(self.books.clone()), asked).await;
        let back = answer.headers()["location"].to_str().unwrap();
        back[back.find("/house").unwrap()..].to_owned()
    }

    /// Every token that opens something is spent from now on, whatever was said when it was given.
    pub fn spends_all(&self) {
        self.books.lock().unwrap().open.clear();
    }

    /// The yes is taken back.
    pub fn takes_it_back(&self) {
        let mut books = self.books.lock().unwrap();
        books.open.clear();
        books.renewing.clear();
    }

    /// How often a token was renewed, and whether one was shown twice.
    pub fn renewals(&self) -> (u32, bool) {
        let books = self.books.lock().unwrap();
        (books.renewals, books.reused)
    }
}

type Shared = State<Arc<Mutex<Books>>>;

async fn authorize(State(books): Shared, Query(asked): Query<Fields>) -> Response {
    assert_eq!((asked["response_type"].as_str(), asked["code_challenge_method"].as_str()), ("code", "S256"));
    let mut books = books.lock().unwrap();
    books.given += 1;
    let code = format!("code-{}", books.given);
    books.codes.insert(code.clone(), (asked["code_challenge"].clone(), asked["login_hint"].clone()));
    Redirect::to(&format!("{}?code={code}&state={}", asked["redirect_uri"], asked["state"])).into_response()
}

async fn token(State(books): Shared, Form(asked): Form<Fields>) -> Response {
    let mut books = books.lock().unwrap();
    if (asked["client_id"].as_str(), asked["client_secret"].as_str()) != ("regard", "hush") {
        return refuse("invalid_client", "who is asking?");
    }
    let whose = match asked["grant_type"].as_str() {
        "authorization_code" => {
            let challenge = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(asked["code_verifier"].as_bytes()));
            books.codes.remove(&asked["code"]).filter(|(it, _)| *it == challenge).map(|(_, whose)| whose)
        }
        "refresh_token" => {
            let shown = asked["refresh_token"].clone();
            books.renewals += 1;
            let whose = books.renewing.remove(&shown);
            if whose.is_none() && books.used.contains(&shown) {
                books.reused = true;
                books.renewing.clear();
            }
            books.used.extend(whose.is_some().then_some(shown));
            whose
        }
        _ => None,
    };
    let Some(whose) = whose else { return refuse("invalid_grant", "the yes was taken back") };
    books.given += 1;
    let (access, refresh) = (format!("access-{}", books.given), format!("refresh-{}", books.given));
    books.open.insert(access.clone(), whose.clone());
    books.renewing.insert(refresh.clone(), whose);
    // The first lasts so short that it is spent when it comes.
    let seconds = if books.renewals == 0 { 30 } else { 3600 };
    let said = json!({"access_token": access, "refresh_token": refresh, "token_type": "Bearer", "expires_in": seconds});
    Json(said).into_response()
}

fn refuse(error: &str, why: &str) -> Response {
    let said = json!({"error": error, "error_description": why});
    (StatusCode::BAD_REQUEST, Json(said)).into_response()
}

/// What the mail server wants to know of a token (RFC 7662).
async fn about(State(books): Shared, Query(asked): Query<Fields>) -> Json<serde_json::Value> {
    let books = books.lock().unwrap();
    Json(match books.open.get(&asked["token"]) {
        Some(whose) => json!({"active": true, "username": whose}),
        None => json!({"active": false}),
    })
}
