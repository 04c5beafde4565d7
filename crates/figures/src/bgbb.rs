//! BG/BB: customers who may buy at each of a row of opportunities - a yearly appeal, a weekly market - and
//! may leave after any.
//!
//! ```text
//! p ~ Beta(α, β)      buys at an opportunity, while alive; mean α/(α+β)
//! θ ~ Beta(γ, δ)      leaves after an opportunity; mean γ/(γ+δ)
//! ```
//!
//! A [`History`] counts opportunities instead of time: x purchases, the last at opportunity t_x, of T (the
//! literature's n). The unit of time is what lies between two opportunities, and only whole opportunities of
//! a horizon count.
//!
//! | answer | formula, with \[q\]_n = Γ(q+n)/Γ(q) |
//! | --- | --- |
//! | bought x of m, alive for m | A(x, m) = \[α\]_x \[β\]_(m-x) / \[α+β\]_m |
//! | alive for m | S(m) = \[δ\]_m / \[γ+δ\]_m |
//! | likelihood | L = A(x, n) S(n) + Σ for m from t_x to n-1 of A(x, m) (S(m) - S(m+1)) |
//! | P(alive at n) | A(x, n) S(n) / L; S(n+1) in place of S(n) for the next opportunity |
//! | purchases in the next n* | P(alive at n) (α+x)/(α+β+n) Σ for t from 1 to n* of S(n+t)/S(n) |
//! | DERT at compound rate d | P(alive at n) (α+x)/(α+β+n) E[(1-θ)/(d+θ)], θ ~ Beta(γ, δ+n) |
//!
//! Source: Fader, Hardie and Shang (2010), Marketing Science 29(6).

use crate::{
    fit::{Edge, Fit, Found, NotAParameter, Parameters, Search, Unfit, checked, search, with_differences},
    gamma::{Rise, ln_rising, rises},
    groups::{Group, Groups},
    integrals::BetaPoints,
    newton::Slope,
    purchases::PurchaseModel,
    summary::{Customers, History, MOST_OPPORTUNITIES},
    time::Unit,
};

/// A BG/BB model with its parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BgBb {
    unit: Unit,
    alpha: f64,
    beta: f64,
    gamma: f64,
    delta: f64,
}

impl BgBb {
    /// With α, β, γ and δ, all positive; `unit` is the time between two opportunities.
    pub fn new(unit: Unit, alpha: f64, beta: f64, gamma: f64, delta: f64) -> Result<Self, NotAParameter> {
        Self::from_parameters(unit, &[alpha, beta, gamma, delta])
    }
    /// The same from a list in the order α, β, γ, δ.
    pub fn from_parameters(unit: Unit, parameters: &[f64]) -> Result<Self, NotAParameter> {
        let [alpha, beta, gamma, delta] = checked::<Self, 4>(parameters)?;
        Ok(Self { unit, alpha, beta, gamma, delta })
    }
    /// The parameters under which these customers are likeliest. Times must be whole opportunities.
    pub fn fit(customers: &Customers) -> Result<Fit<Self>, Unfit> {
        let found = fit(customers)?;
        let model =
            Self::from_parameters(customers.unit(), &found.parameters).map_err(|_| Unfit::OutOfRange)?;
        Ok(found.told(model, customers.total(), words))
    }
    /// P(alive) at the next opportunity, n+1, which papers print; [`PurchaseModel::alive`] is that at n.
    pub fn alive_next(&self, history: &History) -> f64 {
        let n = history.t_end();
        self.alive(history) * (self.delta + n) / (self.gamma + self.delta + n)
    }
    /// ln A(x, m) + ln S(m).
    fn bought_and_alive(&self, x: f64, m: f64) -> f64 {
        ln_rising(self.alpha, x) + ln_rising(self.beta, m - x) - ln_rising(self.alpha + self.beta, m)
            + ln_rising(self.delta, m)
            - ln_rising(self.gamma + self.delta, m)
    }
    /// Those who left: the sum over m, beside A(x, n) S(n). Each term follows from the one before it by a
    /// ratio.
    fn gone_over_alive(&self, it: &History) -> f64 {
        let (x, n) = (f64::from(it.x()), it.t_end().floor().min(f64::from(MOST_OPPORTUNITIES)));
        let mut term = 1.0;
        let mut sum = 0.0;
        let mut m = n;
        while m > it.t_x() {
            m -= 1.0;
            // A(x, m) S(m) over A(x, m+1) S(m+1).
            term *= (self.alpha + self.beta + m) / (self.beta + m - x) * (self.gamma + self.delta + m)
                / (self.delta + m);
            sum += term * self.gamma / (self.gamma + self.delta + m);
        }
        sum
    }
    fn buys(&self, x: u32, n: f64) -> f64 {
        (self.alpha + f64::from(x)) / (self.alpha + self.beta + n)
    }
}

fn words(edges: &[(&'static str, Edge)]) -> String {
    let ran = |name: &str| edges.iter().any(|it| it.0 == name);
    let said = match (ran("alpha") || ran("beta"), ran("gamma") || ran("delta")) {
        (true, true) => "by how often they buy, nor in how they leave",
        (true, false) => "by how often they buy",
        (false, true) => "in how they leave, or nobody has left",
        (false, false) => "well enough to settle the parameters",
    };
    format!(
        "these customers cannot be told apart {said}. The parameters given hold to a weak prior and are no fit"
    )
}

fn fit(customers: &Customers) -> Result<Found<4>, Unfit> {
    for (row, it) in (1..).zip(customers.rows()) {
        it.at_opportunities().map_err(|why| Unfit::Row { row, why })?;
    }
    let groups = Groups::of(customers);
    crate::geometric::check(customers, &groups)?;
    let longest = groups.times.iter().copied().fold(0.0, f64::max) as u32;
    let plan = Search {
        sizes: [1.0; 4],
        starts: [[1.0, 1.0, 0.5, 3.0], [0.5, 2.0, 1.0, 10.0], [2.0, 0.5, 0.2, 1.0]]
            .map(|it| it.map(f64::ln))
            .into(),
        held: [true; 4],
    };
    let none = None::<fn(&[f64; 4]) -> Slope<4>>;
    let gradient = |at: &[f64; 4]| gradient(&groups, longest, at);
    search(&plan, |at| with_differences(at, gradient), none)
}

/// The rising products of each parameter and sum, to every number of opportunities.
struct Products {
    alpha: Vec<Rise>,
    beta: Vec<Rise>,
    both: Vec<Rise>,
    delta: Vec<Rise>,
    leaving: Vec<Rise>,
}

/// Value and gradient of the log-likelihood by the logarithms of the parameters.
fn gradient(groups: &Groups, longest: u32, at: &[f64; 4]) -> (f64, [f64; 4]) {
    let [alpha, beta, gamma, delta] = *at;
    let to = |q: f64| rises(q, 0..=longest.min(MOST_OPPORTUNITIES));
    let products = Products {
        alpha: to(alpha),
        beta: to(beta),
        both: to(alpha + beta),
        delta: to(delta),
        leaving: to(gamma + delta),
    };
    let mut sum = (0.0, [0.0; 4]);
    for it in &groups.rows {
        let (value, slopes) = row(it, groups, &products, gamma);
        sum.0 += it.weight * value;
        (0..4).for_each(|i| sum.1[i] += it.weight * slopes[i] * at[i]);
    }
    sum
}

/// ln L of a row, and its derivatives by α, β, γ, δ: means of those of its parts.
fn row(it: &Group, groups: &Groups, products: &Products, gamma: f64) -> (f64, [f64; 4]) {
    let (x, last, n) = groups.history_parts(it);
    let (x, last, n) = (x as usize, last as usize, n as usize);
    let part = |m: usize, left: bool| {
        let (up, rest, all) = (products.alpha[x], products.beta[m - x], products.both[m]);
        let (stay, leave) = (products.delta[m], products.leaving[m + usize::from(left)]);
        let value = up.ln + rest.ln - all.ln + stay.ln - leave.ln + if left { gamma.ln() } else { 0.0 };
        let by_gamma = if left { 1.0 / gamma } else { 0.0 } - leave.first;
        (value, [up.first - all.first, rest.first - all.first, by_gamma, stay.first - leave.first])
    };
    let parts = || std::iter::once(part(n, false)).chain((last..n).map(|m| part(m, true)));
    let largest = parts().map(|it| it.0).fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    let mut slopes = [0.0; 4];
    for (value, slope) in parts() {
        let weight = (value - largest).exp();
        sum += weight;
        (0..4).for_each(|i| slopes[i] += weight * slope[i]);
    }
    (largest + sum.ln(), slopes.map(|it| it / sum))
}

impl Parameters for BgBb {
    const MODEL: &'static str = "bgbb";
    const NAMES: &'static [&'static str] = &["alpha", "beta", "gamma", "delta"];
    fn parameters(&self) -> Vec<f64> {
        vec![self.alpha, self.beta, self.gamma, self.delta]
    }
    fn with(&self, parameters: &[f64]) -> Result<Self, NotAParameter> {
        Self::from_parameters(self.unit, parameters)
    }
    fn time_unit(&self) -> Option<Unit> {
        Some(self.unit)
    }
}

/// Whole opportunities within a time, as many as are counted one by one.
fn opportunities(t: f64) -> u32 {
    t.floor().clamp(0.0, f64::from(MOST_OPPORTUNITIES)) as u32
}

impl PurchaseModel for BgBb {
    fn name(&self) -> &'static str {
        Self::MODEL
    }
    fn unit(&self) -> Unit {
        self.unit
    }
    fn log_likelihood(&self, history: &History) -> f64 {
        let alive = self.bought_and_alive(f64::from(history.x()), history.t_end().floor());
        alive + self.gone_over_alive(history).ln_1p()
    }
    fn alive(&self, history: &History) -> f64 {
        1.0 / (1.0 + self.gone_over_alive(history))
    }
    fn expected_if_alive(&self, x: u32, t_end: f64, t: f64) -> f64 {
        let mut stays = 1.0;
        let mut sum = 0.0;
        for step in 0..opportunities(t) {
            let n = t_end + f64::from(step);
            stays *= (self.delta + n) / (self.gamma + self.delta + n);
            sum += stays;
        }
        self.buys(x, t_end) * sum
    }
    fn residual_if_alive(&self, x: u32, t_end: f64, delta: f64) -> f64 {
        let d = delta.exp_m1();
        let points = BetaPoints::new(self.gamma, self.delta + t_end, d.min(1.0));
        self.buys(x, t_end) * points.mean(|theta, rest| rest / (d + theta))
    }
    fn mass(&self, n: u32, t: f64) -> f64 {
        let (x, all) = (f64::from(n), opportunities(t));
        let ways = |m: f64| ln_rising(m - x + 1.0, x) - ln_rising(1.0, x);
        let left = |m: f64| (self.gamma / (self.gamma + self.delta + m)).ln();
        let alive = |m: f64| ways(m) + self.bought_and_alive(x, m);
        let gone: f64 = (n..all).map(f64::from).map(|m| (alive(m) + left(m)).exp()).sum();
        if n > all { 0.0 } else { alive(f64::from(all)).exp() + gone }
    }
    fn log_likelihood_of(&self, customers: &Customers) -> f64 {
        // A probability, not a density: it does not change with the unit.
        let stretched = customers.in_unit(self.unit);
        stretched.with_counts().map(|(row, count)| f64::from(count) * self.log_likelihood(row)).sum()
    }
}
