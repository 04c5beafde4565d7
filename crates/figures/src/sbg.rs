//! sBG: subscribers who renew or cancel at the end of each period, each with a chance of their own to cancel.
//!
//! θ ~ Beta(α, β) is a subscriber's probability of cancelling at a renewal; the mean churn of new subscribers
//! is α/(α+β). Those who are likely to cancel go first, so a cohort's retention rises with its age though
//! nobody changes: one average rate of retention misstates what remains.
//!
//! | answer | formula |
//! | --- | --- |
//! | S(t), still there after t renewals | Π for j from 0 to t-1 of (β+j)/(α+β+j) |
//! | r_t, retention in period t | (β+t-1)/(α+β+t-1) |
//! | discounted expected lifetime of a new subscriber, DEL | E[(1+d)/(d+θ)], θ ~ Beta(α, β) |
//! | residual just before renewal n, DERL | r_n E[(1+d)/(d+θ)], θ ~ Beta(α, β+n) |
//!
//! `d` is compounded per period; payments come at the start of each period. Times the margin per period these
//! are lifetime values.
//!
//! Source: Fader and Hardie (2007), Journal of Interactive Marketing 21(1); (2010), Marketing Science 29(1).

use crate::{
    discount::Discount,
    fit::{Edge, Fit, NotAParameter, Parameters, Search, Unfit, checked, search},
    gamma::{ln_rising, rises},
    integrals::BetaPoints,
    newton::Slope,
    time::{Span, Unit},
};

/// A cohort of subscribers by how long they stayed: for each number of renewals, how many cancelled instead
/// of the next, and how many are still there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cohort {
    /// How many cancelled at renewal 1, 2, ...
    cancelled: Vec<u64>,
    /// How many are still there after 0, 1, ... renewals.
    there: Vec<u64>,
}

/// What no cohort does.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotACohort {
    /// More are there than were before.
    #[error("period {period}: {now} subscribers after {before}; a cohort does not grow")]
    Grows {
        /// Which period.
        period: usize,
        /// How many were there.
        before: u64,
        /// How many are there now.
        now: u64,
    },
    /// More periods than are counted one by one.
    #[error("{0} periods are more than are counted one by one (at most {MOST_PERIODS})")]
    TooLong(u64),
}

/// Periods are gone through one by one, so there must be an end to them.
pub const MOST_PERIODS: u32 = 100_000;

impl Cohort {
    /// From the numbers still there at the start and after each renewal.
    pub fn surviving(counts: &[u64]) -> Result<Self, NotACohort> {
        if counts.len() > MOST_PERIODS as usize {
            return Err(NotACohort::TooLong(counts.len() as u64));
        }
        let mut cohort = Self::default();
        for (period, pair) in (1..).zip(counts.windows(2)) {
            let (before, now) = (pair[0], pair[1]);
            let lost = before.checked_sub(now).ok_or(NotACohort::Grows { period, before, now })?;
            cohort.cancelled.push(lost);
        }
        cohort.there = vec![0; counts.len()];
        if let (Some(there), Some(last)) = (cohort.there.last_mut(), counts.last()) {
            *there = *last;
        }
        Ok(cohort)
    }
    /// Adds so many subscribers who have cancelled at the given renewal, or are still there after it.
    pub fn add(&mut self, renewals: u32, cancelled: bool, subscribers: u64) -> Result<(), NotACohort> {
        if renewals > MOST_PERIODS {
            return Err(NotACohort::TooLong(renewals.into()));
        }
        let (list, at) = match (cancelled, renewals) {
            // Whoever cancels before any renewal does so at the first.
            (true, it) => (&mut self.cancelled, it.max(1) as usize - 1),
            (false, it) => (&mut self.there, it as usize),
        };
        list.resize(list.len().max(at + 1), 0);
        list[at] += subscribers;
        Ok(())
    }
    /// How many subscribers there were.
    pub fn total(&self) -> u64 {
        self.cancelled.iter().chain(&self.there).sum()
    }
}

/// An sBG model with its parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sbg {
    alpha: f64,
    beta: f64,
}

impl Sbg {
    /// With α and β, both positive.
    pub fn new(alpha: f64, beta: f64) -> Result<Self, NotAParameter> {
        let [alpha, beta] = checked::<Self, 2>(&[alpha, beta])?;
        Ok(Self { alpha, beta })
    }
    /// The parameters under which this cohort is likeliest.
    pub fn fit(cohort: &Cohort) -> Result<Fit<Self>, Unfit> {
        let (lost, kept) = (cohort.cancelled.iter().sum::<u64>(), cohort.there.iter().skip(1).sum::<u64>());
        if cohort.total() == 0 {
            return Err(Unfit::NoCustomers);
        }
        if lost == 0 {
            return Err(Unfit::NoRenewals("nobody has cancelled"));
        }
        if kept == 0 && cohort.cancelled.iter().skip(1).sum::<u64>() == 0 {
            return Err(Unfit::NoRenewals("nobody has renewed"));
        }
        let plan = Search {
            sizes: [1.0; 2],
            starts: [[1.0, 1.0], [0.5, 4.0], [5.0, 5.0]].map(|it: [f64; 2]| it.map(f64::ln)).into(),
            held: [true; 2],
        };
        let found = search(&plan, |at| slope(cohort, *at), None::<fn(&[f64; 2]) -> Slope<2>>)?;
        let [alpha, beta] = found.parameters;
        Ok(found.told(Self { alpha, beta }, cohort.total(), words))
    }
    /// α: of the Beta(α, β) of cancelling.
    pub fn alpha(&self) -> f64 {
        self.alpha
    }
    /// β: of the Beta(α, β) of cancelling.
    pub fn beta(&self) -> f64 {
        self.beta
    }
    /// S(t): the share still there after t renewals.
    pub fn surviving(&self, renewals: u32) -> f64 {
        let t = f64::from(renewals);
        (ln_rising(self.beta, t) - ln_rising(self.alpha + self.beta, t)).exp()
    }
    /// r_t: the share of those there in period t who renew into the next, from t = 1. The goal for customers
    /// of that tenure.
    pub fn retention(&self, period: u32) -> f64 {
        let before = f64::from(period.max(1)) - 1.0;
        (self.beta + before) / (self.alpha + self.beta + before)
    }
    /// α/(α+β): what share of new subscribers cancels at the first renewal.
    pub fn mean_churn(&self) -> f64 {
        self.alpha / (self.alpha + self.beta)
    }
    /// The log-likelihood of a cohort.
    pub fn log_likelihood(&self, cohort: &Cohort) -> f64 {
        slope(cohort, [self.alpha, self.beta]).value
    }
    /// DEL: discounted number of periods paid for by a new subscriber, the first in full. `discount` is taken
    /// per `period`.
    pub fn lifetime(&self, discount: Discount, period: Span) -> f64 {
        self.discounted(0, discount.compounded(period))
    }
    /// DERL: the same for what remains of a subscriber just before renewal n (n from 1), who may yet not
    /// renew.
    pub fn residual(&self, renewal: u32, discount: Discount, period: Span) -> f64 {
        self.retention(renewal) * self.discounted(renewal, discount.compounded(period))
    }
    fn discounted(&self, renewals: u32, d: f64) -> f64 {
        let points = BetaPoints::new(self.alpha, self.beta + f64::from(renewals), d.min(1.0));
        points.mean(|theta, _| (1.0 + d) / (d + theta))
    }
}

fn words(_: &[(&'static str, Edge)]) -> String {
    "these subscribers cannot be told apart by how likely they are to cancel. The parameters given hold to a weak prior and are no fit"
        .into()
}

/// Value and derivatives of Σ cancelled ln(S(t-1) - S(t)) + Σ there ln S(t), by the logarithms of α and β.
fn slope(cohort: &Cohort, [alpha, beta]: [f64; 2]) -> Slope<2> {
    let periods = cohort.cancelled.len().max(cohort.there.len()) as u32;
    let (stay, all) = (rises(beta, 0..=periods), rises(alpha + beta, 0..=periods));
    let mut slope = Slope::flat();
    // For each way to end: how many, how often they stayed, how many renewals they met, and whether they
    // cancelled.
    let cancelled = cohort.cancelled.iter().enumerate().map(|(t, n)| (*n, t, t + 1, 1.0));
    let there = cohort.there.iter().enumerate().map(|(t, n)| (*n, t, t, 0.0));
    for (n, stayed, met, left) in cancelled.chain(there).filter(|it| it.0 > 0) {
        let (n, stay, all) = (n as f64, stay[stayed], all[met]);
        let (by_alpha, by_beta) = (left - alpha * all.first, beta * (stay.first - all.first));
        slope.value += n * (left * alpha.ln() + stay.ln - all.ln);
        slope.gradient[0] += n * by_alpha;
        slope.gradient[1] += n * by_beta;
        slope.hessian[0][0] -= n * alpha * (all.first + alpha * all.second);
        slope.hessian[0][1] -= n * alpha * beta * all.second;
        slope.hessian[1][1] += n * (by_beta + beta * beta * (stay.second - all.second));
    }
    slope.hessian[1][0] = slope.hessian[0][1];
    slope
}

impl Parameters for Sbg {
    const MODEL: &'static str = "sbg";
    const NAMES: &'static [&'static str] = &["alpha", "beta"];
    fn parameters(&self) -> Vec<f64> {
        vec![self.alpha, self.beta]
    }
    fn with(&self, parameters: &[f64]) -> Result<Self, NotAParameter> {
        let [alpha, beta] = checked::<Self, 2>(parameters)?;
        Ok(Self { alpha, beta })
    }
    fn time_unit(&self) -> Option<Unit> {
        None
    }
}
