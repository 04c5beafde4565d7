//! What somebody and we are worth to each other: never one number without its parts.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, State as With},
    response::{IntoResponse, Redirect},
};
use insight::{
    came,
    health::{Band, Part},
    kinds::{self, Relation},
    lives::{Amount, date_of},
    profit::Profit,
    reckoning::{self, Ours},
    worth::Expected,
};
use maud::{Markup, html};
use memory::people::{self, Line, Person};
use model::PersonId;
use serde::Deserialize;

use crate::{
    State,
    charts::Format,
    gate::Desk,
    layout::{self, Here},
    pages::parts::{Names, name_of, names, someone},
    problem::{Answer, Problem},
    when,
};

#[derive(Deserialize)]
pub(super) struct Corrected {
    /// A kind, or nothing where what was said is taken back.
    kind: String,
    why: String,
}

#[derive(Deserialize)]
pub(super) struct Came {
    by: String,
}

/// Somebody, what they are to us, and those whom it names.
struct Whole {
    person: Person,
    ours: Ours,
    others: Vec<Line>,
}

pub(super) async fn show(With(state): With<State>, desk: Desk, Path(id): Path<String>) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let (id, now): (PersonId, _) = (id.parse()?, desk.now);
    let whole = state
        .store()
        .read(move |db| {
            let (person, ours) = (people::person(db, id)?, reckoning::of_person(db, id, now)?);
            let brought = ours.life.brought.iter().filter_map(|it| it.person);
            let named: Vec<PersonId> =
                brought.chain(ours.life.came.iter().filter_map(|it| it.friend)).collect();
            Ok::<_, Problem>(Whole { person, others: people::some(db, &named)?, ours })
        })
        .await?;
    let names = names(&state).await?;
    let title = format!("{} and we", whole.person.name);
    Ok(layout::page(&desk, Here::People, &title, shown(&desk, &whole, &names)))
}

fn shown(desk: &Desk, whole: &Whole, names: &Names) -> Markup {
    let (person, ours) = (&whole.person, &whole.ours);
    html! {
        p { a href={"/people/" (person.id)} { "\u{2190} " (person.name) } }
        h1 { "What " (person.name) " and we are worth to each other" }
        div.stack {
            p.lead { (in_short(ours)) }
            div.leaves {
                (to_us(ours))
                (from_us(ours))
                (of_others(desk, whole))
                (how_it_goes(ours))
                (relation(desk, person, ours, names))
                (why_they_return(ours))
            }
        }
    }
}

fn in_short(ours: &Ours) -> String {
    let kind = ours.kind.relation.words();
    match (&ours.expected, ours.health.warnings.first()) {
        (_, Some(warning)) => format!("{} to us. Look at this first: {}", capital(kind), warning.why),
        (Some(it), None) => format!("{} to us, {}.", capital(kind), likely(it.there)),
        (None, None) => format!("{} to us.", capital(kind)),
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|it| it.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn likely(there: f64) -> String {
    match there {
        it if it >= 0.8 => format!("and very likely still with us ({})", whole(it)),
        it if it >= 0.5 => format!("and rather still with us than not ({})", whole(it)),
        it if it >= 0.2 => {
            format!("and rather gone than still with us ({} that they are there)", whole(it))
        }
        it => format!("and probably gone ({} that they are still there)", whole(it)),
    }
}

/// A probability is not known to a tenth of a percent.
fn whole(share: f64) -> String {
    Format::Percent.full((share * 100.0).round() / 100.0)
}

fn money(ours: &Ours) -> Format {
    Format::Money(ours.currency.clone())
}

fn to_us(ours: &Ours) -> Markup {
    html! {
        section.leaf aria-labelledby="to-us" {
            h2 #to-us { "What they bring us" }
            @match &ours.expected {
                Some(it) => (expected(ours, it)),
                None if ours.left_alone => p.soft { "They asked that what we know of them is left alone. Nothing is foretold of them, and they are in no sum." },
                None => p.soft { "They have not bought anything that could be learnt from, so nothing is foretold." },
            }
            @if ours.profit != Profit::default() { (last_year(ours)) }
        }
    }
}

fn expected(ours: &Ours, it: &Expected) -> Markup {
    let (money, (low, high)) = (money(ours), it.range);
    html! {
        p {
            "Expected within a year: " b { (Format::Decimal(1).full(it.purchases)) " purchases" } ", between " (low) " and " (high) " in eight of ten cases like this"
            @if let Some(spend) = it.within_a_year { ", for about " b { (money.said(spend)) } }
            "."
        }
        @if let Some(value) = it.value {
            p { "From here on they are worth about " b { (money.said(value)) } " to us: the margin on all they may ever buy, later money counting less." }
        }
        p.small.soft { "By what was learnt from everybody; see " a href="/insight/returning" { "how well that did" } ". People are not averages." }
    }
}

/// Revenue less each cost, of the last twelve months.
fn last_year(ours: &Ours) -> Markup {
    let (it, money) = (&ours.profit, money(ours));
    let costs = [
        ("taken off the price", it.discounts),
        ("went back to them", it.returned),
        ("the goods", it.goods),
        ("our time for them", it.serving),
        ("given without being asked", it.goodwill),
        ("keeping them", it.keeping),
        ("winning them", it.winning),
    ];
    html! {
        table.table.sum {
            caption { "The last twelve months" }
            tbody {
                tr { th scope="row" { "What they bought" } td.number { (money.full(it.revenue as f64)) } }
                @for (what, minor) in costs.iter().filter(|it| it.1 != 0) {
                    tr { th scope="row" { "less " (what) } td.number { (money.full(-*minor as f64)) } }
                }
                tr.total { th scope="row" { "What is left" } td.number { (money.full(it.left() as f64)) } }
            }
        }
    }
}

fn from_us(ours: &Ours) -> Markup {
    let life = &ours.life;
    let sum =
        |all: &[Amount]| all.iter().filter(|it| it.currency == ours.currency).map(|it| it.minor).sum::<i64>();
    let (kept, broken) = (state_of(ours, "kept"), state_of(ours, "broken"));
    let led = life.feedback.iter().filter(|it| it.led_to_something).count();
    let minutes: u32 = life.deeds().map(|it| it.times).sum();
    html! {
        section.leaf aria-labelledby="from-us" {
            h2 #from-us { "What we gave them" }
            ul.said-list {
                li { @match life.goodwill.len() {
                    0 => "Nothing beyond what they paid for, so far.",
                    n => { "Goodwill " (times(n)) ", worth " (money(ours).said(sum(&life.goodwill) as f64)) "." },
                } }
                @if kept + broken > 0 { li { "Promises: " (kept) " kept" @if broken > 0 { ", " (broken) " not kept" } "." } }
                @if !life.feedback.is_empty() { li { "They told us something that could make us better " (times(life.feedback.len())) "; " (led) " of it led to something." } }
                @if minutes > 0 { li { "We were at work for them " (times(minutes as usize)) ": mails, calls, visits, orders." } }
            }
        }
    }
}

fn state_of(ours: &Ours, state: &str) -> usize {
    ours.life.promises.iter().filter(|it| it.state == state).count()
}

fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        many => format!("{many} times"),
    }
}

fn of_others(desk: &Desk, whole: &Whole) -> Markup {
    let (life, id) = (&whole.ours.life, whole.person.id);
    let line = |person: Option<PersonId>| whole.others.iter().find(|it| Some(it.id) == person);
    html! {
        section.leaf aria-labelledby="others" {
            h2 #others { "Because of whom" }
            @match &life.came {
                Some(it) => p {
                    "They came " (date_of(it.day).strftime("in %B %Y").to_string()) ": " (in_words(&it.by))
                    @if let Some(friend) = line(it.friend) { ", " a href={"/people/" (friend.id)} { (friend.name) } }
                    "."
                },
                None => (ask(desk, id)),
            }
            @if life.brought.is_empty() { p.soft { "They have not brought anybody yet, as far as we know." } }
            @else {
                p { "They brought us " (people_words(life.brought.len())) "." }
                ul.people { @for it in life.brought.iter().filter_map(|it| line(it.person)) { li { (someone(it, "", None)) } } }
            }
        }
    }
}

fn people_words(count: usize) -> String {
    if count == 1 { "one person".to_owned() } else { format!("{count} people") }
}

fn in_words(by: &str) -> String {
    let words = came::WAYS.iter().find(|it| it.0 == by).map_or("for a reason of their own", |it| it.1);
    format!("\u{201c}{words}\u{201d}")
}

/// Nobody knows yet why they came.
fn ask(desk: &Desk, id: PersonId) -> Markup {
    html! {
        p.soft { "Nobody knows yet why they came. They are asked once, on their own page; if they have told you, note it." }
        @if desk.can(Permission::WritePeople) {
            form.row method="post" action={"/people/" (id) "/came"} {
                label.hush for="came-by" { "Why they came" }
                select #came-by name="by" { @for (name, words) in came::WAYS { option value=(name) { (words) } } }
                button.quiet { "Note it" }
            }
        }
    }
}

fn how_it_goes(ours: &Ours) -> Markup {
    let band = match ours.health.band {
        Band::Unknown => "Too little is known to say how it goes.".to_owned(),
        band => format!("It {}.", band.words()),
    };
    html! {
        section.leaf aria-labelledby="goes" {
            h2 #goes { "How it goes" }
            p { b { (band) } }
            @for it in &ours.health.warnings { p.said { (it.why) " " span.soft { "Since " (date_of(it.since).strftime("%-d %B").to_string()) "." } } }
            dl.parts { @for it in &ours.health.parts { (part(it)) } }
            details.how { summary { "How this is read" } p.small { (insight::health::rule()) } }
        }
    }
}

fn part(it: &Part) -> Markup {
    html! {
        div {
            dt { (capital(it.what.words())) }
            dd {
                @if let Some(value) = it.value { meter min="0" max="1" value=(format!("{value:.2}")) { (Format::Percent.full(value)) } " " }
                span.small { (it.words) }
            }
        }
    }
}

fn relation(desk: &Desk, person: &Person, ours: &Ours, names: &Names) -> Markup {
    let told = &ours.kind;
    html! {
        section.leaf aria-labelledby="kind" {
            h2 #kind { "What we are to each other" }
            @if let Some(it) = &told.corrected {
                p { b { (capital(it.relation.words())) } ", says " (name_of(names, Some(it.by))) " " (when::ago(it.at, desk.now, &desk.zone)) ": \u{201c}" (it.why) "\u{201d}" }
                p.soft { "From what happened it looks like " (told.looks.relation.words()) ":" }
            } @else {
                p { b { (capital(told.looks.relation.words())) } ", from what happened:" }
            }
            ul.said-list { @for why in &told.looks.reasons { li { (why) } } }
            @if desk.can(Permission::WritePeople) { (correcting(person.id, told)) }
            details.how { summary { "How this is read" } p.small { (kinds::rule()) } }
        }
    }
}

fn correcting(id: PersonId, told: &kinds::Told) -> Markup {
    html! {
        details.how {
            summary { "It is something else" }
            form.fields method="post" action={"/people/" (id) "/kind"} {
                div { label for="kind-is" { "It is" } select #kind-is name="kind" {
                    @for it in Relation::ALL { option value=(it.name()) selected[it == told.relation] { (it.words()) } }
                    @if told.corrected.is_some() { option value="" { "what it looks like, after all" } }
                } }
                div { label for="kind-why" { "Why" } input #kind-why name="why" required maxlength="300" autocomplete="off"; }
                p { button { "Keep it" } }
            }
        }
    }
}

fn why_they_return(ours: &Ours) -> Markup {
    html! {
        @if let Some(it) = &ours.loyalty {
            section.leaf aria-labelledby="return" {
                h2 #return { "Why they return" }
                p { "They " b { (it.loyalty.words()) } ":" }
                ul.said-list { @for why in &it.reasons { li { (why) } } }
                details.how { summary { "How this is read" } p.small { (insight::loyalty::rule()) } }
            }
        }
    }
}

/// What stands in the margin of their page.
pub(super) fn aside(id: PersonId) -> Markup {
    html! {
        section.aside {
            h2 { "Worth to each other" }
            p { a.small href={"/people/" (id) "/worth"} { "What they bring, what we gave, how it goes" } }
        }
    }
}

pub(super) async fn correct(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Form(given): Form<Corrected>,
) -> Answer {
    desk.may(Permission::WritePeople)?;
    let (id, by): (PersonId, _) = (id.parse()?, desk.viewer.staff());
    let relation: Option<Relation> = match given.kind.as_str() {
        "" => None,
        kind => Some(kind.parse().map_err(|why: String| Problem::unfit("kind", why))?),
    };
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    state
        .store()
        .write(move |tx| {
            match relation {
                Some(it) => kinds::correct(tx, &world, id, it, &given.why, by)?,
                None => kinds::take_back(tx, &world, id, &given.why, by)?,
            }
            let act = Act::by(&viewer, "kind.corrected", id);
            Ok::<_, Problem>(::house::note(tx, &world, &act)?)
        })
        .await?;
    Ok(Redirect::to(&format!("/people/{id}/worth#kind")).into_response())
}

pub(super) async fn came(
    With(state): With<State>,
    desk: Desk,
    Path(id): Path<String>,
    Form(given): Form<Came>,
) -> Answer {
    desk.may(Permission::WritePeople)?;
    let (id, by): (PersonId, _) = (id.parse()?, desk.viewer.staff());
    let world = state.world().clone();
    state.store().write(move |tx| came::tell(tx, &world, id, &given.by, Some(by))).await?;
    Ok(Redirect::to(&format!("/people/{id}/worth#others")).into_response())
}
