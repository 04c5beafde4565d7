//! How well we lived up to what people allow.

use std::collections::BTreeMap;

use ::house::Permission;
use axum::extract::State as With;
use conversations::{LivedUp, lived_up};
use maud::{Markup, html};

use crate::{
    State,
    charts::{Bar, Bars, Figure, Format},
    gate::Desk,
    layout::{self, Here},
    problem::Answer,
};

/// Days that are looked at.
const DAYS: i64 = 90;

pub(super) async fn show(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let since = desk.now.plus_days(-DAYS);
    let told = state.store().read(move |db| lived_up(db, since)).await?;
    let title = "How well we kept to what people allow";
    let main = html! {
        p { a href="/outreach" { "\u{2190} Outreach" } }
        h1 { (title) }
        p.lead { (in_short(&told)) }
        div.stack {
            (left(&told))
            (kept_back(&told))
            (they_said(&told))
            p.small.soft { "The last " (DAYS) " days. Each message has the gate\u{2019}s word beside it, and the person it was for can read it. "
                a href="/house/policy" { "What may be said to whom" } }
        }
    };
    Ok(layout::page(&desk, Here::Outreach, title, main))
}

fn in_short(told: &LivedUp) -> String {
    let count = |n: i64| Format::Count.said(n as f64);
    match (told.sent(), told.without_a_word) {
        (0, _) => "Nothing left in the last three months.".to_owned(),
        (sent, 0) => {
            let kept = match told.kept_back() {
                0 => "Nothing had to be kept back.".to_owned(),
                1 => "One was kept back for the sake of whoever it was for.".to_owned(),
                many => format!("{} were kept back for the sake of whoever they were for.", count(many)),
            };
            format!("{} messages left, and the gate was asked about each of them. {kept}", count(sent))
        }
        (sent, without) => format!(
            "{} messages left; about {} of them the gate was not asked. That must not be: please tell whoever looks after this house.",
            count(sent),
            count(without)
        ),
    }
}

fn bars(
    key: &str,
    title: &str,
    says: &str,
    columns: [&str; 2],
    of: &BTreeMap<String, i64>,
    name: fn(&str) -> String,
) -> Markup {
    let mut all: Vec<(&String, &i64)> = of.iter().collect();
    all.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let bars = all.into_iter().map(|(what, count)| Bar::new(&name(what), *count as f64)).collect();
    let figure = Figure::new(key, title, says).second().empty("Nothing in these months.");
    Bars::new(figure, Format::Count, columns, bars).draw()
}

fn left(told: &LivedUp) -> Markup {
    let says = "Answers and what somebody ordered come first in a house that listens; what nobody asked for should be the least.";
    bars("left", "What left", says, ["Of which sort", "Messages"], &told.left, sort)
}

fn kept_back(told: &LivedUp) -> Markup {
    html! {
        (bars("refused", "What never left, and why", "Each of these would have reached somebody who did not want it, or could not.", ["Why", "Messages"], &told.refused, capital))
        (bars("held", "What waits, and why", "It leaves when its time comes, if it is still of use then.", ["Why", "Messages"], &told.held, capital))
    }
}

fn they_said(told: &LivedUp) -> Markup {
    let rate = told.complaints_of_a_thousand();
    html! {
        (bars("no", "What they said to it", "Addresses that came to be left alone.", ["What happened", "Addresses"], &told.said_no, happened))
        @if let Some(rate) = rate {
            p { "Complaints: " b { (format!("{rate:.1}")) } " of a thousand messages. "
                @if rate >= 1.0 { "That is one too many in a thousand: whoever complains did not expect us." } @else { "Less than one in a thousand." } }
        }
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|it| it.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn sort(class: &str) -> String {
    match class {
        "" => "Without the gate\u{2019}s word".to_owned(),
        "conversation" => "Answers within a conversation".to_owned(),
        "transactional" => "About something they ordered".to_owned(),
        "marketing" => "What they chose to hear: digests, news".to_owned(),
        "research" => "Questions to them".to_owned(),
        "service_optional" => "Unasked, from one of us".to_owned(),
        "confirmation" => "Confirmations".to_owned(),
        "rights" => "About their own data".to_owned(),
        "security" => "Links and codes to get in".to_owned(),
        "legal" => "What the law wants told".to_owned(),
        other => capital(&other.replace('_', " ")),
    }
}

fn happened(kind: &str) -> String {
    match kind {
        "complaint" => "They complained".to_owned(),
        "address_opt_out" => "They want nothing at this address".to_owned(),
        "hard_bounce" => "Nothing arrives there".to_owned(),
        "soft_bounce" => "Nothing arrived there for a while".to_owned(),
        other => capital(other),
    }
}
