//! The team at its desk: Ines, her mailbox, and the house that reads and sends in the background.

use std::time::Duration;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use futures_util::StreamExt;
use house::House;
use serde_json::Value as Json;
use store::Store;
use tokio::{sync::watch, time::sleep};
use tower::ServiceExt;

use cast::{elsewhere::Elsewhere, names::Names, post::Post};

pub const HOST: &str = "localhost:8080";

/// A house at work.
pub struct Team {
    pub store: Store,
    pub mailbox: String,
    /// What the world is told of its domain.
    pub names: Names,
    /// Somebody's web server.
    pub elsewhere: Elsewhere,
    app: Router,
    cookie: String,
    stop: watch::Sender<bool>,
    work: Vec<tokio::task::JoinHandle<()>>,
}

impl Drop for Team {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        self.work.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

impl Team {
    /// Ines comes in, adds the mailbox on the page for it, and the house begins to work.
    pub async fn moves_in(store: Store, post: &Post) -> Self {
        let (stop, stopped) = watch::channel(false);
        let (names, elsewhere) = (Names::open(), Elsewhere::open());
        let config = web::Config {
            address: format!("http://{HOST}"),
            dns: Some(names.address),
            pictures_also_from: Some(elsewhere.address),
            ..web::Config::default()
        };
        let app = web::router(web::State::new(store.clone(), config, stopped));
        let mailbox = post.address("hello", "lantern.example");
        let mut team =
            Self { store, mailbox, names, elsewhere, app, cookie: String::new(), stop, work: Vec::new() };
        let (secret, _) = House::new(team.store.clone()).first_link().await.unwrap().unwrap();
        let form = "name=Ines+Okafor&email=ines%40lantern.example&password=the+kettle+sings+at+noon";
        let entered = team.call(post_of(&format!("/door/{}", secret.expose())), form).await;
        assert_eq!(entered.status(), StatusCode::SEE_OTHER);
        let cookie = entered.headers()[header::SET_COOKIE].to_str().unwrap();
        team.cookie = cookie.split(';').next().unwrap().to_owned();
        team.adds_mailbox(post, "secret").await;
        team.begins_work();
        team
    }

    pub async fn adds_mailbox(&self, post: &Post, password: &str) {
        let (imap, smtp, authority) = (post.port("imaps"), post.port("smtp"), post.authority());
        let fields = [
            ("address", self.mailbox.as_str()),
            ("name", "Lantern Row"),
            ("password", password),
            ("imap_host", "localhost"),
            ("imap_port", &imap.to_string()),
            ("imap_security", "tls"),
            ("smtp_host", "localhost"),
            ("smtp_port", &smtp.to_string()),
            ("smtp_security", "starttls"),
            ("authority", &authority),
            ("plus", "on"),
        ];
        let (status, text) = self.posts("/house/mailboxes", &fields).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
    }

    pub fn begins_work(&mut self) {
        let (store, stop) = (self.store.clone(), self.stop.subscribe());
        self.work.push(tokio::spawn(delivery::mailboxes::watch(store.clone(), stop.clone())));
        let (sends, told) = (store.clone(), stop.clone());
        let sending = async move { delivery::sending::send(sends, &format!("http://{HOST}"), told).await };
        self.work.push(tokio::spawn(sending));
        self.work.push(tokio::spawn(async move {
            delivery::jobs(store::jobs::Worker::new(store.clone()), &store, &format!("http://{HOST}"))
                .run(stop)
                .await;
        }));
    }

    async fn call(&self, request: axum::http::request::Builder, body: &str) -> axum::response::Response {
        let request = request
            .header(header::COOKIE, &self.cookie)
            .header(header::HOST, HOST)
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body.to_owned()))
            .unwrap();
        self.app.clone().oneshot(request).await.unwrap()
    }

    pub async fn gets(&self, path: &str) -> String {
        let answer = self.call(Request::get(path), "").await;
        text(answer).await.1
    }

    /// An answer with its headers, as bytes.
    pub async fn asks(&self, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
        whole(self.call(Request::get(path), "").await).await
    }

    /// What somebody gets who is not signed in.
    pub async fn stranger(&self, path: &str) -> StatusCode {
        let request = Request::get(path).header(header::HOST, HOST).body(Body::empty()).unwrap();
        self.app.clone().oneshot(request).await.unwrap().status()
    }

    pub async fn posts(&self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        let escaped = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
        let form = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value)));
        text(self.call(post_of(path), &form.collect::<Vec<_>>().join("&")).await).await
    }

    /// What the browser of a visitor says.
    pub async fn visits(&self, path: &str, key: &str, body: &Json) -> (StatusCode, Json) {
        let request = self.visitor(Request::post(path).header(header::CONTENT_TYPE, "application/json"), key);
        let answer =
            self.app.clone().oneshot(request.body(Body::from(body.to_string())).unwrap()).await.unwrap();
        let (status, said) = text(answer).await;
        (status, serde_json::from_str(&said).unwrap_or(Json::String(said)))
    }

    /// What the browser of a visitor asks for.
    pub async fn visits_to(&self, path: &str, key: &str) -> (StatusCode, Json) {
        let request = self.visitor(Request::get(path), key).body(Body::empty()).unwrap();
        let (status, said) = text(self.app.clone().oneshot(request).await.unwrap()).await;
        (status, serde_json::from_str(&said).unwrap_or(Json::String(said)))
    }

    /// What a service brings.
    pub async fn brings(&self, path: &str, headers: Vec<(String, String)>, body: &str) -> StatusCode {
        self.says(path, headers, body).await.0
    }

    /// The same, with all of the answer.
    pub async fn says(
        &self,
        path: &str,
        headers: Vec<(String, String)>,
        body: &str,
    ) -> (StatusCode, HeaderMap, Vec<u8>) {
        let mut request = Request::post(path).header(header::HOST, HOST);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        whole(self.app.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap())
            .await
    }

    /// What somebody gets whose browser shows this cookie.
    pub async fn asks_as(&self, cookie: &str, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
        let request = Request::get(path).header(header::HOST, HOST).header(header::COOKIE, cookie);
        whole(self.app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()).await
    }

    /// A file that the browser of a visitor sends.
    pub async fn visits_with_file(&self, path: &str, key: &str, bytes: &str) -> StatusCode {
        let part = |head: &str, text: &str| {
            format!("--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n{text}\r\n")
        };
        let file = part("name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain", bytes);
        let body =
            format!("{}{}{file}--edge--\r\n", part("name=\"name\"", "f"), part("name=\"text\"", "Look"));
        let request = Request::post(path).header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        let request = self.visitor(request, key).body(Body::from(body)).unwrap();
        self.app.clone().oneshot(request).await.unwrap().status()
    }

    /// What the browser of a visitor hears on a line that stays open, until it has enough and nothing more comes.
    pub async fn listens(&self, path: &str, key: &str, enough: impl Fn(&[Json]) -> bool) -> Vec<Json> {
        let request = self.visitor(Request::get(path), key).body(Body::empty()).unwrap();
        let answer = self.app.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let (mut body, mut text, mut told) =
            (answer.into_body().into_data_stream(), String::new(), Vec::new());
        for _ in 0..100 {
            match tokio::time::timeout(Duration::from_millis(300), body.next()).await {
                Ok(Some(part)) => text += std::str::from_utf8(&part.unwrap()).unwrap(),
                Ok(None) => break,
                Err(_) if enough(&told) => break,
                Err(_) => {}
            }
            let events = text.split("\n\n").filter_map(|it| it.strip_prefix("data:"));
            told = events.filter_map(|it| serde_json::from_str(it).ok()).collect();
        }
        told
    }

    fn visitor(&self, request: axum::http::request::Builder, key: &str) -> axum::http::request::Builder {
        let request = request.header(header::HOST, HOST).header(header::ACCEPT, "application/json");
        request.header(header::AUTHORIZATION, format!("Bearer {key}")).header("sec-fetch-site", "same-origin")
    }

    /// A page, once it says so.
    pub async fn sees(&self, path: &str, words: &str) -> String {
        let mut page = String::new();
        for _ in 0..300 {
            page = self.gets(path).await;
            if page.contains(words) {
                return page;
            }
            sleep(Duration::from_millis(100)).await;
        }
        panic!("{path} never said {words:?}: {page}");
    }

    /// The page of the first person in a list whose line has these words.
    pub async fn person(&self, list: &str, words: &str) -> String {
        let at = list.find(words).unwrap();
        let href = list[..at].rfind("href=\"/people/").unwrap() + "href=\"".len();
        self.gets(list[href..].split('"').next().unwrap()).await
    }

    /// Where the page of a person is.
    pub fn address(&self, page: &str) -> String {
        let at = page.find("action=\"/people/").unwrap() + "action=\"".len();
        page[at..].split(['"', '/']).take(3).collect::<Vec<_>>().join("/")
    }

    /// Writes an answer into the form of a person's page and sends it.
    pub async fn answers(&self, page: &str, words: &str) {
        let (status, text) = self.tries_to_answer(page, words).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
    }

    /// The same, with a file.
    pub async fn answers_with(
        &self,
        page: &str,
        words: &str,
        name: &str,
        bytes: &str,
    ) -> (StatusCode, String) {
        let names = ["key", "seen", "answers", "mailbox", "to", "cc", "subject"];
        let mut fields: Vec<(&str, String)> = names.iter().map(|name| (*name, field(page, name))).collect();
        fields.push(("text", words.to_owned()));
        let part = |head: String, text: &str| {
            format!("--edge\r\nContent-Disposition: form-data; {head}\r\n\r\n{text}\r\n")
        };
        let mut body: String =
            fields.iter().map(|(name, value)| part(format!("name=\"{name}\""), value)).collect();
        let file = format!("name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/plain");
        body += &(part(file, bytes) + "--edge--\r\n");
        let request = Request::post(format!("{}/answers", self.address(page)))
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        text(self.call(request, &body).await).await
    }

    /// Ines shows her face.
    pub async fn shows_her_face(&self, picture: &str) -> StatusCode {
        let head =
            "Content-Disposition: form-data; name=\"photo\"; filename=\"me.gif\"\r\nContent-Type: image/gif";
        let body = format!("--edge\r\n{head}\r\n\r\n{picture}\r\n--edge--\r\n");
        let request = Request::post("/house/me/photo")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge");
        self.call(request, &body).await.status()
    }

    /// Writes a mail into the form that answers nothing they wrote.
    pub async fn writes_first(&self, page: &str, words: &str) {
        let mut fields: Vec<(&str, String)> =
            ["key", "seen", "mailbox", "to"].iter().map(|name| (*name, field(page, name))).collect();
        fields.extend([("subject", "News".to_owned()), ("text", words.to_owned())]);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let (status, text) = self.posts(&format!("{}/answers", self.address(page)), &fields).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
    }

    pub async fn tries_to_answer(&self, page: &str, words: &str) -> (StatusCode, String) {
        let names = ["key", "seen", "answers", "mailbox", "to", "cc", "subject"];
        let mut fields: Vec<(&str, String)> = names.iter().map(|name| (*name, field(page, name))).collect();
        fields.push(("text", words.to_owned()));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.posts(&format!("{}/answers", self.address(page)), &fields).await
    }

    /// The same desk with another mailbox.
    pub fn with(&self, mailbox: String) -> Self {
        let (app, cookie) = (self.app.clone(), self.cookie.clone());
        let (store, stop) = (self.store.clone(), watch::channel(false).0);
        let (names, elsewhere) = (self.names.clone(), self.elsewhere.clone());
        Self { store, mailbox, names, elsewhere, app, cookie, stop, work: Vec::new() }
    }

    /// The provider knows another password from now on.
    pub async fn spoils_password(&self) {
        let (store, address) = (self.store.clone(), self.mailbox.clone());
        let all = store.read(delivery::mailboxes::all).await.unwrap();
        let it = all.into_iter().find(|it| it.address == address).unwrap();
        let secret = delivery::mailboxes::Secret::Password("no longer this".into());
        let new = delivery::mailboxes::NewMailbox { address, name: it.name, servers: it.servers, secret };
        delivery::mailboxes::add(&store, new).await.unwrap();
    }

    /// The id of a mailbox.
    pub async fn mailbox_id(&self, address: &str) -> model::MailboxId {
        let all = self.store.read(delivery::mailboxes::all).await.unwrap();
        all.into_iter().find(|it| it.address == address).unwrap().id
    }

    /// How many mails were heard.
    pub async fn mails(&self) -> i64 {
        let count = "select count(*) from moments where kind = 'email' and direction = 'heard'";
        self.store.read(move |db| db.number(count, &[])).await.unwrap()
    }

    /// Waits until so many mails were heard.
    pub async fn sees_mails(&self, count: i64) {
        for _ in 0..600 {
            if self.mails().await >= count {
                assert_eq!(self.mails().await, count);
                return;
            }
            sleep(Duration::from_millis(100)).await;
        }
        panic!(
            "{count} mails were never heard, but {}: {}",
            self.mails().await,
            self.gets("/house/mailboxes").await
        );
    }

    /// How often the server numbered the mailbox's inbox anew, and once more.
    pub async fn numberings(&self) -> i64 {
        let address = self.mailbox.clone();
        let count =
            "select count(distinct j.validity) from journal j join mailboxes m on m.mailbox_id = j.mailbox_id
            where m.address = $1 and j.folder = 'INBOX'";
        self.store.read(move |db| db.number(count, store::params![address])).await.unwrap()
    }

    /// Waits until so many messages of the journal are in this state.
    pub async fn sees_journal(&self, state: &'static str, count: i64) {
        let read = "select count(*) from journal where state = $1";
        for _ in 0..300 {
            let found = self.store.read(move |db| db.number(read, store::params![state])).await.unwrap();
            if found >= count {
                return;
            }
            sleep(Duration::from_millis(100)).await;
        }
        panic!("{count} messages were never {state}");
    }

    /// How many people wait for a word.
    pub async fn waiting(&self) -> i64 {
        let count = "select count(*) from people where waits_since is not null";
        self.store.read(move |db| db.number(count, &[])).await.unwrap()
    }

    /// How many people there are.
    pub async fn people(&self) -> i64 {
        self.store.read(move |db| db.number("select count(*) from people", &[])).await.unwrap()
    }

    /// How many threads of mail there are.
    pub async fn threads(&self) -> i64 {
        let count = "select count(distinct thread) from moments where kind = 'email'";
        self.store.read(move |db| db.number(count, &[])).await.unwrap()
    }
}

fn post_of(path: &str) -> axum::http::request::Builder {
    Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
}

async fn whole(answer: axum::response::Response) -> (StatusCode, HeaderMap, Vec<u8>) {
    let (status, headers) = (answer.status(), answer.headers().clone());
    (status, headers, to_bytes(answer.into_body(), usize::MAX).await.unwrap().to_vec())
}

async fn text(answer: axum::response::Response) -> (StatusCode, String) {
    let status = answer.status();
    let bytes = to_bytes(answer.into_body(), 10 << 20).await.unwrap();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

/// What a form's field holds.
pub fn field(page: &str, name: &str) -> String {
    let marked = format!("name=\"{name}\"");
    let at = page.find(&marked).unwrap_or_else(|| panic!("no field {name} in {page}"));
    let began = page[..at].rfind('<').unwrap();
    let mut tag = &page[began..began + page[began..].find('>').unwrap()];
    if tag.starts_with("<select") {
        let choice = &page[began..began + page[began..].find("</select>").unwrap()];
        tag = choice.split("<option").find(|it| it.contains(" selected")).unwrap_or_default();
    }
    let value = tag.split("value=\"").nth(1).map_or("", |it| it.split('"').next().unwrap());
    value.replace("&amp;", "&").replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">")
}

/// Where a link of this id leads.
pub fn link(page: &str, id: &str) -> String {
    let at = page.find(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no link {id} in {page}"));
    let tag = &page[page[..at].rfind('<').unwrap()..];
    let href = tag.find("href=\"").unwrap() + "href=\"".len();
    tag[href..].split('"').next().unwrap().to_owned()
}
