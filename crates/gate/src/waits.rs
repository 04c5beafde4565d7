//! What makes a message wait: a list of questions like those of the gate, of which each may say until when. They are asked again at the
//! time they name, until nothing holds it any more.

use jiff::tz::TimeZone;
use model::Time;

use crate::{
    Reason,
    caps::{self, Room},
    folding::Permit,
    gates::Asked,
    hours::{self, Window},
    policy::{QuietRule, is_in},
    standing::{ANY, Cap, Pause, Quiet},
};

/// What holds a message.
pub(crate) enum Held {
    /// Until then.
    For(Reason, Time),
    /// There is no time at which it may be said.
    ForGood(Reason),
}

/// A question that may make it wait.
pub struct Wait {
    /// Its name, for whoever takes it away.
    pub name: &'static str,
    /// What it asks, as people read it.
    pub asks: &'static str,
    pub(crate) holds: fn(&Asked<'_>, Time) -> Option<Held>,
}

/// All of them, in their order.
pub const WAITS: &[Wait] = &[
    Wait { name: "rest", asks: "Did something come back from this address just now?", holds: rests },
    Wait { name: "pause", asks: "Did they want a pause?", holds: pauses },
    Wait { name: "enough", asks: "Have they heard enough from us for now?", holds: is_enough },
    Wait { name: "one_sided", asks: "Are we the ones who keep calling?", holds: is_one_sided },
    Wait { name: "night", asks: "Is it a time at which they are left in peace?", holds: is_night },
];

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

fn is_one_sided(asked: &Asked<'_>, at: Time) -> Option<Held> {
    // What they asked for in words is no call of ours.
    let until = asked.standing.we_rest_until.filter(|until| asked.rules.caps && *until > at)?;
    (asked.permit() != Permit::Given).then_some(Held::For(Reason::OneSided, until))
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
