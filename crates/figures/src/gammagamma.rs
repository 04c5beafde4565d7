//! Gamma-Gamma: how much customers spend on an occasion, learnt from few occasions of each.
//!
//! A customer's amounts vary around a mean of their own, ζ; those means vary among customers:
//!
//! ```text
//! amounts ~ Gamma(p, ν), so ζ = p/ν      ν ~ Gamma(q, v)
//! ```
//!
//! | answer | formula |
//! | --- | --- |
//! | likelihood of a mean m over x occasions | Γ(px+q)/(Γ(px)Γ(q)) v^q m^(px-1) x^(px) / (v + m x)^(px+q) |
//! | expected mean spend given x and m | p (v + m x) / (px + q - 1) |
//! | mean over all customers | p v/(q-1), which is infinite for q <= 1 |
//!
//! m is the mean over repeat occasions and x their number; amounts are in one currency. The model takes spend
//! to be independent of how often somebody buys.
//!
//! Source: Fader, Hardie and Lee (2005), Journal of Marketing Research 42(4); Fader and Hardie's note 025.

use crate::{
    fit::{Edge, Fit, NotAParameter, Parameters, Search, Unfit, checked, search, with_differences},
    gamma::{digamma, gamma_below, ln_gamma, ln_rising},
    newton::Slope,
    time::Unit,
};

/// What one customer spends on a repeat occasion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spend {
    /// Number of repeat occasions.
    pub x: u32,
    /// Mean spend over them.
    pub mean: f64,
}

/// A Gamma-Gamma model with its parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GammaGamma {
    p: f64,
    q: f64,
    v: f64,
}

/// A fit with what of the rows it could use.
#[derive(Debug, Clone, PartialEq)]
pub struct SpendFit {
    /// The fit itself.
    pub fit: Fit<GammaGamma>,
    /// Rows set aside because nothing was bought again.
    pub without_repeat: u64,
    /// Rows set aside because the mean spend was zero or below.
    pub without_spend: u64,
}

/// A mean that is infinite.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error(
    "spending is so unequal (q = {q} <= 1) that it has no mean: no average can be foretold; half of all customers spend less than {median} on average"
)]
pub struct NoMean {
    /// The parameter q.
    pub q: f64,
    /// The median of customers' mean spend.
    pub median: f64,
}

/// A row of spend that is no number.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("row {row}: the mean spend is {value}, which is no finite number")]
pub struct NotSpend {
    /// Which row, from 1.
    pub row: usize,
    /// What stands there.
    pub value: f64,
}

/// Why there is no fit of spending.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SpendUnfit {
    /// A value is no number.
    #[error(transparent)]
    NotSpend(#[from] NotSpend),
    /// Nothing can be learnt.
    #[error(transparent)]
    Unfit(#[from] Unfit),
}

impl GammaGamma {
    /// With p, q and v (in the currency), all positive.
    pub fn new(p: f64, q: f64, v: f64) -> Result<Self, NotAParameter> {
        let [p, q, v] = checked::<Self, 3>(&[p, q, v])?;
        Ok(Self { p, q, v })
    }
    /// The parameters under which this spending is likeliest. Only rows with repeats and a spend above zero
    /// are used; how many were set aside is told.
    pub fn fit(spending: &[Spend]) -> Result<SpendFit, SpendUnfit> {
        let wrong = (1..).zip(spending).find(|it| !it.1.mean.is_finite());
        if let Some((row, it)) = wrong {
            return Err(NotSpend { row, value: it.mean }.into());
        }
        let repeats: Vec<&Spend> = spending.iter().filter(|it| it.x > 0).collect();
        let used: Vec<&Spend> = repeats.iter().copied().filter(|it| it.mean > 0.0).collect();
        let fit = fit(&used)?;
        let aside = |from: usize, to: usize| (from - to) as u64;
        Ok(SpendFit {
            fit,
            without_repeat: aside(spending.len(), repeats.len()),
            without_spend: aside(repeats.len(), used.len()),
        })
    }
    /// p: the shape of a customer's own amounts.
    pub fn p(&self) -> f64 {
        self.p
    }
    /// q: the shape of what differs among customers.
    pub fn q(&self) -> f64 {
        self.q
    }
    /// v: its scale, in the currency. (The literature's γ.)
    pub fn v(&self) -> f64 {
        self.v
    }
    /// ln of the density of a mean spend over x occasions; `None` where there were none, or nothing was
    /// spent.
    pub fn log_likelihood(&self, it: Spend) -> Option<f64> {
        (it.x > 0 && it.mean > 0.0).then(|| self.density(f64::from(it.x), it.mean).0)
    }
    /// The mean spend over all customers: p v/(q-1).
    pub fn population_mean(&self) -> Result<f64, NoMean> {
        if self.q > 1.0 {
            Ok(self.p * self.v / (self.q - 1.0))
        } else {
            Err(NoMean { q: self.q, median: self.median() })
        }
    }
    /// The expected mean spend of somebody with this past; for whoever has not bought again it is that of all
    /// customers. Who was given back more than they spent counts as having spent nothing, so that no value is
    /// negative.
    pub fn expected(&self, it: Spend) -> Result<f64, NoMean> {
        let x = f64::from(it.x);
        let below = self.p * x + self.q - 1.0;
        if it.x == 0 {
            return self.population_mean();
        }
        if below > 0.0 {
            // The weighted mean of what they spent and what all do, so that nothing grows too large.
            return Ok(it.mean.max(0.0) * (self.p * x / below) + self.p * self.v / below);
        }
        Err(NoMean { q: self.q, median: self.median() })
    }
    /// The median of customers' mean spend, which exists for every q: p v over the median of a Gamma(q, 1).
    pub fn median(&self) -> f64 {
        let (mut low, mut high) = (-800.0_f64, self.q.ln());
        // The median of a Gamma lies below its mean; halved until it moves no more.
        for _ in 0..100 {
            let middle = 0.5 * (low + high);
            if gamma_below(self.q, middle.exp()) < 0.5 { low = middle } else { high = middle }
        }
        self.p * self.v * (-0.5 * (low + high)).exp()
    }
    /// ln of the density and its derivatives by p, q and v. The large parts are taken together before
    /// anything is rounded: with z = m x / v and n = px it is ln Γ(n+q)/Γ(n) - ln Γ(q) - ln m - n ln(1+1/z) -
    /// q ln(1+z).
    fn density(&self, x: f64, m: f64) -> (f64, [f64; 3]) {
        let (n, z) = (self.p * x, m * x / self.v);
        let (shrunk, grown) = ((1.0 / z).ln_1p(), z.ln_1p());
        let value = ln_rising(n, self.q) - ln_gamma(self.q) - m.ln() - n * shrunk - self.q * grown;
        let both = digamma(n + self.q);
        let by_p = x * (both - digamma(n) - shrunk);
        let by_q = both - digamma(self.q) - grown;
        let by_v = (self.q * z - n) / (1.0 + z) / self.v;
        (value, [by_p, by_q, by_v])
    }
}

fn fit(spending: &[&Spend]) -> Result<Fit<GammaGamma>, Unfit> {
    if spending.is_empty() {
        return Err(Unfit::NoSpending);
    }
    // Spending is counted in its own mean, so that no currency is too large.
    let mean = spending.iter().map(|it| it.mean / spending.len() as f64).sum::<f64>();
    if !mean.is_finite() || mean <= 0.0 {
        return Err(Unfit::OutOfRange);
    }
    let rows: Vec<(f64, f64)> = spending.iter().map(|it| (f64::from(it.x), it.mean / mean)).collect();
    let gradient = |at: &[f64; 3]| {
        let model = GammaGamma { p: at[0], q: at[1], v: at[2] };
        let add = |sum: (f64, [f64; 3]), row: &(f64, f64)| {
            let (value, by) = model.density(row.0, row.1);
            (sum.0 + value, std::array::from_fn(|i| sum.1[i] + by[i] * at[i]))
        };
        rows.iter().fold((0.0, [0.0; 3]), add)
    };
    let plan = Search {
        sizes: [1.0; 3],
        starts: [[1.0, 2.0, 1.0], [5.0, 4.0, 0.6], [20.0, 1.5, 0.1]]
            .map(|it: [f64; 3]| it.map(f64::ln))
            .into(),
        held: [true, true, false],
    };
    let none = None::<fn(&[f64; 3]) -> Slope<3>>;
    let found = search(&plan, |at| with_differences(at, gradient), none)?;
    let [p, q, v] = found.parameters;
    let mut fit = found.told(GammaGamma { p, q, v: v * mean }, spending.len() as u64, words);
    fit.log_likelihood -= spending.len() as f64 * mean.ln();
    for (i, row) in fit.covariance.iter_mut().enumerate() {
        row[2] *= mean;
        if i == 2 {
            row.iter_mut().for_each(|it| *it *= mean);
        }
    }
    Ok(fit)
}

fn words(edges: &[(&'static str, Edge)]) -> String {
    let said = match edges.contains(&("p", Edge::Infinity)) {
        true => "everybody always spends the same, so nothing can be told of how amounts vary",
        false => "these customers cannot be told apart by what they spend",
    };
    format!("{said}. The parameters given hold to a weak prior and are no fit")
}

impl Parameters for GammaGamma {
    const MODEL: &'static str = "gammagamma";
    const NAMES: &'static [&'static str] = &["p", "q", "v"];
    fn parameters(&self) -> Vec<f64> {
        vec![self.p, self.q, self.v]
    }
    fn with(&self, parameters: &[f64]) -> Result<Self, NotAParameter> {
        let [p, q, v] = checked::<Self, 3>(parameters)?;
        Ok(Self { p, q, v })
    }
    fn time_unit(&self) -> Option<Unit> {
        None
    }
}
