//! Lines over time or over anything in an order: with where they may lie, a goal, and where what is known ends.

use std::cmp::Ordering;

use maud::{Markup, html};

use super::{
    axes::{Axis, Beside, Ground},
    figure::{Drawing, Figure, Sheet},
    lettering::{LINE, SIZE, apart, broken, width},
    path,
    scale::{is_known, n, reach},
    series::{Series, Style},
    table::{Cell, Column, Table},
};

/// A line that ends this far before the others, as a part of the whole way, has its name where it ends.
const ENDS_EARLY: f64 = 0.12;

/// One or more lines.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    pub(crate) figure: Figure,
    pub(crate) across: Axis,
    pub(crate) up: Axis,
    pub(crate) series: Vec<Series>,
    /// What is hoped for, and what it is called.
    pub(crate) goal: Option<(f64, String)>,
    /// Where something begins, and what: "today".
    pub(crate) mark: Option<(f64, String)>,
    /// Whether the way up begins at nothing, so that heights can be compared.
    pub(crate) is_from_zero: bool,
}

impl Lines {
    pub(crate) fn new(figure: Figure, across: Axis, up: Axis, series: Vec<Series>) -> Self {
        Self { figure, across, up, series, goal: None, mark: None, is_from_zero: true }
    }
    /// What is hoped for.
    pub(crate) fn goal(self, height: f64, words: &str) -> Self {
        Self { goal: Some((height, words.to_owned())), ..self }
    }
    /// Where something begins: "today", "from here on: expected".
    pub(crate) fn mark(self, at: f64, words: &str) -> Self {
        Self { mark: Some((at, words.to_owned())), ..self }
    }
    /// The way up begins near the least number: for what never comes near nothing.
    pub(crate) fn not_from_zero(self) -> Self {
        Self { is_from_zero: false, ..self }
    }
    pub(crate) fn draw(&self) -> Markup {
        self.figure.frame(&self.table(), &self.tells(), html! {}, |sheet| self.on(sheet))
    }
    /// Every point of every line, beside the others at the same place.
    pub(crate) fn table(&self) -> Table {
        let name = match self.across.words.as_str() {
            "" => "When",
            words => words,
        };
        let mut columns = vec![Column::new(name, &self.across.format)];
        for it in &self.series {
            columns.push(Column::new(&it.name, &self.up.format));
            if it.band.is_some() {
                columns.push(Column::new(&format!("{}, at least", it.name), &self.up.format));
                columns.push(Column::new(&format!("{}, at most", it.name), &self.up.format));
            }
        }
        Table { columns, rows: self.places().into_iter().map(|x| self.row(x)).collect() }
    }
    fn places(&self) -> Vec<f64> {
        let bands = |it: &Series| it.band.iter().flatten().map(|it| it.0).collect::<Vec<_>>();
        let of = |it: &Series| it.points.iter().map(|it| it.0).chain(bands(it)).collect::<Vec<_>>();
        let mut all: Vec<f64> = self.series.iter().flat_map(of).filter(|it| is_known(*it)).collect();
        all.sort_by(f64::total_cmp);
        all.dedup_by(|a, b| (*a - *b).abs() < 1e-9);
        all
    }
    fn row(&self, x: f64) -> Vec<Cell> {
        let is_here = |at: f64| (at - x).abs() < 1e-9;
        let number = |it: Option<f64>| it.map_or(Cell::Blank, Cell::Number);
        let mut row = vec![Cell::Number(x)];
        for it in &self.series {
            row.push(number(it.points.iter().find(|it| is_here(it.0)).map(|it| it.1)));
            if let Some(band) = &it.band {
                let edges = band.iter().find(|it| is_here(it.0));
                row.extend([number(edges.map(|it| it.1)), number(edges.map(|it| it.2))]);
            }
        }
        row
    }
    fn tells(&self) -> String {
        let (x, y) = (&self.across.format, &self.up.format);
        let one = |it: &Series| {
            let ((from, start), (to, end)) = (it.first()?, it.last()?);
            let (from, start, to, end) = (x.full(from), y.said(start), x.full(to), y.said(end));
            Some(format!("{}: {start} at {from}, {end} at {to}.", it.name))
        };
        let goal = self.goal.iter().map(|(height, words)| format!("{words}: {}.", y.said(*height)));
        self.series.iter().filter_map(one).chain(goal).collect::<Vec<_>>().join(" ")
    }
    fn on(&self, sheet: Sheet) -> Drawing {
        let across = reach(self.places()).unwrap_or((0.0, 1.0));
        let zero = self.is_from_zero.then_some(0.0);
        let heights = self.series.iter().flat_map(Series::heights);
        let up = reach(heights.chain(zero).chain(self.goal.iter().map(|it| it.0))).unwrap_or((0.0, 1.0));
        let room = if sheet.is_narrow { 84.0 } else { 132.0 };
        let names = self.names(across, room);
        let widest = names.iter().flat_map(|it| &it.lines).map(|it| width(it)).fold(0.0, f64::max);
        let right = if widest > 0.0 { widest.min(room) + 16.0 } else { 0.0 };
        let ground = Ground::new(sheet, &self.across, &self.up, [across, up], Beside { right, below: 0.0 });
        let marks = html! {
            (self.beyond(&ground))
            (ground.draw())
            (self.drawn_on(&ground, room))
        };
        Drawing { sheet, marks }
    }
    /// The lines, what they are measured by, and their names, with so much room for names at the right.
    pub(super) fn drawn_on(&self, ground: &Ground, room: f64) -> Markup {
        let across = ground.x.reach();
        let is_signed = self.series.iter().filter(|it| it.style == Style::Known).count() > 1;
        html! {
            @for (n, it) in self.series.iter().enumerate() { (drawn(n, it, ground, is_signed)) }
            @if let Some((at, words)) = &self.mark { (ground.mark(*at, words)) }
            (self.goal_on(ground))
            (self.names_on(ground, &self.names(across, room)))
            @for (n, it) in self.series.iter().enumerate() { (self.early_name(n, it, ground)) }
        }
    }
    /// A shade over what has not happened yet.
    fn beyond(&self, ground: &Ground) -> Markup {
        let (_, right, top, bottom) = ground.edges();
        let is_expected = self.series.iter().any(|it| it.style == Style::Expected);
        html! { @if let Some((at, _)) = self.mark.as_ref().filter(|it| is_expected && ground.x.has(it.0)) {
            @let x = ground.x.at(*at);
            rect.beyond x=(n(x)) y=(n(top)) width=(n(right - x)) height=(n(bottom - top)) {}
        } }
    }
    fn goal_on(&self, ground: &Ground) -> Markup {
        let (left, right, _, _) = ground.edges();
        html! { @if let Some((height, words)) = self.goal.as_ref().filter(|it| is_known(it.0)) {
            @let y = ground.y.at(*height);
            line.goal x1=(n(left)) x2=(n(right)) y1=(n(y)) y2=(n(y)) {}
            text.haloed.goal-name x=(n(self.free_place(ground, y - 6.0, width(words)))) y=(n(y - 6.0)) { (words) }
        } }
    }
    /// Where along a height a text covers the least of the lines.
    fn free_place(&self, ground: &Ground, height: f64, wide: f64) -> f64 {
        let (left, right, _, _) = ground.edges();
        let last = (right - wide).max(left);
        let points = || self.series.iter().flat_map(|it| &it.points).filter(|it| is_known(it.1));
        let free = |from: f64| {
            let near = points().map(|it| (ground.x.at(it.0), ground.y.at(it.1)));
            let over = near.filter(|it| (from - 8.0..=from + wide + 8.0).contains(&it.0));
            over.map(|it| (it.1 - height).abs()).fold(f64::MAX, f64::min)
        };
        let places = [left + 4.0, f64::midpoint(left, last), last];
        places
            .into_iter()
            .max_by(|a, b| free(*a).min(24.0).total_cmp(&free(*b).min(24.0)).then(Ordering::Greater))
            .unwrap_or(left)
    }
    /// The name of a line that ends before the others stands by its end, clear of the line itself and of the goal.
    fn early_name(&self, place: usize, it: &Series, ground: &Ground) -> Markup {
        let last = it.last().filter(|_| ends_early(it, ground.x.reach()) && !it.name.is_empty());
        html! { @if let Some((x, y)) = last {
            @let (left, ..) = ground.edges();
            @let end = (ground.x.at(x) - 6.0).max(left + width(&it.name));
            @let height = self.free_height(it, ground, (end - width(&it.name), end), ground.y.at(y));
            text class={"name haloed series-" (it.tone_at(place))} x=(n(end)) y=(n(height + SIZE * 0.36)) text-anchor="end" { (it.name) }
        } }
    }
    /// The height nearest to `wanted` at which a text from one place to another covers neither its line nor the goal.
    fn free_height(&self, it: &Series, ground: &Ground, (from, to): (f64, f64), wanted: f64) -> f64 {
        let (_, _, top, bottom) = ground.edges();
        let points = it.points.iter().filter(|it| is_known(it.0) && is_known(it.1));
        let places = points.map(|it| (ground.x.at(it.0), ground.y.at(it.1)));
        let near = places.filter(|it| (from - 20.0..=to + 20.0).contains(&it.0)).map(|it| it.1);
        let goal = self.goal.iter().map(|it| ground.y.at(it.0)).flat_map(|it| [it, it - LINE]);
        let over: Vec<f64> = near.chain(goal).collect();
        let is_free = |height: f64| over.iter().all(|it| (it - height).abs() > LINE * 0.9);
        let within = |height: &f64| (top + SIZE..bottom - SIZE).contains(height);
        let away = (1..20).flat_map(|it| [wanted - f64::from(it) * 6.0, wanted + f64::from(it) * 6.0]);
        away.filter(within).find(|it| is_free(*it)).unwrap_or(wanted - LINE)
    }
    /// The names that stand at the right, broken to the room there.
    fn names(&self, across: (f64, f64), room: f64) -> Vec<Name> {
        let at_end = self.series.iter().enumerate().filter(|it| !ends_early(it.1, across));
        at_end
            .filter_map(|(place, it)| {
                let (x, y) = it.last()?;
                Some(Name { place, x, y, lines: broken(&it.name, room, 2) })
            })
            .collect()
    }
    fn names_on(&self, ground: &Ground, names: &[Name]) -> Markup {
        let (_, right, top, bottom) = ground.edges();
        let wanted: Vec<(f64, f64)> =
            names.iter().map(|it| (ground.y.at(it.y), it.lines.len() as f64 * LINE)).collect();
        let middles = apart(&wanted, top - 10.0, bottom + 8.0);
        html! { @for (it, ((own, tall), middle)) in names.iter().zip(wanted.iter().zip(middles)) {
            g class=(self.series[it.place].class(it.place)) {
                @if (own - middle).abs() > 5.0 { path.leader d={"M" (n(ground.x.at(it.x) + 5.0)) " " (n(*own)) "L" (n(right + 12.0)) " " (n(middle))} {} }
                @for (line, words) in it.lines.iter().enumerate() {
                    text.name x=(n(right + 14.0)) y=(n(middle - tall / 2.0 + LINE * line as f64 + SIZE * 0.92)) { (words) }
                }
            }
        } }
    }
}

/// A name at the end of a line.
struct Name {
    place: usize,
    x: f64,
    y: f64,
    lines: Vec<String>,
}

fn ends_early(it: &Series, (from, to): (f64, f64)) -> bool {
    it.last().is_some_and(|(x, _)| to - x > (to - from) * ENDS_EARLY)
}

/// A line with its band, and signs along it where colour alone would tell it from others.
fn drawn(place: usize, it: &Series, ground: &Ground, is_signed: bool) -> Markup {
    let every = it.points.len().div_ceil(7).max(1);
    let signed = is_signed && it.style == Style::Known;
    html! {
        g class=(it.class(place)) {
            @if let Some(band) = &it.band { path.band d=(path::band(band, &ground.x, &ground.y)) {} }
            path.line d=(path::line(&it.points, &ground.x, &ground.y)) {}
            @if signed { @for point in it.points.iter().rev().step_by(every) { (sign(it.tone_at(place), *point, ground)) } }
            @else if it.style != Style::Compared { @if let Some(point) = it.last() { (sign(1, point, ground)) } }
        }
    }
}

/// The sign of a line: a disc, a square, a diamond, a triangle.
fn sign(tone: usize, (x, y): (f64, f64), ground: &Ground) -> Markup {
    let (x, y, is_drawn) = (ground.x.at(x), ground.y.at(y), is_known(x) && is_known(y));
    let shape = match tone {
        2 => "m-3.5-3.5h7v7h-7Z",
        3 => "m0-5l5 5l-5 5l-5-5Z",
        4 => "m0-5l4.6 8h-9.2Z",
        _ => "m-3.8 0a3.8 3.8 0 1 0 7.6 0a3.8 3.8 0 1 0-7.6 0Z",
    };
    html! { @if is_drawn { path.sign d={"M" (n(x)) " " (n(y)) (shape)} {} } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::format::Format;

    fn of(series: Vec<Series>) -> Lines {
        let figure = Figure::new("new", "New people", "More come each month.").csv("/insight/new.csv");
        Lines::new(figure, Axis::months(), Axis::new(Format::Count, "people"), series)
    }

    fn rising() -> Series {
        Series::new("New", (0..12).map(|it| (24_312.0 + f64::from(it), f64::from(it * 3))).collect())
    }

    #[test]
    fn a_chart_has_a_title_a_description_and_its_numbers() {
        let page = of(vec![rising()]).draw().into_string();
        for part in [
            "<h3>New people</h3>",
            "<p>More come each month.</p>",
            "aria-labelledby=\"new-wide-title new-wide-desc\"",
            "<title id=\"new-narrow-title\">New people</title>",
            "New: 0 at Jan\u{a0}2026, 33 at Dec\u{a0}2026.",
            "<summary>The numbers</summary>",
            "<a href=\"/insight/new.csv\" download>",
            "<td class=\"number\">33</td>",
        ] {
            assert!(page.contains(part), "{part}");
        }
        assert!(!page.contains("style="), "the policy forbids styles in the page");
    }

    #[test]
    fn a_value_that_is_not_a_number_is_left_out_and_said_so() {
        let mut line = rising();
        line.points[4].1 = f64::NAN;
        line.points[7].1 = f64::INFINITY;
        let page = of(vec![line.within(vec![(24_312.0, 0.0, f64::NAN)])]).draw().into_string();
        assert!(page.contains("3 numbers are not known; they are left out."));
        assert!(!page.contains("NaN") && !page.contains("inf"), "{page}");
    }

    #[test]
    fn while_there_is_nothing_a_sentence_says_so() {
        let mut chart = of(vec![Series::new("New", vec![(24_312.0, f64::NAN)])]);
        chart.figure = chart.figure.empty("Nothing to draw yet: nobody has come.");
        let page = chart.draw().into_string();
        assert!(page.contains("Nothing to draw yet: nobody has come.") && !page.contains("<svg"));
    }

    #[test]
    fn what_is_expected_does_not_look_like_what_is_known() {
        let later = Series::new("Expected", vec![(24_323.0, 33.0), (24_329.0, 50.0)]).expected().tone(1);
        let page = of(vec![rising(), later]).mark(24_323.0, "today").goal(60.0, "Goal").draw().into_string();
        assert!(page.contains("series-1 expected") && page.contains("class=\"beyond\""));
        assert!(page.contains(">today</text>") && page.contains(">Goal</text>"));
    }

    #[test]
    fn lines_of_different_length_stand_beside_each_other_in_the_table() {
        let table = of(vec![rising(), Series::new("Gone", vec![(24_313.0, 4.0)])]).table();
        assert_eq!(table.rows.len(), 12);
        assert_eq!(table.rows[0][2], Cell::Blank);
        assert_eq!(table.rows[1], [Cell::Number(24_313.0), Cell::Number(3.0), Cell::Number(4.0)]);
        assert_eq!(table.unknown(), 0);
    }
}
