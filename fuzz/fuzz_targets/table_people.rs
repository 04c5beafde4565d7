//! Tables of people.
#![no_main]

mod common;

use channels::{
    people::{Mapping, People, Subject},
    table::{Options, Table},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let open = |resume_at| {
        let table = Table::open(common::input(data), &Options::default()).expect("memory can be read");
        let mapping = Mapping::guess(table.sheet(), Subject::People, "fuzz");
        People::open(table, mapping, common::context(), resume_at).expect("memory can be read")
    };
    common::check(open, data.len());
});
