//! Orders from tables.

use std::io::Cursor;

use model::{Fragment, Kind, NewMoment, Purchase, Time};

use super::*;
use crate::{people::Subject, table::Options};

fn open_at(text: &str, terms: &Terms, resume_at: u64) -> Result<Orders<Cursor<Vec<u8>>>, OpenError> {
    let table = Table::open(Cursor::new(text.as_bytes().to_vec()), &Options::default()).unwrap();
    let mapping = Mapping::guess(table.sheet(), Subject::Orders, "shop");
    let context = Context { source: "orders.csv".into(), seen_at: Time::from_seconds(0), country: None };
    Orders::open(table, mapping, terms, context, resume_at)
}

fn all(text: &str, resume_at: u64) -> Vec<Heard> {
    let mut orders =
        open_at(text, &Terms { currency: Some("EUR".into()), ..Terms::default() }, resume_at).unwrap();
    std::iter::from_fn(|| orders.next().unwrap()).collect()
}

fn told(heard: &Heard) -> (&Fragment, &NewMoment, Purchase) {
    match heard {
        Heard::Told { fragments, .. } => {
            let moment = fragments[0].moments.last().unwrap();
            (&fragments[0], moment, serde_json::from_value(moment.data.clone()).unwrap())
        }
        Heard::Refused { reason, .. } => panic!("refused: {reason}"),
    }
}

fn reason(heard: &Heard) -> &str {
    match heard {
        Heard::Refused { reason, .. } => reason,
        Heard::Told { .. } => panic!("told"),
    }
}

#[test]
fn a_row_becomes_a_purchase_under_its_order_number() {
    let heard = all(
        "order,email,name,date,amount,item,qty,shipping\n17,ann@x.example,Ann,2026-03-01,\"1.234,50 €\",Guji,2,DHL\n",
        0,
    );
    let (ann, moment, purchase) = told(&heard[0]);
    assert_eq!((ann.key.as_str(), ann.fields["name"].as_str()), ("ann@x.example ann", "Ann"));
    assert_eq!(
        (moment.key.as_str(), &moment.kind, moment.title.as_str()),
        ("17", &Kind::Purchase, "2 × Guji")
    );
    assert_eq!((purchase.total.minor, purchase.items[0].quantity), (123_450, 2));
    assert_eq!(moment.data["other"]["shipping"], "DHL");
    assert!(!ann.fields.contains_key("shipping"), "how it was sent is no property of Ann");
}

#[test]
fn money_given_back_is_a_refund_and_nothing_is_still_a_purchase() {
    let heard = all("email,date,amount\na@x.example,2026-03-01,-5\na@x.example,2026-03-02,0.00\n", 0);
    assert_eq!(told(&heard[0]).1.kind, Kind::Refund);
    assert_eq!((&told(&heard[1]).1.kind, told(&heard[1]).2.total.minor), (&Kind::Purchase, 0));
}

#[test]
fn rows_alike_to_the_letter_are_two_purchases_and_stay_two() {
    let text = "email,date,amount\na@x.example,2026-03-01,5\na@x.example,2026-03-01,5\n";
    let heard = all(text, 0);
    assert_ne!(told(&heard[0]).1.key, told(&heard[1]).1.key);
    assert_eq!(heard, all(text, 0));
}

#[test]
fn the_lines_of_one_order_are_one_purchase() {
    let heard = all(
        "Name,Email,Created at,Total,Lineitem quantity,Lineitem name\n\
         #1,a@x.example,2026-03-01,12,1,Guji\n#1,a@x.example,,,2,Filters\n#2,b@x.example,2026-03-02,5,1,Mug\n",
        0,
    );
    assert_eq!(heard.len(), 2);
    let (_, moment, purchase) = told(&heard[0]);
    assert_eq!((moment.title.as_str(), purchase.total.minor), ("Guji, 2 × Filters", 1200));
    let sums = all("order,email,date,amount\n1,a@x.example,2026-03-01,5\n1,a@x.example,2026-03-01,7\n", 0);
    assert_eq!(told(&sums[0]).2.total.minor, 1200);
}

#[test]
fn an_order_number_that_comes_again_with_other_content_is_kept_as_well() {
    let text = "order,email,date,amount\n1,a@x.example,2026-03-01,5\n2,b@x.example,2026-03-01,5\n1,c@x.example,2026-03-01,9\n";
    let heard = all(text, 0);
    assert_eq!(told(&heard[0]).1.key, "1");
    assert!(told(&heard[2]).1.key.starts_with("1 "));
}

#[test]
fn what_cannot_be_read_names_its_column() {
    let heard = all(
        "email,date,amount\n,2026-03-01,5\na@x.example,03/04/2026,5\na@x.example,2026-03-01,1.234\na@x.example,,5\na@x.example,2026-03-01,\n",
        0,
    );
    assert!(reason(&heard[0]).starts_with("no key, address or number says who bought"));
    assert!(reason(&heard[1]).contains("date: \u{201c}03/04/2026\u{201d}"), "{}", reason(&heard[1]));
    assert!(reason(&heard[2]).starts_with("amount: "));
    assert_eq!((reason(&heard[3]), reason(&heard[4])), ("date: is empty", "amount: is empty"));
}

#[test]
fn a_table_without_what_an_order_needs_is_not_opened() {
    let open = |text: &str, terms: &Terms| open_at(text, terms, 0).map(|_| ()).unwrap_err().to_string();
    let euro = Terms { currency: Some("EUR".into()), ..Terms::default() };
    assert_eq!(open("city,date,amount\n", &euro), "no column is said to be person, email or phone");
    assert_eq!(open("email,amount\n", &euro), "no column is said to be date");
    assert_eq!(
        open("email,date,amount\n", &Terms::default()),
        "no column is said to be currency, and none was given for all"
    );
    assert!(
        open("email,date,amount\n", &Terms { currency: Some("euros".into()), ..Terms::default() })
            .contains("EUROS")
    );
}

#[test]
fn a_day_beyond_the_twelfth_tells_for_the_whole_file() {
    let text = "email,date,amount\na@x.example,03/04/2026,5\na@x.example,25/04/2026,5\n";
    let orders = open_at(text, &Terms { currency: Some("EUR".into()), ..Terms::default() }, 0).unwrap();
    assert_eq!(orders.date_style(), &DateStyle::DayFirst);
    assert_eq!(told(&all(text, 0)[0]).1.at.to_string(), "2026-04-03T00:00:00Z");
}

#[test]
fn taken_up_again_anywhere_the_keys_are_the_same() {
    let text = "order,email,date,amount\n1,a@x.example,2026-03-01,5\n1,a@x.example,,7\n,b@x.example,2026-03-01,5\n,b@x.example,2026-03-01,5\nbroken\n1,c@x.example,2026-03-01,9\n";
    let whole = all(text, 0);
    let mut orders = open_at(text, &Terms { currency: Some("EUR".into()), ..Terms::default() }, 0).unwrap();
    let mut offsets = vec![0];
    while orders.next().unwrap().is_some() {
        offsets.push(orders.offset());
    }
    for (done, offset) in offsets.into_iter().enumerate() {
        assert_eq!(all(text, offset), whole[done..], "from {offset}");
    }
}
