//! How we speak: advice where somebody writes, the house's own words, how it went over the months, and a page for whoever wants to try.

use axum::http::{Request, StatusCode, header};
use conversations::{
    digests::{self, Digest, State},
    speaking,
};
use house::{House, Role, SignIn};
use model::{Channel, DigestId, Direction, Fields, Fragment, Handle, Kind, NewMoment, PersonId};
use serde_json::{Value, json};
use store::{Store, params, trial::both_engines};

use crate::{Desk, PASSWORD, ROOMS, Seen, ines, open, world};

/// Something that we said, so many days ago.
fn said(store: &Store, key: &str, days: i64, kind: Kind, body: &str, data: Value) -> NewMoment {
    NewMoment {
        key: key.into(),
        at: store.world().now().plus_days(-days),
        kind,
        channel: Channel::Email,
        direction: Direction::Said,
        account: None,
        by: None,
        thread: None,
        title: "The grinder".into(),
        body: body.into(),
        data,
        originals: Vec::new(),
    }
}

async fn knows(store: &Store, email: &str, moments: Vec<NewMoment>) -> PersonId {
    let fragment = Fragment {
        source: "mail".into(),
        key: email.into(),
        seen_at: store.world().now(),
        fields: Fields::from([("name".to_owned(), email.to_owned())]),
        handles: vec![Handle::email(email).unwrap()],
        roles: Vec::new(),
        moments,
    };
    let (prepared, world) = (vec![memory::prepare(fragment)], store.world().clone());
    let taken = store.write(move |tx| memory::take(tx, &world, &prepared)).await.unwrap();
    taken[0].person.unwrap()
}

/// A digest that greets nobody in particular.
async fn digest(store: &Store) -> DigestId {
    let (world, by) = (store.world().clone(), store.world().id());
    let now = world.now();
    let digest = Digest {
        id: world.id(),
        subject: "The grinder".into(),
        intro: "Dear customer, hello.".into(),
        question: String::new(),
        topics: Vec::new(),
        mailbox: world.id(),
        by,
        state: State::Draft,
        starts_at: now,
        expires_at: now.plus_days(3),
        per_minute: 60,
    };
    let id = digest.id;
    store.write(move |tx| digests::keep(tx, &world, &digest)).await.unwrap();
    id
}

/// A colleague at a desk of their own.
async fn joined_by(store: &Store, name: &str, role: Role) -> Desk {
    let house = House::new(store.clone());
    let sign_in = |email: String, password: &str| SignIn {
        email,
        password: password.into(),
        address: "127.0.0.1".into(),
        browser: "a test".into(),
    };
    let ines = house.sign_in(sign_in("ines@roastery.example".into(), PASSWORD)).await.unwrap().viewer;
    let email = format!("{}@roastery.example", name.to_lowercase());
    let (secret, _) = house.invite(&ines, name, &email, role).await.unwrap();
    let mut desk = open(store);
    let form = format!("name={name}&password=the+spoon+is+in+the+jar");
    let entered = desk.post(&format!("/door/{}", secret.expose()), &form).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text);
    desk.cookie = entered.header("set-cookie").split(';').next().unwrap().to_owned();
    desk
}

/// What tells the voice that a page shows from one that was kept since.
async fn mark(desk: &Desk) -> String {
    let page = desk.get("/house/voice").await.text;
    let rest = page.split("name=\"seen\" value=\"").nth(1).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// A form with a text and files, as browsers send it.
async fn tries(desk: &Desk, kind: &str, text: &str, files: &[(&str, &str)]) -> Seen {
    let part =
        |head: &str, body: &str| format!("--oOo\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n");
    let mut body = part("name=\"text\"", text) + &part("name=\"kind\"", kind);
    for (name, text) in files {
        body += &part(&format!("name=\"file\"; filename=\"{name}\""), text);
    }
    body += "--oOo--\r\n";
    let request =
        Request::post("/language/try").header(header::CONTENT_TYPE, "multipart/form-data; boundary=oOo");
    desk.ask(request, &body).await
}

#[test]
fn how_we_have_spoken_is_counted_and_no_word_of_it_is_kept() {
    both_engines(ROOMS, world, |store| async move {
        let desk = ines(&store).await;
        let page = desk.get("/language").await.text;
        assert!(page.contains("Nothing was reckoned yet"), "{page}");
        let answer = "Our users wait at the zebracrossing.\n\n> Your call is important to us.";
        let quote = answer.find('>').unwrap();
        let digest = digest(&store).await;
        let outreach = |key: &str| said(&store, key, 39, Kind::Outreach, "", json!({ "digest": digest }));
        let mara = knows(
            &store,
            "mara@example.org",
            vec![
                said(&store, "1", 40, Kind::Email, answer, json!({"quote_from": quote})),
                outreach("2"),
                said(&store, "3", 500, Kind::Email, "Our users waited long ago.", Value::Null),
                said(&store, "4", 2, Kind::Email, "Users should not count.", json!({"automatic": "list"})),
            ],
        )
        .await;
        let heard = NewMoment {
            direction: Direction::Heard,
            ..said(&store, "5", 3, Kind::Email, "I am one of your users.", Value::Null)
        };
        let finnish = "Kysymme mitä tarvitset, ja sitten teemme sen huolellisesti kanssasi yhdessä.";
        knows(
            &store,
            "otis@example.org",
            vec![
                outreach("6"),
                said(&store, "7", 1, Kind::Chat, "A user may cancel. A user may ask.", Value::Null),
                said(&store, "8", 1, Kind::Email, finnish, Value::Null),
                heard,
            ],
        )
        .await;
        let spoken = speaking::reckon(&store).await.unwrap();
        let count =
            |rule: &str| spoken.found.iter().filter(|it| it.rule == rule).map(|it| it.count).sum::<u64>();
        assert_eq!(
            ["people/user", "people/users", "robotic/dear-nobody", "robotic/important-to-us"].map(count),
            [2, 1, 1, 0],
            "a digest counts once; what is quoted, old, automatic or theirs not at all: {:?}",
            spoken.found
        );
        assert_eq!(spoken.months.len(), 12);
        let kept: String = store
            .read(|db| {
                db.first("select content from spoken where what = $1", params!["latest"], |row| row.get(0))
            })
            .await
            .unwrap()
            .unwrap();
        assert!(!kept.contains("zebracrossing") && !kept.contains("cancel"), "{kept}");

        let page = desk.get("/language").await.text;
        for part in ["Our users wait at the zebracrossing.", "A user may cancel.", "twice", "not covered"] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(
            page.contains(&format!("/people/{mara}?around=")) && !page.contains("By who of us said it</h2>")
        );
        assert!(desk.get("/language?by=author").await.text.contains("By who of us said it</h2>"));
        let otto = joined_by(&store, "Otto", Role::Member).await;
        assert_eq!(otto.get("/language").await.status, StatusCode::OK);
        assert_eq!(otto.get("/language?by=author").await.status, StatusCode::FORBIDDEN);
        let part = desk.part("/language").await.text;
        assert!(part.starts_with("<div class=\"stack\" id=\"spoken\""), "{part}");
        let csv = desk.get("/language/numbers/packs").await;
        assert!(csv.text.contains("Robotic phrases,1"), "{}", csv.text);
        assert_eq!(desk.get("/language/numbers/nothing").await.status, StatusCode::NOT_FOUND);

        // Whoever is forgotten takes their sentences along, though the counts stay until the night.
        let forgotten = desk.post(&format!("/people/{mara}/forget"), "sure=yes").await;
        assert!(forgotten.status.is_redirection() || forgotten.status.is_success(), "{}", forgotten.text);
        let page = desk.get("/language").await.text;
        assert!(!page.contains("zebracrossing") && page.contains("A user may cancel."), "{page}");

        // It is asked for, and says so until it is done.
        assert_eq!(desk.post("/language/reckon", "").await.leads_to(), "/language");
        assert!(desk.get("/language").await.text.contains("It is being reckoned."));
        speaking::reckon(&store).await.unwrap();
        assert!(!desk.get("/language").await.text.contains("It is being reckoned"));
        let asked: i64 = store
            .read(|db| {
                db.first("select count(*) from jobs where kind = $1", params![speaking::RECKON], |row| {
                    row.get(0)
                })
            })
            .await
            .unwrap()
            .unwrap();
        assert_eq!(asked, 1, "a job does it");
    });
}

#[test]
fn advice_is_for_those_who_write_here_and_what_several_refuse_may_be_switched_off() {
    both_engines(ROOMS, world, |store| async move {
        let ines = ines(&store).await;
        let otto = joined_by(&store, "Otto", Role::Member).await;
        let noor = joined_by(&store, "Noor", Role::Member).await;
        let reader = joined_by(&store, "Rita", Role::ReadOnly).await;
        let text = "text=Our+users+wait.%0A%0A%3E+Your+call+is+important+to+us.";
        let advice = ines.post("/language/advice", text).await;
        assert!(
            advice.text.contains("data-found=\"users\" data-from=\"4\" data-to=\"9\""),
            "{}",
            advice.text
        );
        assert!(advice.text.contains("data-say=\"people\"") && !advice.text.contains("important"), "quoted");

        let long = format!("text={}", "a".repeat(100_001));
        assert_eq!(ines.post("/language/advice", &long).await.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(reader.post("/language/advice", text).await.status, StatusCode::FORBIDDEN);
        assert_eq!(open(&store).post("/language/advice", text).await.status, StatusCode::UNAUTHORIZED);
        let elsewhere = Request::post("/language/advice")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ORIGIN, "https://elsewhere.example");
        let elsewhere = elsewhere.header("sec-fetch-site", "cross-site");
        assert_eq!(otto.ask(elsewhere, text).await.status, StatusCode::FORBIDDEN);

        // Few words do not tell their language; then it is theirs.
        let vera = knows(&store, "vera@example.org", Vec::new()).await;
        let german = "text=Ihre+Anfrage+wurde+bearbeitet.";
        assert!(!ines.post("/language/advice", german).await.text.contains("de/vorgang"));
        let wishes = permission::Wishes { language: Some("de-AT".into()), ..permission::Wishes::default() };
        let world = store.world().clone();
        let saying = permission::Saying::default();
        store
            .write(move |tx| {
                permission::wish(tx, &world, vera, &wishes, permission::Actor::Person, &saying).map(drop)
            })
            .await
            .unwrap();
        let german = ines.post("/language/advice", &format!("{german}&person={vera}")).await.text;
        assert!(german.contains("de/vorgang"), "{german}");

        let leaves = "rule=people%2Fusers&words=Users";
        for (n, desk) in [&ines, &otto, &noor].into_iter().enumerate() {
            assert!(
                desk.post("/language/advice", text).await.text.contains("users"),
                "{n}: another's no is theirs"
            );
            assert!(!ines.get("/language").await.text.contains("Words that several of us"), "{n}");
            assert_eq!(desk.post("/language/leave", leaves).await.status, StatusCode::OK);
            assert!(!desk.post("/language/advice", text).await.text.contains("users"), "{n}");
        }
        assert_eq!(reader.post("/language/leave", leaves).await.status, StatusCode::FORBIDDEN);
        let none = ines.post("/language/leave", "rule=people%2Fnobody&words=Mara+Wu").await;
        assert_eq!(
            none.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "nothing is kept that no rule could have found"
        );
        let page = ines.get("/language").await.text;
        assert!(page.contains("Words that several of us") && page.contains("3 of us"), "{page}");
        let page = otto.get("/language").await.text;
        assert!(page.contains("3 of us") && !page.contains("Switch it off"), "{page}");
        assert!(otto.get("/house/me").await.text.contains("Words you leave as they are"));
        assert_eq!(otto.post("/language/take-back", leaves).await.leads_to(), "/house/me#left");
        assert!(otto.post("/language/advice", text).await.text.contains("users"));
        let rule = "rule=people%2Fusers";
        assert_eq!(otto.post("/language/switch-off", rule).await.status, StatusCode::FORBIDDEN);
        assert_eq!(ines.post("/language/switch-off", rule).await.leads_to(), "/language");
        assert!(!otto.post("/language/advice", text).await.text.contains("users"), "off for all");
        assert!(ines.get("/house/voice").await.text.contains("value=\"people/users\" checked"));
        assert!(ines.get("/house/log").await.text.contains("voice changed"));
    });
}

#[test]
fn the_house_speaks_with_its_own_voice() {
    both_engines(ROOMS, world, |store| async move {
        let ines = ines(&store).await;
        let otto = joined_by(&store, "Otto", Role::Member).await;
        let voice = "people=guest&several=&names=GitHub%0ALantern+Row&say=cheap&instead=good+value%2C+fair&why=It+is+not.&say=&instead=&why=&off=people%2Ftheirs";
        assert_eq!(otto.get("/house/voice").await.status, StatusCode::FORBIDDEN);
        assert_eq!(otto.post("/house/voice", voice).await.status, StatusCode::FORBIDDEN);
        assert_eq!(ines.post("/house/voice", voice).await.leads_to(), "/house/voice");
        let text = "text=Users+like+cheap+things+on+Github.+We+collect+user+feedback.";
        let advice = otto.post("/language/advice", text).await.text;
        for part in [
            "data-say=\"Guests\"",
            "data-say=\"good value\"",
            "data-say=\"fair\"",
            "data-say=\"GitHub\"",
            "It is not.",
        ] {
            assert!(advice.contains(part), "{part}: {advice}");
        }
        assert!(!advice.contains("people/theirs"), "{advice}");
        for (wrong, told) in [
            ("people=4%3Cb%3E", "The word for one of them is no word"),
            ("say=cheap&say=Cheap&instead=&instead=&why=&why=", "\u{201c}Cheap\u{201d} stands there twice"),
            ("names=%3F", "The name \u{201c}?\u{201d} can only hold words"),
            ("several=guests", "The word for one of them is missing"),
        ] {
            let seen = ines.post("/house/voice", &format!("{wrong}&seen={}", mark(&ines).await)).await;
            assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(
                seen.text.contains(told) && seen.text.contains("aria-invalid=\"true\""),
                "{told}: {}",
                seen.text
            );
        }
        let late = ines.post("/house/voice", "people=member&seen=").await;
        assert_eq!(late.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(late.text.contains("were changed by somebody else meanwhile"), "{}", late.text);
        assert!(
            otto.post("/language/advice", text).await.text.contains("Guests"),
            "what did not fit changed nothing"
        );
        let cheap = "rule=voice%2Fnever-cheap";
        assert_eq!(ines.post("/language/switch-off", cheap).await.leads_to(), "/language");
        let none = ines.post("/language/switch-off", "rule=voice%2Fnever-dear").await;
        assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
        let again = format!("{voice}&seen={}", mark(&ines).await);
        assert_eq!(ines.post("/house/voice", &again).await.leads_to(), "/house/voice");
        let advice = otto.post("/language/advice", text).await.text;
        assert!(!advice.contains("good value"), "what has no box to tick stays off: {advice}");
    });
}

#[test]
fn anybody_may_hold_a_text_against_the_rules_and_nothing_of_it_is_kept() {
    both_engines(ROOMS, world, |store| async move {
        let mut desk = ines(&store).await;
        desk.cookie.clear();
        let empty = desk.get("/language/try").await;
        assert_eq!((empty.status, empty.header("cache-control")), (StatusCode::OK, "no-store"));
        let text = "Our users <script>alert(1)</script> wait.";
        let seen = tries(&desk, "plain", text, &[]).await;
        assert_eq!((seen.status, seen.header("cache-control")), (StatusCode::OK, "no-store"));
        assert!(seen.text.contains("<mark>users</mark> &lt;script&gt;alert(1)"), "{}", seen.text);
        assert!(!seen.text.contains("<script>alert"), "what somebody wrote is never markup");
        let seen = tries(&desk, "markdown", "Users can ask. `users` stay.", &[]).await;
        assert!(seen.text.contains("People can ask. `users` stay."), "{}", seen.text);
        let mail = "From: a@example.org\r\nSubject: Our users\r\n\r\nHello.\r\n\r\n> Your call is important to us.\r\n";
        let seen = tries(&desk, "mail", mail, &[]).await.text;
        assert!(seen.contains("<mark>users</mark>") && !seen.contains("<mark>Your call"), "{seen}");
        let files = [
            (
                "de.po",
                "msgid \"hello\"\nmsgstr \"Ihre Anfrage wurde bearbeitet, und wir sind für Sie da.\"\n",
            ),
            ("shop.json", "{\"users\": \"Your call is important to us.\"}"),
            ("\"><b>.html", "<p>Nothing to say.</p>"),
        ];
        let seen = tries(&desk, "plain", "", &files).await.text;
        assert!(
            seen.contains("shop.json") && seen.contains("<mark>Your call is important to us</mark>"),
            "{seen}"
        );
        assert!(seen.contains("in German") && !seen.contains("<b>.html"), "{seen}");

        for (told, status, seen) in [
            ("is none of the kinds", 422, tries(&desk, "plain", "", &[("main.rs", "fn main() {}")]).await),
            ("Paste a text, or choose files", 422, tries(&desk, "plain", "  ", &[]).await),
            ("Up to 200 kB", 413, tries(&desk, "plain", &"a b ".repeat(50_001), &[]).await),
            ("Up to 200 kB", 413, tries(&desk, "plain", &"a b ".repeat(150_000), &[]).await),
        ] {
            assert_eq!(seen.status.as_u16(), status, "{told}");
            assert!(seen.text.contains(told), "{told}: {}", seen.text);
        }
        let mut statuses = Vec::new();
        for _ in 0..30 {
            statuses.push(tries(&desk, "plain", "Hello.", &[]).await.status);
        }
        assert!(statuses.contains(&StatusCode::TOO_MANY_REQUESTS), "a machine has to wait");
        assert_eq!(
            desk.get("/language").await.leads_to(),
            "/sign-in?next=/language",
            "the rest is for the desk"
        );
        let known = store.read(memory::people::count).await.unwrap();
        assert_eq!(known, 0);
    });
}
