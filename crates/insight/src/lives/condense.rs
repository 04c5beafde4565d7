//! A timeline becomes a life: every moment in time order, one small step for each kind.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use model::{Channel, Direction, Kind, PersonId, Time, Turn};
use serde::Deserialize;
use serde_json::Value;

use super::life::{Amount, Turns, day_of};
use super::life::{
    Bought, Brought, Came, Day, Deed, Feedback, Felt, Life, Month, Term, Wait, Work, month_of,
};

/// What is read of a moment: everything but its words.
#[derive(Debug, Clone)]
pub struct Happened {
    /// When.
    pub at: Time,
    /// What sort of thing.
    pub kind: Kind,
    /// Through what.
    pub channel: Channel,
    /// Who acted.
    pub direction: Direction,
    /// What only this kind has, as it is kept.
    pub data: String,
}

/// A life in the making.
pub struct Condensing<'z> {
    zone: &'z TimeZone,
    life: Life,
    began: bool,
    bought: BTreeMap<(Day, String), Bought>,
    work: BTreeMap<(Month, Deed), Work>,
    turns: BTreeMap<Month, Turns>,
    waits_since: Option<(Time, u32)>,
}

/// What a purchase says that counts here; what cannot be read counts as not said.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Paid<'a> {
    #[serde(borrow)]
    total: Option<Sum<'a>>,
    #[serde(borrow)]
    discount: Option<Sum<'a>>,
    #[serde(borrow)]
    cost: Option<Sum<'a>>,
    coupon: Value,
}

#[derive(Deserialize)]
struct Sum<'a> {
    minor: i64,
    currency: &'a str,
}

impl<'z> Condensing<'z> {
    /// A life of which nothing is told yet.
    pub fn new(zone: &'z TimeZone) -> Self {
        Self {
            zone,
            life: Life::default(),
            began: false,
            bought: BTreeMap::new(),
            work: BTreeMap::new(),
            turns: BTreeMap::new(),
            waits_since: None,
        }
    }

    /// The next moment.
    pub fn hear(&mut self, it: &Happened) {
        let day = day_of(it.at.timestamp().to_zoned(self.zone.clone()).date());
        if !self.began {
            (self.life.since, self.began) = (day, true);
        }
        match it.kind {
            Kind::Purchase => return self.bought(day, &it.data),
            Kind::Refund => return self.refunded(day, &it.data),
            Kind::Use => {
                self.turns(day).used += 1;
                return;
            }
            _ => {}
        }
        let data: Value = serde_json::from_str(&it.data).unwrap_or_default();
        self.turn(it, day, &data);
        self.worked(it, day, &data);
        match it.kind {
            Kind::Subscription => self.subscribed(day, &data),
            Kind::Survey => self.felt(day, &data),
            Kind::Referral | Kind::Joined => self.came(day, &data),
            _ => {}
        }
        if let Some(led) = data.get("feedback") {
            let led_to_something = led.get("led_to").is_some_and(|it| !it.is_null());
            self.life.feedback.push(Feedback { day, led_to_something });
        }
    }

    /// The life.
    pub fn done(mut self) -> Life {
        if let Some((since, asked)) = self.waits_since {
            let day = day_of(since.timestamp().to_zoned(self.zone.clone()).date());
            self.life.waits.push(Wait { day, minutes: None, asked });
        }
        self.life.bought = self.bought.into_values().collect();
        self.life.work = self.work.into_values().collect();
        self.life.turns = self.turns.into_values().collect();
        self.life
    }

    fn bought(&mut self, day: Day, data: &str) {
        let paid: Paid<'_> = serde_json::from_str(data).unwrap_or_default();
        // Tills write what comes back as a sale below nothing.
        if paid.total.as_ref().is_some_and(|it| it.minor < 0) {
            return self.refunded(day, data);
        }
        // What has a price is told as bought, and its work follows from it.
        let Some(total) = paid.total else { return self.work(day, Deed::Order, None) };
        let new = || Bought {
            day,
            minor: 0,
            currency: total.currency.to_owned(),
            orders: 0,
            discount: 0,
            cost: Some(0),
            incentive: false,
        };
        let row = self.bought.entry((day, total.currency.to_owned())).or_insert_with(new);
        let discount =
            paid.discount.filter(|it| it.currency == total.currency).map_or(0, |it| it.minor.max(0));
        let cost = paid.cost.filter(|it| it.currency == total.currency).map(|it| it.minor);
        row.minor = row.minor.saturating_add(total.minor);
        row.orders += 1;
        row.discount = row.discount.saturating_add(discount);
        row.cost = row.cost.zip(cost).map(|(a, b)| a.saturating_add(b));
        row.incentive |= discount > 0 || !(paid.coupon.is_null() || paid.coupon == "");
    }

    fn refunded(&mut self, day: Day, data: &str) {
        let paid: Paid<'_> = serde_json::from_str(data).unwrap_or_default();
        self.work(day, Deed::Return, None);
        if let Some(total) = paid.total {
            let minor = total.minor.saturating_abs();
            self.life.refunded.push(Amount { day, minor, currency: total.currency.to_owned() });
        }
    }

    fn turns(&mut self, day: Day) -> &mut Turns {
        let month = month_of(day);
        let new = || Turns { month, heard: 0, said: 0, unasked: 0, used: 0 };
        self.turns.entry(month).or_insert_with(new)
    }

    fn work(&mut self, day: Day, deed: Deed, minutes: Option<u32>) {
        let month = month_of(day);
        let new = || Work { month, deed, times: 0, minutes: 0, timed: 0 };
        let row = self.work.entry((month, deed)).or_insert_with(new);
        row.times += 1;
        if let Some(minutes) = minutes {
            row.minutes += minutes;
            row.timed += 1;
        }
    }

    /// Who spoke, and whether somebody waits from here on.
    fn turn(&mut self, it: &Happened, day: Day, data: &Value) {
        let automatic = data.get("automatic").is_some_and(|it| !it.is_null());
        match it.direction {
            Direction::Heard | Direction::Together if !automatic => self.turns(day).heard += 1,
            Direction::Said if it.kind == Kind::Outreach => self.turns(day).unasked += 1,
            Direction::Said => self.turns(day).said += 1,
            _ => {}
        }
        match Turn::after(&it.kind, it.direction, data) {
            Turn::Ours => {
                let (since, asked) = self.waits_since.unwrap_or((it.at, 0));
                self.waits_since = Some((since, asked + 1));
            }
            Turn::Theirs => {
                let Some((since, asked)) = self.waits_since.take() else { return };
                let day = day_of(since.timestamp().to_zoned(self.zone.clone()).date());
                let minutes = Some(it.at.seconds_since(since).max(0) / 60);
                self.life.waits.push(Wait { day, minutes, asked });
            }
            Turn::Same => {}
        }
    }

    fn worked(&mut self, it: &Happened, day: Day, data: &Value) {
        let deed = match (&it.kind, it.direction) {
            (Kind::Email, Direction::Said) => Deed::Mail,
            (Kind::Chat | Kind::Message, Direction::Said) => Deed::Line,
            (Kind::Call, _) => Deed::Call,
            (Kind::Visit, _) => Deed::Visit,
            (Kind::Meeting, _) => Deed::Meeting,
            _ => return,
        };
        let minutes = data.get("minutes").and_then(Value::as_u64).and_then(|it| u32::try_from(it).ok());
        self.work(day, deed, minutes);
    }

    fn subscribed(&mut self, day: Day, data: &Value) {
        let change = data.get("change").and_then(Value::as_str).unwrap_or_default();
        let bound_to =
            data.get("bound_to").and_then(Value::as_str).and_then(|it| it.parse().ok()).map(day_of);
        let terms = &mut self.life.terms;
        match (change, terms.last_mut().filter(|it| it.to.is_none())) {
            ("paused", Some(term)) => term.paused = true,
            ("resumed" | "renewed", Some(term)) => {
                term.paused = false;
                term.bound_to = bound_to.or(term.bound_to);
            }
            ("ended", Some(term)) => term.to = Some(day),
            ("end_refused", Some(term)) => term.failed.push(day),
            ("started" | "resumed", None) => {
                terms.push(Term { from: day, to: None, paused: false, bound_to, failed: Vec::new() });
            }
            _ => {}
        }
    }

    fn felt(&mut self, day: Day, data: &Value) {
        let survey = data.get("survey").and_then(Value::as_str);
        if let (Some(survey), Some(score)) = (survey, data.get("score").and_then(Value::as_f64)) {
            self.life.felt.push(Felt { day, survey: survey.to_owned(), score });
        }
    }

    fn came(&mut self, day: Day, data: &Value) {
        let named = |name: &str| data.get(name).filter(|it| it.is_string());
        let person = || -> Option<PersonId> { data.get("person")?.as_str()?.parse().ok() };
        if named("brought").is_some() {
            self.life.brought.push(Brought { day, person: person() });
        } else if self.life.came.is_none() {
            let by = named("came_by").or_else(|| named("brought_by").map(|_| &FRIEND));
            let Some(by) = by.and_then(Value::as_str) else { return };
            let anyway = data.get("anyway").and_then(Value::as_bool).unwrap_or(false);
            let by = if by.is_empty() { "friend" } else { by };
            self.life.came = Some(Came { day, by: by.to_owned(), friend: person(), anyway });
        }
    }
}

/// Whoever was brought by somebody came because of a friend.
static FRIEND: Value = Value::String(String::new());
