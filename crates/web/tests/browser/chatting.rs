//! The button on somebody else's website, under a strict policy of theirs, by keyboard; and the desk at the other end.

use axum::{Router, http::header, response::Html, routing::get};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use conversations::sites::{self, Site};
use hmac::{Hmac, KeyInit, Mac};
use model::{SiteId, World};
use serde_json::json;
use sha2::Sha256;
use store::trial::both_engines;

use crate::{ROOMS, morning::Morning};

/// A shop on an origin of its own that allows what the handbook says, and nothing else; gives its address.
async fn shop(house: &str, site: SiteId) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let policy = format!("default-src 'none'; script-src {house}; frame-src {house}");
    let page = format!(
        "<!doctype html><html lang=en><meta name=viewport content='width=device-width'><title>Beans</title><main><h1>Beans</h1><p>The good ones.</p></main>\
         <script async src=\"{house}/chat/{site}/loader.js\"></script></html>"
    );
    let show = move || {
        let (policy, page) = (policy.clone(), page.clone());
        async move { ([(header::CONTENT_SECURITY_POLICY, policy)], Html(page)) }
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", get(show))).await });
    address
}

impl Morning {
    /// Opens the talk on the shop's page by keyboard, and goes on inside.
    async fn opens_talk(&mut self) {
        self.until("return Boolean(document.querySelector('div')?.shadowRoot)").await;
        self.browser.press("Tab").await.unwrap();
        self.browser.press("Enter").await.unwrap();
        self.enters_frame().await;
        self.until("return document.activeElement?.id === 'words'").await;
    }

    async fn enters_frame(&mut self) {
        let frame = "return document.querySelector('div').shadowRoot.querySelector('iframe')";
        self.until(&format!("{frame}?.title === 'Talk with us'")).await;
        self.browser.enter_frame(frame).await.unwrap();
    }

    /// Ines shows her face: eight by eight points, all of one colour.
    async fn shows_her_face(&mut self) {
        const FACE: &[u8] = b"GIF89a\x08\0\x08\0\x80\0\0\x2a\x6f\x97\0\0\0,\0\0\0\0\x08\0\x08\0\0\x02\x07\x84\x8f\xa9\xcb\xed\x5d\0;";
        self.go("/house/me").await;
        let path = self.file("me.gif", "");
        std::fs::write(&path, FACE).unwrap();
        self.browser.choose_file("#photo", &path).await.unwrap();
        self.click("form[action='/house/me/photo'] button").await;
        self.until("return document.querySelector('img.face')?.naturalWidth === 8").await;
    }

    /// By keyboard: the menu, first a no, then a yes.
    async fn deletes_it(&mut self) {
        for sure in [false, true] {
            self.asks("document.querySelector('#more summary').focus()").await;
            for key in ["Enter", "Tab", "Tab", "Tab", "Enter"] {
                self.browser.press(key).await.unwrap();
            }
            self.until("return document.querySelector('#sure').open").await;
            self.reads("It cannot be undone.").await;
            self.until("return document.activeElement.textContent === 'No, keep it'").await;
            if sure {
                self.look("deleting a talk").await;
                self.picture("talk-delete").await;
                self.browser.press("Shift+Tab").await.unwrap();
                self.browser.press("Enter").await.unwrap();
            } else {
                self.browser.press("Escape").await.unwrap();
            }
            self.until(
                "return !document.querySelector('#sure').open && document.activeElement.id === 'words'",
            )
            .await;
        }
        self.reads("It is deleted, here and with us.").await;
        self.until("return document.querySelector('#lines').children.length === 0").await;
    }

    async fn leaves_frame(&mut self) {
        self.browser.leave_frame().await.unwrap();
    }
}

/// Somebody writes on until the other sees it: who pauses for some seconds is not writing any more.
async fn types_until(writer: &mut Morning, text: &str, reader: &mut Morning, words: &str) {
    writer.browser.type_text(text).await.unwrap();
    let seen = format!("return document.body.innerText.includes('{words}')");
    for _ in 0..100 {
        if reader.asks(&seen).await == true {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        writer.browser.type_text(".").await.unwrap();
    }
    panic!("never seen: {words}");
}

#[test]
fn somebody_talks_on_a_website_and_is_answered_at_the_desk() {
    both_engines(ROOMS, World::real, |store| async move {
        let mut ines = Morning::begin(store).await;
        ines.moves_in().await;
        let world = ines.store.world().clone();
        let id: SiteId = world.id();
        let shop = shop(ines.address(), id).await;
        let site = Site {
            id,
            name: "The shop".into(),
            origins: vec![shop.clone()],
            vouched_only: false,
            apps: false,
            mailbox: None,
            greeting: "Ask us anything.".into(),
            created_at: world.now(),
            turns: 0,
        };
        ines.store.write(move |tx| sites::keep(tx, &world, &site)).await.unwrap();
        ines.go("/house/chat").await;
        ines.reads("Put this before the end of each page").await;
        ines.asks("document.querySelectorAll('main details').forEach(it => it.open = true)").await;
        ines.look("web chat").await;
        ines.picture("web-chat").await;
        ines.asks("document.querySelector('[name=apps]').scrollIntoView({ block: 'center' })").await;
        ines.picture("web-chat-apps").await;

        let mut ann = ines.visited_from(&shop).await;
        ann.go("/").await;
        ann.opens_talk().await;
        ann.reads("Ask us anything.").await;
        ann.browser.type_text("Do you ship to Malta?").await.unwrap();
        // Their browser works meanwhile, and keeps nothing of it.
        ann.until("return performance.getEntriesByType('resource').some(it => it.name.endsWith('/puzzle'))")
            .await;
        assert_eq!(ann.asks("return localStorage.length").await, 0);
        ann.browser.press("Enter").await.unwrap();
        ann.until("return Boolean(document.querySelector('#lines li time'))").await;
        ann.look("a talk").await;

        ines.go("/conversations").await;
        ines.reads("Do you ship to Malta?").await;
        ines.browser.press("j").await.unwrap();
        ines.browser.press("Enter").await.unwrap();
        ines.reads("They look at the chat now").await;
        ines.reads("Not signed in there").await;
        ines.reads(&format!("They wrote from {shop}/.")).await;
        ann.reads("Somebody of us is here now.").await;
        ines.browser.press("c").await.unwrap();
        types_until(&mut ines, "We do, in five days", &mut ann, "Ines is writing").await;
        ines.look("answering in the chat").await;
        ines.picture("chat-desk").await;
        ines.browser.press("Control+Enter").await.unwrap();
        ann.reads("We do, in five days").await;
        ann.until("return document.querySelector('#lines .us .face').textContent === 'I'").await;
        ann.picture("talk").await;
        types_until(&mut ann, "And to Gozo", &mut ines, "They are writing in the chat").await;
        ann.browser.press("Enter").await.unwrap();
        ines.reads("And to Gozo").await;

        // Closed by Escape, back at the button; what comes meanwhile is counted.
        ann.browser.press("Escape").await.unwrap();
        ann.leaves_frame().await;
        ann.until("return document.querySelector('div').shadowRoot.activeElement?.tagName === 'BUTTON'")
            .await;
        let place = ines.place().await;
        ines.shows_her_face().await;
        ines.go(place.split('#').next().unwrap()).await;
        ines.browser.press("c").await.unwrap();
        ines.browser.type_text("To Gozo as well.").await.unwrap();
        ines.browser.press("Control+Enter").await.unwrap();
        ann.until("return document.title === '(1) Beans'").await;
        ann.look("a website with the button").await;
        ann.picture("shop").await;
        ann.go("/").await;
        ann.until("return document.title === '(1) Beans'").await;
        ann.opens_talk().await;
        ann.reads("To Gozo as well.").await;
        let lines = "return [...document.querySelectorAll('#lines li')].map(it => it.dataset.number).join() === '1,2,3,4'";
        ann.until(lines).await;
        let seen = "return [...document.querySelectorAll('#lines .face img')].filter(it => it.naturalWidth === 8).length === 2";
        ann.until(seen).await;
        ines.browser.type_text("Both in five days.").await.unwrap();
        ines.browser.press("Control+Enter").await.unwrap();
        ann.reads("Both in five days.").await;
        ann.asks("document.querySelector('#more summary').click()").await;
        ann.until("return document.querySelectorAll('#lines .again').length === 1").await;
        ann.look("a talk with faces").await;
        ann.picture("talk-faces").await;
        ann.leaves_frame().await;
        ann.until("return document.title === 'Beans'").await;

        // Whoever has the same shop open elsewhere sees nothing of it.
        let mut ben = ines.visited_from(&shop).await;
        ben.go("/").await;
        ben.opens_talk().await;
        ben.reads("Ask us anything.").await;
        assert_eq!(ben.asks("return document.querySelector('#lines').children.length").await, 0);

        // Whose work is not known to us any more gets another puzzle, and their word arrives all the same.
        ben.browser.type_text("My gate code is 4711").await.unwrap();
        ben.until("return performance.getEntriesByType('resource').some(it => it.name.endsWith('/puzzle'))")
            .await;
        let forget = "delete from secrets where name = 'puzzles before talks'";
        ines.store.write(move |tx| tx.run(forget, &[])).await.unwrap();
        ben.browser.press("Enter").await.unwrap();
        ben.until("return Boolean(document.querySelector('#lines li time'))").await;
        let asked = "return performance.getEntriesByType('resource').filter(it => it.name.endsWith('/puzzle')).length";
        assert_eq!(ben.asks(asked).await, 2);
        ben.deletes_it().await;
        let left = "select count(*) from moments where body like '%4711%'";
        assert_eq!(ines.store.read(move |db| db.number(left, &[])).await.unwrap(), 0);
        assert_eq!(ben.asks("return localStorage.length").await, 0);
        ines.found += &ben.found;
        ines.found += &ann.found;
        assert!(ines.found.is_empty(), "{}", ines.found);
    });
}

/// An app shows pages that lie in it: their origin is opaque, so they may show the talk only where somebody allowed that to anybody.
#[test]
fn an_app_shows_the_talk_where_somebody_allowed_it() {
    both_engines(ROOMS, World::real, |store| async move {
        let mut ines = Morning::begin(store).await;
        ines.moves_in().await;
        let world = ines.store.world().clone();
        let mut site = Site {
            id: world.id(),
            name: "The app".into(),
            origins: vec!["https://shop.example".into()],
            vouched_only: false,
            apps: false,
            mailbox: None,
            greeting: "Ask us anything.".into(),
            created_at: world.now(),
            turns: 0,
        };
        ines.keeps(&site).await;
        let loader = format!("{}/chat/{}/loader.js", ines.address(), site.id);
        let page = format!(
            "<!doctype html><html lang=en><title>App</title><main><h1>App</h1></main><script src=\"{loader}\"></script></html>"
        );
        let mut ann = ines.visited_from("file://").await;
        let place = ann.file("app.html", &page).display().to_string();
        ann.go(&place).await;
        ann.asks("regard.open()").await;
        ann.enters_frame().await;
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        assert_eq!(ann.asks("return document.querySelector('#words')").await, serde_json::Value::Null);

        site.apps = true;
        ines.keeps(&site).await;
        ann.leaves_frame().await;
        ann.go(&place).await;
        ann.opens_talk().await;
        ann.browser.type_text("Do you ship to Malta?").await.unwrap();
        ann.browser.press("Enter").await.unwrap();
        ann.until("return Boolean(document.querySelector('#lines li time'))").await;
        // Closed by a message that goes to whoever shows it.
        ann.browser.press("Escape").await.unwrap();
        ann.leaves_frame().await;
        ann.until("return document.querySelector('div').shadowRoot.activeElement?.tagName === 'BUTTON'")
            .await;
        // Who signs in from a page that nobody vouches for takes nothing along that was said here before.
        let token = signed(&ines, &site).await;
        ann.asks(&format!("regard.identify('{token}')")).await;
        ann.enters_frame().await;
        ann.until("return document.querySelector('#lines').children.length === 0").await;
        let vouched = "select count(*) from talks where vouched";
        assert_eq!(ines.store.read(move |db| db.number(vouched, &[])).await.unwrap(), 0);
        ann.leaves_frame().await;
        ann.asks("regard.open()").await;
        ann.enters_frame().await;
        ann.until("return document.activeElement?.id === 'words'").await;
        ann.browser.type_text("It is me").await.unwrap();
        ann.browser.press("Enter").await.unwrap();
        ann.until("return Boolean(document.querySelector('#lines li time'))").await;
        assert_eq!(ines.store.read(move |db| db.number(vouched, &[])).await.unwrap(), 1);
        let lines = "select count(*) from talk_lines l join talks t on t.person_id = l.person_id and t.talk_id = l.talk_id where t.vouched";
        assert_eq!(ines.store.read(move |db| db.number(lines, &[])).await.unwrap(), 1);
        // What is known of them from elsewhere a browser's key does not delete; it passes the wish on.
        ann.asks("document.querySelector('#erase').click()").await;
        ann.reads("So your wish goes into the talk").await;
        ann.look("a wish to delete a talk").await;
        ann.asks("document.querySelector('#yes').click()").await;
        ann.reads("Your wish is with us.").await;
        ann.reads("Please delete what was said in this chat").await;
        ines.go("/conversations").await;
        ines.reads("Please delete what was said in this chat").await;
        assert!(ann.found.is_empty(), "{}", ann.found);
    });
}

impl Morning {
    async fn keeps(&self, site: &Site) {
        let (world, site) = (self.store.world().clone(), site.clone());
        self.store.write(move |tx| sites::keep(tx, &world, &site)).await.unwrap();
    }
}

/// What the app's server would sign.
async fn signed(house: &Morning, site: &Site) -> String {
    let (world, site) = (house.store.world().clone(), site.clone());
    let until = world.now().micros() / 1_000_000 + 300;
    let key = house.store.write(move |tx| sites::signing_key(tx, &world, &site)).await.unwrap();
    let parts = [json!({"alg": "HS256"}), json!({"sub": "c-7", "exp": until})];
    let text = parts.map(|it| BASE64_URL_SAFE_NO_PAD.encode(it.to_string())).join(".");
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(text.as_bytes());
    format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}
