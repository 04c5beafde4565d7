//! An import that is killed at any moment goes on where it stopped: nothing is lost, nothing doubled.
#![allow(clippy::unwrap_used)]

mod common;

use std::{path::Path, process::Stdio, thread::sleep, time::Duration};

use common::{Dice, data, houses, kill, open, regard, runtime};
use store::Location;

/// Runs an import again and again, killing it after a moment half as long again each time, until one run comes to its end.
fn killed_until_done(location: &Location, arguments: &[&str]) -> u32 {
    let mut dice = Dice::new(11);
    let mut patience = 150;
    for kills in 0..40 {
        let mut child = regard(location).args(arguments).stdout(Stdio::null()).spawn().unwrap();
        patience = patience * 7 / 5 + dice.below(100);
        for _ in 0..patience / 5 {
            sleep(Duration::from_millis(5));
            if let Some(status) = child.try_wait().unwrap() {
                assert!(status.success(), "it ended by itself, and badly");
                return kills;
            }
        }
        kill(&mut child);
    }
    panic!("it never came to its end");
}

fn counted(location: &Location) -> (i64, i64, i64) {
    runtime().block_on(async {
        let store = open(location).await;
        store
            .read(|db| {
                let moments = db.number("select count(*) from moments", &[])?;
                let directory = db.number("select count(*) from moment_directory", &[])?;
                Ok::<_, store::StoreError>((
                    db.number("select count(*) from people", &[])?,
                    moments,
                    directory,
                ))
            })
            .await
            .unwrap()
    })
}

#[test]
fn orders_killed_again_and_again_are_all_there_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = data("value/cdnow_transactions.txt");
    let arguments = [
        "import",
        file.to_str().unwrap(),
        "--name",
        "cdnow",
        "--map",
        "person=customer_id",
        "--map",
        "date=date",
        "--map",
        "amount=dollar_value",
        "--map",
        "quantity=number_of_cds",
        "--date-format",
        "%Y%m%d",
        "--currency",
        "USD",
    ];
    for location in houses(folder.path()) {
        let kills = killed_until_done(&location, &arguments);
        assert!(kills > 2, "it was killed {kills} times only");
        assert_eq!(counted(&location), (23_570, 69_659, 69_659));
        assert!(regard(&location).args(arguments).stdout(Stdio::null()).status().unwrap().success());
        assert_eq!(counted(&location), (23_570, 69_659, 69_659), "run once more, nothing changes");
    }
}

#[test]
fn a_mail_archive_killed_again_and_again_keeps_every_message_readable() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("linux-man.mbox");
    let unpacked =
        std::process::Command::new("gzip").arg("-dc").arg(data("mail/linux-man.mbox.gz")).output().unwrap();
    std::fs::write(&archive, unpacked.stdout).unwrap();
    for location in houses(folder.path()) {
        killed_until_done(&location, &["import", archive.to_str().unwrap()]);
        let (_, moments, directory) = counted(&location);
        assert_eq!((moments, directory), (1200, 1200));
        every_original_is_there(&location);
    }
    assert!(!Path::new("linux-man.mbox.refused.csv").exists(), "nothing was refused");
}

fn every_original_is_there(location: &Location) {
    runtime().block_on(async {
        let store = open(location).await;
        let digests = store
            .read(|db| db.rows("select digest from files", &[], |row| row.get::<String>(0)))
            .await
            .unwrap();
        assert!(digests.len() >= 1200);
        for digest in digests {
            assert!(!store.files().get(&digest).unwrap().is_empty());
        }
    });
}
