//! Where somebody stands on one question, as they themselves read it.

use model::Time;
use serde::Serialize;

use crate::{
    Reason,
    folding::{Permit, fold, spoken},
    gates::Asked,
    policy::{Enforcement, Policy},
    standing::{Event, EventKind, Request, Standing},
};

/// Where somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "stance", rename_all = "snake_case")]
pub enum Stance {
    /// They said yes, or what they did may stand for one.
    Yes {
        /// When.
        since: Time,
    },
    /// They said yes and have not confirmed it yet.
    Pending {
        /// When.
        since: Time,
    },
    /// They said no.
    No {
        /// When.
        since: Time,
    },
    /// They said nothing, and it may come.
    MayCome,
    /// They said nothing, or what they said is not enough, and it does not come.
    DoesNotCome,
}

/// Where somebody stands on messages of this sort.
pub fn stance(standing: &Standing, policy: &Policy, request: &Request, now: Time) -> Stance {
    let Some(asked) = Asked::about(standing, policy, request, now) else { return Stance::DoesNotCome };
    let said = spoken(standing, &asked.topic(), now);
    let is_no = |it: &&&Event| matches!(it.kind, EventKind::Withdraw | EventKind::Object);
    let newest = |all: Option<&&Event>| all.map_or(now, |it| it.at);
    let since = newest(said.iter().rfind(|it| !is_no(it)));
    match fold(standing, policy, asked.purpose, &asked.topic(), now) {
        Permit::Given | Permit::Implied => Stance::Yes { since },
        Permit::Refused(_) => Stance::No { since: newest(said.iter().rfind(is_no)) },
        Permit::Lacking(Reason::PendingConfirmation) => Stance::Pending { since },
        Permit::Lacking(_) | Permit::Silent if asked.needs(Enforcement::Restrictive) => Stance::DoesNotCome,
        Permit::Lacking(_) | Permit::Silent => Stance::MayCome,
    }
}
