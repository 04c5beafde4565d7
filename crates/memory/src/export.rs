//! A person as fragments again, so that what is taken along can be taken in elsewhere and is equal.

use std::collections::{BTreeMap, HashMap, HashSet};

use model::{
    AccountId, Fields, Fragment, Handle, HandleKind, Moment, NewMoment, PersonId, ProfileId, RoleClaim, Time,
};
use store::{Read, params};

use crate::{
    MemoryError, Result, accounts,
    naming::RECORD,
    people::{self, Person, Source, sql as people_sql},
    taking::OURS,
    timeline::{self, From, Place},
    whereabouts,
};

/// Moments in one fragment; a long life becomes several lines of one profile. So many are read at once.
const MOMENTS: usize = 500;

/// Everything of one person: each source fragment with its handles, roles and moments, and what was entered by hand.
/// Each carries the person's id, so that joined people stay joined.
pub fn fragments_of(db: &mut Read<'_>, id: PersonId) -> Result<Vec<Fragment>> {
    let mut all = Vec::new();
    each_fragment(db, id, |fragment| {
        all.push(fragment);
        Ok::<_, MemoryError>(())
    })?;
    Ok(all)
}

/// The same one by one, so that of a long life no more is held than a page of its moments.
pub fn each_fragment<E: std::convert::From<MemoryError>>(
    db: &mut Read<'_>,
    id: PersonId,
    mut each: impl FnMut(Fragment) -> Result<(), E>,
) -> Result<(), E> {
    let person = people::person(db, id)?;
    let id = person.id;
    let heads = heads(db, &person)?;
    let mut told = HashSet::new();
    let mut names = HashMap::new();
    let mut from = From::Since(Time::from_micros(i64::MIN));
    loop {
        let page = timeline::of_person(db, id, from, &[], MOMENTS)?;
        let last = page.moments.last().map(|it| Place { at: it.at, id: it.id });
        let mut moments = by_profile(db, page.moments, &mut names)?;
        for (profile, head) in &heads {
            if let Some(moments) = moments.remove(profile) {
                told.insert(*profile);
                each(Fragment { moments, ..head.clone() })?;
            }
        }
        match last.filter(|_| page.newer) {
            Some(place) => from = From::After(place),
            None => break,
        }
    }
    for (profile, head) in heads {
        if !told.contains(&profile) {
            each(head)?;
        }
    }
    let mut entered: Vec<_> = people::entries(db, id)?;
    entered.reverse();
    for entry in entered {
        each(Fragment {
            source: format!("entered {}", entry.at),
            key: id.to_string(),
            seen_at: entry.at,
            fields: Fields::from([(entry.field, entry.value)]),
            handles: vec![ours(id)],
            roles: Vec::new(),
            moments: Vec::new(),
        })?;
    }
    Ok(())
}

/// What each source says, without its moments.
fn heads(db: &mut Read<'_>, person: &Person) -> Result<Vec<(ProfileId, Fragment)>> {
    let names: HashMap<AccountId, (String, String)> =
        person.roles.iter().map(|r| (r.account, (r.account_name.clone(), r.account_kind.clone()))).collect();
    let mut handles = handles(db, person.id)?;
    let mut roles = roles(db, person.id, &names)?;
    let head = |source: &Source| {
        let mut head = Fragment {
            source: source.source.clone(),
            key: source.key.clone(),
            seen_at: source.seen_at,
            fields: source.fields.clone(),
            handles: handles.remove(&source.profile).unwrap_or_default(),
            roles: roles.remove(&source.profile).unwrap_or_default(),
            moments: Vec::new(),
        };
        head.handles.push(ours(person.id));
        (source.profile, head)
    };
    Ok(person.sources.iter().map(head).collect())
}

fn ours(id: PersonId) -> Handle {
    Handle { kind: HandleKind::External, value: format!("{OURS}:{id}"), raw: id.to_string(), verified: false }
}

fn handles(db: &mut Read<'_>, id: PersonId) -> Result<HashMap<ProfileId, Vec<Handle>>> {
    let rows = db.rows(people_sql::HANDLES, store::params![id], |row| {
        let handle =
            Handle { kind: row.parse(0)?, value: row.get(1)?, raw: row.get(3)?, verified: row.get(4)? };
        Ok((row.get::<ProfileId>(2)?, handle))
    })?;
    let mut by_profile: HashMap<ProfileId, Vec<Handle>> = HashMap::new();
    for (profile, handle) in rows.into_iter().filter(|(_, h)| h.kind != HandleKind::Other(RECORD.into())) {
        by_profile.entry(profile).or_default().push(handle);
    }
    Ok(by_profile)
}

fn roles(
    db: &mut Read<'_>,
    id: PersonId,
    names: &HashMap<AccountId, (String, String)>,
) -> Result<BTreeMap<ProfileId, Vec<RoleClaim>>> {
    let mut by_profile: BTreeMap<ProfileId, Vec<RoleClaim>> = BTreeMap::new();
    for (profile, role) in accounts::roles_by_profile(db, id)? {
        let (account, account_kind) = names.get(&role.account).cloned().unwrap_or_default();
        let claim =
            RoleClaim { account, account_kind, role: role.role, since: role.since, until: role.until };
        by_profile.entry(profile).or_default().push(claim);
    }
    Ok(by_profile)
}

fn by_profile(
    db: &mut Read<'_>,
    moments: Vec<Moment>,
    names: &mut HashMap<AccountId, String>,
) -> Result<HashMap<ProfileId, Vec<NewMoment>>> {
    let mut by_profile: HashMap<ProfileId, Vec<NewMoment>> = HashMap::new();
    for moment in moments {
        let account = match moment.account {
            Some(account) if !names.contains_key(&account) => {
                let name = accounts::get(db, account)?.name;
                names.insert(account, name.clone());
                Some(name)
            }
            known => known.and_then(|account| names.get(&account).cloned()),
        };
        by_profile.entry(moment.profile).or_default().push(NewMoment {
            key: moment.id.to_string(),
            at: moment.at,
            kind: moment.kind,
            channel: moment.channel,
            direction: moment.direction,
            account,
            by: moment.by,
            thread: moment.thread,
            title: moment.title,
            body: moment.body,
            data: moment.data,
            originals: moment.originals,
        });
    }
    Ok(by_profile)
}

/// The digests of files that came with somebody, in their order, from `after` on.
pub fn files_of(db: &mut Read<'_>, id: PersonId, after: &str, most: i64) -> Result<Vec<String>> {
    let id = whereabouts::current(db, id)?;
    Ok(db.rows(people_sql::FILES, params![id, after, most], |row| row.get(0))?)
}
