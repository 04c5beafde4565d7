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
        .map(|it| it.name.as_str())
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
                        th scope="row" { (it.name) }
                        td.number { (Format::Count.full(it.people as f64)) }
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
                br; (verdict(it))
            }
        }
    }
}

fn verdict(it: &Compared) -> Markup {
    match it.verdict {
        Verdict::TooFew => html! { span.small.soft { (people(it.people.0)) ": too few to judge" } },
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
            "The middle wait for an answer, in hours: right of the line they wait longer than all others, left of it shorter.",
        ),
        Measure::MeanWait => (
            "mean-wait",
            "The average wait, in hours, in which a single long one counts much. Right of the line: longer than all others.",
        ),
        Measure::NeverAnswered => (
            "never-answered",
            "The share of those who asked us something and once got no answer. Right of the line: more of them than of all others.",
        ),
        Measure::Goodwill => (
            "goodwill-given",
            "What we gave each of them unasked. Right of the line: more than all others got.",
        ),
        Measure::Discount => (
            "discount",
            "The share of the price that was taken off. Right of the line: more than for all others.",
        ),
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
    let words = format(told, measure).said(scaled(measure, value));
    match measure {
        Measure::MedianWait | Measure::MeanWait => format!("{words} hours"),
        _ => words,
    }
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
        Some(Bar::new(&group.name, by).within(scaled(measure, low), scaled(measure, high)))
    };
    let bars: Vec<Bar> = it.groups.iter().filter_map(bar).collect();
    let differs = |it: &Bar| it.value != 0.0 || it.within.is_some_and(|it| it != (0.0, 0.0));
    let says = format!(
        "{words} The thin line is where the truth lies, ninety-nine times in a hundred. Where it reaches over the middle, it may be chance."
    );
    let figure = figure(&format!("fair-{field}-{key}"), title(measure), &says).second();
    let columns = [begun(field), format!("{}, more than others", title(measure))];
    bars.iter()
        .any(differs)
        .then(|| Bars::new(figure, format(told, measure), [&columns[0], &columns[1]], bars).apart())
}
