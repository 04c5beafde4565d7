//! Rows written as CSV.

use std::{
    borrow::Cow,
    io::{self, Write},
};

/// Writes one row, cells quoted where they must be, ended with CRLF as RFC 4180 has it.
pub fn write_row<'a>(out: &mut impl Write, cells: impl IntoIterator<Item = &'a str>) -> io::Result<()> {
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            out.write_all(b",")?;
        }
        let quoted = cell.contains(['"', ',', '\n', '\r', ';', '\t']) || cell.trim() != cell;
        match quoted {
            true => write!(out, "\"{}\"", cell.replace('"', "\"\""))?,
            false => out.write_all(cell.as_bytes())?,
        }
    }
    out.write_all(b"\r\n")
}

/// A cell that a spreadsheet would run as a formula, marked as text with an apostrophe. For reports that
/// people open with a click; not for exports that are read back, as it changes the value.
pub fn neutral(cell: &str) -> Cow<'_, str> {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => Cow::Owned(format!("'{cell}")),
        false => Cow::Borrowed(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_only_where_they_must_be() {
        let mut out = Vec::new();
        write_row(&mut out, ["Ann", "a,b", "say \"hi\"", "two\nlines", " x"]).unwrap();
        assert_eq!(out, b"Ann,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",\" x\"\r\n");
        assert_eq!(neutral("=HYPERLINK(1)"), "'=HYPERLINK(1)");
    }
}
