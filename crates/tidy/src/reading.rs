//! Reads one Rust file for the guards: what it names, defines and says, outside of its tests.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::{
    Attribute, ImplItemFn, Item, ItemMod, ItemUse, LitStr, Macro, Meta, Path, UseTree, Visibility,
    visit::{self, Visit},
};

/// Something and the line it stands on.
pub type Spot<T> = (T, usize);

/// One name brought in by a `use`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The path it stands for, such as `["crate", "time", "Time"]`.
    pub path: Vec<String>,
    /// What it is called here; nothing for `*`.
    pub name: Option<String>,
    /// Whether others may take it from here.
    pub public: bool,
}

/// What a file names, defines and says.
#[derive(Debug, Default)]
pub struct Reading {
    /// Names brought in.
    pub uses: Vec<Use>,
    /// Paths used in code.
    pub paths: Vec<Spot<Vec<String>>>,
    /// Texts in quotes, documentation left out.
    pub texts: Vec<Spot<String>>,
    /// Lints that are silenced.
    pub allows: Vec<Spot<String>>,
    /// Items it defines.
    pub defines: BTreeSet<String>,
    depth: usize,
}

impl Reading {
    /// Reads a file.
    pub fn of(text: &str) -> syn::Result<Self> {
        let mut reading = Self::default();
        reading.visit_file(&syn::parse_file(text)?);
        Ok(reading)
    }
    /// Every path of at least two names, from code and from `use`.
    pub fn all_paths(&self) -> impl Iterator<Item = Spot<&[String]>> {
        let used = self.uses.iter().map(|it| (it.path.as_slice(), 0));
        self.paths.iter().map(|(path, line)| (path.as_slice(), *line)).chain(used)
    }
    // Within `mod inner { }`, `super` is the file itself.
    fn seen_from_file(&self, mut path: Vec<String>) -> Vec<String> {
        for _ in 0..self.depth {
            if path.first().is_some_and(|first| first == "super") {
                path[0] = "self".into();
            }
        }
        path
    }
    fn add_path(&mut self, path: Vec<String>, span: Span) {
        if path.len() > 1 {
            let path = self.seen_from_file(path);
            self.paths.push((path, span.start().line));
        }
    }
    fn add_uses(&mut self, tree: &UseTree, before: &[String], public: bool) {
        let longer = |ident: &Ident| [before, &[ident.to_string()]].concat();
        match tree {
            UseTree::Path(it) => self.add_uses(&it.tree, &longer(&it.ident), public),
            UseTree::Group(it) => it.items.iter().for_each(|tree| self.add_uses(tree, before, public)),
            UseTree::Name(it) if it.ident == "self" => {
                self.add_use(before.to_vec(), before.last().cloned(), public)
            }
            UseTree::Name(it) => self.add_use(longer(&it.ident), Some(it.ident.to_string()), public),
            UseTree::Rename(it) => self.add_use(longer(&it.ident), Some(it.rename.to_string()), public),
            UseTree::Glob(_) => self.add_use(before.to_vec(), None, public),
        }
    }
    fn add_use(&mut self, path: Vec<String>, name: Option<String>, public: bool) {
        let path = self.seen_from_file(path);
        self.uses.push(Use { path, name, public });
    }
    // Inside a macro there is no syntax yet, only words: paths and texts are picked out of them.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while let Some(tree) = trees.get(at) {
            at += 1;
            match tree {
                TokenTree::Group(group) => self.add_tokens(group.stream()),
                TokenTree::Ident(ident) if ident == "doc" => at += 2,
                TokenTree::Ident(ident) => at = self.add_path_from(ident, &trees, at),
                TokenTree::Literal(literal) => {
                    if let syn::Lit::Str(text) = syn::Lit::new(literal.clone()) {
                        self.visit_lit_str(&text);
                    }
                }
                TokenTree::Punct(_) => {}
            }
        }
    }
    fn add_path_from(&mut self, first: &Ident, trees: &[TokenTree], mut at: usize) -> usize {
        let mut path = vec![first.to_string()];
        while let Some([TokenTree::Punct(a), TokenTree::Punct(b), TokenTree::Ident(next)]) =
            trees.get(at..at + 3)
        {
            if a.as_char() != ':' || b.as_char() != ':' {
                break;
            }
            path.push(next.to_string());
            at += 3;
        }
        self.add_path(path, first.span());
        at
    }
}

impl<'ast> Visit<'ast> for Reading {
    fn visit_item(&mut self, item: &'ast Item) {
        let (attributes, name) = attributes_and_name(item);
        if !attributes.iter().any(is_for_tests) {
            self.defines.extend(name.map(Ident::to_string));
            visit::visit_item(self, item);
        }
    }
    fn visit_impl_item_fn(&mut self, it: &'ast ImplItemFn) {
        if !it.attrs.iter().any(is_for_tests) {
            visit::visit_impl_item_fn(self, it);
        }
    }
    fn visit_item_mod(&mut self, it: &'ast ItemMod) {
        self.depth += 1;
        visit::visit_item_mod(self, it);
        self.depth -= 1;
    }
    fn visit_item_use(&mut self, it: &'ast ItemUse) {
        self.add_uses(&it.tree, &[], !matches!(it.vis, Visibility::Inherited));
    }
    fn visit_path(&mut self, path: &'ast Path) {
        let names = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if let Some(first) = path.segments.first() {
            self.add_path(names, first.ident.span());
        }
        visit::visit_path(self, path);
    }
    fn visit_lit_str(&mut self, text: &'ast LitStr) {
        self.texts.push((text.value(), text.span().start().line));
    }
    fn visit_macro(&mut self, it: &'ast Macro) {
        self.visit_path(&it.path);
        self.add_tokens(it.tokens.clone());
    }
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        let silences = attribute.path().is_ident("allow") || attribute.path().is_ident("expect");
        if let (true, Meta::List(list)) = (silences, &attribute.meta) {
            let line = list.path.segments[0].ident.span().start().line;
            let words: String = list.tokens.to_string().split_whitespace().collect();
            self.allows.extend(words.split(',').map(|lint| (lint.to_owned(), line)));
        }
    }
}

fn is_for_tests(attribute: &Attribute) -> bool {
    let Meta::List(list) = &attribute.meta else { return attribute.path().is_ident("test") };
    let says = |word: &str| list.tokens.clone().into_iter().any(|tree| tree.to_string() == word);
    list.path.is_ident("cfg") && says("test")
}

fn attributes_and_name(item: &Item) -> (&[Attribute], Option<&Ident>) {
    match item {
        Item::Const(it) => (&it.attrs, Some(&it.ident)),
        Item::Enum(it) => (&it.attrs, Some(&it.ident)),
        Item::Fn(it) => (&it.attrs, Some(&it.sig.ident)),
        Item::Impl(it) => (&it.attrs, None),
        Item::Macro(it) => (&it.attrs, it.ident.as_ref()),
        Item::Mod(it) => (&it.attrs, it.content.as_ref().map(|_| &it.ident)),
        Item::Static(it) => (&it.attrs, Some(&it.ident)),
        Item::Struct(it) => (&it.attrs, Some(&it.ident)),
        Item::Trait(it) => (&it.attrs, Some(&it.ident)),
        Item::Type(it) => (&it.attrs, Some(&it.ident)),
        Item::Union(it) => (&it.attrs, Some(&it.ident)),
        Item::Use(it) => (&it.attrs, None),
        _ => (&[], None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_from_code_from_use_and_from_macros() {
        let text =
            "use crate::{a::{self, B as C}, d::*}; fn f() { crate::e::g(); print!(\"{}\", super::h::i()) }";
        let reading = Reading::of(text).unwrap();
        let uses: Vec<String> = reading.uses.iter().map(|it| it.path.join("::")).collect();
        assert_eq!(uses, ["crate::a", "crate::a::B", "crate::d"]);
        let paths: Vec<String> = reading.paths.iter().map(|(path, _)| path.join("::")).collect();
        assert_eq!(paths, ["crate::e::g", "super::h::i"]);
    }

    #[test]
    fn what_stands_in_tests_is_not_read() {
        let text = "#[cfg(test)] mod tests { use crate::a; } #[test] fn t() { crate::b::c() }";
        let reading = Reading::of(text).unwrap();
        assert!(reading.uses.is_empty() && reading.paths.is_empty());
    }

    #[test]
    fn texts_are_read_with_their_line_and_documentation_is_not() {
        let reading = Reading::of("/// \"no\"\nfn f() {\n    g(\"yes\");\n    h!(\"too\");\n}").unwrap();
        assert_eq!(reading.texts, [("yes".to_owned(), 3), ("too".to_owned(), 4)]);
    }
}
