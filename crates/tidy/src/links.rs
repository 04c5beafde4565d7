//! Links in our documents lead somewhere.

use std::collections::BTreeSet;

use crate::{File, Finding};

/// Relative links of a Markdown file that lead to no file or folder of the house.
pub fn check(file: &File, paths: &BTreeSet<String>) -> Vec<Finding> {
    let dead =
        targets(&file.text).into_iter().filter(|(target, _)| !leads_somewhere(&file.path, target, paths));
    dead.map(|(target, line)| Finding::at(&file.path, line, format!("the link to {target} leads nowhere")))
        .collect()
}

/// Every file, and every folder that holds one.
pub fn files_and_folders(paths: &[String]) -> BTreeSet<String> {
    let folders = paths.iter().flat_map(|path| path.match_indices('/').map(|(at, _)| path[..at].to_owned()));
    paths.iter().cloned().chain(folders).chain([String::new()]).collect()
}

/// The relative links in a Markdown text, with their lines. What stands in code is no link.
pub fn targets(text: &str) -> Vec<(String, usize)> {
    let mut in_code = false;
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        } else if !in_code {
            found.extend(targets_in(line).into_iter().filter(|it| is_relative(it)).map(|it| (it, at + 1)));
        }
    }
    found
}

fn targets_in(line: &str) -> Vec<String> {
    // Odd parts lie between backquotes.
    let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("`");
    let inline =
        prose.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next()).map(str::to_owned);
    let defined = prose
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("]: "))
        .map(|(_, target)| target.trim().to_owned());
    inline.chain(defined).collect()
}

fn is_relative(target: &str) -> bool {
    !target.is_empty()
        && !target.starts_with('#')
        && !target.contains("://")
        && !target.starts_with("mailto:")
}

fn leads_somewhere(from: &str, target: &str, paths: &BTreeSet<String>) -> bool {
    let file = target.split('#').next().unwrap_or_default();
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let start: Vec<&str> = if file.starts_with('/') {
        Vec::new()
    } else {
        folder.split('/').filter(|it| !it.is_empty()).collect()
    };
    let mut way = start;
    for step in file.split('/') {
        match step {
            "" | "." => {}
            ".." if way.pop().is_none() => return false,
            ".." => {}
            name => way.push(name),
        }
    }
    paths.contains(&way.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let paths = files_and_folders(&["docs/words.md".into(), "README.md".into()]);
        let good =
            "[a](words.md#person) ![b](../README.md) [c](../docs) `[d](gone.md)` [e](https://example.org/x)";
        assert_eq!(check(&File::sample("docs/a.md", good), &paths), []);
        let bad = "fine\n[a](../words.md)\n[b]: gone.md\n```\n[c](gone.md)\n```\n[d](../../up.md)";
        let lines: Vec<usize> =
            check(&File::sample("docs/a.md", bad), &paths).iter().map(|it| it.line).collect();
        assert_eq!(lines, [2, 3, 7]);
    }
}
