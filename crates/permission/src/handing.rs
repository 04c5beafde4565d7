//! At the moment when something would leave: the gate is asked about each address, and its answer is kept beside the message, with the version of
//! the policy and what was said that counted.

use std::collections::{BTreeMap, BTreeSet};

use gate::{Cleared, Decision, Handed, Request, Suppression};
use model::{MomentId, Time};
use serde::{Deserialize, Serialize};
use store::Read;

use crate::{
    Known, Point, Result,
    policies::{self, Version},
    suppressed,
};

/// What the gate said of one address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// `allow`, `defer` or `deny`.
    pub decision: String,
    /// The reason's name, where it does not leave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The same in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
    /// Until when it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// The duties it leaves with.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub obligations: BTreeSet<String>,
    /// What was said that counted for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<MomentId>,
}

/// What the gate said of a message, kept beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// When.
    pub at: Time,
    /// Since when it lets it pass, without a break; the same as `at` where it does not.
    pub since: Time,
    /// By which version of the policy.
    pub policy: String,
    /// For what it was said.
    pub purpose: String,
    /// Of which sort it was.
    pub class: String,
    /// Of each address.
    pub answers: BTreeMap<String, Answered>,
}

impl Word {
    /// Until when it waits, and why, if it does: as long as for the address that waits longest.
    pub fn waits(&self) -> Option<(Time, &str)> {
        let waiting = self.answers.values().filter_map(|it| Some((it.until?, it.words.as_str())));
        waiting.max_by_key(|(until, _)| *until)
    }

    /// Whether it may be said somewhere now.
    pub fn passed(&self) -> bool {
        self.waits().is_none() && self.answers.values().any(|it| it.decision == "allow")
    }

    /// The addresses at which it must not be said, and why.
    pub fn refused(&self) -> impl Iterator<Item = (&String, &Answered)> {
        self.answers.iter().filter(|(_, it)| it.decision == "deny")
    }
}

/// A message that shall be said to somebody.
pub struct Asked<'a> {
    /// To whom.
    pub known: &'a Known,
    /// At some of their addresses, each as it is written and as it is known, or with copies to others: what they wish counts at each.
    pub points: &'a [(String, Point)],
    /// What.
    pub request: Request,
    /// What they heard from us lately.
    pub history: Vec<Handed>,
    /// Until when we had better say nothing unasked.
    pub we_rest_until: Option<Time>,
}

/// Asks the gate about messages. Gives its word on each, in their order, and what it let pass.
pub fn ask(db: &mut Read<'_>, all: &[Asked<'_>], now: Time) -> Result<Vec<(Word, Vec<Cleared>)>> {
    let version = policies::current(db)?;
    let points: Vec<&Point> = all.iter().flat_map(|it| it.points).map(|(_, point)| point).collect();
    let suppressed = suppressed::of_points(db, &points)?;
    Ok(all.iter().map(|it| one(it, &version, &suppressed, now)).collect())
}

fn one(it: &Asked<'_>, version: &Version, suppressed: &[Suppression], now: Time) -> (Word, Vec<Cleared>) {
    let (policy, request) = (&version.policy, &it.request);
    let mut word = Word {
        at: now,
        since: now,
        policy: version.name.clone(),
        purpose: request.purpose.clone(),
        class: policy.class_of(request).unwrap_or_default().to_owned(),
        answers: BTreeMap::new(),
    };
    let mut passed = Vec::new();
    for (written, point) in it.points {
        let id = point.id();
        let here = suppressed.iter().filter(|it| it.contact_point == id).cloned().collect();
        let mut standing = it.known.at(point, here, policy);
        standing.history.clone_from(&it.history);
        standing.we_rest_until = it.we_rest_until;
        let (decision, cleared) = Cleared::ask(written, &standing, policy, request, now);
        let evidence = gate::evidence(&standing, policy, request, now);
        let evidence = evidence.into_iter().filter_map(|it| it.id).collect();
        passed.extend(cleared);
        word.answers.insert(written.clone(), answered(&decision, evidence));
    }
    (word, passed)
}

fn answered(decision: &Decision, evidence: Vec<MomentId>) -> Answered {
    let (name, reason, until) = match decision {
        Decision::Allow { .. } => ("allow", None, None),
        Decision::Defer { reason, until } => ("defer", Some(reason), Some(*until)),
        Decision::Deny { reason } => ("deny", Some(reason), None),
    };
    let obligations = match decision {
        Decision::Allow { obligations } => obligations.iter().map(|it| it.name().to_owned()).collect(),
        _ => BTreeSet::new(),
    };
    Answered {
        decision: name.into(),
        reason: reason.map(ToString::to_string),
        words: reason.map(|it| it.words().to_owned()).unwrap_or_default(),
        until,
        obligations,
        evidence,
    }
}
