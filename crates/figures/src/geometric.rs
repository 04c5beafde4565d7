//! What BG/NBD and MBG/NBD have in common. Both let a customer leave only at a purchase, with a probability p
//! that differs by a Beta(a, b); they differ in whether the first purchase already counts, which moves b by
//! one.
//!
//! With k = r+x, d = ln((α+T)/(α+t_x)), c = b+x-1 (BG) or b+x (MBG), and [q]_x = ln Γ(q+x) - ln Γ(q):
//!
//! ```text
//! g  = ln a - ln c + k d                      the odds of having left, as a logarithm
//! ll = [r]_x + [b]_(x or x+1) - [a+b]_(x or x+1) + r ln α - k ln(α+T) + ln(1 + e^g)
//! ```

use crate::{
    fit::{Edge, Found, Search, Unfit, search},
    gamma::{beta_below, ln_beta, ln_rising, rises},
    groups::{Group, Groups},
    integrals::{BetaPoints, growth, sigmoid, softplus},
    newton::Slope,
    summary::{Customers, History},
};

/// The four parameters, and whether somebody may leave at the first purchase.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Geometric {
    pub(crate) r: f64,
    pub(crate) alpha: f64,
    pub(crate) a: f64,
    pub(crate) b: f64,
    pub(crate) first_counts: bool,
}

impl Geometric {
    /// Chances to leave that somebody with x repeats has survived.
    fn chances(&self, x: u32) -> f64 {
        f64::from(x) + if self.first_counts { 1.0 } else { 0.0 }
    }
    /// ln of the odds of having left.
    fn gone(&self, it: &History) -> f64 {
        let chances = self.chances(it.x());
        if chances == 0.0 {
            return f64::NEG_INFINITY;
        }
        let since = ((it.t_end() - it.t_x()) / (self.alpha + it.t_x())).ln_1p();
        self.a.ln() - (self.b + chances - 1.0).ln() + (self.r + f64::from(it.x())) * since
    }
    pub(crate) fn alive(&self, it: &History) -> f64 {
        sigmoid(-self.gone(it))
    }
    pub(crate) fn log_likelihood(&self, it: &History) -> f64 {
        let (x, chances) = (f64::from(it.x()), self.chances(it.x()));
        let buying = ln_rising(self.r, x)
            - self.r * (it.t_end() / self.alpha).ln_1p()
            - x * (self.alpha + it.t_end()).ln();
        let staying = ln_rising(self.b, chances) - ln_rising(self.a + self.b, chances);
        buying + staying + softplus(self.gone(it))
    }
    /// E[(1 - (1 + p τ)^-(r+x)) / p] over p ~ Beta(a, b + chances), τ = t/(α+T).
    pub(crate) fn expected_if_alive(&self, x: u32, t_end: f64, t: f64) -> f64 {
        let tau = t / (self.alpha + t_end);
        if tau <= 0.0 {
            return 0.0;
        }
        let z = tau / (1.0 + tau);
        let series = if z < 0.9 { self.expected_by_series(x, tau, z) } else { None };
        series.unwrap_or_else(|| self.expected_by_points(x, tau))
    }
    /// The hypergeometric function after Euler's transformation, with all poles divided out. For r far above
    /// a + b its terms grow large and cancel; where that would cost more than four digits there is no answer.
    fn expected_by_series(&self, x: u32, tau: f64, z: f64) -> Option<f64> {
        let chances = self.chances(x);
        let lower = self.a - 1.0;
        let rest = self.b + chances - f64::from(x);
        let (upper, below) = (self.a + rest - 1.0 - self.r, self.a + self.b + chances - 1.0);
        let away = -tau.ln_1p();
        let mut term = upper * z;
        let (mut sum, mut largest) = (term, term.abs());
        let mut n = 1.0;
        while term.abs() > 1e-17 * sum.abs() && n < 2_000.0 {
            term *= (upper + n) * (lower + n) / ((below + n) * (n + 1.0)) * z;
            sum += term;
            largest = largest.max(term.abs());
            n += 1.0;
        }
        let shrunk = (lower * away).exp();
        let main = below * -growth(lower, away);
        let expected = main - shrunk * sum;
        (main.abs().max(shrunk * largest) < 1e4 * expected).then_some(expected)
    }
    fn expected_by_points(&self, x: u32, tau: f64) -> f64 {
        let k = self.r + f64::from(x);
        let points = BetaPoints::new(self.a, self.b + self.chances(x), 1.0 / (k.max(1.0) * tau.max(1.0)));
        points.mean(|p, _| -(-k * (p * tau).ln_1p()).exp_m1() / p)
    }
    /// E[λ / (λ p + δ)] over p ~ Beta(a, b + chances) and λ ~ Gamma(r+x, α+T). With Λ = λ (α+T) and v = ln Λ
    /// both integrals are trapezoid rules of functions whose next pole is π away.
    pub(crate) fn residual_if_alive(&self, x: u32, t_end: f64, delta: f64) -> f64 {
        let k = self.r + f64::from(x);
        let c = delta * (self.alpha + t_end);
        let leaving = BetaPoints::new(self.a, self.b + self.chances(x), c / (c + 40.0 + 2.0 * k));
        let step = 0.25_f64.min(0.5 / k.sqrt());
        let weight = |v: f64| (k * (v - k.ln()) - v.exp() + k).exp();
        let from = (1e-17 * c.min(1.0)).max(1e-290).ln().max(k.ln() - 40.0 / k.min(k.sqrt()));
        let to = (k + 40.0 + 12.0 * k.sqrt()).ln();
        let (mut sum, mut weights) = (0.0, 0.0);
        for it in 0..=((to - from) / step).ceil() as u32 {
            let v = from + f64::from(it) * step;
            let rest = c / v.exp();
            sum += weight(v) * leaving.points().iter().map(|it| it.weight / (it.p + rest)).sum::<f64>();
            weights += weight(v);
        }
        // Below `from` the weight goes on as e^(k v) while the mean falls like e^v, which is nothing.
        weights += weight(from - step) / -(-k * step).exp_m1();
        sum / weights
    }
    pub(crate) fn mass(&self, n: u32, t: f64) -> f64 {
        let (x, chances) = (f64::from(n), self.chances(n));
        let z = t / (self.alpha + t);
        let stays = ln_beta(self.a, self.b + chances) - ln_beta(self.a, self.b);
        let buys = ln_rising(self.r, x) - libm::lgamma(x + 1.0) - self.r * (t / self.alpha).ln_1p();
        let alive = (stays + buys + if n == 0 { 0.0 } else { x * z.ln() }).exp();
        if chances == 0.0 {
            return alive;
        }
        let leaves = ln_beta(self.a + 1.0, self.b + chances - 1.0) - ln_beta(self.a, self.b);
        let would_buy = if n == 0 { 1.0 } else { beta_below(x, self.r, z) };
        alive + leaves.exp() * would_buy
    }
}

/// What one table row holds for all groups with that count or time.
struct Tables {
    log: Vec<f64>,
    inverse: Vec<f64>,
    odds: Vec<(f64, f64)>,
}

/// Rows beyond which starts are sorted out with a sketch of every so-manieth.
const SKETCH: usize = 4_000;

/// The best parameters for these customers.
pub(crate) fn fit(customers: &Customers, first_counts: bool) -> Result<Found<4>, Unfit> {
    let groups = Groups::of(customers);
    check(customers, &groups)?;
    let (mean_end, mean_x) = groups.means();
    let plan = Search {
        sizes: [1.0, mean_end / mean_x, 1.0, 1.0],
        starts: [[0.3, 0.3, 1.0, 3.0], [1.0, 1.0, 0.5, 5.0], [4.0, 4.0, 0.1, 1.0]]
            .map(|it| it.map(f64::ln))
            .into(),
        held: [true, false, true, true],
    };
    let sketch = (groups.rows.len() > SKETCH).then(|| groups.thinned(SKETCH / 2));
    let of = |groups: &Groups, [r, alpha, a, b]: [f64; 4]| {
        Geometric { r, alpha, a, b, first_counts }.slope(groups)
    };
    search(&plan, |at| of(&groups, *at), sketch.as_ref().map(|sketch| move |at: &[f64; 4]| of(sketch, *at)))
}

/// What every model of repeat buying needs before it can learn.
pub(crate) fn check(customers: &Customers, groups: &Groups) -> Result<(), Unfit> {
    if groups.customers == 0.0 {
        return Err(Unfit::NoCustomers);
    }
    if groups.purchases == 0.0 {
        return Err(Unfit::NoRepeats(customers.total()));
    }
    if groups.observed <= 0.0 {
        return Err(Unfit::NoTime);
    }
    if groups.observed.is_finite() { Ok(()) } else { Err(Unfit::OutOfRange) }
}

/// What it means that parameters ran away.
pub(crate) fn words(edges: &[(&'static str, Edge)]) -> String {
    let ran = |name: &str, edge: Edge| edges.contains(&(name, edge));
    let buying = ran("r", Edge::Infinity) || ran("alpha", Edge::Infinity);
    let mut said = Vec::new();
    if buying {
        said.push("they cannot be told apart by how often they buy");
    }
    if ran("b", Edge::Infinity) || ran("a", Edge::Zero) || ran("beta", Edge::Infinity) || ran("s", Edge::Zero)
    {
        said.push("nothing shows that they differ in how they leave, or that anybody has left");
    }
    if said.is_empty() {
        said.push("the data do not settle the parameters");
    }
    format!(
        "these customers cannot be told apart: {}. The parameters given hold to a weak prior and are no fit",
        said.join("; ")
    )
}

impl Geometric {
    /// Value and derivatives of the log-likelihood by the logarithms of r, α, a, b.
    fn slope(&self, groups: &Groups) -> Slope<4> {
        let mut slope = Slope::flat();
        self.add_counts(groups, &mut slope);
        self.add_times(groups, &mut slope);
        self.add_leaving(groups, &mut slope);
        for i in 0..4 {
            for j in 0..i {
                slope.hessian[i][j] = slope.hessian[j][i];
            }
        }
        slope
    }
    /// [r]_x + [b] - [a+b], of which each count has one.
    fn add_counts(&self, groups: &Groups, slope: &mut Slope<4>) {
        let mut weights = vec![0.0; groups.counts.len()];
        groups.rows.iter().for_each(|it| weights[it.count as usize] += it.weight);
        let plus = u32::from(self.first_counts);
        let chances = || groups.counts.iter().map(|it| it.saturating_add(plus));
        let buying = rises(self.r, groups.counts.iter().copied());
        let staying = rises(self.b, chances());
        let all = rises(self.a + self.b, chances());
        let (r, a, b) = (self.r, self.a, self.b);
        for (i, weight) in weights.into_iter().enumerate() {
            let (buys, stays, all) = (buying[i], staying[i], all[i]);
            slope.value += weight * (buys.ln + stays.ln - all.ln);
            slope.gradient[0] += weight * r * buys.first;
            slope.gradient[2] -= weight * a * all.first;
            slope.gradient[3] += weight * b * (stays.first - all.first);
            slope.hessian[0][0] += weight * r * (buys.first + r * buys.second);
            slope.hessian[2][2] -= weight * a * (all.first + a * all.second);
            slope.hessian[2][3] -= weight * a * b * all.second;
            slope.hessian[3][3] += weight * b * (stays.first - all.first + b * (stays.second - all.second));
        }
    }
    /// r ln α - (r+x) ln(α+T), of which each T has one.
    fn add_times(&self, groups: &Groups, slope: &mut Slope<4>) {
        let mut at = vec![(0.0, 0.0); groups.times.len()];
        for it in &groups.rows {
            let sum = &mut at[it.end as usize];
            sum.0 += it.weight;
            sum.1 += it.weight * f64::from(groups.counts[it.count as usize]);
        }
        let (r, alpha) = (self.r, self.alpha);
        for (&(customers, purchases), &time) in at.iter().zip(&groups.times).filter(|it| it.0.0 > 0.0) {
            let share = alpha / (alpha + time);
            let log = (time / alpha).ln_1p();
            let k = customers * r + purchases;
            slope.value -= customers * r * log + purchases * (alpha + time).ln();
            slope.gradient[0] -= customers * r * log;
            slope.gradient[1] += customers * r - k * share;
            slope.hessian[0][0] -= customers * r * log;
            slope.hessian[0][1] += r * customers * (1.0 - share);
            slope.hessian[1][1] -= k * share * (1.0 - share);
        }
    }
    /// ln(1 + e^g), which every row has for itself.
    fn add_leaving(&self, groups: &Groups, slope: &mut Slope<4>) {
        let tables = self.tables(groups);
        let mut sums = [0.0; 15];
        for it in groups.rows.iter() {
            let count = groups.counts[it.count as usize];
            if count > 0 || self.first_counts {
                self.add_row(it, f64::from(count), &tables, &mut sums);
            }
        }
        slope.value += sums[0];
        slope.gradient.iter_mut().zip(&sums[1..5]).for_each(|(slope, sum)| *slope += sum);
        let places = (0..4).flat_map(|i| (i..4).map(move |j| (i, j)));
        for ((i, j), sum) in places.zip(&sums[5..]) {
            slope.hessian[i][j] += sum;
        }
    }
    fn tables(&self, groups: &Groups) -> Tables {
        let plus = if self.first_counts { 0.0 } else { -1.0 };
        let odds = |&count: &u32| {
            let c = self.b + f64::from(count) + plus;
            (self.a.ln() - c.ln(), self.b / c)
        };
        Tables {
            log: groups.times.iter().map(|it| (self.alpha + it).ln()).collect(),
            inverse: groups.times.iter().map(|it| self.alpha / (self.alpha + it)).collect(),
            odds: groups.counts.iter().map(odds).collect(),
        }
    }
    fn add_row(&self, it: &Group, x: f64, tables: &Tables, sums: &mut [f64; 15]) {
        let (last, end) = (it.last as usize, it.end as usize);
        let k = self.r + x;
        let d = tables.log[end] - tables.log[last];
        // α times the derivatives of d by α.
        let e = tables.inverse[end] - tables.inverse[last];
        let f = (tables.inverse[last] - tables.inverse[end]) * (tables.inverse[last] + tables.inverse[end]);
        let (odds, share) = tables.odds[it.count as usize];
        let g = odds + k * d;
        let small = (-g.abs()).exp();
        let q = if g > 0.0 { 1.0 } else { small } / (1.0 + small);
        sums[0] += it.weight * (g.max(0.0) + small.ln_1p());
        let left = it.weight * q;
        let unsure = left * (1.0 - q);
        let (by_r, by_alpha) = (self.r * d, k * e);
        sums[1] += left * by_r;
        sums[2] += left * by_alpha;
        sums[3] += left;
        sums[4] -= left * share;
        sums[5] += unsure * by_r * by_r + left * by_r;
        sums[6] += unsure * by_r * by_alpha + left * self.r * e;
        sums[7] += unsure * by_r;
        sums[8] -= unsure * by_r * share;
        sums[9] += unsure * by_alpha * by_alpha + left * k * (f + e);
        sums[10] += unsure * by_alpha;
        sums[11] -= unsure * by_alpha * share;
        sums[12] += unsure;
        sums[13] -= unsure * share;
        sums[14] += unsure * share * share + left * share * (share - 1.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Unit;

    #[test]
    fn derivatives_are_those_of_the_value() {
        let rows = [(0.0, 0.0, 5.0), (1.0, 3.0, 5.0), (7.0, 2.0, 30.0), (2.0, 0.5, 38.0), (90.0, 30.0, 31.0)];
        let groups = Groups::of(&Customers::from_numbers(Unit::Weeks, rows).unwrap());
        for first_counts in [false, true] {
            let of = |at: &[f64; 4]| {
                let [r, alpha, a, b] = at.map(f64::exp);
                Geometric { r, alpha, a, b, first_counts }.slope(&groups)
            };
            crate::newton::check_derivatives(&[-0.5, 1.5, -0.2, 0.9], of);
        }
    }
}
