//! The people who bought at CDNOW in 1997, in the memory: what is learnt of them there is what is learnt from the published summary.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod common;

use std::{collections::BTreeSet, fs};

use common::HOUSE;
use insight::{
    lives::{self, day_of},
    reckoning,
    worth::{Buyers, Trade, backtest, learn},
};
use jiff::civil::date;
use memory::{prepare, take};
use model::{Channel, Direction, Fields, Fragment, Kind, NewMoment, Time, World};
use serde_json::{Value, json};
use store::{Store, trial::both_engines};

fn data(name: &str) -> String {
    fs::read_to_string(format!("{}/../../data/value/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn golden(name: &str) -> Value {
    serde_json::from_str(&data(&format!("goldens/{name}.json")).replace(": NaN", ": null")).unwrap()
}

/// The tenth of them whom the literature speaks of, each with what they bought.
fn people() -> Vec<Fragment> {
    let sample = data("cdnow_sample_ids.csv");
    let sample: BTreeSet<&str> = sample.lines().skip(1).map(str::trim).collect();
    let all = data("cdnow_transactions.txt");
    let mut people: Vec<Fragment> = Vec::new();
    for (n, line) in all.lines().enumerate().skip(1) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [id, day, _, dollars] = words[..] else { panic!("{line}") };
        if !sample.contains(id) {
            continue;
        }
        let at = Time::parse(&format!("{}-{}-{}T12:00:00Z", &day[..4], &day[4..6], &day[6..])).unwrap();
        let cents = (dollars.parse::<f64>().unwrap() * 100.0).round() as i64;
        if people.last().is_none_or(|it| it.key != id) {
            let fields = Fields::from([("name".to_owned(), format!("Customer {id}"))]);
            let (source, key) = ("cdnow".into(), id.into());
            let (handles, roles) = (Vec::new(), Vec::new());
            people.push(Fragment { source, key, seen_at: at, fields, handles, roles, moments: Vec::new() });
        }
        let data = json!({"total": {"minor": cents, "currency": "USD"}});
        people.last_mut().unwrap().moments.push(NewMoment {
            key: n.to_string(),
            at,
            kind: Kind::Purchase,
            channel: Channel::Shop,
            direction: Direction::Heard,
            account: None,
            by: None,
            thread: None,
            title: "CDs".into(),
            body: String::new(),
            data,
            originals: Vec::new(),
        });
    }
    people
}

async fn trade(store: &Store) -> Trade {
    for batch in people().chunks(500) {
        let (world, batch) = (store.world().clone(), batch.iter().cloned().map(prepare).collect::<Vec<_>>());
        store.write(move |tx| take(tx, &world, &batch)).await.unwrap();
    }
    lives::refresh(store, |_| {}).await.unwrap();
    let mut buyers = Buyers::default();
    lives::tell(store, &mut [&mut buyers]).await.unwrap();
    buyers.done()
}

fn close(seen: f64, wanted: &Value, digits: f64, of: &str) {
    let wanted = wanted.as_f64().unwrap();
    assert!((seen - wanted).abs() <= digits * wanted.abs().max(1.0), "{of}: {seen} and not {wanted}");
}

#[test]
fn what_is_learnt_from_the_memory_is_what_is_learnt_from_the_summary() {
    let world = World::still(Time::parse("1998-06-30T20:00:00Z").unwrap(), 1).0;
    both_engines(
        HOUSE,
        move || world.clone(),
        |store| async move {
            let trade = trade(&store).await;
            assert_eq!((trade.buyers.len(), trade.currency.as_str()), (2357, "USD"));
            let (autumn, summer) = (day_of(date(1997, 9, 30)), day_of(date(1998, 6, 30)));
            for name in ["bgnbd", "mbgnbd", "paretonbd"] {
                let learnt = learn(&trade, Some(name), autumn).unwrap().buying;
                let fits = golden(name);
                // The first is the one with times in exact sevenths.
                let exact = &fits["fits"][0];
                close(learnt.ll, &exact["ll"], 1e-7, name);
                for (parameter, wanted) in exact["expected"].as_object().unwrap() {
                    close(learnt.params.get(parameter).unwrap(), wanted, 1e-4, parameter);
                }
            }
            let held = backtest(&trade, None, summer).unwrap();
            assert_eq!(
                (held.learnt_until, held.held_until),
                (autumn, summer),
                "halves are found by themselves"
            );
            let table = &golden("holdout_cdnow")["cdnow_sample_2357"];
            for (tried, wanted) in [
                ("bgnbd", "bgnbd"),
                ("mbgnbd", "mbgnbd"),
                ("paretonbd", "paretonbd"),
                ("nbd", "NBD (no death)"),
                ("nobody returns", "baseline: zero"),
                ("same as before", "baseline: x (repeat last 39 wks count)"),
                ("same rate as before", "baseline: same rate x/T*39"),
            ] {
                let seen = held.tried.iter().find(|it| it.name == tried).unwrap();
                close(seen.mae, &table[wanted]["MAE"], 1e-5, tried);
                close(seen.rmse, &table[wanted]["RMSE"], 1e-5, tried);
                close(seen.foretold, &table[wanted]["total_pred"], 1e-5, tried);
            }
            assert_eq!((held.chosen.as_str(), held.lost_to.len()), ("paretonbd", 0));
            assert_eq!(held.happened, 1882.0);
            let weeks = &golden("holdout_cdnow")["weekly_cumulative_sample"];
            for week in [38, 77] {
                let (_, happened, _) = held.by_week[week];
                assert_eq!(json!(happened as i64), weeks["actual"][week], "week {week}");
            }
            let spending = learn(&trade, None, autumn).unwrap().spending.unwrap();
            assert!((spending.params.get("p").unwrap() - 6.2496).abs() < 0.01, "{spending:?}");
            assert!((spending.params.get("v").unwrap() - 1544.4).abs() < 10.0, "in cents: {spending:?}");

            let all = reckoning::reckon(&store, |_| {}).await.unwrap();
            let kept = store.read(reckoning::latest).await.unwrap().unwrap();
            let (said, learnt) = (kept.learnt.unwrap().buying, all.learnt.unwrap().buying);
            for name in ["r", "alpha", "s", "beta"] {
                close(said.params.get(name).unwrap(), &json!(learnt.params.get(name)), 1e-12, name);
            }
            let equity = all.equity.unwrap();
            assert_eq!(equity.months.iter().map(|it| it.came).sum::<usize>(), 2357);
            for pair in equity.months.windows(2) {
                let now = &pair[1];
                let sum = pair[0].value + now.new + now.lost + now.better + now.worse;
                assert!((sum - now.value).abs() < 1e-6 * now.value, "what moved it adds up: {now:?}");
            }
            let best = trade.buyers.iter().max_by_key(|it| it.days.len()).unwrap().person;
            let now = store.world().now();
            let ours = store.read(move |db| reckoning::of_person(db, best, now)).await.unwrap();
            let expected = ours.expected.unwrap();
            assert!(expected.there > 0.5 && expected.range.0 as f64 <= expected.purchases, "{expected:?}");
            assert!(expected.value.unwrap() > 0.0);
        },
    );
}
