//! Running the house: a backup is taken while it is in use and can be put back; the doctor says what is set from where.
#![allow(clippy::unwrap_used)]

mod common;

use std::{path::Path, process::Command};

use common::{fresh_database, houses, open, regard, runtime, whole_houses};
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

/// The id of whoever has this name.
fn id_of(location: &Location, name: &'static str) -> String {
    runtime().block_on(async {
        let found = open(location).await.read(move |db| memory::finding::find(db, name, 1)).await.unwrap();
        found[0].id.to_string()
    })
}

fn refused(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_backup_that_is_put_back_brings_back_nobody_who_was_forgotten_since() {
    let folder = tempfile::tempdir().unwrap();
    let book = folder.path().join("people.csv");
    std::fs::write(
        &book,
        "name,email\nAnn Okafor,ann@example.com\nBen Adler,ben@example.com\nCem Arslan,cem@example.com\n",
    )
    .unwrap();
    let book = book.to_str().unwrap();
    for (n, location) in whole_houses(folder.path()).iter().enumerate() {
        said(regard(location).args(["import", book]));
        let backup = folder.path().join(format!("before{n}"));
        let told = said(regard(location).args(["--backups-kept-days", "7", "backup"]).arg(&backup));
        assert!(told.contains("throw it away by"), "{told}");
        let (ann, cem) = (id_of(location, "ann"), id_of(location, "cem"));
        let paper = folder.path().join(format!("receipt{n}.json"));
        let forget = [
            "--backups-kept-days",
            "7",
            "forget",
            &ann,
            "--yes",
            "--asked",
            "2026-03-01T09:30:00Z",
            "--receipt",
        ];
        said(regard(location).args(forget).arg(&paper));
        let receipt = std::fs::read_to_string(&paper).unwrap();
        let receipt = memory::forgetting::verify(&receipt, None).unwrap();
        assert_eq!(receipt.asked_at.to_string(), "2026-03-01T09:30:00Z");
        assert_eq!(receipt.backups_gone_by, receipt.at.plus_days(7));
        said(regard(location).args(["--backups-kept-days", "7", "forget", &cem, "--yes"]));

        // The database is lost, and what lies beside it is not: the backup is put back into the same folder.
        let lost = match location {
            Location::Folder(folder) => {
                for name in ["regard.db", "regard.db-wal", "regard.db-shm"] {
                    let _ = std::fs::remove_file(folder.join(name));
                }
                location.clone()
            }
            Location::Server { folder: data, .. } => {
                let Location::Server { url, .. } = fresh_database(folder.path(), "fresh") else {
                    unreachable!()
                };
                Location::Server { url, folder: data.clone() }
            }
        };
        let told = said(regard(&lost).args(["--backups-kept-days", "7", "restore"]).arg(&backup));
        assert!(told.contains("1 people") && told.contains("2 who were forgotten"), "{told}");
        let again = said(regard(&lost).args(["import", book, "--json"]));
        assert!(again.contains("\"forgotten\":2"), "their addresses are still kept out: {again}");
        let good = said(regard(&lost).args(["forget", "--check"]).arg(&paper));
        assert!(
            good.contains("number 1 of 4"),
            "two receipts came back, and two are of the second time: {good}"
        );
        let doctor = said(regard(&lost).arg("doctor"));
        assert!(doctor.contains("4 receipts in an unbroken chain"), "{doctor}");

        // Put back elsewhere, whoever runs it says where the list is.
        let elsewhere = elsewhere(location, folder.path());
        let told = said(regard(&elsewhere).arg("restore").arg(&backup));
        assert!(told.contains("3 people") && told.contains("forget --again"), "{told}");
        let folder_of_list = location.folder();
        let nothing = refused(regard(&elsewhere).args(["forget", "--again"]).arg(folder.path()));
        assert!(nothing.contains("there is no forgotten.jsonl"), "{nothing}");
        let told = said(regard(&elsewhere).args(["forget", "--again"]).arg(folder_of_list));
        assert!(told.starts_with("2 who were forgotten"), "{told}");
        assert_eq!(people(&elsewhere), 1);
        assert!(
            said(regard(&elsewhere).arg("doctor")).contains("6 receipts"),
            "and the list there is a whole one"
        );

        // What somebody changed on their paper is found out, here and by whoever has only the key.
        let forged = folder.path().join(format!("forged{n}.json"));
        let text = std::fs::read_to_string(&paper).unwrap();
        std::fs::write(&forged, text.replace("\"us\"", "\"themselves\"")).unwrap();
        assert!(refused(regard(&lost).args(["forget", "--check"]).arg(&forged)).contains("was changed"));
        let key = receipt.key.as_str();
        assert!(
            said(regard(&lost).args(["forget", "--key", key, "--check"]).arg(&paper)).starts_with("Good")
        );
        assert!(
            refused(regard(&lost).args(["forget", "--key", key, "--check"]).arg(&forged))
                .contains("was changed")
        );
        assert!(is_good_elsewhere(&text, key) && !is_good_elsewhere(&text.replace("\"us\"", "\"no\""), key));

        // A receipt that is taken out of the chain is missed.
        let drop = "delete from receipts where number = 2";
        runtime().block_on(async { open(&lost).await.write(move |tx| tx.run(drop, &[])).await.unwrap() });
        let doctor = regard(&lost).arg("doctor").output().unwrap();
        let told = String::from_utf8(doctor.stdout).unwrap();
        assert!(!doctor.status.success() && told.contains("broken at number 2"), "{told}");
    }
    let wrong = regard(&Location::Folder(folder.path().join("x")))
        .args(["--backups-kept-days", "soon", "doctor"])
        .output();
    assert!(String::from_utf8_lossy(&wrong.unwrap().stderr).contains("backups_kept_days"));
}

/// Asks OpenSSL, which knows nothing of us, whether this key signed the receipt as docs/own-data.md says.
fn is_good_elsewhere(receipt: &str, key: &str) -> bool {
    const SAID: &str = "
import json, sys
receipt = json.load(sys.stdin)
signature, folder = bytes.fromhex(receipt.pop('signature')), sys.argv[2]
open(folder + '/said', 'wb').write(json.dumps(receipt, sort_keys=True, separators=(',', ':'), ensure_ascii=False).encode())
open(folder + '/signature', 'wb').write(signature)
open(folder + '/key', 'wb').write(bytes.fromhex('302a300506032b6570032100' + sys.argv[1]))";
    let folder = tempfile::tempdir().unwrap();
    let paper = folder.path().join("receipt");
    std::fs::write(&paper, receipt).unwrap();
    let mut python = Command::new("/usr/bin/python3");
    python.args(["-c", SAID, key]).arg(folder.path()).stdin(std::fs::File::open(&paper).unwrap());
    assert!(python.status().unwrap().success());
    let verify = [
        "pkeyutl",
        "-verify",
        "-pubin",
        "-keyform",
        "DER",
        "-inkey",
        "key",
        "-rawin",
        "-in",
        "said",
        "-sigfile",
        "signature",
    ];
    Command::new("openssl").args(verify).current_dir(folder.path()).output().unwrap().status.success()
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
    let agreed = concat!(env!("CARGO_MANIFEST_DIR"), "/../gate/tests/agreed.json");
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

/// Whoever runs the house edits what may be said to whom; each version stays, and what cannot be read changes nothing.
#[test]
fn an_edited_policy_is_adopted_printed_and_kept_in_versions() {
    let folder = tempfile::tempdir().unwrap();
    let shipped = gate::Policy::TEXT;
    let (fine, bad) = (folder.path().join("fine.toml"), folder.path().join("bad.toml"));
    std::fs::write(
        &fine,
        shipped
            .replace("default_tz = \"Europe/Berlin\"", "default_tz = \"Asia/Tokyo\"")
            .replace("max = 3", "max = 2"),
    )
    .unwrap();
    std::fs::write(&bad, shipped.replacen("class = \"marketing\"", "class = \"shouting\"", 1)).unwrap();
    let nowhere = Location::Folder(folder.path().join("nowhere"));
    let table = said(regard(&nowhere).args(["permission", "table"]));
    assert_eq!(
        table,
        gate::table(&gate::Policy::of_the_house()),
        "without data it is what came with the program"
    );
    assert!(!folder.path().join("nowhere/regard.db").exists(), "whoever only asks makes no data");
    for location in &whole_houses(folder.path()) {
        let versions = || said(regard(location).args(["permission", "versions"]));
        assert_eq!(versions().lines().count(), 1, "{}", versions());
        let refused = regard(location).args(["permission", "adopt"]).arg(&bad).output().unwrap();
        let why = String::from_utf8(refused.stderr).unwrap();
        assert!(!refused.status.success() && why.contains("purposes.") && why.contains("shouting"), "{why}");
        assert_eq!(said(regard(location).args(["permission", "table"])), table);

        let name = said(regard(location).args(["permission", "adopt"]).arg(&fine));
        assert_eq!(
            said(regard(location).args(["permission", "adopt"]).arg(&fine)),
            name,
            "the same rows are the same version"
        );
        let now = said(regard(location).args(["permission", "table"]));
        assert!(now != table && now.contains("| 2 |"), "{now}");
        let all = versions();
        let lines: Vec<&str> = all.lines().collect();
        assert!(lines[0].starts_with(name.trim()) && lines[0].contains("from the command line"), "{all}");
        assert_eq!((lines.len(), lines[1]), (2, "as it came"));
        let logged = "select count(*) from audit where verb = 'policy.adopted'";
        let count =
            runtime().block_on(async { open(location).await.read(move |db| db.number(logged, &[])).await });
        assert_eq!(count.unwrap(), 1);
    }
}
