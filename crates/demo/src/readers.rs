//! Readers: people who only get the letter, and those of whom there is only an address - which is data,
//! not yet a relationship.

use model::{Fields, Fragment};

use crate::{
    deck,
    dice::Dice,
    stage::{House, Stage},
    tales::Tales,
};

const READERS: usize = 34;
const ADDRESSES: usize = 16;

/// Everyone we write to who has never bought anything.
pub fn readers(house: &mut House, tales: &mut Tales) -> Vec<Fragment> {
    let mut fragments: Vec<_> = (0..READERS).map(|_| reader(house, tales)).collect();
    fragments.extend((0..ADDRESSES).map(|number| address(house, tales, number)));
    fragments
}

fn reader(house: &mut House, tales: &mut Tales) -> Fragment {
    let who = tales.town.somebody("esme");
    let dice = Dice::new(house.seed, &who.actor.slug);
    let since = deck::some_day(house, &dice);
    let mut stage = Stage::new(house, who.actor.clone());
    stage.happens(since, "joined", "Signed up for the letter", "");
    let until =
        if dice.often(0.15) { since.plus_days(dice.between(60, 200)) } else { stage.house.year.now() };
    if let Some(last) = tales.deck.send_letters(&mut stage, since, until)
        && dice.often(0.5)
    {
        tales.deck.happens(&mut stage, &dice, "reader", last.plus_seconds(dice.between(1, 30) * 3600));
    }
    let mut fragment = deck::fragment("newsletter.csv", &who, stage, vec![], vec![]);
    if dice.often(0.5) {
        fragment.fields.retain(|field, _| field == "given_name");
    }
    fragment
}

/// An address from a bowl of cards on a stall. Half of them have been written to all year and never answered.
fn address(house: &mut House, tales: &mut Tales, number: usize) -> Fragment {
    let mut who = tales.town.somebody("esme");
    who.actor.first = String::new();
    let start = house.year.start();
    let mut stage = Stage::new(house, who.actor.clone());
    stage.happens(start.plus_seconds(3600 * 30), "joined", "Address from the bowl on the market stall", "");
    if number.is_multiple_of(2) {
        let now = stage.house.year.now();
        tales.deck.send_letters(&mut stage, start, now);
    }
    Fragment { fields: Fields::new(), ..deck::fragment("market-stall.csv", &who, stage, vec![], vec![]) }
}
