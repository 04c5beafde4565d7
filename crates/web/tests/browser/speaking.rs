//! What could be said better, beneath the field in which it is written: it comes quietly, one key takes it, and nothing ever waits for it.

use memory::care;
use model::World;
use serde_json::json;
use store::trial::both_engines;

use crate::{ROOMS, inbox::lantern_row, morning::Morning};

const WORDS: &str = "Our users can change it. A user waits. Your call is important to us.";
const SAID: &str = "return document.querySelector('#answer-text-advised')?.textContent";
const VALUE: &str = "return document.querySelector('#answer-text').value";

impl Morning {
    /// The form in which somebody who waits is answered, and whose page it stands on.
    async fn begins_to_answer(&mut self) -> String {
        let wanted = care::Wanted::default();
        let first = self.store.read(move |db| care::waiting(db, &wanted, 1)).await.unwrap().remove(0);
        let page = format!("/people/{}", first.line.id);
        self.go(&page).await;
        self.browser.press("r").await.unwrap();
        page
    }

    async fn is_told(&mut self, words: &str) {
        self.until(&format!("{SAID} === {}", json!(words))).await;
    }

    async fn has_written(&mut self, words: &str) {
        assert_eq!(self.asks(VALUE).await, words);
    }

    /// Everything that the live region says from now on.
    async fn listens(&mut self) {
        let script = "window.heard = [];
            const said = document.querySelector('#answer-text-advised');
            new MutationObserver(() => heard.push(said.textContent)).observe(said, { childList: true, characterData: true, subtree: true });";
        self.asks(script).await;
    }
}

#[test]
fn what_could_be_said_better_is_taken_by_one_key_and_taken_back() {
    both_engines(ROOMS, World::real, |store| async move {
        lantern_row(&store).await;
        let mut morning = Morning::begin(store).await;
        morning.moves_in().await;
        let page = morning.begins_to_answer().await;
        morning.browser.type_text("Hello. ").await.unwrap();
        morning.listens().await;
        morning.browser.type_text(WORDS).await.unwrap();
        morning.is_told("3 suggestions, Alt+Enter takes the first").await;
        let heard = json!(["3 suggestions", "3 suggestions, Alt+Enter takes the first"]);
        let heard_now = morning.asks("return heard").await;
        assert!(heard_now == heard || heard_now == json!([heard[1]]), "said once: {heard_now}");
        let described = "const field = document.querySelector('#answer-text');
            const said = document.getElementById(field.getAttribute('aria-describedby'));
            return said.getAttribute('role') + ' ' + document.querySelectorAll('.advice [role=status]').length";
        assert_eq!(morning.asks(described).await, "status 1", "one live region for the field");
        morning.look("advice").await;
        morning.picture("advice").await;
        let narrow = "return document.documentElement.scrollWidth <= innerWidth";
        morning.browser.resize(390, 844).await.unwrap();
        assert_eq!(morning.asks(narrow).await, true);
        morning.browser.resize(1280, 900).await.unwrap();

        // The caret is at the end: the first comes round again.
        morning.asks("document.querySelector('#answer-text').focus()").await;
        morning.browser.press("Alt+Enter").await.unwrap();
        morning.has_written(&format!("Hello. {}", WORDS.replace("users", "people"))).await;
        morning.is_told("\u{201c}users\u{201d} is now \u{201c}people\u{201d}").await;
        let at_end = "const it = document.querySelector('#answer-text'); return it.selectionStart === it.value.length && document.activeElement === it";
        assert_eq!(morning.asks(at_end).await, true, "whoever wrote at the end still does");
        morning.is_told("2 suggestions, Alt+Enter takes the first").await;
        morning.browser.press("Control+z").await.unwrap();
        morning.has_written(&format!("Hello. {WORDS}")).await;
        morning.is_told("3 suggestions, Alt+Enter takes the first").await;

        // From where the caret stands, the next one is taken.
        morning.asks("document.querySelector('#answer-text').setSelectionRange(20, 20)").await;
        morning.browser.press("Alt+Enter").await.unwrap();
        morning.has_written(&format!("Hello. {}", WORDS.replace("A user", "A person"))).await;
        assert_eq!(morning.asks("return document.querySelector('#answer-text').selectionStart").await, 20);
        morning.is_told("2 suggestions, Alt+Enter takes the first").await;

        // With the tabulator each button is reached in its order.
        morning.browser.press("Tab").await.unwrap();
        let held = "return document.activeElement.firstChild.textContent.trim()";
        assert_eq!(morning.asks(held).await, "people");
        morning.browser.press("Tab").await.unwrap();
        assert_eq!(morning.asks(held).await, "Leave it");
        morning.browser.press("Tab").await.unwrap();
        assert_eq!(morning.asks(held).await, "Leave it");
        morning.browser.press("Enter").await.unwrap();
        morning.is_told("\u{201c}Your call is important to us\u{201d} stays; you are not told again").await;
        assert_eq!(morning.asks(held).await, "people", "the next one is at hand");

        // Somebody else's page, another day: it is not said again, and it can be taken back.
        morning.go(&page).await;
        morning.browser.press("r").await.unwrap();
        morning.asks("document.querySelector('#answer-text').value = ''").await;
        morning.browser.type_text("Your call is important to us. Users wait.").await.unwrap();
        morning.is_told("1 suggestion").await;
        morning.go("/house/me").await;
        morning.reads("Words you leave as they are").await;
        morning.look("words that are left").await;
        morning.click("#left button").await;
        morning.until("return !document.querySelector('#left')").await;
        assert!(morning.found.is_empty(), "{}", morning.found);
    });
}

#[test]
fn nothing_waits_for_advice() {
    both_engines(ROOMS, World::real, |store| async move {
        lantern_row(&store).await;
        let mut morning = Morning::begin(store).await;
        morning.moves_in().await;
        morning.begins_to_answer().await;

        // It is sent before anything was found, and with everything that was found.
        morning.browser.type_text(WORDS).await.unwrap();
        morning.is_told("3 suggestions, Alt+Enter takes the first").await;
        morning.browser.press("Control+Enter").await.unwrap();
        morning.reads("On its way").await;
        morning.reads("Your call is important to us.").await;

        // Without an answer of the house nothing is said, and writing goes on.
        morning.begins_to_answer().await;
        morning.asks("window.fetch = () => Promise.reject(new Error('away'))").await;
        morning.browser.type_text("Users wait").await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
        assert_eq!(morning.asks(SAID).await, "");
        morning.browser.type_text(" no more.").await.unwrap();
        morning.has_written("Users wait no more.").await;

        // Without scripts a form is a form.
        morning
            .browser
            .chromium("Emulation.setScriptExecutionDisabled", json!({"value": true}))
            .await
            .unwrap();
        morning.go("/replies").await;
        morning.write("input[name=name]", "To users").await;
        morning.write("textarea[name=words]", "Dear user, hello.").await;
        morning.click("main details form button").await;
        morning.reads("Dear user, hello.").await;
        assert_eq!(morning.browser.count(".advice").await.unwrap(), 0);
        morning
            .browser
            .chromium("Emulation.setScriptExecutionDisabled", json!({"value": false}))
            .await
            .unwrap();
        assert!(morning.found.is_empty(), "{}", morning.found);
    });
}

#[test]
fn the_house_has_words_of_its_own() {
    both_engines(ROOMS, World::real, |store| async move {
        lantern_row(&store).await;
        let mut morning = Morning::begin(store).await;
        morning.moves_in().await;
        morning.go("/house/voice").await;
        morning.reads("What you never say").await;
        morning.look("the voice of the house").await;
        morning.write("#people", "guest").await;
        morning.write("#say-0", "(cheap").await;
        morning.write("#instead-0", "good value, a fair price").await;
        morning.write("#names", "Lantern Row").await;
        morning.browser.press("Control+Enter").await.unwrap();
        morning.reads("\u{201c}(cheap\u{201d} can only hold words").await;
        morning.look("a voice that does not fit").await;
        assert_eq!(
            morning.asks("return document.activeElement.id").await,
            "say-0",
            "it is where it is wrong"
        );
        morning.asks("document.querySelector('#say-0').value = ''").await;
        morning.browser.type_text("cheap").await.unwrap();
        morning.browser.press("Enter").await.unwrap();
        morning.reads("Last changed").await;
        morning.picture("voice").await;

        morning.begins_to_answer().await;
        morning.browser.type_text("The user likes lantern row since it is cheap.").await.unwrap();
        morning.is_told("3 suggestions, Alt+Enter takes the first").await;
        let offered = "return [...document.querySelectorAll('.advice [data-say]')].map(it => it.dataset.say)";
        let offered = morning.asks(offered).await;
        assert_eq!(offered, json!(["The guest", "Lantern Row", "good value", "a fair price"]));
        assert!(morning.found.is_empty(), "{}", morning.found);
    });
}

#[test]
fn how_we_spoke_is_drawn_and_anybody_may_try_a_text() {
    both_engines(ROOMS, World::real, |store| async move {
        lantern_row(&store).await;
        let mut morning = Morning::begin(store).await;
        morning.moves_in().await;
        morning.begins_to_answer().await;
        morning.browser.type_text(WORDS).await.unwrap();
        morning.browser.press("Control+Enter").await.unwrap();
        morning.reads("On its way").await;

        for key in ["g", "n"] {
            morning.browser.press(key).await.unwrap();
        }
        morning.click("nav[aria-label=Insight] a[href='/language']").await;
        morning.reads("Nothing was reckoned yet").await;
        morning.look("how we speak, before it was reckoned").await;
        morning.click("form[action='/language/reckon'] button").await;
        morning.reads("It is being reckoned").await;
        // Whoever works does it, and the page that waits hears of it.
        let store = morning.store.clone();
        conversations::speaking::reckon(&store).await.unwrap();
        morning.reads("could have been said better").await;
        morning.reads("Our users can change it.").await;
        assert_eq!(
            morning.asks("return document.querySelectorAll('.chart svg title').length >= 4").await,
            true
        );
        morning.look("how we speak").await;
        morning.picture("speaking").await;
        morning.go("/language?by=author").await;
        morning.reads("Found in a thousand").await;
        morning.look("how each of us speaks").await;
        morning.click(".sentences a").await;
        morning
            .until("return location.pathname.startsWith('/people/') && location.hash.startsWith('#mom_')")
            .await;

        let mut visitor = morning.visited_from(morning.address()).await;
        visitor
            .browser
            .chromium("Emulation.setScriptExecutionDisabled", json!({"value": true}))
            .await
            .unwrap();
        visitor.go("/language/try").await;
        visitor.write("#text", "Users <b>may</b> ask. Only 2 rooms left!").await;
        visitor.click("form button").await;
        visitor.reads("2 things to say better").await;
        visitor
            .browser
            .chromium("Emulation.setScriptExecutionDisabled", json!({"value": false}))
            .await
            .unwrap();
        visitor.click(".how summary").await;
        let fixed = "return document.querySelector('#fixed-0').value";
        assert_eq!(visitor.asks(fixed).await, "People <b>may</b> ask. Only 2 rooms left!");
        visitor.look("a text that was tried").await;
        visitor.picture("tried").await;
        morning.found += &visitor.found;
        assert!(morning.found.is_empty(), "{}", morning.found);
    });
}
