//! The answer: the questions of the gate in their order, then the time until nothing holds it any more, then the duties it leaves with.

use std::collections::BTreeSet;

use model::Time;
use serde::Serialize;

use crate::{
    Reason,
    folding::{About, Permit, fold, spoken},
    gates::{Asked, GATES, Gate},
    policy::{Class, Policy, is_in},
    standing::{Event, Request, Standing},
    waits::{Held, WAITS, Wait},
};

/// Rounds in which one rule may move what another has moved. Each ends a night, a pause or a count; more would be a policy that
/// never lets anything through.
const ROUNDS: usize = 64;

/// With what a message leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// It carries a link or a word that stops it.
    UnsubscribeLink,
    /// It carries the headers of RFC 8058.
    ListUnsubscribeOneClick,
    /// It names our postal address.
    PostalAddress,
    /// It carries nothing that tells whether it was opened.
    NoOpenPixel,
    /// It is the same message as before, so that whoever has it knows it again.
    ReuseMessageId,
}

impl Duty {
    /// The name under which it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::UnsubscribeLink => "unsubscribe_link",
            Self::ListUnsubscribeOneClick => "list_unsubscribe_one_click",
            Self::PostalAddress => "postal_address",
            Self::NoOpenPixel => "no_open_pixel",
            Self::ReuseMessageId => "reuse_message_id",
        }
    }
}

/// One explained answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum Decision {
    /// It may be said, with these duties.
    Allow {
        /// In a fixed order, each once.
        obligations: BTreeSet<Duty>,
    },
    /// It may be said then, if nothing changes until then; it is asked again.
    Defer {
        /// What holds it.
        reason: Reason,
        /// Until when.
        until: Time,
    },
    /// It must not be said.
    Deny {
        /// Why.
        reason: Reason,
    },
}

/// What is asked, and what makes it wait; tests take parts away to see what each is there for.
#[derive(Clone)]
pub struct Rules<'a> {
    /// The questions that refuse.
    pub gates: Vec<&'a Gate>,
    /// The questions that make it wait.
    pub waits: Vec<&'a Wait>,
}

impl Rules<'static> {
    /// All of them.
    pub fn all() -> Self {
        Self { gates: GATES.iter().collect(), waits: WAITS.iter().collect() }
    }
}

/// Whether this may be said to them now.
pub fn decide(standing: &Standing, policy: &Policy, request: &Request, now: Time) -> Decision {
    decide_by(GATES.iter(), || WAITS.iter(), standing, policy, request, now)
}

/// The same by other rules.
pub fn decide_through(
    rules: &Rules<'_>,
    standing: &Standing,
    policy: &Policy,
    request: &Request,
    now: Time,
) -> Decision {
    decide_by(rules.gates.iter().copied(), || rules.waits.iter().copied(), standing, policy, request, now)
}

fn decide_by<'g, W: Iterator<Item = &'g Wait>>(
    mut gates: impl Iterator<Item = &'g Gate>,
    waits: impl Fn() -> W,
    standing: &Standing,
    policy: &Policy,
    request: &Request,
    now: Time,
) -> Decision {
    let Some(asked) = Asked::about(standing, policy, request, now) else {
        return Decision::Deny { reason: Reason::UnknownPurpose };
    };
    if let Some(reason) = gates.find_map(|gate| (gate.refuses)(&asked)) {
        return Decision::Deny { reason };
    }
    in_time(&asked, waits).unwrap_or_else(|| Decision::Allow { obligations: duties(&asked) })
}

/// What was said that counts for this question, the newest last: what an answer can be explained by.
pub fn evidence<'a>(standing: &'a Standing, policy: &Policy, request: &Request, now: Time) -> Vec<&'a Event> {
    Asked::about(standing, policy, request, now)
        .map_or(Vec::new(), |asked| spoken(standing, &asked.topic(), now))
}

/// What holds it, until nothing does; nothing, if it may leave now.
fn in_time<'g, W: Iterator<Item = &'g Wait>>(asked: &Asked<'_>, waits: impl Fn() -> W) -> Option<Decision> {
    let held = |at| waits().find_map(|wait| (wait.holds)(asked, at));
    let (mut at, mut why) = (asked.now, None);
    for _ in 0..ROUNDS {
        match held(at) {
            None => break,
            Some(Held::For(reason, until)) if until > at => {
                at = until;
                why.get_or_insert(reason);
            }
            Some(Held::For(reason, _) | Held::ForGood(reason)) => return Some(Decision::Deny { reason }),
        }
    }
    let reason = why?;
    if asked.request.expires_at.is_some_and(|end| at >= end) || held(at).is_some() {
        return Some(Decision::Deny { reason: Reason::ExpiresBeforeWindow });
    }
    Some(Decision::Defer { reason, until: at })
}

fn duties(asked: &Asked<'_>) -> BTreeSet<Duty> {
    let (rules, person, at): (&Class, _, _) =
        (asked.rules, &asked.standing.person, &asked.standing.contact_point);
    let is_mail = at.channel == "email";
    let mut duties = BTreeSet::new();
    if rules.opt_out {
        duties.insert(Duty::UnsubscribeLink);
        if is_mail {
            duties.insert(Duty::ListUnsubscribeOneClick);
        }
    }
    let names_address = asked.policy.postal_address_in.iter().any(|it| is_in(&person.jurisdiction, it));
    if asked.class == "marketing" && names_address {
        duties.insert(Duty::PostalAddress);
    }
    if is_mail && !(asked.request.track_opens && may_be_tracked(asked)) {
        duties.insert(Duty::NoOpenPixel);
    }
    if asked.is_another_try() {
        duties.insert(Duty::ReuseMessageId);
    }
    duties
}

/// To learn that a mail was opened needs a yes of its own.
fn may_be_tracked(asked: &Asked<'_>) -> bool {
    let about = About { purpose: "tracking_opens", topic: None, class: "tracking" };
    fold(asked.standing, asked.policy, None, &about, asked.now) == Permit::Given
}
