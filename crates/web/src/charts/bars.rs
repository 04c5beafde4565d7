//! Bars side by side: a few things compared by how much, with where they may lie, or of two parts.

use maud::{Markup, html};

use super::{
    figure::Figure,
    format::Format,
    rows::{self, Row},
    scale::is_known,
    table::{Cell, Column, Table},
};

/// One thing among those compared.
#[derive(Debug, Clone)]
pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) value: f64,
    /// Where it may lie: from, to.
    pub(crate) within: Option<(f64, f64)>,
    /// What comes on top, if bars have two parts.
    pub(crate) second: Option<f64>,
}

impl Bar {
    pub(crate) fn new(label: &str, value: f64) -> Self {
        Self { label: label.to_owned(), value, within: None, second: None }
    }
    /// Where it may lie.
    pub(crate) fn within(self, from: f64, to: f64) -> Self {
        Self { within: Some((from, to)), ..self }
    }
    /// What comes on top.
    pub(crate) fn and(self, second: f64) -> Self {
        Self { second: Some(second), ..self }
    }
    fn total(&self) -> f64 {
        self.value + self.second.filter(|it| is_known(*it)).unwrap_or(0.0)
    }
}

/// A few things compared.
#[derive(Debug, Clone)]
pub(crate) struct Bars {
    pub(crate) figure: Figure,
    pub(crate) format: Format,
    /// What is compared, and by what, as its columns are called.
    pub(crate) columns: (String, String),
    pub(crate) bars: Vec<Bar>,
    /// What the two parts of each bar are called.
    pub(crate) parts: Option<(String, String)>,
    /// Values are ups and downs: with their sign, in green and red.
    pub(crate) is_moves: bool,
    /// Values are differences, of which neither way is good: with their sign, in one colour.
    pub(crate) is_apart: bool,
}

impl Bars {
    /// Compares things called `what` by a number called `by`.
    pub(crate) fn new(figure: Figure, format: Format, [what, by]: [&str; 2], bars: Vec<Bar>) -> Self {
        let columns = (what.to_owned(), by.to_owned());
        Self { figure, format, columns, bars, parts: None, is_moves: false, is_apart: false }
    }
    /// What the two parts of each bar are called.
    pub(crate) fn parts(self, first: &str, second: &str) -> Self {
        Self { parts: Some((first.to_owned(), second.to_owned())), ..self }
    }
    /// Values are ups and downs.
    pub(crate) fn moves(self) -> Self {
        Self { is_moves: true, ..self }
    }
    /// Values are differences, of which neither way is good.
    pub(crate) fn apart(self) -> Self {
        Self { is_apart: true, ..self }
    }
    pub(crate) fn draw(&self) -> Markup {
        let rows: Vec<Row> = self.bars.iter().map(|it| self.row(it)).collect();
        self.figure.frame(&self.table(), &self.tells(), self.keys(), |sheet| rows::on(sheet, &rows, 0.0))
    }
    pub(crate) fn table(&self) -> Table {
        let has_interval = self.bars.iter().any(|it| it.within.is_some());
        let mut names = vec![self.columns.0.clone()];
        match &self.parts {
            Some((first, second)) => names.extend([first.clone(), second.clone(), self.columns.1.clone()]),
            None => names.push(self.columns.1.clone()),
        }
        if has_interval {
            names.extend(["At least".to_owned(), "At most".to_owned()]);
        }
        let columns = names.iter().map(|it| Column::new(it, &self.format)).collect::<Vec<_>>();
        let columns = columns.into_iter().enumerate();
        let columns = columns.map(|(n, it)| if n == 0 { Column { format: Format::Count, ..it } } else { it });
        Table {
            columns: columns.collect(),
            rows: self.bars.iter().map(|it| self.cells(it, has_interval)).collect(),
        }
    }
    fn cells(&self, it: &Bar, has_interval: bool) -> Vec<Cell> {
        let number = |it: Option<f64>| it.map_or(Cell::Blank, Cell::Number);
        let mut cells = vec![Cell::Words(it.label.clone()), Cell::Number(it.value)];
        if self.parts.is_some() {
            cells.extend([number(it.second), Cell::Number(it.total())]);
        }
        if has_interval {
            cells.extend([number(it.within.map(|it| it.0)), number(it.within.map(|it| it.1))]);
        }
        cells
    }
    fn said(&self, value: f64) -> String {
        if self.is_moves || self.is_apart { self.format.moved(value) } else { self.format.said(value) }
    }
    fn row(&self, it: &Bar) -> Row {
        let class = match (self.is_moves, it.value < 0.0) {
            (true, true) => "bad",
            (true, false) => "good",
            _ if it.within.is_some() => "series-1 unsure",
            _ => "series-1",
        };
        let first = (0.0, it.value, class);
        let second =
            it.second.filter(|it| is_known(*it)).map(|more| (it.value, it.value + more, "series-1 second"));
        Row {
            label: it.label.clone(),
            parts: std::iter::once(first).chain(second).collect(),
            whisker: it.within,
            value: self.said(it.total()),
            is_leftward: it.total() < 0.0,
            ..Row::default()
        }
    }
    fn keys(&self) -> Markup {
        html! { @if let Some((first, second)) = &self.parts { p.key-row.small {
            span.key.series-1 { (first) } span.key.series-1.second { (second) }
        } } }
    }
    fn tells(&self) -> String {
        let one = |it: &Bar| format!("{}: {}.", it.label, self.said(it.total()));
        self.bars.iter().map(one).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(bars: Vec<Bar>) -> Bars {
        let figure = Figure::new("moved", "What moved equity", "Losses outweigh.");
        Bars::new(figure, Format::Money("EUR".into()), ["Why", "Equity"], bars)
    }

    #[test]
    fn what_was_lost_lies_left_of_nothing() {
        let page = of(vec![Bar::new("New", 5000.0), Bar::new("Lost", -2500.0)]).moves().draw().into_string();
        assert!(page.contains("class=\"block bad\"") && page.contains("class=\"block good\""));
        assert!(page.contains("+50.00\u{a0}EUR</text>"));
        assert!(page.contains("text-anchor=\"end\">\u{2212}25.00\u{a0}EUR</text>"));
    }

    #[test]
    fn a_difference_says_its_way_by_a_sign_and_no_colour() {
        let page = of(vec![Bar::new("German", 5000.0).within(-100.0, 9000.0)]).apart().draw().into_string();
        assert!(page.contains("+50.00\u{a0}EUR</text>") && page.contains("series-1 unsure"));
    }

    #[test]
    fn two_parts_are_named_and_add_up() {
        let bars = of(vec![Bar::new("Mail", 100.0).and(50.0)]).parts("Kept", "Hoped for");
        let table = bars.table();
        assert_eq!(table.rows[0][3], Cell::Number(150.0));
        assert_eq!(table.columns.len(), 4);
        assert!(bars.draw().into_string().contains("series-1 second"));
    }

    #[test]
    fn a_bar_nobody_knows_keeps_its_row_with_a_dash() {
        let page = of(vec![Bar::new("Mail", 100.0), Bar::new("Post", f64::NAN).within(f64::NAN, 3.0)]).draw();
        let page = page.into_string();
        assert!(page.contains(">Post</text>") && page.contains("\u{2013}</text>"));
        assert!(!page.contains("NaN"));
    }
}
