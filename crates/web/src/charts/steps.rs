//! How many are still there after a time: stairs that go down with each who leaves, and how many were watched.

use maud::{Markup, html};

use super::{
    axes::{Axis, Beside, Ground},
    figure::{Drawing, Figure, Sheet},
    format::Format,
    lettering::{LINE, SIZE, width},
    lines::Lines,
    path,
    scale::{is_known, n},
    series::Series,
    table::{Cell, Column, Table},
};

/// How many are still there after a time.
#[derive(Debug, Clone)]
pub(crate) struct Steps {
    pub(crate) figure: Figure,
    pub(crate) across: Axis,
    /// Which share is still there from this time on, with where it may lie.
    pub(crate) curve: Series,
    /// How many were watched that long: at which time, how many.
    pub(crate) watched: Vec<(f64, u64)>,
    /// What a model says, beside it: dashed.
    pub(crate) model: Option<Series>,
}

impl Steps {
    pub(crate) fn new(figure: Figure, across: Axis, curve: Series) -> Self {
        Self { figure, across, curve, watched: Vec::new(), model: None }
    }
    /// How many were watched that long.
    pub(crate) fn watched(self, watched: Vec<(f64, u64)>) -> Self {
        Self { watched, ..self }
    }
    /// What a model says.
    pub(crate) fn model(self, model: Series) -> Self {
        Self { model: Some(model.expected().tone(2)), ..self }
    }
    pub(crate) fn draw(&self) -> Markup {
        let tells = match self.curve.last() {
            Some((at, share)) => {
                let (share, at) = (Format::Percent.full(share), self.across.format.full(at));
                format!("{}: {share} at {at}.", self.curve.name)
            }
            None => String::new(),
        };
        self.figure.frame(&self.table(), &tells, html! {}, |sheet| self.on(sheet))
    }
    pub(crate) fn table(&self) -> Table {
        let mut table = self.as_lines().table();
        if !self.watched.is_empty() {
            table.columns.push(Column::new("Watched", &Format::Count));
            for row in &mut table.rows {
                row.push(self.watched_at(row.first()));
            }
        }
        table
    }
    fn watched_at(&self, at: Option<&Cell>) -> Cell {
        let Some(Cell::Number(at)) = at else { return Cell::Blank };
        let found = self.watched.iter().find(|it| (it.0 - at).abs() < 1e-9);
        found.map_or(Cell::Blank, |it| Cell::Number(it.1 as f64))
    }
    fn as_lines(&self) -> Lines {
        let series = std::iter::once(self.curve.clone()).chain(self.model.clone()).collect();
        Lines::new(self.figure.clone(), self.across.clone(), Axis::new(Format::Percent, ""), series)
    }
    fn on(&self, sheet: Sheet) -> Drawing {
        let below = if self.watched.is_empty() { 0.0 } else { LINE * 2.0 + 10.0 };
        let sheet = Sheet { height: sheet.height + below, ..sheet };
        let all = self.curve.points.iter().chain(self.model.iter().flat_map(|it| &it.points));
        let far = all.map(|it| it.0).filter(|it| is_known(*it)).fold(0.0, f64::max);
        let up = Axis::new(Format::Percent, "still there");
        let right = self.names().map(width).fold(0.0, f64::max) + 16.0;
        let beside = Beside { right: right.min(if sheet.is_narrow { 96.0 } else { 140.0 }), below };
        let mut ground = Ground::new(sheet, &self.across, &up, [(0.0, far), (0.0, 1.0)], beside);
        let watched = self.watched_within(&ground);
        ground.tick_at(&self.across, watched.iter().map(|it| it.0));
        let mut lines = self.as_lines();
        lines.series[0] = self.stairs();
        let marks = html! {
            (ground.draw())
            (lines.drawn_on(&ground, beside.right - 16.0))
            (self.watched_on(&ground, &watched))
        };
        Drawing { sheet, marks }
    }
    fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.curve).chain(&self.model).map(|it| it.name.as_str())
    }
    /// All are there at the beginning; from then on it goes down in steps.
    fn stairs(&self) -> Series {
        let begins = self.curve.points.first().is_none_or(|it| it.0 > 0.0).then_some((0.0, 1.0));
        let points: Vec<(f64, f64)> = begins.into_iter().chain(self.curve.points.iter().copied()).collect();
        let edges = self.curve.band.clone().unwrap_or_default();
        let edge = |of: fn(&(f64, f64, f64)) -> f64| {
            path::stairs(&edges.iter().map(|it| (it.0, of(it))).collect::<Vec<_>>())
        };
        let band = edge(|it| it.1).into_iter().zip(edge(|it| it.2));
        let band = band.map(|(low, high)| (low.0, low.1, high.1)).collect();
        Series { points: path::stairs(&points), band: Some(band), ..self.curve.clone() }
    }
    /// How many were watched, where there is room for it.
    fn watched_within(&self, ground: &Ground) -> Vec<(f64, String)> {
        let mut free_from = f64::MIN;
        let mut placed = Vec::new();
        for (at, count) in self.watched.iter().filter(|it| ground.x.has(it.0)) {
            let words = Format::Count.full(*count as f64);
            let (x, half) = (ground.x.at(*at), width(&words) / 2.0);
            if x - half > free_from {
                free_from = x + half + 8.0;
                placed.push((*at, words));
            }
        }
        placed
    }
    fn watched_on(&self, ground: &Ground, watched: &[(f64, String)]) -> Markup {
        let (left, _, _, bottom) = ground.edges();
        let top = bottom + LINE * if self.across.words.is_empty() { 2.0 } else { 3.0 } + 6.0;
        html! { @if !watched.is_empty() {
            text x=(n(left)) y=(n(top + SIZE)) { "How many were watched that long" }
            @for (at, words) in watched {
                text.value x=(n(ground.x.at(*at))) y=(n(top + LINE + SIZE + 1.0)) text-anchor="middle" { (words) }
            }
        } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(points: Vec<(f64, f64)>) -> Steps {
        let band = points.iter().map(|it| (it.0, it.1 - 0.05, it.1 + 0.05)).collect();
        let across = Axis::new(Format::Count, "months since the first purchase");
        let figure = Figure::new("stay", "How long people stay", "Half are there after two years.");
        Steps::new(figure, across, Series::new("Seen", points).within(band))
    }

    #[test]
    fn all_are_there_at_the_beginning_and_the_curve_goes_down_in_steps() {
        let steps = of(vec![(2.0, 0.9), (5.0, 0.7)]);
        assert_eq!(steps.stairs().points, [(0.0, 1.0), (2.0, 1.0), (2.0, 0.9), (5.0, 0.9), (5.0, 0.7)]);
        assert!(steps.draw().into_string().contains("Seen: 70\u{a0}% at 5."));
    }

    #[test]
    fn how_many_were_watched_stands_below_and_in_the_table() {
        let steps = of(vec![(0.0, 1.0), (12.0, 0.6)]).watched(vec![(0.0, 1200), (12.0, 340)]);
        assert!(steps.draw().into_string().contains(">1,200</text>"));
        assert_eq!(steps.table().rows[1].last(), Some(&Cell::Number(340.0)));
    }

    #[test]
    fn what_a_model_says_is_dashed_beside_it() {
        let model = Series::new("Model", vec![(0.0, 1.0), (12.0, f64::NAN)]);
        let page = of(vec![(0.0, 1.0), (12.0, 0.6)]).model(model).draw().into_string();
        assert!(page.contains("series-2 expected") && page.contains(">Model</text>"));
        assert!(page.contains("One number is not known") && !page.contains("NaN"));
    }
}
