//! What one does for somebody, by keyboard: goodwill, a no, a draft that survives a reload, a saved reply.

use conversations::goodwill::{self, Budget, Whose};
use memory::care;
use model::World;
use store::trial::both_engines;

use crate::{ROOMS, inbox::lantern_row, morning::Morning};

#[test]
fn what_is_done_for_somebody_takes_a_few_keys() {
    both_engines(ROOMS, World::real, |store| async move {
        lantern_row(&store).await;
        let mut morning = Morning::begin(store).await;
        morning.moves_in().await;
        let wanted =
            care::Wanted { since: Some(morning.store.world().now().plus_days(-30)), ..Default::default() };
        let waiting = morning.store.read(move |db| care::waiting(db, &wanted, 5)).await.unwrap();
        let page = format!("/people/{}", waiting[0].line.id);

        // Goodwill: refused with a name to ask, then done at once.
        morning.go(&page).await;
        gives(&mut morning).await;
        morning.reads("Ask Ines Okafor").await;
        let budget = Some(Budget { minor: 5000, gifts: 2 });
        morning.store.write(move |tx| goodwill::set_budget(tx, Whose::Everybody, budget)).await.unwrap();
        morning.browser.press("Control+Enter").await.unwrap();
        morning.reads("Goodwill: Postage back (4.50 EUR)").await;
        morning.go("/goodwill").await;
        morning.reads("45.50 EUR of 50.00 EUR left, and 2 of 2 gifts.").await;
        morning.reads("Postage back (4.50 EUR)").await;
        morning.look("goodwill").await;
        morning.picture("goodwill").await;

        unsure(&mut morning, &page).await;

        // A saved reply, with a blank that nobody can fill in, then with one that is filled in.
        for (words, seen) in
            [("Dear {{ nickname }}", "line 1"), ("Dear {{ first_name }}, thank you for asking.", "Change it")]
        {
            morning.go("/replies").await;
            let fill = format!(
                "const form = document.querySelector('details.notes form');
                 form.closest('details').open = true;
                 form.elements.name.value = 'Thank you'; form.elements.words.value = '{words}'; form.requestSubmit();"
            );
            morning.asks(&fill).await;
            morning.reads(seen).await;
        }
        morning.look("saved replies").await;
        morning.picture("replies").await;
        morning.go(&page).await;
        morning.browser.press("r").await.unwrap();
        let choose = "const it = document.querySelector('#answer-reply'); it.selectedIndex = 1;
                      it.dispatchEvent(new Event('change', { bubbles: true }));";
        morning.asks(choose).await;
        let known = waiting[0].line.id;
        let person = morning.store.read(move |db| memory::people::person(db, known)).await.unwrap();
        let first = match person.known.get("given_name") {
            Some(given) => given.value.clone(),
            None => person.name.split(' ').next().unwrap().to_owned(),
        };
        let filled = format!(
            "return document.querySelector('#answer-text').value === 'Dear {first}, thank you for asking.'"
        );
        morning.until(&filled).await;
        morning.browser.type_text(" We will look").await.unwrap();

        // What was begun is there after a reload, and Today knows of it.
        morning.until("return document.querySelector('[data-kept]').textContent === 'kept'").await;
        morning.go("/").await;
        morning.reads("You began to write").await;
        morning.go(&page).await;
        morning.reads("You began this").await;
        morning.until("return document.querySelector('#answer-text').value.endsWith('We will look')").await;
        morning.look("a draft").await;
        morning.picture("draft").await;
        morning.asks("document.querySelector('button[form=throw-away]').click()").await;
        morning.until("return document.querySelector('#answer-text')?.value === ''").await;

        // A no.
        morning.browser.press("x").await.unwrap();
        morning.browser.press("Tab").await.unwrap();
        for words in ["A discount for a review", "We do not pay for reviews"] {
            morning.browser.type_text(words).await.unwrap();
            morning.browser.press("Tab").await.unwrap();
        }
        morning.browser.press("Control+Enter").await.unwrap();
        morning.reads("Said no: A discount for a review").await;
        morning.go("/refusals").await;
        morning.reads("We do not pay for reviews").await;
        morning.look("refusals").await;
        morning.picture("refusals").await;
        morning.go("/").await;
        morning.reads("Somebody to meet today").await;
        morning.look("today with somebody to meet").await;
        morning.picture("today-meet").await;
        assert!(morning.found.is_empty(), "{}", morning.found);
    });
}

async fn gives(morning: &mut Morning) {
    morning.browser.press("w").await.unwrap();
    morning.browser.press("Tab").await.unwrap();
    for words in ["Postage back", "4.50", "It came late"] {
        morning.browser.type_text(words).await.unwrap();
        morning.browser.press("Tab").await.unwrap();
    }
    morning.browser.press("Shift+Tab").await.unwrap();
    morning.browser.press("Control+Enter").await.unwrap();
}

/// Where nothing came back nothing is sent again, nor lost; and whoever leaves at once has left.
async fn unsure(morning: &mut Morning, page: &str) {
    morning.go(page).await;
    morning.browser.press("n").await.unwrap();
    morning.browser.type_text("They rang").await.unwrap();
    morning.cuts_the_line(true).await;
    morning.browser.press("Control+Enter").await.unwrap();
    morning.reads("it may or may not have arrived").await;
    assert_eq!(morning.asks("return document.querySelector('#note-body').value").await, "They rang");
    morning.cuts_the_line(false).await;
    morning.browser.press("Control+Enter").await.unwrap();
    morning.until("return document.querySelector('#moments').innerText.includes('They rang')").await;
    for _ in 0..5 {
        let leave = "const words = document.querySelector('#note-body');
            words.value = 'And rang off'; words.form.requestSubmit(); location.href = '/goodwill'";
        morning.asks(leave).await;
        morning.reads("Yours this month").await;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert_eq!(morning.place().await, "/goodwill");
        morning.go(page).await;
    }
    // Nor are they called back by an answer that leads elsewhere and comes while they are on their way.
    for _ in 0..3 {
        let leave = "window.fetch = () => new Promise((come) => setTimeout(() => come({
                redirected: true, url: location.href, text: async () => '' }), 5));
            const words = document.querySelector('#note-body');
            words.value = 'Never sent'; words.form.requestSubmit(); location.href = '/goodwill'";
        morning.asks(leave).await;
        morning.reads("Yours this month").await;
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert_eq!(morning.place().await, "/goodwill");
        morning.go(page).await;
    }
    let noted = "select count(*) from moments where body like 'And rang off%' or body like 'They rang%'";
    let noted = morning.store.read(move |db| db.number(noted, &[])).await.unwrap();
    assert!((1..=6).contains(&noted), "kept {noted} times");
}
