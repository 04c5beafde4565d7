//! One message: its parts, its HTML, and where its quote begins.
#![no_main]

mod common;

use channels::{
    Heard, Source,
    mail::{Mbox, Ours, attachment, html},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some(page) = html(data, "part:", Some("pictures/")).map(|it| it.html) {
        let low = page.to_ascii_lowercase();
        assert!(!low.contains("<img src=\"http") && !low.contains("<img src=\"/"), "{page}");
        assert!(!low.contains("<script") && !low.contains("<style") && !low.contains("<iframe"), "{page}");
    }
    let mut mbox =
        Mbox::open(common::input(data), Ours::default(), common::context(), 0).expect("memory can be read");
    while let Ok(Some(heard)) = mbox.next() {
        let Heard::Told { fragments, files, .. } = heard else { continue };
        for moment in fragments.iter().flat_map(|fragment| &fragment.moments) {
            if let Some(at) = moment.data.get("quote_from").and_then(|at| at.as_u64()) {
                assert!(moment.body.is_char_boundary(at as usize) && at > 0);
            }
            let listed = moment.data.get("attachments").and_then(|list| list.as_array());
            for part in listed.into_iter().flatten() {
                let number = part["part"].as_u64().expect("a number") as u32;
                let found = attachment(&files[0].bytes, number).expect("what is listed can be had");
                assert_eq!(found.bytes.len() as u64, part["size"].as_u64().expect("a size"));
            }
        }
    }
});
