//! Customer equity: the value of all customers, those there and those to come, shown apart.
//!
//! ```text
//! CE = Σ lifetime value of each customer  +  Σ over periods t of expected new × (value of a new one - cost of winning one) / (1+i)^t
//! ```
//!
//! What a customer's recommendations are worth is already in the value of those who came by them; it must not
//! be added again ([`crate::referral`]). Source: Rust, Lemon and Zeithaml (2004), Journal of Marketing 68(1);
//! Gupta, Lehmann and Stuart (2004), JMR 41(1).

/// Customers who are expected to come in one period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Newcomers {
    /// After how many periods.
    pub period: u32,
    /// How many.
    pub expected: f64,
    /// Lifetime value of one, when they come.
    pub value: f64,
    /// Cost of winning one.
    pub cost: f64,
}

/// The two parts of customer equity.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Equity {
    /// Of those there.
    pub current: f64,
    /// Of those to come.
    pub future: f64,
}

impl Equity {
    /// Of customers with their lifetime values, and of newcomers, discounted at a compound rate per period.
    ///
    /// ```
    /// # use figures::equity::{Equity, Newcomers};
    /// let next_year = Newcomers { period: 1, expected: 10.0, value: 55.0, cost: 33.0 };
    /// let equity = Equity::of(&[100.0, 250.0], &[next_year], 0.1);
    /// assert_eq!(equity.current, 350.0);
    /// assert!((equity.future - 200.0).abs() < 1e-9);
    /// ```
    pub fn of(values: &[f64], newcomers: &[Newcomers], rate: f64) -> Self {
        let worth = |it: &Newcomers| it.expected * (it.value - it.cost) / (1.0 + rate).powf(it.period.into());
        Self { current: values.iter().sum(), future: newcomers.iter().map(worth).sum() }
    }
    /// Both together.
    pub fn total(&self) -> f64 {
        self.current + self.future
    }
}

/// What spending wins: the share of prospects or renewals reached for an amount, towards a ceiling, as
/// ceiling (1 - e^(-k amount)).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Response {
    /// The most that any amount reaches.
    pub ceiling: f64,
    /// How quickly it is neared, per unit of money.
    pub speed: f64,
}

impl Response {
    fn to(&self, amount: f64) -> f64 {
        self.ceiling * -(-self.speed * amount).exp_m1()
    }
}

/// Blattberg and Deighton's customer equity test: how much to spend on winning and on keeping customers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Balance {
    /// Margin of a customer in a period.
    pub margin: f64,
    /// What winning customers answers to.
    pub winning: Response,
    /// What keeping them answers to.
    pub keeping: Response,
    /// Rate of discount per period.
    pub rate: f64,
}

impl Balance {
    /// Equity per prospect when A is spent on winning each and R on keeping each customer: a m - A + a (m -
    /// R/r) r'/(1-r'), r' = r/(1+i).
    pub fn equity(&self, winning: f64, keeping: f64) -> f64 {
        let (won, kept) = (self.winning.to(winning), self.keeping.to(keeping));
        let later = if kept > 0.0 {
            let share = kept / (1.0 + self.rate);
            won * (self.margin - keeping / kept) * share / (1.0 - share)
        } else {
            0.0
        };
        won * self.margin - winning + later
    }
}
