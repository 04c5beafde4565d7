//! The way up: damped Newton steps on the logarithms of the parameters, from several starts.
//!
//! A likelihood hands in its value, gradient and matrix of second derivatives, all by the logarithms of its
//! parameters. Where the matrix is no hill, its eigenvalues are turned until it is one. What ends outside the
//! range in which a parameter still says something has run to a boundary; it is then climbed again with a
//! weak prior, and both are told.

/// A likelihood at one place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slope<const N: usize> {
    pub(crate) value: f64,
    pub(crate) gradient: [f64; N],
    pub(crate) hessian: [[f64; N]; N],
}

impl<const N: usize> Slope<N> {
    pub(crate) fn flat() -> Self {
        Self { value: 0.0, gradient: [0.0; N], hessian: [[0.0; N]; N] }
    }
}

/// Where a climb ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Top<const N: usize> {
    pub(crate) at: [f64; N],
    pub(crate) slope: Slope<N>,
    pub(crate) steps: usize,
    pub(crate) settled: bool,
}

/// No step is longer than this, as a factor of e.
const LONGEST_STEP: f64 = 2.0;

/// Newton needs ten steps where it needs many; whoever is not there by then walks along a ridge.
const MOST_STEPS: usize = 200;

/// A step that promises less than this much likelihood is the last.
const LAST_GAIN: f64 = 1e-9;

/// Parameters outside exp(±this) are not looked at: what is there is a boundary already.
const WALL: f64 = 16.0;

/// Symmetric matrix as eigenvalues and eigenvectors (in columns), by Jacobi's rotations.
pub(crate) fn eigen<const N: usize>(matrix: &[[f64; N]; N]) -> ([f64; N], [[f64; N]; N]) {
    let mut a = *matrix;
    let mut v = [[0.0; N]; N];
    (0..N).for_each(|i| v[i][i] = 1.0);
    for _ in 0..60 {
        let off: f64 = (0..N).flat_map(|i| (0..i).map(move |j| (i, j))).map(|(i, j)| a[i][j].abs()).sum();
        let size: f64 = (0..N).map(|i| a[i][i].abs()).sum();
        // Also ends where something is not a number.
        if off.is_nan() || off <= 1e-17 * size {
            break;
        }
        for (p, q) in (0..N).flat_map(|q| (0..q).map(move |p| (p, q))) {
            rotate(&mut a, &mut v, p, q);
        }
    }
    (std::array::from_fn(|i| a[i][i]), v)
}

fn rotate<const N: usize>(a: &mut [[f64; N]; N], v: &mut [[f64; N]; N], p: usize, q: usize) {
    if a[p][q] == 0.0 {
        return;
    }
    let theta = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
    let t = theta.signum() / (theta.abs() + theta.hypot(1.0));
    let c = 1.0 / t.hypot(1.0);
    let s = t * c;
    for row in a.iter_mut() {
        (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
    }
    let (row_p, row_q) = (a[p], a[q]);
    a[p] = std::array::from_fn(|k| c * row_p[k] - s * row_q[k]);
    a[q] = std::array::from_fn(|k| s * row_p[k] + c * row_q[k]);
    for row in v.iter_mut() {
        (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
    }
}

/// The inverse of -hessian, if that is a hill in every direction.
pub(crate) fn covariance<const N: usize>(hessian: &[[f64; N]; N]) -> Option<[[f64; N]; N]> {
    let (values, vectors) = eigen(&hessian.map(|row| row.map(|it| -it)));
    let largest = values.iter().fold(0.0_f64, |a, &b| a.max(b));
    if !values.iter().all(|&it| it > 1e-12 * largest && it.is_finite()) {
        return None;
    }
    let entry = |i: usize, j: usize| (0..N).map(|k| vectors[i][k] * vectors[j][k] / values[k]).sum();
    Some(std::array::from_fn(|i| std::array::from_fn(|j| if i <= j { entry(i, j) } else { entry(j, i) })))
}

/// The step that Newton would take, always uphill, and what it promises to gain.
fn step<const N: usize>(slope: &Slope<N>) -> ([f64; N], f64) {
    let (values, vectors) = eigen(&slope.hessian.map(|row| row.map(|it| -it)));
    let largest = values.iter().fold(0.0_f64, |a, &b| a.max(b.abs()));
    let mut step = [0.0; N];
    let mut gain = 0.0;
    for k in 0..N {
        let along: f64 = (0..N).map(|i| vectors[i][k] * slope.gradient[i]).sum();
        let curvature = values[k].abs().max(1e-10 * largest).max(1e-12);
        gain += 0.5 * along * along / curvature;
        (0..N).for_each(|i| step[i] += vectors[i][k] * along / curvature);
    }
    let length = step.iter().map(|it| it * it).sum::<f64>().sqrt();
    let shorter = (LONGEST_STEP / length).min(1.0);
    (step.map(|it| it * shorter), gain)
}

fn moved<const N: usize>(at: &[f64; N], step: &[f64; N], by: f64) -> [f64; N] {
    std::array::from_fn(|i| (at[i] + by * step[i]).clamp(-WALL, WALL))
}

/// Climbs from one place.
pub(crate) fn climb<const N: usize>(start: [f64; N], likelihood: &impl Fn(&[f64; N]) -> Slope<N>) -> Top<N> {
    let mut top = Top { at: start, slope: likelihood(&start), steps: 0, settled: false };
    while top.steps < MOST_STEPS && !top.settled {
        let (step, gain) = step(&top.slope);
        top.steps += 1;
        let Some((at, slope)) = next(&top, &step, gain, likelihood) else {
            // Nothing is gained in this direction any more: the last digits are noise.
            top.settled = gain < 1e-9 * top.slope.value.abs().max(1.0);
            break;
        };
        let still = (0..N).all(|i| (at[i] - top.at[i]).abs() < 1e-12);
        top = Top { at, slope, settled: gain < LAST_GAIN || still, ..top };
    }
    top
}

/// The place a step leads to, halved until it is higher. The last step is so small that noise may hide its
/// gain, so it is taken on trust.
fn next<const N: usize>(
    top: &Top<N>,
    step: &[f64; N],
    gain: f64,
    likelihood: &impl Fn(&[f64; N]) -> Slope<N>,
) -> Option<([f64; N], Slope<N>)> {
    let noise = 1e-13 * top.slope.value.abs();
    let mut by = 1.0;
    for _ in 0..40 {
        let at = moved(&top.at, step, by);
        let slope = likelihood(&at);
        let higher = slope.value > top.slope.value;
        let trusted = gain < LAST_GAIN && slope.value >= top.slope.value - noise;
        if slope.value.is_finite() && (higher || trusted) {
            return Some((at, slope));
        }
        by *= 0.5;
    }
    None
}

/// Holds gradient and second derivatives against differences of value and gradient.
#[cfg(test)]
pub(crate) fn check_derivatives<const N: usize>(at: &[f64; N], likelihood: impl Fn(&[f64; N]) -> Slope<N>) {
    let here = likelihood(at);
    for i in 0..N {
        let beside = |by: f64| {
            let mut there = *at;
            there[i] += by;
            likelihood(&there)
        };
        let (up, down) = (beside(1e-5), beside(-1e-5));
        let near = |a: f64, b: f64| (a - b).abs() < 1e-5 * (1.0 + b.abs());
        assert!(near((up.value - down.value) / 2e-5, here.gradient[i]), "gradient {i}");
        for j in 0..N {
            let difference = (up.gradient[j] - down.gradient[j]) / 2e-5;
            assert!(near(difference, here.hessian[i][j]), "{i} {j}: {difference} {}", here.hessian[i][j]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hill with a bend, whose top is at (1, 2).
    fn bent(at: &[f64; 2]) -> Slope<2> {
        let (u, v) = (at[0] - 1.0, at[1] - 2.0 - (at[0] - 1.0).powi(2));
        let gradient = [-2.0 * u + 40.0 * v * u, -20.0 * v];
        let hessian = [[-2.0 + 40.0 * v - 80.0 * u * u, 40.0 * u], [40.0 * u, -20.0]];
        Slope { value: -u * u - 10.0 * v * v, gradient, hessian }
    }

    #[test]
    fn a_bent_hill_is_climbed_from_everywhere() {
        for start in [[0.0, 0.0], [-3.0, 5.0], [4.0, -8.0]] {
            let top = climb(start, &bent);
            assert!(top.settled, "{start:?}");
            assert!((top.at[0] - 1.0).abs() < 1e-6 && (top.at[1] - 2.0).abs() < 1e-6, "{:?}", top.at);
        }
    }

    #[test]
    fn what_is_no_hill_has_no_covariance() {
        assert!(covariance(&[[-1.0, 0.0], [0.0, 1.0]]).is_none());
        assert_eq!(covariance(&[[-4.0, 0.0], [0.0, -2.0]]), Some([[0.25, 0.0], [0.0, 0.5]]));
    }
}
