//! Address books; and what is read must survive being written and read again.
#![no_main]

mod common;

use channels::{Heard, Source, vcard};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let open = |resume_at| {
        vcard::Cards::open(common::input(data), common::context(), resume_at).expect("memory can be read")
    };
    common::check(open, data.len());
    let mut cards = open(0);
    while let Ok(Some(heard)) = cards.next() {
        let Heard::Told { fragments, .. } = heard else { continue };
        let mut bytes = Vec::new();
        vcard::write(&mut bytes, &fragments[0], None).expect("memory can be written");
        let mut again =
            vcard::Cards::open(common::input(&bytes), common::context(), 0).expect("memory can be read");
        let Ok(Some(Heard::Told { fragments: again, .. })) = again.next() else {
            panic!("what was written is not read: {}", String::from_utf8_lossy(&bytes));
        };
        assert_eq!(again[0], fragments[0], "{}", String::from_utf8_lossy(&bytes));
    }
});
