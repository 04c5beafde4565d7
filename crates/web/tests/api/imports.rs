//! Files come in, are read, and leave nothing behind.

use axum::http::Method;
use serde_json::json;
use store::Store;

use crate::{every_address::work, program::Program, told};

async fn send(till: &Program, name: &str, bytes: &str) -> serde_json::Value {
    let path = format!("/api/v1/imports/files?name={name}");
    till.send(Method::POST, &path, &[], bytes.to_owned().into()).await.json()
}

fn waiting(store: &Store) -> usize {
    std::fs::read_dir(delivery::importing::uploads::folder(store)).map_or(0, Iterator::count)
}

#[test]
fn what_was_taken_along_comes_in_again_as_an_equal_memory() {
    told(|served| async move {
        let till = served.trusted().await;
        till.tell_of_everyone().await;
        let before = till.get("/api/v1/export").await.text();
        let sent = send(&till, "memory.jsonl", &before).await;
        let started = till.post("/api/v1/imports", json!({"file": sent["file"]})).await.json();
        work(&served).await;
        let done = till.get(&format!("/api/v1/imports/{}", started["id"].as_str().unwrap())).await.json();
        assert_eq!((&done["state"], &done["counts"]["refused"]), (&json!("done"), &json!(0)), "{done}");
        assert_eq!(
            (&done["counts"]["new_people"], &done["counts"]["moments"]),
            (&json!(0), &json!(0)),
            "{done}"
        );
        assert_eq!(till.get("/api/v1/export").await.text(), before);
    });
}

#[test]
fn a_file_that_was_read_is_gone_and_so_is_one_that_spoke_of_somebody_forgotten() {
    told(|served| async move {
        let till = served.trusted().await;
        let table = "name,email\nMara Lind,mara@lind.example\n";
        let sent = send(&till, "guests.csv", table).await;
        assert_eq!(waiting(&served.store), 1);
        till.post("/api/v1/imports", json!({"file": sent["file"]})).await;
        work(&served).await;
        let mara = till.get("/api/v1/people?email=mara@lind.example").await.json();
        send(&till, "never-asked-for.csv", table).await;
        let mara = format!("/api/v1/people/{}", mara["items"][0]["id"].as_str().unwrap());
        assert_eq!(till.delete(&mara).await.status, 200);
        assert_eq!(waiting(&served.store), 0);
        assert_eq!(till.post("/api/v1/imports", json!({"file": sent["file"]})).await.json()["field"], "file");
        let told = json!({"source": "till", "key": "9", "handles": [{"kind": "email", "value": "mara@lind.example"}]});
        assert_eq!(till.post("/api/v1/people", told).await.json()["fate"], "forgotten");
    });
}

#[test]
fn an_empty_file_is_refused_and_leaves_nothing_behind() {
    told(|served| async move {
        let till = served.trusted().await;
        let refused = send(&till, "guests.csv", "").await;
        assert_eq!((&refused["status"], &refused["field"]), (&json!(422), &json!("file")), "{refused}");
        assert_eq!(refused["detail"], "“guests.csv” is empty.");
        assert_eq!(waiting(&served.store), 0);
    });
}

#[test]
fn a_form_brings_a_file_too() {
    told(|served| async move {
        let till = served.trusted().await;
        let form = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"people.csv\"\r\n\r\n\
                    name,email\nBen Achebe,ben@achebe.example\n\r\n--b--\r\n";
        let headers = [("content-type", "multipart/form-data; boundary=b")];
        let sent = till.send(Method::POST, "/api/v1/imports/files", &headers, form.into()).await;
        assert_eq!(sent.json()["name"], "people.csv", "{}", sent.text());
        let preview = till.post("/api/v1/imports/preview", json!({"file": sent.json()["file"]})).await.json();
        assert_eq!((&preview["format"], &preview["rows"][0][0]), (&json!("people"), &json!("Ben Achebe")));
    });
}
