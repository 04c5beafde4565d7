//! From the journal into the memory: whose a message is, what it answers, and what came back.

use channels::{
    Context, Heard,
    mail::{INSIDE, Marks, Ours},
};
use conversations::outbox::{self, Fate, State};
use futures_util::future::try_join_all;
use house::House;
use memory::{MemoryError, Prepared, Taken, prepare, timeline};
use model::{Direction, Fragment, MailboxId, Moment, MomentId, NewMoment, PersonId, Time};
use permission::{Point, suppressed};
use serde_json::{Value as Json, json};
use store::{Notice, Read, Store, StoreError, Write, params};

use super::sql;
use crate::{DeliveryError, aside::blocking, returned};

/// Messages kept together, and those read from the journal at once.
const TOGETHER: usize = 64;
const AHEAD: i64 = 512;
/// So few are not worth parting.
const FEW: usize = 8;

/// The house's own marks on what it sends.
pub async fn marks(store: &Store) -> Result<Marks, DeliveryError> {
    const KEY: &str = "mail marks";
    let key = match store.read(|db| memory::known_secret(db, KEY)).await? {
        Some(key) => key,
        None => {
            let world = store.world().clone();
            store.write(move |tx| memory::secret(tx, &world, KEY)).await?
        }
    };
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(&key).for_each(|(to, from)| *to = *from);
    Ok(Marks::new(bytes))
}

/// What it takes to look into messages.
#[derive(Clone)]
pub(super) struct Sorter {
    store: Store,
    marks: Marks,
    ours: Ours,
    context: Context,
}

/// A message of the journal.
#[derive(Debug, Clone)]
struct Entry {
    folder: String,
    validity: i64,
    uid: i64,
    digest: String,
    fetched_at: Time,
}

/// What a message turned out to be.
#[derive(Clone)]
enum Seen {
    /// Somebody's words: the places of its fragments in the batch.
    Words(std::ops::Range<usize>),
    /// A report about a message of ours.
    Report(Box<NewMoment>, MomentId),
    /// What we sent from here.
    Ours,
    /// What one of us wrote to another; it may be the mail of a mailbox to itself, with what our own server says of it.
    Inside(Option<(MomentId, Option<Json>)>),
    /// Nobody's: kept in the journal, with the reason.
    Nobodys(&'static str, String),
}

/// What a batch says, and what each of its messages turned out to be.
type Looked = (Vec<Prepared>, Vec<(Entry, Seen)>);

impl Sorter {
    /// With what the house says of itself now.
    pub(super) async fn new(store: &Store) -> Result<Self, DeliveryError> {
        let settings = House::new(store.clone()).settings().await?;
        let boxes = store.read(super::addresses).await?;
        let own = settings.own_addresses.iter().chain(&settings.own_domains).chain(&boxes);
        let ours = Ours::new(own.map(String::as_str));
        let country = Some(settings.country).filter(|it| !it.is_empty());
        let context = Context { source: "mail".into(), seen_at: store.world().now(), country };
        Ok(Self { store: store.clone(), marks: marks(store).await?, ours, context })
    }

    /// Looks into everything of a mailbox that nobody has looked into: the next messages while those before them are kept.
    pub(super) async fn sort(&self, mailbox: MailboxId) -> Result<(), DeliveryError> {
        loop {
            let entries = self.entries(mailbox).await?;
            let mut groups = entries.chunks(TOGETHER);
            let Some(mut group) = groups.next() else { return Ok(()) };
            let mut looked = self.looked(group).await?;
            loop {
                let next = groups.next();
                let (kept, ahead) = tokio::join!(self.keep(mailbox, looked), async {
                    match next {
                        Some(next) => Ok(Some((next, self.looked(next).await?))),
                        None => Ok::<_, DeliveryError>(None),
                    }
                });
                if let Err(error) = kept {
                    tracing::warn!(%error, "mails could not be kept together; each is tried alone");
                    self.each_alone(mailbox, group).await?;
                }
                let Some(ahead) = ahead? else { break };
                (group, looked) = ahead;
            }
        }
    }

    /// Looks into messages, on all cores: reading them takes longer than keeping them.
    async fn looked(&self, entries: &[Entry]) -> Result<Looked, DeliveryError> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let parts = entries.chunks(entries.len().div_ceil(cores).max(FEW)).map(|part| {
            let (this, part) = (self.clone(), part.to_vec());
            blocking(move || this.look(&part))
        });
        let (mut batch, mut seen) = Looked::default();
        for (more, found) in try_join_all(parts).await? {
            let before = batch.len();
            batch.extend(more);
            seen.extend(found.into_iter().map(|(entry, it)| match it {
                Seen::Words(range) => (entry, Seen::Words(range.start + before..range.end + before)),
                other => (entry, other),
            }));
        }
        Ok((batch, seen))
    }

    /// One mail that the engine will not have must not hold up those behind it.
    async fn each_alone(&self, mailbox: MailboxId, entries: &[Entry]) -> Result<(), DeliveryError> {
        for entry in entries {
            let looked = self.looked(std::slice::from_ref(entry)).await?;
            let why = match self.keep(mailbox, looked).await {
                Ok(()) => continue,
                Err(DeliveryError::Memory(MemoryError::Store(
                    error @ (StoreError::Engine(_)
                    | StoreError::Panicked(_)
                    | StoreError::Conflict(_)
                    | StoreError::Column { .. }),
                ))) => error.to_string(),
                Err(other) => return Err(other),
            };
            let Entry { folder, validity, uid, .. } = entry.clone();
            self.store
                .write(move |tx| tx.run(sql::SETTLE, params![mailbox, folder, validity, uid, "refused", why]))
                .await?;
        }
        Ok(())
    }

    async fn entries(&self, mailbox: MailboxId) -> Result<Vec<Entry>, DeliveryError> {
        let read = move |db: &mut Read<'_>| {
            db.rows(sql::NEW, params![mailbox, AHEAD], |row| {
                Ok(Entry {
                    folder: row.get(0)?,
                    validity: row.get(1)?,
                    uid: row.get(2)?,
                    digest: row.get(3)?,
                    fetched_at: row.get(4)?,
                })
            })
        };
        Ok(self.store.read(read).await?)
    }

    fn look(&self, entries: &[Entry]) -> Result<Looked, DeliveryError> {
        let (mut batch, mut seen) = (Vec::new(), Vec::new());
        for entry in entries {
            let found = match self.store.files().get(&entry.digest) {
                Err(error) => Seen::Nobodys("refused", error.to_string()),
                Ok(raw) => match channels::mail::one(raw, &self.ours, &self.context) {
                    Heard::Refused { reason, .. } if reason == INSIDE => {
                        Seen::Inside(self.trial(&self.store.files().get(&entry.digest).unwrap_or_default()))
                    }
                    Heard::Refused { reason, .. } => Seen::Nobodys("refused", reason),
                    Heard::Told { fragments, .. } => self.tell(fragments, entry.fetched_at, &mut batch),
                },
            };
            seen.push((entry.clone(), found));
        }
        Ok((batch, seen))
    }

    fn tell(&self, fragments: Vec<Fragment>, fetched_at: Time, batch: &mut Vec<Prepared>) -> Seen {
        let first = fragments.first().and_then(|it| it.moments.first()).cloned();
        let said_by_us = first.as_ref().is_some_and(|it| it.direction == Direction::Said);
        let data = first.as_ref().map_or(Json::Null, |it| it.data.clone());
        let mark = |text: &Json| self.marks.message(text.as_str()?).map(MomentId::from_uuid);
        if let (true, Some(_)) = (said_by_us, mark(&data["message_id"])) {
            return Seen::Ours;
        }
        if let (Some(first), Some(about)) = (first, mark(&data["report"]["about"])) {
            return Seen::Report(Box::new(first), about);
        }
        let answers = self.answers(&data);
        let began = batch.len();
        batch.extend(fragments.into_iter().map(|mut fragment| {
            for moment in &mut fragment.moments {
                moment.at = finer(moment.at, fetched_at);
                if let (Some(id), Some(data)) = (answers, moment.data.as_object_mut()) {
                    data.insert("answers".into(), json!(id));
                }
            }
            prepare(fragment)
        }));
        Seen::Words(began..batch.len())
    }

    /// Which mail of a mailbox to itself it is, if it is one, and what our own server says of it.
    fn trial(&self, raw: &[u8]) -> Option<(MomentId, Option<Json>)> {
        let (id, verdict) = channels::mail::verdict(raw)?;
        Some((MomentId::from_uuid(self.marks.message(&id)?), verdict))
    }

    /// Which message of ours it answers: by the address it was sent to, then by the ids it refers to, the nearest first.
    fn answers(&self, data: &Json) -> Option<MomentId> {
        let list = |name: &str| data[name].as_array().cloned().unwrap_or_default();
        let addresses = [list("to"), list("cc")].concat();
        let addresses = addresses.iter().filter_map(|it| it["address"].as_str().map(str::to_owned));
        let ids = list("in_reply_to").into_iter().chain(list("references").into_iter().rev());
        let ids = ids.filter_map(|it| it.as_str().map(str::to_owned));
        addresses.chain(ids).find_map(|text| self.marks.message(&text)).map(MomentId::from_uuid)
    }

    /// All of a batch, and that it was looked into, in one transaction.
    async fn keep(&self, mailbox: MailboxId, (batch, seen): Looked) -> Result<(), DeliveryError> {
        let world = self.store.world().clone();
        let gone = self
            .store
            .write(move |tx| {
                let mut batch = batch.clone();
                let answered = answered(tx, &batch)?;
                for prepared in &mut batch {
                    prepared.change(|moment| {
                        if let Some(about) = answer_of(moment).and_then(|id| answered.get(&id)) {
                            moment.thread = thread_of(about).or_else(|| moment.thread.take());
                            // Mail servers count whole seconds; an answer comes after what it answers.
                            moment.at = moment.at.max(Time::from_micros(about.at.micros() + 1));
                        }
                    });
                }
                let taken = memory::take(tx, &world, &batch)?;
                for (prepared, taken) in batch.iter().zip(&taken) {
                    for moment in &prepared.fragment().moments {
                        let about = answer_of(moment).and_then(|id| answered.get(&id));
                        if let (Some(person), Direction::Heard) = (taken.person, moment.direction) {
                            if let Some(from) = moment.data["from"]["address"].as_str() {
                                returned::is_alive(tx, from)?;
                            }
                            outbox::look_again(tx, person, world.now())?;
                        }
                        if let Some(about) = about {
                            beside(tx, &world, moment, taken, about)?;
                            in_their_talk(tx, moment, taken, about)?;
                        }
                    }
                }
                let mut gone = Vec::new();
                for (entry, seen) in &seen {
                    let (state, reason) = match seen {
                        Seen::Words(range) => words(&taken[range.clone()]),
                        Seen::Ours => ("ours", String::new()),
                        Seen::Inside(trial) => {
                            if let Some((id, verdict)) = trial {
                                came(tx, mailbox, *id, verdict.as_ref(), world.now())?;
                            }
                            ("inside", INSIDE.to_owned())
                        }
                        Seen::Nobodys(state, reason) => (*state, reason.clone()),
                        Seen::Report(moment, about) => report(tx, &world, moment, *about)?,
                    };
                    let Entry { folder, validity, uid, digest, .. } = entry;
                    tx.run(sql::SETTLE, params![mailbox, folder, validity, uid, state, reason])?;
                    if matches!(state, "ours" | "forgotten" | "inside" | "report")
                        && tx.first(sql::DIGEST_IN_USE, params![digest], |_| Ok(()))?.is_none()
                    {
                        gone.push(digest.clone());
                    }
                }
                Ok::<_, DeliveryError>(gone)
            })
            .await?;
        let files = self.store.files().clone();
        blocking(move || gone.iter().try_for_each(|digest| files.remove(digest))).await
    }
}

/// Mail servers count whole seconds; of what has just come we know better, and in which order it came.
fn finer(received: Time, fetched_at: Time) -> Time {
    const JUST_NOW: std::ops::Range<i64> = 0..10_000_000;
    let since = fetched_at.micros() - received.micros();
    if JUST_NOW.contains(&since) { fetched_at } else { received }
}

fn words(taken: &[Taken]) -> (&'static str, String) {
    match taken.iter().all(|it| it.person.is_none()) {
        true => ("forgotten", String::new()),
        false => ("kept", String::new()),
    }
}

/// The mail of a mailbox to itself is back.
fn came(
    tx: &mut Write<'_>,
    mailbox: MailboxId,
    trial: MomentId,
    verdicts: Option<&Json>,
    now: Time,
) -> Result<(), DeliveryError> {
    let verdicts = verdicts.map(Json::to_string);
    if tx.run(sql::TRIAL_CAME, params![mailbox, trial, now, verdicts])? > 0 {
        tx.announce(Notice::about("mailbox", mailbox))?;
    }
    Ok(())
}

fn answer_of(moment: &NewMoment) -> Option<MomentId> {
    moment.data.get("answers")?.as_str()?.parse().ok()
}

/// The messages of ours that a batch answers.
fn answered(
    tx: &mut Write<'_>,
    batch: &[Prepared],
) -> Result<std::collections::HashMap<MomentId, Moment>, DeliveryError> {
    let mut found = std::collections::HashMap::new();
    for id in batch.iter().flat_map(|it| &it.fragment().moments).filter_map(answer_of) {
        if let std::collections::hash_map::Entry::Vacant(place) = found.entry(id)
            && let Some(moment) = timeline::moment_by_id(tx, id)?
        {
            place.insert(moment);
        }
    }
    Ok(found)
}

fn thread_of(moment: &Moment) -> Option<String> {
    moment.thread.clone().or_else(|| moment.data["message_id"].as_str().map(str::to_owned))
}

/// Somebody else answered what we wrote to a person: it stays theirs who wrote it, and the other's conversation says so.
fn beside(
    tx: &mut Write<'_>,
    world: &model::World,
    moment: &NewMoment,
    taken: &Taken,
    about: &Moment,
) -> Result<(), DeliveryError> {
    let Some(person) = taken.person else { return Ok(()) };
    if moment.direction != Direction::Heard || taken.ids.is_empty() {
        return Ok(());
    }
    let person: PersonId = memory::current(tx, person)?;
    if memory::current(tx, about.person)? == person {
        return Ok(());
    }
    let who = moment.data["from"]["name"].as_str().or(moment.data["from"]["address"].as_str());
    let note = NewMoment {
        key: format!("{} beside {}", moment.key, about.id),
        direction: Direction::Noted,
        title: format!("{} answered what we wrote here", who.unwrap_or("Somebody else")),
        body: String::new(),
        thread: thread_of(about),
        data: json!({"automatic": "noted by the house", "beside": person, "beside_moment": taken.ids[0]}),
        originals: Vec::new(),
        ..moment.clone()
    };
    memory::note(tx, world, about.person, &note, None)?;
    Ok(())
}

/// Their own answer to what went by mail because they had left a talk is heard in the talk as well.
fn in_their_talk(
    tx: &mut Write<'_>,
    moment: &NewMoment,
    taken: &Taken,
    about: &Moment,
) -> Result<(), DeliveryError> {
    let is_word = moment.direction == Direction::Heard && moment.data.get("automatic").is_none();
    if let (true, Some(person), Some(id)) = (is_word, taken.person, taken.ids.first()) {
        conversations::talks::answered_by_mail(tx, person, about.id, *id)?;
    }
    Ok(())
}

/// What a receipt tells (RFC 8098, 3.2.6), and no more than that.
fn receipt(report: &serde_json::Value) -> &'static str {
    let told = report["fields"]["disposition"].as_str().unwrap_or_default().to_lowercase();
    let kind = told.rsplit(';').next().unwrap_or_default().trim();
    match kind.split('/').next().unwrap_or_default().trim() {
        "displayed" => "They opened this mail",
        "deleted" => "They deleted this mail unread",
        _ => "Their mail program told us that it has this mail",
    }
}

/// What came back about a message of ours: it is kept where that message is, and starts no conversation.
fn report(
    tx: &mut Write<'_>,
    world: &model::World,
    moment: &NewMoment,
    about: MomentId,
) -> Result<(&'static str, String), DeliveryError> {
    let Some(ours) = timeline::moment_by_id(tx, about)? else {
        return Ok(("refused", "it speaks of a message of ours that is not here any more".into()));
    };
    let report = &moment.data["report"];
    let only = outbox::of_moment(tx, about)?.and_then(|it| conversations::links::addressee(&it.letter));
    let (mut title, mut failed) = ("Something came back about this mail".to_owned(), false);
    for recipient in report["recipients"].as_array().into_iter().flatten() {
        let address = recipient["original_recipient"].as_str().or(recipient["final_recipient"].as_str());
        let action = recipient["action"].as_str().unwrap_or_default().to_lowercase();
        let words = ["status", "diagnostic_code"].iter().filter_map(|it| recipient[*it].as_str());
        let said = words.collect::<Vec<_>>().join(" ");
        let state = match action.as_str() {
            "failed" => State::Bounced,
            "delayed" => State::Later,
            _ => State::Left,
        };
        failed |= state == State::Bounced;
        title = match state {
            State::Bounced => format!("This mail could not be delivered to {}", address.unwrap_or("them")),
            State::Later => format!("This mail is still on its way to {}", address.unwrap_or("them")),
            _ => format!("This mail was delivered to {}", address.unwrap_or("them")),
        };
        if state == State::Bounced
            && let Some(address) = address.or(only.as_deref())
        {
            returned::keep(tx, world, address, &said)?;
        }
        outbox::came_back(tx, about, address, &Fate { state, said }, world.now())?;
    }
    if report["type"].as_str() == Some("feedback-report") {
        // Their provider may have blotted the address out; our own mark says to whom it went.
        if let Some(address) = &only {
            suppressed::suppress(tx, world, &Point::mail(address), suppressed::Kind::Complaint)?;
        }
    }
    match report["type"].as_str() {
        Some("disposition-notification") => title = receipt(report).into(),
        Some("feedback-report") => title = "They marked this mail as unwanted".into(),
        _ => {}
    }
    let note = NewMoment {
        direction: Direction::Noted,
        title,
        thread: thread_of(&ours),
        data: json!({
            "automatic": "a mail server wrote it", "report": report, "about": about, "failed": failed,
        }),
        ..moment.clone()
    };
    memory::note(tx, world, ours.person, &note, None)?;
    Ok(("report", String::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_says_no_more_than_it_tells() {
        let told = |words: &str| receipt(&json!({"fields": {"disposition": words}}));
        assert_eq!(told("manual-action/MDN-sent-manually; displayed"), "They opened this mail");
        assert_eq!(
            told("automatic-action/MDN-sent-automatically; Deleted/error"),
            "They deleted this mail unread"
        );
        assert_eq!(told("automatic-action/MDN-sent-automatically; processed"), told(""));
    }
}
