//! What sort of file somebody hands over, told by its first bytes before its name.

/// A sort of file that can be read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A table of people or orders; its columns tell which.
    Table,
    /// An address book.
    Cards,
    /// An archive of mail, or one mail.
    Mail,
    /// Lines of JSON.
    Lines,
}

impl Format {
    /// Looks at a file's first bytes, then at its name; what is neither is taken for a table.
    pub fn of(name: &str, start: &[u8]) -> Self {
        let text = crate::text::Charset::sniff(start).decode(start).0;
        let first = text.trim_start_matches(['\u{feff}', '\r', '\n', ' ']).lines().next().unwrap_or_default();
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
        match extension.as_deref() {
            _ if first.trim().eq_ignore_ascii_case("BEGIN:VCARD") => Self::Cards,
            _ if first.starts_with('{') => Self::Lines,
            _ if first.starts_with("From ") => Self::Mail,
            Some("csv" | "tsv" | "tab" | "txt") if !is_header(first) => Self::Table,
            Some("mbox" | "eml" | "mbx") => Self::Mail,
            Some("vcf" | "vcard") => Self::Cards,
            Some("jsonl" | "ndjson") => Self::Lines,
            _ if is_header(first) => Self::Mail,
            _ => Self::Table,
        }
    }
}

/// Whether a line is one of the headers with which mails begin.
fn is_header(line: &str) -> bool {
    const FIRST: &[&str] = &[
        "received",
        "return-path",
        "from",
        "to",
        "date",
        "subject",
        "message-id",
        "delivered-to",
        "x-",
        "mime-version",
    ];
    let name = line.split_once(':').map(|(name, _)| name.to_ascii_lowercase());
    name.is_some_and(|name| {
        FIRST.iter().any(|first| name == *first || (*first == "x-" && name.starts_with("x-")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_what_it_begins_with() {
        for (name, start, wanted) in [
            ("contacts.txt", "\u{feff}begin:vcard\r\n", Format::Cards),
            ("export.txt", "From ann@x.example Sat Jan  5 09:14:16 2008\n", Format::Mail),
            ("1700000000.a:2,S", "Return-Path: <a@x.example>\n", Format::Mail),
            ("moments.txt", "{\"person\":1}", Format::Lines),
            ("people.csv", "Subject;Name\n", Format::Table),
            ("orders.txt", "customer_id  date\n", Format::Table),
            ("empty.mbox", "", Format::Mail),
            ("empty", "", Format::Table),
        ] {
            assert_eq!(Format::of(name, start.as_bytes()), wanted, "{name}");
        }
        let wide: Vec<u8> = "BEGIN:VCARD\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(Format::of("x", &wide), Format::Cards);
    }
}
