//! The button on somebody else's website, under a strict policy of theirs, by keyboard; and the desk at the other end.

use axum::{Router, http::header, response::Html, routing::get};
use conversations::sites::{self, Site};
use model::{SiteId, World};
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
        ines.look("web chat").await;
        ines.picture("web-chat").await;

        let mut ann = ines.visited_from(&shop).await;
        ann.go("/").await;
        ann.opens_talk().await;
        ann.reads("Ask us anything.").await;
        ann.browser.type_text("Do you ship to Malta?").await.unwrap();
        ann.browser.press("Enter").await.unwrap();
        ann.until("return Boolean(document.querySelector('#lines li time'))").await;
        ann.look("a talk").await;

        ines.go("/conversations").await;
        ines.reads("Do you ship to Malta?").await;
        ines.browser.press("j").await.unwrap();
        ines.browser.press("Enter").await.unwrap();
        ines.reads("They look at the chat now").await;
        ines.reads("Not signed in there").await;
        ann.reads("Somebody of us is here now.").await;
        ines.browser.press("c").await.unwrap();
        types_until(&mut ines, "We do, in five days", &mut ann, "Ines is writing").await;
        ines.look("answering in the chat").await;
        ines.picture("chat-desk").await;
        ines.browser.press("Control+Enter").await.unwrap();
        ann.reads("We do, in five days").await;
        ann.picture("talk").await;
        types_until(&mut ann, "And to Gozo", &mut ines, "They are writing in the chat").await;
        ann.browser.press("Enter").await.unwrap();
        ines.reads("And to Gozo").await;

        // Closed by Escape, back at the button; what comes meanwhile is counted.
        ann.browser.press("Escape").await.unwrap();
        ann.leaves_frame().await;
        ann.until("return document.querySelector('div').shadowRoot.activeElement?.tagName === 'BUTTON'")
            .await;
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
        ann.leaves_frame().await;
        ann.until("return document.title === 'Beans'").await;

        // Whoever has the same shop open elsewhere sees nothing of it.
        let mut ben = ines.visited_from(&shop).await;
        ben.go("/").await;
        ben.opens_talk().await;
        ben.reads("Ask us anything.").await;
        assert_eq!(ben.asks("return document.querySelector('#lines').children.length").await, 0);
        ines.found += &ann.found;
        assert!(ines.found.is_empty(), "{}", ines.found);
    });
}
