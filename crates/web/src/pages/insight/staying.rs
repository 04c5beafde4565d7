//! Who stays: by the month in which they came, by how long they are here, by subscription, and by what they spend.

use axum::extract::State as With;
use figures::sbg::Sbg;
use insight::{
    reckoning::Reckoning,
    retention::{Aim, Kept, Report, Subscriptions},
};
use maud::{Markup, html};

use super::{Drawn, chart, counted, figure, how, latest, left_out, page, people};
use crate::{
    State,
    charts::{Axis, Cohort, Format, Heat, Lines, Series, Steps},
    gate::Desk,
    problem::Answer,
};

/// Days of a month, on average.
const MONTH: f64 = 365.25 / 12.0;

pub(super) async fn show(With(state): With<State>, desk: Desk) -> Answer {
    let told = latest(&state, &desk).await?;
    page(&desk, "/insight/staying", "Who stays", told.as_ref(), shown)
}

fn shown(told: &Reckoning) -> Markup {
    let it = &told.staying;
    let drawn = drawn(told);
    html! {
        p.lead { (lead(it)) }
        @if it.tenure.is_empty() {
            p { "Nobody\u{2019}s first month as a customer is over yet. Once it is, it can be said how many come again, month by month." }
        }
        (chart(&drawn, "kept"))
        (chart(&drawn, "cohorts"))
        (chart(&drawn, "tenure"))
        @if latest_kept(it).is_none() {
            section aria-labelledby="no-years" {
                h2 #no-years { "What the same people spend again" }
                p { "It takes two years of purchases to say how much of what was spent in one comes again in the next. Then it stands here." }
            }
        }
        (subscribed(it, &drawn))
        (goals(&it.goals))
        (how("How it is counted", html! {
            p { (it.rule) }
            @if let Some((alpha, beta)) = it.model.parameters {
                p { "The dashed line is the shifted-beta-geometric model with α = " (format!("{alpha:.3}")) " and β = " (format!("{beta:.3}"))
                    ": each has a chance of their own to cancel, spread over all as a beta distribution. Those likely to leave go first, so that whoever is left stays longer." }
            }
            p.small.soft { "Sources: Kaplan and Meier (1958); Fader and Hardie (2007), How to Project Customer Retention." }
        }))
        (left_out(&it.left_out))
    }
}

/// The last months of which both is known.
fn latest_kept(it: &Report) -> Option<(&Kept, f64, f64)> {
    it.revenue.iter().rev().find_map(|it| Some((it, it.gross?, it.net?)))
}

fn lead(it: &Report) -> String {
    match (latest_kept(it), it.tenure.get(1).and_then(|it| it.share), it.tenure.last()) {
        (Some((_, gross, net)), ..) => format!(
            "Of what people spent in one year, they spent {} again in the next. Counting also what some of them spent more, it was {}.",
            whole(gross),
            whole(net)
        ),
        (None, Some(next), Some(last)) => format!(
            "Of those who bought for the first time, {} bought again in the next month; {} later it is {} in a month.",
            whole(next),
            counted(last.month, "month", "months"),
            whole(last.share.unwrap_or_default())
        ),
        _ => "It is too early to say who stays.".to_owned(),
    }
}

fn whole(share: f64) -> String {
    Format::Percent.full((share * 100.0).round() / 100.0)
}

fn subscribed(it: &Report, drawn: &[Drawn]) -> Markup {
    html! {
        @if it.subscriptions.count == 0 {
            section aria-labelledby="no-subscriptions" {
                h2 #no-subscriptions { "Subscriptions" }
                p { "Nobody has a subscription, as far as is known here. Their beginnings and ends come in with an import or by the API." }
            }
        } @else {
            (chart(drawn, "subscriptions"))
            @if let Some(words) = &it.model.words { p.small.soft { "The model: " (words) } }
        }
    }
}

fn goals(aims: &[Aim]) -> Markup {
    html! { @if !aims.is_empty() {
        section aria-labelledby="goals" {
            h2 #goals { "What to aim at" }
            p { "Whoever stayed long leaves less often. One goal for all would rise and fall with how many are new; so each stretch has its own." }
            div.scroll tabindex="0" role="region" aria-label="Goals by tenure" {
                table.table {
                    thead { tr {
                        th scope="col" { "Months they are with us" }
                        th.number scope="col" { "Renewals that were due" }
                        th.number scope="col" { "Needed each month" }
                        th.number scope="col" { "Renewed each month" }
                        th scope="col" { "So" }
                    } }
                    tbody { @for it in aims { (aim(it)) } }
                }
            }
        }
    } }
}

fn aim(it: &Aim) -> Markup {
    let short = ((it.expected - it.seen) * it.due as f64).round() as i64;
    let so = match short {
        1.. => format!("{short} more had to renew"),
        0 => "as needed".to_owned(),
        _ => format!("{} more than needed", -short),
    };
    html! { tr {
        th scope="row" { (it.from) " to " (it.until) }
        td.number { (Format::Count.full(it.due as f64)) }
        td.number { (Format::Percent.full(it.expected)) }
        td.number { (Format::Percent.full(it.seen)) }
        td { (so) }
    } }
}

pub(super) fn drawn(told: &Reckoning) -> Vec<Drawn> {
    let it = &told.staying;
    let mut all = Vec::new();
    if latest_kept(it).is_some() {
        all.push(kept(it).into());
    }
    if it.cohorts.iter().any(|it| it.shares.len() > 1) {
        all.push(cohorts(it).into());
    }
    if it.tenure.len() > 1 {
        all.push(tenure(it).into());
    }
    if it.subscriptions.count > 0 {
        all.push(subscriptions(it).into());
    }
    all
}

fn kept(it: &Report) -> Lines {
    let begins = it.revenue.iter().position(|it| it.net.is_some()).unwrap_or_default();
    let points = |of: fn(&Kept) -> Option<f64>| {
        it.revenue[begins..].iter().map(|it| (f64::from(it.month), of(it).unwrap_or(f64::NAN))).collect()
    };
    let figure = figure(
        "kept",
        "What the same people spend again",
        "Twelve months against the twelve before, told at each month\u{2019}s end. The lower line counts nobody for more than before; the upper one counts also what they spent more. Above 100 % the same people make us grow.",
    )
    .second();
    let series = vec![
        Series::new("With what they spent more", points(|it| it.net)),
        Series::new("Without it", points(|it| it.gross)),
    ];
    Lines::new(figure, Axis::months(), Axis::new(Format::Percent, "of the year before"), series)
}

fn cohorts(it: &Report) -> Heat {
    let figure = figure(
        "cohorts",
        "By the month in which they came",
        "Each line is everybody who first bought in one month. A cell tells how many of them bought again in a later month: the darker, the more. Down a column it shows whether those who came later return more or less.",
    )
    .second();
    let one = |it: &insight::retention::Cohort| {
        Cohort::new(&Format::Month.full(f64::from(it.month)), it.size as u64, it.shares.clone())
    };
    Heat::new(figure, ["First bought in", "months later"], it.cohorts.iter().map(one).collect())
}

fn tenure(it: &Report) -> Lines {
    let after = || it.tenure.iter().skip(1);
    let fewest = after().map(|it| it.there).min().unwrap_or_default();
    let figure = figure(
        "tenure",
        "By how long they are here",
        &format!(
            "Which share buys in the first month after the one in which they came, in the second, and so on. It says nothing of those for whom that month is still to come; at the end it stands for {}.",
            people(fewest)
        ),
    )
    .second();
    let points = after().map(|it| (it.month as f64, it.share.unwrap_or(f64::NAN))).collect();
    Lines::new(
        figure,
        Axis::new(Format::Count, "months after the first purchase"),
        Axis::new(Format::Percent, "buy in that month"),
        vec![Series::new("Buy again", points)],
    )
}

fn subscriptions(it: &Report) -> Steps {
    let of = &it.subscriptions;
    let figure = figure("subscriptions", "How long subscriptions last", &lasting(of)).second();
    let at = |it: &insight::retention::Still| it.month as f64;
    let points = of.after_months.iter().map(|it| (at(it), it.share)).collect();
    let band = of.after_months.iter().map(|it| (at(it), it.between.0, it.between.1)).collect();
    let across = Axis::new(Format::Count, "months since it began");
    let steps = Steps::new(figure, across, Series::new("Still there", points).within(band));
    match it.model.parameters.and_then(|(alpha, beta)| Sbg::new(alpha, beta).ok()) {
        Some(model) => {
            let months = of.after_months.iter().map(|it| it.month as u32);
            steps.model(Series::new("Model", months.map(|it| (f64::from(it), model.surviving(it))).collect()))
        }
        None => steps,
    }
}

fn lasting(it: &Subscriptions) -> String {
    let half = match it.median_days {
        Some(days) => {
            let months = (days / MONTH).round() as usize;
            format!("Half of them are over after {}.", counted(months.max(1), "month", "months"))
        }
        None => "More than half last longer than anybody was watched.".to_owned(),
    };
    format!(
        "Of {}, {} ended. {half} The shade is where the truth lies nineteen times in twenty.",
        counted(it.count, "subscription", "subscriptions"),
        Format::Count.full(it.ended as f64)
    )
}
