//! The log of who did what, about what, when. Only ever added to; ids and counts, never what was said or a name.

use model::{AuditId, StaffId, Time, World};
use serde_json::{Value, json};
use store::{Read, Row, Write, params};

use crate::{House, Permission, Result, Viewer, sql};

/// Lines on a page of the log.
const PAGE: i64 = 50;

/// How somebody asks who talks with us on a website.
pub const CHAT: &str = "chat";

/// Something that was done.
#[derive(Debug, Clone)]
pub struct Act {
    who: Option<StaffId>,
    how: String,
    verb: String,
    about: String,
    detail: Value,
}

impl Act {
    /// Done by somebody at the desk, or by a program with their key.
    pub fn by(viewer: &Viewer, verb: &str, about: impl ToString) -> Self {
        Self::new(Some(viewer.staff()), viewer.how().as_str(), verb, about)
    }

    /// Done by the program itself, or from its command line.
    pub fn by_program(verb: &str, about: impl ToString) -> Self {
        Self::new(None, "program", verb, about)
    }

    /// Asked for by somebody we deal with, in the talk on a website; they have no name in this log.
    pub fn by_themselves(verb: &str, about: impl ToString) -> Self {
        Self::new(None, CHAT, verb, about)
    }

    pub(crate) fn new(who: Option<StaffId>, how: &str, verb: &str, about: impl ToString) -> Self {
        Self { who, how: how.to_owned(), verb: verb.to_owned(), about: about.to_string(), detail: json!({}) }
    }

    /// With what a reader would want to know: ids, counts, names of fields. Never content, never an address.
    #[must_use]
    pub fn with(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }
}

/// Writes a line of the log, in the transaction of the act itself, so that neither is there without the other.
pub fn note(tx: &mut Write<'_>, world: &World, act: &Act) -> store::Result<()> {
    let id: AuditId = world.id();
    let detail = act.detail.to_string();
    tx.run(sql::AUDIT_ADD, params![id, world.now(), act.who, act.how, act.verb, act.about, detail])?;
    Ok(())
}

/// One line of the log.
#[derive(Debug, Clone)]
pub struct AuditLine {
    /// Its id; also the place from which to read on.
    pub id: AuditId,
    /// When.
    pub at: Time,
    /// Who, if it was one of us: their id and name.
    pub who: Option<(StaffId, String)>,
    /// `session`, `token`, `program`, `password`, `passkey` or `link`.
    pub how: String,
    /// What was done.
    pub verb: String,
    /// The id of what it was done to; empty if to nothing in particular.
    pub about: String,
    /// What else a reader would want to know.
    pub detail: Value,
}

/// A page of the log, newest first.
#[derive(Debug, Clone)]
pub struct AuditPage {
    /// The lines.
    pub lines: Vec<AuditLine>,
    /// Where the next page starts, if there is one.
    pub next: Option<AuditId>,
}

impl House {
    /// A page of the log, newest first: of everything or of one subject, from a line on.
    pub async fn audit(
        &self,
        viewer: &Viewer,
        about: Option<String>,
        after: Option<AuditId>,
    ) -> Result<AuditPage> {
        viewer.may(Permission::ReadAudit)?;
        Ok(self.store.read(move |db| page(db, about.as_deref(), after)).await?)
    }
}

fn page(db: &mut Read<'_>, about: Option<&str>, after: Option<AuditId>) -> store::Result<AuditPage> {
    let newest = AuditId::from_uuid(uuid::Uuid::max());
    let from = after.unwrap_or(newest);
    let mut lines = match about {
        Some(about) => db.rows(sql::AUDIT_OF, params![about, from, PAGE + 1], read)?,
        None => db.rows(sql::AUDIT_ALL, params![from, PAGE + 1], read)?,
    };
    let more = lines.len() as i64 > PAGE;
    lines.truncate(PAGE as usize);
    let next = lines.last().filter(|_| more).map(|line| line.id);
    Ok(AuditPage { lines, next })
}

fn read(row: &Row<'_>) -> store::Result<AuditLine> {
    let who: Option<StaffId> = row.get(2)?;
    let name: Option<String> = row.get(3)?;
    Ok(AuditLine {
        id: row.get(0)?,
        at: row.get(1)?,
        who: who.map(|id| (id, name.unwrap_or_default())),
        how: row.get(4)?,
        verb: row.get(5)?,
        about: row.get(6)?,
        detail: row.json(7)?,
    })
}
