//! Archives of mail.
#![no_main]

mod common;

use channels::mail::{Mbox, Ours};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let open = |resume_at| {
        let ours = Ours::new(["acme.example"]);
        Mbox::open(common::input(data), ours, common::context(), resume_at).expect("memory can be read")
    };
    common::check(open, data.len());
});
