//! What fitting a model to customers answers: the parameters, how sure they are, and in plain words whether
//! the data can tell.
//!
//! A fit is the maximum of the likelihood, found with analytic gradients from several starts. Where the
//! maximum lies at no finite parameters - everybody buys alike, nobody leaves - the answer is
//! [`Outcome::Boundary`]: what was seen, in a sentence, and parameters from a second climb with a weak prior,
//! so that predictions can still be made and are not presented as a fit.
//!
//! Standard errors are the roots of the diagonal of the inverse of the matrix of second derivatives; errors
//! of whatever is computed from parameters follow by the delta method ([`Fit::standard_error`]).

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    newton::{Slope, Top, climb, covariance},
    summary::Impossible,
    time::Unit,
};

/// A model that is a handful of positive numbers.
pub trait Parameters: Sized {
    /// The model's name in commands and files, such as `bgnbd`.
    const MODEL: &'static str;
    /// What its parameters are called in the literature, in their order.
    const NAMES: &'static [&'static str];
    /// The parameters, in the order of their names.
    fn parameters(&self) -> Vec<f64>;
    /// The same model with other parameters.
    fn with(&self, parameters: &[f64]) -> Result<Self, NotAParameter>;
    /// What its times are counted in, if it knows time.
    fn time_unit(&self) -> Option<Unit>;
}

/// A parameter that no model has: all are positive and finite.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NotAParameter {
    /// Zero, negative, infinite or NaN.
    #[error("{model} needs {name} to be positive and finite; it is {value}")]
    NotPositive {
        /// The model.
        model: &'static str,
        /// The parameter.
        name: &'static str,
        /// What was given.
        value: f64,
    },
    /// Too few or too many.
    #[error("{model} has {expected} parameters; {given} were given")]
    Number {
        /// The model.
        model: &'static str,
        /// How many it has.
        expected: usize,
        /// How many were given.
        given: usize,
    },
}

/// The parameters if each is positive and finite and none is missing.
pub(crate) fn checked<M: Parameters, const N: usize>(given: &[f64]) -> Result<[f64; N], NotAParameter> {
    let number = NotAParameter::Number { model: M::MODEL, expected: N, given: given.len() };
    let all: [f64; N] = given.try_into().map_err(|_| number)?;
    let wrong = M::NAMES.iter().zip(all).find(|it| !(it.1 > 0.0 && it.1.is_finite()));
    match wrong {
        Some((name, value)) => Err(NotAParameter::NotPositive { model: M::MODEL, name, value }),
        None => Ok(all),
    }
}

/// Why there is no fit.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Unfit {
    /// There are no rows.
    #[error("there are no customers to learn from")]
    NoCustomers,
    /// Nobody has bought again.
    #[error(
        "no repeat purchases yet: of {0} customers nobody has bought a second time, so nothing can be learnt of how often"
    )]
    NoRepeats(u64),
    /// All were observed for no time.
    #[error("nobody has been observed for any time")]
    NoTime,
    /// A row does not fit this model.
    #[error("row {row}: {why}")]
    Row {
        /// Which row, from 1.
        row: usize,
        /// Why not.
        why: Impossible,
    },
    /// No customer has spent anything twice.
    #[error("nobody has bought again and spent something, so nothing can be learnt of spending")]
    NoSpending,
    /// Nobody left, or nobody stayed.
    #[error("a cohort must lose somebody, and not everybody at once: {0}")]
    NoRenewals(&'static str),
    /// The numbers are so far apart that the likelihood is no number.
    #[error("the likelihood cannot be computed for numbers so large or so far apart")]
    OutOfRange,
}

/// Towards which edge a parameter ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Edge {
    /// To zero.
    Zero,
    /// Without bound.
    Infinity,
}

/// What is seen where the best parameters are no finite numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Boundary {
    /// Which parameters ran where. Empty where the likelihood is level.
    pub edges: Vec<(&'static str, Edge)>,
    /// The log-likelihood reached there, which no parameters of the answer exceed.
    pub log_likelihood: f64,
    /// What it says of the customers.
    pub words: String,
}

/// Whether the data told.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The parameters are the best there are.
    Converged,
    /// The best parameters lie at no finite place; those given hold to a weak prior.
    Boundary(Boundary),
}

impl Outcome {
    /// As it is written in files: `converged` or `boundary`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Converged => "converged",
            Self::Boundary(_) => "boundary",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Converged => f.write_str("the parameters are the best there are for these data"),
            Self::Boundary(it) => f.write_str(&it.words),
        }
    }
}

/// A fitted model and how sure it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Fit<M> {
    /// The model with its parameters.
    pub model: M,
    /// How many customers it learnt from.
    pub customers: u64,
    /// The log-likelihood of the data as given, in their own unit of time.
    pub log_likelihood: f64,
    /// Whether the data told.
    pub outcome: Outcome,
    /// Newton steps taken, over all starts.
    pub iterations: usize,
    /// Covariances of the parameters, in their order: symmetric and positive definite.
    pub covariance: Vec<Vec<f64>>,
}

impl<M: Parameters> Fit<M> {
    /// Standard errors of the parameters, in their order.
    pub fn standard_errors(&self) -> Vec<f64> {
        self.covariance.iter().enumerate().map(|(i, row)| row[i].sqrt()).collect()
    }
    /// Standard error of whatever is computed from the model, by the delta method: √(g' V g) with the
    /// gradient g by central differences. Zero where the answer does not depend on the parameters, `None`
    /// where it is not a number nearby.
    ///
    /// It says how sure the number is given the model, not how far somebody's future may lie from it.
    pub fn standard_error(&self, answer: impl Fn(&M) -> f64) -> Option<f64> {
        let there = |parameters: &[f64]| self.model.with(parameters).ok().map(|it| answer(&it));
        delta_method(&self.covariance, &self.model.parameters(), there)
    }
    /// The fit as it is written down.
    pub fn report(&self) -> Report {
        let named =
            |values: Vec<f64>| Named(M::NAMES.iter().map(|it| (*it).to_owned()).zip(values).collect());
        Report {
            model: M::MODEL.to_owned(),
            unit: self.model.time_unit(),
            n: self.customers,
            params: named(self.model.parameters()),
            se: named(self.standard_errors()),
            ll: self.log_likelihood,
            status: self.outcome.name().to_owned(),
            iterations: self.iterations,
            words: self.outcome.to_string(),
        }
    }
}

/// √(g' V g), with the gradient g of an answer by the parameters from central differences.
pub(crate) fn delta_method(
    covariance: &[Vec<f64>],
    at: &[f64],
    answer: impl Fn(&[f64]) -> Option<f64>,
) -> Option<f64> {
    let slope_along = |i: usize| {
        let step = 1e-5 * at[i];
        let beside = |by: f64| {
            let mut there = at.to_vec();
            there[i] += by;
            answer(&there)
        };
        Some((beside(step)? - beside(-step)?) / (2.0 * step))
    };
    let gradient: Vec<f64> = (0..at.len()).map(slope_along).collect::<Option<_>>()?;
    let along = |row: &Vec<f64>| row.iter().zip(&gradient).map(|(v, g)| v * g).sum::<f64>();
    let variance: f64 = covariance.iter().zip(&gradient).map(|(row, g)| g * along(row)).sum();
    variance.is_finite().then(|| variance.max(0.0).sqrt())
}

/// A fit as it is written to a file and read back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The model's name.
    pub model: String,
    /// What its times are counted in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<Unit>,
    /// How many customers it learnt from.
    pub n: u64,
    /// Its parameters.
    pub params: Named,
    /// Their standard errors.
    pub se: Named,
    /// The log-likelihood of the data as given.
    pub ll: f64,
    /// `converged` or `boundary`.
    pub status: String,
    /// Newton steps taken.
    pub iterations: usize,
    /// The same status in a sentence.
    #[serde(default)]
    pub words: String,
}

/// Numbers with their names, written in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct Named(pub Vec<(String, f64)>);

impl Named {
    /// The number of that name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|it| it.0 == name).map(|it| it.1)
    }
}

impl Serialize for Named {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de> Deserialize<'de> for Named {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(BTreeMap::<String, f64>::deserialize(deserializer)?.into_iter().collect()))
    }
}

/// How the search for the best parameters is to go.
pub(crate) struct Search<const N: usize> {
    /// Natural sizes of the parameters: the search is for their logarithms beside these.
    pub(crate) sizes: [f64; N],
    /// Where to begin, as logarithms beside the sizes.
    pub(crate) starts: Vec<[f64; N]>,
    /// Which parameters say how unlike customers are: these run away when they are alike, and are held by the
    /// prior.
    pub(crate) held: [bool; N],
}

/// The best parameters found.
pub(crate) struct Found<const N: usize> {
    pub(crate) parameters: [f64; N],
    pub(crate) log_likelihood: f64,
    pub(crate) covariance: Vec<Vec<f64>>,
    pub(crate) edges: Option<Edges<N>>,
    pub(crate) iterations: usize,
}

pub(crate) struct Edges<const N: usize> {
    pub(crate) of: [Option<Edge>; N],
    pub(crate) log_likelihood: f64,
}

/// Beyond these a parameter beside its natural size no longer says anything: customers with r = 10,000 buy as
/// if alike.
const INSIDE: (f64, f64) = (1e-3, 1e4);

/// The weak prior: the logarithm of a parameter beside its natural size lies around 0 with this standard
/// deviation, so a factor of 20 either way is nothing unusual.
const WEAK: f64 = 1.5;

/// Two tops this close, in logarithms, are the same.
const SAME: f64 = 0.05;

/// Finds the best parameters. `sketch` is a likelihood of fewer rows with which the starts are sorted out, if
/// the full one is dear.
pub(crate) fn search<const N: usize>(
    plan: &Search<N>,
    full: impl Fn(&[f64; N]) -> Slope<N>,
    sketch: Option<impl Fn(&[f64; N]) -> Slope<N>>,
) -> Result<Found<N>, Unfit> {
    let full = |at: &[f64; N]| full(&plan.parameters(at));
    let mut iterations = 0;
    let begin = match sketch {
        Some(sketch) => plan.tops_of(&|at: &[f64; N]| sketch(&plan.parameters(at)), &mut iterations),
        None => plan.starts.clone(),
    };
    let best = best_from(&begin, &full, &mut iterations).ok_or(Unfit::OutOfRange)?;
    let (top, edges) = if plan.is_inside(&best) {
        (best, None)
    } else {
        let held = |at: &[f64; N]| plan.hold(at, full(at));
        let top = best_from(&plan.starts, &held, &mut iterations).ok_or(Unfit::OutOfRange)?;
        (top, Some(Edges { of: plan.edges(&best), log_likelihood: best.slope.value }))
    };
    let parameters = plan.parameters(&top.at);
    let covariance = covariance(&top.slope.hessian).ok_or(Unfit::OutOfRange)?;
    let scaled = |i: usize| (0..N).map(|j| covariance[i][j] * (parameters[i] * parameters[j])).collect();
    Ok(Found {
        parameters,
        log_likelihood: full(&top.at).value,
        covariance: (0..N).map(scaled).collect(),
        edges,
        iterations,
    })
}

fn best_from<const N: usize>(
    starts: &[[f64; N]],
    likelihood: &impl Fn(&[f64; N]) -> Slope<N>,
    iterations: &mut usize,
) -> Option<Top<N>> {
    let tops = starts.iter().map(|start| climb(*start, likelihood));
    let counted = tops.inspect(|top| *iterations += top.steps);
    let finite: Vec<Top<N>> = counted.filter(|top| top.slope.value.is_finite()).collect();
    finite.into_iter().reduce(|best, it| if it.slope.value > best.slope.value + 1e-9 { it } else { best })
}

impl<const N: usize> Search<N> {
    fn parameters(&self, at: &[f64; N]) -> [f64; N] {
        std::array::from_fn(|i| at[i].exp() * self.sizes[i])
    }
    /// The different tops of a sketch, the highest first: where it is worth to begin in earnest.
    fn tops_of(&self, sketch: &impl Fn(&[f64; N]) -> Slope<N>, iterations: &mut usize) -> Vec<[f64; N]> {
        let mut tops: Vec<Top<N>> = self.starts.iter().map(|start| climb(*start, sketch)).collect();
        tops.sort_by(|a, b| b.slope.value.total_cmp(&a.slope.value));
        *iterations += tops.iter().map(|it| it.steps).sum::<usize>();
        let mut different: Vec<[f64; N]> = Vec::new();
        for top in tops {
            let near = |other: &[f64; N]| (0..N).all(|i| (other[i] - top.at[i]).abs() < SAME);
            if !different.iter().any(near) {
                different.push(top.at);
            }
        }
        different
    }
    fn is_inside(&self, top: &Top<N>) -> bool {
        top.settled && self.edges(top).iter().all(Option::is_none) && covariance(&top.slope.hessian).is_some()
    }
    fn edges(&self, top: &Top<N>) -> [Option<Edge>; N] {
        std::array::from_fn(|i| match top.at[i].exp() {
            low if low < INSIDE.0 => Some(Edge::Zero),
            high if high > INSIDE.1 => Some(Edge::Infinity),
            _ => None,
        })
    }
    /// Adds the weak prior.
    fn hold(&self, at: &[f64; N], mut slope: Slope<N>) -> Slope<N> {
        let sharp = 1.0 / (WEAK * WEAK);
        for i in (0..N).filter(|&i| self.held[i]) {
            slope.value -= 0.5 * sharp * at[i] * at[i];
            slope.gradient[i] -= sharp * at[i];
            slope.hessian[i][i] -= sharp;
        }
        slope
    }
}

impl<const N: usize> Found<N> {
    /// Makes the answer of it; `words` says what edges mean.
    pub(crate) fn told<M: Parameters>(
        self,
        model: M,
        customers: u64,
        words: impl Fn(&[(&'static str, Edge)]) -> String,
    ) -> Fit<M> {
        let outcome = match self.edges {
            None => Outcome::Converged,
            Some(found) => {
                let edges: Vec<_> =
                    M::NAMES.iter().zip(found.of).filter_map(|(name, edge)| Some((*name, edge?))).collect();
                let words = words(&edges);
                Outcome::Boundary(Boundary { edges, log_likelihood: found.log_likelihood, words })
            }
        };
        Fit {
            model,
            customers,
            log_likelihood: self.log_likelihood,
            outcome,
            iterations: self.iterations,
            covariance: self.covariance,
        }
    }
}

/// Second derivatives by central differences of an analytic gradient, for models whose rows are few.
pub(crate) fn with_differences<const N: usize>(
    at: &[f64; N],
    gradient: impl Fn(&[f64; N]) -> (f64, [f64; N]),
) -> Slope<N> {
    // The cube root of what a double can see, which balances rounding and bending.
    let step = 1e-5;
    let (value, here) = gradient(at);
    let mut hessian = [[0.0; N]; N];
    for (i, row) in hessian.iter_mut().enumerate() {
        let beside = |by: f64| {
            let mut there = *at;
            there[i] *= (by).exp();
            gradient(&there).1
        };
        let (up, down) = (beside(step), beside(-step));
        *row = std::array::from_fn(|j| (up[j] - down[j]) / (2.0 * step));
    }
    let level = |i: usize, j: usize| 0.5 * (hessian[i][j] + hessian[j][i]);
    Slope { value, gradient: here, hessian: std::array::from_fn(|i| std::array::from_fn(|j| level(i, j))) }
}
