//! What somebody sees who is not of the team: the page behind the link in a letter, and their own page; with scripts and without, by keyboard,
//! on a phone.

use browser::Browser;
use channels::mail::Mailbox;
use conversations::{Answer, clearing, links, outbox::Letter};
use memory::people::{self, Filter};
use model::{HandleKind, MailboxId, MomentId, PersonId, StaffId, World};
use permission::{
    Point,
    topics::{self, Topic},
    visits,
};
use serde_json::json;
use store::{Store, trial::both_engines};

use crate::{ROOMS, inbox::lantern_row, morning::Morning};

/// Somebody of the sample company with a mail address.
async fn somebody(store: &Store) -> (PersonId, String) {
    store
        .read(|db| {
            for line in people::list(db, &Filter::default(), 20)? {
                let person = people::person(db, line.id)?;
                let mail = person.handles.iter().find(|it| it.handle.kind == HandleKind::Email);
                if let (Some(mail), true) = (mail, person.heard > 2) {
                    return Ok((person.id, mail.handle.value.clone()));
                }
            }
            panic!("nobody has an address")
        })
        .await
        .map_err(|it: memory::MemoryError| it)
        .unwrap()
}

/// A letter that answers nothing, which has passed the gate; gives the link in it.
async fn letter_to(store: &Store, person: PersonId, address: &str) -> String {
    let (world, id): (World, MomentId) = (store.world().clone(), store.world().id());
    let seen = store.read(move |db| memory::timeline::last_word(db, person)).await.unwrap();
    let answer = Answer {
        person,
        id,
        seen,
        mailbox: MailboxId::from_uuid(Default::default()),
        letter: Letter {
            id: format!("<{id}@roastery.example>"),
            to: vec![Mailbox { name: None, address: address.into() }],
            subject: "A new roast".into(),
            text: "It is here.".into(),
            ..Letter::default()
        },
        thread: None,
        by: StaffId::from_uuid(Default::default()),
    };
    store.write(move |tx| conversations::answer(tx, &world, &answer)).await.unwrap();
    let now = store.world().now();
    store.write(move |tx| clearing::take(tx, now, 100, "")).await.unwrap();
    let world = store.world().clone();
    let token = store.write(move |tx| links::token(tx, &world, id)).await.unwrap();
    format!("/preferences/{token}")
}

async fn topic(store: &Store) {
    let topic = Topic {
        key: "roasts".into(),
        purpose: "digest".into(),
        name: "New roasts".into(),
        words: "What came in, how it tastes, and from whom it is. About once a fortnight.".into(),
        is_ended: false,
    };
    let now = store.world().now();
    store.write(move |tx| topics::keep(tx, &topic, now)).await.unwrap();
}

async fn scripts(browser: &mut Browser, off: bool) {
    browser.chromium("Emulation.setScriptExecutionDisabled", json!({ "value": off })).await.unwrap();
}

#[test]
fn somebody_says_what_they_want_to_hear_in_seconds() {
    both_engines(ROOMS, World::real, |store| async move {
        lantern_row(&store).await;
        topic(&store).await;
        let (person, address) = somebody(&store).await;
        let link = letter_to(&store, person, &address).await;
        let mut guest = Morning::begin(store.clone()).await;
        guest.go(&link).await;
        guest.reads("What brought you here").await;
        guest.look("preferences").await;
        guest.picture("preferences").await;

        // By keyboard: the first thing that can be pressed is what they came to stop.
        let first = "return document.activeElement.textContent";
        for _ in 0..3 {
            guest.browser.press("Tab").await.unwrap();
            if guest.asks(first).await.as_str().is_some_and(|it| it.starts_with("Stop this")) {
                break;
            }
        }
        let focused = guest.asks(first).await;
        assert!(focused.as_str().unwrap().starts_with("Stop this: Letters from one of us"), "{focused}");
        guest.browser.press("Enter").await.unwrap();
        guest.reads("You will get no more of").await;
        guest.look("after a stop").await;
        guest.picture("preferences-stopped").await;

        // Without scripts it goes on just as well.
        scripts(&mut guest.browser, true).await;
        guest.go(&link).await;
        guest.click("input[value='digest.roasts'] ~ button").await;
        scripts(&mut guest.browser, false).await;
        guest.reads("“New roasts” comes to you").await;
        scripts(&mut guest.browser, true).await;
        guest.click(".all-off button").await;
        scripts(&mut guest.browser, false).await;
        guest.reads("We leave you in peace").await;
        guest.look("everything off").await;
        guest.picture("preferences-off").await;
        assert!(guest.found.is_empty(), "{}", guest.found);
    });
}

#[test]
fn somebody_comes_to_their_own_page() {
    both_engines(ROOMS, World::real, |store| async move {
        lantern_row(&store).await;
        topic(&store).await;
        let (_, address) = somebody(&store).await;
        let mut guest = Morning::begin(store.clone()).await;
        guest.go("/me").await;
        guest.look("the door of their own page").await;
        guest.picture("own-door").await;
        let (world, point) = (store.world().clone(), Point::mail(&address));
        let token = store.write(move |tx| visits::link(tx, &world, &point)).await.unwrap();
        guest.go(&format!("/me/enter/{token}")).await;
        guest.look("a link").await;
        scripts(&mut guest.browser, true).await;
        guest.click("form button").await;
        scripts(&mut guest.browser, false).await;
        guest.reads("You, as we know you").await;
        guest.look("their own page").await;
        guest.picture("own-page").await;
        guest.click("a[href='/me/erase']").await;
        guest.reads("This cannot be taken back").await;
        guest.look("before being forgotten").await;
        guest.picture("own-erase").await;
        assert!(guest.found.is_empty(), "{}", guest.found);
    });
}
