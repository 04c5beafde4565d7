//! A person as fragments again, so that what is taken along can be taken in elsewhere and is equal.

use std::collections::{BTreeMap, HashMap};

use model::{AccountId, Fields, Fragment, Handle, HandleKind, NewMoment, PersonId, ProfileId, RoleClaim};
use store::Read;

use crate::{
    Result, accounts,
    naming::RECORD,
    people::{self, sql as people_sql},
    taking::OURS,
    timeline,
};

/// Moments in one fragment; a long life becomes several lines of one profile.
const MOMENTS: usize = 500;

/// Everything of one person: each source fragment with its handles, roles and moments, and what was entered by hand.
/// Each carries the person's id, so that joined people stay joined.
pub fn fragments_of(db: &mut Read<'_>, id: PersonId) -> Result<Vec<Fragment>> {
    let person = people::person(db, id)?;
    let id = person.id;
    let names: HashMap<AccountId, (String, String)> =
        person.roles.iter().map(|r| (r.account, (r.account_name.clone(), r.account_kind.clone()))).collect();
    let mut handles = handles(db, id)?;
    let mut roles = roles(db, id, &names)?;
    let mut moments = moments(db, id)?;
    let mut fragments = Vec::new();
    for source in &person.sources {
        let mut all = moments.remove(&source.profile).unwrap_or_default();
        let mut first = Fragment {
            source: source.source.clone(),
            key: source.key.clone(),
            seen_at: source.seen_at,
            fields: source.fields.clone(),
            handles: handles.remove(&source.profile).unwrap_or_default(),
            roles: roles.remove(&source.profile).unwrap_or_default(),
            moments: Vec::new(),
        };
        first.handles.push(ours(id));
        while all.len() > MOMENTS {
            let rest = all.split_off(MOMENTS);
            fragments.push(Fragment { moments: std::mem::replace(&mut all, rest), ..first.clone() });
        }
        fragments.push(Fragment { moments: all, ..first });
    }
    let mut entered: Vec<_> = people::entries(db, id)?;
    entered.reverse();
    for entry in entered {
        fragments.push(Fragment {
            source: format!("entered {}", entry.at),
            key: id.to_string(),
            seen_at: entry.at,
            fields: Fields::from([(entry.field, entry.value)]),
            handles: vec![ours(id)],
            roles: Vec::new(),
            moments: Vec::new(),
        });
    }
    Ok(fragments)
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

fn moments(db: &mut Read<'_>, id: PersonId) -> Result<HashMap<ProfileId, Vec<NewMoment>>> {
    let mut by_profile: HashMap<ProfileId, Vec<NewMoment>> = HashMap::new();
    let mut names: HashMap<AccountId, String> = HashMap::new();
    for moment in timeline::whole(db, id)? {
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
