//! What we build on: under licences that fit ours, from the one public registry, without what was refused.
//!
//! The policy stands in `deny.toml`, in cargo-deny's own words, and whoever has cargo-deny may run it. It takes six
//! minutes to build on two cores, which is why its licence, ban and source checks are made here instead.

use serde::Deserialize;

use crate::Finding;

/// What `deny.toml` says, as far as it is read here.
#[derive(Debug, Deserialize)]
pub struct Policy {
    licenses: Licences,
    bans: Bans,
    sources: Sources,
}

#[derive(Debug, Deserialize)]
struct Licences {
    allow: Vec<String>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

#[derive(Debug, Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Debug, Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
    reason: String,
}

#[derive(Debug, Deserialize)]
struct Sources {
    #[serde(rename = "allow-registry")]
    allow_registry: Vec<String>,
}

/// A crate that we build on, as `cargo metadata` tells of it.
#[derive(Debug, Clone, Deserialize)]
pub struct Package {
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

impl Policy {
    /// Reads `deny.toml`.
    pub fn read(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
    /// What the policy has against these crates.
    pub fn check(&self, packages: &[Package]) -> Vec<Finding> {
        packages.iter().flat_map(|it| [self.licence(it), self.ban(it), self.source(it)]).flatten().collect()
    }
    /// What it has against the crates that are locked, for whichever platform; their licences are not known.
    pub fn check_locked(&self, packages: &[Package]) -> Vec<Finding> {
        packages.iter().flat_map(|it| [self.ban(it), self.source(it)]).flatten().collect()
    }
    fn licence(&self, package: &Package) -> Option<Finding> {
        let excepted =
            self.licenses.exceptions.iter().filter(|it| it.name == package.name).flat_map(|it| &it.allow);
        let allowed: Vec<&String> = self.licenses.allow.iter().chain(excepted).collect();
        match &package.license {
            None => complain(package, "names no licence".into()),
            Some(said) if fits(said, &|licence| allowed.iter().any(|it| *it == licence)) => None,
            Some(said) => complain(package, format!("is under {said}, which deny.toml does not allow")),
        }
    }
    fn ban(&self, package: &Package) -> Option<Finding> {
        let ban = self.bans.deny.iter().find(|it| it.name == package.name)?;
        complain(package, format!("is refused: {}", ban.reason))
    }
    fn source(&self, package: &Package) -> Option<Finding> {
        let source = package.source.as_deref()?;
        let from = source.strip_prefix("registry+");
        let known = from.is_some_and(|it| self.sources.allow_registry.iter().any(|allowed| allowed == it));
        if known { None } else { complain(package, format!("comes from {source}")) }
    }
}

fn complain(package: &Package, what: String) -> Option<Finding> {
    Some(Finding::about("Cargo.lock", format!("{} {} {what}", package.name, package.version)))
}

/// Reads the answer of `cargo metadata`.
pub fn packages(metadata: &str) -> serde_json::Result<Vec<Package>> {
    Ok(serde_json::from_str::<Metadata>(metadata)?.packages)
}

/// Reads `Cargo.lock`.
pub fn locked(lock: &str) -> Result<Vec<Package>, toml::de::Error> {
    Ok(toml::from_str::<Lock>(lock)?.package)
}

/// Whether a licence expression (SPDX, or the older form with a slash for "or") can be met.
fn fits(expression: &str, allowed: &dyn Fn(&str) -> bool) -> bool {
    let spaced =
        expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ").replace(" WITH ", "_WITH_");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    any_of(&mut rest, allowed) && rest.is_empty()
}

fn any_of(rest: &mut &[&str], allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut met = all_of(rest, allowed);
    while let ["OR", after @ ..] = *rest {
        *rest = after;
        met |= all_of(rest, allowed);
    }
    met
}

fn all_of(rest: &mut &[&str], allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut met = one(rest, allowed);
    while let ["AND", after @ ..] = *rest {
        *rest = after;
        met &= one(rest, allowed);
    }
    met
}

fn one(rest: &mut &[&str], allowed: &dyn Fn(&str) -> bool) -> bool {
    match *rest {
        ["(", after @ ..] => {
            *rest = after;
            let met = any_of(rest, allowed);
            *rest = rest.strip_prefix(&[")"]).unwrap_or(rest);
            met
        }
        [licence, after @ ..] => {
            *rest = after;
            allowed(&licence.replace("_WITH_", " WITH "))
        }
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = r#"
[licenses]
allow = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"]
exceptions = [{ crate = "axe", allow = ["MPL-2.0"] }]
[bans]
deny = [{ crate = "openssl-sys", reason = "one TLS is enough" }]
[sources]
allow-registry = ["https://example.org/index"]
"#;

    fn found(name: &str, license: &str, source: &str) -> Vec<String> {
        let package = Package {
            name: name.into(),
            version: "1.0.0".into(),
            license: Some(license.into()).filter(|it: &String| !it.is_empty()),
            source: Some(source.into()),
        };
        Policy::read(POLICY).unwrap().check(&[package]).into_iter().map(|it| it.what).collect()
    }

    #[test]
    fn a_licence_that_does_not_fit_ours_is_found() {
        let here = "registry+https://example.org/index";
        for fine in [
            "MIT",
            "GPL-3.0 OR MIT",
            "GPL-3.0/MIT",
            "(MIT OR GPL-3.0) AND Apache-2.0",
            "Apache-2.0 WITH LLVM-exception",
        ] {
            assert_eq!(found("a", fine, here), Vec::<String>::new(), "{fine}");
        }
        for bad in ["GPL-3.0", "MIT AND GPL-3.0", "(MIT OR GPL-3.0) AND GPL-3.0", "", "MIT )"] {
            assert_eq!(found("a", bad, here).len(), 1, "{bad}");
        }
        assert_eq!(found("axe", "MPL-2.0", here), Vec::<String>::new());
    }

    #[test]
    fn a_refused_crate_and_a_strange_source_are_found() {
        let here = "registry+https://example.org/index";
        assert_eq!(found("openssl-sys", "MIT", here), ["openssl-sys 1.0.0 is refused: one TLS is enough"]);
        assert_eq!(
            found("a", "MIT", "git+https://example.org/a"),
            ["a 1.0.0 comes from git+https://example.org/a"]
        );
        assert_eq!(found("a", "MIT", "registry+https://example.com/index").len(), 1);
    }
}
