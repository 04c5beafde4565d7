//! One row of a table of orders.

use std::collections::BTreeMap;

use model::{Item, Money, Time};

use crate::{
    Context, Dates, Heard, Place,
    people::{Draft, Mapping, Meaning, field_name, key_by_handle},
    table::Row,
};

/// One line of an order.
pub(super) struct Line {
    pub place: Place,
    pub end: u64,
    pub raw: Vec<u8>,
    pub cells: Vec<String>,
    pub person: Option<String>,
    pub draft: Draft,
    pub order: Option<String>,
    pub at: Time,
    pub amount: Option<Money>,
    pub total: Option<Money>,
    pub item: Option<Item>,
    pub other: BTreeMap<String, String>,
    pub warnings: Vec<String>,
}

impl Line {
    /// Whether this is another line of the same person's same order.
    pub fn continues(&self, last: &Self) -> bool {
        let same_person = self.person.is_none() || self.person == last.person;
        self.order.is_some() && self.order == last.order && same_person
    }
}

/// How rows are read.
pub(super) struct Reader {
    pub dates: Dates,
    pub context: Context,
    mapping: Mapping,
    person: Mapping,
    currency: Option<String>,
}

impl Reader {
    pub fn new(mapping: Mapping, dates: Dates, currency: Option<String>, context: Context) -> Self {
        Self { dates, context, person: mapping.of_the_person(), mapping, currency }
    }

    /// Reads a row. The lines after an order's first often leave out what the first has said.
    pub fn line(&self, row: Row, end: u64, last: Option<&Line>) -> Result<Line, Heard> {
        let cells = match &row.cells {
            Ok(cells) => cells.clone(),
            Err(reason) => {
                let reason = reason.clone();
                return Err(row.refuse(reason));
            }
        };
        match self.read(&row, cells, end, last) {
            Ok(line) => Ok(line),
            Err(reason) => Err(row.refuse(reason)),
        }
    }

    fn read(&self, row: &Row, cells: Vec<String>, end: u64, last: Option<&Line>) -> Result<Line, String> {
        let order = self.cell(&cells, &Meaning::Order).map(str::to_owned);
        let first = last.filter(|last| order.is_some() && last.order == order);
        let mut draft = Draft::of(&self.person, &cells, &self.context, &self.dates);
        let mut warnings = row.warnings.clone();
        warnings.append(&mut draft.warnings);
        let person = person_key(&draft);
        if person.is_none() && first.is_none() {
            let said =
                if warnings.is_empty() { String::new() } else { format!(" ({})", warnings.join("; ")) };
            return Err(format!("no key, address or number says who bought{said}"));
        }
        let at = self.date(&cells, first)?;
        let currency = self.currency(&cells, first)?;
        let amount = self.money(&cells, &Meaning::Amount, &currency)?;
        let total = self.money(&cells, &Meaning::Total, &currency)?;
        if amount.is_none() && total.is_none() && first.is_none() {
            return Err(format!("{}: is empty", self.name(&[Meaning::Amount, Meaning::Total])));
        }
        let item = self.item(&cells, amount.clone(), &mut warnings);
        let other = self.other(&cells);
        let (place, raw) = (row.place, row.raw.clone());
        Ok(Line { place, end, raw, cells, person, draft, order, at, amount, total, item, other, warnings })
    }

    fn cell<'a>(&self, cells: &'a [String], meaning: &Meaning) -> Option<&'a str> {
        let index = self.mapping.first(meaning)?;
        cells.get(index).map(String::as_str).filter(|cell| !cell.is_empty())
    }

    /// The column that has one of these meanings, as the file calls it.
    fn name(&self, meanings: &[Meaning]) -> &str {
        let index = meanings.iter().find_map(|meaning| self.mapping.first(meaning));
        index.map_or("the column", |index| self.mapping.columns()[index].0.as_str())
    }

    fn date(&self, cells: &[String], first: Option<&Line>) -> Result<Time, String> {
        match (self.cell(cells, &Meaning::Date), first) {
            (Some(text), _) => {
                self.dates.read(text).map_err(|reason| format!("{}: {reason}", self.name(&[Meaning::Date])))
            }
            (None, Some(first)) => Ok(first.at),
            (None, None) => Err(format!("{}: is empty", self.name(&[Meaning::Date]))),
        }
    }

    fn currency(&self, cells: &[String], first: Option<&Line>) -> Result<String, String> {
        let told = self.cell(cells, &Meaning::Currency).map(str::to_owned).or_else(|| self.currency.clone());
        let before = || {
            first.and_then(|line| line.total.as_ref().or(line.amount.as_ref())).map(|m| m.currency.clone())
        };
        told.or_else(before).ok_or_else(|| format!("{}: is empty", self.name(&[Meaning::Currency])))
    }

    fn money(&self, cells: &[String], meaning: &Meaning, currency: &str) -> Result<Option<Money>, String> {
        let Some(text) = self.cell(cells, meaning) else { return Ok(None) };
        let money = Money::parse(text, currency);
        money.map(Some).map_err(|reason| format!("{}: {reason}", self.name(std::slice::from_ref(meaning))))
    }

    /// What was bought, by its name, or by what its number is called: `number_of_cds` counts cds.
    fn item(&self, cells: &[String], total: Option<Money>, warnings: &mut Vec<String>) -> Option<Item> {
        let (name, count) = (self.cell(cells, &Meaning::Item), self.cell(cells, &Meaning::Quantity));
        if name.is_none() && count.is_none() {
            return None;
        }
        let column = self.name(&[Meaning::Quantity]);
        let mut name = name.map_or_else(|| counted(column), str::to_owned);
        let quantity = match count.map(whole) {
            None => 1,
            Some(Some(quantity)) => quantity,
            Some(None) => {
                let count = count.unwrap_or_default();
                warnings.push(format!(
                    "{column}: \u{201c}{count}\u{201d} is not a whole number; kept with the item's name"
                ));
                name = format!("{name} ({count})");
                1
            }
        };
        Some(Item { name, quantity, total })
    }

    /// What the row says besides, kept with the purchase.
    fn other(&self, cells: &[String]) -> BTreeMap<String, String> {
        let columns = self.mapping.columns().iter().zip(cells);
        let fields = columns.filter_map(|((_, meaning), cell)| match meaning {
            Meaning::Field(name) if !cell.is_empty() => Some((field_name(name), cell.clone())),
            _ => None,
        });
        fields.collect()
    }
}

fn person_key(draft: &Draft) -> Option<String> {
    let name = draft.fields.get("name").map(String::as_str);
    key_by_handle(&draft.handles, name).or_else(|| draft.handles.first().map(|handle| handle.value.clone()))
}

fn whole(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.bytes().any(|b| b != b'0') { None } else { whole.parse().ok() }
}

fn counted(column: &str) -> String {
    let words = field_name(column).replace('_', " ");
    let bare = words.strip_prefix("number of ").unwrap_or(&words);
    let plain = matches!(
        bare,
        "" | "quantity" | "qty" | "count" | "units" | "menge" | "anzahl" | "quantite" | "cantidad"
    );
    if plain { "items".to_owned() } else { bare.to_owned() }
}
