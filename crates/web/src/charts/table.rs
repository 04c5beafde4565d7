//! The numbers behind a chart: as a table in the page, and as a file for spreadsheets.

use maud::{Markup, html};

use super::{format::Format, scale::is_known};

/// Lines of a table in a page; the file has them all.
const MOST: usize = 200;

/// A column: what it is called, and how its numbers are written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) format: Format,
}

/// What stands in one place of a table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Words(String),
    /// A number; one that is not finite is not known.
    Number(f64),
    /// Nothing was expected here.
    Blank,
}

/// The numbers behind a chart. The first column says what a line is about.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Table {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Cell>>,
}

impl Column {
    pub(crate) fn new(name: &str, format: &Format) -> Self {
        Self { name: name.to_owned(), format: format.clone() }
    }
    fn heading(&self) -> String {
        match self.format.unit_words() {
            "" => self.name.clone(),
            unit if self.name.is_empty() => unit.to_owned(),
            unit => format!("{}, {unit}", self.name),
        }
    }
}

impl Cell {
    fn shown(&self, column: &Column) -> String {
        match self {
            Self::Words(words) => words.clone(),
            Self::Number(value) => column.format.full(*value),
            Self::Blank => String::new(),
        }
    }
    fn bare(&self, column: &Column) -> String {
        match self {
            Self::Words(words) => words.clone(),
            Self::Number(value) => column.format.bare(*value),
            Self::Blank => String::new(),
        }
    }
}

impl Table {
    /// How many numbers are missing where one was expected.
    pub(super) fn unknown(&self) -> usize {
        let is_unknown = |it: &&Cell| matches!(it, Cell::Number(value) if !is_known(*value));
        self.rows.iter().flatten().filter(is_unknown).count()
    }
    /// Whether there is a number at all, beside the first column.
    pub(super) fn is_empty(&self) -> bool {
        let says_something = |it: &Cell| matches!(it, Cell::Number(value) if is_known(*value));
        !self.rows.iter().flat_map(|row| row.iter().skip(1)).any(says_something)
    }
    /// As it stands in the page; whoever cannot see it whole can move it by keyboard.
    pub(super) fn draw(&self, title: &str) -> Markup {
        html! {
            div.scroll tabindex="0" role="region" aria-label={"The numbers: " (title)} {
                table.table {
                    thead { tr { @for (n, it) in self.columns.iter().enumerate() { th class=[(n > 0).then_some("number")] scope="col" { (it.name) } } } }
                    tbody { @for row in self.rows.iter().take(MOST) { tr { @for (n, (cell, column)) in row.iter().zip(&self.columns).enumerate() {
                        @if n == 0 { th scope="row" { (cell.shown(column)) } } @else { td.number { (cell.shown(column)) } }
                    } } } }
                }
            }
            @if self.rows.len() > MOST { p.small.soft { "The first " (MOST) " of " (self.rows.len()) " lines; the file has them all." } }
        }
    }
}

/// A table as a file, by RFC 4180, in which no cell can start a formula.
pub(crate) fn csv(table: &Table) -> String {
    let heads = table.columns.iter().map(|it| field(&it.heading())).collect::<Vec<_>>();
    let line =
        |row: &Vec<Cell>| row.iter().zip(&table.columns).map(|(cell, it)| field(&cell.bare(it))).collect();
    let lines = std::iter::once(heads).chain(table.rows.iter().map(line));
    lines.map(|it: Vec<String>| it.join(",") + "\r\n").collect()
}

fn field(text: &str) -> String {
    let text = guarded(text);
    if text.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

/// Spreadsheets run what begins like a formula, unless it is plainly text.
fn guarded(text: &str) -> String {
    let begins = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
    if begins && !is_number { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &str, value: f64) -> Table {
        Table {
            columns: vec![
                Column::new("Who", &Format::Count),
                Column::new("Spent", &Format::Money("EUR".into())),
            ],
            rows: vec![vec![Cell::Words(words.into()), Cell::Number(value)]],
        }
    }

    #[test]
    fn csv_cannot_start_a_formula() {
        assert_eq!(
            csv(&of("=HYPERLINK(\"x\")", -1250.0)),
            "Who,\"Spent, EUR\"\r\n\"'=HYPERLINK(\"\"x\"\")\",-12.50\r\n"
        );
        assert_eq!(guarded("@mara"), "'@mara");
        assert_eq!(guarded("+31 20 1234"), "'+31 20 1234");
        assert_eq!(guarded("-inf"), "'-inf");
        assert_eq!(guarded("-3.5"), "-3.5");
    }

    #[test]
    fn csv_keeps_commas_quotes_and_lines_within_a_cell() {
        assert!(csv(&of("Mara, \"Mo\"\nOkafor", 1.0)).contains("\"Mara, \"\"Mo\"\"\nOkafor\",0.01\r\n"));
    }

    #[test]
    fn a_number_nobody_knows_is_a_dash_in_the_page_and_empty_in_the_file() {
        let table = of("Mara", f64::NAN);
        assert!(table.draw("Spent").into_string().contains("<td class=\"number\">\u{2013}</td>"));
        assert!(csv(&table).ends_with("Mara,\r\n"));
        assert_eq!(table.unknown(), 1);
        assert!(table.is_empty());
    }

    #[test]
    fn a_long_table_says_how_long_it_is() {
        let mut table = of("Mara", 1.0);
        table.rows = vec![table.rows[0].clone(); MOST + 5];
        assert!(table.draw("Spent").into_string().contains("The first 200 of 205 lines"));
        assert_eq!(csv(&table).lines().count(), MOST + 6);
    }
}
