//! Dice: chance for the sample company. Each subject throws its own, so that one more person in a story
//! does not change everybody after them.

use model::{Chance, SeededChance};

/// Throws that are the same for the same seed and subject.
pub struct Dice(SeededChance);

impl Dice {
    /// Dice for one subject (a person's slug, a trade).
    pub fn new(seed: u64, subject: &str) -> Self {
        let mixed = subject.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(SeededChance::new(mixed))
    }

    fn bits(&self) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// Evenly between 0 and 1, neither included.
    pub fn unit(&self) -> f64 {
        ((self.bits() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    }

    /// Evenly from 0 to `n - 1`; 0 when there is nothing to choose from.
    pub fn below(&self, n: usize) -> usize {
        (self.bits() % (n.max(1) as u64)) as usize
    }

    /// Evenly from `low` to `high`, both included.
    pub fn between(&self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as usize) as i64
    }

    /// True in this share of throws.
    pub fn often(&self, share: f64) -> bool {
        self.unit() < share
    }

    /// One of several.
    pub fn one<'a, T>(&self, several: &'a [T]) -> &'a T {
        &several[self.below(several.len())]
    }

    /// The several in another order.
    pub fn shuffled<T>(&self, mut several: Vec<T>) -> Vec<T> {
        for last in (1..several.len()).rev() {
            several.swap(last, self.below(last + 1));
        }
        several
    }

    /// A waiting time with this mean.
    pub fn exponential(&self, mean: f64) -> f64 {
        -mean * self.unit().ln()
    }

    // Box and Muller (1958).
    fn normal(&self) -> f64 {
        (-2.0 * self.unit().ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// Gamma distributed, mean `shape * scale` (Marsaglia and Tsang 2000).
    pub fn gamma(&self, shape: f64, scale: f64) -> f64 {
        if shape < 1.0 {
            return self.gamma(shape + 1.0, scale) * self.unit().powf(1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && self.unit().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v * scale;
            }
        }
    }

    /// Beta distributed, mean `a / (a + b)`.
    pub fn beta(&self, a: f64, b: f64) -> f64 {
        let (x, y) = (self.gamma(a, 1.0), self.gamma(b, 1.0));
        x / (x + y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_dice_fall_the_same_way_and_others_do_not() {
        let throw = |seed, subject| Dice::new(seed, subject).bits();
        assert_eq!(throw(1, "ann"), throw(1, "ann"));
        assert_ne!(throw(1, "ann"), throw(1, "ben"));
        assert_ne!(throw(1, "ann"), throw(2, "ann"));
    }

    #[test]
    fn the_distributions_have_their_means() {
        let dice = Dice::new(7, "means");
        let mean = |draw: &dyn Fn() -> f64| (0..20_000).map(|_| draw()).sum::<f64>() / 20_000.0;
        assert!((mean(&|| dice.gamma(0.5, 4.0)) - 2.0).abs() < 0.1);
        assert!((mean(&|| dice.gamma(3.0, 2.0)) - 6.0).abs() < 0.15);
        assert!((mean(&|| dice.beta(1.0, 3.0)) - 0.25).abs() < 0.01);
        assert!((mean(&|| dice.exponential(5.0)) - 5.0).abs() < 0.2);
    }
}
