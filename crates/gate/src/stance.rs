//! Where somebody stands on one question, as they themselves read it.

use model::Time;
use serde::Serialize;

use crate::{
    Reason,
    folding::{Permit, fold, spoken},
    gates::Asked,
    policy::{Enforcement, Policy},
    standing::{Request, Standing},
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
    let last = spoken(standing, &asked.topic(), now).last().map(|it| it.at);
    let since = last.unwrap_or(now);
    match fold(standing, policy, asked.purpose, &asked.topic(), now) {
        Permit::Given | Permit::Implied => Stance::Yes { since },
        Permit::Refused(_) => Stance::No { since },
        Permit::Lacking(Reason::PendingConfirmation) => Stance::Pending { since },
        Permit::Lacking(_) | Permit::Silent if asked.needs(Enforcement::Restrictive) => Stance::DoesNotCome,
        Permit::Lacking(_) | Permit::Silent => Stance::MayCome,
    }
}
