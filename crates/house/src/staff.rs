//! Those who work here: who they are, what they may, and how somebody leaves.

use model::{Handle, StaffId, Time};
use serde_json::json;
use store::{Read, Row, Write, params};

use crate::{Act, House, HouseError, Permission, Result, Role, Viewer, audit, permission::allowed, sql};

/// Somebody who works here, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// Their id.
    pub id: StaffId,
    /// What they are called.
    pub name: String,
    /// Where they read mail; also what they sign in with.
    pub email: String,
    /// What they are in the house.
    pub role: Role,
    /// Digest of their picture, if they have one.
    pub photo: Option<String>,
    /// Since when.
    pub created_at: Time,
    /// Until when.
    pub left_at: Option<Time>,
}

/// A name fits on one line of a page; a pasted document does not.
const LONGEST_NAME: usize = 120;

pub(crate) fn check_name(name: &str) -> Result<String> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    match name.chars().count() {
        0 => Err(HouseError::invalid("name", "is empty; what shall people call you?")),
        1..=LONGEST_NAME => Ok(name),
        _ => Err(HouseError::invalid("name", format!("has more than {LONGEST_NAME} characters"))),
    }
}

pub(crate) fn check_email(email: &str) -> Result<String> {
    Handle::email(email).map(|handle| handle.value).map_err(|e| HouseError::invalid("email", e.to_string()))
}

pub(crate) fn read(row: &Row<'_>) -> store::Result<Staff> {
    Ok(Staff {
        id: row.get(0)?,
        name: row.get(1)?,
        email: row.get(2)?,
        role: row.parse(3)?,
        photo: row.get(4)?,
        created_at: row.get(5)?,
        left_at: row.get(6)?,
    })
}

pub(crate) fn find(db: &mut Read<'_>, id: StaffId) -> Result<Staff> {
    db.first(sql::STAFF_FIND, params![id], read)?.ok_or(HouseError::Missing)
}

/// Changing an owner, or making one, is the owners' own business.
fn may_touch(viewer: &Viewer, roles: &[Role]) -> Result<()> {
    let needed = match roles.contains(&Role::Owner) {
        true => Permission::ManageOwners,
        false => Permission::ManageStaff,
    };
    Ok(viewer.may(needed)?)
}

/// Without an owner nobody could ever let anybody in again.
fn keep_an_owner(tx: &mut Write<'_>, staff: &Staff) -> Result<()> {
    let last = staff.role == Role::Owner && tx.number(sql::OWNERS, &[])? <= 1;
    if last { Err(HouseError::LastOwner) } else { Ok(()) }
}

impl House {
    /// Everybody who works here, then those who left.
    pub async fn staff(&self, viewer: &Viewer) -> Result<Vec<Staff>> {
        viewer.may(Permission::ReadStaff)?;
        Ok(self.store.read(|db| db.rows(sql::STAFF_ALL, &[], read)).await?)
    }

    /// Names by id, of all who ever worked here: for saying who spoke.
    pub async fn staff_names(&self) -> Result<Vec<(StaffId, String)>> {
        let names = |db: &mut Read<'_>| db.rows(sql::STAFF_ALL, &[], |row| Ok((row.get(0)?, row.get(1)?)));
        Ok(self.store.read(names).await?)
    }

    /// Digests of pictures by id, of all who have one: for showing who spoke.
    pub async fn staff_photos(&self) -> Result<Vec<(StaffId, String)>> {
        let all = self.store.read(|db| db.rows(sql::STAFF_ALL, &[], read)).await?;
        Ok(all.into_iter().filter_map(|it| Some((it.id, it.photo?))).collect())
    }

    /// Those who work here now, by name: for handing somebody over.
    pub async fn colleagues(&self) -> Result<Vec<(StaffId, String)>> {
        let all = self.store.read(|db| db.rows(sql::STAFF_ALL, &[], read)).await?;
        let here = all.into_iter().filter(|staff| staff.left_at.is_none());
        let mut here: Vec<_> = here.map(|staff| (staff.id, staff.name)).collect();
        here.sort_by_key(|(_, name)| name.to_lowercase());
        Ok(here)
    }

    /// Those who work here now and may do something: whom to tell when it has to be done.
    pub async fn who_may(&self, needed: Permission) -> Result<Vec<Staff>> {
        let all = self.store.read(|db| db.rows(sql::STAFF_ALL, &[], read)).await?;
        Ok(all.into_iter().filter(|it| it.left_at.is_none() && allowed(it.role, needed)).collect())
    }

    /// The viewer's own entry.
    pub async fn own(&self, viewer: &Viewer) -> Result<Staff> {
        let id = viewer.staff();
        self.store.read(move |db| find(db, id)).await
    }

    /// The digest of somebody's picture, if they have one.
    pub async fn photo_of(&self, id: StaffId) -> Result<Option<String>> {
        Ok(self.store.read(move |db| find(db, id)).await?.photo)
    }

    /// Gives somebody another role.
    pub async fn change_role(&self, viewer: &Viewer, id: StaffId, role: Role) -> Result<()> {
        let (viewer, world) = (viewer.clone(), self.store.world().clone());
        self.store
            .write(move |tx| {
                let staff = find(tx, id)?;
                may_touch(&viewer, &[staff.role, role])?;
                if role != Role::Owner {
                    keep_an_owner(tx, &staff)?;
                }
                tx.run(sql::STAFF_ROLE, params![id, role.as_str()])?;
                let detail = json!({"from": staff.role.as_str(), "to": role.as_str()});
                Ok(audit::note(tx, &world, &Act::by(&viewer, "staff.role", id).with(detail))?)
            })
            .await
    }

    /// Lets somebody go: they stay named where they spoke, but no session, passkey or key of theirs opens anything.
    pub async fn let_go(&self, viewer: &Viewer, id: StaffId) -> Result<()> {
        let (viewer, world) = (viewer.clone(), self.store.world().clone());
        self.store
            .write(move |tx| {
                let staff = find(tx, id)?;
                may_touch(&viewer, &[staff.role])?;
                keep_an_owner(tx, &staff)?;
                tx.run(sql::STAFF_LEFT, params![id, world.now()])?;
                for close in [sql::SESSIONS_END, sql::PASSKEYS_DROP_ALL] {
                    tx.run(close, params![id])?;
                }
                tx.run(sql::TOKENS_REVOKE_ALL, params![id, world.now()])?;
                Ok(audit::note(tx, &world, &Act::by(&viewer, "staff.left", id))?)
            })
            .await
    }

    /// Changes what the viewer is called.
    pub async fn rename(&self, viewer: &Viewer, name: &str) -> Result<()> {
        let (name, viewer, world) = (check_name(name)?, viewer.clone(), self.store.world().clone());
        self.store
            .write(move |tx| {
                tx.run(sql::STAFF_NAME, params![viewer.staff(), name])?;
                Ok(audit::note(tx, &world, &Act::by(&viewer, "staff.name", viewer.staff()))?)
            })
            .await
    }

    /// Gives the viewer a picture (kept beside the database under its digest), or takes it away.
    pub async fn portray(&self, viewer: &Viewer, photo: Option<String>) -> Result<()> {
        let id = viewer.staff();
        self.store.write(move |tx| tx.run(sql::STAFF_PHOTO, params![id, photo])).await?;
        Ok(())
    }
}
