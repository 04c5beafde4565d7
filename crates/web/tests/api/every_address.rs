//! Every address answers as the document says, and none is left out of it.

use std::{collections::BTreeMap, path::Path};

use axum::http::Method;
use serde_json::{Value, json};

use crate::{
    document::keys,
    program::{Program, Served},
    told,
};

/// Does what the jobs of the house do.
pub async fn work(served: &Served) {
    let worker = delivery::jobs(
        store::jobs::Worker::new(served.store.clone()),
        &served.store,
        "http://localhost:8080",
    );
    while worker.turn().await.unwrap() {}
}

fn id(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no id")).to_owned()
}

#[test]
fn every_address_of_the_document_answers_as_it_says() {
    told(|served| async move {
        let till = served.trusted().await;
        let ids = till.tell_of_everyone().await;
        let (ann, ben, other_ben) = (&ids[0], &ids[2], &ids[3]);
        people(&till, ann).await;
        moments(&served, &till, ann).await;
        photos(&served, &till).await;
        accounts(&till, ann).await;
        joining(&till, ben, other_ben).await;
        searching(&till, ann).await;
        fields(&till).await;
        imports(&served, &till).await;
        taking_along(&served, &till, ann).await;
        forgetting(&till, ann).await;
        till.get("/api/v1/openapi.json").await;
        let called = till.called.lock().unwrap().clone();
        let missed: Vec<_> = served.document.operations().difference(&called).cloned().collect();
        assert!(missed.is_empty(), "nobody called {missed:?}");
    });
}

async fn people(till: &Program, ann: &str) {
    let list = till.get("/api/v1/people?limit=3&kind=wave").await.json();
    assert_eq!(keys(&list), ["items", "next"]);
    let new = json!({"source": "till", "key": "1", "fields": {"name": "Mara Lind"}});
    assert_eq!(till.post("/api/v1/people", new.clone()).await.status, 201);
    let again = till.post("/api/v1/people", new).await;
    assert_eq!((again.status.as_u16(), again.json()["fate"].clone()), (200, json!("known")));
    let entered =
        till.put(&format!("/api/v1/people/{ann}/known/birthday"), json!({"value": "1980-05-04"})).await;
    assert_eq!(entered.status, 204);
    let handle = json!({"kind": "phone", "value": "0131 496 0409", "country": "gb"});
    assert_eq!(till.post(&format!("/api/v1/people/{ann}/handles"), handle).await.status, 204);
    let person = till.get(&format!("/api/v1/people/{ann}")).await.json();
    assert_eq!(person["known"]["birthday"]["value"], "1980-05-04");
    assert_eq!(person["known"]["birthday"]["why"]["standing"], "entered");
    let values: Vec<&str> =
        person["handles"].as_array().unwrap().iter().filter_map(|h| h["value"].as_str()).collect();
    assert!(values.contains(&"+441314960409"), "{values:?}");
}

async fn moments(served: &Served, till: &Program, ann: &str) {
    let digest = served.store.files().put(b"the letter as it came").unwrap();
    let moment = json!({
        "key": "call-1", "at": "2026-03-17T10:00:00Z", "kind": "call", "channel": "phone",
        "direction": "together", "title": "Asked for the grinder", "body": "She will come on Friday.",
    });
    let path = format!("/api/v1/people/{ann}/moments");
    let told = till.post(&path, json!({"source": "switchboard", "moments": [moment]})).await.json();
    assert_eq!((told["moments"].clone(), told["person"].clone()), (json!(1), json!(ann)));
    let again = till.post(&path, json!({"source": "switchboard", "moments": [moment]})).await.json();
    assert_eq!((again["moments"].clone(), again["known_moments"].clone()), (json!(0), json!(1)));
    let one = till.get(&format!("/api/v1/moments/{}", id(&told["ids"][0]))).await.json();
    assert_eq!(one["body"], "She will come on Friday.");
    assert_eq!(till.get(&path).await.status, 200);
    let mut letter = cast::ann();
    letter.key = "letter".into();
    letter.moments = vec![cast::mail("letter-1", 1, cast::WRITES, "A letter", "See what I sent.")];
    letter.moments[0].originals.push(model::Original {
        digest,
        name: "Brief & Bild.html".into(),
        media_type: "text/html".into(),
        size: 21,
    });
    let prepared = memory::prepare(letter);
    let world = served.store.world().clone();
    let taken = served
        .store
        .write(move |tx| memory::take(tx, &world, std::slice::from_ref(&prepared)))
        .await
        .unwrap();
    let moment = till.get(&format!("/api/v1/moments/{}", taken[0].ids[0])).await.json();
    let file = till.get(&id(&moment["files"][0]["href"])).await;
    assert_eq!(file.text(), "the letter as it came");
    assert_eq!(file.header("content-type"), "application/octet-stream", "not what the sender called it");
    assert_eq!(file.header("content-disposition"), "attachment; filename*=UTF-8''Brief%20%26%20Bild.html");
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    assert!(file.header("content-security-policy").starts_with("sandbox"));
    assert_eq!(till.get(&format!("/api/v1/moments/{}/files/7", taken[0].ids[0])).await.status, 404);
}

async fn photos(served: &Served, till: &Program) {
    let of = async |key: &str, bytes: &[u8]| {
        let photo = format!("file:{}", served.store.files().put(bytes).unwrap());
        let somebody = json!({"source": "cards", "key": key, "fields": {"name": key, "photo": photo}});
        let person = till.post("/api/v1/people", somebody).await.json()["person"].clone();
        till.get(&format!("/api/v1/people/{}/photo", id(&person))).await
    };
    let shown = of("Pia Nilsson", b"\x89PNG\r\n\x1a\nand so on").await;
    assert_eq!((shown.status.as_u16(), shown.header("content-type")), (200, "image/png"));
    assert_eq!(shown.header("x-content-type-options"), "nosniff");
    assert!(shown.header("content-security-policy").starts_with("sandbox"));
    assert_eq!(of("Per Nilsson", b"<svg onload=alert(1)>").await.status, 404, "only pictures are shown");
}

async fn accounts(till: &Program, ann: &str) {
    let made =
        till.post("/api/v1/accounts", json!({"name": "Lighthouse Café", "about": "By the pier"})).await;
    let account = id(&made.json()["id"]);
    let given = json!({"account": account, "role": "decides", "since": "2025-01-01T00:00:00Z"});
    let role = till.post(&format!("/api/v1/people/{ann}/roles"), given).await;
    assert_eq!(role.status, 201);
    let people = till.get(&format!("/api/v1/accounts/{account}/people")).await.json();
    assert_eq!(
        (&people["items"][0]["role"], &people["items"][0]["until"]),
        (&json!("decides"), &Value::Null)
    );
    let end = format!("/api/v1/people/{ann}/roles/{}/end", id(&role.json()["id"]));
    assert_eq!(till.put(&end, json!({})).await.status, 204);
    assert_eq!(till.get(&format!("/api/v1/accounts/{account}")).await.json()["about"], "By the pier");
    assert_eq!(till.get(&format!("/api/v1/accounts/{account}/moments")).await.status, 200);
    let found = till.get("/api/v1/accounts?q=light").await.json();
    assert_eq!(found["items"][0]["id"], json!(account));
}

async fn joining(till: &Program, ben: &str, other: &str) {
    assert_eq!(till.get("/api/v1/duplicates").await.status, 200);
    assert_eq!(till.get(&format!("/api/v1/people/{ben}/duplicates")).await.status, 200);
    let preview = till.get(&format!("/api/v1/people/{ben}/merges/{other}")).await.json();
    assert_eq!(preview["stays"]["id"], json!(ben));
    let merged = till.post(&format!("/api/v1/people/{ben}/merges"), json!({"other": other})).await;
    assert_eq!(merged.status, 201);
    let undone = till.delete(&format!("/api/v1/merges/{}", id(&merged.json()["merge"]))).await.json();
    assert_eq!(undone, json!({"person": ben, "other": other}));
    let said = json!({"other": other, "reason": "father and son"});
    assert_eq!(till.post(&format!("/api/v1/people/{ben}/not-the-same"), said).await.status, 204);
    let person = till.get(&format!("/api/v1/people/{ben}")).await.json();
    let split = till
        .post(&format!("/api/v1/people/{ben}/splits"), json!({"profile": person["sources"][0]["profile"]}))
        .await;
    assert_eq!(split.json()["field"], "profile", "the only source cannot be split off");
}

async fn searching(till: &Program, ann: &str) {
    let found = till.get("/api/v1/search/people?q=ann%20smiht").await.json();
    assert_eq!(found["items"][0]["id"], json!(ann), "a mistyped name is found");
    let said = till.get(&format!("/api/v1/search/moments?q=grinder&person={ann}")).await.json();
    assert_eq!(said["items"][0]["title"], "Asked for the grinder");
}

async fn fields(till: &Program) {
    let tea = json!({"label": "Tea or coffee", "field_type": "choice", "options": ["tea", "coffee"]});
    assert_eq!(till.put("/api/v1/fields/drinks", tea).await.status, 204);
    let all = till.get("/api/v1/fields").await.json();
    assert_eq!(all["items"][0]["options"], json!(["tea", "coffee"]));
    assert_eq!(till.delete("/api/v1/fields/drinks").await.status, 204);
    assert_eq!(till.delete("/api/v1/fields/drinks").await.status, 404);
}

async fn imports(served: &Served, till: &Program) {
    let table = "name,email,drinks\nMara Lind,mara@lind.example,tea\nNobody,not an address,\n";
    let sent = till.send(Method::POST, "/api/v1/imports/files?name=guests.csv", &[], table.into()).await;
    assert_eq!(sent.status, 201, "{}", sent.text());
    let reading = json!({"file": sent.json()["file"]});
    let preview = till.post("/api/v1/imports/preview", reading.clone()).await.json();
    assert_eq!(preview["mapping"][1], json!({"column": "email", "meaning": "email"}));
    let tried = till.post("/api/v1/imports/dry-run", reading.clone()).await.json();
    assert_eq!(tried["counts"]["records"], 2);
    let started = till.post("/api/v1/imports", reading).await;
    assert_eq!(started.status, 202);
    work(served).await;
    let import = format!("/api/v1/imports/{}", id(&started.json()["id"]));
    let done = till.get(&import).await.json();
    assert_eq!((&done["state"], &done["counts"]["records"]), (&json!("done"), &json!(2)));
    assert_eq!(till.get("/api/v1/imports").await.json()["items"][0]["id"], started.json()["id"]);
    let refusals = till.get(&format!("{import}/refusals")).await.json();
    assert_eq!(refusals["items"][0]["line"], 3, "{refusals}");
}

async fn taking_along(served: &Served, till: &Program, ann: &str) {
    let own = till.get(&format!("/api/v1/people/{ann}/export")).await;
    let lines: Vec<model::Fragment> =
        own.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|fragment| fragment.source == "mail" && fragment.key == "ann"));
    let all = till.get("/api/v1/export").await;
    assert!(all.text().lines().count() > lines.len());
    assert!(all.text().contains("Ngozi Okafor"));
    let id: model::PersonId = ann.parse().unwrap();
    let looks = served.store.read(move |db| memory::looks::of_person(db, id)).await.unwrap();
    let times = |what: &str| looks.iter().filter(|it| it.what == what).map(|it| it.times).collect::<Vec<_>>();
    assert_eq!(times("export"), [2], "once alone, once with everybody: {looks:?}");
    assert!(times("api")[0] > 1 && looks.iter().all(|it| it.key.is_some()), "{looks:?}");
}

async fn forgetting(till: &Program, ann: &str) {
    let would = till.get(&format!("/api/v1/people/{ann}/forgetting")).await.json();
    assert!(would["gone"]["moments"].as_i64() > Some(3), "{would}");
    let receipt = till.delete(&format!("/api/v1/people/{ann}")).await;
    assert_eq!(receipt.json()["gone"], would["gone"]);
    assert!(!receipt.text().contains("Ann"), "a receipt names nobody");
    memory::forgetting::verify(&receipt.text(), None).expect("it is signed as it stands in the answer");
    assert_eq!(till.get(&format!("/api/v1/people/{ann}")).await.status, 404);
}

/// Every file of the API, by its path.
fn sources() -> BTreeMap<String, String> {
    fn read(folder: &Path, files: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => read(&path, files),
                false => {
                    drop(files.insert(path.display().to_string(), std::fs::read_to_string(&path).unwrap()))
                }
            }
        }
    }
    let mut files = BTreeMap::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/api"), &mut files);
    assert!(files.len() > 15, "the guard sees {} files", files.len());
    files
}

/// What is routed by hand would be missing from the document.
#[test]
fn no_address_is_put_into_the_router_past_the_document() {
    for (path, text) in sources() {
        assert!(!text.contains(".route("), "{path} routes by hand");
    }
}

/// The document knows a shape by its name alone; of two with one name, the later hides the other.
#[test]
fn no_two_shapes_have_one_name() {
    let mut named: BTreeMap<String, String> = BTreeMap::new();
    for (path, text) in sources() {
        let shapes =
            text.split("#[derive(").filter(|part| part.split(")]").next().unwrap().contains("ToSchema"));
        for shape in shapes.filter_map(|part| part.split("struct ").nth(1)) {
            let name: String = shape.chars().take_while(|c| c.is_alphanumeric()).collect();
            let before = named.insert(name.clone(), path.clone());
            assert!(before.is_none(), "{name} is in {path} and in {}", before.unwrap_or_default());
        }
    }
    assert!(named.len() > 40, "the guard sees {named:?}");
}
