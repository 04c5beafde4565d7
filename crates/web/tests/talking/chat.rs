//! Talking on a website: as the browser of a visitor asks, answered at the desk, gone on by mail, and back in the talk.

use std::time::Duration;

use axum::http::StatusCode;
use cast::letters::letter;
use serde_json::{Value as Json, json};
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

    async fn says(&self, name: &str, text: &str) -> Json {
        let (status, told) =
            self.posts("lines", json!({"name": name, "text": text, "page": "https://shop.example/"})).await;
        assert_eq!(status, StatusCode::OK, "{told}");
        told
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
