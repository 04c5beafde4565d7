//! What the gate let through: a channel hands over to nothing else. Whoever would send without having asked finds no way to make one.

use std::collections::BTreeSet;

use model::Time;

use crate::{
    decide::{Decision, Duty, decide},
    policy::Policy,
    standing::{Request, Standing},
};

/// An address at which something may be said now, with the duties that go with it.
///
/// ```compile_fail
/// let forged = gate::Cleared { address: "anna@example.com".into(), duties: Default::default() };
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleared {
    address: String,
    duties: BTreeSet<Duty>,
}

impl Cleared {
    /// Asks the gate about one address; the answer is kept beside the message whether it lets pass or not.
    pub fn ask(
        address: &str,
        standing: &Standing,
        policy: &Policy,
        request: &Request,
        now: Time,
    ) -> (Decision, Option<Self>) {
        let decision = decide(standing, policy, request, now);
        let passed = match &decision {
            Decision::Allow { obligations } => {
                Some(Self { address: address.to_owned(), duties: obligations.clone() })
            }
            Decision::Defer { .. } | Decision::Deny { .. } => None,
        };
        (decision, passed)
    }

    /// For what we say among ourselves: one of us, or a mailbox of our own. `tidy` knows who may.
    pub fn to_ourselves(address: &str) -> Self {
        Self { address: address.to_owned(), duties: BTreeSet::new() }
    }

    /// Where.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// With which duties.
    pub fn duties(&self) -> &BTreeSet<Duty> {
        &self.duties
    }
}
