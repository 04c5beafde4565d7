//! Running the house: a backup is taken while it is in use and can be put back; the doctor says what is set from where.
#![allow(clippy::unwrap_used)]

mod common;

use std::{path::Path, process::Command};

use common::{houses, open, regard, runtime};
use delivery::mailboxes::{NewMailbox, Place, Secret, Servers};
use store::Location;

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn people(location: &Location) -> i64 {
    runtime().block_on(async { open(location).await.read(memory::people::count).await.unwrap() })
}

/// A place of the same kind with nothing in it. On a server it is a database of its own, as a backup is of a whole one.
fn elsewhere(location: &Location, folder: &Path) -> Location {
    match location {
        Location::Folder(_) => Location::Folder(folder.join("elsewhere")),
        Location::Server { .. } => fresh_database(folder, "elsewhere"),
    }
}

fn fresh_database(folder: &Path, name: &str) -> Location {
    let server = std::env::var(store::trial::SERVER).unwrap();
    let name = format!("{name}{}", std::process::id());
    let made = Command::new("psql").arg(&server).args(["-qc", &format!("create database {name}")]).status();
    assert!(made.unwrap().success());
    let (host, _) = server.rsplit_once('/').unwrap();
    Location::Server { url: format!("{host}/{name}"), folder: folder.join(name) }
}

/// A house in a database of its own on each engine.
fn whole_houses(folder: &Path) -> Vec<Location> {
    let mut all = houses(folder);
    if let Some(server @ Location::Server { .. }) = all.last_mut() {
        *server = fresh_database(folder, "whole");
    }
    all
}

#[test]
fn what_was_backed_up_while_in_use_can_be_put_back() {
    let folder = tempfile::tempdir().unwrap();
    let book = folder.path().join("people.csv");
    std::fs::write(&book, "name,email\nAnn Okafor,ann@example.com\nBen,ben@example.com\n").unwrap();
    for (n, location) in whole_houses(folder.path()).iter().enumerate() {
        said(regard(location).args(["import", book.to_str().unwrap()]));
        let using = runtime().block_on(open(location));
        let backup = folder.path().join(format!("backup{n}"));
        said(regard(location).arg("backup").arg(&backup));
        drop(using);
        let again = regard(location).arg("backup").arg(&backup).output().unwrap();
        assert!(!again.status.success(), "a backup never mixes with another");
        let elsewhere = elsewhere(location, folder.path());
        let told = said(regard(&elsewhere).arg("restore").arg(&backup));
        assert!(told.contains("2 people"), "{told}");
        assert_eq!(people(&elsewhere), 2);
        let over = regard(&elsewhere).arg("restore").arg(&backup).output().unwrap();
        assert!(!over.status.success(), "nothing is overwritten");
        assert_eq!(people(&elsewhere), 2);
    }
}

#[test]
fn the_doctor_says_what_is_set_and_from_where() {
    let folder = tempfile::tempdir().unwrap();
    for location in houses(folder.path()) {
        let told = said(regard(&location).env("REGARD_LISTEN", "127.0.0.1:9").args(["doctor", "--json"]));
        let told: serde_json::Value = serde_json::from_str(&told).unwrap();
        assert_eq!(told["well"], true);
        let listen = told["settings"].as_array().unwrap().iter().find(|s| s["name"] == "listen").unwrap();
        assert_eq!((&listen["value"], &listen["source"]), (&"127.0.0.1:9".into(), &"REGARD_LISTEN".into()));
        assert!(!told.to_string().contains("regard:"), "no password is printed");
    }
    let nonsense = Location::Folder(folder.path().to_owned());
    let refused = regard(&nonsense).env("REGARD_LISTEN", "nowhere").arg("doctor").output().unwrap();
    assert!(String::from_utf8_lossy(&refused.stderr).contains("nowhere"));
}

#[test]
fn the_doctor_looks_at_what_our_domain_tells_the_world() {
    let folder = tempfile::tempdir().unwrap();
    for location in houses(folder.path()) {
        runtime().block_on(async {
            let place = |port| Place { host: "mail.lantern.example".into(), port, security: "tls".into() };
            let servers = Servers {
                imap: place(993),
                smtp: place(465),
                login: "hello@lantern.example".into(),
                smtp_login: true,
                plus: false,
                brought: false,
                authority: None,
                folders: Vec::new(),
            };
            let (address, secret) = ("hello@lantern.example".into(), Secret::Password("secret".into()));
            let new = NewMailbox { address, name: "Lantern Row".into(), servers, secret };
            delivery::mailboxes::add(&open(&location).await, new).await.unwrap();
        });
        let names = cast::names::Names::open();
        let dns = names.address.to_string();
        let asked = regard(&location).args(["doctor", "--dns", &dns]).output().unwrap();
        let told = String::from_utf8(asked.stdout).unwrap();
        assert!(!asked.status.success() && told.contains("LOOK domains     lantern.example, SPF:"), "{told}");
        assert!(told.contains("v=spf1 mx a:mail.lantern.example ~all"), "{told}");

        names.tells("lantern.example", &["v=spf1 mx -all"]);
        names.tells("_dmarc.lantern.example", &["v=DMARC1; p=none"]);
        names.takes_mail("lantern.example", "mail.lantern.example.");
        let told = said(regard(&location).args(["doctor", "--dns", &dns]));
        assert!(told.contains("well domains     lantern.example, MX: Answers go to"), "{told}");
        names.falls_silent();
        let asked = regard(&location).args(["doctor", "--dns", &dns]).output().unwrap();
        let told = String::from_utf8(asked.stdout).unwrap();
        assert!(!asked.status.success() && told.contains("no answer within 5 seconds"), "{told}");
    }
}

#[test]
fn a_forgotten_person_leaves_a_receipt_and_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let book = folder.path().join("people.csv");
    std::fs::write(&book, "name,email\nZyxcanary Bird,zyxcanary@example.com\n,\nBen,not-zyxcanary@\n")
        .unwrap();
    for location in houses(folder.path()) {
        said(regard(&location).current_dir(folder.path()).args(["import", book.to_str().unwrap()]));
        let id = runtime().block_on(async {
            let found =
                open(&location).await.read(|db| memory::finding::find(db, "zyxcanary", 1)).await.unwrap();
            found[0].id.to_string()
        });
        let receipt = said(regard(&location).args(["forget", &id, "--yes", "--json"]));
        assert!(!receipt.to_lowercase().contains("zyxcanary"), "a receipt names nobody");
        let again = said(regard(&location).current_dir(folder.path()).args([
            "import",
            book.to_str().unwrap(),
            "--json",
        ]));
        assert!(again.contains("\"forgotten\":1"), "{again}");
        assert_eq!(people(&location), 1);
    }
}

/// The command says the same as the gate does in its own tests, and names the case that it cannot read.
#[test]
fn cases_of_a_file_are_decided_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let agreed = concat!(env!("CARGO_MANIFEST_DIR"), "/../permission/tests/agreed.json");
    let told: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(agreed).unwrap()).unwrap();
    let cases = told["cases"].as_array().unwrap();
    let location = Location::Folder(folder.path().to_owned());
    let said = said(regard(&location).args(["permission", "decide", "--cases", agreed]));
    let answers: Vec<serde_json::Value> = serde_json::from_str(&said).unwrap();
    assert_eq!(answers.len(), cases.len());
    for (answer, case) in answers.iter().zip(cases) {
        assert_eq!(answer["id"], case["id"]);
        for part in ["decision", "reason", "until"] {
            let expected = &case["expect"][part];
            assert!(expected.is_null() || *expected == answer[part], "{part} of {case}: {answer}");
        }
    }
    let broken = folder.path().join("broken.json");
    std::fs::write(&broken, r#"{"defaults": {"now": "soon"}, "cases": [{"id": "X7"}]}"#).unwrap();
    let refused = regard(&location).args(["permission", "decide", "--cases"]).arg(&broken).output().unwrap();
    assert!(!refused.status.success());
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(why.contains("X7") && why.contains("soon"), "{why}");
}
