//! Digests leave here: rounds of a few at once, each on a line that is kept open. Whoever is killed leaves at most the rounds in hand unknown,
//! each by name.

mod trying;
mod writing;

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use channels::mail::{
    Mailbox as Address, Outgoing, Signer,
    smtp::{Handed, Line},
};
use conversations::{
    clearing,
    digests::{self, Digest, Envelope, MadeOf, Round},
    links::Links,
    outbox::{self, Fate, Message, State, Taken, Through},
};
use futures_util::future::join_all;
use house::House;
use model::{DigestId, MailboxId, StaffId, Time, World};
use permission::{Duty, topics};
use store::{Engine, Notice, Store, Write, hear, jobs};
use tokio::{
    sync::{Mutex, watch},
    task::JoinSet,
    time::sleep,
};

pub use self::{
    trying::{shown, to_ourselves},
    writing::{Ink, Written, write},
};
use crate::{
    DeliveryError,
    alone::{Alone, become_the_only_one},
    aside::blocking,
    mailboxes::{self, Mailbox},
    returned, signing,
};

/// The most that a crash can leave unknown: so many are handed over at once, each on its own line.
pub const IN_FLIGHT: usize = 320;
/// Rounds in hand at once: while one is written down, others are handed over, or wait for the disk. A round of PostgreSQL's begins with
/// some twenty questions, which cost the same for many as for few.
const fn rounds(engine: Engine) -> usize {
    match engine {
        Engine::Sqlite => 5,
        Engine::Postgres => 2,
    }
}
/// How often it is looked for work without being told of any.
const LOOK: Duration = Duration::from_secs(5);
/// How soon it is looked again where another process is at it.
const SOON: Duration = Duration::from_millis(10);
/// How often those who look on are told how far it is.
const TOLD_SECONDS: i64 = 2;
/// When a server asked for patience.
const LATER_SECONDS: i64 = 300;
/// The job that works out who gets a digest.
pub const PLAN: &str = "digest.plan";

/// Sends what is due until told to stop; the round in hand is finished first.
pub async fn send(store: Store, address: &str, mut stop: watch::Receiver<bool>) {
    let Some(lock) = become_the_only_one(&store, "digests", &mut stop).await else { return };
    if matches!(lock, Alone::Locked { .. }) {
        let now = store.world().now();
        let lost: Result<(), DeliveryError> =
            store.write(move |tx| Ok(outbox::lost(tx, now, digests::LANE)?)).await;
        if let Err(error) = lost {
            tracing::warn!(%error, "digests that were leaving when the program ended could not be looked up");
        }
    }
    let long_ago = store.world().now().plus_days(-1);
    let turn = Arc::new(Mutex::new(Turn { looked: long_ago, read: long_ago, senders: None }));
    let mut hands = JoinSet::new();
    for _ in 0..rounds(store.engine()) {
        let (store, address) = (store.clone(), address.trim_end_matches('/').to_owned());
        let (turn, stop) = (turn.clone(), stop.clone());
        hands.spawn(async move { hand(&store, &address, &turn, stop).await });
    }
    hands.join_all().await;
}

/// One of the hands that send. What became of a round is kept together with the taking of the next.
async fn hand(store: &Store, address: &str, turn: &Mutex<Turn>, mut stop: watch::Receiver<bool>) {
    let (mut notices, mut lines) = (store.notices(), Lines::default());
    let mut onlookers = Onlookers { told_at: store.world().now(), untold: BTreeSet::new() };
    let mut done = Arc::new(Done::default());
    while !*stop.borrow() {
        let round = next(store, turn, &done).await;
        let (senders, round) = match round {
            Ok(it) => it,
            Err(error) => {
                tracing::warn!(%error, "the digests cannot be read; trying again");
                settle(store, &std::mem::take(&mut done)).await;
                sleep(LOOK).await;
                continue;
            }
        };
        done = Arc::default();
        match round {
            Round::Elsewhere => sleep(SOON).await,
            Round::Taken(taken, made_of) if !taken.is_empty() => {
                let settled = hand_over(store, address, &senders, (taken, made_of), &mut lines).await;
                let all = settled.iter().filter_map(|(it, _)| Some(it.letter.digest.as_ref()?.digest));
                onlookers.untold.extend(all);
                done = Arc::new(Done { settled, told: onlookers.due(store.world().now()) });
            }
            Round::Taken(..) => {
                lines.close().await;
                onlookers.hear_the_last(store).await;
                tokio::select! {
                    _ = stop.changed() => {}
                    () = hear(&mut notices, |it| it.topic == "digests") => {}
                    () = sleep(LOOK) => {}
                }
            }
        }
    }
    settle(store, &done).await;
    lines.close().await;
}

/// What became of a round, and the digests whose onlookers hear of it.
#[derive(Default)]
struct Done {
    settled: Vec<(Message, Fate)>,
    told: Vec<DigestId>,
}

impl Done {
    fn keep(&self, tx: &mut Write<'_>, world: &World) -> Result<(), DeliveryError> {
        let now = world.now();
        outbox::settle_all(tx, &self.settled, now, now.plus_seconds(LATER_SECONDS))?;
        for (message, fate) in self.settled.iter().filter(|(_, fate)| fate.state == State::Refused) {
            for to in message.open() {
                returned::keep(tx, world, &to, &fate.said)?;
            }
        }
        for id in &self.told {
            tx.announce(Notice::about("digests", id))?;
        }
        Ok(())
    }
}

/// Keeps what became of a round, however long it takes: it has happened.
async fn settle(store: &Store, done: &Arc<Done>) {
    while !done.settled.is_empty() {
        let (world, all) = (store.world().clone(), done.clone());
        match store.write(move |tx| all.keep(tx, &world)).await {
            Ok(()) => return,
            Err(error) => tracing::error!(%error, "what became of digests could not be kept; trying again"),
        }
        sleep(LOOK).await;
    }
}

/// Those who look on while digests go.
struct Onlookers {
    told_at: Time,
    untold: BTreeSet<DigestId>,
}

impl Onlookers {
    /// What they are told now: not with every round, which nobody can read.
    fn due(&mut self, now: Time) -> Vec<DigestId> {
        if now.seconds_since(self.told_at) < TOLD_SECONDS {
            return Vec::new();
        }
        self.told_at = now;
        std::mem::take(&mut self.untold).into_iter().collect()
    }

    /// What came after they were last told.
    async fn hear_the_last(&mut self, store: &Store) {
        if self.untold.is_empty() {
            return;
        }
        let all = std::mem::take(&mut self.untold);
        let told: Result<(), DeliveryError> = store
            .write(move |tx| {
                for id in &all {
                    tx.announce(Notice::about("digests", id))?;
                }
                Ok(())
            })
            .await;
        if let Err(error) = told {
            tracing::warn!(%error, "those who look on could not be told how far a digest is");
        }
    }
}

/// What whoever takes need not look up each time.
struct Turn {
    looked: Time,
    read: Time,
    senders: Option<Arc<Senders>>,
}

impl Turn {
    /// Who sends, and whether what is tried again is due.
    async fn begin(&mut self, store: &Store) -> Result<(Arc<Senders>, bool), DeliveryError> {
        let (now, every) = (store.world().now(), LOOK.as_secs() as i64);
        let senders = match self.senders.clone() {
            Some(senders) if now.seconds_since(self.read) < every => senders,
            _ => {
                let senders = Arc::new(Senders::read(store).await?);
                (self.read, self.senders) = (now, Some(senders.clone()));
                senders
            }
        };
        let again = now.seconds_since(self.looked) >= every;
        if again {
            self.looked = now;
        }
        Ok((senders, again))
    }
}

/// Keeps what became of the last round, and takes the next: what is tried again now and then, and what is due.
async fn next(
    store: &Store,
    turn: &Mutex<Turn>,
    done: &Arc<Done>,
) -> Result<(Arc<Senders>, Round), DeliveryError> {
    let mut turn = turn.lock().await;
    let (senders, again) = turn.begin(store).await?;
    // SQLite lets one write after the other by itself; on PostgreSQL the hands would only get into each other's way.
    let held = Some(turn).filter(|_| store.engine() == Engine::Postgres);
    let (world, with, done) = (store.world().clone(), senders.clone(), done.clone());
    let most = (IN_FLIGHT / rounds(store.engine())) as i64;
    let round = store.write(move |tx| {
        done.keep(tx, &world)?;
        if again {
            let later = clearing::take(tx, world.now(), most, digests::LANE)?;
            if !later.is_empty() {
                let made_of = digests::made_of(tx, &later)?;
                return Ok(Round::Taken(later, made_of));
            }
        }
        let envelope = |digest: &Digest, moment| with.envelope(digest, moment);
        Ok::<_, DeliveryError>(digests::take(tx, &world, most, &envelope)?)
    });
    let round = round.await?;
    drop(held);
    Ok((senders, round))
}

/// Who sends what, and what of it is the same for every copy.
struct Senders {
    mailboxes: Vec<Mailbox>,
    /// By the address of the mailbox; or why nothing can be signed there, which is no other mailbox's trouble.
    signers: HashMap<String, Result<Option<Signer>, String>>,
    /// Names by keys.
    topics: Vec<(String, String)>,
    links: Links,
    staff: Vec<(StaffId, String)>,
    organisation: String,
    postal: String,
    marks: channels::mail::Marks,
}

impl Senders {
    async fn read(store: &Store) -> Result<Self, DeliveryError> {
        let house = House::new(store.clone());
        let settings = house.settings().await?;
        let mailboxes = store.read(mailboxes::all).await?;
        let mut signers = HashMap::new();
        for it in &mailboxes {
            let signer = signing::signer(store, &it.address).await;
            signers.insert(it.address.clone(), signer.map_err(|error| error.to_string()));
        }
        let topics = store.read(topics::all).await?;
        Ok(Self {
            mailboxes,
            signers,
            topics: topics.into_iter().map(|it| (it.key, it.name)).collect(),
            links: Links::ready(store).await?,
            staff: house.staff_names().await?,
            organisation: settings.organisation,
            postal: settings.postal_address,
            marks: mailboxes::marks(store).await?,
        })
    }

    fn name(&self, staff: StaffId) -> &str {
        self.staff.iter().find(|(id, _)| *id == staff).map_or("", |(_, name)| name)
    }

    fn envelope(&self, digest: &Digest, moment: model::MomentId) -> Option<Envelope> {
        let mailbox = self.mailboxes.iter().find(|it| it.id == digest.mailbox)?;
        let parts = [self.name(digest.by), self.organisation.as_str()];
        let name = parts.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(", ");
        let (id, marks) = (moment.uuid(), &self.marks);
        Some(Envelope {
            id: marks.message_id(id, mailboxes::domain(&mailbox.address)),
            from: Address { name: Some(name).filter(|it| !it.is_empty()), address: mailbox.address.clone() },
            reply_to: mailbox.servers.plus.then(|| marks.reply_to(id, &mailbox.address)).flatten(),
        })
    }
}

/// Lines that are kept open between rounds, by mailbox.
#[derive(Default)]
struct Lines(HashMap<MailboxId, Vec<Line>>);

impl Lines {
    async fn close(&mut self) {
        for line in self.0.drain().flat_map(|(_, lines)| lines) {
            line.close().await;
        }
    }
}

/// Hands a round over; what became of each.
async fn hand_over(
    store: &Store,
    address: &str,
    senders: &Arc<Senders>,
    (taken, made_of): (Vec<Taken>, MadeOf),
    lines: &mut Lines,
) -> Vec<(Message, Fate)> {
    let taken = Arc::new(taken);
    let written =
        written(Writing { made_of, senders: senders.clone(), address: address.to_owned() }, &taken).await;
    // Whoever wrote the copies is done with them.
    let taken = Arc::unwrap_or_clone(taken);
    let all = match written {
        Ok(it) => it,
        Err(error) => {
            let fate = Fate { state: State::Later, said: error.to_string() };
            return taken.into_iter().map(|it| (it.message, fate.clone())).collect();
        }
    };
    let mut under_way = Vec::with_capacity(taken.len());
    for (taken, bytes) in taken.into_iter().zip(all) {
        let mailbox = match taken.message.through {
            Through::Mailbox(id) => senders.mailboxes.iter().find(|it| it.id == id),
            Through::Messenger(_) => None,
        };
        let line = mailbox.and_then(|it| lines.0.get_mut(&it.id)?.pop());
        under_way.push(one(store, mailbox, line, taken, bytes));
    }
    let mut settled = Vec::new();
    for (message, fate, line) in join_all(under_way).await {
        if let (Some(line), Through::Mailbox(id)) = (line, message.through) {
            lines.0.entry(id).or_default().push(line);
        }
        settled.push((message, fate));
    }
    settled
}

async fn one(
    store: &Store,
    mailbox: Option<&Mailbox>,
    line: Option<Line>,
    Taken { message, cleared }: Taken,
    bytes: Result<Vec<u8>, DeliveryError>,
) -> (Message, Fate, Option<Line>) {
    let sent = async {
        let bytes = bytes?;
        let gone = || DeliveryError::Wish("its mailbox is not here any more".into());
        let mailbox = mailbox.ok_or_else(gone)?;
        let mut line = match line {
            Some(line) => line,
            None => open(store, mailbox).await?,
        };
        let handed = line.send(&mailbox.address, &cleared, &bytes).await.into_iter().next();
        let kept = if line.is_broken() { None } else { Some(line) };
        Ok::<_, DeliveryError>((handed.unwrap_or_else(|| Handed::Refused("it is for nobody".into())), kept))
    };
    match sent.await {
        Ok((handed, line)) => {
            let (state, said) = match handed {
                Handed::Over(said) => (State::Left, said),
                Handed::Later(said) => (State::Later, said),
                Handed::Refused(said) => (State::Refused, said),
                Handed::Unknown(said) => (State::Unknown, said),
            };
            (message, Fate { state, said }, line)
        }
        Err(error) => {
            let state = match error {
                DeliveryError::Compose(_) | DeliveryError::Wish(_) => State::Refused,
                _ => State::Later,
            };
            (message, Fate { state, said: error.to_string() }, None)
        }
    }
}

async fn open(store: &Store, mailbox: &Mailbox) -> Result<Line, DeliveryError> {
    let (server, name) = (mailbox.servers.smtp_server()?, mailboxes::domain(&mailbox.address));
    if !mailbox.servers.smtp_login {
        return Ok(Line::open(&server, None, name).await?);
    }
    let shown = mailboxes::proof(store, mailbox).await?;
    let opened = Line::open(&server, Some(&shown), name).await;
    match mailboxes::instead(store, mailbox, opened.as_ref().err().cloned(), &shown).await? {
        Some(next) => Ok(Line::open(&server, Some(&next), name).await?),
        None => Ok(opened?),
    }
}

/// Everything that copies are written with.
struct Writing {
    made_of: MadeOf,
    senders: Arc<Senders>,
    address: String,
}

type Copies = Vec<Result<Vec<u8>, DeliveryError>>;

/// A round as it leaves.
async fn written(with: Writing, taken: &Arc<Vec<Taken>>) -> Result<Copies, DeliveryError> {
    let taken = taken.clone();
    let copies = blocking(move || {
        let copies = taken.iter().map(|Taken { message, .. }| {
            let from = message.letter.from.as_ref().map_or("", |it| it.address.as_str());
            let token = with.senders.links.token(message.moment);
            let outgoing = with.copy(message, &format!("{}/preferences/{token}", with.address))?;
            let signer = with.senders.signers.get(from).cloned().unwrap_or(Ok(None));
            let signer = signer.map_err(|why| DeliveryError::Write(std::io::Error::other(why)))?;
            Ok(Outgoing { signer, ..outgoing }.bytes()?)
        });
        Ok::<Copies, std::io::Error>(copies.collect())
    });
    copies.await
}

impl Writing {
    fn copy(&self, message: &Message, preferences: &str) -> Result<Outgoing, DeliveryError> {
        let gone = || DeliveryError::Wish("its digest is not here any more".into());
        let issue = message.letter.digest.as_ref().ok_or_else(gone)?;
        let digest = self.made_of.digests.iter().find(|it| it.id == issue.digest).ok_or_else(gone)?;
        let ink = Ink {
            digest,
            pieces: &self.made_of.pieces,
            topics: &self.senders.topics,
            sender: self.senders.name(digest.by),
            organisation: &self.senders.organisation,
            postal: &self.senders.postal,
            staff: &self.senders.staff,
        };
        let must = message.word.iter().flat_map(|it| it.answers.values());
        let must = must.flat_map(|it| &it.obligations).any(|it| it == Duty::PostalAddress.name());
        if must && self.senders.postal.is_empty() {
            let why = "where they are it has to say where we are by post, and the settings do not say";
            return Err(DeliveryError::Wish(why.into()));
        }
        let Written { text, html } = write(&ink, issue, preferences);
        let letter = &message.letter;
        Ok(Outgoing {
            id: letter.id.clone(),
            at: message.asked_at,
            from: letter.from.clone(),
            reply_to: letter.reply_to.clone(),
            to: letter.to.clone(),
            subject: letter.subject.clone(),
            text,
            html: Some(html),
            stop: Some(preferences.to_owned()),
            ..Outgoing::default()
        })
    }
}

/// Works out who gets a digest, a step at a time.
pub(crate) async fn plan(store: &Store, id: DigestId) -> Result<(), DeliveryError> {
    loop {
        let world = store.world().clone();
        let step: Option<digests::Planned> =
            store.write(move |tx| Ok::<_, DeliveryError>(digests::plan(tx, &world, id)?)).await?;
        match step {
            Some(step) if !step.is_done => {}
            _ => return Ok(()),
        }
    }
}

/// Makes a digest begin: it is worked out who gets it, and then it goes.
pub fn begin(tx: &mut store::Write<'_>, world: &model::World, id: DigestId) -> Result<(), DeliveryError> {
    digests::becomes(tx, id, digests::State::Planning)?;
    plan_soon(tx, world, id, world.now())
}

/// Makes a digest go on after a pause.
pub fn go_on(tx: &mut store::Write<'_>, world: &model::World, id: DigestId) -> Result<(), DeliveryError> {
    digests::becomes(tx, id, digests::State::Going)?;
    plan_soon(tx, world, id, world.now())
}

fn plan_soon(
    tx: &mut store::Write<'_>,
    world: &model::World,
    id: DigestId,
    at: Time,
) -> Result<(), DeliveryError> {
    let payload = serde_json::json!({ "digest": id });
    Ok(jobs::enqueue(tx, world, PLAN, &id.to_string(), &payload, at)?)
}
