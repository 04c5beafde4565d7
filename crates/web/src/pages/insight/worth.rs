//! What everybody who is with us is worth from here on, over time, and what moved it.

use axum::extract::State as With;
use insight::{
    reckoning::Reckoning,
    worth::{Equity, Learnt},
};
use maud::{Markup, html};

use super::{Drawn, chart, day_words, figure, how, latest, money, page};
use crate::{
    State,
    charts::{Axis, Lines, Series, Waterfall},
    gate::Desk,
    problem::Answer,
};

/// Months whose moves are told together.
const YEAR: usize = 12;

pub(super) async fn show(With(state): With<State>, desk: Desk) -> Answer {
    let told = latest(&state, &desk).await?;
    page(&desk, "/insight", "What our relationships are worth", told.as_ref(), shown)
}

fn shown(told: &Reckoning) -> Markup {
    let (Some(equity), Some(learnt)) = (&told.equity, &told.learnt) else { return too_few(told) };
    let drawn = drawn(told);
    let money = money(told);
    html! {
        p.lead {
            "Those who are with us today are worth about " strong { (money.said(equity.now())) }
            " to us from here on: the margin on everything they are expected to buy, later money counting less."
        }
        (chart(&drawn, "equity"))
        (chart(&drawn, "moved"))
        (to_come(told, equity))
        (meaning(told, learnt))
    }
}

fn too_few(told: &Reckoning) -> Markup {
    html! {
        p.lead { "There is not enough to learn from yet." }
        p { "Once a dozen people have bought a second time, it can be said how people buy here, and what they are likely to be worth. "
            (told.people) " people are known." }
    }
}

fn to_come(told: &Reckoning, equity: &Equity) -> Markup {
    let money = money(told);
    html! {
        section aria-labelledby="to-come" {
            h2 #to-come { "Those still to come" }
            @match equity.to_come.filter(|_| equity.expected_new >= 1.0) {
                Some(value) => p {
                    "If as many come within the next year as within the last (about " (equity.expected_new.round() as i64)
                    "), they will be worth about " strong { (money.said(value)) } " more, before what it costs to win them. It is not part of the number above."
                },
                None => p.soft { "Nobody new came within the last year, so nothing is expected of those to come." },
            }
        }
    }
}

fn meaning(told: &Reckoning, learnt: &Learnt) -> Markup {
    html! {
        section aria-labelledby="means" {
            h2 #means { "What this number means" }
            p {
                "From when people bought, a model learns how often somebody like them buys, and how likely it is that they have silently left. "
                "Nobody is sure to return: each purchase still to come counts only by its probability. "
                a href="/insight/returning" { "How well the model did on months it had not seen" }
                " is there to look at, beside what anybody could have guessed."
            }
            (how("How it is computed", html! {
                dl.meanings {
                    div { dt { "Who" } dd { (learnt.people) " people who bought, " (learnt.returned) " of them again, until " (day_words(learnt.until)) } }
                    div { dt { "Model of buying" } dd { (name(&learnt.buying.model)) ": " (parameters(&learnt.buying.params.0)) " (times in weeks). " (learnt.buying.words) } }
                    @match &learnt.spending {
                        Some(it) => div { dt { "Model of spending" } dd { "Gamma-Gamma: " (parameters(&it.params.0)) } },
                        None => div { dt { "Model of spending" } dd { (learnt.no_spending.as_deref().unwrap_or("none")) } },
                    }
                    div { dt { "Value of one person" } dd {
                        "P(there) × ∫ expected purchases × e" sup { "−δt" } " dt × expected spend × margin, with δ = ln(1 + " (percent(told.prices.discount))
                        ") a year and a margin of " (percent(1.0 - told.prices.goods)) " of the price"
                    } }
                    div { dt { "Equity" } dd { "The sum over all who bought. Each month is told with what is known today of how people buy." } }
                    div { dt { "Lost" } dd { "Whose probability of being there fell below " (percent(insight::worth::LOST_BELOW)) " in that month." } }
                }
                p.small.soft { "Sources: Fader, Hardie and Lee (2005); Schmittlein, Morrison and Colombo (1987); Fader and Hardie (2013); Rust, Lemon and Zeithaml (2004)." }
            }))
        }
    }
}

/// What a model is called in the literature.
pub(super) fn name(model: &str) -> &str {
    match model {
        "bgnbd" => "BG/NBD",
        "mbgnbd" => "MBG/NBD",
        "paretonbd" => "Pareto/NBD",
        "nbd" => "NBD, in which nobody ever leaves",
        other => other,
    }
}

fn parameters(all: &[(String, f64)]) -> String {
    all.iter().map(|(name, value)| format!("{name} = {value:.4}")).collect::<Vec<_>>().join(", ")
}

fn percent(share: f64) -> String {
    crate::charts::Format::Percent.full(share)
}

pub(super) fn drawn(told: &Reckoning) -> Vec<Drawn> {
    let Some(equity) = told.equity.as_ref().filter(|it| !it.months.is_empty()) else { return Vec::new() };
    let over = over_time(told, equity);
    let moved = moved(told, equity);
    vec![over.into(), moved.into()]
}

fn over_time(told: &Reckoning, equity: &Equity) -> Lines {
    let points: Vec<(f64, f64)> = equity.months.iter().map(|it| (f64::from(it.month), it.value)).collect();
    let says = match equity.months.as_slice() {
        [.., before, now] if equity.months.len() > YEAR => {
            let then = &equity.months[equity.months.len() - 1 - YEAR];
            let grew = now.value - then.value;
            let way = if grew >= 0.0 { "more" } else { "less" };
            let last =
                if now.value >= before.value { "Last month it grew." } else { "Last month it shrank." };
            format!("{} {way} than a year before. {last}", money(told).said(grew.abs()))
        }
        _ => "Month by month, the value of everybody who was there.".to_owned(),
    };
    let figure = figure("equity", "The value of all who are there", &says).second();
    let series = vec![Series::new("Worth", points)];
    Lines::new(figure, Axis::months(), Axis::new(money(told), "worth"), series)
}

fn moved(told: &Reckoning, equity: &Equity) -> Waterfall {
    let months = &equity.months[equity.months.len().saturating_sub(YEAR)..];
    let sum = |of: fn(&insight::worth::Moved) -> f64| months.iter().map(of).sum::<f64>();
    let (new, better, worse, lost) =
        (sum(|it| it.new), sum(|it| it.better), sum(|it| it.worse), sum(|it| it.lost));
    let end = equity.now();
    let begin = end - new - better - worse - lost;
    let money = money(told);
    let came = match new {
        0.0 => "Nobody new came.".to_owned(),
        new => format!("New people brought {}.", money.said(new)),
    };
    let says = format!(
        "{came} With those who bought more than expected it grew by {}; with those who stayed away it shrank by {}, and {} went with those who are probably lost.",
        money.said(better),
        money.said(-worse),
        money.said(-lost)
    );
    let figure = figure("moved", "What moved it within a year", &says).second();
    let moves = vec![
        ("New people".to_owned(), new),
        ("Better".to_owned(), better),
        ("Worse".to_owned(), worse),
        ("Lost".to_owned(), lost),
    ];
    Waterfall::new(figure, money, ("A year ago", begin), moves, "Now")
}
