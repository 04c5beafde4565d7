//! What is known of a batch before it is taken in, asked in as few journeys to the database as can be.

use std::collections::{BTreeMap, HashMap, HashSet};

use model::{AccountId, HandleKind, MomentId, PersonId, ProfileId};
use store::{ToValue, Value, Write};

use super::{
    prepare::Prepared,
    resolve::{Known, Who, pair},
    sql,
};
use crate::{MemoryError, Result, forgetting, lists::in_list, naming, whereabouts};

/// What is known of a batch.
#[derive(Default)]
pub(super) struct Found {
    /// Which of its fragments speak of somebody who was forgotten.
    pub(super) forgotten: HashSet<usize>,
    /// Who its fragments could belong to.
    pub(super) known: Known,
    /// Everything sources have said of them.
    pub(super) profiles: HashSet<ProfileId>,
    /// Those of its moments that are here.
    pub(super) moments: HashSet<MomentId>,
    /// The accounts it names, by their folded names.
    pub(super) accounts: HashMap<String, AccountId>,
}

/// Looks up what a batch speaks of.
pub(super) fn look_up<N>(
    tx: &mut Write<'_>,
    batch: &[Prepared],
    accounts: &BTreeMap<String, N>,
) -> Result<Found> {
    let (mut found, mut key) = (Found::default(), None);
    let by_kind = by_kind(batch);
    let mut answers: Vec<_> = by_kind.keys().map(|kind| (*kind, Vec::new(), Vec::new())).collect();
    let moments: Vec<Value<'_>> = batch.iter().flat_map(|p| &p.moments).map(|m| m.id.value()).collect();
    let names: Vec<Value<'_>> = accounts.keys().map(ToValue::value).collect();
    let mut questions = vec![
        forgetting::key(&mut key),
        in_list(sql::known_moments, &[], &moments, |row| {
            found.moments.insert(row.get(0)?);
            Ok(())
        }),
        in_list(sql::accounts, &[], &names, |row| {
            found.accounts.insert(row.get(0)?, row.get(1)?);
            Ok(())
        }),
    ];
    for (values, (kind, holders, guards)) in by_kind.values().zip(&mut answers) {
        let fixed = [kind.value()];
        questions.push(in_list(sql::directory, &fixed, values, |row| {
            holders.push((row.get::<String>(0)?, row.get::<PersonId>(1)?));
            Ok(())
        }));
        questions.push(in_list(sql::guards, &fixed, values, |row| {
            guards.push((row.get::<String>(0)?, row.get::<String>(1)?));
            Ok(())
        }));
    }
    tx.ask(questions)?;
    for (kind, holders, guards) in answers {
        for (value, person) in holders {
            found.known.hold((kind.to_owned(), value), person);
        }
        found
            .known
            .guarded
            .extend(guards.into_iter().map(|(value, state)| ((kind.to_owned(), value), state)));
    }
    if let Some(key) = key {
        found.forgotten = forgetting::among(tx, &key, batch)?;
    }
    for id in batch.iter().filter_map(|p| p.told_of) {
        match whereabouts::current(tx, id) {
            Ok(person) => drop(found.known.told_of.insert(id, person)),
            Err(MemoryError::NobodyHere(_)) => {}
            Err(error) => return Err(error),
        }
    }
    found.profiles = who(tx, &mut found.known)?;
    Ok(found)
}

/// The values of a batch's handles.
fn by_kind(batch: &[Prepared]) -> BTreeMap<&str, Vec<Value<'_>>> {
    let mut by_kind: BTreeMap<&str, Vec<Value<'_>>> = BTreeMap::new();
    for handle in batch.iter().flat_map(|p| &p.handles) {
        by_kind.entry(handle.kind.as_str()).or_default().push(handle.value.value());
    }
    by_kind
}

/// Looks up what the guards need to know of the people; gives everything sources have said of them.
fn who(tx: &mut Write<'_>, known: &mut Known) -> Result<HashSet<ProfileId>> {
    let ids: HashSet<PersonId> =
        known.directory.values().flatten().chain(known.told_of.values()).copied().collect();
    let asked: Vec<Value<'_>> = ids.iter().map(ToValue::value).collect();
    let (mut names, mut homes, mut profiles) = (Vec::new(), Vec::new(), HashSet::new());
    tx.ask(vec![
        in_list(sql::names, &[], &asked, |row| {
            names.push((row.get::<PersonId>(0)?, row.get::<String>(1)?, row.get::<bool>(2)?));
            Ok(())
        }),
        in_list(sql::homes, &[], &asked, |row| {
            let handle = (row.get::<String>(1)?, row.get::<String>(2)?);
            homes.push((row.get::<PersonId>(0)?, handle, row.get::<PersonId>(3)?));
            Ok(())
        }),
        in_list(sql::known_profiles, &[], &asked, |row| {
            profiles.insert(row.get(0)?);
            Ok(())
        }),
    ])?;
    for (person, name, named) in names {
        let words = named.then(|| model::fold_words(&name).into_iter().collect());
        known.people.insert(person, Who { name: words, ..Who::default() });
    }
    for (person, (kind, value), home) in homes {
        let who = known.people.entry(person).or_default();
        who.profiles += usize::from(kind == naming::RECORD);
        if kind == HandleKind::External.as_str() {
            who.externals.push(value.clone());
        }
        let holder = who.homes.entry((kind, value)).or_insert(home);
        *holder = home.min(*holder);
    }
    Ok(profiles)
}

impl Known {
    fn hold(&mut self, handle: (String, String), person: PersonId) {
        let holders = self.directory.entry(handle).or_default();
        if !holders.contains(&person) {
            holders.push(person);
        }
    }

    /// What the batch itself has said so far counts for the fragments after it.
    pub(super) fn learn(&mut self, prepared: &Prepared, person: PersonId, home: PersonId) {
        if let Some(id) = prepared.told_of {
            self.told_of.insert(id, person);
        }
        let who = self.people.entry(person).or_default();
        who.profiles += 1;
        if let (None, Some(name)) = (&who.name, &prepared.name) {
            who.name = Some(model::fold_words(name).into_iter().collect());
        }
        for handle in &prepared.handles {
            who.homes.entry(pair(handle)).or_insert(home);
            if handle.kind == HandleKind::External {
                who.externals.push(handle.value.clone());
            }
        }
        for handle in &prepared.handles {
            self.hold(pair(handle), person);
        }
    }
}
