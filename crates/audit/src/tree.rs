//! The files below some paths: which are texts, and of what kind.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use ignore::{DirEntry, WalkBuilder};
use language::Kind;

use crate::text::{Unread, Why};

/// Where texts are looked for.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// Whether what git leaves aside is read, too.
    pub no_ignore: bool,
    /// Every file is read as this.
    pub kind: Option<Kind>,
}

/// One file that may be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Where it lies.
    pub path: PathBuf,
    /// How it is called in reports.
    pub name: String,
    /// What kind of text it is.
    pub kind: Kind,
    /// Whether somebody asked for this very file.
    pub is_named: bool,
}

impl Tree {
    /// Every file, in the order of names, none twice.
    pub fn leaves(&self) -> impl Iterator<Item = Result<Leaf, Unread>> + Send + use<> {
        let mut paths = self.paths.iter();
        let mut builder = WalkBuilder::new(paths.next().map_or(Path::new("."), PathBuf::as_path));
        paths.for_each(|it| {
            builder.add(it);
        });
        let heeds = !self.no_ignore;
        builder.git_ignore(heeds).git_exclude(heeds).git_global(heeds).ignore(heeds).parents(heeds);
        // What is left aside stays so in a copy that git knows nothing of.
        builder.require_git(false).sort_by_file_name(Ord::cmp);
        let (kind, mut seen, several) = (self.kind, HashSet::new(), self.paths.len() > 1);
        builder.build().filter_map(move |entry| {
            let leaf = match entry {
                Ok(entry) => leaf(&entry, kind)?,
                Err(error) => Err(unread(&error)),
            };
            let is_new = |it: &Leaf| !several || seen.insert(plain(&it.path));
            leaf.as_ref().ok().is_none_or(is_new).then_some(leaf)
        })
    }
}

fn leaf(entry: &DirEntry, kind: Option<Kind>) -> Option<Result<Leaf, Unread>> {
    let (path, name) = (entry.path().to_owned(), name(entry.path()));
    let is_named = entry.depth() == 0;
    let is_file = if is_named { path.is_file() } else { entry.file_type().is_some_and(|it| it.is_file()) };
    if !is_file {
        return None;
    }
    match kind.or_else(|| Kind::of(&name)) {
        Some(kind) => Some(Ok(Leaf { path, name, kind, is_named })),
        None => is_named.then_some(Err(Unread { path: name, why: Why::Unknown, is_named })),
    }
}

fn unread(error: &ignore::Error) -> Unread {
    match error {
        ignore::Error::WithPath { path, err } => Unread { path: name(path), ..unread(err) },
        ignore::Error::WithDepth { err, .. } => unread(err),
        // The system's words for what is not there begin with the path, which is told anyway.
        _ => {
            let why = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
            let why = why.rsplit(": ").next().unwrap_or_default().to_owned();
            Unread { path: String::new(), why: Why::Failed(why), is_named: false }
        }
    }
}

/// A path as it is told: without what says only that it begins here.
pub fn name(path: &Path) -> String {
    let told = path.strip_prefix(".").unwrap_or(path).to_string_lossy().into_owned();
    if cfg!(windows) { told.replace('\\', "/") } else { told }
}

fn plain(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn told(tree: &Tree, top: &Path) -> Vec<String> {
        let name = |it: &str| it.replace(&format!("{}/", top.display()), "");
        let leaves = tree.leaves().map(|it| match it {
            Ok(leaf) => name(&leaf.name),
            Err(unread) => format!("{}: {}", name(&unread.path), unread.why.told()),
        });
        leaves.collect()
    }

    fn folder() -> tempfile::TempDir {
        let top = tempfile::tempdir().unwrap();
        let files = [
            (".gitignore", "built/\n"),
            (".git/a.md", ""),
            (".hidden/a.md", ""),
            ("built/a.md", ""),
            ("b/a.md", ""),
            ("a.rs", ""),
            ("a.png", ""),
        ];
        for (name, text) in files {
            fs::create_dir_all(top.path().join(name).parent().unwrap()).unwrap();
            fs::write(top.path().join(name), text).unwrap();
        }
        top
    }

    #[test]
    fn what_git_leaves_aside_and_what_is_hidden_is_not_read() {
        let top = folder();
        let mut tree = Tree { paths: vec![top.path().into()], ..Tree::default() };
        assert_eq!(told(&tree, top.path()), ["a.rs", "b/a.md"]);
        tree.no_ignore = true;
        assert_eq!(told(&tree, top.path()), ["a.rs", "b/a.md", "built/a.md"]);
    }

    #[test]
    fn what_is_named_is_read_or_told_and_nothing_is_read_twice() {
        let top = folder();
        let at = |name: &str| top.path().join(name);
        let paths = vec![at("built/a.md"), at("b"), at("b/a.md"), at("a.png"), at("gone.md")];
        let all = told(&Tree { paths, ..Tree::default() }, top.path());
        assert_eq!(all[..2], ["built/a.md", "b/a.md"]);
        assert!(all[2].starts_with("a.png: its name"), "{all:?}");
        assert!(all[3].starts_with("gone.md: No such file"), "{all:?}");
        assert_eq!(all.len(), 4);
        let as_html = Tree { paths: vec![at("a.png")], kind: Some(Kind::Html), ..Tree::default() };
        assert_eq!(told(&as_html, top.path()), ["a.png"]);
    }
}
