//! Kinds of text by the names that people give on the command line and programs read.

use language::{Family, Kind};

const NAMES: &[(&str, Kind)] = &[
    ("markdown", Kind::Markdown),
    ("mdx", Kind::Mdx),
    ("html", Kind::Html),
    ("template", Kind::Template),
    ("plain", Kind::Plain),
    ("markup", Kind::Markup),
    ("mail", Kind::Mail),
    ("po", Kind::Po),
    ("json", Kind::Json),
    ("yaml", Kind::Yaml),
    ("ftl", Kind::Ftl),
    ("rust", Kind::Code(Family::Rust)),
    ("javascript", Kind::Code(Family::JavaScript)),
    ("typescript", Kind::Code(Family::TypeScript)),
    ("tsx", Kind::Code(Family::Tsx)),
    ("python", Kind::Code(Family::Python)),
    ("java", Kind::Code(Family::Java)),
    ("go", Kind::Code(Family::Go)),
    ("swift", Kind::Code(Family::Swift)),
    ("kotlin", Kind::Code(Family::Kotlin)),
];

/// The name of a kind.
pub fn name(kind: Kind) -> &'static str {
    NAMES.iter().find(|it| it.1 == kind).map_or("unknown", |it| it.0)
}

/// The kind of a name.
///
/// # Errors
/// Says which names there are.
pub fn named(name: &str) -> Result<Kind, String> {
    let all = || NAMES.iter().map(|it| it.0).collect::<Vec<_>>().join(", ");
    NAMES.iter().find(|it| it.0 == name).map(|it| it.1).ok_or_else(|| format!("there are: {}", all()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_file_has_a_name() {
        let files = "a.md a.mdx a.html a.vue a.txt a.rst a.eml a.po a.ftl locales/a.json locales/a.yml a.rs a.js a.ts \
                     a.tsx a.py a.java a.go a.swift a.kt";
        for kind in files.split_whitespace().map(|it| Kind::of(it).unwrap()) {
            assert_eq!(named(name(kind)), Ok(kind));
        }
        assert!(named("prose").unwrap_err().contains("markdown"));
    }
}
