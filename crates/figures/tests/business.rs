//! The measures of a business: what stays, what it is worth, who brought whom, what serving costs, and who earns what others lose.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

use figures::{
    equity::{Balance, Equity, Newcomers, Response},
    growth::{Growth, Year},
    referral::{Attribution, Credit, NoCredit, Segment, in_the_end, segment},
    retention::{
        NoRetention, Revenue, expected_active, expected_of_mix, goals, needed_for, of_customers, pays,
        worth_of_retention,
    },
    sbg::{Cohort, NotACohort, Sbg},
    serving::{Done, NoPrice, PriceList, Profit},
    value::{First, with_constant_retention},
    whale::Whale,
};

#[test]
fn revenue_that_stays_never_exceeds_what_was_there() {
    let year = Revenue { start: 10.0, expansion: 1.8, contraction: 0.6, churn: 0.9 };
    assert_eq!((year.gross_retention(), year.net_retention()), (Ok(0.85), Ok(1.03)));
    let lost = Revenue { churn: 11.0, ..year };
    assert_eq!(lost.gross_retention(), Err(NoRetention::MoreThanThere { lost: 11.6, start: 10.0 }));
    assert_eq!(Revenue { start: 0.0, ..year }.net_retention(), Err(NoRetention::NothingAtTheStart));
    assert!(Revenue { churn: -1.0, ..year }.net_retention().unwrap_err().to_string().contains("churn is -1"));
}

#[test]
fn newcomers_are_no_retention() {
    assert_eq!(of_customers(200, 30, 190), Ok(0.8));
    assert_eq!(of_customers(0, 5, 5), Err(NoRetention::NothingAtTheStart));
    assert!(of_customers(100, 0, 120).is_err());
    assert!(of_customers(100, 50, 20).is_err());
    assert_eq!(expected_active(&[1.0, 0.25, 0.25]), 1.5);
}

#[test]
fn the_retention_needed_for_a_multiple_gives_that_multiple() {
    let needed = needed_for(4.5, 0.1);
    let multiple = with_constant_retention(1.0, needed, 0.1, First::AfterAPeriod).unwrap();
    assert!((multiple - 4.5).abs() < 1e-12);
}

#[test]
fn one_more_point_of_retention_is_worth_what_value_grows_by() {
    let at = |r: f64| with_constant_retention(100.0, r, 0.1, First::AfterAPeriod).unwrap();
    let worth = worth_of_retention(100.0, 0.8, 0.1).unwrap();
    assert!((worth - (at(0.800_001) - at(0.799_999)) / 2e-6).abs() < 1e-3);
    assert_eq!(pays(12.0, 0.01, 100.0, 0.8, 0.1), Ok(true));
    assert_eq!(pays(13.0, 0.01, 100.0, 0.8, 0.1), Ok(false));
    assert!(worth_of_retention(100.0, 1.2, 0.1).is_err());
}

#[test]
fn goals_rise_with_tenure_and_one_goal_for_all_moves_by_mix() {
    let model = Sbg::new(0.704_077, 1.182_043).unwrap();
    let goals = goals(&model, &[1000, 631, 0], &[631, 468, 0]);
    let expected: Vec<String> = goals.iter().map(|it| format!("{:.3}", it.expected)).collect();
    assert_eq!(expected, ["0.627", "0.756", "0.819"]);
    assert_eq!((goals[0].seen, goals[2].seen), (Some(0.631), None));
    let (young, old) = (expected_of_mix(&model, &[900, 100]), expected_of_mix(&model, &[100, 900]));
    assert!(young < old);
    assert_eq!(expected_of_mix(&model, &[0, 0]), None);
}

#[test]
fn a_cohort_does_not_grow_and_teaches_nothing_if_nobody_leaves() {
    let grows = Cohort::surviving(&[100, 90, 95]);
    assert_eq!(grows, Err(NotACohort::Grows { period: 2, before: 90, now: 95 }));
    let said = |counts: &[u64]| Sbg::fit(&Cohort::surviving(counts).unwrap()).unwrap_err().to_string();
    assert!(said(&[100, 100]).contains("nobody has cancelled"));
    assert!(said(&[100, 0]).contains("nobody has renewed"));
    assert!(said(&[]).contains("no customers"));
    // The same cohort, told one by one.
    let mut one_by_one = Cohort::default();
    one_by_one.add(1, true, 369).unwrap();
    one_by_one.add(2, true, 163).unwrap();
    one_by_one.add(2, false, 468).unwrap();
    let fit = |cohort: &Cohort| Sbg::fit(cohort).unwrap();
    assert_eq!(fit(&one_by_one), fit(&Cohort::surviving(&[1000, 631, 468]).unwrap()));
}

#[test]
fn those_there_and_those_to_come_are_shown_apart() {
    let next = Newcomers { period: 1, expected: 10.0, value: 55.0, cost: 33.0 };
    let equity = Equity::of(&[100.0, 250.0], &[next, Newcomers { period: 2, ..next }], 0.1);
    assert_eq!(equity.current, 350.0);
    assert!((equity.future - (200.0 + 200.0 / 1.1)).abs() < 1e-9);
    assert_eq!(equity.total(), equity.current + equity.future);
}

#[test]
fn there_is_a_best_amount_to_spend_on_winning_customers() {
    let winning = Response { ceiling: 0.4, speed: 0.1 };
    let keeping = Response { ceiling: 0.7, speed: 0.05 };
    let balance = Balance { margin: 100.0, winning, keeping, rate: 0.1 };
    let at = |amount: f64| balance.equity(amount, 30.0);
    let best = (0..100).map(f64::from).max_by(|a, b| at(*a).total_cmp(&at(*b))).unwrap();
    assert!((10.0..50.0).contains(&best), "{best}");
    assert_eq!(balance.equity(0.0, 30.0), 0.0);
    // Who keeps nobody has the first margin only.
    assert!((balance.equity(10.0, 0.0) - (100.0 * 0.4 * -(-1.0_f64).exp_m1() - 10.0)).abs() < 1e-9);
}

#[test]
fn growth_that_was_bought_is_not_earned() {
    let year = Year { last_year: 100.0, from_before: 85.0, from_earned: 15.0, from_bought: 30.0 };
    let growth = Growth::of(&year).unwrap();
    assert!(growth.earned().abs() < 1e-12 && (growth.total() - 0.3).abs() < 1e-12);
    assert_eq!(Growth::of(&Year { last_year: 0.0, ..year }), None);
}

#[test]
fn what_is_owed_to_recommendations_is_never_added_again() {
    let ana_brought_ben = Credit { referrer: 0, came: 1, share: 1.0 };
    let both = [ana_brought_ben, Credit { referrer: 2, share: 0.25, came: 0 }];
    let told = Attribution::of(&[100.0, 60.0, 10.0], &both).unwrap();
    assert_eq!((told.total, told.owed), (170.0, 85.0));
    assert_eq!(told.credited, [60.0, 0.0, 25.0]);
    let twice = [ana_brought_ben, Credit { referrer: 2, ..ana_brought_ben }];
    let refused = Attribution::of(&[100.0, 60.0, 10.0], &twice);
    assert_eq!(refused, Err(NoCredit::TooMuch { customer: 1, share: 2.0 }));
    let nobody = Attribution::of(&[1.0], &[ana_brought_ben]);
    assert_eq!(nobody, Err(NoCredit::Nobody { credit: 1, customer: 1 }));
    let oneself = Attribution::of(&[1.0], &[Credit { referrer: 0, came: 0, share: 0.5 }]);
    assert_eq!(oneself, Err(NoCredit::NoShare { credit: 1, share: 0.5 }));
}

#[test]
fn people_are_known_by_what_they_buy_and_whom_they_bring() {
    let of = |lifetime: f64, referral: f64| segment(lifetime, referral, 100.0, 50.0);
    assert_eq!((of(200.0, 80.0), of(200.0, 0.0)), (Segment::Champion, Segment::Affluent));
    assert_eq!((of(20.0, 80.0), of(20.0, 0.0)), (Segment::Advocate, Segment::Miser));
    assert_eq!(in_the_end(4.0, 0.125), Some(2.0));
    assert_eq!(in_the_end(4.0, 0.25), None);
}

#[test]
fn serving_costs_what_it_takes_in_minutes() {
    let list = PriceList::new(56_000.0, 70_000.0).unwrap().takes("call", 8.0).unwrap();
    assert!((list.rate() - 0.8).abs() < 1e-12);
    let cost = |sort: &str| list.cost(&[Done { sort: sort.into(), times: 10 }]);
    assert!((cost("call").unwrap() - 64.0).abs() < 1e-9);
    assert_eq!(cost("visit"), Err(NoPrice::NotListed("visit".into())));
    assert!(PriceList::new(1.0, 0.0).is_err());
    assert!(list.clone().takes("call", f64::NAN).is_err());
    let profit = Profit { revenue: 300.0, goods: 150.0, serving: 64.0, returns: 20.0, ..Profit::default() };
    assert_eq!(profit.left(), 66.0);
}

#[test]
fn the_whale_curve_rises_above_the_whole_and_comes_down() {
    let whale = Whale::of(&[-50.0, 120.0, 30.0, 0.0]);
    assert_eq!((whale.peak(), whale.total(), whale.profitable), (150.0, 100.0, 2));
    assert_eq!(whale.share_of_best(0.25), Some(1.2));
    assert_eq!(whale.share_of_best(0.0), Some(0.0));
    let none = Whale::of(&[]);
    assert_eq!((none.total(), none.peak_share()), (0.0, None));
    assert_eq!(Whale::of(&[-1.0, f64::NAN]).peak(), 0.0);
}
