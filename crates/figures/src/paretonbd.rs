//! Pareto/NBD: customers who may leave at any time, whether they buy or not.
//!
//! Somebody alive buys at random at a rate λ and leaves at a rate μ, both of which differ from customer to
//! customer:
//!
//! ```text
//! λ ~ Gamma(r, α)     mean rate of buying r/α per unit of time
//! μ ~ Gamma(s, β)     mean rate of leaving s/β per unit of time
//! ```
//!
//! | answer | formula, with k = r+x |
//! | --- | --- |
//! | likelihood | Γ(k)/Γ(r) α^r β^s { (α+T)^-k (β+T)^-s + s I } |
//! | I | ∫ from t_x to T of (α+y)^-k (β+y)^-(s+1) dy: left at y, silently |
//! | P(alive) | (α+T)^-k (β+T)^-s / { (α+T)^-k (β+T)^-s + s I } |
//! | purchases in (T, T+t], alive | k (β+T)/(α+T) (1 - ((β+T)/(β+T+t))^(s-1)) / (s-1); k (β+T)/(α+T) ln((β+T+t)/(β+T)) at s = 1 |
//! | DERT at rate δ, alive | k (β+T)/(α+T) ∫ from 0 to ∞ of e^(-δ (β+T) v) (1+v)^-s dv |
//!
//! I is integrated and never taken as the difference of two hypergeometric functions, which loses all digits
//! for heavy buyers. With y = t_x + (c+t_x)(e^v - 1), c the smaller of α and β, the next pole is π away, and
//! sixteen points of Gauss and Legendre are exact to twelve digits; derivatives of ln I are means under the
//! same points.
//!
//! Source: Schmittlein, Morrison and Colombo (1987), Management Science 33(1); Fader and Hardie's note 009;
//! DERT after Fader, Hardie and Lee (2005), Journal of Marketing Research 42(4).

use crate::{
    fit::{Fit, Found, NotAParameter, Parameters, Search, Unfit, checked, search},
    gamma::{ln_rising, rises},
    geometric::{check, words},
    groups::{Group, Groups},
    integrals::{gauss, growth, sigmoid, softplus, stretch},
    newton::Slope,
    purchases::PurchaseModel,
    summary::{Customers, History},
    time::Unit,
};

/// A Pareto/NBD model with its parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParetoNbd {
    unit: Unit,
    inner: Rates,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Rates {
    r: f64,
    alpha: f64,
    s: f64,
    beta: f64,
}

impl ParetoNbd {
    /// With r, α (in `unit`), s and β (in `unit`), all positive.
    pub fn new(unit: Unit, r: f64, alpha: f64, s: f64, beta: f64) -> Result<Self, NotAParameter> {
        Self::from_parameters(unit, &[r, alpha, s, beta])
    }
    /// The same from a list in the order r, α, s, β.
    pub fn from_parameters(unit: Unit, parameters: &[f64]) -> Result<Self, NotAParameter> {
        let [r, alpha, s, beta] = checked::<Self, 4>(parameters)?;
        Ok(Self { unit, inner: Rates { r, alpha, s, beta } })
    }
    /// The parameters under which these customers are likeliest.
    pub fn fit(customers: &Customers) -> Result<Fit<Self>, Unfit> {
        let found = fit(customers)?;
        let model =
            Self::from_parameters(customers.unit(), &found.parameters).map_err(|_| Unfit::OutOfRange)?;
        Ok(found.told(model, customers.total(), words))
    }
    /// r: the shape of the rates of buying.
    pub fn r(&self) -> f64 {
        self.inner.r
    }
    /// α: their scale, in units of time.
    pub fn alpha(&self) -> f64 {
        self.inner.alpha
    }
    /// s: the shape of the rates of leaving.
    pub fn s(&self) -> f64 {
        self.inner.s
    }
    /// β: their scale, in units of time.
    pub fn beta(&self) -> f64 {
        self.inner.beta
    }
}

/// Rows beyond which starts are sorted out with a sketch of every so-manieth.
const SKETCH: usize = 4_000;

fn fit(customers: &Customers) -> Result<Found<4>, Unfit> {
    let groups = Groups::of(customers);
    check(customers, &groups)?;
    let (mean_end, mean_x) = groups.means();
    let plan = Search {
        sizes: [1.0, mean_end / mean_x, 1.0, mean_end],
        starts: [[0.5, 0.5, 0.5, 0.5], [1.0, 1.0, 1.0, 2.0], [4.0, 4.0, 0.3, 0.1]]
            .map(|it| it.map(f64::ln))
            .into(),
        held: [true, false, true, true],
    };
    let sketch = (groups.rows.len() > SKETCH).then(|| groups.thinned(SKETCH / 2));
    let of = |groups: &Groups, [r, alpha, s, beta]: [f64; 4]| Rates { r, alpha, s, beta }.slope(groups);
    search(&plan, |at| of(&groups, *at), sketch.as_ref().map(|sketch| move |at: &[f64; 4]| of(sketch, *at)))
}

/// The integrand of I along v, taken beside its value at t_x: e^(-k A - (s+1) B + v), where A and B are the
/// logarithms of (α+y)/(α+t_x) and (β+y)/(β+t_x).
struct Silence {
    k: f64,
    after: f64,
    alpha_at_last: f64,
    beta_at_last: f64,
    smaller: f64,
    /// How far v goes, and in how many pieces.
    length: f64,
    panels: u32,
}

/// What the integrand loses until nothing of it is left: e^-45 is below the last digit.
const NOTHING_LEFT: f64 = 45.0;

/// A piece is not longer than this, and the integrand does not lose more than `STEEPEST` in its exponent over
/// it: so far sixteen points are exact to twelve digits.
const LONGEST: f64 = 3.5;
const STEEPEST: f64 = 12.0;

impl Silence {
    fn new(rates: &Rates, x: f64, t_x: f64, t_end: f64) -> Self {
        let (k, after) = (rates.r + x, rates.s + 1.0);
        let (alpha_at_last, beta_at_last) = (rates.alpha + t_x, rates.beta + t_x);
        let smaller = alpha_at_last.min(beta_at_last);
        let (steep, slow) = if alpha_at_last <= beta_at_last {
            (k, after * alpha_at_last / beta_at_last)
        } else {
            (after, k * beta_at_last / alpha_at_last)
        };
        let all = stretch(t_end - t_x, smaller);
        let least = steep + slow - 1.0;
        let length = if least > 0.0 { all.min(NOTHING_LEFT / least) } else { all };
        let loses = (k + after) * length;
        let panels = (length / LONGEST).max(loses.min(4.0 * NOTHING_LEFT) / STEEPEST).ceil().max(1.0) as u32;
        Self { k, after, alpha_at_last, beta_at_last, smaller, length, panels }
    }
    /// Calls with A, B, the place beside t_x (y - t_x) and the weight of each point.
    fn each(&self, mut at: impl FnMut(f64, f64, f64, f64)) {
        let alpha_is_smaller = self.alpha_at_last <= self.beta_at_last;
        let share = self.smaller / self.alpha_at_last.max(self.beta_at_last);
        gauss(self.length, self.panels, |v, weight| {
            let grown = v.exp_m1();
            let other = (share * grown).ln_1p();
            let (a, b) = if alpha_is_smaller { (v, other) } else { (other, v) };
            let density = (v - self.k * a - self.after * b).exp();
            at(a, b, self.smaller * grown, weight * density);
        });
    }
    fn outside(&self) -> f64 {
        self.smaller.ln() - self.k * self.alpha_at_last.ln() - self.after * self.beta_at_last.ln()
    }
}

impl Rates {
    /// ln of the odds of having left: ln(s I) - ln((α+T)^-k (β+T)^-s). Who bought on the last day has not: I is 0 then.
    fn gone(&self, it: &History) -> f64 {
        let x = f64::from(it.x());
        let silence = Silence::new(self, x, it.t_x(), it.t_end());
        let mut sum = 0.0;
        silence.each(|_, _, _, weight| sum += weight);
        let lapse = it.t_end() - it.t_x();
        let (k, s) = (self.r + x, self.s);
        let bought = k * (lapse / silence.alpha_at_last).ln_1p();
        let stayed = s * (lapse / silence.beta_at_last).ln_1p();
        (s * silence.smaller / silence.beta_at_last).ln() + sum.ln() + bought + stayed
    }
    fn log_likelihood(&self, it: &History) -> f64 {
        let (x, t) = (f64::from(it.x()), it.t_end());
        let alive =
            -self.r * (t / self.alpha).ln_1p() - x * (self.alpha + t).ln() - self.s * (t / self.beta).ln_1p();
        ln_rising(self.r, x) + alive + softplus(self.gone(it))
    }
    fn expected_if_alive(&self, x: u32, t_end: f64, t: f64) -> f64 {
        let rate = (self.r + f64::from(x)) * (self.beta + t_end) / (self.alpha + t_end);
        rate * -growth(self.s - 1.0, -(t / (self.beta + t_end)).ln_1p())
    }
    /// With v = e^u the integral is a trapezoid rule whose next pole is π away.
    fn residual_if_alive(&self, x: u32, t_end: f64, delta: f64) -> f64 {
        let z = delta * (self.beta + t_end);
        let step = 0.25;
        let from = (1e-17 / (1.0 + z + self.s)).max(1e-290).ln();
        let to = (45.0 / z).ln().max(from);
        let at = |u: f64| {
            let v = u.exp();
            (u - z * v - self.s * v.ln_1p()).exp()
        };
        let sum: f64 =
            (0..=((to - from) / step).ceil() as u32).map(|it| at(from + f64::from(it) * step)).sum();
        // What lies below `from` is e^u.
        let tail = from.exp() / step.exp_m1();
        (self.r + f64::from(x)) * (self.beta + t_end) / (self.alpha + t_end) * step * (sum + tail)
    }
    /// Either alive at t with n purchases, or left at y before it with n purchases.
    fn mass(&self, n: u32, t: f64) -> f64 {
        let x = f64::from(n);
        let front = ln_rising(self.r, x) - ln_rising(1.0, x);
        let buys = |y: f64| {
            let of_time = if n == 0 { 0.0 } else { x * (y / (self.alpha + y)).ln() };
            front - self.r * (y / self.alpha).ln_1p() + of_time
        };
        let alive = (buys(t) - self.s * (t / self.beta).ln_1p()).exp();
        let smaller = self.alpha.min(self.beta);
        let length = stretch(t, smaller);
        let panels = (2.0 * length).ceil().max(1.0) + (x.sqrt() / 4.0).ceil();
        let mut left = 0.0;
        gauss(length, panels as u32, |v, weight| {
            let y = smaller * v.exp_m1();
            let leaves = (self.s * smaller / self.beta).ln() - (self.s + 1.0) * (y / self.beta).ln_1p();
            left += weight * (buys(y) + leaves + v).exp();
        });
        alive + left
    }
}

/// Means under the integrand: of (A, 1/(α+y), B, 1/(β+y)), and of their products.
struct Moments {
    first: [f64; 4],
    second: [[f64; 4]; 4],
    ln: f64,
}

impl Silence {
    fn moments(&self, alpha: f64, beta: f64) -> Moments {
        let mut sum = 0.0;
        let mut first = [0.0; 4];
        let mut second = [[0.0; 4]; 4];
        self.each(|a, b, beside, weight| {
            // Taken times α and β, so that they are pure numbers.
            let all = [a, alpha / (self.alpha_at_last + beside), b, beta / (self.beta_at_last + beside)];
            sum += weight;
            for i in 0..4 {
                let weighted = weight * all[i];
                first[i] += weighted;
                for j in i..4 {
                    second[i][j] += weighted * all[j];
                }
            }
        });
        first.iter_mut().for_each(|it| *it /= sum);
        second.iter_mut().flatten().for_each(|it| *it /= sum);
        Moments { first, second, ln: self.outside() + sum.ln() }
    }
}

impl Rates {
    /// Value and derivatives of the log-likelihood by the logarithms of r, α, s, β.
    fn slope(&self, groups: &Groups) -> Slope<4> {
        let mut slope = Slope::flat();
        self.add_counts(groups, &mut slope);
        groups.rows.iter().for_each(|it| self.add_row(it, groups, &mut slope));
        for i in 0..4 {
            for j in 0..i {
                slope.hessian[i][j] = slope.hessian[j][i];
            }
        }
        slope
    }
    /// [r]_x + r ln α + s ln β, of which each count has one.
    fn add_counts(&self, groups: &Groups, slope: &mut Slope<4>) {
        let mut weights = vec![0.0; groups.counts.len()];
        groups.rows.iter().for_each(|it| weights[it.count as usize] += it.weight);
        for (rise, weight) in rises(self.r, groups.counts.iter().copied()).iter().zip(weights) {
            slope.value += weight * rise.ln;
            slope.gradient[0] += weight * self.r * rise.first;
            slope.hessian[0][0] += weight * self.r * (rise.first + self.r * rise.second);
        }
        let (buying, leaving) = (self.r * self.alpha.ln(), self.s * self.beta.ln());
        slope.value += groups.customers * (buying + leaving);
        slope.gradient[0] += groups.customers * buying;
        slope.gradient[1] += groups.customers * self.r;
        slope.gradient[2] += groups.customers * leaving;
        slope.gradient[3] += groups.customers * self.s;
        slope.hessian[0][0] += groups.customers * buying;
        slope.hessian[0][1] += groups.customers * self.r;
        slope.hessian[2][2] += groups.customers * leaving;
        slope.hessian[2][3] += groups.customers * self.s;
    }
    /// ln of what stands in the braces: P(alive) times the derivatives of its first part, and the rest times
    /// those of ln I, and what bends between them.
    fn add_row(&self, it: &Group, groups: &Groups, slope: &mut Slope<4>) {
        let (count, t_x, t_end) = groups.history_parts(it);
        let x = f64::from(count);
        let alive = self.alive_part(x, t_end);
        let Some(left) = (t_x < t_end).then(|| self.left_part(x, t_x, t_end)) else {
            return add(slope, &alive, it.weight);
        };
        let odds = left.value - alive.value;
        let q = sigmoid(odds);
        slope.value += it.weight * (alive.value + softplus(odds));
        let unsure = it.weight * q * (1.0 - q);
        for i in 0..4 {
            let apart = left.gradient[i] - alive.gradient[i];
            slope.gradient[i] += it.weight * (alive.gradient[i] + q * apart);
            for j in i..4 {
                let mixed = (1.0 - q) * alive.hessian[i][j] + q * left.hessian[i][j];
                let bend = unsure * apart * (left.gradient[j] - alive.gradient[j]);
                slope.hessian[i][j] += it.weight * mixed + bend;
            }
        }
    }
    /// -k ln(α+T) - s ln(β+T).
    fn alive_part(&self, x: f64, t_end: f64) -> Slope<4> {
        let k = self.r + x;
        let (ln_a, ln_b) = ((self.alpha + t_end).ln(), (self.beta + t_end).ln());
        let (a, b) = (self.alpha / (self.alpha + t_end), self.beta / (self.beta + t_end));
        let mut part = Slope::flat();
        part.value = -k * ln_a - self.s * ln_b;
        part.gradient = [-self.r * ln_a, -k * a, -self.s * ln_b, -self.s * b];
        part.hessian[0] = [-self.r * ln_a, -self.r * a, 0.0, 0.0];
        part.hessian[1][1] = -k * a * (1.0 - a);
        part.hessian[2][2] = -self.s * ln_b;
        part.hessian[2][3] = -self.s * b;
        part.hessian[3][3] = -self.s * b * (1.0 - b);
        part
    }
    /// ln s + ln I. With h the logarithm of the integrand, the first derivatives are means of those of h, the
    /// second are means of its second derivatives and covariances of its first.
    fn left_part(&self, x: f64, t_x: f64, t_end: f64) -> Slope<4> {
        let silence = Silence::new(self, x, t_x, t_end);
        let moments = silence.moments(self.alpha, self.beta);
        let mean = moments.first;
        let (ln_a, ln_b) = (silence.alpha_at_last.ln() + mean[0], silence.beta_at_last.ln() + mean[2]);
        // The derivatives of h by the logarithms of the parameters are these times A, α/(α+y), B, β/(β+y).
        let by = [-self.r, -silence.k, -self.s, -silence.after];
        let mut part = Slope::flat();
        part.value = self.s.ln() + moments.ln;
        part.gradient = [by[0] * ln_a, by[1] * mean[1], by[2] * ln_b + 1.0, by[3] * mean[3]];
        for i in 0..4 {
            for j in i..4 {
                part.hessian[i][j] = by[i] * by[j] * (moments.second[i][j] - mean[i] * mean[j]);
            }
        }
        part.hessian[0][0] += by[0] * ln_a;
        part.hessian[0][1] += by[0] * mean[1];
        part.hessian[1][1] += by[1] * (mean[1] - moments.second[1][1]);
        part.hessian[2][2] += by[2] * ln_b;
        part.hessian[2][3] += by[2] * mean[3];
        part.hessian[3][3] += by[3] * (mean[3] - moments.second[3][3]);
        part
    }
}

fn add(slope: &mut Slope<4>, part: &Slope<4>, weight: f64) {
    slope.value += weight * part.value;
    for i in 0..4 {
        slope.gradient[i] += weight * part.gradient[i];
        (i..4).for_each(|j| slope.hessian[i][j] += weight * part.hessian[i][j]);
    }
}

impl Parameters for ParetoNbd {
    const MODEL: &'static str = "paretonbd";
    const NAMES: &'static [&'static str] = &["r", "alpha", "s", "beta"];
    fn parameters(&self) -> Vec<f64> {
        vec![self.inner.r, self.inner.alpha, self.inner.s, self.inner.beta]
    }
    fn with(&self, parameters: &[f64]) -> Result<Self, NotAParameter> {
        Self::from_parameters(self.unit, parameters)
    }
    fn time_unit(&self) -> Option<Unit> {
        Some(self.unit)
    }
}

impl PurchaseModel for ParetoNbd {
    fn name(&self) -> &'static str {
        Self::MODEL
    }
    fn unit(&self) -> Unit {
        self.unit
    }
    fn log_likelihood(&self, history: &History) -> f64 {
        self.inner.log_likelihood(history)
    }
    fn alive(&self, history: &History) -> f64 {
        sigmoid(-self.inner.gone(history))
    }
    fn expected_if_alive(&self, x: u32, t_end: f64, t: f64) -> f64 {
        self.inner.expected_if_alive(x, t_end, t)
    }
    fn residual_if_alive(&self, x: u32, t_end: f64, delta: f64) -> f64 {
        self.inner.residual_if_alive(x, t_end, delta)
    }
    fn mass(&self, n: u32, t: f64) -> f64 {
        self.inner.mass(n, t)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derivatives_are_those_of_the_value() {
        let rows = [(0.0, 0.0, 5.0), (1.0, 3.0, 5.0), (7.0, 2.0, 30.0), (2.0, 0.5, 38.0), (90.0, 31.0, 31.0)];
        let groups = Groups::of(&Customers::from_numbers(Unit::Weeks, rows).unwrap());
        let of = |at: &[f64; 4]| {
            let [r, alpha, s, beta] = at.map(f64::exp);
            Rates { r, alpha, s, beta }.slope(&groups)
        };
        crate::newton::check_derivatives(&[-0.5, 2.3, -0.2, 2.5], of);
        crate::newton::check_derivatives(&[0.5, 2.0, 0.4, -0.7], of);
    }
}
