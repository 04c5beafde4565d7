//! The middle of some numbers, and shares with an interval that admits how few they are.

/// The median, between the two in the middle if their number is even. Whatever is no number does not count.
pub fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut all: Vec<f64> = values.into_iter().filter(|it| it.is_finite()).collect();
    let half = all.len() / 2;
    if all.is_empty() {
        return None;
    }
    let even = all.len().is_multiple_of(2);
    let (below, upper, _) = all.select_nth_unstable_by(half, f64::total_cmp);
    let upper = *upper;
    let lower = below.iter().copied().max_by(f64::total_cmp).filter(|_| even);
    Some(lower.map_or(upper, |it| it / 2.0 + upper / 2.0))
}

/// The mean.
pub fn mean(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.into_iter().fold((0.0, 0_u32), |(sum, count), it| (sum + it, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

/// One number as a share of another.
pub fn share(part: usize, of: usize) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}

/// Wilson's interval for a share: honest for few, and never below 0 or above 1.
pub fn wilson(part: usize, of: usize, z: f64) -> Option<(f64, f64)> {
    let (n, p) = (of as f64, share(part, of)?);
    let middle = p + z * z / (2.0 * n);
    let spread = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + z * z / n;
    Some((((middle - spread) / whole).max(0.0), ((middle + spread) / whole).min(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        assert_eq!(median([5.0, 1.0, 3.0]), Some(3.0));
        assert_eq!(median([4.0, 1.0, 3.0, 100.0]), Some(3.5));
        assert_eq!(median([f64::NAN]), None);
        assert_eq!((mean([]), mean([1.0, 2.0])), (None, Some(1.5)));
    }

    #[test]
    fn wilson_knows_that_two_of_two_are_not_everybody() {
        // By hand: z = 1.96, n = 10, p = 0.2.
        let (low, high) = wilson(2, 10, 1.96).unwrap();
        assert!((low - 0.0567).abs() < 1e-4 && (high - 0.5098).abs() < 1e-4, "{low} {high}");
        assert!(wilson(2, 2, 1.96).unwrap().0 < 0.4);
        assert_eq!(wilson(0, 0, 1.96), None);
    }
}
