//! From numbers to places on a sheet, and the round numbers along the way.

/// Beyond this a number is a mistake, and its line would leave no room for the others.
const LARGEST: f64 = 1e15;

/// Whether a number can be drawn.
pub(super) fn is_known(value: f64) -> bool {
    value.abs() < LARGEST
}

/// The least and the greatest of what can be drawn; nothing if there is nothing.
pub(super) fn reach(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    let known = values.into_iter().filter(|it| is_known(*it));
    known.fold(None, |so_far, it| {
        let (low, high) = so_far.unwrap_or((it, it));
        Some((low.min(it), high.max(it)))
    })
}

/// A place as it is written in a drawing: one digit after the point is finer than any screen.
pub(super) fn n(place: f64) -> String {
    let tenths = if place.is_finite() { (place * 10.0).round() / 10.0 + 0.0 } else { 0.0 };
    format!("{tenths}")
}

/// Numbers from `low` to `high`, laid out between two places.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Scale {
    pub(super) fn new((low, high): (f64, f64), from: f64, to: f64) -> Self {
        Self { low, high, from, to }
    }
    /// Where a number lies. A single number lies in the middle; what lies outside is drawn at the edge.
    pub(super) fn at(&self, value: f64) -> f64 {
        let share = if self.high > self.low { (value - self.low) / (self.high - self.low) } else { 0.5 };
        self.from + (self.to - self.from) * share.clamp(0.0, 1.0)
    }
    pub(super) fn has(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
    /// From which number to which.
    pub(super) fn reach(&self) -> (f64, f64) {
        (self.low, self.high)
    }
    pub(super) fn ends(&self) -> (f64, f64) {
        (self.from, self.to)
    }
}

/// Round numbers that reach from at or below `low` to at or above `high`, about `most` of them.
pub(super) fn around((low, high): (f64, f64), most: usize, least: f64) -> Vec<f64> {
    let high = if high > low { high } else { low + least };
    let step = step(high - low, most, least);
    multiples((low / step + 1e-9).floor(), (high / step - 1e-9).ceil(), step)
}

/// Round numbers between `low` and `high`, at most `most` of them.
pub(super) fn between((low, high): (f64, f64), most: usize, least: f64) -> Vec<f64> {
    let step = step(high - low, most, least);
    multiples((low / step - 1e-9).ceil(), (high / step + 1e-9).floor(), step)
}

/// Months between two, at steps by which years are divided.
pub(super) fn months_between((low, high): (f64, f64), most: usize) -> Vec<f64> {
    let fits = |step: &&f64| (high - low) / **step < most as f64;
    let step = [1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 60.0].iter().find(fits).copied().unwrap_or(120.0);
    multiples((low / step).ceil(), (high / step).floor(), step)
}

fn multiples(first: f64, last: f64, step: f64) -> Vec<f64> {
    let count = (last - first).clamp(0.0, 50.0) as u32;
    (0..=count)
        .map(|it| (first + f64::from(it)) * step)
        .filter(|it| first <= last && it.is_finite())
        .collect()
}

/// The least of 1, 2, 5, 10, 20, 50 and so on that is passed fewer than `most` times on the way.
fn step(way: f64, most: usize, least: f64) -> f64 {
    let rough = (way / most.max(1) as f64).max(least);
    let ten = 10f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0]
        .into_iter()
        .map(|it| it * ten)
        .find(|it| *it >= rough * (1.0 - 1e-9))
        .unwrap_or(10.0 * ten)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_numbers() {
        assert_eq!(around((0.0, 87.0), 5, 1.0), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!(around((-30.0, 87.0), 4, 1.0), [-50.0, 0.0, 50.0, 100.0]);
        assert_eq!(between((3.0, 26.0), 6, 1.0), [5.0, 10.0, 15.0, 20.0, 25.0]);
        let shares = around((0.0, 0.31), 4, 0.001);
        assert_eq!(shares.last().map(|it| n(it * 100.0)), Some("40".to_owned()));
    }

    #[test]
    fn there_is_no_half_person() {
        assert_eq!(around((0.0, 2.0), 5, 1.0), [0.0, 1.0, 2.0]);
        assert_eq!(around((0.0, 0.0), 5, 1.0), [0.0, 1.0], "nobody is drawn too");
    }

    #[test]
    fn months_are_counted_in_parts_of_years() {
        assert_eq!(
            months_between((24_312.0, 24_335.0), 8),
            [24_312.0, 24_315.0, 24_318.0, 24_321.0, 24_324.0, 24_327.0, 24_330.0, 24_333.0]
        );
    }

    #[test]
    fn a_place_is_always_a_number() {
        assert_eq!([n(1.0), n(1.26), n(-0.01), n(f64::NAN), n(f64::INFINITY)], ["1", "1.3", "0", "0", "0"]);
        assert_eq!(Scale::new((5.0, 5.0), 0.0, 10.0).at(5.0), 5.0);
        assert_eq!(Scale::new((0.0, 1.0), 0.0, 10.0).at(1e14), 10.0);
        assert_eq!(reach([f64::NAN, 3.0, f64::NEG_INFINITY, -1.0, 1e300]), Some((-1.0, 3.0)));
    }
}
