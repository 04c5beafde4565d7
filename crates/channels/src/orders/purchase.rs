//! The lines of one order as one purchase.

use model::{Channel, Direction, Item, Kind, Money, NewMoment, Purchase};
use serde_json::Value;

use super::line::{Line, Reader};
use crate::{Heard, seen::Seen, short_digest};

/// Items named in a purchase's title; the others are counted.
const NAMED: usize = 3;

/// Tells an order, or refuses it with its first line's place.
pub(super) fn tell(lines: Vec<Line>, reader: &Reader, rows: &mut Seen, numbers: &mut Seen) -> Heard {
    let Some(first) = lines.first() else {
        return Heard::refused(crate::Place::default(), b"", "an order without lines");
    };
    let (place, raw) = (first.place, lines.iter().flat_map(|line| line.raw.iter().chain(b"\n")).copied());
    let mut warnings: Vec<String> = lines.iter().flat_map(|line| line.warnings.iter().cloned()).collect();
    let told = whole_amount(&lines).and_then(|total| {
        let key = key(&lines, rows, numbers, &mut warnings)?;
        moment(&lines, key, total)
    });
    match told {
        Err(reason) => Heard::refused(place, &raw.collect::<Vec<u8>>(), reason),
        Ok(moment) => {
            let Some(Line { draft, person, .. }) = lines.into_iter().next() else {
                return Heard::refused(place, b"", "an order without lines");
            };
            let mut fragment = draft.fragment(person.unwrap_or_default(), &reader.context);
            fragment.moments.push(moment);
            Heard::Told { place, fragments: vec![fragment], files: Vec::new(), warnings }
        }
    }
}

/// What the order came to: as it was told for the whole, else what its lines come to together.
fn whole_amount(lines: &[Line]) -> Result<Money, String> {
    let mut totals = lines.iter().filter_map(|line| line.total.as_ref());
    if let Some(total) = totals.next() {
        return match totals.find(|other| *other != total) {
            Some(other) => Err(format!("the order's rows tell different totals: {total} and {other}")),
            None => Ok(total.clone()),
        };
    }
    let mut amounts = lines.iter().filter_map(|line| line.amount.as_ref());
    let first = amounts.next().cloned().ok_or("the order has no amount")?;
    amounts.try_fold(first, |sum, amount| {
        if sum.currency != amount.currency {
            return Err(format!(
                "the order's rows are in different currencies: {} and {}",
                sum.currency, amount.currency
            ));
        }
        let minor =
            sum.minor.checked_add(amount.minor).ok_or("the order comes to more than can be counted")?;
        Ok(Money { minor, ..sum })
    })
}

/// The order's number; a number that comes again with other content is another order.
fn key(
    lines: &[Line],
    rows: &mut Seen,
    numbers: &mut Seen,
    warnings: &mut Vec<String>,
) -> Result<String, String> {
    let cells: Vec<&[u8]> = lines.iter().flat_map(|line| line.cells.iter().map(String::as_bytes)).collect();
    let content = short_digest(&cells);
    let Some(order) = lines.first().and_then(|line| line.order.clone()) else {
        let count = rows.count(&content).map_err(|full| full.reason())?;
        return Ok(format!("row {content} {count}"));
    };
    match numbers.first(&short_digest(&[order.as_bytes()]), &content).map_err(|full| full.reason())? {
        true => Ok(order),
        false => {
            warnings.push(format!("order {order} comes again with other content; both are kept"));
            Ok(format!("{order} {}", &content[..16]))
        }
    }
}

fn moment(lines: &[Line], key: String, total: Money) -> Result<NewMoment, String> {
    let Some(first) = lines.first() else { return Err("an order without lines".into()) };
    let items: Vec<Item> = lines.iter().filter_map(|line| line.item.clone()).collect();
    let back = total.minor < 0;
    let title = title(&items, first.order.as_deref(), back);
    let purchase = Purchase { total, order: first.order.clone(), items };
    let mut data = serde_json::to_value(&purchase).map_err(|error| error.to_string())?;
    if let (Value::Object(data), false) = (&mut data, first.other.is_empty()) {
        data.insert("other".into(), serde_json::to_value(&first.other).map_err(|error| error.to_string())?);
    }
    Ok(NewMoment {
        key,
        at: first.at,
        kind: if back { Kind::Refund } else { Kind::Purchase },
        channel: Channel::Shop,
        direction: if back { Direction::Said } else { Direction::Heard },
        account: first.draft.company().map(str::to_owned),
        by: None,
        thread: first.order.clone(),
        title,
        body: String::new(),
        data,
        originals: Vec::new(),
    })
}

fn title(items: &[Item], order: Option<&str>, back: bool) -> String {
    let named = |item: &Item| match item.quantity {
        1 => item.name.clone(),
        many => format!("{many} \u{d7} {}", item.name),
    };
    let mut names: Vec<String> = items.iter().take(NAMED).map(named).collect();
    if items.len() > NAMED {
        names.push(format!("{} more", items.len() - NAMED));
    }
    match (names.is_empty(), order) {
        (false, _) => names.join(", "),
        (true, Some(order)) => format!("Order {order}"),
        (true, None) if back => "Money back".to_owned(),
        (true, None) => "A purchase".to_owned(),
    }
}
