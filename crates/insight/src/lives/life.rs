//! What one person's timeline comes to: days, amounts, counts. It holds no words.

use jiff::{ToSpan, civil::Date};
use model::PersonId;
use serde::{Deserialize, Serialize};

/// Days since 1970-01-01, in the organisation's time zone.
pub type Day = i32;
/// Months since January of year 0: `year * 12 + month - 1`.
pub type Month = i32;

/// The month of a day.
pub fn month_of(day: Day) -> Month {
    let date = date_of(day);
    i32::from(date.year()) * 12 + i32::from(date.month()) - 1
}

/// The first day of a month.
pub fn first_of(month: Month) -> Day {
    let (year, month) = (month.div_euclid(12), month.rem_euclid(12) + 1);
    Date::new(year as i16, month as i8, 1).map_or(0, day_of)
}

/// The date of a day; far outside of what calendars hold, the first that they hold.
pub fn date_of(day: Day) -> Date {
    EPOCH.checked_add(day.days()).unwrap_or(Date::MIN)
}

/// The day of a date.
pub fn day_of(date: Date) -> Day {
    EPOCH.until(date).map_or(0, |span| span.get_days())
}

const EPOCH: Date = Date::constant(1970, 1, 1);

/// One person's life with us.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Life {
    /// The day of the first moment.
    pub since: Day,
    /// What they bought: one row for each day and currency, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub bought: Vec<Bought>,
    /// What went back to them, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub refunded: Vec<Amount>,
    /// Subscriptions, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<Term>,
    /// What serving them took, by month and kind of work, but for making ready what they bought; see [`Life::deeds`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub work: Vec<Work>,
    /// Who spoke, by month.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub turns: Vec<Turns>,
    /// Each time they spoke and we had to answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub waits: Vec<Wait>,
    /// What we gave them without being asked to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub goodwill: Vec<Amount>,
    /// What became of promises.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub promises: Vec<Promise>,
    /// How they felt when they were asked, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub felt: Vec<Felt>,
    /// Why they came, where anybody knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub came: Option<Came>,
    /// Whom they brought.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub brought: Vec<Brought>,
    /// What they told us that could make us better, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub feedback: Vec<Feedback>,
}

impl Life {
    /// What serving them took: what is kept of it, and making ready what they bought.
    pub fn deeds(&self) -> impl Iterator<Item = Work> + '_ {
        let orders = self.bought.iter().map(|it| Work {
            month: month_of(it.day),
            deed: Deed::Order,
            times: it.orders,
            minutes: 0,
            timed: 0,
        });
        self.work.iter().cloned().chain(orders)
    }
}

/// What was bought on a day. There are many of them, so they are kept as rows without names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "BoughtRow", into = "BoughtRow")]
pub struct Bought {
    /// The day.
    pub day: Day,
    /// What was paid, in minor units.
    pub minor: i64,
    /// In which currency (ISO 4217).
    pub currency: String,
    /// Orders on that day.
    pub orders: u32,
    /// What was taken off the price, in minor units.
    pub discount: i64,
    /// What it cost us to buy or make, where every order says so, in minor units.
    pub cost: Option<i64>,
    /// An incentive stood behind it: a coupon, a discount.
    pub incentive: bool,
}

/// Day, paid, currency, orders, taken off, cost, incentive.
type BoughtRow = (Day, i64, String, u32, i64, Option<i64>, bool);

impl From<BoughtRow> for Bought {
    fn from((day, minor, currency, orders, discount, cost, incentive): BoughtRow) -> Self {
        Self { day, minor, currency, orders, discount, cost, incentive }
    }
}

impl From<Bought> for BoughtRow {
    fn from(it: Bought) -> Self {
        (it.day, it.minor, it.currency, it.orders, it.discount, it.cost, it.incentive)
    }
}

/// Money on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// The day.
    pub day: Day,
    /// Minor units, not negative.
    pub minor: i64,
    /// In which currency.
    pub currency: String,
}

/// A subscription from its beginning to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// When it began.
    pub from: Day,
    /// When it ended; none while it lasts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// It rests for now.
    #[serde(default, skip_serializing_if = "is_false")]
    pub paused: bool,
    /// Until when a contract binds them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound_to: Option<Day>,
    /// They tried to end it and could not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<Day>,
}

/// A kind of work that a person takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// A mail written to them.
    Mail,
    /// A line written in a chat or messenger.
    Line,
    /// A call.
    Call,
    /// A visit.
    Visit,
    /// A meeting.
    Meeting,
    /// An order made ready.
    Order,
    /// Something that came back.
    Return,
}

impl Deed {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Mail, Self::Line, Self::Call, Self::Visit, Self::Meeting, Self::Order, Self::Return];
}

/// Work of one kind in a month; kept as a row without names, like purchases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WorkRow", into = "WorkRow")]
pub struct Work {
    /// The month.
    pub month: Month,
    /// Which kind.
    pub deed: Deed,
    /// How often.
    pub times: u32,
    /// Minutes, of those whose length was noted.
    pub minutes: u32,
    /// How many had their length noted.
    pub timed: u32,
}

/// Month, kind, how often, minutes, how many were timed.
type WorkRow = (Month, Deed, u32, u32, u32);

impl From<WorkRow> for Work {
    fn from((month, deed, times, minutes, timed): WorkRow) -> Self {
        Self { month, deed, times, minutes, timed }
    }
}

impl From<Work> for WorkRow {
    fn from(it: Work) -> Self {
        (it.month, it.deed, it.times, it.minutes, it.timed)
    }
}

/// Who spoke in a month; kept as a row without names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "TurnsRow", into = "TurnsRow")]
pub struct Turns {
    /// The month.
    pub month: Month,
    /// Times they spoke, or we together.
    pub heard: u32,
    /// Times we spoke.
    pub said: u32,
    /// Times we wrote unasked.
    pub unasked: u32,
    /// Days on which they used the product.
    pub used: u32,
}

/// Month, heard, said, unasked, used.
type TurnsRow = (Month, u32, u32, u32, u32);

impl From<TurnsRow> for Turns {
    fn from((month, heard, said, unasked, used): TurnsRow) -> Self {
        Self { month, heard, said, unasked, used }
    }
}

impl From<Turns> for TurnsRow {
    fn from(it: Turns) -> Self {
        (it.month, it.heard, it.said, it.unasked, it.used)
    }
}

/// They spoke, and we had to answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// When they spoke.
    pub day: Day,
    /// Minutes until our word; none if they wait still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<i64>,
    /// How often they had to speak until then.
    pub asked: u32,
}

/// What became of a promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// When it was due.
    pub due: Day,
    /// `open`, `kept` or `broken`, as the desk keeps it.
    pub state: String,
    /// It was kept later than promised, or is overdue.
    pub late: bool,
}

impl Promise {
    /// It was not kept, or its day is over and nothing came of it.
    pub fn failed(&self, today: Day) -> bool {
        self.state == "broken" || (self.state == "open" && (self.late || self.due < today))
    }
}

/// How they felt when they were asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Felt {
    /// The day.
    pub day: Day,
    /// What they were asked: `nps`, `csat`, `ces`.
    pub survey: String,
    /// The score as they gave it.
    pub score: f64,
}

impl Felt {
    /// From 0 (as bad as can be) to 1; none for a survey whose ends nobody knows.
    pub fn part(&self) -> Option<f64> {
        let (low, high) = match self.survey.as_str() {
            "nps" => (0.0, 10.0),
            "csat" => (1.0, 5.0),
            "ces" => (1.0, 7.0),
            "sus" => (0.0, 100.0),
            _ => return None,
        };
        Some(((self.score - low) / (high - low)).clamp(0.0, 1.0))
    }
}

/// Why somebody came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Came {
    /// The day it was told.
    pub day: Day,
    /// By what: `friend`, `search`, `press`, `social`, `event`, `passing`, `advertising`, `partner`, `other`.
    pub by: String,
    /// Who brought them, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub friend: Option<PersonId>,
    /// They would have come without.
    #[serde(default, skip_serializing_if = "is_false")]
    pub anyway: bool,
}

/// Somebody they brought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brought {
    /// The day it was told.
    pub day: Day,
    /// Who it was, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
}

/// Something they told us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Feedback {
    /// The day.
    pub day: Day,
    /// Something came of it.
    pub led_to_something: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
fn is_false(it: &bool) -> bool {
    !*it
}
