//! Retail: people who buy in the web shop when they feel like it. Everyone has a pace and a chance of
//! quietly staying away after each purchase, which nobody is told.

use model::{Fragment, Time};

use crate::{
    catalogue::{self, COFFEES, THINGS},
    deck,
    dice::Dice,
    stage::{House, Stage},
    tales::Tales,
    year::season,
};

const BUYERS: usize = 160;
/// By what people come; what brings more stands there more often.
const CAME_BY: &[&str] = &[
    "friend", "friend", "friend", "friend", "friend", "friend", "search", "search", "search", "social",
    "social", "passing", "passing", "press", "event", "other",
];
/// Things at the head of the catalogue that fit into a basket beside coffee.
const SHELF: usize = 14;
const WEEK_SECONDS: f64 = 7.0 * 86_400.0;

/// Everyone who only buys in the shop.
pub fn buyers(house: &mut House, tales: &mut Tales) -> Vec<Fragment> {
    (0..BUYERS).map(|_| buyer(house, tales)).collect()
}

fn buyer(house: &mut House, tales: &mut Tales) -> Fragment {
    let who = tales.town.somebody("priya");
    let dice = Dice::new(house.seed, &who.actor.slug);
    let phone = if dice.often(0.3) { tales.town.phone() } else { None };
    let first = deck::some_day(house, &dice);
    let habits = Habits::new(&dice);
    let mut stage = Stage::new(house, who.actor.clone());
    habits.fill(&mut stage);
    let reads = dice.often(0.8);
    let way = Dice::new(stage.house.seed, &format!("{} comes", who.actor.slug));
    stage.came_by = way.often(0.7).then(|| way.one(CAME_BY)).copied();
    if dice.often(0.85) {
        let title = if reads { "Opened an account, asked for the letter" } else { "Opened an account" };
        stage.happens(first.plus_seconds(-420), "joined", title, "");
    }
    shop(&mut stage, tales, &dice, &habits, first);
    if reads {
        let now = stage.house.year.now();
        tales.deck.send_letters(&mut stage, first, now);
    }
    deck::fragment("shop", &who, stage, vec![], phone.into_iter().collect())
}

/// Buys until they stay away, or until now.
fn shop(stage: &mut Stage<'_>, tales: &mut Tales, dice: &Dice, habits: &Habits, first: Time) {
    let mut at = first;
    let mut bought = 0;
    // Some buy when there is something off, and some were won by a coupon.
    let purse = Dice::new(stage.house.seed, &format!("{} saves", stage.actor.slug));
    let bargains = purse.often(0.14);
    stage.coupon = purse.often(0.2).then_some(("WELCOME15", 15));
    while stage.happens(at, "buys", "", &habits.basket(dice, bought == 0)) {
        bought += 1;
        stage.coupon = purse.often(if bargains { 0.8 } else { 0.03 }).then_some(("SLOWWEEK20", 20));
        if dice.often(0.28) {
            tales.deck.happens(stage, dice, "retail", at.plus_days(dice.between(1, 6)));
        }
        if dice.often(0.05) {
            tales.deck.answer(stage, dice, 1.0 - habits.stays_away - dice.unit() * 0.35, at.plus_days(9));
        }
        if dice.often(0.05) {
            tales.deck.happens(stage, dice, "event", deck::cupping_night(stage.house, at));
        }
        if dice.often(habits.stays_away) {
            break;
        }
        let weeks = 0.6 + dice.exponential(1.0 / habits.per_week) / season(at);
        at = at.plus_seconds((weeks * WEEK_SECONDS) as i64);
        at = stage.house.year.at_minute(at, dice.between(7 * 60, 22 * 60));
    }
}

/// How somebody shops.
pub struct Habits {
    per_week: f64,
    stays_away: f64,
    /// What they like, the dearest to them first.
    pub coffees: Vec<&'static str>,
    size: &'static str,
}

impl Habits {
    /// Habits of their own: gamma-distributed pace, beta-distributed chance of staying away.
    pub fn new(dice: &Dice) -> Self {
        let names: Vec<_> = COFFEES.iter().map(|(name, _)| *name).collect();
        Self {
            per_week: dice.gamma(1.6, 0.3).max(0.02),
            stays_away: dice.beta(0.9, 8.0),
            coffees: dice.shuffled(names).into_iter().take(3).collect(),
            size: if dice.often(0.2) { "1 kg" } else { "250 g" },
        }
    }

    /// Lets cards speak of what somebody likes, at its price.
    pub fn fill(&self, stage: &mut Stage<'_>) {
        let pence = catalogue::price(&format!("{} 250 g", self.coffees[0])).unwrap_or_default();
        stage.slots.insert("bean".into(), self.coffees[0].into());
        stage.slots.insert("price".into(), format!("{}.{:02}", pence / 100, pence % 100));
    }

    fn basket(&self, dice: &Dice, first: bool) -> String {
        let bags = if self.size == "1 kg" { 1 } else { dice.between(1, 3) };
        let mut lines = vec![format!("{bags} x {} {}", self.coffees[0], self.size)];
        if dice.often(0.35) {
            lines.push(format!("1 x {} 250 g", self.coffees[1 + dice.below(2)]));
        }
        if dice.often(if first { 0.45 } else { 0.14 }) {
            lines.push(format!("1 x {}", dice.one(&THINGS[..SHELF]).0));
        }
        if dice.often(0.04) {
            lines.push("1 x Course: First Filter".into());
        }
        lines.join("\n")
    }
}
