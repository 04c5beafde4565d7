//! The house as it stands keeps its rules. Every guard says how much it looked at, so that none passes for nothing.

use std::{collections::BTreeMap, fmt::Display, process::Command};

use language::{Auditor, Voice};
use tidy::{
    File, Finding, House, allowed, arrows, circles, doors, licences, lines, links, reading::Reading, speech,
    sql_place, tables, workplace,
};

// What there is at least. Raise these as the house grows; a guard that suddenly sees less has gone blind.
const CRATES: usize = 12;
const RUST_FILES: usize = 250;
const TABLES: usize = 30;
const MODULE_PATHS: usize = 2000;
const TEXTS: usize = 4000;
const LINKS: usize = 12;
const DEPENDENCIES: usize = 200;
const WORDS: usize = 150_000;

fn house() -> House {
    House::here().expect("git lists the files of the house")
}

fn file<'a>(house: &'a House, path: &str) -> &'a str {
    &house.files.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("{path} is missing")).text
}

fn readings(house: &House) -> Vec<(&File, Reading)> {
    let read = |file: &File| Reading::of(&file.text).unwrap_or_else(|error| panic!("{}: {error}", file.path));
    house.ending(".rs").map(|file| (file, read(file))).collect()
}

fn assert_tidy(found: impl IntoIterator<Item = Finding>) {
    let found: Vec<Finding> = found.into_iter().collect();
    assert!(found.is_empty(), "\n{}", list(&found));
}

fn assert_saw(count: usize, at_least: usize, of: &str) {
    assert!(count >= at_least, "saw {count} {of}, expected at least {at_least}: is the guard blind?");
}

fn list<T: Display>(found: &[T]) -> String {
    found.iter().map(|it| format!("  {it}\n")).collect()
}

/// Each crate and its `Cargo.toml`.
fn manifests(house: &House) -> Vec<(&str, &File)> {
    let crates = house.ending("/Cargo.toml").filter(|file| file.path.matches('/').count() == 2);
    crates.filter_map(|file| Some((file.room()?, file))).collect()
}

#[test]
fn crates_name_only_those_to_their_left() {
    let house = house();
    let manifests = manifests(&house);
    assert_saw(manifests.len(), CRATES, "crates");
    assert_tidy(manifests.iter().flat_map(|(name, file)| arrows::check(name, &file.text)));
}

#[test]
fn no_module_comes_back_to_itself() {
    let house = house();
    let readings = readings(&house);
    let mut rooms: BTreeMap<&str, Vec<(&str, &Reading)>> = BTreeMap::new();
    for (file, reading) in &readings {
        rooms.entry(file.room().unwrap_or_default()).or_default().push((&file.path, reading));
    }
    assert_saw(readings.iter().map(|(_, it)| it.all_paths().count()).sum(), MODULE_PATHS, "paths");
    assert_tidy(rooms.iter().flat_map(|(room, files)| circles::check(room, files)));
}

#[test]
fn sql_stands_only_in_files_named_for_it() {
    let house = house();
    let readings = readings(&house);
    assert_saw(readings.iter().map(|(_, it)| it.texts.len()).sum(), TEXTS, "texts");
    assert_tidy(readings.iter().flat_map(|(file, reading)| sql_place::check(file, reading)));
}

#[test]
fn tables_about_people_are_keyed_by_person_and_both_engines_have_the_same() {
    let house = house();
    let migrations: Vec<&File> =
        house.ending(".sql").filter(|file| file.path.contains("/migrations/")).collect();
    let [sqlite, postgres] = tables::ENGINES.map(|engine| tables::after(&migrations, engine));
    assert_saw(sqlite.len().min(postgres.len()), TABLES, "tables");
    assert_tidy(tables::check_keys(&sqlite, allowed::KEYED_OTHERWISE));
    assert_tidy(tables::check_keys(&postgres, allowed::KEYED_OTHERWISE));
    assert_tidy(tables::check_carried(&sqlite, allowed::MADE_ANEW));
    assert_tidy(tables::check_same(&sqlite, &postgres, allowed::ONE_ENGINE_ONLY));
}

#[test]
fn every_file_says_what_it_is_for_ends_in_sight_and_leaves_nothing_undone() {
    let house = house();
    assert_saw(house.ending(".rs").count(), RUST_FILES, "Rust files");
    assert_tidy(house.ending(".rs").filter_map(lines::check_opening));
    assert_tidy(house.ending(".rs").flat_map(lines::check_undone));
    let written = [".rs", ".js", ".css", ".sql", ".md"].into_iter().flat_map(|end| house.ending(end));
    assert_tidy(written.filter_map(|file| lines::check_length(file, allowed::LONG_FILES)));
}

#[test]
fn time_chance_and_messages_pass_only_by_their_doors() {
    let house = house();
    let readings = readings(&house);
    assert_saw(readings.len(), RUST_FILES, "Rust files");
    assert_tidy(readings.iter().flat_map(|(file, it)| doors::check_clock(file, it, allowed::DOORS)));
    assert_tidy(readings.iter().flat_map(|(file, it)| doors::check_allows(file, it, allowed::DOORS)));
    assert_tidy(readings.iter().flat_map(|(file, it)| doors::check_sends(file, it, allowed::TO_OURSELVES)));
}

#[test]
fn every_exception_speaks_of_something_that_is_there() {
    let house = house();
    let listed = allowed::DOORS.iter().chain(allowed::LONG_FILES).chain(allowed::OTHERS);
    let is_there =
        |path: &str| house.paths.iter().any(|it| it == path || path.ends_with('/') && it.starts_with(path));
    let gone: Vec<&str> = listed.map(|(path, _)| *path).filter(|path| !is_there(path)).collect();
    assert!(gone.is_empty(), "listed in allowed.rs, but not there: {gone:?}");
}

#[test]
fn links_in_our_documents_lead_somewhere() {
    let house = house();
    let paths = links::files_and_folders(&house.paths);
    assert_saw(house.ending(".md").map(|file| links::targets(&file.text).len()).sum(), LINKS, "links");
    assert_tidy(house.ending(".md").flat_map(|file| links::check(file, &paths)));
}

#[test]
fn we_speak_as_we_ask_others_to() {
    let house = house();
    let voice = Voice::read(file(&house, Voice::FILE)).expect("our voice can be read");
    let auditor = Auditor::with(&voice).expect("our rules can be understood");
    let ours: Vec<&File> = house.files.iter().filter(|it| speech::is_ours(it, allowed::OTHERS)).collect();
    assert_saw(ours.iter().map(|it| speech::words(it)).sum(), WORDS, "words for people");
    assert_tidy(ours.iter().flat_map(|it| speech::check(it, &auditor)));
}

#[test]
fn nothing_tells_of_the_machines_it_was_written_on() {
    let house = house();
    assert_saw(house.files.len(), RUST_FILES, "files");
    assert_tidy(house.files.iter().flat_map(workplace::check));
}

#[test]
fn what_we_build_on_fits_our_licence_and_comes_from_where_it_should() {
    let house = house();
    let policy = licences::Policy::read(file(&house, "deny.toml")).expect("deny.toml is a policy");
    let locked = licences::locked(file(&house, "Cargo.lock")).expect("Cargo.lock is a lock");
    let packages = licences::packages(&metadata()).expect("cargo tells of its packages");
    assert_saw(packages.len(), DEPENDENCIES, "packages");
    assert_tidy(policy.check(&packages));
    assert_tidy(policy.check_locked(&locked));
}

// What is built on other systems is not asked for: it would have to be downloaded to know its licence.
fn metadata() -> String {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let platform = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let answer = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked", "--filter-platform", &platform])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
        .output()
        .expect("cargo runs");
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    String::from_utf8_lossy(&answer.stdout).into_owned()
}
