//! The families of source code that are read, and what their grammars call the pieces that matter.
//!
//! The grammars name alike what is alike, so one table serves them all; what only some of them know stands there, too.

use serde::Serialize;
use tree_sitter::Language;

/// Source code that is read alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Rust.
    Rust,
    /// JavaScript, JSX within it.
    JavaScript,
    /// TypeScript.
    TypeScript,
    /// TypeScript with JSX.
    Tsx,
    /// Python.
    Python,
    /// Java.
    Java,
    /// Go.
    Go,
    /// Swift.
    Swift,
    /// Kotlin.
    Kotlin,
}

impl Family {
    /// By the ending of a file's name.
    pub fn of(ending: &str) -> Option<Self> {
        Some(match ending {
            "rs" => Self::Rust,
            "js" | "mjs" | "cjs" | "jsx" => Self::JavaScript,
            "ts" | "mts" | "cts" => Self::TypeScript,
            "tsx" => Self::Tsx,
            "py" | "pyi" => Self::Python,
            "java" => Self::Java,
            "go" => Self::Go,
            "swift" => Self::Swift,
            "kt" | "kts" => Self::Kotlin,
            _ => return None,
        })
    }

    pub(super) fn grammar(self) -> Language {
        let grammar = match self {
            Self::Rust => tree_sitter_rust::LANGUAGE,
            Self::JavaScript => tree_sitter_javascript::LANGUAGE,
            Self::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT,
            Self::Tsx => tree_sitter_typescript::LANGUAGE_TSX,
            Self::Python => tree_sitter_python::LANGUAGE,
            Self::Java => tree_sitter_java::LANGUAGE,
            Self::Go => tree_sitter_go::LANGUAGE,
            Self::Swift => tree_sitter_swift::LANGUAGE,
            Self::Kotlin => tree_sitter_kotlin_ng::LANGUAGE,
        };
        grammar.into()
    }
}

pub(super) const COMMENTS: &[&str] = &["comment", "line_comment", "block_comment", "multiline_comment"];

pub(super) const LITERALS: &[&str] = &[
    "string",
    "string_literal",
    "raw_string_literal",
    "template_string",
    "interpreted_string_literal",
    "line_string_literal",
    "multi_line_string_literal",
    "multiline_string_literal",
];

/// The words of a literal, without quotes.
pub(super) const TEXTS: &[&str] = &[
    "string_content",
    "string_fragment",
    "multiline_string_fragment",
    "interpreted_string_literal_content",
    "raw_string_literal_content",
    "line_str_text",
    "multi_line_str_text",
    "raw_str_part",
];

/// What stands for one letter that cannot be typed.
pub(super) const ESCAPES: &[&str] = &["escape_sequence", "str_escaped_char", "escape_interpolation"];

/// Where a literal names a thing for the program: imports, cases that are compared with, keys, types, marks on code.
pub(super) const NAMES: &[&str] = &[
    "import_statement",
    "import_from_statement",
    "import_declaration",
    "import_spec",
    "import",
    "export_statement",
    "extern_crate_declaration",
    "switch_case",
    "case_pattern",
    "match_pattern",
    "tuple_struct_pattern",
    "or_pattern",
    "expression_case",
    "switch_label",
    "switch_pattern",
    "when_condition",
    "subscript_expression",
    "subscript",
    "index_expression",
    "literal_type",
    "import_attribute",
    "field_declaration",
    "extern_modifier",
];

/// Calls, so that what is called can be asked for.
pub(super) const CALLS: &[&str] =
    &["call_expression", "call", "method_invocation", "macro_invocation", "new_expression"];

/// What is called with a text that is looked for, not shown.
pub(super) const LOOKS_FOR: &[&str] = &[
    "require",
    "contains",
    "starts_with",
    "ends_with",
    "strip_prefix",
    "strip_suffix",
    "trim_start_matches",
    "trim_end_matches",
    "startsWith",
    "endsWith",
    "startswith",
    "endswith",
    "hasPrefix",
    "hasSuffix",
    "HasPrefix",
    "HasSuffix",
    "Contains",
    "includes",
    "indexOf",
    "lastIndexOf",
    "find",
    "find_str",
    "Index",
    "split",
    "Split",
    "split_once",
    "matches",
    "match",
    "test",
    "RegExp",
    "compile",
    "MustCompile",
    "replace",
    "replaceAll",
    "ReplaceAll",
    "replacen",
    "querySelector",
    "querySelectorAll",
    "closest",
    "execute",
    "query",
    "prepare",
    "prepareStatement",
    "include_str",
    "include_bytes",
    "env",
    "Getenv",
    "getProperty",
];

/// Elements of JSX that stand within a sentence.
pub(super) const INLINE: &[&str] =
    &["a", "abbr", "b", "em", "i", "mark", "small", "span", "strong", "sub", "sup", "time", "u", "Link"];

/// Elements of JSX whose text is no prose of ours.
pub(super) const SILENT: &[&str] =
    &["code", "pre", "kbd", "samp", "tt", "var", "script", "style", "blockquote", "q"];

/// Attributes of JSX that are shown or read aloud.
pub(super) const SHOWN: &[&str] = &[
    "alt",
    "title",
    "placeholder",
    "label",
    "aria-label",
    "aria-description",
    "ariaLabel",
    "description",
    "tooltip",
    "helperText",
    "caption",
    "heading",
    "message",
    "text",
    "summary",
    "hint",
];
