//! What every file owes its reader: a first line that says what it is for, an end in sight, nothing left undone.

use crate::{File, Finding};

/// More lines than this, and a file holds more than one subject.
pub const LONG: usize = 600;

// Put together here so that this file does not find itself.
const UNDONE: &[&str] =
    &[concat!("to", "do!("), concat!("un", "implemented!("), concat!("#[ig", "nore"), concat!("FIX", "ME")];

/// A Rust file that does not open by saying what it is for.
pub fn check_opening(file: &File) -> Option<Finding> {
    let opens = file.text.lines().next().is_some_and(|line| line.starts_with("//! ") && line.len() > 10);
    (!opens).then(|| Finding::at(&file.path, 1, "the first line must say what the file is for: //! ..."))
}

/// A file that is too long and not listed with a reason.
pub fn check_length(file: &File, listed: &[(&str, &str)]) -> Option<Finding> {
    let lines = file.text.lines().count();
    let is_listed = listed.iter().any(|(path, _)| *path == file.path);
    (lines > LONG && !is_listed).then(|| {
        Finding::about(
            &file.path,
            format!("{lines} lines are more than {LONG}: it holds more than one subject"),
        )
    })
}

/// Lines that say that something is not done yet, or a test that is not run.
pub fn check_undone(file: &File) -> Vec<Finding> {
    let lines = file.text.lines().enumerate();
    let undone = lines.filter_map(|(at, line)| Some((at, UNDONE.iter().find(|it| line.contains(**it))?)));
    undone
        .map(|(at, word)| {
            Finding::at(&file.path, at + 1, format!("{word} is not for the house: do it or drop it"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_does_not_say_what_it_is_for_is_found() {
        assert_eq!(check_opening(&File::sample("a.rs", "//! People, found by name.\n")), None);
        assert!(check_opening(&File::sample("a.rs", "use std::fmt;\n//! Late.")).is_some());
        assert!(check_opening(&File::sample("a.rs", "//!\n")).is_some());
    }

    #[test]
    fn a_long_file_is_found_unless_it_has_a_reason() {
        let file = File::sample("a.rs", &"\n".repeat(LONG + 1));
        assert!(check_length(&file, &[]).is_some());
        assert_eq!(check_length(&file, &[("a.rs", "a table of every country")]), None);
    }

    #[test]
    fn what_is_left_undone_is_found() {
        for word in UNDONE {
            let found = check_undone(&File::sample("a.rs", &format!("fine\n    {word}")));
            assert_eq!(found[0].line, 2, "{word}");
        }
        assert_eq!(check_undone(&File::sample("a.rs", "a to-do list, to ignore")), []);
    }
}
