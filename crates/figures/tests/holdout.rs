//! The look back on CDNOW: learnt from one half, held against the other, beside guesses.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

mod common;

use std::collections::HashMap;

use common::*;
use figures::{
    fit::Parameters,
    gammagamma::GammaGamma,
    holdout::{Comparison, Errors, by_repeats, expected_by, repeats_by, same_rate},
    model::{Kind, Model},
    nbd::Nbd,
    purchases::PurchaseModel,
    summary::{Customers, History},
    time::{Span, Unit},
    transactions::Summary,
};

/// What is known of those whose second half is held back.
struct Half {
    summaries: Vec<Summary>,
    customers: Customers,
    actual: Vec<f64>,
}

impl Half {
    fn of(purchases: &[figures::transactions::Purchase]) -> Self {
        let mut summaries = summed(purchases, &halves());
        // Among equals, who comes first in the public table of the sample counts first.
        let place: HashMap<String, usize> = sample_ids().into_iter().zip(0..).collect();
        if summaries.len() == place.len() {
            summaries.sort_by_key(|it| place[&it.customer]);
        }
        let actual = summaries.iter().map(|it| f64::from(it.held.unwrap().x)).collect();
        Self { customers: customers(&summaries), summaries, actual }
    }
    /// With times as a public table of the sample has them, to eight decimals: it breaks ties among rates.
    fn with_eight_decimals(mut self) -> Self {
        let round = |t: f64| (t * 1e8).round() / 1e8;
        let rows =
            self.customers.rows().iter().map(|it| (f64::from(it.x()), round(it.t_x()), round(it.t_end())));
        self.customers = Customers::from_numbers(Unit::Weeks, rows).unwrap();
        self
    }
    fn told(&self, model: &impl PurchaseModel) -> Vec<f64> {
        self.customers.rows().iter().map(|it| model.expected(it, Span::weeks(39))).collect()
    }
    fn fitted(&self, kind: Kind) -> Model {
        kind.fit(&self.customers).unwrap().model
    }
}

fn check_errors(golden: &Golden<'_>, errors: &Errors, by: f64) {
    for (key, value) in golden.entries() {
        match key.as_str() {
            "MAE" => value.is_near(errors.mae, by),
            "RMSE" => value.is_near(errors.rmse, by),
            "total_actual" => value.within(errors.actual_total, 0.5),
            "total_pred" => value.is_near(errors.predicted_total, by),
            "total_err_pct" | "err_pct" => value.within(errors.total_error_percent(), 100.0 * by),
            "spearman" if value.is_null() => assert_eq!(errors.rank_correlation, None),
            "spearman" => value.is_near(errors.rank_correlation.unwrap(), by),
            "top10pct_capture" => value.is_near(errors.top_tenth, by),
            "by_frequency" | "params" | "ll" | "params_MAP" => {}
            _ => panic!("nothing checks {key}"),
        }
    }
}

fn check_bins(golden: &Golden<'_>, half: &Half, told: &[f64]) {
    let bins = by_repeats(&half.customers, told, &half.actual, 7);
    for (golden, bin) in golden.list().iter().zip(&bins) {
        assert_eq!(golden.get("freq").word(), if bin.x == 7 { "7+".into() } else { bin.x.to_string() });
        golden.get("n").within(bin.customers as f64, 0.0);
        golden.get("actual").is_near(bin.actual, 1e-12);
        golden.get("pred").is_near(bin.predicted, 1e-5);
    }
}

fn check_half(golden: &Golden<'_>, half: &Half) {
    let of = |told: &[f64]| Errors::of(told, &half.actual).unwrap();
    let guesses = Comparison::of(&half.actual, &half.actual, &half.customers, Span::weeks(39)).unwrap();
    let active = || {
        let rate = same_rate(&half.customers, Span::weeks(39));
        let recent = |it: &History| it.t_end() - it.t_x() < 26.0;
        half.customers
            .rows()
            .iter()
            .zip(rate)
            .map(|(it, rate)| if recent(it) { rate } else { 0.0 })
            .collect::<Vec<_>>()
    };
    for (name, golden) in golden.entries() {
        let (errors, by) = match name.as_str() {
            "bgnbd" | "mbgnbd" | "paretonbd" => {
                let told = half.told(&half.fitted(Kind::named(&name).unwrap()));
                check_bins(&golden.get("by_frequency"), half, &told);
                (of(&told), 1e-5)
            }
            // It stops a little before the top.
            "lifetimes BetaGeoFitter" => (of(&half.told(&half.fitted(Kind::BgNbd))), 1e-4),
            "lifetimes ModifiedBetaGeoFitter" => (of(&half.told(&half.fitted(Kind::MbgNbd))), 1e-4),
            "lifetimes ParetoNBDFitter" => (of(&half.told(&half.fitted(Kind::ParetoNbd))), 1e-4),
            "baseline: zero" => (guesses.nobody_returns, 1e-12),
            "baseline: same rate x/T*39" => (guesses.same_rate, 1e-6),
            "baseline: x (repeat last 39 wks count)" => (guesses.same_as_before, 1e-12),
            "baseline: mean" => (guesses.everyone_average, 1e-12),
            "baseline: active in last 26wk ? x/T*39 : 0" => (of(&active()), 1e-6),
            "NBD (no death)" => {
                let fit = Nbd::fit(&half.customers).unwrap();
                golden.get("ll").within(fit.log_likelihood, 1e-4);
                let parameters = fit.model.parameters();
                golden
                    .get("params")
                    .list()
                    .iter()
                    .zip(parameters)
                    .for_each(|(it, actual)| it.is_near(actual, 1e-5));
                (of(&half.told(&fit.model)), 1e-5)
            }
            other => panic!("nothing checks {other}"),
        };
        check_errors(&golden, &errors, by);
    }
}

#[test]
fn the_look_back_on_cdnow_is_as_sobering_as_agreed() {
    let goldens = Goldens::read("holdout_cdnow");
    let top = goldens.top();
    let sample = Half::of(&cdnow_sample_purchases()).with_eight_decimals();
    let all = Half::of(&cdnow_purchases());
    check_half(&top.get("cdnow_sample_2357"), &sample);
    check_half(&top.get("cdnow_full_23570"), &all);
    check_curves(&top.get("weekly_cumulative_sample"), &sample);
    check_spending(&top.get("spend_full_23570"), &all);
    for (name, golden) in top.get("pymc_marketing_0.19.2_MAP_sample").entries() {
        let kind = Kind::named(&name).unwrap();
        let model = kind.with(Unit::Weeks, &golden.get("params_MAP").numbers()).unwrap();
        // Its parameters are printed with three digits.
        check_errors(&golden, &Errors::of(&sample.told(&model), &sample.actual).unwrap(), 3e-3);
    }
    goldens.assert_all_seen();
}

fn check_curves(golden: &Golden<'_>, sample: &Half) {
    let actual = repeats_by(&cdnow_sample_purchases(), 78, Unit::Weeks);
    for (golden, actual) in golden.prose(&["note"]).get("actual").list().iter().zip(&actual) {
        golden.within(f64::from(*actual), 0.0);
    }
    for name in ["bgnbd", "mbgnbd", "paretonbd"] {
        let golden = golden.get(name);
        let told = expected_by(&sample.fitted(Kind::named(name).unwrap()), &sample.customers, 78);
        golden.get("pred").list().iter().zip(&told).for_each(|(golden, told)| golden.is_near(*told, 1e-5));
        golden.get("cum_pred_week39").is_near(told[38], 1e-5);
        golden.get("cum_pred_week78").is_near(told[77], 1e-5);
        golden.get("cum_actual_week39").within(actual[38].into(), 0.0);
        golden.get("cum_actual_week78").within(actual[77].into(), 0.0);
        let off = |week: usize| (told[week] / f64::from(actual[week]) - 1.0).abs();
        let mean = (39..78).map(off).sum::<f64>() / 39.0;
        golden.get("MAPE_weeks40_78_pct").is_near(100.0 * mean, 1e-4);
    }
}

fn check_spending(golden: &Golden<'_>, all: &Half) {
    let model = GammaGamma::fit(&spending(&all.summaries, false)).unwrap().fit.model;
    let spend: Vec<f64> =
        spending(&all.summaries, false).iter().map(|it| model.expected(*it).unwrap()).collect();
    let held = |it: &Summary| it.held.map_or(0.0, |it| it.spend * f64::from(it.x));
    let actual: Vec<f64> = all.summaries.iter().map(held).collect();
    for (name, golden) in golden.entries() {
        let told: Vec<f64> = match Kind::named(&name) {
            Some(kind) => {
                let purchases = all.told(&all.fitted(kind));
                purchases.iter().zip(&spend).map(|(purchases, spend)| purchases * spend).collect()
            }
            None => {
                assert_eq!(name, "baseline: past spend total");
                all.summaries.iter().map(|it| f64::from(it.history.x()) * it.spend).collect()
            }
        };
        check_errors(&golden, &Errors::of(&told, &actual).unwrap(), 1e-5);
    }
}
