//! What kind of text it is, and which of its bytes are words for people. Everything else is left alone.

mod catalogue;
mod code;
mod comments;
mod families;
mod html;
mod hush;
mod licence;
mod literals;
mod mail;
mod markdown;
mod marks;
mod markup;
mod mdx;
mod plain;
mod prose;
mod stretches;
mod template;

use std::ops::Range;

use serde::Serialize;

pub use families::Family;

/// As what words are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Text that people read.
    Prose,
    /// A heading.
    Heading,
    /// A comment in source code.
    Comment,
    /// Words between quotes in source code, or in a catalogue of messages.
    Literal,
    /// The same, where a program looks something up by these words, or puts others among them. Told, but never put right.
    Bound,
    /// What somebody else said. Left alone.
    Quoted,
}

/// Words for people, and the paragraph, cell, comment or literal they stand in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The words.
    pub range: Range<usize>,
    /// As what.
    pub role: Role,
    /// The whole they stand in. Sentences do not go beyond it.
    pub block: Range<usize>,
}

/// Finds the words for people in a kind of text.
pub trait Reads {
    /// The words, in their order, none twice.
    fn spans(&self, text: &str) -> Vec<Span>;

    /// What is surely no word for people and can be told without reading the rest, in its order.
    fn silent(&self, _text: &str) -> Vec<Range<usize>> {
        Vec::new()
    }

    /// At least those in which some places lie, which must be in their order. Others may be left out where that
    /// spares the reading of them.
    fn spans_near(&self, text: &str, _places: &[usize]) -> Vec<Span> {
        self.spans(text)
    }
}

/// A kind of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Markdown, with front matter and what GitHub adds.
    Markdown,
    /// Markdown with code within: MDX.
    Mdx,
    /// HTML.
    Html,
    /// HTML with the marks of a template language within.
    Template,
    /// Paragraphs with blank lines between.
    Plain,
    /// reStructuredText, AsciiDoc or Org: its plain paragraphs, of which nothing is put right.
    Markup,
    /// A mail or a mailbox, as it is stored.
    Mail,
    /// Source code.
    Code(Family),
    /// Messages for gettext.
    Po,
    /// Messages in JSON.
    Json,
    /// Messages in YAML.
    Yaml,
    /// Messages for Fluent.
    Ftl,
}

/// Folders and names by which a JSON or YAML file is known to hold messages for people.
const CATALOGUES: &[&str] =
    &["locale", "locales", "lang", "i18n", "l10n", "translations", "messages", "strings", "intl"];

impl Kind {
    /// What a file is by its path; nothing for what is not read.
    pub fn of(path: &str) -> Option<Self> {
        let name = path.rsplit('/').next()?;
        let ending = name.rsplit_once('.').map(|(_, it)| it.to_ascii_lowercase());
        let kind = match ending.as_deref() {
            Some("md" | "markdown" | "mdown" | "mkd") => Self::Markdown,
            Some("mdx") => Self::Mdx,
            Some("html" | "htm" | "xhtml") => Self::Html,
            Some(
                "hbs" | "handlebars" | "mustache" | "j2" | "jinja" | "jinja2" | "liquid" | "vue" | "svelte"
                | "erb" | "ejs" | "tmpl" | "twig" | "njk" | "mjml",
            ) => Self::Template,
            Some("txt" | "text") => Self::Plain,
            Some("rst" | "adoc" | "asciidoc" | "org") => Self::Markup,
            Some("eml" | "mbox") => Self::Mail,
            Some("po" | "pot") => Self::Po,
            Some("ftl") => Self::Ftl,
            Some("json" | "arb") if is_catalogue(path) => Self::Json,
            Some("yaml" | "yml") if is_catalogue(path) => Self::Yaml,
            Some(ending) => Self::Code(Family::of(ending)?),
            None => {
                matches!(name, "README" | "CONTRIBUTING" | "CHANGELOG" | "NEWS").then_some(Self::Plain)?
            }
        };
        // In source code licences are comments, and known as such.
        (matches!(kind, Self::Code(_)) || !licence::is_named(name)).then_some(kind)
    }

    /// Whether its words begin at once, and sentences stand as they are read.
    pub(crate) fn is_prose(self) -> bool {
        matches!(self, Self::Markdown | Self::Mdx | Self::Plain | Self::Markup)
    }

    /// How many bytes a text of this kind may have; what is longer is not read.
    pub fn longest(self) -> Option<usize> {
        matches!(self, Self::Code(_)).then_some(code::LARGE)
    }

    /// The words for people in it.
    pub fn spans(self, text: &str) -> Vec<Span> {
        if self.is_licence(text) { Vec::new() } else { self.reader().spans(text) }
    }

    /// What is surely no word for people and can be told without reading the rest.
    pub fn silent(self, text: &str) -> Vec<Range<usize>> {
        self.reader().silent(text)
    }

    /// The words in which some places lie, and perhaps others.
    pub fn spans_near(self, text: &str, places: &[usize]) -> Vec<Span> {
        if self.is_licence(text) { Vec::new() } else { self.reader().spans_near(text, places) }
    }

    // Of source code only the comment is left alone that holds it.
    fn is_licence(self, text: &str) -> bool {
        !matches!(self, Self::Code(_)) && licence::is_licence(text)
    }

    fn reader(self) -> &'static dyn Reads {
        match self {
            Self::Markdown => &markdown::Markdown,
            Self::Mdx => &mdx::Mdx,
            Self::Html => &html::Html,
            Self::Template => &template::Template,
            Self::Plain => &plain::Plain,
            Self::Markup => &markup::Markup,
            Self::Mail => &mail::Mail,
            Self::Code(family) => code::reader(family),
            Self::Po => &catalogue::Po,
            Self::Json => &catalogue::Json,
            Self::Yaml => &catalogue::Yaml,
            Self::Ftl => &catalogue::Ftl,
        }
    }
}

fn is_catalogue(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    path.split(['/', '.']).any(|part| CATALOGUES.contains(&part))
}

/// Lines with the place where each begins, their ends left out.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line.trim_end_matches(['\n', '\r']))
    })
}

#[cfg(test)]
pub(crate) fn told(kind: Kind, text: &str) -> Vec<&str> {
    kind.spans(text).into_iter().filter(|it| it.role != Role::Quoted).map(|it| &text[it.range]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_by_its_path() {
        assert_eq!(Kind::of("docs/a.MD"), Some(Kind::Markdown));
        assert_eq!(Kind::of("docs/a.mdx"), Some(Kind::Mdx));
        assert_eq!(Kind::of("docs/a.rst"), Some(Kind::Markup));
        assert_eq!(Kind::of("src/locales/de.json"), Some(Kind::Json));
        assert_eq!(Kind::of("package.json"), None, "settings are no words for people");
        assert_eq!(Kind::of("a/README"), Some(Kind::Plain));
        assert_eq!(Kind::of("picture.png"), None);
    }
}
