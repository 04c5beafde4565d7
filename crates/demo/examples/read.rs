//! Reads one person's year aloud: `cargo run -p demo --example read -- Margo`. Without a name, counts the company.

use std::collections::BTreeMap;

use model::{Fragment, Time};

fn main() {
    let now = Time::parse("2026-03-18T14:30:00Z").expect("a written time");
    let company = demo::company(now, 7);
    match std::env::args().nth(1) {
        Some(name) => company.fragments.iter().filter(|fragment| is(fragment, &name)).for_each(read),
        None => count(&company),
    }
}

fn is(fragment: &Fragment, name: &str) -> bool {
    let called = fragment.fields.get("name").map_or("", String::as_str).to_lowercase();
    called.contains(&name.to_lowercase()) || fragment.key.contains(&name.to_lowercase())
}

fn read(fragment: &Fragment) {
    println!("=== {} [{}]", fragment.key, fragment.source);
    fragment.fields.iter().for_each(|(field, value)| println!("{field}: {value}"));
    fragment.handles.iter().for_each(|handle| println!("{}: {}", handle.kind, handle.value));
    fragment.roles.iter().for_each(|claim| println!("{} @ {}", claim.role, claim.account));
    for moment in &fragment.moments {
        let day = moment.at.timestamp().strftime("%a %-d %b %Y %H:%M");
        println!("\n--- {day}  {} {}  {}", moment.kind, moment.direction.as_str(), moment.title);
        moment.body.lines().for_each(|line| println!("    {line}"));
    }
    println!();
}

fn count(company: &demo::Company) {
    let moments = || company.fragments.iter().flat_map(|fragment| &fragment.moments);
    println!("{}: {} sources, {} moments", company.name, company.fragments.len(), moments().count());
    let mut kinds = BTreeMap::<_, usize>::new();
    moments().for_each(|moment| *kinds.entry(moment.kind.to_string()).or_default() += 1);
    kinds.iter().for_each(|(kind, count)| println!("{kind:>14} {count}"));
}
