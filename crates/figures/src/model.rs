//! Any model of repeat buying, chosen by its name: for whoever learns only while running which one it is.

use crate::{
    bgbb::BgBb,
    bgnbd::BgNbd,
    fit::{Fit, NotAParameter, Outcome, Parameters, Report, Unfit, delta_method},
    mbgnbd::MbgNbd,
    nbd::Nbd,
    paretonbd::ParetoNbd,
    purchases::PurchaseModel,
    summary::{Customers, History, Impossible},
    time::Unit,
};

/// A model of repeat buying with its parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Model {
    /// See [`crate::bgnbd`].
    BgNbd(BgNbd),
    /// See [`crate::mbgnbd`].
    MbgNbd(MbgNbd),
    /// See [`crate::paretonbd`].
    ParetoNbd(ParetoNbd),
    /// See [`crate::bgbb`].
    BgBb(BgBb),
    /// See [`crate::nbd`].
    Nbd(Nbd),
}

/// Which model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// See [`crate::bgnbd`].
    BgNbd,
    /// See [`crate::mbgnbd`].
    MbgNbd,
    /// See [`crate::paretonbd`].
    ParetoNbd,
    /// See [`crate::bgbb`].
    BgBb,
    /// See [`crate::nbd`].
    Nbd,
}

impl Kind {
    /// All there are.
    pub const ALL: [Self; 5] = [Self::BgNbd, Self::MbgNbd, Self::ParetoNbd, Self::BgBb, Self::Nbd];

    /// The model of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
    /// Its name in commands and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::BgNbd => BgNbd::MODEL,
            Self::MbgNbd => MbgNbd::MODEL,
            Self::ParetoNbd => ParetoNbd::MODEL,
            Self::BgBb => BgBb::MODEL,
            Self::Nbd => Nbd::MODEL,
        }
    }
    /// The names of its parameters, in their order.
    pub fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::BgNbd => BgNbd::NAMES,
            Self::MbgNbd => MbgNbd::NAMES,
            Self::ParetoNbd => ParetoNbd::NAMES,
            Self::BgBb => BgBb::NAMES,
            Self::Nbd => Nbd::NAMES,
        }
    }
    /// With parameters, in the order of their names.
    pub fn with(self, unit: Unit, parameters: &[f64]) -> Result<Model, NotAParameter> {
        Ok(match self {
            Self::BgNbd => Model::BgNbd(BgNbd::from_parameters(unit, parameters)?),
            Self::MbgNbd => Model::MbgNbd(MbgNbd::from_parameters(unit, parameters)?),
            Self::ParetoNbd => Model::ParetoNbd(ParetoNbd::from_parameters(unit, parameters)?),
            Self::BgBb => Model::BgBb(BgBb::from_parameters(unit, parameters)?),
            Self::Nbd => Model::Nbd(Nbd::from_parameters(unit, parameters)?),
        })
    }
    /// Fitted to customers.
    pub fn fit(self, customers: &Customers) -> Result<AnyFit, Unfit> {
        Ok(match self {
            Self::BgNbd => AnyFit::of(BgNbd::fit(customers)?, Model::BgNbd),
            Self::MbgNbd => AnyFit::of(MbgNbd::fit(customers)?, Model::MbgNbd),
            Self::ParetoNbd => AnyFit::of(ParetoNbd::fit(customers)?, Model::ParetoNbd),
            Self::BgBb => AnyFit::of(BgBb::fit(customers)?, Model::BgBb),
            Self::Nbd => AnyFit::of(Nbd::fit(customers)?, Model::Nbd),
        })
    }
}

/// A fit of whichever model.
#[derive(Debug, Clone, PartialEq)]
pub struct AnyFit {
    /// The model with its parameters.
    pub model: Model,
    /// The fit as it is written down.
    pub report: Report,
    /// Whether the data told.
    pub outcome: Outcome,
    /// Covariances of the parameters, in their order.
    pub covariance: Vec<Vec<f64>>,
}

impl AnyFit {
    fn of<M: Parameters>(fit: Fit<M>, any: impl Fn(M) -> Model) -> Self {
        let report = fit.report();
        Self { model: any(fit.model), report, outcome: fit.outcome, covariance: fit.covariance }
    }
    /// Standard error of whatever is computed from the model: see [`Fit::standard_error`].
    pub fn standard_error(&self, answer: impl Fn(&Model) -> f64) -> Option<f64> {
        let (kind, unit) = (self.model.kind(), self.model.unit());
        let there = |parameters: &[f64]| kind.with(unit, parameters).ok().map(|it| answer(&it));
        delta_method(&self.covariance, &self.model.parameters(), there)
    }
}

/// A written fit that is no model.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NotAModel {
    /// No model has that name.
    #[error("there is no model of buying named “{0}”: bgnbd, mbgnbd, paretonbd, bgbb or nbd")]
    Name(String),
    /// It does not say what its times are counted in.
    #[error("it does not say what its times are counted in (unit: days, weeks, months or years)")]
    NoUnit,
    /// A parameter is missing.
    #[error("it has no parameter {0}")]
    Missing(&'static str),
    /// A parameter cannot be.
    #[error(transparent)]
    Parameter(#[from] NotAParameter),
}

impl TryFrom<&Report> for Model {
    type Error = NotAModel;
    fn try_from(report: &Report) -> Result<Self, NotAModel> {
        let kind = Kind::named(&report.model).ok_or_else(|| NotAModel::Name(report.model.clone()))?;
        let unit = report.unit.ok_or(NotAModel::NoUnit)?;
        let value = |name: &&'static str| report.params.get(name).ok_or(NotAModel::Missing(name));
        let parameters: Vec<f64> = kind.parameters().iter().map(value).collect::<Result<_, _>>()?;
        Ok(kind.with(unit, &parameters)?)
    }
}

impl Model {
    fn inner(&self) -> &dyn PurchaseModel {
        match self {
            Self::BgNbd(it) => it,
            Self::MbgNbd(it) => it,
            Self::ParetoNbd(it) => it,
            Self::BgBb(it) => it,
            Self::Nbd(it) => it,
        }
    }
    /// Which model it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::BgNbd(_) => Kind::BgNbd,
            Self::MbgNbd(_) => Kind::MbgNbd,
            Self::ParetoNbd(_) => Kind::ParetoNbd,
            Self::BgBb(_) => Kind::BgBb,
            Self::Nbd(_) => Kind::Nbd,
        }
    }
    /// Whether a history can be read by it: where buying has opportunities, times are whole and purchases at
    /// most one at each.
    pub fn check(&self, history: &History) -> Result<(), Impossible> {
        match self {
            Self::BgBb(_) => history.at_opportunities().map(|_| ()),
            _ => Ok(()),
        }
    }
    /// Its parameters, in the order of [`Kind::parameters`].
    pub fn parameters(&self) -> Vec<f64> {
        match self {
            Self::BgNbd(it) => it.parameters(),
            Self::MbgNbd(it) => it.parameters(),
            Self::ParetoNbd(it) => it.parameters(),
            Self::BgBb(it) => it.parameters(),
            Self::Nbd(it) => it.parameters(),
        }
    }
}

impl PurchaseModel for Model {
    fn name(&self) -> &'static str {
        self.inner().name()
    }
    fn unit(&self) -> Unit {
        self.inner().unit()
    }
    fn log_likelihood(&self, history: &History) -> f64 {
        self.inner().log_likelihood(history)
    }
    fn alive(&self, history: &History) -> f64 {
        self.inner().alive(history)
    }
    fn expected_if_alive(&self, x: u32, t_end: f64, t: f64) -> f64 {
        self.inner().expected_if_alive(x, t_end, t)
    }
    fn residual_if_alive(&self, x: u32, t_end: f64, delta: f64) -> f64 {
        self.inner().residual_if_alive(x, t_end, delta)
    }
    fn mass(&self, n: u32, t: f64) -> f64 {
        self.inner().mass(n, t)
    }
    fn log_likelihood_of(&self, customers: &Customers) -> f64 {
        self.inner().log_likelihood_of(customers)
    }
}
