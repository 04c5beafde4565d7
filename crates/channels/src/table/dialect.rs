//! Which dialect a table is written in, and what its columns are called.

use std::collections::HashSet;

use super::{Separator, split::split};

/// Marks that programs put between cells; those that are rarest within cells first, as they win when equal.
const MARKS: [char; 4] = ['\t', ';', '|', ','];
/// Lines looked at for the dialect.
const LINES: usize = 200;

/// The separator that gives most rows as many cells as the first; of those alike, the one with most cells.
pub(super) fn find(lines: &[String]) -> Separator {
    let lines: Vec<&str> =
        lines.iter().map(String::as_str).filter(|l| !l.trim().is_empty()).take(LINES).collect();
    let best = MARKS
        .iter()
        .map(|mark| (fit(&lines, Separator::Char(*mark)), *mark))
        .filter(|((share, columns), _)| *columns > 1 && *share >= 50)
        .max_by_key(|(fit, mark)| (*fit, std::cmp::Reverse(MARKS.iter().position(|m| m == mark))));
    match best {
        Some((_, mark)) => Separator::Char(mark),
        None if aligned(&lines) => Separator::Spaces,
        None => Separator::Char(','),
    }
}

/// How many of a hundred rows have the first row's number of cells, and that number.
fn fit(lines: &[&str], separator: Separator) -> (usize, usize) {
    let (mut widths, mut cells, mut open) = (Vec::new(), Vec::new(), false);
    for line in lines {
        open = split(line, separator, &mut cells, open);
        if !open {
            widths.push(cells.len());
            cells.clear();
        }
    }
    let columns = widths.first().copied().unwrap_or_default();
    let alike = widths.iter().filter(|width| **width == columns).count();
    (alike * 100 / widths.len().max(1), columns)
}

/// Whether runs of blanks part the same number of words in nearly every line, as in a printed report.
fn aligned(lines: &[&str]) -> bool {
    let wide = lines.iter().filter(|line| line.trim().contains("  ")).count();
    let (share, columns) = fit(lines, Separator::Spaces);
    columns > 1 && share >= 90 && wide * 2 > lines.len()
}

/// Whether a row names columns: it has names, and none of them is an address, a figure or a date.
pub(super) fn is_header(cells: &[String]) -> bool {
    let is_value = |cell: &String| {
        let figures = cell.chars().filter(char::is_ascii_digit).count();
        cell.contains('@') || (figures > 0 && figures * 2 >= cell.chars().count())
    };
    cells.iter().any(|cell| !cell.is_empty()) && !cells.iter().any(is_value)
}

/// Names for all columns, no two alike.
pub(super) fn names(header: Option<&Vec<String>>, columns: usize) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut unique = |index: usize| {
        let told = header.and_then(|names| names.get(index)).filter(|name| !name.is_empty());
        let name = told.cloned().unwrap_or_else(|| format!("column {}", index + 1));
        let mut tries = std::iter::once(name.clone()).chain((2..).map(|n| format!("{name} {n}")));
        tries.find(|name| taken.insert(name.clone())).unwrap_or_default()
    };
    (0..columns).map(&mut unique).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Separator {
        find(&text.lines().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn the_dialect_is_found_from_the_rows() {
        assert_eq!(found("name,email\nAnn,a@x.example\n"), Separator::Char(','));
        assert_eq!(found("name;umsatz\nAnn;1,50\nBob;2,75\n"), Separator::Char(';'));
        assert_eq!(found("a\tb, c\n1\t2, 3\n"), Separator::Char('\t'));
        assert_eq!(found("a|b\n1|2\n"), Separator::Char('|'));
        assert_eq!(found("id  day   amount\n1   2     3\n2   3     4\n"), Separator::Spaces);
        assert_eq!(found("name\nAnn Smith\nBob Jones\n"), Separator::Char(','), "one column of two words");
        assert_eq!(found("a,b\n\"x\ny;z\",2\n3,4\n"), Separator::Char(','));
    }

    #[test]
    fn no_two_columns_are_called_alike() {
        let header: Vec<String> = ["email", "", "email", "email 2"].map(str::to_owned).into();
        assert_eq!(names(Some(&header), 4), ["email", "column 2", "email 2", "email 2 2"]);
    }

    #[test]
    fn a_first_row_of_values_is_no_header() {
        let row = |cells: &[&str]| cells.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
        assert!(is_header(&row(&["Name", "E-mail 1", ""])));
        assert!(!is_header(&row(&["Ann", "ann@example.com"])));
        assert!(!is_header(&row(&["Ann", "2026-01-01"])));
    }

    #[test]
    fn separators_read_back_as_they_are_shown() {
        for separator in
            [',', ';', '\t', '|', '~'].map(Separator::Char).into_iter().chain([Separator::Spaces])
        {
            assert_eq!(separator.to_string().parse(), Ok(separator));
        }
        assert!("ab".parse::<Separator>().is_err());
    }
}
