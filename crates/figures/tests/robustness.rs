//! What users of such libraries complained of, case by case: each agreed case has a check here, and a case
//! that nobody knows fails.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod common;

use common::*;
use figures::{
    bgnbd::BgNbd,
    discount::Discount,
    fit::{Fit, Outcome, Parameters, Unfit},
    gammagamma::{GammaGamma, Spend},
    holdout::Comparison,
    mbgnbd::MbgNbd,
    paretonbd::ParetoNbd,
    purchases::PurchaseModel,
    summary::{Customers, History, Impossible},
    time::{Span, Unit},
    transactions::{Period, Purchase, day, summarise},
    value::{Steps, lifetime},
};
use jiff::{
    civil::{Date, date},
    tz::TimeZone,
};

fn bgnbd(parameters: &[f64]) -> BgNbd {
    BgNbd::from_parameters(Unit::Weeks, parameters).unwrap()
}

fn paretonbd(parameters: &[f64]) -> ParetoNbd {
    ParetoNbd::from_parameters(Unit::Weeks, parameters).unwrap()
}

/// The parameters that papers print for CDNOW.
fn printed() -> (BgNbd, MbgNbd, ParetoNbd) {
    (
        bgnbd(&[0.243, 4.414, 0.793, 2.426]),
        MbgNbd::new(Unit::Weeks, 0.525, 6.183, 0.891, 1.614).unwrap(),
        paretonbd(&[0.553, 10.578, 0.606, 11.669]),
    )
}

fn row(golden: &Golden<'_>) -> History {
    let part = |name: &str| golden.get(name).number();
    History::new(part("x"), part("t_x"), part("T")).unwrap()
}

fn weeks(length: f64) -> Span {
    Span::new(length, Unit::Weeks).unwrap()
}

#[test]
fn every_complaint_is_answered() {
    let goldens = Goldens::read("robustness");
    let cases = goldens.top().prose(&["note"]).get("cases").list();
    for case in &cases {
        case.prose(&["title", "links", "what_libraries_do_today"]);
        let by = case.get("tol").number();
        let (input, expected) = (case.get("input"), case.get("expected"));
        let id = case.get("id").word();
        println!("{id}");
        match id {
            "R01" => a_one_time_buyer(&input, &expected, by),
            "R02" | "R03" => poles_of_bgnbd(&input, &expected, by),
            "R05" => s_of_one(&input, &expected, by),
            "R06" => alpha_and_beta_alike(&input, &expected, by),
            "R07" => a_purchase_on_the_last_day(&input, &expected, by),
            "R09" => frequent_then_silent(&input, &expected),
            "R10" => heavy_buyers(&input, &expected, by),
            "R13" => half_a_purchase(&input, &expected),
            "R15" => impossible_rows(&input, &expected),
            "R18" => twelve_months(&input, &expected),
            "R19" => increments(&input, &expected, by),
            "R20" => nothing_spent(&input, &expected, by),
            "R21" => no_mean(&input, &expected),
            "R22" => currencies(&input, &expected),
            "R23" => several_orders_a_day(&input, &expected, by),
            "R25" => measured_the_same_way(&input, &expected, by),
            "R26" => ambiguous_days(&input, &expected),
            "R27" => fractions_of_weeks(&input, &expected, by),
            "R29" => nothing_to_learn(&input, &expected),
            "R30" => order_and_weights(&input, &expected),
            "R31" => errors_of_parameters(&input, &expected, by),
            "R32" => many_purchases(&input, &expected, by),
            "R33" => slow_to_leave(&input, &expected, by),
            "R35" => beside_guesses(&input, &expected),
            other => panic!("nobody knows case {other}"),
        }
    }
    assert_eq!(cases.len(), 25);
    goldens.assert_all_seen();
}

fn a_one_time_buyer(input: &Golden<'_>, expected: &Golden<'_>, by: f64) {
    let (bgnbd, mbgnbd, paretonbd) = printed();
    let row = row(input);
    expected.prose(&["ui"]).get("bgnbd_palive").is_near(bgnbd.alive(&row), by);
    expected.get("mbgnbd_palive").is_near(mbgnbd.alive(&row), by);
    expected.get("paretonbd_palive").is_near(paretonbd.alive(&row), by);
}

fn poles_of_bgnbd(input: &Golden<'_>, expected: &Golden<'_>, by: f64) {
    assert_eq!(input.get("model").word(), "BG/NBD");
    let model = bgnbd(&input.get("params").numbers());
    expected.get("cet").is_near(model.expected(&row(input), weeks(input.get("t").number())), by);
}

fn s_of_one(input: &Golden<'_>, expected: &Golden<'_>, by: f64) {
    assert_eq!(input.get("model").word(), "Pareto/NBD");
    let model = paretonbd(&input.get("params").numbers());
    expected.get("cet").is_near(model.expected(&row(input), weeks(input.get("t").number())), by);
    expected.get("E_39").is_near(model.expected_new(Span::weeks(39)), by);
}

fn alpha_and_beta_alike(input: &Golden<'_>, expected: &Golden<'_>, by: f64) {
    assert_eq!(input.get("model").word(), "Pareto/NBD");
    let mut parameters = input.get("params").numbers();
    expected.get("ll").is_near(paretonbd(&parameters).log_likelihood(&row(input)), by);
    parameters[3] += 1e-9;
    expected.get("ll_beta+1e-9").is_near(paretonbd(&parameters).log_likelihood(&row(input)), by);
}

fn a_purchase_on_the_last_day(input: &Golden<'_>, expected: &Golden<'_>, by: f64) {
    let (bgnbd, mbgnbd, paretonbd) = printed();
    let row = row(input);
    expected.get("paretonbd_ll").is_near(paretonbd.log_likelihood(&row), by);
    expected.get("paretonbd_palive").is_near(paretonbd.alive(&row), by);
    expected.get("bgnbd_palive").is_near(bgnbd.alive(&row), by);
    expected.get("bgnbd_ll").is_near(bgnbd.log_likelihood(&row), by);
    assert!(expected.get("all finite").truth() && mbgnbd.log_likelihood(&row).is_finite());
}

fn frequent_then_silent(input: &Golden<'_>, expected: &Golden<'_>) {
    let (bgnbd, mbgnbd, paretonbd) = printed();
    let row = row(input);
    expected.prose(&["rule"]).get("bgnbd_palive").within(bgnbd.alive(&row), 1e-30);
    expected.get("paretonbd_palive").within(paretonbd.alive(&row), 1e-30);
    assert!((0.0..=1.0).contains(&mbgnbd.alive(&row)));
}

fn heavy_buyers(input: &Golden<'_>, expected: &Golden<'_>, by: f64) {
    assert_eq!(input.get("model").word(), "Pareto/NBD");
    let model = paretonbd(&input.get("params").numbers());
    for (row, palive) in input.get("rows").list().iter().zip(expected.get("palive").list()) {
        let [x, t_x, t_end] = row.numbers().try_into().unwrap();
        palive.is_near(model.alive(&History::new(x, t_x, t_end).unwrap()), by);
    }
}

fn half_a_purchase(input: &Golden<'_>, expected: &Golden<'_>) {
    expected.prose(&["error"]);
    let column = |name: &str| input.get(name).numbers();
    let rows = column("x").into_iter().zip(column("t_x")).zip(column("T"));
    let refused = Customers::from_numbers(Unit::Weeks, rows.map(|((x, t_x), t_end)| (x, t_x, t_end)));
    let said = refused.unwrap_err().to_string();
    assert_eq!(said, "row 1: x is 2.9, which is no whole number; nothing is rounded here");
}

fn impossible_rows(input: &Golden<'_>, expected: &Golden<'_>) {
    for (row, why) in input.list().iter().zip(expected.get("error_each").list()) {
        let part = |name: &str| row.get(name).number();
        let said = History::new(part("x"), part("t_x"), part("T")).unwrap_err().to_string();
        // What is agreed before the explanation in brackets is the beginning of what is said.
        let start = why.word().split(" (").next().unwrap();
        assert!(said.starts_with(start), "“{said}” does not begin with “{start}”");
    }
}

fn twelve_months(input: &Golden<'_>, expected: &Golden<'_>) {
    expected.prose(&["rule"]);
    input.prose(&["model", "horizon", "see"]);
    let (weekly, ..) = printed();
    let daily = BgNbd::new(Unit::Days, 0.243, 4.414 * 7.0, 0.793, 2.426).unwrap();
    let steps = Steps::months(12, 0.01).unwrap();
    assert!((steps.horizon().in_unit(Unit::Weeks) - 365.25 / 7.0).abs() < 1e-12);
    let of = |model: &BgNbd, by: f64| {
        lifetime(model, &History::new(2.0, 30.0 * by, 38.0 * by).unwrap(), 25.0, &steps)
    };
    assert!((of(&weekly, 1.0) / of(&daily, 7.0) - 1.0).abs() < 1e-9);
}

fn increments(input: &Golden<'_>, expected: &Golden<'_>, by: f64) {
    let (bgnbd, mbgnbd, paretonbd) = printed();
    let row = History::new(2.0, 30.43, 38.86).unwrap();
    expected.prose(&["CLV"]);
    assert!(expected.get("CLV(d1)>CLV(d2) for d1<d2").truth());
    let rate = input.get("d").number();
    let models: [&dyn PurchaseModel; 3] = [&bgnbd, &mbgnbd, &paretonbd];
    for model in models {
        let of = |rate: f64| lifetime(model, &row, 24.66, &Steps::months(12, rate).unwrap());
        let all = 24.66 * model.expected(&row, Span::months(12));
        assert!((of(rate) / all - 1.0).abs() < by);
        assert!(of(0.0) > of(0.01) && of(0.01) > of(0.02));
        // Adding the steps up one by one comes to the same.
        assert!((of(1e-13) / all - 1.0).abs() < 1e-10);
    }
}

fn nothing_spent(input: &Golden<'_>, expected: &Golden<'_>, by: f64) {
    let rows = input.get("x").numbers().into_iter().zip(input.get("m").numbers());
    let spending: Vec<Spend> = rows.map(|(x, mean)| Spend { x: x as u32, mean }).collect();
    let told = GammaGamma::fit(&spending).unwrap();
    assert_eq!((told.fit.customers, told.without_repeat, told.without_spend), (1, 1, 2));
    let model = GammaGamma::new(6.25, 3.74, 15.44).unwrap();
    expected.prose(&["fit"]).get("predict x=0").is_near(model.expected(spending[0]).unwrap(), by);
    assert!(spending.iter().all(|it| model.expected(*it).unwrap() >= 0.0));
    let all = summed(&cdnow_purchases(), &halves());
    let all: Vec<Spend> = all.iter().map(|it| Spend { x: it.history.x(), mean: it.spend }).collect();
    assert!(expected.get("CDNOW full has 1 repeat buyer with m=0").truth());
    assert_eq!(GammaGamma::fit(&all).unwrap().without_spend, 1);
}

fn no_mean(input: &Golden<'_>, expected: &Golden<'_>) {
    expected.prose(&["result"]);
    let [p, q, v, x] = ["p", "q", "v", "x"].map(|name| input.get(name).number());
    let model = GammaGamma::new(p, q, v).unwrap();
    let why = model.expected(Spend { x: x as u32, mean: 0.0 }).unwrap_err();
    assert!(why.to_string().contains("has no mean"), "{why}");
    // Half of all customers spend less: a Gamma(0.758, 1) is below this half of the time.
    assert!((why.median - p * v / 0.461_689_121_672_504).abs() < 1e-9, "{}", why.median);
    assert!(model.expected(Spend { x: 1, mean: 10.0 }).unwrap() > 0.0);
}

fn currencies(input: &Golden<'_>, expected: &Golden<'_>) {
    input.prose(&["data"]);
    let sample = summed(&cdnow_sample_purchases(), &halves());
    let fit = |by: f64| {
        let spending: Vec<Spend> =
            sample.iter().map(|it| Spend { x: it.history.x(), mean: it.spend * by }).collect();
        GammaGamma::fit(&spending).unwrap().fit
    };
    let one = fit(1.0);
    let (equal, scaled) = (expected.get("p,q equal").number(), expected.get("v scales").number());
    for by in [1e-3, 1e4, 1e6, 1e9] {
        let other = fit(by);
        assert!((other.model.p() / one.model.p() - 1.0).abs() < equal);
        assert!((other.model.q() / one.model.q() - 1.0).abs() < equal);
        assert!((other.model.v() / one.model.v() / by - 1.0).abs() < scaled);
        assert!((other.standard_errors()[2] / one.standard_errors()[2] / by - 1.0).abs() < 1e-4);
        assert!((other.log_likelihood - one.log_likelihood + 946.0 * by.ln()).abs() < 1e-6);
    }
}

fn purchases(customer: &str, events: &Golden<'_>) -> Vec<Purchase> {
    let purchase = |it: &Golden<'_>| {
        let parts = it.list();
        Purchase {
            customer: customer.into(),
            day: day(parts[0].word(), &TimeZone::UTC).unwrap(),
            amount: parts[1].number(),
        }
    };
    events.list().iter().map(purchase).collect()
}

fn a_day(golden: &Golden<'_>) -> Date {
    day(golden.word(), &TimeZone::UTC).unwrap()
}

fn several_orders_a_day(input: &Golden<'_>, expected: &Golden<'_>, by: f64) {
    assert_eq!(input.get("unit").word(), "day");
    let period = Period { learn_until: a_day(&input.get("end")), hold_until: None };
    let told = summarise(&purchases("ana", &input.get("events")), &period, Unit::Days).unwrap();
    let ana = &told.customers[0];
    expected.get("x").within(ana.history.x().into(), 0.0);
    expected.get("t_x").within(ana.history.t_x(), 0.0);
    expected.get("T").within(ana.history.t_end(), 0.0);
    expected.get("mean_repeat_spend").is_near(ana.spend, by);
}

fn measured_the_same_way(input: &Golden<'_>, expected: &Golden<'_>, by: f64) {
    let period =
        Period { learn_until: a_day(&input.get("cal_end")), hold_until: Some(a_day(&input.get("end"))) };
    expected.get("holdout_days").within(period.held_days().into(), 0.0);
    let all: Vec<Purchase> =
        input.get("events").entries().iter().flat_map(|(name, events)| purchases(name, events)).collect();
    let told = summarise(&all, &period, Unit::Days).unwrap();
    assert_eq!(told.too_late, 1);
    for one in &told.customers {
        let (golden, held) = (expected.get(&one.customer), one.held.unwrap());
        golden.get("x").within(one.history.x().into(), 0.0);
        golden.get("t_x").within(one.history.t_x(), 0.0);
        golden.get("T").within(one.history.t_end(), 0.0);
        golden.get("m_cal").is_near(one.spend, by);
        golden.get("x_star").within(held.x.into(), 0.0);
        golden.get("m_star").is_near(held.spend, by);
    }
    assert_eq!(told.customers.len(), 2);
}

fn ambiguous_days(input: &Golden<'_>, expected: &Golden<'_>) {
    let zone = TimeZone::get(input.get("business_zone").word()).unwrap();
    let words = input.get("dates").list();
    expected.prose(&["first", "second"]);
    let refused = day(words[0].word(), &zone).unwrap_err().to_string();
    assert!(refused.contains("08/03/2014") && refused.contains("not one day for certain"), "{refused}");
    assert_eq!(day(words[1].word(), &zone), Ok(date(2014, 3, 9)));
    assert!(expected.get("DST days are whole days").truth());
    let bought = |at: Date| Purchase { customer: "ana".into(), day: at, amount: 1.0 };
    let period = Period { learn_until: date(2014, 3, 10), hold_until: None };
    let told = summarise(&[bought(date(2014, 3, 8)), bought(date(2014, 3, 9))], &period, Unit::Days).unwrap();
    assert_eq!((told.customers[0].history.t_x(), told.customers[0].history.t_end()), (1.0, 2.0));
}

fn fractions_of_weeks(input: &Golden<'_>, expected: &Golden<'_>, by: f64) {
    expected.prose(&["rule"]);
    input.prose(&["unit"]);
    let bought = Purchase { customer: "ana".into(), day: a_day(&input.get("from")), amount: 1.0 };
    let period = Period { learn_until: a_day(&input.get("to")), hold_until: None };
    let told = summarise(std::slice::from_ref(&bought), &period, Unit::Weeks).unwrap();
    expected.get("weeks").within(told.customers[0].history.t_end(), by);
}

fn nothing_to_learn(input: &Golden<'_>, expected: &Golden<'_>) {
    input.prose(&["cases"]);
    expected.prose(&["result"]);
    let many = |count: usize, row: (f64, f64, f64)| {
        Customers::from_numbers(Unit::Weeks, std::iter::repeat_n(row, count)).unwrap()
    };
    let nobody = many(100, (0.0, 0.0, 38.0));
    let said = BgNbd::fit(&nobody).unwrap_err().to_string();
    assert!(said.starts_with("no repeat purchases yet: of 100 customers"), "{said}");
    assert_eq!(MbgNbd::fit(&nobody).unwrap_err(), Unfit::NoRepeats(100));
    assert_eq!(ParetoNbd::fit(&nobody).unwrap_err(), Unfit::NoRepeats(100));
    for customers in [many(1, (2.0, 30.0, 38.0)), many(200, (2.0, 30.0, 38.0))] {
        says_so(&BgNbd::fit(&customers).unwrap());
        says_so(&MbgNbd::fit(&customers).unwrap());
        says_so(&ParetoNbd::fit(&customers).unwrap());
    }
}

/// No parameters of 66,000 are presented as a fit.
fn says_so<M: Parameters>(fit: &Fit<M>) {
    let Outcome::Boundary(boundary) = &fit.outcome else {
        panic!("{}: {:?}", M::MODEL, fit.model.parameters())
    };
    assert!(boundary.words.starts_with("these customers cannot be told apart"), "{}", boundary.words);
    assert!(boundary.log_likelihood >= fit.log_likelihood - 1e-9);
    assert!(fit.model.parameters().iter().all(|it| (1e-3..1e4).contains(it)), "{:?}", fit.model.parameters());
}

/// An order that is no order: steps through all rows by a number that shares no factor with theirs.
fn shuffled(customers: &Customers) -> Customers {
    let rows = customers.rows();
    Customers::new(customers.unit(), (0..rows.len()).map(|at| rows[at * 1_009 % rows.len()]).collect())
}

fn grouped(customers: &Customers) -> Customers {
    let mut counted: Vec<(History, u32)> = Vec::new();
    for row in customers.rows() {
        match counted.iter_mut().find(|it| it.0 == *row) {
            Some(it) => it.1 += 1,
            None => counted.push((*row, 1)),
        }
    }
    Customers::counted(customers.unit(), counted)
}

fn order_and_weights(input: &Golden<'_>, expected: &Golden<'_>) {
    input.prose(&["data"]);
    let by = (expected.get("params equal").number(), expected.get("ll equal").number());
    let sample = sample();
    let all = [shuffled(&sample), grouped(&sample), sample.clone()];
    same_fits(all.each_ref().map(BgNbd::fit), by);
    same_fits(all.each_ref().map(MbgNbd::fit), by);
    same_fits(all.each_ref().map(ParetoNbd::fit), by);
}

fn same_fits<M: Parameters + PartialEq>(fits: [Result<Fit<M>, Unfit>; 3], by: (f64, f64)) {
    let [shuffled, grouped, plain] = fits.map(Result::unwrap);
    assert!(shuffled == plain, "another order of rows is not the same to the last bit");
    assert!((grouped.log_likelihood / plain.log_likelihood - 1.0).abs() < by.1);
    for (a, b) in grouped.model.parameters().iter().zip(plain.model.parameters()) {
        assert!((a / b - 1.0).abs() < by.0);
    }
}

fn errors_of_parameters(input: &Golden<'_>, expected: &Golden<'_>, by: f64) {
    input.prose(&["data"]);
    expected.prose(&["bgnbd_se"]);
    assert!(expected.get("covariance symmetric and positive definite").truth());
    assert!(expected.get("se(alpha) scales with the time unit").truth());
    let weekly = BgNbd::fit(&sample()).unwrap();
    let daily = BgNbd::fit(&sample().in_unit(Unit::Days)).unwrap();
    let v = &weekly.covariance;
    for i in 0..4 {
        assert!(v[i][i] > 0.0);
        for j in 0..i {
            assert_eq!(v[i][j], v[j][i]);
            assert!(v[i][j].powi(2) < v[i][i] * v[j][j]);
        }
    }
    let (weekly, daily) = (weekly.standard_errors(), daily.standard_errors());
    for i in 0..4 {
        let scale = if i == 1 { 7.0 } else { 1.0 };
        assert!((daily[i] / weekly[i] / scale - 1.0).abs() < by);
    }
}

fn many_purchases(input: &Golden<'_>, expected: &Golden<'_>, by: f64) {
    assert_eq!(input.get("model").word(), "BG/NBD");
    let model = bgnbd(&input.get("params").numbers());
    let t = input.get("t").number();
    for (n, value) in input.get("n").numbers().into_iter().zip(expected.get("pmf").list()) {
        value.is_near(model.mass(n as u32, t), by);
    }
    expected.get("sum_0..2000").is_near((0..=2000).map(|n| model.mass(n, t)).sum(), by);
    let (_, mbgnbd, paretonbd) = printed();
    assert!(((0..=2000).map(|n| mbgnbd.mass(n, t)).sum::<f64>() - 1.0).abs() < by);
    assert!(((0..=2000).map(|n| paretonbd.mass(n, t)).sum::<f64>() - 1.0).abs() < by);
}

fn slow_to_leave(input: &Golden<'_>, expected: &Golden<'_>, by: f64) {
    assert_eq!(input.get("model").word(), "Pareto/NBD");
    let model = paretonbd(&input.get("params").numbers());
    let residual =
        |delta: f64| model.residual(&row(input), Discount::continuous(delta, Unit::Weeks).unwrap());
    for (delta, value) in input.get("d").numbers().into_iter().zip(expected.get("dert").list()) {
        value.is_near(residual(delta), by);
    }
    assert!(expected.get("decreasing in d").truth());
    let rates: Vec<f64> = (1..60).map(|it| residual(1e-5 * 1.3_f64.powi(it))).collect();
    assert!(rates.windows(2).all(|it| it[1] < it[0]));
}

fn beside_guesses(input: &Golden<'_>, expected: &Golden<'_>) {
    input.prose(&["data"]);
    expected.prose(&["rule"]);
    let summaries = summed(&cdnow_sample_purchases(), &halves());
    let actual: Vec<f64> = summaries.iter().map(|it| f64::from(it.held.unwrap().x)).collect();
    let customers = customers(&summaries);
    let model = BgNbd::fit(&customers).unwrap().model;
    let told: Vec<f64> = customers.rows().iter().map(|it| model.expected(it, Span::weeks(39))).collect();
    let compared = Comparison::of(&told, &actual, &customers, Span::weeks(39)).unwrap();
    assert!(compared.to_string().ends_with("the model does better than each of these guesses"), "{compared}");
    // Whoever foretells that all buy fifty times loses, and is told so.
    let loses = Comparison::of(&vec![50.0; actual.len()], &actual, &customers, Span::weeks(39)).unwrap();
    assert!(loses.to_string().contains("the model does worse than guessing: same as before"), "{loses}");
}

#[test]
fn what_is_no_number_is_refused_by_row_and_column() {
    for (row, column) in [
        ((f64::NAN, 1.0, 9.0), "x"),
        ((1.0, f64::NAN, 9.0), "t_x"),
        ((1.0, 1.0, f64::INFINITY), "T"),
        ((f64::NEG_INFINITY, 1.0, 9.0), "x"),
    ] {
        let refused = Customers::from_numbers(Unit::Weeks, [(1.0, 1.0, 9.0), row]).unwrap_err();
        assert!(matches!(refused.why, Impossible::NotFinite { column: named, .. } if named == column));
        assert!(refused.to_string().starts_with(&format!("row 2: {column} is ")), "{refused}");
    }
    let spending = [Spend { x: 1, mean: 3.0 }, Spend { x: 2, mean: f64::NAN }];
    assert!(GammaGamma::fit(&spending).unwrap_err().to_string().starts_with("row 2"));
}

#[test]
fn a_table_tells_where_it_is_wrong() {
    use figures::reading::{lives, purchases, summaries};
    let said = |file: &str| summaries(file.as_bytes(), Unit::Weeks, None).unwrap_err().to_string();
    assert_eq!(
        said("x,t_x,T\n1,2,3\n1,5,4\n"),
        "line 3: t_x > T: the last purchase at 5 is after the end of observation at 4"
    );
    assert_eq!(said("x,t_x,T\n1,two,3\n"), "line 2, column t_x: “two” is no number");
    assert_eq!(said("x,t_x\n1,2\n"), "there is no column T or n");
    assert_eq!(said("x,t_x,T\nNaN,2,3\n"), "line 2: x is NaN, which is no finite number");
    let weighed = |weight: &str| {
        let file = format!("x,t_x,T,w\n1,2,3,{weight}\n");
        summaries(file.as_bytes(), Unit::Weeks, Some("w")).map(|it| it.customers.total())
    };
    assert_eq!(weighed("7").unwrap(), 7);
    for wrong in ["-1", "1.5", "many", ""] {
        let said = weighed(wrong).unwrap_err().to_string();
        assert_eq!(said, format!("line 2, column w: “{wrong}” is no whole number of customers"));
    }
    let dated = "customer,date,amount\nana,2014-03-09,3\nana,03/08/2014,3\n";
    let said = purchases(dated.as_bytes(), &TimeZone::UTC).unwrap_err().to_string();
    assert!(said.starts_with("line 3, column date: “03/08/2014” is not one day"), "{said}");
    assert!(lives("t,event\n3,perhaps\n".as_bytes()).unwrap_err().to_string().contains("neither 1 nor 0"));
}

#[test]
fn customers_who_all_buy_at_one_rate_cost_no_digits() {
    // Integrated at thirty digits; the series for these loses up to twenty of them.
    for (r, a, b, x, tau, expected) in [
        (140.482_664_563_019_34, 1.0, 1.0, 0, 9.0, 7.715_960_958_988_22),
        (140.482_664_563_019_34, 1.0, 1.0, 0, 1.0, 5.518_736_381_652),
        (30.0, 0.5, 0.7, 3, 5.0, 41.593_552_801_408_6),
        (5.0, 2.0, 1.0, 0, 8.0, 1.937_509_525_986_89),
    ] {
        let model = bgnbd(&[r, 5.0, a, b]);
        let actual = model.expected_if_alive(x, 5.0, 10.0 * tau);
        assert!((actual / expected - 1.0).abs() < 1e-10, "{actual} {expected}");
    }
}

#[test]
fn returns_alone_make_no_occasion() {
    let line = |day: Date, amount: f64| Purchase { customer: "ana".into(), day, amount };
    let lines = [
        line(date(2024, 1, 1), 20.0),
        line(date(2024, 1, 5), -20.0),
        line(date(2024, 1, 9), 30.0),
        line(date(2024, 1, 9), -5.0),
    ];
    let period = Period { learn_until: date(2024, 2, 1), hold_until: None };
    let told = summarise(&lines, &period, Unit::Days).unwrap();
    assert_eq!(told.only_returns, 1);
    assert_eq!((told.customers[0].history.x(), told.customers[0].spend), (1, 25.0));
}
