//! The page itself: what they came to stop stands first, everything else is as easy to stop, and it says what happens then.

use jiff::tz::TimeZone;
use maud::{Markup, html};
use model::Time;
use permission::{Rhythm, Stance, Wishes, choosing::Choice};

use super::Ground;
use crate::{
    State,
    languages::{LANGUAGES, name as language},
    layout,
    problem::Answer,
    when,
};

/// The language of the words on this page.
pub(super) const LANGUAGE: &str = "en";
/// What stands beside the button that stops everything.
pub(super) const NOTHING: &str =
    "Nothing at all that you did not ask for. What you write to us is answered as before.";
/// Why somebody stopped: asked afterwards, of whoever wants to say.
pub(super) const REASONS: &[(&str, &str)] = &[
    ("too_often", "It was too often"),
    ("not_mine", "It was not about what I care for"),
    ("never_asked", "I never asked for it"),
    ("poor", "It was not good"),
    ("private", "I would rather not say"),
];

/// What stands beside a choice, word for word, as it is kept with what they decide.
pub(super) fn wording(choice: &Choice) -> String {
    format!("{}: {}", choice.name, choice.words)
}

/// Wishes in one line, for the timeline.
pub(super) fn in_words(wishes: &Wishes) -> String {
    let mut parts = vec![match wishes.rhythm {
        Rhythm::Whenever => "whenever there is something".to_owned(),
        Rhythm::Weekly => "once a week at most".to_owned(),
        Rhythm::Monthly => "once a month at most".to_owned(),
    }];
    parts.extend(wishes.quiet_hours.first().map(|it| format!("in peace from {} to {}", it.start, it.end)));
    parts.extend(
        wishes.pauses.first().and_then(|it| it.until).map(|it| format!("nothing until {}", it.date())),
    );
    parts.extend(wishes.language.as_ref().map(|it| format!("in {}", language(it))));
    format!("How they want to hear from us: {}", parts.join(", "))
}

pub(super) async fn show(state: &State, token: &str, ground: &Ground, done: &str, about: &str) -> Answer {
    let settings = state.house().settings().await?;
    let us = if settings.organisation.is_empty() { "us".to_owned() } else { settings.organisation.clone() };
    let wishes = &ground.known.in_force.wishes;
    let zone_name = wishes.zone.clone().unwrap_or(settings.zone.clone());
    let zone = TimeZone::get(&zone_name).unwrap_or(TimeZone::UTC);
    let now = state.world().now();
    let own = ground.own();
    let rest = ground.stances.iter().filter(|(it, _)| !own.iter().any(|(own, _)| own.key() == it.key()));
    let is_silent =
        ground.stances.iter().all(|(_, it)| matches!(it, Stance::No { .. } | Stance::DoesNotCome));
    let main = html! {
        h1 { "What you hear from " (us) }
        p.soft { "At " (masked(&ground.address)) ". No password, and nothing changes before you press something." }
        (said(ground, &us, token, done, about, is_silent))
        @if !own.is_empty() {
            section.choosing aria-labelledby="this" {
                h2 #this { "What brought you here" }
                @for (choice, stance) in &own { (line(ground, choice, *stance, now, &zone)) }
            }
        }
        @if !is_silent {
            form.all-off method="post" {
                p { (NOTHING) }
                button name="do" value="nothing" { "Stop everything" }
            }
        }
        section.choosing aria-labelledby="rest" {
            h2 #rest { @if !own.is_empty() { "Everything else" } @else { "What there is" } }
            @for (choice, stance) in rest { (line(ground, choice, *stance, now, &zone)) }
            p.small.soft { "What you write to us is always answered, and what you buy is confirmed, whatever you choose here." }
        }
        (how_often(wishes, &zone_name, &zone, now))
        section aria-labelledby="next" {
            h2 #next { "What comes next" }
            p { @match &ground.next {
                Some((at, what)) => { (what) " waits until " (when::clock(*at, &zone)) " your time (" (zone_name) ")." },
                None => "Nothing is planned for you at the moment.",
            } }
        }
        (history(ground, token, &zone))
    };
    Ok(layout::own("What you hear from us", &us, main))
}

/// What was just done, and what happens then.
fn said(ground: &Ground, us: &str, token: &str, done: &str, about: &str, is_silent: bool) -> Markup {
    let name = ground.stances.iter().find(|(it, _)| it.key() == about).map(|(it, _)| it.name.clone());
    let undo = |what: &str, about: &str, words: &str| {
        html! { form.row method="post" action={"/preferences/" (token)} {
            input type="hidden" name="about" value=(about);
            button.quiet name="do" value=(what) { (words) }
        } }
    };
    let reasons = html! {
        form method="post" action={"/preferences/" (token)} {
            input type="hidden" name="do" value="why";
            p.small { "If you like, tell us why. One press, or none." }
            div.pills { @for (key, words) in REASONS { button.pill name="why" value=(key) { (words) } } }
        }
    };
    let words = match (done, name) {
        ("no", Some(name)) => html! {
            p { b { "You will get no more of \u{201c}" (name) "\u{201d}" } ", from now on. What you write is answered as before." }
            (undo("yes", about, "Undo"))
            (reasons)
        },
        ("nothing", _) if is_silent => html! {
            p { b { "We leave you in peace." } " Nothing comes from " (us) " any more unless you write to us first: then we answer. You can come back whenever you like, on this page." }
            (reasons)
        },
        ("yes", Some(name)) => html! {
            p { b { "\u{201c}" (name) "\u{201d} comes to you" } ", to this address." }
            (undo("no", about, "Undo"))
        },
        ("wishes", _) => html! { p { b { "Kept." } " This holds from the next message on." } },
        ("why", _) => html! { p { b { "Thank you." } " Somebody here reads it." } },
        _ => return html! {},
    };
    html! { div.said.said-well #said role="status" tabindex="-1" { (words) } }
}

/// One thing to choose, with a button that turns it.
fn line(ground: &Ground, choice: &Choice, stance: Stance, now: Time, zone: &TimeZone) -> Markup {
    let comes = matches!(stance, Stance::Yes { .. } | Stance::MayCome);
    let came = ground.came.iter().find(|(it, _)| *it == choice.purpose).map_or(0, |(_, count)| *count);
    let since = |at: Time| html! { " " (when::ago(at, now, zone)) };
    html! {
        div.chosen {
            div {
                h3 { (choice.name) }
                p.small { (choice.words) }
                p.small.soft {
                    @match stance {
                        Stance::Yes { since: at } => { "You said yes" (since(at)) "." },
                        Stance::No { since: at } => { "You said no" (since(at)) "." },
                        Stance::Pending { .. } => "You asked for it and have not confirmed it yet.",
                        Stance::MayCome => "It may come; you have not said anything about it.",
                        Stance::DoesNotCome => "It does not come.",
                    }
                    @match came { 0 => " None", 1 => " One", n => { " " (n) } } " in the last 90 days."
                }
            }
            form method="post" {
                input type="hidden" name="about" value=(choice.key());
                @if comes {
                    button name="do" value="no" { "Stop this" span.hush { ": " (choice.name) } }
                } @else {
                    button.quiet name="do" value="yes" { "I want this" span.hush { ": " (choice.name) } }
                }
            }
        }
    }
}

/// How often, when, and in which language.
fn how_often(wishes: &Wishes, zone_name: &str, zone: &TimeZone, now: Time) -> Markup {
    let quiet = wishes.quiet_hours.first();
    let paused = wishes.pauses.iter().filter_map(|it| it.until).filter(|it| *it > now).max();
    let rhythms = [
        (Rhythm::Whenever, "whenever", "Whenever there is something"),
        (Rhythm::Weekly, "weekly", "Once a week at most"),
        (Rhythm::Monthly, "monthly", "Once a month at most"),
    ];
    html! {
        section aria-labelledby="how" {
            h2 #how { "How and when" }
            form.fields method="post" {
                fieldset.field {
                    legend.small.soft { "How often" }
                    @for (rhythm, key, words) in rhythms {
                        label.choice { input type="radio" name="rhythm" value=(key) checked[wishes.rhythm == rhythm]; (words) }
                    }
                }
                div.field {
                    label for="pause" { "Nothing until" }
                    input #pause type="date" name="pause" value=[paused.map(|at| when::day(at, zone).to_string())] min=(when::day(now, zone));
                    p.small { "A pause that ends by itself. Leave it empty for none." }
                }
                div.side-by-side {
                    div.field { label for="from" { "In peace from" } input #from type="time" name="from" value=[quiet.map(|it| it.start.clone())]; }
                    div.field { label for="until" { "until" } input #until type="time" name="until" value=[quiet.map(|it| it.end.clone())]; }
                }
                div.field {
                    label for="zone" { "Your time zone" }
                    input #zone name="zone" value=(zone_name) list="zones" autocomplete="off" spellcheck="false";
                    datalist #zones { @for name in jiff::tz::db().available() { option value=(name.as_str()) {} } }
                }
                div.field {
                    label for="language" { "Your language" }
                    select #language name="language" {
                        option value="" selected[wishes.language.is_none()] { "As you write to me" }
                        @for (code, name) in LANGUAGES { option value=(code) lang=(code) selected[wishes.language.as_deref() == Some(code)] { (name) } }
                    }
                }
                div { button.quiet name="do" value="wishes" { "Keep this" } }
            }
        }
    }
}

/// What they decided before, with the words they had before their eyes.
fn history(ground: &Ground, token: &str, zone: &TimeZone) -> Markup {
    html! {
        details {
            summary { "What you decided, and when" }
            @if ground.known.said.is_empty() { p.soft { "Nothing yet." } }
            ol.decided {
                @for said in ground.known.said.iter().rev() {
                    li {
                        p { (said.title) " " span.small.soft { (when::clock(said.at, zone)) } }
                        @if !said.wording.is_empty() { p.small.soft { "It said: \u{201c}" (said.wording) "\u{201d}" } }
                        p.small { a href={"/preferences/" (token) "/receipt/" (said.moment)} { "A receipt for you" } }
                    }
                }
            }
        }
    }
}

/// A link may be passed on with the mail that it stands in; the address is not.
fn masked(address: &str) -> Markup {
    let (name, domain) = address.split_once('@').unwrap_or((address, ""));
    let first: String = name.chars().take(1).collect();
    html! { b { (first) "\u{2026}@" (domain) } }
}
