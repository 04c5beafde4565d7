//! Spending, opportunities, subscriptions, survival and lifetime value, held to the agreed
//! figures: every entry of each file is looked at.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod common;

use common::*;
use figures::{
    bgbb::BgBb,
    bgnbd::BgNbd,
    discount::Discount,
    fit::{Fit, Parameters, Unfit},
    gammagamma::{GammaGamma, Spend},
    mbgnbd::MbgNbd,
    model::Kind,
    paretonbd::ParetoNbd,
    purchases::PurchaseModel,
    reading,
    sbg::{Cohort, Sbg},
    summary::{Customers, History},
    survival::{Curve, Life, Sure},
    time::{Span, Unit},
    value::{First, Steps, lifetime, residual, with_constant_retention},
};

fn donors() -> Customers {
    let rows = columns("donations_rf_holdout.csv", ["x", "t_x", "n", "custs"]);
    let counted = |[x, t_x, n, custs]: [f64; 4]| (History::new(x, t_x, n).unwrap(), custs as u32);
    Customers::counted(Unit::Years, rows.into_iter().map(counted))
}

fn bgbb(parameters: &[f64]) -> BgBb {
    BgBb::from_parameters(Unit::Years, parameters).unwrap()
}

fn opportunities(golden: &Golden<'_>) -> History {
    let part = |name: &str| golden.get(name).number();
    History::new(part("x"), part("t_x"), part("n")).unwrap()
}

#[test]
fn bgbb_says_what_is_agreed() {
    let goldens = Goldens::read("bgbb");
    let top = goldens.top();
    top.prose(&["_sources", "model", "params_order"]);
    let fit = BgBb::fit(&donors()).unwrap();
    for it in top.get("fits").list() {
        it.prose(&["data", "source"]);
        let tolerance = it.get("tol");
        let of = |name: &str| tolerance.find(name).map_or(0.0, |it| it.number());
        for (name, value) in it.get("expected").entries() {
            let allowed = of("params_rel") * value.number() + of("params_abs");
            value.within(fit.report().params.get(&name).unwrap(), allowed);
        }
        it.get("ll").within(fit.log_likelihood, of("ll_abs"));
        assert!(it.find("n").is_none_or(|it| it.number() as u64 == fit.customers));
    }
    check_printed(&top.get("printed"), &fit.model);
    check_donations(&top.get("btyd_vignette"));
    let meta = top.get("points_meta");
    let (model, by) = (bgbb(&meta.prose(&["source"]).get("params").numbers()), meta.get("tol_rel").number());
    for point in top.get("points").list() {
        check_opportunity(&point, &model, by);
    }
    let new = top.get("new");
    let by = new.prose(&["source"]).get("tol_rel").number();
    for (n, value) in new.get("E").entries() {
        value.is_near(model.expected_new(Span::years(n.parse().unwrap())), by);
    }
    (0..).zip(new.get("pmf_6").list()).for_each(|(n, value)| value.is_near(model.mass(n, 6.0), by));
    check_cells(&top, &fit.model);
    goldens.assert_all_seen();
}

fn check_opportunity(point: &Golden<'_>, model: &BgBb, by: f64) {
    let row = opportunities(&point.get("in"));
    point.get("ll").is_near(model.log_likelihood(&row), by);
    point.get("palive_n_plus_1").is_near(model.alive_next(&row), by);
    point.get("palive_at_n").is_near(model.alive(&row), by);
    point.get("cet5").is_near(model.expected(&row, Span::years(5)), by);
    point.get("cet10").is_near(model.expected(&row, Span::years(10)), by);
    let discount = Discount::continuous(0.1_f64.ln_1p(), Unit::Years).unwrap();
    point.get("dert_0.1").is_near(model.residual(&row, discount), by);
}

fn check_printed(golden: &Golden<'_>, model: &BgBb) {
    let within = golden.prose(&["note", "source"]).get("tol_abs").number();
    for it in golden.get("palive_2002").list() {
        it.get("expected").within(model.alive_next(&opportunities(&it)), within);
    }
    let within = golden.get("sum_tol_abs").number();
    let total = donors().total() as f64;
    golden.get("sum_cet5_over_customers").within(five_years(model).iter().sum(), within);
    golden.get("insample_freq0").within(total * model.mass(0, 6.0), within);
    golden.get("insample_freq6").within(total * model.mass(6, 6.0), within);
}

/// What each cell of donors is expected to give in five years.
fn five_years(model: &BgBb) -> Vec<f64> {
    let donors = donors();
    let counts = donors.counts().unwrap();
    let each = |(row, count): (&History, &u32)| f64::from(*count) * model.expected(row, Span::years(5));
    donors.rows().iter().zip(counts).map(each).collect()
}

fn check_donations(golden: &Golden<'_>) {
    let by = golden.prose(&["source"]).get("tol_rel").number();
    let model = bgbb(&golden.get("params").numbers());
    golden.get("ll").within(model.log_likelihood_of(&donors()), 1e-2);
    golden.get("E_10").is_near(model.expected_new(Span::years(10)), by);
    let ten = |x: f64, t_x: f64| model.expected(&History::new(x, t_x, 6.0).unwrap(), Span::years(10));
    golden.get("cet10_x0").is_near(ten(0.0, 0.0), by);
    golden.get("cet10_x4_tx5").is_near(ten(4.0, 5.0), by);
    let bins = golden.get("holdout_by_freq");
    let rows = columns("donations_rf_holdout.csv", ["x", "custs", "x_star_total"]);
    let told = five_years(&model);
    for x in 0..7 {
        let cells = || rows.iter().zip(&told).filter(|it| it.0[0] as usize == x);
        let n: f64 = cells().map(|it| it.0[1]).sum();
        bins.get("n").list()[x].within(n, 0.0);
        bins.get("actual").list()[x].is_near(cells().map(|it| it.0[2]).sum::<f64>() / n, 1e-6);
        bins.get("expected").list()[x].is_near(cells().map(|it| it.1).sum::<f64>() / n, by);
    }
    let years = golden.get("cum_annual");
    let total = donors().total() as f64;
    for (year, value) in (1..).zip(years.get("expected").list()) {
        value.is_near(total * model.expected_new(Span::years(year)), by);
    }
    // The yearly totals themselves are not in the data; their end is.
    let actual = years.get("actual").numbers();
    let in_sample: f64 = rows.iter().map(|it| it[0] * it[1]).sum();
    let held: f64 = rows.iter().map(|it| it[2]).sum();
    assert_eq!((actual[5], actual[10]), (in_sample, in_sample + held));
}

fn check_cells(top: &Golden<'_>, model: &BgBb) {
    for cell in top.get("cet5_by_row_at_mle").list() {
        let row = History::new(cell.get("x").number(), cell.get("t_x").number(), 6.0).unwrap();
        cell.get("expected").is_near(model.expected(&row, Span::years(5)), 1e-4);
        let rows = columns("donations_rf_holdout.csv", ["x", "t_x", "custs", "x_star_total"]);
        let same = |it: &&[f64; 4]| it[0] == f64::from(row.x()) && it[1] == row.t_x();
        let custs: f64 = cell.get("custs").number();
        let found = rows.iter().filter(same).find(|it| it[2] == custs).unwrap();
        cell.get("actual_mean").is_near(found[3] / found[2], 1e-12);
    }
    let total = top.get("holdout_total");
    total.get("predicted_at_mle").is_near(five_years(model).iter().sum(), 1e-5);
    let held: f64 = columns("donations_rf_holdout.csv", ["x_star_total"]).iter().map(|it| it[0]).sum();
    total.get("actual").within(held, 0.0);
}

#[test]
fn sbg_says_what_is_agreed() {
    let goldens = Goldens::read("sbg");
    let top = goldens.top();
    top.prose(&["_sources", "model", "calibration", "mean_churn_E_theta"]);
    let data = top.get("data_percent_surviving_year0to12");
    let cohort = |name: &str, years: usize| {
        let percent = data.get(name).numbers();
        let counts: Vec<u64> = percent[..=years].iter().map(|it| (it * 10.0).round() as u64).collect();
        Cohort::surviving(&counts).unwrap()
    };
    for (name, golden) in top.get("fits").entries() {
        let (who, years) = name.split_once(" years0-").unwrap();
        let cohort = cohort(who, years.parse().unwrap());
        check_cohort(&golden, &cohort);
    }
    let printed = top.get("printed");
    let tolerance = printed.prose(&["source"]).get("tol");
    for who in ["High End", "Regular"] {
        let (golden, fit) = (printed.get(who), Sbg::fit(&cohort(who, 7)).unwrap());
        golden.get("alpha").within(fit.model.alpha(), tolerance.get("abs").number());
        golden.get("beta").within(fit.model.beta(), tolerance.get("abs").number());
        golden.get("ll").within(fit.log_likelihood, tolerance.get("ll_abs").number());
    }
    data.entries().iter().for_each(|it| drop(it.1.numbers()));
    goldens.assert_all_seen();
}

fn check_cohort(golden: &Golden<'_>, cohort: &Cohort) {
    let tolerance = golden.prose(&["source"]).get("tol");
    let by = tolerance.get("params_rel").number();
    let fit = Sbg::fit(cohort).unwrap();
    golden.get("alpha").is_near(fit.model.alpha(), by);
    golden.get("beta").is_near(fit.model.beta(), by);
    golden.get("ll").within(fit.log_likelihood, tolerance.get("ll_abs").number());
    // What follows is held to the agreed parameters, to the last digits.
    let model = Sbg::new(golden.get("alpha").number(), golden.get("beta").number()).unwrap();
    for (t, value) in (0..).zip(golden.get("S_percent_year0to12").list()) {
        value.within(100.0 * model.surviving(t), tolerance.get("S_abs").number() / 1000.0);
    }
    for (t, value) in (1..).zip(golden.get("retention_year1to12").list()) {
        value.is_near(model.retention(t), 1e-12);
    }
    let (year, discount) = (Span::years(1), Discount::yearly(0.1).unwrap());
    golden.get("expected_DEL_d10pct").is_near(model.lifetime(discount, year), 1e-10);
    for (n, value) in (1..).zip(golden.get("DERL_d10pct_by_renewals_n1to5").list()) {
        value.is_near(model.residual(n, discount, year), 1e-10);
    }
}

#[test]
fn gammagamma_says_what_is_agreed() {
    let goldens = Goldens::read("gammagamma");
    let top = goldens.top();
    top.prose(&["_sources", "model", "params_order", "rules"]);
    let sample = summed(&cdnow_sample_purchases(), &halves());
    let fitted = GammaGamma::fit(&spending(&sample, false)).unwrap();
    for it in top.get("fits").list() {
        it.prose(&["source"]);
        let told = match it.get("data").word() {
            "CDNOW sample, lifetimes csv (2dp)" => GammaGamma::fit(&spending(&sample, true)).unwrap(),
            "CDNOW full 39w, repeat buyers with m_x>0" => {
                GammaGamma::fit(&spending(&summed(&cdnow_purchases(), &halves()), false)).unwrap()
            }
            "CDNOW sample" | "CDNOW sample, repeat buyers, exact m_x" => fitted.clone(),
            other => panic!("no spending is known as {other}"),
        };
        check_spend_fit(&it, &told.fit);
    }
    for it in top.get("printed_expected_values").list() {
        let within = it.prose(&["source"]).get("tol_abs").number();
        it.get("expected").within(fitted.fit.model.expected(spend(&it.get("in"))).unwrap(), within);
    }
    for it in top.get("points").list() {
        let by = it.prose(&["source"]).get("tol_rel").number();
        let [p, q, v] = it.get("params").numbers().try_into().unwrap();
        let (model, row) = (GammaGamma::new(p, q, v).unwrap(), spend(&it.get("in")));
        it.get("expected_mean").is_near(model.expected(row).unwrap(), by);
        match it.get("ll").is_null() {
            true => assert_eq!(model.log_likelihood(row), None),
            false => it.get("ll").is_near(model.log_likelihood(row).unwrap(), by),
        }
    }
    goldens.assert_all_seen();
}

fn spend(golden: &Golden<'_>) -> Spend {
    Spend { x: golden.get("x").number() as u32, mean: golden.get("m").number() }
}

fn check_spend_fit(golden: &Golden<'_>, fit: &Fit<GammaGamma>) {
    let tolerance = golden.get("tol");
    let of = |name: &str| tolerance.find(name).map_or(0.0, |it| it.number());
    let report = fit.report();
    for (name, value) in golden.get("expected").entries() {
        let allowed = of("params_rel") * value.number() + of("params_abs");
        value.within(report.params.get(&name).unwrap(), allowed);
    }
    for (name, value) in golden.find("se").map(|it| it.entries()).into_iter().flatten() {
        value.is_near(report.se.get(&name).unwrap(), 1e-3);
    }
    golden.get("ll").within(fit.log_likelihood, of("ll_abs"));
    golden.get("n").within(fit.customers as f64, 0.0);
}

fn lives(golden: &Golden<'_>) -> Vec<Life> {
    let (times, events) = (golden.get("t").numbers(), golden.get("event").numbers());
    times.iter().zip(events).map(|(&time, event)| Life { time, ended: event == 1.0 }).collect()
}

fn check_table(golden: &Golden<'_>, curve: &Curve, within: f64) {
    let steps = golden.get("table(t,at_risk,events,censored,S,greenwood_se)").list();
    assert_eq!(steps.len(), curve.steps.len());
    for (golden, step) in steps.iter().zip(&curve.steps) {
        let actual =
            [step.time, step.there as f64, step.left as f64, step.censored as f64, step.survival, step.error];
        golden.list().iter().zip(actual).for_each(|(golden, actual)| golden.within(actual, within));
    }
}

fn check_median(golden: &Golden<'_>, curve: &Curve) {
    match curve.median() {
        Some(median) => golden.within(median, 0.0),
        None => assert_eq!(golden.word(), "inf"),
    }
}

#[test]
fn kaplan_and_meier_say_what_is_agreed() {
    let goldens = Goldens::read("kaplan_meier");
    let top = goldens.top();
    let gehan = top.prose(&["_sources"]).get("gehan_6mp");
    let curve = Curve::of(&lives(&gehan)).unwrap();
    let within = gehan.prose(&["source"]).get("tol_abs").number();
    for (t, value) in gehan.get("printed_S").entries() {
        value.within(curve.survival(t.parse().unwrap()), within);
    }
    check_median(&gehan.get("median"), &curve);
    check_table(&gehan, &curve, 1e-12);
    for (t, value) in gehan.get("library_S").entries() {
        value.within(curve.survival(t.parse().unwrap()), 1e-12);
    }
    for (t, value) in gehan.get("library_ci95_loglog").entries() {
        let step = curve.at(t.parse().unwrap());
        let (low, high) = step.map_or((1.0, 1.0), |it| it.interval(Sure::NinetyFive));
        value.list()[0].within(low, 1e-12);
        value.list()[1].within(high, 1e-12);
    }
    for (name, file, at) in [("waltons", "waltons.csv", "S"), ("rossi", "rossi.csv", "S_at_week")] {
        let golden = top.get(name);
        let lives = reading::lives(data(file).as_bytes()).unwrap();
        golden.prose(&["path", "source"]).get("n").within(lives.len() as f64, 0.0);
        golden.get("events").within(lives.iter().filter(|it| it.ended).count() as f64, 0.0);
        let curve = Curve::of(&lives).unwrap();
        for (t, value) in golden.get(at).entries() {
            value.within(curve.survival(t.parse().unwrap()), golden.get("tol_abs").number());
        }
        check_median(&golden.get("median"), &curve);
    }
    let small = top.get("subscriptions_small");
    let curve = Curve::of(&lives(&small)).unwrap();
    let within = small.prose(&["source"]).get("tol_abs").number();
    check_table(&small, &curve, within);
    check_median(&small.get("median"), &curve);
    small.get("rmst_to_12").within(curve.mean_until(12.0), within);
    top.get("edge").list().iter().for_each(check_edge);
    goldens.assert_all_seen();
}

fn check_edge(golden: &Golden<'_>) {
    let curve = Curve::of(&lives(golden));
    match golden.get("expected").word() {
        "error or empty curve, not a panic" => assert!(curve.unwrap().steps.is_empty()),
        "S=1 everywhere; median = none/infinite" => {
            let curve = curve.unwrap();
            assert!(curve.steps.iter().all(|it| it.survival == 1.0) && curve.median().is_none());
        }
        "S(3)=0, SE 0, CI no NaN" => {
            let step = curve.unwrap().steps[0];
            assert_eq!((step.survival, step.error, step.interval(Sure::NinetyFive)), (0.0, 0.0, (0.0, 0.0)));
        }
        "error: negative duration" => {
            assert_eq!(curve.unwrap_err().to_string(), "row 1: negative duration -1");
        }
        "S=0 at that time" => assert_eq!(curve.unwrap().survival(1e308), 0.0),
        other => panic!("nothing checks “{other}”"),
    }
}

#[test]
fn lifetime_value_is_what_is_agreed() {
    let goldens = Goldens::read("clv");
    let top = goldens.top();
    top.get("contractual_sbg").prose(&["definition", "see"]);
    let monthly = top.get("discrete_monthly");
    let by = monthly.prose(&["definition"]).get("tol_rel").number();
    let model = BgNbd::from_parameters(Unit::Weeks, &monthly.get("bgnbd").numbers()).unwrap();
    let [p, q, v] = monthly.get("gammagamma").numbers().try_into().unwrap();
    let spending = GammaGamma::new(p, q, v).unwrap();
    let count = monthly.get("H").number() as u32;
    let steps = |rate: f64| Steps::months_of_lifetimes(count, rate, Unit::Weeks).unwrap();
    assert_eq!(
        steps(0.0).horizon(),
        Span::new(monthly.get("f_weeks").number() * 12.0 * 7.0, Unit::Days).unwrap()
    );
    for it in monthly.get("rows").list() {
        it.prose(&["source"]);
        let row = history(&it);
        let spend = spending.expected(spend(&it)).unwrap();
        it.get("expected_mean_spend").is_near(spend, by);
        let discounted = lifetime(&model, &row, spend, &steps(monthly.get("d").number()));
        it.get("clv_12m").is_near(discounted, by);
        it.get("lifetimes_0.11.3").is_near(discounted, by);
        it.get("clv_12m_undiscounted").is_near(lifetime(&model, &row, spend, &steps(0.0)), by);
    }
    check_without_end(&top.get("continuous_infinite_horizon"), &spending);
    check_constant(&top.get("constant_retention"));
    goldens.assert_all_seen();
}

fn history(golden: &Golden<'_>) -> History {
    let part = |name: &str| golden.get(name).number();
    History::new(part("x"), part("t_x"), part("T")).unwrap()
}

fn check_without_end(golden: &Golden<'_>, spending: &GammaGamma) {
    let by = golden.prose(&["definition", "source"]).get("tol_rel").number();
    let delta = golden.get("delta_per_week").number();
    assert!((golden.get("annual_rate").number().ln_1p() / 52.0 - delta).abs() < 1e-15);
    let discount = Discount::continuous(delta, Unit::Weeks).unwrap();
    for it in golden.get("rows").list() {
        let kind = match it.get("model").word() {
            "Pareto/NBD" => Kind::ParetoNbd,
            "BG/NBD" => Kind::BgNbd,
            other => panic!("there is no model {other}"),
        };
        let model = kind.with(Unit::Weeks, &it.get("params").numbers()).unwrap();
        it.get("dert").is_near(model.residual(&history(&it), discount), by);
        let spend = spending.expected(spend(&it)).unwrap();
        it.get("clv").is_near(residual(&model, &history(&it), spend, discount), by);
    }
}

fn check_constant(golden: &Golden<'_>) {
    let within = golden.prose(&["definition", "edge"]).get("tol_abs").number();
    for it in golden.get("rows").list() {
        let [m, r, i] = ["m", "r", "i"].map(|name| it.get(name).number());
        let value = |first| with_constant_retention(m, r, i, first).unwrap();
        it.get("first_at_end").is_near(value(First::AfterAPeriod), 1e-12);
        it.get("first_now").is_near(value(First::Now), 1e-12);
    }
    for it in golden.get("printed_multipliers").prose(&["note"]).get("rows").list() {
        let row = it.list();
        let value = with_constant_retention(1.0, row[0].number(), row[1].number(), First::AfterAPeriod);
        row[2].within(value.unwrap(), within);
    }
    assert!(with_constant_retention(1.0, 1.0, 0.0, First::Now).is_err());
}

#[test]
fn errors_of_predictions_come_with_errors_of_parameters() {
    let sample = sample();
    let row = History::new(2.0, 30.43, 38.86).unwrap();
    fn spread<M: PurchaseModel + Parameters>(fit: &Result<Fit<M>, Unfit>, row: &History) -> (f64, f64) {
        let fit = fit.as_ref().unwrap();
        let alive = fit.standard_error(|it| it.alive(row)).unwrap();
        (alive, fit.standard_error(|it| it.expected(row, Span::weeks(39))).unwrap())
    }
    let all = [
        spread(&BgNbd::fit(&sample), &row),
        spread(&MbgNbd::fit(&sample), &row),
        spread(&ParetoNbd::fit(&sample), &row),
    ];
    for (alive, expected) in all {
        assert!((0.001..0.1).contains(&alive), "{alive}");
        assert!((0.01..0.2).contains(&expected), "{expected}");
    }
}

#[test]
fn opportunities_are_whole_and_bought_at_once_each() {
    let fit = |rows: &[(f64, f64, f64)]| {
        BgBb::fit(&Customers::from_numbers(Unit::Years, rows.iter().copied()).unwrap()).map(|_| ())
    };
    let said = |rows: &[(f64, f64, f64)]| fit(rows).unwrap_err().to_string();
    assert!(
        said(&[(1.0, 1.0, 6.0), (1.0, 1.5, 6.0)]).starts_with("row 2: t_x is 1.5, which is no whole number")
    );
    assert_eq!(said(&[(3.0, 2.0, 6.0)]), "row 1: x > t_x: 3 purchases by opportunity 2");
    assert!(said(&[(3.0, 4.0, 1e6)]).contains("more opportunities than are counted"));
}
