//! What holds for source code: a fix changes what people say beside it, and nothing that the program says.

use language::{Auditor, Family, Kind, Language};
use proptest::prelude::*;
use tree_sitter::{Node, Parser};

/// Whole statements of each family, with words in them that are found and put right.
const RUST: &[&str] = &[
    "// users can utilize it in order to wait\n",
    "/// Users can utilize `users` in order to wait.\n",
    "/* users can\n * utilize it */\n",
    "const A: &str = \"users can utilize it in order to wait\";\n",
    "fn users(users: &[User]) { println!(\"users can {users}\"); }\n",
    "#[doc = \"users can utilize it\"]\nmod users;\n",
    "// let users = utilize(users);\n",
    "\n",
];
const TSX: &[&str] = &[
    "// users can utilize it in order to wait\n",
    "/** Users can utilize it.\n * @param users the users can utilize it */\n",
    "const users = 'users can utilize it in order to wait';\n",
    "const a = <p title=\"users can utilize it\">users can utilize <b>it</b> {users}</p>;\n",
    "users(`users can ${users} utilize it`);\n",
    "\n",
];
const PYTHON: &[&str] = &[
    "# users can utilize it in order to wait\n",
    "users = \"users can utilize it in order to wait\"\n",
    "def users(user):\n    \"\"\"Users can utilize it.\"\"\"\n    return f\"users can {user}\"\n",
    "\n",
];
const GO: &[&str] = &[
    "// Users can utilize it in order to wait.\n",
    "var users = \"users can utilize it in order to wait\"\n",
    "func users() error { return errors.New(\"users can utilize it\") }\n",
    "\n",
];

fn source() -> impl Strategy<Value = (Family, String)> {
    let all = [(Family::Rust, RUST), (Family::Tsx, TSX), (Family::Python, PYTHON), (Family::Go, GO)];
    proptest::sample::select(all.to_vec()).prop_flat_map(|(family, pieces)| {
        let text =
            proptest::collection::vec(proptest::sample::select(pieces), 0..12).prop_map(|it| it.concat());
        text.prop_map(move |it| (family, it))
    })
}

fn said(family: Family, text: &str) -> Vec<String> {
    let grammar = match family {
        Family::Rust => tree_sitter_rust::LANGUAGE,
        Family::Python => tree_sitter_python::LANGUAGE,
        Family::Go => tree_sitter_go::LANGUAGE,
        _ => tree_sitter_typescript::LANGUAGE_TSX,
    };
    let mut parser = Parser::new();
    parser.set_language(&grammar.into()).expect("the grammar fits the parser");
    let tree = parser.parse(text, None).expect("nothing stops it");
    let mut all = Vec::new();
    leaves(tree.root_node(), text, &mut all);
    all
}

// All that the program says: no comments, no docstrings, no texts between tags.
fn leaves(node: Node<'_>, text: &str, all: &mut Vec<String>) {
    let is_docstring =
        node.kind() == "expression_statement" && node.child(0).is_some_and(|it| it.kind() == "string");
    if node.kind().ends_with("comment") || node.kind() == "jsx_text" || is_docstring {
        return;
    }
    if node.child_count() == 0 {
        all.push(text[node.byte_range()].to_owned());
    }
    let mut cursor = node.walk();
    node.children(&mut cursor).for_each(|it| leaves(it, text, all));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_fix_leaves_the_program_as_it_is((family, text) in source()) {
        let auditor = Auditor::shipped();
        let fixed = language::fixed(&text, &auditor.in_language(&text, Kind::Code(family), Language::En).findings);
        prop_assert_eq!(said(family, &fixed), said(family, &text));
    }
}

#[test]
fn comments_are_put_right_and_literals_are_only_told_of() {
    let text = "// We utilize it in order to wait.\nconst A: &str = \"We utilize it.\";\n";
    let audit = Auditor::shipped().in_language(text, Kind::Code(Family::Rust), Language::En);
    assert_eq!(audit.findings.len(), 3);
    let fixed = language::fixed(text, &audit.findings);
    assert_eq!(fixed, "// We use it to wait.\nconst A: &str = \"We utilize it.\";\n");
}
