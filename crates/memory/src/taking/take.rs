//! The central act: a batch of fragments becomes part of the memory, each with its person, in one transaction.

use std::collections::{HashMap, HashSet};

use model::{AccountId, HandleKind, MomentId, NewMoment, PersonId, ProfileId, RoleId, Time, World, fold};
use serde::Serialize;
use store::{Notice, ToValue, Value, Write, params};

use super::{
    prepare::{Prepared, prepare},
    resolve::{Known, Matched, Offer, Verdict, Who, pair},
    rows::{Rows, Telling},
    sql,
};
use crate::{
    MemoryError, Result, desk, forgetting,
    lists::each_in,
    naming,
    offers::{self, Evidence},
    people, whereabouts,
};

/// What became of one fragment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// Whose it is; nothing if they asked to be forgotten.
    pub person: Option<PersonId>,
    /// What was done.
    pub fate: Fate,
    /// Moments that were new.
    pub moments: usize,
    /// Moments that were known.
    pub known_moments: usize,
    /// The fragment's new moments.
    pub ids: Vec<MomentId>,
}

/// What was done with a fragment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// Somebody new.
    NewPerson,
    /// Something new about somebody known.
    NewProfile,
    /// It said nothing new about who they are.
    Known,
    /// They asked to be forgotten; nothing was kept.
    Forgotten,
}

/// Takes in a batch. The order within it does not matter to whom a fragment belongs to, except that the first of two
/// strangers with one handle makes the person whom the second joins.
pub fn take(tx: &mut Write<'_>, world: &World, batch: &[Prepared]) -> Result<Vec<Taken>> {
    let now = world.now();
    let forgotten = forgetting::among(tx, &batch.iter().map(|p| p.handles.as_slice()).collect::<Vec<_>>())?;
    let mut known = known(tx, batch)?;
    let mut profiles = known_profiles(tx, &known)?;
    let tellings = known_moments(tx, batch)?;
    let accounts = accounts(tx, world, batch)?;
    let mut batch_state =
        Batch { world, now, accounts, seen: tellings, rows: Rows::default(), touched: HashSet::new() };
    let texts: Vec<String> =
        batch.iter().map(|p| serde_json::to_string(&p.fragment.fields).unwrap_or_default()).collect();
    let mut taken = Vec::with_capacity(batch.len());
    let mut offers: Vec<(PersonId, Offer)> = Vec::new();
    for (n, (prepared, fields)) in batch.iter().zip(&texts).enumerate() {
        if forgotten.contains(&n) {
            taken.push(Taken {
                person: None,
                fate: Fate::Forgotten,
                moments: 0,
                known_moments: 0,
                ids: Vec::new(),
            });
            continue;
        }
        let verdict = known.resolve(prepared);
        let (person, fate) = batch_state.place(prepared, fields, &verdict, &mut profiles);
        learn(&mut known, prepared, person, verdict.home.unwrap_or(person), fate);
        offers.extend(verdict.offers.into_iter().map(|offer| (person, offer)));
        taken.push(batch_state.tell(prepared, person, fate));
    }
    let Batch { rows, touched, .. } = batch_state;
    rows.write(tx, now)?;
    for person in touched {
        people::refresh(tx, person)?;
    }
    for (person, offer) in &offers {
        let evidence =
            Evidence { reason: offer.reason.clone(), kind: offer.kind.clone(), value: offer.value.clone() };
        offers::offer(tx, *person, offer.person, &evidence, offer.score, now)?;
    }
    for person in taken.iter().filter_map(|t| t.person.filter(|_| t.moments > 0)).collect::<HashSet<_>>() {
        tx.announce(Notice::about("person", person))?;
    }
    Ok(taken)
}

/// Writes one moment down about a person who is known by id: a call, a visit, a note.
pub fn note(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    moment: &NewMoment,
    account: Option<AccountId>,
) -> Result<MomentId> {
    let person = whereabouts::current(tx, person)?;
    let profile = desk::profile(tx, world, person)?;
    let fragment = model::Fragment {
        source: "desk".into(),
        key: person.to_string(),
        seen_at: world.now(),
        fields: Default::default(),
        handles: Vec::new(),
        roles: Vec::new(),
        moments: vec![moment.clone()],
    };
    let prepared = prepare(fragment);
    let id = prepared.moments[0].id;
    let known = each_in(tx, sql::known_moments, &[], &[id.value()], |row| row.get::<MomentId>(0))?;
    if known.is_empty() {
        let rows = Rows {
            moments: vec![Telling { person, profile, account, moment, prepared: &prepared.moments[0] }],
            ..Rows::default()
        };
        rows.write(tx, world.now())?;
        tx.announce(Notice::about("person", person))?;
    }
    Ok(id)
}

struct Batch<'a> {
    world: &'a World,
    now: Time,
    accounts: HashMap<String, AccountId>,
    seen: HashSet<MomentId>,
    rows: Rows<'a>,
    touched: HashSet<PersonId>,
}

impl<'a> Batch<'a> {
    /// Gives the fragment to its person, making one if there is none.
    fn place(
        &mut self,
        prepared: &'a Prepared,
        fields: &'a str,
        verdict: &Verdict,
        profiles: &mut HashSet<ProfileId>,
    ) -> (PersonId, Fate) {
        let (person, fate) = match verdict.person {
            None => (prepared.told_of.unwrap_or_else(|| self.world.id()), Fate::NewPerson),
            Some(person) if profiles.contains(&prepared.profile) => return (person, Fate::Known),
            Some(person) => (person, Fate::NewProfile),
        };
        profiles.insert(prepared.profile);
        self.profile(prepared, fields, person, verdict, fate);
        self.roles(prepared, person);
        (person, fate)
    }

    fn profile(
        &mut self,
        prepared: &'a Prepared,
        fields: &'a str,
        person: PersonId,
        verdict: &Verdict,
        fate: Fate,
    ) {
        let fragment = &prepared.fragment;
        let row = vec![
            person.value().into_owned(),
            prepared.profile.value(),
            verdict.home.unwrap_or(person).value().into_owned(),
            fragment.source.value(),
            fragment.key.value(),
            fragment.seen_at.value(),
            self.now.value().into_owned(),
            fields.value(),
            text(&verdict.matched),
        ];
        self.rows.profiles.push(row);
        for handle in &prepared.handles {
            self.rows.handles.push(vec![
                person.value().into_owned(),
                handle.kind.as_str().value(),
                handle.value.value(),
                prepared.profile.value(),
                handle.raw.value(),
                handle.verified.value(),
                fragment.seen_at.value(),
            ]);
        }
        let claims = prepared.handles.iter().map(|h| (h.kind.as_str(), h.value.as_str(), person));
        let words = prepared.words.iter().map(|w| (person, w.as_str()));
        if fate == Fate::NewPerson {
            self.rows.directory.extend(claims);
            self.rows.words.extend(words);
            self.rows.people.push(self.new_person(prepared, person));
        } else {
            // A person made earlier in this batch has its rows still waiting in the lists above.
            let (directory, words_known) = (&self.rows.directory, &self.rows.words);
            let claims: Vec<_> = claims.filter(|c| !directory.contains(c)).collect();
            let words: Vec<_> = words.filter(|w| !words_known.contains(w)).collect();
            self.rows.known_directory.extend(claims);
            self.rows.known_words.extend(words);
            self.touched.insert(person);
        }
    }

    fn new_person(&self, prepared: &Prepared, person: PersonId) -> Vec<Value<'a>> {
        let (name, named) = match &prepared.name {
            Some(name) => (name.clone(), true),
            None => (naming::fallback_name(&prepared.handles), false),
        };
        let sort_name = fold(&name);
        vec![
            person.value().into_owned(),
            self.now.value().into_owned(),
            Value::Text(name.into()),
            Value::Text(sort_name.into()),
            Value::Bool(named),
            Value::Text("address".into()),
            Value::Null,
            Value::Int(0),
            Value::Int(0),
            Value::Int(0),
        ]
    }

    fn roles(&mut self, prepared: &'a Prepared, person: PersonId) {
        for claim in &prepared.fragment.roles {
            let Some(account) = self.accounts.get(&fold(&claim.account)) else { continue };
            let role: RoleId = RoleId::derived(&[
                prepared.profile.uuid().as_bytes(),
                account.uuid().as_bytes(),
                claim.role.as_bytes(),
            ]);
            self.rows.roles.push(vec![
                person.value().into_owned(),
                role.value().into_owned(),
                prepared.profile.value(),
                account.value().into_owned(),
                claim.role.value(),
                claim.since.value().into_owned(),
                claim.until.value().into_owned(),
                self.now.value().into_owned(),
                Value::Null,
            ]);
        }
    }

    fn tell(&mut self, prepared: &'a Prepared, person: PersonId, fate: Fate) -> Taken {
        let mut taken = Taken { person: Some(person), fate, moments: 0, known_moments: 0, ids: Vec::new() };
        for (moment, ready) in prepared.fragment.moments.iter().zip(&prepared.moments) {
            if !self.seen.insert(ready.id) {
                taken.known_moments += 1;
                continue;
            }
            taken.moments += 1;
            taken.ids.push(ready.id);
            let account = moment.account.as_deref().and_then(|name| self.accounts.get(&fold(name))).copied();
            let profile = prepared.profile;
            self.rows.moments.push(Telling { person, profile, account, moment, prepared: ready });
        }
        taken
    }
}

fn text(matched: &Matched) -> Value<'static> {
    Value::Text(serde_json::to_string(matched).unwrap_or_else(|_| "{}".into()).into())
}

/// Who the batch could belong to, in few queries.
fn known(tx: &mut Write<'_>, batch: &[Prepared]) -> Result<Known> {
    let mut by_kind: HashMap<&str, Vec<Value<'_>>> = HashMap::new();
    for handle in batch.iter().flat_map(|p| &p.handles) {
        by_kind.entry(handle.kind.as_str()).or_default().push(handle.value.value());
    }
    let mut known = Known::default();
    for (kind, values) in &by_kind {
        let fixed = params![kind];
        let found = each_in(tx, sql::directory, fixed, values, |row| {
            Ok((row.get::<String>(0)?, row.get::<PersonId>(1)?))
        })?;
        for (value, person) in found {
            let holders = known.directory.entry(((*kind).to_owned(), value)).or_default();
            if !holders.contains(&person) {
                holders.push(person);
            }
        }
        let guards = each_in(tx, sql::guards, fixed, values, |row| {
            Ok((row.get::<String>(0)?, row.get::<String>(1)?))
        })?;
        known.guarded.extend(guards.into_iter().map(|(value, state)| (((*kind).to_owned(), value), state)));
    }
    for id in batch.iter().filter_map(|p| p.told_of) {
        match whereabouts::current(tx, id) {
            Ok(person) => drop(known.told_of.insert(id, person)),
            Err(MemoryError::NobodyHere(_)) => {}
            Err(error) => return Err(error),
        }
    }
    who(tx, &mut known)?;
    Ok(known)
}

fn who(tx: &mut Write<'_>, known: &mut Known) -> Result<()> {
    let ids: HashSet<PersonId> =
        known.directory.values().flatten().chain(known.told_of.values()).copied().collect();
    let asked: Vec<Value<'_>> = ids.iter().map(ToValue::value).collect();
    let names = each_in(tx, sql::names, &[], &asked, |row| {
        Ok((row.get::<PersonId>(0)?, row.get::<String>(1)?, row.get::<bool>(2)?))
    })?;
    for (person, name, named) in names {
        let words = named.then(|| model::fold_words(&name).into_iter().collect());
        known.people.insert(person, Who { name: words, ..Who::default() });
    }
    let homes = each_in(tx, sql::homes, &[], &asked, |row| {
        Ok((row.get::<PersonId>(0)?, row.get::<String>(1)?, row.get::<String>(2)?, row.get::<PersonId>(3)?))
    })?;
    for (person, kind, value, home) in homes {
        let who = known.people.entry(person).or_default();
        who.profiles += usize::from(kind == naming::RECORD);
        if kind == HandleKind::External.as_str() {
            who.externals.push(value.clone());
        }
        let holder = who.homes.entry((kind, value)).or_insert(home);
        *holder = home.min(*holder);
    }
    Ok(())
}

/// What the batch itself has said so far counts for the fragments after it.
fn learn(known: &mut Known, prepared: &Prepared, person: PersonId, home: PersonId, fate: Fate) {
    if fate == Fate::Known {
        return;
    }
    if let Some(id) = prepared.told_of {
        known.told_of.insert(id, person);
    }
    let who = known.people.entry(person).or_default();
    who.profiles += 1;
    if let (None, Some(name)) = (&who.name, &prepared.name) {
        who.name = Some(model::fold_words(name).into_iter().collect());
    }
    for handle in &prepared.handles {
        who.homes.entry(pair(handle)).or_insert(home);
        if handle.kind == HandleKind::External {
            who.externals.push(handle.value.clone());
        }
        let holders = known.directory.entry(pair(handle)).or_default();
        if !holders.contains(&person) {
            holders.push(person);
        }
    }
}

fn known_profiles(tx: &mut Write<'_>, known: &Known) -> Result<HashSet<ProfileId>> {
    let asked: Vec<Value<'_>> = known.people.keys().map(ToValue::value).collect();
    Ok(each_in(tx, sql::known_profiles, &[], &asked, |row| row.get(0))?.into_iter().collect())
}

fn known_moments(tx: &mut Write<'_>, batch: &[Prepared]) -> Result<HashSet<MomentId>> {
    let asked: Vec<Value<'_>> = batch.iter().flat_map(|p| &p.moments).map(|m| m.id.value()).collect();
    Ok(each_in(tx, sql::known_moments, &[], &asked, |row| row.get(0))?.into_iter().collect())
}

/// The accounts that a batch names, made where they are not known. Names are compared folded.
fn accounts(tx: &mut Write<'_>, world: &World, batch: &[Prepared]) -> Result<HashMap<String, AccountId>> {
    let mut named: HashMap<String, (&str, &str)> = HashMap::new();
    for fragment in batch.iter().map(|p| &p.fragment) {
        for name in fragment.moments.iter().filter_map(|m| m.account.as_deref()) {
            named.entry(fold(name)).or_insert((name, "organisation"));
        }
        for claim in &fragment.roles {
            named.insert(fold(&claim.account), (&claim.account, &claim.account_kind));
        }
    }
    let keys: Vec<String> = named.keys().cloned().collect();
    let asked: Vec<Value<'_>> = keys.iter().map(ToValue::value).collect();
    let found =
        each_in(tx, sql::accounts, &[], &asked, |row| Ok((row.get::<String>(0)?, row.get::<AccountId>(1)?)))?;
    let mut accounts: HashMap<String, AccountId> = found.into_iter().collect();
    let now = world.now();
    let mut rows = Vec::new();
    for key in keys.iter().filter(|key| !key.trim().is_empty()) {
        if !accounts.contains_key(key) {
            let id: AccountId = world.id();
            let (name, kind) = named[key];
            rows.push(vec![
                Value::Uuid(id.uuid()),
                kind.value(),
                name.value(),
                key.value(),
                "".value(),
                "{}".value(),
                Value::Int(now.micros()),
            ]);
            accounts.insert(key.clone(), id);
        }
    }
    tx.load(sql::ACCOUNTS.0, sql::ACCOUNTS.1, &rows)?;
    Ok(accounts)
}
