//! The page: what they told us, what others told us of them, what we noted and what we think; our conversation; what they allow; what we
//! promised; who looked; and what they may do about all of it.

use axum::{
    extract::{Query, State as With},
    http::StatusCode,
    response::Response,
};
use conversations::{
    goodwill::{self, Goodwill},
    promises::{self, Promise},
};
use insight::{
    came,
    reckoning::{self, Ours},
};
use jiff::tz::TimeZone;
use maud::{Markup, html};
use memory::{
    looks::{self, Look},
    people::{Known, Source},
    timeline::{self, From, Place},
};
use model::{Direction, Kind, Moment, StaffId, Time};
use permission::{Stance, choosing};
use serde::Deserialize;

use super::{Guest, Mine, entering, mine};
use crate::{
    State,
    charts::Format,
    layout,
    pages::parts::{channel_name, heading, words},
    problem::{Answer, Problem},
    when,
};

/// Moments shown at once.
const MOMENTS: usize = 60;
/// Promises shown.
const PROMISES: i64 = 50;
/// What we did for them, shown.
const GOODWILL: i64 = 50;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Shown {
    /// What was just done.
    done: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    before: Option<String>,
}

/// One part of somebody, with what belongs to it.
struct Part {
    mine: Mine,
    moments: Vec<Moment>,
    has_older: bool,
    promises: Vec<Promise>,
    /// What we make of all of it; only for whoever is all of them.
    ours: Option<Ours>,
    goodwill: Vec<Goodwill>,
    known: permission::Known,
    stances: Vec<(choosing::Choice, Stance)>,
    looks: Vec<Look>,
}

/// Names of us, our zone and what we are called.
pub(super) struct Us {
    pub(super) name: String,
    pub(super) zone: TimeZone,
    staff: Vec<(StaffId, String)>,
}

impl Us {
    pub(super) async fn read(state: &State) -> Result<Self, Problem> {
        let settings = state.house().settings().await?;
        let zone = TimeZone::get(&settings.zone).unwrap_or(TimeZone::UTC);
        Ok(Self { name: entering::us(state).await?, zone, staff: state.house().staff_names().await? })
    }

    fn who(&self, staff: Option<StaffId>) -> &str {
        let found = self.staff.iter().find(|(id, _)| Some(*id) == staff);
        found.map_or("One of us", |(_, name)| name)
    }
}

pub(super) async fn show(
    With(state): With<State>,
    guest: Result<Guest, Response>,
    Query(shown): Query<Shown>,
) -> Answer {
    let Ok(guest) = guest else { return entering::door(&state).await };
    let (us, point, now) = (Us::read(&state).await?, guest.point.clone(), guest.now);
    let parts = state
        .store()
        .read(move |db| {
            let mut parts = Vec::new();
            for mine in mine(db, &point)? {
                let id = mine.person.id;
                let (moments, has_older) = theirs(db, &mine, From::End)?;
                let mut known = permission::known(db, id)?;
                let stances = choosing::stances(db, &known, &point, now)?;
                // What is not told by one part alone is told to whoever is all of them.
                let (mut promises, mut seen, mut goodwill, mut ours) =
                    (Vec::new(), Vec::new(), Vec::new(), None);
                if mine.is_whole() {
                    (promises, seen) = (promises::of_person(db, id, PROMISES)?, looks::of_person(db, id)?);
                    goodwill = goodwill::of_person(db, id, GOODWILL)?;
                    ours = Some(reckoning::of_person(db, id, now)?);
                } else {
                    known.said.clear();
                }
                parts.push(Part {
                    moments,
                    has_older,
                    promises,
                    ours,
                    goodwill,
                    stances,
                    looks: seen,
                    known,
                    mine,
                });
            }
            Ok::<_, Problem>(parts)
        })
        .await?;
    let main = html! {
        div.spread {
            h1 { "Your page with " (us.name) }
            form method="post" action="/me/leave" { button.quiet { "Leave" } }
        }
        p.soft { "You came in as " b { (guest.point.address) } ". Other addresses of yours are not shown here before you come in with them." }
        (done(&shown.done))
        @if parts.is_empty() { p.lead { "We know nothing of this address." } }
        @for part in &parts { (whole(part, &us)) }
    };
    Ok(layout::own("Your page with us", &us.name, main))
}

fn done(what: &str) -> Markup {
    let words = match what {
        "corrected" => "Corrected. What stood there before is kept as what it was: replaced.",
        "disputed" => "Thank you. Somebody here looks at it and answers you.",
        "not-me" => "It is taken away from you, and somebody here looks at where it belongs.",
        "rest" => "From now on we leave what we know of you alone, until you say otherwise.",
        "go-on" => "We may use what we know of you again.",
        "objected" => "Nothing of this sort comes to you any more.",
        "came" => "Thank you. We will not ask again.",
        "chosen" => "Kept. This holds from the next message on.",
        _ => return html! {},
    };
    html! { p.said.said-well role="status" { (words) } }
}

fn whole(part: &Part, us: &Us) -> Markup {
    let person = &part.mine.person;
    let wishes = &part.known.in_force.wishes;
    html! {
        nav.pills aria-label="On this page" {
            @for (to, name) in [("you", "You"), ("talk", "Our conversation"), ("allow", "What you allow"), ("owed", "What we promised"), ("looked", "Who looked"), ("rights", "Take it along, or make us forget")] {
                a.pill href={"#" (to)} { (name) }
            }
        }
        @if !part.mine.is_whole() {
            p.doubt { "A part of what we know of you belongs to another address. Come in with that one to see it, and what was promised and decided there; or write to us." }
        }
        section #you aria-labelledby="you-title" {
            h2 #you-title { "You, as we know you" }
            @let sources = mine_of(&part.mine);
            @if sources.is_empty() { p.soft { "Only your address." } }
            @for source in &sources { (source_of(source, us)) }
            (known(part, us))
            h3 { "What we make of it" }
            p { "We call this " b { (words(&person.kind)) } ", because we have heard from you " (person.heard) " times. It decides nothing; it says how well we know each other." }
            form.row method="post" action="/me/dispute" {
                input type="hidden" name="what" value={"that we call it \u{201c}" (words(&person.kind)) "\u{201d}"};
                button.quiet { "I see this differently" }
            }
            @if let Some(ours) = &part.ours { (foretold(ours)) }
        }
        @if let Some(ours) = &part.ours { (both_ways(ours, &part.goodwill, us)) }
        section #talk aria-labelledby="talk-title" {
            h2 #talk-title { "Our conversation" }
            (moments(&part.moments, us))
            @if part.has_older && let Some(first) = part.moments.first() {
                p { a href={"/me/conversation?before=" (first.at.micros())} { "What was before" } }
            }
        }
        section #allow aria-labelledby="allow-title" {
            h2 #allow-title { "What you allow" }
            @for (choice, stance) in &part.stances { (choice_of(choice, *stance)) }
            form.all-off method="post" action="/me/object" {
                p { "Nothing at all that you did not ask for. What you write to us is answered as before." }
                button { "Stop everything" }
            }
            form.all-off method="post" action="/me/rest" {
                @if wishes.restricted {
                    p { b { "What we know of you is left alone" } ", since you asked for that. Only what you ask for, and what the law wants, is done with it." }
                    button.quiet name="rest" value="no" { "You may use it again" }
                } @else {
                    p { "Leave alone what you know of me: keep it, and do nothing with it until I say otherwise." }
                    button.quiet name="rest" value="yes" { "Leave it alone" }
                }
            }
            details {
                summary { "What you decided, and when" }
                ol.decided {
                    @for said in part.known.said.iter().rev() {
                        li {
                            p { (said.title) " " span.small.soft { (when::clock(said.at, &us.zone)) } }
                            @if !said.wording.is_empty() { p.small.soft { "It said: \u{201c}" (said.wording) "\u{201d}" } }
                            p.small { a href={"/me/receipt/" (said.moment)} { "A receipt for you" } }
                        }
                    }
                }
            }
        }
        section #owed aria-labelledby="owed-title" {
            h2 #owed-title { "What we promised you" }
            @if part.promises.is_empty() { p.soft { "Nothing is open." } }
            ul.plain-list { @for it in &part.promises { li { (it.what) " " span.small.soft { (promise_state(it, us)) } } } }
        }
        section #looked aria-labelledby="looked-title" {
            h2 #looked-title { "Who looked, and who else has it" }
            p { "Nobody outside of " (us.name) " has it from us. It lies on our own machine." }
            @if part.looks.is_empty() { p.soft { "Nobody has looked at you here yet." } }
            ul.plain-list { @for look in part.looks.iter().take(40) { li { (look_of(look, us)) } } }
        }
        section #rights aria-labelledby="rights-title" {
            h2 #rights-title { "Take it along, or make us forget" }
            p { "Both ask for a code that we send to your address first, so that nobody can do it who only sits at your screen." }
            div.row {
                form method="post" action="/me/code" { button name="what" value="take" { "Take everything along" } }
                a.button.grave href="/me/erase" { "Forget me" }
            }
        }
    }
}

/// What is foretold of them, if anything is, and what that is good for.
fn foretold(ours: &Ours) -> Markup {
    html! {
        @if let Some(it) = &ours.expected {
            p {
                "From when you bought we would guess that you buy about " (Format::Count.said(it.purchases)) " times within the next year (between " (it.range.0) " and " (it.range.1)
                " in eight of ten cases like yours). It comes from a model of everybody who buys here, and decides nothing about how you are served."
            }
        }
    }
}

/// What went from them to us and from us to them beyond money for goods; and the one question that we ask.
fn both_ways(ours: &Ours, goodwill: &[Goodwill], us: &Us) -> Markup {
    let life = &ours.life;
    let given: Vec<&Goodwill> = goodwill.iter().filter(|it| it.taken_back.is_none()).collect();
    html! {
        section #both aria-labelledby="both-title" {
            h2 #both-title { "What went both ways" }
            @match life.brought.len() {
                0 => {}
                1 => p { "You brought somebody to us. Thank you." }
                many => p { "You brought " (many) " people to us. Thank you." }
            }
            @for it in &life.feedback {
                @if it.led_to_something { p { "What you told us in " (insight::lives::date_of(it.day).strftime("%B %Y").to_string()) " led to something. Thank you." } }
            }
            @if given.is_empty() { p.soft { "We have not done anything for you beyond what you paid for, so far." } }
            ul.plain-list { @for it in given { li { (it.what) " " span.small.soft { (when::date(it.at, &us.zone)) } } } }
            @if life.came.is_none() { (why_did_you_come()) }
        }
    }
}

fn why_did_you_come() -> Markup {
    html! {
        form.row method="post" action="/me/came" {
            label for="came-by" { "How did you come to us? We ask this once." }
            select #came-by name="by" { @for (name, words) in came::WAYS { option value=(name) { (words) } } }
            button.quiet { "Tell us" }
        }
    }
}

/// Where we know them from, but for what we wrote ourselves.
fn mine_of(mine: &Mine) -> Vec<&Source> {
    mine.person
        .sources
        .iter()
        .filter(|it| mine.profiles.contains(&it.profile) && it.source != "desk")
        .collect()
}

fn source_of(source: &Source, us: &Us) -> Markup {
    html! {
        div.chosen {
            div {
                h3 { "From " (words(&source.source)) }
                p.small.soft { "Said " (when::date(source.seen_at, &us.zone)) ", known here since " (when::date(source.recorded_at, &us.zone)) ". We keep it until you make us forget it." }
                dl.facts { @for (field, value) in &source.fields { div { dt { (heading(field)) } dd { (value) } } } }
            }
            form method="post" action="/me/not-me" {
                input type="hidden" name="profile" value=(source.profile);
                button.quiet { "This is not me" }
            }
        }
    }
}

/// What counts of each field, and a place to put it right.
fn known(part: &Part, us: &Us) -> Markup {
    let told = part.mine.person.known.iter().filter(|(field, _)| part.mine.shows(field));
    html! {
        h3 { "What counts" }
        div.corrections {
            @for (field, it) in told {
                form.correction method="post" action="/me/correct" {
                    input type="hidden" name="field" value=(field);
                    label for={"field-" (field)} { (heading(field)) }
                    input id={"field-" (field)} name="value" value=(it.value) maxlength="2000";
                    button.quiet { "Put right" }
                    p.small.soft { (why(it, us)) }
                }
            }
        }
    }
}

fn why(it: &Known, us: &Us) -> String {
    match (it.why.standing, it.why.by) {
        ("entered", Some(by)) => format!("{} wrote it down, {}.", us.who(Some(by)), it.why.at.date()),
        ("entered", None) => format!("You put it right, {}.", it.why.at.date()),
        _ => format!("As {} said, {}.", words(&it.why.source), it.why.at.date()),
    }
}

fn moments(all: &[Moment], us: &Us) -> Markup {
    html! {
        @if all.is_empty() { p.soft { "Nothing yet." } }
        ol.between {
            @for it in all {
                li {
                    p.small.soft { (when::clock(it.at, &us.zone)) " \u{b7} " (who(it, us)) " \u{b7} " (channel_name(&it.channel)) }
                    @if !it.title.is_empty() { p { b { (it.title) } } }
                    @if !it.body.is_empty() { p.said-between { (it.body) } }
                }
            }
        }
    }
}

fn who(it: &Moment, us: &Us) -> String {
    match (it.direction, &it.kind) {
        (Direction::Heard, Kind::Permission) => "you decided".into(),
        (Direction::Heard, _) => "you".into(),
        (Direction::Said, _) => us.who(it.by).to_owned(),
        (Direction::Together, _) => "together".into(),
        (Direction::Noted, _) => format!("noted by {}", us.who(it.by)),
    }
}

fn choice_of(choice: &choosing::Choice, stance: Stance) -> Markup {
    let comes = matches!(stance, Stance::Yes { .. } | Stance::MayCome);
    html! {
        div.chosen {
            div {
                h3 { (choice.name) }
                p.small { (choice.words) }
                p.small.soft { @match stance {
                    Stance::Yes { since } => { "You said yes, " (since.date()) "." },
                    Stance::No { since } => { "You said no, " (since.date()) "." },
                    Stance::Pending { .. } => "You asked for it and have not confirmed it yet.",
                    Stance::MayCome => "It may come; you have not said anything about it.",
                    Stance::DoesNotCome => "It does not come.",
                } }
            }
            form method="post" action="/me/choose" {
                input type="hidden" name="about" value=(choice.key());
                @if comes { button name="do" value="no" { "Stop this" span.hush { ": " (choice.name) } } }
                @else { button.quiet name="do" value="yes" { "I want this" span.hush { ": " (choice.name) } } }
            }
        }
    }
}

fn promise_state(it: &Promise, us: &Us) -> Markup {
    html! { @match it.settled_at {
        Some(at) => { (promise_word(it)) ", " (when::date(at, &us.zone)) },
        None => { "by " (when::date(it.due_at, &us.zone)) ", " (us.who(Some(it.keeper))) },
    } }
}

fn promise_word(it: &Promise) -> &'static str {
    match it.state {
        promises::State::Open => "open",
        promises::State::Kept => "kept",
        promises::State::Broken => "not kept",
    }
}

fn look_of(look: &Look, us: &Us) -> Markup {
    let what = match look.what.as_str() {
        "page" => "your page",
        "file" => "a file or mail of yours",
        "export" => "all of it, to take it out",
        "api" => "your data, by a program",
        other => other,
    };
    html! {
        @match look.staff { Some(_) => (us.who(look.staff)), None => "A program" }
        " (" (words(&look.role)) ") looked at " (what) ", " (look.day)
        @if look.times > 1 { ", " (look.times) " times" }
    }
}

/// The newest moments of a place that are theirs, the oldest first, and whether there are older ones.
fn theirs(db: &mut store::Read<'_>, mine: &Mine, from: From) -> Result<(Vec<Moment>, bool), Problem> {
    let page = timeline::of_person(db, mine.person.id, from, &[], MOMENTS)?;
    let older = page.older;
    Ok((page.moments.into_iter().filter(|it| mine.profiles.contains(&it.profile)).collect(), older))
}

pub(super) async fn conversation(
    With(state): With<State>,
    guest: Guest,
    Query(asked): Query<Asked>,
) -> Answer {
    let (us, point) = (Us::read(&state).await?, guest.point.clone());
    let before = asked.before.as_deref().and_then(|it| it.parse::<i64>().ok());
    let before = before.ok_or_else(|| Problem::of_status(StatusCode::NOT_FOUND))?;
    let parts = state
        .store()
        .read(move |db| {
            let mut parts = Vec::new();
            for mine in mine(db, &point)? {
                let place = Place {
                    at: Time::from_micros(before),
                    id: model::MomentId::from_uuid(Default::default()),
                };
                parts.push(theirs(db, &mine, From::Before(place))?);
            }
            Ok::<_, Problem>(parts)
        })
        .await?;
    let main = html! {
        p { a href="/me#talk" { "Back to your page" } }
        h1 { "What was before" }
        @for (all, older) in &parts {
            (moments(all, &us))
            @if *older && let Some(first) = all.first() { p { a href={"/me/conversation?before=" (first.at.micros())} { "What was before that" } } }
        }
    };
    Ok(layout::own("Our conversation", &us.name, main))
}
