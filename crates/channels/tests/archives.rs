//! Real archives of mail and a real table of purchases, read whole.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

use std::{
    collections::HashSet,
    fs,
    io::{Cursor, Read},
    path::PathBuf,
};

use channels::{
    Context, Heard, Source,
    mail::{Mbox, Ours},
    orders::{Orders, Terms},
    people::{Mapping, Subject},
    table::{Options, Table},
};
use model::{Purchase, Time};

fn data(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data").join(path)
}

fn context(source: &str) -> Context {
    Context { source: source.into(), seen_at: Time::from_seconds(1_780_000_000), country: None }
}

fn archive(name: &str) -> Vec<u8> {
    let mut raw = Vec::new();
    flate2::read::GzDecoder::new(fs::File::open(data(name)).unwrap()).read_to_end(&mut raw).unwrap();
    raw
}

/// Every message of an archive, none refused.
fn moments(raw: &[u8]) -> Vec<model::NewMoment> {
    let mut mbox = Mbox::open(Cursor::new(raw.to_vec()), Ours::default(), context("archive"), 0).unwrap();
    let mut all = Vec::new();
    while let Some(heard) = mbox.next().unwrap() {
        match heard {
            Heard::Told { mut fragments, files, .. } => {
                assert!(!files.is_empty());
                all.append(&mut fragments[0].moments);
            }
            Heard::Refused { place, reason, .. } => panic!("line {}: {reason}", place.line),
        }
    }
    all
}

#[test]
fn every_message_of_a_mailing_list_is_readable() {
    let all = moments(&archive("mail/linux-man.mbox.gz"));
    assert_eq!(all.len(), 1200);
    let keys: HashSet<&str> = all.iter().map(|moment| moment.key.as_str()).collect();
    assert_eq!(keys.len(), 1200, "no two messages are taken for one");
    let threads: HashSet<_> = all.iter().map(|moment| moment.thread.clone()).collect();
    assert!(threads.len() < 700, "answers belong to what they answer: {} threads", threads.len());
    assert!(all.iter().all(|moment| !moment.title.is_empty() && moment.data.get("date_missing").is_none()));
}

#[test]
fn messages_in_twenty_charsets_are_readable() {
    let all = moments(&archive("mail/charsets.mbox.gz"));
    assert_eq!(all.len(), 365);
    let broken: Vec<_> =
        all.iter().filter(|m| m.body.contains('\u{fffd}') || m.title.contains('\u{fffd}')).collect();
    assert!(broken.len() <= 12, "{} messages have letters that could not be read", broken.len());
    assert!(all.iter().filter(|moment| moment.data.get("html").is_some()).count() > 200);
}

#[test]
fn every_purchase_of_a_cd_shop_is_read() {
    let file = fs::read(data("value/cdnow_transactions.txt")).unwrap();
    let table = Table::open(Cursor::new(file), &Options::default()).unwrap();
    let mut mapping = Mapping::guess(table.sheet(), Subject::Orders, "shop");
    for told in ["person=customer_id", "date=date", "amount=dollar_value", "quantity=number_of_cds"] {
        mapping.assign(told).unwrap();
    }
    let terms =
        Terms { currency: Some("USD".into()), date_format: Some("%Y%m%d".into()), ..Terms::default() };
    let mut orders = Orders::open(table, mapping, &terms, context("cdnow"), 0).unwrap();
    let (mut people, mut keys, mut cents) = (HashSet::new(), HashSet::new(), 0);
    while let Some(heard) = orders.next().unwrap() {
        let Heard::Told { fragments, .. } = heard else { panic!("{heard:?}") };
        let purchase: Purchase = serde_json::from_value(fragments[0].moments[0].data.clone()).unwrap();
        cents += purchase.total.minor;
        people.insert(fragments[0].key.clone());
        keys.insert(fragments[0].moments[0].key.clone());
    }
    assert_eq!((people.len(), keys.len(), cents), (23_570, 69_659, 250_031_563));
}
