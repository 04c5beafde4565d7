//! A disk that is full is said so; nothing acknowledged is lost, and once there is room everything goes on.
//!
//! The disk is a small file system in memory that only the program sees, in a mount namespace of its own.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod common;

use std::{
    fs::{self, File},
    io::{ErrorKind, Write},
    os::fd::AsRawFd,
    path::Path,
    process::{Command, Stdio},
};

use common::{
    calling::{Program, answering, free_port, move_in, notes},
    data, kill, open, runtime,
};
use http::{Method, StatusCode};
use serde_json::Value;
use store::{Location, trial};

/// Runs a script with a disk of this size mounted at `$DISK`.
fn on_a_small_disk(folder: &Path, size: &str, script: &str) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-ec"]);
    command.arg(format!("mount -t tmpfs -o size={size} tmpfs \"$DISK\"\n{script}"));
    command.env("DISK", folder).env("REGARD", env!("CARGO_BIN_EXE_regard")).env("REGARD_LOG", "warn");
    command.stdin(Stdio::null());
    command
}

#[test]
fn an_import_that_fills_the_disk_says_so_and_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let script = r#"
        bring_in() { "$REGARD" import "$ORDERS" --data "$DISK" --name cdnow --map person=customer_id --map date=date \
            --map amount=dollar_value --map quantity=number_of_cds --currency USD --date-format %Y%m%d --json --report /dev/null; }
        bring_in && { echo "a disk of 12 MB held it all"; exit 1; }
        "$REGARD" doctor --data "$DISK" >/dev/null 2>&1 || true
        mount -o remount,size=900m "$DISK"
        bring_in
        "$REGARD" doctor --data "$DISK" --json
    "#;
    let mut command = on_a_small_disk(folder.path(), "12m", script);
    let output = command.env("ORDERS", data("value/cdnow_transactions.txt")).output().unwrap();
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{errors}");
    assert!(errors.contains("the disk is full"), "{errors}");
    whole(&said);
}

#[test]
fn an_import_that_fills_the_disk_of_postgresql_says_so_and_goes_on_when_there_is_room() {
    if std::env::var(trial::SERVER).is_err() {
        assert!(std::env::var(trial::REQUIRED).is_err(), "{} is not set", trial::SERVER);
        eprintln!("!! {} is not set: this story was NOT told", trial::SERVER);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (disk, data_folder) = (folder.path().join("disk"), folder.path().join("data"));
    fs::create_dir(&disk).unwrap();
    // PostgreSQL's tables lie on the small disk, with room for a part of the orders; Regard's own files lie elsewhere, and so does the server's
    // log: where that finds no room the server stops, and whether it starts again by itself is a matter of which came first.
    let inside = folder.path().join("inside.sh");
    let told = r#"
        bring_in() { "$REGARD" import "$ORDERS" --data "$FILES" --database "$REGARD_TEST_POSTGRES" --name cdnow \
            --map person=customer_id --map date=date --map amount=dollar_value --map quantity=number_of_cds \
            --currency USD --date-format %Y%m%d --json --report /dev/null; }
        free=$(df --output=avail -k "$DISK" | tail -n 1)
        dd if=/dev/zero of="$DISK/ballast" bs=1k count=$((free - 24000)) status=none
        bring_in && { echo "24 MB held it all"; exit 1; }
        rm "$DISK/ballast"
        bring_in
        "$REGARD" doctor --data "$FILES" --database "$REGARD_TEST_POSTGRES" --json
    "#;
    fs::write(&inside, told).unwrap();
    // Inside, the program must not seem to be root: PostgreSQL refuses to be run by it.
    let script = r#"chmod 777 "$DISK"; TMPDIR="$DISK" unshare --user --map-user=1000 "$POSTGRES" run -- sh -e "$INSIDE""#;
    let mut command = on_a_small_disk(&disk, "700m", script);
    command.env("POSTGRES", Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bin/postgres"));
    command.env("INSIDE", &inside).env("FILES", &data_folder);
    command.env("POSTGRES_LOG_FOLDER", folder.path().join("log"));
    let output = command.env("ORDERS", data("value/cdnow_transactions.txt")).output().unwrap();
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{errors}");
    assert!(errors.contains("the disk is full"), "{errors}");
    whole(&said);
}

#[test]
fn a_server_on_a_full_disk_says_so_keeps_what_it_acknowledged_and_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let (disk, before) = (folder.path().join("disk"), folder.path().join("before"));
    fs::create_dir(&disk).unwrap();
    fs::create_dir(&before).unwrap();
    runtime().block_on(async {
        let (till, ann) = {
            let store = open(&Location::Folder(before.clone())).await;
            let (owner, ann) = move_in(&store).await;
            (Program::new(&store, &owner.viewer).await, ann)
        };
        // The last connection to close takes the log away; before that the files are not to be copied.
        while before.join("regard.db-wal").exists() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        let port = free_port();
        let script = format!(
            "cp -r '{}'/. \"$DISK\"\nexec \"$REGARD\" serve --data \"$DISK\" --listen 127.0.0.1:{port}",
            before.display()
        );
        let mut command = on_a_small_disk(&disk, "64m", &script);
        let mut server = answering(command.stdout(Stdio::null()), port).await;
        // The disk as the server sees it.
        let inside = Path::new("/proc")
            .join(server.0.id().to_string())
            .join("root")
            .join(disk.strip_prefix("/").unwrap());
        let filler = inside.join("filler");
        fill(&filler);
        let padding = " and much more".repeat(3000);
        let (mut kept, mut refused) = (Vec::new(), None);
        for n in 0..10_000 {
            let word = format!("word {n}");
            let (status, said) = till
                .note(port, ann, &word, &padding)
                .await
                .unwrap_or_else(|| panic!("nobody answered to {word}"));
            if !status.is_success() {
                refused = Some((status, said, word));
                break;
            }
            kept.push(word);
        }
        let (status, said, word) = refused.expect("a full disk refuses sooner or later");
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{said}");
        assert!(said.contains("The disk is full"), "{said}");
        let path = format!("/people/{ann}");
        let (status, said) = till.call(Method::GET, port, &path, &Value::Null).await.unwrap();
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "who looks is noted first: {said}");
        fs::remove_file(&filler).unwrap();
        let (status, said) = till.note(port, ann, &word, &padding).await.unwrap();
        assert!(status.is_success(), "there is room again: {status} {said}");
        kept.push(word);
        let (status, said) = till.call(Method::GET, port, &path, &Value::Null).await.unwrap();
        assert!(status.is_success(), "{status} {said}");
        // An open folder keeps the disk from vanishing with the last program that sees it.
        let held = File::open(&inside).unwrap();
        kill(&mut server.0);
        let copy = folder.path().join("copy");
        fs::create_dir(&copy).unwrap();
        for name in ["regard.db", "regard.db-wal"] {
            fs::copy(format!("/proc/self/fd/{}/{name}", held.as_raw_fd()), copy.join(name)).unwrap();
        }
        let found = notes(&open(&Location::Folder(copy)).await).await;
        assert_eq!(found.len(), kept.len());
        assert!(kept.iter().all(|word| found.get(word) == Some(&1)), "what was acknowledged is there once");
    });
}

/// What the second import and the doctor say afterwards.
fn whole(said: &str) {
    let mut told = serde_json::Deserializer::from_str(said).into_iter::<Value>().map(Result::unwrap);
    let counts = told.next().unwrap().to_string();
    assert!(counts.contains("69659"), "{counts}");
    let doctor = told.next().unwrap();
    assert_eq!(doctor["well"], true, "{doctor}");
    assert!(doctor.to_string().contains("23570"), "{doctor}");
}

fn fill(path: &Path) {
    let (mut file, block) = (File::create(path).unwrap(), vec![1u8; 1 << 16]);
    for size in [block.len(), 4096] {
        loop {
            match file.write(&block[..size]) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => panic!("{error}"),
            }
        }
    }
}
