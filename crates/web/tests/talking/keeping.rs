//! What is older than the house keeps it goes in the night, as if it had been forgotten; proof, and what still binds us, stays.

use axum::http::StatusCode;
use memory::{finding, people, prepare, retention, take};
use model::{Channel, Direction, Fields, Fragment, Handle, Kind, NewMoment, Original, PersonId, Time};
use store::Store;

use crate::{
    story,
    team::{Team, field},
};

fn told(key: &str, kind: Kind, at: Time, words: &str, files: &[&str]) -> NewMoment {
    let original = |digest: &&str| Original {
        digest: (*digest).to_owned(),
        name: "a file".into(),
        media_type: "text/plain".into(),
        size: 6,
    };
    NewMoment {
        key: key.into(),
        at,
        kind,
        channel: Channel::Email,
        direction: Direction::Heard,
        account: None,
        by: None,
        thread: None,
        title: String::new(),
        body: words.into(),
        data: serde_json::json!({"automatic": "told by a test"}),
        originals: files.iter().map(original).collect(),
    }
}

async fn tells(store: &Store, name: &str, mut moments: Vec<NewMoment>) -> PersonId {
    moments.iter_mut().for_each(|it| it.key = format!("{name} {}", it.key));
    let fragment = Fragment {
        source: "test".into(),
        key: name.into(),
        seen_at: store.world().now(),
        fields: Fields::from([("name".to_owned(), name.to_owned())]),
        handles: vec![Handle::email(&format!("{name}@customer.example")).unwrap()],
        roles: Vec::new(),
        moments,
    };
    let (world, batch) = (store.world().clone(), [prepare(fragment)]);
    store.write(move |tx| take(tx, &world, &batch)).await.unwrap()[0].person.unwrap()
}

async fn finds(store: &Store, word: &'static str) -> usize {
    store.read(move |db| finding::moments(db, word, None, None, 20)).await.unwrap().len()
}

async fn moments(team: &Team, person: PersonId) -> i64 {
    team.store.read(move |db| people::person(db, person)).await.unwrap().moments
}

#[test]
fn what_is_old_goes_in_the_night_and_what_binds_us_stays() {
    story(|team, _post| async move {
        let store = &team.store;
        let now = store.world().now();
        let put = |bytes: &'static [u8]| store.files().put(bytes).unwrap();
        let (own, shared) = (put(b"only of ann"), put(b"of both"));
        let old = now.plus_days(-400);
        let all = vec![
            told("1", Kind::Email, old, "marzipan of long ago", &[&own, &shared]),
            told("2", Kind::Email, now.plus_days(-20), "nougat of late", &[]),
            told("3", Kind::Call, old, "croissants by voice", &[]),
            told("4", Kind::Permission, old, "proof of saffron", &[]),
            told("5", Kind::Email, old, "truffles were promised", &[]),
        ];
        let ann = tells(store, "ann", all).await;
        let ben = tells(store, "ben", vec![told("1", Kind::Email, old, "halva of long ago", &[])]).await;
        tells(store, "cleo", vec![told("1", Kind::Call, old, "a call", &[&shared])]).await;
        let hers = format!("/people/{ann}");
        let moment = moment_of(store, ann, "truffles were promised").await;
        promises(store, ann, moment).await;

        // Nothing goes by itself.
        assert!(delivery::retaining::let_go(store).await.unwrap().is_empty());
        let page = team.gets("/house/keeping").await;
        assert!(page.contains("How long we keep things") && field(&page, "email").is_empty(), "{page}");
        for wrong in ["7", "soon", "-400"] {
            let (status, text) = team.posts("/house/keeping", &[("email", wrong)]).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
            assert!(
                text.contains("Mail") && !text.contains("Email"),
                "it names the field as the page does: {text}"
            );
        }
        let (status, text) = team.posts("/house/keeping", &[("email", "365"), ("call", "")]).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        let page = team.gets("/house/keeping").await;
        assert_eq!(field(&page, "email"), "365");
        let row = &page[page.find("id=\"days-email\"").unwrap()..];
        assert!(
            row[..row.find("</tr>").unwrap()].ends_with("<td>2</td>"),
            "hers and his, but for the promise: {row}"
        );
        assert_eq!(moments(&team, ann).await, 6, "looking changes nothing; making the promise is one, too");

        let gone = delivery::retaining::let_go(store).await.unwrap();
        assert_eq!(gone, [("email".to_owned(), 2)].into());
        assert_eq!((finds(store, "marzipan").await, finds(store, "halva").await), (0, 0));
        for word in ["nougat", "croissants", "saffron", "truffles"] {
            assert_eq!(finds(store, word).await, 1, "{word}");
        }
        assert_eq!((moments(&team, ann).await, moments(&team, ben).await), (5, 0));
        assert!(!team.gets(&hers).await.contains("marzipan"));
        assert!(team.gets(&format!("/people/{ben}")).await.contains("ben"), "he stays, with an empty page");
        assert!(store.files().get(&own).is_err(), "nobody has it any more");
        assert_eq!(store.files().get(&shared).unwrap(), b"of both", "somebody else has it, too");
        for table in ["moment_directory", "files"] {
            let sql = match table {
                "files" => "select count(*) from files",
                _ => {
                    "select count(*) from moment_directory d where not exists (select 1 from moments m where m.moment_id = d.moment_id)"
                }
            };
            let count = store.read(move |db| db.number(sql, &[])).await.unwrap();
            assert_eq!(count, i64::from(table == "files"), "{table}");
        }
        assert!(team.gets("/house/log").await.contains("moments let go"));
        assert!(delivery::retaining::let_go(store).await.unwrap().is_empty(), "once");

        // Not even a period that somebody wrote past the page takes proof away.
        let past = "insert into retention (name, days) values ('moments:permission', 365)";
        store.write(move |tx| tx.run(past, &[])).await.unwrap();
        assert!(delivery::retaining::let_go(store).await.unwrap().is_empty());

        // When the promise is kept, what it was made in goes, and the promise with it.
        let settled = store.write(move |tx| tx.run("update promises set state = 'kept'", &[])).await;
        settled.unwrap();
        assert_eq!(delivery::retaining::let_go(store).await.unwrap(), [("email".to_owned(), 1)].into());
        let promises = store.read(|db| db.number("select count(*) from promises", &[])).await.unwrap();
        assert_eq!((promises, finds(store, "truffles").await, finds(store, "saffron").await), (0, 0, 1));
        let proof = store.write(|tx| retention::keep_for(tx, &Kind::Permission, Some(400))).await;
        assert!(proof.unwrap_err().to_string().contains("always kept"));
    });
}

async fn moment_of(store: &Store, person: PersonId, words: &'static str) -> model::MomentId {
    let sql = "select moment_id from moments where person_id = $1 and body = $2";
    store
        .read(move |db| db.first(sql, store::params![person, words], |row| row.get(0)))
        .await
        .unwrap()
        .unwrap()
}

async fn promises(store: &Store, person: PersonId, moment: model::MomentId) {
    let world = store.world().clone();
    let by: model::StaffId = store
        .read(|db| db.first("select staff_id from staff", &[], |row| row.get(0)))
        .await
        .unwrap()
        .unwrap();
    let promise = conversations::promises::NewPromise {
        person,
        id: world.id(),
        moment: Some(moment),
        what: "send sweets".into(),
        due_at: world.now().plus_days(3),
        keeper: by,
        by,
    };
    store.write(move |tx| conversations::promises::make(tx, &world, &promise)).await.unwrap();
}

/// Whoever makes a table that speaks of moments says here what becomes of its rows when a moment is let go.
#[test]
fn of_every_table_that_speaks_of_moments_it_is_said_what_becomes_of_it() {
    const SAID: &[&str] = &[
        // The memory's own.
        "moment_directory",
        "moments",
        // They go along (`conversations::retaining`).
        "goodwill",
        "mentions",
        "messages",
        "noes",
        "promises",
        "talk_lines",
        // It goes along, too (`insight::kinds::let_go`).
        "kind_corrections",
        // It keeps its moment.
        "stories",
        // That somebody got something, by ids alone: so that they do not get it again.
        "digest_posts",
        "seen_pieces",
    ];
    const SQLITE: &str = "select t.name from sqlite_schema t where t.type = 'table'
        and exists (select 1 from pragma_table_info(t.name) c where c.name = 'person_id')
        and exists (select 1 from pragma_table_info(t.name) c where c.name = 'moment_id')";
    const POSTGRES: &str = "select cast(c.table_name as text) from information_schema.columns c
        where c.table_schema = current_schema() and c.column_name in ('person_id', 'moment_id')
        group by c.table_name having count(*) = 2";
    story(|team, _post| async move {
        let text = if team.store.engine() == store::Engine::Sqlite { SQLITE } else { POSTGRES };
        let mut all: Vec<String> =
            team.store.read(move |db| db.rows(text, &[], |row| row.get(0))).await.unwrap();
        all.sort();
        let mut said = SAID.to_vec();
        said.sort_unstable();
        assert_eq!(all, said);
    });
}
