//! Who may what, and what is said when something does not fit.

use axum::http::Method;
use house::Scope;
use serde_json::{Value, json};

use crate::{program::Served, told};

#[test]
fn nothing_is_had_without_a_key_and_a_key_opens_only_what_it_was_made_for() {
    told(|served| async move {
        let till = served.trusted().await;
        let ids = till.tell_of_everyone().await;
        let ann = format!("/api/v1/people/{}", ids[0]);
        let stranger = served.stranger();
        for (method, template) in served.document.operations() {
            let path = template.replace("{id}", &ids[0]).replace("{other}", &ids[2]).replace("{number}", "0");
            let answer = stranger.send(method.parse().unwrap(), &path, &[], Default::default()).await;
            let open = template == "/api/v1/openapi.json";
            assert_eq!(answer.status, if open { 200 } else { 401 }, "{method} {template}");
        }
        let made_up = served.with(&house::Secret::shown("regard_made-up"));
        assert_eq!(made_up.get(&ann).await.status, 401);
        let reader = served.program(&[Scope::PeopleRead]).await;
        assert_eq!(reader.get(&ann).await.status, 200);
        for refused in [
            reader.put(&format!("{ann}/known/name"), json!({"value": "x"})).await,
            reader.delete(&ann).await,
            reader.get("/api/v1/export").await,
            reader.get("/api/v1/imports").await,
        ] {
            assert_eq!(refused.status, 403);
            assert_eq!(refused.header("content-type"), "application/problem+json");
            assert!(refused.json()["detail"].as_str().unwrap().contains("scope"), "{}", refused.text());
        }
    });
}

#[test]
fn somebody_signed_in_may_read_with_their_cookie_and_change_nothing() {
    told(|served| async move {
        let ids = served.trusted().await.tell_of_everyone().await;
        let browser = served.browser();
        let ben = format!("/api/v1/people/{}", ids[2]);
        assert_eq!(browser.get(&ben).await.json()["name"], "Ben Achebe");
        assert_eq!(browser.delete(&ben).await.status, 401);
        assert_eq!(browser.put(&format!("{ben}/known/name"), json!({"value": "x"})).await.status, 401);
    });
}

#[test]
fn a_refusal_names_the_field() {
    told(|served| async move {
        let till = served.trusted().await;
        let ids = till.tell_of_everyone().await;
        let ann = format!("/api/v1/people/{}", ids[0]);
        let moment = json!({"key": "1", "at": "yesterday", "kind": "call", "channel": "phone",
            "direction": "together", "title": "x"});
        let told = [
            ("/api/v1/people", json!({"source": "desk", "key": "1"}), "source"),
            ("/api/v1/people", json!({"source": "till", "key": ""}), "key"),
            ("/api/v1/people", json!({"source": "till", "key": "1", "nmae": "x"}), "nmae"),
            ("/api/v1/people", json!({"source": "till", "key": "1", "fields": {"name": 5}}), "fields.name"),
            (
                "/api/v1/people",
                json!({"source": "till", "key": "1", "handles": [{"kind": "email", "value": "no address"}]}),
                "handles[0].value",
            ),
            (
                "/api/v1/people/batch",
                json!({"items": [{"source": "till", "key": "1", "handles": [{"kind": "fax", "value": "1"}]}]}),
                "items[0].handles[0].kind",
            ),
            ("/api/v1/people", json!({"source": "till", "key": "1", "moments": [moment]}), "moments[0].at"),
            ("/api/v1/accounts", json!({"name": "x", "kind": "club"}), "kind"),
            ("/api/v1/imports", json!({"file": "../regard.db"}), "file"),
        ];
        for (path, body, field) in told {
            let answer = till.post(path, body).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json()["field"]),
                (422, &json!(field)),
                "{}",
                answer.text()
            );
        }
        for (path, field) in [
            ("/api/v1/people?limit=201", "limit"),
            ("/api/v1/people?limit=many", "limit"),
            ("/api/v1/people?cursor=made-up", "cursor"),
            ("/api/v1/people?colour=red", "colour"),
            ("/api/v1/people?since=yesterday", "since"),
            ("/api/v1/people?email=no%20address", "email"),
            ("/api/v1/people?email=a@b.example&phone=1", "phone"),
            ("/api/v1/search/people", "q"),
        ] {
            let answer = till.get(path).await;
            let json: Value = answer.json();
            assert_eq!((answer.status.as_u16(), &json["field"]), (422, &json!(field)), "{path} {json}");
        }
        let text = [("content-type", "text/plain")];
        assert_eq!(till.send(Method::POST, "/api/v1/people", &text, "x".into()).await.status, 415);
        let json = [("content-type", "application/json")];
        assert_eq!(till.send(Method::POST, "/api/v1/people", &json, "{".into()).await.status, 400);
        let large = format!("{{\"source\": \"{}\"}}", "x".repeat(17 << 20));
        assert_eq!(till.send(Method::POST, "/api/v1/people", &json, large.into()).await.status, 413);
        assert_eq!(till.get("/api/v1/people/per_nobody").await.status, 404);
        assert_eq!(till.get(&ann.replace("per_", "mom_")).await.status, 404);
        assert_eq!(till.get("/api/v1/nothing").await.header("content-type"), "application/problem+json");
    });
}

#[test]
fn whoever_sends_too_much_hears_so_and_is_answered_again() {
    told(|served| async move {
        let till = served.trusted().await;
        let json = [("content-type", "application/json")];
        let large = axum::body::Bytes::from(format!("{{\"source\": \"{}\"}}", "x".repeat(17 << 20)));
        for _ in 0..20 {
            assert_eq!(till.send(Method::POST, "/api/v1/people", &json, large.clone()).await.status, 413);
            assert_eq!(till.get("/api/v1/people/per_nobody").await.status, 404);
        }
    });
}

#[test]
fn every_look_at_somebody_and_every_change_is_in_the_log() {
    told(|served| async move {
        let till = served.trusted().await;
        let ids = till.tell_of_everyone().await;
        let ann = format!("/api/v1/people/{}", ids[0]);
        till.get(&ann).await;
        till.get(&format!("{ann}/moments")).await;
        till.put(&format!("{ann}/known/name"), json!({"value": "Anne Smith"})).await;
        till.get("/api/v1/search/people?q=anne").await;
        let log = served.log().await;
        let wanted = ["people.searched", "person.entered", "person.seen", "person.seen", "person.told_of"];
        let verbs: Vec<&str> = log.iter().map(|(verb, _)| verb.as_str()).take(wanted.len()).collect();
        assert_eq!(verbs, wanted);
        assert_eq!(log[1].1, ids[0]);
        assert_no_name(&served).await;
    });
}

async fn assert_no_name(served: &Served) {
    let page = served.house.audit(&served.owner.viewer, None, None).await.unwrap();
    let said: String = page.lines.iter().map(|line| line.detail.to_string()).collect();
    assert!(!said.contains("Ann") && !said.contains("example"), "{said}");
}

#[test]
fn a_program_that_asks_too_fast_is_told_to_wait() {
    told(|served| async move {
        let (till, other) = (served.trusted().await, served.trusted().await);
        let mut last = till.get("/api/v1/fields").await;
        for _ in 0..400 {
            last = till.get("/api/v1/fields").await;
            if last.status != 200 {
                break;
            }
        }
        assert_eq!(last.status, 429);
        assert!(last.json()["detail"].as_str().unwrap().contains("second"), "{}", last.text());
        assert_eq!(other.get("/api/v1/fields").await.status, 200, "another key is not held up");
    });
}
