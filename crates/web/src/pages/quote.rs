//! What somebody wrote, and what they only quote.

/// Cuts a mail before what it quotes. Nothing is thrown away: the rest is folded in below.
pub(crate) fn fold_quote(body: &str) -> (&str, &str) {
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        let bare = line.trim();
        let introduces = bare.ends_with(':')
            && (bare.contains("wrote") || bare.contains("schrieb") || bare.contains("écrit"));
        let separates = bare.starts_with("-----Original") || bare.starts_with("________________");
        if at > 0 && (bare.starts_with('>') || introduces || separates) {
            let quoted = &body[at..];
            // An answer written below or between the quotes must stay in sight.
            let answers_below =
                quoted.lines().skip(1).filter(|l| !l.trim().is_empty()).any(|l| !l.starts_with('>'));
            return match separates || !answers_below {
                true => (body[..at].trim_end(), quoted.trim_end()),
                false => (body.trim_end(), ""),
            };
        }
        at += line.len();
    }
    (body.trim_end(), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_below_an_answer_is_folded_and_an_answer_below_a_quote_is_not() {
        let top = "Yes, Thursday is fine.\n\nOn Tue, Ines wrote:\n> Thursday?\n> Best\n";
        assert_eq!(fold_quote(top).0, "Yes, Thursday is fine.");
        assert!(fold_quote(top).1.starts_with("On Tue"));
        let below = "Hello,\n> Thursday?\nYes.\n> And Friday?\nNo.\n";
        assert_eq!(fold_quote(below), (below.trim_end(), ""));
        assert_eq!(fold_quote("> only a quote\n").1, "");
        assert_eq!(fold_quote("plain"), ("plain", ""));
    }
}
