//! Tables with everything that real exports have wrong with them.

use std::io::Cursor;

use super::*;

fn open(bytes: &[u8]) -> Table<Cursor<Vec<u8>>> {
    Table::open(Cursor::new(bytes.to_vec()), &Options::default()).unwrap()
}

/// Line and cells, or line and reason, of every row.
fn rows(bytes: &[u8]) -> Vec<(u64, Result<Vec<String>, String>)> {
    let mut table = open(bytes);
    let mut all = Vec::new();
    while let Some(row) = table.next_row().unwrap() {
        all.push((row.place.line, row.cells));
    }
    all
}

fn ok(cells: &[&str]) -> Result<Vec<String>, String> {
    Ok(cells.iter().map(|cell| (*cell).to_owned()).collect())
}

#[test]
fn rows_keep_the_line_an_editor_shows() {
    let all = rows(b"name,note\r\nAnn,\"one\r\ntwo\"\r\n\r\nBob,x\r\n");
    assert_eq!(all, [(2, ok(&["Ann", "one\ntwo"])), (5, ok(&["Bob", "x"]))]);
}

#[test]
fn uneven_rows_are_refused_and_the_rest_is_read() {
    let all = rows(b"a,b,c\n1,2,3\n1,2\n1,2,3,,\n1,2,3,4\n5,6,7\n");
    assert_eq!(all[1], (3, Err("the row has 2 cells where the header has 3".into())));
    assert_eq!(all[2], (4, ok(&["1", "2", "3"])), "empty cells at the end are a habit of spreadsheets");
    assert!(all[3].1.is_err());
    assert_eq!(all[4], (6, ok(&["5", "6", "7"])));
}

#[test]
fn a_quote_that_is_never_closed_costs_one_row() {
    let all = rows(b"a,b\n1,\"open\n2,x\n3,y\n");
    assert_eq!(all[0], (2, Err("a quote is opened and never closed".into())));
    assert_eq!(all[1..], [(3, ok(&["2", "x"])), (4, ok(&["3", "y"]))]);
}

#[test]
fn a_giant_line_is_refused_with_its_number() {
    let mut bytes = b"a,b\n1,2\n".to_vec();
    bytes.resize(bytes.len() + ROW_LIMIT + 10, b'x');
    bytes.extend_from_slice(b"\n3,4\n");
    let all = rows(&bytes);
    assert_eq!(all[1], (3, Err("the line is longer than 4 MB".into())));
    assert_eq!(all[2], (4, ok(&["3", "4"])));
}

#[test]
fn a_file_that_names_its_separator_is_believed() {
    let mut table = open(b"sep=;\nname;amount\nAnn;1,50\n");
    assert_eq!(table.sheet().header, ["name", "amount"]);
    let row = table.next_row().unwrap().unwrap();
    assert_eq!((row.place.line, row.cells), (3, ok(&["Ann", "1,50"])));
}

#[test]
fn a_table_without_a_header_is_read_from_its_first_row() {
    let table = open(b"Ann,ann@example.com\nBob,bob@example.com\n");
    assert!(!table.sheet().has_header);
    assert_eq!(table.sheet().header, ["column 1", "column 2"]);
    assert_eq!(rows(b"Ann,ann@example.com\nBob,bob@example.com\n").len(), 2);
}

#[test]
fn an_empty_file_has_no_rows() {
    for empty in [&b""[..], b"\n\n", b"\xef\xbb\xbf", b"name,email\n"] {
        assert!(rows(empty).is_empty());
    }
}

#[test]
fn a_row_in_another_charset_is_read_and_said_so() {
    let mut table = open("name,city\nJos\u{e9},Rio\n".replace('\u{e9}', "\u{0}").as_bytes());
    let row = table.next_row().unwrap().unwrap();
    assert!(row.warnings[0].contains("NUL"));
    let mut table = open(b"name,city\nJos\xe9,Rio\n");
    let row = table.next_row().unwrap().unwrap();
    assert_eq!(row.cells, ok(&["José", "Rio"]));
    assert!(row.warnings[0].contains("windows-1252"));
}
