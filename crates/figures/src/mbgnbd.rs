//! MBG/NBD: customers who may leave after every purchase, the first among them.
//!
//! Somebody alive buys at random at a rate λ, and leaves after every purchase with probability p, both of
//! which differ from customer to customer:
//!
//! ```text
//! λ ~ Gamma(r, α)     mean rate r/α per unit of time
//! p ~ Beta(a, b)      mean a/(a+b) per purchase
//! ```
//!
//! It is BG/NBD in which the first purchase is a chance to leave, too, so that somebody who bought once and
//! never again is no longer alive for certain.
//!
//! | answer | formula |
//! | --- | --- |
//! | P(alive) | 1 / (1 + a/(b+x) ((α+T)/(α+t_x))^(r+x)) |
//! | purchases in (T, T+t], alive | E[(1 - (1 + p t/(α+T))^-(r+x)) / p], p ~ Beta(a, b+x+1) |
//! | DERT at rate δ, alive | E[λ / (λ p + δ)], p as above, λ ~ Gamma(r+x, α+T) |
//!
//! The second row is a hypergeometric function with poles at a = 1 and a + b = 1 in its printed form; here it
//! is taken after Euler's transformation with the poles divided out, so there are none.
//!
//! Source: Batislam, Denizel and Filiztekin (2007), International Journal of Research in Marketing 24(3);
//! Hoppe and Wagner (2007) call the same model CBG/NBD.

use crate::{
    fit::{Fit, NotAParameter, Parameters, Unfit, checked},
    geometric::{self, Geometric},
    purchases::PurchaseModel,
    summary::{Customers, History},
    time::Unit,
};

/// A MBG/NBD model with its parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MbgNbd {
    unit: Unit,
    inner: Geometric,
}

impl MbgNbd {
    /// With r, α (in `unit`), a and b, all positive.
    pub fn new(unit: Unit, r: f64, alpha: f64, a: f64, b: f64) -> Result<Self, NotAParameter> {
        Self::from_parameters(unit, &[r, alpha, a, b])
    }
    /// The same from a list in the order r, α, a, b.
    pub fn from_parameters(unit: Unit, parameters: &[f64]) -> Result<Self, NotAParameter> {
        let [r, alpha, a, b] = checked::<Self, 4>(parameters)?;
        Ok(Self { unit, inner: Geometric { r, alpha, a, b, first_counts: true } })
    }
    /// The parameters under which these customers are likeliest.
    pub fn fit(customers: &Customers) -> Result<Fit<Self>, Unfit> {
        let found = geometric::fit(customers, true)?;
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

impl Parameters for MbgNbd {
    const MODEL: &'static str = "mbgnbd";
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

impl PurchaseModel for MbgNbd {
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
