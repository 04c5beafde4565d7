//! What holds for all customers and all parameters.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

use figures::{
    bgbb::BgBb,
    bgnbd::BgNbd,
    fit::Parameters,
    gammagamma::{GammaGamma, Spend},
    mbgnbd::MbgNbd,
    model::{Kind, Model},
    paretonbd::ParetoNbd,
    purchases::PurchaseModel,
    sbg::{Cohort, Sbg},
    scores::{Ask, score},
    summary::{Customers, History},
    survival::{Curve, Life, Sure},
    time::{Span, Unit},
    value::{Steps, lifetime},
};
use proptest::prelude::*;

/// Any positive number that a parameter might be.
fn parameter() -> impl Strategy<Value = f64> {
    (-5.0_f64..5.0).prop_map(f64::exp)
}

fn models() -> impl Strategy<Value = Model> {
    let kinds = [Kind::BgNbd, Kind::MbgNbd, Kind::ParetoNbd];
    let four = [parameter(), parameter(), parameter(), parameter()];
    (0..kinds.len(), four).prop_map(move |(kind, four)| kinds[kind].with(Unit::Weeks, &four).unwrap())
}

/// Any history on a grid of days.
fn histories() -> impl Strategy<Value = History> {
    (0_u32..400, 1_u32..700).prop_flat_map(|(x, days)| {
        let last = if x == 0 { 0..=0 } else { 1..=days };
        last.prop_map(move |last| {
            History::new(f64::from(x), f64::from(last) / 7.0, f64::from(days) / 7.0).unwrap()
        })
    })
}

/// Customers who buy little, so that fits have something to find.
fn few() -> impl Strategy<Value = Vec<History>> {
    let one = (0_u32..6, 30_u32..300).prop_flat_map(|(x, days)| {
        let last = if x == 0 { 0..=0 } else { 1..=days };
        last.prop_map(move |last| (f64::from(x), f64::from(last) / 7.0, f64::from(days) / 7.0))
    });
    let row = one.prop_map(|(x, t_x, t_end)| History::new(x, t_x, t_end).unwrap());
    proptest::collection::vec(row, 20..80)
}

fn near(a: f64, b: f64, by: f64) -> bool {
    (a - b).abs() <= by * (1.0 + a.abs().max(b.abs()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn probabilities_stay_probabilities(
        model in models(),
        row in histories(),
        n in 0_u32..300,
        t in 0.0_f64..500.0,
    ) {
        let alive = model.alive(&row);
        prop_assert!((0.0..=1.0).contains(&alive), "{alive}");
        let mass = model.mass(n, t);
        prop_assert!((0.0..=1.0 + 1e-9).contains(&mass), "{mass}");
        prop_assert!(model.log_likelihood(&row).is_finite());
    }

    #[test]
    fn a_longer_time_brings_more(
        model in models(),
        row in histories(),
        t in 0.01_f64..2000.0,
        more in 1.01_f64..3.0,
    ) {
        let at = |t: f64| model.expected(&row, Span::new(t, Unit::Weeks).unwrap());
        let (less, more) = (at(t), at(t * more));
        prop_assert!(less >= 0.0 && less.is_finite());
        prop_assert!(more >= less * (1.0 - 1e-9), "{less} {more}");
        // Never more than a customer who cannot leave would buy.
        let bound = (model.parameters()[0] + f64::from(row.x())) / (model.parameters()[1] + row.t_end()) * t;
        prop_assert!(less <= bound * (1.0 + 1e-9), "{less} {bound}");
    }

    #[test]
    fn a_later_last_purchase_makes_one_likelier_alive(model in models(), row in histories()) {
        prop_assume!(row.x() > 0 && row.t_x() + 1.0 < row.t_end());
        let later = History::new(f64::from(row.x()), row.t_x() + 1.0, row.t_end()).unwrap();
        prop_assert!(model.alive(&later) >= model.alive(&row) * (1.0 - 1e-9));
    }

    #[test]
    fn a_longer_silence_makes_one_less_likely_alive(model in models(), row in histories()) {
        let longer = History::new(f64::from(row.x()), row.t_x(), row.t_end() + 5.0).unwrap();
        prop_assert!(model.alive(&longer) <= model.alive(&row) * (1.0 + 1e-9));
    }

    #[test]
    fn a_higher_discount_makes_value_less(model in models(), row in histories(), rate in 0.0_f64..0.1) {
        let of = |rate: f64| lifetime(&model, &row, 10.0, &Steps::months(12, rate).unwrap());
        prop_assert!(of(rate) >= of(rate + 0.01) * (1.0 - 1e-9));
        let for_ever = |delta: f64| model.residual_if_alive(row.x(), row.t_end(), delta);
        let (low, high) = (for_ever(0.001 + rate), for_ever(0.002 + rate));
        prop_assert!(low >= high * (1.0 - 1e-7), "{low} {high}");
        prop_assert!(high.is_finite() && high >= 0.0);
    }

    #[test]
    fn both_ways_to_expect_agree_where_they_meet(
        a in parameter(),
        b in parameter(),
        r in parameter(),
        x in 0_u32..50,
    ) {
        // The series serves until a horizon of nine times α+T, points beyond it.
        let model = BgNbd::new(Unit::Weeks, r, 5.0, a, b).unwrap();
        let at = |t: f64| model.expected_if_alive(x, 5.0, t);
        let (series, points) = (at(10.0 * 8.999_999), at(10.0 * 9.000_001));
        prop_assert!(near(series, points, 1e-6), "{series} {points}");
        prop_assert!(points >= series * (1.0 - 1e-9), "{series} {points}");
    }

    #[test]
    fn spending_is_foretold_between_ones_own_and_everybodys(
        x in 1_u32..100,
        m in 0.01_f64..1e4, p in 0.5_f64..20.0,
        q in 1.01_f64..10.0,
    ) {
        let model = GammaGamma::new(p, q, 20.0).unwrap();
        let (own, all) = (m, model.population_mean().unwrap());
        let told = model.expected(Spend { x, mean: m }).unwrap();
        prop_assert!(told >= own.min(all) * (1.0 - 1e-12) && told <= own.max(all) * (1.0 + 1e-12));
        prop_assert!(model.median() < all);
    }

    #[test]
    fn subscribers_who_stay_are_likelier_to_stay(alpha in parameter(), beta in parameter(), period in 1_u32..500) {
        let model = Sbg::new(alpha, beta).unwrap();
        prop_assert!(model.retention(period + 1) >= model.retention(period));
        prop_assert!(model.surviving(period) <= model.surviving(period - 1) * (1.0 + 1e-12));
        prop_assert!(near(model.surviving(period), model.surviving(period - 1) * model.retention(period), 1e-10));
    }

    #[test]
    fn a_survival_curve_only_falls(lives in proptest::collection::vec((0_u32..50, any::<bool>()), 0..60)) {
        let life = |(time, ended): (u32, bool)| Life { time: f64::from(time), ended };
        let curve = Curve::of(&lives.into_iter().map(life).collect::<Vec<_>>()).unwrap();
        let mut before = 1.0;
        for step in &curve.steps {
            let (low, high) = step.interval(Sure::NinetyFive);
            prop_assert!(step.survival <= before && low <= step.survival && step.survival <= high);
            prop_assert!((0.0..=1.0).contains(&low) && (0.0..=1.0).contains(&high) && step.error.is_finite());
            before = step.survival;
        }
    }

    #[test]
    fn opportunities_add_up_to_one(
        a in parameter(),
        b in parameter(),
        c in parameter(),
        d in parameter(),
        n in 0_u32..30,
    ) {
        let model = BgBb::new(Unit::Years, a, b, c, d).unwrap();
        let sum: f64 = (0..=n).map(|x| model.mass(x, f64::from(n))).sum();
        prop_assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    }

    #[test]
    fn no_finite_number_makes_it_panic(
        x in any::<f64>(),
        t_x in any::<f64>(),
        t_end in any::<f64>(),
        model in models(),
        t in any::<f64>(),
    ) {
        let _ = History::new(x, t_x, t_end);
        let row = History::new(x.abs().floor().min(1e9), t_x.abs().min(t_end.abs()), t_end.abs());
        let Ok(row) = row else { return Ok(()) };
        prop_assert!((0.0..=1.0).contains(&model.alive(&row)));
        let _ = (model.log_likelihood(&row), model.mass(row.x().min(10_000), t.abs()));
        if let Ok(span) = Span::new(t, Unit::Days) {
            let _ = model.expected(&row, span);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_unit_of_time_changes_nothing(rows in few()) {
        let weekly = Customers::new(Unit::Weeks, rows);
        let daily = weekly.in_unit(Unit::Days);
        let (Ok(a), Ok(b)) = (BgNbd::fit(&weekly), BgNbd::fit(&daily)) else { return Ok(()) };
        prop_assert_eq!(a.outcome.name(), b.outcome.name());
        for (i, (a, b)) in a.model.parameters().iter().zip(b.model.parameters()).enumerate() {
            let scale = if i == 1 { 7.0 } else { 1.0 };
            prop_assert!(near(a * scale, b, 1e-5), "{a} {b}");
        }
        let purchases: f64 = weekly.rows().iter().map(|it| f64::from(it.x())).sum();
        prop_assert!(near(a.log_likelihood, b.log_likelihood + purchases * 7.0_f64.ln(), 1e-9));
        prop_assert!(near(a.model.log_likelihood_of(&daily), b.log_likelihood, 1e-7));
    }

    #[test]
    fn the_order_of_rows_changes_nothing(rows in few()) {
        let turned: Vec<History> = rows.iter().rev().copied().collect();
        let (plain, turned) = (Customers::new(Unit::Weeks, rows), Customers::new(Unit::Weeks, turned));
        prop_assert_eq!(BgNbd::fit(&plain), BgNbd::fit(&turned));
        prop_assert_eq!(MbgNbd::fit(&plain), MbgNbd::fit(&turned));
        prop_assert_eq!(ParetoNbd::fit(&plain), ParetoNbd::fit(&turned));
    }

    #[test]
    fn equal_rows_may_be_counted(rows in few(), count in 2_u32..5) {
        let counted = Customers::counted(Unit::Weeks, rows.iter().map(|it| (*it, count)));
        let plain: Vec<History> = rows.iter().flat_map(|it| std::iter::repeat_n(*it, count as usize)).collect();
        prop_assert_eq!(ParetoNbd::fit(&counted), ParetoNbd::fit(&Customers::new(Unit::Weeks, plain)));
    }

    #[test]
    fn every_fit_is_a_top_or_says_why_not(rows in few()) {
        let customers = Customers::new(Unit::Weeks, rows);
        for kind in [Kind::BgNbd, Kind::MbgNbd, Kind::ParetoNbd, Kind::Nbd] {
            let fit = kind.fit(&customers).unwrap();
            prop_assert!(fit.report.ll.is_finite() && fit.report.se.0.iter().all(|it| it.1.is_finite()));
            prop_assert!(near(fit.model.log_likelihood_of(&customers), fit.report.ll, 1e-9));
            let told = Model::try_from(&fit.report).unwrap();
            prop_assert_eq!(told, fit.model);
        }
    }

    #[test]
    fn scores_are_what_each_row_says(rows in few(), model in models()) {
        let customers = Customers::new(Unit::Weeks, rows).in_unit(Unit::Days);
        let steps = Steps::months(3, 0.01).unwrap();
        let ask = Ask { horizons: vec![Span::weeks(39), Span::days(5)], steps: Some(steps), residual: None };
        let scores = score(&model, &customers, &ask);
        let weekly = customers.in_unit(Unit::Weeks);
        for (at, row) in weekly.rows().iter().enumerate() {
            prop_assert_eq!(scores.alive[at], model.alive(row));
            prop_assert!(near(scores.expected[1][at], model.expected(row, Span::days(5)), 1e-12));
            prop_assert!(near(scores.discounted.as_ref().unwrap()[at], lifetime(&model, row, 1.0, &steps), 1e-12));
        }
        prop_assert!(near(scores.log_likelihood.iter().sum(), model.log_likelihood_of(&customers), 1e-9));
    }

    #[test]
    fn cohorts_are_fitted_or_refused(counts in proptest::collection::vec(0_u64..1000, 0..12)) {
        let mut falling = counts;
        falling.sort_unstable_by(|a, b| b.cmp(a));
        let cohort = Cohort::surviving(&falling).unwrap();
        if let Ok(fit) = Sbg::fit(&cohort) {
            prop_assert!(fit.log_likelihood.is_finite());
            prop_assert!(fit.model.parameters().iter().all(|it| it.is_finite()));
        }
    }
}

#[test]
fn the_longest_time_there_is_takes_no_longer_than_others() {
    let model = Kind::ParetoNbd.with(Unit::Weeks, &[0.01; 4]).unwrap();
    let row = History::new(3.0, f64::MIN_POSITIVE, f64::MAX).unwrap();
    assert!((0.0..=1.0).contains(&model.alive(&row)));
    assert!((0.0..=1.0).contains(&model.mass(3, f64::MAX)));
}
