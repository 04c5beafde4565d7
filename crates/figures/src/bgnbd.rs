//! BG/NBD: customers who may leave after each repeat purchase.
//!
//! Somebody alive buys at random at a rate λ, and leaves after each repeat purchase with probability p, both
//! of which differ from customer to customer:
//!
//! ```text
//! λ ~ Gamma(r, α)     mean rate r/α per unit of time
//! p ~ Beta(a, b)      mean a/(a+b) per purchase
//! ```
//!
//! Who has bought only once counts as alive for certain: P(alive) = 1 at x = 0 is an assumption of this
//! model, since nobody leaves before the second purchase, and no finding about the customer. Say so wherever
//! it is shown, or take MBG/NBD or Pareto/NBD for it.
//!
//! | answer | formula |
//! | --- | --- |
//! | P(alive) | 1 / (1 + a/(b+x-1) ((α+T)/(α+t_x))^(r+x)); 1 at x = 0 |
//! | purchases in (T, T+t], alive | E[(1 - (1 + p t/(α+T))^-(r+x)) / p], p ~ Beta(a, b+x) |
//! | DERT at rate δ, alive | E[λ / (λ p + δ)], p as above, λ ~ Gamma(r+x, α+T) |
//!
//! The second row is a hypergeometric function with poles at a = 1 and a + b = 1 in its printed form; here it
//! is taken after Euler's transformation with the poles divided out, so there are none.
//!
//! Source: Fader, Hardie and Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2); the
//! form of the likelihood that does not overflow after Hardie's note 027.

use crate::{
    fit::{Fit, NotAParameter, Parameters, Unfit, checked},
    geometric::{self, Geometric},
    purchases::PurchaseModel,
    summary::{Customers, History},
    time::Unit,
};

/// A BG/NBD model with its parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BgNbd {
    unit: Unit,
    inner: Geometric,
}

impl BgNbd {
    /// With r, α (in `unit`), a and b, all positive.
    pub fn new(unit: Unit, r: f64, alpha: f64, a: f64, b: f64) -> Result<Self, NotAParameter> {
        Self::from_parameters(unit, &[r, alpha, a, b])
    }
    /// The same from a list in the order r, α, a, b.
    pub fn from_parameters(unit: Unit, parameters: &[f64]) -> Result<Self, NotAParameter> {
        let [r, alpha, a, b] = checked::<Self, 4>(parameters)?;
        Ok(Self { unit, inner: Geometric { r, alpha, a, b, first_counts: false } })
    }
    /// The parameters under which these customers are likeliest.
    pub fn fit(customers: &Customers) -> Result<Fit<Self>, Unfit> {
        let found = geometric::fit(customers, false)?;
        let model =
            Self::from_parameters(customers.unit(), &found.parameters).map_err(|_| Unfit::OutOfRange)?;
        Ok(found.told(model, customers.total(), geometric::words))
    }
    /// r: the shape of the rates of buying.
    pub fn r(&self) -> f64 {
        self.inner.r
    }
    /// α: their scale, in units of time.
    pub fn alpha(&self) -> f64 {
        self.inner.alpha
    }
    /// a: of the Beta(a, b) of leaving.
    pub fn a(&self) -> f64 {
        self.inner.a
    }
    /// b: of the Beta(a, b) of leaving.
    pub fn b(&self) -> f64 {
        self.inner.b
    }
}

impl Parameters for BgNbd {
    const MODEL: &'static str = "bgnbd";
    const NAMES: &'static [&'static str] = &["r", "alpha", "a", "b"];
    fn parameters(&self) -> Vec<f64> {
        vec![self.inner.r, self.inner.alpha, self.inner.a, self.inner.b]
    }
    fn with(&self, parameters: &[f64]) -> Result<Self, NotAParameter> {
        Self::from_parameters(self.unit, parameters)
    }
    fn time_unit(&self) -> Option<Unit> {
        Some(self.unit)
    }
}

impl PurchaseModel for BgNbd {
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
        self.inner.alive(history)
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
