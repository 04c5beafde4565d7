//! What people bring, what they cost, who stays and where they come from: by hand-made lives and numbers reckoned by hand.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod common;

use common::made::{buyer, came, counting, euros, off, on, paid, person, term, today, told, turns, work};
use insight::{
    Life,
    coming::{self, Coming},
    lives::{Bought, Brought, Deed},
    period::Period,
    prices::Prices,
    profit::{self, Counting, Profits},
    retention::{self, Staying},
};

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

#[test]
fn profit_is_what_was_bought_less_everything_that_it_took() {
    let prices = Prices { minute: 50.0, winning: 700, keeping: 365, ..Prices::default() };
    let counting =
        Counting { period: Period { from: on(2025, 1, 1), to: on(2026, 1, 1) }, prices, ..counting() };
    let ann = Life {
        refunded: vec![euros(on(2025, 5, 1), 1000)],
        goodwill: vec![euros(on(2025, 5, 2), 300), euros(on(2024, 5, 2), 999)],
        // 12 minutes were noted for one of two calls; the other is assumed to take 10. An order takes 3: one without a price, two with.
        work: vec![work(on(2025, 4, 9), Deed::Call, 2, 12, 1), work(on(2025, 4, 9), Deed::Order, 1, 0, 0)],
        ..buyer(vec![
            off(on(2025, 4, 10), 9000, 1000),
            Bought { cost: Some(1500), ..paid(on(2025, 6, 1), 4000) },
        ])
    };
    let it = counting.of(&ann);
    assert_eq!((it.revenue, it.discounts, it.returned), (14_000, 1000, 1000));
    assert_eq!(it.goods, 5000 + 1500, "half of the full price, and what the purchase says");
    assert_eq!(it.serving, (12 + 10 + 3 + 2 * 3) * 50);
    assert_eq!((it.goodwill, it.winning), (300, 700));
    assert_eq!(it.keeping, 266, "from 10 April on are 266 days of 365.25, at 365 a year");
    assert_eq!(it.left(), 14_000 - 1000 - 1000 - 6500 - 1550 - 300 - 700 - 266);
    let later = Counting { period: Period { from: on(2026, 1, 1), to: on(2026, 2, 1) }, ..counting };
    assert_eq!(later.of(&ann).winning, 0, "somebody is won once");
}

#[test]
fn the_curve_rises_above_the_whole_and_ends_at_it() {
    let mut lives: Vec<Life> =
        [8000, 6000, 4000, 2000].map(|it| buyer(vec![paid(on(2026, 1, 5), it)])).into();
    // Ida has cost more goodwill than anything she bought.
    lives.push(Life {
        goodwill: vec![euros(on(2026, 1, 6), 3000)],
        ..buyer(vec![paid(on(2026, 1, 5), 2000)])
    });
    let it = told(Profits::new(counting()), &lives).report();
    assert_eq!((it.people, it.left, it.costing_more), (5, 8000, 1));
    assert_eq!((it.best[0].person, it.best[0].left), (person(1), 4000));
    assert_eq!((it.costliest.len(), it.costliest[0].person, it.costliest[0].left), (1, person(5), -2000));
    let shares: Vec<f64> = it.curve.points.iter().map(|it| it.share.unwrap()).collect();
    assert_eq!(shares, [0.0, 0.5, 0.875, 1.125, 1.25, 1.0]);
    assert_eq!((it.curve.peak, it.curve.best_fifth), (Some(1.25), Some(0.5)));
}

#[test]
fn a_gift_to_begin_with_is_an_investment_that_is_told_when_it_is_paid_back() {
    let first = on(2025, 6, 1);
    let lives = [
        // 10 off; 4 and then 8 are left of later purchases: paid back after 50 days.
        buyer(vec![off(first, 4000, 1000), paid(first + 20, 800), paid(first + 50, 1600)]),
        // Two days more, because something went back.
        Life {
            refunded: vec![euros(first + 10, 1000)],
            ..buyer(vec![off(first, 4000, 1000), paid(first + 20, 3000), paid(first + 52, 3000)])
        },
        // Not yet.
        buyer(vec![off(first, 4000, 1000)]),
        // Sold below cost: 500 lost, not made up yet.
        buyer(vec![Bought { cost: Some(1500), ..paid(first, 1000) }]),
        // Nothing was invested.
        buyer(vec![paid(first, 1000)]),
        // A coupon of which nobody knows what it was worth.
        buyer(vec![off(first, 1000, 0)]),
    ];
    let it = told(Profits::new(counting()), &lives).report().leaders;
    assert_eq!((it.people, it.unknown, it.put_in, it.paid_back), (4, 1, 3500, 2));
    assert_eq!(
        it.open.iter().map(|it| (it.person, it.put_in)).collect::<Vec<_>>(),
        [(person(3), 1000), (person(4), 500)]
    );
    // Of four the first has paid back at 50 days and the next at 52: half are left.
    assert_eq!(it.median_days, Some(52.0));
    assert!(near(it.within_a_year.unwrap(), 0.5), "{it:?}");
}

#[test]
fn who_has_not_paid_back_yet_counts_only_as_long_as_they_were_watched() {
    let lives = [
        buyer(vec![off(today() - 5, 4000, 1000)]),
        buyer(vec![off(today() - 100, 4000, 1000), paid(today() - 60, 2000)]),
        buyer(vec![off(today() - 100, 4000, 1000)]),
    ];
    let it = told(Profits::new(counting()), &lives).report().leaders;
    assert!(near(it.within_a_year.unwrap(), 0.5), "one of the two who were watched for 40 days: {it:?}");
}

#[test]
fn other_currencies_are_left_out_and_that_is_said() {
    let dollars = |day, minor| Bought { currency: "USD".into(), ..paid(day, minor) };
    let lives = [
        buyer(vec![paid(on(2026, 1, 5), 2000)]),
        // Serving them cost something, and what they brought is not counted: they would look like a loss.
        Life {
            work: vec![work(on(2026, 1, 5), Deed::Visit, 9, 0, 0)],
            ..buyer(vec![dollars(on(2026, 1, 5), 9000)])
        },
        buyer(vec![paid(on(2026, 1, 5), 2000), dollars(on(2026, 1, 6), 9000)]),
    ];
    let counting = Counting::year(today(), "EUR", Prices::default());
    let it = told(Profits::new(counting), &lives).report();
    assert_eq!((it.people, it.left), (2, 2000 - 3 * 3 * 60), "three orders of three minutes, each at 60");
    assert_eq!((it.left_out.wholly, it.left_out.partly), (1, 1));
    assert!(it.left_out.words.unwrap().contains("1 person who pay"));
}

#[test]
fn a_cohort_is_who_first_bought_in_a_month_and_only_whole_months_count() {
    let lives = [
        buyer(vec![paid(on(2025, 12, 1), 10), paid(on(2026, 1, 31), 10)]),
        buyer(vec![paid(on(2025, 12, 31), 10), paid(on(2026, 2, 1), 10), paid(on(2026, 3, 1), 10)]),
        buyer(vec![paid(on(2026, 2, 1), 10)]),
        buyer(vec![paid(on(2026, 3, 1), 10)]),
    ];
    let it = told(Staying::new(today(), "EUR"), &lives).report();
    let cohorts: Vec<_> = it.cohorts.iter().map(|it| (it.size, it.bought.clone())).collect();
    assert_eq!(cohorts, [(2, vec![2, 1, 1]), (1, vec![1])]);
    assert_eq!(it.cohorts[0].shares, [1.0, 0.5, 0.5]);
    let tenure: Vec<_> = it.tenure.iter().map(|it| (it.there, it.bought)).collect();
    assert_eq!(tenure, [(3, 3), (2, 1), (2, 1)]);
}

#[test]
fn revenue_is_retained_by_the_same_people() {
    // Spent in the twelve months to February 2025, and to February 2026.
    let spent = |before, after| {
        let rows = [(on(2024, 9, 1), before), (on(2025, 9, 1), after)];
        buyer(rows.into_iter().filter(|it| it.1 > 0).map(|(day, minor)| paid(day, minor)).collect())
    };
    // The reference: start 10.0, churn 0.9, contraction 0.6, expansion 1.8; who is new does not count.
    let lives = [spent(90, 0), spent(160, 100), spent(750, 930), spent(0, 400)];
    let it = told(Staying::new(today(), "EUR"), &lives).report();
    let last = it.revenue.last().unwrap();
    assert_eq!(last.before, 1000.0);
    assert!(near(last.gross.unwrap(), 0.85) && near(last.net.unwrap(), 1.03), "{last:?}");
}

#[test]
fn subscriptions_are_followed_to_their_end_or_to_today() {
    let from = on(2025, 9, 2);
    let mut lives: Vec<Life> = Vec::new();
    for (count, to) in [(4, Some(from + 45)), (2, Some(from + 100)), (6, None)] {
        lives.extend((0..count).map(|_| Life { terms: vec![term(from, to)], ..Life::default() }));
    }
    let it = told(Staying::new(today(), "EUR"), &lives).report();
    assert_eq!((it.subscriptions.count, it.subscriptions.ended), (12, 6));
    assert!(near(it.subscriptions.after_months[2].share, 8.0 / 12.0), "four ended in the second month");
    assert!(near(it.subscriptions.after_months[4].share, 0.5));
    // All twelve renewed once, eight of twelve a second time, eight a third, six of eight a fourth (2 January), ...
    let first = &it.goals[0];
    assert_eq!((first.from, first.until, first.due), (1, 3, 12 + 12 + 8));
    assert!(near(first.seen, (12.0 + 8.0 + 8.0) / 32.0));
    assert!(it.model.parameters.is_some() && first.expected > 0.5 && first.expected < 1.0, "{it:?}");
    let none: retention::Report = told(Staying::new(today(), "EUR"), &[]).report();
    assert!(none.goals.is_empty() && none.model.words.is_some(), "and it says why there is no goal");
}

#[test]
fn friends_come_first_and_what_nobody_knows_comes_last() {
    let mut lives = vec![
        Life {
            came: came("friend", None),
            ..buyer(vec![paid(on(2025, 1, 5), 2000), paid(on(2026, 1, 6), 500)])
        },
        Life { came: came("search", None), ..Life::default() },
        Life { came: came("search", None), ..buyer(vec![paid(on(2026, 1, 5), 700)]) },
    ];
    lives.extend((0..3).map(|_| Life::default()));
    let it = told(Coming::new(today(), "EUR", Prices::default()), &lives).report();
    let sources: Vec<_> = it.sources.iter().map(|it| (it.by.as_str(), it.people, it.customers)).collect();
    assert_eq!(sources, [("friend", 1, 1), ("search", 2, 1), ("unknown", 3, 0)]);
    assert_eq!(
        (it.sources[0].first_year, it.sources[0].average),
        (2000, Some(2000)),
        "the day after a year is out"
    );
    assert_eq!((it.sources[1].first_year, it.sources[1].average), (700, None), "their first year still runs");
    assert_eq!(it.sources[0].words(), "a friend's recommendation");
}

#[test]
fn growth_is_earned_by_those_who_return_and_those_they_bring() {
    let (then, now) = (on(2024, 9, 1), on(2025, 9, 1));
    let lives = [
        buyer(vec![paid(then, 100), paid(now, 85)]),
        Life { came: came("friend", None), ..buyer(vec![paid(now, 15)]) },
        Life { came: came("advertising", None), ..buyer(vec![paid(now, 20)]) },
        buyer(vec![paid(now, 4)]),
        buyer(vec![paid(on(2020, 1, 1), 50), paid(now, 6)]),
    ];
    let it: coming::Report = told(Coming::new(today(), "EUR", Prices::default()), &lives).report();
    let it = it.earned;
    assert_eq!((it.last_year, it.from_before, it.from_earned, it.from_bought), (100, 85, 15, 30));
    assert_eq!((it.of_which_back, it.unknown), (6, 1));
    assert!(near(it.total.unwrap(), 0.3) && near(it.earned.unwrap(), 0.0), "{it:?}");
    assert!(near(it.bought.unwrap(), 0.3) && it.words.contains("ask them"));
}

#[test]
fn a_pair_counts_once_and_its_worth_is_told_beside_and_never_added() {
    let brought = |n| Brought { day: 0, person: Some(person(n)) };
    let prices = Prices { winning: 20, reward: 10, keeping: 5, goods: 0.0, ..Prices::default() };
    let ida =
        Life { brought: vec![brought(2), brought(3), Brought { day: 0, person: None }], ..Life::default() };
    let otto = Life { came: came("friend", Some(person(1))), ..buyer(vec![paid(on(2026, 1, 5), 100)]) };
    let mut eve = Life { came: came("search", None), ..buyer(vec![paid(on(2026, 1, 5), 100)]) };
    eve.came.as_mut().unwrap().anyway = true;
    // Ben says that he brought Otto, too, and somebody who never bought.
    let ben = Life { brought: vec![brought(2), brought(5)], ..buyer(vec![paid(on(2026, 1, 5), 1000)]) };
    let lives = [ida, otto, eve, ben, Life { turns: vec![turns(today(), 1, 0, 0)], ..Life::default() }];
    let all = told(Coming::new(today(), "EUR", prices), &lives).report();
    assert_eq!(all.sources[0].people, 2, "Otto said so, and Ben says it of somebody whom nobody asked");
    let it = all.ambassadors;
    assert_eq!((it.count, it.brought, it.customers, it.unnamed), (2, 3, 2, 1));
    // Otto is half Ida's: (100 - 10 - 5 + 20) / 2; Eve would have come anyway: only 20.
    assert_eq!((it.named[0].person, it.named[0].worth, it.named[0].spent), (person(1), 73, 200));
    assert_eq!((it.named[1].person, it.named[1].worth, it.named[1].credited), (person(4), 53, 50));
    assert_eq!((it.worth, it.of_which_owed), (1200, 200), "1000 + 100 + 100, of which Otto and Eve");
    let credited: i64 = it.named.iter().map(|it| it.credited).sum();
    assert_eq!(credited, it.of_which_owed);
}

#[test]
fn a_report_can_be_handed_to_a_page() {
    let it = told(Profits::new(counting()), &[buyer(vec![paid(on(2026, 1, 5), 2000)])]).report();
    let json = serde_json::to_value(&it).unwrap();
    assert_eq!(json["whole"]["revenue"], 2000);
    assert!(json["rule"].as_str().unwrap().contains("50 %"));
    assert_eq!(it.best.len().min(profit::NAMED), 1);
}
