//! Crates name only those to their left in the drawing, so that each can be understood without the rest.

use toml::{Table, Value};

use crate::Finding;

/// The drawing: a crate may name those in earlier rows, never its neighbours.
pub const DRAWING: &[&[&str]] = &[
    &["model", "figures", "language"],
    &["gate", "audit"],
    &["store", "channels", "demo"],
    &["memory", "house"],
    &["permission"],
    &["conversations", "listening"],
    &["insight"],
    &["delivery"],
    &["web"],
    &["regard"],
];

/// Crates that only tests and measurements need: they may name any, and none may need them to run.
pub const FOR_TESTS: &[&str] = &["cast", "stories", "tidy", "bench", "browser"];

/// What is wrong with the arrows of one crate, given its `Cargo.toml`.
pub fn check(name: &str, manifest: &str) -> Vec<Finding> {
    let place = format!("crates/{name}/Cargo.toml");
    let complain = |what: String| vec![Finding::about(&place, what)];
    let table: Table = match manifest.parse() {
        Ok(table) => table,
        Err(error) => return complain(format!("cannot be read: {error}")),
    };
    if FOR_TESTS.contains(&name) {
        return Vec::new();
    }
    let Some(rank) = rank(name) else {
        return complain("this crate has no room in the drawing (crates/tidy/src/arrows.rs)".into());
    };
    // A crate names itself to turn on, in its own tests, a feature meant for the tests of others.
    let is_itself = |need: &Need| need.name == name && need.only_for_tests;
    let wrong = needs(&table).into_iter().filter(|need| !is_itself(need) && need.is_wrong_for(rank));
    wrong
        .flat_map(|need| {
            complain(format!("must not name `{}`: it is not to the left of `{name}`", need.name))
        })
        .collect()
}

struct Need {
    name: String,
    only_for_tests: bool,
}

impl Need {
    fn is_wrong_for(&self, rank_of_needer: usize) -> bool {
        let name = self.name.as_str();
        rank(name).is_some_and(|rank| rank >= rank_of_needer)
            || (FOR_TESTS.contains(&name) && !self.only_for_tests)
    }
}

fn rank(name: &str) -> Option<usize> {
    DRAWING.iter().position(|row| row.contains(&name))
}

fn needs(manifest: &Table) -> Vec<Need> {
    let platforms = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
    let tables = platforms.filter_map(Value::as_table).chain([manifest]);
    tables.flat_map(needs_of_one_platform).collect()
}

fn needs_of_one_platform(table: &Table) -> Vec<Need> {
    let kinds = [("dependencies", false), ("build-dependencies", false), ("dev-dependencies", true)];
    let of = |(kind, only_for_tests): (&str, bool)| {
        let named = table.get(kind).and_then(Value::as_table).into_iter().flatten();
        named
            .map(move |(key, value)| Need { name: real_name(key, value), only_for_tests })
            .collect::<Vec<_>>()
    };
    kinds.into_iter().flat_map(of).collect()
}

fn real_name(key: &str, value: &Value) -> String {
    value.get("package").and_then(Value::as_str).unwrap_or(key).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_may_name_the_model_but_not_the_memory() {
        assert_eq!(check("store", "[dependencies]\nmodel.workspace = true\nserde = \"1\""), []);
        let found = check("store", "[dependencies]\nmemory.workspace = true");
        assert_eq!(
            found[0].to_string(),
            "crates/store/Cargo.toml: must not name `memory`: it is not to the left of `store`"
        );
    }

    #[test]
    fn a_crate_may_not_name_its_neighbour_under_any_name_or_platform() {
        let found = check(
            "store",
            "[target.'cfg(unix)'.dependencies]\nx = { package = \"channels\", path = \"..\" }",
        );
        assert_eq!(found.len(), 1);
        assert_eq!(check("store", "[dev-dependencies]\nmemory.workspace = true").len(), 1);
    }

    #[test]
    fn what_is_for_tests_is_needed_only_by_tests() {
        assert_eq!(check("web", "[dev-dependencies]\nbrowser.workspace = true"), []);
        assert_eq!(check("web", "[dependencies]\ncast.workspace = true").len(), 1);
        assert_eq!(
            check("store", "[dev-dependencies]\nstore = { path = \".\", features = [\"trial\"] }"),
            []
        );
        assert_eq!(check("stories", "[dependencies]\nregard.workspace = true"), []);
    }

    #[test]
    fn a_crate_that_is_not_in_the_drawing_is_noticed() {
        assert!(check("helpers", "").first().is_some_and(|it| it.what.contains("no room")));
    }
}
