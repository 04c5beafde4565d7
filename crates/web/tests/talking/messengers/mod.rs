//! People write by messengers, and are answered there, in the words of each service's handbook.

mod service;
mod stopping;

use axum::http::StatusCode;
use base64::{Engine, prelude::BASE64_STANDARD};
use cast::letters::letter;
use channels::messengers::{Account, fetch};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value as Json, json};
use service::Service;
use sha1::Sha1;
use sha2::Sha256;

use crate::{
    story,
    team::{HOST, Team, field},
};

fn seconds(team: &Team) -> i64 {
    team.store.world().now().micros() / 1_000_000
}

/// Ines enters it on the page for it; gives its id.
async fn adds(team: &Team, name: &str, fields: &[(&str, &str)]) -> String {
    let page = team.gets("/house/messengers").await;
    let form = &page[page.find(&format!("id=\"new-{name}\"")).unwrap()..];
    let id = field(form, "id");
    let mut all = vec![("id", id.as_str()), ("service", name)];
    all.extend(fields);
    let (status, text) = team.posts("/house/messengers", &all).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
    id
}

/// What the service must know of us, as the page shows it to Ines.
async fn secret(team: &Team, id: &str) -> String {
    let (status, page) = team.posts(&format!("/house/messengers/{id}/secret"), &[]).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    let at = page.rfind("<code>").unwrap() + "<code>".len();
    page[at..].split('<').next().unwrap().to_owned()
}

/// What Ines writes into the form for the messenger.
async fn answers(team: &Team, page: &str, words: &str) -> (StatusCode, String) {
    let form = &page[page.find("id=\"messenger\"").unwrap_or_else(|| panic!("no messenger in {page}"))..];
    let (key, seen) = (field(form, "key"), field(form, "seen"));
    let action = format!("{}/messages", team.address(page));
    team.posts(&action, &[("key", &key), ("seen", &seen), ("text", words)]).await
}

/// The seal of Standard Webhooks.
fn sealed(secret: &str, id: &str, at: i64, body: &str) -> String {
    let key = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{id}.{at}.{body}").as_bytes());
    format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
}

/// The headers of Standard Webhooks.
fn webhook(secret: &str, id: &str, at: i64, body: &str) -> Vec<(String, String)> {
    let seal = sealed(secret, id, at, body);
    let all =
        [("webhook-id", id.to_owned()), ("webhook-timestamp", at.to_string()), ("webhook-signature", seal)];
    all.map(|(name, value)| (name.to_owned(), value)).to_vec()
}

#[test]
fn telegram_brings_what_people_say_and_takes_the_answers() {
    story(|team, _post| async move {
        let service = Service::opens().await;
        let id =
            adds(&team, "telegram", &[("token", "110201543:AAHdqTcv"), ("address", &service.address)]).await;
        assert!(team.gets("/house/messengers").await.contains("@lantern_bot"));
        // It was told where we are, and a word that only it knows.
        let met = service.was_asked("/bot110201543:AAHdqTcv/setWebhook", 1).await[0].json();
        assert_eq!(met["url"], format!("http://{HOST}/in/{id}"));
        let word = met["secret_token"].as_str().unwrap().to_owned();
        assert!(word.len() >= 32, "{word}");

        let path = format!("/in/{id}");
        let update = |number: i64, kind: &str, more: Json| {
            let mut message = json!({
                "message_id": number, "date": seconds(&team),
                "chat": {"id": 1_111_111, "type": kind, "first_name": "Ann", "last_name": "Lee", "username": "annlee"},
                "from": {"id": 1_111_111, "is_bot": false, "first_name": "Ann", "last_name": "Lee", "username": "annlee"},
            });
            message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            json!({"update_id": 10_000 + number, "message": message}).to_string()
        };
        let header = |word: &str| vec![("x-telegram-bot-api-secret-token".to_owned(), word.to_owned())];
        let question = update(1365, "private", json!({"text": "Do you roast on Mondays?"}));
        assert_eq!(team.brings(&path, header("guessed"), &question).await, StatusCode::FORBIDDEN);
        assert_eq!(team.brings(&path, Vec::new(), &question).await, StatusCode::FORBIDDEN);
        for _ in 0..2 {
            assert_eq!(team.brings(&path, header(&word), &question).await, StatusCode::NO_CONTENT);
        }
        // A group is nobody, and what nobody can read is kept and shown.
        let group = update(1, "group", json!({"text": "in a group"}));
        assert_eq!(team.brings(&path, header(&word), &group).await, StatusCode::NO_CONTENT);
        assert_eq!(team.brings(&path, header(&word), "{\"message\": 7}").await, StatusCode::NO_CONTENT);
        let page = team.gets("/house/messengers").await;
        assert!(page.contains("1 could not be read") && page.contains("message: invalid type"), "{page}");
        let at = page.find(&format!("/house/messengers/{id}/originals/")).unwrap();
        assert_eq!(team.gets(page[at..].split('"').next().unwrap()).await, "{\"message\": 7}");

        let inbox = team.sees("/conversations", "Do you roast on Mondays?").await;
        assert!(!inbox.contains("in a group"));
        let page = team.person(&inbox, "on Mondays").await;
        assert!(page.contains("Ann Lee") && page.contains("Answer by Telegram"), "{page}");
        let messages = "select count(*) from moments where kind = 'message'";
        assert_eq!(
            team.store.read(move |db| db.number(messages, &[])).await.unwrap(),
            1,
            "it was brought twice"
        );

        let (status, text) = answers(&team, &page, "Tuesdays and Fridays.").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        let (status, _) = answers(&team, &page, "Tuesdays and Fridays.").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "the same form again says nothing twice");
        let sent = service.was_asked("/sendMessage", 1).await[0].json();
        assert_eq!(sent, json!({"chat_id": "1111111", "text": "Tuesdays and Fridays."}));
        let hers = team.address(&page);
        team.sees(&hers, "Sent ").await;
        assert!(!team.gets("/conversations").await.contains("on Mondays"), "nobody waits");

        // A photo is told of; whoever wrote meanwhile is read before they are answered.
        let old = team.gets(&hers).await;
        let photo = update(
            1367,
            "private",
            json!({"photo": [{"file_id": "x", "file_unique_id": "y", "width": 90, "height": 90}], "caption": "This one?", "date": seconds(&team) - 90}),
        );
        assert_eq!(team.brings(&path, header(&word), &photo).await, StatusCode::NO_CONTENT);
        team.sees(&hers, "[a photo] This one?").await;
        let page = shows(&team, &hers, "photo.jpg").await;
        assert_eq!(service.was_asked("/getFile", 1).await[0].json(), json!({"file_id": "x"}));
        service.was_asked("/file/bot110201543:AAHdqTcv/photos/file_0.jpg", 1).await;
        let (status, _) = answers(&team, &old, "Anything else?").await;
        assert_eq!(status, StatusCode::CONFLICT);

        // The bot is not known any more: what is said waits, and leaves when Ines has entered it again.
        service.feels(Some((401, json!({"ok": false, "error_code": 401, "description": "Unauthorized"}))));
        let (status, text) = answers(&team, &page, "Yes, that one.").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        let told = team.sees("/house/messengers", "Nothing can be sent since").await;
        assert!(told.contains("Unauthorized"), "{told}");
        team.sees(&hers, "asks for patience").await;
        service.feels(None);
        adds_again(&team, &id, &service.address).await;
        team.sees(&hers, "Sent ").await;
        let page = team.gets("/house/messengers").await;
        assert!(!page.contains("Nothing can be sent"), "{page}");

        // Whoever blocked us is not reached, and that is said.
        let blocked =
            json!({"ok": false, "error_code": 403, "description": "Forbidden: bot was blocked by the user"});
        service.feels(Some((403, blocked)));
        let (status, text) = answers(&team, &team.gets(&hers).await, "Hello?").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        team.sees(&hers, "bot was blocked by the user").await;
        // Nobody knows what became of what it held when it broke.
        service.feels(Some((502, json!({}))));
        let (status, text) = answers(&team, &team.gets(&hers).await, "Are you there?").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        team.sees(&hers, "Nobody knows whether this left").await;
    });
}

/// The page once it shows a photo of this name, which is what the service gave.
async fn shows(team: &Team, page: &str, name: &str) -> String {
    let page = team.sees(page, &format!("download=\"{name}\"")).await;
    let link = page.split(&format!("download=\"{name}\"")).next().unwrap().rsplit("href=\"").next().unwrap();
    let link = link.split('"').next().unwrap();
    assert!(page.contains(&format!("<img src=\"{link}\"")), "it is seen: {page}");
    assert_eq!(team.asks(link).await.2, service::PHOTO);
    page
}

/// Nothing secret has to be entered again to change the rest.
async fn adds_again(team: &Team, id: &str, address: &str) {
    let fields = [("id", id), ("service", "telegram"), ("token", ""), ("address", address)];
    let (status, text) = team.posts("/house/messengers", &fields).await;
    assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
}

#[test]
fn whatsapp_is_the_same_conversation_as_the_number_they_called_from() {
    story(|team, _post| async move {
        let service = Service::opens().await;
        let fields = [
            ("name", "106540352242922"),
            ("token", "EAAG"),
            ("secret", "app secret"),
            ("address", service.address.as_str()),
        ];
        let id = adds(&team, "whatsapp", &fields).await;
        assert!(team.gets("/house/messengers").await.contains("Lantern Row +356 2123 4567"));
        let word = secret(&team, &id).await;
        let path = format!("/in/{id}");
        let asks = |word: &str| {
            format!("{path}?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token={word}")
        };
        assert_eq!(team.gets(&asks(&word)).await, "1158201444");
        assert!(!team.gets(&asks("guessed")).await.contains("1158201444"));

        let hook = |value: Json| {
            let mut value = value;
            value["messaging_product"] = json!("whatsapp");
            let number = json!({"display_phone_number": "35621234567", "phone_number_id": "106540352242922"});
            value.as_object_mut().unwrap().entry("metadata").or_insert(number);
            json!({"object": "whatsapp_business_account", "entry": [{"id": "8856996819413533", "changes": [{"value": value, "field": "messages"}]}]}).to_string()
        };
        let sign = |body: &str, key: &str| {
            let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
            mac.update(body.as_bytes());
            let seal: String = mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect();
            vec![("x-hub-signature-256".to_owned(), format!("sha256={seal}"))]
        };
        let message = |id: &str, text: &str| {
            json!({
                "contacts": [{"profile": {"name": "Ann Lee"}, "wa_id": "35699123456"}],
                "messages": [{"from": "35699123456", "id": id, "timestamp": seconds(&team).to_string(), "text": {"body": text}, "type": "text"}],
            })
        };
        let body = hook(message("wamid.1", "Is my order ready?"));
        assert_eq!(team.brings(&path, sign(&body, "guessed"), &body).await, StatusCode::FORBIDDEN);
        assert_eq!(team.brings(&path, sign(&body, "app secret"), &body).await, StatusCode::NO_CONTENT);
        // Another number of the same app is not ours.
        let mut other = message("wamid.9", "for somebody else");
        other["metadata"] = json!({"display_phone_number": "1", "phone_number_id": "2"});
        let other = hook(other);
        assert_eq!(team.brings(&path, sign(&other, "app secret"), &other).await, StatusCode::NO_CONTENT);

        // She is found by the number she calls from.
        let inbox = team.sees("/conversations", "Is my order ready?").await;
        assert!(!inbox.contains("for somebody else"));
        let page = team.person(&inbox, "my order").await;
        assert!(
            team.gets("/call?number=%2B356%209912%203456").await.contains("Is my order ready?")
                || page.contains("+356"),
            "{page}"
        );

        let (status, text) = answers(&team, &page, "It is. We are open until six.").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        let asked = service.was_asked("/106540352242922/messages", 1).await.remove(0);
        assert_eq!(asked.headers["authorization"], "Bearer EAAG");
        let sent = asked.json();
        let mark = sent["biz_opaque_callback_data"].as_str().unwrap().to_owned();
        assert_eq!(
            (sent["to"].as_str(), sent["text"]["body"].as_str()),
            (Some("35699123456"), Some("It is. We are open until six."))
        );
        let hers = team.address(&page);
        team.sees(&hers, "Sent ").await;

        // What became of it comes later, by our mark. Whoever else has that mark has no say.
        let lab =
            adds(&team, "generic", &[("name", "lab"), ("address", &format!("{}/regard", service.address))])
                .await;
        let (now, body) =
            (seconds(&team), json!({"type": "message.failed", "data": {"id": mark}}).to_string());
        let headers = webhook(&secret(&team, &lab).await, "1", now, &body);
        assert_eq!(team.brings(&format!("/in/{lab}"), headers, &body).await, StatusCode::NO_CONTENT);
        assert!(!team.gets(&hers).await.contains("It did not arrive"));
        let status = |mark: &str| {
            hook(
                json!({"statuses": [{"id": "wamid.2", "status": "failed", "timestamp": "1700000000", "recipient_id": "35699123456",
                "biz_opaque_callback_data": mark,
                "errors": [{"code": 131_047, "title": "Re-engagement message", "error_data": {"details": "More than 24 hours have passed since they last replied"}}]}]}),
            )
        };
        let body = status(&mark);
        assert_eq!(team.brings(&path, sign(&body, "app secret"), &body).await, StatusCode::NO_CONTENT);
        let page = team.sees(&hers, "It did not arrive").await;
        assert!(page.contains("More than 24 hours have passed since they last replied (131047)"), "{page}");

        // A photo is fetched by its number there, from where the service says, by whoever shows our token.
        let body = hook(json!({
            "contacts": [{"profile": {"name": "Ann Lee"}, "wa_id": "35699123456"}],
            "messages": [{"from": "35699123456", "id": "wamid.3", "timestamp": seconds(&team).to_string(), "type": "image",
                "image": {"caption": "Is it this one?", "mime_type": "image/jpeg", "sha256": "x", "id": "MEDIA1"}}],
        }));
        for _ in 0..2 {
            assert_eq!(team.brings(&path, sign(&body, "app secret"), &body).await, StatusCode::NO_CONTENT);
        }
        shows(&team, &hers, "photo.jpg").await;
        for end in ["/MEDIA1", "?mid=MEDIA1"] {
            assert_eq!(service.was_asked(end, 1).await[0].headers["authorization"], "Bearer EAAG");
        }
    });
}

#[test]
fn an_sms_is_answered_by_sms() {
    story(|team, _post| async move {
        let service = Service::opens().await;
        let fields = [
            ("name", "AC1"),
            ("sender", "+15017122661"),
            ("token", "auth"),
            ("address", service.address.as_str()),
        ];
        let id = adds(&team, "twilio", &fields).await;
        let path = format!("/in/{id}");
        let sign = |path: &str, fields: &[(&str, &str)]| {
            let mut fields = fields.to_vec();
            fields.sort_unstable();
            let mut mac = Hmac::<Sha1>::new_from_slice(b"auth").unwrap();
            mac.update(format!("http://{HOST}{path}").as_bytes());
            fields.iter().for_each(|(name, value)| mac.update(format!("{name}{value}").as_bytes()));
            let seal = BASE64_STANDARD.encode(mac.finalize().into_bytes());
            let form = [
                ("x-twilio-signature".to_owned(), seal),
                ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
            ];
            form.to_vec()
        };
        let written = |fields: &[(&str, &str)]| {
            let escaped = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
            fields
                .iter()
                .map(|(name, value)| format!("{name}={}", escaped(value)))
                .collect::<Vec<_>>()
                .join("&")
        };
        let message = [
            ("ToCountry", "US"),
            ("MessageSid", "SM1"),
            ("From", "+14158675310"),
            ("To", "+15017122661"),
            ("Body", "Where are you? \u{2615}"),
            ("NumMedia", "0"),
            ("AccountSid", "AC1"),
        ];
        let body = written(&message);
        let forged = sign("/in/other", &message);
        assert_eq!(team.brings(&path, forged, &body).await, StatusCode::FORBIDDEN);
        assert_eq!(team.brings(&path, sign(&path, &message), &body).await, StatusCode::NO_CONTENT);
        let inbox = team.sees("/conversations", "Where are you? \u{2615}").await;
        let page = team.person(&inbox, "Where are you").await;
        let (status, text) = answers(&team, &page, "Row 7, by the clock.").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        let asked = service.was_asked("/2010-04-01/Accounts/AC1/Messages.json", 1).await.remove(0);
        assert_eq!(asked.headers["authorization"], format!("Basic {}", BASE64_STANDARD.encode("AC1:auth")));
        let form: std::collections::BTreeMap<String, String> =
            axum::extract::Query::try_from_uri(&format!("/?{}", asked.body).parse().unwrap()).unwrap().0;
        let said = ("+14158675310", "+15017122661", "Row 7, by the clock.");
        assert_eq!((form["To"].as_str(), form["From"].as_str(), form["Body"].as_str()), said);
        let hers = team.address(&page);
        team.sees(&hers, "Sent ").await;
        // It says later that it could not, where we asked it to.
        let back = form["StatusCallback"].strip_prefix(&format!("http://{HOST}")).unwrap();
        let report = [
            ("MessageSid", "SM2"),
            ("MessageStatus", "undelivered"),
            ("ErrorCode", "30006"),
            ("To", "+14158675310"),
        ];
        assert_eq!(team.brings(back, sign(back, &report), &written(&report)).await, StatusCode::NO_CONTENT);
        team.sees(&hers, "undelivered (30006)").await;

        // A photo lies where the service keeps it: who we are is said to the service alone.
        let photo = format!("{}/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1", service.address);
        let message = [
            ("MessageSid", "MM1"),
            ("From", "+14158675310"),
            ("To", "+15017122661"),
            ("Body", "This door?"),
            ("NumMedia", "1"),
            ("MediaUrl0", photo.as_str()),
            ("MediaContentType0", "image/jpeg"),
        ];
        assert_eq!(
            team.brings(&path, sign(&path, &message), &written(&message)).await,
            StatusCode::NO_CONTENT
        );
        shows(&team, &hers, "file 1.jpeg").await;
        let first = service.was_asked("/Media/ME1", 1).await.remove(0);
        assert!(first.headers["authorization"].to_str().unwrap().starts_with("Basic "));
        assert!(!service.was_asked("/kept/ME1", 1).await[0].headers.contains_key("authorization"));
        let account = Account { address: service.address.clone(), ..Account::default() };
        let elsewhere = fetch(channels::messengers::Service::Twilio, &account, "https://elsewhere.example/x");
        assert!(elsewhere.await.unwrap_err().to_string().contains("lies elsewhere"));
    });
}

#[test]
fn a_program_of_ones_own_speaks_by_signed_webhooks() {
    story(|team, post| async move {
        let service = Service::opens().await;
        let place = format!("{}/regard", service.address);
        let id = adds(&team, "generic", &[("name", "lab"), ("address", &place)]).await;
        let secret = secret(&team, &id).await;
        let path = format!("/in/{id}");
        let sign = |id: &str, at: i64, body: &str| webhook(&secret, id, at, body);
        // Ann is known by mail.
        let ann = post.address("ann", "customer.example");
        post.send(&ann, &team.mailbox, &letter(&ann, &team.mailbox, "Hello", "It is me.\r\n")).await;
        team.sees_mails(1).await;
        let body = json!({"type": "message.received", "data": {
            "id": "m-1", "conversation": "c-7", "text": "Is the sample in?",
            "from": {"id": "42", "name": "Ann Lee", "email": ann},
        }})
        .to_string();
        let now = seconds(&team);
        assert_eq!(
            team.brings(&path, sign("1", now - 301, &body), &body).await,
            StatusCode::FORBIDDEN,
            "too old"
        );
        for _ in 0..2 {
            assert_eq!(team.brings(&path, sign("1", now, &body), &body).await, StatusCode::NO_CONTENT);
        }
        let bad = json!({"type": "message.received", "data": {"id": "m-2", "conversation": "c-7", "text": "?", "from": {"email": "nobody"}}}).to_string();
        assert_eq!(team.brings(&path, sign("2", now, &bad), &bad).await, StatusCode::NO_CONTENT);
        assert!(team.gets("/house/messengers").await.contains("data.from.email"));

        let inbox = team.sees("/conversations", "Is the sample in?").await;
        let page = team.person(&inbox, "the sample").await;
        assert!(page.contains("It is me."), "one conversation with her mail: {page}");
        // Busy for a moment, and then it takes it: the same message, by the same id.
        service.feels(Some((500, json!({}))));
        let (status, text) = answers(&team, &page, "It came at nine.").await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        let hers = team.address(&page);
        team.sees(&hers, "asks for patience").await;
        service.feels(None);
        let asked = service.was_asked("/regard", 2).await;
        for it in &asked {
            let header = |name: &str| it.headers[name].to_str().unwrap().to_owned();
            let (mark, at) = (header("webhook-id"), header("webhook-timestamp"));
            assert_eq!(header("webhook-signature"), sealed(&secret, &mark, at.parse().unwrap(), &it.body));
            let sent = it.json();
            assert_eq!(sent["data"], json!({"id": mark, "conversation": "c-7", "text": "It came at nine."}));
        }
        assert_eq!(asked[0].headers["webhook-id"], asked[1].headers["webhook-id"]);
        team.sees(&hers, "Sent ").await;
        let body = json!({"type": "message.failed", "data": {"id": asked[0].headers["webhook-id"].to_str().unwrap(), "reason": "the lab is closed"}}).to_string();
        assert_eq!(team.brings(&path, sign("3", now, &body), &body).await, StatusCode::NO_CONTENT);
        team.sees(&hers, "the lab is closed").await;
    });
}
