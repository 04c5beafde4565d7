//! Who was joined is found by either id, and can be parted again.

use serde_json::{Value, json};

use crate::told;

#[test]
fn an_id_they_no_longer_go_by_leads_to_who_they_are_now() {
    told(|served| async move {
        let till = served.trusted().await;
        let ids = till.tell_of_everyone().await;
        let (ben, other) = (&ids[2], &ids[3]);
        let merged = till
            .post(&format!("/api/v1/people/{ben}/merges"), json!({"other": other, "reason": "he said so"}))
            .await;
        let merged = merged.json();
        assert_eq!(merged["person"], json!(ben));
        let led = till.get(&format!("/api/v1/people/{other}")).await.json();
        assert_eq!((&led["id"], &led["redirected_from"]), (&json!(ben), &json!(other)));
        assert_eq!(led["merges"][0]["reason"], "he said so");
        let page = till.get(&format!("/api/v1/people/{other}/moments")).await.json();
        assert_eq!(page["items"].as_array().unwrap().len(), 3);
        let told = json!({"moments": [{"key": "x", "at": "2026-03-17T10:00:00Z", "kind": "note",
            "channel": "desk", "direction": "noted", "title": "Came with his son"}]});
        assert_eq!(
            till.post(&format!("/api/v1/people/{other}/moments"), told).await.json()["person"],
            json!(ben)
        );
        let again = till.post(&format!("/api/v1/people/{ben}/merges"), json!({"other": other})).await;
        assert_eq!(again.status, 409, "they are one already");
        let undo = format!("/api/v1/merges/{}", merged["merge"].as_str().unwrap());
        assert_eq!(till.delete(&undo).await.status, 200);
        assert_eq!(till.delete(&undo).await.status, 409, "what is undone is undone");
        assert_eq!(till.get(&format!("/api/v1/people/{other}")).await.json()["redirected_from"], Value::Null);
        let said = till.post(&format!("/api/v1/people/{ben}/merges"), json!({"other": other})).await;
        assert_eq!(said.status, 409, "somebody said that they are two");
        let even_so = json!({"other": other, "even_so": true});
        assert_eq!(till.post(&format!("/api/v1/people/{ben}/merges"), even_so).await.status, 201);
    });
}

#[test]
fn a_source_is_split_off_as_a_person_of_its_own() {
    told(|served| async move {
        let till = served.trusted().await;
        let ids = till.tell_of_everyone().await;
        let ann = till.get(&format!("/api/v1/people/{}", ids[0])).await.json();
        let sources = ann["sources"].as_array().unwrap();
        let shop = sources.iter().find(|source| source["source"] == "shop").unwrap();
        let split = till
            .post(&format!("/api/v1/people/{}/splits", ids[0]), json!({"profile": shop["profile"]}))
            .await;
        let split = split.json();
        let other = till.get(&format!("/api/v1/people/{}", split["other"].as_str().unwrap())).await.json();
        assert_eq!(other["known"]["name"]["value"], "A. Smith");
        let found = till.get("/api/v1/people?external=shop:17").await.json();
        assert_eq!(found["items"][0]["id"], split["other"]);
    });
}
