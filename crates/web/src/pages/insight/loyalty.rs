//! Why people return: of themselves, for what is taken off, out of habit, or because they cannot leave.

use axum::extract::State as With;
use insight::{
    loyalty::{Group, Loyalty, Report},
    reckoning::Reckoning,
};
use maud::{Markup, html};

use super::{Drawn, chart, figure, how, latest, left_out, money, page, people};
use crate::{
    State,
    charts::{Bar, Bars, Format},
    gate::Desk,
    problem::Answer,
};

pub(super) async fn show(With(state): With<State>, desk: Desk) -> Answer {
    let told = latest(&state, &desk).await?;
    page(&desk, "/insight/loyalty", "Why they return", told.as_ref(), shown)
}

fn shown(told: &Reckoning) -> Markup {
    let it = &told.loyalty;
    let drawn = drawn(told);
    html! {
        p.lead { (it.words) }
        @if it.back == 0 {
            p { "Once somebody bought on a second day, or kept a subscription for more than a month, it can be said why they might have." }
        }
        (chart(&drawn, "loyalty"))
        (chart(&drawn, "loyalty-spent"))
        @if it.back > 0 { (thoughts(told)) }
        @if it.once > 0 { p.soft { (people(it.once)) " bought once so far. They did not come back yet, so they are in none of these." } }
        (how("How it is told", html! {
            p { (it.rule) }
            p { "It is read from what they do, and nobody can see into anybody: on somebody\u{2019}s page stands why it looks so." }
            p.small.soft { "Sources: Dick and Basu (1994), on loyalty that is spurious; Jones and Sasser (1995), on hostages." }
        }))
        (left_out(&it.left_out))
    }
}

/// What to think of each, in the order in which they are shown.
fn thoughts(told: &Reckoning) -> Markup {
    html! {
        section aria-labelledby="think" {
            h2 #think { "What to think of it" }
            dl.meanings {
                @for it in &told.loyalty.groups { div {
                    dt { (name(it.loyalty)) }
                    dd { (meaning(it.loyalty)) @if let Some(each) = each(it) { " " span.soft { "Each spent " (money(told).said(each)) " in the last twelve months, on average." } } }
                } }
            }
        }
    }
}

fn each(it: &Group) -> Option<f64> {
    (it.people > 0 && it.spent > 0).then(|| it.spent as f64 / it.people as f64)
}

fn name(it: Loyalty) -> &'static str {
    match it {
        Loyalty::Earned => "Of themselves",
        Loyalty::Bought => "For what is taken off",
        Loyalty::Habitual => "Out of habit",
        Loyalty::Captive => "Bound",
    }
}

fn meaning(it: Loyalty) -> &'static str {
    match it {
        Loyalty::Earned => {
            "They could go elsewhere and come back here, mostly at full price. It is what everything else should become."
        }
        Loyalty::Bought => {
            "They come when there is a coupon. It costs a part of the price each time, and whoever offers more will have them. Leave it out once, and see who comes anyway."
        }
        Loyalty::Habitual => {
            "They come in a steady rhythm, and nothing else passes between us. It lasts until something disturbs it: a move, a higher price, a shop that is nearer. A good time to say a word, before that."
        }
        Loyalty::Captive => {
            "A contract holds them, or they tried to leave and could not. They count as revenue today and will tell others tomorrow. Let them go easily: some will stay, and those can be counted on."
        }
    }
}

pub(super) fn drawn(told: &Reckoning) -> Vec<Drawn> {
    match told.loyalty.back {
        0 => Vec::new(),
        _ => vec![returning(&told.loyalty).into(), spent(told).into()],
    }
}

fn returning(it: &Report) -> Bars {
    let figure = figure(
        "loyalty",
        "How many come back, and why",
        "Everybody who came back is in one of these. Only the first lasts without anything being done for it.",
    )
    .second();
    let bars = it.groups.iter().map(|it| Bar::new(name(it.loyalty), it.people as f64)).collect();
    Bars::new(figure, Format::Count, ["They come back", "People"], bars)
}

fn spent(told: &Reckoning) -> Bars {
    let figure = figure(
        "loyalty-spent",
        "What they spent in the last twelve months",
        "How much of a year\u{2019}s revenue hangs on each of these reasons.",
    )
    .second();
    let bars = told.loyalty.groups.iter().map(|it| Bar::new(name(it.loyalty), it.spent as f64)).collect();
    Bars::new(figure, money(told), ["They come back", "Spent in twelve months"], bars)
}
