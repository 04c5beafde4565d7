//! Links that open the door once: the first owner's, invitations, and the way back for who forgot a password.

use std::str::FromStr;

use model::{StaffId, Time};
use serde_json::json;
use store::{Read, Row, Write, params};

use crate::{
    Act, Entered, House, HouseError, Permission, Result, Role, Secret, Viewer, audit, password, session, sql,
    staff,
};

/// The first link is printed on the operator's own screen; a day is time enough.
const FIRST_DAYS: i64 = 1;
/// An invitation survives a week of holidays.
const INVITATION_DAYS: i64 = 7;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// Makes the first owner's account.
    First,
    /// Makes an account for who was invited.
    Invitation,
    /// Gives who works here a new password.
    Return,
}

impl LinkKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Invitation => "invitation",
            Self::Return => "return",
        }
    }
}
impl FromStr for LinkKind {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "first" => Ok(Self::First),
            "invitation" => Ok(Self::Invitation),
            "return" => Ok(Self::Return),
            _ => Err(format!("“{text}” is no kind of link")),
        }
    }
}

/// What a link opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// What it is for.
    pub kind: LinkKind,
    /// Who is meant; empty for the first owner.
    pub name: String,
    /// Their address; empty for the first owner.
    pub email: String,
    /// What they will be.
    pub role: Role,
    /// Until when it opens.
    pub expires_at: Time,
}

/// Who comes in through a link.
#[derive(Clone)]
pub struct Newcomer {
    /// What they are called.
    pub name: String,
    /// Where they read mail. Whoever was invited keeps the address that was invited.
    pub email: String,
    /// The password they chose.
    pub password: String,
    /// Their browser, in words they will know it by.
    pub browser: String,
}

impl House {
    /// A fresh link for the first owner, as long as nobody works here; links made before it are closed.
    pub async fn first_link(&self) -> Result<Option<(Secret, Door)>> {
        let world = self.store.world().clone();
        let (secret, now) = (Secret::new(&world), world.now());
        let door = Door {
            kind: LinkKind::First,
            name: String::new(),
            email: String::new(),
            role: Role::Owner,
            expires_at: now.plus_days(FIRST_DAYS),
        };
        let (digest, kept) = (secret.digest(), door.clone());
        let made = self
            .store
            .write(move |tx| {
                if tx.number(sql::OWNERS, &[])? > 0 {
                    return Ok::<_, HouseError>(false);
                }
                tx.run(sql::LINKS_CLOSE, params![LinkKind::First.as_str(), "", now])?;
                keep(tx, &digest, &kept, None, now)?;
                Ok(true)
            })
            .await?;
        Ok(made.then_some((secret, door)))
    }

    /// Whether somebody works here already.
    pub async fn is_settled(&self) -> Result<bool> {
        Ok(self.store.read(|db| db.number(sql::OWNERS, &[])).await? > 0)
    }

    /// Invites somebody. The link is shown once, to be handed over by whoever invites.
    pub async fn invite(
        &self,
        viewer: &Viewer,
        name: &str,
        email: &str,
        role: Role,
    ) -> Result<(Secret, Door)> {
        viewer.may(if role == Role::Owner { Permission::ManageOwners } else { Permission::ManageStaff })?;
        let door = Door {
            kind: LinkKind::Invitation,
            name: staff::check_name(name)?,
            email: staff::check_email(email)?,
            role,
            expires_at: self.store.world().now().plus_days(INVITATION_DAYS),
        };
        self.open(viewer, door, role.as_str().to_owned()).await
    }

    /// A way back for somebody who cannot sign in: a link with which they choose a new password.
    pub async fn way_back(&self, viewer: &Viewer, id: StaffId) -> Result<(Secret, Door)> {
        let who = self.store.read(move |db| staff::find(db, id)).await?;
        let owner = who.role == Role::Owner;
        viewer.may(if owner { Permission::ManageOwners } else { Permission::ManageStaff })?;
        if who.left_at.is_some() {
            return Err(HouseError::Missing);
        }
        let expires_at = self.store.world().now().plus_days(FIRST_DAYS);
        let door =
            Door { kind: LinkKind::Return, name: who.name, email: who.email, role: who.role, expires_at };
        self.open(viewer, door, id.to_string()).await
    }

    async fn open(&self, viewer: &Viewer, door: Door, about: String) -> Result<(Secret, Door)> {
        let world = self.store.world().clone();
        let secret = Secret::new(&world);
        let (digest, kept, viewer) = (secret.digest(), door.clone(), viewer.clone());
        self.store
            .write(move |tx| {
                let known =
                    tx.first(sql::STAFF_BY_EMAIL, params![kept.email], |row| row.get::<StaffId>(0))?;
                if known.is_some() && kept.kind == LinkKind::Invitation {
                    return Err(HouseError::Known);
                }
                let (kind, now) = (kept.kind.as_str(), world.now());
                tx.run(sql::LINKS_CLOSE, params![kind, kept.email, now])?;
                keep(tx, &digest, &kept, Some(viewer.staff()), now)?;
                let detail = json!({"kind": kind, "role": kept.role.as_str()});
                Ok(audit::note(tx, &world, &Act::by(&viewer, "link.made", &about).with(detail))?)
            })
            .await?;
        Ok((secret, door))
    }

    /// What a link opens, if it still does.
    pub async fn door(&self, secret: &Secret) -> Result<Door> {
        let (digest, now) = (secret.digest(), self.store.world().now());
        self.store.read(move |db| find(db, &digest, now)).await
    }

    /// Comes in through a link: makes the account (or sets the new password), closes the link, and is signed in.
    pub async fn enter(&self, secret: &Secret, newcomer: Newcomer) -> Result<Entered> {
        let door = self.door(secret).await?;
        let name = match door.kind {
            LinkKind::Return => door.name.clone(),
            _ => staff::check_name(&newcomer.name)?,
        };
        let email = match door.kind {
            LinkKind::First => staff::check_email(&newcomer.email)?,
            _ => door.email.clone(),
        };
        password::check(&newcomer.password, &name, &email)?;
        let hash = self.hash(newcomer.password).await?;
        let (digest, world) = (secret.digest(), self.store.world().clone());
        let fresh = session::Fresh::new(&world, "link", newcomer.browser);
        let kept = fresh.clone();
        let viewer = self
            .store
            .write(move |tx| {
                let door = find(tx, &digest, world.now())?;
                tx.run(sql::LINK_USED, params![digest, world.now()])?;
                let id = settle(tx, &world, &door, &name, &email, &hash)?;
                let act = Act::new(Some(id), "link", "staff.entered", id);
                audit::note(tx, &world, &act.with(json!({"kind": door.kind.as_str()})))?;
                session::begin(tx, &kept, id, &name, door.role)
            })
            .await?;
        Ok(fresh.entered(viewer))
    }
}

fn keep(
    tx: &mut Write<'_>,
    digest: &[u8],
    door: &Door,
    by: Option<StaffId>,
    now: Time,
) -> store::Result<u64> {
    let Door { kind, name, email, role, expires_at } = door;
    tx.run(sql::LINK_ADD, params![digest, kind.as_str(), name, email, role.as_str(), by, now, expires_at])
}

fn find(db: &mut Read<'_>, digest: &[u8], now: Time) -> Result<Door> {
    db.first(sql::LINK_FIND, params![digest, now], read)?.ok_or(HouseError::DeadLink)
}

fn read(row: &Row<'_>) -> store::Result<Door> {
    Ok(Door {
        kind: row.parse(0)?,
        name: row.get(1)?,
        email: row.get(2)?,
        role: row.parse(3)?,
        expires_at: row.get(4)?,
    })
}

/// Gives the newcomer their entry in the book.
fn settle(
    tx: &mut Write<'_>,
    world: &model::World,
    door: &Door,
    name: &str,
    email: &str,
    hash: &str,
) -> Result<StaffId> {
    if door.kind == LinkKind::First && tx.number(sql::OWNERS, &[])? > 0 {
        return Err(HouseError::DeadLink);
    }
    if door.kind == LinkKind::Return {
        let id = tx.first(sql::STAFF_BY_EMAIL, params![email], |row| row.get::<StaffId>(0))?;
        let id = id.ok_or(HouseError::DeadLink)?;
        tx.run(sql::STAFF_PASSWORD, params![id, hash])?;
        tx.run(sql::SESSIONS_END, params![id])?;
        return Ok(id);
    }
    let id: StaffId = world.id();
    let (role, now) = (door.role.as_str(), world.now());
    tx.first(sql::STAFF_ADD, params![id, name, email, role, hash, now], |row| row.get(0))?
        .ok_or(HouseError::Known)
}
