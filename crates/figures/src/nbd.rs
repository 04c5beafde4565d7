//! NBD: customers who buy at different rates and never leave. The baseline that other models have to beat.
//!
//! λ ~ Gamma(r, α), mean rate r/α per unit of time. Likelihood of the times of purchase: Γ(r+x)/Γ(r) α^r /
//! (α+T)^(r+x). Expected in (T, T+t]: (r+x)/(α+T) t, and discounted without end at δ: (r+x)/(α+T) / δ.
//!
//! Source: Ehrenberg (1959), The pattern of consumer purchases, Applied Statistics 8(1).

use crate::{
    fit::{Edge, Fit, NotAParameter, Parameters, Search, Unfit, checked, search},
    gamma::{ln_rising, rises},
    geometric::check,
    groups::Groups,
    newton::Slope,
    purchases::PurchaseModel,
    summary::{Customers, History},
    time::Unit,
};

/// An NBD model with its parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nbd {
    unit: Unit,
    r: f64,
    alpha: f64,
}

impl Nbd {
    /// With r and α (in `unit`), both positive.
    pub fn new(unit: Unit, r: f64, alpha: f64) -> Result<Self, NotAParameter> {
        Self::from_parameters(unit, &[r, alpha])
    }
    /// The same from a list in the order r, α.
    pub fn from_parameters(unit: Unit, parameters: &[f64]) -> Result<Self, NotAParameter> {
        let [r, alpha] = checked::<Self, 2>(parameters)?;
        Ok(Self { unit, r, alpha })
    }
    /// The parameters under which these customers are likeliest.
    pub fn fit(customers: &Customers) -> Result<Fit<Self>, Unfit> {
        let groups = Groups::of(customers);
        check(customers, &groups)?;
        let (mean_end, mean_x) = groups.means();
        let plan = Search {
            sizes: [1.0, mean_end / mean_x],
            starts: vec![[0.5_f64.ln(); 2], [2.0_f64.ln(); 2]],
            held: [true, false],
        };
        let none = None::<fn(&[f64; 2]) -> Slope<2>>;
        let found = search(&plan, |at| slope(&groups, *at), none)?;
        let model =
            Self::from_parameters(customers.unit(), &found.parameters).map_err(|_| Unfit::OutOfRange)?;
        Ok(found.told(model, customers.total(), words))
    }
    /// r: the shape of the rates of buying.
    pub fn r(&self) -> f64 {
        self.r
    }
    /// α: their scale, in units of time.
    pub fn alpha(&self) -> f64 {
        self.alpha
    }
    fn rate(&self, x: u32, t_end: f64) -> f64 {
        (self.r + f64::from(x)) / (self.alpha + t_end)
    }
}

fn words(_: &[(&'static str, Edge)]) -> String {
    "these customers cannot be told apart by how often they buy. The parameters given hold to a weak prior and are no fit"
        .into()
}

fn slope(groups: &Groups, [r, alpha]: [f64; 2]) -> Slope<2> {
    let mut slope = Slope::flat();
    let rises = rises(r, groups.counts.iter().copied());
    for it in &groups.rows {
        let (rise, x) = (rises[it.count as usize], f64::from(groups.counts[it.count as usize]));
        let time = groups.times[it.end as usize];
        let (share, log) = (alpha / (alpha + time), (time / alpha).ln_1p());
        let by_r = r * (rise.first - log);
        slope.value += it.weight * (rise.ln - r * log - x * (alpha + time).ln());
        slope.gradient[0] += it.weight * by_r;
        slope.gradient[1] += it.weight * (r - (r + x) * share);
        slope.hessian[0][0] += it.weight * (by_r + r * r * rise.second);
        slope.hessian[0][1] += it.weight * r * (1.0 - share);
        slope.hessian[1][1] -= it.weight * (r + x) * share * (1.0 - share);
    }
    slope.hessian[1][0] = slope.hessian[0][1];
    slope
}

impl Parameters for Nbd {
    const MODEL: &'static str = "nbd";
    const NAMES: &'static [&'static str] = &["r", "alpha"];
    fn parameters(&self) -> Vec<f64> {
        vec![self.r, self.alpha]
    }
    fn with(&self, parameters: &[f64]) -> Result<Self, NotAParameter> {
        Self::from_parameters(self.unit, parameters)
    }
    fn time_unit(&self) -> Option<Unit> {
        Some(self.unit)
    }
}

impl PurchaseModel for Nbd {
    fn name(&self) -> &'static str {
        Self::MODEL
    }
    fn unit(&self) -> Unit {
        self.unit
    }
    fn log_likelihood(&self, history: &History) -> f64 {
        let (x, t) = (f64::from(history.x()), history.t_end());
        ln_rising(self.r, x) - self.r * (t / self.alpha).ln_1p() - x * (self.alpha + t).ln()
    }
    fn alive(&self, _: &History) -> f64 {
        1.0
    }
    fn expected_if_alive(&self, x: u32, t_end: f64, t: f64) -> f64 {
        self.rate(x, t_end) * t
    }
    fn residual_if_alive(&self, x: u32, t_end: f64, delta: f64) -> f64 {
        self.rate(x, t_end) / delta
    }
    fn mass(&self, n: u32, t: f64) -> f64 {
        let x = f64::from(n);
        let of_time = if n == 0 { 0.0 } else { x * (t / (self.alpha + t)).ln() };
        (ln_rising(self.r, x) - ln_rising(1.0, x) - self.r * (t / self.alpha).ln_1p() + of_time).exp()
    }
}
