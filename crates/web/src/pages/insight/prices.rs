//! What we assume where nothing was noted: minutes, what they cost, and the like. Whoever may sets it; every version is kept.

use std::collections::BTreeMap;

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Query, State as With},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use insight::{
    InsightError,
    lives::Deed,
    prices::{self, Prices, Version},
    reckoning,
};
use maud::{Markup, html};
use model::Money;
use serde::Deserialize;
use serde_json::json;

use super::{how, latest, rooms};
use crate::{
    State,
    charts::Format,
    gate::Desk,
    layout::{self, Here},
    pages::parts::{Names, name_of, names},
    problem::{Answer, Problem},
    when,
};

/// Earlier versions that are shown.
const SHOWN: usize = 20;

/// One thing that is assumed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Minutes(Deed),
    Minute,
    Goods,
    Winning,
    Keeping,
    Reward,
    Discount,
}

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Minutes,
    Money,
    Percent,
}

const GROUPS: [(&str, &str, &[What]); 3] = [
    (
        "Our time",
        "Minutes that each takes, where nobody noted how long it took.",
        &[
            What::Minutes(Deed::Mail),
            What::Minutes(Deed::Line),
            What::Minutes(Deed::Call),
            What::Minutes(Deed::Visit),
            What::Minutes(Deed::Meeting),
            What::Minutes(Deed::Order),
            What::Minutes(Deed::Return),
        ],
    ),
    ("What it costs", "", &[What::Minute, What::Goods, What::Winning, What::Keeping, What::Reward]),
    ("Later money", "", &[What::Discount]),
];

fn every() -> impl Iterator<Item = What> {
    GROUPS.iter().flat_map(|it| it.2).copied()
}

impl What {
    fn key(self) -> &'static str {
        match self {
            Self::Minutes(Deed::Mail) => "minutes_mail",
            Self::Minutes(Deed::Line) => "minutes_line",
            Self::Minutes(Deed::Call) => "minutes_call",
            Self::Minutes(Deed::Visit) => "minutes_visit",
            Self::Minutes(Deed::Meeting) => "minutes_meeting",
            Self::Minutes(Deed::Order) => "minutes_order",
            Self::Minutes(Deed::Return) => "minutes_return",
            Self::Minute => "minute",
            Self::Goods => "goods",
            Self::Winning => "winning",
            Self::Keeping => "keeping",
            Self::Reward => "reward",
            Self::Discount => "discount",
        }
    }
    fn name(self) -> &'static str {
        match self {
            Self::Minutes(Deed::Mail) => "A mail",
            Self::Minutes(Deed::Line) => "A line in a chat",
            Self::Minutes(Deed::Call) => "A call",
            Self::Minutes(Deed::Visit) => "A visit",
            Self::Minutes(Deed::Meeting) => "A meeting",
            Self::Minutes(Deed::Order) => "An order made ready",
            Self::Minutes(Deed::Return) => "Something that comes back",
            Self::Minute => "A minute of our time",
            Self::Goods => "Goods, of their full price",
            Self::Winning => "Winning a customer",
            Self::Keeping => "Keeping a customer, a year",
            Self::Reward => "Reward for bringing a customer",
            Self::Discount => "Worth less, a year later",
        }
    }
    fn hint(self) -> &'static str {
        match self {
            Self::Minutes(_) => "",
            Self::Minute => "Wages with all that comes with them, divided by the minutes that are worked.",
            Self::Goods => {
                "What we pay for what we sell, where a purchase does not say. The rest is the margin."
            }
            Self::Winning => "What is spent on advertising and the like, divided by those who came.",
            Self::Keeping => "What is spent a year on each who is there, marketing included.",
            Self::Reward => "Nothing, if nobody gets anything for it.",
            Self::Discount => {
                "How much less money is worth to us that comes a year later. A house that borrows takes what borrowing costs."
            }
        }
    }
    fn unit(self) -> Unit {
        match self {
            Self::Minutes(_) => Unit::Minutes,
            Self::Minute | Self::Winning | Self::Keeping | Self::Reward => Unit::Money,
            Self::Goods | Self::Discount => Unit::Percent,
        }
    }
    fn of(self, it: &Prices) -> f64 {
        match self {
            Self::Minutes(deed) => it.minutes_of(deed),
            Self::Minute => it.minute,
            Self::Goods => it.goods,
            Self::Winning => it.winning as f64,
            Self::Keeping => it.keeping as f64,
            Self::Reward => it.reward as f64,
            Self::Discount => it.discount,
        }
    }
    fn set(self, it: &mut Prices, value: f64) {
        match self {
            Self::Minutes(deed) => drop(it.minutes.insert(deed, value)),
            Self::Minute => it.minute = value,
            Self::Goods => it.goods = value,
            Self::Winning => it.winning = value as i64,
            Self::Keeping => it.keeping = value as i64,
            Self::Reward => it.reward = value as i64,
            Self::Discount => it.discount = value,
        }
    }
    /// As it stands in its field.
    fn plain(self, value: f64, currency: &str) -> String {
        match self.unit() {
            Unit::Minutes => trimmed(value),
            Unit::Percent => trimmed(value * 100.0),
            Unit::Money => {
                let money = Money { minor: value.round() as i64, currency: currency.to_owned() }.to_string();
                money.split(' ').next().unwrap_or_default().to_owned()
            }
        }
    }
    /// As one says it.
    fn said(self, value: f64, currency: &str) -> String {
        match self.unit() {
            Unit::Minutes if value == 1.0 => "1 minute".to_owned(),
            Unit::Minutes => format!("{} minutes", trimmed(value)),
            Unit::Percent => Format::Percent.full(value),
            Unit::Money => Format::Money(currency.to_owned()).full(value),
        }
    }
    /// What somebody entered, or what is wrong with it.
    fn read(self, text: &str, currency: &str) -> Result<f64, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("is empty; nothing is 0".to_owned());
        }
        match self.unit() {
            Unit::Money => Money::parse(text, currency)
                .map(|it| it.minor as f64)
                .map_err(|why| format!("does not go: {why}")),
            Unit::Minutes => number(text, "a number of minutes"),
            Unit::Percent => {
                number(text.trim_end_matches('%').trim(), "a number of percent").map(|it| it / 100.0)
            }
        }
    }
}

fn trimmed(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn number(text: &str, what: &str) -> Result<f64, String> {
    let found = text.replacen(',', ".", 1).parse::<f64>().ok().filter(|it| it.is_finite());
    found.ok_or_else(|| {
        format!("does not go: \u{201c}{}\u{201d} is not {what}", text.chars().take(40).collect::<String>())
    })
}

#[derive(Deserialize)]
pub(super) struct Asked {
    kept: Option<String>,
}

/// What the page shows beside what holds: what somebody typed, and why it does not go.
#[derive(Default)]
struct Typed {
    given: BTreeMap<String, String>,
    wrong: BTreeMap<&'static str, String>,
    /// What is wrong with the whole.
    above: Option<String>,
}

/// What the page is made of.
struct Ground {
    versions: Vec<Version>,
    currency: String,
    /// Whether what is shown elsewhere was reckoned with what holds now.
    is_reckoned: bool,
    names: Names,
    /// Who may change it.
    keepers: Vec<String>,
}

impl Ground {
    async fn of(state: &State, desk: &Desk) -> Result<Self, Problem> {
        let told = latest(state, desk).await?;
        let versions = state.store().read(prices::all).await?;
        let currency = told.as_ref().map(|it| it.currency.clone()).filter(|it| !it.is_empty());
        let now = versions.first().map(|it| &it.prices);
        let keepers = state.house().who_may(Permission::ManageSettings).await?;
        Ok(Self {
            is_reckoned: told.as_ref().is_none_or(|it| Some(&it.prices) == now),
            currency: currency.unwrap_or_else(|| desk.settings.currency.clone()),
            versions,
            names: names(state).await?,
            keepers: keepers.into_iter().map(|it| it.name).collect(),
        })
    }
    fn prices(&self) -> Prices {
        self.versions.first().map(|it| it.prices.clone()).unwrap_or_default()
    }
    fn name(&self) -> &str {
        self.versions.first().map_or("", |it| &it.name)
    }
}

pub(super) async fn show(With(state): With<State>, desk: Desk, Query(asked): Query<Asked>) -> Answer {
    let ground = Ground::of(&state, &desk).await?;
    Ok(page(&desk, &ground, &Typed::default(), asked.kept.is_some()))
}

fn page(desk: &Desk, it: &Ground, typed: &Typed, is_kept: bool) -> Response {
    let main = html! {
        h1 { "What we assume" }
        (rooms("/insight/prices"))
        div.stack {
            p.lead { "Where nobody noted how long something took or what it cost, this is taken. It moves every number about profit and worth, so it should be right, and stand here." }
            (state_of_it(it, is_kept))
            @if desk.can(Permission::ManageSettings) { (form(it, typed)) } @else { (read_only(it)) }
            (earlier(desk, it))
            (how("How it is used", html! {
                p { "What people brought is their purchases, less goods and discounts, less minutes times what a minute costs, less what winning and keeping them costs. "
                    "What they are worth from here on is the margin on what they are expected to buy; money that comes in a year is worth less by the rate above. "
                    "A recommendation is worth what its customer brought, less the reward, and what winning them otherwise would have cost." }
                p { "What was noted with a call, a purchase or a visit always goes before what is assumed." }
            }))
        }
    };
    layout::page(desk, Here::Insight, "What we assume", main)
}

fn state_of_it(it: &Ground, is_kept: bool) -> Markup {
    html! {
        @if is_kept && it.is_reckoned { p.said.said-well role="status" { "Kept. It holds from now on." } }
        @else if is_kept { p.said.said-well role="status" { "Kept. Everything is being reckoned anew with it; that takes a moment, and the other pages then show it by themselves." } }
        @else if !it.is_reckoned { p.soft { "What the other pages show was reckoned with what was assumed before. It is being reckoned anew." } }
    }
}

fn form(it: &Ground, typed: &Typed) -> Markup {
    let prices = it.prices();
    let first = every().find(|it| typed.wrong.contains_key(it.key()));
    html! {
        form.fields.assumed method="post" action="/insight/prices" novalidate {
            @if let Some(why) = &typed.above { p.said role="alert" { (why) } }
            @if !typed.wrong.is_empty() { p.said role="alert" {
                "Nothing was kept yet. Please look again at "
                @for (at, it) in every().filter(|it| typed.wrong.contains_key(it.key())).enumerate() { @if at > 0 { ", " } a href={"#" (it.key())} { (it.name()) } } "."
            } }
            input type="hidden" name="before" value=(it.name());
            @for (title, words, whats) in GROUPS {
                fieldset {
                    legend { (title) }
                    @if !words.is_empty() { p.small.soft { (words) } }
                    div class=(if title == "Our time" { "side-by-side" } else { "side-by-side explained" }) {
                        @for what in whats { (field(it, typed, &prices, *what, first == Some(*what))) }
                    }
                }
            }
            p.row { button { "Keep it so" } span.small.soft { "No version is ever lost." } }
        }
    }
}

fn field(it: &Ground, typed: &Typed, prices: &Prices, what: What, is_first_wrong: bool) -> Markup {
    let key = what.key();
    let holds = what.plain(what.of(prices), &it.currency);
    let value = typed.given.get(key).map_or(holds.as_str(), String::as_str);
    let wrong = typed.wrong.get(key);
    let describes = match (wrong, what.hint()) {
        (None, "") => None,
        (None, _) => Some(format!("{key}-hint")),
        (Some(_), "") => Some(format!("{key}-why")),
        (Some(_), _) => Some(format!("{key}-why {key}-hint")),
    };
    html! {
        div.field {
            label for=(key) { (what.name()) @match what.unit() { Unit::Minutes => "", Unit::Percent => ", %", Unit::Money => { ", " (it.currency) } } }
            input id=(key) name=(key) value=(value) inputmode="decimal" maxlength="20" autocomplete="off" required
                autofocus[is_first_wrong] aria-invalid=[wrong.map(|_| "true")] aria-describedby=[describes];
            @if let Some(why) = wrong { p.small.over id={(key) "-why"} { (what.name()) " " (why) "." } }
            @if !what.hint().is_empty() { p.small id={(key) "-hint"} { (what.hint()) } }
        }
    }
}

fn read_only(it: &Ground) -> Markup {
    let prices = it.prices();
    html! {
        @for (title, words, whats) in GROUPS {
            section {
                h2 { (title) }
                @if !words.is_empty() { p.small.soft { (words) } }
                table.table.tally { caption.hush { (title) } tbody { @for what in whats {
                    tr { th scope="row" { (what.name()) } td.number { (what.said(what.of(&prices), &it.currency)) } }
                } } }
            }
        }
        @if !it.keepers.is_empty() { p.soft { "It can be changed by " (it.keepers.join(" or ")) "." } }
    }
}

fn earlier(desk: &Desk, it: &Ground) -> Markup {
    html! { section aria-labelledby="earlier" {
        h2 #earlier { "Since when, and by whom" }
        @if it.versions.len() < 2 { p.soft { "It is as it came with the program; nobody has changed it yet." } }
        @else { ol.lines { @for pair in it.versions.windows(2).take(SHOWN) { li { div {
            b { (changed(&pair[0].prices, &pair[1].prices, &it.currency)) }
            p.small.soft {
                @if let Some(at) = pair[0].at { (when::clock(at, &desk.zone)) ", " }
                @if pair[0].by.is_some() { (name_of(&it.names, pair[0].by)) } @else { "from the command line" }
            }
        } } } } }
        @if it.versions.len() > SHOWN + 1 { p.small.soft { "And " (it.versions.len() - 1 - SHOWN) " earlier ones." } }
    } }
}

/// What is other than before, in words.
fn changed(now: &Prices, before: &Prices, currency: &str) -> String {
    let other = every().filter(|it| it.of(now) != it.of(before));
    let words = other.map(|it| {
        format!(
            "{}: {} instead of {}",
            it.name(),
            it.said(it.of(now), currency),
            it.said(it.of(before), currency)
        )
    });
    words.collect::<Vec<_>>().join("; ")
}

pub(super) async fn keep(
    With(state): With<State>,
    desk: Desk,
    Form(given): Form<BTreeMap<String, String>>,
) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let ground = Ground::of(&state, &desk).await?;
    let mut typed = Typed { given, ..Typed::default() };
    let wanted = wanted(&mut typed, &ground);
    if typed.wrong.is_empty() {
        match kept(&state, &desk, wanted, typed.given.get("before").cloned().unwrap_or_default()).await {
            Ok(true) => return Ok(Redirect::to("/insight/prices?kept=yes").into_response()),
            Ok(false) => typed.above = Some("Somebody kept something else meanwhile. It stands below, with yours in the fields: please look, and keep it again.".into()),
            Err(InsightError::Unfit { field, why }) => drop(typed.wrong.insert(field, why)),
            Err(other) => return Err(other.into()),
        }
    }
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&desk, &ground, &typed, false)).into_response())
}

/// What was entered, over what holds; what does not go is noted.
fn wanted(typed: &mut Typed, ground: &Ground) -> Prices {
    let mut prices = ground.prices();
    for what in every() {
        let Some(text) = typed.given.get(what.key()) else { continue };
        match what.read(text, &ground.currency) {
            Ok(value) => what.set(&mut prices, value),
            Err(why) => drop(typed.wrong.insert(what.key(), why)),
        }
    }
    prices
}

/// Keeps it and asks for it to be reckoned, unless somebody else was quicker.
async fn kept(state: &State, desk: &Desk, wanted: Prices, before: String) -> Result<bool, InsightError> {
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    let write = move |tx: &mut store::Write<'_>| {
        let current = prices::current(tx)?;
        if current.name != before {
            return Ok(false);
        }
        let version = prices::keep(tx, &wanted, Some(viewer.staff()), world.now())?;
        if version.name != current.name {
            let fields: Vec<&str> =
                every().filter(|it| it.of(&wanted) != it.of(&current.prices)).map(What::key).collect();
            let detail = json!({ "before": current.name, "fields": fields });
            ::house::note(tx, &world, &Act::by(&viewer, "assumptions.changed", &version.name).with(detail))?;
            reckoning::ask(tx, &world)?;
        }
        Ok::<_, InsightError>(true)
    };
    state.store().write(write).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_field_is_read_as_it_was() {
        let prices = Prices { minute: 75.0, goods: 0.425, winning: 1250, ..Prices::default() };
        for what in every() {
            let plain = what.plain(what.of(&prices), "EUR");
            assert_eq!(what.read(&plain, "EUR"), Ok(what.of(&prices)), "{}: {plain}", what.key());
        }
    }

    #[test]
    fn every_field_has_the_name_under_which_it_is_refused() {
        let unfit = |what: What| {
            let mut prices = Prices::default();
            what.set(&mut prices, -1.0);
            match prices.checked() {
                Err(InsightError::Unfit { field, .. }) => field,
                _ => "",
            }
        };
        every().for_each(|it| assert_eq!(unfit(it), it.key()));
    }

    #[test]
    fn what_is_no_number_is_said_beside_its_field() {
        let call = What::Minutes(Deed::Call);
        assert_eq!(call.read("2,5", "EUR"), Ok(2.5));
        assert!(
            call.read("long", "EUR").unwrap_err().contains("\u{201c}long\u{201d} is not a number of minutes")
        );
        assert_eq!(What::Goods.read("40 %", "EUR"), Ok(0.4));
        assert!(What::Reward.read("a bag", "EUR").is_err());
        assert!(What::Minute.read(" ", "EUR").unwrap_err().starts_with("is empty"));
    }
}
