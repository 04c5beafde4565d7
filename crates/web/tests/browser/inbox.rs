//! The sample company's inbox in a real browser, by keyboard alone: who waits, an answer, the next one.

use delivery::mailboxes::{self, NewMailbox, Place, Secret, Servers};
use memory::{care, prepare, take};
use model::World;
use store::{Store, trial::both_engines};

use crate::{ROOMS, morning::Morning};

/// The sample company, and a mailbox whose servers are away: what is answered waits in the outbox.
pub async fn lantern_row(store: &Store) {
    let company = demo::company(store.world().now(), 7);
    for batch in company.fragments.chunks(500) {
        let (world, batch): (World, Vec<_>) =
            (store.world().clone(), batch.iter().cloned().map(prepare).collect());
        store.write(move |tx| take(tx, &world, &batch).map(drop)).await.unwrap();
    }
    let away = |security: &str| Place { host: "localhost".into(), port: 9, security: security.into() };
    let servers = Servers {
        imap: away("tls"),
        smtp: away("starttls"),
        login: "hello@lantern.example".into(),
        smtp_login: true,
        plus: true,
        authority: None,
        brought: false,
        folders: Vec::new(),
    };
    let new = NewMailbox {
        address: format!("hello@{}", company.own_domains[0]),
        name: company.name,
        servers,
        secret: Secret::Password("secret".into()),
    };
    mailboxes::add(store, new).await.unwrap();
}

#[test]
fn the_inbox_of_a_whole_company_is_worked_by_keyboard() {
    both_engines(ROOMS, World::real, |store| async move {
        lantern_row(&store).await;
        let mut morning = Morning::begin(store).await;
        morning.moves_in().await;
        let waiting =
            care::Wanted { since: Some(morning.store.world().now().plus_days(-30)), ..Default::default() };
        let before = morning.store.read(move |db| care::waiting(db, &waiting, 50)).await.unwrap();
        assert!(before.len() > 3, "the sample company has people who wait");

        morning.go("/").await;
        for key in ["g", "c"] {
            morning.browser.press(key).await.unwrap();
        }
        morning.reads("Whoever waits longest comes first.").await;
        morning.look("conversations").await;
        morning.picture("conversations").await;
        morning.browser.press("j").await.unwrap();
        morning.browser.press("Enter").await.unwrap();
        morning.reads(&before[0].line.name).await;
        morning.reads("Nobody looks after them yet").await;
        morning.look("somebody who waits").await;
        morning.picture("waiting").await;
        morning.browser.press("t").await.unwrap();
        morning.reads("You look after them").await;
        morning.browser.press("b").await.unwrap();
        morning.reads("They ask:").await;
        morning.look("somebody in brief").await;
        morning.picture("brief").await;
        morning.browser.press("r").await.unwrap();
        morning.browser.type_text("Thank you for your patience. I'll send it tomorrow.").await.unwrap();
        let offered = "return document.querySelector('#promise').value.endsWith('send it tomorrow.')";
        morning.until(offered).await;
        morning.look("a promise that is offered").await;
        morning.browser.press("Control+Enter").await.unwrap();
        morning.reads("On its way").await;
        morning.reads("What we promised").await;
        morning.look("an answer on its way").await;
        morning.picture("answered").await;

        // The next one needs no answer.
        let focused = morning.browser.focused().await.unwrap().attr("id").await.unwrap();
        assert_eq!(focused.as_deref(), Some("next-waiting"));
        morning.browser.press("Enter").await.unwrap();
        morning.reads(&before[1].line.name).await;
        morning.browser.press("e").await.unwrap();
        morning.browser.type_text("They only said thank you").await.unwrap();
        morning.browser.press("Enter").await.unwrap();
        morning.reads("Whoever waits longest comes first.").await;
        let left = before[2].line.name.clone();
        morning.reads(&left).await;
        let text = morning.asks("return document.querySelector('#inbox').innerText").await;
        let text = text.as_str().unwrap();
        assert!(!text.contains(&before[0].line.name) && !text.contains(&before[1].line.name), "{text}");
        for (page, name) in [
            ("/conversations?list=unanswered", "unanswered"),
            ("/", "today-waiting"),
            ("/promises", "promises"),
            ("/house/mailboxes", "mailboxes"),
        ] {
            morning.go(page).await;
            morning.look(name).await;
            morning.picture(name).await;
        }
        morning.reads("Mailboxes").await;
        morning.go("/").await;
        morning.reads("Promised, and due").await;
        morning.reads("I'll send it tomorrow.").await;
        assert!(morning.found.is_empty(), "{}", morning.found);
    });
}

#[test]
fn two_of_us_see_each_other_write_and_never_answer_twice() {
    both_engines(ROOMS, World::real, |store| async move {
        lantern_row(&store).await;
        let mut ines = Morning::begin(store).await;
        ines.moves_in().await;
        let mut otto = ines.joined_by("Otto").await;
        let wanted = care::Wanted::default();
        let first = ines.store.read(move |db| care::waiting(db, &wanted, 1)).await.unwrap().remove(0);
        let page = format!("/people/{}", first.line.id);
        ines.go(&page).await;
        ines.until("return document.querySelector('#presence').innerText === ''").await;
        otto.go(&page).await;
        ines.reads("Otto is here, too").await;
        otto.reads("Ines Okafor is here, too").await;

        for who in [&mut ines, &mut otto] {
            who.browser.press("r").await.unwrap();
        }
        ines.browser.type_text("It is on its way.").await.unwrap();
        otto.reads("Ines Okafor is writing to them").await;
        otto.browser.type_text("We will look for it.").await.unwrap();
        ines.reads("Otto is writing to them").await;
        ines.look("a colleague who writes").await;
        ines.picture("two-write").await;
        ines.browser.press("Control+Enter").await.unwrap();
        ines.reads("On its way").await;

        // What he wrote is refused, and stays his to send or to throw away.
        otto.reads("It is on its way.").await;
        otto.browser.press("Control+Enter").await.unwrap();
        otto.reads("Somebody spoke meanwhile").await;
        let kept = otto.asks("return document.querySelector('#answer-text').value").await;
        assert_eq!(kept, "We will look for it.");
        let count = "select count(*) from messages";
        let sent = ines.store.read(move |db| db.number(count, &[])).await.unwrap();
        assert_eq!(sent, 1, "nobody was answered twice");
        otto.go("/people").await;
        ines.until("return !document.querySelector('#presence').innerText.includes('Otto')").await;
        assert!(ines.found.is_empty(), "{}", ines.found);
    });
}
