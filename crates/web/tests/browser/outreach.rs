//! What is worth passing on, by keyboard: a topic, a piece, a digest beside its looks, who gets it, and how it goes.

use cast::sink::Sink;
use delivery::mailboxes::{self, NewMailbox, Place, Secret, Servers};
use memory::{prepare, take};
use model::{Fields, Fragment, Handle, World};
use permission::{
    Point,
    choosing::{self, How},
};
use store::{Store, trial::both_engines};
use tokio::sync::watch;

use crate::{ROOMS, morning::Morning};

/// A mailbox whose server takes everything.
async fn mailbox(store: &Store, port: u16) {
    let place = || Place { host: "localhost".into(), port, security: "plain".into() };
    let servers = Servers {
        imap: place(),
        smtp: place(),
        login: String::new(),
        smtp_login: false,
        plus: false,
        authority: None,
        brought: true,
        folders: Vec::new(),
    };
    let (address, name) = ("news@roastery.example".into(), "The roastery".into());
    let secret = Secret::Password(String::new());
    mailboxes::add(store, NewMailbox { address, name, servers, secret }).await.unwrap();
}

/// Some people, of whom the first choose everything there is to choose.
async fn people(store: &Store, names: &[&str], choose: usize) {
    for (n, name) in names.iter().enumerate() {
        let email = format!("reader{n}@example.org");
        let fragment = Fragment {
            source: "list".into(),
            key: email.clone(),
            seen_at: store.world().now(),
            fields: Fields::from([("name".to_owned(), (*name).to_owned())]),
            handles: vec![Handle::email(&email).unwrap()],
            roles: Vec::new(),
            moments: Vec::new(),
        };
        let world = store.world().clone();
        store
            .write(move |tx| {
                let taken = take(tx, &world, &[prepare(fragment.clone())])?;
                let (person, point) = (taken[0].person.unwrap(), Point::mail(&email));
                let how = How { via: "preference_page".into(), at_the_address: true, ..How::default() };
                for choice in choosing::choices(tx)? {
                    choosing::yes(tx, &world, person, &point, &choice, &how)?;
                    if n >= choose {
                        choosing::no(tx, &world, person, &point, &choice, &how)?;
                    }
                }
                Ok::<_, permission::PermissionError>(())
            })
            .await
            .unwrap();
    }
}

impl Morning {
    /// Types into fields one after the other, as the Tab key leads.
    async fn fills(&mut self, first: &str, words: &[&str]) {
        self.asks(&format!("document.querySelector('{first}').focus()")).await;
        for (n, words) in words.iter().enumerate() {
            if n > 0 {
                self.browser.press("Tab").await.unwrap();
            }
            self.browser.type_text(words).await.unwrap();
        }
    }

    async fn enters(&mut self, css: &str) {
        self.asks(&format!("document.querySelector(\"{css}\").focus()")).await;
        self.browser.press("Enter").await.unwrap();
    }
}

const SHOWN: &str = "document.querySelector('.frames iframe').contentDocument";

#[test]
fn a_digest_is_written_beside_its_looks_and_sent_without_a_mouse() {
    both_engines(ROOMS, World::real, |store| async move {
        let sink = Sink::open().await.unwrap();
        mailbox(&store, sink.port).await;
        let mut morning = Morning::begin(store).await;
        morning.moves_in().await;
        for key in ["g", "o"] {
            morning.browser.press(key).await.unwrap();
        }
        morning.reads("Begin with a topic").await;
        morning.look("outreach without anything").await;

        morning.enters("a[href='/outreach/topics/new']").await;
        morning.reads("People read these words").await;
        morning
            .fills("#name", &["New roasts", "What we have just begun to roast, and from whom it is."])
            .await;
        morning.look("a topic").await;
        morning.browser.press("Control+Enter").await.unwrap();
        morning.reads("nobody has chosen it yet").await;
        people(&morning.store, &["Mara Vogel", "Otis Bell", "Ngozi Okafor"], 2).await;

        morning.enters("a[href='/outreach/pieces/new']").await;
        morning.reads("Add a piece").await;
        let words = "It tastes of apricots, and of the rain in which it was picked.";
        morning.fills("#title", &["Guji, washed", words, "guji", "The one I take home"]).await;
        for key in ["Tab", "Tab", "Space"] {
            morning.browser.press(key).await.unwrap();
        }
        morning.browser.press("Enter").await.unwrap();
        morning.reads("The link does not begin with https://").await;
        morning.look("a piece that does not fit").await;
        morning.picture("outreach-piece").await;
        assert_eq!(morning.asks("return document.activeElement.id").await, "link", "it is where it is wrong");
        assert_eq!(morning.asks("return document.querySelector('#words').value").await, words);
        morning.asks("document.querySelector('#link').value = ''").await;
        morning.browser.type_text("https://roastery.example/guji").await.unwrap();
        morning.browser.press("Control+Enter").await.unwrap();
        morning.reads("recommended by Ines Okafor").await;

        morning.enters("a[href='/outreach/digests/new']").await;
        morning.reads("As it will look").await;
        morning.until(&format!("return {SHOWN}?.body?.innerText.includes('Guji, washed')")).await;
        let pages = morning.asks("return history.length").await;
        let subject = "What is new on the shelf this week, and why we are so glad of it";
        morning.fills("#subject", &[subject, "Spring is here.", "Which do you open first?"]).await;
        morning.until(&format!("return {SHOWN}?.body?.innerText.includes('Which do you open first?')")).await;
        morning.until("return document.querySelectorAll('.frames iframe').length === 1").await;
        assert_eq!(morning.asks("return history.length").await, pages, "going back leads back");
        assert_eq!(
            morning.asks("return document.querySelector('#subject-hint').classList.contains('over')").await,
            true
        );
        assert_eq!(
            morning.asks("return document.activeElement.id").await,
            "question",
            "nobody is interrupted"
        );
        morning.look("a digest").await;
        morning.asks("document.querySelector('input[name=as]').focus()").await;
        morning.browser.press("ArrowRight").await.unwrap();
        morning.until(&format!("return {SHOWN}?.contentType === 'text/plain'")).await;
        morning.until(&format!("return {SHOWN}.body.innerText.startsWith('Hello Sam,')")).await;
        morning.browser.press("ArrowLeft").await.unwrap();
        morning.until(&format!("return {SHOWN}?.contentType === 'text/html'")).await;
        morning.picture("outreach-digest").await;

        // It may go at once, and not only from the next hour on.
        morning.asks("document.querySelector('#starts_at').value = '2026-01-01T09:00'").await;
        morning.enters("button[value=plan]").await;
        morning.reads("2 get it").await;
        morning.reads("they have not asked for any of it").await;
        morning.look("who gets a digest").await;
        morning.picture("outreach-plan").await;
        morning.enters("form[action$=begin] button").await;
        morning.reads("2 wait").await;
        morning.look("a digest that goes").await;
        morning.picture("outreach-going").await;
        // It goes before their eyes.
        let (stop, stopped) = watch::channel(false);
        let (store, address) = (morning.store.clone(), morning.address().to_owned());
        let sending = tokio::spawn(async move { delivery::digesting::send(store, &address, stopped).await });
        morning.reads("all have it").await;
        morning.reads("a mail server took it").await;
        morning.look("a digest that all have").await;
        morning.picture("outreach-done").await;
        morning.go("/outreach").await;
        morning.reads("2 have left").await;
        morning.look("outreach").await;
        morning.picture("outreach").await;
        assert_eq!(sink.count(), 2);
        stop.send_replace(true);
        sending.await.unwrap();
        assert!(morning.found.is_empty(), "{}", morning.found);
    });
}
