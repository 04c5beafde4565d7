//! People who asked for a digest, and the digest.

use conversations::{
    digests::{self, Digest, State},
    pieces::{self, Kind, Piece},
};
use delivery::mailboxes::{self, NewMailbox, Place, Secret, Servers};
use memory::{prepare, take};
use model::{DigestId, Fields, Fragment, Handle, MailboxId, PersonId, PieceId, StaffId, Time};
use permission::{
    Point,
    choosing::{self, Choice, How},
    topics::{self, Topic},
};
use store::Store;

/// People taken in and asked at once.
const STEP: usize = 500;

/// The address of somebody by number.
pub fn address(n: usize) -> String {
    format!("reader{n}@customer.example")
}

/// A mailbox whose server is the sink.
pub async fn mailbox(store: &Store, port: u16) -> MailboxId {
    let place = || Place { host: "localhost".into(), port, security: "plain".into() };
    let servers = Servers {
        imap: place(),
        smtp: place(),
        login: String::new(),
        smtp_login: false,
        plus: true,
        authority: None,
        // Nothing is fetched: it would be brought.
        brought: true,
        folders: Vec::new(),
    };
    let secret = Secret::Password(String::new());
    let new =
        NewMailbox { address: "news@lantern.example".into(), name: "Lantern Row".into(), servers, secret };
    mailboxes::add(store, new).await.unwrap()
}

/// What they may choose.
pub fn roasts() -> Choice {
    Choice {
        purpose: "digest".into(),
        topic: Some("roasts".into()),
        name: "Roasts".into(),
        words: "What is new".into(),
    }
}

/// So many people who said yes to the topic.
pub async fn readers(store: &Store, count: usize) -> Vec<PersonId> {
    let topic = Topic {
        key: "roasts".into(),
        purpose: "digest".into(),
        name: "Roasts".into(),
        words: "What is new".into(),
        is_ended: false,
    };
    let now = store.world().now();
    store.write(move |tx| topics::keep(tx, &topic, now)).await.unwrap();
    let mut people = Vec::new();
    for first in (0..count).step_by(STEP) {
        let some = first..count.min(first + STEP);
        let world = store.world().clone();
        let of = |n: usize| Fragment {
            source: "list".into(),
            key: format!("{n}"),
            seen_at: now,
            fields: Fields::from([("name".to_owned(), format!("Reader Number{n}"))]),
            handles: vec![Handle::email(&address(n)).unwrap()],
            roles: Vec::new(),
            moments: Vec::new(),
        };
        let batch: Vec<_> = some.clone().map(of).map(prepare).collect();
        let taken = store.write(move |tx| take(tx, &world, &batch)).await.unwrap();
        let ids: Vec<PersonId> = taken.into_iter().map(|it| it.person.unwrap()).collect();
        let (world, new) = (store.world().clone(), ids.clone());
        store
            .write(move |tx| {
                for (n, person) in some.clone().zip(&new) {
                    let how = How { via: "preference_page".into(), at_the_address: true, ..How::default() };
                    choosing::yes(tx, &world, *person, &Point::mail(&address(n)), &roasts(), &how)?;
                }
                Ok::<_, permission::PermissionError>(())
            })
            .await
            .unwrap();
        people.extend(ids);
    }
    people
}

/// A digest of two pieces, which begins at once.
pub async fn begins(store: &Store, mailbox: MailboxId) -> DigestId {
    let (world, by): (_, StaffId) = (store.world().clone(), store.world().id());
    let now = world.now();
    let digest = Digest {
        id: world.id(),
        subject: "New roasts".into(),
        intro: "Spring is here.".into(),
        question: "Which one did you like?".into(),
        topics: Vec::new(),
        mailbox,
        by,
        state: State::Draft,
        starts_at: now,
        expires_at: now.plus_days(3),
        per_minute: 1_000_000,
    };
    let id = digest.id;
    store
        .write(move |tx| {
            for title in ["Guji, washed", "A kettle that lasts"] {
                let piece = piece(world.id(), title, by, now);
                pieces::keep(tx, &world, &piece, None)?;
            }
            digests::keep(tx, &world, &digest)?;
            Ok::<_, conversations::ConversationError>(())
        })
        .await
        .unwrap();
    let world = store.world().clone();
    store.write(move |tx| delivery::digesting::begin(tx, &world, id)).await.unwrap();
    id
}

fn piece(id: PieceId, title: &str, by: StaffId, now: Time) -> Piece {
    Piece {
        id,
        kind: Kind::Own,
        topic: "roasts".into(),
        language: String::new(),
        title: title.into(),
        words: "It tastes of apricots, and of the rain in which it was picked.".into(),
        link: "https://lantern.example/roasts".into(),
        why: String::new(),
        recommended_by: Some(by),
        made_at: now,
        made_by: by,
        ready_at: Some(now),
        ended_at: None,
    }
}
