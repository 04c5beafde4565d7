//! Doors: the wall clock and chance come in by one file, and no module sends but `delivery`.

use crate::{File, Finding, reading::Reading};

// Type and function, as the last two names of a path.
const WINDOWS: &[[&str; 2]] = &[
    ["SystemTime", "now"],
    ["Instant", "now"],
    ["Timestamp", "now"],
    ["Zoned", "now"],
    ["Utc", "now"],
    ["Local", "now"],
    ["Uuid", "now_v7"],
    ["Uuid", "new_v4"],
    ["getrandom", "fill"],
];

/// Looks at the clock or throws dice somewhere else than where it is allowed.
pub fn check_clock(file: &File, reading: &Reading, allowed: &[(&str, &str)]) -> Vec<Finding> {
    if is_listed(file, allowed) {
        return Vec::new();
    }
    let windows =
        reading.all_paths().filter(|(path, _)| WINDOWS.iter().any(|window| ends_with(path, window)));
    windows
        .map(|(path, line)| {
            Finding::at(&file.path, line, format!("{} goes round model::World", path.join("::")))
        })
        .collect()
}

/// Silences the lints that bolt the windows, somewhere else than where it is allowed.
pub fn check_allows(file: &File, reading: &Reading, allowed: &[(&str, &str)]) -> Vec<Finding> {
    if is_listed(file, allowed) {
        return Vec::new();
    }
    let silenced = reading.allows.iter().filter(|(lint, _)| lint.starts_with("clippy::disallowed"));
    silenced
        .map(|(lint, line)| {
            Finding::at(&file.path, *line, format!("{lint} is silenced without being listed"))
        })
        .collect()
}

/// Names a channel's `send` outside of `delivery`, the one door out.
pub fn check_sends(file: &File, reading: &Reading) -> Vec<Finding> {
    if matches!(file.room(), Some("delivery" | "channels")) {
        return Vec::new();
    }
    let is_send = |path: &[String]| path[0] == "channels" && path.last().is_some_and(|name| name == "send");
    let sends = reading.all_paths().filter(|(path, _)| is_send(path));
    sends
        .map(|(_, line)| Finding::at(&file.path, line, "only delivery sends: ask it for a message"))
        .collect()
}

fn is_listed(file: &File, allowed: &[(&str, &str)]) -> bool {
    allowed.iter().any(|(path, _)| *path == file.path)
}

fn ends_with(path: &[String], end: &[&str]) -> bool {
    path.len() >= end.len() && path[path.len() - end.len()..].iter().zip(end).all(|(a, b)| a == b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(path: &str, text: &str) -> (File, Reading) {
        (File::sample(path, text), Reading::of(text).unwrap())
    }

    #[test]
    fn a_look_at_the_wall_clock_is_found_unless_it_is_the_door() {
        let (file, reading) =
            sample("crates/web/src/a.rs", "\nfn f() { std::time::Instant::now(); g!(Uuid::new_v4()) }");
        let found = check_clock(&file, &reading, &[]);
        assert_eq!(
            found[0].to_string(),
            "crates/web/src/a.rs:2: std::time::Instant::now goes round model::World"
        );
        assert_eq!(found.len(), 2);
        assert_eq!(check_clock(&file, &reading, &[("crates/web/src/a.rs", "the door")]), []);
    }

    #[test]
    fn a_silenced_bolt_is_found_unless_it_is_listed() {
        let (file, reading) =
            sample("a.rs", "#[allow(clippy::disallowed_methods, reason = \"hm\")]\nfn f() {}");
        assert_eq!(check_allows(&file, &reading, &[]).len(), 1);
        assert_eq!(check_allows(&file, &reading, &[("a.rs", "the door")]), []);
        let (file, reading) = sample("a.rs", "#![expect(clippy::disallowed_types)]");
        assert_eq!(check_allows(&file, &reading, &[]).len(), 1);
    }

    #[test]
    fn only_delivery_names_a_channels_send() {
        let text = "fn f() { channels::email::send(it) }";
        let (file, reading) = sample("crates/web/src/a.rs", text);
        assert_eq!(check_sends(&file, &reading).len(), 1);
        let (file, reading) = sample("crates/delivery/src/a.rs", text);
        assert_eq!(check_sends(&file, &reading), []);
    }
}
