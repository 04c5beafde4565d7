//! Whoever was forgotten is shown nowhere: not by the API, not on the desk, not in the files of the house.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use axum::http::Method;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde_json::{Value, json};
use store::Location;

use crate::{
    every_address::work,
    program::{Program, Served},
    told,
};

/// A word that only their data hold. What is asked for is only its beginning, since pages repeat what was asked.
const CANARY: &str = "zyxcanary";
const ASKED: &str = "zyxc";

/// Tells of somebody in every way there is; gives their id, an account's and a moment's.
async fn met(served: &Served, till: &Program) -> (String, String, String) {
    let moment = json!({
        "key": "1", "at": "2026-03-17T10:00:00Z", "kind": "call", "channel": "phone", "direction": "together",
        "title": "Zyxcanary asked", "body": "About zyxcanary beans.", "account": "The Quills",
    });
    let somebody = json!({
        "source": "till", "key": "zyxcanary-1", "fields": {"name": "Zyxcanary Quill", "favourite": "zyxcanary"},
        "handles": [{"kind": "email", "value": "zyxcanary@quill.example"}],
        "roles": [{"account": "The Quills", "account_kind": "household", "role": "buys"}],
        "moments": [moment],
    });
    let told = till.post_with_key("/api/v1/people", "6f2b1c0e-0000-4000-8000-000000000001", somebody).await;
    assert_eq!(told.status, 201, "{}", told.text());
    let (person, moment) = (told.json()["person"].clone(), told.json()["ids"][0].clone());
    let (person, moment) = (person.as_str().unwrap().to_owned(), moment.as_str().unwrap().to_owned());
    let table = "name,email\nZyxcanary Quill,zyxcanary@quill.example\nBroken,\"zyxcanary@quill.example\n";
    bring_in(served, till, "guests.csv", table).await;
    bring_in(served, till, "cards.vcf", &card()).await;
    let photo = till.get(&format!("/api/v1/people/{person}/photo")).await;
    assert!(photo.text().to_lowercase().contains(CANARY), "a photo came with the card: {}", photo.text());
    let other = json!({"source": "fair", "key": "zyxcanary-2", "fields": {"name": "Z. Zyxcanary"}});
    let other = till.post("/api/v1/people", other).await.json()["person"].clone();
    let joined = json!({"other": other, "reason": "zyxcanary said so"});
    assert_eq!(till.post(&format!("/api/v1/people/{person}/merges"), joined).await.status, 201);
    let accounts = till.get("/api/v1/accounts?q=quill").await.json();
    (person, accounts["items"][0]["id"].as_str().unwrap().to_owned(), moment)
}

async fn bring_in(served: &Served, till: &Program, name: &str, text: &str) {
    let path = format!("/api/v1/imports/files?name={name}");
    let sent = till.send(Method::POST, &path, &[], text.to_owned().into()).await;
    assert_eq!(till.post("/api/v1/imports", json!({"file": sent.json()["file"]})).await.status, 202);
    work(served).await;
}

/// An address card with a picture that says who it shows.
fn card() -> String {
    let picture = BASE64.encode(b"GIF89a zyxcanary smiles");
    format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Zyxcanary Quill\r\nEMAIL:zyxcanary@quill.example\r\n\
         PHOTO;ENCODING=b;TYPE=GIF:{picture}\r\nEND:VCARD\r\n"
    )
}

/// Every address from which the API reads, about them and at large.
fn addresses(served: &Served, (person, account, moment): &(String, String, String)) -> Vec<String> {
    let reads = served.document.operations().into_iter().filter(|(method, _)| method == "GET");
    let mut all: Vec<String> = Vec::new();
    for (_, template) in reads {
        let id = match template.as_str() {
            t if t.contains("/accounts/") => account,
            t if t.contains("/moments/{id}") => moment,
            _ => person,
        };
        all.push(template.replace("{id}", id).replace("{other}", person).replace("{number}", "0"));
    }
    all.extend(["people", "moments"].map(|what| format!("/api/v1/search/{what}?q={ASKED}")));
    all.push("/api/v1/people?email=zyxcanary@quill.example".into());
    all.push(format!("/api/v1/people?q={ASKED}"));
    all
}

/// Follows every link of the desk; gives the pages.
async fn walk(browser: &Program, person: &str) -> Vec<(String, String)> {
    let mut ahead: Vec<String> =
        vec!["/".into(), "/people".into(), "/accounts".into(), "/import".into(), "/house".into()];
    ahead.extend(["log", "jobs", "fields", "settings", "me"].map(|room| format!("/house/{room}")));
    ahead.extend([format!("/people?q={ASKED}"), format!("/accounts?q={ASKED}")]);
    ahead.extend(["", "/known", "/join", "/forget"].map(|page| format!("/people/{person}{page}")));
    let (mut seen, mut pages) = (BTreeSet::new(), Vec::new());
    while let Some(path) = ahead.pop() {
        if !seen.insert(path.clone()) || seen.len() > 400 {
            continue;
        }
        let text = browser.get(&path).await.text();
        for link in text.split("href=\"/").skip(1) {
            let link = link.split(['"', '#']).next().unwrap().replace("&amp;", "&");
            if !link.starts_with("assets/") {
                ahead.push(format!("/{link}"));
            }
        }
        pages.push((path, text));
    }
    pages
}

/// Where the word is.
async fn found(served: &Served, till: &Program, of: &(String, String, String)) -> Vec<String> {
    let mut found = Vec::new();
    for path in addresses(served, of) {
        if till.get(&path).await.text().to_lowercase().contains(CANARY) {
            found.push(path);
        }
    }
    let pages = walk(&served.browser(), &of.0).await;
    assert!(pages.len() > 20, "the walk saw {} pages", pages.len());
    found.extend(
        pages.into_iter().filter(|(_, text)| text.to_lowercase().contains(CANARY)).map(|(path, _)| path),
    );
    if let Location::Folder(folder) = served.store.location() {
        found.extend(
            files(folder).into_iter().filter(|file| holds(file)).map(|file| file.display().to_string()),
        );
    }
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn holds(file: &Path) -> bool {
    let bytes = std::fs::read(file).unwrap().to_ascii_lowercase();
    bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes())
}

#[test]
fn nothing_shows_whoever_was_forgotten() {
    told(|served| async move {
        let till = served.trusted().await;
        till.tell_of_everyone().await;
        let of = met(&served, &till).await;
        let before = found(&served, &till, &of).await;
        assert!(before.len() > 12, "they are shown before: {before:?}");
        let receipt = till.delete(&format!("/api/v1/people/{}", of.0)).await;
        assert_eq!(receipt.status, 200);
        assert_eq!(found(&served, &till, &of).await, Vec::<String>::new());
        let again: Value = json!({"source": "till", "key": "9", "handles": [{"kind": "email", "value": "zyxcanary@quill.example"}]});
        assert_eq!(till.post("/api/v1/people", again).await.json()["fate"], "forgotten");
        bring_in(&served, &till, "cards.vcf", &card()).await;
        assert_eq!(found(&served, &till, &of).await, Vec::<String>::new());
    });
}
