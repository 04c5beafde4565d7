//! What the sample company passes on: topics, a small library, readers who chose, a digest that went and one that is being written.

use channels::mail::Mailbox as Address;
use conversations::{
    digests::{self, Digest, Envelope, Round, State},
    outbox::{self, Fate, Message},
    pieces::{self, Kind, Piece, Told},
};
use delivery::mailboxes::{self, NewMailbox, Place, Secret, Servers};
use memory::people::{self, Filter};
use model::{
    Channel, DigestId, Direction, HandleKind, Kind as What, MailboxId, MomentId, NewMoment, PersonId,
    StaffId, Time, World,
};
use permission::{
    Point,
    choosing::{self, Choice, How},
    topics::{self, Topic},
};
use store::{Read, Store, Write};

/// Who looks after the letters.
const BY: &str = "esme";
/// Readers of the sample company, and those of them who care for both topics.
const READERS: usize = 48;
const BOTH_EVERY: usize = 3;
/// How long ago they chose, and how long ago the first digest went.
const CHOSE_DAYS: i64 = 60;
const WENT_DAYS: i64 = 20;

/// Key, name, and what comes under it.
const TOPICS: &[(&str, &str, &str)] = &[
    (
        "new-coffees",
        "New coffees",
        "What we have just begun to roast, from whom it is, and how we like it. Twice a month at most.",
    ),
    (
        "brewing-at-home",
        "Brewing at home",
        "Things to try in your own kitchen, ours and other people\u{2019}s. Once a month or so.",
    ),
];

/// A piece: whose, topic, title, words, link, why, who recommends it, how many days ago.
type Written =
    (Kind, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str, i64);

const PIECES: &[Written] = &[
    (
        Kind::Own,
        "new-coffees",
        "Gakuyuini AA is back",
        "The new harvest from Kirinyaga came in on Tuesday, and it is brighter than last year\u{2019}s: blackcurrant first, then something like rhubarb.\n\nWe roast it on Thursdays. Give it ten days before you open the bag; we know that this is asking a lot.",
        "https://lantern-row.example/beans/gakuyuini-aa",
        "The one that made me a green buyer",
        "nora",
        34,
    ),
    (
        Kind::Own,
        "new-coffees",
        "What became of the Huehuetenango",
        "Two of you wrote that the spring lot tasted of cardboard. You were right. We found the pallet that had stood by the door, gave the rest to the allotments, and bought forty kilos of the next lot from the same farm. It is what it should have been.",
        "",
        "",
        "nora",
        27,
    ),
    (
        Kind::Other,
        "brewing-at-home",
        "How to taste what is in your cup",
        "A patient walk through sweet, sour and bitter, with three cups of water and what is in every kitchen cupboard. It takes half an hour, and you will never again say \u{201c}fruity\u{201d} when you mean sour.",
        "https://tasting.example/three-cups",
        "I have every new barista do this on their first morning",
        "tomasz",
        31,
    ),
    (
        Kind::Own,
        "brewing-at-home",
        "One small thing about your kettle",
        "If your filter coffee tastes thin in winter, it is often the pot and not the beans: a cold pot takes eight degrees out of the water before it has met any coffee. Rinse it with hot water first.",
        "",
        "Nobody believes it before they have tried it",
        "esme",
        6,
    ),
];

/// Does it all.
pub(super) async fn fill(store: &Store, organisation: &str, domain: &str) -> anyhow::Result<()> {
    let mailbox = mailbox(store, organisation, domain).await?;
    let now = store.world().now();
    store.write(move |tx| library(tx, now)).await?;
    let id: DigestId = World::still(now.plus_days(-WENT_DAYS), 4100).0.id();
    let from =
        Address { name: Some("Esme Baptiste, Lantern Row".into()), address: format!("letters@{domain}") };
    store.write(move |tx| went(tx, now, id, mailbox, &from)).await?;
    store.write(move |tx| since_then(tx, now)).await?;
    store.write(move |tx| being_written(tx, now, mailbox)).await?;
    Ok(())
}

fn staff(key: &str) -> StaffId {
    StaffId::derived(&[b"demo", key.as_bytes()])
}

/// A mailbox from which nothing ever leaves: nobody listens at that port, and its mail would be brought.
async fn mailbox(store: &Store, organisation: &str, domain: &str) -> anyhow::Result<MailboxId> {
    let nobody = || Place { host: "localhost".into(), port: 9, security: "plain".into() };
    let servers = Servers {
        imap: nobody(),
        smtp: nobody(),
        login: String::new(),
        smtp_login: false,
        plus: false,
        authority: None,
        brought: true,
        folders: Vec::new(),
    };
    let (address, name) = (format!("letters@{domain}"), organisation.to_owned());
    let secret = Secret::Password(String::new());
    Ok(mailboxes::add(store, NewMailbox { address, name, servers, secret }).await?)
}

fn library(tx: &mut Write<'_>, now: Time) -> conversations::Result<()> {
    for (key, name, words) in TOPICS {
        let (key, name, words) = ((*key).into(), (*name).into(), (*words).into());
        let topic = Topic { key, purpose: "digest".into(), name, words, is_ended: false };
        topics::keep(tx, &topic, now.plus_days(-CHOSE_DAYS - 30))?;
    }
    written(tx, now, |ago| ago > WENT_DAYS)?;
    let who = regulars(tx)?;
    chose(tx, now, &who)
}

fn regulars(db: &mut Read<'_>) -> conversations::Result<Vec<PersonId>> {
    let regulars = Filter { kind: Some("regular".into()), ..Filter::default() };
    Ok(people::list(db, &regulars, 200)?.into_iter().map(|it| it.id).collect())
}

/// Pieces, as long ago as somebody wants.
fn written(tx: &mut Write<'_>, now: Time, wanted: fn(i64) -> bool) -> conversations::Result<()> {
    for (n, (kind, topic, title, words, link, why, by, ago)) in
        PIECES.iter().enumerate().filter(|it| wanted(it.1.7))
    {
        let (world, _) = World::still(now.plus_days(-ago), 4000 + n as u64);
        let piece = Piece {
            id: world.id(),
            kind: *kind,
            topic: (*topic).into(),
            language: "en".into(),
            title: (*title).into(),
            words: (*words).into(),
            link: (*link).into(),
            why: (*why).into(),
            recommended_by: Some(staff(by)),
            made_at: world.now(),
            made_by: staff(by),
            ready_at: Some(world.now()),
            ended_at: None,
        };
        pieces::keep(tx, &world, &piece, None)?;
    }
    Ok(())
}

/// What was written down since the digest went.
fn since_then(tx: &mut Write<'_>, now: Time) -> conversations::Result<()> {
    written(tx, now, |ago| ago <= WENT_DAYS)?;
    story(tx, now)
}

/// What a regular told us when they came by, and that we may pass it on.
fn story(tx: &mut Write<'_>, now: Time) -> conversations::Result<()> {
    let (world, _) = World::still(morning(now.plus_days(-5)).plus_seconds(7200), 4050);
    let Some(by) = regulars(tx)?.get(5).copied() else { return Ok(()) };
    let visit = NewMoment {
        key: "a boat".into(),
        at: world.now(),
        kind: What::Visit,
        channel: Channel::InPerson,
        direction: Direction::Together,
        account: None,
        by: Some(staff("priya")),
        thread: None,
        title: "Came by for two bags of decaf".into(),
        body: "They spend the winter on a boat in the harbour. \u{201c}We have no scales on board, so I count to forty. It is never the same twice, and my wife says that this is the point of a boat.\u{201d} I asked whether we may pass that on. Gladly, as long as we leave out the name of the boat.".into(),
        data: serde_json::Value::Null,
        originals: Vec::new(),
    };
    let allowed = memory::note(tx, &world, by, &visit, None)?;
    let piece = Piece {
        id: world.id(),
        kind: Kind::Story,
        topic: "brewing-at-home".into(),
        language: "en".into(),
        title: "A moka pot on a boat".into(),
        words: "\u{201c}We have no scales on board, so I count to forty. It is never the same twice, and my wife says that this is the point of a boat.\u{201d}".into(),
        link: String::new(),
        why: "We have all stopped weighing on Sundays".into(),
        recommended_by: Some(staff("priya")),
        made_at: world.now(),
        made_by: staff("priya"),
        ready_at: Some(world.now()),
        ended_at: None,
    };
    pieces::keep(tx, &world, &piece, Some(Told { by, allowed }))
}

fn choice(n: usize) -> Choice {
    let (key, name, words) = TOPICS[n];
    Choice { purpose: "digest".into(), topic: Some(key.into()), name: name.into(), words: words.into() }
}

/// Some who have a mail address say what they want to hear.
fn chose(tx: &mut Write<'_>, now: Time, who: &[PersonId]) -> conversations::Result<()> {
    let mut readers: usize = 0;
    for person in who {
        let handles = people::person(tx, *person)?.handles;
        let Some(mail) = handles.into_iter().find(|it| it.handle.kind == HandleKind::Email) else { continue };
        let (world, _) =
            World::still(now.plus_days(-CHOSE_DAYS + (readers as i64 % 30)), 5000 + readers as u64);
        let how = How { via: "preference_page".into(), at_the_address: true, ..How::default() };
        let point = Point::mail(&mail.handle.value);
        for n in 0..if readers.is_multiple_of(BOTH_EVERY) { 2 } else { 1 } {
            choosing::yes(tx, &world, *person, &point, &choice((readers + n) % TOPICS.len()), &how)?;
        }
        readers += 1;
        if readers == READERS {
            break;
        }
    }
    Ok(())
}

fn digest(id: DigestId, mailbox: MailboxId, starts_at: Time) -> Digest {
    Digest {
        id,
        subject: String::new(),
        intro: String::new(),
        question: String::new(),
        topics: Vec::new(),
        mailbox,
        by: staff(BY),
        state: State::Draft,
        starts_at,
        expires_at: starts_at.plus_days(3),
        per_minute: 60,
    }
}

/// The one that went, as it would have gone: planned, asked about, taken and handed over.
fn went(
    tx: &mut Write<'_>,
    now: Time,
    id: DigestId,
    mailbox: MailboxId,
    from: &Address,
) -> conversations::Result<()> {
    let (world, clock) = World::still(morning(now.plus_days(-WENT_DAYS)), 4200);
    let it = Digest {
        subject: "Kirinyaga is back, and a confession".into(),
        intro: "The first bags of the new harvest are on the shelf. And we owe some of you a word about the spring.".into(),
        question: "Which of ours do you open first on a Sunday?".into(),
        ..digest(id, mailbox, world.now())
    };
    digests::keep(tx, &world, &it)?;
    digests::becomes(tx, id, State::Planning)?;
    while digests::plan(tx, &world, id)?.is_some_and(|it| !it.is_done) {}
    let envelope = |_: &Digest, moment: MomentId| {
        Some(Envelope { id: format!("<{moment}@demo>"), from: from.clone(), reply_to: None })
    };
    // Whoever was not to be disturbed gets it later within these hours.
    for _ in 0..48 {
        if let Round::Taken(taken, _) = digests::take(tx, &world, 100, &envelope)? {
            let fate = Fate { state: outbox::State::Left, said: "250 2.0.0 taken".into() };
            let settled: Vec<(Message, Fate)> =
                taken.into_iter().map(|it| (it.message, fate.clone())).collect();
            outbox::settle_all(tx, &settled, world.now(), world.now())?;
        }
        if digests::one(tx, id)?.is_some_and(|it| it.state == State::Done) {
            break;
        }
        clock.pass(3600);
    }
    Ok(())
}

/// Nine o'clock of that day.
fn morning(of: Time) -> Time {
    Time::from_seconds(of.micros() / 1_000_000 / 86_400 * 86_400 + 9 * 3600)
}

fn being_written(tx: &mut Write<'_>, now: Time, mailbox: MailboxId) -> conversations::Result<()> {
    let (world, _) = World::still(now.plus_days(-1), 4300);
    let it = Digest {
        subject: "For cold kitchens".into(),
        intro: "It is dark at four, and the shop smells of oranges. Two things for the weekend.".into(),
        question: "What do you do differently in winter?".into(),
        topics: vec!["brewing-at-home".into()],
        ..digest(world.id(), mailbox, morning(now.plus_days(2)))
    };
    digests::keep(tx, &world, &it)
}
