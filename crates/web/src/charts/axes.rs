//! The ground that lines stand on: what the axes count, their ticks, and room for what stands beside.

use maud::{Markup, html};

use super::{
    figure::Sheet,
    format::Format,
    lettering::{LINE, SIZE, width},
    scale::{Scale, around, between, months_between, n},
};

/// What an axis counts.
#[derive(Debug, Clone)]
pub(crate) struct Axis {
    pub(crate) format: Format,
    /// Of what: "people a month", "weeks since the first purchase". May be empty.
    pub(crate) words: String,
}

impl Axis {
    pub(crate) fn new(format: Format, words: &str) -> Self {
        Self { format, words: words.to_owned() }
    }
    /// Months of the calendar.
    pub(crate) fn months() -> Self {
        Self::new(Format::Month, "")
    }
    /// What stands at the axis: the words, and the unit if its numbers do not say it.
    fn said(&self) -> String {
        match (self.words.as_str(), self.format.unit_words()) {
            (words, "") => words.to_owned(),
            ("", unit) => unit.to_owned(),
            (words, unit) => format!("{words}, {unit}"),
        }
    }
    fn ticks_between(&self, reach: (f64, f64), most: usize) -> Vec<f64> {
        match self.format {
            Format::Month => months_between(reach, most),
            _ => between(reach, most, self.format.least_step()),
        }
    }
    fn label(&self, value: f64, is_first: bool, beside: f64) -> String {
        match self.format {
            Format::Month if is_first => self.format.full(value),
            _ => self.format.short(value, beside),
        }
    }
}

/// How much room is wanted beside and below the lines.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Beside {
    pub(super) right: f64,
    pub(super) below: f64,
}

/// Where lines are drawn, with the scales they are drawn by.
#[derive(Debug)]
pub(super) struct Ground {
    pub(super) x: Scale,
    pub(super) y: Scale,
    pub(super) sheet: Sheet,
    across: Vec<(f64, String)>,
    up: Vec<(f64, String)>,
    said: (String, String),
}

/// Room above the lines for what the axis counts and for what a mark says.
const TOP: f64 = 30.0;

impl Ground {
    /// Lays out a sheet for numbers that reach so far.
    pub(super) fn new(
        sheet: Sheet,
        across: &Axis,
        up: &Axis,
        reach: [(f64, f64); 2],
        beside: Beside,
    ) -> Self {
        let heights = around(reach[1], if sheet.is_narrow { 4 } else { 5 }, up.format.least_step());
        let ends = (heights.first().copied().unwrap_or(0.0), heights.last().copied().unwrap_or(1.0));
        let tallest = ends.0.abs().max(ends.1.abs());
        let up_labels: Vec<(f64, String)> =
            heights.iter().map(|it| (*it, up.format.short(*it, tallest))).collect();
        let left = up_labels.iter().map(|it| width(&it.1)).fold(0.0, f64::max) + 10.0;
        let below = LINE + 10.0 + beside.below + if across.said().is_empty() { 0.0 } else { LINE };
        let x = Scale::new(reach[0], left, sheet.width - beside.right.max(12.0));
        let y = Scale::new(ends, sheet.height - below, TOP);
        let most = if sheet.is_narrow { 4 } else { 8 };
        let ticks = across.ticks_between(reach[0], most);
        let farthest = reach[0].0.abs().max(reach[0].1.abs());
        let label = |(n, it): (usize, f64)| (it, across.label(it, n == 0, farthest));
        let across_labels = ticks.into_iter().enumerate().map(label).collect();
        Self { x, y, sheet, across: across_labels, up: up_labels, said: (across.said(), up.said()) }
    }
    /// Ticks across at these places instead of round ones, if there are any.
    pub(super) fn tick_at(&mut self, across: &Axis, places: impl Iterator<Item = f64>) {
        let farthest = self.x.reach().1;
        let label = |(n, it): (usize, f64)| (it, across.label(it, n == 0, farthest));
        let ticks: Vec<(f64, String)> = places.enumerate().map(label).collect();
        if !ticks.is_empty() {
            self.across = ticks;
        }
    }
    /// Left, right, top and bottom of where lines are drawn.
    pub(super) fn edges(&self) -> (f64, f64, f64, f64) {
        let ((left, right), (bottom, top)) = (self.x.ends(), self.y.ends());
        (left, right, top, bottom)
    }
    /// The lines across, their numbers, and what the axes count.
    pub(super) fn draw(&self) -> Markup {
        let (left, right, top, bottom) = self.edges();
        html! {
            @for (value, label) in &self.up {
                @let y = self.y.at(*value);
                line class=(if *value == 0.0 { "axis" } else { "grid" }) x1=(n(left)) x2=(n(right)) y1=(n(y)) y2=(n(y)) {}
                text x=(n(left - 8.0)) y=(n(y + SIZE * 0.35)) text-anchor="end" { (label) }
            }
            @for (value, label) in &self.across {
                @let x = self.x.at(*value);
                line.axis x1=(n(x)) x2=(n(x)) y1=(n(bottom)) y2=(n(bottom + 4.0)) {}
                text x=(n(x)) y=(n(bottom + LINE + 2.0)) text-anchor="middle" { (label) }
            }
            @if !self.said.1.is_empty() { text x="0" y=(n(top - 16.0)) { (self.said.1) } }
            @if !self.said.0.is_empty() { text x=(n(right)) y=(n(bottom + LINE * 2.0 + 3.0)) text-anchor="end" { (self.said.0) } }
        }
    }
    /// An upright line where something begins; its words stand above the lines.
    pub(super) fn mark(&self, at: f64, words: &str) -> Markup {
        let (left, right, top, bottom) = self.edges();
        let x = self.x.at(at);
        let anchor = if x + width(words) > self.sheet.width { "end" } else { "start" };
        html! { @if self.x.has(at) && (left..=right).contains(&x) {
            line.mark-line x1=(n(x)) x2=(n(x)) y1=(n(top - 8.0)) y2=(n(bottom)) {}
            text.haloed x=(n(if anchor == "end" { x - 5.0 } else { x + 5.0 })) y=(n(top - 1.0)) text-anchor=(anchor) { (words) }
        } }
    }
}
