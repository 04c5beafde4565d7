//! What shall be said leaves here, and only here: taken by one process, handed over once, its fate kept.

use std::{collections::BTreeMap, time::Duration};

use channels::mail::{
    Enclosed, Outgoing,
    imap::Purpose,
    smtp::{self, Handed},
};
use conversations::{
    clearing, links,
    outbox::{self, Fate, Letter, Message, State, Taken, Through},
};
use model::{MomentId, Original, Time};
use permission::{Cleared, Duty};
use serde_json::json;
use store::{Store, hear, jobs};
use tokio::{sync::watch, task::JoinSet, time::sleep};

use crate::{
    DeliveryError,
    alone::{Alone, become_the_only_one},
    aside::blocking,
    mailboxes::{self, Mailbox},
    messengers, returned, signing,
};

/// The job that keeps a copy where other programs look for what was sent.
pub(crate) const COPY: &str = "mailbox.copy";
/// A provider that keeps one itself has done so by then.
const COPY_AFTER: i64 = 15;
/// How often a process looks for messages without being told of one.
const LOOK: Duration = Duration::from_secs(5);
/// The way of what one of us writes to one of them.
const LETTERS: &str = "";
/// Messages sent at once: one slow server must not hold up the others.
const AT_ONCE: i64 = 8;
/// Pauses before the next try: 15 seconds, 30, 60, … at most four hours.
const FIRST_PAUSE: i64 = 15;
const LONGEST_PAUSE: i64 = 4 * 3600;
/// After so long a message that never left counts as refused (RFC 5321, 4.5.4.1 asks for four to five days; an answer to a
/// person is no use after two).
const GIVE_UP_DAYS: i64 = 2;

/// Sends what is due until told to stop; what is in hand is finished first. The desk is at `address`, where services tell what became
/// of a message.
pub async fn send(store: Store, address: &str, mut stop: watch::Receiver<bool>) {
    let Some(lock) = become_the_only_one(&store, "sending", &mut stop).await else { return };
    if matches!(lock, Alone::Locked { .. }) {
        let now = store.world().now();
        let lost: Result<(), DeliveryError> =
            store.write(move |tx| Ok(outbox::lost(tx, now, LETTERS)?)).await;
        if let Err(error) = lost {
            tracing::warn!(%error, "what was being sent when the program ended could not be looked up");
        }
    }
    let (mut notices, mut under_way) = (store.notices(), JoinSet::new());
    while !*stop.borrow() {
        let (now, free) = (store.world().now(), AT_ONCE - under_way.len() as i64);
        let taken: Result<Vec<Taken>, DeliveryError> =
            store.write(move |tx| Ok(clearing::take(tx, now, free, LETTERS)?)).await;
        match taken {
            Err(error) => tracing::warn!(%error, "the outbox cannot be read; trying again"),
            Ok(taken) => taken.into_iter().for_each(|taken| {
                let (store, address) = (store.clone(), address.to_owned());
                under_way.spawn(async move { one(&store, &address, taken).await });
            }),
        }
        tokio::select! {
            _ = stop.changed() => {}
            Some(_) = under_way.join_next() => {}
            () = hear(&mut notices, |it| it.topic == "messages"), if (under_way.len() as i64) < AT_ONCE => {}
            () = sleep(LOOK) => {}
        }
    }
    while under_way.join_next().await.is_some() {}
}

async fn one(store: &Store, address: &str, Taken { message, cleared }: Taken) {
    let keeping = async {
        loop {
            sleep(Duration::from_secs(outbox::LEASE_SECONDS as u64 / 4)).await;
            let (message, now) = (message.clone(), store.world().now());
            let kept: Result<(), DeliveryError> =
                store.write(move |tx| Ok(outbox::keep(tx, &message, now)?)).await;
            if let Err(error) = kept {
                tracing::warn!(%error, "a message that is being sent could not be kept hold of");
            }
        }
    };
    let outcome = tokio::select! {
        outcome = hand_over(store, address, &message, &cleared) => outcome,
        () = keeping => return,
    };
    let outcome = outcome.unwrap_or_else(|error| nobody_asked(&cleared, &error));
    if let Err(error) = settle(store, &message, outcome).await {
        // It stays as leaving; when nobody keeps hold of it, it counts as unknown, which is what it is.
        tracing::error!(%error, moment = %message.moment, "the fate of a message could not be kept");
    }
}

/// The server was not even asked.
fn nobody_asked(cleared: &[Cleared], error: &DeliveryError) -> BTreeMap<String, Fate> {
    let state = match error {
        DeliveryError::Compose(_) | DeliveryError::Wish(_) => State::Refused,
        _ => State::Later,
    };
    let fate = Fate { state, said: error.to_string() };
    cleared.iter().map(|it| (it.address().to_owned(), fate.clone())).collect()
}

async fn hand_over(
    store: &Store,
    address: &str,
    message: &Message,
    cleared: &[Cleared],
) -> Result<BTreeMap<String, Fate>, DeliveryError> {
    let fate = |handed| match handed {
        Handed::Over(said) => Fate { state: State::Left, said },
        Handed::Later(said) => Fate { state: State::Later, said },
        Handed::Refused(said) => Fate { state: State::Refused, said },
        Handed::Unknown(said) => Fate { state: State::Unknown, said },
    };
    let id = match message.through {
        Through::Mailbox(id) => id,
        Through::Messenger(id) => {
            let nowhere = || DeliveryError::Wish("it does not say to whom".into());
            let to = cleared.first().ok_or_else(nowhere)?;
            let handed = messengers::hand_over(store, id, message, to, address).await?;
            return Ok([(to.address().to_owned(), fate(handed))].into());
        }
    };
    let mailbox = store.read(move |db| mailboxes::one(db, id)).await?;
    let mailbox = mailbox.ok_or_else(|| DeliveryError::Wish("its mailbox is not here any more".into()))?;
    let bytes = written(store, address, message).await?;
    let handed = hand_to(store, &mailbox, cleared, &bytes).await?;
    let to = cleared.iter().map(|it| it.address().to_owned());
    Ok(to.zip(handed.into_iter().map(fate)).collect())
}

/// Hands bytes to the mailbox's server for sending. An error means that nobody was asked for anything.
pub(crate) async fn hand_to(
    store: &Store,
    mailbox: &Mailbox,
    to: &[Cleared],
    bytes: &[u8],
) -> Result<Vec<Handed>, DeliveryError> {
    let (server, address) = (mailbox.servers.smtp_server()?, mailbox.address.as_str());
    let name = mailboxes::domain(address);
    if !mailbox.servers.smtp_login {
        return Ok(smtp::send(&server, None, name, address, to, bytes).await?);
    }
    let shown = mailboxes::proof(store, mailbox).await?;
    let sent = smtp::send(&server, Some(&shown), name, address, to, bytes).await;
    match mailboxes::instead(store, mailbox, sent.as_ref().err().cloned(), &shown).await? {
        Some(next) => Ok(smtp::send(&server, Some(&next), name, address, to, bytes).await?),
        None => Ok(sent?),
    }
}

/// A message as it leaves, with its files: the same mail at every try, though a signature says when it was signed.
async fn written(store: &Store, address: &str, message: &Message) -> Result<Vec<u8>, DeliveryError> {
    let (moment, world) = (message.moment, store.world().clone());
    let must = message
        .word
        .iter()
        .flat_map(|it| it.answers.values())
        .any(|it| it.obligations.contains(Duty::UnsubscribeLink.name()));
    let stop = match links::addressee(&message.letter).filter(|_| must) {
        Some(_) => {
            let token = store.write(move |tx| links::token(tx, &world, moment)).await?;
            Some(format!("{}/preferences/{token}", address.trim_end_matches('/')))
        }
        None => None,
    };
    let from = message.letter.from.as_ref().map_or("", |it| it.address.as_str());
    let signer = signing::signer(store, from).await?;
    let (message, place) = (message.clone(), store.files().clone());
    let outgoing = blocking(move || {
        let enclosed = |it: &Original, shown_as: Option<String>| {
            let (name, media_type) = (it.name.clone(), it.media_type.clone());
            Ok(Enclosed { name, media_type, shown_as, bytes: place.get(&it.digest)? })
        };
        let Letter { files, face, html, .. } = &message.letter;
        let shows =
            |it: &&Original| html.as_ref().is_some_and(|html| html.contains(&format!("cid:{}", it.digest)));
        let files = files.iter().chain(face);
        let files = files.map(|it| enclosed(it, Some(it).filter(shows).map(|it| it.digest.clone())));
        let files = files.collect::<Result<_, store::FileError>>()?;
        Ok::<_, store::FileError>(Outgoing { files, stop, signer, ..outgoing(&message) })
    });
    Ok(outgoing.await?.bytes()?)
}

fn outgoing(message: &Message) -> Outgoing {
    let letter = message.letter.clone();
    let parts = [letter.text.trim_end(), letter.signature.trim_end(), letter.quoted.trim_end()];
    let parts: Vec<&str> = parts.into_iter().filter(|it| !it.is_empty()).collect();
    Outgoing {
        id: letter.id,
        at: message.asked_at,
        from: letter.from,
        reply_to: letter.reply_to,
        to: letter.to,
        cc: letter.cc,
        subject: letter.subject,
        in_reply_to: letter.in_reply_to,
        references: letter.references,
        html: letter.html,
        text: parts.join("\n\n") + "\n",
        ..Outgoing::default()
    }
}

async fn settle(store: &Store, message: &Message, new: BTreeMap<String, Fate>) -> Result<(), DeliveryError> {
    let mut outcome = message.outcome.clone();
    outcome.extend(new);
    let now = store.world().now();
    // What the gate held counts from when it let go.
    let began = message.word.as_ref().map_or(message.asked_at, |it| it.since);
    let late = began.plus_days(GIVE_UP_DAYS) < now;
    let by_mail = matches!(message.through, Through::Mailbox(_));
    let refused = outcome.iter().filter(|(_, it)| by_mail && it.state == State::Refused);
    let refused: Vec<(String, String)> = refused.map(|(to, it)| (to.clone(), it.said.clone())).collect();
    if late {
        for fate in outcome.values_mut().filter(|fate| fate.state == State::Later) {
            fate.state = State::Refused;
        }
    }
    let (due, moment, world) = (due(now, message.tries), message.moment, store.world().clone());
    let left = by_mail && outcome.values().any(|fate| fate.state == State::Left);
    store
        .write(move |tx| {
            // It may have come back before we heard that it was taken.
            let known = outbox::of_moment(tx, moment)?.map(|it| it.outcome).unwrap_or_default();
            let mut outcome = outcome.clone();
            outcome.extend(known.into_iter().filter(|(_, fate)| fate.state == State::Bounced));
            outbox::settle(tx, moment, whole(&outcome), &outcome, now, due)?;
            for (address, said) in &refused {
                returned::keep(tx, &world, address, said)?;
            }
            if left {
                let payload = json!({ "moment": moment });
                jobs::enqueue(tx, &world, COPY, &moment.to_string(), &payload, now.plus_seconds(COPY_AFTER))?;
            }
            Ok::<_, DeliveryError>(())
        })
        .await
}

/// Puts a copy of what left into the mailbox's folder of sent mail, for whoever looks there with another program. Large
/// providers do so themselves.
pub(crate) async fn copy(store: &Store, moment: MomentId, address: &str) -> Result<(), DeliveryError> {
    let found = store
        .read(move |db| {
            let Some(message) = outbox::of_moment(db, moment)? else { return Ok(None) };
            let Through::Mailbox(mailbox) = message.through else { return Ok(None) };
            let mailbox = mailboxes::one(db, mailbox)?;
            Ok::<_, DeliveryError>(mailbox.map(|mailbox| (message, mailbox)))
        })
        .await?;
    let Some((message, mailbox)) = found else { return Ok(()) };
    let bytes = written(store, address, &message).await?;
    let mut line = mailboxes::line(store, &mailbox).await?;
    let folders = line.folders().await?;
    if let Some(sent) = folders.iter().find(|it| it.purpose == Purpose::Sent) {
        line.look(&sent.name).await?;
        if !line.holds(&message.letter.id).await? {
            line.put(&sent.name, &bytes).await?;
        }
    }
    line.close().await;
    Ok(())
}

/// The worst counts, so that nothing is hidden behind what went well; but what waits is tried first.
fn whole(outcome: &BTreeMap<String, Fate>) -> State {
    let any = |state| outcome.values().any(|fate| fate.state == state);
    [State::Later, State::Unknown, State::Refused, State::Bounced]
        .into_iter()
        .find(|state| any(*state))
        .unwrap_or(State::Left)
}

fn due(now: Time, tries: i64) -> Time {
    now.plus_seconds((FIRST_PAUSE << tries.clamp(1, 20).saturating_sub(1)).min(LONGEST_PAUSE))
}
