//! What chance could do: people drawn again and again, Welch's interval for two means, and Newcombe's for two shares.

use crate::middle::{mean, share, wilson};

/// How often people are drawn again.
const DRAWS: usize = 600;
/// The most people of a side that are drawn at once; with more, the interval is narrowed by the root of the shares, as it would be.
const MOST_DRAWN: usize = 1000;
/// How sure an interval is: ninety-nine times in a hundred.
const OUTSIDE: f64 = 0.01;
/// The quantile of the normal distribution for it.
const Z: f64 = figures::survival::Sure::NinetyNine.z();

/// SplitMix64: from the same seed the same draws, so that a page that is read twice says the same.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((u128::from(z ^ (z >> 31)) * count as u128) >> 64) as usize
    }
}

/// The interval for the difference of a number between two sides, by drawing people of each side again.
pub(super) fn drawn<T: Copy>(
    ours: &[T],
    others: &[T],
    number: impl Fn(&[T]) -> Option<f64>,
    seed: u64,
) -> Option<(f64, f64)> {
    let (a, b) = (number(ours)?, number(others)?);
    let mut dice = Dice(seed);
    let mut apart: Vec<f64> = Vec::with_capacity(DRAWS);
    for _ in 0..DRAWS {
        let (ours, by) = again(ours, &mut dice);
        let (others, others_by) = again(others, &mut dice);
        if let (Some(one), Some(other)) = (number(&ours), number(&others)) {
            apart.push((one - a) * by - (other - b) * others_by);
        }
    }
    apart.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| apart.get((share * (apart.len().max(1) - 1) as f64).round() as usize).copied();
    Some((a - b + at(OUTSIDE / 2.0)?, a - b + at(1.0 - OUTSIDE / 2.0)?))
}

fn again<T: Copy>(all: &[T], dice: &mut Dice) -> (Vec<T>, f64) {
    let count = all.len().min(MOST_DRAWN);
    let drawn = (0..count).map(|_| all[dice.below(all.len())]).collect();
    (drawn, (count as f64 / all.len().max(1) as f64).sqrt())
}

/// Welch's interval for the difference of two means.
pub(super) fn welch(ours: &[f64], others: &[f64]) -> Option<(f64, f64)> {
    let (a, b) = (Spread::of(ours)?, Spread::of(others)?);
    // Where all of a side are alike, that says nothing of how unlike they could be: they are taken to differ as the others do.
    let (a, b) = (a.or_as(&b), b.or_as(&a));
    let error = (a.error + b.error).sqrt();
    let freedom = (a.error + b.error).powi(2) / (a.error.powi(2) / a.freedom + b.error.powi(2) / b.freedom);
    let reach = if error > 0.0 { student(freedom) * error } else { 0.0 };
    let apart = a.mean - b.mean;
    Some((apart - reach, apart + reach))
}

/// Newcombe's interval for the difference of two shares, from Wilson's for each.
pub(super) fn newcombe(ours: (usize, usize), others: (usize, usize)) -> Option<(f64, f64)> {
    let (a, b) = (share(ours.0, ours.1)?, share(others.0, others.1)?);
    let ((from, to), (others_from, others_to)) = (wilson(ours.0, ours.1, Z)?, wilson(others.0, others.1, Z)?);
    let below = ((a - from).powi(2) + (others_to - b).powi(2)).sqrt();
    let above = ((to - a).powi(2) + (b - others_from).powi(2)).sqrt();
    Some((a - b - below, a - b + above))
}

/// A mean with the square of its standard error.
#[derive(Clone, Copy)]
struct Spread {
    mean: f64,
    error: f64,
    freedom: f64,
}

impl Spread {
    fn or_as(self, other: &Self) -> Self {
        let theirs = other.error * (other.freedom + 1.0) / (self.freedom + 1.0);
        if self.error > 0.0 { self } else { Self { error: theirs, ..self } }
    }
    fn of(all: &[f64]) -> Option<Self> {
        let middle = mean(all.iter().copied())?;
        let freedom = all.len() as f64 - 1.0;
        let squares: f64 = all.iter().map(|it| (it - middle).powi(2)).sum();
        (freedom > 0.0).then(|| Self { mean: middle, error: squares / freedom / all.len() as f64, freedom })
    }
}

/// The quantile of Student's distribution, by the expansion of Cornish and Fisher: good to three digits from ten degrees of freedom.
fn student(freedom: f64) -> f64 {
    let first = (Z.powi(3) + Z) / 4.0;
    let second = (5.0 * Z.powi(5) + 16.0 * Z.powi(3) + 3.0 * Z) / 96.0;
    let third = (3.0 * Z.powi(7) + 19.0 * Z.powi(5) + 17.0 * Z.powi(3) - 15.0 * Z) / 384.0;
    Z + first / freedom + second / freedom.powi(2) + third / freedom.powi(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn students_quantiles_are_those_of_the_tables() {
        for (freedom, table) in [(10.0, 3.1693), (20.0, 2.8453), (60.0, 2.6603)] {
            assert!((student(freedom) - table).abs() < 2e-3, "{freedom}: {}", student(freedom));
        }
    }

    #[test]
    fn welch_holds_zero_when_two_sides_are_alike() {
        // By hand: means 3 and 4, variances 2.5 each, five on each side: error 1, 8 degrees of freedom, t = 3.3554.
        let (low, high) = welch(&[1.0, 2.0, 3.0, 4.0, 5.0], &[2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        assert!((low + 4.3554).abs() < 5e-3 && (high - 2.3554).abs() < 5e-3, "{low} {high}");
        assert_eq!(welch(&[1.0], &[2.0, 3.0]), None);
        // Twenty of whom nobody got anything, beside thirty of whom one did: chance explains it.
        let one_of_thirty: Vec<f64> = (0..30).map(|it| if it == 0 { 500.0 } else { 0.0 }).collect();
        let (low, high) = welch(&[0.0; 20], &one_of_thirty).unwrap();
        assert!(low < 0.0 && high > 0.0, "{low} {high}");
    }

    #[test]
    fn people_drawn_again_give_about_what_theory_gives() {
        let ours: Vec<f64> = (0..400).map(|it| f64::from(it % 10)).collect();
        let others: Vec<f64> = (0..400).map(|it| f64::from(it % 10) + 1.0).collect();
        let (low, high) = drawn(&ours, &others, |it| mean(it.iter().copied()), 7).unwrap();
        let (from, to) = welch(&ours, &others).unwrap();
        assert!((low - from).abs() < 0.12 && (high - to).abs() < 0.12, "{low} {high}, {from} {to}");
        assert_eq!(drawn(&ours, &others, |it| mean(it.iter().copied()), 7), Some((low, high)));
    }
}
