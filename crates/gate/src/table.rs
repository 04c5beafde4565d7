//! The whole policy as tables that people read, who need not know how to program.

use std::fmt::Write as _;

use crate::{
    gates::{GATES, Stage},
    policy::{Class, Enforcement, Policy, QuietRule},
    reason::Reason,
    waits::WAITS,
};

/// The policy in Markdown: what is asked in which order, what each sort of message follows, what messages are for, and when.
pub fn table(policy: &Policy) -> String {
    let mut text = String::from("# What may be said to whom\n\n");
    order(&mut text);
    classes(&mut text, policy);
    purposes(&mut text, policy);
    places(&mut text, policy);
    times(&mut text, policy);
    reasons(&mut text);
    text
}

fn stage(stage: Stage) -> &'static str {
    match stage {
        Stage::Request => "the message",
        Stage::Existence => "the person",
        Stage::Deliverability => "the address",
        Stage::Person => "what they asked for",
        Stage::Channel => "the channel",
        Stage::Permission => "permission",
    }
}

// The policy has keys for channels; those that are names are spelled as such.
fn called(channel: &str) -> &str {
    match channel {
        "sms" => "SMS",
        "telegram" => "Telegram",
        "whatsapp" => "WhatsApp",
        other => other,
    }
}

fn row<const N: usize>(text: &mut String, cells: [&str; N]) {
    let _ = writeln!(text, "| {} |", cells.join(" | "));
}

fn head<const N: usize>(text: &mut String, title: &str, cells: [&str; N]) {
    let _ = writeln!(text, "## {title}\n");
    row(text, cells);
    row(text, ["---"; N]);
}

fn order(text: &mut String) {
    text.push_str("Each message is asked these questions at the moment when it would leave. The first yes keeps it back.\n\n");
    head(text, "The questions, in their order", ["", "about", "question"]);
    for (n, gate) in GATES.iter().enumerate() {
        row(text, [&(n + 1).to_string(), stage(gate.stage), gate.asks]);
    }
    text.push_str("\nThen it waits as long as one of these says so; if it would be of no use by then, it is not said.\n\n");
    row(text, ["", "question"]);
    row(text, ["---"; 2]);
    for (n, wait) in WAITS.iter().enumerate() {
        row(text, [&(n + 1).to_string(), wait.asks]);
    }
    text.push('\n');
}

fn classes(text: &mut String, policy: &Policy) {
    let cells = [
        "sort",
        "needs permission",
        "waits for the morning",
        "counted",
        "ended by a complaint",
        "ended while data rest",
        "says how to stop",
    ];
    head(text, "Sorts of messages", cells);
    let yes = |it: bool| if it { "yes" } else { "" };
    for (name, it) in &policy.classes {
        let Class { needs_permission, quiet, caps, complaint_blocks, restricted_blocks, opt_out } = it;
        let quiet = match quiet {
            QuietRule::Always => "yes",
            QuietRule::CanWait => "if it can",
            QuietRule::Never => "",
        };
        let cells = [
            yes(*needs_permission),
            quiet,
            yes(*caps),
            yes(*complaint_blocks),
            yes(*restricted_blocks),
            yes(*opt_out),
        ];
        let [a, b, c, d, e, f] = cells;
        row(text, [name, a, b, c, d, e, f]);
    }
    text.push('\n');
}

fn needs(it: Enforcement) -> &'static str {
    match it {
        Enforcement::Restrictive => "a yes that can be shown",
        Enforcement::NonRestrictive => "that nobody said no",
        Enforcement::Disabled => "nothing",
    }
}

fn purposes(text: &mut String, policy: &Policy) {
    head(
        text,
        "What messages are for",
        ["purpose", "sort", "needs", "confirmed at the address", "only a yes in words"],
    );
    let yes = |it: bool| if it { "yes" } else { "" };
    for (name, it) in &policy.purposes {
        row(text, [name, &it.class, needs(it.enforcement), yes(it.double_opt_in), yes(it.implied_forbidden)]);
    }
    text.push('\n');
}

fn places(text: &mut String, policy: &Policy) {
    head(text, "Where a law asks for something else", ["place", "channel", "sort", "needs"]);
    for it in &policy.enforcement_overrides {
        row(text, [&it.jurisdiction, &it.channel, &it.class, needs(it.enforcement)]);
    }
    text.push('\n');
    head(text, "What may stand for a yes", ["place", "channel", "what they did"]);
    for (place, channels) in &policy.implied_bases {
        for (channel, bases) in channels {
            row(text, [place, channel, &bases.join(", ")]);
        }
    }
    text.push('\n');
}

fn times(text: &mut String, policy: &Policy) {
    head(text, "When nobody is disturbed", ["channels", "place", "days", "from", "to"]);
    for it in &policy.quiet_hours {
        let channels: Vec<String> = it.channels.iter().map(|it| called(it).to_owned()).collect();
        let or = |all: &[String], none: &str| if all.is_empty() { none.to_owned() } else { all.join(", ") };
        row(text, [&or(&channels, "all"), &it.jurisdiction, &or(&it.days, "every day"), &it.start, &it.end]);
    }
    text.push('\n');
    head(text, "How much is enough", ["what is counted", "channel", "at most", "within", "then"]);
    for it in &policy.caps {
        let then = if it.on_exceed == "drop" { "it is dropped" } else { "it waits" };
        row(text, [&it.classes.join(", "), &it.channel, &it.max.to_string(), &it.window, then]);
    }
    text.push('\n');
    head(text, "How long things hold", ["what", "how long"]);
    let many = |n: i64, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
    let hours = |it: i64| if it % 24 == 0 { many(it / 24, "day") } else { many(it, "hour") };
    row(text, ["a yes in words, until we ask again", &format!("{} days", policy.explicit_max_age_days)]);
    row(text, ["a yes that waits to be confirmed", &format!("{} days", policy.pending_valid_days)]);
    row(text, ["between two requests to confirm", &hours(policy.confirmation_limit.per_hours)]);
    row(text, ["confirming a stop", &format!("{} minutes", policy.optout_confirmation_within_minutes)]);
    row(text, ["an address rests after something came back", &hours(policy.soft_bounce_cooldown_hours)]);
    for (channel, it) in &policy.conversation_window_hours {
        row(text, [&format!("what they wrote by {} may be answered", called(channel)), &hours(*it)]);
    }
    text.push('\n');
}

fn reasons(text: &mut String) {
    use Reason as R;
    head(text, "The reasons, as people read them", ["name", "words"]);
    let all = [
        R::UnknownPurpose,
        R::MessageExpired,
        R::Duplicate,
        R::DeliveryUnknown,
        R::Erased,
        R::ErasedSuppressed,
        R::AddressUndeliverable,
        R::SuppressedComplaint,
        R::SuppressedAddress,
        R::ProcessingRestricted,
        R::GuardianConsentMissing,
        R::Hold("…".into()),
        R::GpcOptOut,
        R::NoOpenConversation,
        R::ChannelSessionClosed,
        R::NoPendingRequest,
        R::ConfirmationLimit,
        R::Withdrawn,
        R::Objected,
        R::ContactPointUnverified,
        R::PendingConfirmation,
        R::ProofMissing,
        R::ImpliedNotAllowed,
        R::PermissionExpired,
        R::PermissionStale,
        R::NoPermission,
        R::AddressCooldown,
        R::Paused,
        R::FrequencyCap,
        R::FrequencyCapped,
        R::QuietHours,
        R::ExpiresBeforeWindow,
    ];
    for reason in all {
        row(text, [&reason.name(), reason.words()]);
    }
}
