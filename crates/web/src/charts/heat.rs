//! Groups by when they came, and which share is still there month by month: a table whose cells are shaded.

use maud::{Markup, html};

use super::{
    figure::{Figure, missing},
    format::Format,
    scale::is_known,
    table::{Cell, Column, Table},
};

/// Shades of a cell, from 0; as many as the style sheet has.
const SHADES: f64 = 6.0;

/// Those who came at the same time.
#[derive(Debug, Clone)]
pub(crate) struct Cohort {
    pub(crate) name: String,
    pub(crate) size: u64,
    /// Their share in each column; what lies in the future is not there.
    pub(crate) shares: Vec<f64>,
}

impl Cohort {
    pub(crate) fn new(name: &str, size: u64, shares: Vec<f64>) -> Self {
        Self { name: name.to_owned(), size, shares }
    }
}

/// Groups by when they came.
#[derive(Debug, Clone)]
pub(crate) struct Heat {
    pub(crate) figure: Figure,
    /// What the rows are, and what the columns count: "came in", "months later".
    pub(crate) rows: String,
    pub(crate) along: String,
    pub(crate) cohorts: Vec<Cohort>,
}

impl Heat {
    /// Rows called `rows`, columns that count `along` from 0.
    pub(crate) fn new(figure: Figure, [rows, along]: [&str; 2], cohorts: Vec<Cohort>) -> Self {
        Self { figure, rows: rows.to_owned(), along: along.to_owned(), cohorts }
    }
    pub(crate) fn draw(&self) -> Markup {
        let table = self.table();
        if table.is_empty() || self.columns() == 0 {
            return self.figure.nothing();
        }
        html! {
            figure.chart.heat id=(self.figure.key) {
                (self.figure.caption())
                div.scroll tabindex="0" role="region" aria-label=(self.figure.title) { (self.grid()) }
                (missing(table.unknown()))
                (self.figure.download())
            }
        }
    }
    pub(crate) fn table(&self) -> Table {
        let first = [Column::new(&self.rows, &Format::Count), Column::new("People", &Format::Count)];
        let later =
            (0..self.columns()).map(|it| Column::new(&format!("{it} {}", self.along), &Format::Percent));
        let row = |it: &Cohort| {
            let shares =
                (0..self.columns()).map(|n| it.shares.get(n).map_or(Cell::Blank, |it| Cell::Number(*it)));
            [Cell::Words(it.name.clone()), Cell::Number(it.size as f64)].into_iter().chain(shares).collect()
        };
        Table {
            columns: first.into_iter().chain(later).collect(),
            rows: self.cohorts.iter().map(row).collect(),
        }
    }
    fn columns(&self) -> usize {
        self.cohorts.iter().map(|it| it.shares.len()).max().unwrap_or(0)
    }
    fn grid(&self) -> Markup {
        let darkest = self.darkest();
        html! { table {
            thead {
                tr { th rowspan="2" scope="col" { (self.rows) } th.number rowspan="2" scope="col" { "People" } th.along scope="colgroup" colspan=(self.columns()) { (self.along) } }
                tr { @for it in 0..self.columns() { th.number scope="col" { (it) } } }
            }
            tbody { @for it in &self.cohorts { tr {
                th scope="row" { (it.name) }
                td.number { (Format::Count.full(it.size as f64)) }
                @for n in 0..self.columns() { (cell(it.shares.get(n).copied(), n == 0, darkest)) }
            } } }
        } }
    }
    /// The share that is shaded most. All are there at the beginning, which says nothing, so it is looked for after.
    fn darkest(&self) -> f64 {
        let later = self.cohorts.iter().flat_map(|it| it.shares.iter().skip(1));
        let most = later.copied().filter(|it| is_known(*it)).fold(0.0, f64::max);
        if most > 0.0 { most } else { 1.0 }
    }
}

fn cell(share: Option<f64>, is_first: bool, darkest: f64) -> Markup {
    html! {
        @match share {
            None => td {},
            Some(share) if is_first && share >= 0.995 => td.number { (whole(share)) },
            Some(share) if is_known(share) => td class={"number heat-" (shade(share, darkest))} { (whole(share)) },
            Some(_) => td.number { "\u{2013}" },
        }
    }
}

/// As a whole number of hundredths: whoever needs more has the file.
fn whole(share: f64) -> String {
    Format::Percent.full((share * 100.0).round() / 100.0)
}

fn shade(share: f64, darkest: f64) -> u8 {
    (share / darkest * SHADES).floor().clamp(0.0, SHADES - 1.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cohorts: Vec<Cohort>) -> Heat {
        let figure =
            Figure::new("cohorts", "Who comes back", "Fewer do since spring.").csv("/insight/cohorts.csv");
        Heat::new(figure, ["Came in", "months later"], cohorts)
    }

    #[test]
    fn a_cell_says_its_number_and_not_by_colour_alone() {
        let page = of(vec![Cohort::new("May 2026", 120, vec![1.0, 0.4, 0.1])]).draw().into_string();
        assert!(page.contains("<td class=\"number heat-5\">40\u{a0}%</td>"));
        assert!(page.contains("<td class=\"number heat-1\">10\u{a0}%</td>"));
        assert!(page.contains("tabindex=\"0\" role=\"region\" aria-label=\"Who comes back\""));
    }

    #[test]
    fn the_future_is_empty_and_what_is_not_known_is_a_dash() {
        let chart = of(vec![
            Cohort::new("May 2026", 120, vec![1.0, f64::NAN, 0.1]),
            Cohort::new("June 2026", 80, vec![1.0]),
        ]);
        let page = chart.draw().into_string();
        assert!(page.contains("<td class=\"number\">\u{2013}</td>") && page.contains("<td></td><td></td>"));
        assert!(page.contains("One number is not known"));
        assert_eq!(chart.table().rows[1][3], Cell::Blank);
    }

    #[test]
    fn before_anybody_came_a_sentence_says_so() {
        assert!(of(Vec::new()).draw().into_string().contains("Nothing to draw yet"));
    }
}
