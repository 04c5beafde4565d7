//! How it goes: with everybody in bands, what that is made of, the signs that call for somebody, and what kinds of relationships there are.

use axum::extract::State as With;
use insight::{
    health::{self, Band, Common, OnAverage, Report, WELL},
    kinds::{Kind, Relation},
    reckoning::Reckoning,
};
use maud::{Markup, html};
use model::PersonId;

use super::{
    Drawn, begun, chart, day_words, figure, how, latest, page, people,
    who::{Named, Who},
};
use crate::{
    State,
    charts::{Bar, Bars, Format},
    gate::Desk,
    problem::Answer,
};

/// People who are named with each sign, and of each kind.
const WITH_A_SIGN: usize = 5;
const OF_A_KIND: usize = 6;

pub(super) async fn show(With(state): With<State>, desk: Desk) -> Answer {
    let told = latest(&state, &desk).await?;
    let who = Who::of(&state, told.iter().flat_map(named).collect()).await?;
    page(&desk, "/insight/health", "How it goes", told.as_ref(), |told| shown(told, &who))
}

/// A few more than are shown, since some may be gone.
fn named(told: &Reckoning) -> Vec<PersonId> {
    let signs =
        told.health.warnings.iter().flat_map(|it| it.named.iter().take(2 * WITH_A_SIGN).map(|it| it.1));
    let kinds = told.kinds.kinds.iter().flat_map(|it| it.named.iter().take(2 * OF_A_KIND).copied());
    signs.chain(kinds).collect()
}

fn shown(told: &Reckoning, who: &Who) -> Markup {
    let it = &told.health;
    if it.people == 0 {
        return html! {
            p.lead { "Nobody is known here yet." }
            p { "With the first conversations it comes to be known how it goes: whether people are answered in time, whether we keep what we promise, and how they say they feel." }
        };
    }
    let drawn = drawn(told);
    html! {
        p.lead { (lead(it)) }
        (chart(&drawn, "bands"))
        (chart(&drawn, "parts"))
        (unknown(it))
        (signs(it, who))
        (chart(&drawn, "kinds"))
        (kinds(told, who))
        (how("How it is read", html! { p { (health::rule()) } p { "Kinds of relationships: " (told.kinds.rule) } }))
    }
}

fn lead(it: &Report) -> String {
    let of = |band: Band| it.bands.iter().find(|it| it.band == band).map_or(0, |it| it.people);
    let known = it.people.saturating_sub(of(Band::Unknown));
    let count = |it: usize| Format::Count.full(it as f64);
    match known {
        0 => format!("Of none of {} enough is known to say how it goes.", people(it.people)),
        _ => format!(
            "Of {} of whom enough is known, it goes well with {}, fairly with {}, and with {} it is strained.",
            people(known),
            count(of(Band::Well)),
            count(of(Band::Fair)),
            count(of(Band::Strained))
        ),
    }
}

/// Parts of which nothing is known of anybody.
fn unknown(it: &Report) -> Markup {
    let nothing: Vec<&str> = it.parts.iter().filter(|it| it.people == 0).map(|it| &*it.words).collect();
    html! { @if !nothing.is_empty() {
        p.small.soft { "Of nobody is known: " (nothing.join(", ")) ". It comes with mail and talks that are kept here, with promises that are noted, and with answers to our questions." }
    } }
}

fn signs(it: &Report, who: &Who) -> Markup {
    html! {
        section aria-labelledby="signs" {
            h2 #signs { "While there is time" }
            @if it.warnings.is_empty() { p { "Nobody shows a sign that something goes wrong." } }
            @else {
                p.soft { "Signs that something goes wrong, the commonest first, and with whom it began last." }
                div.kinds { @for it in &it.warnings { section { (sign(it, who)) } } }
            }
        }
    }
}

fn sign(it: &Common, who: &Who) -> Markup {
    let line = |(since, person): &(i32, PersonId)| -> Named {
        (*person, format!("since {}", day_words(*since)), None)
    };
    let here = it.named.iter().filter(|it| who.line(it.1).is_some()).take(WITH_A_SIGN);
    html! {
        h3 { (people(it.people)) " " (spoken(it)) }
        (who.list(here.map(line)))
    }
}

/// What it says of one, or of several.
fn spoken(it: &Common) -> String {
    use health::Sign;
    let one = match it.sign {
        Sign::Waits => "waits for an answer",
        Sign::FeelsWorse => "feels worse than before",
        Sign::WaitsGrow => "waits longer than they used to",
        Sign::InVain => "no longer answers us",
        Sign::RhythmBroken => "used to buy and has stopped",
        other => other.words(),
    };
    if it.people == 1 { one.to_owned() } else { it.sign.words().to_owned() }
}

fn kinds(told: &Reckoning, who: &Who) -> Markup {
    html! { div.kinds { @for it in told.kinds.kinds.iter().filter(|it| it.people > 0) {
        section {
            h3 { (many(it.relation)) " " span.soft { (Format::Count.full(it.people as f64)) } }
            p.small.soft { (meaning(it.relation)) (corrected(it)) }
            (who.faces(&it.named, OF_A_KIND))
        }
    } } }
}

fn corrected(it: &Kind) -> Markup {
    html! { @match it.corrected {
        0 => {}
        1 => " One of them because one of us said so.",
        count => { " " (count) " of them because one of us said so." }
    } }
}

fn many(it: Relation) -> &'static str {
    match it {
        Relation::Ambassador => "Ambassadors",
        Relation::Friend => "Friends",
        Relation::Regular => "Regulars",
        Relation::Acquaintance => "Acquaintances",
        Relation::Wave => "Waves",
        Relation::LetGo => "To let go",
        Relation::OnlyAddress => "Only an address",
    }
}

fn meaning(it: Relation) -> &'static str {
    match it {
        Relation::Ambassador => "They send us others. Nothing we say of ourselves is worth as much.",
        Relation::Friend => "Long known; it goes both ways, and they tell us what could be better.",
        Relation::Regular => "They come again and again.",
        Relation::Acquaintance => "They bought, or we have talked a few times.",
        Relation::Wave => "We hardly know each other: a word in passing.",
        Relation::LetGo => "They want to be left alone, or it is better for both to part.",
        Relation::OnlyAddress => "There is an address, and nothing ever passed.",
    }
}

pub(super) fn drawn(told: &Reckoning) -> Vec<Drawn> {
    let it = &told.health;
    if it.people == 0 {
        return Vec::new();
    }
    let mut all = vec![bands(it).into(), by_kind(told).into()];
    // How long we know each other says nothing by itself.
    if it.parts.iter().filter(|it| it.people > 0).count() > 1 {
        all.push(parts(it).into());
    }
    all
}

fn bands(it: &Report) -> Bars {
    let figure = figure(
        "bands",
        "With how many it goes how",
        "Everybody is in one of these, by what passed between us in the last twelve months.",
    )
    .second();
    let bars = it.bands.iter().map(|it| Bar::new(band(it.band), it.people as f64)).collect();
    Bars::new(figure, Format::Count, ["How it goes", "People"], bars)
}

fn band(it: Band) -> &'static str {
    match it {
        Band::Well => "Well",
        Band::Fair => "Fairly",
        Band::Strained => "Strained",
        Band::Unknown => "Too little is known",
    }
}

fn parts(it: &Report) -> Bars {
    let says = format!(
        "Each part on average, over those of whom it is known: how many stands in brackets. All the way to the right is as well as it can be; from {} on it goes well.",
        Format::Percent.full(WELL)
    );
    let figure = figure("parts", "What it is made of", &says).second();
    let known = it.parts.iter().filter_map(|it| Some((it, it.value?)));
    let label = |it: &OnAverage| format!("{} ({})", begun(&it.words), Format::Count.full(it.people as f64));
    let bars = known.map(|(it, value)| Bar::new(&label(it), value)).collect();
    Bars::new(figure, Format::Percent, ["Part (how many people)", "Of as well as can be"], bars)
}

fn by_kind(told: &Reckoning) -> Bars {
    let figure = figure(
        "kinds",
        "What relationships are",
        "From those who bring others to those of whom there is only an address. It is read from what was done and said; whoever of us knows better says so on the person\u{2019}s page.",
    )
    .second();
    let bars = told.kinds.kinds.iter().map(|it| Bar::new(many(it.relation), it.people as f64)).collect();
    Bars::new(figure, Format::Count, ["Relationship", "People"], bars)
}
