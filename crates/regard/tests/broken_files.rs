//! Files as they come: broken rows, bytes that are no text, a line of a gigabyte. Each gets a clear answer, nothing
//! that can be read is lost, and what cannot be read is kept with its line and the reason.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod common;

use std::{
    fs::{self, File},
    io::{Seek, SeekFrom, Write},
    path::Path,
    process::Command,
};

use common::{houses, open, regard, runtime};
use serde_json::Value;
use store::Location;

const GIGABYTE: u64 = 1 << 30;
/// Bytes that the program may take for itself while it reads.
const MEMORY: u64 = 300 << 20;

/// Imports a file with no more memory than it may have; gives what it says and the report of what was refused.
fn import(location: &Location, file: &Path) -> (Value, String) {
    let program = regard(location);
    let report = file.with_extension("report");
    let mut command = Command::new("prlimit");
    command.arg(format!("--data={MEMORY}")).arg(program.get_program()).args(program.get_args());
    command.env("REGARD_LOG", "warn").arg("import").arg(file).arg("--json").arg("--report").arg(&report);
    let output = command.output().unwrap();
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let said = serde_json::from_str(&said).unwrap_or_else(|why| panic!("{why}: {said}\n{errors}"));
    let refused = fs::read_to_string(&report).unwrap_or_default();
    let _ = fs::remove_file(report);
    (said, refused)
}

/// A file in which a gigabyte without an end of line stands between two good records.
fn with_a_long_line(path: &Path, before: &str, after: &str) {
    let mut file = File::create(path).unwrap();
    file.write_all(before.as_bytes()).unwrap();
    // A hole in the file reads as zeros and takes no room.
    file.seek(SeekFrom::Current(GIGABYTE as i64)).unwrap();
    file.write_all(after.as_bytes()).unwrap();
}

#[test]
fn a_line_of_a_gigabyte_is_refused_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let card =
        |name: &str| format!("BEGIN:VCARD\nVERSION:4.0\nFN:{name}\nEMAIL:{name}@example.org\nEND:VCARD\n");
    let mail = |name: &str| {
        format!(
            "From {name}@example.org Sun Mar  1 09:30:00 2026\nFrom: {name}@example.org\nTo: us@example.com\n\
             Subject: Hello\nDate: Sun, 01 Mar 2026 09:30:00 +0000\nMessage-ID: <{name}@example.org>\n\nHello\n\n"
        )
    };
    let line = |name: &str| {
        format!(
            "{{\"person\":{{\"email\":\"{name}@example.org\"}},\"kind\":\"call\",\"at\":\"2026-03-01T09:30:00Z\"}}\n"
        )
    };
    let files = [
        (
            "people.csv",
            "name,email\nann,ann@example.org\nx,".to_owned(),
            "\nben,ben@example.org\n".to_owned(),
        ),
        ("book.vcf", format!("{}BEGIN:VCARD\nNOTE:", card("ann")), format!("\nEND:VCARD\n{}", card("ben"))),
        ("archive.mbox", format!("{}{}", mail("ann"), mail("x")), format!("\n\n{}", mail("ben"))),
        ("moments.jsonl", format!("{}{{\"source\":\"", line("ann")), format!("\"}}\n{}", line("ben"))),
    ];
    let location = Location::Folder(folder.path().join("data"));
    for (name, before, after) in files {
        let path = folder.path().join(name);
        with_a_long_line(&path, &before, &after);
        let (said, report) = import(&location, &path);
        assert_eq!(said["counts"]["refused"], 1, "{name}: {said}");
        assert_eq!(report.matches(",refused,").count(), 1, "{name}: {}", &report[..report.len().min(500)]);
        assert!(report.len() < 1 << 20, "{name}: what is kept of it is short");
    }
}

#[test]
fn broken_rows_and_bytes_that_are_no_text_are_said_with_their_line_and_lose_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("people.csv");
    fs::write(
        &table,
        b"name,email,phone\nAnn,ann@example.org,\nEve,\"eve@example.org\nJ\xf6rg,joerg@example.org,\n,,\n\
          Ben,ben@,12\nKim,kim@example.org,,too,much\n",
    )
    .unwrap();
    let archive = folder.path().join("archive.mbox");
    fs::write(
        &archive,
        b"From mara@example.org Sun Mar  1 09:30:00 2026\nFrom: =?x-nowhere?Q?Mar=E1?= <mara@example.org>\n\
          Subject: Caf\xe9\nMessage-ID: <1@example.org>\nContent-Type: text/plain; charset=x-nowhere\n\
          Content-Transfer-Encoding: 8bit\n\nIt grinds too coarse \xff\xfe, S\xf8ren says.\n",
    )
    .unwrap();
    for location in houses(folder.path()) {
        let (said, report) = import(&location, &table);
        assert_eq!(
            (&said["counts"]["new_people"], &said["counts"]["refused"]),
            (&3.into(), &2.into()),
            "{said}"
        );
        let expected = [
            "3,refused,a quote is opened and never closed,\"Eve,\"\"eve@example.org\"",
            "4,kept,the row is not UTF-8 and was read as windows-1252,",
            "6,kept,\"email: “ben@” is not a mail address; kept as it stands\"",
            "7,refused,the row has 5 cells where the header has 3,\"Kim,kim@example.org,,too,much\"",
        ];
        for line in expected {
            assert!(report.contains(line), "{line} is not in\n{report}");
        }
        let (said, _) = import(&location, &archive);
        assert_eq!(
            (&said["counts"]["moments"], &said["counts"]["refused"]),
            (&1.into(), &0.into()),
            "{said}"
        );
        runtime().block_on(async {
            let store = open(&location).await;
            let found = store.read(|db| memory::finding::find(db, "Jörg", 5)).await.unwrap();
            assert_eq!(found.first().map(|person| person.name.as_str()), Some("Jörg"));
            let bodies = "select title || ': ' || body from moments where kind = 'email'";
            let bodies =
                store.read(move |db| db.rows(bodies, &[], |row| row.get::<String>(0))).await.unwrap();
            assert_eq!(bodies.len(), 1);
            assert!(bodies[0].starts_with("Café: It grinds too coarse "), "{bodies:?}");
            assert!(bodies[0].contains("Søren says."), "{bodies:?}");
        });
    }
}
