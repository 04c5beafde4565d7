//! No circle among the modules of a crate: whoever reads one can read down and never comes back.
//!
//! A module and what lies in its folder are one subject, so a part may name its whole (`people/sql.rs` names
//! `people::Person`). The top of a crate is no subject: what all modules need stands in a module of its own, and
//! `lib.rs` only hands it out. A name that is handed on counts as a need of the module it comes from.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::{Finding, reading::Reading};

/// The names that lead to a module; none for the top of the crate.
type Module = Vec<String>;

/// What each module needs, and a path in it that says so.
type Needs = BTreeMap<Module, BTreeMap<Module, String>>;

/// The circles in one crate, given each file's path and what it says.
pub fn check(room: &str, files: &[(&str, &Reading)]) -> Vec<Finding> {
    let place = |module: &Module| format!("crates/{room}/src/{}", module.join("/"));
    let crate_ = Crate::of(room, files);
    let needs = crate_.needs();
    let found = needs.keys().filter_map(|module| circle_through(module, &needs));
    found
        .map(|circle| {
            Finding::about(&place(&circle[0]), format!("goes in a circle: {}", drawn(&circle, &needs)))
        })
        .collect()
}

/// Which module a file of a crate is. Programs beside the crate (`src/bin`) are none of it.
fn module_of(room: &str, path: &str) -> Option<Module> {
    let within = path.strip_prefix(&format!("crates/{room}/src/"))?.strip_suffix(".rs")?;
    let mut names: Module = within.split('/').map(str::to_owned).collect();
    match names.last()?.as_str() {
        "lib" | "main" if names.len() == 1 => names.clear(),
        "mod" => drop(names.pop()),
        _ => {}
    }
    (names.first().is_none_or(|first| first != "bin")).then_some(names)
}

struct Crate<'a> {
    modules: BTreeMap<Module, Vec<&'a Reading>>,
}

impl<'a> Crate<'a> {
    fn of(room: &str, files: &[(&str, &'a Reading)]) -> Self {
        let mut modules: BTreeMap<Module, Vec<&Reading>> = BTreeMap::new();
        for (path, reading) in files {
            if let Some(module) = module_of(room, path) {
                modules.entry(module).or_default().push(reading);
            }
        }
        Self { modules }
    }
    fn needs(&self) -> Needs {
        self.modules.keys().map(|module| (module.clone(), self.needs_of(module))).collect()
    }
    fn needs_of(&self, module: &Module) -> BTreeMap<Module, String> {
        let is_top = module.is_empty();
        let readings = || self.modules[module].iter();
        let uses = readings().flat_map(|it| &it.uses).filter(|it| !(is_top && it.public)).map(|it| &it.path);
        let named = uses.chain(readings().flat_map(|it| &it.paths).map(|(path, _)| path));
        let resolved = named.filter_map(|path| Some((self.resolve(module, path, 0)?, path.join("::"))));
        let is_own_whole = |it: &Module| !it.is_empty() && module.starts_with(it);
        resolved.filter(|(it, _)| it != module && !is_own_whole(it)).collect()
    }
    // `depth` ends the search when names are handed on in a circle.
    fn resolve(&self, from: &Module, path: &[String], depth: usize) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        let mut start = from.clone();
        let mut rest = rest;
        match first.as_str() {
            "crate" => start.clear(),
            "self" => {}
            "super" => drop(start.pop()),
            _ => rest = path,
        }
        while rest.first().is_some_and(|name| name == "super") {
            start.pop();
            rest = &rest[1..];
        }
        let starts_here =
            matches!(first.as_str(), "crate" | "self" | "super") || self.has_child(&start, first);
        (starts_here && depth < 20).then(|| self.descend(start, rest, depth))
    }
    fn has_child(&self, module: &Module, name: &str) -> bool {
        self.modules.contains_key(&[module.as_slice(), &[name.to_owned()]].concat())
    }
    fn descend(&self, mut module: Module, mut rest: &[String], depth: usize) -> Module {
        while let Some(name) = rest.first().filter(|name| self.has_child(&module, name)) {
            module.push(name.clone());
            rest = &rest[1..];
        }
        match rest.first() {
            Some(name) => self.handed_on(&module, name, depth).unwrap_or(module),
            None => module,
        }
    }
    /// Where a name comes from that a module has from another one of this crate.
    fn handed_on(&self, module: &Module, name: &str, depth: usize) -> Option<Module> {
        let readings = self.modules.get(module)?;
        if readings.iter().any(|it| it.defines.contains(name)) {
            return None;
        }
        let uses = || readings.iter().flat_map(|it| &it.uses);
        let by_name = uses().find(|it| it.name.as_deref() == Some(name)).map(|it| it.path.clone());
        let by_star =
            uses().filter(|it| it.name.is_none()).find(|it| self.defines(module, &it.path, name, depth));
        let path = by_name.or_else(|| by_star.map(|it| [it.path.as_slice(), &[name.to_owned()]].concat()))?;
        self.resolve(module, &path, depth + 1)
    }
    fn defines(&self, from: &Module, path: &[String], name: &str, depth: usize) -> bool {
        let there = self.resolve(from, path, depth + 1).and_then(|module| self.modules.get(&module));
        there.is_some_and(|readings| readings.iter().any(|it| it.defines.contains(name)))
    }
}

/// The shortest circle of which this module is the first by name, so that each circle is told once.
fn circle_through(start: &Module, needs: &Needs) -> Option<Vec<Module>> {
    let mut ways = VecDeque::from([vec![start.clone()]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for next in needs[way.last()?].keys() {
            let longer = [way.as_slice(), std::slice::from_ref(next)].concat();
            if next == start {
                return Some(longer);
            }
            if next > start && seen.insert(next.clone()) {
                ways.push_back(longer);
            }
        }
    }
    None
}

fn drawn(circle: &[Module], needs: &Needs) -> String {
    let name = |module: &Module| if module.is_empty() { "crate".into() } else { module.join("::") };
    let modules: Vec<String> = circle.iter().map(name).collect();
    let paths: Vec<&str> = circle.windows(2).map(|pair| needs[&pair[0]][&pair[1]].as_str()).collect();
    format!("{} (by {})", modules.join(" -> "), paths.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let read: Vec<_> = files.iter().map(|(path, text)| (*path, Reading::of(text).unwrap())).collect();
        let files: Vec<_> = read.iter().map(|(path, reading)| (*path, reading)).collect();
        check("x", &files).into_iter().map(|it| it.what).collect()
    }

    #[test]
    fn two_modules_that_need_each_other_are_a_circle() {
        let a = ("crates/x/src/a.rs", "use crate::b::B; pub struct A;");
        let b = ("crates/x/src/b.rs", "pub struct B; fn f() { let _ = html! { (super::a::A) }; }");
        assert_eq!(
            found(&[("crates/x/src/lib.rs", "mod a; mod b;"), a, b]),
            ["goes in a circle: a -> b -> a (by crate::b::B, super::a::A)"]
        );
    }

    #[test]
    fn names_handed_on_by_the_top_count_for_the_module_they_come_from() {
        let top = ("crates/x/src/lib.rs", "mod a; mod b; pub use a::A; pub use b::*;");
        let a = ("crates/x/src/a.rs", "use crate::B; pub struct A;");
        let b = ("crates/x/src/b.rs", "pub struct B;");
        assert_eq!(found(&[top, a, b]), Vec::<String>::new());
        let b = ("crates/x/src/b.rs", "pub struct B(crate::A);");
        assert_eq!(found(&[top, a, b]), ["goes in a circle: a -> b -> a (by crate::B, crate::A)"]);
    }

    #[test]
    fn a_part_may_name_its_whole_but_not_lead_back_to_it_through_another() {
        let top = ("crates/x/src/lib.rs", "mod people; mod roles;");
        let people = ("crates/x/src/people.rs", "mod sql; pub struct Person; fn f() { sql::find() }");
        let sql = ("crates/x/src/people/sql.rs", "use super::Person; pub fn find() {}");
        assert_eq!(found(&[top, people, sql]), Vec::<String>::new());
        let sql =
            ("crates/x/src/people/sql.rs", "use super::Person; use crate::roles::Role; pub fn find() {}");
        let roles = ("crates/x/src/roles.rs", "pub struct Role(crate::people::Person);");
        let circle = "goes in a circle: people -> people::sql -> roles -> people (by sql::find, crate::roles::Role, crate::people::Person)";
        assert_eq!(found(&[top, people, sql, roles]), [circle]);
    }

    #[test]
    fn what_the_top_defines_and_needs_from_its_modules_is_a_circle() {
        let top = ("crates/x/src/main.rs", "mod a; struct Shared; fn main() { a::run() }");
        let a = ("crates/x/src/a.rs", "use crate::Shared; pub fn run() {}");
        assert_eq!(found(&[top, a]), ["goes in a circle: crate -> a -> crate (by a::run, crate::Shared)"]);
    }
}
