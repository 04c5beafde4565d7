//! A text as it stands in the editor, and what was found in it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use language::{Auditor, Family, Finding, Kind};
use lsp_types::{TextDocumentContentChangeEvent, TextDocumentItem, Uri};
use url::Url;

use super::places::Units;

/// A larger text was made by a program, and would keep whoever writes waiting.
const LARGE: usize = 2 << 20;

/// A text that is open.
pub(super) struct Document {
    /// Under which address.
    pub uri: Uri,
    /// Which of its states this is, as the editor counts.
    pub version: i32,
    /// What stands in it.
    pub text: String,
    /// What kind of text it is; none for what is not read.
    pub kind: Option<Kind>,
    /// Where it is kept, if anywhere.
    pub path: Option<PathBuf>,
    found: Option<Arc<[Finding]>>,
}

impl Document {
    /// As it is opened.
    pub fn new(item: TextDocumentItem) -> Self {
        let path = path_of(&item.uri);
        let kind = path.as_deref().and_then(kind_by_path).or_else(|| kind_by_name(&item.language_id));
        Self { uri: item.uri, version: item.version, text: item.text, kind, path, found: None }
    }

    /// Changes it, piece by piece.
    pub fn change(&mut self, version: i32, changes: Vec<TextDocumentContentChangeEvent>, units: Units) {
        for change in changes {
            match change.range {
                None => self.text = change.text,
                Some(range) => {
                    let bytes = units.bytes(&self.text, range);
                    self.text.replace_range(bytes, &change.text);
                }
            }
        }
        self.version = version;
        self.found = None;
    }

    /// What is found in it, after looking if that was not done yet.
    pub fn found(&mut self, auditor: &Auditor) -> Arc<[Finding]> {
        let kind = self.kind.filter(|_| self.text.len() <= LARGE);
        let look = || kind.map_or_else(Vec::new, |it| auditor.audit(&self.text, it).findings).into();
        Arc::clone(self.found.get_or_insert_with(look))
    }

    /// Looks anew the next time.
    pub fn forget_what_was_found(&mut self) {
        self.found = None;
    }
}

/// The file that an address speaks of.
pub(super) fn path_of(uri: &Uri) -> Option<PathBuf> {
    Url::parse(uri.as_str()).ok()?.to_file_path().ok()
}

fn kind_by_path(path: &Path) -> Option<Kind> {
    Kind::of(&path.to_string_lossy().replace('\\', "/"))
}

// The names that editors have for kinds of text.
fn kind_by_name(name: &str) -> Option<Kind> {
    Some(match name {
        "markdown" => Kind::Markdown,
        "mdx" => Kind::Mdx,
        "html" | "xhtml" => Kind::Html,
        "handlebars" | "mustache" | "jinja" | "jinja2" | "jinja-html" | "django-html" | "liquid" | "vue"
        | "svelte" | "erb" | "eruby" | "html.erb" | "ejs" | "twig" | "mjml" => Kind::Template,
        "plaintext" | "text" => Kind::Plain,
        "restructuredtext" | "rst" | "asciidoc" | "org" => Kind::Markup,
        "mail" => Kind::Mail,
        "po" | "gettext" => Kind::Po,
        "fluent" | "ftl" => Kind::Ftl,
        "rust" => Kind::Code(Family::Rust),
        "javascript" | "javascriptreact" | "jsx" | "js" => Kind::Code(Family::JavaScript),
        "typescript" | "ts" => Kind::Code(Family::TypeScript),
        "typescriptreact" | "tsx" => Kind::Code(Family::Tsx),
        "python" => Kind::Code(Family::Python),
        "java" => Kind::Code(Family::Java),
        "go" => Kind::Code(Family::Go),
        "swift" => Kind::Code(Family::Swift),
        "kotlin" => Kind::Code(Family::Kotlin),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use lsp_types::{Position, Range};

    use super::*;

    fn document(uri: &str, language: &str, text: &str) -> Document {
        Document::new(TextDocumentItem::new(uri.parse().unwrap(), language.into(), 1, text.into()))
    }

    #[test]
    fn a_text_is_known_by_its_path_or_else_by_its_name_in_the_editor() {
        let kind = |uri, language| document(uri, language, "").kind;
        assert_eq!(kind("file:///a%20b/page.hbs", "html"), Some(Kind::Template));
        assert_eq!(kind("untitled:Untitled-1", "markdown"), Some(Kind::Markdown));
        assert_eq!(kind("file:///a/package.json", "json"), None);
        assert_eq!(document("file:///a%20b/c.md", "", "").path, Some("/a b/c.md".into()));
    }

    #[test]
    fn changes_follow_one_on_the_other() {
        let mut it = document("untitled:a", "markdown", "😀 a\r\nb");
        let change = |range: Option<Range>, text: &str| TextDocumentContentChangeEvent {
            range,
            range_length: None,
            text: text.into(),
        };
        let range = |a, b, c, d| Some(Range::new(Position::new(a, b), Position::new(c, d)));
        it.change(2, vec![change(range(0, 3, 0, 4), "the"), change(range(0, 6, 1, 0), " ")], Units::Utf16);
        assert_eq!((it.text.as_str(), it.version), ("😀 the b", 2));
        it.change(3, vec![change(None, "new"), change(range(9, 9, 0, 0), "")], Units::Utf16);
        assert_eq!(it.text, "", "a range may be told from its end, and beyond the text");
    }
}
