//! What shall be said, and how far it came. Asked for in the transaction that keeps the moment; handed over by whoever takes it,
//! once; and the states claim no more than is known.

mod sql;

use std::collections::{BTreeMap, HashMap, HashSet};

use channels::mail::Mailbox;
use model::{DigestId, MailboxId, MessengerId, MomentId, Original, PersonId, PieceId, StaffId, Time, World};
use permission::{Cleared, Handed, Point, Word};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Notice, Read, Row, ToValue, Value, Write, params};

use crate::Result;

/// What a message is for that answers what they said.
pub const REPLY: &str = "reply";
/// What a letter of one of us is for that answers nothing.
pub const PERSONAL_LETTER: &str = "personal_letter";

/// What a message is for that confirms a stop.
pub const STOP_CONFIRMED: &str = "optout_confirmation";

/// No cap counts over a longer time.
const LOOK_BACK_DAYS: i64 = 400;
/// Whoever sends a message says so again within this time, or is taken for gone.
pub const LEASE_SECONDS: i64 = 60;

/// By which way a message leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Through {
    /// As a mail from a mailbox.
    Mailbox(MailboxId),
    /// By a messenger.
    Messenger(MessengerId),
}

/// What is said, and to which addresses.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Letter {
    /// Its Message-ID, in angle brackets, decided before the first try.
    pub id: String,
    /// Who writes.
    pub from: Option<Mailbox>,
    /// Where answers go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// To whom.
    pub to: Vec<Mailbox>,
    /// Who gets a copy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cc: Vec<Mailbox>,
    /// Its subject.
    pub subject: String,
    /// The id of the mail it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_reply_to: Option<String>,
    /// The ids of its thread.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// What it says.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// What stands below it: who writes, for whom.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub signature: String,
    /// What it answers, quoted below the signature.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub quoted: String,
    /// Files that go with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Original>,
    /// The same with its looks, which show the face of who writes, and pictures among the files, by their digests as Content-IDs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub html: Option<String>,
    /// The face of who writes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub face: Option<Original>,
    /// What a digest is made of; its words are written when it leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<Issue>,
    /// What a messenger calls the conversation in which it is said, if it is said in one; all that leaves then is its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat: Option<String>,
}

/// What one person's copy of a digest is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// Which digest.
    pub digest: DigestId,
    /// What is in it, in its order.
    pub pieces: Vec<PieceId>,
    /// The topics for which they get it.
    pub topics: Vec<String>,
    /// What they are called, if that is known.
    pub name: Option<String>,
}

/// How far a message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It waits to be sent.
    Queued,
    /// The gate holds it until a time.
    Held,
    /// It is being handed over just now.
    Leaving,
    /// A server took it. That is not yet the person.
    Left,
    /// A server asked for patience.
    Later,
    /// A server refused it for somebody.
    Refused,
    /// All was said and no answer came: nobody knows whether it left.
    Unknown,
    /// It came back.
    Bounced,
}

impl State {
    /// The stored name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Held => "held",
            Self::Leaving => "leaving",
            Self::Left => "left",
            Self::Later => "later",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::Bounced => "bounced",
        }
    }
}

impl std::str::FromStr for State {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        serde_json::from_value(json!(text)).map_err(|_| format!("“{text}” is no state of a message"))
    }
}

/// How it went for one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fate {
    /// How far it came for them.
    pub state: State,
    /// What the server said.
    pub said: String,
}

/// A message and how far it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// To whom.
    pub person: PersonId,
    /// The moment that says it.
    pub moment: MomentId,
    /// By which way.
    pub through: Through,
    /// How far it came.
    pub state: State,
    /// Since when.
    pub state_at: Time,
    /// Tries so far.
    pub tries: i64,
    /// How it went for each recipient's address.
    pub outcome: BTreeMap<String, Fate>,
    /// What is said.
    pub letter: Letter,
    /// When it was asked for.
    pub asked_at: Time,
    /// By whom.
    pub by: Option<StaffId>,
    /// What for, as the policy calls it.
    pub purpose: String,
    /// About which topic, if its purpose has any.
    pub topic: Option<String>,
    /// By which way, as the policy calls it.
    pub channel: String,
    /// What the gate said of it, once it was asked.
    pub word: Option<Word>,
}

/// A message that may leave now, for whoever took it to hand over.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The message.
    pub message: Message,
    /// Where it may be said: nowhere else.
    pub cleared: Vec<Cleared>,
}

impl Message {
    /// Those who are still to be served: a second try is for those whom the first did not reach.
    pub fn open(&self) -> Vec<String> {
        let Letter { to, cc, chat, .. } = &self.letter;
        let addresses = to.iter().chain(cc).map(|it| it.address.clone());
        let open = |it: &String| {
            self.outcome.get(it).is_none_or(|fate| matches!(fate.state, State::Queued | State::Later))
        };
        addresses.chain(chat.clone()).filter(open).collect()
    }

    /// Those who are still to be served, as they are written and as the gate calls them.
    pub(crate) fn points(&self) -> Vec<(String, Point)> {
        let point = |it: &str| match self.through {
            Through::Messenger(ours) => Point::messenger(&self.channel, ours, it),
            Through::Mailbox(_) => Point::mail(it),
        };
        self.open().into_iter().map(|it| (it.clone(), point(&it))).collect()
    }
}

fn read(row: &Row<'_>) -> store::Result<Message> {
    let letter: Letter = row.json(7)?;
    let through = match letter.chat {
        Some(_) => Through::Messenger(row.get(2)?),
        None => Through::Mailbox(row.get(2)?),
    };
    Ok(Message {
        person: row.get(0)?,
        moment: row.get(1)?,
        through,
        state: row.parse(3)?,
        state_at: row.get(4)?,
        tries: row.get(5)?,
        outcome: row.json(6)?,
        letter,
        asked_at: row.get(8)?,
        by: row.get(9)?,
        purpose: row.get(10)?,
        topic: Some(row.get::<String>(11)?).filter(|it| !it.is_empty()),
        channel: row.get(12)?,
        word: row.json(13)?,
    })
}

/// What shall be sent, by which way and what for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) through: Through,
    /// As the policy calls the way.
    pub(crate) channel: &'a str,
    /// As the policy calls it.
    pub(crate) purpose: &'a str,
    pub(crate) letter: &'a Letter,
    pub(crate) by: Option<StaffId>,
}

/// Asks for a moment that was just kept to be sent.
pub(crate) fn ask(
    tx: &mut Write<'_>,
    world: &World,
    person: PersonId,
    moment: MomentId,
    wanted: &Wanted<'_>,
) -> Result<()> {
    let person = memory::current(tx, person)?;
    let through = match wanted.through {
        Through::Mailbox(id) => id.uuid(),
        Through::Messenger(id) => id.uuid(),
    };
    let content = json!(wanted.letter).to_string();
    let (by, purpose, channel) = (wanted.by, wanted.purpose, wanted.channel);
    tx.run(sql::ADD, params![person, moment, through, world.now(), content, by, purpose, channel])?;
    Ok(tx.announce(Notice::about("messages", moment))?)
}

/// The message that a moment asked for.
pub fn of_moment(db: &mut Read<'_>, moment: MomentId) -> Result<Option<Message>> {
    Ok(db.first(&sql::of_moment(), params![moment], read)?)
}

/// The newest messages to somebody.
pub fn of_person(db: &mut Read<'_>, person: PersonId, most: i64) -> Result<Vec<Message>> {
    let person = memory::current(db, person)?;
    Ok(db.rows(&sql::of_person(), params![person, most], read)?)
}

/// Messages that did not arrive since then, or of which nobody knows, to people who have heard nothing from us after them; the
/// newest first.
pub fn in_trouble(db: &mut Read<'_>, since: Time, most: i64) -> Result<Vec<Message>> {
    Ok(db.rows(&sql::in_trouble(), params![most, since], read)?)
}

/// What is due, the longest due first. What nobody keeps hold of any more is unknown from here on.
pub(crate) fn due(tx: &mut Write<'_>, now: Time, most: i64, lane: &str) -> Result<Vec<Message>> {
    tx.run(sql::LOST, params![now, now, lane])?;
    Ok(tx.rows(&sql::due(), params![now, most, lane], read)?)
}

/// What the gate said is kept: it waits, it is refused, or it leaves now and nobody else gets it.
pub(crate) fn keep_word(
    tx: &mut Write<'_>,
    mut message: Message,
    word: Word,
    cleared: Vec<Cleared>,
    now: Time,
) -> Result<Option<Taken>> {
    let (person, moment, class) = (message.person, message.moment, word.class.clone());
    let kept = json!(word).to_string();
    for (address, answer) in word.refused() {
        let fate = Fate { state: State::Refused, said: answer.words.clone() };
        message.outcome.insert(address.clone(), fate);
    }
    let outcome = json!(message.outcome).to_string();
    tx.announce(Notice::about("person", person))?;
    if let Some((until, _)) = word.waits() {
        tx.run(sql::HOLD, params![person, moment, now, until, class, kept])?;
        return Ok(None);
    }
    if cleared.is_empty() {
        tx.run(sql::REFUSE, params![person, moment, now, class, kept, outcome])?;
        return Ok(None);
    }
    let until = now.plus_seconds(LEASE_SECONDS);
    if tx.run(sql::TAKE, params![person, moment, now, until, class, kept, outcome])? != 1 {
        return Ok(None);
    }
    let tries = message.tries + 1;
    let message = Message { state: State::Leaving, tries, word: Some(word), ..message };
    Ok(Some(Taken { message, cleared }))
}

/// Something changed with somebody: what was held for them is asked about again at once.
pub fn look_again(tx: &mut Write<'_>, person: PersonId, now: Time) -> Result<()> {
    let person = memory::current(tx, person)?;
    if tx.run(sql::LOOK_AGAIN, params![person, now])? > 0 {
        tx.announce(Notice::about("messages", person))?;
    }
    Ok(())
}

/// What waits and has not left is not said after all.
pub fn take_back(tx: &mut Write<'_>, moment: MomentId, why: &str, now: Time) -> Result<bool> {
    let Some(message) = of_moment(tx, moment)? else { return Ok(false) };
    let fate = Fate { state: State::Refused, said: why.to_owned() };
    let outcome: BTreeMap<String, Fate> = message.open().into_iter().map(|it| (it, fate.clone())).collect();
    let outcome = json!(outcome).to_string();
    let done = tx.run(sql::TAKE_BACK, params![message.person, moment, now, outcome])? == 1;
    tx.announce(Notice::about("person", message.person))?;
    Ok(done)
}

/// Whoever was sending this way is known to be gone: nobody knows how far those messages came.
pub fn lost(tx: &mut Write<'_>, now: Time, lane: &str) -> Result<()> {
    tx.run(sql::LOST, params![now, now.plus_days(1), lane])?;
    Ok(())
}

/// Says that the message is still being sent.
pub fn keep(tx: &mut Write<'_>, message: &Message, now: Time) -> Result<()> {
    let person = memory::current(tx, message.person)?;
    tx.run(sql::KEEP, params![person, message.moment, now.plus_seconds(LEASE_SECONDS)])?;
    Ok(())
}

/// Keeps how far a message came; `due` is when it is tried again.
pub fn settle(
    tx: &mut Write<'_>,
    moment: MomentId,
    state: State,
    outcome: &BTreeMap<String, Fate>,
    now: Time,
    due: Time,
) -> Result<()> {
    let Some(message) = of_moment(tx, moment)? else { return Ok(()) };
    let person = message.person;
    tx.run(sql::SETTLE, params![person, moment, state.as_str(), now, due, json!(outcome).to_string()])?;
    Ok(tx.announce(Notice::about("person", person))?)
}

/// Sends once more what did not arrive, to those whom it did not reach; the same mail, so that whoever has it knows it.
pub fn again(tx: &mut Write<'_>, moment: MomentId, now: Time) -> Result<()> {
    let Some(message) = of_moment(tx, moment)? else { return Ok(()) };
    if !matches!(message.state, State::Refused | State::Unknown | State::Bounced) {
        return Ok(());
    }
    let mut outcome = message.outcome.clone();
    outcome.retain(|_, fate| matches!(fate.state, State::Left));
    // Somebody thinks that there is a way after all.
    let open = Message { outcome: outcome.clone(), ..message };
    for (_, point) in open.points() {
        permission::suppressed::lift(tx, &point, permission::suppressed::BOUNCES)?;
    }
    settle(tx, moment, State::Queued, &outcome, now, now)?;
    Ok(tx.announce(Notice::about("messages", moment))?)
}

/// Keeps what came back about a message that had left: for one recipient, or for all if it does not say for whom. What nobody was
/// sure about has left if somebody says that it arrived.
pub fn came_back(
    tx: &mut Write<'_>,
    moment: MomentId,
    recipient: Option<&str>,
    fate: &Fate,
    now: Time,
) -> Result<()> {
    let Some(message) = of_moment(tx, moment)? else { return Ok(()) };
    let mut outcome = message.outcome;
    let hit = |address: &String| recipient.is_none_or(|it| it.eq_ignore_ascii_case(address));
    for (_, kept) in outcome.iter_mut().filter(|(address, _)| hit(address)) {
        *kept = fate.clone();
    }
    // Word of it may come before whoever took it has said so.
    if message.state == State::Leaving && !outcome.keys().any(hit) {
        outcome.extend(recipient.map(|it| (it.to_owned(), fate.clone())));
    }
    let state = match (fate.state, message.state) {
        (State::Bounced, _) => State::Bounced,
        (State::Left, State::Unknown) => State::Left,
        (_, state) => state,
    };
    if state != message.state {
        return settle(tx, moment, state, &outcome, now, now);
    }
    // Whoever holds it while it leaves goes on holding it.
    tx.run(sql::OUTCOME, params![message.person, moment, json!(outcome).to_string()])?;
    Ok(tx.announce(Notice::about("person", message.person))?)
}

/// The same of several people.
pub(crate) fn heard_by(
    db: &mut Read<'_>,
    people: &[PersonId],
    now: Time,
) -> Result<HashMap<PersonId, Vec<Handed>>> {
    let since = [now.plus_days(-LOOK_BACK_DAYS).value().into_owned()];
    let asked: Vec<Value<'_>> = people.iter().map(ToValue::value).collect();
    let rows = memory::each_in(db, sql::handed_to, &since, &asked, |row| {
        Ok((row.get::<PersonId>(5)?, handed(row)?))
    })?;
    let mut all: HashMap<PersonId, Vec<Handed>> = HashMap::new();
    rows.into_iter().for_each(|(person, it)| all.entry(person).or_default().push(it));
    Ok(all)
}

fn handed(row: &Row<'_>) -> store::Result<Handed> {
    let state: State = row.parse(0)?;
    let status = match state {
        State::Leaving | State::Later => "reserved",
        State::Unknown => "unknown",
        State::Bounced => "bounced",
        _ => "accepted",
    };
    Ok(Handed {
        at: row.get(1)?,
        class: row.get(2)?,
        channel: row.get(3)?,
        status: status.into(),
        dedupe_key: row.get::<MomentId>(4)?.to_string(),
    })
}

/// What they heard from us, or may have, or are about to hear.
pub(crate) fn heard(db: &mut Read<'_>, person: PersonId, but: MomentId, now: Time) -> Result<Vec<Handed>> {
    let since = now.plus_days(-LOOK_BACK_DAYS);
    Ok(db.rows(sql::HANDED, params![person, since, but], handed)?)
}

/// What the timeline tells and nobody was told: it waits, or was refused.
pub(crate) fn unsaid(db: &mut Read<'_>, person: PersonId) -> Result<HashSet<MomentId>> {
    let person = memory::current(db, person)?;
    Ok(db.rows(sql::UNSAID, params![person], |row| row.get(0))?.into_iter().collect())
}

/// How many of each purpose somebody got since then.
pub fn came(db: &mut Read<'_>, person: PersonId, since: Time) -> Result<Vec<(String, i64)>> {
    let person = memory::current(db, person)?;
    Ok(db.rows(sql::CAME, params![person, since], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

/// What is held for somebody and leaves first: when, and what it is.
pub fn next(db: &mut Read<'_>, person: PersonId) -> Result<Option<(Time, String)>> {
    let person = memory::current(db, person)?;
    let next = db.first(sql::NEXT, params![person], |row| Ok((row.get(0)?, row.json(1)?)))?;
    Ok(next.map(|(at, letter): (Time, Letter)| (at, format!("\u{201c}{}\u{201d}", letter.subject))))
}

/// As it is stored. A round of messages has hundreds of these, and `json!` would take each apart first.
pub(crate) fn text(it: &impl Serialize) -> String {
    serde_json::to_string(it).unwrap_or_else(|_| "null".into())
}

/// Keeps how far each of several messages came that went to one person each; `due` is when those are tried again that a server asked for patience.
pub fn settle_all(tx: &mut Write<'_>, settled: &[(Message, Fate)], now: Time, due: Time) -> Result<()> {
    let outcomes: Vec<String> = settled
        .iter()
        .map(|(message, fate)| {
            let whole = message.open().into_iter().map(|it| (it, fate.clone()));
            text(&message.outcome.clone().into_iter().chain(whole).collect::<BTreeMap<_, _>>())
        })
        .collect();
    let sets: Vec<Vec<Value<'_>>> = settled
        .iter()
        .zip(&outcomes)
        .map(|((it, fate), outcome)| {
            let state = fate.state.as_str();
            vec![
                it.person.value(),
                it.moment.value(),
                state.value(),
                now.value(),
                due.value(),
                outcome.value(),
            ]
        })
        .collect();
    if tx.many(&sql::SETTLE_LEAVING, &sets)? == settled.len() as u64 {
        return Ok(());
    }
    for (message, fate) in settled {
        // Some have become somebody else's, or something came back before we heard that it was taken.
        let Some(known) = of_moment(tx, message.moment)? else { continue };
        if known.state == State::Leaving {
            let whole = message.open().into_iter().map(|it| (it, fate.clone()));
            let outcome = whole.chain(known.outcome).collect();
            settle(tx, message.moment, fate.state, &outcome, now, due)?;
        }
    }
    Ok(())
}
