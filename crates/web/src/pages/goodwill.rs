//! Goodwill: doing something good for somebody at once, what is left of a month's budget for it, and what followed.

use ::house::{Act, Permission};
use axum::{
    Form,
    extract::{Path, State as With},
    response::{IntoResponse, Redirect},
};
use conversations::{
    ConversationError, Followed, followed,
    goodwill::{self, Budget, Goodwill, Left, Month, NewGoodwill, Whose},
};
use maud::{Markup, html};
use memory::people::{self, Line};
use model::{GoodwillId, Money, PersonId, StaffId, Time};
use serde::Deserialize;
use store::Read;

use super::parts::{Colleagues, Names, glimpse, name_of, names, someone};
use crate::{
    State,
    gate::Desk,
    layout::{self, Here},
    problem::{Answer, Problem},
    when,
};

/// Acts on the page, and on a person's.
const MOST: i64 = 100;
const OF_PERSON: i64 = 20;
/// Acts are looked at for so long; what followed is counted once they had this long to follow.
const SHOWN_DAYS: i64 = 180;
const SETTLED_DAYS: i64 = 14;
/// Characters of what somebody said.
const SAID: usize = 140;

/// What often does good, as it is offered.
const OFFERED: &[&str] =
    &["Postage back", "A bag of coffee", "Sent once more, at our cost", "A handwritten card"];

/// An act, to whom it was done, and what followed.
pub(super) type Told = (Goodwill, Followed);

/// The month in which it is here just now.
fn month(desk: &Desk) -> Result<Month, Problem> {
    let first = when::day(desk.now, &desk.zone).first_of_month();
    let next = first.checked_add(jiff::Span::new().months(1));
    let begins =
        |day: jiff::civil::Date| day.to_zoned(desk.zone.clone()).map(|it| Time::from(it.timestamp()));
    let month = next.and_then(|next| Ok((begins(first)?, begins(next)?)));
    month.map_err(|_| Problem::of_status(axum::http::StatusCode::INTERNAL_SERVER_ERROR))
}

/// Whose purse it is, for which month, in which currency.
pub(super) type Purse = (StaffId, Month, String);

/// The purse of whoever sits at the desk.
pub(super) fn own_purse(desk: &Desk) -> Result<Purse, Problem> {
    Ok((desk.viewer.staff(), month(desk)?, desk.settings.currency.clone()))
}

/// What is left in it.
pub(super) fn left(db: &mut Read<'_>, (staff, month, currency): &Purse) -> Result<Left, Problem> {
    Ok(goodwill::left(db, *staff, *month, currency)?)
}

/// What was done for somebody, and what followed.
pub(super) fn done_for(db: &mut Read<'_>, person: PersonId) -> Result<Vec<Told>, Problem> {
    let all = goodwill::of_person(db, person, OF_PERSON)?;
    told(db, all)
}

fn told(db: &mut Read<'_>, all: Vec<Goodwill>) -> Result<Vec<Told>, Problem> {
    let mut told = Vec::with_capacity(all.len());
    for it in all {
        let followed = followed(db, it.person, it.at)?;
        told.push((it, followed));
    }
    Ok(told)
}

struct Ledger {
    acts: Vec<(Told, Line)>,
    budgets: Vec<(Whose, Budget)>,
    mine: Left,
}

pub(super) async fn show(With(state): With<State>, desk: Desk) -> Answer {
    desk.may(Permission::ReadPeople)?;
    let (since, purse) = (desk.now.plus_days(-SHOWN_DAYS), own_purse(&desk)?);
    let ledger = state
        .store()
        .read(move |db| {
            let all = goodwill::since(db, since, MOST)?;
            let ids: Vec<PersonId> = all.iter().map(|it| it.person).collect();
            let lines = people::some(db, &ids)?;
            let line = |it: &Goodwill| lines.iter().find(|line| line.id == it.person).cloned();
            let told = told(db, all)?;
            Ok::<_, Problem>(Ledger {
                acts: told.into_iter().filter_map(|it| line(&it.0).map(|line| (it, line))).collect(),
                budgets: goodwill::budgets(db)?,
                mine: left(db, &purse)?,
            })
        })
        .await?;
    let (names, staff) = (names(&state).await?, state.house().colleagues().await?);
    let main = html! {
        h1 { "Goodwill" }
        (super::conversations::rooms("/goodwill"))
        p.lead { "What is right can be done at once, without asking, as long as the month\u{2019}s budget lasts. On somebody\u{2019}s page, press " kbd { "w" } "." }
        div.stack {
            (drawn(&desk, &ledger.mine))
            (what_came_of_it(&desk, &ledger.acts))
            section aria-labelledby="done" {
                h2 #done { "What we did" }
                @if ledger.acts.is_empty() { p.soft { "Nothing in the last half year." } }
                ul.people { @for ((it, followed), line) in &ledger.acts { li { (in_ledger(&desk, it, followed, line, &names)) } } }
            }
            @if desk.can(Permission::ManageSettings) { (budgets(&desk, &ledger.budgets, &staff)) }
        }
    };
    Ok(layout::page(&desk, Here::Conversations, "Goodwill", main))
}

/// What is left this month, drawn.
fn drawn(desk: &Desk, it: &Left) -> Markup {
    let money = |minor: i64| Money { minor: minor.max(0), currency: desk.settings.currency.clone() };
    let share = |left: i64, all: i64| if all > 0 { left.max(0) as f64 * 100.0 / all as f64 } else { 0.0 };
    html! {
        section aria-labelledby="purse" {
            h2 #purse { "Yours this month" }
            @if it.budget == Budget::default() { p.soft { "You have no budget yet. Somebody who looks after the house can set one below." } }
            @else {
                figure.word {
                    @for (what, left, all) in [("money", it.left.minor, it.budget.minor), ("gifts", it.left.gifts, it.budget.gifts)] {
                        @if all > 0 {
                            svg viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label={"What is left of your " (what)} {
                                rect.rest x="0" width="100" y="0" height="4" {}
                                rect.good x="0" width=(share(left, all)) y="0" height="4" {}
                            }
                        }
                    }
                    figcaption {
                        @if it.budget.minor > 0 { (money(it.left.minor)) " of " (money(it.budget.minor)) " left" }
                        @if it.budget.minor > 0 && it.budget.gifts > 0 { ", and " }
                        @if it.budget.gifts > 0 { (it.left.gifts.max(0)) " of " (it.budget.gifts) " gifts" }
                        "."
                    }
                }
            }
        }
    }
}

fn what_came_of_it(desk: &Desk, acts: &[(Told, Line)]) -> Markup {
    let before = desk.now.plus_days(-SETTLED_DAYS);
    let settled: Vec<&Followed> = acts
        .iter()
        .filter(|((it, _), _)| it.at < before && it.taken_back.is_none())
        .map(|((_, followed), _)| followed)
        .collect();
    let all = settled.len();
    let bought = settled.iter().filter(|it| it.bought > 0).count();
    let said = settled.iter().filter(|it| it.bought == 0 && it.said.is_some()).count();
    let parts = [
        ("bought again", bought, "good"),
        ("wrote or called", said, "so-so"),
        ("not heard of since", all - bought - said, "bad"),
    ];
    html! {
        @if all > 0 {
            section aria-labelledby="came" {
                h2 #came { "What came of it" }
                figure.word {
                    svg viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label="What came of goodwill in the last half year" {
                        @for (n, (_, count, class)) in parts.iter().enumerate() {
                            @let before: usize = parts[..n].iter().map(|it| it.1).sum();
                            rect class=(class) x=(before as f64 * 100.0 / all as f64) width=(*count as f64 * 100.0 / all as f64) y="0" height="4" {}
                        }
                    }
                    figcaption {
                        "Of " (all) " people for whom something was done more than two weeks ago: "
                        @for (n, (words, count, class)) in parts.iter().enumerate() {
                            @if n > 0 { ", " } span class={"key " (class)} { (count) " " (words) }
                        }
                        "."
                    }
                }
            }
        }
    }
}

fn in_ledger(desk: &Desk, it: &Goodwill, followed: &Followed, line: &Line, names: &Names) -> Markup {
    let words = html! {
        (when::ago(it.at, desk.now, &desk.zone))
        span.tag { (name_of(names, Some(it.by))) }
    };
    html! {
        (someone(line, &titled(it), Some(words)))
        p.after.small.soft { "Why: " (it.reason) ". " (after(desk, it, followed)) }
    }
}

fn titled(it: &Goodwill) -> String {
    match it.worth.minor {
        0 => it.what.clone(),
        _ => format!("{} ({})", it.what, it.worth),
    }
}

/// What followed, in a sentence.
fn after(desk: &Desk, it: &Goodwill, followed: &Followed) -> Markup {
    let spent = followed.spent.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
    html! {
        @if let Some((at, why)) = &it.taken_back { b { "Taken back " (when::ago(*at, desk.now, &desk.zone)) } ": " (why) ". " }
        @else if !followed.came_back() { "Nothing heard since." }
        @if followed.bought > 0 {
            b { "Bought again " @if followed.bought > 1 { (followed.bought) " times" } @if !spent.is_empty() { " for " (spent) } } ". "
        }
        @if let Some((moment, at, words)) = &followed.said {
            "Said " (when::ago(*at, desk.now, &desk.zone)) ": "
            a href={"/people/" (it.person) "?on=" (when::day(*at, &desk.zone)) "#" (moment)} { "\u{201c}" (glimpse(words, SAID)) "\u{201d}" }
        }
    }
}

fn budgets(desk: &Desk, set: &[(Whose, Budget)], staff: &Colleagues) -> Markup {
    let of = |whose: Whose| set.iter().find(|it| it.0 == whose).map(|it| it.1);
    let plain = |minor: i64| {
        let it = Money { minor, currency: desk.settings.currency.clone() }.to_string();
        it.split(' ').next().unwrap_or_default().to_owned()
    };
    let row = |whose: &str, name: &str, budget: Option<Budget>| {
        html! {
            form.row method="post" action="/goodwill/budgets" {
                input type="hidden" name="whose" value=(whose);
                b.who { (name) }
                div.field { label for={"money-" (whose)} { "Money, " (desk.settings.currency) } input id={"money-" (whose)} name="money" inputmode="decimal" size="8" value=[budget.map(|it| plain(it.minor))] placeholder=[(whose != "everybody").then_some("as everybody")]; }
                div.field { label for={"gifts-" (whose)} { "Gifts" } input id={"gifts-" (whose)} name="gifts" inputmode="numeric" size="4" value=[budget.map(|it| it.gifts)]; }
                button.quiet { "Set" }
            }
        }
    };
    html! {
        details.notes {
            summary { "Budgets for a month" }
            p.small.soft { "Whoever has no line of their own has everybody\u{2019}s. Empty fields take a line away." }
            div.stack.budgets {
                (row("everybody", "Everybody", of(Whose::Everybody)))
                @for (id, name) in staff { (row(&id.to_string(), name, of(Whose::One(*id)))) }
            }
        }
    }
}

/// The form on somebody's page, and what was done for them before.
pub(super) fn on_page(
    desk: &Desk,
    person: PersonId,
    id: GoodwillId,
    told: &[Told],
    mine: &Left,
    names: &Names,
) -> Markup {
    let currency = &desk.settings.currency;
    let money = Money { minor: mine.left.minor.max(0), currency: currency.clone() };
    html! {
        details.notes #goodwill data-key="w" {
            summary { "Do something good for them " kbd { "w" } }
            @if desk.can(Permission::WritePeople) {
                form method="post" action={"/people/" (person) "/goodwill"} data-part {
                    input type="hidden" name="id" value=(id);
                    fieldset.pills {
                        legend.hush { "Money or a thing?" }
                        label.pill { input type="radio" name="gift" value="" checked; "Money back or off" }
                        label.pill { input type="radio" name="gift" value="yes"; "A gift" }
                    }
                    div.side-by-side {
                        div.field { label for="goodwill-what" { "What?" } input #goodwill-what name="what" required maxlength="300" list="goodwill-offered" autocomplete="off"; datalist #goodwill-offered { @for it in OFFERED { option value=(it) {} } } }
                        div.field { label for="goodwill-worth" { "What it costs us, " (currency) } input #goodwill-worth name="worth" inputmode="decimal" autocomplete="off"; }
                    }
                    div.field { label for="goodwill-why" { "Why?" } input #goodwill-why name="reason" required maxlength="300" autocomplete="off"; }
                    p.row { button { "Do it" } span.small.soft { "Left this month: " (money) " and " (mine.left.gifts.max(0)) " gifts. Nobody has to be asked." } }
                }
            }
            @if !told.is_empty() {
                ul.plain { @for (it, followed) in told { li {
                    p { b { (titled(it)) } " " span.soft { (when::ago(it.at, desk.now, &desk.zone)) ", " (name_of(names, Some(it.by))) ". Why: " (it.reason) "." } }
                    p.small.soft { (after(desk, it, followed)) }
                    @if it.taken_back.is_none() && desk.can(Permission::WritePeople) {
                        details {
                            summary { "Take it back" }
                            form.row method="post" action={"/goodwill/" (person) "/" (it.id) "/back"} {
                                div.field { label for={"back-" (it.id)} { "Why?" } input id={"back-" (it.id)} name="reason" required maxlength="300" autocomplete="off"; }
                                button.quiet { "Take it back" }
                            }
                        }
                    }
                } } }
            }
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Given {
    id: String,
    what: String,
    #[serde(default)]
    worth: String,
    reason: String,
    #[serde(default)]
    gift: String,
}

pub(super) async fn give(
    With(state): With<State>,
    desk: Desk,
    Path(person): Path<String>,
    Form(given): Form<Given>,
) -> Answer {
    desk.may(Permission::WritePeople)?;
    let worth = match given.worth.trim() {
        "" => Money { minor: 0, currency: desk.settings.currency.clone() },
        text => Money::parse(text, &desk.settings.currency)
            .map_err(|why| Problem::unfit("worth", format!("What it costs: {why}.")))?,
    };
    let new = NewGoodwill {
        person: person.parse()?,
        id: given.id.parse()?,
        what: given.what,
        reason: given.reason,
        is_gift: !given.gift.is_empty(),
        worth,
        by: desk.viewer.staff(),
        month: month(&desk)?,
    };
    let (world, viewer, wanted) = (state.world().clone(), desk.viewer.clone(), new.clone());
    let done = state
        .store()
        .write(move |tx| {
            goodwill::give(tx, &world, &wanted)?;
            Ok::<_, Refusal>(::house::note(tx, &world, &Act::by(&viewer, "goodwill.given", wanted.id))?)
        })
        .await;
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/people/{}", new.person)).into_response()),
        Err(Refusal::Over(problem)) => Err(whom_to_ask(&state, problem).await?),
        Err(Refusal::Other(problem)) => Err(problem),
    }
}

/// Why nothing was given: for want of a budget, or otherwise.
enum Refusal {
    Over(Problem),
    Other(Problem),
}

impl From<ConversationError> for Refusal {
    fn from(error: ConversationError) -> Self {
        match error {
            ConversationError::OverBudget { .. } => Self::Over(error.into()),
            other => Self::Other(other.into()),
        }
    }
}

impl From<store::StoreError> for Refusal {
    fn from(error: store::StoreError) -> Self {
        Self::Other(error.into())
    }
}

/// Whoever may set budgets may say yes to more.
async fn whom_to_ask(state: &State, mut problem: Problem) -> Result<Problem, Problem> {
    let who = state.house().who_may(Permission::ManageSettings).await?;
    let names = who.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().join(" or ");
    problem.detail =
        format!("{} Ask {names}: they can raise your budget, or do it themselves.", problem.detail);
    Ok(problem)
}

#[derive(Deserialize)]
pub(super) struct Back {
    #[serde(default)]
    reason: String,
}

pub(super) async fn take_back(
    With(state): With<State>,
    desk: Desk,
    Path((person, id)): Path<(String, String)>,
    Form(given): Form<Back>,
) -> Answer {
    desk.may(Permission::WritePeople)?;
    let (person, id): (PersonId, GoodwillId) = (person.parse()?, id.parse()?);
    let (world, viewer) = (state.world().clone(), desk.viewer.clone());
    state
        .store()
        .write(move |tx| {
            goodwill::take_back(tx, &world, person, id, viewer.staff(), &given.reason)?;
            Ok::<_, Problem>(::house::note(tx, &world, &Act::by(&viewer, "goodwill.taken_back", id))?)
        })
        .await?;
    Ok(Redirect::to(&format!("/people/{person}")).into_response())
}

#[derive(Deserialize)]
pub(super) struct Set {
    whose: String,
    #[serde(default)]
    money: String,
    #[serde(default)]
    gifts: String,
}

pub(super) async fn set_budget(With(state): With<State>, desk: Desk, Form(given): Form<Set>) -> Answer {
    desk.may(Permission::ManageSettings)?;
    let whose = match given.whose.as_str() {
        "everybody" => Whose::Everybody,
        staff => Whose::One(staff.parse()?),
    };
    let (money, gifts) = (given.money.trim(), given.gifts.trim());
    let minor = match money {
        "" => 0,
        text => {
            Money::parse(text, &desk.settings.currency)
                .map_err(|why| Problem::unfit("money", format!("{why}.")))?
                .minor
        }
    };
    let number = match gifts {
        "" => 0,
        text => text
            .parse()
            .map_err(|_| Problem::unfit("gifts", format!("“{text}” is not a number of gifts.")))?,
    };
    let budget = (!money.is_empty() || !gifts.is_empty()).then_some(Budget { minor, gifts: number });
    let (world, viewer, about) = (state.world().clone(), desk.viewer.clone(), given.whose);
    state
        .store()
        .write(move |tx| {
            goodwill::set_budget(tx, whose, budget)?;
            let detail = serde_json::json!({"minor": minor, "gifts": number});
            let act = Act::by(&viewer, "goodwill.budget", &about).with(detail);
            Ok::<_, Problem>(::house::note(tx, &world, &act)?)
        })
        .await?;
    Ok(Redirect::to("/goodwill").into_response())
}
