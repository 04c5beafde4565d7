//! The central act: a batch of fragments becomes part of the memory, each with its person, in one transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use model::{AccountId, MomentId, NewMoment, PersonId, ProfileId, RoleId, Time, World, fold};
use serde::Serialize;
use store::{Notice, ToValue, Value, Write};

use super::{
    known::{Found, look_up},
    prepare::{Prepared, prepare},
    resolve::{Matched, Offer, Verdict},
    rows::{Rows, Telling},
    sql,
};
use crate::{
    Result, desk,
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
    let named = named(batch);
    let Found { forgotten, mut known, mut profiles, moments, mut accounts } = look_up(tx, batch, &named)?;
    make_accounts(tx, world, &named, &mut accounts)?;
    let mut batch_state =
        Batch { world, now, accounts, seen: moments, rows: Rows::default(), touched: HashSet::new() };
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
        if fate != Fate::Known {
            known.learn(prepared, person, verdict.home.unwrap_or(person));
        }
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
    keep(tx, world, (person, profile), moment, account)
}

/// Writes one moment down that belongs together with what one source says of somebody: our part of a talk.
pub fn note_under(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    profile: ProfileId,
    moment: &NewMoment,
) -> Result<MomentId> {
    let person = whereabouts::current(tx, person)?;
    keep(tx, world, (person, profile), moment, None)
}

/// Writes a moment of each of several people down, who are known by the ids they go by now; none of the moments was told before. Gives the
/// moments and the profiles they are kept under.
pub fn note_all(
    tx: &mut Write<'_>,
    world: &World,
    told: &[(PersonId, NewMoment)],
) -> Result<Vec<(MomentId, ProfileId)>> {
    let people: Vec<PersonId> = told.iter().map(|(person, _)| *person).collect();
    let profiles = desk::profiles(tx, world, &people)?;
    let prepared: Vec<Prepared> =
        told.iter().map(|(person, moment)| desk_fragment(world, *person, moment)).collect();
    let rows = told.iter().zip(&prepared).zip(profiles);
    let moments = rows.map(|(((person, moment), prepared), profile)| Telling {
        person: *person,
        profile,
        account: None,
        moment,
        prepared: &prepared.moments[0],
    });
    let rows = Rows { moments: moments.collect(), ..Rows::default() };
    let ids = rows.moments.iter().map(|it| (it.prepared.id, it.profile)).collect();
    rows.write(tx, world.now())?;
    for person in people {
        tx.announce(Notice::about("person", person))?;
    }
    Ok(ids)
}

fn desk_fragment(world: &World, person: PersonId, moment: &NewMoment) -> Prepared {
    prepare(model::Fragment {
        source: "desk".into(),
        key: person.to_string(),
        seen_at: world.now(),
        fields: Default::default(),
        handles: Vec::new(),
        roles: Vec::new(),
        moments: vec![moment.clone()],
    })
}

fn keep(
    tx: &mut Write<'_>,
    world: &World,
    (person, profile): (PersonId, ProfileId),
    moment: &NewMoment,
    account: Option<AccountId>,
) -> Result<MomentId> {
    let prepared = desk_fragment(world, person, moment);
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
        for digest in fragment.field_files().collect::<BTreeSet<_>>() {
            let profile = prepared.profile.value();
            let row = vec![person.value().into_owned(), profile.clone(), digest.value(), profile];
            self.rows.files.push(row);
        }
        let claims = prepared.handles.iter().map(|h| (h.kind.as_str(), h.value.as_str(), person));
        let words = prepared.words.iter().map(|word| (person, word));
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

/// The accounts that a batch names, with what each is. Names are compared folded.
fn named(batch: &[Prepared]) -> BTreeMap<String, (&str, &str)> {
    let mut named = BTreeMap::new();
    for fragment in batch.iter().map(|p| &p.fragment) {
        for name in fragment.moments.iter().filter_map(|m| m.account.as_deref()) {
            named.entry(fold(name)).or_insert((name, "organisation"));
        }
        for claim in &fragment.roles {
            named.insert(fold(&claim.account), (claim.account.as_str(), claim.account_kind.as_str()));
        }
    }
    named.retain(|key, _| !key.trim().is_empty());
    named
}

/// Makes the accounts that are not known.
fn make_accounts(
    tx: &mut Write<'_>,
    world: &World,
    named: &BTreeMap<String, (&str, &str)>,
    accounts: &mut HashMap<String, AccountId>,
) -> Result<()> {
    let mut rows = Vec::new();
    for (key, (name, kind)) in named {
        if accounts.contains_key(key) {
            continue;
        }
        let id: AccountId = world.id();
        rows.push(vec![
            Value::Uuid(id.uuid()),
            kind.value(),
            name.value(),
            key.value(),
            "".value(),
            "{}".value(),
            Value::Int(world.now().micros()),
        ]);
        accounts.insert(key.clone(), id);
    }
    Ok(tx.load(sql::ACCOUNTS.0, sql::ACCOUNTS.1, &rows)?)
}
