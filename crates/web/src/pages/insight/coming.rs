//! Where people come from: by friends first, then by what else; how much of our growth is earned; and who brought whom.

use axum::extract::State as With;
use insight::{
    coming::{Ambassador, Ambassadors, FRIEND, InMonth, Report, Source, UNKNOWN},
    reckoning::Reckoning,
};
use maud::{Markup, html};
use model::PersonId;

use super::{Drawn, assumed, begun, chart, figure, how, latest, left_out, money, page, people, who::Who};
use crate::{
    State,
    charts::{Axis, Bar, Bars, Format, Lines, Series, Waterfall},
    gate::Desk,
    pages::parts::someone,
    problem::Answer,
};

/// Ambassadors that are named, and of those whom each brought.
const NAMED: usize = 20;
const BROUGHT: usize = 5;

pub(super) async fn show(With(state): With<State>, desk: Desk) -> Answer {
    let told = latest(&state, &desk).await?;
    let who = Who::of(&state, told.iter().flat_map(|it| named(&it.coming.ambassadors)).collect()).await?;
    page(&desk, "/insight/coming", "Where people come from", told.as_ref(), |told| shown(told, &who))
}

fn named(it: &Ambassadors) -> Vec<PersonId> {
    it.named.iter().take(NAMED).flat_map(|it| it.brought.iter().chain([&it.person])).copied().collect()
}

fn shown(told: &Reckoning, who: &Who) -> Markup {
    let it = &told.coming;
    let drawn = drawn(told);
    html! {
        p.lead { (lead(it)) }
        (chart(&drawn, "sources"))
        (chart(&drawn, "source-spend"))
        (unasked(it))
        (chart(&drawn, "coming-by-month"))
        (grown(it, &drawn))
        (ambassadors(told, who))
        (how("How it is counted", html! {
            p { (it.rule) }
            p { (it.earned.rule) }
            p { (it.ambassadors.rule) }
            p.small.soft { "Sources: Reichheld, Darnell and Burns (2021), Net Promoter 3.0, on earned growth; Kumar, Petersen and Leone (2007, 2010), on the value of referrals." }
        }))
        (left_out(&it.left_out))
        (assumed())
    }
}

fn lead(it: &Report) -> String {
    let all: usize = it.sources.iter().map(|it| it.people).sum();
    let of = |by: &str| it.sources.iter().find(|it| it.by == by).map_or(0, |it| it.people);
    match (all, of(FRIEND), all - of(UNKNOWN)) {
        (0, ..) => "Nobody is known here yet.".to_owned(),
        (_, _, 0) => format!("Of none of {} it is known why they came.", people(all)),
        (_, friends, known) => format!(
            "Of {} of whom it is known why they came, {} came because a friend recommended us.",
            people(known),
            Format::Count.full(friends as f64)
        ),
    }
}

/// How it comes to be known why somebody came.
fn unasked(it: &Report) -> Markup {
    let unknown = it.sources.iter().find(|it| it.by == UNKNOWN).map_or(0, |it| it.people);
    html! { @if unknown > 0 {
        section aria-labelledby="why" {
            h2 #why { "Why did you come?" }
            p { "Of " (people(unknown)) " nobody knows. It is asked once, and nobody has to answer: one of us asks when there is an occasion and notes it on the person\u{2019}s page; "
                "or they say it themselves where they see what we know of them. Whoever says that a friend sent them may say who." }
            p.small.soft { "Nothing is guessed from where a visit came from: a link tells which page was before, and not why." }
        }
    } }
}

fn grown(it: &Report, drawn: &[Drawn]) -> Markup {
    html! {
        @if it.earned.total.is_none() {
            section aria-labelledby="grown" {
                h2 #grown { "Earned and bought growth" }
                p { "It takes two years of purchases to say how much we grew, and by whom. " (it.earned.words) }
            }
        } @else { (chart(drawn, "growth")) }
    }
}

fn ambassadors(told: &Reckoning, who: &Who) -> Markup {
    let (it, money) = (&told.coming.ambassadors, money(told));
    html! {
        section aria-labelledby="ambassadors" {
            h2 #ambassadors { "Who brought whom" }
            p { (it.words) @if it.unnamed > 0 { " Somebody recommended us to " (people(it.unnamed)) " more, of whom nobody knows who they are." } }
            @if it.count == 0 {
                p.soft { "It comes to be known when somebody who comes says who sent them, or when one of us notes a recommendation on a person\u{2019}s page." }
            } @else {
                p { "All customers together have been worth " (money.said(it.worth as f64)) " so far. Of that, " strong { (money.said(it.of_which_owed as f64)) }
                    " is owed to recommendations. It is told beside, and never added: nobody is worth their money twice." }
                ul.people { @for one in it.named.iter().take(NAMED) { (ambassador(told, one, who)) } }
                @if it.named.len() > NAMED { p.small.soft { "And " (it.count - NAMED) " more." } }
            }
        }
    }
}

fn ambassador(told: &Reckoning, it: &Ambassador, who: &Who) -> Markup {
    let money = money(told);
    let words = match it.customers {
        0 => format!("brought {}; none of them bought yet", people(it.brought.len())),
        count => format!(
            "brought {}, of whom {count} bought for {}",
            people(it.brought.len()),
            money.said(it.spent as f64)
        ),
    };
    html! { @if let Some(line) = who.line(it.person) { li {
        (someone(line, &words, Some(html! { "worth " (money.said(it.worth as f64)) })))
        p.after.small.soft { "They sent us " (who.names(&it.brought, BROUGHT)) "." }
    } } }
}

pub(super) fn drawn(told: &Reckoning) -> Vec<Drawn> {
    let it = &told.coming;
    let mut all = Vec::new();
    if is_any_known(it) {
        all.push(sources(it).into());
    }
    if it.months.iter().any(|it| it.people > 0) {
        all.push(by_month(it).into());
    }
    if is_any_known(it) && it.sources.iter().any(|it| it.average.is_some()) {
        all.push(spend(told).into());
    }
    if it.earned.total.is_some() {
        all.push(growth(told).into());
    }
    all
}

/// Whether it is known of anybody why they came.
fn is_any_known(it: &Report) -> bool {
    it.sources.iter().any(|it| it.by != UNKNOWN && it.people > 0)
}

fn label(it: &Source) -> String {
    begun(it.words())
}

fn sources(it: &Report) -> Bars {
    let figure = figure(
        "sources",
        "By whose word, or by what",
        "How many people came by each. Friends stand first, since no other way of being found is worth more; those of whom nobody knows stand last.",
    )
    .second();
    let bars = it.sources.iter().map(|it| Bar::new(&label(it), it.people as f64)).collect();
    Bars::new(figure, Format::Count, ["They came by", "People"], bars)
}

fn spend(told: &Reckoning) -> Bars {
    let known = told.coming.sources.iter().filter_map(|it| Some((it, it.average?)));
    let figure = figure(
        "source-spend",
        "What they spent in their first year",
        "One customer, on average. Only those count whose first twelve months are over.",
    )
    .second();
    let bars =
        known.map(|(it, average)| Bar::new(&format!("{} ({})", label(it), it.whole_years), average as f64));
    Bars::new(figure, money(told), ["They came by (how many)", "Spent in the first year"], bars.collect())
}

fn by_month(it: &Report) -> Lines {
    let points =
        |of: fn(&InMonth) -> usize| it.months.iter().map(|it| (f64::from(it.month), of(it) as f64)).collect();
    let figure = figure(
        "coming-by-month",
        "Whom we met, month by month",
        "Everybody of whom we first heard in a month, and how many of them came by a friend. The month that is not over yet looks small.",
    )
    .second();
    let mut series = vec![Series::new("Everybody", points(|it| it.people))];
    if is_any_known(it) {
        series.push(Series::new("By a friend", points(|it| it.by_friends)));
        series.push(Series::new("Nobody knows", points(|it| it.unknown)).compared());
    }
    Lines::new(figure, Axis::months(), Axis::new(Format::Count, "people a month"), series)
}

fn growth(told: &Reckoning) -> Waterfall {
    let it = &told.coming.earned;
    let figure = figure("growth", "Earned and bought growth", &said(told)).second();
    let moves = vec![
        ("The same people".to_owned(), (it.from_before - it.last_year) as f64),
        ("New, by a friend".to_owned(), it.from_earned as f64),
        ("All others".to_owned(), it.from_bought as f64),
    ];
    Waterfall::new(figure, money(told), ("The year before", it.last_year as f64), moves, "Last 12 months")
}

fn said(told: &Reckoning) -> String {
    let it = &told.coming.earned;
    let (Some(total), Some(earned)) = (it.total, it.earned) else { return it.words.clone() };
    let whole = |it: f64| Format::Percent.full((it.abs() * 100.0).round() / 100.0);
    let way = if total < 0.0 { "shrank" } else { "grew" };
    let way_of_earned = if earned < 0.0 { "shrunk" } else { "grown" };
    let unknown = match it.unknown {
        0 => String::new(),
        count => format!(
            " Of {} who are new nobody knows why they came; they count as bought until somebody asks them.",
            people(count)
        ),
    };
    format!(
        "We {way} by {}. By those who stayed and those whom they sent us alone, we would have {way_of_earned} by {}: that part is earned, and the rest is bought.{unknown}",
        whole(total),
        whole(earned)
    )
}
