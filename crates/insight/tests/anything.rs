//! Whatever a life holds, no analysis falls over it, and what must add up adds up.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod common;

use std::collections::{HashMap, HashSet};

use common::made::{counting, person, today};
use insight::{
    Fold, Life,
    coming::Coming,
    fairness::Fairness,
    health::{self, Healths},
    kinds::{self, Kinds},
    lives::{Amount, Bought, Brought, Came, Day, Deed, Feedback, Felt, Promise, Term, Turns, Wait, Work},
    loyalty::{self, Loyalties},
    prices::Prices,
    profit::{Profit, Profits},
    retention::Staying,
};
use proptest::{collection::vec, option, prelude::*, sample::select};
use serde::{Serialize, de::DeserializeOwned};

/// Days that calendars hold.
fn day() -> impl Strategy<Value = Day> {
    prop_oneof![8 => today() - 1500..today() + 30, 1 => -4_000_000..2_900_000]
}

fn money(most: i64) -> impl Strategy<Value = i64> {
    prop_oneof![9 => 0..100_000_i64, 1 => -most..most]
}

fn currency() -> impl Strategy<Value = String> {
    select(vec!["EUR", "EUR", "EUR", "USD"]).prop_map(str::to_owned)
}

fn bought(most: i64) -> impl Strategy<Value = Vec<Bought>> {
    let it =
        (day(), money(most), currency(), any::<u32>(), money(most), option::of(money(most)), any::<bool>());
    let it = it.prop_map(|(day, minor, currency, orders, discount, cost, incentive)| Bought {
        day,
        minor,
        currency,
        orders: orders % 9,
        discount,
        cost,
        incentive,
    });
    vec(it, 0..8).prop_map(|mut all| {
        all.sort_by_key(|it| it.day);
        all
    })
}

fn amounts(most: i64) -> impl Strategy<Value = Vec<Amount>> {
    vec(
        (day(), money(most), currency()).prop_map(|(day, minor, currency)| Amount { day, minor, currency }),
        0..3,
    )
}

fn terms() -> impl Strategy<Value = Vec<Term>> {
    let it = (day(), option::of(day()), any::<bool>(), option::of(day()), vec(day(), 0..2));
    vec(it.prop_map(|(from, to, paused, bound_to, failed)| Term { from, to, paused, bound_to, failed }), 0..3)
}

fn work() -> impl Strategy<Value = Vec<Work>> {
    let it = (day(), select(Deed::ALL.to_vec()), any::<u32>(), any::<u32>(), any::<u32>());
    let it = it.prop_map(|(day, deed, times, minutes, timed)| Work {
        month: insight::lives::month_of(day),
        deed,
        times,
        minutes,
        timed,
    });
    vec(it, 0..5)
}

fn turns() -> impl Strategy<Value = Vec<Turns>> {
    let it = (day(), any::<u32>(), any::<u32>(), any::<u32>(), any::<u32>());
    let it = it.prop_map(|(day, heard, said, unasked, used)| Turns {
        month: insight::lives::month_of(day),
        heard: heard % 5,
        said,
        unasked,
        used: used % 3,
    });
    vec(it, 0..5)
}

fn waits() -> impl Strategy<Value = Vec<Wait>> {
    let it = (day(), option::of(any::<i64>()), any::<u32>());
    vec(it.prop_map(|(day, minutes, asked)| Wait { day, minutes, asked }), 0..5)
}

fn promises() -> impl Strategy<Value = Vec<Promise>> {
    let it = (day(), select(vec!["open", "kept", "broken", "moved"]), any::<bool>());
    vec(it.prop_map(|(due, state, late)| Promise { due, state: state.into(), late }), 0..4)
}

fn felt() -> impl Strategy<Value = Vec<Felt>> {
    let it = (day(), select(vec!["nps", "csat", "ces", "own"]), any::<f64>());
    vec(it.prop_map(|(day, survey, score)| Felt { day, survey: survey.into(), score }), 0..4)
}

fn came() -> impl Strategy<Value = Option<Came>> {
    let it = (
        day(),
        select(vec!["friend", "search", "unknown", "a dream"]),
        option::of(0..20_u128),
        any::<bool>(),
    );
    option::of(it.prop_map(|(day, by, friend, anyway)| Came {
        day,
        by: by.into(),
        friend: friend.map(person),
        anyway,
    }))
}

fn life(most: i64) -> impl Strategy<Value = Life> {
    let brought = vec(
        (day(), option::of(0..20_u128)).prop_map(|(day, it)| Brought { day, person: it.map(person) }),
        0..3,
    );
    let feedback = vec(
        (day(), any::<bool>()).prop_map(|(day, led_to_something)| Feedback { day, led_to_something }),
        0..3,
    );
    let money = (bought(most), amounts(most), amounts(most));
    let talk = (work(), turns(), waits(), promises());
    let rest = (felt(), came(), brought, feedback);
    (day(), money, terms(), talk, rest).prop_map(|(since, money, terms, talk, rest)| Life {
        since,
        bought: money.0,
        refunded: money.1,
        terms,
        work: talk.0,
        turns: talk.1,
        waits: talk.2,
        goodwill: money.2,
        promises: talk.3,
        felt: rest.0,
        came: rest.1,
        brought: rest.2,
        feedback: rest.3,
    })
}

fn tell(lives: &[Life], folds: &mut [&mut dyn Fold]) {
    for (n, life) in (0..).zip(lives) {
        folds.iter_mut().for_each(|fold| fold.eat(person(n), life));
    }
}

/// What is kept can be read again: a number that is none would be lost, and everything with it.
fn is_read_again<T: Serialize + DeserializeOwned>(report: &T) -> bool {
    let kept = serde_json::to_string(report).unwrap();
    serde_json::from_str::<T>(&kept).is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_life_is_too_strange(lives in vec(life(i64::MAX), 0..40), seed: u64) {
        let group_of: HashMap<_, _> = (0..40).map(|n| (person(n), format!("{}", n % 2))).collect();
        let mut profits = Profits::new(counting());
        let mut staying = Staying::new(today(), "EUR");
        let mut coming = Coming::new(today(), "EUR", Prices::default());
        let mut loyalties = Loyalties::new(today(), "EUR");
        let mut fairness = Fairness::new(today(), "EUR", group_of, seed);
        let mut kinds = Kinds::new(counting(), HashSet::new(), HashMap::new());
        let mut healths = Healths::new(today());
        tell(&lives, &mut [
            &mut profits, &mut staying, &mut coming, &mut loyalties, &mut fairness, &mut kinds, &mut healths,
        ]);
        prop_assert!(is_read_again(&profits.report()));
        prop_assert!(is_read_again(&staying.report()));
        let coming = coming.report();
        prop_assert!(is_read_again(&coming));
        prop_assert_eq!(coming.sources.iter().map(|it| it.people).sum::<usize>(), lives.len());
        prop_assert!(coming.ambassadors.of_which_owed <= coming.ambassadors.worth);
        prop_assert!(is_read_again(&loyalties.report()));
        prop_assert!(is_read_again(&fairness.report()));
        let kinds = kinds.report();
        prop_assert!(is_read_again(&kinds));
        prop_assert_eq!(kinds.people, lives.len());
        let healths = healths.report();
        prop_assert!(is_read_again(&healths));
        prop_assert_eq!(healths.people, lives.len());
    }

    #[test]
    fn whatever_is_read_of_somebody_has_a_reason(life in life(i64::MAX), alone: bool) {
        let kind = kinds::of_person(&life, &counting(), alone);
        prop_assert!(!kind.reasons.is_empty() && kind.reasons.iter().all(|it| !it.is_empty()));
        if let Some(it) = loyalty::of_person(&life, today()) {
            prop_assert!(!it.reasons.is_empty());
        }
        let health = health::of_person(&life, today());
        prop_assert!(health.parts.iter().all(|it| !it.words.is_empty()));
        prop_assert!(health.parts.iter().filter_map(|it| it.value).all(|it| (0.0..=1.0).contains(&it)));
        prop_assert!(health.warnings.iter().all(|it| !it.why.is_empty()));
    }

    #[test]
    fn profit_of_all_is_what_each_brought_and_the_curve_ends_there(lives in vec(life(1_000_000), 1..60)) {
        let counting = counting();
        let mut profits = Profits::new(counting.clone());
        tell(&lives, &mut [&mut profits]);
        let it = profits.report();
        let in_euros = |life: &&Life| {
            let mut all = life.bought.iter().map(|it| &it.currency)
                .chain(life.refunded.iter().chain(&life.goodwill).map(|it| &it.currency)).peekable();
            all.peek().is_none() || all.any(|it| it == "EUR")
        };
        let each = lives.iter().filter(in_euros).map(|it| counting.of(it));
        prop_assert_eq!(it.left, each.clone().map(|it| it.left()).sum::<i64>());
        prop_assert_eq!(it.people, each.filter(|it| *it != Profit::default()).count());
        let end = it.curve.points.last().unwrap();
        prop_assert!((end.left - it.left as f64).abs() < 1e-6);
        if let Some(share) = end.share {
            prop_assert!((share - 1.0).abs() < 1e-12);
        }
    }
}
