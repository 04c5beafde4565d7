//! The brief of somebody with a history: what it says, and that each line leads to its moment; on both engines.
#![allow(clippy::unwrap_used, reason = "in a test, a broken promise stops the story")]

use conversations::{
    About, BriefLine, brief,
    promises::{self, NewPromise},
};
use memory::{prepare, take, timeline};
use model::{Channel, Direction, Fields, Fragment, Handle, Kind, NewMoment, PersonId, Time, World};
use serde_json::json;
use store::{Room, Store, trial::both_engines};

const HOUSE: &[Room] = &[store::ROOM, memory::ROOM, permission::ROOM, conversations::ROOM];

fn told(key: &str, days_ago: i64, kind: Kind, direction: Direction, title: &str, body: &str) -> NewMoment {
    NewMoment {
        key: key.into(),
        at: Time::from_seconds(1_800_000_000).plus_days(-days_ago),
        kind,
        channel: Channel::Email,
        direction,
        account: None,
        by: None,
        thread: None,
        title: title.into(),
        body: body.into(),
        data: serde_json::Value::Null,
        originals: Vec::new(),
    }
}

fn of(lines: &[BriefLine], about: About) -> Vec<&str> {
    lines.iter().filter(|it| it.about == about).map(|it| it.text.as_str()).collect()
}

#[test]
fn whoever_takes_over_reads_ten_lines_and_need_not_ask_again() {
    let world = World::still(Time::from_seconds(1_800_000_000), 1).0;
    both_engines(
        HOUSE,
        move || world.clone(),
        |store: Store| async move {
            let bought = json!({"total": {"minor": 1299, "currency": "EUR"}, "order": "7",
                            "items": [{"name": "Beans", "quantity": 2}]});
            let fields = [
                ("name", "Ann Smith"),
                ("title", "Owner"),
                ("company", "Smith & Co"),
                ("goal", "to open a second shop"),
            ];
            let fragment = Fragment {
                source: "test".into(),
                key: "ann".into(),
                seen_at: store.world().now(),
                fields: Fields::from(fields.map(|(field, value)| (field.to_owned(), value.to_owned()))),
                handles: vec![Handle::email("ann@example.com").unwrap()],
                roles: Vec::new(),
                moments: vec![
                    NewMoment {
                        data: json!({"quote_from": 23}),
                        ..told(
                            "1",
                            30,
                            Kind::Email,
                            Direction::Said,
                            "Re: Beans",
                            "They keep eight weeks.\n> How long?",
                        )
                    },
                    NewMoment {
                        data: bought,
                        ..told("2", 20, Kind::Purchase, Direction::Heard, "Order 7", "")
                    },
                    told("3", 10, Kind::Email, Direction::Heard, "The grinder", "It rattles since Monday."),
                    told("4", 9, Kind::Email, Direction::Heard, "Re: The grinder", "And it smokes."),
                    told("5", 8, Kind::Note, Direction::Noted, "", "Told her to unplug it."),
                    NewMoment {
                        data: json!({"score": 3, "of": 10, "comment": "Too slow."}),
                        ..told("6", 7, Kind::Survey, Direction::Heard, "How are we?", "")
                    },
                ],
            };
            let (tick, batch) = (store.world().clone(), [prepare(fragment)]);
            let taken = store.write(move |tx| take(tx, &tick, &batch)).await.unwrap();
            let ann: PersonId = taken[0].person.unwrap();
            let (tick, by) = (store.world().clone(), store.world().id());
            let due_at = tick.now().plus_days(2);
            let new = NewPromise {
                person: ann,
                id: tick.id(),
                moment: None,
                what: "send a new one".into(),
                due_at,
                keeper: by,
                by,
            };
            store.write(move |tx| promises::make(tx, &tick, &new)).await.unwrap();

            let lines = store.read(move |db| brief(db, ann)).await.unwrap();
            assert!(lines.len() <= 10);
            assert_eq!(of(&lines, About::Who), ["Owner, Smith & Co"]);
            assert_eq!(of(&lines, About::Wants), ["to open a second shop"]);
            assert_eq!(
                of(&lines, About::Asked),
                ["The grinder: It rattles since Monday."],
                "what it began with"
            );
            assert_eq!(
                of(&lines, About::Said),
                ["Re: Beans: They keep eight weeks."],
                "without what was quoted"
            );
            assert_eq!(of(&lines, About::Promised), ["send a new one"]);
            assert_eq!(of(&lines, About::Bought), ["2 \u{00d7} Beans, 12.99 EUR"]);
            assert_eq!(
                of(&lines, About::Noted),
                ["Told her to unplug it."],
                "and not the ledger's own notes"
            );
            assert_eq!(of(&lines, About::Feels), ["3 of 10. Too slow."]);
            for (id, at) in lines.iter().filter_map(|it| it.moment) {
                let moment = store.read(move |db| timeline::moment_by_id(db, id)).await.unwrap().unwrap();
                assert_eq!((moment.person, moment.at), (ann, at), "each line leads to its moment");
            }
        },
    );
}
