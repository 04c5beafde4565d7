//! From what was to what is, through what came and what went.

use maud::{Markup, html};

use super::{
    figure::Figure,
    format::Format,
    rows::{self, Row},
    scale::{is_known, reach},
    table::{Cell, Column, Table},
};

/// If all that moved is less than this part of what stands, bars from nothing would hide it.
const HARDLY: f64 = 0.25;

/// From what was to what is.
#[derive(Debug, Clone)]
pub(crate) struct Waterfall {
    pub(crate) figure: Figure,
    pub(crate) format: Format,
    /// What was, and how it is called.
    pub(crate) start: (String, f64),
    pub(crate) moves: Vec<(String, f64)>,
    /// How what is now is called; it is what was and all moves.
    pub(crate) end: String,
}

impl Waterfall {
    pub(crate) fn new(
        figure: Figure,
        format: Format,
        start: (&str, f64),
        moves: Vec<(String, f64)>,
        end: &str,
    ) -> Self {
        Self { figure, format, start: (start.0.to_owned(), start.1), moves, end: end.to_owned() }
    }
    pub(crate) fn draw(&self) -> Markup {
        let (rows, base) = (self.rows(), self.base());
        let keys = html! { @if base != 0.0 { p.key-row.small {
            "The bars begin at " (self.format.said(base)) ", not at nothing, so that what moved can be seen."
        } } };
        self.figure.frame(&self.table(), &self.tells(), keys, |sheet| rows::on(sheet, &rows, base))
    }
    pub(crate) fn table(&self) -> Table {
        let row = |label: &str, value: f64| vec![Cell::Words(label.to_owned()), Cell::Number(value)];
        let moves = self.moves.iter().map(|it| row(&it.0, it.1));
        let first = std::iter::once(row(&self.start.0, self.start.1));
        Table {
            columns: vec![Column::new("What", &Format::Count), Column::new("How much", &self.format)],
            rows: first.chain(moves).chain([row(&self.end, self.now())]).collect(),
        }
    }
    fn now(&self) -> f64 {
        self.start.1 + self.moves.iter().map(|it| it.1).filter(|it| is_known(*it)).sum::<f64>()
    }
    /// What stands after each move.
    fn standing(&self) -> Vec<f64> {
        let add = |sum: &mut f64, (_, value): &(String, f64)| {
            *sum += if is_known(*value) { *value } else { 0.0 };
            Some(*sum)
        };
        self.moves.iter().scan(self.start.1, add).collect()
    }
    /// Where bars begin: at nothing, unless all that moved would be too small to see.
    fn base(&self) -> f64 {
        let all = self.standing().into_iter().chain([self.start.1]);
        let Some((low, high)) = reach(all).filter(|it| it.0 > 0.0 && it.1 - it.0 < it.1 * HARDLY) else {
            return 0.0;
        };
        let room = (high - low).max(high * 0.01);
        super::scale::around((low - room, high), 4, 1.0).first().copied().unwrap_or(0.0).max(0.0)
    }
    fn rows(&self) -> Vec<Row> {
        let base = self.base();
        let whole = |label: &str, value: f64, leads_on: Option<f64>| Row {
            label: label.to_owned(),
            parts: vec![(base, value, "standing")],
            value: self.format.said(value),
            is_firm: true,
            leads_on,
            ..Row::default()
        };
        let standing = self.standing();
        let before = std::iter::once(self.start.1).chain(standing.iter().copied());
        let step = |((label, value), (from, to)): (&(String, f64), (f64, &f64))| Row {
            label: label.clone(),
            parts: vec![(from, *to, if *value < 0.0 { "bad" } else { "good" })],
            value: self.format.moved(*value),
            leads_on: Some(*to),
            ..Row::default()
        };
        let moves = self.moves.iter().zip(before.zip(&standing)).map(step);
        let first = std::iter::once(whole(&self.start.0, self.start.1, Some(self.start.1)));
        first.chain(moves).chain([whole(&self.end, self.now(), None)]).collect()
    }
    fn tells(&self) -> String {
        let moves: Vec<String> =
            self.moves.iter().map(|it| format!("{} {}", it.0, self.format.moved(it.1))).collect();
        let (start, end) = (self.format.said(self.start.1), self.format.said(self.now()));
        format!("{}: {start}. {}. {}: {end}.", self.start.0, moves.join(", "), self.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(start: f64, moves: &[(&str, f64)]) -> Waterfall {
        let moves = moves.iter().map(|it| (it.0.to_owned(), it.1)).collect();
        let figure = Figure::new("equity", "Equity", "It grew.");
        Waterfall::new(figure, Format::Count, ("In May", start), moves, "In June")
    }

    #[test]
    fn what_was_and_what_moved_make_what_is() {
        let chart = of(100.0, &[("New", 40.0), ("Lost", -15.0), ("Unclear", f64::NAN)]);
        assert_eq!(chart.standing(), [140.0, 125.0, 125.0]);
        assert_eq!(chart.table().rows[4], [Cell::Words("In June".into()), Cell::Number(125.0)]);
        let page = chart.draw().into_string();
        assert!(page.contains("In May: 100. New +40, Lost \u{2212}15, Unclear \u{2013}. In June: 125."));
        assert!(page.contains("One number is not known") && !page.contains("NaN"));
    }

    #[test]
    fn small_moves_can_be_seen_and_it_is_said_that_bars_do_not_begin_at_nothing() {
        let page = of(100_000.0, &[("New", 900.0), ("Lost", -400.0)]).draw().into_string();
        assert!(page.contains("The bars begin at 98,500, not at nothing"));
        assert!(!of(100.0, &[("New", 40.0)]).draw().into_string().contains("The bars begin"));
    }
}
