//! The stage: scenes of a script become moments of one person.

use std::collections::{BTreeMap, BTreeSet};

use model::{Channel, Direction, Item, Kind, Money, NewMoment, Purchase, Time};
use serde_json::{Value, json};

use crate::{
    actor::Actor,
    catalogue,
    mail::{self, Letter},
    place::CURRENCY,
    script::{Scene, When},
    staff::StaffMember,
    year::Year,
};

/// A chat goes on as long as nobody is silent for half a day.
const CHAT_GAP_SECONDS: i64 = 12 * 3600;

/// Titles stand on one line of a timeline.
const LONGEST_TITLE: usize = 64;

/// What all tales share.
pub struct House {
    /// The year they happen in.
    pub year: Year,
    /// Who works there.
    pub staff: Vec<StaffMember>,
    /// Where chance starts from.
    pub seed: u64,
    orders: BTreeSet<i64>,
}

impl House {
    /// A house in which nothing has happened yet.
    pub fn new(year: Year, seed: u64) -> Self {
        Self { year, staff: crate::staff::staff(), seed, orders: BTreeSet::new() }
    }

    fn colleague(&self, key: &str) -> &StaffMember {
        self.staff.iter().find(|member| member.key == key).unwrap_or(&self.staff[0])
    }

    /// Order numbers rise with time and are never given twice.
    fn order(&mut self, at: Time) -> String {
        let mut number = 20_000 + at.seconds_since(self.year.start()) / 1_200;
        while !self.orders.insert(number) {
            number += 1;
        }
        format!("LR-{number}")
    }
}

/// One person's tale while it is being told.
pub struct Stage<'a> {
    /// What all tales share.
    pub house: &'a mut House,
    /// Whose tale it is.
    pub actor: Actor,
    /// What has been told.
    pub moments: Vec<NewMoment>,
    /// Words that stand in braces in scripts, such as `{bean}`.
    pub slots: BTreeMap<String, String>,
    /// Cards this person has been dealt, by how they open: nobody lives the same week twice.
    pub dealt: BTreeSet<String>,
    /// A coupon for the next purchase, and what it takes off the price in percent.
    pub coupon: Option<(&'static str, i64)>,
    /// By what they say they came, when they open an account.
    pub came_by: Option<&'static str>,
    threads: BTreeMap<String, Vec<Letter>>,
    subject: String,
    chat: Option<(String, Time)>,
    last_order: Option<String>,
}

impl<'a> Stage<'a> {
    /// An empty stage for one person.
    pub fn new(house: &'a mut House, actor: Actor) -> Self {
        let slots = [("first", &actor.first), ("city", &actor.city)]
            .map(|(slot, word)| (slot.to_owned(), word.clone()))
            .into();
        Self {
            house,
            actor,
            moments: Vec::new(),
            slots,
            dealt: BTreeSet::new(),
            coupon: None,
            came_by: None,
            threads: BTreeMap::new(),
            subject: String::new(),
            chat: None,
            last_order: None,
        }
    }

    /// When the last thing happened.
    pub fn last(&self) -> Time {
        self.moments.last().map_or(self.house.year.start(), |moment| moment.at)
    }

    /// Lets something happen that is told in a line, if it lies in the year; says whether it did.
    ///
    /// # Panics
    /// If the line is misspelled: the tests tell every tale.
    pub fn happens(&mut self, at: Time, verb: &str, title: &str, body: &str) -> bool {
        let scene = Scene {
            when: When::HoursAgo(0),
            verb: verb.into(),
            staff: None,
            title: title.into(),
            body: body.into(),
        };
        self.play(&scene, at).unwrap_or_else(|wrong| panic!("{}, {verb}: {wrong}", self.actor.slug))
    }

    /// Lets a scene happen, if it lies in the year; says whether it did.
    pub fn play(&mut self, scene: &Scene, at: Time) -> Result<bool, String> {
        if !self.house.year.holds(at) {
            return Ok(false);
        }
        let staff = scene.staff.clone().unwrap_or_else(|| self.actor.staff.clone());
        let (title, body) = (self.filled(&scene.title, &staff), self.filled(&scene.body, &staff));
        let told = Told { at, staff, title, body };
        self.act(&scene.verb, told)?;
        Ok(true)
    }

    fn act(&mut self, verb: &str, told: Told) -> Result<(), String> {
        use {Channel as C, Direction as D, Kind as K};
        match verb {
            "writes" => self.letter(told, D::Heard),
            "answers" => self.letter(told, D::Said),
            "asks" => self.chat(told, D::Heard),
            "chats" => self.chat(told, D::Said),
            "texts" => self.plain(told, K::Message, C::Sms, D::Heard),
            "texted" => self.plain(told, K::Message, C::Sms, D::Said),
            "posts" => self.plain(told, K::Message, C::Social, D::Heard),
            "card" => self.plain(told, K::Message, C::Post, D::Heard),
            "sent" => self.plain(told, K::Message, C::Post, D::Said),
            "calls" => self.plain(told, K::Call, C::Phone, D::Together),
            "visits" => self.plain(told, K::Visit, C::InPerson, D::Together),
            "meets" => self.plain(told, K::Meeting, C::InPerson, D::Together),
            "notes" => self.plain(told, K::Note, C::Desk, D::Noted),
            "joined" => {
                let data = self.came_by.map_or(Value::Null, |by| json!({"came_by": by}));
                self.with(told, K::Joined, C::Form, D::Heard, data);
            }
            "letter" => self.plain(told, K::Outreach, C::Email, D::Said),
            "cupping" => self.with(told, K::Visit, C::InPerson, D::Together, json!({"event": "cupping"})),
            "brought" => {
                let data = json!({"brought": told.title});
                let title = format!("Brought {}", told.title);
                self.with(Told { title, ..told }, K::Referral, C::Desk, D::Heard, data)
            }
            "came" => {
                let data = json!({"brought_by": told.title});
                let title = format!("Came because of {}", told.title);
                self.with(Told { title, ..told }, K::Referral, C::Form, D::Heard, data)
            }
            "rated" => return self.rating(told),
            "subscription" => return self.subscription(told),
            "buys" => return self.purchase(told),
            "refunds" => return self.refund(told),
            other => return Err(format!("nobody knows how to \u{201c}{other}\u{201d}")),
        }
        Ok(())
    }

    fn filled(&self, text: &str, staff: &str) -> String {
        if !text.contains('{') {
            return text.to_owned();
        }
        let order = self.last_order.as_deref().unwrap_or("my last order");
        let text = text.replace("{me}", self.house.colleague(staff).given()).replace("{order}", order);
        self.slots.iter().fold(text, |text, (slot, word)| text.replace(&format!("{{{slot}}}"), word))
    }

    fn key(&self) -> String {
        format!("{}-{}", self.actor.slug, self.moments.len() + 1)
    }

    fn tell(&mut self, told: Told, kind: Kind, channel: Channel, direction: Direction) -> &mut NewMoment {
        let by = match direction {
            Direction::Heard => None,
            _ => Some(self.house.colleague(&told.staff).id),
        };
        let at = self.moments.len();
        let title = if told.title.is_empty() { opening_words(&told.body) } else { told.title };
        self.moments.push(NewMoment {
            key: self.key(),
            at: told.at,
            kind,
            channel,
            direction,
            account: self.actor.account.clone(),
            by,
            thread: None,
            title,
            body: told.body,
            data: Value::Null,
            originals: Vec::new(),
        });
        &mut self.moments[at]
    }

    fn plain(&mut self, told: Told, kind: Kind, channel: Channel, direction: Direction) {
        self.tell(told, kind, channel, direction);
    }

    fn with(&mut self, told: Told, kind: Kind, channel: Channel, direction: Direction, data: Value) {
        self.tell(told, kind, channel, direction).data = data;
    }

    fn chat(&mut self, told: Told, direction: Direction) {
        let going = self.chat.take().filter(|(_, last)| told.at.seconds_since(*last) < CHAT_GAP_SECONDS);
        let thread = going.map_or_else(|| format!("chat-{}", self.key()), |(thread, _)| thread);
        self.chat = Some((thread.clone(), told.at));
        let moment = self.tell(told, Kind::Chat, Channel::Chat, direction);
        moment.thread = Some(thread);
    }

    fn letter(&mut self, told: Told, direction: Direction) {
        let reply = told.title.is_empty() || told.title == "re";
        if !reply {
            self.subject.clone_from(&told.title);
        }
        let subject = self.subject.clone();
        let thread = self.threads.remove(&subject).unwrap_or_default();
        let sender = self.house.colleague(&told.staff);
        let letter = match direction {
            Direction::Said => Letter::from_us(sender, &self.actor, &told.body, told.at),
            _ => Letter::to_us(&self.actor, sender, &told.body, told.at),
        };
        let letter = letter.numbered(&self.actor.slug, self.moments.len() + 1);
        let written = mail::written(&letter, thread.last(), &self.actor.language);
        let root = thread.first().unwrap_or(&letter).message_id.clone();
        let title = if thread.is_empty() { subject.clone() } else { format!("Re: {subject}") };
        let moment =
            self.tell(Told { title, body: written.body, ..told }, Kind::Email, Channel::Email, direction);
        moment.key.clone_from(&letter.message_id);
        moment.thread = Some(root);
        moment.data = written.data;
        self.threads.insert(subject, thread.into_iter().chain([letter]).collect());
    }

    fn rating(&mut self, told: Told) -> Result<(), String> {
        let score: u8 =
            told.title.parse().map_err(|_| format!("\u{201c}{}\u{201d} is not a score", told.title))?;
        let title = format!("Would recommend us: {score} of 10");
        let data = json!({"survey": "nps", "score": score, "comment": told.body});
        self.with(Told { title, ..told }, Kind::Survey, Channel::Form, Direction::Heard, data);
        Ok(())
    }

    fn subscription(&mut self, told: Told) -> Result<(), String> {
        let (change, plan) = told.title.split_once(" | ").unwrap_or((&told.title, ""));
        if !matches!(change, "started" | "paused" | "resumed" | "ended") {
            return Err(format!("a subscription is not \u{201c}{change}\u{201d}"));
        }
        let title = match plan {
            "" => format!("Subscription {change}"),
            plan => format!("Subscription {change}: {plan}"),
        };
        let data = json!({"change": change, "plan": plan, "reason": told.body});
        self.with(Told { title, ..told }, Kind::Subscription, Channel::Shop, Direction::Heard, data);
        Ok(())
    }

    fn purchase(&mut self, told: Told) -> Result<(), String> {
        let items = told.body.lines().map(item).collect::<Result<Vec<_>, _>>()?;
        let listed: i64 = items.iter().filter_map(|item| item.total.as_ref()).map(|money| money.minor).sum();
        if listed <= 0 {
            return Err("a purchase needs something bought".into());
        }
        let coupon = self.coupon.take();
        let off = coupon.map_or(0, |(_, percent)| listed * percent / 100);
        let pence = listed - off;
        let order = self.house.order(told.at);
        self.last_order = Some(order.clone());
        let lines: Vec<_> =
            items.iter().map(|item| format!("{} \u{d7} {}", item.quantity, item.name)).collect();
        let title = if told.title.is_empty() { basket(&items) } else { told.title.clone() };
        let purchase = Purchase { total: pounds(pence), order: Some(order.clone()), items };
        let told = Told { title, body: lines.join("\n"), ..told };
        let moment = self.tell(told, Kind::Purchase, Channel::Shop, Direction::Heard);
        moment.key.clone_from(&order);
        moment.thread = Some(order);
        moment.data = serde_json::to_value(purchase).map_err(|e| e.to_string())?;
        moment.data["cost"] = json!(pounds(listed * GOODS_PERCENT / 100));
        if let Some((coupon, _)) = coupon {
            moment.data["coupon"] = json!(coupon);
            moment.data["discount"] = json!(pounds(off));
        }
        Ok(())
    }

    fn refund(&mut self, told: Told) -> Result<(), String> {
        let (amount, title) = told.title.split_once(" | ").ok_or("a refund needs `amount | reason`")?;
        let pence = Money::parse(amount, CURRENCY).map_err(|e| e.to_string())?.minor;
        let order = self.last_order.clone();
        let mut data =
            serde_json::to_value(Purchase { total: pounds(-pence), order: order.clone(), items: vec![] })
                .map_err(|e| e.to_string())?;
        data["reason"] = json!(title);
        let title = title.to_owned();
        let moment = self.tell(Told { title, ..told }, Kind::Refund, Channel::Shop, Direction::Said);
        moment.thread = order;
        moment.data = data;
        Ok(())
    }
}

/// What green coffee, bags, gas and everything else that goes into a thing costs, in percent of its price.
const GOODS_PERCENT: i64 = 46;

/// A scene with its words filled in.
struct Told {
    at: Time,
    staff: String,
    title: String,
    body: String,
}

fn pounds(pence: i64) -> Money {
    Money { minor: pence, currency: CURRENCY.into() }
}

/// `2 x Harbour Blend 1 kg`, or `1 x Something special = 45.00`.
fn item(line: &str) -> Result<Item, String> {
    let wrong = || format!("\u{201c}{line}\u{201d} is not `2 x Thing` with a price we know");
    let (quantity, rest) = line.split_once(" x ").ok_or_else(wrong)?;
    let quantity: i64 = quantity.trim().parse().map_err(|_| wrong())?;
    let (name, each) = match rest.split_once(" = ") {
        Some((name, amount)) => (name, Money::parse(amount, CURRENCY).ok().map(|money| money.minor)),
        None => (rest, catalogue::price(rest.trim())),
    };
    let total = pounds(each.ok_or_else(wrong)? * quantity);
    Ok(Item { name: name.trim().into(), quantity, total: Some(total) })
}

fn basket(items: &[Item]) -> String {
    match items {
        [] => String::new(),
        [only] => only.name.clone(),
        [first, second] => format!("{} and {}", first.name, second.name),
        [first, others @ ..] => format!("{} and {} more", first.name, others.len()),
    }
}

/// The first sentence where it is short, else the first words.
fn opening_words(text: &str) -> String {
    let sentence = text.split_inclusive(['.', '?', '!', '\n']).next().unwrap_or_default().trim();
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.len() {
        _ if sentence.chars().count() <= LONGEST_TITLE => sentence.trim_end_matches('.').to_owned(),
        0..=8 => words.join(" "),
        _ => format!("{} \u{2026}", words[..8].join(" ")),
    }
}
