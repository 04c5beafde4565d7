//! The gamma function and its kin, in the forms that lose no digits: differences of logarithms are taken
//! before anything grows.

/// Below this the asymptotic series is not yet exact to the last digit, so arguments are moved up first.
const FAR: f64 = 16.0;

/// Steps of one up to which a rising product is multiplied out; from there on the series is quicker.
const NEAR: u32 = 64;

pub(crate) fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

pub(crate) fn ln_beta(a: f64, b: f64) -> f64 {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    ln_gamma(small) - ln_rising(large, small)
}

/// ln Γ(q+n) - ln Γ(q) for q > 0, n >= 0, without taking the difference of two large numbers.
pub(crate) fn ln_rising(q: f64, n: f64) -> f64 {
    let mut moved = q;
    let mut below = 0.0;
    while moved < FAR {
        below += (n / moved).ln_1p();
        moved += 1.0;
    }
    let far = n * moved.ln() + (moved + n - 0.5) * (n / moved).ln_1p() - n;
    far + stirling(moved + n) - stirling(moved) - below
}

/// What Stirling's formula leaves of ln Γ(x), for x >= 16.
fn stirling(x: f64) -> f64 {
    let y = 1.0 / (x * x);
    (1.0 / 12.0 - y * (1.0 / 360.0 - y * (1.0 / 1260.0 - y * (1.0 / 1680.0 - y / 1188.0)))) / x
}

/// ψ(x), the derivative of ln Γ(x), for x > 0.
pub(crate) fn digamma(x: f64) -> f64 {
    let mut moved = x;
    let mut below = 0.0;
    while moved < FAR {
        below += 1.0 / moved;
        moved += 1.0;
    }
    let y = 1.0 / (moved * moved);
    let series = y * (1.0 / 12.0 - y * (1.0 / 120.0 - y * (1.0 / 252.0 - y * (1.0 / 240.0 - y / 132.0))));
    moved.ln() - 0.5 / moved - series - below
}

/// ψ'(x), for x > 0.
pub(crate) fn trigamma(x: f64) -> f64 {
    let mut moved = x;
    let mut below = 0.0;
    while moved < FAR {
        below += 1.0 / (moved * moved);
        moved += 1.0;
    }
    let y = 1.0 / (moved * moved);
    let series = y * (1.0 / 6.0 - y * (1.0 / 30.0 - y * (1.0 / 42.0 - y * (1.0 / 30.0 - y * 5.0 / 66.0))));
    below + (1.0 + 0.5 / moved + series) / moved
}

/// ln Γ(q+x) - ln Γ(q) for a whole x, and its first two derivatives by q.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Rise {
    pub(crate) ln: f64,
    pub(crate) first: f64,
    pub(crate) second: f64,
}

/// The rises of q to each of these ascending counts: one table for a whole likelihood, whatever its number of
/// rows.
pub(crate) fn rises(q: f64, counts: impl Iterator<Item = u32>) -> Vec<Rise> {
    let mut at = 0;
    let mut rise = Rise::default();
    let to = |count: u32| {
        rise = rise.to(q, at, count);
        at = count;
        rise
    };
    counts.map(to).collect()
}

impl Rise {
    fn to(mut self, q: f64, from: u32, to: u32) -> Self {
        if to - from > NEAR {
            let (low, high) = (q + f64::from(from), q + f64::from(to));
            self.ln += ln_rising(low, f64::from(to - from));
            self.first += digamma(high) - digamma(low);
            self.second += trigamma(high) - trigamma(low);
            return self;
        }
        for step in from..to {
            let factor = q + f64::from(step);
            self.ln += factor.ln();
            self.first += 1.0 / factor;
            self.second -= 1.0 / (factor * factor);
        }
        self
    }
}

/// The share of a Gamma(q, 1) below y: the regularised lower incomplete gamma function, by its series of
/// positive terms.
pub(crate) fn gamma_below(q: f64, y: f64) -> f64 {
    let mut term = 1.0 / q;
    let mut sum = term;
    let mut n = 1.0;
    while term > sum * 1e-17 {
        term *= y / (q + n);
        sum += term;
        n += 1.0;
    }
    (q * y.ln() - y - ln_gamma(q)).exp() * sum
}

/// The share of a Beta(a, b) below p: the regularised incomplete beta function, by its continued fraction.
pub(crate) fn beta_below(a: f64, b: f64, p: f64) -> f64 {
    if p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return 1.0;
    }
    if p > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_below_small(b, a, 1.0 - p, p);
    }
    beta_below_small(a, b, p, 1.0 - p)
}

/// The same where the fraction converges quickly; `q` is 1 - p, handed in so that it keeps its digits.
fn beta_below_small(a: f64, b: f64, p: f64, q: f64) -> f64 {
    let front = (a * p.ln() + b * q.ln() - ln_beta(a, b)).exp() / a;
    let tiny = 1e-300;
    let (mut c, mut d, mut fraction) = (1.0_f64, 0.0_f64, 1.0_f64);
    // Enough for parameters up to a million: their root, several times.
    for step in 0..5_000_u32 {
        let m = f64::from(step / 2);
        let top = match step {
            0 => 1.0,
            _ if step % 2 == 0 => m * (b - m) * p / ((a + 2.0 * m - 1.0) * (a + 2.0 * m)),
            _ => -(a + m) * (a + b + m) * p / ((a + 2.0 * m) * (a + 2.0 * m + 1.0)),
        };
        d = 1.0 / keep_off_zero(1.0 + top * d, tiny);
        c = keep_off_zero(1.0 + top / c, tiny);
        fraction *= c * d;
        if (c * d - 1.0).abs() < 1e-16 && step > 1 {
            break;
        }
    }
    front * (fraction - 1.0)
}

fn keep_off_zero(x: f64, tiny: f64) -> f64 {
    if x.abs() < tiny { tiny } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64, relative: f64) {
        assert!((a - b).abs() <= relative * b.abs(), "{a} is not {b}");
    }

    #[test]
    fn known_values_are_met() {
        close(digamma(1.0), -0.577_215_664_901_532_9, 1e-14);
        close(trigamma(1.0), std::f64::consts::PI.powi(2) / 6.0, 1e-14);
        close(ln_rising(0.5, 2.0), (0.5_f64 * 1.5).ln(), 1e-13);
        close(ln_rising(1e6, 3.0), (1e6_f64 * 1_000_001.0 * 1_000_002.0).ln(), 1e-15);
        close(ln_beta(2.0, 3.0), (1.0_f64 / 12.0).ln(), 1e-14);
        close(gamma_below(1.0, 0.7), -(-0.7_f64).exp_m1(), 1e-14);
        close(beta_below(2.0, 3.0, 0.3), 0.3483, 1e-12);
        close(beta_below(2.0, 3.0, 0.9), 0.9963, 1e-12);
    }

    #[test]
    fn a_table_of_rises_agrees_with_the_series() {
        let counts = [0, 1, 2, 50, 200, 5_000];
        for (rise, count) in rises(0.24, counts.into_iter()).iter().zip(counts) {
            let x = f64::from(count);
            assert!((rise.ln - ln_rising(0.24, x)).abs() < 1e-12 * (1.0 + rise.ln.abs()));
            assert!((rise.first - digamma(0.24 + x) + digamma(0.24)).abs() < 1e-12);
            assert!((rise.second - trigamma(0.24 + x) + trigamma(0.24)).abs() < 1e-11);
        }
    }
}
