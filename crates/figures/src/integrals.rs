//! Two rules of integration: means over a Beta distribution by the trapezoid rule on the logit, which
//! forgives poles and tails, and sixteen points of Gauss and Legendre for smooth pieces.

/// How far below the largest weight a point still counts: nothing a double can see lies below.
const UNSEEN: f64 = 1e-17;

/// Points and weights of a Beta(a, b), with which means of smooth functions over it are taken.
pub(crate) struct BetaPoints {
    points: Vec<BetaPoint>,
}

pub(crate) struct BetaPoint {
    pub(crate) p: f64,
    /// 1 - p, to its own last digit.
    pub(crate) rest: f64,
    pub(crate) weight: f64,
}

impl BetaPoints {
    /// `flat_below` is the p below which the function no longer changes; likewise beside 1 it must be flat
    /// within 1e-17.
    ///
    /// With s = logit p the weight is p^a (1-p)^b, which falls off exponentially on both sides: the tails are
    /// geometric series and are put onto the first and last point. Where the distribution is narrow the
    /// points stand closer.
    pub(crate) fn new(a: f64, b: f64, flat_below: f64) -> Self {
        let width = (1.0 / a + 1.0 / b).sqrt();
        let step = (0.5 * width).min(0.25);
        let middle = a.ln() - b.ln();
        let lowest = (UNSEEN * flat_below.clamp(1e-280, 1.0) / b.max(1.0)).ln();
        let highest = -(UNSEEN / a.max(1.0)).ln();
        let from = lowest.max(middle - 40.0 * width).min(middle);
        let to = highest.min(middle + 40.0 * width).max(middle);
        let count = ((to - from) / step).ceil().max(1.0) as usize;
        let mut points: Vec<BetaPoint> = (0..=count).map(|it| point(a, b, from + it as f64 * step)).collect();
        normalise(&mut points, 1.0 / -(-a * step).exp_m1(), 1.0 / -(-b * step).exp_m1());
        Self { points }
    }
    pub(crate) fn mean(&self, f: impl Fn(f64, f64) -> f64) -> f64 {
        self.points.iter().map(|it| it.weight * f(it.p, it.rest)).sum()
    }
    pub(crate) fn points(&self) -> &[BetaPoint] {
        &self.points
    }
}

/// The weight is kept as its logarithm until all are known.
fn point(a: f64, b: f64, s: f64) -> BetaPoint {
    let (less, more) = ((-s).exp(), s.exp());
    BetaPoint { p: 1.0 / (1.0 + less), rest: 1.0 / (1.0 + more), weight: -a * softplus(-s) - b * softplus(s) }
}

fn normalise(points: &mut [BetaPoint], first_tail: f64, last_tail: f64) {
    let largest = points.iter().map(|it| it.weight).fold(f64::NEG_INFINITY, f64::max);
    points.iter_mut().for_each(|it| it.weight = (it.weight - largest).exp());
    if let Some(first) = points.first_mut() {
        first.weight *= first_tail;
    }
    if let Some(last) = points.last_mut() {
        last.weight *= last_tail;
    }
    let sum: f64 = points.iter().map(|it| it.weight).sum();
    points.iter_mut().for_each(|it| it.weight /= sum);
}

/// ln(1 + e^x).
pub(crate) fn softplus(x: f64) -> f64 {
    if x > 0.0 { x + (-x).exp().ln_1p() } else { x.exp().ln_1p() }
}

/// 1 / (1 + e^-x).
pub(crate) fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 { 1.0 / (1.0 + (-x).exp()) } else { x.exp() / (1.0 + x.exp()) }
}

/// (e^(a x) - 1) / a, with its limit x at a = 0: the shape that takes the poles out of the closed formulas.
pub(crate) fn growth(a: f64, x: f64) -> f64 {
    if a.abs() < 1e-12 { x } else { (a * x).exp_m1() / a }
}

/// How far ln(1 + v) goes while v goes to `time / scale`; also where that quotient is larger than any number.
pub(crate) fn stretch(time: f64, scale: f64) -> f64 {
    (time / scale).min(f64::MAX).ln_1p()
}

/// Sixteen points of Gauss and Legendre: places in (0, 1) on one side of the middle, as distance from it, and
/// weights.
const GAUSS: [(f64, f64); 8] = [
    (0.095_012_509_837_637_44, 0.189_450_610_455_068_5),
    (0.281_603_550_779_258_9, 0.182_603_415_044_923_6),
    (0.458_016_777_657_227_4, 0.169_156_519_395_002_53),
    (0.617_876_244_402_643_7, 0.149_595_988_816_576_74),
    (0.755_404_408_355_003, 0.124_628_971_255_533_88),
    (0.865_631_202_387_831_7, 0.095_158_511_682_492_78),
    (0.944_575_023_073_232_6, 0.062_253_523_938_647_894),
    (0.989_400_934_991_649_9, 0.027_152_459_411_754_095),
];

/// Calls `at(place, weight)` for every point of `panels` equal pieces of (0, length).
pub(crate) fn gauss(length: f64, panels: u32, mut at: impl FnMut(f64, f64)) {
    let half = 0.5 * length / f64::from(panels);
    for panel in 0..panels {
        let middle = half * f64::from(2 * panel + 1);
        for (distance, weight) in GAUSS {
            at(middle - half * distance, half * weight);
            at(middle + half * distance, half * weight);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_over_a_beta_are_exact_from_narrow_to_wide() {
        for (a, b) in
            [(0.8, 2.4), (0.001, 3.0), (2.0, 0.01), (1e4, 1e4), (30.0, 1e6), (1.0, 1.0), (0.01, 0.01)]
        {
            let mean = BetaPoints::new(a, b, 1.0).mean(|p, _| p);
            assert!((mean / (a / (a + b)) - 1.0).abs() < 1e-12, "{a} {b}: {mean}");
        }
    }

    #[test]
    fn sixteen_points_integrate_an_exponential_to_the_last_digits() {
        let mut sum = 0.0;
        gauss(10.0, 1, |v, weight| sum += weight * (-v).exp());
        assert!((sum + (-10.0_f64).exp_m1()).abs() < 1e-14);
    }
}
