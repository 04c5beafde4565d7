//! A server that speaks as the services' handbooks say: it remembers what it was asked, and answers in their words.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::to_bytes,
    extract::Request,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value as Json, json};
use tokio::time::{Duration, sleep};

/// What it was asked.
#[derive(Clone)]
pub struct Asked {
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Asked {
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// What it gives to whoever fetches a photo.
pub const PHOTO: &[u8] = b"\xff\xd8\xff a photo";

/// How it is with it: all well, or the answer that it gives to every message instead.
pub type Mood = Option<(u16, Json)>;

#[derive(Clone)]
pub struct Service {
    pub address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    mood: Arc<Mutex<Mood>>,
    _work: Arc<Stop>,
}

struct Stop(tokio::task::JoinHandle<()>);

impl Drop for Stop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Service {
    pub async fn opens() -> Self {
        let (asked, mood): (Arc<Mutex<Vec<Asked>>>, Arc<Mutex<Mood>>) = Default::default();
        let (kept, felt) = (asked.clone(), mood.clone());
        let app = Router::new().fallback(move |request: Request| {
            let (kept, felt) = (kept.clone(), felt.clone());
            async move {
                let (parts, body) = request.into_parts();
                let body = to_bytes(body, 1 << 20).await.unwrap();
                let body = String::from_utf8(body.to_vec()).unwrap();
                let path = parts.uri.path_and_query().unwrap().to_string();
                let mood = felt.lock().unwrap().clone();
                let host = parts.headers["host"].to_str().unwrap().to_owned();
                kept.lock().unwrap().push(Asked { path: path.clone(), headers: parts.headers, body });
                answer(&path, &host, mood)
            }
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let work = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, asked, mood, _work: Arc::new(Stop(work)) }
    }

    pub fn feels(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// What it was asked at addresses that end so, once it is as much.
    pub async fn was_asked(&self, end: &str, count: usize) -> Vec<Asked> {
        let mut all = Vec::new();
        for _ in 0..400 {
            all = self.asked.lock().unwrap().clone();
            all.retain(|it| it.path.ends_with(end));
            if all.len() >= count {
                assert_eq!(all.len(), count, "more than was said at {end}");
                return all;
            }
            sleep(Duration::from_millis(100)).await;
        }
        panic!("{end} was asked {} times, not {count}", all.len());
    }
}

/// As core.telegram.org/bots/api, developers.facebook.com/docs/whatsapp/cloud-api and twilio.com/docs/messaging/api show it.
fn answer(path: &str, host: &str, mood: Mood) -> Response {
    let says =
        |status: u16, body: Json| (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response();
    let is_message =
        ["/sendMessage", "/messages", "/Messages.json", "/regard"].iter().any(|it| path.ends_with(it));
    match mood.filter(|_| is_message) {
        Some((status, body)) => says(status, body),
        None if path.ends_with("/getMe") => says(
            200,
            json!({"ok": true, "result": {"id": 123_456_789, "is_bot": true, "first_name": "Lantern Row", "username": "lantern_bot"}}),
        ),
        None if path.ends_with("/getFile") => {
            let file = json!({"file_id": "x", "file_unique_id": "y", "file_path": "photos/file_0.jpg"});
            says(200, json!({"ok": true, "result": file}))
        }
        None if path.ends_with("/MEDIA1") => {
            let url = format!("http://{host}/whatsapp_business/attachments/?mid=MEDIA1");
            says(
                200,
                json!({"messaging_product": "whatsapp", "url": url, "mime_type": "image/jpeg", "id": "MEDIA1"}),
            )
        }
        None if path.ends_with("/Media/ME1") => {
            (StatusCode::TEMPORARY_REDIRECT, [("location", "/kept/ME1")]).into_response()
        }
        None if ["/photos/file_0.jpg", "?mid=MEDIA1", "/kept/ME1"].iter().any(|it| path.ends_with(it)) => {
            PHOTO.into_response()
        }
        None if path.ends_with("/setWebhook") => {
            says(200, json!({"ok": true, "result": true, "description": "Webhook was set"}))
        }
        None if path.ends_with("/sendMessage") => {
            says(200, json!({"ok": true, "result": {"message_id": 1366, "chat": {"id": 1_111_111}}}))
        }
        None if path.ends_with("/messages") => says(
            200,
            json!({"messaging_product": "whatsapp", "contacts": [{"input": "35699123456", "wa_id": "35699123456"}],
                "messages": [{"id": "wamid.HBgLMTY0NjcwNDM1OTUVAgARGBI1RjQyNUE3NEYxMzAzMzQ5MkEA"}]}),
        ),
        None if path.contains("fields=display_phone_number") => says(
            200,
            json!({"display_phone_number": "+356 2123 4567", "verified_name": "Lantern Row", "id": "106540352242922"}),
        ),
        None if path.ends_with("/Messages.json") => says(
            201,
            json!({"sid": "SMaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "status": "queued", "error_code": null, "error_message": null}),
        ),
        None if path.ends_with(".json") => {
            says(200, json!({"sid": "AC1", "friendly_name": "Lantern Row", "status": "active"}))
        }
        None => StatusCode::NO_CONTENT.into_response(),
    }
}
