//! A request sent twice is done once.

use serde_json::{Value, json};

use crate::told;

fn mara(name: &str) -> Value {
    json!({"source": "till", "key": "1", "fields": {"name": name}})
}

#[test]
fn the_same_key_gets_the_same_answer_and_another_body_is_refused() {
    told(|served| async move {
        let till = served.trusted().await;
        let first = till.post_with_key("/api/v1/people", "a-1", mara("Mara Lind")).await;
        assert_eq!(first.status, 201);
        let again = till.post_with_key("/api/v1/people", "a-1", mara("Mara Lind")).await;
        assert_eq!((again.status, again.json()), (first.status, first.json()), "not 200 and known");
        assert_eq!(again.header("idempotency-replayed"), "true");
        let other = till.post_with_key("/api/v1/people", "a-1", mara("Mira Lind")).await;
        assert_eq!(other.status, 422);
        assert_eq!(other.json()["field"], "Idempotency-Key");
        let elsewhere = till.post_with_key("/api/v1/people/batch", "a-1", json!({"items": []})).await;
        assert_eq!(elsewhere.status, 422, "the key belongs to another address");
        assert_eq!(
            till.post_with_key("/api/v1/people", &"k".repeat(300), mara("Mara Lind")).await.status,
            422
        );
    });
}

#[test]
fn what_was_refused_leaves_its_key_free() {
    told(|served| async move {
        let till = served.trusted().await;
        let ids = till.tell_of_everyone().await;
        let merges = format!("/api/v1/people/{}/merges", ids[2]);
        till.post(&format!("/api/v1/people/{}/not-the-same", ids[2]), json!({"other": ids[3]})).await;
        let wanted = json!({"other": ids[3], "even_so": true});
        let merged = till.post_with_key(&merges, "m-1", json!({"other": ids[3]})).await;
        assert_eq!(merged.status, 409);
        let merged = till.post_with_key(&merges, "m-1", wanted.clone()).await;
        assert_eq!(merged.status, 201);
        let again = till.post_with_key(&merges, "m-1", wanted).await;
        assert_eq!(again.json(), merged.json(), "joined once, although sent twice");
    });
}

#[test]
fn ten_programs_with_one_key_make_one_merge() {
    told(|served| async move {
        let till = served.trusted().await;
        let ids = till.tell_of_everyone().await;
        let merges = format!("/api/v1/people/{}/merges", ids[2]);
        let body = json!({"other": ids[3]});
        let calls = (0..10).map(|_| till.post_with_key(&merges, "race", body.clone()));
        let answers = futures_util::future::join_all(calls).await;
        let done: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
        assert!(!done.is_empty());
        assert!(done.iter().all(|answer| answer.json() == done[0].json()));
        assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 201 | 409)));
        let person = till.get(&format!("/api/v1/people/{}", ids[2])).await.json();
        assert_eq!(person["merges"].as_array().unwrap().len(), 1);
    });
}
