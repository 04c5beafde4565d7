//! Whether some are served worse for who they are: what each group gets, against all others, and whether chance explains it.

use axum::extract::{Query, State as With};
use insight::{
    fairness::{Compared, Group, LEAST, Measure, Report, Verdict},
    reckoning::Reckoning,
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{Drawn, begun, chart, figure, how, latest, left_out, money, page, people};
use crate::{
    State,
    charts::{Bar, Bars, Format},
    gate::Desk,
    languages,
    pages::parts::escaped,
    problem::Answer,
};

/// What is compared, as it is shown: how soon, whether at all, what is given, what is paid.
const MEASURES: [Measure; 5] =
    [Measure::MedianWait, Measure::MeanWait, Measure::NeverAnswered, Measure::Goodwill, Measure::Discount];

#[derive(Deserialize)]
pub(super) struct Asked {
    /// The field that parts people.
    #[serde(default)]
    by: String,
}

pub(super) async fn show(With(state): With<State>, desk: Desk, Query(asked): Query<Asked>) -> Answer {
    let told = latest(&state, &desk).await?;
    let path = match asked.by.as_str() {
        "" => "/insight/fairness".to_owned(),
        by => format!("/insight/fairness?by={}", escaped(by)),
    };
    page(&desk, &path, "Is it fair?", told.as_ref(), |told| shown(told, &asked.by))
}

fn shown(told: &Reckoning, by: &str) -> Markup {
    let chosen = told.fairness.iter().find(|it| it.0 == by).or(told.fairness.first());
    let Some((field, it)) = chosen else { return nothing() };
    let drawn = of_field(told, field, it);
    html! {
        p.lead { (lead(field, it)) }
        nav.pills aria-label="By what people are parted" {
            @for (name, _) in &told.fairness {
                a.pill href={"/insight/fairness?by=" (escaped(name))} aria-current=[(name == field).then_some("true")] { "By " (name) }
            }
        }
        @if !drawn.is_empty() { p { "Each bar is a group against all others. The thin line is where the difference lies, ninety-nine times in a hundred; where it crosses the middle, chance may explain it." } }
        @for it in &drawn { (chart(std::slice::from_ref(it), &it.key)) }
        @if drawn.is_empty() { p { "No group has " (LEAST) " people or more of whom there is anything to compare." } }
        (table(told, field, it))
        (how("How it is compared", html! {
            p { (it.rule) }
            @if it.judged > 0 { p { (it.words) } }
            p.small.soft { "Sources: Efron and Tibshirani (1993), on drawing again; Welch (1947); Wilson (1927); Newcombe (1998)." }
        }))
        (left_out(&it.left_out))
    }
}

fn nothing() -> Markup {
    html! {
        p.lead { "There are no groups to compare yet." }
        p { "People are compared by the language they speak, and the country and city they live in, where these are known of them and differ. Nobody is asked for it, and nobody is guessed to be anything." }
    }
}

fn lead(field: &str, it: &Report) -> String {
    let strange: Vec<&str> = it
        .groups
        .iter()
        .filter(|it| it.measures.iter().any(|it| it.verdict == Verdict::HardlyChance))
        .map(|it| called(field, &it.name))
        .collect();
    match (it.judged, strange.as_slice()) {
        (0, _) => {
            format!("No {field} has enough people to be compared: with fewer than {LEAST}, chance decides.")
        }
        (_, []) => format!("Compared by {field}, nothing differs by more than chance would do."),
        (_, some) => format!(
            "Compared by {field}, something differs for {} by more than chance would do. Whether it is unfair is for people to say.",
            joined(some)
        ),
    }
}

/// The first few of several.
fn joined(all: &[&str]) -> String {
    match all {
        [one] => (*one).to_owned(),
        [some @ .., last] if all.len() <= 3 => format!("{} and {last}", some.join(", ")),
        _ => format!("{} and {} more", all[..2].join(", "), all.len() - 2),
    }
}

fn table(told: &Reckoning, field: &str, it: &Report) -> Markup {
    html! {
        section aria-labelledby="groups" {
            h2 #groups { "Each group, in numbers" }
            p { "In brackets stands what all others get. Groups of fewer than " (LEAST) " people are shown, and not judged." }
            div.scroll tabindex="0" role="region" aria-label={"Each " (field)} {
                table.table {
                    thead { tr {
                        th scope="col" { (begun(field)) }
                        th.number scope="col" { "People" }
                        @for it in MEASURES { th scope="col" { (title(it)) } }
                    } }
                    tbody { @for it in &it.groups { tr {
                        th scope="row" { (called(field, &it.name)) }
                        td.number { (Format::Count.full(it.people as f64)) @if it.people < LEAST { br; span.small.soft { "too few" } } }
                        @for measure in MEASURES { td { (cell(told, it, measure)) } }
                    } } }
                }
            }
        }
    }
}

fn cell(told: &Reckoning, group: &Group, measure: Measure) -> Markup {
    let found = group.measures.iter().find(|it| it.measure == measure);
    let known = found.and_then(|it| Some((it, it.ours?)));
    html! {
        @match known {
            None => span.soft { "nothing known" },
            Some((it, ours)) => {
                (said(told, measure, ours))
                @if let Some(others) = it.others { " " span.soft { "(" (said(told, measure, others)) ")" } }
                @if group.people >= LEAST { br; (verdict(it)) }
            }
        }
    }
}

fn verdict(it: &Compared) -> Markup {
    match it.verdict {
        Verdict::TooFew => html! { span.small.soft { (people(it.people.0)) ", too few" } },
        Verdict::MayBeChance => html! { span.small.soft { "may be chance" } },
        Verdict::HardlyChance => html! { b.small { "hardly chance" } },
    }
}

/// What is compared, in a few words.
fn title(it: Measure) -> &'static str {
    match it {
        Measure::MedianWait => "Half were answered within",
        Measure::MeanWait => "Wait on average",
        Measure::NeverAnswered => "Once never answered",
        Measure::Goodwill => "Goodwill, each",
        Measure::Discount => "Taken off the price",
    }
}

/// Its name in an address, and which way is which.
fn meaning(it: Measure) -> (&'static str, &'static str) {
    match it {
        Measure::MedianWait => (
            "median-wait",
            "How much longer the middle wait is than that of all others, in hours. Left of the line: shorter.",
        ),
        Measure::MeanWait => {
            ("mean-wait", "The same on average, in hours; here a single long wait counts much.")
        }
        Measure::NeverAnswered => (
            "never-answered",
            "Of those who asked us something: how many more than of all others once got no answer.",
        ),
        Measure::Goodwill => {
            ("goodwill-given", "How much more than to all others we gave to each of them unasked.")
        }
        Measure::Discount => {
            ("discount", "How much more than for all others was taken off the full price, as a share of it.")
        }
    }
}

/// Waits are kept in minutes and shown in hours.
fn scaled(measure: Measure, value: f64) -> f64 {
    match measure {
        Measure::MedianWait | Measure::MeanWait => value / 60.0,
        _ => value,
    }
}

fn format(told: &Reckoning, measure: Measure) -> Format {
    match measure {
        Measure::MedianWait | Measure::MeanWait => Format::Decimal(1),
        Measure::NeverAnswered | Measure::Discount => Format::Percent,
        Measure::Goodwill => money(told),
    }
}

fn said(told: &Reckoning, measure: Measure, value: f64) -> String {
    match measure {
        Measure::MedianWait | Measure::MeanWait => waited(value),
        _ => format(told, measure).said(value),
    }
}

/// So many minutes, in what one would count them.
fn waited(minutes: f64) -> String {
    let (by, unit) = match minutes {
        ..90.0 => (1.0, "minutes"),
        ..2880.0 => (60.0, "hours"),
        _ => (1440.0, "days"),
    };
    format!("{}\u{a0}{unit}", Format::Count.full(minutes / by))
}

/// A group as people call it.
fn called<'a>(field: &str, name: &'a str) -> &'a str {
    if field == "language" { languages::name(name) } else { name }
}

pub(super) fn drawn(told: &Reckoning) -> Vec<Drawn> {
    told.fairness.iter().flat_map(|(field, it)| of_field(told, field, it)).collect()
}

/// A chart for each measure in which any group is judged and anything differs.
fn of_field(told: &Reckoning, field: &str, it: &Report) -> Vec<Drawn> {
    MEASURES.iter().filter_map(|measure| apart(told, field, it, *measure)).map(Drawn::from).collect()
}

fn apart(told: &Reckoning, field: &str, it: &Report, measure: Measure) -> Option<Bars> {
    let (key, words) = meaning(measure);
    let bar = |group: &Group| {
        let it = group.measures.iter().find(|it| it.measure == measure)?;
        let (low, high) = it.between?;
        let by = scaled(measure, it.ours? - it.others?);
        Some(Bar::new(called(field, &group.name), by).within(scaled(measure, low), scaled(measure, high)))
    };
    let bars: Vec<Bar> = it.groups.iter().filter_map(bar).collect();
    let differs = |it: &Bar| it.value != 0.0 || it.within.is_some_and(|it| it != (0.0, 0.0));
    let figure = figure(&format!("fair-{field}-{key}"), title(measure), words).second();
    let columns = [begun(field), format!("{}, more than others", title(measure))];
    bars.iter()
        .any(differs)
        .then(|| Bars::new(figure, format(told, measure), [&columns[0], &columns[1]], bars).apart())
}
