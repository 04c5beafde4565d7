//! Lines of JSON.
#![no_main]

mod common;

use channels::lines::JsonLines;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let open = |resume_at| {
        JsonLines::open(common::input(data), common::context(), resume_at).expect("memory can be read")
    };
    common::check(open, data.len());
});
