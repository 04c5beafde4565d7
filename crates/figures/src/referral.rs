//! Customer referral value: what is owed to somebody's recommendations.
//!
//! ```text
//! CRV = Σ type one of (A - a - M + ACQ1) / (1+r)^t  +  Σ type two of ACQ2 / (1+r)^t
//! ```
//!
//! Type one would not have come otherwise, so all they bring counts: margin A, less what the referral cost a
//! and what marketing to them costs M, and what winning them was saved. Type two would have come anyway, so
//! only that saving counts.
//!
//! **Additivity.** Referral value is a credit laid over lifetime values, which already hold it: a company's
//! equity never adds both. [`Attribution`] therefore tells the sum of lifetime values once, and "of which
//! owed to recommendations" beside it; what is credited for one customer is at most that customer's value.
//!
//! Source: Kumar, Petersen and Leone, Harvard Business Review, October 2007; Journal of Marketing 74(5),
//! 2010.

/// One who came by a recommendation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Referred {
    /// In which period they came, from 0.
    pub period: u32,
    /// Whether they would have come without it.
    pub would_have_come: bool,
    /// What winning them otherwise would have cost: ACQ.
    pub saved: f64,
    /// Their margin: A. Counts only for those who would not have come.
    pub margin: f64,
    /// What the referral cost: a.
    pub reward: f64,
    /// What marketing to them costs: M.
    pub marketing: f64,
}

/// CRV of somebody who brought these, at a compound rate of discount per period.
///
/// ```
/// # use figures::referral::{Referred, value};
/// let ana = Referred { period: 0, would_have_come: false, saved: 20.0, margin: 100.0, reward: 10.0, marketing: 5.0 };
/// let ben = Referred { period: 1, would_have_come: true, ..ana };
/// assert!((value(&[ana, ben], 0.25) - (105.0 + 16.0)).abs() < 1e-12);
/// ```
pub fn value(referred: &[Referred], rate: f64) -> f64 {
    let worth = |it: &Referred| match it.would_have_come {
        true => it.saved,
        false => it.margin - it.reward - it.marketing + it.saved,
    };
    referred.iter().map(|it| worth(it) / (1.0 + rate).powf(it.period.into())).sum()
}

/// What of a customer's value is owed to one who recommended us.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Credit {
    /// Who recommended, as a place among the customers.
    pub referrer: usize,
    /// Who came, as a place among the customers.
    pub came: usize,
    /// Which share of their value, within 0 and 1.
    pub share: f64,
}

/// Lifetime values, added once, with what of each is owed to others.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribution {
    /// The sum of lifetime values: the company's, with nothing added.
    pub total: f64,
    /// Of which owed to recommendations.
    pub owed: f64,
    /// What each customer is credited with.
    pub credited: Vec<f64>,
}

/// A credit that cannot be given.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum NoCredit {
    /// It names somebody who is not among the customers.
    #[error("credit {credit}: there is no customer {customer}")]
    Nobody {
        /// Which credit, from 1.
        credit: usize,
        /// Which customer.
        customer: usize,
    },
    /// Its share is none, or somebody recommends themselves.
    #[error("credit {credit}: a share of {share} of somebody else's value is none")]
    NoShare {
        /// Which credit, from 1.
        credit: usize,
        /// The share.
        share: f64,
    },
    /// More is given away than there is.
    #[error("more than the whole value of customer {customer} is credited to others ({share})")]
    TooMuch {
        /// Which customer.
        customer: usize,
        /// The share in all.
        share: f64,
    },
}

impl Attribution {
    /// Lays credits over lifetime values.
    pub fn of(values: &[f64], credits: &[Credit]) -> Result<Self, NoCredit> {
        let mut shares = vec![0.0; values.len()];
        let mut credited = vec![0.0; values.len()];
        for (credit, it) in (1..).zip(credits) {
            let customer = it.referrer.max(it.came);
            if customer >= values.len() {
                return Err(NoCredit::Nobody { credit, customer });
            }
            if !(0.0..=1.0).contains(&it.share) || it.referrer == it.came {
                return Err(NoCredit::NoShare { credit, share: it.share });
            }
            shares[it.came] += it.share;
            credited[it.referrer] += it.share * values[it.came];
        }
        // Shares that were meant to make one may miss it by the last digit.
        if let Some((customer, share)) = (0..).zip(shares).find(|it| it.1 > 1.0 + 1e-9) {
            return Err(NoCredit::TooMuch { customer, share });
        }
        Ok(Self { total: values.iter().sum(), owed: credited.iter().sum(), credited })
    }
}

/// Who somebody is by what they buy and whom they bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment {
    /// Buys much and brings many.
    Champion,
    /// Buys much and brings few.
    Affluent,
    /// Buys little and brings many.
    Advocate,
    /// Buys little and brings few.
    Miser,
}

/// The segment of a lifetime value and a referral value, each against a threshold such as the median.
pub fn segment(lifetime: f64, referral: f64, of_lifetime: f64, of_referral: f64) -> Segment {
    match (lifetime >= of_lifetime, referral >= of_referral) {
        (true, true) => Segment::Champion,
        (true, false) => Segment::Affluent,
        (false, true) => Segment::Advocate,
        (false, false) => Segment::Miser,
    }
}

/// How many customers one brings about in the end, when each invites some and some of the invited come:
/// 1/(1-K), K = invites × conversion; `None` for K >= 1, where there is no end.
pub fn in_the_end(invites: f64, conversion: f64) -> Option<f64> {
    let k = invites * conversion;
    (0.0..1.0).contains(&k).then(|| 1.0 / (1.0 - k))
}
