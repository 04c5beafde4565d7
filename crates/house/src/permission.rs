//! What each may do: the whole policy in one place, and a table of it that people can read.

use std::{fmt, fmt::Write as _, str::FromStr};

use crate::Role;

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident: $words:literal, $least:ident, $scope:ident;)*) => {
        /// Something that not everybody may do.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Permission { $($(#[$doc])* $name,)* }

        impl Permission {
            /// All of them, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$name),*];
            /// In words that follow "may".
            pub fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)* }
            }
            /// The role that suffices, and every role above it.
            fn least(self) -> Role {
                match self { $(Self::$name => Role::$least,)* }
            }
            /// What a token must be made for.
            pub(crate) fn scope(self) -> Scope {
                match self { $(Self::$name => Scope::$scope,)* }
            }
        }
    };
}

permissions! {
    /// Read what is known of people, and their timelines.
    ReadPeople: "read about people", ReadOnly, PeopleRead;
    /// Note moments, correct what is known.
    WritePeople: "note what happened and correct what is known", Member, PeopleWrite;
    /// Say that two are one person, and take it back.
    MergePeople: "merge people and undo it", Member, PeopleWrite;
    /// Make the house forget somebody.
    ForgetPeople: "make the house forget somebody", Admin, Admin;
    /// Bring in files.
    Import: "import", Member, Import;
    /// Take out everything of one person, or of all.
    Export: "export", Admin, Export;
    /// See who works here.
    ReadStaff: "see who works here", ReadOnly, Admin;
    /// Invite, change roles, let go; owners excepted.
    ManageStaff: "invite people to the team, change their roles, let them go", Admin, Admin;
    /// The same with owners.
    ManageOwners: "make somebody an owner, or change or let go an owner", Owner, Admin;
    /// Change the organisation's settings.
    ManageSettings: "change the settings", Admin, Admin;
    /// Let something begin that goes to many.
    WriteToMany: "write to many at once", Admin, Admin;
    /// Read the audit log.
    ReadAudit: "read the log of who did what", Admin, Admin;
    /// See jobs and give dead ones another chance.
    ManageJobs: "see work in progress and try it again", Admin, Admin;
    /// Make tokens for programs; they never may more than who made them.
    MakeTokens: "make keys for programs", Member, Admin;
}

macro_rules! scopes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $words:literal;)*) => {
        /// What a token is made for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Scope { $($(#[$doc])* $name,)* }
        impl Scope {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];
            /// The name as stored and sent.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
            /// In words.
            pub fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)* }
            }
        }
        impl FromStr for Scope {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text { $($text => Ok(Self::$name),)* _ => Err(format!("“{text}” is not a scope")) }
            }
        }
    };
}

scopes! {
    /// Reading about people.
    PeopleRead = "people:read", "read about people";
    /// Noting and correcting.
    PeopleWrite = "people:write", "note what happened, correct, merge";
    /// Bringing in.
    Import = "import", "bring in people and moments";
    /// Taking out.
    Export = "export", "take out everything";
    /// Everything else its maker may do.
    Admin = "admin", "look after the house: staff, settings, forgetting";
}

/// A refusal, with what would have been needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The role does not allow it.
    #[error("a {role} may not {}; ask somebody who may", .needed.words())]
    Role {
        /// The role they have.
        role: Role,
        /// What they would have needed.
        needed: Permission,
    },
    /// The token was not made for it.
    #[error("this key may not {}; it would need the scope {}", .needed.words(), .scope.as_str())]
    Scope {
        /// What it would have needed.
        needed: Permission,
        /// The scope that would allow it.
        scope: Scope,
    },
}

/// Whether somebody of this role may do this.
pub(crate) fn allowed(role: Role, permission: Permission) -> bool {
    role >= permission.least()
}

/// The whole policy as a Markdown table, kept true by a test.
pub fn policy_table() -> String {
    let mut table = String::from("| may … |");
    let roles = [Role::Owner, Role::Admin, Role::Member, Role::ReadOnly];
    for role in roles {
        let _ = write!(table, " {role} |");
    }
    table.push_str(" a program's key needs |\n| --- | --- | --- | --- | --- | --- |\n");
    for permission in Permission::ALL {
        let _ = write!(table, "| {} |", permission.words());
        for role in roles {
            table.push_str(if allowed(role, *permission) { " yes |" } else { " – |" });
        }
        let _ = writeln!(table, " `{}` |", permission.scope().as_str());
    }
    table
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
