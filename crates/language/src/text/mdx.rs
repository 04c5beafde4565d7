//! MDX: Markdown with code within it. What is brought in or given out, and what stands in braces, is left alone.

use std::ops::Range;

use super::{Reads, Span, lines, markdown::Markdown, marks};

/// Markdown with JavaScript within.
pub struct Mdx;

/// With these a statement begins.
const STATEMENTS: &[&str] = &["import ", "import{", "import'", "import\"", "export ", "export{"];

/// A statement or an expression goes on for no more lines.
const LONGEST: usize = 500;

impl Reads for Mdx {
    fn spans(&self, text: &str) -> Vec<Span> {
        marks::without(Markdown.spans(text), &code(text))
    }

    fn silent(&self, text: &str) -> Vec<Range<usize>> {
        Markdown.silent(text)
    }

    fn spans_near(&self, text: &str, places: &[usize]) -> Vec<Span> {
        marks::without(Markdown.spans_near(text, places), &code(text))
    }
}

// Statements and what stands in braces. A statement ends with the first blank line outside of its brackets, an
// expression with its brace.
fn code(text: &str) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    let mut open: Option<Open> = None;
    for (at, line) in lines(text) {
        let is_statement = open.is_none() && STATEMENTS.iter().any(|it| line.starts_with(it));
        if is_statement {
            open = Some(Open { start: at, depth: 0, lines: 0, is_statement });
        }
        if let Some(it) = open.take_if(|it| it.is_over(line)) {
            all.extend((it.depth == 0).then_some(it.start..at));
        }
        for (n, byte) in line.bytes().enumerate() {
            match (byte, &mut open) {
                (b'{' | b'(' | b'[', Some(it)) => it.depth += 1,
                (b'{', None) => open = Some(Open { start: at + n, depth: 1, lines: 0, is_statement: false }),
                (b'}' | b')' | b']', Some(it)) => it.depth = it.depth.saturating_sub(1),
                _ => {}
            }
            if let Some(it) = open.take_if(|it| it.depth == 0 && !it.is_statement) {
                all.push(it.start..at + n + 1);
            }
        }
    }
    all.extend(open.filter(|it| it.is_statement).map(|it| it.start..text.len()));
    all
}

struct Open {
    start: usize,
    depth: usize,
    lines: usize,
    is_statement: bool,
}

impl Open {
    fn is_over(&mut self, line: &str) -> bool {
        self.lines += 1;
        let is_blank = line.trim().is_empty();
        self.lines > LONGEST || is_blank && (self.depth == 0 || !self.is_statement)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, told};

    #[test]
    fn code_of_a_page_is_left_alone() {
        let text = "import Users, { users } from '../users'\n\nexport const meta = {\n  title: 'Our users need it',\n\n  \
                    b: [1]\n}\nexport default Users\n\n# Our {users.length} guests\n\nAsk {list.map((it) => {\n  users\n})} \
                    now.\n\nAn { alone\n\nSo\n";
        let words: Vec<&str> = told(Kind::Mdx, text).into_iter().map(str::trim).collect();
        assert_eq!(words, ["Our", "guests", "Ask", "now.", "An { alone", "So"]);
    }
}
