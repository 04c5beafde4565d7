//! What is worth passing on: topics, pieces and digests, from the first word to everybody having it; and who may do what.

use axum::http::StatusCode;
use cast::sink::Sink;
use channels::mail::Mailbox;
use conversations::{
    digests::{self, Digest, Envelope, Round},
    outbox::{self, Fate},
};
use delivery::{
    mailboxes::{self, NewMailbox, Place, Secret, Servers},
    signing,
};
use house::House;
use model::{MailboxId, MomentId, PersonId};
use permission::{
    Point,
    choosing::{self, Choice, How},
};
use store::{Store, trial::both_engines};
use tokio::sync::watch;

use crate::{Desk, ROOMS, ines, invited, takes, world};

const ROASTS: &str = "name=New+roasts&words=What+we+have+begun+to+roast.&open=yes";

/// A mailbox whose server takes everything and shows it to nobody.
async fn mailbox(store: &Store, port: u16) -> MailboxId {
    let place = || Place { host: "localhost".into(), port, security: "plain".into() };
    let servers = Servers {
        imap: place(),
        smtp: place(),
        login: String::new(),
        smtp_login: false,
        plus: true,
        authority: None,
        brought: true,
        folders: Vec::new(),
    };
    let (address, name) = ("news@roastery.example".into(), "The roastery".into());
    let secret = Secret::Password(String::new());
    mailboxes::add(store, NewMailbox { address, name, servers, secret }).await.unwrap()
}

/// Somebody who wants to hear of new roasts, or of nothing any more.
async fn says(store: &Store, person: PersonId, email: &str, yes: bool) {
    let choice = Choice {
        purpose: "digest".into(),
        topic: Some("new-roasts".into()),
        name: "New roasts".into(),
        words: "What we have begun to roast.".into(),
    };
    let (world, point) = (store.world().clone(), Point::mail(email));
    let how = How { via: "preference_page".into(), at_the_address: true, ..How::default() };
    store
        .write(move |tx| match yes {
            true => choosing::yes(tx, &world, person, &point, &choice, &how),
            false => choosing::no(tx, &world, person, &point, &choice, &how),
        })
        .await
        .unwrap();
}

/// A fresh id, as the page for a new one gives it.
async fn fresh(desk: &Desk, page: &str, action: &str) -> String {
    let text = desk.get(page).await.text;
    let from = text.find(&format!("action=\"{action}")).unwrap_or_else(|| panic!("{text}"));
    text[from + 8..].chars().take_while(|c| *c != '"').collect()
}

async fn adds_a_piece(desk: &Desk, form: &str) -> String {
    let at = fresh(desk, "/outreach/pieces/new", "/outreach/pieces/").await;
    let kept = desk.post(&at, form).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    at
}

const GUJI: &str = "kind=own&topic=new-roasts&title=Guji%2C+washed&words=Apricots%2C+and+rain.&ready=yes";

fn digest(mailbox: MailboxId, by: &str, more: &str) -> String {
    format!(
        "subject=What+is+new&intro=Spring+%3Cis%3E+here.&mailbox={mailbox}&by={by}&topics=new-roasts\
         &starts_at=2020-01-01T09%3A00&expires_at=2100-01-01T09%3A00&per_minute=6000{more}"
    )
}

#[test]
fn the_library_is_filled_and_what_does_not_fit_is_named_with_its_field_and_kept_in_the_form() {
    both_engines(ROOMS, world, |store| async move {
        let desk = ines(&store).await;
        assert!(desk.get("/outreach").await.text.contains("Begin with a topic"));
        assert!(desk.get("/outreach/pieces/new").await.text.contains("Add one first"));
        let wrong = desk.post("/outreach/topics/new", "name=New+roasts&words=+").await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.text.contains("href=\"#words\"") && wrong.text.contains("value=\"New roasts\""));
        let kept = desk.post("/outreach/topics/new", ROASTS).await;
        assert_eq!(kept.leads_to(), "/outreach#topic-new-roasts");
        let twice = desk.post("/outreach/topics/new", ROASTS).await;
        assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(twice.text.contains("there already"), "{}", twice.text);

        let at = fresh(&desk, "/outreach/pieces/new?topic=new-roasts", "/outreach/pieces/").await;
        for (form, field, says) in [
            ("kind=other&title=Crema&words=x&link=https%3A%2F%2Fa.example", "why", "worth their time"),
            ("kind=own&title=Crema&words=x&link=a.example", "link", "https://"),
            ("kind=own&title=Crema&words=", "words", "say nothing"),
            ("kind=own&title=+&words=Kept+words", "title", "is missing"),
        ] {
            let wrong = desk.post(&at, &format!("{form}&topic=new-roasts")).await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
            let named = format!("href=\"#{field}\"");
            assert!(wrong.text.contains(&named) && wrong.text.contains(says), "{}", wrong.text);
            assert!(
                wrong.text.contains("Crema") || wrong.text.contains("Kept words"),
                "what was typed is there"
            );
        }
        let nowhere = desk.post(&at, "kind=own&topic=nowhere&title=A&words=B").await;
        assert!(nowhere.text.contains("href=\"#topic\""), "{}", nowhere.text);
        assert!(!desk.get("/outreach").await.text.contains("Crema"), "nothing of it was kept");

        let at = adds_a_piece(&desk, GUJI).await;
        let shelf = desk.get("/outreach").await.text;
        assert!(
            shelf.contains("Guji, washed")
                && shelf.contains("ready")
                && shelf.contains("nobody has chosen it")
        );
        let mara = takes(&store, "Mara Vogel", "mara@example.org", "Hello").await;
        says(&store, mara, "mara@example.org", true).await;
        assert!(desk.get("/outreach").await.text.contains("one person chose it"));
        desk.post(&format!("{at}/ended"), "on=true").await;
        assert!(desk.get("/outreach").await.text.contains("No longer passed on (1)"));
        assert!(desk.get(&at).await.text.contains("Pass it on again"));
        desk.post(&format!("{at}/ended"), "on=false").await;
        assert!(!desk.get("/outreach").await.text.contains("No longer passed on"));
        desk.post("/outreach/topics/new-roasts", "name=Roasts&words=Fewer.").await;
        assert!(desk.get("/outreach").await.text.contains("cannot be chosen any more"));
        let log = desk.get("/house/log").await.text;
        for act in ["topic kept", "piece kept", "piece ended", "piece taken up"] {
            assert!(log.contains(act), "{act} is not in {log}");
        }
    });
}

#[test]
fn a_story_begins_where_somebody_told_it_and_only_with_their_consent() {
    both_engines(ROOMS, world, |store| async move {
        let desk = ines(&store).await;
        desk.post("/outreach/topics/new", ROASTS).await;
        let mara = takes(&store, "Mara Vogel", "mara@example.org", "I grind it by hand on the train.").await;
        let page = desk.get(&format!("/people/{mara}")).await.text;
        let from = page.find("/outreach/pieces/new?moment=").unwrap();
        let way: String = page[from..].chars().take_while(|c| *c != '"').collect();
        let moment = way.split('=').nth(1).unwrap();
        let form = desk.get(&way).await.text;
        assert!(form.contains("I grind it by hand on the train.") && form.contains("Mara Vogel allowed us"));
        let at = fresh(&desk, &way, "/outreach/pieces/").await;
        let story = format!(
            "kind=story&topic=new-roasts&moment={moment}&title=On+the+train&words=By+hand.&ready=yes"
        );
        let unasked = desk.post(&at, &story).await;
        assert_eq!(unasked.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unasked.text.contains("href=\"#allowed\"") && unasked.text.contains("On the train"));
        // Nobody's moment allows nothing.
        let nobodys = desk.post(&at, "kind=story&topic=new-roasts&title=A&words=B&allowed=yes").await;
        assert_eq!(nobodys.status, StatusCode::NOT_FOUND);
        assert_eq!(desk.post(&at, &format!("{story}&allowed=yes")).await.status, StatusCode::SEE_OTHER);
        assert!(desk.get("/outreach").await.text.contains("a story that somebody told us"));
        assert!(desk.get(&at).await.text.contains("Read it where they said it"));
        desk.post(&format!("/people/{mara}/forget"), "sure=yes").await;
        assert!(!desk.get("/outreach").await.text.contains("On the train"), "it went with who told it");
        assert_eq!(desk.get(&at).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_digest_is_written_looked_at_tried_planned_and_goes() {
    both_engines(ROOMS, world, |store| async move {
        let desk = ines(&store).await;
        assert!(desk.get("/outreach/digests/new").await.text.contains("there is none yet"));
        let sink = Sink::open().await.unwrap();
        let mailbox = mailbox(&store, sink.port).await;
        desk.post("/outreach/topics/new", ROASTS).await;
        let piece = adds_a_piece(&desk, GUJI).await;
        let mara = takes(&store, "Mara Vogel", "mara@example.org", "Hello").await;
        let otis = takes(&store, "Otis Bell", "otis@example.net", "Good day").await;
        says(&store, mara, "mara@example.org", true).await;
        says(&store, otis, "otis@example.net", true).await;
        says(&store, otis, "otis@example.net", false).await;

        let form = desk.get("/outreach/digests/new").await.text;
        let from = form.find("<option value=\"stf_").unwrap();
        let by: String = form[from + 15..].chars().take_while(|c| *c != '"').collect();
        let at = fresh(&desk, "/outreach/digests/new", "/outreach/digests/").await;
        for (wrong, field) in [
            ("&subject=", "subject"),
            ("&expires_at=2019-01-01T09%3A00", "expires_at"),
            ("&per_minute=many", "per_minute"),
            ("&per_minute=0", "per_minute"),
            ("&starts_at=soon", "starts_at"),
            ("&by=stf_00000000000000000000000000", "by"),
            ("&mailbox=mbx_none", "mailbox"),
        ] {
            let name = wrong[1..].split('=').next().unwrap();
            let rest: Vec<String> = digest(mailbox, &by, "")
                .split('&')
                .filter(|it| !it.starts_with(name))
                .map(str::to_owned)
                .collect();
            let refused = desk.post(&at, &format!("{}{wrong}", rest.join("&"))).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
            assert!(refused.text.contains(&format!("href=\"#{field}\"")), "{wrong}: {}", refused.text);
            assert!(refused.text.contains("Spring &lt;is&gt; here."), "what was typed is there");
        }

        // It is looked at before anything of it is kept, as a sample reader, as Mara, as Otis.
        let looks = format!("{at}/looks");
        let seen = desk.post(&looks, &digest(mailbox, &by, "&as=html")).await;
        assert!(seen.text.contains("Spring &lt;is&gt; here.") && seen.text.contains("Guji, washed"));
        let policy = seen.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.starts_with("sandbox "), "{policy}");
        assert!(!policy.contains("script") && seen.header("x-frame-options").is_empty());
        let text = desk.post(&looks, &digest(mailbox, &by, &format!("&as=text&reader={mara}"))).await;
        assert!(text.text.starts_with("Hello Mara,\n\nSpring <is> here."), "{}", text.text);
        assert!(text.header("content-type").starts_with("text/plain"));
        let not = desk.post(&looks, &digest(mailbox, &by, &format!("&as=html&reader={otis}"))).await.text;
        assert!(not.contains("They would not get it: they have not asked"), "{not}");
        assert!(!desk.get("/outreach").await.text.contains("What is new"), "nothing was kept");

        // A test goes to whoever writes it, and to nobody else.
        let tried = desk.post(&at, &digest(mailbox, &by, "&then=try")).await;
        assert_eq!(tried.leads_to(), format!("{at}?done=tried"), "{}", tried.text);
        assert!(desk.get(&format!("{at}?done=tried")).await.text.contains("sent to ines@roastery.example"));
        assert_eq!(sink.got().into_keys().collect::<Vec<_>>(), ["ines@roastery.example"]);

        let plan = desk.post(&at, &digest(mailbox, &by, "&then=plan")).await.leads_to().to_owned();
        let plan = desk.get(&plan).await.text;
        assert!(plan.contains("1 get it") && plan.contains("1 do not") && plan.contains(">Begin<"), "{plan}");
        assert!(plan.contains("they have not asked for any of it"));

        assert_eq!(desk.post(&format!("{at}/begin"), "").await.leads_to(), at);
        assert!(desk.get(&at).await.text.contains("it is worked out who gets it"));
        let changed = desk.post(&at, &digest(mailbox, &by, "&then=stay")).await;
        assert!(changed.text.contains("has begun"), "what is under way is not changed");
        desk.post(&format!("{at}/pause"), "").await;
        assert!(desk.get("/outreach").await.text.contains("paused"));
        desk.post(&format!("{at}/on"), "").await;
        let worker = delivery::jobs(store::jobs::Worker::new(store.clone()), &store, "http://localhost:8080");
        while worker.turn().await.unwrap() {}
        let going = desk.part(&at).await.text;
        assert!(
            going.contains("1 wait") && going.contains("Pause it") && !going.contains("<html"),
            "{going}"
        );

        let (stop, stopped) = watch::channel(false);
        let mut notices = store.notices();
        let sending =
            tokio::spawn(delivery::digesting::send(store.clone(), "http://localhost:8080", stopped));
        let mut told = 0;
        for _ in 0..200 {
            told += std::iter::from_fn(|| notices.try_recv().ok()).filter(|it| it.topic == "digests").count();
            let page = desk.get(&at).await.text;
            if page.contains("all have it") && page.contains("a mail server took it") && told > 1 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert!(told > 1, "whoever looks on hears that all were taken, and then what became of them");
        let page = desk.get(&at).await.text;
        assert!(page.contains("all have it") && page.contains("1 have left"), "{page}");
        assert_eq!(sink.got().get("mara@example.org"), Some(&1));
        assert_eq!(sink.count(), 2);
        let mara = desk.get(&format!("/people/{mara}")).await.text;
        let titled = format!("<a href=\"{piece}\">Guji, washed</a>");
        assert!(
            mara.contains("Ines Okafor passed on what they asked for") && mara.contains(&titled),
            "{mara}"
        );
        // Who has seen it all gets nothing, and no digest begins for nobody.
        let again = fresh(&desk, "/outreach/digests/new", "/outreach/digests/").await;
        desk.post(&again, &digest(mailbox, &by, "&then=stay")).await;
        let plan = desk.get(&format!("{again}/plan")).await.text;
        assert!(plan.contains("Nobody would get it") && !plan.contains(">Begin<"), "{plan}");
        assert_eq!(desk.post(&format!("{again}/end"), "").await.leads_to(), "/outreach");
        let log = desk.get("/house/log").await.text;
        for act in ["digest kept", "digest begun", "digest paused", "digest went on", "digest ended"] {
            assert!(log.contains(act), "{act} is not in {log}");
        }
        stop.send_replace(true);
        sending.await.unwrap();
    });
}

/// A digest that was begun, and of which it is worked out who gets it; where its page is.
async fn begins(store: &Store, desk: &Desk, mailbox: MailboxId) -> String {
    let by = House::new(store.clone()).colleagues().await.unwrap()[0].0.to_string();
    let at = fresh(desk, "/outreach/digests/new", "/outreach/digests/").await;
    desk.post(&at, &digest(mailbox, &by, "&then=stay")).await;
    desk.post(&format!("{at}/begin"), "").await;
    let worker = delivery::jobs(store::jobs::Worker::new(store.clone()), store, "http://localhost:8080");
    while worker.turn().await.unwrap() {}
    at
}

#[test]
fn a_copy_that_cannot_be_signed_waits_until_somebody_has_made_another_key() {
    both_engines(ROOMS, world, |store| async move {
        let (desk, sink) = (ines(&store).await, Sink::open().await.unwrap());
        let mailbox = mailbox(&store, sink.port).await;
        signing::make(&store, "roastery.example").await.unwrap();
        let now = store.world().now();
        assert!(store.write(move |tx| signing::begin(tx, "roastery.example", now)).await.unwrap());
        // As after a backup was put back whose key lay elsewhere.
        std::fs::write(store.location().folder().join("sealing.key"), [7; 32]).unwrap();
        desk.post("/outreach/topics/new", ROASTS).await;
        adds_a_piece(&desk, GUJI).await;
        let mara = takes(&store, "Mara Vogel", "mara@example.org", "Hello").await;
        says(&store, mara, "mara@example.org", true).await;
        begins(&store, &desk, mailbox).await;
        let (stop, stopped) = watch::channel(false);
        let sending =
            tokio::spawn(delivery::digesting::send(store.clone(), "http://localhost:8080", stopped));
        let mut state = None;
        for _ in 0..200 {
            let message = store.read(move |db| outbox::of_person(db, mara, 1)).await.unwrap().pop();
            state = message.map(|it| (it.state, it.outcome));
            if state.as_ref().is_some_and(|(it, _)| *it == outbox::State::Later) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        let (state, outcome) = state.unwrap();
        assert_eq!(state, outbox::State::Later);
        let said = &outcome["mara@example.org"].said;
        assert!(said.contains("please make a new one"), "{said}");
        assert_eq!(sink.count(), 0);
        stop.send_replace(true);
        sending.await.unwrap();
    });
}

#[test]
fn why_somebody_does_not_have_it_is_said_in_words_and_of_whom_nobody_knows_by_name() {
    both_engines(ROOMS, world, |store| async move {
        let desk = ines(&store).await;
        let mailbox = mailbox(&store, 9).await;
        desk.post("/outreach/topics/new", ROASTS).await;
        adds_a_piece(&desk, GUJI).await;
        let mara = takes(&store, "Mara Vogel", "mara@example.org", "Hello").await;
        let otis = takes(&store, "Otis Bell", "otis@example.net", "Good day").await;
        says(&store, mara, "mara@example.org", true).await;
        says(&store, otis, "otis@example.net", true).await;
        let at = begins(&store, &desk, mailbox).await;
        assert!(desk.get(&at).await.text.contains("it is not their turn yet"));
        says(&store, otis, "otis@example.net", false).await;
        // The line breaks when all was said to the mail server.
        let world = store.world().clone();
        let taking = store.write(move |tx| {
            let envelope = |_: &Digest, moment: MomentId| {
                let from = Mailbox { name: None, address: "news@roastery.example".into() };
                Some(Envelope { id: format!("<{moment}@roastery.example>"), from, reply_to: None })
            };
            let Round::Taken(taken, _) = digests::take(tx, &world, 10, &envelope)? else { return Ok(0) };
            let fate = Fate { state: outbox::State::Unknown, said: "it broke".into() };
            let all: Vec<_> = taken.into_iter().map(|it| (it.message, fate.clone())).collect();
            outbox::settle_all(tx, &all, world.now(), world.now())?;
            Ok::<_, conversations::ConversationError>(all.len())
        });
        assert_eq!(taking.await.unwrap(), 1);
        let page = desk.get(&at).await.text;
        assert!(page.contains("they asked us to stop"), "a reason in words: {page}");
        let unknown = page.split("Nobody knows</h2>").nth(1).unwrap_or_else(|| panic!("{page}"));
        assert!(unknown.contains(&format!("href=\"/people/{mara}\"")) && unknown.contains("Mara Vogel"));
        assert!(!unknown.contains("Otis"));
        assert!(page.contains("nobody knows whether it left"));
    });
}

#[test]
fn whoever_may_write_can_stop_a_digest_but_not_let_it_go_and_a_reader_only_reads() {
    both_engines(ROOMS, world, |store| async move {
        let ines = ines(&store).await;
        let mailbox = mailbox(&store, 9).await;
        ines.post("/outreach/topics/new", ROASTS).await;
        adds_a_piece(&ines, GUJI).await;
        let mara = takes(&store, "Mara Vogel", "mara@example.org", "Hello").await;
        says(&store, mara, "mara@example.org", true).await;
        let ben = invited(&store, &ines, "Ben").await;
        let form = ben.get("/outreach/digests/new").await.text;
        let from = form.find("<option value=\"stf_").unwrap();
        let by: String = form[from + 15..].chars().take_while(|c| *c != '"').collect();
        let at = fresh(&ben, "/outreach/digests/new", "/outreach/digests/").await;

        // What did not leave is said in the words of the server, and the digest is kept.
        let tried = ben.post(&at, &digest(mailbox, &by, "&then=try")).await;
        assert_eq!(tried.status, StatusCode::BAD_GATEWAY);
        assert!(tried.text.contains("the test did not leave") && tried.text.contains("What is new"));

        let plan = ben.get(&format!("{at}/plan")).await.text;
        assert!(plan.contains("Ask Ines Okafor") && !plan.contains(">Begin<"), "{plan}");
        for act in ["begin", "on"] {
            let refused = ben.post(&format!("{at}/{act}"), "").await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{act}");
            assert!(refused.text.contains("may not write to many at once"), "{}", refused.text);
        }
        assert!(ben.get(&at).await.text.contains("Throw it away"), "it has not begun");
        ines.post(&format!("{at}/begin"), "").await;
        let under_way = ben.get(&at).await.text;
        assert!(under_way.contains("Pause it") && !under_way.contains("End it"), "{under_way}");
        assert_eq!(ben.post(&format!("{at}/end"), "").await.status, StatusCode::FORBIDDEN);
        assert_eq!(ben.post(&format!("{at}/pause"), "").await.leads_to(), at);
        assert!(!ben.get(&at).await.text.contains("Let it go on"));
        assert!(ines.get(&at).await.text.contains("Let it go on"));
        assert_eq!(ines.post(&format!("{at}/end"), "").await.leads_to(), at);
        assert!(ines.get(&at).await.text.contains("ended"));

        let rita = reader(&store, &ines).await;
        let page = rita.get("/outreach").await.text;
        assert!(
            page.contains("Guji, washed")
                && !page.contains("Write a digest")
                && !page.contains("Add a piece")
        );
        for (path, form) in [
            ("/outreach/topics/new", ROASTS),
            ("/outreach/topics/new-roasts", ROASTS),
            ("/outreach/pieces/pie_00000000000000000000000000", GUJI),
            (at.as_str(), "subject=x"),
            (&format!("{at}/pause"), ""),
            (&format!("{at}/end"), ""),
        ] {
            assert_eq!(rita.post(path, form).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        for path in ["/outreach/digests/new", "/outreach/pieces/new", "/outreach/topics/new"] {
            assert_eq!(rita.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(rita.get(&at).await.status, StatusCode::OK);
    });
}

/// Rita, who may read and no more.
async fn reader(store: &Store, ines: &Desk) -> Desk {
    let form = "name=Rita&email=rita%40roastery.example&role=read_only";
    let link = ines.post("/house/staff/invite", form).await.text;
    let door: String = link[link.find("/door/").unwrap()..].chars().take_while(|c| *c != '<').collect();
    let mut desk = crate::open(store);
    let form = format!("name=Rita&password={}", crate::PASSWORD.replace(' ', "+"));
    let entered = desk.post(&door, &form).await;
    desk.cookie = entered.header("set-cookie").split(';').next().unwrap().to_owned();
    desk
}
