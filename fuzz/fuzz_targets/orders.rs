//! Tables of orders.
#![no_main]

mod common;

use channels::{
    orders::{Orders, Terms},
    people::{Mapping, Subject},
    table::{Options, Table},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let open = |resume_at| {
        let table = Table::open(common::input(data), &Options::default()).expect("memory can be read");
        let mut mapping = Mapping::guess(table.sheet(), Subject::Orders, "fuzz");
        // Columns nobody named still get to play.
        let names: Vec<String> = table.sheet().header.iter().take(4).cloned().collect();
        for (name, meaning) in names.iter().zip(["person", "date", "amount", "order"]) {
            let _ = mapping.assign(&format!("{meaning}={name}"));
        }
        let terms = Terms { currency: Some("EUR".into()), ..Terms::default() };
        Orders::open(table, mapping, &terms, common::context(), resume_at)
    };
    if open(0).is_ok() {
        common::check(|at| open(at).expect("opened before"), data.len());
    }
});
