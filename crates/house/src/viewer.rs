//! Who is looking: proof that somebody passed the door.

use model::{SessionId, StaffId, TokenId};

use crate::{Permission, Refused, Role, Scope, permission::allowed};

/// How somebody proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// A browser they signed in with.
    Session(SessionId),
    /// A program with a key.
    Token(TokenId, Vec<Scope>),
}

impl How {
    /// The name written into the audit log.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Session(_) => "session",
            Self::Token(..) => "token",
        }
    }
}

/// Somebody who passed the door. Only this room can make one, so holding one is the proof.
#[derive(Debug, Clone)]
pub struct Viewer {
    staff: StaffId,
    name: String,
    role: Role,
    how: How,
}

impl Viewer {
    pub(crate) fn new(staff: StaffId, name: String, role: Role, how: How) -> Self {
        Self { staff, name, role, how }
    }
    /// Who it is.
    pub fn staff(&self) -> StaffId {
        self.staff
    }
    /// What they are called.
    pub fn name(&self) -> &str {
        &self.name
    }
    /// Their role in the house.
    pub fn role(&self) -> Role {
        self.role
    }
    /// How they came in.
    pub fn how(&self) -> &How {
        &self.how
    }
    /// The session they came with, if it was one.
    pub fn session(&self) -> Option<SessionId> {
        match &self.how {
            How::Session(id) => Some(*id),
            How::Token(..) => None,
        }
    }
    /// What their key is made for, if they came with one.
    pub(crate) fn scopes(&self) -> Option<&[Scope]> {
        match &self.how {
            How::Session(_) => None,
            How::Token(_, scopes) => Some(scopes),
        }
    }

    /// Whether they may, and if not why. A token never may more than the person who made it.
    pub fn may(&self, needed: Permission) -> Result<(), Refused> {
        if !allowed(self.role(), needed) {
            return Err(Refused::Role { role: self.role(), needed });
        }
        match self.scopes() {
            Some(scopes) if !scopes.contains(&needed.scope()) => {
                Err(Refused::Scope { needed, scope: needed.scope() })
            }
            _ => Ok(()),
        }
    }

    /// The same as a yes or no, for showing or leaving out a button.
    pub fn can(&self, needed: Permission) -> bool {
        self.may(needed).is_ok()
    }
}
