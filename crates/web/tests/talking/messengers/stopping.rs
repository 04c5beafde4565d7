//! One word stops what nobody asked for, by whichever messenger it comes; it is confirmed once, and another word undoes it.

use axum::http::StatusCode;
use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha1::Sha1;

use super::{adds, answers, seconds, secret, service::Service, webhook};
use crate::{
    story,
    team::{HOST, Team},
};

/// Somebody writes an SMS, as Twilio brings it.
async fn texts(team: &Team, path: &str, number: u32, words: &str) {
    let sid = format!("SM{number}");
    let mut fields =
        [("MessageSid", sid.as_str()), ("From", "+14158675310"), ("To", "+15017122661"), ("Body", words)];
    fields.sort_unstable();
    let mut mac = Hmac::<Sha1>::new_from_slice(b"auth").unwrap();
    mac.update(format!("http://{HOST}{path}").as_bytes());
    fields.iter().for_each(|(name, value)| mac.update(format!("{name}{value}").as_bytes()));
    let headers = vec![
        ("x-twilio-signature".to_owned(), BASE64_STANDARD.encode(mac.finalize().into_bytes())),
        ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
    ];
    let escaped = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    let form: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    assert_eq!(team.brings(path, headers, &form.join("&")).await, StatusCode::NO_CONTENT);
}

/// What was sent by SMS, the oldest first, once it is as much.
async fn sent(service: &Service, count: usize) -> Vec<String> {
    let asked = service.was_asked("/Messages.json", count).await;
    let body = |it: &super::service::Asked| {
        let form: std::collections::BTreeMap<String, String> =
            axum::extract::Query::try_from_uri(&format!("/?{}", it.body).parse().unwrap()).unwrap().0;
        form["Body"].clone()
    };
    asked.iter().map(body).collect()
}

#[test]
fn stop_by_sms_is_heard_at_once_confirmed_once_and_undone_by_start() {
    story(|team, _post| async move {
        let service = Service::opens().await;
        let fields = [
            ("name", "AC1"),
            ("sender", "+15017122661"),
            ("token", "auth"),
            ("address", service.address.as_str()),
        ];
        let path = format!("/in/{}", adds(&team, "twilio", &fields).await);
        texts(&team, &path, 1, "Where is my parcel?").await;
        let inbox = team.sees("/conversations", "Where is my parcel?").await;
        let hers = team.address(&team.person(&inbox, "Where is my parcel?").await);
        let (status, text) = answers(&team, &team.gets(&hers).await, "With your neighbour.").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        sent(&service, 1).await;

        // What stands there when the service hears that we have it is the refusal itself; brought twice or said twice, it is said once.
        texts(&team, &path, 2, "Stop!").await;
        let nothing = "They want nothing from us that they did not ask for";
        assert!(team.gets(&hers).await.contains(nothing));
        texts(&team, &path, 2, "Stop!").await;
        texts(&team, &path, 3, "STOPALL").await;
        let said = sent(&service, 2).await;
        assert!(
            said[1].contains("nothing more that you did not ask for") && said[1].contains("START"),
            "{said:?}"
        );
        let page = team.sees(&hers, "We confirmed that we leave them in peace").await;
        assert_eq!(page.matches(nothing).count(), 1, "{page}");
        assert_eq!(team.waiting().await, 0, "a stop asks for no answer");

        // What they ask is answered as before; and a yes to that is no yes to everything.
        texts(&team, &path, 4, "Which neighbour?").await;
        let page = team.sees(&hers, "Which neighbour?").await;
        let (status, text) = answers(&team, &page, "Number 9. Is that fine?").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        assert_eq!(sent(&service, 3).await[2], "Number 9. Is that fine?");
        texts(&team, &path, 5, "Yes").await;
        let page = team.gets(&hers).await;
        assert!(!page.contains("Yes to \u{201c}"), "{page}");

        texts(&team, &path, 6, "START").await;
        let page = team.gets(&hers).await;
        assert!(page.contains("Yes to \u{201c}Letters from one of us\u{201d}"), "{page}");
        // A second stop on one day holds as well, and is not confirmed again.
        texts(&team, &path, 7, "QUIT").await;
        let page = team.sees(&hers, "one confirmation was enough").await;
        assert_eq!(page.matches(nothing).count(), 2);
        assert_eq!(sent(&service, 3).await.len(), 3);
        assert!(!team.gets("/").await.contains("Did not arrive"), "it troubles nobody");
    });
}

#[test]
fn a_stop_by_a_messenger_holds_for_mail_and_a_yes_right_after_it_undoes_it() {
    story(|team, post| async move {
        let service = Service::opens().await;
        let place = format!("{}/regard", service.address);
        let id = adds(&team, "generic", &[("name", "lab"), ("address", &place)]).await;
        let (secret, path) = (secret(&team, &id).await, format!("/in/{id}"));
        let ann = post.address("ann", "customer.example");
        let says = async |number: u32, conversation: &str, words: &str| {
            let body = json!({"type": "message.received", "data": {
                "id": format!("m-{number}"), "conversation": conversation, "text": words,
                "from": {"id": conversation, "name": "Ann Lee", "email": ann},
            }});
            let body = body.to_string();
            let headers = webhook(&secret, &number.to_string(), seconds(&team), &body);
            assert_eq!(team.brings(&path, headers, &body).await, StatusCode::NO_CONTENT);
        };
        says(1, "c-7", "Is the sample in?").await;
        let inbox = team.sees("/conversations", "Is the sample in?").await;
        let hers = team.address(&team.person(&inbox, "Is the sample in?").await);
        says(2, "c-7", "Abmelden").await;
        let told = service.was_asked("/regard", 1).await.remove(0).json();
        assert!(
            told["data"]["text"].as_str().unwrap().starts_with("Wir schicken Ihnen nichts mehr"),
            "{told}"
        );
        // A yes right after it answers it.
        says(3, "c-7", "Ja, bitte").await;
        assert!(team.gets(&hers).await.contains("Yes to \u{201c}Letters from one of us\u{201d}"));
        says(4, "c-7", "Stopp").await;

        // Unasked nothing comes, by no way; an answer does.
        team.writes_first(&team.gets(&hers).await, "New beans are here.").await;
        team.sees(&hers, "they asked us to stop").await;
        assert!(post.lies_in(&ann).await.is_empty());
        says(5, "c-7", "Und die Probe?").await;
        let (status, text) = answers(&team, &team.gets(&hers).await, "Ist da.").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        assert_eq!(service.was_asked("/regard", 2).await[1].json()["data"]["text"], "Ist da.");

        // Coming back there is no yes to mail.
        says(6, "c-7", "Start").await;
        team.writes_first(&team.gets(&hers).await, "Newer beans are here.").await;
        for _ in 0..100 {
            if team.gets(&hers).await.matches("they asked us to stop").count() >= 2 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert!(team.gets(&hers).await.matches("they asked us to stop").count() >= 2);
        assert!(post.lies_in(&ann).await.is_empty(), "a yes is for the way on which it was said");
    });
}
