//! The gate: a list of questions in their order. Each refuses with its own reason or lets pass; the first that refuses decides. Whoever
//! takes one away makes a case fail (a test takes away each).

use model::Time;

use crate::{
    Reason,
    folding::{About, Permit, came_back, fold, is_asked_for, refused_at},
    policy::{Class, Enforcement, Policy, Purpose},
    standing::{Handed, Request, Standing, Suppression},
};

/// Everything a question may look at.
pub(crate) struct Asked<'a> {
    pub(crate) standing: &'a Standing,
    pub(crate) policy: &'a Policy,
    pub(crate) request: &'a Request,
    pub(crate) now: Time,
    pub(crate) purpose: Option<&'a Purpose>,
    /// What it is, whatever it is called: what advertises is advertising.
    pub(crate) class: &'a str,
    pub(crate) rules: &'a Class,
}

/// Which part of the gate a question belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// What is asked.
    Request,
    /// Whether there is still somebody.
    Existence,
    /// Whether anything arrives there.
    Deliverability,
    /// What the person asked for or is owed.
    Person,
    /// What the channel allows.
    Channel,
    /// What they agreed to.
    Permission,
}

/// A question of the gate.
pub struct Gate {
    /// Its name, for whoever takes it away.
    pub name: &'static str,
    /// Where it stands.
    pub stage: Stage,
    /// What it asks, as people read it.
    pub asks: &'static str,
    pub(crate) refuses: fn(&Asked<'_>) -> Option<Reason>,
}

const fn gate(
    name: &'static str,
    stage: Stage,
    asks: &'static str,
    refuses: fn(&Asked<'_>) -> Option<Reason>,
) -> Gate {
    Gate { name, stage, asks, refuses }
}

/// All questions, in their order.
pub const GATES: &[Gate] = &[
    gate("purpose", Stage::Request, "Is it known what messages like this are for?", |it| {
        it.purpose.is_none().then_some(Reason::UnknownPurpose)
    }),
    gate("expiry", Stage::Request, "Is it still of use?", |it| {
        it.request.expires_at.is_some_and(|at| at <= it.now).then_some(Reason::MessageExpired)
    }),
    gate("duplicate", Stage::Request, "Was it said already, or is it being said?", |it| {
        let is_said = |before: &Handed| before.status != "failed_before_handoff" && !before.is_unknown();
        it.before().any(is_said).then_some(Reason::Duplicate)
    }),
    gate(
        "unknown",
        Stage::Request,
        "Does nobody know whether it arrived, and is twice worse than never?",
        |it| {
            let is_unknown = it.before().any(Handed::is_unknown);
            (is_unknown && !it.policy.is_sent_again(it.class)).then_some(Reason::DeliveryUnknown)
        },
    ),
    gate("erased", Stage::Existence, "Were they forgotten, or have they died?", |it| {
        (it.standing.person.status != "active").then_some(Reason::Erased)
    }),
    gate(
        "erasure_hash",
        Stage::Existence,
        "Did whoever has this address ask to be forgotten, and not come back?",
        |it| {
            let since = it.suppressed("erasure_hash").map(|it| it.at).max()?;
            (!came_back(it.standing, since, it.now)).then_some(Reason::ErasedSuppressed)
        },
    ),
    gate("dead_address", Stage::Deliverability, "Does nothing arrive at this address?", |it| {
        let is_dead =
            it.standing.contact_point.status != "active" || it.suppressed("hard_bounce").next().is_some();
        is_dead.then_some(Reason::AddressUndeliverable)
    }),
    gate(
        "complaint",
        Stage::Deliverability,
        "Did they tell their provider that our messages are unwanted?",
        |it| {
            let complained = it.suppressed("complaint").next().is_some();
            (it.rules.complaint_blocks && complained).then_some(Reason::SuppressedComplaint)
        },
    ),
    gate(
        "address_opt_out",
        Stage::Deliverability,
        "Does whoever reads this address want nothing like it there?",
        |it| {
            // A kind that this version does not know keeps back what nobody needs, too.
            const KNOWN: &[&str] = &["erasure_hash", "hard_bounce", "soft_bounce", "complaint"];
            let of_address = |it: &&Suppression| !KNOWN.contains(&it.kind.as_str());
            // Whoever has just said so there is told once that it was heard; how often and how late is asked below.
            let confirms = it.class == "confirmation" && it.request.purpose == "optout_confirmation";
            let is_there = !confirms && it.suppressions().any(|row| of_address(&row));
            (it.rules.complaint_blocks && is_there).then_some(Reason::SuppressedAddress)
        },
    ),
    gate("restricted", Stage::Person, "Did they ask that what we know of them be left alone?", |it| {
        (it.rules.restricted_blocks && it.standing.person.restricted).then_some(Reason::ProcessingRestricted)
    }),
    gate("minor", Stage::Person, "Are they a child for whom nobody has agreed?", |it| {
        let alone = it.standing.person.minor && !it.standing.person.guardian_consent;
        (it.rules.needs_permission && alone).then_some(Reason::GuardianConsentMissing)
    }),
    gate("hold", Stage::Person, "Is there something to be settled with them first?", |it| {
        let holds = it.standing.holds.iter().find(|hold| {
            hold.until.is_none_or(|until| until > it.now)
                && hold.classes.iter().any(|class| class == it.class)
        });
        holds.map(|hold| Reason::Hold(hold.reason.clone()))
    }),
    gate(
        "gpc",
        Stage::Person,
        "Would something about them be passed on although their browser says no?",
        |it| (it.class == "sharing" && it.standing.person.gpc).then_some(Reason::GpcOptOut),
    ),
    gate("conversation", Stage::Channel, "Is it called an answer although nobody asked?", |it| {
        (it.class == "conversation" && !it.is_window_open()).then_some(Reason::NoOpenConversation)
    }),
    gate("session", Stage::Channel, "Does the service let us write freely only while they write?", |it| {
        let is_bound = it.policy.session_channels.contains(&it.standing.contact_point.channel);
        (is_bound && !it.request.template && !it.is_window_open()).then_some(Reason::ChannelSessionClosed)
    }),
    gate("asked_for", Stage::Permission, "Is it a confirmation that nobody asked for?", |it| {
        let nobody_asked = match it.request.purpose.as_str() {
            "optout_confirmation" => false,
            _ => it.class == "confirmation" && !is_asked_for(it.standing, it.policy, it.now),
        };
        nobody_asked.then_some(Reason::NoPendingRequest)
    }),
    gate(
        "stop_confirmed_late",
        Stage::Permission,
        "Would a stop be confirmed long after it was said?",
        |it| {
            let minutes = it.policy.optout_confirmation_within_minutes;
            let in_time = |at: Time| at.plus_seconds(minutes * 60) >= it.now;
            let is_stop = it.request.purpose == "optout_confirmation";
            (is_stop && !refused_at(it.standing, it.now).is_some_and(in_time))
                .then_some(Reason::ConfirmationLimit)
        },
    ),
    gate("confirmed_often", Stage::Permission, "Was something confirmed there just now?", |it| {
        let limit = &it.policy.confirmation_limit;
        let since = it.now.plus_seconds(-limit.per_hours * 3600);
        let is_recent =
            |before: &&Handed| before.class == "confirmation" && before.counts() && before.at > since;
        let count = it.standing.history.iter().filter(is_recent).count();
        (it.class == "confirmation" && count >= limit.max).then_some(Reason::ConfirmationLimit)
    }),
    gate("refused", Stage::Permission, "Did they refuse it?", |it| match it.permit() {
        Permit::Refused(why) if it.needs(Enforcement::NonRestrictive) => Some(why),
        _ => None,
    }),
    gate("unverified", Stage::Permission, "Has nobody shown that the address is theirs?", |it| {
        let is_open = it.needs(Enforcement::Restrictive) && !it.standing.contact_point.verified;
        is_open.then_some(Reason::ContactPointUnverified)
    }),
    gate("lacking", Stage::Permission, "Does what they said not suffice?", |it| match it.permit() {
        Permit::Lacking(why) if it.needs(Enforcement::Restrictive) => Some(why),
        _ => None,
    }),
    gate("silent", Stage::Permission, "Have they never said that they want it?", |it| {
        (it.needs(Enforcement::Restrictive) && it.permit() == Permit::Silent).then_some(Reason::NoPermission)
    }),
];

impl<'a> Asked<'a> {
    /// A question about a message; nothing if nobody knows what sort of message it is.
    pub(crate) fn about(
        standing: &'a Standing,
        policy: &'a Policy,
        request: &'a Request,
        now: Time,
    ) -> Option<Self> {
        let purpose = policy.purposes.get(&request.purpose);
        let class = policy.class_of(request)?;
        let rules = policy.classes.get(class)?;
        Some(Self { standing, policy, request, now, purpose, class, rules })
    }

    /// About what permission is asked.
    pub(crate) fn topic(&self) -> About<'a> {
        About { purpose: &self.request.purpose, topic: self.request.topic.as_deref(), class: self.class }
    }

    /// What was done with the same message before.
    fn before(&self) -> impl Iterator<Item = &'a Handed> {
        let key = self.request.dedupe_key.as_str();
        self.standing.history.iter().filter(move |it| !key.is_empty() && it.dedupe_key == key)
    }

    /// Whether an earlier try did not come to anything, so that this one is the same message.
    pub(crate) fn is_another_try(&self) -> bool {
        self.before().next().is_some()
    }

    fn suppressions(&self) -> impl Iterator<Item = &'a Suppression> {
        let (at, now) = (self.standing.contact_point.id.as_str(), self.now);
        let here = move |it: &&Suppression| {
            it.at <= now && (it.contact_point == at || it.contact_point == crate::standing::ANY)
        };
        self.standing.suppressions.iter().filter(here)
    }

    pub(crate) fn suppressed(&self, kind: &'a str) -> impl Iterator<Item = &'a Suppression> {
        self.suppressions().filter(move |it| it.kind == kind)
    }

    /// Whether what they wrote by this channel may still be answered.
    fn is_window_open(&self) -> bool {
        let hours = self.policy.conversation_window_hours.get(&self.standing.contact_point.channel).copied();
        let open = |at: Time| at <= self.now && at.plus_seconds(hours.unwrap_or(0) * 3600) >= self.now;
        self.standing.last_inbound_at.is_some_and(open)
    }

    pub(crate) fn permit(&self) -> Permit {
        fold(self.standing, self.policy, self.purpose, &self.topic(), self.now)
    }

    /// Whether at least so much is needed.
    pub(crate) fn needs(&self, least: Enforcement) -> bool {
        let needed = self.enforcement();
        self.rules.needs_permission
            && match least {
                Enforcement::Restrictive => needed == Enforcement::Restrictive,
                _ => needed != Enforcement::Disabled,
            }
    }

    fn enforcement(&self) -> Enforcement {
        let (person, at) = (&self.standing.person, &self.standing.contact_point);
        let own = self.purpose.filter(|it| it.class == self.class).map(|it| it.enforcement);
        // What became advertising only by what it contains needs what advertising needs.
        let own = own.unwrap_or(Enforcement::Restrictive);
        self.policy.enforcement(&person.jurisdiction, &at.channel, self.class, own)
    }
}
