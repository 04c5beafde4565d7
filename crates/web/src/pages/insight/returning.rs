//! Who returns: how well models and guesses did on days that none of them had seen.

use axum::extract::{Query, State as With};
use insight::{
    lives::{date_of, day_of},
    reckoning::{self, Reckoning},
    worth::{Backtest, Tried},
};
use jiff::civil::Date;
use maud::{Markup, html};
use serde::Deserialize;

use super::{Drawn, chart, day_words, figure, how, latest, page, worth::name};
use crate::{
    State,
    charts::{Axis, Bar, Bars, Format, Lines, Series},
    gate::Desk,
    problem::{Answer, Problem},
};

/// The last day that is to be learnt from, where somebody wants to know.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Asked {
    until: String,
}

pub(super) async fn show(With(state): With<State>, desk: Desk, Query(asked): Query<Asked>) -> Answer {
    let mut told = latest(&state, &desk).await?;
    if let Some(told) = told.as_mut().filter(|_| !asked.until.is_empty()) {
        let day: Date =
            asked.until.parse().map_err(|_| Problem::unfit("until", "is no day like 2026-03-01"))?;
        told.backtest = reckoning::backtest(state.store(), day_of(day)).await?;
    }
    page(&desk, "/insight/returning", "Who returns", told.as_ref(), |told| shown(told, &asked))
}

/// Anybody may hold the models against other days.
fn ask(asked: &Asked, held: Option<&Backtest>) -> Markup {
    let until = held.map_or(asked.until.clone(), |it| date_of(it.learnt_until).to_string());
    html! {
        form.row method="get" action="/insight/returning" {
            label for="until" { "Learn until" }
            input #until type="date" name="until" value=(until) required;
            button.quiet { "Try it" }
        }
    }
}

fn shown(told: &Reckoning, asked: &Asked) -> Markup {
    let Some(held) = &told.backtest else {
        return html! {
            @if !asked.until.is_empty() { p.said { "There are too few days, or too few people who came back, on one side of that day." } (ask(asked, None)) }
            p.lead { "There is not enough to hold back yet." }
            p { "A model is only to be trusted if it foretold days that it had not seen. That takes some weeks of purchases, and a dozen people who came back." }
        };
    };
    let drawn = drawn(told);
    html! {
        p.lead { (verdict(held)) }
        p {
            "Each model learnt from everything until " (day_words(held.learnt_until)) ", of " (Format::Count.said(held.people as f64))
            " people. Then it had to say how often each of them would buy until " (day_words(held.held_until))
            ". What they really did is known: " strong { (Format::Count.said(held.happened)) " purchases" } "."
        }
        (ask(asked, Some(held)))
        (chart(&drawn, "foretold"))
        (table(held))
        (chart(&drawn, "by-repeats"))
        (chart(&drawn, "guesses"))
        (how("How to read this", html! {
            p { "“Off by” is how far the number that was foretold for one person lies from what they did, on average. The second number squares "
                "the distances first, so that large misses count more; the model with the least of it is used." }
            p { "Guesses need no model: that everybody buys as often as before, at the same rate, like the average, or that nobody returns. "
                "Most people buy nothing in a given time, so “nobody returns” is hard to beat for single people, and useless for the sum." }
            p.small.soft { "A model may lose here and be right about the sum, or the other way round. Nothing on this page is hidden because it looks bad." }
        }))
    }
}

fn verdict(held: &Backtest) -> String {
    let Some(chosen) = held.tried.iter().find(|it| it.name == held.chosen) else { return String::new() };
    let sum = match chosen.off {
        off if off.abs() < 1.0 => "and met the sum of all purchases".to_owned(),
        off if off > 0.0 => format!("and foretold {off:.0} % too many purchases in all"),
        off => format!("and foretold {:.0} % too few purchases in all", -off),
    };
    let beside = match held.lost_to.as_slice() {
        [] => "It did better than every guess".to_owned(),
        lost => format!("For single people it did no better than guessing “{}”", lost.join("” or “")),
    };
    format!("{} did best on days it had not seen. {beside}, {sum}.", name(&held.chosen))
}

fn table(held: &Backtest) -> Markup {
    let row = |it: &Tried| {
        html! {
            tr {
                th scope="row" { (name(&it.name)) @if it.name == held.chosen { " " span.small.soft { "(used)" } } }
                td.number { (format!("{:.3}", it.mae)) }
                td.number { (format!("{:.3}", it.rmse)) }
                td.number { (Format::Count.full(it.foretold)) }
                td.number { (format!("{:+.1} %", it.off)) }
            }
        }
    };
    html! {
        section aria-labelledby="tried" {
            h2 #tried { "What was tried" }
            div.scroll tabindex="0" role="region" aria-label="Each model and guess" {
                table.table {
                    thead { tr {
                        th scope="col" { "Model or guess" }
                        th.number scope="col" { "Off by, a person" }
                        th.number scope="col" { "Large misses count more" }
                        th.number scope="col" { "Foretold in all" }
                        th.number scope="col" { "Sum off by" }
                    } }
                    tbody { @for it in &held.tried { (row(it)) } }
                }
            }
        }
    }
}

pub(super) fn drawn(told: &Reckoning) -> Vec<Drawn> {
    let Some(held) = &told.backtest else { return Vec::new() };
    let (foretold, repeats, guesses) = (foretold(held), by_repeats(held), guesses(held));
    vec![foretold.into(), repeats.into(), guesses.into()]
}

fn foretold(held: &Backtest) -> Lines {
    let seen = held.by_week.iter().map(|(week, seen, _)| (f64::from(*week), *seen)).collect();
    let expected = held.by_week.iter().map(|(week, _, expected)| (f64::from(*week), *expected)).collect();
    let figure = figure(
        "foretold",
        "Purchases by those who came back, added up week by week",
        "The shaded part was not seen by the model: it had learnt only from what stands left of it.",
    )
    .second();
    let lines = vec![Series::new("Happened", seen), Series::new("Foretold", expected).expected()];
    let weeks = held.by_week.len() as f64;
    let part = f64::from(held.learnt_until - first(held)) / f64::from((held.held_until - first(held)).max(1));
    Lines::new(
        figure,
        Axis::new(Format::Count, "weeks since the first purchase"),
        Axis::new(Format::Count, "purchases"),
        lines,
    )
    .mark(weeks * part, "not seen from here on")
}

/// The first day of all, from the number of weeks.
fn first(held: &Backtest) -> insight::lives::Day {
    held.held_until - held.by_week.len() as i32 * 7
}

fn by_repeats(held: &Backtest) -> Lines {
    let points = |of: fn(&(u32, usize, f64, f64)) -> f64| {
        held.by_repeats.iter().map(|it| (f64::from(it.0), of(it))).collect()
    };
    let figure = figure(
        "by-repeats",
        "By how often they had come back before",
        "Purchases of one person in the time held back, on average: those who came back more often before come back more often again. The last point stands for all who came back that often or more.",
    )
    .second();
    let lines = vec![
        Series::new("Happened", points(|it| it.2)),
        Series::new("Foretold", points(|it| it.3)).expected(),
    ];
    Lines::new(
        figure,
        Axis::new(Format::Count, "times they had come back"),
        Axis::new(Format::Decimal(1), "purchases a person"),
        lines,
    )
}

fn guesses(held: &Backtest) -> Bars {
    let figure = figure(
        "guesses",
        "How far the sum was off",
        "Left of the line: too few purchases foretold. Right of it: too many.",
    )
    .second();
    let bars = held.tried.iter().map(|it| Bar::new(name(&it.name), it.off / 100.0)).collect();
    Bars::new(figure, Format::Percent, ["What was tried", "Sum off by"], bars)
}
