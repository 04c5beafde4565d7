//! Elements that ask to be left as they are: with `translate="no"` or the class `notranslate`, as names have it.

use memchr::memmem;

/// These never hold words.
const VOID: &[&[u8]] = &[
    b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta", b"source",
    b"track", b"wbr",
];

/// Such an element, and how many of its name are open within it.
#[derive(Debug, Default)]
pub(super) struct Hush(Option<(Vec<u8>, usize)>);

impl Hush {
    /// Passes the beginning of an element.
    pub fn enter(&mut self, name: &[u8], tag: &str) {
        match &mut self.0 {
            Some((outer, depth)) if outer == name => *depth += 1,
            Some(_) => {}
            None if asks(tag) && !VOID.contains(&name) => self.0 = Some((name.to_vec(), 1)),
            None => {}
        }
    }

    /// Passes the end of an element.
    pub fn leave(&mut self, name: &[u8]) {
        if let Some((outer, depth)) = &mut self.0 {
            *depth -= usize::from(outer == name);
        }
        self.0.take_if(|it| it.1 == 0);
    }

    /// Whether what stands here is to be left alone.
    pub fn is_on(&self) -> bool {
        self.0.is_some()
    }
}

/// Whether a tag asks for it.
pub(super) fn asks(tag: &str) -> bool {
    let value = |at: usize| {
        let rest = tag[at..].trim_start().strip_prefix('=')?;
        Some(rest.trim_start_matches([' ', '"', '\'', '{']))
    };
    memmem::find_iter(tag.as_bytes(), "translate").any(|at| {
        let is_class = tag[..at].ends_with("no");
        is_class || value(at + "translate".len()).is_some_and(|it| it.starts_with("no"))
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Family, Kind, told};

    #[test]
    fn what_asks_for_it_is_left_alone() {
        for tag in ["translate=\"no\"", "translate = no", "class='a notranslate'"] {
            let text = format!("<p>a <b {tag}>users <b>users</b> <i>it</i> users</b> b <br {tag}>c</p>");
            assert_eq!(told(Kind::Html, &text), ["a ", " b ", "c"], "{tag}");
            let text = format!("a <b {tag}>users <b>users</b> users</b> b\n");
            assert_eq!(told(Kind::Markdown, &text), ["a ", " b"], "{tag}");
        }
        assert_eq!(told(Kind::Html, "<p translate=yes>a <tt>users</tt> b"), ["a ", " b"]);
        assert_eq!(
            told(Kind::Html, "<p><img translate=no title='a'>b <b translate=no title=c>d</b>"),
            ["a", "b "]
        );
        let jsx = "const a = <p>One <b translate=\"no\">of <i>our</i> users</b> there <tt>users</tt></p>;\n";
        assert_eq!(told(Kind::Code(Family::Tsx), jsx), ["One ", " there "]);
    }
}
