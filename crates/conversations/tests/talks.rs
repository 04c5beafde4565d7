//! Talks on websites: numbered lines that come once, whatever a nervous browser sends; an address that makes nobody somebody
//! else; and a talk that stays whole when people are joined, parted and forgotten; on both engines.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod common;

use common::known;
use conversations::{
    ConversationError, outbox, presence,
    sites::{self, Claims, Site},
    talks::{self, Erased, Heard, Key, Looking, Talk},
};
use memory::{forgetting, joining, people};
use model::{MailboxId, MomentId, PersonId, SiteId, StaffId, Time, World};
use store::{Room, Store, trial::both_engines};

const HOUSE: &[Room] = &[store::ROOM, memory::ROOM, permission::ROOM, conversations::ROOM];

fn key(letter: char) -> Key {
    Key::shown(&letter.to_string().repeat(43)).unwrap()
}

async fn hear(
    store: &Store,
    site: SiteId,
    key: &Key,
    name: &str,
    text: &str,
) -> Result<(Talk, i64), ConversationError> {
    let (world, key) = (store.world().clone(), key.clone());
    let heard = Heard {
        name: name.into(),
        text: text.into(),
        page: "https://shop.example/beans".into(),
        files: Vec::new(),
    };
    store.write(move |tx| talks::hear(tx, &world, site, &key, &heard)).await
}

async fn say(
    store: &Store,
    talk: &Talk,
    name: &str,
    text: &str,
    seen: i64,
    by: StaffId,
) -> Result<MomentId, ConversationError> {
    let (world, talk, name, text) = (store.world().clone(), talk.clone(), name.to_owned(), text.to_owned());
    store.write(move |tx| talks::say(tx, &world, &talk, &name, &text, seen, by)).await
}

async fn held(store: &Store, site: SiteId, key: &Key) -> Option<Talk> {
    let key = key.clone();
    store.read(move |db| talks::held(db, site, &key)).await.unwrap()
}

async fn look(store: &Store, talk: &Talk, seen: i64, leaving: bool) {
    let (world, talk) = (store.world().clone(), talk.clone());
    let looking = Looking { seen, writing: false, leaving };
    store.write(move |tx| talks::here(tx, &world, &talk, looking)).await.unwrap();
}

async fn lines(store: &Store, site: SiteId, key: &Key, since: i64) -> Vec<(i64, String)> {
    let key = key.clone();
    store
        .read(move |db| {
            let Some(talk) = talks::held(db, site, &key)? else { return Ok(Vec::new()) };
            talks::since(db, &talk, since, 100)
        })
        .await
        .map(|all: Vec<talks::Line>| all.into_iter().map(|it| (it.number, it.moment.body)).collect())
        .map_err(|error: ConversationError| error)
        .unwrap()
}

#[test]
fn every_line_comes_once_and_in_order() {
    let world = World::still(Time::from_seconds(1_800_000_000), 1).0;
    both_engines(
        HOUSE,
        move || world.clone(),
        |store| async move {
            let (site, other): (SiteId, SiteId) = (store.world().id(), store.world().id());
            let me: StaffId = store.world().id();
            let (ann, ben) = (key('a'), key('b'));
            assert_eq!(lines(&store, site, &ann, 0).await, [], "nothing is kept before the first word");
            let (talk, number) = hear(&store, site, &ann, "1", "Hello?").await.unwrap();
            assert_eq!((number, hear(&store, site, &ann, "1", "Hello?").await.unwrap().1), (1, 1));
            let once = say(&store, &talk, "x", "Hello! I am here.", 1, me).await.unwrap();
            assert_eq!(
                say(&store, &talk, "x", "Hello! I am here.", 1, me).await.unwrap(),
                once,
                "the same form twice"
            );
            let colleague: StaffId = store.world().id();
            let twice = say(&store, &talk, "y", "Hello! May I help?", 1, colleague).await;
            assert!(matches!(twice, Err(ConversationError::Stale)), "answered already: {twice:?}");
            // Ten at once, two of each.
            let all = (0..10).map(|n| {
                hear(&store, site, &ann, if n % 2 == 0 { "p" } else { "q" }, "Do you ship to Malta?")
            });
            for heard in futures_util::future::join_all(all).await {
                heard.unwrap();
            }
            let told = lines(&store, site, &ann, 0).await;
            assert_eq!(told.iter().map(|it| it.0).collect::<Vec<_>>(), [1, 2, 3, 4], "{told:?}");
            assert_eq!(lines(&store, site, &ann, 2).await.len(), 2);
            let empty = hear(&store, site, &ann, "r", " \n").await;
            assert!(matches!(empty, Err(ConversationError::Unfit { field: "text", .. })));

            // Another browser, another site: another talk.
            hear(&store, site, &ben, "1", "Me too").await.unwrap();
            assert_eq!(lines(&store, site, &ben, 0).await, [(1, "Me too".to_owned())]);
            assert_eq!(lines(&store, other, &ann, 0).await, []);
            assert!(Key::shown("short").is_err());
        },
    );
}

#[test]
fn an_address_that_is_only_claimed_shows_and_joins_nobody() {
    let world = World::still(Time::from_seconds(1_800_000_000), 1).0;
    both_engines(
        HOUSE,
        move || world.clone(),
        |store| async move {
            let (site, world) = (store.world().id() as SiteId, store.world().clone());
            let ann = known(&store, "ann", Vec::new()).await;
            let (talk, _) = hear(&store, site, &key('a'), "1", "I am Ann").await.unwrap();
            let claimed = talk.clone();
            let w = world.clone();
            store.write(move |tx| talks::write_to(tx, &w, &claimed, "Ann@Example.com")).await.unwrap();
            let person = store.read(move |db| people::person(db, talk.person)).await.unwrap();
            assert_ne!(person.id, ann);
            assert!(
                !person.handles.iter().any(|it| it.handle.value == "ann@example.com"),
                "she holds it already"
            );
            let again = store.read(move |db| talks::one(db, talk.person, talk.id)).await.unwrap().unwrap();
            assert_eq!(again.address.as_deref(), Some("ann@example.com"), "answers go there all the same");

            // An address that nobody has is theirs until somebody proves otherwise.
            let (talk, _) = hear(&store, site, &key('b'), "1", "I am new").await.unwrap();
            let id = talk.person;
            store.write(move |tx| talks::write_to(tx, &world, &talk, "new@example.com")).await.unwrap();
            let person = store.read(move |db| people::person(db, id)).await.unwrap();
            let held = person.handles.iter().find(|it| it.handle.value == "new@example.com").unwrap();
            assert!(!held.handle.verified);
        },
    );
}

#[test]
fn a_talk_stays_whole_when_people_are_joined_parted_and_forgotten() {
    let world = World::still(Time::from_seconds(1_800_000_000), 1).0;
    both_engines(
        HOUSE,
        move || world.clone(),
        |store| async move {
            let (site, me) = (store.world().id(), store.world().id());
            let ann = known(&store, "ann", Vec::new()).await;
            let (talk, _) = hear(&store, site, &key('a'), "1", "Hello?").await.unwrap();
            let (visitor, world) = (talk.person, store.world().clone());
            let joined = store
                .write(move |tx| joining::merge(tx, &world, ann, visitor, "she said so", Some(me), false))
                .await
                .unwrap();
            let key_of_hers = key('a');
            let held = key_of_hers.clone();
            let now = store.read(move |db| talks::held(db, site, &held)).await.unwrap().unwrap();
            assert_eq!(now.person, ann.min(visitor));
            say(&store, &now, "x", "Here I am.", 1, me).await.unwrap();
            let world = store.world().clone();
            store.write(move |tx| joining::undo(tx, &world, joined, Some(me))).await.unwrap();
            assert_eq!(lines(&store, site, &key_of_hers, 0).await.len(), 2, "our part came along");
            let held = key_of_hers.clone();
            let parted = store.read(move |db| talks::held(db, site, &held)).await.unwrap().unwrap();
            assert_eq!(parted.person, visitor);

            forgetting::forget(&store, visitor, Some(me)).await.unwrap();
            assert_eq!(lines(&store, site, &key_of_hers, 0).await, []);
            let back = hear(&store, site, &key_of_hers, "2", "Do you remember me?").await;
            assert!(matches!(back, Err(ConversationError::Forgotten)));
            let rows = "select (select count(*) from talks) + (select count(*) from talk_lines)";
            assert_eq!(store.read(move |db| db.number(rows, &[])).await.unwrap(), 0);
        },
    );
}

async fn site(store: &Store, name: &str) -> Site {
    let world = store.world().clone();
    let site = Site {
        id: world.id(),
        name: name.into(),
        origins: vec!["https://Shop.example/some/page".into()],
        vouched_only: false,
        apps: false,
        mailbox: None,
        greeting: String::new(),
        created_at: world.now(),
        turns: 0,
    };
    let id = site.id;
    store.write(move |tx| sites::keep(tx, &world, &site)).await.unwrap();
    store.read(move |db| sites::one(db, id)).await.unwrap().unwrap()
}

/// What a site's server would sign.
fn signed(key: &str, body: &serde_json::Value) -> String {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as URL};
    use hmac::{Hmac, KeyInit, Mac};
    let text = format!("{}.{}", URL.encode(r#"{"alg":"HS256"}"#), URL.encode(body.to_string()));
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    format!("{text}.{}", URL.encode(mac.finalize().into_bytes()))
}

async fn vouch(
    store: &Store,
    site: &Site,
    body: serde_json::Value,
    shown: &Key,
    begin: bool,
) -> Result<Key, ConversationError> {
    let (world, site, shown) = (store.world().clone(), site.clone(), shown.clone());
    store
        .write(move |tx| {
            let mut body = body.clone();
            body["exp"] = (world.now().micros() / 1_000_000 + 300).into();
            let token = signed(&sites::signing_key(tx, &world, &site)?, &body);
            let claims = Claims::read(tx, &world, &site, &token)?;
            talks::vouch(tx, &world, &claims, Some(&shown), begin)
        })
        .await
}

#[test]
fn whom_the_site_vouches_for_finds_their_talk_on_every_device_and_nobody_elses() {
    let world = World::still(Time::from_seconds(1_800_000_000), 1).0;
    both_engines(
        HOUSE,
        move || world.clone(),
        |store| async move {
            let (site, other) = (site(&store, "Shop").await, site(&store, "Other").await);
            assert_eq!(site.origins, ["https://shop.example"]);
            let ann = known(&store, "ann", Vec::new()).await;
            let claims = serde_json::json!({"sub": "c-7", "email": "ann@example.com", "name": "Ann Lee"});
            // Before a word nothing is written.
            let phone = key('a');
            let hers = vouch(&store, &site, claims.clone(), &phone, false).await.unwrap();
            assert!(held(&store, site.id, &hers).await.is_none());

            // A stranger in her shop's browser says something; then she signs in, and it is hers.
            hear(&store, site.id, &phone, "1", "Do you ship to Malta?").await.unwrap();
            let again = vouch(&store, &site, claims.clone(), &phone, false).await.unwrap();
            assert!(again == hers);
            let talk = held(&store, site.id, &hers).await.unwrap();
            assert!(talk.vouched);
            assert_eq!(talk.person, ann, "the site proves her address");
            assert_eq!(lines(&store, site.id, &hers, 0).await.len(), 1);

            // At her computer she asks before she signs in: both come together, in the order in which they were said.
            let computer = key('b');
            hear(&store, site.id, &computer, "1", "And to Gozo?").await.unwrap();
            assert!(vouch(&store, &site, claims.clone(), &computer, false).await.unwrap() == hers);
            let all = lines(&store, site.id, &hers, 0).await;
            let said: Vec<&str> = all.iter().map(|it| it.1.as_str()).collect();
            assert_eq!(said, ["Do you ship to Malta?", "And to Gozo?"]);
            assert_eq!(all.iter().map(|it| it.0).collect::<Vec<_>>(), [1, 2]);

            // Somebody else signs in where she sat: nothing of hers goes along.
            let ben = vouch(&store, &site, serde_json::json!({"sub": "c-8"}), &hers, true).await.unwrap();
            assert_eq!(lines(&store, site.id, &ben, 0).await, []);
            assert_ne!(held(&store, site.id, &ben).await.unwrap().person, ann);
            assert_eq!(lines(&store, site.id, &hers, 0).await.len(), 2, "hers is still hers");

            // What another site signs opens nothing here.
            let there = vouch(&store, &other, claims.clone(), &key('c'), true).await.unwrap();
            assert!(there != hers);
            assert_eq!(lines(&store, other.id, &there, 0).await, []);
            let w = store.world().clone();
            let (here, body) = (site.clone(), serde_json::json!({"sub": "c-7", "exp": 1_800_000_300}));
            let forged = store
                .write(move |tx| {
                    let key = sites::signing_key(tx, &w, &other)?;
                    Claims::read(tx, &w, &here, &signed(&key, &body)).map(|_| ())
                })
                .await;
            assert!(matches!(forged, Err(ConversationError::Unfit { field: "token", .. })));
        },
    );
}

#[test]
fn what_they_have_not_seen_goes_by_mail_once_and_their_answer_is_heard_in_the_talk() {
    let (world, clock) = World::still(Time::from_seconds(1_800_000_000), 1);
    both_engines(
        HOUSE,
        move || world.clone(),
        move |store| {
            let clock = clock.clone();
            async move {
                let site = site(&store, "Shop").await;
                let (me, mailbox): (StaffId, MailboxId) = (store.world().id(), store.world().id());
                let (talk, _) = hear(&store, site.id, &key('a'), "1", "Do you ship to Malta?").await.unwrap();
                say(&store, &talk, "x", "We do.", 1, me).await.unwrap();
                let unseen = |store: &Store| {
                    let (store, world, talk) = (store.clone(), store.world().clone(), talk.clone());
                    async move {
                        store.write(move |tx| talks::unseen(tx, &world, talk.person, talk.id)).await.unwrap()
                    }
                };
                assert!(unseen(&store).await.is_none(), "not within the minute");
                clock.pass(40);
                say(&store, &talk, "y", "It takes five days.", 2, me).await.unwrap();
                clock.pass(40);
                assert!(unseen(&store).await.is_none(), "somebody of us is still writing");
                clock.pass(30);
                let found = unseen(&store).await.unwrap();
                assert_eq!(found.lines.len(), 2, "in one mail");
                let letter = outbox::Letter { id: "<1@shop.example>".into(), ..outbox::Letter::default() };
                let write = |store: &Store, found: &talks::Unseen| {
                    let (store, world, found, letter) =
                        (store.clone(), store.world().clone(), found.clone(), letter.clone());
                    async move {
                        store
                            .write(move |tx| talks::write(tx, &world, &found, mailbox, &letter))
                            .await
                            .unwrap();
                    }
                };
                // They come back in the last moment: nothing is sent.
                look(&store, &talk, 2, false).await;
                write(&store, &found).await;
                let person = talk.person;
                let sent = move |db: &mut store::Read<'_>| outbox::of_person(db, person, 10);
                assert_eq!(store.read(sent).await.unwrap().len(), 0);
                look(&store, &talk, 2, true).await;
                let found = unseen(&store).await.unwrap();
                assert_eq!(found.lines.len(), 1, "what they saw is not sent");
                write(&store, &found).await;
                write(&store, &found).await;
                let sent = store.read(sent).await.unwrap();
                assert_eq!(sent.len(), 1);
                assert!(unseen(&store).await.is_none(), "not twice");

                // Their answer by mail is a line; that of somebody else who has the address is not.
                let (about, world) = (sent[0].moment, store.world().clone());
                let answer = say_by_mail(&store, person, "Thank you!").await;
                store.write(move |tx| talks::answered_by_mail(tx, person, about, answer)).await.unwrap();
                let told = lines(&store, site.id, &key('a'), 0).await;
                assert_eq!(told.last().unwrap(), &(4, "Thank you!".to_owned()));
                let ann = known(&store, "ann", Vec::new()).await;
                let other = say_by_mail(&store, ann, "That was not me").await;
                store.write(move |tx| talks::answered_by_mail(tx, ann, about, other)).await.unwrap();
                assert_eq!(lines(&store, site.id, &key('a'), 0).await.len(), 4);

                // The way back that stood in the mail opens the talk in another browser, for a week.
                let (t, w, s) = (talk.clone(), world.clone(), site.id);
                let way = store.write(move |tx| talks::way_back(tx, &w, &t)).await.unwrap();
                let follow = |way: String, letter: char| {
                    let (store, w) = (store.clone(), store.world().clone());
                    async move { store.write(move |tx| talks::come_back(tx, &w, s, &key(letter), &way)).await }
                };
                assert!(
                    follow(way.replace(".180", ".190"), 'z').await.is_err(),
                    "a forged way leads nowhere"
                );
                follow(way.clone(), 'b').await.unwrap();
                assert_eq!(lines(&store, site.id, &key('b'), 0).await.len(), 4);
                assert_eq!(lines(&store, site.id, &key('a'), 0).await.len(), 4, "and in the first as before");
                clock.pass(8 * 86_400);
                assert!(follow(way, 'c').await.is_err(), "not for ever");
            }
        },
    );
}

async fn say_by_mail(store: &Store, person: PersonId, text: &str) -> MomentId {
    let (world, text) = (store.world().clone(), text.to_owned());
    let moment = model::NewMoment {
        key: text.clone(),
        at: world.now(),
        kind: model::Kind::Email,
        channel: model::Channel::Email,
        direction: model::Direction::Heard,
        account: None,
        by: None,
        thread: None,
        title: String::new(),
        body: text,
        data: serde_json::json!({}),
        originals: Vec::new(),
    };
    store
        .write(move |tx| Ok::<_, ConversationError>(memory::note(tx, &world, person, &moment, None)?))
        .await
        .unwrap()
}

#[test]
fn presence_is_told_to_either_side_as_it_is() {
    let (world, clock) = World::still(Time::from_seconds(1_800_000_000), 1);
    both_engines(
        HOUSE,
        move || world.clone(),
        move |store| {
            let clock = clock.clone();
            async move {
                let site = site(&store, "Shop").await;
                let (talk, _) = hear(&store, site.id, &key('a'), "1", "Hello?").await.unwrap();
                let (id, me): (PersonId, StaffId) = (talk.person, store.world().id());
                let theirs = |store: &Store| {
                    let (store, now) = (store.clone(), store.world().now());
                    async move { store.read(move |db| talks::looking(db, id, now)).await.unwrap() }
                };
                assert_eq!(theirs(&store).await, Some(false), "they have just spoken");
                clock.pass(50);
                assert_eq!(theirs(&store).await, None);
                look(&store, &talk, 1, false).await;
                assert_eq!(theirs(&store).await, Some(false));
                let now_held = held(&store, site.id, &key('a')).await.unwrap();
                look(&store, &now_held, 1, true).await;
                assert_eq!(theirs(&store).await, None, "whoever leaves has left");

                let now = store.world().now();
                assert!(!store.read(move |db| presence::anybody(db, now)).await.unwrap());
                store
                    .write(move |tx| presence::here(tx, id, me, presence::Doing::Writing, now))
                    .await
                    .unwrap();
                assert!(store.read(move |db| presence::anybody(db, now)).await.unwrap());
                assert_eq!(store.read(move |db| presence::writing(db, id, now)).await.unwrap(), Some(me));
                let later = now.plus_seconds(31);
                assert_eq!(store.read(move |db| presence::writing(db, id, later)).await.unwrap(), None);
            }
        },
    );
}

async fn erase(store: &Store, site: SiteId, key: &Key) -> Erased {
    let (world, key) = (store.world().clone(), key.clone());
    store
        .write(move |tx| {
            let talk = talks::held(tx, site, &key)?.unwrap();
            talks::erase(tx, &world, &key, &talk, "wish")
        })
        .await
        .unwrap()
}

#[test]
fn whoever_is_known_by_a_talk_alone_deletes_it_and_nothing_that_may_be_somebody_elses() {
    let world = World::still(Time::from_seconds(1_800_000_000), 1).0;
    both_engines(
        HOUSE,
        move || world.clone(),
        |store| async move {
            let site = site(&store, "Shop").await;
            let (world, me): (World, StaffId) = (store.world().clone(), store.world().id());
            // A stranger who gave an address and a name, both of somebody else, and whom we answered.
            let eve = key('e');
            let (talk, _) = hear(&store, site.id, &eve, "1", "Hello?").await.unwrap();
            let (claims, w) = (talk.clone(), world.clone());
            store
                .write(move |tx| {
                    talks::write_to(tx, &w, &claims, "new@example.com")?;
                    talks::called(tx, &w, &claims, "Ann Lee")
                })
                .await
                .unwrap();
            say(&store, &talk, "x", "Good morning.", 1, me).await.unwrap();
            let Erased::Gone(out) = erase(&store, site.id, &eve).await else {
                panic!("nothing else is known")
            };
            let receipt = out.finish(&store).await.unwrap();
            assert_eq!(receipt.gone["moments"], 2);
            assert!(held(&store, site.id, &eve).await.is_none());
            let rows = "select (select count(*) from people) + (select count(*) from moments) + (select count(*) from handles)";
            assert_eq!(store.read(move |db| db.number(rows, &[])).await.unwrap(), 0);
            let again = hear(&store, site.id, &eve, "2", "Hello again?").await;
            assert!(matches!(again, Err(ConversationError::Forgotten)), "the record itself stays out");
            // Whose address it is writes to us, and is heard.
            let theirs = known(&store, "new", Vec::new()).await;
            assert!(store.read(move |db| people::person(db, theirs)).await.is_ok());

            // Known by something else as well: the wish is a line, once, and nothing is gone.
            let kept = |letter: char| {
                let store = &store;
                async move {
                    let before = lines(store, site.id, &key(letter), 0).await.len();
                    for _ in 0..2 {
                        let wish = erase(store, site.id, &key(letter)).await;
                        assert!(matches!(wish, Erased::Asked), "{letter}");
                    }
                    let after = lines(store, site.id, &key(letter), 0).await;
                    assert_eq!(after.len(), before + 1, "{letter}");
                    assert!(after.last().unwrap().1.starts_with("Please delete"), "{letter}");
                }
            };
            // One of us wrote something down.
            let (talk, _) = hear(&store, site.id, &key('n'), "1", "I am noted").await.unwrap();
            say_by_mail(&store, talk.person, "A note of ours").await;
            kept('n').await;
            // Two who talked, joined by one of us: neither key speaks for both.
            let (one, _) = hear(&store, site.id, &key('j'), "1", "I am one").await.unwrap();
            let (two, _) = hear(&store, site.id, &key('k'), "1", "I am the other").await.unwrap();
            let w = world.clone();
            let join =
                store.write(move |tx| joining::merge(tx, &w, one.person, two.person, "one", Some(me), false));
            join.await.unwrap();
            kept('j').await;
            kept('k').await;
            // The site vouches for them.
            let hers =
                vouch(&store, &site, serde_json::json!({"sub": "c-7"}), &key('v'), true).await.unwrap();
            hear(&store, site.id, &hers, "1", "I am known").await.unwrap();
            let wish = erase(&store, site.id, &hers).await;
            assert!(matches!(wish, Erased::Asked));
            assert_eq!(lines(&store, site.id, &hers, 0).await.len(), 2);
        },
    );
}
