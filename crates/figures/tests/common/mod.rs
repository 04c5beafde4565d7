//! What the tests share: the agreed figures, of which none may be passed over, and the customers they speak
//! of.
#![allow(clippy::unwrap_used, dead_code, reason = "in a test, a broken promise stops the story")]

use std::{cell::RefCell, collections::BTreeSet, fs};

use figures::{
    gammagamma::Spend,
    summary::Customers,
    time::Unit,
    transactions::{Period, Purchase, Summary, day, summarise},
};
use jiff::{civil::date, tz::TimeZone};
use serde_json::Value;

/// A file of `data/value`.
pub fn data(name: &str) -> String {
    fs::read_to_string(format!("{}/../../data/value/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Standard errors that were agreed from differences and miss the truth by up to two parts in ten thousand,
/// beside what forty digits give.
const CLOSER: &[(&str, f64)] = &[
    ("mbgnbd/fits/0/se/a", 0.154_789_901_676),
    ("mbgnbd/fits/0/se/b", 0.537_494_669_847),
    ("mbgnbd/fits/1/se/a", 0.154_785_285_398),
    ("mbgnbd/fits/1/se/b", 0.537_472_232_629),
    ("mbgnbd/fits/4/se/b", 0.222_563_924_677),
];

/// A file of agreed figures, which remembers what of it was looked at.
pub struct Goldens {
    name: String,
    value: Value,
    seen: RefCell<BTreeSet<String>>,
}

/// One place in it.
#[derive(Clone)]
pub struct Golden<'a> {
    all: &'a Goldens,
    value: &'a Value,
    path: String,
}

impl Goldens {
    pub fn read(name: &str) -> Self {
        // Python writes NaN, which JSON does not know.
        let text = data(&format!("goldens/{name}.json")).replace(": NaN", ": null");
        Self { name: name.into(), value: serde_json::from_str(&text).unwrap(), seen: RefCell::default() }
    }
    pub fn top(&self) -> Golden<'_> {
        Golden { all: self, value: &self.value, path: String::new() }
    }
    /// Every number, word and truth value must have been looked at.
    pub fn assert_all_seen(&self) {
        let mut leaves = Vec::new();
        collect(&self.value, "", &mut leaves);
        let seen = self.seen.borrow();
        let missed: Vec<_> = leaves.iter().filter(|it| !seen.contains(*it)).collect();
        assert!(missed.is_empty(), "{}: nothing checks {missed:#?}", self.name);
        println!("{}: {} entries", self.name, leaves.len());
    }
}

fn collect(value: &Value, path: &str, leaves: &mut Vec<String>) {
    match value {
        Value::Object(all) => all.iter().for_each(|(key, it)| collect(it, &format!("{path}/{key}"), leaves)),
        Value::Array(all) => {
            all.iter().enumerate().for_each(|(i, it)| collect(it, &format!("{path}/{i}"), leaves));
        }
        _ => leaves.push(path.to_owned()),
    }
}

impl<'a> Golden<'a> {
    pub fn get(&self, key: &str) -> Self {
        self.find(key).unwrap_or_else(|| panic!("{}{} has no {key}", self.all.name, self.path))
    }
    pub fn find(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key)?;
        Some(Self { all: self.all, value, path: format!("{}/{key}", self.path) })
    }
    pub fn list(&self) -> Vec<Self> {
        let each = |(i, value)| Self { all: self.all, value, path: format!("{}/{i}", self.path) };
        self.value.as_array().unwrap().iter().enumerate().map(each).collect()
    }
    pub fn keys(&self) -> Vec<String> {
        self.value.as_object().unwrap().keys().cloned().collect()
    }
    pub fn entries(&self) -> Vec<(String, Self)> {
        self.keys().into_iter().map(|key| (key.clone(), self.get(&key))).collect()
    }
    pub fn number(&self) -> f64 {
        self.see();
        self.value.as_f64().unwrap_or_else(|| panic!("{}{} is no number", self.all.name, self.path))
    }
    pub fn numbers(&self) -> Vec<f64> {
        self.list().iter().map(Self::number).collect()
    }
    pub fn word(&self) -> &'a str {
        self.see();
        self.value.as_str().unwrap()
    }
    pub fn is_null(&self) -> bool {
        if self.value.is_null() {
            self.see();
        }
        self.value.is_null()
    }
    pub fn truth(&self) -> bool {
        self.see();
        self.value.as_bool().unwrap()
    }
    fn see(&self) {
        self.all.seen.borrow_mut().insert(self.path.clone());
    }
    /// What only explains, under these keys, if they are there.
    pub fn prose(&self, keys: &[&str]) -> &Self {
        for it in keys.iter().filter_map(|key| self.find(key)) {
            it.passed_over();
        }
        self
    }
    /// Everything below is not ours to reach.
    pub fn passed_over(&self) {
        let mut leaves = Vec::new();
        collect(self.value, &self.path, &mut leaves);
        self.all.seen.borrow_mut().extend(leaves);
    }
    #[track_caller]
    pub fn is_near(&self, actual: f64, relative: f64) {
        let expected = self.number();
        self.within(actual, relative * expected.abs());
    }
    #[track_caller]
    pub fn within(&self, actual: f64, absolute: f64) {
        let mut expected = self.number();
        let place = format!("{}{}", self.all.name, self.path);
        if let Some((_, closer)) = CLOSER.iter().find(|it| it.0 == place) {
            assert!((closer / expected - 1.0).abs() < 3e-4, "{place}: only the last digits may differ");
            expected = *closer;
        }
        // What lies below 1e-250 may be zero.
        let near = (actual - expected).abs() <= absolute || (actual == 0.0 && expected.abs() < 1e-250);
        assert!(near, "{}{}: {actual} is not {expected} (within {absolute:e})", self.all.name, self.path);
    }
}

/// Whoever bought from CDNOW, with every purchase.
pub fn cdnow_purchases() -> Vec<Purchase> {
    let text = data("cdnow_transactions.txt");
    let line = |line: &str| {
        let mut words = line.split_whitespace();
        let (customer, at) = (words.next()?, words.next()?);
        Some(Purchase {
            customer: customer.to_owned(),
            day: day(at, &TimeZone::UTC).unwrap(),
            amount: words.nth(1)?.parse().unwrap(),
        })
    };
    text.lines().skip(1).filter_map(line).collect()
}

/// The tenth of them that papers speak of.
pub fn cdnow_sample_purchases() -> Vec<Purchase> {
    let ids: BTreeSet<String> = sample_ids().into_iter().collect();
    cdnow_purchases().into_iter().filter(|it| ids.contains(&it.customer)).collect()
}

/// Who they are, in the order of the public table.
pub fn sample_ids() -> Vec<String> {
    data("cdnow_sample_ids.csv").lines().skip(1).map(str::to_owned).collect()
}

/// 39 weeks to learn from and 39 to be surprised by.
pub fn halves() -> Period {
    Period { learn_until: date(1997, 9, 30), hold_until: Some(date(1998, 6, 30)) }
}

/// All 78 weeks.
pub fn whole() -> Period {
    Period { learn_until: date(1998, 6, 30), hold_until: None }
}

pub fn summed(purchases: &[Purchase], period: &Period) -> Vec<Summary> {
    summarise(purchases, period, Unit::Weeks).unwrap().customers
}

pub fn customers(summaries: &[Summary]) -> Customers {
    Customers::new(Unit::Weeks, summaries.iter().map(|it| it.history).collect())
}

/// The same with times rounded to two decimals, as a library hands them out.
pub fn rounded(customers: &Customers) -> Customers {
    let round = |t: f64| (t * 100.0).round() / 100.0;
    let rows = customers.rows().iter().map(|it| (f64::from(it.x()), round(it.t_x()), round(it.t_end())));
    Customers::from_numbers(customers.unit(), rows).unwrap()
}

pub fn sample() -> Customers {
    customers(&summed(&cdnow_sample_purchases(), &halves()))
}

/// Numbers of a table with a header, column by name.
pub fn columns<const N: usize>(name: &str, wanted: [&str; N]) -> Vec<[f64; N]> {
    let text = data(name);
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    let places = wanted.map(|it| header.iter().position(|name| *name == it).unwrap());
    let row = |line: &str| {
        let cells: Vec<f64> = line.split(',').map(|it| it.parse().unwrap()).collect();
        places.map(|it| cells[it])
    };
    lines.map(row).collect()
}

/// What customers spend on repeat occasions.
pub fn spending(summaries: &[Summary], rounded: bool) -> Vec<Spend> {
    // Rounded half up, as the library's table is; the sum of cents hides half a cent below the last digit.
    let round = |it: f64| if rounded { (it * 100.0 + 0.5 + 1e-6).floor() / 100.0 } else { it };
    summaries.iter().map(|it| Spend { x: it.history.x(), mean: round(it.spend) }).collect()
}
