//! What importing promises, told to both engines with real files.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use delivery::{
    exporting,
    importing::{self, Format, Wish},
};
use memory::{finding, people, timeline};
use model::{Time, World, file_digest};
use store::{Room, Store, trial::both_engines};

const HOUSE: &[Room] = &[store::ROOM, memory::ROOM, permission::ROOM, conversations::ROOM, delivery::ROOM];

fn noon() -> World {
    World::still(Time::from_seconds(1_800_000_000), 1).0
}

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data").join(name)
}

fn cdnow() -> Wish {
    Wish {
        path: data("value/cdnow_transactions.txt"),
        name: Some("cdnow".into()),
        map: ["person=customer_id", "date=date", "amount=dollar_value", "quantity=number_of_cds"]
            .map(String::from)
            .to_vec(),
        date_format: Some("%Y%m%d".into()),
        currency: Some("USD".into()),
        ..Wish::default()
    }
}

async fn counted(store: &Store) -> (i64, i64) {
    let people = store.read(people::count).await.unwrap();
    let moments = store.read(|db| db.number("select count(*) from moments", &[])).await.unwrap();
    (people, moments)
}

fn written(folder: &tempfile::TempDir, name: &str, text: &str) -> Wish {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    Wish { path, ..Wish::default() }
}

#[test]
fn the_cdnow_orders_read_twice_are_23_570_people_and_69_659_purchases() {
    both_engines(HOUSE, noon, |store| async move {
        let shown = importing::preview(cdnow(), noon().now()).await.unwrap();
        assert_eq!(shown.format, Format::Orders);
        let tried = importing::dry_run(&store, cdnow(), |_| {}).await.unwrap().0;
        assert_eq!((tried.new_people, tried.moments, tried.refused), (23_570, 69_659, 0));
        assert_eq!(counted(&store).await, (0, 0), "a dry run keeps nothing");
        let mut steps = 0;
        let first = importing::import(&store, cdnow(), None, |_| steps += 1).await.unwrap();
        assert_eq!(
            (first.counts.new_people, first.counts.moments, first.counts.refused),
            (23_570, 69_659, 0)
        );
        assert!(steps > 10 && first.state == "done", "whoever waits sees it move: {steps}");
        assert_eq!(counted(&store).await, (23_570, 69_659));
        let second = importing::import(&store, cdnow(), None, |_| {}).await.unwrap();
        assert_eq!((second.counts.moments, second.counts.known_moments), (0, 69_659));
        assert_eq!(counted(&store).await, (23_570, 69_659));
    });
}

#[test]
fn an_address_book_says_how_it_is_understood_and_keeps_what_it_could_not_read() {
    both_engines(HOUSE, noon, |store| async move {
        let folder = tempfile::tempdir().unwrap();
        let wish = written(
            &folder,
            "people.csv",
            "Name;E-Mail;Telefon;Firma\nAnn Okafor;ann@example.com;+44 20 7946 0101;Okafor & Daughters\n;;;Nobody Ltd\nBen;not an address;;\n",
        );
        let import = importing::import(&store, wish.clone(), None, |_| {}).await.unwrap();
        assert_eq!((import.counts.records, import.counts.new_people, import.counts.refused), (3, 2, 1));
        let refusals = importing::refusals(&store, import.id, None, 10).await.unwrap();
        let refused: Vec<_> = refusals.iter().filter(|r| r.refused).map(|r| r.line).collect();
        assert_eq!(refused, [3]);
        assert!(refusals.iter().any(|r| !r.refused && r.line == 4), "the address that is none is told");
        let report = folder.path().join("report.csv");
        assert_eq!(
            importing::write_refusals(&store, import.id, &report).await.unwrap(),
            refusals.len() as u64
        );
        let found = store.read(|db| finding::find(db, "okafor", 5)).await.unwrap();
        let id = found[0].id;
        let ann = store.read(move |db| people::person(db, id)).await.unwrap();
        assert_eq!(ann.roles[0].account_name, "Okafor & Daughters");
        let lost = Wish { map: vec!["email=Nowhere".into()], ..wish };
        let lost = importing::preview(lost, noon().now()).await;
        assert!(lost.unwrap_err().to_string().contains("Nowhere"), "an unknown column is named");
    });
}

#[test]
fn a_real_mail_archive_stays_readable_to_the_last_message() {
    both_engines(HOUSE, noon, |store| async move {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("linux-man.mbox");
        let packed = std::process::Command::new("gzip")
            .arg("-dc")
            .arg(data("mail/linux-man.mbox.gz"))
            .output()
            .unwrap();
        assert!(packed.status.success());
        std::fs::write(&path, packed.stdout).unwrap();
        let wish = Wish { path, ..Wish::default() };
        let import = importing::import(&store, wish.clone(), None, |_| {}).await.unwrap();
        assert_eq!((import.counts.records, import.counts.refused), (1200, 0));
        let kept = counted(&store).await;
        assert_eq!(kept.1, 1200);
        importing::import(&store, wish, None, |_| {}).await.unwrap();
        assert_eq!(counted(&store).await, kept, "read twice it is the same");
        let hits = store.read(|db| finding::moments(db, "man page", None, None, 5)).await.unwrap();
        let moment = &hits[0].moment;
        let raw = store.files().get(&moment.originals[0].digest).unwrap();
        assert!(!raw.is_empty() && !moment.body.is_empty());
    });
}

#[test]
fn what_was_taken_along_makes_an_equal_memory_elsewhere() {
    both_engines(HOUSE, noon, |store| async move {
        let folder = tempfile::tempdir().unwrap();
        let mail = "From: Ann Okafor <ann@example.com>\nTo: shop@example.org\nSubject: Beans\nMessage-ID: <1@example.com>\nDate: Mon, 2 Mar 2026 09:00:00 +0000\n\nAre the Guji beans back?\n";
        let wish = written(&folder, "one.eml", mail);
        importing::import(&store, wish, None, |_| {}).await.unwrap();
        let wish = written(&folder, "people.csv", "name,email,city\nAnn Okafor,ann@example.com,Leeds\n");
        importing::import(&store, wish, None, |_| {}).await.unwrap();
        let card = "BEGIN:VCARD\nVERSION:3.0\nFN:Ann Okafor\nEMAIL:ann@example.com\nPHOTO;ENCODING=b:/9j/4AAQSkZJRg==\nEND:VCARD\n";
        importing::import(&store, written(&folder, "ann.vcf", card), None, |_| {}).await.unwrap();
        let out = folder.path().join("out");
        let told = exporting::export(&store, None, &out, |_| {}).await.unwrap();
        assert_eq!((told.people, told.moments, told.files), (1, 1, 2));
        let cards = std::fs::read_to_string(out.join("people.vcf")).unwrap();
        assert!(cards.contains("PHOTO:data:image/jpeg;base64,/9j/4AAQSkZJRg=="), "{cards}");
        for name in ["memory.jsonl", "people.vcf", "people.csv", "mail.mbox"] {
            assert!(std::fs::metadata(out.join(name)).unwrap().len() > 0, "{name}");
        }
        let elsewhere = Store::open(store::Location::Folder(folder.path().join("other")), HOUSE, noon());
        std::fs::create_dir_all(folder.path().join("other")).unwrap();
        let elsewhere = elsewhere.await.unwrap();
        let wish = Wish { path: out.join("memory.jsonl"), ..Wish::default() };
        importing::import(&elsewhere, wish, None, |_| {}).await.unwrap();
        let seen = |store: Store| async move {
            let line = store.read(|db| finding::find(db, "okafor", 5)).await.unwrap().remove(0);
            let person = store.read(move |db| people::person(db, line.id)).await.unwrap();
            let page = store
                .read(move |db| timeline::of_person(db, line.id, timeline::From::End, &[], 9))
                .await
                .unwrap();
            let raw = store.files().get(&page.moments[0].originals[0].digest).unwrap();
            let photo = store.files().get(file_digest(&person.known["photo"].value).unwrap()).unwrap();
            let known: Vec<_> = person.known.into_iter().map(|(f, k)| (f, k.value)).collect();
            (person.id, person.name, known, page.moments[0].id, page.moments[0].body.clone(), raw, photo)
        };
        assert_eq!(seen(store.clone()).await, seen(elsewhere).await);
    });
}
