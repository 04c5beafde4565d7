//! What a person takes along opens with other people's programs, is what the manifest says, keeps apart what they gave us from what we
//! made of it, and becomes an equal person in another house.
#![allow(clippy::unwrap_used)]

mod common;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use cast::{BUYS, WRITES, mail, moment, purchase};
use common::{houses, open, regard, runtime};
use memory::{
    looks, people, prepare, take,
    timeline::{self, From},
};
use model::{Channel, Direction, Fragment, Kind, NewMoment, PersonId};
use serde_json::{Value, json};
use store::{Location, Store};

/// More than what is read at once, so that it goes page by page.
const LETTERS: usize = 1100;

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

const LETTER: &str = "From: Ann Smith <ann@smith.example>\r\nTo: hello@lantern.example\r\nSubject: A picture\r\n\
Message-ID: <picture@smith.example>\r\nDate: Mon, 2 Mar 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\n\
Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHere it is.\r\n\r\nFrom me.\r\n\
--b\r\nContent-Type: text/plain; name=notes.txt\r\nContent-Disposition: attachment; filename=notes.txt\r\n\r\nground on Tuesday\r\n--b--\r\n";
const CARD: &str = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ann Smith\r\nEMAIL:ann@smith.example\r\n\
PHOTO;ENCODING=b:/9j/4AAQSkZJRg==\r\nEND:VCARD\r\n";

/// Ann, of whom there is everything that there can be; and Ben, of whom nothing must be in what she takes along.
async fn tell(store: &Store) -> PersonId {
    let mut ann = cast::ann();
    ann.moments
        .extend((0..LETTERS).map(|n| mail(&format!("l{n}"), 40 + n as i64 % 300, WRITES, "Beans", "\u{e9}")));
    ann.moments.push(NewMoment {
        direction: Direction::Noted,
        channel: Channel::Desk,
        ..moment("note", 2, (Kind::Note, Channel::Desk, Direction::Noted), "Likes it dark", "zyxnoted")
    });
    let mut shop = cast::ann_in_the_shop();
    let back = moment("r1", 9, (Kind::Refund, Channel::Shop, Direction::Said), "=Beans", "");
    let total = model::Money { minor: -950, currency: "GBP".into() };
    shop.moments.push(NewMoment { data: json!({ "total": total }), ..back });
    shop.moments.push(purchase("LR-7", 7, 500, "Mug, \"blue\"", 1));
    shop.moments.push(moment("odd", 8, BUYS, "Something", ""));
    shop.roles = cast::okafors()[0].roles.clone();
    let fair = Fragment { fields: cast::ann().fields, ..cast::yuki() };
    let batch: Vec<_> = [ann, shop, fair, cast::ben()].into_iter().map(prepare).collect();
    let world = store.world().clone();
    let taken = store.write(move |tx| take(tx, &world, &batch)).await.unwrap();
    let (one, other) = (taken[0].person.unwrap(), taken[2].person.unwrap());
    let world = store.world().clone();
    let merged = store.write(move |tx| {
        people::enter(tx, &world, one, "city", "Leeds", None)?;
        memory::joining::merge(tx, &world, one, other, "She said so", None, false)
    });
    merged.await.unwrap();
    store.read(move |db| memory::current(db, one)).await.unwrap()
}

/// What the packed files say of themselves, by Python and its libraries.
const LOOK: &str = r#"
import csv, hashlib, io, json, mailbox, sys, tempfile, vobject, zipfile
pack, folder = zipfile.ZipFile(sys.argv[1]), sys.argv[2]
assert pack.testzip() is None
pack.extractall(folder)
manifest = json.loads(pack.read("manifest.json"))
names = [it["name"] for it in manifest["files"]]
assert names + ["manifest.json"] == pack.namelist(), (names, pack.namelist())
for it in manifest["files"]:
    data = pack.read(it["name"])
    assert len(data) == it["bytes"] and hashlib.sha256(data).hexdigest() == it["sha256"], it
    if it["name"].startswith("files/"):
        assert it["name"].endswith(it["sha256"]), it
card = vobject.readOne(pack.read("person.vcf").decode())
mails = [it for it in mailbox.mbox(folder + "/mail.mbox")]
lines = lambda name: [json.loads(it) for it in pack.read(name).decode().splitlines()]
rows = list(csv.DictReader(io.StringIO(pack.read("purchases.csv").decode(), newline="")))
print(json.dumps({
    "names": names, "card": [card.fn.value] + [it.value for it in card.contents["email"]],
    "card_version": card.version.value, "has_photo": "data:image/jpeg" in card.photo.value,
    "mails": [[it["subject"], it.get_payload(0).get_payload(), it.get_payload(1).get_filename()] for it in mails],
    "events": lines("events.ndjson"), "noted": lines("noted.ndjson"), "looks": lines("looks.ndjson"), "rows": rows,
}))"#;

fn looked(zip: &Path, folder: &Path) -> Value {
    std::fs::create_dir_all(folder).unwrap();
    let told = said(Command::new("/usr/bin/python3").args(["-c", LOOK]).args([zip, folder]));
    serde_json::from_str(&told).unwrap()
}

fn read(folder: &Path, name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap()
}

/// Holds a file against the schema that lies beside it.
fn fits(folder: &Path, name: &str) -> Result<(), String> {
    let schema = read(folder, &format!("schema/{name}.schema.json"));
    let file = read(folder, &format!("{name}.json"));
    let validator = jsonschema::options()
        .with_draft(jsonschema::Draft::Draft202012)
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    validator.validate(&file).map_err(|error| format!("{name} at {}: {error}", error.instance_path()))
}

/// All that makes a person who they are, as far as an export carries it.
async fn whole(store: &Store, id: PersonId) -> (Value, Vec<Value>) {
    let person = store.read(move |db| people::person(db, id)).await.unwrap();
    let known: Vec<_> = person.known.iter().map(|(field, known)| json!([field, known.value])).collect();
    let mut handles: Vec<_> = person.handles.iter().map(|it| json!(it.handle).to_string()).collect();
    // A house knows the people of another by the ids that they had there.
    handles.retain(|it| !it.contains("regard:per_"));
    handles.sort();
    let roles: Vec<_> = person.roles.iter().map(|it| json!([it.account_name, it.role, it.since])).collect();
    let about = json!([
        person.id,
        person.name,
        person.kind,
        person.moments,
        person.heard,
        person.first_at,
        person.last_at,
        known,
        handles,
        roles
    ]);
    let (mut all, mut from) = (Vec::new(), From::Since(model::Time::from_seconds(0)));
    loop {
        let page = store.read(move |db| timeline::of_person(db, id, from, &[], 500)).await.unwrap();
        for it in &page.moments {
            all.push(json!([
                it.id,
                it.at,
                it.kind,
                it.channel,
                it.direction,
                it.thread,
                it.title,
                it.body,
                it.data,
                it.originals
            ]));
        }
        match page.moments.last().filter(|_| page.newer) {
            Some(last) => from = From::After(timeline::Place { at: last.at, id: last.id }),
            None => return (about, all),
        }
    }
}

fn place(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn what_somebody_takes_along_opens_everywhere_and_makes_an_equal_person() {
    let folder = tempfile::tempdir().unwrap();
    let (letter, card) = (place(folder.path(), "a.eml", LETTER), place(folder.path(), "a.vcf", CARD));
    for (n, location) in houses(folder.path()).iter().enumerate() {
        let ann = runtime().block_on(async { tell(&open(location).await).await });
        for file in [&letter, &card] {
            said(regard(location).arg("import").arg(file));
        }
        let zip = folder.path().join(format!("ann{n}.zip"));
        let export = ["export", "--person", &ann.to_string(), "--zip"].map(str::to_owned);
        said(regard(location).args(&export).arg(&zip));
        let unpacked = folder.path().join(format!("ann{n}"));
        let seen = looked(&zip, &unpacked);

        assert_eq!(seen["card"], json!(["Ann Smith", "ann@smith.example", "yuki@tanaka.example"]));
        assert_eq!(seen["card_version"], "4.0");
        assert_eq!(seen["mails"].as_array().unwrap().len(), 1);
        assert_eq!(seen["mails"][0][0], "A picture");
        assert_eq!(
            seen["mails"][0][1], "Here it is.\r\n\r\n>From me.",
            "a line that would begin another mail is marked"
        );
        assert_eq!(seen["mails"][0][2], "notes.txt");
        let cells = |name: &str| {
            seen["rows"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it[name].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(cells("what"), ["Harbour Blend 250 g", "'=Beans", "Something", "Mug, \"blue\""]);
        assert_eq!(cells("amount"), ["19.00", "-9.50", "", "5.00"]);

        let files =
            seen["names"].as_array().unwrap().iter().filter(|it| it.as_str().unwrap().starts_with("files/"));
        assert_eq!(files.count(), 2, "the letter as it came, and her face");
        assert_eq!(seen["has_photo"], true);

        // What they gave is apart from what we made of it, and of nobody else is a word in it.
        let (events, noted) = (seen["events"].as_array().unwrap(), seen["noted"].as_array().unwrap());
        assert_eq!(noted.len(), 1);
        assert_eq!(noted[0]["text"], "zyxnoted");
        assert_eq!(events.len(), LETTERS + 2 + 4 + 1 + 1, "letters, hers, the shop's, Yuki's, the picture");
        assert!(!seen["events"].to_string().contains("zyxnoted"));
        let person = std::fs::read_to_string(unpacked.join("person.json")).unwrap();
        assert!(
            !person.contains("regular") && !person.contains("\"rule\"") && !person.contains("She said so"),
            "{person}"
        );
        let inferred = read(&unpacked, "inferred.json");
        assert_eq!(inferred["joined"][0]["reason"], "She said so");
        assert!(inferred["about"].as_str().unwrap().starts_with("Not part of what you gave us"));
        let told = read(&unpacked, "person.json");
        assert_eq!(
            (&told["entered"][0]["field"], &told["entered"][0]["value"]),
            (&json!("city"), &json!("Leeds"))
        );
        for name in ["person", "inferred", "manifest"] {
            fits(&unpacked, name).unwrap();
        }
        let manifest = read(&unpacked, "manifest.json");
        assert_eq!(manifest["not_here"], json!([]));
        let part = |name: &str| {
            manifest["files"].as_array().unwrap().iter().find(|it| it["name"] == name).unwrap()["belongs_to"]
                .clone()
        };
        assert_eq!(
            [part("person.json"), part("inferred.json"), part("noted.ndjson")],
            ["given", "ours", "ours"]
        );
        for name in ["person.json", "events.ndjson", "memory.jsonl", "inferred.json"] {
            let text = std::fs::read_to_string(unpacked.join(name)).unwrap();
            assert!(!text.contains("Achebe"), "{name} speaks of Ben");
        }

        // Nothing is overwritten, and whoever was taken along can see that.
        let again = regard(location).args(&export).arg(&zip).output().unwrap();
        assert!(
            !again.status.success()
                && String::from_utf8_lossy(&again.stderr).contains("nothing is overwritten")
        );
        let looks = runtime().block_on(async {
            open(location).await.read(move |db| looks::of_person(db, ann)).await.unwrap()
        });
        assert_eq!((looks[0].what.as_str(), looks[0].staff), ("export", None));

        let second = folder.path().join(format!("second{n}.zip"));
        said(regard(location).args(&export).arg(&second));
        let seen = looked(&second, &folder.path().join(format!("second{n}")));
        assert_eq!(seen["looks"][0]["what"], "export", "who takes it out is in what is taken out next");

        // In another house she is the same, to the last word.
        let other = Location::Folder(folder.path().join(format!("other{n}")));
        said(regard(&other).arg("import").arg(unpacked.join("memory.jsonl")));
        runtime().block_on(async {
            let (here, there) = (open(location).await, open(&other).await);
            let (mine, theirs) = (whole(&here, ann).await, whole(&there, ann).await);
            assert_eq!(mine.1.len(), LETTERS + 2 + 4 + 1 + 1 + 1);
            assert_eq!(mine.0, theirs.0);
            assert_eq!(mine.1, theirs.1);
            for digest in here.read(move |db| memory::files_of(db, ann, "", 10)).await.unwrap() {
                assert_eq!(here.files().get(&digest).unwrap(), there.files().get(&digest).unwrap());
            }
        });
    }
}

#[test]
fn a_page_gets_the_same_as_a_file_without_a_name_and_what_is_lost_is_said() {
    use std::io::Read as _;
    let folder = tempfile::tempdir().unwrap();
    let letter = place(folder.path(), "a.eml", LETTER);
    for (n, location) in houses(folder.path()).iter().enumerate() {
        said(regard(location).arg("import").arg(&letter));
        let (mut file, packed) = runtime().block_on(async {
            let store = open(location).await;
            let ann = store.read(|db| memory::finding::find(db, "ann", 1)).await.unwrap()[0].id;
            let digest = store.read(move |db| memory::files_of(db, ann, "", 10)).await.unwrap().remove(0);
            store.files().remove(&digest).unwrap();
            let packed = delivery::taking_along::to_unnamed_file(&store, ann).await.unwrap();
            assert_eq!(packed.1.not_here, [digest]);
            packed
        });
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        let zip = folder.path().join(format!("page{n}.zip"));
        std::fs::write(&zip, bytes).unwrap();
        let unpacked = folder.path().join(format!("page{n}"));
        let names =
            said(Command::new("/usr/bin/python3").args(["-m", "zipfile", "-e"]).args([&zip, &unpacked]));
        assert_eq!(names, "");
        let manifest = read(&unpacked, "manifest.json");
        assert_eq!(manifest["not_here"], json!(packed.not_here));
        fits(&unpacked, "manifest").unwrap();
        let left = std::fs::read_dir(location.folder()).unwrap().map(|it| it.unwrap().file_name());
        assert!(!left.into_iter().any(|name| name.to_string_lossy().starts_with("taken-along")));
    }
}

/// The schemas say something: what breaks them is found.
#[test]
fn what_does_not_fit_the_published_form_is_found() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("schema")).unwrap();
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema");
    for name in ["person", "manifest", "inferred"] {
        let file = format!("{name}.schema.json");
        std::fs::copy(docs.join(&file), folder.path().join("schema").join(&file)).unwrap();
    }
    let good = json!({"format": "regard take-along 1", "person": PersonId::from_uuid(Default::default()), "made_at": "2026-03-01T09:30:00Z",
                      "program": "regard 0.1.0", "files": [], "not_here": []});
    place(folder.path(), "manifest.json", &good.to_string());
    fits(folder.path(), "manifest").unwrap();
    for (field, wrong) in [
        ("made_at", json!("today")),
        ("format", json!("2")),
        ("person", json!("Ann")),
        ("more", json!(1)),
        ("files", json!([{}])),
    ] {
        let mut bad = good.clone();
        bad[field] = wrong;
        place(folder.path(), "manifest.json", &bad.to_string());
        assert!(fits(folder.path(), "manifest").is_err(), "{field}");
    }
}
