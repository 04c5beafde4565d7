//! Kaplan and Meier: what share is still there after which time, when some have not been watched to the end.
//!
//! With d_i who left and n_i who were there at each time t_i at which somebody left:
//!
//! ```text
//! S(t)      = Π over t_i <= t of (1 - d_i/n_i)
//! var S(t)  = S(t)² Σ over t_i <= t of d_i / (n_i (n_i - d_i))              Greenwood
//! interval  = exp(-exp(ln(-ln S) ± z se / (S |ln S|)))                      on the scale of log(-log S), so it stays within 0 and 1
//! ```
//!
//! Whoever is censored at the time at which others leave was there until after it. Source: Kaplan and Meier
//! (1958), JASA 53; Greenwood (1926); Kalbfleisch and Prentice for the interval.

/// One life: how long it was watched, and whether it was seen to end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Life {
    /// How long.
    pub time: f64,
    /// Whether it ended then; else it was only watched until then.
    pub ended: bool,
}

/// A life that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum NotALife {
    /// It ended before it began.
    #[error("row {row}: negative duration {time}")]
    Negative {
        /// Which row, from 1.
        row: usize,
        /// How long.
        time: f64,
    },
    /// Its length is no number.
    #[error("row {row}: the duration is {time}, which is no finite number")]
    NotFinite {
        /// Which row, from 1.
        row: usize,
        /// How long.
        time: f64,
    },
}

/// How sure an interval is to hold the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sure {
    /// Nine times in ten.
    Ninety,
    /// Nineteen times in twenty.
    NinetyFive,
    /// Ninety-nine times in a hundred.
    NinetyNine,
}

impl Sure {
    /// The quantile of the normal distribution.
    pub const fn z(self) -> f64 {
        match self {
            Self::Ninety => 1.644_853_626_951_472_2,
            Self::NinetyFive => 1.959_963_984_540_054,
            Self::NinetyNine => 2.575_829_303_548_900_4,
        }
    }
}

/// A time at which somebody left or was last seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// When.
    pub time: f64,
    /// How many were there until then.
    pub there: u64,
    /// How many left then.
    pub left: u64,
    /// How many were last seen then.
    pub censored: u64,
    /// S: the share still there after it.
    pub survival: f64,
    /// Greenwood's standard error of S.
    pub error: f64,
}

impl Step {
    /// The interval that holds S, so sure. Where nobody has left, or everybody, it is a point.
    pub fn interval(&self, sure: Sure) -> (f64, f64) {
        if self.survival <= 0.0 || self.survival >= 1.0 {
            return (self.survival, self.survival);
        }
        let log = self.survival.ln();
        let spread = sure.z() * self.error / (self.survival * -log);
        let at = |by: f64| (log * by.exp()).exp();
        (at(spread), at(-spread))
    }
}

/// The curve of what share is still there.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Each time at which something happened, ascending.
    pub steps: Vec<Step>,
}

impl Curve {
    /// From lives in any order. None make a curve that stays at 1.
    pub fn of(lives: &[Life]) -> Result<Self, NotALife> {
        for (row, it) in (1..).zip(lives) {
            check(row, it.time)?;
        }
        let mut sorted: Vec<&Life> = lives.iter().collect();
        sorted.sort_unstable_by(|a, b| a.time.total_cmp(&b.time));
        let mut there = lives.len() as u64;
        let (mut survival, mut hazard) = (1.0, 0.0);
        let mut steps = Vec::new();
        for at_once in sorted.chunk_by(|a, b| a.time == b.time) {
            let left = at_once.iter().filter(|it| it.ended).count() as u64;
            survival *= (there - left) as f64 / there as f64;
            // Nobody stays: the curve ends at zero for certain.
            hazard += if left == there { 0.0 } else { left as f64 / (there as f64 * (there - left) as f64) };
            let censored = at_once.len() as u64 - left;
            let error = survival * f64::sqrt(hazard);
            steps.push(Step { time: at_once[0].time, there, left, censored, survival, error });
            there -= at_once.len() as u64;
        }
        Ok(Self { steps })
    }
    /// S(t): the share still there after t.
    pub fn survival(&self, t: f64) -> f64 {
        self.at(t).map_or(1.0, |it| it.survival)
    }
    /// The last step until t.
    pub fn at(&self, t: f64) -> Option<&Step> {
        self.steps[..self.steps.partition_point(|it| it.time <= t)].last()
    }
    /// The first time after which at most half are still there; `None` if more are to the end.
    pub fn median(&self) -> Option<f64> {
        self.steps.iter().find(|it| it.survival <= 0.5).map(|it| it.time)
    }
    /// The mean time there until t: the area under the curve.
    pub fn mean_until(&self, t: f64) -> f64 {
        let (mut sum, mut from, mut survival) = (0.0, 0.0, 1.0);
        for it in self.steps.iter().filter(|it| it.time < t) {
            sum += survival * (it.time - from);
            (from, survival) = (it.time, it.survival);
        }
        sum + survival * (t - from).max(0.0)
    }
}

fn check(row: usize, time: f64) -> Result<(), NotALife> {
    match time {
        _ if !time.is_finite() => Err(NotALife::NotFinite { row, time }),
        _ if time < 0.0 => Err(NotALife::Negative { row, time }),
        _ => Ok(()),
    }
}
