//! Subscribers: a box every two or four weeks, until they pause, come back, or end it with a reason.
//! Some boxes are presents: who pays is not who drinks.

use model::{Fragment, Time};

use crate::{
    deck,
    dice::Dice,
    retail::Habits,
    stage::{House, Stage},
    tales::Tales,
};

const SUBSCRIBERS: usize = 66;
/// Every so-manieth subscription is a present.
const GIFT_EVERY: usize = 8;

/// Everyone with a box, and those who were given one.
pub fn subscribers(house: &mut House, tales: &mut Tales) -> Vec<Fragment> {
    let mut fragments = Vec::new();
    for number in 0..SUBSCRIBERS {
        let drinker = (number % GIFT_EVERY == 0).then(|| drinker(house, tales));
        let given_to = drinker.as_ref().and_then(|fragment| fragment.fields.get("name").cloned());
        fragments.push(subscriber(house, tales, given_to));
        fragments.extend(drinker);
    }
    fragments
}

struct Plan {
    name: String,
    item: &'static str,
    weeks: i64,
}

impl Plan {
    fn new(dice: &Dice, given_to: Option<&str>) -> Self {
        let (item, weeks) = *dice.one(&[
            ("Fortnightly box, one bag", 2),
            ("Fortnightly box, one bag", 2),
            ("Fortnightly box, two bags", 2),
            ("Four-weekly box, one bag", 4),
            ("Four-weekly box, two bags", 4),
        ]);
        let taste =
            *dice.one(&["filter, whole bean", "espresso", "French press", "whatever is best", "decaf"]);
        let name = match given_to {
            Some(name) => format!("{item}, {taste}, for {name}"),
            None => format!("{item}, {taste}"),
        };
        Self { name, item, weeks }
    }
}

fn subscriber(house: &mut House, tales: &mut Tales, given_to: Option<String>) -> Fragment {
    let who = tales.town.somebody(if given_to.is_some() { "esme" } else { "priya" });
    let dice = Dice::new(house.seed, &who.actor.slug);
    let plan = Plan::new(&dice, given_to.as_deref());
    let habits = Habits::new(&dice);
    let phone = if dice.often(0.4) { tales.town.phone() } else { None };
    let old_hand = dice.often(0.45);
    let start =
        if old_hand { house.year.week(51, dice.between(0, 4), 540) } else { deck::some_day(house, &dice) };
    let mut stage = Stage::new(house, who.actor.clone());
    habits.fill(&mut stage);
    stage.slots.insert("plan".into(), plan.name.clone());
    stage.slots.insert("friend".into(), given_to.clone().unwrap_or_default());
    if !old_hand {
        stage.happens(start, "subscription", &format!("started | {}", plan.name), "");
    }
    let sort = if given_to.is_some() { "gift" } else { "subscriber" };
    let left = boxes(&mut stage, tales, &dice, &plan, &habits, (start, sort));
    if dice.often(0.75) {
        let until = if dice.often(0.5) { left } else { stage.house.year.now() };
        tales.deck.send_letters(&mut stage, start, until);
    }
    let mut fragment = deck::fragment("shop", &who, stage, vec![], phone.into_iter().collect());
    fragment.fields.insert(
        "tags".into(),
        if given_to.is_some() { "subscriber, buys a gift" } else { "subscriber" }.into(),
    );
    fragment
}

/// Sends boxes until the end; says when that was.
fn boxes(
    stage: &mut Stage<'_>,
    tales: &mut Tales,
    dice: &Dice,
    plan: &Plan,
    habits: &Habits,
    (start, sort): (Time, &str),
) -> Time {
    // Hazards differ between people, so that those who are left are the loyal ones (shifted beta-geometric).
    let ends = dice.beta(0.8, 28.0 / plan.weeks as f64 * 2.2);
    let mut at = stage.house.year.at_minute(start.plus_days(2), 570);
    loop {
        let coffee = dice.one(&habits.coffees);
        if !stage.happens(at, "buys", &format!("Box: {coffee}"), &format!("1 x {}", plan.item)) {
            return stage.house.year.now();
        }
        if dice.often(0.06 * plan.weeks as f64) {
            tales.deck.happens(stage, dice, sort, at.plus_days(dice.between(1, 9)));
        }
        if dice.often(0.022 * plan.weeks as f64) {
            tales.deck.answer(stage, dice, 1.0 - ends * 2.0 - dice.unit() * 0.4, at.plus_days(5));
        }
        if dice.often(ends) {
            tales.deck.happens(stage, dice, "end", at.plus_days(dice.between(3, 10)));
            return at.plus_days(11);
        }
        if dice.often(0.012 * plan.weeks as f64) {
            at = pause(stage, tales, dice, at);
        }
        at = at.plus_days(plan.weeks * 7);
    }
}

fn pause(stage: &mut Stage<'_>, tales: &mut Tales, dice: &Dice, at: Time) -> Time {
    tales.deck.happens(stage, dice, "pause", at.plus_days(2));
    let back = at.plus_days(dice.between(3, 9) * 7);
    stage.happens(back, "subscription", "resumed", "");
    back
}

/// Somebody who drinks what another pays for.
fn drinker(house: &mut House, tales: &mut Tales) -> Fragment {
    let who = tales.town.somebody("esme");
    let dice = Dice::new(house.seed, &who.actor.slug);
    let first = deck::some_day(house, &dice);
    let phone = tales.town.phone();
    let mut stage = Stage::new(house, who.actor.clone());
    for weeks in [0, 9, 21] {
        tales.deck.happens(&mut stage, &dice, "drinker", first.plus_days(weeks * 7));
    }
    let mut fragment = deck::fragment("desk", &who, stage, vec![], phone.into_iter().collect());
    fragment.fields.insert("tags".into(), "drinks a gift".into());
    fragment
}
