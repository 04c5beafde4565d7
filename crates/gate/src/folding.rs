//! What somebody wants, folded from all that was said about it. A yes is narrow: it holds for one address and what was named. A no is broad:
//! it holds for every address unless it says less. The latest word of the person counts within what it speaks of; no import, no
//! purchase and no click of ours undoes a no.

use model::Time;

use crate::{
    Reason,
    policy::{Policy, Purpose},
    standing::{ANY, Actor, Contact, Event, EventKind, Standing},
};

/// About what permission is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About<'a> {
    pub(crate) purpose: &'a str,
    pub(crate) topic: Option<&'a str>,
    pub(crate) class: &'a str,
}

/// How a question of permission stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Permit {
    /// Nothing was said.
    Silent,
    /// They agreed, and it can be shown.
    Given,
    /// Something they did lets the law suppose it.
    Implied,
    /// They refused.
    Refused(Reason),
    /// Something was said that does not suffice.
    Lacking(Reason),
}

/// Whether an event speaks of this.
fn covers(event: &Event, at: &Contact, about: &About<'_>) -> bool {
    let is_no = matches!(event.kind, EventKind::Withdraw | EventKind::Object);
    let holds = |said: Option<&String>, asked: Option<&str>, silence: bool| match said.map(String::as_str) {
        None => silence,
        Some(ANY) => true,
        Some(said) => asked == Some(said),
    };
    if event.kind == EventKind::Object && event.class.is_some() {
        return holds(event.class.as_ref(), Some(about.class), false);
    }
    holds(event.channel.as_ref(), Some(&at.channel), is_no)
        && holds(event.purpose.as_ref(), Some(about.purpose), is_no)
        && holds(event.topic.as_ref(), about.topic, true)
        && holds(event.contact_point.as_ref(), Some(&at.id), is_no)
        && event.class.as_deref().is_none_or(|it| it == about.class || it == ANY)
}

/// What was said about this, in the order in which it counts.
pub(crate) fn spoken<'a>(standing: &'a Standing, about: &About<'_>, now: Time) -> Vec<&'a Event> {
    let at = &standing.contact_point;
    let mut said: Vec<&Event> =
        standing.permission_events.iter().filter(|it| it.at <= now && covers(it, at, about)).collect();
    // What was said in the same moment counts as a no.
    said.sort_by_key(|it| (it.at, matches!(it.kind, EventKind::Withdraw | EventKind::Object)));
    said
}

/// How it stands with this permission at a time.
pub(crate) fn fold(
    standing: &Standing,
    policy: &Policy,
    purpose: Option<&Purpose>,
    about: &About<'_>,
    now: Time,
) -> Permit {
    let (mut no, mut yes, mut implied) = (None, None, None);
    for event in spoken(standing, about, now) {
        match event.kind {
            EventKind::Withdraw => (no, yes, implied) = (Some(Reason::Withdrawn), None, None),
            EventKind::Object => (no, yes, implied) = (Some(Reason::Objected), None, None),
            EventKind::Grant if no.is_none() => {
                let lacks = lack(event, purpose, policy, now);
                // What somebody only asked for does not undo what they had.
                if yes.is_none() || lacks != Some(Reason::PendingConfirmation) {
                    yes = Some(lacks);
                }
            }
            EventKind::Grant if is_theirs(event) => {
                // A no is undone by a yes that can be shown, not by one that somebody else may have typed.
                if lack(event, purpose, policy, now).is_none() {
                    (no, yes) = (None, Some(None));
                }
            }
            EventKind::Imply if no.is_none() => {
                implied = Some(supposed(event, standing, purpose, policy, now))
            }
            EventKind::Grant | EventKind::Imply => {}
        }
    }
    match (no, yes, implied) {
        (Some(no), ..) => Permit::Refused(no),
        (None, Some(None), _) => Permit::Given,
        (None, _, Some(None)) => Permit::Implied,
        (None, Some(Some(lack)), _) | (None, None, Some(Some(lack))) => Permit::Lacking(lack),
        (None, None, None) => Permit::Silent,
    }
}

/// Whether it is the person's own word: said by them, or heard and written down by one of us who can show it.
fn is_theirs(event: &Event) -> bool {
    match event.actor {
        Actor::Person => true,
        Actor::Staff => event.proof.evidence_id.is_some(),
        Actor::Import | Actor::System | Actor::Other => false,
    }
}

/// What a yes in words lacks.
fn lack(event: &Event, purpose: Option<&Purpose>, policy: &Policy, now: Time) -> Option<Reason> {
    let proof = &event.proof;
    let heard_by_us = event.actor == Actor::Staff;
    let is_shown = proof.method.is_some()
        && proof.notice_version.is_some()
        && (!heard_by_us || proof.evidence_id.is_some());
    if purpose.is_some_and(|it| it.double_opt_in) && !heard_by_us {
        // Programs follow links; only people send forms.
        let is_confirmed = proof.confirmed_at.is_some_and(|it| it <= now)
            && proof.confirm_method.as_deref().is_none_or(|it| it.eq_ignore_ascii_case("post"));
        if !is_confirmed {
            let asked = proof.requested_at.unwrap_or(event.at);
            return Some(match asked.plus_days(policy.pending_valid_days) > now {
                true => Reason::PendingConfirmation,
                false => Reason::PermissionExpired,
            });
        }
        if proof.confirm_method.is_none() {
            return Some(Reason::ProofMissing);
        }
    }
    if !is_shown {
        return Some(Reason::ProofMissing);
    }
    if event.expires_at.is_some_and(|it| it <= now) {
        return Some(Reason::PermissionExpired);
    }
    (event.at.plus_days(policy.explicit_max_age_days) < now).then_some(Reason::PermissionStale)
}

/// What a supposed yes lacks.
fn supposed(
    event: &Event,
    standing: &Standing,
    purpose: Option<&Purpose>,
    policy: &Policy,
    now: Time,
) -> Option<Reason> {
    let allowed = policy.bases(&standing.person.jurisdiction, &standing.contact_point.channel);
    let is_allowed = event.basis.as_ref().is_some_and(|it| allowed.contains(it));
    if !is_allowed || purpose.is_some_and(|it| it.implied_forbidden) {
        return Some(Reason::ImpliedNotAllowed);
    }
    let could_refuse =
        event.basis.as_deref() != Some("soft_opt_in") || event.proof.optout_offered == Some(true);
    if event.proof.method.is_none() || !could_refuse {
        return Some(Reason::ProofMissing);
    }
    event.expires_at.is_some_and(|it| it <= now).then_some(Reason::PermissionExpired)
}

/// Whether they asked for something that waits to be confirmed at this address.
pub(crate) fn is_asked_for(standing: &Standing, policy: &Policy, now: Time) -> bool {
    standing.permission_events.iter().any(|it| {
        let asked = it.proof.requested_at.unwrap_or(it.at);
        it.kind == EventKind::Grant
            && it.at <= now
            && it.contact_point.as_deref() == Some(&standing.contact_point.id)
            && it.proof.confirmed_at.is_none()
            && asked.plus_days(policy.pending_valid_days) > now
    })
}

/// When they last refused something by this channel.
pub(crate) fn refused_at(standing: &Standing, now: Time) -> Option<Time> {
    let channel = standing.contact_point.channel.as_str();
    let by_it = |it: &&Event| it.channel.as_deref().is_none_or(|said| said == channel || said == ANY);
    let no = |it: &&Event| matches!(it.kind, EventKind::Withdraw | EventKind::Object) && it.at <= now;
    standing.permission_events.iter().filter(no).filter(by_it).map(|it| it.at).max()
}

/// Whether they did something themselves at this address after a time.
pub(crate) fn came_back(standing: &Standing, since: Time, now: Time) -> bool {
    let own = |it: &Event| {
        it.actor == Actor::Person
            && it.kind == EventKind::Grant
            && it.at > since
            && it.at <= now
            && it.contact_point.as_deref() == Some(&standing.contact_point.id)
    };
    standing.permission_events.iter().any(own)
        || standing.last_inbound_at.is_some_and(|it| it > since && it <= now)
}
