//! A morning: the team meets somebody in its own chat, and whoever promised something gets a mail about it.

use std::sync::{Arc, Mutex};

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use cast::letters::letter;
use conversations::promises::{self, NewPromise};
use model::{PersonId, StaffId};
use serde_json::{Value, json};
use store::jobs;

use crate::story;

type Heard = Arc<Mutex<Vec<Value>>>;

/// A chat that is busy the first time.
async fn hear(State(heard): State<Heard>, Json(line): Json<Value>) -> StatusCode {
    let mut heard = heard.lock().unwrap();
    heard.push(line);
    if heard.len() == 1 { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK }
}

#[test]
fn the_team_meets_somebody_and_promises_are_remembered() {
    story(|team, post_house| async move {
        let heard = Heard::default();
        let chat = Router::new().route("/hooks/abc", post(hear)).with_state(heard.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/hooks/abc", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move { axum::serve(listener, chat).await.unwrap() });

        let (status, page) = team.chats_at("http://chat.example/hooks/abc").await;
        assert!(
            status == StatusCode::UNPROCESSABLE_ENTITY && page.contains("must begin with https://"),
            "{page}"
        );
        assert_eq!(team.chats_at(&address).await.0, StatusCode::SEE_OTHER);

        let ann = post_house.address("ann", "customer.example");
        post_house
            .send(&ann, &team.mailbox, &letter(&ann, &team.mailbox, "Hello", "Are you there?\r\n"))
            .await;
        team.sees("/conversations", "Are you there?").await;
        let world = team.store.world().clone();
        let me: StaffId = team.staff().await;
        let (person, now) = (team.only_person().await, world.now());
        let new = NewPromise {
            person,
            id: world.id(),
            moment: None,
            what: format!("send the guide to {ann}"),
            due_at: now.plus_seconds(3600),
            keeper: me,
            by: me,
        };
        team.store
            .write(move |tx| {
                promises::make(tx, &world, &new)?;
                let day = json!({"day": now.date().to_string()});
                Ok::<_, conversations::ConversationError>(jobs::enqueue(
                    tx, &world, "morning", "now", &day, now,
                )?)
            })
            .await
            .unwrap();

        let subject = format!("send the guide to {ann}");
        let mut mail = None;
        for _ in 0..300 {
            let all = post_house.lies_in("ines@lantern.example").await;
            mail = all.into_iter().find(|it| it.subject().contains(&subject));
            if mail.is_some() && heard.lock().unwrap().len() > 1 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        let mail = mail.expect("a mail about the promise");
        assert!(
            mail.text().contains(&format!("/people/{person}")) && mail.text().contains("Good morning Ines")
        );
        let heard = heard.lock().unwrap().clone();
        assert_eq!(heard.len(), 2, "it was busy once, and told once more");
        let text = heard[1]["text"].as_str().unwrap();
        assert!(text.starts_with("Somebody to meet today: ") && text.contains(&person.to_string()), "{text}");
        let today = team.gets("/").await;
        assert!(today.contains("Somebody to meet today"), "{today}");
        serving.abort();
    });
}

impl crate::team::Team {
    async fn chats_at(&self, chat: &str) -> (StatusCode, String) {
        let empty = ["organisation", "own_addresses", "own_domains", "country"].map(|it| (it, ""));
        let fields = [&empty[..], &[("currency", "EUR"), ("zone", "UTC"), ("team_chat", chat)]].concat();
        self.posts("/house/settings", &fields).await
    }

    async fn only_person(&self) -> PersonId {
        let all = "select person_id from people";
        self.store.read(move |db| db.first(all, &[], |row| row.get(0))).await.unwrap().unwrap()
    }

    async fn staff(&self) -> StaffId {
        let all = house::House::new(self.store.clone()).colleagues().await.unwrap();
        all[0].0
    }
}
