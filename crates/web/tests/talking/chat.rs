//! Talking on a website: as the browser of a visitor asks, answered at the desk, gone on by mail, and back in the talk.

use std::time::Duration;

use axum::http::StatusCode;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use cast::letters::letter;
use conversations::sites;
use model::SiteId;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use store::Files;

use crate::{
    story,
    team::{Team, field},
};

/// A browser on somebody's website.
struct Visitor<'a> {
    team: &'a Team,
    site: String,
    key: String,
}

impl Visitor<'_> {
    async fn posts(&self, what: &str, body: Json) -> (StatusCode, Json) {
        let path = format!("/chat/{}/{what}", self.site);
        self.team.visits(&path, &self.key, &body).await
    }

    /// Says a line, after the work for the first.
    async fn says(&self, name: &str, text: &str) -> Json {
        let mut line = json!({"name": name, "text": text, "page": "https://shop.example/beans?dark=1"});
        let (mut status, mut told) = self.posts("lines", line.clone()).await;
        if status == StatusCode::PRECONDITION_REQUIRED {
            line["work"] = self.works().await.into();
            (status, told) = self.posts("lines", line).await;
        }
        assert_eq!(status, StatusCode::OK, "{told}");
        told
    }

    /// What a browser works out before its first word.
    async fn works(&self) -> String {
        let (status, told) = self.posts("puzzle", json!({})).await;
        assert_eq!(status, StatusCode::OK, "{told}");
        let (puzzle, bits) = (told["puzzle"].as_str().unwrap(), told["bits"].as_u64().unwrap());
        let zeros = |work: &String| {
            let digest = Sha256::digest(work.as_bytes());
            u64::from(u32::from_be_bytes(digest[..4].try_into().unwrap()).leading_zeros())
        };
        (0..u64::MAX).map(|n| format!("{puzzle}.{n}")).find(|work| zeros(work) >= bits).unwrap()
    }

    /// All lines since a number, once there are so many.
    async fn hears(&self, since: i64, count: usize) -> Vec<(i64, String)> {
        let path = format!("/chat/{}/live?since={since}", self.site);
        let told = self
            .team
            .listens(&path, &self.key, |all| all.iter().filter(|it| it["line"].is_object()).count() >= count)
            .await;
        let lines = told.iter().filter_map(|it| it.get("line"));
        lines.map(|it| (it["number"].as_i64().unwrap(), it["text"].as_str().unwrap().to_owned())).collect()
    }
}

/// Ines adds the website on the page for it; gives its id.
async fn website(team: &Team) -> String {
    let page = team.gets("/house/chat").await;
    let id = field(&page, "id");
    let fields = [
        ("id", id.as_str()),
        ("name", "The shop"),
        ("origins", "https://shop.example"),
        ("greeting", "Ask us anything."),
    ];
    let (status, text) = team.posts("/house/chat", &fields).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
    id
}

fn browser<'a>(team: &'a Team, site: &str, letter: char) -> Visitor<'a> {
    Visitor { team, site: site.to_owned(), key: letter.to_string().repeat(43) }
}

/// What Ines writes into the form of the chat.
async fn answers(team: &Team, page: &str, words: &str) -> (StatusCode, String) {
    let form = &page[page.find("id=\"chat\"").unwrap_or_else(|| panic!("no chat in {page}"))..];
    let at = form.find("action=\"").unwrap() + "action=\"".len();
    let action = form[at..].split('"').next().unwrap();
    let (key, seen) = (field(form, "key"), field(form, "seen"));
    team.posts(action, &[("key", &key), ("seen", &seen), ("text", words)]).await
}

/// Whoever was away gets all that was said meanwhile, in order and once; a line that is sent again is said once.
#[test]
fn whoever_was_offline_misses_nothing_and_hears_nothing_twice() {
    story(|team, _post| async move {
        let site = website(&team).await;
        let visitor = browser(&team, &site, 'a');
        assert_eq!(visitor.says("1", "Do you ship to Malta?").await["number"], 1);
        assert_eq!(
            visitor.says("1", "Do you ship to Malta?").await["number"],
            1,
            "the line broke before the answer came"
        );
        let inbox = team.sees("/conversations", "Do you ship to Malta?").await;
        let mut page = team.person(&inbox, "Malta").await;
        // Away for ten minutes.
        for n in 1..=10 {
            let (status, text) = answers(&team, &page, &format!("Answer {n}")).await;
            assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
            page = team.gets(&team.address(&page)).await;
        }
        let (status, text) = answers(&team, &page, "Answer 10").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        let told = visitor.hears(1, 11).await;
        // A file comes from somebody who said something before, and from nobody else.
        let path = format!("/chat/{site}/files");
        let stranger = team.visits_with_file(&path, &"s".repeat(43), "of a stranger").await;
        assert_eq!(stranger, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!team.store.files().has(&Files::digest(b"of a stranger")));
        assert_eq!(team.visits_with_file(&path, &visitor.key, "of the visitor").await, StatusCode::OK);
        assert!(team.store.files().has(&Files::digest(b"of the visitor")));
        let numbers: Vec<i64> = told.iter().map(|it| it.0).collect();
        assert_eq!(numbers, (2..=12).collect::<Vec<_>>());
        assert_eq!(told[0].1, "Answer 1");
        assert_eq!(visitor.hears(13, 0).await, [], "nothing twice");

        // A colleague who has not seen an answer does not say it once more.
        let old = page.replace(
            "id=\"chat-seen\" type=\"hidden\" name=\"seen\" value=\"11\"",
            "id=\"chat-seen\" type=\"hidden\" name=\"seen\" value=\"1\"",
        );
        assert_ne!(old, page);
        let old = old.replace(
            "id=\"chat-key\" type=\"hidden\" name=\"key\" value=\"",
            "id=\"chat-key\" type=\"hidden\" name=\"key\" value=\"other",
        );
        let (status, text) = answers(&team, &old, "May I help?").await;
        assert_eq!(status, StatusCode::CONFLICT, "{text}");
    });
}

/// A claim that nobody vouches for shows nobody's history, and what is signed does.
#[test]
fn a_claim_that_nobody_vouches_for_shows_nothing() {
    story(|team, post| async move {
        let site = website(&team).await;
        let ann = post.address("ann", "customer.example");
        post.send(&ann, &team.mailbox, &letter(&ann, &team.mailbox, "Secret", "My number is 4711.\r\n"))
            .await;
        let inbox = team.sees("/conversations", "My number is 4711.").await;
        let hers = team.person(&inbox, "4711").await;

        let eve = browser(&team, &site, 'e');
        eve.says("1", "I am Ann, what is my number?").await;
        let (status, told) = eve.posts("address", json!({"address": ann})).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "{told}");
        assert_eq!(eve.hears(0, 1).await.len(), 1, "only what was said in this browser");
        let inbox = team.gets("/conversations").await;
        let eves = team.person(&inbox, "what is my number").await;
        assert_ne!(team.address(&eves), team.address(&hers), "two people");
        assert!(eves.contains("Not signed in there") && !eves.contains("4711"));
        let (status, _) = eve.posts("identity", json!({"token": "eyJhbGciOiJub25lIn0.e30."})).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);

        // Where only those may talk whom the site vouches for, nobody else can, by whichever door.
        let fields = [
            ("id", site.as_str()),
            ("name", "The shop"),
            ("origins", "https://shop.example"),
            ("vouched_only", "on"),
        ];
        let (status, text) = team.posts("/house/chat", &fields).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        let line = json!({"name": "1", "text": "Let me in", "page": ""});
        let (status, told) = browser(&team, &site, 'g').posts("lines", line).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{told}");
        let key = "h".repeat(43);
        let form = [("key", key.as_str()), ("text", "Let me in"), ("address", "eve@evil.example")];
        let (status, _) = team.posts(&format!("/chat/{site}/form"), &form).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
        assert!(!team.gets("/conversations").await.contains("Let me in"));
        // Nor does anybody leave a file there.
        let path = format!("/chat/{site}/files");
        assert_eq!(team.visits_with_file(&path, &eve.key, "of Eve").await, StatusCode::FORBIDDEN);
        assert!(!team.store.files().has(&Files::digest(b"of Eve")));

        // Another key opens nothing of it, and no key nothing at all.
        let (status, _) = browser(&team, &site, 'f').posts("here", json!({"seen": 1})).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let (status, _) =
            Visitor { key: String::new(), ..browser(&team, &site, 'f') }.posts("here", json!({})).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    });
}

/// Whoever leaves gets the answer by mail, and what they answer there is in the talk when they return.
#[test]
fn whoever_leaves_gets_the_answer_by_mail_and_finds_theirs_in_the_talk() {
    story(|team, post| async move {
        let site = website(&team).await;
        let ann = post.address("ann", "customer.example");
        let visitor = browser(&team, &site, 'a');
        visitor.says("1", "Which grinder for a small kitchen?").await;
        visitor.posts("address", json!({"address": ann})).await;
        visitor.posts("here", json!({"seen": 1, "leaving": true})).await;
        let inbox = team.sees("/conversations", "Which grinder").await;
        let page = team.person(&inbox, "Which grinder").await;
        assert!(page.contains("They left") && page.contains(&ann), "{page}");
        let (status, text) = answers(&team, &page, "The little one.").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        tokio::time::sleep(Duration::from_secs(55)).await;
        assert!(post.lies_in(&ann).await.is_empty(), "not before the minute is over");
        let mail = post.arrived(&ann, 1).await.remove(0);
        assert!(mail.text().starts_with("The little one."), "{}", mail.text());
        team.sees(&team.address(&page), "Sent ").await;

        let reply = mail.reply(&ann, "And how loud is it?\r\n\r\n> The little one.\r\n");
        post.send(&ann, &reply.to(), &reply).await;
        let page = team.sees(&team.address(&page), "And how loud is it?").await;
        assert!(page.contains("Which grinder"), "one conversation");
        assert_eq!(visitor.hears(0, 3).await[2].1, "And how loud is it?", "without what is quoted");
        assert_eq!(post.lies_in(&ann).await.len(), 1, "one mail");

        // The link in the mail leads back from any browser.
        let text = mail.text();
        let way = text.split("/talk#").nth(1).unwrap().split_whitespace().next().unwrap();
        let other = browser(&team, &site, 'b');
        let (status, told) = other.posts("back", json!({"token": way})).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "{told}");
        assert_eq!(other.hears(0, 3).await.len(), 3);
    });
}

/// The form says the same to a browser without scripts; what is wrong is said, and nothing of it is lost.
#[test]
fn a_form_without_a_script_says_the_same() {
    story(|team, post| async move {
        let site = website(&team).await;
        let (path, ann) = (format!("/chat/{site}/form"), post.address("ann", "customer.example"));
        let page = team.gets(&path).await;
        let key = field(&page, "key");
        let fields = |address: &str| {
            [
                ("key", key.clone()),
                ("text", "Do you repair mills?".into()),
                ("address", address.to_owned()),
                ("name", "Ann Lee".into()),
            ]
        };
        let send = |address: String| {
            let (fields, team, path) = (fields(&address), &team, &path);
            async move {
                let fields: Vec<(&str, &str)> =
                    fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
                team.posts(path, &fields).await
            }
        };
        let (status, text) = send("nobody".into()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text.contains("Do you repair mills?") && text.contains("role=\"alert\""), "{text}");
        for _ in 0..2 {
            assert_eq!(send(ann.clone()).await.0, StatusCode::SEE_OTHER);
        }
        let inbox = team.sees("/conversations", "Do you repair mills?").await;
        let page = team.person(&inbox, "repair").await;
        assert!(page.contains("Ann Lee") && page.contains(&ann));
        assert_eq!(team.people().await, 1, "sent twice, said once");
    });
}

/// What a site's server would sign.
async fn token(team: &Team, site: &str, sub: &str) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let (id, world): (SiteId, _) = (site.parse().unwrap(), team.store.world().clone());
    let key = team.store.write(move |tx| {
        let site = sites::one(tx, id)?.unwrap();
        sites::signing_key(tx, &world, &site)
    });
    let key = key.await.unwrap();
    let until = team.store.world().now().micros() / 1_000_000 + 300;
    let parts = [json!({"alg": "HS256"}), json!({"sub": sub, "exp": until})];
    let text = parts.map(|it| BASE64_URL_SAFE_NO_PAD.encode(it.to_string())).join(".");
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

/// A stranger's browser works before its first word, for itself and for one beginning; whom the site vouches for need not.
#[test]
fn nobody_begins_a_talk_without_the_work_for_it() {
    story(|team, _post| async move {
        let site = website(&team).await;
        let (ann, eve) = (browser(&team, &site, 'a'), browser(&team, &site, 'e'));
        let line = |work: &str| json!({"name": "1", "text": "Hello?", "page": "", "work": work});
        let work = ann.works().await;
        let puzzle = work.rsplit_once('.').unwrap().0;
        for shown in ["", puzzle, "1800000000.AAAAAAAAAAAAAAAAAAAAAA.1"] {
            let (status, told) = ann.posts("lines", line(shown)).await;
            assert_eq!(status, StatusCode::PRECONDITION_REQUIRED, "{shown}: {told}");
            assert!(told["detail"].as_str().unwrap().contains("puzzle"), "{told}");
        }
        let (status, told) = eve.posts("lines", line(&work)).await;
        assert_eq!(status, StatusCode::PRECONDITION_REQUIRED, "it was posed to Ann: {told}");
        assert_eq!(team.people().await, 0, "nothing is kept of any of it");
        assert_eq!(ann.posts("lines", line(&work)).await.0, StatusCode::OK);
        let (status, told) =
            ann.posts("lines", json!({"name": "2", "text": "Still there?", "page": ""})).await;
        assert_eq!(status, StatusCode::OK, "once is enough: {told}");
        let (status, told) = eve.posts("lines", line(&work)).await;
        assert_eq!(status, StatusCode::PRECONDITION_REQUIRED, "{told}");

        let mut vouched = line("");
        vouched["token"] = token(&team, &site, "c-7").await.into();
        assert_eq!(browser(&team, &site, 'v').posts("lines", vouched).await.0, StatusCode::OK);
        assert_eq!(team.people().await, 2);

        // The form works without a script, and at a pace of its own.
        let path = format!("/chat/{site}/form");
        let mut answers = Vec::new();
        for n in 0..11 {
            let key = format!("{n:0>43}");
            let fields = [("key", key.as_str()), ("text", "Buy pills"), ("address", "spam@evil.example")];
            answers.push(team.posts(&path, &fields).await.0);
        }
        assert_eq!(answers[9], StatusCode::SEE_OTHER);
        assert_eq!(answers[10], StatusCode::TOO_MANY_REQUESTS);
    });
}

/// Whoever is known by the talk alone deletes it; for whoever is known otherwise one of us has to look, and the wish waits in the inbox.
#[test]
fn somebody_deletes_what_they_said_from_the_talk_itself() {
    story(|team, _post| async move {
        let site = website(&team).await;
        let ann = browser(&team, &site, 'a');
        let (status, _) = ann.posts("erase", json!({"name": "w"})).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "nothing was said");
        ann.says("1", "My gate code is 4711.").await;
        assert_eq!(
            team.visits_with_file(&format!("/chat/{site}/files"), &ann.key, "her plan").await,
            StatusCode::OK
        );
        let inbox = team.sees("/conversations", ">Look<").await;
        let page = team.person(&inbox, ">Look<").await;
        let (status, text) = answers(&team, &page, "Noted.").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        assert_eq!(
            team.visits_to(&format!("/chat/{site}/erase"), &ann.key).await.1,
            json!({"at_once": true})
        );
        let (status, _) = browser(&team, &site, 'e').posts("erase", json!({"name": "w"})).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "with another key nobody deletes anything");
        assert_eq!(team.people().await, 1);
        let (status, receipt) = ann.posts("erase", json!({"name": "w"})).await;
        assert_eq!(status, StatusCode::OK, "{receipt}");
        assert_eq!(receipt["gone"]["moments"], 3);
        assert!(receipt["stays"][0]["what"].as_str().unwrap().starts_with("A keyed hash"), "{receipt}");
        assert_eq!(team.people().await, 0);
        assert!(!team.store.files().has(&Files::digest(b"her plan")));
        assert!(!team.gets("/conversations").await.contains("4711"));
        let log = team.gets("/house/log").await;
        assert!(log.contains("they themselves") && log.contains("person forgotten"), "{log}");

        // Somebody whom the site vouches for: the wish is theirs to say, and ours to do.
        let mut line = json!({"name": "1", "text": "My gate code is 4712.", "page": ""});
        line["token"] = token(&team, &site, "c-7").await.into();
        let (_, told) = browser(&team, &site, 'v').posts("lines", line).await;
        let ben = Visitor { key: told["key"].as_str().unwrap().to_owned(), ..browser(&team, &site, 'v') };
        assert_eq!(
            team.visits_to(&format!("/chat/{site}/erase"), &ben.key).await.1,
            json!({"at_once": false})
        );
        let (status, told) = ben.posts("erase", json!({"name": "w"})).await;
        assert_eq!((status, told), (StatusCode::OK, json!({"asked": true})));
        let inbox = team.sees("/conversations", "Please delete what was said in this chat").await;
        assert!(team.person(&inbox, "Please delete").await.contains("4712"), "nothing is gone yet");
        assert_eq!(
            ben.hears(0, 2).await[1].1,
            "Please delete what was said in this chat, here and with you."
        );
    });
}

/// Only the site's own pages may frame the talk, but where apps may show it.
#[test]
fn an_app_may_show_the_talk_where_somebody_allowed_it() {
    story(|team, _post| async move {
        let site = website(&team).await;
        let policy = |path: String| {
            let team = &team;
            async move {
                let (_, headers, _) = team.asks(&path).await;
                assert_eq!(headers.get("x-frame-options"), None);
                headers["content-security-policy"].to_str().unwrap().to_owned()
            }
        };
        let talk = format!("/chat/{site}/talk");
        assert!(policy(talk.clone()).await.contains("frame-ancestors 'self' https://shop.example"));
        let fields = [
            ("id", site.as_str()),
            ("name", "The shop"),
            ("origins", "https://shop.example"),
            ("apps", "on"),
        ];
        assert_eq!(team.posts("/house/chat", &fields).await.0, StatusCode::SEE_OTHER);
        let open = policy(talk).await;
        assert!(!open.contains("frame-ancestors") && open.contains("worker-src 'self'"), "{open}");
        assert!(team.gets("/house/chat").await.contains("any page on the web can show the talk as well"));
    });
}

/// The desk sees from which page they wrote, and they see who of us answers.
#[test]
fn either_side_sees_where_the_other_speaks_from() {
    story(|team, _post| async move {
        let site = website(&team).await;
        let visitor = browser(&team, &site, 'a');
        visitor.says("1", "Is this one dark?").await;
        let inbox = team.sees("/conversations", "Is this one dark?").await;
        let page = team.person(&inbox, "Is this one").await;
        let link = "They wrote from <a href=\"https://shop.example/beans?dark=1\" target=\"_blank\" rel=\"noopener noreferrer\">";
        assert!(page.contains(link), "{page}");
        for (name, told, shown) in [
            (
                "2",
                "https://shop.example.evil.example/",
                Some("They wrote from https://shop.example.evil.example/. "),
            ),
            ("3", "javascript:alert(1)", None),
        ] {
            visitor.posts("lines", json!({"name": name, "text": "And this?", "page": told})).await;
            let page = team.gets(&team.address(&page)).await;
            assert_eq!(page.contains("They wrote from"), shown.is_some(), "{page}");
            assert!(shown.is_none_or(|it| page.contains(it)), "as words, not as a link: {page}");
        }

        let page = team.gets(&team.address(&page)).await;
        assert_eq!(answers(&team, &page, "Very.").await.0, StatusCode::SEE_OTHER);
        let live = format!("/chat/{site}/live?since=3");
        let last =
            |all: Vec<Json>| all.into_iter().filter_map(|it| it.get("line").cloned()).next_back().unwrap();
        let enough = |all: &[Json]| all.iter().any(|it| it["line"].is_object());
        let line = last(team.listens(&live, &visitor.key, enough).await);
        assert_eq!((line["by"].as_str(), line["face"]["letters"].as_str()), (Some("Ines"), Some("I")));
        assert_eq!(line["face"]["photo"], Json::Null);
        let face = format!("/chat/{site}/lines/4/face");
        assert_eq!(team.visits_to(&face, &visitor.key).await.0, StatusCode::NOT_FOUND);
        assert_eq!(team.shows_her_face("GIF89a of Ines").await, StatusCode::SEE_OTHER);
        let line = last(team.listens(&live, &visitor.key, enough).await);
        assert_eq!(line["face"]["photo"].as_str().map(str::len), Some(16));
        assert_eq!(team.visits_to(&face, &visitor.key).await.0, StatusCode::OK);
        let theirs = format!("/chat/{site}/lines/1/face");
        assert_eq!(team.visits_to(&theirs, &visitor.key).await.0, StatusCode::NOT_FOUND, "their own line");
        assert_eq!(
            team.visits_to(&face, &"e".repeat(43)).await.0,
            StatusCode::NOT_FOUND,
            "not with another key"
        );
    });
}
