//! Sessions: a browser that somebody signed in with, until they sign out, stay away, or too much time has passed.

use model::{SessionId, StaffId, Time, World};
use store::{Row, Write, params};

use crate::{
    ACCOUNT_SIGN_INS, ADDRESS_SIGN_INS, Act, House, HouseError, How, Result, Role, Secret, Viewer, audit, sql,
};

/// After so long without a visit, a forgotten browser is signed out.
const IDLE_DAYS: i64 = 14;
/// However often it visits: a stolen session ends some day.
const LONGEST_DAYS: i64 = 90;
/// A visit is written down this often at most, so that reading a page costs no write.
const SEEN_EVERY_SECONDS: i64 = 300;
/// A label of a browser is a few words.
const LONGEST_BROWSER: usize = 120;

/// Somebody who wants to come in with a password.
#[derive(Clone)]
pub struct SignIn {
    /// Their mail address.
    pub email: String,
    /// Their password.
    pub password: String,
    /// The network address they come from, for the limit only; it is not kept.
    pub address: String,
    /// Their browser, in words they will know it by.
    pub browser: String,
}

/// Somebody who came in.
#[derive(Debug, Clone)]
pub struct Entered {
    /// Who.
    pub viewer: Viewer,
    /// What their browser shows from now on.
    pub secret: Secret,
    /// Until when at the latest.
    pub expires_at: Time,
}

/// One signed-in browser, as its owner sees it.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// The browser's label.
    pub browser: String,
    /// How they signed in: `password`, `passkey` or `link`.
    pub how: String,
    /// Since when.
    pub created_at: Time,
    /// Last visit, to within five minutes.
    pub seen_at: Time,
}

/// A session about to begin.
#[derive(Clone)]
pub(crate) struct Fresh {
    secret: Secret,
    id: SessionId,
    how: &'static str,
    browser: String,
    now: Time,
}

impl Fresh {
    pub(crate) fn new(world: &World, how: &'static str, browser: String) -> Self {
        let browser = browser.chars().take(LONGEST_BROWSER).collect();
        Self { secret: Secret::new(world), id: world.id(), how, browser, now: world.now() }
    }

    fn expires_at(&self) -> Time {
        self.now.plus_days(LONGEST_DAYS)
    }

    pub(crate) fn entered(self, viewer: Viewer) -> Entered {
        Entered { viewer, expires_at: self.expires_at(), secret: self.secret }
    }
}

pub(crate) fn begin(
    tx: &mut Write<'_>,
    fresh: &Fresh,
    id: StaffId,
    name: &str,
    role: Role,
) -> Result<Viewer> {
    tx.run(sql::SESSIONS_PAST, params![fresh.now, fresh.now.plus_days(-IDLE_DAYS)])?;
    let (digest, expires) = (fresh.secret.digest(), fresh.expires_at());
    tx.run(
        sql::SESSION_ADD,
        params![digest, fresh.id, id, fresh.how, fresh.browser, fresh.now, fresh.now, expires],
    )?;
    Ok(Viewer::new(id, name.to_owned(), role, How::Session(fresh.id)))
}

impl House {
    /// Signs somebody in with their password. Tries are limited by network address and by account.
    pub async fn sign_in(&self, who: SignIn) -> Result<Entered> {
        let email = crate::staff::check_email(&who.email).map_err(|_| HouseError::WrongPassword)?;
        self.count(ADDRESS_SIGN_INS, &who.address).await?;
        self.count(ACCOUNT_SIGN_INS, &email).await?;
        let wanted = email.clone();
        let found = self
            .store
            .read(move |db| {
                db.first(sql::STAFF_TO_SIGN_IN, params![wanted], |row| {
                    Ok((row.get::<StaffId>(0)?, row.get(1)?, row.parse(2)?, row.get(3)?))
                })
            })
            .await?;
        let hash = found.as_ref().map(|(.., hash): &(_, String, Role, String)| hash.clone());
        let fits = self.verify(who.password, hash).await?;
        match found {
            Some((id, name, role, _)) if fits => {
                self.forgive(ACCOUNT_SIGN_INS, &email).await?;
                self.admit(id, name, role, "password", who.browser).await
            }
            found => {
                self.turn_away(found.map(|(id, ..)| id)).await?;
                Err(HouseError::WrongPassword)
            }
        }
    }

    /// Begins a session for somebody who proved who they are.
    pub(crate) async fn admit(
        &self,
        id: StaffId,
        name: String,
        role: Role,
        how: &'static str,
        browser: String,
    ) -> Result<Entered> {
        let world = self.store.world().clone();
        let fresh = Fresh::new(&world, how, browser);
        let kept = fresh.clone();
        let viewer = self
            .store
            .write(move |tx| {
                audit::note(tx, &world, &Act::new(Some(id), how, "session.began", kept.id))?;
                begin(tx, &kept, id, &name, role)
            })
            .await?;
        Ok(fresh.entered(viewer))
    }

    async fn turn_away(&self, known: Option<StaffId>) -> Result<()> {
        let Some(id) = known else { return Ok(()) };
        let world = self.store.world().clone();
        let act = Act::new(None, "password", "session.refused", id);
        Ok(self.store.write(move |tx| audit::note(tx, &world, &act)).await?)
    }

    /// Who shows this session.
    pub async fn viewer(&self, secret: &Secret) -> Result<Viewer> {
        let (digest, now) = (secret.digest(), self.store.world().now());
        let key = digest.clone();
        let found = self
            .store
            .read(move |db| {
                db.first(sql::SESSION_FIND, params![key, now, now.plus_days(-IDLE_DAYS)], |row| {
                    let how = How::Session(row.get(0)?);
                    Ok((Viewer::new(row.get(1)?, row.get(2)?, row.parse(3)?, how), row.get::<Time>(4)?))
                })
            })
            .await?;
        let (viewer, seen) = found.ok_or(HouseError::SignedOut)?;
        if now.seconds_since(seen) >= SEEN_EVERY_SECONDS {
            self.store.write(move |tx| tx.run(sql::SESSION_SEEN, params![digest, now])).await?;
        }
        Ok(viewer)
    }

    /// The viewer's own signed-in browsers, the latest first.
    pub async fn sessions(&self, viewer: &Viewer) -> Result<Vec<Session>> {
        let (id, now) = (viewer.staff(), self.store.world().now());
        let oldest = now.plus_days(-IDLE_DAYS);
        Ok(self.store.read(move |db| db.rows(sql::SESSIONS_OF, params![id, now, oldest], read)).await?)
    }

    /// Signs out one of the viewer's own browsers.
    pub async fn sign_out(&self, viewer: &Viewer, session: SessionId) -> Result<()> {
        let (viewer, world) = (viewer.clone(), self.store.world().clone());
        self.store
            .write(move |tx| {
                if tx.run(sql::SESSION_END, params![session, viewer.staff()])? == 0 {
                    return Err(HouseError::Missing);
                }
                Ok(audit::note(tx, &world, &Act::by(&viewer, "session.ended", session))?)
            })
            .await
    }

    /// Signs out all of the viewer's own browsers, this one included; gives how many.
    pub async fn sign_out_everywhere(&self, viewer: &Viewer) -> Result<u64> {
        let (viewer, world) = (viewer.clone(), self.store.world().clone());
        self.store
            .write(move |tx| {
                let ended = tx.run(sql::SESSIONS_END, params![viewer.staff()])?;
                let act = Act::by(&viewer, "session.ended_everywhere", viewer.staff());
                audit::note(tx, &world, &act.with(serde_json::json!({"sessions": ended})))?;
                Ok(ended)
            })
            .await
    }

    /// Changes the viewer's own password; every other browser is signed out.
    pub async fn change_password(&self, viewer: &Viewer, old: String, new: String) -> Result<()> {
        let id = viewer.staff();
        self.count(ACCOUNT_SIGN_INS, &id.to_string()).await?;
        let own = self.own(viewer).await?;
        let hash = self
            .store
            .read(move |db| db.first(sql::PASSWORD_OF, params![id], |row| row.get::<String>(0)))
            .await?;
        if !self.verify(old, hash).await? {
            return Err(HouseError::invalid("old_password", "is not the one you have now"));
        }
        crate::password::check(&new, &own.name, &own.email)?;
        let hash = self.hash(new).await?;
        let (viewer, world) = (viewer.clone(), self.store.world().clone());
        self.store
            .write(move |tx| {
                tx.run(sql::STAFF_PASSWORD, params![id, hash])?;
                tx.run(sql::SESSIONS_END_OTHERS, params![id, viewer.session()])?;
                Ok(audit::note(tx, &world, &Act::by(&viewer, "password.changed", id))?)
            })
            .await
    }
}

fn read(row: &Row<'_>) -> store::Result<Session> {
    Ok(Session {
        id: row.get(0)?,
        browser: row.get(1)?,
        how: row.get(2)?,
        created_at: row.get(3)?,
        seen_at: row.get(4)?,
    })
}
