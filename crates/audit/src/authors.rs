//! Who wrote which line of a file, as git remembers it. Only looked up when somebody asks.

use std::{collections::HashMap, path::Path, process::Command, sync::Arc};

/// Who a line belongs to that was never committed.
const NOBODY_YET: &str = "not committed yet";

/// The author of each line; nothing where git does not know the file.
pub fn of_lines(path: &Path) -> Option<Vec<Arc<str>>> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut blame = Command::new("git");
    blame.arg("-C").arg(folder).args(["blame", "--line-porcelain", "--"]).arg(path.file_name()?);
    let output = blame.output().ok().filter(|it| it.status.success())?;
    Some(read(&String::from_utf8_lossy(&output.stdout)))
}

// Each line comes after what is known of it, with a tab before.
fn read(told: &str) -> Vec<Arc<str>> {
    let mut names: HashMap<&str, Arc<str>> = HashMap::new();
    let mut lines = Vec::new();
    let mut author = "";
    for line in told.split('\n') {
        if let Some(name) = line.strip_prefix("author ") {
            author = if name == "Not Committed Yet" { NOBODY_YET } else { name };
        } else if line.starts_with('\t') {
            lines.push(Arc::clone(names.entry(author).or_insert_with(|| author.into())));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_has_its_author() {
        let told = "1f 1 1 2\nauthor Ada\nauthor-mail <a@example.org>\n\tauthor Nobody\n1f 2 2\nauthor Ada\n\ttwo\n\
                    00 3 3 1\nauthor Not Committed Yet\n\tthree\n";
        assert_eq!(read(told).iter().map(|it| &**it).collect::<Vec<_>>(), ["Ada", "Ada", NOBODY_YET]);
        assert_eq!(of_lines(Path::new("/nowhere/at/all.md")), None);
    }
}
