//! Insight in a real browser: every page by keyboard, its numbers taken along, and an assumption that is changed.

use model::World;
use serde_json::Value;
use store::trial::both_engines;

use crate::{ROOMS, inbox::lantern_row, morning::Morning};

/// What stands in the row of pages, and what each then says.
const PAGES: &[(&str, &str)] = &[
    ("Worth", "What our relationships are worth"),
    ("Who returns", "Who returns"),
    ("Who brings what", "From what was bought to what is left"),
    ("Who stays", "By the month in which they came"),
    ("Where from", "By whose word, or by what"),
    ("Why they return", "What to think of it"),
    ("Is it fair?", "Each group, in numbers"),
    ("How it goes", "While there is time"),
    ("What we assume", "Since when, and by whom"),
];

impl Morning {
    /// By Tab to a page of this part, and in by Enter.
    async fn opens_by_keyboard(&mut self, label: &str) {
        let is_there = format!(
            "const it = document.activeElement; return !!it.closest('nav.sub') && it.textContent === '{label}'"
        );
        for _ in 0..60 {
            if self.asks(&is_there).await == Value::Bool(true) {
                self.browser.press("Enter").await.unwrap();
                let open = format!(
                    "return document.querySelector('nav.sub [aria-current=page]')?.textContent === '{label}'"
                );
                return self.until(&open).await;
            }
            self.browser.press("Tab").await.unwrap();
        }
        panic!("no Tab leads to {label}");
    }

    /// On a phone as well as on a desk.
    async fn looks_on_both(&mut self, name: &str) {
        self.browser.resize(390, 844).await.unwrap();
        for dark in [false, true] {
            self.browser.prefer_dark(dark).await.unwrap();
            for violation in self.browser.axe().await.unwrap() {
                self.found += &format!("\n{name} on a phone (dark: {dark}): {violation}");
            }
        }
        self.browser.resize(1280, 900).await.unwrap();
        self.look(name).await;
    }

    /// Every file that the page offers, by its address.
    async fn takes_along(&mut self) -> Vec<(String, String)> {
        let files = "const done = arguments[0];
            const all = [...document.querySelectorAll('main a[download]')].map(a => a.href);
            Promise.all(all.map(href => fetch(href).then(a => a.text()).then(text => [href, text]))).then(done)";
        let files = self.browser.client().execute_async(files, Vec::new()).await.unwrap();
        serde_json::from_value(files).unwrap()
    }

    /// Writes over what stands in a field, and sends the form.
    async fn assumes(&mut self, field: &str, value: &str) {
        let select = format!("const it = document.querySelector('#{field}'); it.focus(); it.select()");
        self.asks(&select).await;
        self.browser.type_text(value).await.unwrap();
        self.browser.press("Enter").await.unwrap();
    }
}

#[test]
fn what_relationships_come_to_is_read_by_keyboard_taken_along_and_corrected() {
    both_engines(ROOMS, World::real, |store| async move {
        lantern_row(&store).await;
        let mut morning = Morning::begin(store).await;
        morning.moves_in().await;
        for (path, _) in [("", ""), ("/profit", ""), ("/fairness", "")] {
            morning.go(&format!("/insight{path}")).await;
            morning.reads("Nothing was reckoned yet.").await;
        }
        morning.look("insight before anything was reckoned").await;
        insight::reckoning::reckon(&morning.store, |_| {}).await.unwrap();
        // Whoever waits for it need not ask again.
        morning.reads("Reckoned just now").await;

        morning.go("/insight").await;
        let mut taken = Vec::new();
        for (label, says) in PAGES {
            morning.opens_by_keyboard(label).await;
            morning.reads(says).await;
            morning.looks_on_both(label).await;
            morning.picture(&format!("insight-{}", label.to_lowercase().replace([' ', '?'], "-"))).await;
            taken.extend(morning.takes_along().await);
        }
        let of = |key: &str| {
            let end = format!("/insight/numbers/{key}");
            taken.iter().find(|it| it.0.ends_with(&end)).map(|it| it.1.as_str()).unwrap_or_default()
        };
        assert!(of("whale").starts_with("The best so many,earn of all profit\r\n"), "{}", of("whale"));
        assert!(of("left").contains("At full price,"), "{}", of("left"));
        assert!(taken.len() > 12, "{} files", taken.len());
        assert!(taken.iter().all(|(_, text)| text.lines().count() > 1), "no file is empty");

        changes_an_assumption(&mut morning).await;
        assert!(morning.found.is_empty(), "{}", morning.found);
    });
}

/// Refused beside its field with what was typed; then kept, and told with what was before.
async fn changes_an_assumption(morning: &mut Morning) {
    morning.go("/insight/prices").await;
    morning.assumes("minutes_call", "long").await;
    morning.reads("A call does not go: “long” is not a number of minutes.").await;
    let beside = "const it = document.activeElement;
        return it.id === 'minutes_call' && it.value === 'long' && it.getAttribute('aria-invalid') === 'true'
            && document.getElementById(it.getAttribute('aria-describedby').split(' ')[0]).closest('.field').contains(it)";
    morning.until(beside).await;
    morning.looks_on_both("an assumption that does not go").await;
    morning.assumes("minutes_call", "2000").await;
    morning.reads("A call is not between 0 and 1440 minutes.").await;
    morning.assumes("minutes_call", "12.5").await;
    morning.reads("Everything is being reckoned anew with it").await;
    morning.reads("A call: 12.5 minutes instead of 10 minutes").await;
    morning.reads("Ines Okafor").await;
    morning.looks_on_both("an assumption that was kept").await;
    morning.picture("insight-assumption-kept").await;
    let told = insight::reckoning::reckon(&morning.store, |_| {}).await.unwrap();
    assert_eq!(
        told.prices.minutes_of(insight::lives::Deed::Call),
        12.5,
        "it is reckoned with what is assumed"
    );
    morning.go("/house/log").await;
    morning.reads("assumptions changed").await;
}
