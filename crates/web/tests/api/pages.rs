//! Lists come in pages that neither leave out nor repeat anybody.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::told;

#[test]
fn people_are_read_page_by_page_and_each_comes_once() {
    told(|served| async move {
        let till = served.trusted().await;
        let everyone: BTreeSet<String> = till.tell_of_everyone().await.into_iter().collect();
        let (mut read, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = till.get(&format!("/api/v1/people?limit=2&cursor={cursor}")).await.json();
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= 2);
            read.extend(items.iter().map(|line| line["id"].as_str().unwrap().to_owned()));
            match &page["next"] {
                Value::String(next) => cursor = next.clone(),
                _ => break,
            }
        }
        assert_eq!(read.len(), everyone.len());
        assert_eq!(read.into_iter().collect::<BTreeSet<_>>(), everyone);
    });
}

#[test]
fn a_timeline_is_read_both_ways() {
    told(|served| async move {
        let till = served.trusted().await;
        let ids = till.tell_of_everyone().await;
        let path = format!("/api/v1/people/{}/moments", ids[2]);
        let moments: Vec<Value> = (0..5)
            .map(|n| {
                json!({"key": format!("n{n}"), "at": format!("2026-03-0{}T09:00:00Z", n + 1), "kind": "note",
                    "channel": "desk", "direction": "noted", "title": format!("Note {n}")})
            })
            .collect();
        assert_eq!(till.post(&path, json!({ "moments": moments })).await.json()["moments"], 5);
        let titles = |page: &Value| -> Vec<String> {
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|m| m["title"].as_str().unwrap().to_owned())
                .collect()
        };
        let newest = till.get(&format!("{path}?limit=2&kind=note")).await.json();
        assert_eq!(titles(&newest), ["Note 3", "Note 4"]);
        assert_eq!(newest["previous"], Value::Null);
        let next = newest["next"].as_str().unwrap();
        let older = till.get(&format!("{path}?limit=2&kind=note&cursor={next}")).await.json();
        assert_eq!(titles(&older), ["Note 1", "Note 2"]);
        let previous = older["previous"].as_str().unwrap();
        let newer = till.get(&format!("{path}?limit=2&kind=note&cursor={previous}")).await.json();
        assert_eq!(titles(&newer), ["Note 3", "Note 4"]);
        let since = till.get(&format!("{path}?limit=1&kind=note&since=2026-03-03T00:00:00Z")).await.json();
        assert_eq!(titles(&since), ["Note 2"]);
    });
}

#[test]
fn somebody_is_found_by_what_they_go_by() {
    told(|served| async move {
        let till = served.trusted().await;
        let ids = till.tell_of_everyone().await;
        for query in [
            "email=ANN@smith.example",
            "phone=+441314960401",
            "phone=0131%20496%200401&country=GB",
            "external=shop:17",
        ] {
            let found = till.get(&format!("/api/v1/people?{query}")).await.json();
            assert_eq!(found["items"][0]["id"], json!(ids[0]), "{query}");
            assert_eq!(found["items"].as_array().unwrap().len(), 1, "{query}");
        }
        let nobody = till.get("/api/v1/people?email=nobody@inbox.example").await.json();
        assert_eq!(nobody["items"], json!([]));
        let family = till.get("/api/v1/people?email=family@okafor.example").await.json();
        assert_eq!(family["items"].as_array().unwrap().len(), 2, "a shared mailbox has two");
    });
}
