//! Who brings what: what a year's customers left with us after all that it took, whom it came from, and whom we invested in.

use axum::extract::State as With;
use insight::{
    profit::{Leaders, Report, Somebody},
    reckoning::Reckoning,
};
use maud::{Markup, html};
use model::PersonId;

use super::{
    Drawn, assumed, chart, day_words, facts, figure, how, latest, left_out, money, page, people,
    who::{Named, Who},
};
use crate::{
    State,
    charts::{Format, Waterfall, Whale},
    gate::Desk,
    problem::Answer,
};

pub(super) async fn show(With(state): With<State>, desk: Desk) -> Answer {
    let told = latest(&state, &desk).await?;
    let who = Who::of(&state, told.iter().flat_map(|it| named(&it.profit)).collect()).await?;
    page(&desk, "/insight/profit", "Who brings what", told.as_ref(), |told| shown(told, &who))
}

fn named(it: &Report) -> Vec<PersonId> {
    let open = it.leaders.open.iter().map(|it| it.person);
    it.best.iter().chain(&it.costliest).map(|it| it.person).chain(open).collect()
}

fn shown(told: &Reckoning, who: &Who) -> Markup {
    let it = &told.profit;
    if it.people == 0 {
        return html! {
            p.lead { "Nobody bought anything in the last twelve months, as far as is known here." }
            p { "Purchases come in with an import, by the API, or are noted on somebody\u{2019}s page. From then on it can be said what each of them brings, and what it takes to serve them." }
        };
    }
    let drawn = drawn(told);
    html! {
        p.lead { (lead(told)) }
        (chart(&drawn, "whale"))
        (chart(&drawn, "left"))
        (uncounted(it))
        (both_ends(told, who))
        (investments(told, who))
        (how("How it is counted", html! {
            p { "From " (day_words(it.period.from)) " until " (day_words(it.period.to - 1)) ". " (it.rule) }
            p { "The curve adds up what each person left, the best first. Where it stands above the line, that much is lost again with those who come later." }
            p.small.soft { "Sources: Kaplan and Narayanan (2001), Measuring and Managing Customer Profitability; Kaplan and Anderson (2004), Time-Driven Activity-Based Costing." }
        }))
        (left_out(&it.left_out))
        (assumed())
    }
}

fn lead(told: &Reckoning) -> String {
    let (it, money) = (&told.profit, money(told));
    let left = money.said(it.left.unsigned_abs() as f64);
    let costing = match it.costing_more {
        0 => "Nobody costs more than they bring.".to_owned(),
        count => format!("With {} of them more went out than came in.", people(count)),
    };
    match it.left {
        0.. => format!(
            "Within a year {} left {left} with us, after all that it took to win and to serve them. {costing}",
            people(it.people)
        ),
        _ => format!(
            "Within a year {} cost us {left} more than they brought, all told. {costing}",
            people(it.people)
        ),
    }
}

/// What stands in no bar because nobody said what it costs.
fn uncounted(it: &Report) -> Markup {
    let nothing: Vec<&str> = parts(it).into_iter().filter(|it| it.1 == 0).map(|it| it.2).collect();
    html! { @if let Some((last, others)) = nothing.split_last() {
        p.small.soft {
            "Nothing was counted for " (others.join(", ")) @if !others.is_empty() { " and " } (last) ". "
            a href="/insight/prices" { "What is assumed" } " where nothing was noted can be changed."
        }
    } }
}

/// What each is called in the chart, what it took, and what it is called in a sentence.
fn parts(it: &Report) -> [(&'static str, i64, &'static str); 7] {
    let whole = &it.whole;
    [
        ("Discounts", whole.discounts, "discounts"),
        ("Went back to them", whole.returned, "what went back to them"),
        ("Goods", whole.goods, "goods"),
        ("Our time", whole.serving, "our time"),
        ("Goodwill", whole.goodwill, "goodwill"),
        ("Keeping them", whole.keeping, "keeping them"),
        ("Winning them", whole.winning, "winning them"),
    ]
}

fn both_ends(told: &Reckoning, who: &Who) -> Markup {
    let money = money(told);
    let said = |it: &Somebody| money.said(it.left.unsigned_abs() as f64);
    let best = |it: &Somebody| -> Named { (it.person, format!("left {} with us", said(it)), None) };
    let costliest =
        |it: &Somebody| -> Named { (it.person, format!("cost {} more than they brought", said(it)), None) };
    html! {
        div.two {
            section aria-labelledby="most" {
                h2 #most { "Who brings most" }
                p.small.soft.hint { "Within a year, all told. A word of thanks costs little." }
                (who.list(told.profit.best.iter().map(best)))
            }
            section aria-labelledby="costs" {
                h2 #costs { "Who costs most" }
                @if told.profit.costliest.is_empty() { p.hint { "Nobody costs more than they bring." } }
                @else {
                    p.small.soft.hint { "It is often our doing: look before you judge." }
                    (who.list(told.profit.costliest.iter().map(costliest)))
                }
            }
        }
    }
}

fn investments(told: &Reckoning, who: &Who) -> Markup {
    let (it, money) = (&told.profit.leaders, money(told));
    let open = it.open.iter().map(|it| {
        let since = format!("came on {}", day_words(it.first));
        (it.person, since, Some(html! { (money.said(it.put_in as f64)) " put in" }))
    });
    html! {
        section aria-labelledby="invested" {
            h2 #invested { "Won with a gift, or at a loss" }
            @if it.people == 0 {
                p { "Nobody who came within the year had a discount of which is known what it was worth, or left less than it cost." }
            } @else {
                p { (it.words) }
                (facts("What was invested", &paid_back(told, it)))
                @if !it.open.is_empty() {
                    h3 { "Largest that are still open" }
                    (who.list(open))
                }
                (how("How an investment is told from a loss", html! { p { (it.rule) } }))
            }
            @if it.unknown > 0 { p.small.soft { (people(it.unknown)) " came with a coupon of which nobody knows what it was worth; they are not counted." } }
        }
    }
}

fn paid_back(told: &Reckoning, it: &Leaders) -> Vec<(&'static str, String)> {
    let share = |it: f64| Format::Percent.full((it * 100.0).round() / 100.0);
    let mut rows = vec![
        ("Put in", money(told).said(it.put_in as f64)),
        ("People", Format::Count.full(it.people as f64)),
        ("Have paid it back so far", Format::Count.full(it.paid_back as f64)),
    ];
    if let Some(within) = it.within_a_year {
        let between = it.within_a_year_between;
        let between =
            between.map_or_else(String::new, |(low, high)| format!(" ({} to {})", share(low), share(high)));
        rows.push(("Expected to pay it back within a year", share(within) + &between));
    }
    rows
}

pub(super) fn drawn(told: &Reckoning) -> Vec<Drawn> {
    match told.profit.people {
        0 => Vec::new(),
        _ => vec![whale(told).into(), left(told).into()],
    }
}

fn whale(told: &Reckoning) -> Whale {
    let curve = &told.profit.curve;
    let figure = figure("whale", "Whom it comes from", &curve.words)
        .second()
        .empty("All together left nothing, so there are no shares of it to draw.");
    let shares = curve.points.iter().skip(1).map(|it| (it.people, it.share.unwrap_or(f64::NAN)));
    Whale::new(figure, shares.collect())
}

fn left(told: &Reckoning) -> Waterfall {
    let it = &told.profit;
    let figure = figure(
        "left",
        "From what was bought to what is left",
        "Each bar takes away what one thing cost, until only that is left which stays with us.",
    )
    .second();
    let moves =
        parts(it).into_iter().filter(|it| it.1 != 0).map(|(name, took, _)| (name.to_owned(), -(took as f64)));
    Waterfall::new(figure, money(told), ("At full price", it.whole.revenue as f64), moves.collect(), "Left")
}
