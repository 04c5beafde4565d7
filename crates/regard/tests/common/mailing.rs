//! A mailbox at the mail house, and answers that leave through it.

use std::collections::BTreeMap;

use cast::post::Post;
use channels::mail::Mailbox as Address;
use conversations::{
    Answer, answer,
    outbox::{self, Letter, State},
};
use delivery::mailboxes::{self, NewMailbox, Place, Secret, Servers};
use memory::timeline;
use model::{MailboxId, MomentId, PersonId, StaffId};
use store::Store;

/// Adds a mailbox.
pub async fn mailbox(store: &Store, post: &Post, address: &str) -> MailboxId {
    let place = |port, security: &str| Place { host: "localhost".into(), port, security: security.into() };
    let servers = Servers {
        imap: place(post.port("imaps"), "tls"),
        smtp: place(post.port("smtp"), "starttls"),
        login: address.into(),
        smtp_login: true,
        plus: true,
        authority: Some(post.authority()),
        brought: false,
        folders: Vec::new(),
    };
    let secret = Secret::Password("secret".into());
    let new = NewMailbox { address: address.into(), name: "Lantern Row".into(), servers, secret };
    mailboxes::add(store, new).await.unwrap()
}

/// How far each message came, by its subject.
pub async fn states(store: &Store) -> BTreeMap<String, State> {
    let all = "select moment_id from messages";
    let ids = store.read(move |db| db.rows(all, &[], |row| row.get::<MomentId>(0))).await.unwrap();
    let mut found = BTreeMap::new();
    for id in ids {
        let message = store.read(move |db| outbox::of_moment(db, id)).await.unwrap().unwrap();
        found.insert(message.letter.subject.clone(), message.state);
    }
    found
}

/// Answers to the first who wrote, each to an address of its own so that each can be counted.
pub async fn answers(store: &Store, id: MailboxId, from: &str, to: &[String]) {
    let whose = "select person_id from people where heard > 0 order by person_id limit 1";
    let person = store.read(move |db| db.rows(whose, &[], |row| row.get::<PersonId>(0))).await.unwrap()[0];
    for (n, address) in to.iter().enumerate() {
        let (world, moment, by) = (store.world().clone(), store.world().id::<_>(), store.world().id());
        let (moment, by): (MomentId, StaffId) = (moment, by);
        let said = Letter {
            id: format!("<answer.{moment}@lantern.example>"),
            from: Some(Address { name: None, address: from.into() }),
            to: vec![Address { name: None, address: address.clone() }],
            subject: format!("Answer {n}"),
            in_reply_to: Some(format!("<asked.{n}@customer.example>")),
            text: "Here it is.".into(),
            ..Letter::default()
        };
        let asked = store.write(move |tx| {
            let seen = timeline::last_word(tx, person)?;
            let letter = said.clone();
            answer(tx, &world, &Answer { person, id: moment, seen, mailbox: id, letter, thread: None, by })
        });
        asked.await.unwrap();
    }
}
