//! Source code: comments, and the literals that people read. Names, keys, queries and patterns are the program's own.

use std::{collections::HashMap, ops::Range};

use tree_sitter::{Node, Parser, Tree, TreeCursor};

use super::{
    Reads, Role, Span, comments,
    families::{CALLS, COMMENTS, ESCAPES, Family, INLINE, LITERALS, LOOKS_FOR, NAMES, SHOWN, SILENT, TEXTS},
    hush, literals,
};

/// Source code of a family.
struct Code(Family);

/// More than people write into one file; what is larger was made by a program.
pub(super) const LARGE: usize = 2 << 20;

/// Nobody puts literals deeper into each other; what does was made to keep us busy.
const DEEP: usize = 8;

/// So much of a comparison tells whether it is one of sameness.
const COMPARED: usize = 8;

/// Reads source code of a family.
pub(super) fn reader(family: Family) -> &'static dyn Reads {
    match family {
        Family::Rust => &Code(Family::Rust),
        Family::JavaScript => &Code(Family::JavaScript),
        Family::TypeScript => &Code(Family::TypeScript),
        Family::Tsx => &Code(Family::Tsx),
        Family::Python => &Code(Family::Python),
        Family::Java => &Code(Family::Java),
        Family::Go => &Code(Family::Go),
        Family::Swift => &Code(Family::Swift),
        Family::Kotlin => &Code(Family::Kotlin),
    }
}

impl Reads for Code {
    fn spans(&self, text: &str) -> Vec<Span> {
        let Some(tree) = parsed(self.0, text) else { return Vec::new() };
        let mut reading = Reading {
            text,
            family: self.0,
            above: Vec::new(),
            sentences: HashMap::new(),
            comments: Vec::new(),
            spans: Vec::new(),
        };
        reading.walk(&tree);
        reading.spans.extend(comments::spans(text, &reading.comments));
        reading.spans.sort_by_key(|it| it.range.start);
        reading.spans
    }
}

fn parsed(family: Family, text: &str) -> Option<Tree> {
    let mut parser = Parser::new();
    parser.set_language(&family.grammar()).ok()?;
    (text.len() <= LARGE).then(|| parser.parse(text, None))?
}

struct Reading<'a, 't> {
    text: &'a str,
    family: Family,
    // The nodes around, outermost first: asking a node for its parent searches from the root.
    above: Vec<Around<'t>>,
    // Where sentences between tags begin and end, by what stands in them.
    sentences: HashMap<usize, Range<usize>>,
    comments: Vec<Range<usize>>,
    spans: Vec<Span>,
}

/// A node around others, and what is to be known of all that are around it, so that nobody has to look at them again:
/// source can be nested as deep as it is long.
#[derive(Clone, Copy)]
struct Around<'t> {
    node: Node<'t>,
    // Whether its words are no prose of ours.
    silent: bool,
    // How many literals.
    literals: usize,
    // The outermost of the elements without a gap that stand within a sentence.
    inline: Option<Node<'t>>,
}

impl<'t> Reading<'_, 't> {
    // Without recursion, since source can be nested deeper than the stack.
    fn walk(&mut self, tree: &'t Tree) {
        let mut cursor = tree.walk();
        loop {
            let (node, field) = (cursor.node(), cursor.field_name());
            if self.enter(node, field) && cursor.goto_first_child() {
                self.go_into(node);
                continue;
            }
            if !self.next(&mut cursor) {
                return;
            }
        }
    }

    fn next(&mut self, cursor: &mut TreeCursor<'t>) -> bool {
        while !cursor.goto_next_sibling() {
            self.above.pop();
            if !cursor.goto_parent() {
                return false;
            }
        }
        true
    }

    // Says whether to look at what is within.
    fn enter(&mut self, node: Node<'t>, field: Option<&'t str>) -> bool {
        let kind = node.kind();
        if COMMENTS.contains(&kind) {
            self.comments.push(node.byte_range());
            return false;
        }
        if kind == "jsx_text" {
            self.between_tags(node);
            return false;
        }
        if !LITERALS.contains(&kind) {
            return !(kind == "jsx_attribute" && self.is_hidden(node));
        }
        let is_deep = self.above.last().is_some_and(|it| it.literals > DEEP);
        if self.is_docstring(node) {
            self.comments.push(node.byte_range());
        } else if !is_deep && !self.is_name(node, field) {
            self.literal(node);
        }
        // An interpolation may hold literals of its own.
        true
    }

    fn go_into(&mut self, node: Node<'t>) {
        let above = self.above.last().copied();
        let is_element = node.kind() == "jsx_element";
        let asks = |it: Node<'_>| hush::asks(self.told(it));
        let is_silent =
            is_element && (SILENT.contains(&self.element(node)) || node.child(0).is_some_and(asks));
        let is_inline = is_element && self.is_inline(node);
        if node.kind().starts_with("jsx_") {
            self.note_sentences(node);
        }
        self.above.push(Around {
            node,
            silent: is_silent || above.is_some_and(|it| it.silent),
            literals: above.map_or(0, |it| it.literals) + usize::from(LITERALS.contains(&node.kind())),
            inline: is_inline.then(|| above.and_then(|it| it.inline).unwrap_or(node)),
        });
    }

    fn up(&self, steps: usize) -> Option<&Node<'t>> {
        self.above.len().checked_sub(steps).and_then(|it| self.above.get(it)).map(|it| &it.node)
    }

    fn told(&self, node: Node<'_>) -> &str {
        self.text.get(node.byte_range()).unwrap_or("")
    }

    fn is_docstring(&self, node: Node<'_>) -> bool {
        let stands_alone = self.up(1).is_some_and(|it| it.kind() == "expression_statement");
        self.family == Family::Python && stands_alone && comments::is_docstring(self.told(node))
    }

    fn is_name(&self, node: Node<'_>, field: Option<&str>) -> bool {
        let Some(parent) = self.up(1) else { return false };
        let is_key = matches!(field, Some("key" | "condition"))
            || (self.family == Family::Go && self.is_key_in_go(node));
        is_key || NAMES.contains(&parent.kind()) || self.is_compared(*parent) || self.is_looked_for()
    }

    fn is_key_in_go(&self, node: Node<'_>) -> bool {
        let keyed = self.up(2).filter(|it| it.kind() == "keyed_element");
        keyed.is_some_and(|it| it.start_byte() == node.start_byte())
    }

    fn is_compared(&self, parent: Node<'_>) -> bool {
        let mut cursor = parent.walk();
        matches!(parent.kind(), "binary_expression" | "comparison_operator" | "equality_expression")
            && parent
                .children(&mut cursor)
                .take(COMPARED)
                .any(|it| matches!(it.kind(), "==" | "!=" | "===" | "!==" | "in"))
    }

    // The nearest call, if the literal is an argument of it and nothing more.
    fn is_looked_for(&self) -> bool {
        let call = self.above.iter().rev().take(4).map(|it| &it.node).find(|it| CALLS.contains(&it.kind()));
        call.is_some_and(|it| LOOKS_FOR.contains(&self.called(*it)))
    }

    fn called(&self, call: Node<'_>) -> &str {
        let by_name =
            ["name", "function", "macro", "constructor"].iter().find_map(|it| call.child_by_field_name(it));
        let Some(called) = by_name.or_else(|| call.child(0)) else { return "" };
        let text = self.told(called);
        &text[text.rfind(|it: char| !it.is_alphanumeric() && it != '_').map_or(0, |it| it + 1)..]
    }

    fn literal(&mut self, node: Node<'t>) {
        let mut pieces = Vec::new();
        self.pieces(node, &mut pieces);
        let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return };
        let whole = first.start..last.end;
        let is_told = self.text.get(whole.clone()).is_some_and(literals::is_prose);
        if is_told {
            self.spans.extend(literals::spans(self.text, &pieces));
        }
    }

    fn pieces(&self, node: Node<'t>, pieces: &mut Vec<Range<usize>>) {
        let mut cursor = node.walk();
        for child in node.children(&mut cursor).filter(|it| TEXTS.contains(&it.kind())) {
            let mut here = child.start_byte();
            let mut within = child.walk();
            for escape in child.children(&mut within).filter(|it| ESCAPES.contains(&it.kind())) {
                pieces.push(here..escape.start_byte());
                here = escape.end_byte();
            }
            pieces.push(here..child.end_byte());
        }
        pieces.retain(|it| !it.is_empty());
    }

    // An attribute that is not shown; what it calls may show something all the same.
    fn is_hidden(&self, attribute: Node<'_>) -> bool {
        let name = attribute.child(0).map_or("", |it| self.told(it));
        let value = attribute.child(2).map_or("", |it| it.kind());
        let runs = name.starts_with("on") && value == "jsx_expression";
        !SHOWN.contains(&name) && !runs
    }

    fn between_tags(&mut self, node: Node<'t>) {
        let is_silent = self.above.last().is_some_and(|it| it.silent);
        if is_silent || !self.told(node).contains(char::is_alphanumeric) {
            return;
        }
        let block = self.sentence_of(node);
        self.spans.push(Span { range: node.byte_range(), role: Role::Prose, block });
    }

    fn element(&self, node: Node<'_>) -> &str {
        let tag = if node.kind() == "jsx_element" { node.child(0) } else { Some(node) };
        tag.and_then(|it| it.child_by_field_name("name")).map_or("", |it| self.told(it))
    }

    fn sentence_of(&self, text: Node<'t>) -> Range<usize> {
        let outermost = self.above.last().and_then(|it| it.inline).unwrap_or(text);
        self.sentences.get(&outermost.id()).cloned().unwrap_or_else(|| outermost.byte_range())
    }

    // Each goes from behind a neighbour that is no part of it to the next one that is none. All are noted at once, since
    // asking a node for its neighbours searches, too.
    fn note_sentences(&mut self, around: Node<'t>) {
        let mut cursor = around.walk();
        let children = around.children(&mut cursor).map(|it| (it, self.is_inline(it)));
        let children: Vec<(Node<'t>, bool)> = children.collect();
        for run in children.chunk_by(|a, b| a.1 && b.1) {
            let (first, last) = (run[0].0.start_byte(), run[run.len() - 1].0.end_byte());
            self.sentences.extend(run.iter().map(|it| (it.0.id(), first..last)));
        }
    }

    fn is_inline(&self, node: Node<'_>) -> bool {
        match node.kind() {
            "jsx_text" => true,
            "jsx_element" => INLINE.contains(&self.element(node)),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, told};
    use super::*;

    fn read(family: Family, text: &str) -> Vec<String> {
        let spans = told(Kind::Code(family), text);
        spans.into_iter().map(|it| it.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn rust_tells_its_comments_and_what_is_shown() {
        let text = r##"
//! The users of a `users` table, and [Users], [our page](https://a.b/users).
//!
//! ```
//! let users = all();
//! ```
use std::users;

/// Asks a person.
/// Twice.
#[error("the person is gone: {0}")]
fn ask(user: &str) -> Result<(), Error> {
    // let user = ask(user);
    let sql = "SELECT name FROM users WHERE id = 1";
    let key = "user_id"; // an id
    println!("Hello {user},\n\tyou are \"here\" now");
    if text.contains("the user is") || text == "no user here" {}
    let pattern = Regex::new(r"^user\s+of (.*)$");
    html! { p class="user" { "Dear people of " (town) } }
}
"##;
        let want = [
            "The users of a",
            "table, and",
            "our page",
            ".",
            "Asks a person.",
            "Twice.",
            "the person is gone:",
            "an id",
            "Hello",
            ",",
            "you are",
            "here",
            "now",
            "Dear people of",
        ];
        let want: Vec<&str> = want.into_iter().filter(|it| it.contains(char::is_alphanumeric)).collect();
        assert_eq!(read(Family::Rust, text), want);
    }

    #[test]
    fn javascript_tells_what_stands_between_tags_and_in_shown_attributes() {
        let text = r#"
import users from "our users";
/**
 * Greets somebody.
 * @param {User} user the person who came in
 * @see users
 */
export const Hello = ({ user }) => (
  <div className="user card shown" title="Our best people" onClick={() => alert("You are in now")}>
    Ask <b>any</b> of us, {user.name}! <code>users of it</code>
    <input type="text" placeholder={`Your ${kind} of name`} />
  </div>
);
const map = { "key with words": "A value with words", short: "users" };
document.querySelector("div user p");
switch (it) { case "a user said": break; }
"#;
        let want = [
            "Greets somebody.",
            "the person who came in",
            "Our best people",
            "You are in now",
            "Ask",
            "any",
            "of us,",
            "Your",
            "of name",
            "A value with words",
        ];
        assert_eq!(read(Family::JavaScript, text), want);
        assert_eq!(read(Family::Tsx, text), want, "TypeScript with JSX reads alike");
    }

    #[test]
    fn a_sentence_goes_through_tags_and_lines() {
        let text =
            "const a = <p>Ask <b>our users</b> now {n} later</p>;\n\n  // One sentence\n  // on two lines.\n";
        let spans = Kind::Code(Family::Tsx).spans(text);
        let block = |words: &str| {
            spans.iter().find(|it| text[it.range.clone()].contains(words)).map(|it| &text[it.block.clone()])
        };
        assert_eq!(block("our users"), Some("Ask <b>our users</b> now "));
        assert_eq!(block("sentence"), block("two lines"));
        assert_eq!(block("sentence"), Some("One sentence\n  // on two lines."));
    }

    #[test]
    fn typescript_leaves_its_types_alone() {
        let text = "type A = 'a user type' | 'another user type';\n// eslint-disable-next-line no-users\n\
                    throw new Error('The person has left us');\n// Why it is so.\nenum E { A = 'Shown to people' }\n";
        let want = ["The person has left us", "Why it is so.", "Shown to people"];
        assert_eq!(read(Family::TypeScript, text), want);
    }

    #[test]
    fn python_tells_its_docstrings() {
        let text = "#!/usr/bin/env users\n# -*- coding: users -*-\nfrom users import user\n\n\
            def ask(user):\n    \"\"\"Asks a person.\n\n    :param user: the person we ask\n    >>> ask(users)\n    \"\"\"\n    \
            # user = ask(user)\n    log.info(f\"We asked {user} just now\")\n    return re.compile(r\"a user (\\d+)\"), \
            {\"a user key\": _(\"Thank you, \" \"dear friend\")}\n";
        let want =
            ["Asks a person.", "the person we ask", "We asked", "just now", "Thank you,", "dear friend"];
        assert_eq!(read(Family::Python, text), want);
    }

    #[test]
    fn java_tells_text_blocks_and_reads_past_tags() {
        let text = "import a.users;\n/**\n * Finds <b>people</b> by {@code users}.\n * @param user who is looked for\n */\n\
            class A {\n  @Table(name = \"users\")\n  String a = \"Welcome to \\u00e9 us\" + user;\n  String b = \"\"\"\n    \
            We are glad\n    you came.\"\"\";\n  String c = \"user.name.key\";\n}\n";
        let want =
            ["Finds", "people", "by", "who is looked for", "Welcome to", "us", "We are glad you came."];
        assert_eq!(read(Family::Java, text), want);
    }

    #[test]
    fn go_leaves_tags_and_keys_alone() {
        let text = "// Package people finds people.\n//\n//\tusers := Find()\npackage people\n\nimport \"a/users\"\n\n\
            //go:generate users all of it\ntype A struct {\n\tName string `json:\"user name\" db:\"user name\"`\n}\n\n\
            var m = map[string]string{\"user key here\": \"Shown to somebody\"}\n\n\
            func f() error {\n\treturn fmt.Errorf(\"nobody of the name %q: %w\", user, err)\n}\n";
        let want = ["Package people finds people.", "Shown to somebody", "nobody of the name %q: %w"];
        assert_eq!(read(Family::Go, text), want);
    }

    #[test]
    fn swift_tells_its_views() {
        let text = "/// Greets somebody.\nstruct A: View {\n  // MARK: - Our words\n  var body: some View {\n    \
            Text(\"Good morning, \\(user.name), dear\\nfriend of us\")\n    Image(systemName: \"user.circle\")\n    \
            Text(\"\"\"\n    Two lines\n    of words\n    \"\"\")\n  }\n}\n";
        let want = [
            "Greets somebody.",
            "MARK: - Our words",
            "Good morning,",
            ", dear",
            "friend of us",
            "Two lines of words",
        ];
        assert_eq!(read(Family::Swift, text), want);
    }

    #[test]
    fn kotlin_tells_its_messages() {
        let text = "package a.users\n/** Greets [User] and others. */\nfun a(user: User) {\n  // ask(user)\n  \
            toast(\"Welcome back, ${user.name} and all of you\")\n  val q = \"\"\"Long words\n  over lines\"\"\"\n  \
            when (it) { \"some user here\" -> 1 }\n}\n";
        let want = ["Greets", "and others.", "Welcome back,", "and all of you", "Long words over lines"];
        assert_eq!(read(Family::Kotlin, text), want);
    }

    #[test]
    fn broken_source_gives_what_can_be_read() {
        let text =
            "// Words before.\nfn a( { let x = \"shown to people\" ;;; }\n// Words after.\nstruct {{{\n";
        assert_eq!(read(Family::Rust, text), ["Words before.", "shown to people", "Words after."]);
        assert!(Kind::Code(Family::Swift).spans("\"").is_empty());
    }

    #[test]
    fn licences_and_commented_code_are_no_prose() {
        let text = "/* Licensed under the Apache License: you may not use it. */\n// if (user) {\n//   greet(user);\n// }\nx();\n";
        assert_eq!(read(Family::JavaScript, text), Vec::<String>::new());
    }
}
