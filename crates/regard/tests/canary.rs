//! Somebody leaves a word of theirs in every place that the house has, and is forgotten: no byte of it is left, in the data, in what is
//! logged, or in a backup that is put back.
#![allow(clippy::unwrap_used)]

mod common;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Command,
};

use cast::moment;
use common::{
    calling::{Program, answering, free_port, move_in},
    fresh_database, open, regard, runtime, whole_houses,
};
use conversations::{
    sites::{self, Site},
    talks::{self, Heard},
};
use memory::{joining, people, prepare, take};
use model::{Channel, Direction, Fragment, Handle, HandleKind, Kind, Original, PersonId, RoleClaim};
use serde_json::json;
use store::{Engine, Location, Store, ToValue, Value, jobs};

/// What every word of theirs begins with. Chance does not write it.
const CANARY: &str = "zyxqvk";
const ADDRESS: &str = "zyxqvkhandle@example.com";
const NUMBER: &str = "+441314960477";

/// Tables about no person, and how it comes that nothing of anybody is in them; or where this story leaves a word in them.
const OTHERS: &[(&str, &str)] = &[
    ("migrations", "of the program"),
    ("jobs", "a word is left in one that failed"),
    ("staff", "those who work here"),
    ("door_links", "those who work here"),
    ("sessions", "those who work here"),
    ("passkeys", "those who work here"),
    ("ceremonies", "those who work here"),
    ("tokens", "those who work here"),
    ("audit", "ids and names of fields, never what is in them"),
    ("settings", "of the house"),
    ("limits", "digests, for minutes"),
    ("people", "a word is left"),
    ("directory", "a word is left"),
    ("guards", "a word is left"),
    ("field_defs", "of the house"),
    ("moment_directory", "ids"),
    ("moment_words", "a word is left"),
    ("person_channels", "names of channels"),
    ("person_words", "a word is left"),
    ("word_variants", "a word is left"),
    ("accounts", "a word is left"),
    ("merges", "a word is left"),
    ("cannot_links", "a word is left"),
    ("redirects", "ids"),
    ("duplicates", "a word is left"),
    ("forgotten", "keyed hashes: said in the receipt"),
    ("receipts", "what went and what stays: said in the receipt"),
    ("secrets", "keys of the house"),
    ("retention", "of the house"),
    ("presence", "ids, for half a minute"),
    ("suppressed", "keyed hashes: said in the receipt"),
    ("used_links", "keyed hashes, for half an hour"),
    ("policies", "of the house"),
    ("insight_prices", "what staff assume of work and costs"),
    ("topics", "of the house"),
    ("pieces", "what the house wrote; a story is in a table of whoever told it"),
    ("digests", "what the house wrote"),
    ("goodwill_budgets", "of the house"),
    ("reckonings", "sums over everybody, and ids"),
    ("voices", "how the house speaks"),
    ("advice_left", "a word is left"),
    ("spoken", "counts of what we said, and ids"),
    ("saved_replies", "what is said to everybody"),
    ("chat_sites", "of the house"),
    ("imports", "a word is left in the name of a file"),
    ("refusals", "a word is left"),
    ("mailboxes", "a word is left in what is the matter"),
    ("mailbox_folders", "of the mail server"),
    ("journal", "a word is left in a mail that nobody could read"),
    ("mailbox_consents", "those who work here"),
    ("messengers", "a word is left in what is the matter"),
    ("messenger_unread", "a word is left"),
    ("signing_keys", "of the house"),
    ("domain_looks", "of the house"),
    ("mailbox_trials", "a word is left in what is the matter"),
    ("api_answers", "ids and counts, for a day"),
];

/// A house in which everything that is logged is looked at.
struct House {
    location: Location,
    logged: String,
}

impl House {
    fn said(&mut self, args: &[&str]) -> String {
        let output = regard(&self.location).env("REGARD_LOG", "trace").args(args).output().unwrap();
        self.logged += &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Serves the house, and has a program ask for them in ways that name them.
    async fn served(&mut self, id: &str) {
        let store = open(&self.location).await;
        let (owner, _) = move_in(&store).await;
        let till = Program::new(&store, &owner.viewer).await;
        drop(store);
        let (port, log) = (free_port(), self.location.folder().with_extension("log"));
        let mut serve = regard(&self.location);
        serve.env("REGARD_LOG", "debug").args(["serve", "--listen", &format!("127.0.0.1:{port}")]);
        serve.stdout(std::process::Stdio::null()).stderr(std::fs::File::create(&log).unwrap());
        let server = answering(&mut serve, port).await;
        for path in [
            &format!("/people/{id}"),
            &format!("/people/{id}/moments"),
            "/search/people?q=zyxqvkname",
            "/people?email=zyxqvkhandle@example.com",
        ] {
            let (status, _) = till.call(http::Method::GET, port, path, &json!(null)).await.unwrap();
            assert_eq!(status, 200, "{path}");
        }
        drop(server);
        let logged = std::fs::read_to_string(&log).unwrap();
        assert!(logged.contains("answered"), "{logged}");
        self.logged += &logged;
    }

    /// Every word of theirs that is anywhere, with where.
    fn found(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for file in files(self.location.folder()) {
            let bytes = std::fs::read(&file).unwrap();
            found.extend(words(&bytes).into_iter().map(|word| format!("{word} in {}", file.display())));
        }
        if let Location::Server { url, .. } = &self.location {
            let dump = Command::new("pg_dump").arg("--no-owner").arg(url).output().unwrap();
            assert!(dump.status.success());
            let mut table = String::new();
            for line in dump.stdout.split(|byte| *byte == b'\n') {
                if let Some(rest) = line.strip_prefix(b"COPY ") {
                    table = String::from_utf8_lossy(rest).split(' ').next().unwrap().to_owned();
                }
                found.extend(words(line).into_iter().map(|word| format!("{word} in {table}")));
            }
        }
        found
    }
}

/// Each word that begins as theirs do, in plain or as bytes are written out; and their number.
fn words(bytes: &[u8]) -> Vec<String> {
    let bytes = bytes.to_ascii_lowercase();
    let hex: String = CANARY.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut found = Vec::new();
    for needle in [CANARY, &hex, &NUMBER[1..]] {
        let starts =
            bytes.windows(needle.len()).enumerate().filter(|(_, window)| *window == needle.as_bytes());
        found.extend(starts.map(|(at, _)| {
            let end = bytes[at..]
                .iter()
                .position(|byte| !byte.is_ascii_alphanumeric())
                .map_or(bytes.len(), |it| at + it);
            String::from_utf8_lossy(&bytes[at..end.min(at + 60)]).into_owned()
        }));
    }
    found
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// As a source tells of them, with everything that it can say.
fn somebody(store: &Store) -> Fragment {
    let original = |name: &str, bytes: &[u8], media_type: &str| Original {
        digest: store.files().put(bytes).unwrap(),
        name: name.into(),
        media_type: media_type.into(),
        size: bytes.len() as u64,
    };
    let mut all = Vec::new();
    for kind in Kind::KNOWN.iter().cloned().chain([Kind::Other("zyxqvkkind".into())]) {
        let direction = if kind == Kind::Note { Direction::Noted } else { Direction::Heard };
        let (title, body) = (format!("zyxqvktitle{kind}"), format!("zyxqvkbody{kind} and more"));
        let mut one =
            moment(&format!("zyxqvkkey{kind}"), 5, (kind.clone(), Channel::Email, direction), &title, &body);
        one.data = json!({ "word": format!("zyxqvkdata{kind}") });
        one.thread = Some(format!("zyxqvkthread{kind}"));
        one.account = Some("Zyxqvkcustomer & Sons".into());
        all.push(one);
    }
    all[0].originals = vec![
        original("zyxqvkfile.txt", b"zyxqvkattachment", "text/plain"),
        original("message.eml", b"Subject: zyxqvkmail\r\n\r\nzyxqvkmailbody", "message/rfc822"),
    ];
    let photo = store.files().put(b"GIF89a zyxqvkphoto").unwrap();
    let other = Handle {
        kind: HandleKind::Social,
        value: "example:zyxqvksocial".into(),
        raw: "zyxqvkraw".into(),
        verified: true,
    };
    let role = |account: &str, kind: &str| RoleClaim {
        account: account.into(),
        account_kind: kind.into(),
        role: "zyxqvkrole".into(),
        since: None,
        until: None,
    };
    Fragment {
        source: "people".into(),
        key: "zyxqvkrow".into(),
        seen_at: cast::today(),
        fields: [
            ("name", "Zyxqvkname Bird"),
            ("favourite", "zyxqvkfield"),
            ("photo", &format!("file:{photo}")),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into(),
        handles: vec![Handle::email(ADDRESS).unwrap(), cast::phone(NUMBER), other],
        roles: vec![role("Zyxqvkhome", "household"), role("Zyxqvkfirm", "organisation")],
        moments: all,
    }
}

/// Leaves their words wherever something of the house's own way leads; gives their id.
async fn plant(store: &Store) -> PersonId {
    let world = store.world().clone();
    let (fragment, ben) = (prepare(somebody(store)), prepare(cast::ben()));
    let site = Site {
        id: world.id(),
        name: "Shop".into(),
        origins: vec!["https://shop.example".into()],
        vouched_only: false,
        apps: false,
        mailbox: None,
        greeting: String::new(),
        created_at: world.now(),
        turns: 0,
    };
    let key = talks::Key::new(&world);
    let line = Heard {
        name: "1".into(),
        text: "zyxqvktalk".into(),
        page: "https://shop.example/zyxqvkpage".into(),
        files: Vec::new(),
    };
    let planted = store.write(move |tx| {
        let world = &world;
        let taken = take(tx, world, &[fragment.clone(), ben.clone()])?;
        let (id, ben) = (taken[0].person.unwrap(), taken[1].person.unwrap());
        people::enter(tx, world, id, "city", "zyxqvkentry", None)?;
        people::guard(tx, &cast::phone(NUMBER), "shared", "zyxqvkguard", world.now())?;
        sites::keep(tx, world, &site)?;
        let (talk, _) = talks::hear(tx, world, site.id, &key, &line)?;
        talks::write_to(tx, world, &talk, "zyxqvkclaimed@example.com")?;
        talks::called(tx, world, &talk, "Zyxqvkcalled")?;
        joining::merge(tx, world, id, talk.person, "zyxqvkjoined", None, true)?;
        let id = memory::current(tx, id)?;
        conversations::drafts::keep(tx, world, id, world.id(), &json!({ "text": "zyxqvkdraft" }))?;
        jobs::enqueue(tx, world, "zyx", "1", &json!({ "person": id }), world.now().plus_days(9))?;
        let word = |word: &str| format!("550 <{ADDRESS}> zyxqvk{word}");
        let one = id.value().into_owned();
        conversations::speaking::leave(tx, world.id(), "blame/told-before", "as I told Zyxqvkname Bird", world.now())?;
        let texts: [(&str, Vec<Value<'static>>); 7] = [
            ("update jobs set dead = true, last_error = $1 where kind = 'zyx'", vec![word("job").value().into_owned()]),
            ("insert into mailboxes (mailbox_id, address, name, servers, sealed, created_at, state, trouble, since) values ($1, 'hello@lantern.example', '', '{}', $2, 1, 'refused', $3, 1)",
             vec![new_id(world).value().into_owned(), Vec::<u8>::new().value().into_owned(), word("mailbox").value().into_owned()]),
            ("insert into mailbox_trials (mailbox_id, trial, asked_at, trouble) select mailbox_id, mailbox_id, 1, $1 from mailboxes", vec![word("trial").value().into_owned()]),
            ("insert into messengers (messenger_id, service, name, sealed, created_at, trouble, since) values ($1, 'generic', '', $2, 1, $3, 1)",
             vec![new_id(world).value().into_owned(), Vec::<u8>::new().value().into_owned(), word("messenger").value().into_owned()]),
            ("insert into cannot_links (one_id, other_id, reason, at) values ($1, $2, 'zyxqvkcannot', 1)", vec![one.clone(), ben.value().into_owned()]),
            ("insert into duplicates (person_id, other_id, evidence, score, found_at) values ($1, $2, '[\"zyxqvkduplicate\"]', 1.0, 1)", vec![one.clone(), ben.value().into_owned()]),
            ("insert into duplicates (person_id, other_id, evidence, score, found_at) values ($2, $1, '[\"zyxqvktwin\"]', 1.0, 1)", vec![one.clone(), ben.value().into_owned()]),
        ];
        for (text, values) in &texts {
            tx.run(text, values)?;
        }
        Ok::<_, conversations::ConversationError>(id)
    });
    let id = planted.await.unwrap();
    unread(store).await;
    everywhere(store, id).await;
    id
}

/// Mail and messages that nobody could read, which speak of them.
async fn unread(store: &Store) {
    let mail = format!("From: {ADDRESS}\r\n\r\nzyxqvkunreadmail").into_bytes();
    let message = format!("{{\"from\": \"{NUMBER}\", \"text\": \"zyxqvkunreadmessage\"").into_bytes();
    let [mail, message] = [mail, message].map(|bytes| store.files().put(&bytes).unwrap());
    let wrote = store.write(move |tx| {
        tx.run(
            "insert into journal (mailbox_id, folder, validity, uid, digest, size, fetched_at, state, reason)
             select mailbox_id, 'INBOX', 1, 1, $1, 9, 1, 'refused', 'zyxqvkreason' from mailboxes",
            &[mail.value()],
        )?;
        tx.run(
            "insert into messenger_unread (messenger_id, digest, reason, at) select messenger_id, $1, 'zyxqvkwhy', 1 from messengers",
            &[message.value()],
        )
    });
    wrote.await.unwrap();
}

/// Columns of every table whose rows belong to people, as the engine tells of them.
async fn tables(store: &Store) -> Vec<(String, Vec<(String, String)>)> {
    let sqlite = "select t.name, c.name, lower(c.type) from sqlite_schema t, pragma_table_info(t.name) c
        where t.type = 'table' and t.name not like 'sqlite!_%' escape '!' and t.name not like 'moment_words!_%' escape '!'
        and t.name <> 'moment_terms' order by t.name, c.cid";
    let postgres = "select cast(table_name as text), cast(column_name as text), cast(data_type as text) from information_schema.columns
        where table_schema = current_schema() order by table_name, ordinal_position";
    let text = if store.engine() == Engine::Sqlite { sqlite } else { postgres };
    let rows =
        store.read(move |db| db.rows(text, &[], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))).await;
    let mut all: Vec<(String, Vec<(String, String)>)> = Vec::new();
    for (table, column, kind) in rows.unwrap() {
        let (table, column, kind): (String, String, String) = (table, column, kind);
        match all.last_mut().filter(|(name, _)| *name == table) {
            Some((_, columns)) => columns.push((column, kind)),
            None => all.push((table, vec![(column, kind)])),
        }
    }
    all
}

fn is_of_people(columns: &[(String, String)]) -> bool {
    ["person_id", "profile_id"].iter().all(|wanted| columns.iter().any(|(name, _)| name == wanted))
}

/// A row of theirs in every table about people, with a word in each column that holds any: also in tables that come to be one day.
async fn everywhere(store: &Store, id: PersonId) {
    for (table, columns) in tables(store).await {
        if !is_of_people(&columns) {
            continue;
        }
        let world = store.world().clone();
        let profile = "select profile_id from profiles where person_id = $1 order by profile_id limit 1";
        let wrote = store.write(move |tx| {
            let profile: uuid::Uuid = tx.first(profile, &[id.value()], |row| row.get(0))?.unwrap();
            let value = |column: &str, kind: &str| -> Value<'static> {
                match (column, kind) {
                    ("person_id" | "home_id", _) => id.value().into_owned(),
                    ("profile_id", _) if table != "profiles" => profile.value().into_owned(),
                    ("account_id", _) if table == "moments" => Value::Null,
                    (_, "blob" | "uuid") => new_id(&world).value().into_owned(),
                    ("direction", "text") if table == "moments" => "heard".to_owned().value().into_owned(),
                    ("originals", "text") if table == "moments" => "[]".to_owned().value().into_owned(),
                    ("digest", "text") if table == "files" => "0".repeat(64).value().into_owned(),
                    (_, "text") => json!({ "word": word(&table, column) }).to_string().value().into_owned(),
                    (_, "boolean") => false.value().into_owned(),
                    _ => 1i64.value().into_owned(),
                }
            };
            let values: Vec<Value<'static>> = columns.iter().map(|(name, kind)| value(name, kind)).collect();
            let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
            let marks: Vec<String> = (1..=names.len()).map(|n| format!("${n}")).collect();
            tx.run(
                &format!("insert into {table} ({}) values ({})", names.join(", "), marks.join(", ")),
                &values,
            )
        });
        wrote.await.unwrap();
    }
}

fn new_id(world: &model::World) -> PersonId {
    world.id()
}

fn word(table: &str, column: &str) -> String {
    format!("{CANARY}in{table}{column}").replace('_', "")
}

/// Every word that was left, so that none is missed because it was never there.
async fn left(store: &Store) -> Vec<String> {
    let mut all: Vec<String> = [
        "name",
        "field",
        "photo",
        "attachment",
        "mail",
        "mailbody",
        "file",
        "entry",
        "guard",
        "talk",
        "page",
        "claimed",
        "called",
        "joined",
        "draft",
        "job",
        "mailbox",
        "trial",
        "messenger",
        "cannot",
        "duplicate",
        "twin",
        "unreadmail",
        "unreadmessage",
        "reason",
        "why",
        "home",
        "firm",
        "customer",
        "social",
        "raw",
        "row",
        "role",
        "kind",
        "refused",
        "upload",
        "letter",
    ]
    .map(|it| format!("{CANARY}{it}"))
    .into();
    for kind in Kind::KNOWN {
        all.extend(["title", "body", "data", "thread"].map(|it| format!("{CANARY}{it}{kind}")));
    }
    for (table, columns) in tables(store).await {
        if is_of_people(&columns) {
            // What is read as something of its own cannot be just any word.
            let read = |name: &str| {
                matches!((table.as_str(), name), ("moments", "direction" | "originals") | ("files", "digest"))
            };
            let texts = columns.iter().filter(|(name, kind)| kind == "text" && !read(name));
            all.extend(texts.map(|(name, _)| word(&table, name)));
        } else {
            assert!(OTHERS.iter().any(|(name, _)| *name == table), "what of somebody may be in {table}?");
        }
    }
    all.push(NUMBER[1..].to_owned());
    all
}

#[test]
fn no_byte_is_left_of_whoever_was_forgotten_wherever_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let named = place(
        "Zyxqvkname Bird.csv",
        &format!("name,email\nZyxqvkname Bird,{ADDRESS}\n,{ADDRESS}x@ zyxqvkrefused\n"),
    );
    let letter = place(
        "letter.eml",
        &format!(
            "From: Zyxqvkname Bird <{ADDRESS}>\r\nTo: a@b.example\r\nSubject: zyxqvkletter\r\nMessage-ID: <1@x.example>\r\nDate: Mon, 2 Mar 2026 09:00:00 +0000\r\n\r\nzyxqvkletter\r\n"
        ),
    );
    let again = place("again.csv", &format!("name,email\nZyxqvkname Bird,{ADDRESS}\n"));
    for (n, location) in whole_houses(folder.path()).into_iter().enumerate() {
        let mut house = House { location, logged: String::new() };
        house.said(&["import", &named]);
        house.said(&["import", &letter]);
        let id = runtime().block_on(async { plant(&open(&house.location).await).await }).to_string();
        let uploads = house.location.folder().join("uploads").join("0".repeat(64));
        std::fs::create_dir_all(&uploads).unwrap();
        std::fs::write(uploads.join("waits.csv"), "zyxqvkupload").unwrap();
        let out = folder.path().join(format!("out{n}"));
        house.said(&["export", out.to_str().unwrap(), "--person", &id]);

        let before = house.found().into_iter().collect::<Vec<_>>().join("\n");
        let left = runtime().block_on(async { left(&open(&house.location).await).await });
        for word in &left {
            assert!(before.contains(word.as_str()), "{word} was never there");
        }
        let backup = folder.path().join(format!("backup{n}"));
        house.said(&["backup", backup.to_str().unwrap()]);

        runtime().block_on(house.served(&id));
        let receipt = house.said(&["forget", &id, "--yes", "--json"]);
        let read = memory::forgetting::verify(&receipt, None).unwrap();
        assert_eq!(house.found(), BTreeSet::new(), "of {} words", left.len());
        assert!(words(receipt.as_bytes()).is_empty());
        for stays in [
            "A keyed hash",
            "This receipt",
            "other people's conversations",
            "mail on the servers",
            "files that one of us took out",
            "Backups",
        ] {
            assert!(read.stays.iter().any(|it| it.what.contains(stays)), "{stays}");
        }
        assert!(
            !words(std::fs::read_to_string(out.join("memory.jsonl")).unwrap().as_bytes()).is_empty(),
            "what was taken out is out"
        );

        // A backup from before brings them back for no longer than it takes to forget them again.
        house.location = match &house.location {
            Location::Folder(data) => {
                let old = ["regard.db", "regard.db-wal", "regard.db-shm"].map(|name| data.join(name));
                old.iter().filter(|it| it.exists()).for_each(|it| std::fs::remove_file(it).unwrap());
                house.location.clone()
            }
            Location::Server { folder: data, .. } => match fresh_database(folder.path(), "canary") {
                Location::Server { url, .. } => Location::Server { url, folder: data.clone() },
                other => other,
            },
        };
        let told = house.said(&["restore", backup.to_str().unwrap()]);
        assert!(told.contains("1 who were forgotten"), "{told}");
        assert_eq!(house.found(), BTreeSet::new());

        // Neither does a file, or a mail; and nothing of them was ever written into a log.
        for file in [&again, &letter] {
            let told = house.said(&["import", file, "--json"]);
            assert!(told.contains("\"forgotten\":1"), "{told}");
        }
        assert_eq!(house.found(), BTreeSet::new());
        assert!(house.logged.len() > 100, "something was logged: {}", house.logged);
        assert_eq!(words(house.logged.as_bytes()), Vec::<String>::new(), "in the log");
        let people =
            runtime().block_on(async { open(&house.location).await.read(people::count).await.unwrap() });
        assert_eq!(people, 1, "Ben is here; Ann came after the backup");
    }
}
