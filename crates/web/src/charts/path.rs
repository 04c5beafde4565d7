//! Lines, stairs and bands as the drawing language writes them, with a gap where a number is not known.

use super::scale::{Scale, is_known, n};

type Point = (f64, f64);

/// A line through points; a lonely one becomes a dot.
pub(super) fn line(points: &[Point], x: &Scale, y: &Scale) -> String {
    let is_drawn = |it: &Point| is_known(it.0) && is_known(it.1);
    points.split(|it| !is_drawn(it)).filter(|run| !run.is_empty()).map(|run| through(run, x, y)).collect()
}

/// The area between what it may be at least and at most.
pub(super) fn band(edges: &[(f64, f64, f64)], x: &Scale, y: &Scale) -> String {
    let is_drawn = |it: &(f64, f64, f64)| is_known(it.0) && is_known(it.1) && is_known(it.2);
    let area = |run: &[(f64, f64, f64)]| {
        let over: Vec<Point> = run.iter().map(|it| (it.0, it.2)).collect();
        let under: Vec<Point> = run.iter().rev().map(|it| (it.0, it.1)).collect();
        format!("{}{}Z", through(&over, x, y), through(&under, x, y).replacen('M', "L", 1))
    };
    edges.split(|it| !is_drawn(it)).filter(|run| run.len() > 1).map(area).collect()
}

/// As stairs: each height holds until the next point.
pub(super) fn stairs(points: &[Point]) -> Vec<Point> {
    let mut out: Vec<Point> = Vec::with_capacity(points.len() * 2);
    for (at, height) in points {
        if let Some((_, before)) = out.last().copied() {
            out.push((*at, before));
        }
        out.push((*at, *height));
    }
    out
}

fn through(run: &[Point], x: &Scale, y: &Scale) -> String {
    let place = |it: &Point| format!("{} {}", n(x.at(it.0)), n(y.at(it.1)));
    match run {
        [one] => format!("M{}h0", place(one)),
        _ => format!("M{}", run.iter().map(place).collect::<Vec<_>>().join("L")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAME: fn() -> Scale = || Scale::new((0.0, 10.0), 0.0, 10.0);

    #[test]
    fn a_line_has_a_gap_where_a_number_is_not_known() {
        let points = [(0.0, 1.0), (1.0, 2.0), (2.0, f64::NAN), (3.0, 4.0)];
        assert_eq!(line(&points, &SAME(), &SAME()), "M0 1L1 2M3 4h0");
    }

    #[test]
    fn a_band_goes_there_above_and_comes_back_below() {
        let edges = [(0.0, 1.0, 3.0), (2.0, 2.0, 4.0), (3.0, f64::INFINITY, 4.0)];
        assert_eq!(band(&edges, &SAME(), &SAME()), "M0 3L2 4L2 2L0 1Z");
    }

    #[test]
    fn stairs_hold_their_height_until_the_next() {
        assert_eq!(stairs(&[(0.0, 1.0), (2.0, 0.5)]), [(0.0, 1.0), (2.0, 1.0), (2.0, 0.5)]);
    }
}
