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

/// Names a channel's `send` outside of `delivery`, the one door out; or lets something pass without the gate's word. That a channel takes
/// nothing which did not pass is the compiler's business: only the gate makes what it takes.
pub fn check_sends(file: &File, reading: &Reading, to_ourselves: &[(&str, &str)]) -> Vec<Finding> {
    let room = file.room();
    let wrong = |path: &[String]| {
        let path = resolved(reading, path);
        let is_send = path[0] == "channels" && path.last().is_some_and(|name| name == "send");
        if is_send && !matches!(room, Some("delivery" | "channels")) {
            return Some("only delivery sends: ask it for a message");
        }
        if ends_with(&path, &["Cleared", "ask"]) && !matches!(room, Some("permission" | "gate")) {
            return Some("only permission asks the gate with what is known of somebody");
        }
        if ends_with(&path, &["Cleared", "to_ourselves"])
            && !is_listed(file, to_ourselves)
            && room != Some("gate")
        {
            return Some("this is for what we say among ourselves: list it with its reason");
        }
        None
    };
    let found = reading.all_paths().filter_map(|(path, line)| wrong(path).map(|why| (line, why)));
    found.map(|(line, why)| Finding::at(&file.path, line, why)).collect()
}

/// A path as it reads without the short names that this file gave to modules.
fn resolved(reading: &Reading, path: &[String]) -> Vec<String> {
    let named = |it: &&crate::reading::Use| it.name.as_deref() == path.first().map(String::as_str);
    match reading.uses.iter().find(named) {
        Some(used) if path.len() > 1 => used.path.iter().chain(&path[1..]).cloned().collect(),
        _ => path.to_vec(),
    }
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
        assert_eq!(check_sends(&file, &reading, &[]).len(), 1);
        let (file, reading) = sample("crates/delivery/src/a.rs", text);
        assert_eq!(check_sends(&file, &reading, &[]), []);
        let text = "use channels::mail::smtp as out; fn f() { out::send(it) }";
        let (file, reading) = sample("crates/web/src/a.rs", text);
        assert_eq!(check_sends(&file, &reading, &[]).len(), 1);
    }

    #[test]
    fn nothing_passes_without_the_gates_word() {
        let text = "use permission::Cleared; fn f() { Cleared::ask(a, b); Cleared::to_ourselves(c); }";
        let (file, reading) = sample("crates/delivery/src/a.rs", text);
        assert_eq!(check_sends(&file, &reading, &[]).len(), 2);
        assert_eq!(check_sends(&file, &reading, &[("crates/delivery/src/a.rs", "to us")]).len(), 1);
        let (file, reading) = sample("crates/permission/src/a.rs", "fn f() { gate::Cleared::ask(a) }");
        assert_eq!(check_sends(&file, &reading, &[]), []);
    }
}
