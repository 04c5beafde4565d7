//! Text that may flow (RFC 3676): lines that end in a space go on in the next, so that paragraphs are whole again.

/// Lines of one paragraph become one line; quotes, signatures and what is set in lines stay as they are.
pub(super) fn unfold(text: &str, without_space: bool) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let (depth, words) = split(line);
        let is_signature = words == "-- ";
        let flows = words.ends_with(' ') && !is_signature;
        let said = if flows && without_space { &words[..words.len() - 1] } else { words };
        match (open, out.last_mut()) {
            (Some(before), Some(last)) if before == depth && !is_signature => last.push_str(said),
            _ => out.push(marked(depth, said)),
        }
        open = flows.then_some(depth);
    }
    out.join("\n")
}

/// How deep a line is quoted, and what it says; a space in front only keeps it from being taken for a quote.
fn split(line: &str) -> (usize, &str) {
    let words = line.trim_start_matches('>');
    let depth = line.len() - words.len();
    (depth, words.strip_prefix(' ').unwrap_or(words))
}

fn marked(depth: usize, words: &str) -> String {
    match depth {
        0 => words.to_owned(),
        depth => format!("{} {words}", ">".repeat(depth)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_whole_again() {
        assert_eq!(unfold("We meet \non Monday.\n\nAnn\n", false), "We meet on Monday.\n\nAnn");
        assert_eq!(unfold("> Are you \n> there?\nYes.\n", false), "> Are you there?\nYes.");
        assert_eq!(unfold("a \n> b\n", false), "a \n> b");
        assert_eq!(unfold("Bye\n-- \nAnn\n", false), "Bye\n-- \nAnn");
        assert_eq!(unfold(" From here\n", false), "From here");
        assert_eq!(unfold("zu \nsammen\n", true), "zusammen");
    }
}
