//! The whale curve at a hundred places, however many customers there are.

use figures::whale::Whale;
use serde::{Deserialize, Serialize};

use super::Somebody;
use crate::words::percent;

/// Places on the curve: as many as can be seen.
const PLACES: usize = 100;

/// Profit added up from the best customer to the costliest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// From nobody to everybody.
    pub points: Vec<Point>,
    /// How high it rises beside its end: 1.5 means that half of all profit is lost again.
    pub peak: Option<f64>,
    /// What the best fifth brings of all profit.
    pub best_fifth: Option<f64>,
    /// What it says.
    pub words: String,
}

/// A place on the curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Share of customers, the best first.
    pub people: f64,
    /// What they brought together.
    pub left: f64,
    /// The same as a share of all; nothing where no profit is left in all.
    pub share: Option<f64>,
}

impl Curve {
    pub(super) fn of(all: &[Somebody]) -> Self {
        let profits: Vec<f64> = all.iter().map(|it| it.left as f64).collect();
        let whale = Whale::of(&profits);
        let (total, count) = (whale.total(), all.len());
        let places = PLACES.min(count);
        let point = |place: usize| {
            let best = (place * count).checked_div(places).unwrap_or(0);
            let left = best.checked_sub(1).map_or(0.0, |it| whale.cumulative[it]);
            let share = (total > 0.0).then(|| left / total);
            Point { people: best as f64 / count.max(1) as f64, left, share }
        };
        let peak = whale.peak_share();
        let points = (0..=places).map(point).collect();
        Self { points, peak, best_fifth: whale.share_of_best(0.2), words: words(peak) }
    }
}

fn words(peak: Option<f64>) -> String {
    match peak {
        None => "In all, nothing is left in this period.".into(),
        Some(it) if it < 1.005 => "Hardly anybody costs more than they bring.".into(),
        Some(it) => format!(
            "Those who bring something bring {} of the profit; {} is lost again with those who cost more.",
            percent(it),
            percent(it - 1.0)
        ),
    }
}
