//! The answer: the questions of the gate in their order, then the time until nothing holds it any more, then the duties it leaves with.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use model::Time;
use serde::Serialize;

use crate::{
    Reason,
    caps::{self, Room},
    folding::{About, Permit, fold},
    gates::{Asked, GATES, Gate},
    hours::{self, Window},
    policy::{Class, Policy, QuietRule, is_in},
    standing::{ANY, Cap, Pause, Quiet, Request, Standing},
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

/// Whether this may be said to them now.
pub fn decide(standing: &Standing, policy: &Policy, request: &Request, now: Time) -> Decision {
    decide_through(&GATES.iter().collect::<Vec<_>>(), standing, policy, request, now)
}

/// The same through other gates: to see what each is there for.
pub fn decide_through(
    gates: &[&Gate],
    standing: &Standing,
    policy: &Policy,
    request: &Request,
    now: Time,
) -> Decision {
    let purpose = policy.purposes.get(&request.purpose);
    let class = match request.contains_promotion {
        true => "marketing",
        false => purpose.map_or("marketing", |it| it.class.as_str()),
    };
    let Some(rules) = policy.classes.get(class) else {
        return Decision::Deny { reason: Reason::UnknownPurpose };
    };
    let asked = Asked { standing, policy, request, now, purpose, class, rules };
    if let Some(reason) = gates.iter().find_map(|gate| (gate.refuses)(&asked)) {
        return Decision::Deny { reason };
    }
    in_time(&asked).unwrap_or_else(|| Decision::Allow { obligations: duties(&asked) })
}

/// What holds it, until nothing does; nothing, if it may leave now.
fn in_time(asked: &Asked<'_>) -> Option<Decision> {
    let (mut at, mut why) = (asked.now, None);
    for _ in 0..ROUNDS {
        match held(asked, at) {
            None => break,
            Some(Held::For(reason, until)) if until > at => {
                at = until;
                why.get_or_insert(reason);
            }
            Some(Held::For(reason, _) | Held::ForGood(reason)) => return Some(Decision::Deny { reason }),
        }
    }
    let reason = why?;
    if asked.request.expires_at.is_some_and(|end| at >= end) || held(asked, at).is_some() {
        return Some(Decision::Deny { reason: Reason::ExpiresBeforeWindow });
    }
    Some(Decision::Defer { reason, until: at })
}

enum Held {
    For(Reason, Time),
    ForGood(Reason),
}

/// What holds it at a time: the address rests, they wanted a pause, it is enough, it is night.
fn held(asked: &Asked<'_>, at: Time) -> Option<Held> {
    rests(asked, at)
        .or_else(|| pauses(asked, at))
        .or_else(|| is_enough(asked, at))
        .or_else(|| is_night(asked, at))
}

fn rests(asked: &Asked<'_>, at: Time) -> Option<Held> {
    let seconds = asked.policy.soft_bounce_cooldown_hours * 3600;
    let came_back = asked.suppressed("soft_bounce").map(|it| it.at.plus_seconds(seconds)).max();
    // What is needed at once is tried at once.
    let until = came_back.filter(|until| asked.rules.opt_out && *until > at)?;
    Some(Held::For(Reason::AddressCooldown, until))
}

fn pauses(asked: &Asked<'_>, at: Time) -> Option<Held> {
    let (purpose, channel) = (&asked.request.purpose, &asked.standing.contact_point.channel);
    let is_on = |it: &&Pause| {
        let names = |all: &[String], one: &String| all.is_empty() || all.contains(one);
        let within = it.from.is_none_or(|from| from <= at) && it.until.is_none_or(|until| at < until);
        within && names(&it.purposes, purpose) && names(&it.channels, channel)
    };
    let on: Vec<&Pause> = asked.standing.person.pauses.iter().filter(is_on).collect();
    if on.is_empty() || !asked.rules.opt_out {
        return None;
    }
    let until: Option<Vec<Time>> = on.into_iter().map(|it| it.until).collect();
    match until.and_then(|all| all.into_iter().max()) {
        Some(until) => Some(Held::For(Reason::Paused, until)),
        None => Some(Held::ForGood(Reason::Paused)),
    }
}

fn is_enough(asked: &Asked<'_>, at: Time) -> Option<Held> {
    let (person, channel) = (&asked.standing.person, asked.standing.contact_point.channel.as_str());
    if !asked.rules.caps {
        return None;
    }
    let zone = asked.zones().into_iter().next()?;
    let room = |cap: &Cap| caps::room(cap, &asked.standing.history, asked.class, channel, at, &zone);
    let mut latest = None;
    for cap in asked.policy.caps.iter().chain(&person.caps) {
        match room(cap) {
            Room::Now => {}
            Room::At(until) => latest = latest.max(Some(until)),
            Room::Never(reason) => return Some(Held::ForGood(reason)),
        }
    }
    latest.map(|until| Held::For(Reason::FrequencyCap, until))
}

fn is_night(asked: &Asked<'_>, at: Time) -> Option<Held> {
    let counts = match asked.rules.quiet {
        QuietRule::Always => true,
        QuietRule::CanWait => asked.request.can_wait,
        QuietRule::Never => false,
    };
    if !counts {
        return None;
    }
    let (person, channel) = (&asked.standing.person, &asked.standing.contact_point.channel);
    let applies = |it: &&Quiet| {
        (it.channels.is_empty() || it.channels.iter().any(|said| said == channel || said == ANY))
            && is_in(&person.jurisdiction, &it.jurisdiction)
    };
    let zones = asked.zones();
    let rows = asked.policy.quiet_hours.iter().chain(&person.quiet_hours).filter(applies);
    let mut latest = None;
    for row in rows {
        // Hours that cannot be read are no reason to disturb somebody.
        let Ok(window) = Window::of(row) else { return Some(Held::ForGood(Reason::QuietHours)) };
        // It has to be a fit time wherever they may be.
        latest = latest.max(zones.iter().filter_map(|zone| window.ends(at, zone)).max());
    }
    latest.map(|until| Held::For(Reason::QuietHours, until))
}

impl Asked<'_> {
    /// Where they may be, by their clocks; UTC where a zone is not known.
    fn zones(&self) -> Vec<TimeZone> {
        let person = &self.standing.person;
        let names = self.policy.zones(person.tz.as_deref(), &person.jurisdiction);
        let known: Vec<TimeZone> = names.into_iter().filter_map(hours::zone).collect();
        match known.is_empty() {
            true => hours::zone(&self.policy.default_tz).into_iter().chain([TimeZone::UTC]).take(1).collect(),
            false => known,
        }
    }
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
