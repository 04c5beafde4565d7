//! The deck: exchanges that happen to many. Each card goes to the bottom once it is dealt, so that
//! neighbours do not live the same week.

use std::collections::VecDeque;

use model::{Fragment, Handle, RoleClaim, Time};

use crate::{
    dice::Dice,
    people::Neighbour,
    script::{Script, When, built_in},
    stage::{House, Stage},
    year::season,
};

const OPENS: i64 = 8 * 60 + 15;
const CLOSES: i64 = 18 * 60 + 30;

/// Cards with exchanges, and the letters that go to readers each month.
pub struct Deck {
    cards: VecDeque<Script>,
    letters: Vec<Script>,
}

impl Deck {
    /// All cards, shuffled.
    pub fn new(seed: u64) -> Self {
        let cards = built_in("cards", include_str!("../data/cards.txt"));
        Self {
            cards: Dice::new(seed, "deck").shuffled(cards).into(),
            letters: built_in("letters", include_str!("../data/letters.txt")),
        }
    }

    /// The next card for this sort of person, in their own language where there is one and the dice want it.
    fn deal(&mut self, stage: &mut Stage<'_>, sort: &str, dice: &Dice) -> Option<Script> {
        let language = stage.actor.language.as_str();
        let own = language != "en" && dice.often(0.8);
        let wanted = if own { language } else { "en" };
        let fits = |card: &Script, language: &str| {
            card.every("for").any(|to| to == sort)
                && card.get("language").unwrap_or("en") == language
                && !stage.dealt.contains(&opening(card))
        };
        let found = self.cards.iter().position(|card| fits(card, wanted));
        let at = found.or_else(|| self.cards.iter().position(|card| fits(card, "en")))?;
        let card = self.cards.remove(at)?;
        stage.dealt.insert(opening(&card));
        self.cards.push_back(card.clone());
        Some(card)
    }

    /// Sends the monthly letters between two times; says when the last one went.
    pub fn send_letters(&self, stage: &mut Stage<'_>, from: Time, until: Time) -> Option<Time> {
        let mut last = None;
        for weeks_back in (0..crate::year::WEEKS).rev() {
            let at = stage.house.year.week(weeks_back, 3, 10 * 60);
            let date = at.date();
            let letter =
                self.letters.iter().find(|letter| letter.get("month") == Some(&date.month().to_string()));
            if let Some(scene) = letter.and_then(|letter| letter.scenes.first())
                && date.day() <= 7
                && at > from
                && at < until
            {
                stage.happens(at, "letter", &scene.title, &scene.body);
                last = Some(at);
            }
        }
        last
    }

    /// Deals a card and lets it happen from a time on.
    pub fn happens(&mut self, stage: &mut Stage<'_>, dice: &Dice, sort: &str, start: Time) {
        let Some(card) = self.deal(stage, sort, dice) else { return };
        let (mut last, mut days_told) = (start, 0);
        for scene in &card.scenes {
            // An answer that waited for office hours moves what follows: nobody thanks for a parcel still to come.
            let days = if let When::After(days, _) = scene.when { days } else { 0 };
            let earliest = last.plus_days(days - days_told).plus_seconds(120);
            days_told = days;
            let planned = scene.when.time(stage.house.year, start, last, dice.between(9, 190));
            let at = if ours(&scene.verb) {
                in_hours(stage.house, planned, dice)
            } else {
                awake(stage.house, planned)
            };
            let at = at.max(earliest);
            let told = stage
                .play(scene, at)
                .unwrap_or_else(|wrong| panic!("card \u{201c}{}\u{201d}: {wrong}", scene.title));
            if !told {
                break; // the rest has not happened yet
            }
            last = at;
        }
    }

    /// A survey answer that fits a mood between 0 (gone) and 1 (glad).
    pub fn answer(&mut self, stage: &mut Stage<'_>, dice: &Dice, mood: f64, at: Time) {
        let sort = match mood {
            m if m > 0.55 => "survey high",
            m if m > 0.2 => "survey middle",
            _ => "survey low",
        };
        self.happens(stage, dice, sort, at);
    }
}

fn opening(card: &Script) -> String {
    card.scenes.first().map_or_else(String::new, |scene| format!("{}{}", scene.title, scene.body))
}

fn ours(verb: &str) -> bool {
    matches!(verb, "answers" | "chats" | "calls" | "visits" | "meets" | "notes" | "refunds" | "texted")
}

/// We answer in the daytime, and not on Sundays.
fn in_hours(house: &House, at: Time, dice: &Dice) -> Time {
    let year = house.year;
    let minute = at.seconds_since(year.at_minute(at, 0)) / 60;
    let sunday = at.date().weekday() == jiff::civil::Weekday::Sunday;
    match (minute, sunday) {
        (OPENS..=CLOSES, false) => at,
        (..OPENS, false) => year.at_minute(at, OPENS + dice.between(5, 110)),
        (_, true) => year.at_minute(at.plus_days(1), OPENS + dice.between(5, 110)),
        _ => {
            let day = at.plus_days(1);
            let free =
                if day.date().weekday() == jiff::civil::Weekday::Sunday { day.plus_days(1) } else { day };
            year.at_minute(free, OPENS + dice.between(5, 110))
        }
    }
}

/// Others write when they are awake.
fn awake(house: &House, at: Time) -> Time {
    let minute = at.seconds_since(house.year.at_minute(at, 0)) / 60;
    if minute < 6 * 60 { house.year.at_minute(at, 7 * 60 + minute / 6) } else { at }
}

/// The Thursday of next week, half past six.
pub fn cupping_night(house: &House, after: Time) -> Time {
    let weekday = i64::from(after.date().weekday().to_monday_zero_offset());
    house.year.at_minute(after.plus_days(10 - weekday), 18 * 60 + 30)
}

/// A day in the year, likelier when the shop is busy, at some hour of the day.
pub fn some_day(house: &House, dice: &Dice) -> Time {
    loop {
        let weeks = dice.between(1, crate::year::WEEKS);
        let at = house.year.week(weeks, dice.between(0, 6), dice.between(7 * 60, 22 * 60));
        if dice.often(season(at) / 1.75) {
            return at;
        }
    }
}

/// What a tale has told, as a fragment of one source.
pub fn fragment(
    source: &str,
    who: &Neighbour,
    stage: Stage<'_>,
    roles: Vec<RoleClaim>,
    more: Vec<Handle>,
) -> Fragment {
    let start = stage.house.year.start();
    let mut moments = stage.moments;
    moments.sort_by_key(|moment| moment.at);
    let mut handles = who.mailbox();
    handles.extend(more);
    Fragment {
        source: source.into(),
        key: who.actor.slug.clone(),
        seen_at: moments.first().map_or(start, |moment| moment.at),
        fields: who.fields(),
        handles,
        roles,
        moments,
    }
}
