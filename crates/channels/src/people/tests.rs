//! People from tables.

use std::io::Cursor;

use model::{Fragment, Time};

use super::*;
use crate::table::Options;

fn context() -> Context {
    Context {
        source: "people.csv".into(),
        seen_at: Time::from_seconds(1_780_000_000),
        country: Some("DE".into()),
    }
}

fn open(text: &str, resume_at: u64) -> People<Cursor<Vec<u8>>> {
    let table = Table::open(Cursor::new(text.as_bytes().to_vec()), &Options::default()).unwrap();
    let mapping = Mapping::guess(table.sheet(), Subject::People, "crm");
    People::open(table, mapping, context(), resume_at).unwrap()
}

fn all(mut people: impl Source) -> Vec<Heard> {
    std::iter::from_fn(|| people.next().unwrap()).collect()
}

fn told(heard: &Heard) -> (&Fragment, &[String]) {
    match heard {
        Heard::Told { fragments, warnings, .. } => (&fragments[0], warnings),
        Heard::Refused { reason, .. } => panic!("refused: {reason}"),
    }
}

#[test]
fn a_row_becomes_what_the_source_says_of_somebody() {
    let heard = all(open(
        "Vorname;Nachname;E-Mail;Handy;Firma;Rolle;Notizen;Lieblingskaffee\n\
         Ann;Söder;Ann@Example.com;030 901820;Acme GmbH;Einkäuferin;Liebt Kaffee;Yirgacheffe\n",
        0,
    ));
    let (ann, warnings) = told(&heard[0]);
    assert!(warnings.is_empty());
    assert_eq!(ann.key, "ann@example.com ann soder");
    assert_eq!(ann.fields["name"], "Ann Söder");
    assert_eq!(ann.fields["lieblingskaffee"], "Yirgacheffe");
    let values: Vec<&str> = ann.handles.iter().map(|h| h.value.as_str()).collect();
    assert_eq!(values, ["ann@example.com", "+4930901820"]);
    assert_eq!((ann.roles[0].account.as_str(), ann.roles[0].role.as_str()), ("Acme GmbH", "buys"));
    assert_eq!((ann.moments[0].kind.as_str(), ann.moments[0].body.as_str()), ("note", "Liebt Kaffee"));
}

#[test]
fn a_number_nobody_can_call_is_kept_and_said_so() {
    let heard = all(open("name,email,phone\nAnn,ann@@x,12\nBob,bob@x.example; nope,\n", 0));
    let (ann, warnings) = told(&heard[0]);
    assert_eq!((ann.fields["phone"].as_str(), ann.fields["email"].as_str()), ("12", "ann@@x"));
    assert!(warnings[0].starts_with("email: ") && warnings[1].starts_with("phone: "), "{warnings:?}");
    assert!(ann.key.starts_with("row ") && ann.key.ends_with(" 1"));
    let (bob, warnings) = told(&heard[1]);
    assert_eq!(
        (bob.handles.len(), bob.fields["email"].as_str(), warnings.len()),
        (1, "bob@x.example; nope", 1)
    );
}

#[test]
fn a_row_is_refused_only_when_nothing_says_who_it_is() {
    let heard = all(open("name,company,city\n,Acme,Berlin\nAnn,,\n", 0));
    let Heard::Refused { place, raw, reason } = &heard[0] else { panic!("told") };
    assert_eq!((place.line, raw.as_slice()), (2, &b",Acme,Berlin"[..]));
    assert!(reason.starts_with("nothing in the row says who it is"), "{reason}");
    assert_eq!(told(&heard[1]).0.fields["name"], "Ann");
}

#[test]
fn two_people_behind_one_address_stay_two() {
    let heard = all(open("name,email\nAnn Lee,lee@x.example\nBob Lee,lee@x.example\n", 0));
    assert_ne!(told(&heard[0]).0.key, told(&heard[1]).0.key);
}

#[test]
fn a_key_in_the_shop_marks_the_row() {
    let heard = all(open("Kundennummer,name\nK-7,Ann\n", 0));
    assert_eq!(told(&heard[0]).0.key, "customer:K-7");
}

#[test]
fn taken_up_again_anywhere_the_keys_are_the_same() {
    let text = "name,city\nAnn,Rome\nAnn,Rome\nBob,\"Ber\nlin\"\nonly\nAnn,Rome\n";
    let whole = all(open(text, 0));
    let mut reading = open(text, 0);
    let mut offsets = vec![0];
    while reading.next().unwrap().is_some() {
        offsets.push(reading.offset());
    }
    for (done, offset) in offsets.into_iter().enumerate() {
        assert_eq!(all(open(text, offset)), whole[done..], "from {offset}");
    }
}
