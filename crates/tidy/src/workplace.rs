//! The repository says nothing of the machines it was written on: it must make sense on any other.

use crate::{File, Finding};

// Put together here so that this file does not find itself.
const FOLDERS: &[&str] =
    &[concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];
const HOSTS: &[&str] = &[
    concat!("artifac", "tory"),
    concat!("registry.npm", "js.org"),
    concat!("index.cra", "tes.io"),
    concat!("static.cra", "tes.io"),
    concat!("proxy.gol", "ang.org"),
    concat!("py", "pi.org"),
];

/// Lines that name a folder of somebody's machine, or the host of a package registry.
pub fn check(file: &File) -> Vec<Finding> {
    let lines = file.text.lines().enumerate();
    let named = lines.filter_map(|(at, line)| Some((at, named_in(line)?)));
    named
        .map(|(at, what)| Finding::at(&file.path, at + 1, format!("names {what}, which is not everybody's")))
        .collect()
}

fn named_in(line: &str) -> Option<&'static str> {
    let host = HOSTS.iter().find(|host| line.contains(**host));
    host.or_else(|| FOLDERS.iter().find(|folder| names_folder(line, folder))).copied()
}

// A folder by that name within the repository, or in a web address, is none of a machine's.
fn names_folder(line: &str, folder: &str) -> bool {
    let within = |before: char| before.is_alphanumeric() || "._-}/".contains(before);
    line.match_indices(folder).any(|(at, _)| !line[..at].ends_with(within))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebodys_folder_or_registry_is_found() {
        for name in FOLDERS.iter().chain(HOSTS) {
            assert_eq!(check(&File::sample("a.md", &format!("fine\nsee {name}x")))[0].line, 2, "{name}");
        }
        let within = format!("docs{0}a.md and {{base}}{0}a.md", FOLDERS[0]);
        assert_eq!(check(&File::sample("a.md", &within)), []);
    }
}
