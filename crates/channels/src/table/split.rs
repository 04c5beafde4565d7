//! One line of a table into its cells.

use super::Separator;

/// Adds the cells of a line. `open` says that the last cell's quote is still open from the line before; so
/// does the answer for the next.
pub(super) fn split(text: &str, separator: Separator, cells: &mut Vec<String>, open: bool) -> bool {
    let Separator::Char(mark) = separator else {
        cells.extend(text.split_whitespace().map(str::to_owned));
        return false;
    };
    let mut rest = Some(text);
    if open {
        let cell = last(cells);
        cell.push('\n');
        rest = match quoted(text, cell, mark) {
            Ok(rest) => rest,
            Err(StillOpen) => return true,
        };
    }
    while let Some(text) = rest {
        cells.push(String::new());
        match text.trim_start_matches(' ').strip_prefix('"') {
            None => {
                let (cell, more) = cut(text, mark);
                last(cells).push_str(cell.trim());
                rest = more;
            }
            Some(inside) => match quoted(inside, last(cells), mark) {
                Ok(more) => rest = more,
                Err(StillOpen) => return true,
            },
        }
    }
    false
}

struct StillOpen;

/// Reads on within quotes, and what programs that quote wrongly leave between the quote and the mark.
fn quoted<'a>(text: &'a str, cell: &mut String, mark: char) -> Result<Option<&'a str>, StillOpen> {
    let mut rest = text;
    loop {
        let Some((inside, after)) = rest.split_once('"') else {
            cell.push_str(rest);
            return Err(StillOpen);
        };
        cell.push_str(inside);
        if let Some(more) = after.strip_prefix('"') {
            cell.push('"');
            rest = more;
            continue;
        }
        let (tail, more) = cut(after, mark);
        cell.push_str(tail.trim_end());
        return Ok(more);
    }
}

fn cut(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((cell, more)) => (cell, Some(more)),
        None => (text, None),
    }
}

fn last(cells: &mut Vec<String>) -> &mut String {
    if cells.is_empty() {
        cells.push(String::new());
    }
    let at = cells.len() - 1;
    &mut cells[at]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<String> {
        let mut cells = Vec::new();
        assert!(!split(text, Separator::Char(','), &mut cells, false));
        cells
    }

    #[test]
    fn quotes_hold_separators_and_quotes() {
        assert_eq!(
            cells(r#"Ann,"Smith, Jr.","said ""hi""",,"#),
            ["Ann", "Smith, Jr.", "said \"hi\"", "", ""]
        );
        assert_eq!(cells(r#" a , "b" ,c"d"#), ["a", "b", "c\"d"]);
        assert_eq!(cells(r#""Ann" Smith,x"#), ["Ann Smith", "x"]);
        assert_eq!(cells(""), [""]);
    }

    #[test]
    fn a_quote_may_run_over_lines() {
        let mut row = Vec::new();
        assert!(split("1,\"first", Separator::Char(','), &mut row, false));
        assert!(split("second", Separator::Char(','), &mut row, true));
        assert!(!split("third\",2", Separator::Char(','), &mut row, true));
        assert_eq!(row, ["1", "first\nsecond\nthird", "2"]);
    }

    #[test]
    fn columns_aligned_with_spaces_are_cells() {
        let mut row = Vec::new();
        split(" 00001 19970101  1   11.77 ", Separator::Spaces, &mut row, false);
        assert_eq!(row, ["00001", "19970101", "1", "11.77"]);
    }
}
